# A run that is killed goes on; one that is finished is followed by the next; what has changed meanwhile is refused.
# timeout: 300
. "$(dirname "$0")/lib.sh"
need state python3
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs
until_so() { for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; return 1; }

# checkpoint DIR: the number of the last; 0: none
checkpoint() { "$PRESSLINE" status "$1" --json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["checkpoint"])' || echo 0; }
# counts REPORT: all that does not depend on time or place
counts() {
    python3 - "$1" <<'EOF'
import json, sys
def strip(x):
    if isinstance(x, dict):
        return {k: strip(v) for k, v in x.items() if not k.endswith("seconds") and k not in
                ("settings_sha256", "jobs", "peak_rss_bytes", "slowest", "started", "pipeline")}
    return [strip(v) for v in x] if isinstance(x, list) else x
print(json.dumps(strip(json.load(open(sys.argv[1]))), sort_keys=True))
EOF
}
# killed SIGNAL NUMBER OUTPUT ARG...: a run that gets the signal at the record of that number
killed() {
    local signal=$1 number=$2 output=$3
    shift 3
    CHAOS_SIGNAL="$signal $number" "$PRESSLINE" run "$@" --output "$output" >out 2>err </dev/null
    rc=$?
}

cat >n.cfg <<'END'
checkpoint_interval = "10ms";
stages = ( { plugin = "numbers"; count = 3000; },
           { plugin = "chaos"; drop = 7; fail = 110; emit = 13; children = 2; delay_us = 200; },
           { plugin = "chaos"; name = "late"; in_commit = true; fail = 1001; },
           { plugin = "archive"; } );
END
exits 'undisturbed' 3 run n.cfg --output ref --jobs 2 --quiet

# ---- kill -9, thrice, with other numbers of workers, and then to the end
killed 9 900 o n.cfg --jobs 2 2>/dev/null
is "kill: two workers" $rc 137
killed 9 1700 o n.cfg --jobs 1 2>/dev/null
is "kill: one" $rc 137
killed 9 2600 o n.cfg --jobs 3 2>/dev/null
is "kill: three" $rc 137
is 'kill: nothing has its final name' "$(ls o)" "$(printf 'articles.jsonl.gz.part\ndeadletters.jsonl.part\nstate')"
n=$(checkpoint o)
exits 'kill: the end' 3 run n.cfg --output o --jobs 2 --set checkpoint_interval=1h --set progress_interval=1s
has 'kill: it says where it goes on' err "info: goes on from checkpoint $n: "
same 'kill: articles' ref/articles.jsonl.gz o/articles.jsonl.gz
same 'kill: dead letters' ref/deadletters.jsonl o/deadletters.jsonl
same 'kill: what is kept for explain' ref/state/run-1/fates.jsonl o/state/run-1/fates.jsonl
is 'kill: counts' "$(counts o/report.json)" "$(counts ref/report.json)"
is 'kill: the folder of a run that is done has its fates only' "$(ls o/state/run-1)" fates.jsonl

# ---- SIGTERM: exit 75, what was in hand is finished, and on it goes
killed 15 1000 term n.cfg
is 'TERM: exit status' $rc 75
has 'TERM: what to do' err 'interrupted: what was in hand is finished; run again: it goes on from its last checkpoint'
is 'TERM: what is there' "$(ls term)" "$(printf 'articles.jsonl.gz.part\ndeadletters.jsonl\nreport.json\nstate')"
is 'TERM: the report says so' "$(field end <term/report.json) $(field exit <term/report.json)" 'interrupted 75'
is 'TERM: the letters are whole' "$(wc -l <term/deadletters.jsonl)" "$(python3 -c 'import json; print(json.load(open("term/report.json"))["failed"])')"
killed 15 2000 term n.cfg --jobs 1
is 'TERM: again' $rc 75
exits 'TERM: the end' 3 run n.cfg --output term --quiet
same 'TERM: articles' ref/articles.jsonl.gz term/articles.jsonl.gz
same 'TERM: dead letters' ref/deadletters.jsonl term/deadletters.jsonl
is 'TERM: counts' "$(counts term/report.json)" "$(counts ref/report.json)"

# ---- stopped by max_failures, and on with a higher one
exits 'max_failures: stopped' 4 run n.cfg --output max --quiet --set max_failures=20
exits 'max_failures: still too many' 4 run n.cfg --output max --quiet --set max_failures=20
exits 'max_failures: raised' 3 run n.cfg --output max --quiet --set max_failures=1000
same 'max_failures: articles' ref/articles.jsonl.gz max/articles.jsonl.gz
same 'max_failures: dead letters' ref/deadletters.jsonl max/deadletters.jsonl

# ---- what must not change in the middle
killed 9 2000 mid n.cfg
exits 'change: an option' 78 run n.cfg --output mid --set chaos.drop=8
has 'change: the run' err "run 1 of 'mid/state' is not finished, and cannot go on with other settings or builds:"
has 'change: the option is named' err "error: stage 'chaos': drop was 7, is 8"
has 'change: what to do' err 'put back what changed and run again, or begin the run anew with --restart'
exits 'change: a setting' 78 run n.cfg --output mid --set max_record=1M
has 'change: the setting is named' err 'max_record was 16777216, is 1048576'
grep -v '"late"' n.cfg >less.cfg
exits 'change: a stage less' 78 run less.cfg --output mid
has 'change: the stage is named' err "error: stage 'late' is no more"
is 'change: once' "$(grep -c late err)" 1
sed 's/{ plugin = "chaos"; name/{ plugin = "chaos"; name = "more"; }, &/' n.cfg >more.cfg
exits 'change: a stage more' 78 run more.cfg --output mid
has 'change: the new stage is named' err "error: stage 'more' is new"
python3 - <<'EOF'
lines = open("n.cfg").read().split("\n")
lines[2], lines[3] = lines[3], lines[2]
open("order.cfg", "w").write("\n".join(lines))
EOF
exits 'change: the order' 78 run order.cfg --output mid
has 'change: the order is named' err 'the order of the stages is another'
mkdir other
cp "$PRESSLINE_PLUGIN_PATH"/*.so other
printf 'x' >>other/chaos.so
PRESSLINE_PLUGIN_PATH=$PWD/other exits 'change: another build' 78 run n.cfg --output mid
has 'change: the build is named' err "error: stage 'chaos': build was 1 "
cp n.cfg renamed.cfg
exits 'change: jobs, log, intervals and the name of the file may' 3 run renamed.cfg --output mid --jobs 3 --quiet --log json \
    --set log_level=debug --set checkpoint_interval=1h --set progress_interval=1h --metrics m.prom --set plugin_path="$PWD"
same 'change: articles' ref/articles.jsonl.gz mid/articles.jsonl.gz
exits 'change: after the end anything may' 3 run less.cfg --output mid --quiet --set chaos.drop=3

# ---- outputs and state that are not as the run left them
killed 9 2000 torn n.cfg
cp -r torn torn2
printf X | dd of=torn/deadletters.jsonl.part bs=1 seek=3 conv=notrunc 2>/dev/null
exits 'damage: dead letters' 78 run n.cfg --output torn
has 'damage: they are named' err "cannot go on in 'torn/deadletters.jsonl.part': it is not what this run wrote; --restart begins"
rm -r torn && cp -r torn2 torn
printf X | dd of=torn/articles.jsonl.gz.part bs=1 seek=100 conv=notrunc 2>/dev/null
exits 'damage: the archive' 78 run n.cfg --output torn
has 'damage: it is named' err 'torn/articles.jsonl.gz.part'
rm -r torn && cp -r torn2 torn
printf X | dd of=torn/state/journal bs=1 seek=3 conv=notrunc 2>/dev/null
exits 'damage: the journal' 78 run n.cfg --output torn
has 'damage: the journal is named' err "'torn/state/journal' is damaged"
rm -r torn && cp -r torn2 torn
head -c 20 /dev/urandom >>torn/state/journal
head -c 20 /dev/urandom >>torn/articles.jsonl.gz.part
exits 'damage: a torn end is cut off' 3 run n.cfg --output torn --quiet
same 'damage: articles' ref/articles.jsonl.gz torn/articles.jsonl.gz

# ---- begun anew
exits 'restart: in the middle' 3 run n.cfg --output torn2 --restart --set chaos.delay_us=0
has 'restart: what is discarded' err '--restart: run 1, begun with '
same 'restart: articles' ref/articles.jsonl.gz torn2/articles.jsonl.gz
exits 'restart: after the end' 3 run n.cfg --output torn2 --restart --set chaos.delay_us=0
has 'restart: what is discarded after the end' err "--restart: what 'torn2/state' knows of 1 run and their inputs is discarded"
is 'restart: the same name again' "$(ls torn2)" "$(printf 'articles.jsonl.gz\narticles.jsonl.gz.gzi\narticles.jsonl.gz.idx\ndeadletters.jsonl\nreport.json\nstate')"

# ---- how fast it is is how fast this process is
cat >rate.cfg <<'END'
checkpoint_interval = "10ms";
stages = ( { plugin = "numbers"; count = 60000; },
           { plugin = "chaos"; delay_us = 20000; when = { field = "numbers.n"; greater = 50000; }; },
           { plugin = "archive"; } );
END
killed 9 50100 rate rate.cfg --jobs 2 2>/dev/null
"$PRESSLINE" run rate.cfg --output rate --jobs 2 --set progress_interval=1s 2>rate.err &
pid=$!
until_so grep -q 'records/s' rate.err
kill -9 $pid
wait $pid 2>/dev/null
holds 'rate: without what was done before' test "$(sed -n 's/.* \([0-9]*\) records\/s.*/\1/p' rate.err | head -1)" -lt 5000

# ---- two at a time
CHAOS_SIGNAL='19 1500' "$PRESSLINE" run n.cfg --output two --quiet 2>two.err & # SIGSTOP
pid=$!
until_so grep -q '^State:.T' /proc/$pid/status
exits 'two: the second' 75 run n.cfg --output two --metrics two.prom
is 'two: the metrics are left to the first' "$(ls two.prom 2>&1 | grep -c 'No such')" 1
has 'two: the first is named' err "the state folder 'two/state' is in use by process $pid on "
exits 'two: nor with --restart' 75 run n.cfg --output two --restart
kill -9 $pid
wait $pid 2>/dev/null
exits 'two: after the first' 3 run n.cfg --output two --quiet
same 'two: articles' ref/articles.jsonl.gz two/articles.jsonl.gz
is 'two: a live source is asked again' "$(pl run n.cfg --output two --quiet; echo $rc; ls two | grep -c -e -2)" "$(printf '3\n5')"

# ---- files: what is done is done
mkdir in
for i in 1 2 3 4 5; do echo "Report $i: the council spoke of bridge $i on Monday." >in/b$i.txt; done
printf '{"id":"x%d","text":"A line of a story, %d."}\n' 1 1 2 2 3 3 >in/a.jsonl
echo 'stages = ( { plugin = "fetch"; }, { plugin = "clean"; min_text = 0; }, { plugin = "archive"; } );' >f.cfg
exits 'files: the first run' 0 run f.cfg --input in --output f --quiet
is 'files: its records' "$(zcat f/articles.jsonl.gz | wc -l)" 8
find f -type f ! -path '*/state/lock' -exec md5sum {} + | sort >before
for i in 1 2; do
    exits "files: nothing new, $i" 0 run f.cfg --input in --output f
    is "files: it says so, $i" "$(cat err)" 'nothing new: 6 inputs are done by earlier runs; nothing was written'
    find f -type f ! -path '*/state/lock' -exec md5sum {} + | sort >after
    same "files: nothing was written, $i" before after
done
exits 'files: nothing new, with other settings' 0 run f.cfg --input in --output f --set clean.min_text=5 --quiet
is 'files: quiet' "$(cat err)" ''
echo 'Report 6: the ferry was late.' >in/b6.txt
cp in/b1.txt in/b7.txt # under another name, but done
: >in/empty.txt
exits 'files: the second run' 3 run f.cfg --input in --output f --quiet
is 'files: the new alone' "$(zcat f/articles-2.jsonl.gz | field source)" in/b6.txt
is 'files: an empty one' "$(field source <f/deadletters-2.jsonl)" in/empty.txt
is 'files: the report' "$(field run <f/report-2.json) $(field inputs_skipped <f/report-2.json)" '2 7'
is 'files: the first is as it was' "$(zcat f/articles.jsonl.gz | wc -l)" 8
echo 'Report 2: the council spoke of bridge 2 again.' >in/b2.txt
exits 'files: the third run' 0 run f.cfg --input in --output f --quiet
is 'files: a changed one is new' "$(zcat f/articles-3.jsonl.gz | field source)" in/b2.txt
exits 'files: all of it anew' 3 run f.cfg --input in --output f --restart
has 'files: what is discarded' err "what 'f/state' knows of 3 runs and their inputs is discarded"
has 'files: what is left' err 'those of later runs are left: move them away'
is 'files: in the first' "$(zcat f/articles.jsonl.gz | wc -l)" 10

# ---- the list is fixed at the start
mkdir many
for i in $(seq 1000 2199); do echo "{\"id\":\"p$i\",\"text\":\"page $i\",\"numbers.n\":$i}" >many/p$i.jsonl; done
cat >l.cfg <<'END'
checkpoint_interval = "10ms";
input_fields = ["text", "numbers.n"];
stages = ( { plugin = "fetch"; }, { plugin = "chaos"; delay_us = 500; }, { plugin = "archive"; } );
END
exits 'list: undisturbed' 0 run l.cfg --input many --output lref --quiet --set chaos.delay_us=0
killed 9 2150 l l.cfg --input many --jobs 1
is 'list: killed' $rc 137
echo '{"id":"new","text":"came later","numbers.n":1}' >many/p0000.jsonl
exits 'list: goes on' 0 run l.cfg --input many --output l --quiet
same 'list: what came later is not in it' lref/articles.jsonl.gz l/articles.jsonl.gz
exits 'list: the next run' 0 run l.cfg --input many --output l --quiet
is 'list: has it' "$(zcat l/articles-2.jsonl.gz | field id)" new

exits 'list: and nothing more' 0 run l.cfg --input many --output l
has 'list: it says so' err 'nothing new: 1201 inputs'

# ---- an input that changes while it is being read
python3 - <<'EOF'
with open("long.jsonl", "w") as f:
    for i in range(1, 4001):
        f.write('{"id":"q%d","text":"line %d","numbers.n":%d}\n' % (i, i, i))
EOF
killed 9 3000 c l.cfg --input long.jsonl --set chaos.delay_us=200 --jobs 1
is 'changed: killed' $rc 137
cp long.jsonl long.kept
echo '{"id":"q0","text":"one more"}' >>long.jsonl
pl run l.cfg --input long.jsonl --output c --set chaos.delay_us=200
is 'changed: refused' $rc 78
has 'changed: by name' err "'long.jsonl' has changed since this run began: put it back as it was, or begin anew with --restart"
cp long.kept long.jsonl
exits 'changed: put back' 0 run l.cfg --input long.jsonl --output c --set chaos.delay_us=200 --quiet
is 'changed: every line once' "$(zcat c/articles.jsonl.gz | field id | sort -u | wc -l) $(zcat c/articles.jsonl.gz | wc -l)" '4000 4000'

# ---- standard input cannot be read again
"$PRESSLINE" run l.cfg --input - --output s --quiet <long.kept
is 'stdin: no state is kept' "$? $(ls s)" "$(printf '0 articles.jsonl.gz\narticles.jsonl.gz.gzi\narticles.jsonl.gz.idx\ndeadletters.jsonl\nreport.json')"
exits 'stdin: a state is refused' 78 run l.cfg --input - --output s2 --state st
has 'stdin: the reason' err "no state can be kept: stage 'fetch' reads standard input, which cannot be read again"
echo - >list
exits 'stdin: in a list' 78 run l.cfg --input @list --output s3 --state st
exits 'no state' 0 run l.cfg --input many --output s4 --quiet --state '' --set chaos.delay_us=0
is 'no state: none is kept' "$(ls s4)" "$(printf 'articles.jsonl.gz\narticles.jsonl.gz.gzi\narticles.jsonl.gz.idx\ndeadletters.jsonl\nreport.json')"
exits 'state elsewhere' 0 run l.cfg --input many --output s5 --quiet --state deep/down/st --set chaos.delay_us=0
is 'state elsewhere: it is there' "$(ls deep/down/st; ls s5)" \
    "$(printf 'digests\njournal\nlock\nrun-1\narticles.jsonl.gz\narticles.jsonl.gz.gzi\narticles.jsonl.gz.idx\ndeadletters.jsonl\nreport.json')"
