"""Every I/O call fails once: exit 74 with the file and the cause, or as if nothing had been where the call can be made again.
Run again, the result is exact."""
import errno

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
    if kind in HEALED:
        return f"{kind} was not met by trying again: {ran.told()}"
    if ran.rc != IO:
        return f"not exit 74: {ran.told()}"
    named = os.path.relpath(ran.path, c.folder)
    cause = os.strerror(getattr(errno, kind))
    if cause not in ran.err:
        return f"no message has '{cause}': {ran.told()}"
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
    small = Job("small", pages=6, lines=200, delay_us=200)
    # The number of calls differs a little between runs, with the checkpoints that fit into one.
    points = [("once", n, kind, 0, 1 + n % 2) for n in range(1, small.ios + 20) for kind in KINDS]
    each("each I/O call fails once", points, lambda case: one(small, case), budget=30, threads=3, faults=True)
    points = [("from", n, kind, 1, 1 + n % 2) for n in range(1, small.ios + 20) for kind in ("ENOSPC", "EIO")]
    each("all I/O calls fail from one on", points, lambda case: one(small, case), budget=15, threads=3, faults=True)
    finish()


main()
