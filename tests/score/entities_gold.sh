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

# The figures of each set; `bash tests/score/entities_gold.sh write` makes the file anew.
figures=$SRCDIR/tests/score/entities_gold.expected
echo 'input_fields = ["id", "title", "published", "text"]; stages = ( { plugin = "entities"; } );' >gold.cfg
for set in tuning aside; do
    holds "markup of $set" python3 "$gold" check "$DATA/entities/$set"
    python3 "$gold" records "$DATA/entities/$set" >in.jsonl
    "$PRESSLINE" filter gold.cfg <in.jsonl >marked.jsonl
    python3 "$gold" figures "$DATA/entities/$set" --marked marked.jsonl >>got || fail "figures of $set"
done
if [ "${1:-}" = write ]; then
    sed '/^#/!d' "$figures" >new
    cat got >>new
    cp new "$figures"
    exit
fi
grep -v '^#' "$figures" >wanted
while IFS=$'\t' read -r set figure value; do
    now=$(awk -F'\t' -v set="$set" -v figure="$figure" '$1 == set && $2 == figure { print $3 }' got)
    if awk -v now="${now:-0}" -v value="$value" 'BEGIN { exit !(now >= value - .3) }'; then
        pass "$set: $figure $now"
    else
        fail "$set: $figure ${now:-missing}, was $value"
    fi
done <wanted
