#!/usr/bin/env bash
# How well entities marks our own gold articles, against floors; and that their reader and its metrics are right.
. "$(dirname "$0")/../cli/lib.sh"

need 'gold articles' python3
gold=$SRCDIR/tests/score/entities_gold.py
holds 'metrics: examples worked out by hand' python3 "$gold" self-test

# One mistake a line, each named with its line.
cat >bad.txt <<'END'
title: A day
published: yesterday
no header

{PER|Ann} {PER x|Anna Berg's} {PER x|the Berg} {LOC x|Berg} {NIX a|b}
{TITLE >nobody|President} {TITLE|King} {DATE =2021-13|May} {Q1 direct|“a”} {C2|said} }
{REF x|she
}{PER x|} {LOC y @usa|Ohio} {ORG z|open
END
printf '%s\n' 1:"'published' is no ISO 8601 date" 3:'no header line' 5:'PER without a chain' 5:"'Anna Berg's' ends with a genitive" \
    5:"'the Berg' starts with 'the'" 5:"'Berg' is of another kind" 5:'unknown mark' 6:"no name has the chain 'nobody'" \
    6:"TITLE without its '>person'" 6:"DATE: what is '=2021-13'" 6:'no quotation has the number 2' 6:"stray '}'" \
    6:'no empty line before' 7:'REF goes on in the next paragraph' 8:'PER is empty' 8:"LOC: what is '@usa'" 8:'ORG is not closed' >wanted
python3 "$gold" check bad.txt >out 2>err && fail 'markup: mistakes are refused' err
while IFS=: read -r line what; do
    has "markup: line $line: $what" err "bad.txt:$line: $what"
done <wanted

echo 'input_fields = ["id", "title", "published", "text"]; stages = ( { plugin = "entities"; } );' >gold.cfg
at_least() { # NAME KEY... FLOOR, of gold.json
    local name=$1 floor=${*: -1}
    holds "$name >= $floor" python3 -c '
import json, sys
got = json.load(open("gold.json"))
for key in sys.argv[1:-1]:
    got = got[key]
print(got)
assert got >= float(sys.argv[-1]), got' "${@:2}"
}
marked() { # of a set of articles: gold.json
    holds "markup of $1" python3 "$gold" check "$DATA/entities/$1"
    python3 "$gold" records "$DATA/entities/$1" >in.jsonl
    "$PRESSLINE" filter gold.cfg <in.jsonl >marked.jsonl
    python3 "$gold" score "$DATA/entities/$1" --marked marked.jsonl --json >gold.json
}

for set in tuning aside; do
    [ -d "$DATA/entities/$set" ] || continue
    marked "$set"
    at_least "$set: chains of names found, CoNLL" 'chains of names found' CoNLL F .80
done
