#!/usr/bin/env python3
"""dedupe_contained.py - short texts planted in longer stories, and how many of them are found.

    dedupe_contained.py make SOURCE.jsonl[.gz]... --seed N --cases N >docs.jsonl
    dedupe_contained.py score docs.jsonl OUTPUT.jsonl [--min-recall X] [--min-precision X]

make: each case takes the first 60 to 300 words of one text of the sources as the short text, and writes a story 2 to
10 times as long from the sentences of other texts, with the short one in it as an editor leaves it: some of its words
replaced (none, 2 % or 6 %), often a sentence dropped.  In half of the cases the short text comes after the story
(`id` s0001, to be found inside l0001), in the other half before (s0001 is to be named by the story l0001).  Texts of
which nothing is taken stand between (`id` n0001).  No text is used twice.
score: of a run of the stage with action = "mark", by length of the short text and by the true share of it.
"""
import argparse
import collections
import gzip
import json
import random
import re
import sys

WORD = re.compile(r"\w+")
LENGTHS = [(60, 100), (100, 150), (150, 220), (220, 300)]


def records(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def shingles(text):
    w = WORD.findall(text.lower())
    return {tuple(w[i:i + 5]) for i in range(max(1, len(w) - 4))}


def sentences(text):
    return [s for s in re.split(r"(?<=[.!?])\s+", text) if s]


def texts_of(paths):
    """All different texts of some length, those with many shingles in common with one before left out."""
    seen, out = set(), []
    for path in paths:
        for r in records(path):
            s = shingles(r["text"])
            if len(s) >= 60 and len(s & seen) < len(s) * .1:
                out.append(r["text"])
            seen |= s
    return out


def edited(rnd, text, words):
    rate = rnd.choice([0, .02, .06])
    parts = sentences(text)
    if len(parts) > 3 and rnd.random() < .5:
        del parts[rnd.randrange(1, len(parts))]
    return " ".join(rnd.choice(words) if rnd.random() < rate else w for w in " ".join(parts).split())


def make(args):
    rnd = random.Random(args.seed)
    texts = texts_of(args.source)
    rnd.shuffle(texts)
    words = [w for t in texts[:50] for w in t.split()]
    docs = []

    def emit(name, text, **more):
        docs.append(dict(id=name, text=text, **more))

    for case in range(args.cases):
        low, high = LENGTHS[case % len(LENGTHS)]
        n = rnd.randrange(low, high)
        while texts and len(texts[-1].split()) < n:
            emit("n%05d" % len(docs), texts.pop())
        if len(texts) < 100:
            break
        short = " ".join(texts.pop().split()[:n])
        inside = edited(rnd, short, words)
        around, wanted = [], n * rnd.uniform(1, 9)
        while sum(len(s.split()) for s in around) < wanted:
            around += sentences(texts.pop())
        at = rnd.randrange(len(around) + 1)
        story = " ".join(around[:at] + [inside] + around[at:])
        a, b = shingles(short), shingles(story)
        truth = dict(words=n, share=round(len(a & b) / len(a), 4), jaccard=round(len(a & b) / len(a | b), 4))
        pair = [("l%05d" % case, story, {}), ("s%05d" % case, short, truth)]
        for name, text, more in pair if case // 4 % 2 == 0 else pair[::-1]:
            emit(name, text, **more)
    for d in docs:
        print(json.dumps(d))


def percent(x, n):
    return "%5.1f %% of %4d" % (100 * x / n if n else 100, n)


def score(args):
    docs = {d["id"]: d for d in records(args.docs)}
    out = {d["id"]: d for d in records(args.output)}
    by_length, by_share = collections.defaultdict(lambda: [0, 0, 0, 0]), collections.defaultdict(lambda: [0, 0])
    right = told = 0
    for name, d in docs.items():
        r = out[name]
        for field in ("duplicate_of", "dedupe.contains"):
            if r.get(field):
                told += 1
                right += r[field][0] != name[0] and r[field][1:] == name[1:]
        if name[0] != "s":
            continue
        story = "l" + name[1:]
        later = int(name[1:]) // 4 % 2 == 0
        hit = r.get("duplicate_of") == story if later else story in out and (
            out[story].get("dedupe.contains") == name or out[story].get("duplicate_of") == name)
        band = "%.1f" % (int(d["share"] * 10) / 10)
        by_share[band][0] += hit
        by_share[band][1] += 1
        if d["share"] >= args.share:
            at = next(i for i, (a, b) in enumerate(LENGTHS) if a <= d["words"] < b)
            by_length[at][0 if later else 2] += hit
            by_length[at][1 if later else 3] += 1
    found = sum(v[0] + v[2] for v in by_length.values())
    wanted = sum(v[1] + v[3] for v in by_length.values())
    for at, v in sorted(by_length.items()):
        print("%3d-%3d words   short later %s   story later %s" % (*LENGTHS[at], percent(*v[:2]), percent(*v[2:])))
    for band, v in sorted(by_share.items()):
        print("share %s         %s" % (band, percent(*v)))
    recall, precision = found / wanted if wanted else 1, right / told if told else 1
    print("recall %.4f of %d   precision %.4f of %d" % (recall, wanted, precision, told))
    return recall < args.min_recall or precision < args.min_precision


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    m = sub.add_parser("make")
    m.add_argument("source", nargs="+")
    m.add_argument("--seed", type=int, default=1)
    m.add_argument("--cases", type=int, default=600)
    m.set_defaults(call=make)
    s = sub.add_parser("score")
    s.add_argument("docs")
    s.add_argument("output")
    s.add_argument("--share", type=float, default=.8)
    s.add_argument("--min-recall", type=float, default=0)
    s.add_argument("--min-precision", type=float, default=0)
    s.set_defaults(call=score)
    args = p.parse_args()
    sys.exit(args.call(args))


main()
