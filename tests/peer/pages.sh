#!/usr/bin/env bash
# The whole pipeline over real pages: all accounted for, the archive read by other programs, every span right.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"

pages=$SHARED/data/extract/trafilatura
[ -d "$pages" ] || { skip 'real pages' 'no development data beside the repository'; exit 0; }
need 'real pages' python3
[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'real pages' 'clean was left out'; exit 0; }

for n in 1 3; do
    pl run "$SRCDIR/pipelines/demo.cfg" --input "$pages/*.html.gz" --output "out$n" --jobs $n --quiet
    holds "real pages: $n workers finish" test $rc -eq 0 -o $rc -eq 3
done
same 'real pages: the same archive for any number of workers' out1/articles.jsonl.gz out3/articles.jsonl.gz
same 'real pages: the same dead letters' out1/deadletters.jsonl out3/deadletters.jsonl
holds 'real pages: gzip -t' gzip -t out1/articles.jsonl.gz
zcat out1/articles.jsonl.gz >lines
if command -v bgzip >/dev/null; then
    bgzip -dc out1/articles.jsonl.gz >bgzip.lines 2>/dev/null
    same 'real pages: bgzip reads the same' lines bgzip.lines
else
    skip 'real pages: bgzip' 'bgzip is not installed'
fi
holds 'real pages: all accounted for, 97 % with text, every span right' python3 - "$pages" <<'END'
import glob, gzip, json, sys
pages = len(glob.glob(sys.argv[1] + "/*.html.gz"))
report = json.load(open("out1/report.json"))
assert report["read"] == pages, report["read"]
assert report["read"] + report["emitted"] == report["out"] + report["dropped"] + report["failed"]
records = [json.loads(l) for l in gzip.open("out1/articles.jsonl.gz", "rt", encoding="utf-8")]
assert len(records) == report["out"] and len({r["id"] for r in records}) == len(records)
duplicates = sum(s["drops"].get("duplicate", 0) for s in report["stages"])
with_text = sum(bool(r.get("text", "").strip()) for r in records)
assert with_text + duplicates >= .97 * pages, (with_text, duplicates, pages)
spans = 0
for r in records:
    notes = r.get("annotations", [])
    ids = {n["id"] for n in notes}
    for n in notes:
        assert r["text"][n["begin"]:n["end"]] == n["text"] != "", n
        assert all(n[k] in ids for k in ("chain", "of", "speaker", "cue") if k in n), n
        spans += 1
print(pages, "pages", len(records), "articles", with_text, "with text", spans, "spans")
END
