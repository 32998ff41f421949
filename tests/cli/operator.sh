# What an operator's machine sees of a run: the service manager's socket, the log's file, the metrics, silence.
. "$(dirname "$0")/lib.sh"
need operator python3
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

# pipeline NAME STAGE: NAME.cfg with it between numbers and archive
pipeline() { printf 'stages = ( { plugin = "numbers"; count = %s; }, %s, { plugin = "archive"; } );\n' "$2" "$3" >"$1.cfg"; }
# until WHAT...: the command succeeds within 30 s
until_so() { for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; return 1; }
value() { sed -n "s/^pressline_$2{.*} //p" "$1"; }
pipeline clean 50 '{ plugin = "chaos"; }'
pipeline letters 30 '{ plugin = "chaos"; fail = 3; }'
pipeline fatal 30 '{ plugin = "chaos"; fatal = 20; }'
pipeline stuck 2 '{ plugin = "chaos"; delay_us = 9999999999L; }'
pipeline slow 1000000000 '{ plugin = "chaos"; delay_us = 2000; }'
echo 'stages = ( { plugin = "fetch"; inputs = ["-"]; format = "jsonl"; }, { plugin = "archive"; } );' >stdin.cfg

# ---- quiet
exits 'quiet: all is well' 0 run clean.cfg --output q0 --quiet
is 'quiet: not a word' "$(cat out err)" ''
exits 'quiet: all is well, log = json' 0 run clean.cfg --output q1 --quiet --log json
is 'quiet: not a word, log = json' "$(cat out err)" ''
exits 'quiet: all is well, with a log file' 0 run clean.cfg --output q2 --quiet --log-file q2.log
is 'quiet: not a word, with a log file' "$(cat out err)" ''
exits 'quiet: dead letters' 3 run letters.cfg --output q3 --quiet
has 'quiet: dead letters: the books' err '30 read, 0 emitted; 20 out, 0 dropped, 10 failed'
has 'quiet: dead letters: where they are' err "the failed records are in 'q3/deadletters.jsonl'"
is 'quiet: dead letters: each line once' "$(sort err | uniq -d)" ''
exits 'quiet: broken off' 74 run fatal.cfg --output q4 --quiet --log-file q4.log
has 'quiet: broken off: why' err 'pressline: error: chaos: record'
has 'quiet: broken off: what is left' err 'broken off; '

# ---- the log's file
has 'log: the run begins' q2.log ' info: run of clean.cfg begins'
has 'log: the run ends' q2.log ' info: 50 read, 0 emitted; 50 out, 0 dropped, 0 failed'
has 'log: its end, broken off' q4.log ' info: broken off; '
exits 'log: in JSON' 3 run letters.cfg --output l1 --log json --log-file json.log
exits 'log: in JSON, on stderr' 74 run fatal.cfg --output l2 --log json
cp err json.err
holds 'log: every line is an object with time, level, run and message' python3 - json.log json.err <<'EOF'
import json, re, sys
for name in sys.argv[1:]:
    lines = [json.loads(line) for line in open(name)]
    assert lines
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]), line
        assert line["level"] in ("error", "warning", "info"), line
        assert re.fullmatch(r"\d{8}T\d{6}Z-\d+", line["run"]), line
        assert line["message"], line
    assert len({line["run"] for line in lines}) == 1
assert [l for l in lines if l.get("stage") == "chaos" and l.get("record") and l["level"] == "error"], lines
EOF
ln -s elsewhere link.log
exits 'log: a symbolic link' 74 run clean.cfg --output l3 --log-file link.log
has 'log: a symbolic link is named' err "cannot open log file 'link.log': it is a symbolic link"
exits 'log: what cannot be opened' 78 run nowhere.cfg --output l4 --log-file l4.log
has 'log: a mistake in the pipeline is on stderr' err 'nowhere.cfg'
if [ -w /dev/full ]; then
    exits 'log: no room for it' 0 run clean.cfg --output l5 --quiet --log-file /dev/full
    has 'log: no room for it is told' err "lines of the log could not be written to '/dev/full'"
    holds 'log: no room for it: the run is whole' [ -e l5/articles.jsonl.gz ]
else
    skip 'log: a full disk' '/dev/full is missing'
fi
"$PRESSLINE" run slow.cfg --output l6 --log-file l6.log --set progress_interval=100ms 2>l6.err &
pid=$!
until_so grep -q ' read, ' l6.log
mv l6.log l6.log.1
kill -HUP $pid
holds 'log: SIGHUP opens it anew' until_so grep -q ' read, ' l6.log
kill -TERM $pid
wait $pid
is 'log: SIGHUP is no end' $? 75
has 'log: the end is in the new one' l6.log ' info: interrupted: '
hasnt 'log: the old one has no end' l6.log.1 'interrupted'
"$PRESSLINE" run slow.cfg --output l8 --quiet --log-file l8.log 2>l8.err &
pid=$!
until_so test -s l8/articles.jsonl.gz.part
mv l8.log l8.log.1
kill -HUP $pid
holds 'log: SIGHUP opens it anew, though there is nothing to say' until_so test -e l8.log
kill -TERM $pid
wait $pid
"$PRESSLINE" run slow.cfg --output l7 --quiet 2>l7.err &
pid=$!
until_so test -s l7/articles.jsonl.gz.part
kill -HUP $pid
sleep 0.5
holds 'log: SIGHUP without a file does nothing' kill -TERM $pid
wait $pid
is 'log: SIGHUP without a file: the run goes on' $? 75

# ---- the service manager
cat >listen.py <<'EOF'
import os, socket, sys
address, log = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + address[1:] if address[0] == "@" else address)
out = open(log, "a", encoding="utf-8")
open(log + ".ready", "w").close()
while True:
    out.write(s.recv(65536).decode() + "\n")
    out.flush()
EOF
listeners=()
listen() {
    python3 listen.py "$1" "$2" &
    listeners+=($!)
    until_so test -e "$2.ready"
}
listen "$PWD/socket" path.log
NOTIFY_SOCKET=$PWD/socket "$PRESSLINE" run letters.cfg --output n1 2>err
is 'notify: exit status' $? 3
until_so grep -q '10 failed' path.log
is 'notify: first that it is ready' "$(head -n 1 path.log)" READY=1
has 'notify: then how it ended' path.log 'STATUS=30 read, 0 emitted; 20 out, 0 dropped, 10 failed'
hasnt 'notify: no keep-alive unasked' path.log WATCHDOG
hasnt 'notify: it was not stopped' path.log STOPPING
name=@pressline-operator-$$
listen "$name" abstract.log
NOTIFY_SOCKET=$name "$PRESSLINE" run slow.cfg --output n2 --quiet --set progress_interval=100ms 2>err &
pid=$!
holds 'notify: progress' until_so grep -q '^STATUS=[1-9][0-9]* read, ' abstract.log
kill -TERM $pid
wait $pid
is 'notify: stopped' $? 75
has 'notify: that it is stopping' abstract.log STOPPING=1
is 'notify: in the right order' "$(grep -n -e READY -e STOPPING abstract.log | cut -d: -f2 | tr '\n' ' ')" 'READY=1 STOPPING=1 '
NOTIFY_SOCKET=$PWD/nobody "$PRESSLINE" run clean.cfg --output n3 --quiet 2>err
is 'notify: nobody listens' "$? $(cat err)" '0 '

# An input that is waited for is no hang: keep-alives for far longer than the watchdog's time.
listen "$PWD/idle" idle.log
mkfifo pipe
NOTIFY_SOCKET=$PWD/idle WATCHDOG_USEC=2000000 "$PRESSLINE" run stdin.cfg --input - --output n4 --quiet <pipe 2>err &
pid=$!
exec 9>pipe
holds 'watchdog: five while nothing comes' until_so sh -c '[ $(grep -c WATCHDOG=1 idle.log) -ge 5 ]'
echo '{"id":"a","text":"The ferry ran again."}' >&9
exec 9>&-
wait $pid
is 'watchdog: the run was well' "$? $(cat err)" '0 '
# A call that lasts: no more of them, and the log says why.
listen "$PWD/hung" hung.log
NOTIFY_SOCKET=$PWD/hung WATCHDOG_USEC=1000000 "$PRESSLINE" run stuck.cfg --output n5 --quiet --jobs 1 2>stuck.err &
pid=$!
holds 'watchdog: a hung stage is named' until_so grep -q "no keep-alive to the service manager: a call of 'chaos' has lasted" stuck.err
n=$(grep -c WATCHDOG=1 hung.log)
holds 'watchdog: none after the watchdog time' [ "$n" -le 2 ]
sleep 1.2
is 'watchdog: none while it hangs' "$(grep -c WATCHDOG=1 hung.log)" "$n"
kill -9 $pid
wait $pid 2>/dev/null
NOTIFY_SOCKET=$PWD/hung WATCHDOG_USEC=400000 WATCHDOG_PID=1 "$PRESSLINE" run slow.cfg --output n6 --quiet 2>err &
pid=$!
until_so test -s n6/articles.jsonl.gz.part
sleep 1
kill -TERM $pid
wait $pid
is "watchdog: another's is not kept alive" "$(grep -c WATCHDOG=1 hung.log)" "$n"
kill "${listeners[@]}"
wait "${listeners[@]}" 2>/dev/null

# ---- metrics
exits 'metrics: a run' 3 run letters.cfg --output m1 --quiet --metrics m/news.prom
is 'metrics: its end' "$(value m/news.prom running) $(value m/news.prom last_exit_code)" '0 3'
is 'metrics: records' "$(sed -n 's/^pressline_records_total{pipeline="letters.cfg",fate=//p' m/news.prom | tr '\n' ' ')" \
    '"out"} 20 "dropped"} 0 "failed"} 10 '
has 'metrics: failures' m/news.prom 'pressline_stage_failures_total{pipeline="letters.cfg",stage="chaos",code="asked"} 10'
success=$(value m/news.prom last_success_timestamp_seconds)
holds 'metrics: success is now' test "$(($(date +%s) - ${success%.*}))" -le 60
cp letters.cfg before.cfg
cp fatal.cfg letters.cfg
exits 'metrics: a run that fails' 74 run letters.cfg --output m2 --quiet --metrics m/news.prom
is 'metrics: how it failed' "$(value m/news.prom running) $(value m/news.prom last_exit_code)" '0 74'
is 'metrics: the success before stays' "$(value m/news.prom last_success_timestamp_seconds)" "$success"
echo 'stages = ( { plugin = "fetch"; inputs = ["-", "-"]; }, { plugin = "archive"; } );' >letters.cfg
exits 'metrics: a run that cannot begin' 78 run letters.cfg --output m3 --quiet --metrics m/news.prom
is 'metrics: how it failed to begin' "$(value m/news.prom running) $(value m/news.prom last_exit_code)" '0 78'
is 'metrics: the success before stays, still' "$(value m/news.prom last_success_timestamp_seconds)" "$success"
"$PRESSLINE" run slow.cfg --output m4 --quiet --metrics m/slow.prom --set progress_interval=100ms 2>err &
pid=$!
holds 'metrics: of a run at work' until_so grep -q '^pressline_records_read_total{.*} [1-9]' m/slow.prom
is 'metrics: it is at work' "$(value m/slow.prom running)" 1
hasnt 'metrics: no end yet' m/slow.prom last_exit_code
kill -TERM $pid
wait $pid
is 'metrics: interrupted' "$(value m/slow.prom running) $(value m/slow.prom last_exit_code)" '0 75'
mkdir m/folder.prom
exits 'metrics: what cannot be written is no failure' 0 run clean.cfg --output m5 --quiet --metrics m/folder.prom
has 'metrics: what cannot be written is told' err 'warning: metrics: cannot rename'
