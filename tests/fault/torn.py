"""What a killed run left behind, cut short at every byte or with a bit turned over: the run that goes on from it comes to the
exact result, or refuses with a message and exit 74 or 78.  Never another archive, never a crash."""
import random

from fault import *

REFUSED = (IO, CONFIG)


def take(job, number):
    """What a run leaves that is killed at some I/O call: {path in `out`: content}."""
    c = job.case(f"left-{number}")
    rnd = random.Random(f"{SEED} left {number}")
    # The later half: before that, little is there to be torn.
    ran = c.run(1, {"IO": rnd.randrange(job.ios // 2, job.ios - 8), "KIND": rnd.choice(["before", "after", "half"])})
    left = {}
    for folder, _, names in os.walk(c.out):
        for name in names:
            path = os.path.join(folder, name)
            left[os.path.relpath(path, c.out)] = content(path)
    # An archive that is finished is nobody's to look at again.
    over = not ran.fired or "nothing new" in c.run(1).err
    c.done()
    return take(job, number + 1000) if over else left


def lay_out(out, files):
    for name, bytes_ in files.items():
        path = os.path.join(out, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(bytes_)


def one(job, left, case):
    what, number, name, at = case
    files = dict(left[number])
    whole = files[name]
    if what.endswith("cut"):
        files[name] = whole[:at]
    else:
        turned = bytearray(whole)
        turned[at // 8] ^= 1 << at % 8
        files[name] = bytes(turned)
    c = job.case()
    lay_out(c.out, files)
    ran = c.run(1 + at % 3)
    if crashed(ran):
        return ran.told()
    if ran.rc in REFUSED:
        if len(ran.err.strip()) < 20:
            return f"refused without a message: {ran.told()}"
        with_message[0] += 1
        # What was refused can be begun anew; a store that lasts only without it.
        if name.startswith("kept/"):
            shutil.rmtree(os.path.join(c.out, "kept"))
        again = c.run(1, args=["--restart"]) if at % 10 == 0 else None
        why = c.wrong(again) if again else ""
        why = why and f"begun anew: {why}"
    else:
        why = c.wrong(ran)
    if not why:
        c.done()
        return ""
    return f"{name} of {len(whole)} bytes: {why}\n{ran.told()}"


with_message = [0]


def both(job, names_of, budget):
    """Cuts and turned bits of what a run of the job left; `names_of`: what such cases are called."""
    cut, flip = names_of
    left = [take(job, i) for i in range(4)]
    rnd = random.Random(f"{SEED} torn")
    names = sorted({n for files in left for n in files if not n.endswith("lock")})
    print("# torn: " + ", ".join(f"{n} ({max(len(f.get(n, b'')) for f in left)} bytes)" for n in names))
    cuts, flips = [], []
    each_file = 10000 // sum(bool(f.get(n)) for f in left for n in names) + 1
    for i, files in enumerate(left):
        for name, whole in files.items():
            if name not in names:
                continue
            cuts += [(cut, i, name, at) for at in range(len(whole))]
            if whole:
                flips += [(flip, i, name, rnd.randrange(len(whole) * 8)) for _ in range(each_file)]

    def weigh(cases):
        """The journal is what a run trusts: half of a sample.  In the long run each byte of what one kill left is cut, but
        of what dedupe keeps, which is long, every hundredth."""
        if ONLY:
            return cases
        if LONG:
            return [c for c in cases if c[0] == flip or (c[1] == 0 and ("kept" not in c[2] or c[3] % 100 == 0))]
        journal = [c for c in cases if "journal" in c[2]]
        return rnd.sample(journal, min(len(journal), 300)) + rnd.sample(cases, min(len(cases), 300))

    each(f"{job.name}: files that a killed run left, cut short", weigh(cuts), lambda case: one(job, left, case), budget=budget, threads=3)
    each(f"{job.name}: a bit turned over in them", weigh(flips), lambda case: one(job, left, case), budget=budget, threads=3)


def main():
    begin()
    both(Job("small", pages=5, lines=300, delay_us=150), ("cut", "flip"), 20)
    both(Job("warc", pages=5, lines=150, delay_us=100, warc=True), ("warc-cut", "warc-flip"), 8)
    print(f"# torn: {with_message[0]} were refused, the others came to the exact result")
    finish()


main()
