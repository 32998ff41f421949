#!/usr/bin/env bash
# Which duplicates are found in the development sets, against floors; the same for 1 and 3 workers.
. "$(dirname "$0")/../cli/lib.sh"

sets=$SHARED/data/dedupe
scorer=$SHARED/score/score_dedupe.py
[ -r "$scorer" ] || { skip 'dedupe floors' 'no development data beside the repository'; exit 0; }
need 'dedupe floors' python3

cat >mark.cfg <<'CFG'
input_fields = ["id", "text"];
stages = ( { plugin = "dedupe"; action = "mark"; } );
CFG

while read -r name f1; do
    docs=$sets/$name/docs.jsonl.gz
    [ -r "$docs" ] || { skip "dedupe $name" 'absent'; continue; }
    gzip -dc "$docs" | "$PRESSLINE" filter --jobs=1 mark.cfg >one.jsonl
    gzip -dc "$docs" | "$PRESSLINE" filter --jobs=3 mark.cfg >three.jsonl
    same "dedupe $name: any number of workers" one.jsonl three.jsonl
    holds "dedupe $name: every document" sh -c \
        "python3 '$SRCDIR/tests/score/dedupe.py' --docs '$docs' one.jsonl >clusters.tsv"
    holds "dedupe $name: F1 >= $f1, none lost" \
        python3 "$scorer" --truth "$sets/$name/truth.tsv" --pred clusters.tsv --min-f1 "$f1" --max-lost 0
done <<'FLOORS'
grammar .995
reuters-planted .975
mccormick 1
FLOORS
