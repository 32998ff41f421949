#!/usr/bin/env python3
"""entities.py - the stage entities beside spaCy's small English model and textacy: how good, how fast, how big.

    entities.py BUILD SOURCE [--again] [--only quality|speed] [--rounds N]

The peers are installed from PyPI, pinned, into BUILD/peers/entities, once, and mark the development sets in
../shared/data; --again takes what they marked the last time.  Where they cannot be had, ours stands alone.

Speed is CPU seconds of one thread over the articles of ww_dev and polnear_dev in memory; all take turns, a round each, and the
median counts, so that a machine whose speed drifts is unfair to none.  Tokens are spaCy's, white space not counted, for
everybody: the same articles in the same unit.  Peak memory is that of a process that holds one article at a time.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "score"))
import entities  # noqa: E402
import entities_figures as figures  # noqa: E402

SPEED_SETS = ("ww_dev", "polnear_dev")
OUR_ROUNDS = 7
HOST_COPIES = 20


def say(*what):
    print(*what, file=sys.stderr, flush=True)


def output(command, **how):
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", **how)
    if done.returncode:
        sys.exit("bench-entities: %s: exit status %d" % (" ".join(command[:4]), done.returncode))
    return done.stdout


class Peers:
    def __init__(self, source, folder):
        here = os.path.join(source, "tests", "bench", "peers")
        self.pins, self.home = os.path.join(here, "entities-requirements.txt"), os.path.join(folder, "entities")
        self.made = os.path.join(folder, "made")
        os.makedirs(self.made, exist_ok=True)
        python = os.path.join(self.home, "bin", "python")
        self.command = [python, os.path.join(here, "entities.py")] if self.install(python) else None

    def install(self, python):
        made_from = os.path.join(self.home, "requirements.txt")
        if os.path.exists(made_from) and open(made_from).read() == open(self.pins).read():
            return True
        say("peers: installing from PyPI")
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "-r", self.pins]
        for step in [sys.executable, "-m", "venv", "--clear", self.home], pip:
            got = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            if got.returncode:
                say("peers: skipped, not to be had\n%s" % got.stdout[-1500:])
                return False
        shutil.copy(self.pins, made_from)
        return True

    def run(self, name, what, *args):
        return output([*self.command, name, what, *map(str, args)])

    def found(self, name, judge, which, again):
        """{id: what a scorer reads} of a set."""
        path = os.path.join(self.made, "%s-%s.jsonl" % (name, which))
        if not (again and os.path.exists(path)):
            with open(path + ".new", "w", encoding="utf-8") as f:
                f.write(self.run(name, "find", judge.gold_path(which)))
            os.replace(path + ".new", path)
        with open(path, encoding="utf-8") as f:
            return {row["id"]: row for row in map(json.loads, f)}


# ---- quality

def print_quality(judge, peers, again):
    names, quotes = [], []
    for which in judge.sets():
        gold = judge.gold(which)
        row = judge.figures(which, gold, judge.found(which))
        if which != figures.QUOTE_SET:
            theirs = judge.figures(which, gold, peers.found("spacy", judge, which, again)) if peers.command else {}
            names += [(which, *(kind, value, theirs.get(kind))) for kind, value in row.items()]
        elif peers.command:
            found = peers.found("textacy", judge, which, again)
            able = {i: g for i, g in gold.items() if "error" not in found[i]}
            quotes = [("entities", len(gold), *row.values()),
                      ("textacy", len(gold), *judge.figures(which, gold, found).values()),
                      ("textacy, without those it refuses", len(able), *judge.figures(which, able, found).values())]
        else:
            quotes = [("entities", len(gold), *row.values())]
    print("Names: micro F1 of exact spans, percent")
    figures.print_table(("set", "figure", "entities", "spaCy"), names)
    print("Quotations of %s: F1 and share of right speakers, percent" % figures.QUOTE_SET)
    figures.print_table(("", "articles", *(f for keys in figures.QUOTE_FIGURES.values() for f in keys)), quotes)
    figures.print_own(judge)


# ---- speed

def our_figures(program, texts):
    """What entities_bench prints, as {"all": us, "tokens": n, ("layer", name): us, ("size", bytes): us, ...}."""
    out = {}
    for line in output([program, str(OUR_ROUNDS), *texts]).splitlines():
        *key, value = line.split()
        out[key[0] if len(key) == 1 else tuple(key)] = float(value)
    return out


def host_seconds(judge, lines):
    """CPU seconds of `pressline filter` over records, reading and writing them included, less those of one record."""
    cfg = os.path.join(judge.work, "bench.cfg")
    with open(cfg, "w") as f:
        f.write('input_fields = ["id", "text"];\nstages = ( { plugin = "entities"; } );\n')
    seconds = []
    for some in lines[:1], lines * HOST_COPIES:
        before = os.times()
        subprocess.run([judge.program, "filter", cfg], input="".join(some), stdout=subprocess.DEVNULL, encoding="utf-8",
                       check=True)
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return (seconds[1] - seconds[0]) / HOST_COPIES


def print_speed(judge, peers, program, rounds):
    rows = [row for name in SPEED_SETS if name in judge.sets() for row in judge.gold(name).values()]
    folder = os.path.join(judge.work, "texts")
    entities.write_texts(folder, rows)
    texts = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    lines = [json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows]
    names = ("spacy", "spacy-all", "textacy") if peers.command else ()
    ours, host, theirs = [], [], {name: [] for name in names}
    for number in range(rounds):
        say("bench-entities: round %d of %d" % (number + 1, rounds))
        ours.append(our_figures(program, texts))
        host.append(host_seconds(judge, lines))
        for name in names:
            theirs[name] += map(float, peers.run(name, "time", 1, *texts).split())
    rest = {name: json.loads(peers.run(name, "rest", *texts)) for name in names}
    print_rates(rows, ours, host, theirs, rest)
    print_layers(ours)


def print_rates(rows, ours, host, theirs, rest):
    own_tokens = ours[0]["tokens"]
    tokens = rest["spacy"]["tokens"] if rest else own_tokens
    middle = {key: statistics.median(o[key] for o in ours) for key in ours[0]}
    names = [middle["layer", layer] for layer in ("tokens", "rules", "names")]
    seconds = {"entities, all layers": middle["all"] * own_tokens / 1e6,
               "entities, names of raw text": sum(names) * own_tokens / 1e6,
               "entities, tagger alone": names[-1] * own_tokens / 1e6,
               "entities in pressline filter, JSON in and out": statistics.median(host)}
    seconds.update((PEERS[name], statistics.median(found)) for name, found in theirs.items())
    size = {"entities, all layers": (middle["rss_mb"], middle["load_ms"] / 1e3)}
    size.update((PEERS[name], (rest[name]["rss_mb"], rest[name]["load_s"])) for name in rest)
    lines = []
    for who, taken in seconds.items():
        peak, load = size.get(who, (None, None))
        ratio = "%.1f" % (seconds[PEERS["spacy"]] / taken) if theirs else None
        lines.append((who, "%d" % round(tokens / taken, -2), ratio, peak, None if load is None else "%.4f" % load))
    print("Speed: %d articles, %d tokens as %s counts, one thread, CPU" %
          (len(rows), tokens, "spaCy" if rest else "the stage"))
    figures.print_table(("", "tokens/s", "times spaCy's names", "peak MB", "load s"), lines)


PEERS = {"spacy": "spaCy, names alone", "spacy-all": "spaCy, whole pipeline", "textacy": "textacy, with what it needs"}


def print_layers(ours):
    middle = {key: statistics.median(o[key] for o in ours) for key in ours[0]}
    print("Microseconds a token of our own count (%d)" % middle["tokens"])
    figures.print_table(("layer", "us"), [(key[1], "%.4f" % value) for key, value in middle.items() if key[0] == "layer"] +
                        [("all, without a clock between", "%.4f" % middle["all"])])
    print("And by the length of the text")
    figures.print_table(("bytes", "us"), [(key[1], "%.4f" % value) for key, value in middle.items() if key[0] == "size"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build")
    p.add_argument("source")
    p.add_argument("--again", action="store_true", help="take what the peers marked the last time")
    p.add_argument("--only", choices=("quality", "speed"))
    p.add_argument("--rounds", type=int, default=3, help="rounds of the speed measurement (3)")
    o = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        judge = figures.Judge(o.build, o.source, work)
        if not judge.sets():
            print("bench-entities: skipped, there is no development data beside the repository")
            return
        peers = Peers(o.source, os.path.join(os.path.abspath(o.build), "peers"))
        if o.only != "speed":
            print_quality(judge, peers, o.again)
        if o.only != "quality":
            print_speed(judge, peers, os.path.join(o.build, "tests", "bench", "entities_bench"), o.rounds)


if __name__ == "__main__":
    main()
