#!/usr/bin/env python3
"""entities_figures.py - how well the stage entities marks articles that others or we have marked.

    entities_figures.py table BUILD SOURCE    a table of all figures
    entities_figures.py guard BUILD SOURCE    each figure against its line in entities.expected: a test
    entities_figures.py write BUILD SOURCE    writes the figures of today into entities.expected

The development sets lie beside the repository, in ../shared/data, and are judged by the scorers in ../shared/score;
our own articles, in tests/data/entities, by entities_gold.py, which also guards them.  Figures are percent: micro F1 of exact
spans of names (F4 of PER ORG LOC MISC, F3 without MISC), of quotations, and the share of right speakers.

A figure may fall LOSS below its line.  Standard library only.
"""
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import entities

LOSS = .3
F4, F3 = ("PER", "ORG", "LOC", "MISC"), ("PER", "ORG", "LOC")
NAME_SETS = {"ww_dev": F4, "gmb_dev": F4, "wikigold_dev": F4, "uner_ewt_dev": F3, "crossner_politics_dev": F4}
QUOTE_SET = "polnear_dev"
QUOTE_FIGURES = {"direct": {"direct exact": "exact_F", "direct speaker": "speaker_head_acc", "direct both": "end_to_end_F"},
                 "indirect": {"indirect overlap": "overlap_F", "indirect speaker": "speaker_head_acc"}}
OWN_SETS = ("tuning", "aside")
OWN_FIGURES = {"names": ("names", "F"), "chains, CoNLL": ("chains of names found", "CoNLL", "F"),
               "references": ("references", "F"), "titles": ("titles", "F"),
               "country": ("country, of those found", "F"), "city": ("city, of those found", "F"),
               "dates": ("DATE values", "F"), "direct exact": ("direct exact", "F"),
               "direct speaker": ("direct speaker", "F"), "indirect overlap": ("indirect overlap", "F"),
               "indirect speaker": ("indirect speaker", "F")}


def load_module(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Judge:
    """The program, the sets that are there, and who judges them."""

    def __init__(self, build, source, work):
        self.program, self.source, self.work = os.path.join(build, "pressline"), source, work
        shared = os.path.join(source, "..", "shared")
        self.data = os.path.join(shared, "data")
        scorers = [os.path.join(shared, "score", name) for name in ("score_ner.py", "score_quotes.py")]
        there = all(map(os.path.exists, scorers))
        self.name_scorer, self.quote_scorer = map(load_module, scorers) if there else (None, None)

    def gold_path(self, name):
        return os.path.join(self.data, "quotes" if name == QUOTE_SET else "ner", name + ".jsonl")

    def sets(self):
        names = [*NAME_SETS, QUOTE_SET] if self.name_scorer else []
        return [name for name in names if os.path.exists(self.gold_path(name))]

    def gold(self, name):
        return self.name_scorer.load(self.gold_path(name))

    def marked(self, lines, *fields):
        """What the stage makes of records, given and returned as lines."""
        cfg = os.path.join(self.work, "entities.cfg")
        with open(cfg, "w") as f:
            f.write('input_fields = %s;\nstages = ( { plugin = "entities"; } );\n' % json.dumps(["id", "text", *fields]))
        done = subprocess.run([self.program, "filter", cfg], input=lines, capture_output=True, encoding="utf-8")
        if done.returncode:
            sys.exit("pressline filter: exit status %d\n%s" % (done.returncode, done.stderr))
        return done.stdout.splitlines()

    def found(self, name):
        """{id: what a scorer reads} of a set, as the stage marks it."""
        out = {}
        lines = "".join(json.dumps({"id": i, "text": row["text"]}) + "\n" for i, row in self.gold(name).items())
        for record in map(json.loads, self.marked(lines)):
            notes = {n["id"]: n for n in record.get("annotations", [])}
            out[record["id"]] = {"entities": list(entities.names(notes, False)), "quotes": list(entities.quotes(notes))}
        return out

    def figures(self, name, gold, found):
        if name == QUOTE_SET:
            told = {kind: self.quote_scorer.score(gold, found, {kind}) for kind in QUOTE_FIGURES}
            return {figure: 100.0 * told[kind][key] for kind, keys in QUOTE_FIGURES.items() for figure, key in keys.items()}
        told = self.name_scorer.score(gold, found, set(NAME_SETS[name]), {})
        return {"F%d" % len(NAME_SETS[name]): 100 * told["micro"]["F"]}

    def everything(self):
        """(set, number of articles, figures) of the development sets."""
        for name in self.sets():
            gold = self.gold(name)
            yield name, len(gold), self.figures(name, gold, self.found(name))

    def own(self):
        """(set, number of articles, figures) of our own articles."""
        scorer = os.path.join(self.source, "tests", "score", "entities_gold.py")
        for name in OWN_SETS:
            folder = os.path.join(self.source, "tests", "data", "entities", name)
            if not os.path.isdir(folder):
                continue
            records = subprocess.run([sys.executable, scorer, "records", folder], stdout=subprocess.PIPE, encoding="utf-8",
                                     check=True).stdout
            marked = os.path.join(self.work, "marked.jsonl")
            with open(marked, "w", encoding="utf-8") as f:
                f.writelines(line + "\n" for line in self.marked(records, "title", "published"))
            told = json.loads(subprocess.run([sys.executable, scorer, "score", folder, "--marked", marked, "--json"],
                                             stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout)
            yield name, len(records.splitlines()), {what: dig(told, keys) for what, keys in OWN_FIGURES.items()}


def dig(told, keys):
    for key in keys:
        told = (told or {}).get(key)
    return None if told is None else 100.0 * told


# ---- the file of expected figures

def expected_file(source):
    return os.path.join(source, "tests", "score", "entities.expected")


def read_expected(path):
    """{set: {figure: value}}"""
    out = {}
    with open(path) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, *figure, value = line.split()
                out.setdefault(name, {})[" ".join(figure)] = float(value)
    return out


def write(judge, path):
    old = read_expected(path) if os.path.exists(path) else {}
    for name, n, figures in judge.everything():
        old[name] = {"articles": n, **figures}
    with open(path, "w") as f:
        f.write("# Set, figure, value: what entities.sh holds the stage against.\n"
                "# Made by `make -C build score-entities-write`; a set that is not there keeps its lines.\n")
        for name, figures in old.items():
            for figure, value in figures.items():
                f.write("%-22s %-17s %s\n" % (name, figure, "%d" % value if figure == "articles" else "%.2f" % value))


def guard(judge, path):
    """Tells of each figure as the test scripts do; True where none has fallen."""
    expected, good = read_expected(path), True
    for name, n, figures in judge.everything():
        lines = dict(expected.get(name, {}))
        if not lines:
            print("not ok entities %s: no line in entities.expected; make score-entities-write" % name)
            good = False
        elif lines.pop("articles") != n:
            print("skip entities %s: other articles than its lines were made on" % name)
        else:
            good = all([hold(name, figure, figures.get(figure, 0), line) for figure, line in lines.items()]) and good
    return good


def hold(name, figure, value, line):
    fell = value < line - LOSS
    print("%sok entities %s: %s %.2f, at least %.2f" % ("not " if fell else "", name, figure, value, line - LOSS))
    if value > line + LOSS:
        print("# %s: %s has risen from %.2f to %.2f" % (name, figure, line, value))
    return not fell


# ---- the table

def print_table(heads, lines):
    """The first column is text, the others are figures."""
    rows = [[heads[0], *heads[1:]], *([line[0], *map(cell, line[1:])] for line in lines)]
    width = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        print("  ".join(v.rjust(w) if i else v.ljust(w) for i, (v, w) in enumerate(zip(row, width))).rstrip())
    print()


def cell(value):
    return "-" if value is None else value if isinstance(value, str) else "%d" % value if isinstance(value, int) else "%.1f" % value


def table(judge):
    names, quotes = [], []
    for name, n, figures in judge.everything():
        (quotes if name == QUOTE_SET else names).append((name, n, *figures.values()))
    if names:
        print_table(("names", "articles", "F4 or F3"), names)
    if quotes:
        print_table(("quotations", "articles", *(f for keys in QUOTE_FIGURES.values() for f in keys)), quotes)
    print_own(judge)


def print_own(judge):
    own = list(judge.own())
    if own:
        print_table(("our own articles", *(name for name, n, figures in own)),
                    [("articles", *(n for name, n, figures in own)),
                     *((what, *(figures[what] for name, n, figures in own)) for what in OWN_FIGURES)])


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("table", "guard", "write"):
        sys.exit(__doc__.split("\n\n")[1])
    what, build, source = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        judge = Judge(build, source, work)
        if what == "table":
            table(judge)
        elif what == "write":
            write(judge, expected_file(source))
        elif not guard(judge, expected_file(source)):
            sys.exit(1)


if __name__ == "__main__":
    main()
