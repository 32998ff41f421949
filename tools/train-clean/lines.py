#!/usr/bin/env python3
"""lines.py - trains the table that tells the lines of an article from the rest of a scraped page.

    python3 -m venv VENV && VENV/bin/pip install lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1 lxml==6.1.3
    make -C build check-programs
    VENV/bin/python tools/train-clean/lines.py --data ../shared/data/extract --scorer ../shared/score \\
        --dump build/tools/train-clean/lines_dump [--measure] [--write plugins/clean/clean_table_lines.c]

Features come from the plugin's own code, through lines_dump.  --measure prints what the plugin makes of texts
of sites that its table has not seen (five folds by site, then trained without the judged set); --write trains on
all and writes the table.  The same data, code and versions give the same table.

What is learned from:
  pages     fundus, wcxb: the text of every block, in two renderings, labelled by their gold text
  extra     readability: one rendering; trafilatura, mediacloud: labelled by what the plugin extracts from the HTML
  articles  the gold texts alone, where every line stays, and with lines in front and behind as sites put them
"""
import argparse
import bisect
import gzip
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict

import numpy as np
from lxml import html as lxml_html

import around
from common import FOLDS, fit, fold_of, label, read_rows, read_trees, site_of, tokens, write_c, write_numbers

TREES = 120
SETS = {"fundus": 1.0, "wcxb": 1.0, "readability": 1.0, "trafilatura": 1.0, "mediacloud": 1.0}
JUDGED = ("fundus", "wcxb")
BLOCKS = set("""p div section article main header footer h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote pre table tr
    figure figcaption aside nav form hr address details summary center""".split())
UNSEEN = set("script style noscript template svg head".split())


# ---- Pages

def decode(raw):
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = re.search(rb'charset\s*=\s*["\']?\s*([\w-]+)', raw[:4096], re.I)
        name = found.group(1).decode("ascii").lower() if found else "cp1252"
        name = {"iso-8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
        try:
            return raw.decode(name, "replace")
        except LookupError:
            return raw.decode("cp1252", "replace")


def page_text(page):
    """A page as a scraper gives it: each block on a line, a blank line between; <br> is a line break."""
    out = []
    try:
        root = lxml_html.fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    except (ValueError, lxml_html.etree.ParserError):
        return ""
    stack = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            if node.tag in BLOCKS:
                out.append("\n")
            out.append(re.sub(r"\s+", " ", node.tail or ""))
            continue
        stack.append((node, True))
        if not isinstance(node.tag, str) or node.tag in UNSEEN:
            continue
        out.append("\n" if node.tag in BLOCKS or node.tag == "br" else " " if node.tag in ("td", "th") else "")
        text = node.text or ""
        out.append(text if node.tag == "pre" else re.sub(r"\s+", " ", text))
        stack.extend((child, False) for child in reversed(node))
    text = "\n".join(line.strip() for line in "".join(out).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", text).strip()


class Dump:
    """The plugin's own code, asked for many documents at once."""

    def __init__(self, program):
        self.program = program

    def ask(self, documents, *mode):
        data = b"".join(b"%d\n%s" % (len(d), d) for d in (text.encode("utf-8", "replace") for text in documents))
        return subprocess.run([self.program, *mode], input=data, stdout=subprocess.PIPE, check=True).stdout

    def texts(self, documents, *mode):
        out, at, found = self.ask(documents, *mode), 0, []
        while at < len(out):
            end = out.index(b"\n", at)
            size = int(out[at:end])
            found.append(out[end + 1:end + 1 + size].decode())
            at = end + 1 + size
        return found

    def features(self, documents):
        """Per document: words, lines, and a matrix of features."""
        lines, at, found = self.ask(documents, "features").split(b"\n"), 0, []
        for _ in documents:
            n = int(lines[at])
            rows = [line.split(b"\t", 2) for line in lines[at + 1:at + 1 + n]]
            at += n + 1
            matrix = np.array([row[1].split() for row in rows], dtype=np.int16) if n else None
            found.append((np.array([float(row[0]) for row in rows]), [row[2].decode() for row in rows], matrix))
        return found


def visible(text):
    """Without soft hyphens, which cleaning takes away."""
    return text.replace("\u00ad", "")


# ---- What is learned from

class Examples:
    """Rows of all documents, and of which kind, set and fold each is."""

    def __init__(self):
        self.x, self.y, self.w, self.fold, self.set, self.site = [], [], [], [], [], []

    def add(self, measured, gold, row, name, weight):
        words, lines, matrix = measured
        if matrix is None:
            return
        self.x.append(matrix)
        self.y.append(label(lines, gold))
        self.w.append(weight * np.minimum(words + 3, 300) / max(20.0, len(tokens(gold))))
        self.fold.append(np.full(len(lines), fold_of(row)))
        self.set.append(np.full(len(lines), list(SETS).index(name)))
        self.site.append(np.full(len(lines), site_of(row), dtype=object))

    def close(self):
        for name in ("x", "y", "w", "fold", "set", "site"):
            setattr(self, name, np.concatenate(getattr(self, name)))


def collect(args, dump):
    """-> {set: rows}, each row with its gold text and renderings; and the examples."""
    examples, rows_of = Examples(), {}
    for name, weight in SETS.items():
        rows = rows_of[name] = read_rows(os.path.join(args.data, name, "gold.jsonl"))
        pages = [decode(gzip.open(os.path.join(args.data, name, row["file"])).read()) for row in rows]
        blocks = dump.texts(pages, "blocks")
        articles = dump.texts(pages, "article")
        for row, page, block_text, article in zip(rows, pages, blocks, articles):
            row["pages"] = [page_text(page), block_text]
            if name in ("trafilatura", "mediacloud"):
                row["text"] = article if len(article) > 200 else ""
        learned = [row for row in rows if row.get("text")]
        for k in range(2 if name in JUDGED else 1):
            for row, measured in zip(learned, dump.features([row["pages"][k] for row in learned])):
                examples.add(measured, row["text"], row, name, weight * (0.5 if name in JUDGED else 1))
        if name in JUDGED:
            for make, share in ((lambda row: row["text"], args.articles), (around.dress, args.dressed)):
                for row, measured in zip(learned, dump.features([make(row) for row in learned])):
                    examples.add(measured, row["text"], row, name, weight * share)
        print(f"{name}: {len(learned)} documents", flush=True)
    examples.close()
    return rows_of, examples


def learn(examples, chosen):
    return read_trees(fit(examples.x[chosen], examples.y[chosen], examples.w[chosen], TREES))


# ---- Figures

def measure(scorer, rows, dump, tables, title):
    """What the plugin makes of pages and of gold texts, each with the table that has not seen its site."""
    judged = [row for row in rows if row.get("text")]
    for kind, make in (("page", lambda r: r["pages"][0]), ("blocks", lambda r: r["pages"][1]),
                       ("gold", lambda r: r["text"]), ("dressed", around.dress)):
        pred, again, titles = {}, 0, 0
        for fold, table in tables.items():
            mine = [row for row in judged if fold is None or fold_of(row) == fold]
            found = dump.texts([make(row) for row in mine], "clean", table)
            twice = dump.texts(found[::2], "clean", table)
            again += sum(a != b for a, b in zip(found[::2], twice[::2]))
            for row, text, head in zip(mine, found[::2], found[1::2]):
                pred[row["id"]] = {"id": row["id"], "text": text}
                titles += scorer.fold(head) == scorer.fold(row.get("title"))
        gold = {row["id"]: row for row in judged}
        if kind in ("gold", "dressed"):
            gold = {k: dict(row, text=visible(row["text"])) for k, row in gold.items()}
        found, pages = scorer.score(gold, pred, 2)
        t = found["text"]
        print(f"{title} {kind}: F1 {t['f1']:.4f} ({t['precision']:.3f}/{t['recall']:.3f}) word F1 {t['word_f1']:.4f} "
              f"exact {t['exact']:.3f}; title {titles / len(judged):.3f}; not the same twice: {again}", flush=True)
        if kind == "page":
            by = defaultdict(list)
            for row, page in zip(judged, pages):
                by[dump.language[row["id"]]].append(page["f1"])
            print("   by language, mean page F1:", ", ".join(
                f"{k or '?'} {np.mean(v):.3f} ({len(v)})" for k, v in sorted(by.items(), key=lambda i: -len(i[1]))))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--scorer", required=True, help="the folder of score_extract.py")
    p.add_argument("--dump", required=True)
    p.add_argument("--measure", action="store_true")
    p.add_argument("--write")
    p.add_argument("--articles", type=float, default=0.3, help="weight of a gold text alone; a page has 1")
    p.add_argument("--dressed", type=float, default=0.2, help="of one with lines in front and behind")
    args = p.parse_args()
    sys.path.insert(0, args.scorer)
    import score_extract as scorer

    dump = Dump(args.dump)
    rows_of, examples = collect(args, dump)
    dump.language = {row["id"]: row.get("language") or around.language(row["text"])
                     for rows in rows_of.values() for row in rows if row.get("text")}
    print(f"{len(examples.x)} lines, {examples.x.shape[1]} features", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if args.write:
            write_c(learn(examples, np.full(len(examples.x), True)), args.write, "clean_table_lines",
                    "lines of the text", "clean_lines.h", examples.x.shape[1], around.CARD)

        if args.measure:
            tables = {}
            for fold in range(FOLDS):
                tables[fold] = os.path.join(folder, f"fold{fold}")
                write_numbers(learn(examples, examples.fold != fold), tables[fold])
            for name in JUDGED:
                measure(scorer, rows_of[name], dump, tables, f"{name}, unseen sites,")
            for name in JUDGED:
                sites = {site_of(row) for row in rows_of[name]}
                chosen = np.array([site not in sites for site in examples.site])
                table = os.path.join(folder, name)
                write_numbers(learn(examples, chosen), table)
                measure(scorer, rows_of[name], dump, {None: table}, f"{name}, transfer,")


if __name__ == "__main__":
    main()
