"""Every I/O call fails once: exit 74 with the file and the cause, or as if nothing had been where the call can be made again.
Run again, the result is exact."""
import errno
import re

from fault import *

KINDS = ["ENOSPC", "EDQUOT", "EIO", "EINTR", "short"]
HEALED = ("EINTR", "short")  # what a program meets by making the call again, or making the rest of it


def one(job, case):
    _, n, kind, sticky, jobs = case
    c = job.case()
    ran = c.run(jobs, {"IO": n, "KIND": kind, "STICKY": sticky})
    if crashed(ran):
        return ran.told()
    if ran.rc == job.rc:
        why = c.wrong(ran)
        if why:
            return f"it ended as if nothing had been, but: {why}\n{ran.told()}"
        c.done()
        return ""
    # SQLite's own call, which on Linux no signal breaks off: it ends the run as a failed sync does.
    if kind in HEALED and not (kind == "EINTR" and ran.call in ("fsync", "fdatasync") and ran.rc == IO and "sqlite" in ran.path):
        return f"{kind} was not met by trying again: {ran.told()}"
    if ran.rc != IO:
        return f"not exit 74: {ran.told()}"
    named = os.path.relpath(ran.path, c.folder)
    cause = os.strerror(getattr(errno, kind))
    # SQLite does not tell why it could not open what it keeps beside a database.
    if cause not in ran.err and not (ran.call == "open" and ".sqlite-" in ran.path):
        return f"no message has '{cause}': {ran.told()}"
    # Where an index could not be removed and nothing else can be done, the archive is what is told of.
    if ran.call == "unlink":
        named = re.sub(r"\.(gzi|idx)$", "", named)
    # Of what SQLite keeps beside a database, that.
    named = re.sub(r"(\.sqlite)-(wal|shm|journal)$", r"\1", named)
    # Of a folder that cannot be made durable, what was to be in it.
    if named not in ran.err and named.removesuffix(".part") not in ran.err and not (named == "." and "'out" in ran.err):
        return f"no message names '{named}': {ran.told()}"
    why = c.rerun()
    if not why:
        c.done()
        return ""
    return f"{why}\nafter: {ran.told()}"


def main():
    begin()
    small = Job("small", pages=6, lines=200, delay_us=200, remembers=True)
    # The number of calls differs a little between runs, with the checkpoints that fit into one.
    points = [("once", n, kind, 0, 1 + n % 2) for n in range(1, small.ios + 20) for kind in KINDS]
    each("each I/O call fails once", points, lambda case: one(small, case), budget=30, threads=3, faults=True)
    points = [("from", n, kind, 1, 1 + n % 2) for n in range(1, small.ios + 20) for kind in ("ENOSPC", "EIO")]
    each("all I/O calls fail from one on", points, lambda case: one(small, case), budget=15, threads=3, faults=True)
    if has_sqlite():
        base = Job("sqlite", pages=6, lines=60, delay_us=200, sqlite=True)
        points = [("base", n, kind, sticky, 1 + n % 2) for n in range(1, base.ios + 20) for kind in KINDS
                  for sticky in ((0, 1) if kind in ("ENOSPC", "EIO") else (0,))]
        each("I/O calls fail, with a database", points, lambda case: one(base, case), budget=15, threads=3, faults=True)
    warc = Job("warc", pages=6, lines=100, delay_us=100, warc=True)
    points = [("warc", n, kind, sticky, 1 + n % 2) for n in range(1, warc.ios + 20) for kind in KINDS
              for sticky in ((0, 1) if kind in ("ENOSPC", "EIO") else (0,))]
    each("I/O calls fail, with WARC files", points, lambda case: one(warc, case), budget=15, threads=3, faults=True)
    finish()


main()
