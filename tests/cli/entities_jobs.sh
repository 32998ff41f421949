#!/usr/bin/env bash
# entities over many articles: the same bytes from any number of workers, and of an article whatever came before it.
. "$(dirname "$0")/lib.sh"

need 'entities: any number of workers' python3
articles=$DATA/entities
[ -d "$articles/tuning" ] || { skip 'entities: any number of workers' 'no gold articles'; exit 0; }

# Each article as it is, without its stops, and all of them as one long text.
python3 "$SRCDIR/tests/score/entities_gold.py" records "$articles/tuning" | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
rows += [{"id": r["id"] + "-run-on", "text": r["text"].replace(".", "")} for r in rows]
rows.insert(5, {"id": "all", "text": "\n".join(r["text"] for r in rows)})
rows += [{"id": "empty", "text": ""}, {"id": "marks", "text": "\u201c\u201d\"\u2019\u00ab" * 50}]
for r in rows * 3:
    print(json.dumps(r))' >in.jsonl
echo 'input_fields = ["id", "title", "published", "text"]; stages = ( { plugin = "entities"; } );' >jobs.cfg

for jobs in 1 2 3; do
    "$PRESSLINE" filter jobs.cfg --checked --jobs $jobs <in.jsonl >out-$jobs.jsonl 2>err || fail "$jobs workers: runs" err
    same "$jobs workers: the same bytes" out-$jobs.jsonl out-1.jsonl
done

without_origin() { sed 's/"origin":"[^"]*",//'; }
tail -n 3 in.jsonl | head -n 1 | "$PRESSLINE" filter jobs.cfg | without_origin >alone.jsonl
tail -n 3 out-1.jsonl | head -n 1 | without_origin >among.jsonl
same 'an article alone and among others' alone.jsonl among.jsonl
has 'there were annotations to compare' alone.jsonl '"chain"'

for form in names quotes; do
    holds "$form: every span fits its text, every link leads somewhere" \
        sh -c "python3 '$SRCDIR/tests/score/entities.py' $form out-1.jsonl >marked.jsonl"
done
holds 'annotations are in the order of the text' python3 -c '
import json
for r in map(json.loads, open("out-1.jsonl")):
    begins = [n["begin"] for n in r.get("annotations", [])]
    assert begins == sorted(begins), r["id"]'
