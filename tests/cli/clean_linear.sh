#!/usr/bin/env bash
# Pages made to be slow, twice as long, may take twice as many instructions to read, by each parser that was built.
# timeout: 600
. "$(dirname "$0")/lib.sh"

nasty=$BUILDDIR/tests/bench/clean_nasty
bytes=40000
[ -x "$nasty" ] || { skip 'time is linear' 'the plugin was not built'; exit 0; }
need 'time is linear' valgrind
case $(nm "$nasty" 2>/dev/null) in *__asan_init* | *__tsan_init*) skip 'time is linear' 'built with sanitizers'; exit 0 ;; esac

# limit PARSER KIND: the largest ratio in hundredths
limit() {
    case "$1 $2" in
        # libxml2 compares them with each other, up to the size of its dictionary, which these do not fill
        'libxml2 attributes of one tag') echo 420 ;;
        *) echo 230 ;;
    esac
}

# A count is written at each call of next_page(): the second is the page, the fourth the one of twice its length.
count() { sed -n 's/^summary: //p' "counts.$1"; }

for parser in lexbor libxml2; do
    "$nasty" "$parser" 10 'running text' >/dev/null 2>&1 || continue
    rm -f counts*
    valgrind --tool=callgrind --callgrind-out-file=counts --dump-before=next_page \
        "$nasty" "$parser" "$bytes" >kinds 2>errors || { fail "$parser: runs" errors; continue; }
    n=2
    while IFS= read -r kind; do
        small=$(count $n)
        large=$(count $((n + 2)))
        n=$((n + 4))
        if [ "${small:-0}" -gt 0 ] && [ $((large * 100 / small)) -le "$(limit "$parser" "$kind")" ]; then
            pass "$parser: $kind"
        else
            fail "$parser: $kind"
            echo "$bytes bytes: $small instructions, twice as many bytes: $large"
        fi
    done <kinds
done
