"""What the fault tests share: inputs, pipelines, runs with a fault in them, and what must have come of it.

A test makes cases, each a tuple that says what goes wrong and where; `each()` runs them in folders of their own and prints
the counts.  All that is random comes from PRESSLINE_SEED.  A case that fails is printed with the command that repeats it.

    python3 tests/fault/NAME.py                   a seeded sample in bounded time
    PRESSLINE_LONG=1 python3 tests/fault/NAME.py  all of it
    python3 tests/fault/NAME.py CASE              one case, as a failure names it; its folder is kept
"""
import base64
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("SRCDIR", os.path.dirname(os.path.dirname(HERE)))
BUILDDIR = os.environ.get("BUILDDIR", os.path.join(SRCDIR, "build"))
PRESSLINE = os.environ.get("PRESSLINE", os.path.join(BUILDDIR, "pressline"))
INJECT = os.path.join(BUILDDIR, "tests/fault/.libs/inject.so")
PLUGINS = os.path.join(BUILDDIR, "tests/plugins/.libs")
LONG = os.environ.get("PRESSLINE_LONG", "") not in ("", "0")
SEED = int(os.environ.get("PRESSLINE_SEED", "20240617"))
NAME = os.path.splitext(os.path.basename(sys.argv[0]))[0]
ONLY = sys.argv[1] if len(sys.argv) > 1 else None

CLEAN, LETTERS, INTERNAL, IO, AGAIN, CONFIG = 0, 3, 70, 74, 75, 78
TIMEOUT = 120  # a run of ours takes a second; this one hangs

work = os.path.realpath(tempfile.mkdtemp(prefix="fault-"))
failures = 0


# ---- saying

def ok(name):
    print(f"ok {name}", flush=True)


def not_ok(name, why):
    global failures
    failures += 1
    print(f"not ok {name}\n{why}", flush=True)


def skip(name, why):
    print(f"skip {name}: {why}", flush=True)


def check(name, right, why=""):
    ok(name) if right else not_ok(name, why)


def failed():
    return failures > 0


def finish():
    if ONLY is None:
        shutil.rmtree(work, ignore_errors=True)
    else:
        print(f"kept: {work}")
    sys.exit(1 if failures else 0)


def sanitized():
    """What the program was built with: "address", "thread" or ""."""
    with open(PRESSLINE, "rb") as f:
        code = f.read()
    return "address" if b"__asan_init" in code else "thread" if b"__tsan_init" in code else ""


def begin():
    """Ends the script where it cannot run."""
    if not os.path.exists(INJECT):
        skip(NAME, "tests/fault/inject.so is not built")
        finish()
    if sanitized() == "thread":
        skip(NAME, "the thread sanitizer does not go with a preloaded allocator")
        finish()


# ---- inputs: invented news, the same for the same seed

PLACES = ["Oakmere", "Lindholm", "Port Arden", "Vesely", "Castelnuovo", "Harrow Bay", "Brenfield", "Tessaly"]
PEOPLE = ["Mara Quill", "Joren Baptiste", "Ilse Norgaard", "Tomas Vrba", "Adaeze Cole", "Piet Haldane", "Rosa Minetti"]
ROLES = ["mayor", "harbour master", "council leader", "inspector", "head teacher", "union secretary", "hydrologist"]
THINGS = ["the ferry pier", "a flood barrier", "the tram depot", "the old cannery", "a night bus", "the quarry road",
          "the public baths", "a wind farm", "the market hall", "the east bridge"]
VERBS = ["approved", "postponed", "defended", "questioned", "reopened", "inspected", "closed", "paid for"]
WHENS = ["on Monday", "late on Thursday", "after a long debate", "before the winter", "for the third time", "in private"]


def sentence(rnd):
    who, role, thing = rnd.choice(PEOPLE), rnd.choice(ROLES), rnd.choice(THINGS)
    form = rnd.randrange(4)
    if form == 0:
        return f"The {role} of {rnd.choice(PLACES)}, {who}, {rnd.choice(VERBS)} {thing} {rnd.choice(WHENS)}."
    if form == 1:
        return f"“We have waited {rnd.randrange(2, 40)} years for {thing},” said {who}, the {role}."
    if form == 2:
        return f"{rnd.randrange(100, 9000)} people in {rnd.choice(PLACES)} {rnd.choice(VERBS)} {thing} {rnd.choice(WHENS)}."
    return f"According to {who}, {thing} will cost {rnd.randrange(2, 90)} million crowns and last {rnd.randrange(3, 60)} years."


def article(rnd, paragraphs):
    return [" ".join(sentence(rnd) for _ in range(rnd.randrange(3, 6))) for _ in range(paragraphs)]


def page(rnd, title, paragraphs):
    body = "\n".join(f"<p>{p}</p>" for p in paragraphs)
    return (f"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | The Arden Post</title>\n"
            f"<meta name=\"author\" content=\"{rnd.choice(PEOPLE)}\"></head>\n<body><nav><a href=\"/\">Home</a> <a href=\"/x\">"
            f"Sport</a></nav>\n<article><h1>{title}</h1>\n<p class=\"byline\">By {rnd.choice(PEOPLE)}</p>\n{body}\n</article>"
            f"<footer>The Arden Post, {rnd.choice(PLACES)}</footer></body></html>\n")


def make_inputs(folder, pages, lines, paragraphs=4, bodies=False):
    """`pages` pages and texts, and a JSONL file of `lines` lines: among them repeats, lines that are no JSON, a torn page."""
    rnd = random.Random(f"inputs {pages} {lines}")
    os.makedirs(folder)
    kept = []
    for i in range(pages):
        title = f"{rnd.choice(PLACES)} and {rnd.choice(THINGS)}: report {i}"
        paras = article(rnd, max(3, paragraphs))
        if i % 6 == 5 and kept:
            paras = kept[rnd.randrange(len(kept))]
        kept.append(paras)
        if i % 4 == 3:
            with open(f"{folder}/text-{i:03}.txt", "w", encoding="utf-8") as f:
                f.write(title + "\n\n" + "\n\n".join(paras) + "\n")
        else:
            with open(f"{folder}/page-{i:03}.html", "w", encoding="utf-8") as f:
                f.write(page(rnd, title, paras))
    with open(f"{folder}/torn.html.gz", "wb") as f:
        f.write(bytes.fromhex("1f8b0800000000000003") + b"\x4b\x4c")
    with open(f"{folder}/latin.txt", "wb") as f:
        f.write("Caf\xe9 in Brenfield r\xe9ouvert\n\nLe maire a f\xe9licit\xe9 les \xe9l\xe8ves de l'\xe9cole.\n".encode("latin-1"))
    with open(f"{folder}/wire.jsonl", "w", encoding="utf-8") as f:
        for n in range(1, lines + 1):
            if n % 23 == 0:
                f.write('{"title": "cut off in the mid\n')
                continue
            paras = article(rnd, paragraphs)
            if n % 9 == 4 and kept:
                paras = kept[rnd.randrange(len(kept))]
            kept.append(paras)
            body = {"body": base64.b64encode("\n".join(paras).encode()).decode(), "content_type": "text/plain"} if bodies else {}
            f.write(json.dumps({"id": f"wire-{n}", "title": f"Wire report {n}", "text": "\n\n".join(paras), "numbers.n": n, **body},
                               ensure_ascii=False) + "\n")


# What a run meets: drops, failures, children, repeats, and records that take their time.
STAGES = """  {{ plugin = "chaos"; fail = 17; drop = 13; emit = 11; delay_us = {delay_us}; }},
  {{ plugin = "dedupe"; {store} }},
  {{ plugin = "entities"; }},
  {{ plugin = "archive"; }}
);
"""
PAGES = """# made by tests/fault/fault.py
checkpoint_interval = "{interval}";
input_fields = ["numbers.n"];
stages = (
  {{ plugin = "fetch"; }},
  {{ plugin = "clean"; }},
""" + STAGES
# Small batches, and so many checkpoints: one is on its way at a time.
NUMBERS = """# made by tests/fault/fault.py
checkpoint_interval = "{interval}";
stages = (
  {{ plugin = "numbers"; known = true; count = {lines}; bytes = 600; pause = 1; }},
""" + STAGES
# Pages as they were fetched, among them repeats, in files of which several are filled between two checkpoints.  Not
# compressed: the dates, which are other ones each time, would make a record longer or shorter.
WARCS = """# made by tests/fault/fault.py
checkpoint_interval = "{interval}";
input_fields = ["numbers.n"];
stages = (
  {{ plugin = "fetch"; }},
  {{ plugin = "chaos"; fail = 17; drop = 13; emit = 11; delay_us = {delay_us}; }},
  {{ plugin = "warc"; gzip = false; size = "24K"; }}
);
"""
# A store that is there before and after the run, and all that may be looked for; with FAULT_STORE in every job.
STORE = 'store = "${output}/kept"; store_memory = "1M"; containment = 0.8;'
STORES = bool(os.environ.get("FAULT_STORE"))
if os.environ.get("FAULT_NO_DEDUPE"):
    PAGES, NUMBERS = [re.sub(' *{{ plugin = "dedupe";.*\n', "", p) for p in (PAGES, NUMBERS)]


def has_sqlite():
    """Whether the stage was built; says so where not."""
    if os.path.exists(os.path.join(BUILDDIR, "plugins/.libs/sqlite.so")):
        return True
    skip(f"{NAME}: sqlite", "the stage was left out of the build")
    return False


class Job:
    """Inputs, a pipeline over them, and what it must come to; without pages, `lines` records of the source `numbers`.
    With `sqlite` the records go into a database as well; `remembers`: dedupe has a store that lasts; `path`: archives
    of that template; `warc`: WARC files instead of an archive."""

    def __init__(self, name, pages, lines, delay_us=0, interval="10ms", paragraphs=1, sqlite=False,
                 remembers=False, path=None, warc=False):
        self.name = name
        self.folder = os.path.join(work, name)
        self.inputs = os.path.join(self.folder, "in")
        self.pipeline = os.path.join(self.folder, "fault.cfg")
        os.makedirs(self.folder)
        make_inputs(self.inputs, pages, lines if pages else 0, paragraphs, warc)
        with open(self.pipeline, "w", encoding="utf-8") as f:
            stages = (WARCS if warc else PAGES if pages else NUMBERS).format(lines=lines, delay_us=delay_us, interval=interval,
                                                       store=STORE if remembers or STORES else "")
            stages = stages.replace('"archive"; }', f'"archive"; path = "{path}"; }}') if path else stages
            f.write(stages.replace('"archive"; }', '"archive"; },\n  { plugin = "sqlite"; }') if sqlite else stages)
        self.n_cases = 0
        self.measure()

    def measure(self):
        """The undisturbed run, and that it is the same with other workers."""
        first, again = self.case("undisturbed"), self.case("again")
        log = os.path.join(self.folder, "log")
        ran = first.run(jobs=1, inject={"LOG": log})
        if ran.rc not in (CLEAN, LETTERS) or ran.rc != again.run(jobs=3).rc:
            sys.exit(f"the undisturbed run ends with {ran.rc}:\n{ran.err}")
        self.rc, self.mallocs, self.ios, self.seconds = ran.rc, ran.mallocs, ran.ios, ran.seconds
        self.log = log
        self.wanted = first.outcome()
        why = differ(self.wanted, again.outcome())
        check(f"{NAME}: the undisturbed run of '{self.name}' is the same with 1 and 3 workers", not why, why)

    def case(self, name=None):
        self.n_cases += 1
        return Case(self, os.path.join(self.folder, name or f"case-{self.n_cases}"))


class Ran:
    """A process that ended."""
    n_fired = 0  # of all of them: those in which a fault was made

    def __init__(self, rc, out, err, seconds, counts):
        self.rc, self.out, self.err, self.seconds = rc, out, err, seconds
        self.mallocs = self.ios = self.fired = 0
        self.call = self.path = ""
        if counts and len(counts) >= 512:
            self.mallocs, self.ios, self.fired = struct.unpack_from("<QQQ", counts)
            self.call = counts[24:40].split(b"\0")[0].decode()
            self.path = counts[40:].split(b"\0")[0].decode()
            Ran.n_fired += self.fired > 0

    def told(self):
        return f"exit status {self.rc} after {self.seconds:.2f} s, fault in {self.call or 'nothing'} {self.path}\n{self.err[-1500:]}"


def spawn(args, cwd, inject=None, env=None, wrapper=(), stop=None):
    """Runs a program; `inject` names faults (MALLOC, IO, KIND, ...); `stop` is (seconds, signal)."""
    env = dict(os.environ, **(env or {}))
    for name in [n for n in env if n.startswith("INJECT_") or n == "PRESSLINE_PLUGIN_PATH"]:
        del env[name]
    counts = None
    if sanitized_as == "address":
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:allocator_may_return_null=1:" + env.get("ASAN_OPTIONS", "")
    if inject is not None:
        counts = f"{cwd}.counts"
        if os.path.exists(counts):
            os.unlink(counts)
        if ONLY is not None:
            env["INJECT_TRACE"] = "1"
        env.update({f"INJECT_{k}": str(v) for k, v in inject.items()}, INJECT_COUNTS=counts, LD_PRELOAD=INJECT)
    start = time.monotonic()
    p = subprocess.Popen([*wrapper, *args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    after_stop = 0.0
    try:
        if stop:
            try:
                out, err = p.communicate(timeout=stop[0])
            except subprocess.TimeoutExpired:
                p.send_signal(stop[1])
                sent = time.monotonic()
                out, err = p.communicate(timeout=TIMEOUT)
                after_stop = time.monotonic() - sent
        else:
            out, err = p.communicate(timeout=TIMEOUT)
        rc = p.returncode
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
        rc = "hang"
    seconds = time.monotonic() - start
    kept = None
    if counts and os.path.exists(counts):
        with open(counts, "rb") as f:
            kept = f.read()
        os.unlink(counts)
    ran = Ran(rc, out.decode(errors="replace"), err.decode(errors="replace"), seconds, kept)
    ran.after_stop = after_stop
    return ran


sanitized_as = sanitized() if os.path.exists(PRESSLINE) else ""


class Case:
    """A folder with an output folder `out` in it, in which runs follow each other."""

    def __init__(self, job, folder):
        self.job, self.folder, self.out = job, folder, os.path.join(folder, "out")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.tallies = []  # of each run: the numbers that the stage `chaos` saw

    def run(self, jobs=1, inject=None, wrapper=(), stop=None, args=()):
        tally = f"{self.folder}.tally"
        if inject is not None:
            inject = dict(inject, DIR=self.folder)
        ran = spawn([PRESSLINE, "run", self.job.pipeline, "--input", self.job.inputs, "--output", "out", "--jobs", str(jobs),
                     "--plugin-dir", PLUGINS, *args], self.folder, inject, {"CHAOS_TALLY": tally}, wrapper, stop)
        seen = []
        if os.path.exists(tally):
            with open(tally, "rb") as f:
                seen = f.read().split()
            os.unlink(tally)
        self.tallies.append(seen)
        return ran

    def outcome(self):
        return outcome(self.out)

    def wrong(self, ran):
        """Why this ended run has not come to the exact result; "" where it has."""
        # What was killed when all was done has nothing left to do, and its run after that no dead letters of its own.
        if ran.rc != self.job.rc and not (ran.rc == CLEAN and "nothing new" in ran.err):
            return f"exit status {ran.rc}, not {self.job.rc}\n{ran.err[-3000:]}"
        return differ(self.job.wanted, self.outcome())

    def rerun(self, jobs=1):
        """Runs it again, to the end; why that was not exact, or ""."""
        ran = self.run(jobs)
        why = self.wrong(ran)
        return f"the run after it: {why}" if why else ""

    def done(self):
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- what came of it

# What may differ between two runs of the same: times, sizes of memory, how it got there.
PASSING = {"started", "wall_seconds", "cpu_seconds", "peak_rss_bytes", "jobs", "slowest", "resumed", "checkpoints",
           "checkpoint", "restarts", "busy_seconds"}


def lasting(value):
    if isinstance(value, dict):
        if NAME == "torn" and "same" in value and "kept" in value:
            # A run whose journal was cut off is begun anew, and its records find themselves in a store that was not.
            value = dict(value, kept=value["kept"] + value["same"], same=0, verified=0)
        return {k: lasting(v) for k, v in value.items() if k not in PASSING}
    if isinstance(value, list):
        return [lasting(v) for v in value]
    return value


def content(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def rows(path):
    """All that a database of articles says, and every word of its index; how the index lies in pieces is SQLite's affair."""
    if not os.path.exists(path):
        return None
    db = sqlite3.connect(path)
    tables = [t for t, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
              if not t.startswith(("search", "pressline_", "sqlite_"))]
    told = [f"{t} {row}" for t in tables for row in db.execute(f"SELECT * FROM {t} ORDER BY 1, 2")]
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, instance)")
    told += [f"word {row}" for row in db.execute("SELECT * FROM words ORDER BY 1, 2, 3, 4")]
    db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    told += [f"{row}" for row in db.execute("PRAGMA integrity_check")]
    told += [f"kept to go back: {n}" for n, in db.execute("SELECT count(*) FROM pressline_undo")]
    db.close()
    return "\n".join(told).encode("utf-8", "surrogateescape")


def outcome(out):
    """The archive and dead letters, byte for byte, the rows of the database, and what of the report must be the same."""
    report = content(f"{out}/report.json")
    archive = "articles.jsonl.gz"
    return {**{archive + more: content(f"{out}/{archive}{more}") for more in ("", ".idx", ".gzi")},
            "articles.sqlite": rows(f"{out}/articles.sqlite"),
            "deadletters.jsonl": content(f"{out}/deadletters.jsonl"),
            "report.json": lasting(json.loads(report)) if report else None,
            "by": named(f"{out}/by"),
            "warc": warcs(out)}


def warcs(out):
    """All WARC files and their indexes, but for when the run began and the ids that are made of it."""
    found = sorted(f for f in os.listdir(out) if f.endswith((".warc", ".cdxj"))) if os.path.isdir(out) else []
    dates = re.compile(rb"(?<=\nWARC-Date: )[^\r]*|(?<=\nWARC-Refers-To-Date: )[^\r]*|urn:uuid:[-0-9a-f]*|(?<= )\d{14}(?= {)")
    return b"".join(f"== {f}\n".encode() + dates.sub(b"-", content(f"{out}/{f}")) for f in found)


def named(folder):
    """All files below, with digests, as bytes: what templates make."""
    lines = []
    for top, _, files in os.walk(folder):
        for f in files:
            path = os.path.join(top, f)
            lines.append(f"{hashlib.sha256(content(path)).hexdigest()} {os.path.relpath(path, folder)}\n")
    return "".join(sorted(lines, key=lambda line: line[65:])).encode()


def differ(wanted, got):
    for name, value in wanted.items():
        if value == got[name]:
            continue
        if got[name] is None:
            return f"there is no {name}"
        if name == "report.json":
            return "report.json differs: " + "; ".join(differences(value, got[name], "")[:8])
        digest = [hashlib.sha256(v or b"").hexdigest()[:12] for v in (value, got[name])]
        return f"{name}: {len(got[name])} bytes {digest[1]}, not {len(value or b'')} bytes {digest[0]}"
    return ""


def differences(a, b, at):
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in {**a, **b} for d in differences(a.get(k), b.get(k), f"{at}.{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{at}[{i}]")]
    return [] if a == b else [f"{at} is {b!r:.200}, not {a!r:.200}"]


def crashed(ran):
    """A signal, a hang, a sanitizer's report: what no fault may lead to."""
    return ran.rc == "hang" or ran.rc < 0 or ran.rc >= 128 or ran.rc in (98, 99) or "Sanitizer" in ran.err


# ---- many cases

def word(case):
    return ":".join(str(x) for x in case)


def each(name, cases, one, budget=None, threads=2, faults=False):
    """Runs `one(case)` for each, which says what was wrong or "".  Within `budget` seconds (not in the long run) as many, in
    an order of the seed's, as there is time for.  A case's parts are words and numbers without a colon.  `faults`: most of them must have made theirs."""
    cases = list(cases)
    if ONLY is not None:
        asked = tuple(int(x) if x.isdigit() else x for x in ONLY.split(":"))
        if not any(c[0] == asked[0] and len(c) == len(asked) for c in cases):
            return 0
        cases = [asked]
    elif budget and not LONG:
        random.Random(f"{SEED} {name}").shuffle(cases)
    until = time.monotonic() + budget if budget and not LONG and ONLY is None else None
    wrong = []
    done = 0
    made = Ran.n_fired

    def guarded(case):
        if (until and time.monotonic() > until) or len(wrong) >= (30 if LONG else 5):
            return False
        try:
            why = one(case)
        except Exception as e:  # pylint: disable=broad-except
            why = f"{type(e).__name__}: {e}"
        if why:
            wrong.append((case, why))
        return True

    with ThreadPoolExecutor(max_workers=threads) as pool:
        done = sum(pool.map(guarded, cases))
    made = Ran.n_fired - made
    print(f"# {NAME}: {name}: {done} of {len(cases)} cases{f', {made} faults made' if made else ''}, seed {SEED}", flush=True)
    again = f"PRESSLINE_SEED={SEED} {'PRESSLINE_LONG=1 ' if LONG else ''}python3 tests/fault/{NAME}.py"
    why = "".join(f"{word(c)}: {w}\n  again: {again} {word(c)}\n" for c, w in wrong)
    check(f"{NAME}: {name}", not wrong and done > 0, why or "no case was run")
    if faults and done >= 10:
        # How many calls there are depends on how many checkpoints the machine has time for.
        check(f"{NAME}: {name}: faults were made", made >= min(20, done // 2), f"{made} in {done} cases")
    return done
