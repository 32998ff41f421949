/* sandbox.c - a process gives up what it does not need. */
#include "sandbox.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compat.h"
#ifdef HAVE_SECCOMP
#include <errno.h>
#include <seccomp.h>
#endif

/* The kernel's interface, which headers may be too old for (linux/landlock.h, include/uapi of Linux 6.12).  The numbers
 * of its calls are the same on every machine. */
enum { LANDLOCK_CREATE_RULESET = 444, LANDLOCK_RESTRICT_SELF = 446, LANDLOCK_VERSION = 1 };

struct landlock_rules {
    uint64_t fs, net, scoped;
};

/* Nothing is allowed: every right that this kernel knows is handled, and no rule is added. */
static bool restrict_files(void)
{
    const long abi = syscall(LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION);
    struct landlock_rules rules = {.fs = 0x1fff};
    size_t size = offsetof(struct landlock_rules, net);

    if (abi < 1)
        return false;
    if (abi >= 2)
        rules.fs |= 0x2000; /* REFER */
    if (abi >= 3)
        rules.fs |= 0x4000; /* TRUNCATE */
    if (abi >= 5)
        rules.fs |= 0x8000; /* IOCTL_DEV */
    if (abi >= 4) {
        rules.net = 3; /* BIND_TCP, CONNECT_TCP */
        size = offsetof(struct landlock_rules, scoped);
    }
    if (abi >= 6) {
        rules.scoped = 3; /* ABSTRACT_UNIX_SOCKET, SIGNAL */
        size = sizeof rules;
    }
    const int fd = (int)syscall(LANDLOCK_CREATE_RULESET, &rules, size, 0);
    if (fd < 0)
        return false;
    const bool done = syscall(LANDLOCK_RESTRICT_SELF, fd, 0) == 0;
    close(fd);
    return done;
}

#ifdef HAVE_SECCOMP

/* What computing takes: memory, waiting, time, one's own signals, the end. */
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo), /* qsort() of glibc asks how much memory there is */
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

static bool filter_calls(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool done = ctx != NULL;

    for (size_t i = 0; done && i < sizeof allowed / sizeof *allowed; i++)
        done = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    /* Memory that is no file's and holds no code. */
    done = done &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    /* abort() and raise(); a limit may be asked for, not set. */
    done = done &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0)) == 0;
    done = done && seccomp_load(ctx) == 0;
    if (ctx)
        seccomp_release(ctx);
    return done;
}

bool sandbox_built_in(void)
{
    return true;
}

#else

static bool filter_calls(void)
{
    return false;
}

bool sandbox_built_in(void)
{
    return false;
}

#endif

unsigned sandbox_enter(void)
{
    unsigned held = 0;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return 0;
    if (restrict_files())
        held |= SANDBOX_LANDLOCK;
    /* What a sanitizer does to report a fault would be refused. */
    if (!SANITIZED && filter_calls())
        held |= SANDBOX_FILTER;
    return held;
}
