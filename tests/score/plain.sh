#!/usr/bin/env bash
# How much of the article is found in the whole text of the development pages, and that clean texts stay as they are.
# timeout: 600
. "$(dirname "$0")/../cli/lib.sh"

sets=$SHARED/data/extract
[ -r "$SHARED/score/score_extract.py" ] || { skip 'plain text floors' 'no development data beside the repository'; exit 0; }
dump=$BUILDDIR/tools/train-clean/lines_dump
[ -e "$dump" ] || { skip 'plain text floors' 'the plugin was not built'; exit 0; }
need 'plain text floors' python3

# at_least SET FIGURE FLOOR <figures; "unstable" is a ceiling
at_least() {
    holds "plain $1: $2 $3" python3 -c '
import json, sys
value = json.load(open("figures"))
for key in sys.argv[1].split("."):
    value = value[key]
print(value)
sys.exit(value > float(sys.argv[2]) if sys.argv[1] == "unstable" else value < float(sys.argv[2]))' "$2" "$3"
}

while read -r name figures; do
    [ -r "$sets/$name/gold.jsonl" ] || { skip "plain $name" 'absent'; continue; }
    holds "plain $name: is scored" sh -c "python3 '$SRCDIR/tests/score/plain.py' --dump '$dump' \
        --scorer '$SHARED/score' --pages '$sets/$name/gold.jsonl' >figures"
    for figure in $figures; do
        at_least "$name" "${figure%=*}" "${figure#*=}"
    done
done <<'FLOORS'
fundus page.f1=.93 gold.f1=.999 unstable=0
wcxb page.f1=.918 gold.f1=.999 unstable=0
readability gold.f1=.99 unstable=0
FLOORS
