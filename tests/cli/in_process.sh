#!/usr/bin/env bash
# A stage that is not isolated takes the run with it: run again, it goes on past each record that did it.
# timeout: 300
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

cat >p.cfg <<'END'
checkpoint_interval = "10ms";
stages = ( { plugin = "numbers"; count = 1000; bytes = 200; }, { plugin = "unruly"; }, { plugin = "archive"; } );
END

# runs DOES CODE WORDS [OPTION...]: again and again until it ends; the status of those that did not is $status
runs() {
    local does=$1 code=$2 words=$3 restarts=0 rc
    shift 3
    : >told
    status=
    while [ $restarts -le 20 ]; do
        { (ulimit -c 0; exec "$PRESSLINE" run p.cfg --output "$does" --quiet --set unruly.does="$does" "$@"); } >out 2>err
        rc=$?
        [ $rc -eq 0 ] || [ $rc -eq 3 ] && break
        cat err >>told
        status+="$rc "
        restarts=$((restarts + 1))
    done
    echo "$does: $restarts restarts for 10 unruly records of 1,000"
    is "$does: ends" $rc 3
    holds "$does: a restart for each, or for two at once" test $restarts -ge 5 -a $restarts -le 10
    is "$does: the other 99 % arrive, all of them" "$(zcat "$does/articles.jsonl.gz" | field 'numbers\.n' | cksum)" \
        "$(seq 1000 | awk '$1 % 100' | cksum)"
    is "$does: the 1 % are dead letters" "$(field code <"$does/deadletters.jsonl" | sort | uniq -c | tr -s ' ')" " 10 $code"
    has "$does: they say why" "$does/deadletters.jsonl" "killed the run before: $words"
    has "$does: the run said so, and what to do" told "run again"
}

case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) skip "segfault, abort" "a sanitizer ends the process its own way" ;;
    *)
        runs segfault crash 'SIGSEGV in process()'
        is "segfault: it died of the signal" "$(echo $status | tr ' ' '\n' | sort -u)" 139
        runs abort crash 'SIGABRT in process()'
        ;;
esac
runs exit crash 'exit() in process()'
is "exit: run again" "$(echo $status | tr ' ' '\n' | sort -u)" 75
runs loop hang 'timeout in process()' --set unruly.timeout=1s
is "loop: run again" "$(echo $status | tr ' ' '\n' | sort -u)" 75
