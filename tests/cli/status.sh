# What an operator asks: how far is it, and what became of this record.
. "$(dirname "$0")/lib.sh"
need status python3
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs
until_so() { for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; return 1; }
# json EXPRESSION: of what is in `out`, as `r`
json() { python3 -c 'import json, sys; r = json.load(open("out")); print(eval(sys.argv[1]))' "$1"; }
cat >n.cfg <<'END'
checkpoint_interval = "10ms";
stages = ( { plugin = "numbers"; count = 3000; },
           { plugin = "chaos"; drop = 7; fail = 110; delay_us = 200; },
           { plugin = "chaos"; name = "some"; fail = 1000; when = { field = "numbers.n"; greater = 2000; }; },
           { plugin = "archive"; } );
END

# ---- status: at work, stopped, finished
CHAOS_SIGNAL='19 2500' "$PRESSLINE" run n.cfg --output o --quiet 2>err.run & # SIGSTOP
pid=$!
until_so grep -q '^State:.T' /proc/$pid/status
exits 'running' 0 status o
has 'running: by whom' out "run 1 of 'o/state' is running (process $pid on "
exits 'running: --json' 0 status o --json
is 'running: is' "$(json 'r["is"], r["run"], r["checkpoint"] > 0, r["read"] > 0')" "('running', 1, True, True)"
kill -9 $pid
wait $pid 2>/dev/null
exits 'stopped' 0 status o/state
has 'stopped: what to do' out "run 1 of 'o/state' is stopped: run again to go on"
has 'stopped: a source that does not say how many' out 'inputs      1 begun, 0 of them done by earlier runs'
has 'stopped: failures by code' out ' asked (chaos)'
exits 'stopped: --json' 0 status o --json
is 'stopped: is' "$(json 'r["is"], r["holder"]')" "('stopped', '')"
is 'stopped: the books balance' "$(json 'r["read"] + r["emitted"] == r["out"] + r["dropped"] + r["failed"]')" True
pl run n.cfg --output o --quiet
exits 'finished' 0 status o --json
is 'finished: is' "$(json 'r["is"], r["read"], r["failed"], r["stages"][1]["failures"], r["stages"][2]["failures"]')" \
    "('finished', 3000, 28, {'asked': 27}, {'asked': 1})"
exits 'finished: text' 0 status o
has 'finished: text' out "run 1 of 'o/state' is finished"
hasnt 'finished: nothing to go' out 'to go '
find o/state | sort >before
pl status o
find o/state | sort >after
same 'status touches nothing' before after

# ---- status: nothing there, damage
mkdir empty
exits 'none' 74 status empty
has 'none: the message' err "'empty' is no state folder, and has none"
exits 'missing' 74 status nowhere
exits 'no argument' 64 status
cp -r o/state bad
printf X | dd of=bad/journal bs=1 seek=2 conv=notrunc 2>/dev/null
exits 'damaged' 74 status bad
has 'damaged: the message' err "'bad/journal' tells of no run: it is damaged"
: >bad/journal
exits 'no run yet' 74 status bad
has 'no run yet: the message' err "'bad/journal' tells of no run yet"

# ---- explain
cat >e.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "clean"; min_text = 0; },
           { plugin = "dedupe"; when = { field = "source"; matches = "txt$"; }; },
           { plugin = "archive"; } );
END
mkdir in
cp "$DATA"/demo/* in
cp in/harbour-inquiry.txt 'in/zz "quoted" \ name.txt'
mkdir -p in/$(printf 'z%.0s' $(seq 200))
deep=$(echo in/zzz*)/$(printf 'x%.0s' $(seq 200)).txt
cp in/harbour-inquiry.txt "$deep"
exits 'a run' 3 run e.cfg --input in --output e --quiet
exits 'failed: by source' 0 explain e in/broken-off.html.gz
has 'failed: where and why' out '  fetch        failed: truncated: the gzip data ends too soon'
id=$(sed -n 's/^record \(.*\), run 1$/\1/p' out)
origin=$(sed -n 's/^  origin //p' out)
cp out by.source
exits 'failed: by id' 0 explain e/state "$id"
same 'failed: the same by id' by.source out
exits 'failed: by origin' 0 explain e "$origin"
same 'failed: the same by origin' by.source out
exits 'failed: --json' 0 explain e "$id" --json
is 'failed: members' "$(json 'r["run"], r["fate"], r["stage"], r["word"], r["way"]')" "(1, 'failed', 'fetch', 'truncated', ['fetch'])"
exits 'duplicate' 0 explain e 'in/zz "quoted" \ name.txt'
has 'duplicate: of which' out '  dedupe       dropped: duplicate of '
has 'duplicate: its way' out '  clean        let it pass'
has 'duplicate: who read it' out '  fetch        read it'
exits 'duplicate: a long name' 0 explain e "$deep"
has 'duplicate: a long name' out 'dropped: duplicate of '
exits 'unknown' 1 explain e in/textile-mill.html
has 'unknown: why' err "nothing is kept of 'in/textile-mill.html'.  Drops and failures always are"
exits 'no state' 74 explain in x
exits 'arguments' 64 explain e
exits 'all fates' 3 run e.cfg --input in --output a --quiet --set fates=all
exits 'out' 0 explain a in/textile-mill.html
has 'out: passed by' out '  dedupe       passed it by: its `when` did not hold'
has 'out: at the end' out '  it came out at the end'
exits 'a second run' 3 run e.cfg --input in --output a --quiet --set fates=all --restart
cp in/broken-off.html.gz in/again.html.gz
printf x >>in/again.html.gz
exits 'a second run' 3 run e.cfg --input in --output a --quiet --set fates=all
exits 'a later run' 0 explain a in/again.html.gz
has 'a later run: which' out ', run 2'

# ---- children have their own way
cat >c.cfg <<'END'
stages = ( { plugin = "numbers"; count = 20; }, { plugin = "chaos"; name = "split"; emit = 10; numbered = true; },
           { plugin = "chaos"; name = "more"; }, { plugin = "chaos"; name = "last"; fail = 101; }, { plugin = "archive"; } );
END
exits 'children: a run' 3 run c.cfg --output c --quiet
exits 'children: of one' 0 explain c -- '-:10:1 numbers'
has 'children: made, not read' out '  split        made it out of another'
hasnt 'children: not read' out 'read it'
has 'children: its way' out '  more         let it pass'
has 'children: its end' out '  last         failed: asked: number 101'
