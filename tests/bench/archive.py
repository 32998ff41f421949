#!/usr/bin/env python3
"""archive.py - the stages archive and warc beside gzip, bgzip, indexed_gzip, warcio and fastwarc: how small, how fast.

    archive.py BUILD SOURCE [--only size|gets|write|warc|workers] [--rounds N]

The peers are installed from PyPI, pinned, into BUILD/peers/archive, once; where they cannot be had, ours stands alone.  Pages
are the real ones of ../shared/data/extract; records are what `fetch` and `clean` make of them, JSON lines of some kilobytes.

Speed is CPU seconds of one thread; of our stages what the run's report says, so that fetching is not counted, as the others
have their pages in memory.  All take turns, a round each, and the median counts.  Times of single records are wall-clock
microseconds, warm: of ours from a question on a pipe to its answer there, of indexed_gzip of a seek and a read.
"""
import argparse
import base64
import glob
import gzip
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

GETS = 400
WARC_BYTES = 60 << 20  # of HTML pages; of texts a third
TEXT = 6300            # bytes of each
WARC_HEAD = ("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: nginx\r\nCache-Control: max-age=60\r\n"
             "Date: Mon, 04 May 2026 10:11:12 GMT\r\n\r\n")


def say(*what):
    print(*what, file=sys.stderr, flush=True)


def output(command, **how):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, encoding="utf-8", errors="replace", **how)
    if done.returncode not in (0, 3):
        sys.exit("bench-archive: %s: exit status %d" % (" ".join(map(str, command[:4])), done.returncode))
    return done.stdout


def print_table(title, heads, rows):
    print("\n%s\n\n| %s |\n|%s" % (title, " | ".join(heads), "---|" * len(heads)))
    for row in rows:
        print("| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |")
    print(flush=True)


def cpu_of(command, **how):
    """CPU seconds of a program and its children."""
    before = os.times()
    output(command, **how)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


class Bench:
    def __init__(self, options, work):
        self.build, self.source, self.work = os.path.abspath(options.build), os.path.abspath(options.source), work
        self.rounds = options.rounds
        self.program = os.path.join(self.build, "pressline")
        self.pages = sorted(glob.glob(os.path.join(self.source, "..", "shared", "data", "extract", "*", "*.html.gz")))
        self.compressors = [c for c in ("zlib", "libdeflate") if self.bare(c, 1, 65280, __file__)]
        self.peers = self.install()

    def path(self, name):
        return os.path.join(self.work, name)

    def install(self):
        here, home = os.path.join(self.source, "tests", "bench", "peers"), os.path.join(self.build, "peers", "archive")
        pins, made_from = os.path.join(here, "archive-requirements.txt"), os.path.join(home, "requirements.txt")
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
        return [python, os.path.join(here, "archive.py")]

    def peer(self, *args):
        return json.loads(output([*self.peers, *args]))

    def bare(self, compressor, level, block, path):
        """(CPU seconds, bytes) of the bare compressor; None where it was not built in."""
        done = subprocess.run([os.path.join(self.build, "tests/bench/archive_bench"), compressor, str(level), str(block), path],
                              stdout=subprocess.PIPE, encoding="utf-8")
        return tuple(map(float, done.stdout.split())) if done.returncode == 0 else None

    def run(self, stages, inputs, jobs=1, fields=""):
        """A run's output folder, and its report."""
        cfg, out = self.path("bench.cfg"), self.path("out")
        shutil.rmtree(out, ignore_errors=True)
        with open(cfg, "w") as f:
            f.write('%s stages = ( { plugin = "fetch"; }, %s );\n' % (fields, stages))
        output([self.program, "run", cfg, *("--input=%s" % i for i in inputs), "--output", out, "--jobs", jobs, "--quiet"])
        with open(out + "/report.json") as f:
            return out, json.load(f)

    def records(self):
        """JSON lines, made once: one a page."""
        lines = self.path("lines.jsonl")
        if not os.path.exists(lines):
            out, _ = self.run('{ plugin = "clean"; }, { plugin = "archive"; level = 1; }', self.folders(), 2)
            with gzip.open(out + "/articles.jsonl.gz") as f, open(lines, "wb") as to:
                shutil.copyfileobj(f, to)
        return lines

    def folders(self):
        return sorted({os.path.join(os.path.dirname(p), "*.html.gz") for p in self.pages})

    def stage_cpu(self, report, name):
        return next(s["cpu_seconds"] for s in report["stages"] if s["name"] == name)

    # ---- how small

    def size(self):
        fields = 'input_fields = ["text", "bench"];'
        kept, n = self.path("marked.jsonl"), 0
        with open(self.records(), encoding="utf-8") as f, open(kept, "w", encoding="utf-8") as to:
            for line in f:
                to.write('{"bench":%d,%s' % (n % 20, line[1:]))
                n += 1
        rows = []
        for what, when in (("all of them", ""), ("one of 20, the rest dropped by `when`", "when = { field = \"bench\"; equals = 7; };")):
            sizes = []
            for c in self.compressors:
                for level, block in ((6, "64k"), (9, "64k"), (6, "256k"), (6, "1m")):
                    out, _ = self.run('{ plugin = "archive"; compressor = "%s"; level = %d; block = "%s"; %s }'
                                      % (c, level, block, when), [kept], 1, fields)
                    sizes.append(("archive, %s %d, block %s" % (c, level, block), os.path.getsize(out + "/articles.jsonl.gz"),
                                  os.path.getsize(out + "/articles.jsonl.gz.idx")))
            with gzip.open(out + "/articles.jsonl.gz") as f:
                lines = f.read()
            with open(self.path("same"), "wb") as f:
                f.write(lines)
            whole = len(subprocess.run(["gzip", "-6", "-c", self.path("same")], stdout=subprocess.PIPE).stdout)
            theirs = [("gzip -6, whole file", whole, None)]
            if shutil.which("bgzip"):
                bgzip = len(subprocess.run(["bgzip", "-l", "6", "-c", self.path("same")], stdout=subprocess.PIPE).stdout)
                theirs.append(("bgzip -l 6", bgzip, None))
            for name, size, index in sizes + theirs:
                rows.append((what, name, size, "%.3f" % (len(lines) / size), "%.2f" % (100 * theirs[-1][1] / size),
                             "%.2f" % (100 * whole / size), index))
            what = ""
        print_table("Size of %d records of %d bytes: ratio, and in percent of the ratios of bgzip -l 6 and gzip -6"
                    % (n, os.path.getsize(self.records()) / n), ("records", "by", "bytes", "ratio", "% of bgzip", "% of gzip", "index"), rows)

    # ---- single records

    def ask(self, archive, ids):
        """Microseconds of each answer."""
        times = []
        with subprocess.Popen([self.program, "archive", "get", archive, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
            for warm in (True, False):
                for i in ids:
                    begun = time.perf_counter()
                    p.stdin.write(i + b"\n")
                    p.stdin.flush()
                    line = p.stdout.readline()
                    times += [] if warm else [time.perf_counter() - begun]
                    assert i in line, i
            p.stdin.close()
        return times

    def gets(self):
        rnd, places, at, rows = random.Random(5), [], 0, []
        with open(self.records(), "rb") as f:
            for line in f:
                places.append((json.loads(line)["id"].encode(), at, len(line)))
                at += len(line)
        asked = [rnd.choice(places) for _ in range(GETS)]

        def add(name, times, size):
            times = sorted(1e6 * t for t in times)
            rows.append((name, "%.0f" % times[len(times) // 2], "%.0f" % times[len(times) * 99 // 100], size))

        for block in ("64k", "256k", "1m"):
            out, _ = self.run('{ plugin = "archive"; block = "%s"; }' % block, [self.records()], 1, 'input_fields = ["text"];')
            a = out + "/articles.jsonl.gz"
            add("archive get, block %s" % block, self.ask(a, [i for i, _, _ in asked]), os.path.getsize(a + ".idx"))
        whole = self.path("whole.jsonl.gz")
        with open(whole, "wb") as f:
            subprocess.run(["gzip", "-6", "-c", self.records()], stdout=f, check=True)
        output([self.program, "archive", "index", "--force", whole])
        size = sum(os.path.getsize(whole + e) for e in (".idx", ".zran") if os.path.exists(whole + e))
        add("archive get of a file of gzip", self.ask(whole, [i for i, _, _ in asked]), size)
        if self.peers:
            with open(self.path("places"), "w") as f:
                f.writelines("%d %d\n" % p[1:] for p in asked)
            for spacing in (0, 1 << 20, 1 << 18):
                got = self.peer("gets", whole, spacing, self.path("places"))
                add("indexed_gzip, %s" % (spacing or "default spacing"), got["times"], got["index"])
        print_table("One record of %d by id, warm: microseconds" % len(places), ("by", "p50", "p99", "bytes of index"), rows)

    # ---- writing lines

    def write(self):
        lines, rows, mb = self.records(), [], os.path.getsize(self.records()) / 1e6
        took = {}
        for _ in range(self.rounds):
            for c in self.compressors:
                _, report = self.run('{ plugin = "archive"; compressor = "%s"; }' % c, [lines], 1, 'input_fields = ["text"];')
                took.setdefault(c, []).append((self.stage_cpu(report, "archive"), self.bare(c, 6, 65280, lines)[0]))
            if shutil.which("bgzip"):
                took.setdefault("bgzip -l 6", []).append(cpu_of(["bgzip", "-l", "6", "-c", lines], stderr=subprocess.DEVNULL))
        for c, values in took.items():
            if c not in self.compressors:
                rows.append((c, "", "%.1f" % (mb / statistics.median(values)), ""))
                continue
            stage, bare = (statistics.median(v[i] for v in values) for i in (0, 1))
            rows.append((c, "%.1f" % (mb / stage), "%.1f" % (mb / bare), "%.1f" % (100 * bare / stage)))
        print_table("Writing lines, level 6: MB per CPU second of the stage, lines made, indexed and compressed; and of the bare compressor",
                    ("by", "archive", "bare", "%"), rows)

    # ---- pages

    def warc_inputs(self):
        """JSON lines of pages with their HTTP heads: {what they are: (path, number, bytes)}; texts are the words of the pages."""
        html = []
        for path in self.pages:
            with gzip.open(path) as f:
                html.append(f.read())
            if sum(map(len, html)) > WARC_BYTES:
                break
        words = re.sub(rb"(?s)<(script|style).*?</\1>|<[^>]*>", b" ", b" ".join(html))
        words = b" ".join(words.split())
        words = b" ".join(words[i * 997 % TEXT:] for i in range(WARC_BYTES // 3 // len(words) + 1))
        texts = [words[i:i + TEXT] for i in range(0, min(len(words), WARC_BYTES // 3), TEXT)]
        made = {}
        for name, bodies in ("HTML", html), ("texts", texts):
            with open(self.path(name + ".jsonl"), "w", encoding="utf-8") as f:
                for i, body in enumerate(bodies):
                    f.write(json.dumps({"id": "r%d" % i, "url": "http://a.example/%d" % i, "fetched_at": "2026-05-04T10:11:12Z",
                                        "charset": "utf-8", "content_type": "text/html", "http.response": WARC_HEAD,
                                        "body": base64.b64encode(body).decode()}) + "\n")
            made[name] = (f.name, len(bodies), sum(map(len, bodies)))
        return made

    def warc(self):
        for name, (lines, n, size) in self.warc_inputs().items():
            kept = self.warc_write(lines, "%d %s of %d bytes" % (n, name, size / n), size / 1e6)
            self.warc_read(kept, "%d %s" % (n, name), size / 1e6)

    def warc_write(self, lines, what, mb):
        stage = '{ plugin = "warc"; size = "900G"; compressor = "%s"; records = ["response"]; }'
        took, size = {}, {}
        kept = {c: self.path("pages-%s.warc.gz" % c) for c in self.compressors}
        for _ in range(self.rounds):
            for c in self.compressors:
                out, report = self.run(stage % c, [lines])
                took.setdefault("warc, " + c, []).append(self.stage_cpu(report, "warc"))
                shutil.move(out + "/pages-00001.warc.gz", kept[c])
                size["warc, " + c] = os.path.getsize(kept[c])
            for name, args in (("warcio", ()), ("fastwarc", ("payload",)), ("fastwarc, block digest alone", ())) if self.peers else ():
                got = self.peer(name.split(",")[0] + "-write", self.path("peer.warc.gz"), lines, *args)
                took.setdefault(name, []).append(got["cpu"])
                size[name] = got["bytes"]
        rows = [(name, "%.1f" % (mb / statistics.median(v)), size[name]) for name, v in took.items()]
        for peer in ("warcio", "fastwarc"):
            if peer in took:
                rows = [(*r, "%.2f" % statistics.median(x / y for x, y in zip(took[peer], took[r[0]])),
                         "%+.2f" % (100 * r[2] / size[peer] - 100)) for r in rows]
        heads = ["", "MB/s", "bytes"] + [h for p in ("warcio", "fastwarc") if p in took for h in ("times " + p, "larger than its, %")]
        print_table("Writing %s as WARC responses, a member each, with block and payload digest, level 6 (warcio: 9)" % what, heads, rows)
        return kept[self.compressors[-1]]

    def warc_read(self, path, what, mb):
        took = {}
        for _ in range(self.rounds):
            for name, args in (("warc verify --blocks", ["--blocks"]), ("warc verify", [])):
                took.setdefault(name, []).append(cpu_of([self.program, "warc", "verify", *args, path]))
            for name, args in (("fastwarc, block digests", ()), ("fastwarc, both", ("both",)), ("warcio, both", ())) if self.peers else ():
                took.setdefault(name, []).append(self.peer(name.split(",")[0] + "-read", path, *args)["cpu"])
        rows = []
        for name, v in took.items():
            peer = took.get("fastwarc, block digests" if "block" in name else "fastwarc, both")
            rows.append((name, "%.0f" % (mb / statistics.median(v)),
                         "%.2f" % statistics.median(x / y for x, y in zip(peer, v)) if peer else None))
        print_table("Reading the same %s, %d bytes, with digests checked; ours with the start of the program" % (what, os.path.getsize(path)),
                    ("", "MB/s", "times fastwarc with the same digests"), rows)

    # ---- workers

    def workers(self):
        rows = []
        for name, stage, inputs, fields in (("archive", '{ plugin = "archive"; }', [self.records()], 'input_fields = ["text"];'),
                                            ("warc", '{ plugin = "warc"; records = ["response"]; }', self.folders(), "")):
            wall = {1: [], 2: []}
            for _ in range(self.rounds):
                for jobs in wall:
                    wall[jobs].append(self.run(stage, inputs, jobs, fields)[1]["wall_seconds"])
            one, two = (statistics.median(wall[j]) for j in (1, 2))
            rows.append((name, "%.2f" % one, "%.2f" % two, "%.2f" % (one / two)))
        print_table("Whole runs, wall seconds (where cores are idle; the load is %.1f)" % os.getloadavg()[0],
                    ("", "1 worker", "2 workers", "times"), rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--only", choices=("size", "gets", "write", "warc", "workers"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-archive-") as work:
        bench = Bench(options, work)
        if not bench.pages:
            sys.exit("bench-archive: there are no pages in ../shared/data/extract")
        for part in ("size", "gets", "write", "warc", "workers"):
            if options.only in (None, part):
                getattr(bench, part)()


main()
