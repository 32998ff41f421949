#!/usr/bin/env bash
# How well entities marks the development sets: no figure may fall below its line in entities.expected.
. "$(dirname "$0")/../cli/lib.sh"

score=$SHARED/score
[ -r "$score/score_ner.py" ] || { skip 'entities figures' 'no development data beside the repository'; exit 0; }
need 'entities figures' python3

echo 'input_fields = ["id", "text"]; stages = ( { plugin = "entities"; } );' >names.cfg
adapter=$SRCDIR/tests/score/entities.py
for gold in ner/ww_dev quotes/polnear_dev; do
    python3 "$adapter" input "$SHARED/data/$gold.jsonl" >in.jsonl
    "$PRESSLINE" filter names.cfg <in.jsonl >marked.jsonl
    holds "$gold: every span fits its text" sh -c "python3 '$adapter' names marked.jsonl >names.jsonl"
    holds "$gold: every link leads somewhere" sh -c "python3 '$adapter' quotes marked.jsonl >quotes.jsonl"
done

python3 "$SRCDIR/tests/score/entities_figures.py" guard "$BUILDDIR" "$SRCDIR"
