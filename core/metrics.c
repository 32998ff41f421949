/* metrics.c - the figures of a run for Prometheus (its text format, version 0.0.4). */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit.h"
#include "outfile.h"
#include "str.h"

enum { OLD_MAX = 1 << 20 }; /* bytes of the file before that are looked at */

struct metrics {
    pl_str path;
    struct log *log;
    const struct report *rep;
    struct buf labels;       /* pipeline="...",shard="...": what every sample has */
    bool ended;              /* by metrics_end() */
    int64_t success_ms;      /* when a run last finished; 0: never */
    int64_t end_ms, exit_code; /* of the last run that ended; end_ms 0: there was none */
};

/* ---- the text format ---- */

/* In quotes; control characters and bad UTF-8, which the format has no escape for, as \xNN. */
static void add_label(struct buf *b, const char *name, pl_str value)
{
    struct buf plain = {0};

    log_escape(&plain, value);
    buf_addf(b, "%s%s=\"", b->len && b->ptr[b->len - 1] != '{' ? "," : "", name);
    for (size_t i = 0; i < plain.len; i++) {
        if (plain.ptr[i] == '"' || plain.ptr[i] == '\\')
            buf_addc(b, '\\');
        buf_addc(b, plain.ptr[i]);
    }
    buf_addc(b, '"');
    b->failed = b->failed || plain.failed;
    buf_done(&plain);
}

static void family(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_addf(b, "# HELP pressline_%s %s\n# TYPE pressline_%s %s\n", name, help, name, type);
}

static void sample_begin(struct buf *b, const struct metrics *m, const char *name)
{
    buf_addf(b, "pressline_%s{", name);
    buf_add(b, buf_view(&m->labels));
}

static void sample_end(struct buf *b, uint64_t v)
{
    buf_addf(b, "} %llu\n", (unsigned long long)v);
}

/* Without printf's point, which is the locale's. */
static void sample_end_ms(struct buf *b, uint64_t ms)
{
    buf_addf(b, "} %llu.%03llu\n", (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000));
}

static void one(struct buf *b, const struct metrics *m, const char *name, const char *type, const char *help, uint64_t v)
{
    family(b, name, type, help);
    sample_begin(b, m, name);
    sample_end(b, v);
}

static void one_ms(struct buf *b, const struct metrics *m, const char *name, const char *type, const char *help, int64_t ms)
{
    family(b, name, type, help);
    sample_begin(b, m, name);
    sample_end_ms(b, ms > 0 ? (uint64_t)ms : 0);
}

/* ---- the run ---- */

static void state_text(struct buf *b, const struct metrics *m, int64_t now_ms)
{
    family(b, "build_info", "gauge", "The version of pressline, as a label.");
    sample_begin(b, m, "build_info");
    add_label(b, "version", str_of(PACKAGE_VERSION));
    sample_end(b, 1);
    one(b, m, "running", "gauge", "Whether the run is at work (1) or has ended (0).", !m->ended);
    one_ms(b, m, "updated_timestamp_seconds", "gauge", "When this file was written.", now_ms);
    one_ms(b, m, "start_timestamp_seconds", "gauge", "When the run began.", m->rep->started_ms);
    one_ms(b, m, "last_success_timestamp_seconds", "gauge",
           "When a run last finished, with or without dead letters; 0 if none ever did.", m->success_ms);
    if (!m->end_ms)
        return;
    one_ms(b, m, "last_end_timestamp_seconds", "gauge", "When a run last ended, well or not.", m->end_ms);
    one(b, m, "last_exit_code", "gauge",
        "Exit code of the run that ended last: 0 clean, 3 dead letters, 4 max_failures, 70 internal, 74 I/O, 75 "
        "interrupted, 78 configuration.",
        (uint64_t)m->exit_code);
}

static void fates_text(struct buf *b, const struct metrics *m, const struct run_progress *now)
{
    const struct {
        const char *fate;
        uint64_t n;
    } fates[] = {{"out", now->out}, {"dropped", now->dropped}, {"failed", now->failed}};

    family(b, "records_total", "counter", "Records that have met their fate.");
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++) {
        sample_begin(b, m, "records_total");
        add_label(b, "fate", str_of(fates[i].fate));
        sample_end(b, fates[i].n);
    }
}

static void run_text(struct buf *b, const struct metrics *m, const struct run *run, int64_t now_ms)
{
    const struct run_progress now = run_progress(run);
    const struct run_books *k = run_books(run);

    one_ms(b, m, "duration_seconds", "gauge", "How long the run has been at work.", now_ms - m->rep->started_ms);
    one(b, m, "workers", "gauge", "Worker threads.", (uint64_t)run_workers(run));
    one(b, m, "inputs", "gauge", "Inputs that the source announced; 0 if it did not.", now.inputs_total);
    one(b, m, "inputs_begun", "gauge", "Inputs of which reading has begun.", now.inputs_begun);
    one(b, m, "records_read_total", "counter", "Records that the source has read.", now.read);
    one(b, m, "records_emitted_total", "counter", "Records that stages have added.", k->emitted);
    fates_text(b, m, &now);
    one(b, m, "records_unwritten_total", "counter", "Records that no sink took.", k->unwritten);
    one(b, m, "read_bytes_total", "counter", "Bytes that the records were read from.", k->read_bytes);
}

/* ---- its stages ---- */

static void stage_begin(struct buf *b, const struct metrics *m, const struct run *run, int i, const char *name)
{
    sample_begin(b, m, name);
    add_label(b, "stage", run_stage(run, i)->name);
}

static void stage_counts(struct buf *b, const struct metrics *m, const struct run *run)
{
    static const struct {
        const char *name, *help;
        size_t at;
        bool ns;
    } rows[] = {
        {"stage_in_records_total", "Live records that reached the stage.", offsetof(struct stage_books, in), false},
        {"stage_seen_records_total", "Records for which the condition of the stage held.",
         offsetof(struct stage_books, seen), false},
        {"stage_emitted_records_total", "Records that the stage added.", offsetof(struct stage_books, emitted), false},
        {"stage_out_records_total", "Live records that left the stage.", offsetof(struct stage_books, out), false},
        {"stage_committed_records_total", "Records that the stage took in the order of the input.",
         offsetof(struct stage_books, committed), false},
        {"stage_repaired_records_total", "Records in which the stage set text that was not UTF-8, or no number.",
         offsetof(struct stage_books, repaired), false},
        {"stage_in_bytes_total", "Bytes of body and text that reached the stage.",
         offsetof(struct stage_books, bytes_in), false},
        {"stage_cpu_seconds_total", "CPU time that the stage took.", offsetof(struct stage_books, cpu_ns), true},
        {"stage_wall_seconds_total", "Time that workers spent in the stage.", offsetof(struct stage_books, wall_ns), true},
    };

    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        family(b, rows[row].name, "counter", rows[row].help);
        for (int i = 0; i < run_n_stages(run); i++) {
            uint64_t v;
            memcpy(&v, (const char *)run_stage_books(run, i) + rows[row].at, sizeof v);
            stage_begin(b, m, run, i, rows[row].name);
            if (rows[row].ns)
                sample_end_ms(b, v / 1000000);
            else
                sample_end(b, v);
        }
    }
}

static void tallies_text(struct buf *b, const struct metrics *m, const struct run *run, const char *name,
                         const char *label, bool failures)
{
    for (int i = 0; i < run_n_stages(run); i++) {
        const struct stage_books *k = run_stage_books(run, i);
        for (const struct tally *t = failures ? k->failures : k->drops; t; t = t->next) {
            stage_begin(b, m, run, i, name);
            add_label(b, label, t->word);
            sample_end(b, t->n);
        }
    }
}

static void plugin_metrics(struct buf *b, const struct metrics *m, const struct run *run)
{
    const struct metric *all;

    for (int i = 0; i < run_n_stages(run); i++) {
        const size_t n = run_metrics(run, i, &all);
        for (size_t k = 0; k < n; k++) {
            stage_begin(b, m, run, i, "stage_metric_total");
            add_label(b, "name", all[k].name);
            sample_end(b, atomic_load(&all[k].n));
        }
    }
}

static void stages_text(struct buf *b, const struct metrics *m, const struct run *run)
{
    stage_counts(b, m, run);
    family(b, "stage_drops_total", "counter", "Records that the stage dropped, by reason.");
    tallies_text(b, m, run, "stage_drops_total", "reason", false);
    family(b, "stage_failures_total", "counter", "Records that failed in the stage, by code.");
    tallies_text(b, m, run, "stage_failures_total", "code", true);
    family(b, "stage_metric_total", "counter", "What the stage counts itself (pressline describe PLUGIN).");
    plugin_metrics(b, m, run);
}

void metrics_text(struct buf *b, struct metrics *m, struct run *run, int64_t now_ms)
{
    state_text(b, m, now_ms);
    if (!run)
        return;
    run_lock_books(run);
    run_text(b, m, run, now_ms);
    stages_text(b, m, run);
    run_unlock_books(run);
}

/* ---- the file ---- */

/* "1764090891.123" in ms; 0 when it is none. */
static int64_t ms_of(pl_str s)
{
    double v;

    return str_to_f64(s, &v) && v > 0 && v < 1e12 ? (int64_t)(v * 1000 + 0.5) : 0;
}

/* One line of the file before.  Of another pipeline or shard it is none of ours. */
static void take_line(struct metrics *m, pl_str line)
{
    static const char *const names[] = {"last_success_timestamp_seconds", "last_end_timestamp_seconds", "last_exit_code"};
    struct buf head = {0};

    for (int i = 0; i < 3; i++) {
        buf_clear(&head);
        sample_begin(&head, m, names[i]);
        buf_addz(&head, "} ");
        if (head.failed || line.len <= head.len || memcmp(line.ptr, head.ptr, head.len) != 0)
            continue;
        const pl_str value = str_sub(line, head.len, line.len);
        if (i == 0)
            m->success_ms = ms_of(value);
        else if (i == 1)
            m->end_ms = ms_of(value);
        else if (!str_to_i64(value, &m->exit_code) || m->exit_code < 0)
            m->exit_code = 0;
    }
    buf_done(&head);
}

static void take_over(struct metrics *m)
{
    char *path = str_dup(m->path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    struct buf b = {.limit = OLD_MAX};
    ssize_t n = 0;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        goto done;
    while (buf_room(&b, 4096) && ((n = read(fd, b.ptr + b.len, 4096)) > 0 || (n < 0 && errno == EINTR)))
        b.len += n > 0 ? (size_t)n : 0;
    pl_str rest = buf_view(&b), line;
    while (str_split(&rest, '\n', &line))
        take_line(m, line);
done:
    buf_done(&b);
    if (fd >= 0)
        close(fd);
    free(path);
}

struct metrics *metrics_open(pl_str path, pl_str shard, struct log *log, const struct report *rep)
{
    struct metrics *m;

    if (path.len == 0)
        return NULL;
    m = calloc(1, sizeof *m);
    if (!m)
        out_of_memory();
    m->path = path;
    m->log = log;
    m->rep = rep;
    add_label(&m->labels, "pipeline", str_of(rep->pipeline->file));
    if (shard.len)
        add_label(&m->labels, "shard", shard);
    if (m->labels.failed)
        out_of_memory();
    take_over(m);
    return m;
}

void metrics_close(struct metrics *m)
{
    if (!m)
        return;
    buf_done(&m->labels);
    free(m);
}

void metrics_write(struct metrics *m, struct run *run, int64_t now_ms)
{
    struct outfile f;
    struct buf b = {0}, why = {0};

    if (!m)
        return;
    metrics_text(&b, m, run, now_ms);
    if (b.failed) {
        log_say(m->log, PL_LOG_WARN, "metrics: out of memory");
        goto done;
    }
    /* For all to read, whatever the umask: the node exporter is another user. */
    if (outfile_open(&f, m->path) != 0 || (fchmod(f.part.fd, 0644) != 0 && errno != EPERM) || outfile_write(&f, buf_view(&b)) != 0 ||
        outfile_publish(&f) != 0) {
        buf_addz(&why, "metrics: ");
        outfile_explain(&f, &why);
        log_write(m->log, PL_LOG_WARN, (pl_str){NULL, 0}, (pl_str){NULL, 0}, buf_view(&why));
    }
    outfile_close(&f);
done:
    buf_done(&why);
    buf_done(&b);
}

void metrics_end(struct metrics *m, struct run *run, int64_t now_ms)
{
    if (!m)
        return;
    m->ended = true;
    m->end_ms = now_ms;
    m->exit_code = m->rep->exit_code;
    if (m->exit_code == EXIT_CLEAN || m->exit_code == EXIT_DEAD_LETTERS)
        m->success_ms = now_ms;
    metrics_write(m, run, now_ms);
}
