"""kill -9 at every I/O call of a small run and at random moments of a longer one; SIGTERM.  Run again, with other workers:
the archive, the dead letters and the counts are those of an undisturbed run."""
import random
import signal
import threading

from fault import *

lock = threading.Lock()
sums = {"kills": 0, "restarts": 0, "past": 0, "seen": 0, "needed": 0}


def count_checkpoints(job):
    """Times that the journal was made durable."""
    with open(job.log, "rb") as f:
        return sum(line.startswith(b"sync ") and b"/journal" in line for line in f.read().split(b"\n"))


def at_call(job, case):
    _, n, kind, jobs, then = case
    c = job.case()
    ran = c.run(jobs, {"IO": n, "KIND": kind})
    if not ran.fired:
        c.done()
        return ""
    if ran.rc != -signal.SIGKILL:
        return f"not killed: {ran.told()}"
    why = c.rerun(then)
    if not why:
        c.done()
    return f"killed {kind} {ran.call} {ran.path}\n{why}" if why else ""


def book(c):
    """Who was resumed past zero, and how much was done twice."""
    seen = [len(t) for t in c.tallies]
    with lock:
        sums["restarts"] += len(seen) - 1
        sums["past"] += sum(bool(t) and c.job.first not in t for t in c.tallies[1:])
        sums["seen"] += sum(seen)
        sums["needed"] += c.job.needed


def chain(job, case):
    """One run, killed again and again at random moments, with new workers each time, until it has ended."""
    _, number, kills = case
    rnd = random.Random(f"{SEED} chain {number}")
    c = job.case()
    done = 0
    for _ in range(kills):
        ran = c.run(rnd.randrange(1, 4), stop=(rnd.uniform(0.01, job.seconds * 0.6), signal.SIGKILL))
        if ran.rc != -signal.SIGKILL:
            break
        done += 1
    with lock:
        sums["kills"] += done
    if done == kills:
        ran = c.run(rnd.randrange(1, 4))
    why = c.wrong(ran)
    if why:
        return f"after {done} kills: {why}"
    book(c)
    ran = c.run(1)
    if ran.rc != CLEAN or differ(job.wanted, c.outcome()):
        return f"a run after the end: {ran.told()}\n{differ(job.wanted, c.outcome())}"
    c.done()
    return ""


def terminate(job, case):
    _, number = case
    rnd = random.Random(f"{SEED} term {number}")
    c = job.case()
    ran = c.run(rnd.randrange(1, 4), stop=(rnd.uniform(0.05, job.seconds), signal.SIGTERM))
    if ran.rc not in (AGAIN, job.rc, -signal.SIGTERM):
        return f"SIGTERM: {ran.told()}"
    if ran.after_stop > 5:
        return f"SIGTERM: it took {ran.after_stop:.1f} s"
    if ran.rc == job.rc:
        return c.wrong(ran)
    why = c.rerun(rnd.randrange(1, 4))
    if not why:
        c.done()
    return why


def main():
    begin()
    small = Job("small", pages=6, lines=400, delay_us=300, remembers=True)
    kinds = ["before", "after", "half"]
    calls = [("call", n, k, 1 + n % 3, 1 + (n // 3 + i) % 3) for n in range(1, small.ios + 20) for i, k in enumerate(kinds)
             if LONG or n % 3 == i or n > small.ios]
    each("kill -9 at each I/O call", calls, lambda case: at_call(small, case), budget=60, threads=3, faults=True)

    if has_sqlite():
        base = Job("sqlite", pages=6, lines=100, delay_us=300, sqlite=True)
        calls = [("base", n, k, 1 + n % 3, 1 + (n // 3 + i) % 3) for n in range(1, base.ios + 20) for i, k in enumerate(kinds)
                 if LONG or n % 3 == i or n > base.ios]
        each("kill -9 at each I/O call, with a database", calls, lambda case: at_call(base, case), budget=15, threads=3,
             faults=True)

    by_name = Job("names", pages=6, lines=100, delay_us=100, path="${output}/by/{source}/articles.jsonl.gz")
    calls = [("name", n, k, 1 + n % 3, 1 + (n // 3 + i) % 3) for n in range(1, by_name.ios + 20) for i, k in enumerate(kinds)
             if LONG or n % 9 == 3 * i or n > by_name.ios]
    each("kill -9 at I/O calls, files by template", calls, lambda case: at_call(by_name, case), budget=15, threads=3, faults=True)

    warc = Job("warc", pages=6, lines=150, delay_us=100, warc=True)
    calls = [("warc", n, k, 1 + n % 3, 1 + (n // 3 + i) % 3) for n in range(1, warc.ios + 20) for i, k in enumerate(kinds)
             if LONG or n % 9 == 3 * i or n > warc.ios]
    each("kill -9 at I/O calls, WARC files", calls, lambda case: at_call(warc, case), budget=20, threads=3, faults=True)

    pages = Job("pages", pages=20, lines=3000, delay_us=200, remembers=True)
    many = Job("many", pages=0, lines=1000, delay_us=1000)
    for job in (pages, many):
        probe = job.case("needed")
        probe.run(1)
        job.first, job.needed = probe.tallies[0][0], len(probe.tallies[0])
    n = count_checkpoints(many)
    check(f"kill: at least 50 checkpoints a run ({n})", n >= 50, f"there were {n}")
    wanted = 1000 if LONG else 100
    number = ended = 0
    begun = time.monotonic()
    # A chain ends when its run does: there are more, until there were enough kills, or half of the time is over.
    while sums["kills"] < wanted and not failed() and (ONLY is None or number == 0) and (LONG or time.monotonic() - begun < 50):
        more = max(4, (wanted - sums["kills"]) * 2 // 3)
        ended += each(f"kill -9 at random moments, runs {number} to {number + more - 1}",
                      [("chain", i, 5) for i in range(number, number + more)],
                      lambda case: chain(many if case[1] % 4 else pages, case), budget=50, threads=4)
        number += more
    if sums["restarts"]:
        share = (sums["seen"] - sums["needed"]) / (sums["needed"] / ended) / sums["restarts"]
        print(f"# kill: {sums['kills']} kills at random moments in {ended} runs, {sums['past']} of {sums['restarts']} restarts"
              f" resumed past zero, {share * 100:.1f} % of a run's work redone a restart, {n} checkpoints a run")
        check("kill: restarts go on past zero", sums["past"] * 2 > sums["restarts"],
              f"only {sums['past']} of {sums['restarts']}")
    each("SIGTERM at random moments", [("term", i) for i in range(200 if LONG else 20)],
         lambda case: terminate(many if case[1] % 4 else pages, case), budget=20, threads=3)
    finish()


main()
