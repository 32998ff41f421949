/* job.c - an unattended run. */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "deadletter.h"
#include "exit.h"
#include "fates.h"
#include "fileio.h"
#include "identity.h"
#include "metrics.h"
#include "notify.h"
#include "outfile.h"
#include "progress.h"
#include "report.h"
#include "signals.h"
#include "str.h"

/* What the end of the line writes to, and what belongs to the whole of the run. */
struct work {
    const struct job *job;
    const struct cli *cli;
    struct pipeline *p;
    struct log *log;
    struct shard shard;
    struct state *state; /* NULL: none is kept */
    struct blame *blame;
    struct run *run;
    struct outfile letters;
    struct appendfile fates; /* where state is kept */
    bool all_fates;
    struct report report;
    struct metrics *metrics;
    struct notify notify;
    bool ready; /* the service manager knows that the run has begun */
    int64_t wall_ms, cpu_ms; /* clocks when this process began */
    double wall_before, cpu_before; /* seconds that processes before it took */
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

static int file_error(struct work *w, const struct appendfile *f)
{
    struct buf b = {0};

    appendfile_explain(f, &b);
    log_write(w->log, PL_LOG_ERROR, (pl_str){NULL, 0}, (pl_str){NULL, 0}, buf_view(&b));
    buf_done(&b);
    return PL_FATAL;
}

/* ---- while records leave ---- */

static int write_letter(struct work *w, const struct run *run, const pl_record *r)
{
    struct buf b = {0};

    deadletter_write(&b, r, run_stage(run, r->stage)->name);
    if (b.failed)
        out_of_memory();
    const int rc = outfile_write(&w->letters, buf_view(&b)) == 0 ? PL_OK : file_error(w, &w->letters.part);
    buf_done(&b);
    return rc;
}

static int write_fate(struct work *w, const struct run *run, const pl_record *r)
{
    struct buf b = {0};

    fate_write(&b, run, r);
    if (b.failed)
        out_of_memory();
    const int rc = appendfile_write(&w->fates, buf_view(&b)) == 0 ? PL_OK : file_error(w, &w->fates);
    buf_done(&b);
    return rc;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    struct work *w = arg;

    if (r->fate == FATE_DROPPED)
        report_drop(&w->report, r);
    if (r->fate == FATE_FAILED && write_letter(w, run, r) != PL_OK)
        return PL_FATAL;
    return w->state && (r->fate != FATE_LIVE || w->all_fates) ? write_fate(w, run, r) : PL_OK;
}

static double wall_seconds(const struct work *w)
{
    return w->wall_before + (double)(clock_ms(CLOCK_MONOTONIC) - w->wall_ms) / 1e3;
}

static double cpu_seconds(const struct work *w)
{
    return w->cpu_before + (double)(clock_ms(CLOCK_PROCESS_CPUTIME_ID) - w->cpu_ms) / 1e3 +
           (double)run_isolated_ns(w->run) / 1e9;
}

static int save(void *arg, struct buf *own)
{
    struct work *w = arg;

    if (outfile_sync(&w->letters) != 0)
        return file_error(w, &w->letters.part);
    if (!w->state)
        return PL_OK;
    if (appendfile_sync(&w->fates) != 0)
        return file_error(w, &w->fates);
    appendfile_save(&w->letters.part, own);
    appendfile_save(&w->fates, own);
    report_save(&w->report, own);
    pack_f64(own, wall_seconds(w));
    pack_f64(own, cpu_seconds(w));
    return PL_OK;
}

/* ---- the files of the run ---- */

static pl_str fates_path(struct work *w)
{
    return state_path(w->state, &w->p->arena, "fates.jsonl");
}

/* What an earlier process left is not what the journal says, or cannot be read. */
static int not_restored(struct work *w, const struct appendfile *f)
{
    file_error(w, f);
    return f->error ? PL_FATAL : PL_ERROR;
}

static int restore(void *arg, pl_str own)
{
    struct work *w = arg;
    struct unpack u = {own, false};
    uint64_t length;
    uint32_t crc;

    appendfile_saved(&u, &length, &crc);
    if (outfile_resume(&w->letters, w->p->settings.deadletters, length, crc) != 0)
        return not_restored(w, &w->letters.part);
    appendfile_saved(&u, &length, &crc);
    if (appendfile_resume(&w->fates, fates_path(w), length, crc) != 0)
        return not_restored(w, &w->fates);
    report_restore(&w->report, &u);
    w->wall_before = unpack_f64(&u);
    w->cpu_before = unpack_f64(&u);
    if (u.failed)
        log_say(w->log, PL_LOG_ERROR, "the checkpoint's own part cannot be read; --restart begins the run anew");
    return u.failed ? PL_ERROR : PL_OK;
}

static int open_files(struct work *w)
{
    const char *notes = w->state ? state_path(w->state, &w->p->arena, "blame").ptr : NULL;

    if (notes && folder_make_above(notes) != 0) {
        log_say(w->log, PL_LOG_ERROR, "cannot make the folder of '%s': %s", notes, strerror(errno));
        return PL_FATAL;
    }
    w->blame = blame_open(notes, w->log);
    if (!w->blame)
        return PL_FATAL;
    if (w->state && state_checkpoint(w->state).kind)
        return PL_OK; /* restore() does */
    if (outfile_open(&w->letters, w->p->settings.deadletters) != 0)
        return file_error(w, &w->letters.part);
    if (w->state && appendfile_create(&w->fates, fates_path(w)) != 0)
        return file_error(w, &w->fates);
    return PL_OK;
}

static int write_report(struct work *w, pl_str json)
{
    struct outfile f;
    int rc = PL_OK;

    if (outfile_open(&f, w->p->settings.report) != 0 || outfile_write(&f, json) != 0 || outfile_publish(&f) != 0)
        rc = file_error(w, &f.part);
    outfile_close(&f);
    return rc;
}

/* ---- the state folder ---- */

/* What of the pipeline can only be read or written once; NULL: nothing. */
static const char *not_resumable(const struct pipeline *p, bool own_reader, pl_str *who)
{
    const pl_plugin *source = p->stages[0].plugin;

    for (int i = own_reader; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        *who = s->name;
        if (s->plugin->read && (!s->plugin->checkpoint || !s->plugin->restore))
            return "cannot go on where it was";
        if ((s->plugin->flags & PL_SINK) && s->plugin->commit && !s->plugin->restore &&
            !(s->plugin->then && s->plugin->then->restore))
            return "cannot take back what it wrote";
    }
    *who = p->stages[0].name;
    for (const pl_option *o = own_reader ? NULL : source->options; (source->flags & PL_INPUTS) && o && o->type != PL_OPT_END; o++) {
        const pl_list *inputs = (const pl_list *)(const void *)((const char *)p->stages[0].config + o->offset);
        for (size_t i = 0; strcmp(o->name, "inputs") == 0 && o->type == PL_OPT_LIST && i < inputs->n; i++) {
            if (str_is(inputs->at[i], "-"))
                return "reads standard input, which cannot be read again";
        }
    }
    return NULL;
}

static void suffix_shard(struct work *w, struct buf *suffix)
{
    struct pipeline *p = w->p;

    if (w->shard.n == 0)
        return;
    buf_addf(suffix, "-%uof%u", w->shard.k, w->shard.n);
    p->settings.state = pipeline_suffixed(&p->arena, p->settings.state, buf_view(suffix));
    p->settings.metrics = pipeline_suffixed(&p->arena, p->settings.metrics, buf_view(suffix));
    p->settings.log_file = pipeline_suffixed(&p->arena, p->settings.log_file, buf_view(suffix));
    pipeline_rename_lasting(p, buf_view(suffix));
}

static int open_state(struct work *w)
{
    struct pipeline *p = w->p;
    struct buf identity = {0};
    pl_str who;
    const char *why = not_resumable(p, w->job->reader != NULL, &who);

    if (why && p->own_state) {
        log_say(w->log, PL_LOG_ERROR, "no state can be kept: stage '" STR_FMT "' %s; leave `state` away", STR_ARG(who), why);
        return EXIT_CONFIG;
    }
    if (why || p->settings.state.len == 0)
        return EXIT_CLEAN;
    identity_write(&identity, p, &w->shard);
    if (identity.failed)
        out_of_memory();
    const struct state_request req = {.dir = p->settings.state,
                                      .restart = w->cli->restart,
                                      .identity = buf_view(&identity),
                                      .now_ms = w->report.started_ms};
    const int code = state_open(&w->state, &req, w->log);
    buf_done(&identity);
    return code;
}

static int parse_shard(struct work *w)
{
    const struct stage *source = &w->p->stages[0];
    struct buf why = {0};
    int code = EXIT_CLEAN;

    if (!w->cli->shard.ptr)
        return EXIT_CLEAN;
    if (!shard_parse(w->cli->shard, &w->shard, &why)) {
        fprintf(stderr, "pressline: --shard: %s\n", buf_cstr(&why));
        code = EXIT_USAGE;
    } else if (!(source->plugin->flags & PL_INPUTS)) {
        fprintf(stderr, "pressline: --shard: stage '" STR_FMT "' has no list of inputs that could be shared out\n",
                STR_ARG(source->name));
        code = EXIT_CONFIG;
    }
    buf_done(&why);
    return code;
}

static int open_log(struct work *w)
{
    w->log = cli_log(w->p);
    if (!w->log)
        return EXIT_IO;
    signals_log(w->log);
    return EXIT_CLEAN;
}

/* The log lines' name of a run without state. */
static void name_run(struct work *w)
{
    const time_t t = (time_t)(w->report.started_ms / 1000);
    struct tm tm;
    char id[32];

    gmtime_r(&t, &tm);
    strftime(id, sizeof id, "%Y%m%dT%H%M%SZ-1", &tm);
    log_set_run(w->log, w->state ? state_id(w->state) : str_of(id));
    if (log_in_file(w->log))
        log_say(w->log, PL_LOG_INFO, "run of %s begins", w->p->file);
}

/* A finished file that the state knows nothing of is not to be replaced by accident. */
static int spare_outputs(struct work *w)
{
    const struct pipeline *p = w->p;

    if (!w->state || state_run(w->state) > 1 || state_checkpoint(w->state).kind || w->cli->restart)
        return EXIT_CLEAN;
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        for (const pl_option *o = s->plugin->options; o && o->type != PL_OPT_END; o++) {
            const pl_str *path = (const pl_str *)(const void *)((const char *)s->config + o->offset);
            struct stat st;
            if (!pipeline_is_output(s, o) || stat(path->ptr, &st) != 0 || !S_ISREG(st.st_mode))
                continue;
            log_say(w->log, PL_LOG_ERROR,
                    "'" STR_FMT "' is there already, and '" STR_FMT "' knows nothing of it: move it away, choose another "
                    "--output, or replace it with --restart",
                    STR_ARG(*path), STR_ARG(p->settings.state));
            return EXIT_CONFIG;
        }
    }
    return EXIT_CLEAN;
}

/* Everything that is written gets its name: by shard, and by run from the second on. */
static int prepare(struct work *w)
{
    struct pipeline *p = w->p;
    struct buf suffix = {0};
    int code = parse_shard(w);

    if (code != EXIT_CLEAN)
        return code;
    suffix_shard(w, &suffix);
    code = open_log(w);
    if (code == EXIT_CLEAN)
        code = open_state(w);
    if (w->state) {
        w->report.run = state_run(w->state);
        w->report.started_ms = state_started_ms(w->state);
        if (w->report.run > 1)
            buf_addf(&suffix, "-%llu", (unsigned long long)w->report.run);
    }
    pipeline_rename_outputs(p, buf_view(&suffix));
    if (code == EXIT_CLEAN)
        code = spare_outputs(w);
    if (w->log)
        name_run(w);
    if (w->log)
        w->metrics = metrics_open(p->settings.metrics, w->cli->shard, w->log, &w->report);
    buf_done(&suffix);
    return code;
}

/* ---- the end ---- */

static int exit_code(enum run_end end, bool balanced, const struct run *run, const char **word)
{
    static const struct {
        const char *word;
        int code;
    } of[] = {[RUN_NOTHING_NEW] = {"nothing-new", EXIT_CLEAN},
              [RUN_STOPPED] = {"interrupted", EXIT_AGAIN},
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

static void add_end(struct buf *b, const struct work *w, enum run_end end)
{
    const char *next = !w->state                      ? "the outputs are left as .part files"
                       : run_has_checkpoint(w->run) ? "run again: it goes on from its last checkpoint"
                                                    : "run again: it begins anew, there was no checkpoint yet";

    if (end == RUN_MAX_FAILURES)
        buf_addf(b, "stopped by max_failures; see '" STR_FMT "'\n", STR_ARG(w->p->settings.deadletters));
    else if (end == RUN_STOPPED && !run_broken_off(w->run))
        buf_addf(b, "interrupted: what was in hand is finished; %s\n", next);
    else if (end == RUN_STOPPED)
        buf_addf(b, "interrupted; %s\n", next);
    else if (end == RUN_IO || end == RUN_INTERNAL)
        buf_addf(b, "broken off; %s\n", next);
    else if (run_books(w->run)->failed)
        buf_addf(b, "the failed records are in '" STR_FMT "'\n", STR_ARG(w->p->settings.deadletters));
}

static void tell_lines(struct log *log, pl_str text)
{
    pl_str line;

    while (str_split(&text, '\n', &line))
        log_tell(log, line);
}

static void say_end(struct work *w, enum run_end end)
{
    struct buf b = {0};

    if (end == RUN_NOTHING_NEW) {
        buf_addz(&b, "nothing new: ");
        /* A source may have looked where nothing is an input. */
        if (run_inputs_skipped(w->run) > 0)
            buf_addf(&b, "%llu %s are done by earlier runs; ", (unsigned long long)run_inputs_skipped(w->run),
                     w->job->reader ? "letters" : "inputs");
        buf_addz(&b, "nothing was written\n");
    } else {
        report_text(&b, &w->report, w->run);
        add_end(&b, w, end);
    }
    const bool json_stream = log_form_of(w->log) == LOG_JSON && !log_in_file(w->log);
    const bool wanted = !w->cli->quiet || w->report.exit_code != EXIT_CLEAN;
    if (log_in_file(w->log) || (wanted && json_stream))
        tell_lines(w->log, buf_view(&b));
    if (wanted && !json_stream)
        fputs(buf_cstr(&b), stderr);
    pl_str text = buf_view(&b), first;
    if (str_split(&text, '\n', &first))
        notify_status(&w->notify, first);
    buf_done(&b);
}

static int end_run(struct work *w)
{
    if (w->job->ended && w->job->ended(w->job->arg, w->p) != PL_OK)
        return PL_FATAL;
    return w->state ? state_end(w->state) : PL_OK;
}

/* Final names, the report, and the word in the journal that all is done; the exit code. */
static int finish(struct work *w, enum run_end end, struct buf *json)
{
    struct report *rep = &w->report;

    rep->wall_seconds = wall_seconds(w);
    rep->cpu_seconds = cpu_seconds(w);
    rep->peak_rss = peak_rss();
    rep->exit_code = exit_code(end, run_broken_off(w->run) || run_balanced(w->run), w->run, &rep->end);
    if (end == RUN_NOTHING_NEW) {
        outfile_discard(&w->letters);
        if (w->state)
            state_forget(w->state);
        report_json(json, rep, w->run);
        return rep->exit_code;
    }
    if (end != RUN_IO && end != RUN_INTERNAL && outfile_publish(&w->letters) != 0) {
        file_error(w, &w->letters.part);
        rep->end = "io";
        rep->exit_code = EXIT_IO;
    }
    report_json(json, rep, w->run);
    if (json->failed)
        out_of_memory();
    if (write_report(w, buf_view(json)) != PL_OK)
        rep->exit_code = EXIT_IO;
    if (end == RUN_DONE && rep->exit_code != EXIT_IO && end_run(w) != PL_OK)
        rep->exit_code = EXIT_IO;
    return rep->exit_code;
}

static void each_interval(void *arg)
{
    struct work *w = arg;

    metrics_write(w->metrics, w->run, clock_ms(CLOCK_REALTIME));
}

/* With `Type=notify` an end that was not preceded by this is a failure, however well it went. */
static void tell_ready(struct work *w)
{
    if (!w->ready)
        notify_send(&w->notify, PL_S("READY=1"));
    w->ready = true;
}

/* The run itself, between open and close; the exit code. */
static int go(struct work *w)
{
    const struct progress_options watch = {.log = w->log,
                                           .out = w->cli->quiet ? NULL : stderr,
                                           .interval_ms = w->p->settings.progress_interval,
                                           .notify = &w->notify,
                                           .each = each_interval,
                                           .arg = w};
    struct buf json = {0};

    w->report.jobs = run_workers(w->run);
    signals_watch(w->run);
    tell_ready(w);
    metrics_write(w->metrics, w->run, clock_ms(CLOCK_REALTIME));
    struct progress *progress = progress_start(w->run, &watch);
    const enum run_end end = run_go(w->run);
    progress_stop(progress);
    const int code = finish(w, end, &json);
    say_end(w, end);
    metrics_end(w->metrics, w->run, clock_ms(CLOCK_REALTIME));
    if (w->cli->json)
        fputs(buf_cstr(&json), stdout);
    buf_done(&json);
    signals_done();
    return code;
}

static int open_run(struct work *w)
{
    const struct run_options opt = {.log = w->log,
                                    .jobs = (int)w->p->settings.jobs,
                                    .checked = w->cli->checked,
                                    .now_ms = w->report.started_ms,
                                    .blame = w->blame,
                                    .leave = leave,
                                    .save = save,
                                    .restore = restore,
                                    .arg = w,
                                    .state = w->state,
                                    .reader = w->job->reader,
                                    .reader_config = w->job->reader_config,
                                    .shard = w->shard};

    switch (run_open(&w->run, w->p, &opt)) {
    case PL_OK: return EXIT_CLEAN;
    case PL_ERROR: return EXIT_CONFIG;
    case PL_RETRY: return EXIT_AGAIN;
    default: return EXIT_IO;
    }
}

static void close_all(struct work *w)
{
    if (w->run)
        run_close(w->run);
    outfile_close(&w->letters);
    appendfile_close(&w->fates);
    blame_close(w->blame);
    state_close(w->state);
    signals_log(NULL);
    metrics_close(w->metrics);
    notify_close(&w->notify);
    arena_done(&w->report.arena);
    if (w->log)
        log_free(w->log);
}

int job_run(const struct job *job)
{
    struct work w = {.job = job, .cli = job->cli, .p = job->pipeline, .letters.part.fd = -1, .fates.fd = -1};
    int code;

    w.wall_ms = clock_ms(CLOCK_MONOTONIC);
    w.cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    w.all_fates = str_is(w.p->settings.fates, "all");
    w.report.pipeline = w.p;
    w.report.run = 1;
    w.report.started_ms = clock_ms(CLOCK_REALTIME);
    notify_open(&w.notify);
    /* Going on from a checkpoint may take a while; up to there whoever is stopped has nothing to finish. */
    signals_watch(NULL);
    code = prepare(&w);
    if (code == EXIT_CLEAN && open_files(&w) != PL_OK)
        code = EXIT_IO;
    if (code == EXIT_CLEAN)
        code = open_run(&w);
    if (code == EXIT_CLEAN)
        code = go(&w);
    else if (w.metrics && code != EXIT_AGAIN) {
        /* They are not those of the run that is at work there. */
        w.report.exit_code = code;
        metrics_end(w.metrics, NULL, clock_ms(CLOCK_REALTIME));
    }
    close_all(&w);
    return code;
}
