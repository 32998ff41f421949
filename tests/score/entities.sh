#!/usr/bin/env bash
# Which names and quotations entities finds in the development sets, against floors.
. "$(dirname "$0")/../cli/lib.sh"

score=$SHARED/score
[ -r "$score/score_ner.py" ] || { skip 'entities floors' 'no development data beside the repository'; exit 0; }
need 'entities floors' python3

echo 'input_fields = ["id", "text"]; stages = ( { plugin = "entities"; } );' >names.cfg
adapter=$SRCDIR/tests/score/entities.py

marked() {
    python3 "$adapter" input "$1" >in.jsonl
    "$PRESSLINE" filter names.cfg <in.jsonl >marked.jsonl
}
at_least() { # NAME JSON KEY... FLOOR
    local name=$1 floor=${*: -1}
    holds "$name >= $floor" python3 -c '
import json, sys
got = json.load(open(sys.argv[1]))
for key in sys.argv[2:-1]:
    got = got[key]
print(got)
assert got >= float(sys.argv[-1]), got' "${@:2}"
}

gold=$SHARED/data/ner/ww_dev.jsonl
marked "$gold"
holds 'names: every span fits its text' sh -c "python3 '$adapter' names marked.jsonl >names.jsonl"
python3 "$score/score_ner.py" "$gold" names.jsonl --types PER,ORG,LOC,MISC --json >ner.json
at_least 'names ww_dev: F4' ner.json micro F .50

gold=$SHARED/data/quotes/polnear_dev.jsonl
marked "$gold"
holds 'quotations: every link leads somewhere' sh -c "python3 '$adapter' quotes marked.jsonl >quotes.jsonl"
python3 "$score/score_quotes.py" "$gold" quotes.jsonl --kinds direct --json >quotes.json
at_least 'quotations polnear_dev: exact F' quotes.json exact_F .80
