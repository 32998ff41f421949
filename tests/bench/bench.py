#!/usr/bin/env python3
"""What pressline costs: start-up, scheduling, isolation, JSONL, the demo pipeline.  Standard library only.

    bench.py BUILD_DIR SOURCE_DIR [--runs N]

Figures are medians of N runs (5).  CPU seconds are user + system of the whole process; ratios are of runs in turn,
so that they hold on a machine whose speed drifts.  The demo pipeline runs over the development pages
(../shared/data/extract) where they are, else over copies of the sample articles.
"""
import argparse
import glob
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run(args, stdin=None):
    """(wall, cpu) seconds of a command that must end with 0 or 3."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(args, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit("bench: %s: exit status %d\n%s" % (" ".join(args), done.returncode, done.stderr.decode()))
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(values):
    return statistics.median(values)


class Bench:
    def __init__(self, build, source, runs, work):
        self.program = os.path.join(build, "pressline")
        self.plugins = os.path.join(build, "tests", "plugins", ".libs")
        self.source, self.runs, self.work = source, runs, work

    def path(self, name):
        return os.path.join(self.work, name)

    def pipeline(self, name, *stages):
        with open(self.path(name), "w") as f:
            f.write("stages = ( %s );\n" % ", ".join("{ plugin = %s; }" % s for s in stages))
        return self.path(name)

    def command(self, *args):
        return [self.program, *args, "--plugin-dir", self.plugins]

    def start_up(self):
        version = [run([self.program, "--version"])[0] for _ in range(4 * self.runs)]
        cfg = self.pipeline("empty.cfg", '"numbers"; count = 0', '"archive"')
        empty = [run(self.command("run", cfg, "--output", self.path("empty"), "--quiet"))[0]
                 for _ in range(4 * self.runs)]
        print("start-up: --version %.1f ms, an empty run %.1f ms wall (goal <= 20)"
              % (median(version) * 1e3, median(empty) * 1e3))

    def scheduler(self, records=1000000, more=8):
        one = self.pipeline("one.cfg", '"numbers"; count = %d; bytes = 24' % records, '"chaos"; name = "c0"')
        many = self.pipeline("many.cfg", '"numbers"; count = %d; bytes = 24' % records,
                             *['"chaos"; name = "c%d"' % i for i in range(more + 1)])
        for jobs in (1, 2):
            cpu = []
            for _ in range(self.runs):
                a = run(self.command("run", one, "--output", self.path("s"), "--quiet", "--jobs", str(jobs)))[1]
                b = run(self.command("run", many, "--output", self.path("s"), "--quiet", "--jobs", str(jobs)))[1]
                cpu.append((b - a) / records / more * 1e9)
            print("scheduler: %.0f ns CPU a record and stage (process and commit), %d worker%s"
                  % (median(cpu), jobs, "s" if jobs > 1 else ""))

    def isolation(self, records=100000, size=8192):
        """CPU of all processes: what the isolation of a stage costs over the same stage in the process of the run."""
        for what, stage in (("passes through", '"chaos"'), ("gets a new text", '"unruly"; rewrite = true')):
            cfg = {isolate: self.pipeline("isolate-%s.cfg" % isolate, '"numbers"; count = %d; bytes = %d' % (records, size),
                                          "%s; isolate = %s" % (stage, isolate)) for isolate in ("false", "true")}
            for jobs in (1, 2):
                cost = []
                for _ in range(self.runs):
                    cpu = {isolate: run(self.command("run", cfg[isolate], "--output", self.path("i"), "--quiet", "--jobs",
                                                     str(jobs)))[1] for isolate in ("false", "true")}
                    cost.append((cpu["true"] - cpu["false"]) / records * 1e6)
                print("isolation: %.1f us CPU a record of 8 kB that %s, %d worker%s (goal <= 5)"
                      % (median(cost), what, jobs, "s" if jobs > 1 else ""))

    def jsonl(self):
        out = [subprocess.check_output([os.path.join(os.path.dirname(self.program), "tests", "bench", "json_bench")])
               .split() for _ in range(self.runs)]
        print("JSONL: read %.0f MB/s, written %.0f MB/s of CPU (records of 4 kB with 20 annotations)"
              % (median([float(o[0]) for o in out]), median([float(o[1]) for o in out])))

    def pages(self):
        pages = sorted(glob.glob(os.path.join(self.source, "..", "shared", "data", "extract", "trafilatura", "*.html.gz")))
        if pages:
            return pages, "development pages"
        folder = self.path("pages")
        os.mkdir(folder)
        samples = sorted(glob.glob(os.path.join(self.source, "tests", "data", "demo", "*.html")))
        for i in range(600):
            shutil.copy(samples[i % len(samples)], os.path.join(folder, "%04d.html" % i))
        return sorted(glob.glob(folder + "/*")), "copies of the sample pages"

    def demo(self):
        pages, what = self.pages()
        with open(self.path("pages.list"), "w") as f:
            f.write("\n".join(pages) + "\n")
        cfg = os.path.join(self.source, "pipelines", "demo.cfg")
        wall, cpu = {1: [], 2: []}, {1: [], 2: []}
        for _ in range(self.runs):
            for jobs in (1, 2):
                w, c = run([self.program, "run", cfg, "--input", "@" + self.path("pages.list"), "--output",
                            self.path("demo%d" % jobs), "--quiet", "--jobs", str(jobs)])
                wall[jobs].append(w)
                cpu[jobs].append(c)
        n = len(pages)
        for jobs in (1, 2):
            print("demo pipeline: %.0f articles/s wall, %.0f per CPU second, %d worker%s (%d %s)"
                  % (n / median(wall[jobs]), n / median(cpu[jobs]), jobs, "s" if jobs > 1 else "", n, what))
        print("demo pipeline: two workers %.2f times one (goal >= 1.9 where two cores are idle)"
              % median([a / b for a, b in zip(wall[1], wall[2])]))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("build")
    a.add_argument("source")
    a.add_argument("--runs", type=int, default=5)
    o = a.parse_args()
    with tempfile.TemporaryDirectory() as work:
        b = Bench(os.path.abspath(o.build), os.path.abspath(o.source), o.runs, work)
        b.start_up()
        b.scheduler()
        b.isolation()
        b.jsonl()
        b.demo()


if __name__ == "__main__":
    main()
