/* isolate_child.c - the processes of isolated stages: the fork server, and the children that process records. */
#include "isolate_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exit.h"
#include "sandbox.h"
#include "str.h"

enum { LINES_ROOM = 65536, FAULT_STACK = 65536 };

void isolate_sleep(_Atomic uint32_t *word, uint32_t seen, int64_t ms)
{
    const struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000 * 1000000)};

    syscall(SYS_futex, word, FUTEX_WAIT, seen, ms < 0 ? NULL : &t, NULL, 0);
}

void isolate_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- what a child gives up ---- */

/* A signal handler is handed nothing: whether it was for want of memory that the stage died. */
static struct out_head *fault_head;
static size_t fault_probe;

/* Whether what is left is too little for a piece that the stage may have asked for. */
static bool exhausted(void)
{
    if (!fault_probe)
        return false;
    void *p = mmap(NULL, fault_probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return true;
    munmap(p, fault_probe);
    return false;
}

/* The signal comes again when this returns, and then it kills. */
static void on_fault(int sig)
{
    (void)sig;
    atomic_store(&fault_head->exhausted, exhausted());
}

static void watch_faults(struct isolated *s, size_t memory)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER)};
    const stack_t stack = {.ss_sp = malloc(FAULT_STACK), .ss_size = FAULT_STACK};

    fault_head = isolate_out(s);
    fault_probe = SANITIZED ? 0 : memory / 8;
    if (!stack.ss_sp || sigaltstack(&stack, NULL) != 0)
        return;
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &act, NULL);
}

/* Ends come from the parent, and from nobody's terminal. */
static void ignore_signals(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, SIGXFSZ, SIGALRM};
    sigset_t none;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void limit(int what, rlim_t n)
{
    struct rlimit l;

    if (getrlimit((__rlimit_resource_t)what, &l) != 0)
        return;
    if (l.rlim_max != RLIM_INFINITY && n > l.rlim_max)
        n = l.rlim_max;
    l.rlim_cur = l.rlim_max = n;
    setrlimit((__rlimit_resource_t)what, &l);
}

/* How much address space the process has now. */
static size_t space_taken(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;

    if (f && fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return size_mul(pages, (size_t)sysconf(_SC_PAGESIZE));
}

/* Should the machine run out of memory, this goes before the run does. */
static void offer_to_die(void)
{
    FILE *f = fopen("/proc/self/oom_score_adj", "we");

    if (f) {
        fputs("500", f);
        fclose(f);
    }
}

/* Only its own memory stays, and what it reads it can not write. */
static void keep_own_memory(struct isolated *s)
{
    struct isolation *iso = s->iso;

    for (size_t i = 0; i < iso->n; i++) {
        if (&iso->slots[i] == s)
            continue;
        munmap(iso->slots[i].in, iso->slots[i].in_size);
        munmap(iso->slots[i].out, iso->slots[i].out_size);
    }
    if (mmap(s->in, s->in_size, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, s->in_fd, 0) == MAP_FAILED)
        _exit(EXIT_INTERNAL);
    munmap(iso->states, iso->states_size);
}

static void confine(struct isolated *s)
{
    const size_t memory = (size_t)s->call->stage->def->memory;
    char name[16];

    snprintf(name, sizeof name, "pl:" STR_FMT, STR_ARG(s->call->stage->def->name));
    prctl(PR_SET_NAME, name);
    keep_own_memory(s);
    offer_to_die();
    limit(RLIMIT_CORE, 0);
    const size_t taken = memory && !SANITIZED ? space_taken() : 0;
    if (taken)
        limit(RLIMIT_AS, size_add(taken, memory));
    watch_faults(s, memory);
    close_range(3, ~0u, 0);
    const unsigned held = sandbox_enter();
    limit(RLIMIT_NOFILE, 0);
    atomic_store(&isolate_out(s)->held, held);
}

/* ---- one record ---- */

static pl_str message_of(const struct isolated *s, uint32_t i)
{
    const struct in_head *head = isolate_in(s);

    return (pl_str){s->in + REGION_HEAD + head->at[i], (size_t)(head->at[i + 1] - head->at[i])};
}

/* False when the answer did not fit behind those that wait to be read. */
static bool answer(struct isolated *s, const pl_record *r, struct flat_call *call, pl_str message, size_t *end)
{
    struct flat_out out = {.at = s->out + REGION_HEAD + *end, .cap = s->out_size - REGION_HEAD - *end, .source = message};

    flat_put_answer(&out, r, call);
    if (out.full && *end > 0)
        return false;
    if (out.full) {
        *call = (struct flat_call){.rc = PL_NOMEM};
        out.len = 0;
        out.full = false;
        flat_put_answer(&out, r, call);
    }
    *end += out.len;
    return true;
}

static bool process_one(struct isolated *s, uint32_t i, size_t *end)
{
    struct call *c = s->call;
    const pl_str message = message_of(s, i);
    const uint64_t began = clock_ns(CLOCK_MONOTONIC);
    pl_record *r = record_new(c->run->pipeline->names, (size_t)c->run->pipeline->settings.record_memory);

    atomic_store(&isolate_out(s)->began_ns, began);
    atomic_store(&isolate_out(s)->taken, i + 1);
    if (!r || flat_take_record(r, message) != PL_OK)
        _exit(EXIT_INTERNAL);
    record_begin(r);
    struct flat_call call = {.n_own = r->n_own, .raw = r->raw};
    *c->told = (struct told){.lines = {.at = c->told->lines.at, .cap = LINES_ROOM}};
    c->record = r;
    call.rc = work_try(c, c->stage->def->plugin->process, r);
    call.exhausted = call.rc == PL_NOMEM && exhausted();
    call.fault = str_of(c->fault);
    call.counts = c->told->counts;
    call.n_counts = MAX_METRICS;
    call.lines = (pl_str){c->told->lines.at, c->told->lines.len};
    call.n_lost = c->told->n_lost;
    call.emitted = c->emitted.at;
    call.n_emitted = c->emitted.n;
    call.wall_ns = clock_ns(CLOCK_MONOTONIC) - began;
    const bool fits = answer(s, r, &call, message, end);
    c->fault = NULL;
    records_free(&c->emitted);
    record_free(r);
    return fits;
}

static NO_RETURN void process_runs(struct isolated *s, uint32_t seen)
{
    struct in_head *in = isolate_in(s);
    struct out_head *out = isolate_out(s);

    for (;;) {
        while (atomic_load(&in->word) == seen)
            isolate_sleep(&in->word, seen, -1);
        seen = atomic_load(&in->word);
        size_t end = 0;
        for (uint32_t i = 0; i < in->n && process_one(s, i, &end); i++) {
            atomic_store(&out->end[i], end);
            atomic_store(&out->done, i + 1);
        }
        atomic_store(&out->cpu_ns, clock_ns(CLOCK_PROCESS_CPUTIME_ID));
        atomic_store(&out->finished, seen);
        atomic_fetch_add(&out->word, 1);
        isolate_wake(&out->word);
    }
}

static NO_RETURN void child(struct isolated *s, pid_t server, uint32_t seen)
{
    struct call *c = s->call;
    struct told told = {.lines = {.at = malloc(LINES_ROOM), .cap = LINES_ROOM}};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != server || !told.lines.at)
        _exit(EXIT_INTERNAL);
    ignore_signals();
    confine(s);
    c->isolated = NULL;
    c->told = &told;
    c->run->going = true;
    if (c->stage->contract)
        contract_allow(c->stage->contract, s->in, s->in_size);
    process_runs(s, seen);
}

/* ---- the fork server ---- */

/* Close all but these, which are in rising order. */
static void keep_files(const int *kept, size_t n)
{
    unsigned from = 3;

    for (size_t i = 0; i < n; i++) {
        if ((unsigned)kept[i] > from)
            close_range(from, (unsigned)kept[i] - 1, 0);
        if ((unsigned)kept[i] >= from)
            from = (unsigned)kept[i] + 1;
    }
    close_range(from, ~0u, 0);
}

static int compare_int(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

/* A journal, a lock, a terminal: none of them is to be held by what may outlive the run for a moment. */
static void drop_files(const struct isolation *iso)
{
    int *kept = calloc(iso->n + 1, sizeof *kept);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (!kept)
        out_of_memory();
    for (int fd = 0; null >= 0 && fd < (SANITIZED ? 2 : 3); fd++)
        dup2(null, fd);
    for (size_t i = 0; i < iso->n; i++)
        kept[i] = iso->slots[i].in_fd;
    kept[iso->n] = iso->server_end;
    qsort(kept, iso->n + 1, sizeof *kept, compare_int);
    keep_files(kept, iso->n + 1);
    free(kept);
}

static pid_t begin_child(struct isolated *s)
{
    const pid_t server = getpid();
    struct out_head *out = isolate_out(s);
    const uint32_t seen = atomic_load(&isolate_in(s)->word);

    atomic_store(&out->finished, seen);
    atomic_store(&out->done, 0);
    atomic_store(&out->taken, 0);
    atomic_store(&out->exhausted, 0);
    atomic_store(&out->cpu_ns, 0);
    atomic_store(&s->iso->states[s->number].dead, 0);
    const pid_t pid = fork();
    if (pid == 0)
        child(s, server, seen);
    return pid;
}

static void tell_death(struct isolated *s, int status)
{
    struct child_state *state = &s->iso->states[s->number];

    atomic_store(&state->status, status);
    atomic_store(&state->dead, 1);
    atomic_fetch_add(&isolate_out(s)->word, 1);
    isolate_wake(&isolate_out(s)->word);
}

static void reap(struct isolation *iso, pid_t *pids)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < iso->n; i++) {
            if (pids[i] != pid)
                continue;
            pids[i] = 0;
            tell_death(&iso->slots[i], status);
        }
    }
}

static void end_child(pid_t *pid)
{
    if (*pid <= 0)
        return;
    kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) {
    }
    *pid = 0;
}

/* Begin anew the child that the parent asks for; false when the parent has gone. */
static bool serve_one(struct isolation *iso, pid_t *pids)
{
    uint32_t number;
    const ssize_t n = recv(iso->server_end, &number, sizeof number, 0);

    if (n < 0 && errno == EINTR)
        return true;
    if (n != sizeof number || number >= iso->n)
        return false;
    end_child(&pids[number]);
    pids[number] = begin_child(&iso->slots[number]);
    const int32_t begun = pids[number] > 0 ? 0 : errno;
    return send(iso->server_end, &begun, sizeof begun, MSG_NOSIGNAL) == sizeof begun;
}

NO_RETURN void isolate_serve(struct isolation *iso, pid_t parent)
{
    pid_t *pids = calloc(iso->n, sizeof *pids);
    sigset_t child_signal;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || !pids)
        _exit(EXIT_INTERNAL);
    prctl(PR_SET_NAME, "pl:forks");
    ignore_signals();
    drop_files(iso);
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, NULL);
    struct pollfd wait[] = {{.fd = iso->server_end, .events = POLLIN},
                            {.fd = signalfd(-1, &child_signal, SFD_CLOEXEC), .events = POLLIN}};
    bool asked = wait[1].fd >= 0;
    while (asked) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            break;
        struct signalfd_siginfo info;
        if ((wait[1].revents & POLLIN) && read(wait[1].fd, &info, sizeof info) > 0)
            reap(iso, pids);
        if (wait[0].revents)
            asked = serve_one(iso, pids);
    }
    for (size_t i = 0; i < iso->n; i++)
        end_child(&pids[i]);
    _exit(0);
}
