#!/usr/bin/env bash
# Texts made to be slow, twice as long, may take twice as many instructions to mark.
# timeout: 600
. "$(dirname "$0")/lib.sh"

nasty=$BUILDDIR/tests/bench/entities_nasty
bytes=12000
[ -x "$nasty" ] || { skip 'entities: time is linear' 'the program was not built'; exit 0; }
need 'entities: time is linear' valgrind
case $(nm "$nasty" 2>/dev/null) in *__asan_init* | *__tsan_init*) skip 'entities: time is linear' 'built with sanitizers'; exit 0 ;; esac

# A count is written at each call of next_text(): the second is the text, the fourth the one of twice its length.
count() { sed -n 's/^summary: //p' "counts.$1"; }

valgrind --tool=callgrind --callgrind-out-file=counts --dump-before=next_text "$nasty" "$bytes" >kinds 2>errors ||
    fail 'entities: runs' errors
n=2
while IFS= read -r kind; do
    small=$(count $n)
    large=$(count $((n + 2)))
    n=$((n + 4))
    if [ "${small:-0}" -gt 0 ] && [ $((large * 100 / small)) -le 230 ]; then
        pass "entities: $kind"
    else
        fail "entities: $kind"
        echo "$bytes bytes: $small instructions, twice as many bytes: $large"
    fi
done <kinds
