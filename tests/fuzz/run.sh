#!/usr/bin/env bash
# Looks for new inputs that break a fuzz target: with libFuzzer, three seconds each, from the kept ones, always with the same
# seed.  With PRESSLINE_LONG=1 it is 1,000,000 inputs each, of those in `long` whatever it takes, of the others within ten
# minutes.  By hand: `bash tests/fuzz/run.sh NAME...` for these targets only.
# timeout: 28800
. "$(dirname "$0")/../cli/lib.sh"

seconds=3
long=" journal snapshot json config pipeline flat letters blame shard entities "
long+="fetch_robots fetch_header fetch_url fetch_feed fetch_sitemap fetch_warc "
fuzz=$BUILDDIR/fuzz # a build of its own, of the targets only; kept, so that the next time only what changed is built

# What the tests of a build set for it is not for this one.
unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS
# addr2line is there with the compiler; llvm-symbolizer is not.
export ASAN_OPTIONS=allocator_may_return_null=1:allow_addr2line=1

# Without random addresses two runs see more of the same, and an old AddressSanitizer on a new kernel does not stumble.
still=()
setarch -R true 2>/dev/null && still=(setarch -R)

clang=$(command -v clang || compgen -c clang- | grep -x 'clang-[0-9]*' | sort -t - -k 2 -n | tail -n 1)
if [ -z "$clang" ]; then
    skip fuzzing 'clang is not installed'
    exit 0
fi
echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p && n > 1000000; }' >try.c
if ! "$clang" -fsanitize=fuzzer,address,undefined try.c -o try 2>try.log; then
    skip fuzzing "$clang cannot link with libFuzzer (Debian: libclang-rt-$("$clang" -dumpversion | sed 's/\..*//')-dev)"
    exit 0
fi

build() {
    local wanted
    wanted="$SRCDIR $("$clang" --version | head -n 1) $(cat "$BUILDDIR/lexbor/made-from" 2>/dev/null)"
    if [ "$wanted" != "$(cat "$fuzz/made-for" 2>/dev/null)" ]; then
        rm -rf "$fuzz" && mkdir -p "$fuzz" && cd "$fuzz" || return 1
        if [ -e "$BUILDDIR/lexbor/liblexbor.a" ]; then
            CC=$clang CFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' \
                "$SRCDIR/tools/get-lexbor" "$fuzz/lexbor" "$BUILDDIR/lexbor" || return 1
        fi
        "$SRCDIR/configure" --quiet --enable-fuzzers --enable-sanitizers=address,undefined CC="$clang" CFLAGS='-O1 -g' &&
            echo "$wanted" >made-for || return 1
    fi
    timeout -k 10 300 make -C "$fuzz" tests/programs &&
        timeout -k 10 1500 make -C "$fuzz" -j"$(nproc)" $(grep '^tests/fuzz/.*_fuzz$' "$fuzz/tests/programs")
}

if ! (build) >build.log 2>&1 </dev/null; then
    tail -n 40 build.log >build.end
    fail 'the fuzz targets build' build.end
    exit 1
fi

# show_finding NAME: the input that broke it, as text that a log keeps, and how to see it again
show_finding() {
    local name=$1 found kept=$fuzz/found
    for found in "$name"-*-*; do
        [ -e "$found" ] || continue
        mkdir -p "$kept" && cp "$found" "$kept/"
        echo "the input, of $(wc -c <"$found") bytes, is kept as $kept/$found; as base64 (of the first 64 KB):"
        head -c 65536 "$found" | base64
        echo "again: $fuzz/tests/fuzz/${name}_fuzz $kept/$found"
    done
}

fuzz_one() {
    local name=$1 limits=(-max_total_time=$seconds) most=$((seconds + 120)) n rc plain=()
    # It has so many features that libFuzzer would weigh its inputs most of the time: 16 a second instead of 150.
    [ "$name" = entities ] && plain=(-entropic=0)
    case ${PRESSLINE_LONG:-0}$long in
        0*) ;;
        *" $name "*) limits=(-runs=1000000) most=14400 ;;
        *) limits=(-runs=1000000 -max_total_time=600) most=900 ;;
    esac
    cp -R "$SRCDIR/tests/fuzz/corpus/$name" "corpus-$name" && chmod -R u+w "corpus-$name"
    timeout -k 10 $most "${still[@]}" "$fuzz/tests/fuzz/${name}_fuzz" "corpus-$name" "${limits[@]}" "${plain[@]}" -seed=4 \
        -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$name-" >"$name.log" 2>&1 </dev/null
    rc=$?
    n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$name.log")
    if [ $rc -eq 0 ] && [ "${n:-0}" -gt 0 ]; then
        pass "fuzz $name: $n inputs"
        counts+=", $name $n"
        return
    fi
    grep -av '^#[0-9]' "$name.log" | tail -n 60 >"$name.end"
    echo "exit status $rc" >>"$name.end"
    fail "fuzz $name: after ${n:-some} inputs" "$name.end"
    show_finding "$name"
}

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(sed -n 's,^tests/fuzz/\(.*\)_fuzz$,\1,p' "$fuzz/tests/programs" | sort)
[ ${#names[@]} -gt 0 ] || fail 'there are fuzz targets'
counts=
for name in "${names[@]}"; do
    fuzz_one "$name"
    rm -rf "corpus-$name"
done
fold -s -w 110 <<<"inputs: ${counts#, }" | sed 's/^/# /'
