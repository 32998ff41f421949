#!/usr/bin/env python3
"""plain.py - what clean makes of plain texts: of whole pages as scrapers give them, and of articles that are clean.

    plain.py --dump BUILD/tools/train-clean/lines_dump --scorer SCORERS --pages SET/gold.jsonl >figures.json

`page`: the text of every block of each page, against the gold text.  `gold`: the gold texts themselves, against
the same without soft hyphens.  `unstable`: how many of both change when they are cleaned again.
"""
import argparse
import gzip
import json
import os
import re
import subprocess
import sys


def decode(raw):
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = re.search(rb'charset\s*=\s*["\']?\s*([\w-]+)', raw[:4096], re.I)
        try:
            return raw.decode(found.group(1).decode("ascii") if found else "cp1252", "replace")
        except LookupError:
            return raw.decode("cp1252", "replace")


def ask(program, mode, texts):
    """One document or two (text and title) out for each in."""
    data = b"".join(b"%d\n%s" % (len(d), d) for d in (text.encode("utf-8", "replace") for text in texts))
    out = subprocess.run([program, mode], input=data, stdout=subprocess.PIPE, check=True).stdout
    found, at = [], 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end])
        found.append(out[end + 1:end + 1 + size].decode())
        at = end + 1 + size
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--dump", required=True)
    p.add_argument("--scorer", required=True)
    p.add_argument("--pages", required=True)
    args = p.parse_args()
    sys.path.insert(0, args.scorer)
    import score_extract as scorer

    gold = {k: row for k, row in scorer.read_jsonl(args.pages).items() if row.get("text")}
    folder = os.path.dirname(args.pages)
    pages = [decode(gzip.open(os.path.join(folder, row["file"])).read()) for row in gold.values()]
    visible = {k: dict(row, text=row["text"].replace("\u00ad", "")) for k, row in gold.items()}
    figures = {"unstable": 0}
    for kind, texts, expected in (("page", ask(args.dump, "blocks", pages), gold),
                                  ("gold", [row["text"] for row in gold.values()], visible)):
        once = ask(args.dump, "clean", texts)[::2]
        again = ask(args.dump, "clean", once)[::2]
        figures["unstable"] += sum(a != b for a, b in zip(once, again))
        found = {k: {"id": k, "text": text} for k, text in zip(gold, once)}
        figures[kind] = scorer.score(expected, found, 2)[0]["text"]
    json.dump(figures, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
