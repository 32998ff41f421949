# The order, the books and the ends of a run, through the program.
# timeout: 300
. "$(dirname "$0")/lib.sh"
need run python3
plugins=$BUILDDIR/tests/plugins/.libs
export PRESSLINE_PLUGIN_PATH=$plugins

# pipeline NAME STAGE...: NAME.cfg with these stages between numbers and archive
pipeline() {
    local name=$1
    shift
    { echo 'stages = ('; printf '    %s,\n' "$@"; echo '    { plugin = "archive"; } );'; } >"$name.cfg"
}
books() { python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); print(*(r[k] for k in sys.argv[2:]))' "$@"; }

# ---- the same bytes for any number of workers, any place, time zone, order of folders
pipeline order '{ plugin = "numbers"; count = 14000; }' \
    '{ plugin = "chaos"; delay_us = 300; drop = 7; fail = 11; emit = 13; }' \
    '{ plugin = "chaos"; name = "late"; in_commit = true; fail = 101; emit = 97; delay_us = 50;
       when = { not = { field = "title"; present = true; }; }; }' \
    '{ plugin = "chaos"; name = "some"; drop = 2; when = { field = "numbers.n"; greater = 13000; }; }'
for n in 1 2 3 8; do
    exits "order: $n workers finish with dead letters" 3 run order.cfg --output "out$n" --jobs $n --quiet
    same "order: articles of $n workers" out1/articles.jsonl.gz "out$n/articles.jsonl.gz"
    same "order: dead letters of $n workers" out1/deadletters.jsonl "out$n/deadletters.jsonl"
done
is "order: books" "$(books out1/report.json read emitted out dropped failed unwritten)" \
    "$(books out8/report.json read emitted out dropped failed unwritten)"
is "order: what left is in the archive" "$(zcat out1/articles.jsonl.gz | wc -l)" "$(books out1/report.json out)"
is "order: what failed is in the dead letters" "$(wc -l <out1/deadletters.jsonl)" "$(books out1/report.json failed)"
is "order: every number once" \
    "$( (zcat out1/articles.jsonl.gz; cat out1/deadletters.jsonl) | grep -c '"origin":"-:[0-9]*:0 ')" \
    "$((14000 - $(books out1/report.json dropped)))"
hasnt "order: a failing call is taken back" out1/deadletters.jsonl 'taken back'
is "order: when" "$(zcat out1/articles.jsonl.gz | field numbers.n | awk '$1 > 13000 && $1 % 2 == 0' | wc -l)" 0
is "order: when leaves the others alone" \
    "$(zcat out1/articles.jsonl.gz | field numbers.n | awk '$1 <= 13000 && $1 % 2 == 0' | wc -l | tr -d ' ')" \
    "$(seq 2 2 13000 | awk '$1 % 7 && $1 % 11 && $1 % 101' | wc -l | tr -d ' ')"
locale=$(locale -a 2>/dev/null | grep -im1 'utf-\?8' || echo C)
mkdir a b
for f in beta alpha gamma; do echo "The $f story says that rain fell on the harbour town." >"a/$f.txt"; done
for f in gamma beta alpha; do cp "a/$f.txt" "b/$f.txt"; done
echo 'stages = ( { plugin = "fetch"; }, { plugin = "clean"; min_text = 0; }, { plugin = "archive"; } );' >files.cfg
(cd a && "$PRESSLINE" run ../files.cfg --input . --output ../fa --quiet)
(cd b && LC_ALL=$locale LANG=$locale TZ=Asia/Tokyo "$PRESSLINE" run ../files.cfg --input . --output ../fb --quiet)
same "order: another locale ($locale), time zone and order of the folder" fa/articles.jsonl.gz fb/articles.jsonl.gz
is "order: three files" "$(zcat fa/articles.jsonl.gz | wc -l)" 3

# ---- exit codes
pipeline clean '{ plugin = "numbers"; }'
exits "exit: clean" 0 run clean.cfg --output clean --quiet
is "exit: quiet is silent" "$(cat out err)" ""
exits "exit: the summary is on stderr" 0 run clean.cfg --output clean
has "exit: the summary has the books" err '1000 read, 0 emitted; 1000 out, 0 dropped, 0 failed'
exits "exit: dead letters" 3 run order.cfg --output three --set chaos.delay_us=0 --set numbers.count=500
has "exit: dead letters are named" err "the failed records are in 'three/deadletters.jsonl'"
cat >max.cfg <<'END'
max_failures = 20;
stages = ( { plugin = "numbers"; count = 1000000; }, { plugin = "chaos"; fail = 2; }, { plugin = "archive"; } );
END
exits "exit: max_failures" 4 run max.cfg --output four
has "exit: max_failures is named" err 'stopped by max_failures'
is "exit: max_failures leaves no archive" "$(ls four)" "$(printf 'articles.jsonl.gz.part\ndeadletters.jsonl\nreport.json\nstate')"
cat >slow.cfg <<'END'
max_failures = 2;
stages = ( { plugin = "numbers"; count = 400; }, { plugin = "chaos"; fail = 8; },
           { plugin = "chaos"; name = "slow"; in_commit = true; delay_us = 400000; when = { field = "numbers.n"; greater = 64; }; },
           { plugin = "archive"; } );
END
exits "exit: max_failures, however long what is in hand takes" 4 run slow.cfg --output slow --jobs 2
has "exit: ... and it says so" err 'stopped by max_failures'
sed 's/max_failures = 20/max_failures = "10%"/' max.cfg >share.cfg
exits "exit: a share of failures" 4 run share.cfg --output share
exits "exit: no command" 64
exits "exit: unknown command" 64 rum clean.cfg
has "exit: the nearest command" err "did you mean 'run'?"
exits "exit: unknown option" 64 run clean.cfg --outptu x
has "exit: the nearest option" err "did you mean 'output'?"
exits "exit: an option without its value" 64 run clean.cfg --output
exits "exit: too many arguments" 64 run clean.cfg order.cfg
exits "exit: jobs" 64 run clean.cfg --jobs 0
exits "exit: inputs that are not there" 78 check files.cfg --input nothing.txt --output x
has "exit: they are named with the line" err "files.cfg:1: error: stage 'fetch': option 'inputs': cannot read 'nothing.txt'"
exits "exit: configuration" 78 run nowhere.cfg --output x
pipeline fatal '{ plugin = "numbers"; count = 100000; }' '{ plugin = "chaos"; fatal = 5000; }'
exits "exit: a stage that cannot go on" 74 run fatal.cfg --output fatal
has "exit: its reason" err 'asked to end the run'
is "exit: nothing under a final name" "$(ls fatal/articles.jsonl.gz 2>&1 | grep -c 'No such')" 1
if [ -w /dev/full ]; then
    (ulimit -f 8 && "$PRESSLINE" run clean.cfg --output y --set numbers.count=100000 >out 2>err)
    is "exit: no room for the archive" $? 74
    has "exit: the file and the cause are named" err "articles.jsonl.gz.part': File too large"
    is "exit: no archive under its final name" "$(ls y/articles.jsonl.gz 2>&1 | grep -c 'No such')" 1
    echo '{"text":"x"}' | "$PRESSLINE" filter clean.cfg >/dev/full 2>err
    is "exit: a full disk behind filter" $? 74
    has "exit: a full disk behind filter is named" err 'No space left on device'
else
    skip "exit: a full disk" "/dev/full is missing"
fi

# ---- places and streams that are gone
cat >gone.cfg <<'END'
stages = ( { plugin = "fetch"; inputs = ["-"]; format = "jsonl"; }, { plugin = "archive"; path = "gone/articles.jsonl.gz"; } );
END
{
    echo '{"id":"a","text":"The ferry did not run."}'
    for _ in $(seq 100); do [ -e gone/articles.jsonl.gz.part ] && break; sleep 0.1; done
    rm -r gone
} | "$PRESSLINE" run gone.cfg --output gone-else --quiet >out 2>err
is "gone: the folder of the archive: exit status" $? 74
has "gone: the folder of the archive is named" err "gone/articles.jsonl.gz.part': No such file or directory"
is "gone: the report says so" "$(books gone-else/report.json end exit)" "io 74"
pipeline letters '{ plugin = "numbers"; count = 30; }' '{ plugin = "chaos"; fail = 3; }'
"$PRESSLINE" run letters.cfg --output l1 --quiet --json >out 2>err
"$PRESSLINE" run letters.cfg --output l2 --quiet --json >&- 2>err
is "gone: a closed stdout: exit status" $? 74
has "gone: a closed stdout is told" err 'cannot write standard output'
same "gone: a closed stdout: nothing is written elsewhere" l1/deadletters.jsonl l2/deadletters.jsonl
(exec 0<&- 1>&- 2>&-; "$PRESSLINE" run letters.cfg --output l3 --quiet)
is "gone: all streams closed: exit status" $? 3
same "gone: all streams closed: dead letters" l1/deadletters.jsonl l3/deadletters.jsonl
same "gone: all streams closed: archive" l1/articles.jsonl.gz l3/articles.jsonl.gz
if [ -w /dev/full ]; then
    "$PRESSLINE" run letters.cfg --output l4 --quiet --json >/dev/full 2>err
    is "gone: no room for the answer, and dead letters" $? 74
fi
mkdir -p l5/deadletters.jsonl/in-the-way
"$PRESSLINE" run letters.cfg --output l5 --quiet >out 2>err
is "gone: dead letters that cannot get their name" $? 74
is "gone: dead letters that cannot get their name: the report" "$(books l5/report.json end exit)" "io 74"

# ---- signals
pipeline long '{ plugin = "numbers"; count = 1000000000; }' '{ plugin = "chaos"; delay_us = 2000; }'
for sig in INT TERM; do
    "$PRESSLINE" run long.cfg --output "sig$sig" --quiet 2>err &
    pid=$!
    for _ in $(seq 100); do [ -s "sig$sig/articles.jsonl.gz.part" ] && break; sleep 0.1; done
    start=$SECONDS
    kill -$sig $pid
    wait $pid
    is "signals: $sig ends with 75" $? 75
    holds "signals: $sig within 5 s" test $((SECONDS - start)) -le 5
    holds "signals: $sig leaves a whole gzip file" gzip -t <"sig$sig/articles.jsonl.gz.part"
    is "signals: $sig loses nothing in hand" "$(zcat <"sig$sig/articles.jsonl.gz.part" | wc -l)" \
        "$(books "sig$sig/report.json" read)"
    is "signals: $sig in the report" "$(books "sig$sig/report.json" end)" interrupted
done
mkfifo nobody-reads
CHAOS_TALLY=nobody-reads "$PRESSLINE" run long.cfg --output opening --quiet 2>err & # chaos waits in open()
pid=$!
for _ in $(seq 100); do [ -e opening/state/run-1/blame ] && break; sleep 0.1; done
kill -TERM $pid
wait $pid
is "signals: TERM before the first record ends with 75" $? 75
pipeline stuck '{ plugin = "numbers"; count = 10; }' '{ plugin = "chaos"; delay_us = 9999999; }'
"$PRESSLINE" run stuck.cfg --output stuck --quiet --jobs 1 2>err &
pid=$!
sleep 1
kill -INT $pid
sleep 0.3
kill -INT $pid
wait $pid
is "signals: a second one ends at once" $? 75

# ---- memory
pipeline memory '{ plugin = "numbers"; count = 2000; bytes = "4k"; }' '{ plugin = "chaos"; drop = 3; fail = 1000; }'
exits "memory: small" 3 run memory.cfg --output m1 --quiet --jobs 2
exits "memory: 100 times larger" 3 run memory.cfg --output m100 --quiet --jobs 2 --set numbers.count=200000 \
    --set archive.level=1
small=$(books m1/report.json peak_rss_bytes)
large=$(books m100/report.json peak_rss_bytes)
echo "peak memory: $small bytes for 2,000 records, $large for 200,000"
case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) skip "memory: bounded" "sanitizers keep freed memory" ;;
    *) holds "memory: bounded" test "$large" -lt $((small + (16 << 20))) ;;
esac
exits "memory: a record past its limit" 3 run memory.cfg --output big --quiet --set numbers.count=20 \
    --set numbers.bytes=2M --set record_memory=1M --set chaos.fail=0
is "memory: it is failed" "$(field code <big/deadletters.jsonl | sort | uniq -c | tr -s ' ')" " 20 too-large"
case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) skip "memory: many inputs" "sanitizers reserve more than any limit of memory" ;;
    *)
        (ulimit -v 1000000 && "$PRESSLINE" run clean.cfg --output inputs --quiet $(seq -f '--input %.0f' 20000) >out 2>err)
        is "memory: many inputs" "$? $(cat err)" "0 "
        ;;
esac

# ---- the report
exits "report: to stdout" 3 run order.cfg --output r --json --quiet --set chaos.delay_us=0 --set late.delay_us=0
same "report: the same on stdout and in its file" out r/report.json
holds "report: balanced" python3 - r/report.json <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["read"] == 14000 and r["read"] + r["emitted"] == r["out"] + r["dropped"] + r["failed"], r
before = 0
for s in r["stages"]:
    assert s["in"] + s["emitted"] == s["out"] + s["dropped"] + s["failed"], s
    assert s["in"] == before, s
    before = s["out"]
    assert sum(s["drops"].values()) == s["dropped"] and sum(s["failures"].values()) == s["failed"], s
assert before == r["out"] and r["stages"][-1]["committed"] == r["out"]
assert len(r["slowest"]) == 10 and r["settings_sha256"] and r["exit"] == 3 and r["end"] == "dead-letters"
assert len(r["first_drops"]) == 20 and r["first_drops"][0]["reason"] == "asked"
END
