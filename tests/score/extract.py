#!/usr/bin/env python3
"""extract.py - how good the articles are that `clean` makes of pages whose article is known.

    extract.py table BUILD SOURCE    a table of all figures
    extract.py guard BUILD SOURCE    each figure against its line in extract.expected: a test
    extract.py write BUILD SOURCE    writes the figures of today into extract.expected

The pages are those of our own in tests/data/pages and, where it lies beside the repository, the development
data in ../shared/data/extract, judged by the scorer in ../shared/score.  Each HTML parser that was built is
judged for itself; what does not pass through one, plain text, has `-` in its place.

A figure may fall LOSS below its line.  A set with other pages than the line was made on is skipped, so is a
parser that was not built.  Standard library only.
"""
import argparse
import glob
import gzip
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

import page_lines
import scorer

LOSS = .002
SETS = ("fundus", "wcxb", "readability", "trafilatura", "mediacloud")
PLAIN_SETS = ("fundus", "wcxb")
FIGURES = ("text", "title", "author", "date", "site", "language", "snippets", "texts", "lines")
PARSERS = ("lexbor", "libxml2")
META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w:-]+)", re.I)


def rows(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def by_id(several):
    return {row["id"]: row for row in several}


def article(record):
    """A record of ours in the form that a scorer reads."""
    return {"text": record.get("text", ""), "title": record.get("title", ""), "author": record.get("byline", []),
            "date": record.get("published", ""), "sitename": record.get("site", ""),
            "language": record.get("language", "")}


def decode(page):
    """The text of a page: for readers that take no bytes, and for what is not ours."""
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = META.search(page[:4096])
    try:
        return page.decode(said.group(1).decode() if said else "cp1252", "replace")
    except LookupError:
        return page.decode("cp1252", "replace")


def read_page(folder, page):
    path = os.path.join(folder, page["file"])
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return decode(f.read())


class Judge:
    def __init__(self, build, source, work):
        self.program = os.path.join(os.path.abspath(build), "pressline")
        self.source, self.work = os.path.abspath(source), work
        self.shared = os.path.join(self.source, "..", "shared")
        self.theirs = self.load_scorer(os.path.join(self.shared, "score", "score_extract.py"))

    @staticmethod
    def load_scorer(path):
        if not os.path.exists(path):
            return None
        spec = importlib.util.spec_from_file_location("score_extract", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def folder(self, name):
        if name == "pages":
            return os.path.join(self.source, "tests", "data", "pages")
        return os.path.join(self.shared, "data", "extract", name)

    def gold(self, name):
        return by_id(rows(os.path.join(self.folder(name), "gold.jsonl")))

    def sets(self):
        """The names of the sets that are there."""
        wanted = ("pages",) + (SETS if self.theirs else ())
        return [name for name in wanted if os.path.exists(os.path.join(self.folder(name), "gold.jsonl"))]

    def pipeline(self, name, *stages):
        path = os.path.join(self.work, name)
        with open(path, "w") as f:
            f.write('input_fields = ["id", "text"];\nstages = ( %s );\n' % ", ".join("{ %s }" % s for s in stages))
        return path

    def clean(self, parser):
        option = 'parser = "%s"; ' % parser if parser in self.known_parsers() else ""
        return 'plugin = "clean"; ' + option

    def accepts(self, parser):
        cfg = self.pipeline("try.cfg", 'plugin = "fetch";', 'plugin = "clean"; parser = "%s";' % parser,
                            'plugin = "archive";')
        return subprocess.run([self.program, "check", cfg], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def known_parsers(self):
        if not hasattr(self, "_known"):
            self._known = [p for p in PARSERS if self.accepts(p)]
        return self._known

    def parsers(self):
        """The parsers to judge; a stage without the option has libxml2 only."""
        return self.known_parsers() or ["libxml2"]

    def articles(self, name, parser):
        """What the pages of a set become, by their id."""
        out = os.path.join(self.work, "%s-%s" % (name, parser))
        cfg = self.pipeline("pages.cfg", 'plugin = "fetch";', self.clean(parser), 'plugin = "archive";')
        pages = {page["file"]: page["id"] for page in self.gold(name).values()}
        listed = os.path.join(self.work, "pages.list")
        with open(listed, "w") as f:
            f.writelines(os.path.join(self.folder(name), file) + "\n" for file in pages)
        self.run(["run", cfg, "--quiet", "--jobs=2", "--input=@" + listed, "--output=" + out])
        found = {}
        for path in glob.glob(os.path.join(out, "articles*.jsonl.gz")):
            for record in rows(path):
                page = pages.pop(os.path.basename(record.get("source", "")), None)
                if page is None:
                    sys.exit("%s: a record of no page, or a second one" % record.get("source"))
                found[page] = article(record)
        return found

    def run(self, arguments, stdin=None):
        """A run that ends well, or with records that failed."""
        done = subprocess.run([self.program, *arguments], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8")
        if done.returncode not in (0, 3):
            sys.exit("pressline %s: exit status %d\n%s" % (" ".join(arguments), done.returncode, done.stderr))
        return done.stdout

    def cleaned(self, texts):
        """What plain texts become, by id."""
        cfg = self.pipeline("plain.cfg", 'plugin = "clean"; min_text = 0;')
        lines = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items())
        return {r["id"]: article(r) for r in map(json.loads, self.run(["filter", cfg], lines).splitlines())}

    def figures(self, name, gold, found):
        """By the scorer of the set: ours for our pages, theirs for theirs."""
        if name == "pages":
            return {**scorer.figures(gold, found), "lines": scorer.lines_figure(gold, found)}
        told = self.theirs.score(gold, found, n_boot=0)[0]
        names = {"text": ("text", "f1"), "title": ("title", "acc"), "author": ("author", "acc"), "date": ("date", "acc"),
                 "site": ("sitename", "acc"), "language": ("language", "acc"), "snippets": ("snippets", "f1")}
        out = {figure: told[field][key] for figure, (field, key) in names.items() if field in told}
        out["texts"] = scorer.mean(bool((found.get(page, {}).get("text") or "").strip()) for page in gold)
        return out

    def plain_figures(self, name):
        """Text of whole pages in, article out; gold texts in, the same out; cleaned texts in, nothing changed."""
        gold = {page: row for page, row in self.gold(name).items() if row.get("text")}
        once = self.cleaned({page: page_lines.lines(read_page(self.folder(name), row)) for page, row in gold.items()})
        twice = self.cleaned({page: row["text"] for page, row in once.items()})
        kept = self.cleaned({page: row["text"] for page, row in gold.items()})
        return {"text": self.figures(name, gold, once)["text"],
                "gold-kept": self.figures(name, gold, kept)["text"],
                "again-same": scorer.mean(twice.get(page, {}).get("text") == row["text"] for page, row in once.items())}

    def everything(self):
        """(parser, set, number of pages, figures) of all that can be judged."""
        for parser in self.parsers():
            for name in self.sets():
                gold = self.gold(name)
                yield parser, name, len(gold), self.figures(name, gold, self.articles(name, parser))
        for name in PLAIN_SETS:
            if name in self.sets():
                yield "-", name + "-lines", len(self.gold(name)), self.plain_figures(name)

    def scorers_agree(self, name="fundus"):
        """Ours and theirs by the same pages: they mean the same by the same names."""
        gold, found = self.gold(name), self.articles(name, self.parsers()[0])
        a, b = scorer.figures(gold, found), self.figures(name, gold, found)
        return [key for key in b if abs(a[key] - b[key]) > 1e-9]


# ---- the file of expected figures

def expected_file(source):
    return os.path.join(source, "tests", "score", "extract.expected")


def read_expected(path):
    """{(parser, set): {figure: value}}"""
    out = {}
    with open(path) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                parser, name, figure, value = line.split()
                out.setdefault((parser, name), {})[figure] = float(value)
    return out


def write(judge, path):
    old = read_expected(path) if os.path.exists(path) else {}
    for parser, name, n, figures in judge.everything():
        old[parser, name] = {"pages": n, **{k: round(v, 4) for k, v in figures.items()}}
    with open(path, "w") as f:
        f.write("# Parser, set, figure, value: what extract.sh holds the articles against.\n"
                "# Made by `make -C build score-clean-write`; what could not be run there keeps its lines.\n")
        for (parser, name), figures in sorted(old.items()):
            for figure, value in figures.items():
                f.write("%-8s %-14s %-10s %s\n" % (parser, name, figure,
                                                   "%d" % value if figure == "pages" else "%.4f" % value))


def guard(judge, path):
    """Tells of each figure as the test scripts do; True where none has fallen."""
    expected, seen, good = read_expected(path), set(), True
    for parser, name, n, figures in judge.everything():
        what = "extract %s %s" % (parser, name)
        lines = dict(expected.get((parser, name), {}))
        seen.add((parser, name))
        if not lines:
            print("not ok %s: no line in extract.expected; make score-clean-write" % what)
            good = False
        elif lines.pop("pages") != n:
            print("skip %s: other pages than its lines were made on" % what)
        else:
            good = all([hold(what, figure, figures.get(figure, 0), line) for figure, line in lines.items()]) and good
    for parser, name in sorted(set(expected) - seen) if judge.theirs else ():
        print("skip extract %s %s: %s" % (parser, name, why_not(judge, parser)))
    return good


def why_not(judge, parser):
    return "absent" if parser == "-" or parser in judge.parsers() else "the parser was not built"


def hold(what, figure, value, line):
    fell = value < line - LOSS
    print("%sok %s: %s %.4f, at least %.4f" % ("not " if fell else "", what, figure, value, line - LOSS))
    if value > line + LOSS:
        print("# %s: %s has risen from %.4f to %.4f" % (what, figure, line, value))
    return not fell


# ---- the table

def cell(value):
    return "-" if value is None else "%.4f" % value


def print_table(heads, lines):
    width = [max(len(str(line[i])) for line in [heads, *lines]) for i in range(len(heads))]
    for line in [heads, *lines]:
        print("  ".join(str(v).ljust(w) if i < 2 else str(v).rjust(w)
                        for i, (v, w) in enumerate(zip(line, width))).rstrip())
    print()


def table(judge):
    pages, plain = [], []
    for parser, name, n, figures in judge.everything():
        if parser == "-":
            plain.append((name, n, *(cell(figures[k]) for k in ("text", "gold-kept", "again-same"))))
        else:
            pages.append((name, parser, n, *(cell(figures.get(k)) for k in FIGURES)))
    print_table(("set", "parser", "pages", *FIGURES), pages)
    if plain:
        print_table(("plain text", "pages", "text", "gold-kept", "again-same"), plain)
    if not judge.theirs:
        print("development data: skipped, there is none beside the repository")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=("table", "guard", "write"))
    p.add_argument("build")
    p.add_argument("source")
    o = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        judge = Judge(o.build, o.source, work)
        if o.what == "table":
            table(judge)
        elif o.what == "write":
            write(judge, expected_file(o.source))
        else:
            good = guard(judge, expected_file(o.source))
            if judge.theirs and "fundus" in judge.sets():
                wrong = judge.scorers_agree()
                print("%sok extract: our scorer and theirs agree %s" % ("not " if wrong else "", " ".join(wrong)))
                good = good and not wrong
            sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
