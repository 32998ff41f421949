#!/usr/bin/env python3
"""clean.py - the clean stage beside other extractors: how good, how fast, how big.

    clean.py BUILD SOURCE [--more] [--again] [--only quality|speed] [--jobs N] [--rounds N]

Other extractors are installed from their registries, pinned, into BUILD/peers, once, and run over the development
pages in ../shared/data/extract; --more adds those that are Go modules, npm packages or crates, where the tools are.
One that cannot be had is left out with a word.  --again takes what they made of the pages the last time: they and
the pages are the same, and most of the time is theirs.  Texts are judged by ../shared/score/score_extract.py.

Speed is CPU seconds of one process and thread over the fundus pages in memory; the programs take turns, a round
each, and the median round counts, so that a machine whose speed drifts is unfair to none.  A round begins with a pass that
does not count.  Peak memory is that of a pass that holds one page at a time, interpreter included.
"""
import argparse
import concurrent.futures
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import language

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "score"))
import extract  # noqa: E402
import page_lines  # noqa: E402

FAST = ("trafilatura", "resiliparse", "turbohtml")
PYTHON = FAST + ("readability-lxml", "newspaper4k")
MORE_PYTHON = ("trafilatura-precision", "trafilatura-recall", "goose3")
GO = ("go-trafilatura", "go-trafilatura-precision", "go-readability", "go-domdistiller")
NODE = ("readability",)
RUST = ("dom_smoothie", "rs-trafilatura")
PASSES = {"trafilatura": 1}
MEMORY = 4 << 30
FEW_WORDS = 12


def say(*what):
    print(*what, file=sys.stderr, flush=True)


# ---- the peers

class Peers:
    """Programs that extract, by name: each is called with `run LIST`, those from Python also with `time` and `stream`."""

    def __init__(self, source, folder, more):
        self.here, self.folder = os.path.join(source, "tests", "bench", "peers"), folder
        self.commands, self.limited = {}, set()
        os.makedirs(os.path.join(folder, "made"), exist_ok=True)
        self.add_python(PYTHON + (MORE_PYTHON if more else ()))
        if more:
            self.add("go", self.build_go, GO)
            self.add("node", self.build_node, NODE)
            self.add("rust", self.build_rust, RUST)
            self.limited.update(RUST)

    def done(self, what, *args, **how):
        """Runs a step of an installation; where it fails there is no such peer."""
        try:
            got = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", **how)
        except OSError as e:
            say("%s: skipped, %s" % (what, e))
            return False
        if got.returncode:
            say("%s: skipped, not to be had\n%s" % (what, got.stdout[-1500:]))
        return got.returncode == 0

    def add_python(self, names):
        home = os.path.join(self.folder, "python")
        python, pins = os.path.join(home, "bin", "python"), os.path.join(self.here, "requirements.txt")
        made_from = os.path.join(home, "requirements.txt")
        if not same_files(pins, made_from):
            say("peers: installing from PyPI")
            pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
            if not (self.done("python", sys.executable, "-m", "venv", "--clear", home) and
                    self.done("pip", *pip, "--upgrade", "pip") and self.done("pip", *pip, "-r", pins)):
                return
            shutil.copy(pins, made_from)
        for name in names:
            self.commands[name] = [python, os.path.join(self.here, "python.py"), name]

    def add(self, kind, build, names):
        home = os.path.join(self.folder, kind)
        shutil.copytree(os.path.join(self.here, kind), home, dirs_exist_ok=True)
        say("peers: building", kind)
        command = build(home)
        for name in names if command else ():
            self.commands[name] = command + [name]

    def build_go(self, home):
        good = self.done("go", "go", "mod", "tidy", cwd=home) and self.done("go", "go", "build", "-o", "peers", cwd=home)
        return [os.path.join(home, "peers")] if good else None

    def build_node(self, home):
        good = self.done("node", "npm", "install", "--silent", "--no-audit", "--no-fund", cwd=home)
        return ["node", os.path.join(home, "peers.js")] if good else None

    def build_rust(self, home):
        good = self.done("cargo", "cargo", "build", "--release", "--quiet", cwd=home)
        return [os.path.join(home, "target", "release", "peers")] if good else None

    def articles(self, name, which, pages, again):
        """What the extractor makes of the pages of a set, {id: path}, or made of them before."""
        made = os.path.join(self.folder, "made", "%s-%s.jsonl" % (name, which))
        if again and os.path.exists(made):
            return extract.by_id(extract.rows(made))
        found = self.run(name, pages)
        with open(made + ".new", "w", encoding="utf-8", errors="replace") as f:
            f.writelines(json.dumps(row) + "\n" for row in found.values())
        os.replace(made + ".new", made)
        return found

    def run(self, name, pages):
        """One that dies loses the page that it died on."""
        found, left, limit = {}, list(pages), (lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        while left:
            with tempfile.NamedTemporaryFile("w", suffix=".list") as listed:
                listed.writelines("%s %s\n" % (page, pages[page]) for page in left)
                listed.flush()
                got = subprocess.run(self.commands[name] + ["run", listed.name], stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, preexec_fn=limit if name in self.limited else None)
            rows = [json.loads(line) for line in got.stdout.split(b"\n")[:-1]]
            found.update(extract.by_id(rows))
            left = left[len(rows):]
            if got.returncode or not rows:
                left = left[1:]
        return found


def same_files(a, b):
    if not os.path.exists(b):
        return False
    with open(a) as x, open(b) as y:
        return x.read() == y.read()


# ---- quality

class Bench:
    def __init__(self, judge, peers, work, options):
        self.judge, self.peers, self.options = judge, peers, options
        self.folder = os.path.join(work, "pages")
        self.sets = [name for name in judge.sets() if name != "pages"]
        self.pages = {name: self.write_pages(name) for name in self.sets}

    def write_pages(self, name):
        """The pages of a set in UTF-8, in files: {id: path}."""
        folder, out = os.path.join(self.folder, name), {}
        os.makedirs(folder)
        for page, row in self.judge.gold(name).items():
            out[page] = os.path.join(folder, page + ".html")
            with open(out[page], "w", encoding="utf-8", errors="replace") as f:
                f.write(extract.read_page(self.judge.folder(name), row))
        return out

    def everything(self):
        """{extractor: {set: {id: article}}}, ours first."""
        ours = {"clean/" + parser: {name: self.judge.articles(name, parser) for name in self.sets}
                for parser in self.judge.parsers()}

        def run(name):
            out = {which: self.peers.articles(name, which, self.pages[which], self.options.again) for which in self.sets}
            say("peers: %s has run" % name)
            return out

        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            theirs = dict(zip(self.peers.commands, pool.map(run, self.peers.commands)))
        return ours, theirs

    def quality(self):
        ours, theirs = self.everything()
        everybody = {**ours, **theirs}
        scores = {who: {name: self.judge.figures(name, self.judge.gold(name), found[name]) for name in self.sets}
                  for who, found in everybody.items()}
        self.print_scores("Text: F1 of runs of four words; snippets: F1.  The gold of `readability` is Readability's own output", scores, list(ours),
                          [(name, "snippets" if name == "trafilatura" else "text") for name in self.sets
                           if name != "mediacloud"])
        self.print_scores("Title, author, site: share that is right", scores, list(ours),
                          [("fundus", "title"), ("wcxb", "title"), ("fundus", "author"), ("wcxb", "author"),
                           ("fundus", "site"), ("readability", "site")])
        self.print_scores("Date: share of the days that are right", scores, list(ours),
                          [(name, "date") for name in ("fundus", "wcxb", "mediacloud", "trafilatura")])
        if "fundus" in self.sets:
            self.print_languages(next(iter(ours)), everybody, theirs)
        self.print_plain()

    @staticmethod
    def print_scores(title, scores, ours, columns):
        """A line for each extractor, then the best of the others and how far ours is ahead."""
        def figures(who):
            return [scores[who].get(name, {}).get(figure) for name, figure in columns]

        theirs = [figures(who) for who in scores if who not in ours]
        best = [max((row[i] or 0 for row in theirs), default=None) for i in range(len(columns))]
        lines = [(who, "", *map(extract.cell, figures(who))) for who in scores]
        lines.append(("best of the others", "", *map(extract.cell, best)))
        for who in ours if theirs else ():
            ahead = ["-" if a is None else "%+.4f" % (a - b) for a, b in zip(figures(who), best)]
            lines.append(("ahead by", who if len(ours) > 1 else "", *ahead))
        print(title)
        extract.print_table(("", "", *("%s %s" % column for column in columns)), lines)

    def print_languages(self, who, everybody, theirs):
        """Text F1 on the fundus pages of each language, ours beside the best of the others there."""
        gold, groups = self.judge.gold("fundus"), {}
        for page, row in gold.items():
            groups.setdefault(language.guess(row["text"]), {})[page] = row
        lines = []
        for name, pages in sorted(groups.items(), key=lambda g: -len(g[1])):
            f1 = {x: self.judge.figures("fundus", pages, everybody[x]["fundus"])["text"] for x in [who, *theirs]}
            best = max(theirs, key=f1.get) if theirs else None
            lines.append((name, "", len(pages), "%.4f" % f1[who], extract.cell(f1.get(best)), best or "-",
                          "-" if not best else "%+.4f%s" % (f1[who] - f1[best], " *" if f1[who] < f1[best] else "")))
        print("Text by language, fundus; * where another is ahead")
        extract.print_table(("language", "", "pages", who, "best", "of", "ahead by"), lines)

    def print_plain(self):
        lines = []
        for name in extract.PLAIN_SETS:
            if name not in self.sets:
                continue
            gold = self.judge.gold(name)
            whole = {page: page_lines.lines(extract.read_page(self.judge.folder(name), row)) for page, row in gold.items()}
            long = {page: "\n".join(line for line in text.split("\n") if len(line.split()) >= FEW_WORDS)
                    for page, text in whole.items()}
            f1 = [self.judge.figures(name, gold, {page: {"text": text} for page, text in texts.items()})["text"]
                  for texts in (whole, long)]
            ours = self.judge.plain_figures(name)
            lines.append((name, "", *map(extract.cell, f1 + [ours["text"], ours["gold-kept"], ours["again-same"]])))
        print("Plain text: the lines of whole pages in, text F1 out; gold texts in; the share that a second pass leaves alone")
        extract.print_table(("", "", "all lines", "lines >= %d words" % FEW_WORDS, "clean", "gold-kept", "again-same"), lines)

    # ---- speed

    def speed(self):
        if "fundus" not in self.sets:
            return
        pages = list(self.pages["fundus"].values())
        size = sum(os.path.getsize(path) for path in pages) / 1e6
        program = os.path.join(os.path.dirname(self.judge.program), "tests", "bench", "clean_bench")
        ours = {"clean/" + parser: [program, parser] for parser in self.judge.parsers()}
        theirs = {name: self.peers.commands[name] for name in FAST if name in self.peers.commands}
        timed = {**{who: command for who, command in ours.items()}, **{who: c + ["time"] for who, c in theirs.items()}}
        passes = self.rounds({who: command + [str(PASSES.get(who, 5)), *pages] for who, command in timed.items()})
        rate = {who: len(pages) / statistics.median(seconds) for who, seconds in passes.items()}
        peak = {who: int(output(command + ["stream", *pages])) / 1024 for who, command in {**ours, **theirs}.items()}
        bare = self.bare_parse(pages)
        lines = []
        for who in rate:
            spread = "%.3f..%.3f" % (min(passes[who]), max(passes[who]))
            ratios = ["%.2f" % (rate[our] / rate[who]) for our in ours]
            lines.append((who, "", "%.0f" % rate[who], "%.1f" % (rate[who] * size / len(pages)), spread,
                          "%.0f" % peak[who], *ratios))
        print("Speed: %d fundus pages (%.1f MB) in memory, one thread, CPU seconds, median pass of %d rounds"
              % (len(pages), size, self.options.rounds))
        extract.print_table(("", "", "pages/s", "MB/s", "s a pass", "peak MB", *("%s is times" % our for our in ours)), lines)
        for parser, parsed in bare.items():
            print("%s parses %.0f pages/s%s" % (parser, parsed, "".join(
                "; %s runs at %.0f %% of that" % (who, 100 * rate[who] / parsed) for who in ours
                if who.split("/")[1] == parser.split("-")[0])))

    def rounds(self, commands):
        """{program: seconds of each pass}, the programs in turn."""
        out = {who: [] for who in commands}
        for _ in range(self.options.rounds):
            for who, command in commands.items():
                out[who] += map(float, output(command).split())
        return out

    def bare_parse(self, pages):
        """Pages a second of each parser on its own, where that benchmark was built."""
        program = os.path.join(os.path.dirname(self.judge.program), "tests", "bench", "clean_parse_bench")
        if not os.path.exists(program):
            return {}
        return {line.split()[0]: float(line.split()[1]) for line in output([program, *pages]).splitlines()}


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode:
        sys.exit("bench: %s: exit status %d" % (" ".join(command[:4]), done.returncode))
    return done.stdout


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build")
    p.add_argument("source")
    p.add_argument("--more", action="store_true", help="also the Go modules, npm packages and crates, and more from PyPI")
    p.add_argument("--again", action="store_true", help="take what the extractors made of the pages the last time")
    p.add_argument("--only", choices=("quality", "speed"))
    p.add_argument("--jobs", type=int, default=2, help="extractors that run at the same time for quality (2)")
    p.add_argument("--rounds", type=int, default=3, help="rounds of the speed measurement (3)")
    o = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        judge = extract.Judge(o.build, o.source, work)
        if not judge.theirs:
            print("bench-clean: skipped, there is no development data beside the repository")
            return
        bench = Bench(judge, Peers(judge.source, os.path.join(os.path.abspath(o.build), "peers"), o.more), work, o)
        if o.only != "speed":
            bench.quality()
        if o.only != "quality":
            bench.speed()


if __name__ == "__main__":
    main()
