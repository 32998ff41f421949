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

    def fresh(self, name):
        """An output folder that no run has been in."""
        shutil.rmtree(self.path(name), ignore_errors=True)
        return self.path(name)

    def pipeline(self, name, *stages):
        with open(self.path(name), "w") as f:
            f.write("stages = ( %s );\n" % ", ".join("{ plugin = %s; }" % s for s in stages))
        return self.path(name)

    def command(self, *args):
        return [self.program, *args, "--plugin-dir", self.plugins]

    def start_up(self):
        version = [run([self.program, "--version"])[0] for _ in range(4 * self.runs)]
        cfg = self.pipeline("empty.cfg", '"numbers"; count = 0', '"archive"')
        empty = [run(self.command("run", cfg, "--output", self.fresh("empty"), "--quiet"))[0]
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
                a = run(self.command("run", one, "--output", self.fresh("s"), "--quiet", "--jobs", str(jobs)))[1]
                b = run(self.command("run", many, "--output", self.fresh("s"), "--quiet", "--jobs", str(jobs)))[1]
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
                    cpu = {isolate: run(self.command("run", cfg[isolate], "--output", self.fresh("i"), "--quiet", "--jobs",
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
                            self.fresh("demo%d" % jobs), "--quiet", "--jobs", str(jobs)])
                wall[jobs].append(w)
                cpu[jobs].append(c)
        n = len(pages)
        for jobs in (1, 2):
            print("demo pipeline: %.0f articles/s wall, %.0f per CPU second, %d worker%s (%d %s)"
                  % (n / median(wall[jobs]), n / median(cpu[jobs]), jobs, "s" if jobs > 1 else "", n, what))
        print("demo pipeline: two workers %.2f times one (goal >= 1.9 where two cores are idle)"
              % median([a / b for a, b in zip(wall[1], wall[2])]))

    def checkpoints(self, times=4):
        """The demo pipeline with state kept, at the default interval, and without; each page as often as makes a run long."""
        pages, what = self.pages()
        with open(self.path("many.list"), "w") as f:
            f.write("\n".join(pages * times) + "\n")
        cfg = os.path.join(self.source, "pipelines", "demo.cfg")
        command = [self.program, "run", cfg, "--input", "@" + self.path("many.list"), "--quiet"]
        wall, cpu = [], []
        for _ in range(self.runs):
            kept = run(command + ["--output", self.fresh("kept")])
            none = run(command + ["--output", self.fresh("none"), "--state", ""])
            wall.append(kept[0] / none[0])
            cpu.append(kept[1] / none[1])
        print("checkpoints: %+.1f %% wall, %+.1f %% CPU over a run that keeps no state (%d x %d %s; goal <= 5 %%)"
              % ((median(wall) - 1) * 100, (median(cpu) - 1) * 100, times, len(pages), what))

    def resume(self, records=1000000):
        """How long it takes to go on from near the end of a run: the whole second process, but for the records it does again."""
        with open(self.path("lines.jsonl"), "w") as f:
            for i in range(records):
                f.write('{"numbers.n":%d,"text":"Line %d of a long file about nothing in particular."}\n' % (i + 1, i + 1))
        jsonl = '"fetch"; inputs = ["%s"]; format = "jsonl"' % self.path("lines.jsonl")
        for what, source, extra in (("numbered records", '"numbers"; count = %d' % records, ""),
                                    ("a file of JSONL", jsonl, ""),
                                    ("a file of JSONL, dedupe with its log", jsonl, '"dedupe"; action = "mark"')):
            stages = [source, '"chaos"; fatal = %d' % (records - 10)] + ([extra] if extra else []) + ['"archive"; level = 1']
            cfg = self.pipeline("resume.cfg", *stages)
            command = self.command("run", cfg, "--output", self.fresh("resume"), "--set", "checkpoint_interval=100ms")
            subprocess.run(command, stderr=subprocess.DEVNULL)
            took = []
            for _ in range(self.runs):
                start = time.perf_counter()
                again = subprocess.run(command, stderr=subprocess.PIPE, text=True)
                took.append(time.perf_counter() - start)
                if "goes on from checkpoint" not in again.stderr or again.returncode != 74:
                    sys.exit("bench: the run did not go on:\n" + again.stderr)
            print("resume: %.2f s near the end of a run over %d records, %s (goal <= 1)" % (median(took), records, what))

    def soak(self, records=10000000):
        """Resident memory over a long run of a trivial pipeline."""
        cfg = self.pipeline("soak.cfg", '"numbers"; count = %d; bytes = 24' % records, '"chaos"')
        p = subprocess.Popen(self.command("run", cfg, "--output", self.fresh("soak"), "--quiet"))
        sizes = []
        while p.poll() is None:
            with open("/proc/%d/status" % p.pid) as f:
                sizes += [int(line.split()[1]) for line in f if line.startswith("VmRSS")]
            time.sleep(0.2)
        later = sizes[len(sizes) // 4:-1]
        half = len(later) // 2
        print("soak: %d records; resident memory %.1f MB in the second quarter of the run, %.1f MB at its end (goal: no slope)"
              % (records, median(later[:half]) / 1024, median(later[half:]) / 1024))


PARTS = ("start_up", "scheduler", "isolation", "jsonl", "demo", "checkpoints", "resume", "soak")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("build")
    a.add_argument("source")
    a.add_argument("--runs", type=int, default=5)
    a.add_argument("--only", nargs="*", choices=PARTS, metavar="PART",
                   help="only these parts: " + ", ".join(PARTS))
    o = a.parse_args()
    with tempfile.TemporaryDirectory() as work:
        b = Bench(os.path.abspath(o.build), os.path.abspath(o.source), o.runs, work)
        for part in o.only or PARTS:
            getattr(b, part)()


if __name__ == "__main__":
    main()
