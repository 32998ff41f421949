/* cmd_filter.c - `pressline filter`: a pipeline's inner stages over JSONL, stdin to stdout.
 *
 * For shell pipes, GNU parallel, Spark: records keep the origin they bring.  Dead letters go to stderr, a line each,
 * among the log. */
#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "deadletter.h"
#include "exit.h"
#include "lines.h"
#include "signals.h"
#include "str.h"

struct filter_state {
    struct lines in;
    int input;
    struct log *log;
};

/* A plugin's config is const to it; ours leads to what it may change. */
struct filter_config {
    struct filter_state *state;
};

static struct filter_state *state_of(pl_self *self)
{
    return ((const struct filter_config *)self->config)->state;
}

static int source_open(pl_self *self)
{
    state_of(self)->in.max = pl_max_record(self);
    return PL_OK;
}

static int source_read(pl_self *self)
{
    struct filter_state *st = state_of(self);
    pl_str line;

    if (!st->input)
        st->input = pl_input(self, PL_S("-"), PL_S(""));
    const enum lines_result got = lines_next(&st->in, &line);
    if (got == LINES_WAIT)
        return PL_AGAIN;
    if (got == LINES_END)
        return PL_EOF;
    if (got == LINES_ERROR) {
        pl_log(self, PL_LOG_ERROR, NULL, "cannot read standard input: %s", strerror(errno));
        return PL_FATAL;
    }
    pl_record *r = pl_emit(self, NULL);
    pl_set_origin(self, r, st->input, st->in.number);
    if (got == LINES_TOO_LONG)
        pl_fail(self, r, "too-large", "line %llu is longer than max_record, %zu bytes",
                (unsigned long long)st->in.number, st->in.max);
    else if (pl_set_raw(self, r, line) != PL_OK)
        pl_fail(self, r, "too-large", "line %llu does not fit record_memory", (unsigned long long)st->in.number);
    return PL_OK;
}

static int source_process(pl_self *self, pl_record *r)
{
    return pl_from_json(self, r, pl_get_raw(self, r));
}

static int sink_process(pl_self *self, pl_record *r)
{
    const pl_str line = pl_to_json(self, r);

    return line.ptr ? pl_set_private(self, r, line) : PL_NOMEM;
}

static int sink_commit(pl_self *self, pl_record *r)
{
    const pl_str line = pl_get_private(self, r);
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    struct iovec part[2] = {{(void *)(uintptr_t)line.ptr, line.len}, {(void *)(uintptr_t)"\n", 1}};
    struct iovec *at = part;

    while (at < part + 2) {
        const ssize_t n = writev(STDOUT_FILENO, at, (int)(part + 2 - at));
        if (n < 0 && errno == EAGAIN) {
            poll(&out, 1, -1);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EPIPE) /* that nobody reads on is no news */
                pl_log(self, PL_LOG_ERROR, NULL, "cannot write standard output: %s", strerror(errno));
            return PL_FATAL;
        }
        for (size_t left = (size_t)n; at < part + 2 && (left || at->iov_len == 0);) {
            const size_t take = left < at->iov_len ? left : at->iov_len;
            at->iov_base = (char *)at->iov_base + take;
            at->iov_len -= take;
            left -= take;
            if (at->iov_len)
                break;
            at++;
        }
    }
    return PL_OK;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    struct buf b = {0};

    (void)arg;
    if (r->fate != FATE_FAILED)
        return PL_OK;
    deadletter_write(&b, r, run_stage(run, r->stage)->name);
    if (b.failed)
        out_of_memory();
    const bool written = fwrite(b.ptr, 1, b.len, stderr) == b.len;
    buf_done(&b);
    return written ? PL_OK : PL_FATAL;
}

static int end_code(enum run_end end, struct run *run)
{
    if (end != RUN_IO && end != RUN_INTERNAL && !run_balanced(run))
        return EXIT_INTERNAL;
    switch (end) {
    case RUN_STOPPED: return EXIT_AGAIN;
    case RUN_MAX_FAILURES: return EXIT_MAX_FAILURES;
    case RUN_IO: return EXIT_IO;
    case RUN_INTERNAL: return EXIT_INTERNAL;
    case RUN_NOTHING_NEW:
    case RUN_DONE: break;
    }
    return run_books(run)->failed ? EXIT_DEAD_LETTERS : EXIT_CLEAN;
}

int cmd_filter(const struct cli *cli)
{
    static const pl_plugin source = {.name = "stdin", .about = "JSONL on standard input",
                                     .open = source_open, .read = source_read, .process = source_process};
    static const pl_plugin sink = {.name = "stdout", .about = "JSONL on standard output", .flags = PL_SINK,
                                   .process = sink_process, .commit = sink_commit};
    struct pipeline p = {0};
    struct filter_state state = {.in = {.fd = STDIN_FILENO}};
    const struct filter_config config = {&state};
    struct run *run = NULL;
    struct timespec now;
    int code = cli_pipeline(cli, true, &p);

    if (code != EXIT_CLEAN)
        goto done;
    state.log = cli_log(&p);
    if (!state.log) {
        code = EXIT_IO;
        goto done;
    }
    signals_log(state.log);
    clock_gettime(CLOCK_REALTIME, &now);
    const struct run_options opt = {.log = state.log,
                                    .jobs = (int)p.settings.jobs,
                                    .checked = cli->checked,
                                    .keep_origin = true,
                                    .now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                                    .source = &source,
                                    .sink = &sink,
                                    .source_config = &config,
                                    .sink_config = &config,
                                    .leave = leave};
    if (run_open(&run, &p, &opt) != PL_OK) {
        code = EXIT_CONFIG;
        goto done;
    }
    signals_watch(run);
    code = end_code(run_go(run), run);
    signals_done();
done:
    if (run)
        run_close(run);
    lines_done(&state.in);
    signals_log(NULL);
    log_free(state.log);
    pipeline_done(&p);
    return code;
}
