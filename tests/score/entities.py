#!/usr/bin/env python3
"""entities.py - between the stage entities and the scorers of names and quotations.

    entities.py input GOLD.jsonl >input.jsonl         the gold file's texts as records (id, text)
    entities.py names OUTPUT.jsonl[.gz]... >pred      {"id", "text", "entities": [[begin, end, type], ...]}
    entities.py quotes OUTPUT.jsonl[.gz]... >pred     {"id", "text", "quotes": [{"span", "kind", "speaker", "cue"}, ...]}
    entities.py texts --into FOLDER GOLD.jsonl...     each text a file of its own in a new folder, for entities_bench

Names are PER ORG LOC and MISC, where a NORP counts as MISC; `--all` keeps every label as it is.
A quotation's speaker is the span of the words that name it: an entity or a source.
Ends with 1 where a span does not fit its text or a link leads nowhere.
"""
import argparse
import gzip
import json
import os
import sys

FOUR = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC", "NORP": "MISC"}


def records(paths):
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
            for line in f:
                if line.strip():
                    yield json.loads(line)


def span(note):
    return [note["begin"], note["end"]]


def names(notes, keep_all):
    for n in notes.values():
        if n["kind"] == "entity" and (keep_all or n["label"] in FOUR):
            yield [n["begin"], n["end"], n["label"] if keep_all else FOUR[n["label"]]]


def quotes(notes):
    for n in notes.values():
        if n["kind"] == "quote":
            speaker, cue = notes.get(n.get("speaker")), notes.get(n.get("cue"))
            yield {"span": span(n), "kind": n["label"], "speaker": speaker and span(speaker),
                   "cue": [span(cue)] if cue else []}


def mistakes(record, notes):
    text = record.get("text", "")
    for n in notes.values():
        if not 0 <= n["begin"] < n["end"] <= len(text) or n.get("text", text[n["begin"]:n["end"]]) != text[n["begin"]:n["end"]]:
            yield f"{record['id']}: annotation {n['id']} does not fit the text"
        for link in "chain", "of", "speaker", "cue":
            if link in n and n[link] not in notes:
                yield f"{record['id']}: annotation {n['id']} links {link} to {n[link]}, which is not there"


def write_texts(folder, rows):
    os.makedirs(folder)
    for i, r in enumerate(rows):
        with open(os.path.join(folder, "%04d.txt" % i), "w", encoding="utf-8", newline="") as f:
            f.write(r["text"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("form", choices=["input", "names", "quotes", "texts"])
    p.add_argument("--all", action="store_true", help="keep the labels as they are")
    p.add_argument("--into", metavar="FOLDER")
    p.add_argument("files", nargs="+")
    args = p.parse_args()
    if args.form == "texts":
        write_texts(args.into, records(args.files))
        return 0
    wrong = []
    for r in records(args.files):
        out = {"id": r["id"], "text": r.get("text", "")}
        notes = {n["id"]: n for n in r.get("annotations", [])}
        wrong += mistakes(r, notes) if args.form != "input" else []
        if args.form == "names":
            out["entities"] = list(names(notes, args.all))
        elif args.form == "quotes":
            out["quotes"] = list(quotes(notes))
        print(json.dumps(out, ensure_ascii=False))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
