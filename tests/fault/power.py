"""Power cuts: the writes of a run were recorded; at any point of that record, the disk could have kept what was synced, and of
the rest some, all or nothing, torn.  A run that goes on from each such disk comes to the exact result.

The model: a file's bytes are sure once the file is synced; its name once its folder is.  Between that, a write may be lost,
kept, or kept in part, by sectors, the others old or zero; the file's length may be that of any of them.  Of the changes
of names in one folder the first few are kept (file systems write them in order)."""
import random

from fault import *

SECTOR = 512


class Op:
    def __init__(self, call, inode, offset, folder, path, data):
        self.call, self.inode, self.offset, self.folder, self.path, self.data = call, inode, offset, folder, path, data


def read_log(path):
    """inject.c's log; a reused inode number gets a new name."""
    with open(path, "rb") as f:
        log = f.read()
    ops, at, births, alias = [], 0, 0, {}
    while at < len(log):
        end = log.index(b"\n", at)
        call, inode, offset, length, folder, name = log[at:end].split(b" ", 5)
        data = log[end + 1:end + 1 + int(length)]
        at = end + 1 + int(length) + 1
        inode = int(inode)
        if call == b"create":
            births += 1
            alias[inode] = (inode, births)
        ops.append(Op(call.decode(), alias.get(inode, (inode, 0)), int(offset), folder == b"1", name.decode(), data))
    return ops


class File:
    def __init__(self):
        self.sure = b""
        self.pending = []  # writes and cuts since the last sync


def apply(content_, op, data=None):
    data = op.data if data is None else data
    if op.call == "cut":
        return content_[:op.offset] + b"\0" * max(0, op.offset - len(content_))
    if op.call == "empty":
        return b""
    content_ += b"\0" * max(0, op.offset - len(content_))
    return content_[:op.offset] + data + content_[op.offset + len(data):]


def torn(content_, op, rnd):
    """Some sectors of a write, the others as they were; zero where there was nothing."""
    if op.call != "write":
        return apply(content_, op)
    whole = apply(content_, op)
    old = content_ + b"\0" * max(0, len(whole) - len(content_))
    result = bytearray(old)
    begin_ = op.offset // SECTOR * SECTOR
    for s in range(begin_, op.offset + len(op.data), SECTOR):
        if rnd.random() < 0.5:
            result[s:s + SECTOR] = whole[s:s + SECTOR]
    # No shorter than it was: what was written over in its middle takes nothing away behind it.
    cut = rnd.randrange(len(content_), len(whole) + 1) if rnd.random() < 0.5 else len(whole)
    return bytes(result[:cut])


def on_disk(file, way, rnd):
    now = file.sure
    if way == "lost":
        return now
    if way == "kept":
        for op in file.pending:
            now = apply(now, op)
        return now
    keep = rnd.randrange(len(file.pending) + 1)
    for i, op in enumerate(file.pending):
        if way == "sectors":  # in any order: each is there, torn or not there
            luck = rnd.randrange(3)
            now = apply(now, op) if luck == 0 else torn(now, op, rnd) if luck == 1 else now
        elif i < keep:
            now = apply(now, op)
        elif i == keep:
            now = torn(now, op, rnd)
    return now


def disk(ops, root, n, way, names_way, rnd):
    """{path: bytes} and the folders, after the power went at operation n."""
    files, sure, now, waiting = {}, {}, {}, {}  # name tables: path -> inode, None is a folder

    def change(path, what):
        waiting.setdefault(os.path.dirname(path), []).append(what)

    def act(table, what):
        call, path, other = what
        if call == "name":
            table[path] = other
        elif call == "unlink":
            table.pop(path, None)
        elif call == "rename":
            # A folder takes along what is in it.
            for old in [p for p in table if p == path or p.startswith(path + "/")]:
                table[other + old[len(path):]] = table.pop(old)

    for op in ops[:n]:
        what = None
        if op.call in ("create", "open", "empty") and op.path not in now:
            what = ("name", op.path, op.inode)
        if op.call in ("create", "open", "empty"):
            files.setdefault(op.inode, File())
        if op.call == "mkdir":
            what = ("name", op.path, None)
        elif op.call == "unlink":
            what = ("unlink", op.path, None)
        elif op.call == "rename":
            what = ("rename", op.path, op.data.decode())
        elif op.call in ("write", "cut", "empty"):
            files.setdefault(op.inode, File()).pending.append(op)
        elif op.call == "sync" and op.folder:
            for w in waiting.pop(op.path, []):
                act(sure, w)
        elif op.call == "sync":
            f = files.setdefault(op.inode, File())
            f.sure, f.pending = on_disk(f, "kept", rnd), []
        if what:
            act(now, what)
            change(op.path, what)
    for pending in waiting.values():
        keep = {"kept": len(pending), "lost": 0}.get(names_way, rnd.randrange(len(pending) + 1))
        for w in pending[:keep]:
            act(sure, w)
    # What lies in a folder that did not stay is gone with it; the folder that all is in was there before.
    result = {}
    for path, inode in sure.items():
        above = os.path.dirname(path)
        while above in sure:
            above = os.path.dirname(above)
        if above == root:
            result[path] = None if inode is None else on_disk(files.get(inode, File()), way, rnd)
    return result


def one(job, ops, root, case):
    _, n, way, names_way = case
    rnd = random.Random(f"{SEED} {word(case)}")
    c = job.case()
    for path, data in sorted(disk(ops, root, n, way, names_way, rnd).items()):
        here = os.path.join(c.folder, os.path.relpath(path, root))
        if data is None:
            os.makedirs(here, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(here), exist_ok=True)
        with open(here, "wb") as f:
            f.write(data)
    ran = c.run(1 + n % 3)
    if crashed(ran):
        return ran.told()
    # Where all was written and the end is durable, nothing is left to do.
    why = c.wrong(ran) if ran.rc != CLEAN else differ(job.wanted, c.outcome())
    if not why:
        c.done()
        return ""
    last = ops[n - 1]
    return f"after {n} of {len(ops)} operations, the last {last.call} {os.path.relpath(last.path, root)}: {why}"


def record(job):
    """A run that is killed on its way, and the one that goes on from there: one log."""
    c = job.case("recorded")
    log = os.path.join(job.folder, "recorded.log")
    c.run(2, {"LOG": log, "IO": job.ios // 2, "KIND": "after"})
    ran = c.run(1, {"LOG": log})
    why = c.wrong(ran)
    check("power: the recorded run is exact", not why, why)
    return read_log(log), c.folder


def durable(name, paths, sure):
    """What is there when a run has ended is there whatever happens to the machine."""
    lost = [p for p in paths if os.path.isfile(p) and p not in sure]
    check(f"power: {name}: what a run has finished is durable when it ends", not lost, f"not synced: {lost}")


def main():
    begin()
    job = Job("small", pages=6, lines=300, delay_us=150, remembers=True)
    ops, root = record(job)
    whole = disk(ops, root, len(ops), "kept", "kept", random.Random(1))
    why = [p for p, data in whole.items() if data is not None and content(p) != data]
    check(f"power: the model's disk is the real one after {len(ops)} operations", not why, f"not the same: {why}")
    sure = disk(ops, root, len(ops), "lost", "lost", random.Random(1))
    durable(job.name, [os.path.join(root, "out", name) for name in job.wanted], sure)
    ways = [("lost", "lost"), ("lost", "kept"), ("kept", "lost"), ("kept", "kept"), ("torn", "kept"), ("torn", "some"),
            ("sectors", "kept"), ("sectors", "some"), ("lost", "some")]
    each("the disk that a power cut could leave", [("cut", n, *w) for n in range(1, len(ops) + 1) for w in ways],
         lambda case: one(job, ops, root, case), budget=40, threads=3)
    if has_sqlite():
        base = Job("sqlite", pages=6, lines=100, delay_us=300, sqlite=True)
        base_ops, base_root = record(base)
        each("the disk that a power cut could leave, with a database", [("base", n, *w) for n in range(1, len(base_ops) + 1) for w in ways],
             lambda case: one(base, base_ops, base_root, case), budget=15, threads=3)
    warc = Job("warc", pages=6, lines=150, delay_us=100, warc=True)
    warc_ops, warc_root = record(warc)
    sure = disk(warc_ops, warc_root, len(warc_ops), "lost", "lost", random.Random(1))
    durable(warc.name, [os.path.join(warc_root, "out", f) for f in os.listdir(f"{warc_root}/out") if f.startswith("pages-")], sure)
    each("the disk that a power cut could leave, with WARC files", [("warc", n, *w) for n in range(1, len(warc_ops) + 1) for w in ways],
         lambda case: one(warc, warc_ops, warc_root, case), budget=15, threads=3)
    finish()


main()
