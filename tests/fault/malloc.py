"""Every allocation fails once, and then all from one on: the run ends with a message and exit 70 or 74, or as if nothing
had been; never by a signal, never with another result.  Run again, the result is exact."""
import glob
import re

from fault import *

STARVED = (INTERNAL, IO, CONFIG)
ABOUT_MEMORY = re.compile(r"memory|cannot start a thread|Resource temporarily unavailable", re.I)
# libltdl and the dynamic linker tell of files that are not there where it was memory: a run does not begin, and says 78.
NOT_LOADED = re.compile(r"cannot load the plugin|cannot load plugin|no plugin '|could not be loaded")


# Of a library that a plugin brings along: its variables of a thread get their memory when they are first used, if only at the
# program's end, and where there is none the dynamic linker ends it.
LOADER = re.compile(r"^cannot allocate memory for thread-local data: ABORT$", re.M)


def told_why(ran):
    """The exit status and the message of one that lacked memory."""
    text = ran.out + ran.err
    if ran.rc == 127:
        return bool(LOADER.search(ran.err))
    if ran.rc == CONFIG:
        return bool(NOT_LOADED.search(text) or ABOUT_MEMORY.search(text))
    return ran.rc in (INTERNAL, IO) and bool(ABOUT_MEMORY.search(text))


def in_run(job, case):
    _, n, sticky = case
    c = job.case()
    ran = c.run(1, {"MALLOC": n, "STICKY": sticky})
    if "AddressSanitizer: CHECK failed" in ran.err:
        return ""  # the sanitizer's own want of memory, at the start of a thread
    if crashed(ran):
        return ran.told()
    if ran.rc == job.rc:
        why = c.wrong(ran)
        if why:
            return f"it ended as if nothing had been, but: {why}\n{ran.told()}"
    elif not told_why(ran):
        return f"no exit 70 or 74 with a message about memory: {ran.told()}"
    else:
        why = c.rerun()
        if why:
            return f"{why}\n{ran.told()}"
    c.done()
    return ""


def stage_files(stage):
    plugin = os.path.join(BUILDDIR, f"plugins/.libs/{stage}.so")
    cases = sorted(glob.glob(os.path.join(SRCDIR, f"plugins/{stage}/cases/*.case")))
    return [PRESSLINE, "test-plugin", plugin, *cases]


def test_stage(stage, folder, inject=None, wrapper=()):
    os.makedirs(folder, exist_ok=True)
    return spawn(stage_files(stage), folder, inject or {}, {"TMPDIR": folder}, wrapper)


def wrong_cases(out):
    """The cases that came out otherwise than they must, and not because memory was lacking."""
    return [block for block in re.findall(r"^not ok .*\n(?:  .*\n)*", out, re.M) if not re.search("memory|no temporary folder|could not be "
            "opened|could not be started|PL_FATAL|ended|broken off|too-large|cannot", block, re.I)]


def in_stage(reference, case):
    _, stage, n, sticky = case
    folder = os.path.join(work, word(case).replace(":", "-"))
    ran = test_stage(stage, folder, {"MALLOC": n, "STICKY": sticky})
    if "AddressSanitizer: CHECK failed" in ran.err:
        return ""  # the sanitizer's own want of memory, at the start of a thread
    if crashed(ran):
        return ran.told()
    if ran.rc == 0 and ran.out != reference[stage].out:
        return f"passed, but says something else:\n{ran.out}"
    if ran.rc not in (0, 1, *STARVED) and not told_why(ran):
        return ran.told()
    if ran.rc == 1 and wrong_cases(ran.out):
        return f"a wrong result: {ran.out}\n{ran.told()}"
    if ran.rc > 1 and not told_why(ran):
        return f"no message about memory: {ran.out[-500:]}{ran.told()}"
    shutil.rmtree(folder, ignore_errors=True)
    return ""


# Leaves malloc to inject.so, and watches what that gets from libc.
VALGRIND = ("valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
            "--error-exitcode=97",
            "--soname-synonyms=somalloc=nouserintercepts", "--child-silent-after-fork=yes")


# Who ends at once gives nothing back.
AT_ONCE = re.compile(r"^pressline: (\w+: )?out of memory( in [\w ]+)?$", re.M)


def leaked(ran):
    return ran.told() if ran.rc == 97 and not AT_ONCE.search(ran.err) or "Invalid" in ran.err else ""


def leaks(case):
    """Under valgrind: what was given back up to an orderly end, and that nothing freed or foreign is touched."""
    _, stage, n = case
    folder = os.path.join(work, word(case).replace(":", "-"))
    ran = test_stage(stage, folder, {"MALLOC": n}, VALGRIND)
    shutil.rmtree(folder, ignore_errors=True)
    return leaked(ran)


def leaks_in_run(job, case):
    _, n = case
    c = job.case()
    ran = c.run(1, {"MALLOC": n}, VALGRIND)
    c.done()
    return leaked(ran)


def main():
    begin()
    stages = [s for s in ("archive", "clean", "dedupe", "entities", "fetch", "sqlite", "warc") if os.path.exists(stage_files(s)[2])]
    reference = {}
    for stage in stages:
        reference[stage] = test_stage(stage, os.path.join(work, stage))
        check(f"malloc: {stage} passes its cases undisturbed", reference[stage].rc == 0, reference[stage].told())
    points = [("stage", s, n, sticky) for s in stages for n in range(1, reference[s].mallocs + 3) for sticky in (0, 1)]
    each("each allocation of each stage fails", points, lambda case: in_stage(reference, case), budget=25, faults=True)

    small = Job("small", pages=6, lines=12)
    points = [("run", n, sticky) for n in range(1, small.mallocs + 50) for sticky in (0, 1)]
    each("each allocation of a run fails", points, lambda case: in_run(small, case), budget=25, faults=True)

    warc = Job("run-warc", pages=6, lines=30, warc=True)
    points = [("warc", n, sticky) for n in range(1, warc.mallocs + 50) for sticky in (0, 1)]
    each("each allocation of a run with WARC files fails", points, lambda case: in_run(warc, case), budget=15, faults=True)

    if not shutil.which("valgrind") or sanitized():
        skip("malloc: leaks", "valgrind is not installed, or does not go with a sanitizer")
        finish()
    each("what an allocation that failed leaves behind, stages, under valgrind",
         [("leak-stage", s, n) for s in stages for n in range(1, reference[s].mallocs + 1)], leaks, budget=15)
    each("what an allocation that failed leaves behind, runs, under valgrind",
         [("leak-run", n) for n in range(1, small.mallocs + 1)], lambda case: leaks_in_run(small, case), budget=15)
    finish()


main()
