#!/usr/bin/env python3
"""blocks.py - trains the table that tells the blocks of an article from the rest of a page.

    python3 -m venv VENV && VENV/bin/pip install lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1
    make -C build check-programs && make -C build bench-clean BENCH_CLEAN="--more --only quality"
    VENV/bin/python tools/train-clean/blocks.py --data ../shared/data/extract --scorer ../shared/score \\
        --dump build/tools/train-clean/blocks_dump --made build/peers/made \\
        [--measure] [--write plugins/clean/clean_table_blocks.c]

Features come from the plugin's own code, through blocks_dump, by the parser that it prefers.  --measure prints what
the plugin makes of pages of sites that its table has not seen (five folds by site, then trained without the judged
set); --write trains on all and writes the table.  The same data, code, versions and outputs give the same table.

What is learned from:
  gold      fundus, wcxb: blocks labelled by alignment with the gold text
  agreement readability, trafilatura, mediacloud (weight .5): blocks labelled by what other extractors (--made,
            PEER-SET.jsonl; those of PEERS) keep: two thirds the mean of them, each weighted by its agreement
            with the others, and one third what a small table makes of their votes that was trained on the gold
            pages. A block with a known snippet counts three times, as that says.
"""
import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from multiprocessing import Pool

import numpy as np

from common import FOLDS, fit, fold_of, label, read_rows, read_trees, site_of, write_c, write_numbers

GOLD, AGREED = ("fundus", "wcxb"), ("readability", "trafilatura", "mediacloud")
PEERS = ("dom_smoothie", "go-domdistiller", "go-readability", "go-trafilatura", "go-trafilatura-precision", "newspaper4k",
         "readability", "readability-lxml", "resiliparse", "rs-trafilatura", "trafilatura", "trafilatura-precision",
         "turbohtml")
TREES = 160
CARD = """Made by tools/train-clean/blocks.py --write; its head has the command and the versions (LightGBM 4.7.0; seed fixed, one
thread): the same code, data and outputs of other extractors give the same table.  160 trees of 16 leaves, 19.5 kB; a leaf is
log odds times 4096.

Learned from: 257 pages of fundus (MIT) and 470 of wcxb (CC-BY-4.0) with their gold text; 130 of readability, 843 of
trafilatura and 187 of mediacloud (Apache-2.0) by what 13 other extractors keep of them, as far as they agree.  No text of these
pages is in the table: it holds thresholds and weights.

On sites it has not seen (five folds): F1 fundus .970, wcxb .953.  More figures and known failings: README.md.""".split("\n")


class Page:
    """A page's blocks and what they are labelled with."""

    def __init__(self, row, name, texts, x):
        self.row, self.set, self.texts, self.x = row, name, texts, x
        self.site, self.fold = site_of(row), fold_of(row)
        self.words = np.maximum(1.0, [len(text.split()) for text in texts])
        self.gold, self.votes = None, None


def read_dump(program, paths):
    """-> columns' names, {path: (texts, matrix)}."""
    out = subprocess.run([program], input="\n".join(paths).encode(), stdout=subprocess.PIPE, check=True).stdout
    at = out.index(b"\n")
    names, found = out[:at].decode().split(), {}
    at += 1

    def number():
        nonlocal at
        at += 4
        return int.from_bytes(out[at - 4:at], sys.byteorder)

    while at < len(out):
        end = out.index(b"\n", at)
        path = out[at:end].decode()
        at = end + 1
        texts, n = [], number()
        for _ in range(n):
            size = number()
            texts.append(out[at:at + size].decode("utf-8", "replace"))
            at += size
        x = np.frombuffer(out, dtype="=i2", count=n * len(names), offset=at).reshape(len(names), n).T
        at += n * len(names) * 2
        found[path] = texts, x
    return names, found


# ---- Labels

def label_page(job):
    texts, gold, made = job
    votes = np.full((len(texts), len(PEERS) + 2), np.nan, np.float32)
    for k, peer in enumerate(PEERS):
        if len(made.get(peer, "")) > 150:
            votes[:, k] = label(texts, made[peer])
    known = ~np.isnan(votes)
    votes[:, -2] = np.where(known, votes, 0).sum(1) / np.maximum(1, known.sum(1))
    votes[:, -1] = np.log1p([len(text.split()) for text in texts])
    return label(texts, gold) if gold else None, votes


def collect(args):
    names, pages = None, []
    for name in GOLD + AGREED:
        folder = os.path.join(args.data, name)
        rows = read_rows(os.path.join(folder, "gold.jsonl"))
        names, dumped = read_dump(args.dump, [os.path.join(folder, row["file"]) for row in rows])
        for row in rows:
            texts, x = dumped[os.path.join(folder, row["file"])]
            if texts:
                pages.append(Page(row, name, texts, x))
    made = {name: {peer: {row["id"]: row.get("text") or "" for row in read_rows(os.path.join(args.made, f"{peer}-{name}.jsonl"))}
                   for peer in PEERS} for name in GOLD + AGREED}
    jobs = [(page.texts, page.row.get("text") if page.set in GOLD else None,
             {peer: made[page.set][peer].get(page.row["id"], "") for peer in PEERS}) for page in pages]
    with Pool() as pool:
        for page, (page.gold, page.votes) in zip(pages, pool.imap(label_page, jobs, 16)):
            pass
    return names, pages


def weigh(page, y):
    """Every page weighs about the same, as in the score."""
    return np.minimum(page.words + 3, 300) / max(20, (y * page.words).sum())


def agree(page):
    """What the extractors keep together: the mean of those that read the page, weighted by agreement."""
    votes = page.votes[:, :len(PEERS)].T
    votes = votes[~np.isnan(votes[:, 0])]
    if len(votes) < 3:
        return None
    common = np.minimum(votes[:, None], votes[None]) @ page.words
    sizes = votes @ page.words
    f1 = 2 * common / np.maximum(1, sizes[:, None] + sizes[None])
    weights = ((f1.sum(1) - 1) / (len(votes) - 1)) ** 4 + 1e-3
    return weights @ votes / weights.sum()


def learn_trust(pages):
    """How far the extractors' votes are to be believed, from pages with gold."""
    return fit(np.concatenate([p.votes for p in pages]), np.concatenate([p.gold for p in pages]),
               np.concatenate([weigh(p, p.gold) for p in pages]), 60, num_leaves=8, feature_fraction=0.8)


def fold_space(text):
    return " ".join(text.split())


def heed_snippets(page, y, w):
    """What is known to be in the article, or not to be."""
    inside, outside = ([fold_space(s) for s in page.row.get(key) or []] for key in ("with", "without"))
    y, w = y.copy(), w.copy()
    for i, text in enumerate(map(fold_space, page.texts)):
        has = any(s in text for s in inside)
        if has != any(s in text for s in outside):
            y[i], w[i] = float(has), 3 * w[i]
    return y, w


def learn(pages):
    """The table, from these pages and nothing else."""
    gold = [p for p in pages if p.set in GOLD]
    trust = learn_trust(gold)
    x, y, w = [], [], []
    for page in pages:
        labels = page.gold
        if page.set not in GOLD:
            labels = agree(page)
            if labels is None:
                continue
            labels = (2 * labels + trust.predict(page.votes, num_threads=1)) / 3
        weights = weigh(page, labels)
        if page.set not in GOLD:
            labels, weights = heed_snippets(page, labels, weights * 0.5)
        x.append(page.x)
        y.append(labels)
        w.append(weights)
    return read_trees(fit(np.concatenate(x), np.concatenate(y), np.concatenate(w), TREES))


# ---- Figures

def measure(args, scorer, pages, tables, title):
    """What the plugin makes of pages, each with the table that has not seen its site."""
    sets = defaultdict(dict)
    for page in pages:
        sets[page.set][page.row["id"]] = page
    for name, judged in sets.items():
        made = {}
        for fold, table in tables.items():
            mine = [p for p in judged.values() if fold is None or p.fold == fold]
            paths = [os.path.join(args.data, name, p.row["file"]) for p in mine]
            out = subprocess.run([args.dump, table], input="\n".join(paths).encode(), stdout=subprocess.PIPE, check=True).stdout
            for page, text in zip(mine, out.split(b"\0")):
                made[page.row["id"]] = {"id": page.row["id"], "text": text.decode()}
        found, _ = scorer.score({row: page.row for row, page in judged.items()}, made, 2)
        line = ""
        if "text" in found:
            t = found["text"]
            line = f" F1 {t['f1']:.4f} ({t['precision']:.3f}/{t['recall']:.3f}) word F1 {t['word_f1']:.4f}"
        if "snippets" in found:
            line += f" snippets {found['snippets']['f1']:.4f}"
        print(f"{title} {name}:{line}", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--scorer", required=True, help="the folder of score_extract.py")
    p.add_argument("--dump", required=True)
    p.add_argument("--made", required=True, help="what other extractors made of the pages")
    p.add_argument("--measure", action="store_true")
    p.add_argument("--write")
    args = p.parse_args()
    sys.path.insert(0, args.scorer)
    import score_extract as scorer

    names, pages = collect(args)
    print(f"{len(pages)} pages, {sum(len(p.texts) for p in pages)} blocks, {len(names)} features", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if args.write:
            write_c(learn(pages), args.write, "clean_table_blocks", "blocks", "clean_select.h", len(names), CARD)
        if args.measure:
            tables = {fold: os.path.join(folder, f"fold{fold}") for fold in range(FOLDS)}
            for fold, table in tables.items():
                write_numbers(learn([p for p in pages if p.fold != fold]), table)
            measure(args, scorer, [p for p in pages if p.set in GOLD + ("trafilatura",)], tables, "unseen sites,")
            for name in GOLD:
                sites = {p.site for p in pages if p.set == name}
                table = os.path.join(folder, name)
                write_numbers(learn([p for p in pages if p.set != name and p.site not in sites]), table)
                measure(args, scorer, [p for p in pages if p.set == name], {None: table}, "transfer,")


if __name__ == "__main__":
    main()
