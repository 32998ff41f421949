/* isolate.c - process() of a stage in processes of its own: the worker's side. */
#include "isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "isolate_child.h"
#include "sandbox.h"
#include "str.h"

enum {
    RUN_BYTES = 256 << 10,   /* of records at one wake-up: stays in a core's cache */
    REGION_KEPT = 4 << 20,   /* what a region keeps of the machine's memory after a large record */
    REGION_SLACK = 1 << 20,
    KILLED_MOST = 50,        /* records in a row that none survives: then it is the stage */
    UNBORN_MOST = 10,        /* processes in a row that die before they take a record */
    LOOK_MS = 250,           /* how often a waiting worker looks up */
    STOP_GRACE_MS = 3000,    /* what a record gets once the run was told to stop */
    CLOSE_GRACE_MS = 2000
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int refuse(const struct isolation *iso, const char *what)
{
    log_say(iso->run->opt.log, PL_LOG_ERROR, "isolated stages: %s: %s", what, strerror(errno));
    return PL_ERROR;
}

/* ---- the processes ---- */

/* Have the fork server begin the process anew, ending it first if it is still there; PL_OK or PL_FATAL. */
static int restart(struct isolated *s)
{
    struct isolation *iso = s->iso;
    int32_t begun = -1;
    ssize_t n;

    pthread_mutex_lock(&iso->lock);
    do
        n = send(iso->socket, &s->number, sizeof s->number, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    while (n == sizeof s->number) {
        n = recv(iso->socket, &begun, sizeof begun, 0);
        if (n >= 0 || errno != EINTR)
            break;
        n = sizeof s->number;
    }
    pthread_mutex_unlock(&iso->lock);
    s->n_answered = s->cpu_ns = 0;
    s->n_sent = s->next = 0;
    if (n == sizeof begun && begun == 0)
        return PL_OK;
    log_say(iso->run->opt.log, PL_LOG_ERROR, "stage '" STR_FMT "': cannot begin a process to isolate it in: %s",
            STR_ARG(s->call->stage->def->name), n == sizeof begun ? strerror(begun) : "the fork server has died");
    return PL_FATAL;
}

static char *map(size_t size, int *fd)
{
    void *p = MAP_FAILED;

    *fd = memfd_create("pressline", MFD_CLOEXEC);
    if (*fd >= 0 && ftruncate(*fd, (off_t)size) == 0)
        p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, *fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* The same memory through a file that cannot be written to: then nor can what is mapped of it. */
static int for_reading(int fd)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const int read_only = open(path, O_RDONLY | O_CLOEXEC);
    if (read_only < 0)
        return fd;
    close(fd);
    return read_only;
}

/* Address space for the largest record; of memory it takes only what is written. */
static int open_slot(struct isolation *iso, struct isolated *s, struct call *c)
{
    const struct settings *set = &iso->run->pipeline->settings;
    const size_t record = (size_t)set->record_memory, page = (size_t)sysconf(_SC_PAGESIZE);
    int out_fd;

    s->iso = iso;
    s->call = c;
    s->number = (uint32_t)(s - iso->slots);
    s->in_size = (size_add(size_add(record, (size_t)set->max_record), REGION_SLACK) + page - 1) & ~(page - 1);
    s->out_size = (size_add(size_mul(record, 2), REGION_SLACK) + page - 1) & ~(page - 1);
    s->in = map(s->in_size, &s->in_fd);
    s->out = s->in ? map(s->out_size, &out_fd) : NULL;
    if (!s->out)
        return refuse(iso, "cannot share memory for the largest record (record_memory)");
    close(out_fd);
    s->in_fd = for_reading(s->in_fd);
    c->isolated = s;
    return PL_OK;
}

static bool is_isolated(const struct stage_run *st)
{
    return st->def->isolate && st->def->plugin->process;
}

static int open_slots(struct isolation *iso)
{
    struct run *run = iso->run;
    size_t k = 0;

    for (int i = 0; i < run->n_stages; i++) {
        for (int w = 0; is_isolated(&run->stages[i]) && w < run->n_workers; w++) {
            if (open_slot(iso, &iso->slots[k++], &run->workers[w].calls[i]) != PL_OK)
                return PL_ERROR;
        }
    }
    iso->states_size = iso->n * sizeof *iso->states;
    iso->states = mmap(NULL, iso->states_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (iso->states == MAP_FAILED) {
        iso->states = NULL;
        return refuse(iso, "cannot share memory");
    }
    return PL_OK;
}

static int begin_server(struct isolation *iso)
{
    const pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return refuse(iso, "cannot make a socket");
    iso->socket = ends[0];
    iso->server_end = ends[1];
    iso->server = fork();
    if (iso->server == 0)
        isolate_serve(iso, parent);
    close(ends[1]);
    for (size_t i = 0; i < iso->n; i++) {
        close(iso->slots[i].in_fd);
        iso->slots[i].in_fd = -1;
    }
    if (iso->server < 0)
        return refuse(iso, "cannot begin a process");
    for (size_t i = 0; i < iso->n; i++) {
        if (restart(&iso->slots[i]) != PL_OK)
            return PL_ERROR;
    }
    return PL_OK;
}

int isolate_open(struct run *run)
{
    size_t n = 0;

    for (int i = 0; i < run->n_stages; i++)
        n += is_isolated(&run->stages[i]) ? (size_t)run->n_workers : 0;
    if (n == 0)
        return PL_OK;
    struct isolation *iso = calloc(1, sizeof *iso);
    if (iso)
        iso->slots = calloc(n, sizeof *iso->slots);
    if (!iso || !iso->slots)
        out_of_memory();
    iso->run = run;
    iso->n = n;
    iso->socket = -1;
    pthread_mutex_init(&iso->lock, NULL);
    for (size_t i = 0; i < n; i++)
        iso->slots[i].in_fd = -1;
    run->isolation = iso;
    if (!sandbox_built_in())
        log_say(run->opt.log, PL_LOG_WARN, "isolated stages run without a system call filter: built without libseccomp");
    return open_slots(iso) == PL_OK ? begin_server(iso) : PL_ERROR;
}

/* It ends its children and then itself once the socket is shut; a server that does not is ended, and its children by
 * the kernel. */
static void end_server(struct isolation *iso)
{
    const int64_t last = now_ns() + (int64_t)CLOSE_GRACE_MS * 1000000;
    const struct timespec moment = {0, 1000000};
    pid_t gone = 0;

    close(iso->socket);
    while ((gone = waitpid(iso->server, NULL, WNOHANG)) == 0 && now_ns() < last)
        nanosleep(&moment, NULL);
    if (gone == 0) {
        kill(iso->server, SIGKILL);
        waitpid(iso->server, NULL, 0);
    }
}

void isolate_close(struct run *run)
{
    struct isolation *iso = run->isolation;

    if (!iso)
        return;
    if (iso->server > 0)
        end_server(iso);
    for (size_t i = 0; i < iso->n; i++) {
        struct isolated *s = &iso->slots[i];
        if (s->in)
            munmap(s->in, s->in_size);
        if (s->out)
            munmap(s->out, s->out_size);
        if (s->in_fd >= 0)
            close(s->in_fd);
        free(s->places.at);
    }
    if (iso->states)
        munmap(iso->states, iso->states_size);
    pthread_mutex_destroy(&iso->lock);
    free(iso->slots);
    free(iso);
    run->isolation = NULL;
}

/* ---- a run of records goes out ---- */

void isolate_row(struct isolated *s, const struct records *row)
{
    s->row = row;
    s->row_at = 0;
    s->n_sent = s->next = 0;
}

/* Give back what a large record took; the process sleeps. */
static void shrink(char *region, size_t *high)
{
    if (*high > REGION_KEPT)
        madvise(region + REGION_KEPT, *high - REGION_KEPT, MADV_REMOVE);
    *high = 0;
}

/* The next record of the row that the stage is to see; NULL at its end. */
static pl_record *next_of_row(struct isolated *s)
{
    while (s->row_at < s->row->n) {
        pl_record *r = s->row->at[s->row_at++];
        if (work_sees(s->call->stage, r) && r->selected)
            return r;
    }
    return NULL;
}

/* `r` and what follows it, as much as is worth a wake-up.  PL_NOMEM when not even `r` fits. */
static int send_run(struct isolated *s, pl_record *r)
{
    struct in_head *in = isolate_in(s);
    struct out_head *out = isolate_out(s);
    struct flat_out to = {.at = s->in + REGION_HEAD, .cap = s->in_size - REGION_HEAD};
    uint32_t n = 0;

    shrink(s->in, &s->in_high);
    shrink(s->out, &s->out_high);
    s->places.n = 0;
    for (s->row_at = 0; s->row_at < s->row->n && s->row->at[s->row_at] != r;)
        s->row_at++;
    while (n < (s->alone ? 1 : RUN_MAX) && to.len < RUN_BYTES && (r = next_of_row(s)) != NULL) {
        in->at[n] = to.len;
        s->place_of[n] = s->places.n;
        flat_put_record(&to, r, &s->places);
        s->in_high = REGION_HEAD + to.len;
        if (to.full)
            break;
        s->sent[n++] = r;
    }
    if (n == 0)
        return PL_NOMEM;
    if (!to.full)
        in->at[n] = to.len;
    s->place_of[n] = s->places.n;
    s->n_sent = n;
    s->next = 0;
    s->answer_end = 0;
    in->n = n;
    atomic_store(&out->done, 0);
    atomic_store(&out->taken, 0);
    atomic_store(&in->word, ++s->run);
    isolate_wake(&in->word);
    return PL_OK;
}

/* ---- waiting for an answer ---- */

enum waited { ANSWERED, AGAIN, DIED, HUNG, OVER };

/* What a worker that waits goes by. */
struct patience {
    int64_t since, stopped; /* the record at hand began; the run was told to stop; 0: not yet */
    uint32_t taken;
};

static bool server_lives(const struct isolation *iso)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)iso->server, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/* How long to sleep now, in ms; 0: the record has had its time. */
static int64_t time_left(const struct isolated *s, struct patience *p)
{
    const struct out_head *out = isolate_out(s);
    const int64_t timeout = s->call->stage->def->timeout * 1000000, now = now_ns();
    const uint32_t taken = atomic_load(&out->taken);

    if (taken != p->taken) {
        /* The process says when, and is believed as far as it can be true. */
        const int64_t began = (int64_t)atomic_load(&out->began_ns);
        p->taken = taken;
        p->since = began > p->since && began <= now ? began : now;
    }
    if (!timeout)
        return LOOK_MS;
    const int64_t left = (p->since + timeout - now + 999999) / 1000000;
    return left <= 0 ? 0 : left < LOOK_MS ? left : LOOK_MS;
}

/* Whether the worker is to go home without an answer: the run is dead, or told to stop and the record takes for ever. */
static bool is_over(struct isolated *s, struct patience *p)
{
    struct run *run = s->iso->run;

    if (atomic_load(&run->dead))
        return true;
    if (!atomic_load(&run->stop))
        return false;
    if (!p->stopped)
        p->stopped = now_ns();
    if (now_ns() - (p->since > p->stopped ? p->since : p->stopped) < (int64_t)STOP_GRACE_MS * 1000000)
        return false;
    log_say(run->opt.log, PL_LOG_WARN, "stage '" STR_FMT "': broken off in a record that took too long to end in order",
            STR_ARG(s->call->stage->def->name));
    run_die(run, RUN_STOPPED);
    return true;
}

static enum waited wait_answer(struct isolated *s)
{
    struct out_head *out = isolate_out(s);
    struct patience p = {.since = now_ns()};

    for (;;) {
        const uint32_t word = atomic_load(&out->word), done = atomic_load(&out->done);
        const bool dead = atomic_load(&s->iso->states[s->number].dead);
        const bool finished = atomic_load(&out->finished) == s->run;
        if (done > s->next)
            return done <= s->n_sent ? ANSWERED : DIED;
        if (dead)
            return DIED;
        if (finished)
            return AGAIN;
        const int64_t ms = time_left(s, &p);
        if (ms == 0)
            return HUNG;
        if (is_over(s, &p))
            return OVER;
        isolate_sleep(&out->word, word, ms);
        if (!server_lives(s->iso))
            return OVER;
    }
}

/* ---- an answer comes back ---- */

static pl_record *emit(void *arg, pl_record *parent)
{
    struct call *c = arg;

    return c->self.host->emit(&c->self, parent);
}

static void count(void *arg, uint32_t metric, uint64_t by)
{
    struct call *c = arg;

    c->self.host->count(&c->self, metric, by);
}

/* Its text may be anything, as a plugin's may. */
static void line(void *arg, int level, pl_str id, pl_str message)
{
    host_say(arg, level, id, message);
}

/* What a process did not survive, or did not do right. */
struct cause {
    const char *code;
    char text[256];
};

/* The answer to `r`; PL_ERROR when it is damaged or the process had no memory left: *cause then. */
static int take_answer(struct isolated *s, pl_record *r, int *rc, struct cause *cause)
{
    struct call *c = s->call;
    const struct stage *def = c->stage->def;
    const struct flat_sink sink = {.arg = c, .emit = emit, .count = count, .line = line, .stage = c->stage->index,
                                   .n_counts = c->stage->n_metrics};
    const uint64_t begin = s->answer_end, end = atomic_load(&isolate_out(s)->end[s->next]);
    const size_t place = s->place_of[s->next];
    struct flat_result result = {.why = "its length is wrong"};
    int taken = PL_ERROR;

    if (begin <= end && end <= s->out_size - REGION_HEAD && end % 8 == 0) {
        s->out_high = REGION_HEAD + (size_t)end;
        taken = flat_take_answer(r, (pl_str){s->out + REGION_HEAD + begin, (size_t)(end - begin)}, s->places.at + place,
                                 s->place_of[s->next + 1] - place, &sink, &result);
    }
    if (taken != PL_ERROR && !result.exhausted) {
        s->answer_end = end;
        s->next++;
        *rc = taken == PL_NOMEM ? PL_NOMEM : result.rc;
        if (result.fault[0]) {
            memcpy(c->fault_text, result.fault, sizeof c->fault_text);
            c->fault = c->fault_text;
        }
        if (result.n_lost)
            log_say(s->iso->run->opt.log, PL_LOG_WARN, "stage '" STR_FMT "': %llu more lines about one record are not shown",
                    STR_ARG(def->name), (unsigned long long)result.n_lost);
        r->wall_ns += result.wall_ns < (uint64_t)INT64_MAX / 1024 ? result.wall_ns : 0;
        return PL_OK;
    }
    record_rollback(r);
    records_free(&c->emitted);
    r->stage_private = (pl_str){NULL, 0};
    if (taken != PL_ERROR) {
        cause->code = "memory";
        snprintf(cause->text, sizeof cause->text, "stage '" STR_FMT "' took more than %lld bytes of memory (`memory`)",
                 STR_ARG(def->name), (long long)def->memory);
    } else {
        cause->code = "isolate";
        snprintf(cause->text, sizeof cause->text, "the answer of stage '" STR_FMT "' is damaged: %s", STR_ARG(def->name),
                 result.why);
    }
    return PL_ERROR;
}

static const char *signal_name(int sig, char *room, size_t size)
{
    const char *name = sigabbrev_np(sig);

    if (name)
        snprintf(room, size, "SIG%s", name);
    else
        snprintf(room, size, "signal %d", sig);
    return room;
}

static void explain_death(const struct isolated *s, struct cause *cause)
{
    const struct stage *def = s->call->stage->def;
    const int status = atomic_load(&s->iso->states[s->number].status);
    const bool exhausted = atomic_load(&isolate_out(s)->exhausted) == 1;
    char name[32];

    if (!atomic_load(&s->iso->states[s->number].dead)) {
        cause->code = "isolate";
        snprintf(cause->text, sizeof cause->text, "stage '" STR_FMT "' answered what it was not asked", STR_ARG(def->name));
    } else if (WIFEXITED(status)) {
        cause->code = "exit";
        snprintf(cause->text, sizeof cause->text, "stage '" STR_FMT "' ended its process with exit status %d",
                 STR_ARG(def->name), WEXITSTATUS(status));
    } else {
        cause->code = exhausted ? "memory" : "crash";
        snprintf(cause->text, sizeof cause->text, "stage '" STR_FMT "' was killed by %s%s", STR_ARG(def->name),
                 signal_name(WTERMSIG(status), name, sizeof name), exhausted ? ": no more memory (`memory`)" : "");
    }
}

static void explain_hang(const struct isolated *s, struct cause *cause)
{
    const struct stage *def = s->call->stage->def;

    cause->code = "hang";
    snprintf(cause->text, sizeof cause->text, "stage '" STR_FMT "' gave no answer in %lld ms (`timeout`) and was killed by SIGKILL",
             STR_ARG(def->name), (long long)def->timeout);
}

/* A stage that no record survives is broken, not the records. */
static int check_storm(struct isolated *s, const struct cause *cause)
{
    const bool unborn = s->n_unborn >= UNBORN_MOST;

    if (!unborn && s->n_killed < KILLED_MOST)
        return PL_OK;
    log_say(s->iso->run->opt.log, PL_LOG_ERROR,
            "stage '" STR_FMT "': %d %s; the last: %s.  The stage is broken, not the records: the run is stopped",
            STR_ARG(s->call->stage->def->name), unborn ? UNBORN_MOST : KILLED_MOST,
            unborn ? "processes in a row died before they took a record" : "records in a row killed its process",
            cause->text);
    run_die(s->iso->run, RUN_INTERNAL);
    return PL_FATAL;
}

/* The process is of no use any more; whether `r` is to be tried by the next one: what had it all to itself is to blame,
 * anything else may have suffered from another. */
static int bury(struct isolated *s, pl_record *r, const struct cause *cause, bool *again)
{
    *again = s->n_answered > 0 || s->n_sent > 1;
    s->n_unborn = atomic_load(&isolate_out(s)->taken) ? 0 : s->n_unborn + 1;
    if (restart(s) != PL_OK)
        return PL_FATAL;
    s->alone = *again;
    if (!*again) {
        s->n_killed++;
        record_fail(r, s->call->stage->index, str_of(cause->code), str_of(cause->text));
    }
    return check_storm(s, cause);
}

/* Once, of the process's own word: a kernel without filters is nothing to stop for. */
static void tell_unfiltered(struct isolated *s)
{
    if (SANITIZED || !sandbox_built_in() || (atomic_load(&isolate_out(s)->held) & SANDBOX_FILTER) ||
        atomic_exchange(&s->iso->told_unfiltered, true))
        return;
    log_say(s->iso->run->opt.log, PL_LOG_WARN, "isolated stages run without a system call filter: this kernel has none");
}

int isolate_call(struct call *c, pl_record *r)
{
    struct isolated *s = c->isolated;

    for (;;) {
        struct cause cause = {0};
        bool again = true;
        int rc = PL_OK;

        if (s->next == s->n_sent || s->sent[s->next] != r)
            rc = send_run(s, r);
        if (rc != PL_OK)
            return rc;
        switch (wait_answer(s)) {
        case ANSWERED:
            if (take_answer(s, r, &rc, &cause) != PL_OK)
                break;
            if (s->n_answered++ == 0)
                tell_unfiltered(s);
            s->n_killed = s->n_unborn = 0;
            s->alone = false;
            return rc;
        case AGAIN:
            /* No room was left for its answer behind the others. */
            if (s->next > 0) {
                s->n_sent = s->next = 0;
                continue;
            }
            cause.code = "isolate";
            snprintf(cause.text, sizeof cause.text, "stage '" STR_FMT "' gave no answer", STR_ARG(c->stage->def->name));
            break;
        case DIED: explain_death(s, &cause); break;
        case HUNG: explain_hang(s, &cause); break;
        case OVER:
            if (!atomic_load(&c->run->dead))
                log_say(c->run->opt.log, PL_LOG_ERROR, "isolated stages: the fork server has died");
            return PL_FATAL;
        }
        if (bury(s, r, &cause, &again) != PL_OK)
            return PL_FATAL;
        if (!again)
            return PL_OK;
        log_say(c->run->opt.log, PL_LOG_INFO, "%s; it is tried once more by a fresh process", cause.text);
    }
}

uint64_t isolate_cpu_ns(struct isolated *s)
{
    const uint64_t now = atomic_load(&isolate_out(s)->cpu_ns), spent = now - s->cpu_ns;

    s->cpu_ns = now;
    /* The process's own word. */
    return spent < UINT64_C(1) << 48 ? spent : 0;
}
