#!/usr/bin/env python3
"""fetch_warc.py - WARC files as the source of a pipeline, beside warcio and fastwarc.

    fetch_warc.py BUILD SOURCE [--rounds N]

Two files of our own `warc` stage, a gzip member a record: real pages of ../shared/data/extract, and texts of 6.3 kB.  Ours
is `fetch` alone as a pipeline with one worker, all of the program's CPU seconds but those of a run over an empty file: the file's SHA-256, inflating, heads,
payload digests, charset, a record with its fields and its body, its way through the run.  The peers, which are those of `make
bench-archive` (BUILD/peers/archive), take address and status and decode the
payload as UTF-8, without looking for what it is, in one thread.  All take turns; the median counts.
"""
import argparse
import base64
import glob
import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile

PAGES, TEXTS, TEXT = 120 << 20, 40 << 20, 6300
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: nginx\r\nDate: Mon, 04 May 2026 10:11:12 GMT\r\n\r\n"


def output(command):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if done.returncode not in (0, 3):
        sys.exit("bench-fetch: %s: exit status %d\n%s" % (" ".join(map(str, command[:4])), done.returncode, done.stderr[-1000:]))
    return done.stdout


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bodies(source):
    """{what they are: pages}"""
    html = []
    for path in sorted(glob.glob(os.path.join(source, "..", "shared", "data", "extract", "*", "*.html.gz"))):
        with gzip.open(path) as f:
            html.append(f.read())
        if sum(map(len, html)) > PAGES:
            break
    words = b" ".join(re.sub(rb"(?s)<(script|style).*?</\1>|<[^>]*>", b" ", b" ".join(html)).split())
    words = (words * (TEXTS // max(len(words), 1) + 1))[:TEXTS]
    return {"pages": html, "texts": [words[i:i + TEXT].decode("utf-8", "ignore").encode() for i in range(0, len(words), TEXT)]}


class Bench:
    def __init__(self, options, work):
        self.build, self.source, self.work = os.path.abspath(options.build), os.path.abspath(options.source), work
        self.program, self.rounds = os.path.join(self.build, "pressline"), options.rounds
        self.python = os.path.join(self.build, "peers", "archive", "bin", "python")
        for name, stages in ("make", '{ plugin = "fetch"; }, { plugin = "warc"; size = "900G"; records = ["response"]; }'), \
                            ("read", '{ plugin = "fetch"; }'), ("heads", '{ plugin = "fetch"; heads = true; }'), \
                            ("bare", '{ plugin = "fetch"; verify = false; }'):
            with open(self.path(name + ".cfg"), "w") as f:
                f.write("stages = ( %s );\n" % stages)

    def path(self, name):
        return os.path.join(self.work, name)

    def run(self, cfg, path):
        out = self.path("out-%s" % cfg)
        output(["rm", "-rf", out])
        return [self.program, "run", self.path(cfg + ".cfg"), "--input", path, "--output", out, "--jobs", 1, "--quiet"]

    def make(self, name, pages):
        with open(self.path(name + ".jsonl"), "w", encoding="utf-8") as f:
            for i, page in enumerate(pages):
                f.write(json.dumps({"id": "r%d" % i, "url": "http://a.example/%d" % i, "fetched_at": "2026-05-04T10:11:12Z", "charset": "utf-8",
                                    "content_type": "text/html", "http.response": HEAD, "body": base64.b64encode(page).decode()}) + "\n")
        output(self.run("make", f.name))
        os.rename(self.path("out-make/pages-00001.warc.gz"), self.path(name + ".warc.gz"))
        return self.path(name + ".warc.gz")

    def compare(self, name, pages):
        path, size = self.make(name, pages), sum(map(len, pages))
        empty = self.path("empty.warc")
        with open(empty, "w") as f:
            f.write("WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
        took = {}
        for _ in range(self.rounds):
            start = cpu_of(self.run("read", empty))
            for what, cfg in ("fetch, digests judged", "read"), ("fetch, digests judged, heads kept", "heads"), ("fetch", "bare"):
                took.setdefault(what, []).append(cpu_of(self.run(cfg, path)) - start)
            for peer in ("fastwarc", "warcio") if os.path.exists(self.python) else ():
                for more in [], ["digests"]:
                    script = os.path.join(self.source, "tests/bench/peers/fetch_warc.py")
                    got = json.loads(output([self.python, script, peer, path, *more]))
                    if got["pages"] != len(pages) or got["bytes"] != size:
                        sys.exit("bench-fetch: %s found %d pages of %d" % (peer, got["pages"], len(pages)))
                    took.setdefault(peer + (", digests judged" if more else ""), []).append(got["cpu"])
        print("\n%d %s, %.1f MB, %.1f MB stored\n\n| | MB per CPU second | pages per CPU second | times fastwarc |\n|---|---|---|---|" %
              (len(pages), name, size / 1e6, os.path.getsize(path) / 1e6))
        for what, v in took.items():
            peer = took.get("fastwarc, digests judged" if "judged" in what else "fastwarc")
            times = "%.2f" % statistics.median(x / y for x, y in zip(peer, v)) if peer else ""
            print("| %s | %.0f | %.0f | %s |" % (what, size / 1e6 / statistics.median(v), len(pages) / statistics.median(v), times))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-fetch-warc-") as work:
        bench = Bench(options, work)
        made = bodies(bench.source)
        if not made["pages"]:
            sys.exit("bench-fetch: there are no pages in ../shared/data/extract")
        for name, pages in made.items():
            bench.compare(name, pages)


main()
