/* cmd_run.c - `pressline run`: the whole pipeline, from its inputs to its outputs. */
#include <sys/resource.h>
#include <time.h>

#include "cli.h"
#include "deadletter.h"
#include "exit.h"
#include "metrics.h"
#include "notify.h"
#include "outfile.h"
#include "progress.h"
#include "report.h"
#include "signals.h"
#include "str.h"

/* What the end of the line writes to. */
struct outputs {
    struct log *log;
    struct outfile letters;
    struct report report;
    struct metrics *metrics;
    struct notify notify;
    bool ready; /* the service manager knows that the run has begun */
};

static int64_t clock_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint64_t peak_rss(void)
{
    struct rusage u;

    return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}

static int io_error(struct outputs *out, const struct outfile *f)
{
    struct buf b = {0};

    outfile_explain(f, &b);
    log_write(out->log, PL_LOG_ERROR, (pl_str){NULL, 0}, (pl_str){NULL, 0}, buf_view(&b));
    buf_done(&b);
    return PL_FATAL;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    struct outputs *out = arg;
    struct buf b = {0};
    int rc = PL_OK;

    if (r->fate == FATE_DROPPED)
        report_drop(&out->report, r);
    if (r->fate != FATE_FAILED)
        return PL_OK;
    deadletter_write(&b, r, run_stage(run, r->stage)->name);
    if (b.failed)
        out_of_memory();
    if (outfile_write(&out->letters, buf_view(&b)) != 0)
        rc = io_error(out, &out->letters);
    buf_done(&b);
    return rc;
}

static int sync_letters(void *arg)
{
    struct outputs *out = arg;

    return outfile_sync(&out->letters) == 0 ? PL_OK : io_error(out, &out->letters);
}

static int write_report(struct outputs *out, const struct pipeline *p, pl_str json)
{
    struct outfile f;
    int rc = 0;

    if (outfile_open(&f, p->settings.report) != 0 || outfile_write(&f, json) != 0 || outfile_publish(&f) != 0)
        rc = io_error(out, &f);
    outfile_close(&f);
    return rc;
}

static int exit_code(enum run_end end, bool balanced, const struct run *run, const char **word)
{
    static const struct {
        const char *word;
        int code;
    } of[] = {[RUN_STOPPED] = {"interrupted", EXIT_AGAIN},
              [RUN_MAX_FAILURES] = {"max-failures", EXIT_MAX_FAILURES},
              [RUN_IO] = {"io", EXIT_IO},
              [RUN_INTERNAL] = {"internal", EXIT_INTERNAL}};

    if (!balanced)
        end = RUN_INTERNAL;
    if (end != RUN_DONE) {
        *word = of[end].word;
        return of[end].code;
    }
    *word = run_books(run)->failed ? "dead-letters" : "clean";
    return run_books(run)->failed ? EXIT_DEAD_LETTERS : EXIT_CLEAN;
}

static void tell_lines(struct log *log, pl_str text)
{
    pl_str line;

    while (str_split(&text, '\n', &line))
        log_tell(log, line);
}

/* "20261125T171451Z-1": when it began and its number. */
static void name_run(struct log *log, int64_t started_ms)
{
    const time_t t = (time_t)(started_ms / 1000);
    struct tm tm;
    char id[32];

    gmtime_r(&t, &tm);
    strftime(id, sizeof id, "%Y%m%dT%H%M%SZ-1", &tm);
    log_set_run(log, str_of(id));
}

static void say_end(const struct cli *cli, struct outputs *out, const struct pipeline *p, const struct run *run,
                    enum run_end end)
{
    struct buf b = {0};

    report_text(&b, &out->report, run);
    if (end == RUN_MAX_FAILURES)
        buf_addf(&b, "stopped by max_failures; see '" STR_FMT "'\n", STR_ARG(p->settings.deadletters));
    else if (end == RUN_STOPPED)
        buf_addz(&b, "interrupted: what was in hand is finished, the outputs are left as .part files\n");
    else if (end == RUN_IO || end == RUN_INTERNAL)
        buf_addz(&b, "broken off: the outputs are left as .part files\n");
    else if (run_books(run)->failed)
        buf_addf(&b, "the failed records are in '" STR_FMT "'\n", STR_ARG(p->settings.deadletters));
    const bool json_stream = log_form_of(out->log) == LOG_JSON && !log_in_file(out->log);
    const bool wanted = !cli->quiet || out->report.exit_code != EXIT_CLEAN;
    if (log_in_file(out->log) || (wanted && json_stream))
        tell_lines(out->log, buf_view(&b));
    if (wanted && !json_stream)
        fputs(buf_cstr(&b), stderr);
    pl_str text = buf_view(&b), first;
    if (str_split(&text, '\n', &first))
        notify_status(&out->notify, first);
    buf_done(&b);
}

struct interval {
    struct outputs *out;
    struct run *run;
};

static void each_interval(void *arg)
{
    const struct interval *at = arg;

    metrics_write(at->out->metrics, at->run, clock_ms(CLOCK_REALTIME));
}

/* With `Type=notify` an end that was not preceded by this is a failure, however well it went. */
static void tell_ready(struct outputs *out)
{
    if (!out->ready)
        notify_send(&out->notify, PL_S("READY=1"));
    out->ready = true;
}

/* The run itself, between open and close; the exit code. */
static int go(const struct cli *cli, struct outputs *out, struct pipeline *p, struct run *run)
{
    const int64_t wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    struct interval at = {out, run};
    const struct progress_options watch = {.log = out->log,
                                           .out = cli->quiet ? NULL : stderr,
                                           .interval_ms = p->settings.progress_interval,
                                           .notify = &out->notify,
                                           .each = each_interval,
                                           .arg = &at};
    struct report *rep = &out->report;
    struct buf json = {0};

    rep->jobs = run_workers(run);
    signals_watch(run);
    tell_ready(out);
    metrics_write(out->metrics, run, rep->started_ms);
    struct progress *progress = progress_start(run, &watch);
    const enum run_end end = run_go(run);
    progress_stop(progress);
    rep->wall_seconds = (double)(clock_ms(CLOCK_MONOTONIC) - wall) / 1e3;
    rep->cpu_seconds = (double)(clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e3;
    rep->peak_rss = peak_rss();
    const bool whole = end != RUN_IO && end != RUN_INTERNAL;
    rep->exit_code = exit_code(end, !whole || run_balanced(run), run, &rep->end);
    if (whole && outfile_publish(&out->letters) != 0) {
        io_error(out, &out->letters);
        rep->end = "io";
        rep->exit_code = EXIT_IO;
    }
    report_json(&json, rep, run);
    if (json.failed)
        out_of_memory();
    if (write_report(out, p, buf_view(&json)) != 0)
        rep->exit_code = EXIT_IO;
    say_end(cli, out, p, run, end);
    metrics_end(out->metrics, run, clock_ms(CLOCK_REALTIME));
    if (cli->json)
        fputs(buf_cstr(&json), stdout);
    buf_done(&json);
    signals_watch(NULL);
    return rep->exit_code;
}

/* What begins before the run and ends behind it: its log, its metrics; an exit code. */
static int open_books(const struct cli *cli, struct outputs *out, const struct pipeline *p)
{
    out->report.pipeline = p;
    out->report.started_ms = clock_ms(CLOCK_REALTIME);
    out->log = cli_log(p);
    if (!out->log)
        return EXIT_IO;
    signals_log(out->log);
    name_run(out->log, out->report.started_ms);
    if (log_in_file(out->log))
        log_say(out->log, PL_LOG_INFO, "run of %s begins", p->file);
    out->metrics = metrics_open(p->settings.metrics, cli->shard, out->log, &out->report);
    return EXIT_CLEAN;
}

static void close_books(struct outputs *out)
{
    signals_log(NULL);
    metrics_close(out->metrics);
    notify_close(&out->notify);
    arena_done(&out->report.arena);
    log_free(out->log);
}

int cmd_run(const struct cli *cli)
{
    struct pipeline p = {0};
    struct outputs out = {.letters = {.fd = -1}};
    struct run *run = NULL;

    notify_open(&out.notify);
    int code = cli_pipeline(cli, false, &p);
    if (code == EXIT_CLEAN)
        code = open_books(cli, &out, &p);
    if (code != EXIT_CLEAN)
        goto done;
    if (outfile_open(&out.letters, p.settings.deadletters) != 0) {
        io_error(&out, &out.letters);
        code = EXIT_IO;
        goto done;
    }
    const struct run_options opt = {.log = out.log,
                                    .jobs = (int)p.settings.jobs,
                                    .checked = cli->checked,
                                    .now_ms = out.report.started_ms,
                                    .leave = leave,
                                    .sync = sync_letters,
                                    .arg = &out};
    code = run_open(&run, &p, &opt) == PL_OK ? go(cli, &out, &p, run) : EXIT_CONFIG;
done:
    if (code == EXIT_CLEAN)
        tell_ready(&out);
    if (!run && out.metrics) {
        out.report.exit_code = code;
        metrics_end(out.metrics, NULL, clock_ms(CLOCK_REALTIME));
    }
    if (run)
        run_close(run);
    outfile_close(&out.letters);
    close_books(&out);
    pipeline_done(&p);
    return code;
}
