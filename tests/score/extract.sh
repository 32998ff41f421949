#!/usr/bin/env bash
# How much of the article clean finds on the development pages, against floors.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"

sets=$SHARED/data/extract
scorer=$SHARED/score/score_extract.py
[ -r "$scorer" ] || { skip 'extraction floors' 'no development data beside the repository'; exit 0; }
need 'extraction floors' python3
[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'extraction floors' 'clean was left out'; exit 0; }

while read -r name floor; do
    pl run "$SRCDIR/pipelines/minimal.cfg" --input "$sets/$name/*.html.gz" --output "$name" --quiet
    is "extraction $name: no record lost" "$rc $(cat err)" '0 '
    python3 "$SRCDIR/tests/score/extract.py" --gold "$sets/$name/gold.jsonl" "$name/articles.jsonl.gz" >pred.jsonl 2>err ||
        fail "extraction $name: predictions" err
    python3 "$scorer" "$sets/$name/gold.jsonl" pred.jsonl --json score.json >out
    holds "extraction $name: shingle F1 >= $floor" python3 - "$floor" <<'END'
import json, sys
def find(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("shingle_F1", "shingle F1", "f1") and isinstance(value, (int, float)):
                yield value
            yield from find(value)
score = json.load(open("score.json"))
got = next(find(score))
print(got)
assert got >= float(sys.argv[1]), got
END
done <<'FLOORS'
fundus .85
wcxb .85
FLOORS
