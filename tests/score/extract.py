#!/usr/bin/env python3
"""extract.py - the articles of a run over a set of pages, in the form that a scorer reads.

    extract.py --gold gold.jsonl OUTPUT.jsonl[.gz]...  >predictions.jsonl

A record belongs to the page whose `file` in the gold is the file name of the record's `source`.  A page
without a record is missing in the predictions: the scorer counts it as empty.  What became of the pages
is told on standard error.  Ends with 1 where a record belongs to no page, or two to one, and where fewer
than `--min-text` (a share, default 0) of the pages have text.
"""
import argparse
import gzip
import json
import os
import sys


def records(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        for line in f:
            if line.strip():
                yield json.loads(line)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--gold", required=True)
    p.add_argument("--min-text", type=float, default=0, metavar="SHARE")
    p.add_argument("output", nargs="+")
    args = p.parse_args()

    pages = {page["file"]: page["id"] for page in records(args.gold)}
    found, wrong = {}, []
    for r in (r for path in args.output for r in records(path)):
        name = os.path.basename(r.get("source", ""))
        if name not in pages or name in found:
            wrong.append(f"{r.get('source')}: {'twice' if name in found else 'no such page'}")
        else:
            found[name] = r
    if wrong:
        sys.exit("\n".join(wrong[:20] + [f"{len(wrong)} mistakes"]))
    with_text = sum(bool(r.get("text", "").strip()) for r in found.values())
    print(f"{len(pages)} pages, {len(found)} records, {with_text} with text", file=sys.stderr)
    for name in sorted(found):
        r = found[name]
        print(json.dumps({"id": pages[name], "text": r.get("text", ""), "title": r.get("title", ""),
                          "author": r.get("byline", []), "date": r.get("published", ""),
                          "sitename": r.get("site", ""), "language": r.get("language", "")}, ensure_ascii=False))
    if with_text < args.min_text * len(pages):
        sys.exit(f"text on {with_text} of {len(pages)} pages, {args.min_text:.0%} are wanted")


main()
