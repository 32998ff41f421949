#!/usr/bin/env python3
"""dedupe_stories.py - the edited republications of ../data/dedupe/stories.txt as documents, and as truth.

    dedupe_stories.py STORIES docs [SEED]  >docs.jsonl     in an order drawn from the seed, the first text of a story first
    dedupe_stories.py STORIES truth        >truth.tsv      as score_dedupe.py reads it
"""
import json
import random
import re
import sys

WORD = re.compile(r"\w+")


def shingles(text):
    w = WORD.findall(text.lower())
    return {tuple(w[i:i + 5]) for i in range(max(1, len(w) - 4))}


def jaccard(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b)


def paragraph(line, first, where):
    """`@2 | old => new`, perhaps behind an agency's line, or the paragraph itself."""
    m = re.search(r"@(\d+)((?: \| .*)?)$", line)
    if not m:
        return line
    text = first[int(m[1]) - 1]
    for change in m[2].split(" | ")[1:]:
        old, new = change.split(" => ")
        if old not in text:
            sys.exit(f"{where}: '{old}' is not in paragraph {m[1]}")
        text = text.replace(old, new)
    return line[:m.start()] + text


def read(path):
    docs, first = [], {}
    for block in re.split(r"^= ", open(path, encoding="utf-8").read(), flags=re.M)[1:]:
        head, *lines = block.split("\n")
        name, story, kind = head.split()
        paragraphs = [paragraph(s, first.get(story), name) for s in lines if s]
        first.setdefault(story, paragraphs)
        docs.append(dict(id=name, story=story, kind=kind, text="\n\n".join(paragraphs)))
    return docs


def main():
    docs = read(sys.argv[1])
    origin = {}
    for d in docs:
        origin.setdefault(d["story"], d)
    if sys.argv[2] == "docs":
        random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1).shuffle(docs)
        docs.sort(key=lambda d: origin[d["story"]] is not d)
        for d in docs:
            print(json.dumps(dict(id=d["id"], text=d["text"]), ensure_ascii=False))
        return
    print("id\tcluster\tkind\tparent\tjaccard")
    for d in docs:
        up = origin[d["story"]]
        if up is d:
            print(d["id"], d["story"], d["kind"], "-", "0", sep="\t")
        else:
            print(d["id"], d["story"], d["kind"], up["id"], "%.4f" % jaccard(d["text"], up["text"]), sep="\t")


main()
