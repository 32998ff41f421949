/* cmd_status.c - `pressline status`: how far the run of a state folder is.  It looks, and touches nothing. */
#include <errno.h>
#include <time.h>

#include "cli.h"
#include "exit.h"
#include "fileio.h"
#include "json_text.h"
#include "report.h"
#include "snapshot.h"
#include "state.h"
#include "str.h"

/* What is known of the last run. */
struct status {
    const char *dir;
    const char *is; /* "running", "stopped", "finished", "begun" */
    struct buf holder;
    uint64_t run, checkpoint;
    struct state_begun begun;
    struct state_reached reached;
    struct snapshot snap;
    int64_t now_ms;
    double rate;  /* records a second, between the first and the last checkpoint that the journal has; 0: not known */
    double eta;   /* seconds; < 0: not known */
};

/* Checkpoints nearer to each other tell nothing of the pace. */
enum { LEAST_SECONDS = 1 };

static uint64_t met(const struct snapshot *s)
{
    return s->books.out + s->books.dropped + s->books.failed;
}

/* How fast it was, over the checkpoints that are there. */
static void measure(struct status *st, const struct journal_view *v, struct arena *a)
{
    struct state_reached first;
    struct snapshot then;

    st->eta = -1;
    if (!state_read_reached(&v->first, &first) || !snapshot_read(first.payload, a, &then))
        return;
    const double seconds = (double)(st->reached.time_ms - first.time_ms) / 1e3;
    if (seconds < LEAST_SECONDS) {
        const double all = (double)(st->reached.time_ms - st->begun.started_ms) / 1e3;
        st->rate = all > 0 ? (double)met(&st->snap) / all : 0;
        return;
    }
    st->rate = (double)(met(&st->snap) - met(&then)) / seconds;
    const uint64_t begun = st->snap.n_inputs, total = st->snap.inputs_total;
    if (begun > then.n_inputs && total >= begun)
        st->eta = (double)(total - begun) * seconds / (double)(begun - then.n_inputs);
}

static const char *word_for(struct status *st, const struct journal_view *v)
{
    if (v->ended)
        return "finished";
    if (state_is_held(str_of(st->dir), &st->holder))
        return "running";
    return v->checkpoint.kind ? "stopped" : "begun";
}

static int read_status(struct status *st, struct buf *bytes, struct arena *a)
{
    struct journal_view v;
    struct timespec now;
    struct buf path = {0};

    buf_addf(&path, "%s/journal", st->dir);
    if (file_load(buf_cstr(&path), bytes) != 0) {
        fprintf(stderr, "pressline: cannot read '%s': %s\n", buf_cstr(&path), strerror(errno));
        buf_done(&path);
        return EXIT_IO;
    }
    buf_done(&path);
    journal_scan(buf_view(bytes), &v);
    clock_gettime(CLOCK_REALTIME, &now);
    st->now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!v.run.kind || v.lost || !state_read_begun(&v.run, &st->begun)) {
        fprintf(stderr, "pressline: '%s/journal' tells of no run%s\n", st->dir, bytes->len ? ": it is damaged" : " yet");
        return EXIT_IO;
    }
    st->run = v.run.run;
    st->checkpoint = v.checkpoint.n;
    if (v.checkpoint.kind &&
        (!state_read_reached(&v.checkpoint, &st->reached) || !snapshot_read(st->reached.payload, a, &st->snap))) {
        fprintf(stderr, "pressline: checkpoint %llu of '%s/journal' cannot be read\n", (unsigned long long)v.checkpoint.n,
                st->dir);
        return EXIT_IO;
    }
    st->is = word_for(st, &v);
    measure(st, &v, a);
    return EXIT_CLEAN;
}

/* ---- for a person ---- */

static void add_time(struct buf *b, int64_t ms)
{
    const time_t t = (time_t)(ms / 1000);
    struct tm tm;
    char text[40];

    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    buf_addz(b, text);
}

static void print_text(const struct status *st, struct buf *b)
{
    const struct run_books *k = &st->snap.books;

    buf_addf(b, "run %llu of '%s' is %s", (unsigned long long)st->run, st->dir, st->is);
    if (st->holder.len)
        buf_addf(b, " (" STR_FMT ")", STR_ARG(buf_view(&st->holder)));
    buf_addz(b, strcmp(st->is, "stopped") == 0 ? ": run again to go on\nbegun       " : "\nbegun       ");
    add_time(b, st->begun.started_ms);
    if (!st->checkpoint) {
        buf_addz(b, "\ncheckpoint  none yet\n");
        return;
    }
    buf_addf(b, "\ncheckpoint  %llu, ", (unsigned long long)st->checkpoint);
    add_time(b, st->reached.time_ms);
    buf_addf(b, ", %lld s ago\n", (long long)((st->now_ms - st->reached.time_ms) / 1000));
    buf_addf(b, "inputs      %llu ", (unsigned long long)st->snap.n_inputs);
    if (st->snap.inputs_total)
        buf_addf(b, "of %llu ", (unsigned long long)st->snap.inputs_total);
    buf_addf(b, "begun, %llu of them done by earlier runs\n", (unsigned long long)st->snap.inputs_skipped);
    buf_addf(b, "records     %llu read, %llu emitted; %llu out, %llu dropped, %llu failed\n", (unsigned long long)k->read,
             (unsigned long long)k->emitted, (unsigned long long)k->out, (unsigned long long)k->dropped,
             (unsigned long long)k->failed);
    if (st->rate > 0)
        buf_addf(b, "rate        %.0f records/s\n", st->rate);
    if (st->eta >= 0 && strcmp(st->is, "running") == 0)
        buf_addf(b, "to go       %.0f s\n", st->eta);
    for (size_t i = 0; i < st->snap.n_stages; i++)
        report_tally_lines(b, "dropped", st->snap.stages[i].name, st->snap.stages[i].books.drops);
    for (size_t i = 0; i < st->snap.n_stages; i++)
        report_tally_lines(b, "failed", st->snap.stages[i].name, st->snap.stages[i].books.failures);
}

/* ---- for a program ---- */

static void print_json(const struct status *st, struct buf *b)
{
    const struct run_books *k = &st->snap.books;

    buf_addz(b, "{\"state\":");
    json_text(b, str_of(st->dir));
    buf_addf(b, ",\"run\":%llu,\"id\":", (unsigned long long)st->run);
    json_text(b, st->begun.id);
    buf_addf(b, ",\"is\":\"%s\",\"holder\":", st->is);
    json_text(b, buf_view(&st->holder));
    buf_addf(b, ",\"started_ms\":%lld,\"checkpoint\":%llu,\"checkpoint_ms\":%lld", (long long)st->begun.started_ms,
             (unsigned long long)st->checkpoint, (long long)st->reached.time_ms);
    buf_addf(b, ",\"inputs\":%llu,\"inputs_begun\":%llu,\"inputs_skipped\":%llu", (unsigned long long)st->begun.n_inputs,
             (unsigned long long)st->snap.n_inputs, (unsigned long long)st->snap.inputs_skipped);
    buf_addf(b, ",\"read\":%llu,\"emitted\":%llu,\"out\":%llu,\"dropped\":%llu,\"failed\":%llu", (unsigned long long)k->read,
             (unsigned long long)k->emitted, (unsigned long long)k->out, (unsigned long long)k->dropped,
             (unsigned long long)k->failed);
    buf_addz(b, ",\"records_per_second\":");
    json_f64(b, st->rate);
    buf_addz(b, ",\"seconds_to_go\":");
    if (st->eta >= 0)
        json_f64(b, st->eta);
    else
        buf_addz(b, "null");
    buf_addz(b, ",\"stages\":[");
    for (size_t i = 0; i < st->snap.n_stages; i++) {
        buf_addz(b, i ? ",{\"name\":" : "{\"name\":");
        json_text(b, st->snap.stages[i].name);
        report_tallies(b, "drops", st->snap.stages[i].books.drops);
        report_tallies(b, "failures", st->snap.stages[i].books.failures);
        buf_addc(b, '}');
    }
    buf_addz(b, "]}\n");
}

int cmd_status(const struct cli *cli)
{
    struct arena a = {0};
    struct buf bytes = {0}, text = {0};
    struct status st = {.dir = state_find(&a, str_of(cli->args[0]))};
    int code = EXIT_IO;

    if (!st.dir) {
        state_missing(str_of(cli->args[0]), &text);
        fprintf(stderr, "pressline: %s\n", buf_cstr(&text));
        goto done;
    }
    code = read_status(&st, &bytes, &a);
    if (code != EXIT_CLEAN)
        goto done;
    if (cli->json)
        print_json(&st, &text);
    else
        print_text(&st, &text);
    fputs(buf_cstr(&text), stdout);
done:
    buf_done(&st.holder);
    buf_done(&bytes);
    buf_done(&text);
    arena_done(&a);
    return code;
}
