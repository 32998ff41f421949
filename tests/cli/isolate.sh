#!/usr/bin/env bash
# Isolated stages: what a stage does to its own process costs one record, and nothing else.
# timeout: 300
. "$(dirname "$0")/lib.sh"
plugins=$BUILDDIR/tests/plugins/.libs

case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) sanitized=yes ;;
    *) sanitized= ;;
esac
# A sanitizer looks for leaks in exit(), which takes files, and then has its own opinion of the status.
status="exit status 3"
[ $sanitized ] && status="exit status"

cat >unruly.cfg <<'END'
record_memory = "1M";
max_record = "256k";
stages = (
  { plugin = "numbers"; count = 2000; bytes = 800; },
  { plugin = "unruly"; isolate = true; timeout = "3s"; memory = "64M"; },
  { plugin = "archive"; }
);
END

run() {
    local out=$1
    shift
    rm -rf "$out"
    pl run unruly.cfg --plugin-dir "$plugins" --output "$out" --quiet "$@"
}

arrived() { "$PRESSLINE" archive cat "$1/articles.jsonl.gz" | field 'numbers\.n'; }
letters() { field code <"$1/deadletters.jsonl" | sort | uniq -c | tr -s ' ' | sed 's/^ //'; }

# all_but NAME FOLDER NTH: all records but every NTH arrive, in order and each once
all_but() {
    seq 2000 | awk -v nth="$3" '$1 % nth' >wanted
    arrived "$2" >got
    same "$1" got wanted
}

# others NAME FOLDER: all records but every 100th arrive; of those each arrives or is in the dead letters
others() {
    seq 2000 | awk '$1 % 100' >wanted
    arrived "$2" | awk '$1 % 100' >got
    same "$1: the others arrive" got wanted
    is "$1: no record is lost" $(($(arrived "$2" | wc -l) + $(wc -l <"$2/deadletters.jsonl"))) 2000
}

# ---- one thing at a time: 1 % of 2,000 records
bad() {
    local what=$1 code=$2 words=$3
    shift 3
    run "$what" --set unruly.does="$what" --jobs 2 "$@"
    is "$what: exit status" $rc 3
    all_but "$what: all others arrive" "$what" 100
    is "$what: in the dead letters" "$(letters "$what" | sed -n "s/ $code\$//p" | awk '{ n += $1 } END { print n }')" 20
    is "$what: they say why" "$(grep -c "$words" "$what/deadletters.jsonl")" 20
    has "$what: only what arrives is counted" "$what/report.json" '"seen":1980'
    echo "$what: $(wc -l <got) of 1980 good records arrived, $(wc -l <"$what/deadletters.jsonl") of 20 bad ones are dead letters"
}
if [ $sanitized ]; then
    skip "segfault, abort, allocate" "a sanitizer ends the process its own way"
else
    bad segfault crash "stage 'unruly' was killed by SIGSEGV"
    bad abort crash "stage 'unruly' was killed by SIGABRT"
    bad allocate memory "stage 'unruly' was killed by SIGSEGV: no more memory" --set unruly.timeout=60s
fi
bad exit exit "stage 'unruly' ended its process with $status"
bad loop hang "stage 'unruly' gave no answer in 1000 ms" --set unruly.timeout=1s
# Where its scribbling ends is for the kernel's layout to say.
bad shared '[a-z]*' "\"message\":\"stage 'unruly' " --set unruly.timeout=5s

# ---- a heap full of garbage may kill the next record's process, and that record is not to blame
if [ $sanitized ]; then
    skip heap "a sanitizer sees it at once"
    skip "all: the same bytes" "a sanitizer ends the process its own way"
else
    run heap --set unruly.does=heap --jobs 2
    others heap heap

    # ---- all of it, 1 and 2 workers.  What a garbled heap makes of its own record depends on what is still in the way.
    for jobs in 1 2; do
        run all$jobs --set unruly.does=all --jobs $jobs
        is "all: exit status, $jobs workers" $rc 3
        others "all, $jobs workers" all$jobs
    done
fi

# ---- what it cannot do
run probe --set unruly.does=fail --set numbers.count=1
if [ $sanitized ] || grep -q 'built without libseccomp' err || [ ! -e /proc/sys/kernel/seccomp/actions_avail ]; then
    skip escape "this build or kernel has no system call filter"
else
    run escape --set unruly.does=escape --set unruly.every=1
    is "escape: no file, no socket, no process" "$rc $(letters escape)" "0 "
    is "escape: all of them tried" "$(arrived escape | wc -l)" 2000
    holds "escape: nothing was made" test ! -e escaped
    # Without isolation the last of them, execve(), is true(1) for the whole run.
    run escaped --set unruly.does=escape --set unruly.every=1 --set unruly.isolate=false --set numbers.count=1
    has "escape: without isolation they could" out escaped
fi

# ---- small counts, large records, failures
run none --set numbers.count=0
is "no record" "$rc $(cat err)" "0 "
run one --set numbers.count=1 --set unruly.every=1 --set unruly.does=exit
is "one record, and it ends the process" "$rc $(letters one)" "3 1 exit"
run large --set numbers.bytes=900k --set numbers.count=40 --set unruly.does=exit --set unruly.every=10 \
    --set max_record=1M --set record_memory=4M
is "records of nearly a megabyte" "$rc $(arrived large | wc -l) $(letters large)" "3 36 4 exit"
for isolate in false true; do
    run "too-$isolate" --set numbers.bytes=200k --set numbers.count=10 --set record_memory=256k --set unruly.rewrite=true \
        --set unruly.isolate=$isolate
done
is "a record past its memory limit" "$(letters too-true)" "10 too-large"
same "the same without isolation" too-true/deadletters.jsonl too-false/deadletters.jsonl
run failed --set unruly.does=fail
all_but "a failing call: all others arrive" failed 100
is "a failing call: its own code" "$(letters failed)" "20 asked"

# ---- a stage that no record survives
run storm --set unruly.does=exit --set unruly.every=1 --set unruly.from=1000 --jobs 1
is "storm: exit status" $rc 70
has "storm: says why" err "50 records in a row killed its process"
has "storm: says what the last died of" err "ended its process with $status"

# ---- the real stages: the same bytes, isolated or not, 1 and 2 workers
cat >real.cfg <<'END'
stages = (
  { plugin = "fetch"; },
  { plugin = "clean"; },
  { plugin = "entities"; when = { field = "language"; equals = "en"; }; },
  { plugin = "archive"; }
);
END
counts() {
    python3 -c '
import json, sys
for s in json.load(open(sys.argv[1]))["stages"]:
    print({k: v for k, v in sorted(s.items()) if "seconds" not in k and "_ns" not in k})' "$1"
}
for jobs in 1 2; do
    for isolate in false true; do
        out=real-$isolate-$jobs
        pl run real.cfg --input "$DATA/demo" --output "$out" --quiet --jobs $jobs --set clean.isolate=$isolate \
            --set entities.isolate=$isolate
        same "clean and entities: isolated $isolate, $jobs workers" "$out/articles.jsonl.gz" real-false-1/articles.jsonl.gz
        same "dead letters: isolated $isolate, $jobs workers" "$out/deadletters.jsonl" real-false-1/deadletters.jsonl
        counts "$out/report.json" >"$out/counts"
        same "counts: isolated $isolate, $jobs workers" "$out/counts" real-false-1/counts
    done
done
has "there were annotations to compare" <("$PRESSLINE" archive cat real-true-2/articles.jsonl.gz) '"chain"'

# ---- children, drops, checked calls
cat >chaos.cfg <<'END'
stages = (
  { plugin = "numbers"; count = 3000; bytes = 300; },
  { plugin = "chaos"; drop = 7; emit = 5; fail = 11; },
  { plugin = "chaos"; name = "late"; emit = 13; in_commit = true; },
  { plugin = "archive"; }
);
END
cat >bad.cfg <<'END'
stages = ( { plugin = "numbers"; count = 3; bytes = 300; }, { plugin = "bad_undeclared"; }, { plugin = "archive"; } );
END
for isolate in false true; do
    exits "children and drops: isolated $isolate" 3 run chaos.cfg --plugin-dir "$plugins" --output c$isolate --quiet \
        --set chaos.isolate=$isolate --jobs 2 --checked
    exits "checked: isolated $isolate" 3 run bad.cfg --plugin-dir "$plugins" --output b$isolate --quiet --checked \
        --set bad_undeclared.isolate=$isolate
done
same "children and drops: the same archive" ctrue/articles.jsonl.gz cfalse/articles.jsonl.gz
same "children and drops: the same letters" ctrue/deadletters.jsonl cfalse/deadletters.jsonl
is "checked: a broken contract" "$(letters btrue)" "3 contract"
same "checked: the same letters" btrue/deadletters.jsonl bfalse/deadletters.jsonl

# ---- where it cannot be
sed 's/plugin = "archive";/plugin = "t_sink"; isolate = true;/' unruly.cfg >wrong.cfg
exits "check: a stage without process()" 78 check wrong.cfg --plugin-dir "$plugins" --output x
has "check: says where and why" err "wrong.cfg:6: error: stage 't_sink': \`isolate\` puts process() where nothing can be \
opened, and plugin 't_sink' has no process()"
exits "check: a source" 78 check real.cfg --input "$DATA/demo" --output x --set fetch.isolate=true
has "check: says why" err "plugin 'fetch' is a source"

# ---- nobody is left behind
# children PID: all processes below it
children() {
    local child
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
        echo "$child"
        children "$child"
    done
}
# gone PID...: none of them is there after a while, or it is dead and waits for init
gone() {
    local pid tries
    for pid in "$@"; do
        for tries in $(seq 100); do
            case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) in
                '' | Z | X) continue 2 ;;
            esac
            sleep 0.1
        done
        echo "process $pid is still there after $tries looks: $(cat "/proc/$pid/comm")"
        return 1
    done
}
# start OUT: a run in the background that loops in its first record; what it began is in $below
start() {
    local tries c
    "$PRESSLINE" run unruly.cfg --plugin-dir "$plugins" --output "$1" --quiet --jobs 2 --set unruly.does=loop \
        --set unruly.every=1 --set unruly.timeout=0 >out 2>err &
    pid=$!
    for tries in $(seq 100); do
        below=$(children $pid)
        for c in $below; do
            # Some ticks of CPU time: it loops.
            [ "$(awk '{ print ($14 > 5) }' "/proc/$c/stat" 2>/dev/null)" = 1 ] && return 0
        done
        sleep 0.1
    done
    fail "a stage loops within $tries looks" out err
}
if [ -e /proc/self/task/$BASHPID/children ]; then
    start killed
    is "a fork server, and a process for each worker" "$(wc -w <<<"$below")" 3
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    holds "kill -9: nobody is left behind" gone $below

    start interrupted
    kill -TERM $below "$pid"
    wait "$pid"
    is "SIGTERM to all of them, one in a loop: exit status" $? 75
    holds "SIGTERM: nobody is left behind" gone $below

    start orphans
    kill -KILL "${below%%$'\n'*}"
    wait "$pid"
    is "the fork server is killed: exit status" $? 74
    has "the fork server is killed: says so" err "the fork server has died"
    holds "the fork server is killed: nobody is left behind" gone $below
else
    skip "nobody is left behind" "this kernel does not list children"
fi
