#!/usr/bin/env python3
"""dedupe.py - the stage dedupe beside rensa, datasketch and datatrove: how good, how fast, and what becomes of it as it grows.

    dedupe.py BUILD SOURCE [--only quality|speed|growth|shards] [--rounds N] [--grow N] [--memory SIZE] [--signatures N]

The peers are installed from PyPI, pinned, into BUILD/peers/dedupe, once.  Where they cannot be had, ours stands alone.

Quality: the development sets of ../shared/data, and 20,000 documents that ../shared/score/make_dups.py makes, judged by
../shared/score/score_dedupe.py.  Speed: CPU seconds of one thread over these 20,000 (the slower ones over the first of them);
all take turns, a round each, and the median counts.  Growth: documents of dedupe_synth.c, 2 million of them, or --grow=10000000,
with the store in a folder and its memory bounded.  Shards: signature files of a million of them, and their grouping.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

SETS = ("grammar", "reuters-planted", "mccormick")
DOCS = 20000
PLANTED = ("--markov", "--docs", str(DOCS), "--exact", "0.15", "--near", "0.10", "--seed", "1")
# name, what it is called, documents timed, whether it judges the sets
PEERS = (("rensa", "rensa RMinHash 112, 14 bands", 20000, True),
         ("datasketch", "datasketch 14 x 8, xxh32", 10000, True),
         ("datatrove", "datatrove 14 x 8, its own words (spaCy)", 600, False),
         ("datatrove-plain", "datatrove 14 x 8, plain words", 2000, True))
GOALS = {"rensa": 6, "datasketch": 15, "datatrove": 100}
SLICES, SHARDS = 10, 4


def say(*what):
    print(*what, file=sys.stderr, flush=True)


def output(command, **how):
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", **how)
    if done.returncode:
        sys.exit("bench-dedupe: %s: exit status %d" % (" ".join(command[:4]), done.returncode))
    return done.stdout


def print_table(heads, rows):
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in rows]
    print("\n| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def size_of(text):
    return int(text[:-1]) << {"K": 10, "M": 20, "G": 30}[text[-1]] if text[-1] in "KMG" else int(text)


class Bench:
    def __init__(self, options, work):
        self.build, self.source = os.path.abspath(options.build), os.path.abspath(options.source)
        self.shared = os.path.join(self.source, "..", "shared")
        self.program = os.path.join(self.build, "pressline")
        self.bench = os.path.join(self.build, "tests", "bench", "dedupe_bench")
        self.work, self.options = work, options
        self.peers = self.install()

    def path(self, name):
        return os.path.join(self.work, name)

    def install(self):
        """The command of the peers, or None."""
        here, home = os.path.join(self.source, "tests", "bench", "peers"), os.path.join(self.build, "peers", "dedupe")
        pins, made_from = os.path.join(here, "dedupe-requirements.txt"), os.path.join(home, "requirements.txt")
        python = os.path.join(home, "bin", "python")
        if not (os.path.exists(made_from) and open(made_from).read() == open(pins).read()):
            say("peers: installing from PyPI")
            pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "-r", pins]
            for step in [sys.executable, "-m", "venv", "--clear", home], pip:
                got = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
                if got.returncode:
                    say("peers: skipped, not to be had\n%s" % got.stdout[-1500:])
                    return None
            shutil.copy(pins, made_from)
        return [python, os.path.join(here, "dedupe.py")]

    # ---- documents

    def planted(self):
        """The folder of the 20,000 documents, made once; None where there is nothing to make them of."""
        folder, script = os.path.join(self.build, "peers", "dedupe-docs"), os.path.join(self.shared, "score", "make_dups.py")
        text = os.path.join(self.shared, "data", "dedupe", "reuters-planted", "docs.jsonl.gz")
        if not os.path.exists(script) or not os.path.exists(text):
            return None
        if not os.path.exists(os.path.join(folder, "truth.tsv")):
            say("making %d documents" % DOCS)
            output([sys.executable, script, "--source", text, *PLANTED, "--out", folder + ".new"])
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(folder + ".new", folder)
        return folder

    def sets(self):
        """(name, folder with docs.jsonl and truth.tsv)"""
        for name in SETS:
            theirs, ours = os.path.join(self.shared, "data", "dedupe", name), self.path(name)
            if os.path.exists(theirs) and not os.path.exists(ours):
                os.mkdir(ours)
                with open(os.path.join(ours, "docs.jsonl"), "w") as f:
                    f.write(output(["gzip", "-dc", os.path.join(theirs, "docs.jsonl.gz")]))
                shutil.copy(os.path.join(theirs, "truth.tsv"), ours)
            if os.path.exists(ours):
                yield name, ours
        if self.planted():
            yield "markov", self.planted()

    def packed(self, docs):
        """The texts as dedupe_bench reads them, and their ids."""
        path, ids = self.path("packed"), []
        with open(docs, encoding="utf-8") as f, open(path, "wb") as to:
            for row in map(json.loads, f):
                text = row["text"].encode()
                to.write(b"%d\n%s" % (len(text), text))
                ids.append(row["id"])
        return path, ids

    # ---- quality

    def judge(self, folder, answer):
        return json.loads(output([sys.executable, os.path.join(self.shared, "score", "score_dedupe.py"), "--json",
                                  "--truth", os.path.join(folder, "truth.tsv"), "--pred", answer]))

    def ours(self, docs, options=""):
        """The clusters that the stage finds."""
        cfg, answer = self.path("mark.cfg"), self.path("ours.tsv")
        with open(cfg, "w") as f:
            f.write('input_fields = ["id", "text"];\nstages = ( { plugin = "dedupe"; action = "mark"; %s } );\n' % options)
        with open(docs) as f:
            rows = map(json.loads, output([self.program, "filter", cfg], stdin=f).splitlines())
            with open(answer, "w") as to:
                to.writelines("%s\t%s\n" % (row["id"], row.get("duplicate_of", row["id"])) for row in rows)
        return answer

    def theirs(self, name, docs, count):
        """(CPU seconds, clusters)"""
        answer = self.path("theirs.tsv")
        seconds = output([*self.peers, name, docs, str(count), answer], stderr=subprocess.DEVNULL)
        return float(seconds), answer

    def print_quality(self):
        rows = []
        for which, folder in self.sets():
            docs = os.path.join(folder, "docs.jsonl")
            found = [("dedupe", self.judge(folder, self.ours(docs)))]
            for name, called, _, judges in PEERS if self.peers else ():
                if judges:
                    say("quality: %s of %s" % (name, which))
                    found.append((called, self.judge(folder, self.theirs(name, docs, 10**9)[1])))
            rows += [(which, who, "%.4f" % f["pair_precision"], "%.4f" % f["pair_recall"], "%.4f" % f["pair_f1"],
                      "%.4f" % f["removal_recall"], f["lost_clusters"]) for who, f in found]
        print("Quality: pairs of documents in one cluster, share of the surplus removed, stories lost")
        print_table(("set", "", "precision", "recall", "F1", "removed", "lost"), rows)

    # ---- speed

    def stage_seconds(self, docs, folder, *stages):
        """CPU seconds of `pressline run` over the documents."""
        cfg, out = self.path("run.cfg"), self.path(folder)
        shutil.rmtree(out, ignore_errors=True)
        with open(cfg, "w") as f:
            f.write('input_fields = ["id", "text"];\n')
            f.write("stages = ( %s );\n" % ", ".join("{ plugin = %s; }" % s for s in stages))
        before = os.times()
        output([self.program, "run", cfg, "--input", docs, "--output", out, "--quiet", "--jobs=1"])
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    def print_speed(self):
        if not self.planted():
            print("bench-dedupe: speed skipped, there is no development data beside the repository")
            return
        docs = os.path.join(self.planted(), "docs.jsonl")
        packed, ids = self.packed(docs)
        sketch, library, bare, stage, theirs = [], [], [], [], {}
        for number in range(self.options.rounds):
            say("speed: round %d of %d" % (number + 1, self.options.rounds))
            for line in output([self.bench, "docs", packed, "3", self.path("answer")]).splitlines():
                sketch.append(float(line.split()[0]))
                library.append(float(line.split()[1]))
            bare.append(self.stage_seconds(docs, "bare", '"fetch"', '"archive"; level = 1'))
            stage.append(self.stage_seconds(docs, "with", '"fetch"', '"dedupe"; action = "mark"', '"archive"; level = 1'))
            for name, _, count, _ in PEERS if self.peers else ():
                theirs.setdefault(name, []).append(self.theirs(name, docs, count)[0])
        self.print_rates(len(ids), sketch, library, bare, stage, theirs)

    @staticmethod
    def print_rates(n, sketch, library, bare, stage, theirs):
        ours = n / statistics.median(library)
        costs = statistics.median(w - b for w, b in zip(stage, bare))
        rows = [("dedupe: sketch, find, keep", n, round(ours), "1", "goal 20000"),
                ("dedupe: sketch alone", n, round(n / statistics.median(sketch)), None, None),
                ("dedupe: what the stage adds to a run", n, round(n / costs) if costs > 0 else None, None, None),
                ("fetch, dedupe, archive: the whole run", n, round(n / statistics.median(stage)), None, None)]
        for name, called, count, _ in PEERS:
            if name in theirs:
                rate = min(count, n) / statistics.median(theirs[name])
                goal = "goal %d" % GOALS[name] if name in GOALS else None
                rows.append((called, min(count, n), round(rate), "%.1f" % (ours / rate), goal))
        print("Speed: documents of 4.1 KB a CPU second, one thread; datatrove from file to file, start-up included")
        print_table(("", "documents", "documents/s", "times slower than ours", ""), rows)

    # ---- growth

    def print_growth(self):
        n = self.options.grow
        made, size = output([self.bench, "make", "200000"]).split()
        print("Growth: %d synthetic documents of %d bytes, made at %d a second; store of %s in a folder" %
              (n, int(size) / 2e5, 2e5 / float(made), self.options.memory))
        shutil.rmtree(self.path("store"), ignore_errors=True)
        command = [self.bench, "synth", str(n), str(n // SLICES), self.path("store"), str(size_of(self.options.memory))]
        rows, rates, last = [], [], 0
        for line in output(command).splitlines():
            if line.startswith("found"):
                print_table(("documents", "documents/s CPU", "wall", "RSS MB", "disk bytes a document"), rows)
                print("new, exact, near: " + line)
                continue
            so_far, cpu, wall, rss, disk = map(float, line.split())
            rates.append((so_far - last) / cpu)
            rows.append((int(so_far), round(rates[-1]), round((so_far - last) / wall), round(rss / 1024),
                         round(disk / so_far)))
            last = so_far
        print("the last slice at %.0f %% of the first (goal 70)\n" % (100 * rates[-1] / rates[0]))

    # ---- shards

    def print_shards(self):
        """Signature files of synthetic documents, grouped: CPU seconds, peak memory, bytes on disk."""
        n, rows, files = self.options.signatures, [], []
        for k in range(SHARDS):
            files.append(self.path("%d.signatures" % k))
            cpu, rss = self.measured([self.bench, "sign", str(k * (n // SHARDS)), str(n // SHARDS), files[-1]])
            rows.append(("signatures of shard %d" % (k + 1), n // SHARDS, round(n // SHARDS / cpu), round(rss)))
        for memory in "256M", "16M":
            cpu, rss = self.measured([self.program, "dedupe", "group", "--memory=" + memory, *files])
            rows.append(("group, memory %s" % memory, n, round(n / cpu), round(rss)))
        print("Shards: %d signatures in %d files, %d bytes on disk each; the making of the documents is in the first" %
              (n, SHARDS, sum(map(os.path.getsize, files)) / n))
        print_table(("", "documents", "documents/s CPU", "peak RSS MB"), rows)

    def measured(self, command):
        """(CPU seconds, peak MB) of a command."""
        with open(self.path("err"), "w+") as err:
            child = subprocess.Popen(command, cwd=self.work, stderr=err)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            err.seek(0)
            said = err.read()
        if child.returncode:
            sys.exit("bench-dedupe: %s: %s" % (" ".join(command[:4]), said))
        say(said.strip())
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build")
    p.add_argument("source")
    p.add_argument("--only", choices=("quality", "speed", "growth", "shards"))
    p.add_argument("--rounds", type=int, default=3, help="rounds of the speed measurement (3)")
    p.add_argument("--grow", type=int, default=2000000, help="synthetic documents (2000000)")
    p.add_argument("--memory", default="256M", help="memory of the store (256M)")
    p.add_argument("--signatures", type=int, default=1000000, help="synthetic signatures to group (1000000)")
    o = p.parse_args()
    with tempfile.TemporaryDirectory(dir=os.path.abspath(o.build)) as work:
        bench = Bench(o, work)
        for name in ("quality", "speed", "growth", "shards"):
            if o.only in (None, name):
                getattr(bench, "print_" + name)()


if __name__ == "__main__":
    main()
