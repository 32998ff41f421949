# trace: what each stage did to the first record of each input.
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

cat >p.cfg <<'END'
input_fields = ["numbers.n", "text"];
stages = (
  { plugin = "fetch"; inputs = ["/nowhere/at/all"]; },
  { plugin = "chaos"; emit = 2; when = { field = "numbers.n"; less = 10; }; },
  { plugin = "chaos"; name = "late"; fail = 3; drop = 5; },
  { plugin = "t_annotate"; when = { field = "text"; present = true; }; },
  { plugin = "archive"; }
);
END
printf '{"id":"a","numbers.n":2,"text":"Émile"}\n{"id":"b","numbers.n":4}\n' | sed 's/É/E/' >a.jsonl
printf '{"id":"c","numbers.n":3}\n' >c.jsonl
printf '{"id":"d","numbers.n":5}\n' >d.jsonl
printf '{"id":"e","numbers.n":11}\n' >e.jsonl
exits 'a record and its child' 0 trace p.cfg a.jsonl
is 'the record is named' "$(grep -c '^record a of a.jsonl, 1$' out)" 1
is 'each stage but the sink' "$(sed -n '2,/^record/s/^  \([a-z][a-z_]*\) .*/\1/p' out | tr '\n' ' ')" 'fetch chaos late t_annotate '
has 'what was set' out '+ text           "Emile"'
has 'what was annotated' out '+ 1 entity: PER "E"'
has 'the child is shown' out 'made it'
hasnt 'the others are not' out 'record b of'
has 'that there are others is said' out 'there are others'
is 'nothing was written' "$(ls | tr '\n' ' ')" 'a.jsonl c.jsonl d.jsonl e.jsonl err out p.cfg '

exits 'several inputs' 0 trace p.cfg --input c.jsonl -i d.jsonl --input=e.jsonl
has 'a failure and why' out 'failed: asked: number 3'
has 'a drop and why' out 'dropped: asked'
has 'a stage that did not see it' out 'not for this record'
hasnt 'no others' out 'there are others'
is 'a stage behind its end is not shown' "$(grep -c t_annotate out)" 1

exits 'as JSON' 0 trace --json p.cfg a.jsonl
if command -v python3 >/dev/null; then
    python3 - >py.out <<'END'
import json
lines = [json.loads(line) for line in open('out')]
parent = [l for l in lines if l['record'] == 'a']
child = [l for l in lines if l['record'] != 'a']
print([l['stage'] for l in parent], [l['stage'] for l in child])
print(parent[0]['set']['text'], parent[1]['set'], parent[3]['annotations'], parent[3]['fate'], child[0]['made'])
END
    is 'as JSON: its lines' "$(cat py.out)" "['fetch', 'chaos', 'late', 't_annotate'] ['chaos', 'late', 't_annotate']
Emile {} {'entity': 1} live True"
else
    skip 'as JSON: its lines' 'python3 is not installed'
fi

# What stays as it was is told once.
cat >change.cfg <<'END'
input_fields = ["text"];
stages = (
  { plugin = "fetch"; },
  { plugin = "clean"; min_text = 1; when = { field = "body"; present = true; }; },
  { plugin = "t_rewrite"; },
  { plugin = "archive"; }
);
END
printf 'Ferry late again\n\nThe ferry to Arran was late on Sunday, the operator said.\n' >page.txt
if [ -e "$BUILDDIR/plugins/.libs/clean.so" ]; then
    exits 'a page' 0 trace change.cfg page.txt
    is 'a page: what was added' "$(grep -c '^    + text ' out)" 1
    is 'a page: what was changed' "$(grep -c '^    ~ text ' out)" 1
    is 'a page: what was removed' "$(grep -c '^    - body' out)" 1
    is 'a page: what stayed' "$(grep -c ' source ' out)" 1
else
    skip 'trace: what changed' 'the plugin clean was not built'
fi

# A large input is not read to its end for the sake of one record: the last would end the run.
seq 1 200000 | sed 's/.*/{"id":"&","numbers.n":&}/' >large.jsonl
exits 'a large input' 0 trace --set late.fail=0 --set late.fatal=200000 p.cfg large.jsonl
is 'a large input: one record' "$(grep -c '^record' out)" 1

exits 'no input' 64 trace p.cfg
exits 'an input that is not there' 78 trace p.cfg none.jsonl
has 'an input that is not there: why' err "cannot read 'none.jsonl'"
exits 'a wrong pipeline' 78 trace --set late.fial=1 p.cfg a.jsonl
: >empty.jsonl
exits 'a source that fails it' 0 trace p.cfg empty.jsonl
has 'a source that fails it: why' out 'failed: empty'
hasnt 'a source that fails it has looked at it' out 'not for this record'
