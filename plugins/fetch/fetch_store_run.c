/* fetch_store_run.c - what is known of each address, exactly once with the checkpoints of a run.
 *
 * A checkpoint is one transaction.  With each row that it changes goes down what the row was, marked with the checkpoint
 * before, `since`: so that going back to checkpoint n takes back all that is marked n or later, until the journal is known
 * to be past it.  What accompanies no record (an answer that told of nothing new, a feed whose addresses are queued) needs no
 * journal to be true, and is marked as if it had been written with the last checkpoint. */
#include <errno.h>
#include <stdlib.h>

#include "fetch_store_parts.h"

enum { SAVED_FORMAT = 2, MUCH = 8 << 20 }; /* bytes of entries in memory that are written before the next checkpoint */

/* ---- writing ---- */

static bool is_queued(const struct table *to, const struct entry *e)
{
    (void)to;
    return e->place > 0;
}

/* One that is there must not stay as it was. */
static bool is_kept(const struct table *written, const struct entry *e)
{
    return (e->place > 0 && written->bytes < MUCH) || table_find(written, &e->key);
}

/* What was changed is in the file now: the first of those that are queued stay in memory too. */
static void keep_written(struct store *s)
{
    struct table queued = {0};
    int rc = PL_OK;

    if (s->written.bytes >= MUCH) {
        rc = table_move(&s->written, &queued, is_queued);
        table_done(&s->written);
        s->written = queued;
    }
    if (table_move(&s->changes, &s->written, is_kept) != PL_OK || rc != PL_OK)
        table_clear(&s->written);
}

static int write_changes(struct store *s, int64_t since)
{
    size_t n;
    struct place *p = table_keys(&s->changes, &n);
    int rc = p ? store_db_begin(s) : store_no_memory(s);

    s->empty = s->empty && n == 0;
    for (size_t i = 0; i < n && rc == PL_OK; i++)
        rc = store_db_put(s, table_find(&s->changes, &p[i].key), since);
    free(p);
    s->looked = false;
    if (rc == PL_OK)
        keep_written(s);
    return rc;
}

static int write_row(struct store *s, int64_t checkpoint, int64_t floor)
{
    struct store_row row = {.writer = s->writer,
                            .sequence = s->sequence,
                            .place = s->place,
                            .checkpoint = checkpoint,
                            .known = atomic_load(&s->told),
                            .floor = floor};
    const int rc = store_db_write_row(s, &row);

    s->known = row.known;
    return rc;
}

/* A fault of a write, a commit or a going back: the file may have any of it. */
static int keep_fault(struct store *s, int rc)
{
    s->failed |= rc != PL_OK;
    return rc;
}

/* No record depends on what was put. */
static bool stands_alone(const struct store *s)
{
    return s->sequence == s->sequence_then;
}

static int settle(struct store *s)
{
    int rc = write_changes(s, s->checkpoint - 1);

    if (rc == PL_OK)
        rc = write_row(s, s->committed, s->told_before);
    return rc == PL_OK ? store_db_commit(s) : rc;
}

int store_make_room(struct store *s)
{
    if (!s->db || s->walking || s->changes.bytes < MUCH)
        return PL_OK;
    return keep_fault(s, stands_alone(s) && !store_db_is_open(s) ? settle(s) : write_changes(s, s->checkpoint));
}

/* ---- the beginning ---- */

static int begin_file(struct store *s)
{
    struct store_row row;
    int rc = s->read_only ? PL_OK : store_db_begin(s);

    if (rc == PL_OK)
        rc = store_db_read_row(s, &row);
    if (rc != PL_OK)
        return rc;
    s->sequence = s->sequence_then = row.sequence;
    s->place = row.place;
    if (s->read_only)
        return PL_OK;
    rc = store_db_take_back(s, row.known);
    if (rc == PL_OK)
        rc = store_db_forget_all(s);
    if (rc == PL_OK)
        rc = write_row(s, 0, 0);
    if (rc == PL_OK) {
        const int any = store_db_any(s);
        s->empty = any == PL_EOF;
        rc = s->empty ? PL_OK : any;
    }
    return rc == PL_OK ? store_db_commit(s) : rc;
}

int store_begin(struct store *s)
{
    if (s->failed)
        return s->fault_code;
    if (s->begun || !s->db) {
        s->begun = true;
        return PL_OK;
    }
    const int rc = keep_fault(s, begin_file(s));
    s->begun = rc == PL_OK;
    return rc;
}

/* ---- checkpoints ---- */

/* Which file it is, wherever it lies; nothing of its secret can be told from that. */
static uint64_t identity(const struct store *s)
{
    struct store_key k;

    store_key_make(&k, s->secret, (pl_str){"", 0});
    return k.hi >> 1;
}

static int commit_checkpoint(struct store *s, int64_t n)
{
    int rc = write_changes(s, s->checkpoint);

    if (rc == PL_OK)
        rc = store_db_begin(s);
    if (rc == PL_OK)
        rc = store_db_forget(s, s->told_before);
    if (rc == PL_OK)
        rc = write_row(s, n, s->told_before);
    if (rc == PL_OK)
        rc = store_db_commit(s);
    if (rc == PL_OK)
        s->committed = n;
    return rc;
}

int store_checkpoint(struct store *s, uint64_t n, char *saved, size_t size)
{
    int rc = store_begin(s);

    snprintf(saved, size, "%s", "");
    if (rc != PL_OK || !s->db)
        return rc;
    const int64_t told = atomic_load(&s->told);
    /* The last word that the journal had is written even where nothing else is: for a run that does not go on with it. */
    const bool heard = told > s->known && s->known < s->committed;
    if (s->changes.n || store_db_is_open(s) || !stands_alone(s) || heard)
        rc = keep_fault(s, commit_checkpoint(s, (int64_t)n));
    if (rc != PL_OK)
        return rc;
    s->told_before = told;
    s->checkpoint = (int64_t)n;
    s->sequence_then = s->sequence;
    snprintf(saved, size, "%d %llu %llu %lld %llu", SAVED_FORMAT, (unsigned long long)identity(s),
             (unsigned long long)s->writer, (long long)s->committed, (unsigned long long)s->sequence);
    return PL_OK;
}

void store_told(struct store *s, uint64_t n)
{
    atomic_store(&s->told, (int64_t)n);
}

int store_ended(struct store *s, uint64_t n)
{
    store_told(s, n);
    if (!s->db || !s->begun)
        return PL_OK;
    if (s->failed)
        return s->fault_code;
    int rc = store_db_begin(s);
    if (rc == PL_OK)
        rc = store_db_forget_all(s);
    if (rc == PL_OK)
        rc = write_row(s, s->committed, (int64_t)n);
    if (rc == PL_OK)
        rc = store_db_commit(s);
    s->told_before = (int64_t)n;
    if (rc == PL_OK)
        rc = store_db_log(s, false);
    return keep_fault(s, rc);
}

/* ---- going back ---- */

struct saved {
    uint64_t identity, writer, sequence;
    int64_t committed;
};

static bool read_saved(pl_str text, struct saved *out)
{
    unsigned long long identity, writer, sequence;
    long long committed;
    char copy[STORE_SAVED];
    int format, end = -1;

    if (text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
    if (sscanf(copy, "%9d %19llu %19llu %18lld %19llu%n", &format, &identity, &writer, &committed, &sequence, &end) != 5 ||
        end != (int)text.len || format != SAVED_FORMAT || committed < 0)
        return false;
    *out = (struct saved){identity, writer, sequence, committed};
    return true;
}

/* To the run's own checkpoint; or, where another run has used the store since, to what that one's journal knew. */
static int go_back(struct store *s, int64_t n, const struct saved *saved, struct store_row *row)
{
    /* What was queued is nowhere else: with another file the run would end early, and nobody would know. */
    if (saved->identity != identity(s))
        return store_refuse(s, "is not the file that this run began with: put that one back");
    if (row->sequence < saved->sequence)
        return store_refuse(s, "is older than what this run wrote: put the newer one back");
    if (row->writer != saved->writer) {
        const int rc = store_db_take_back(s, row->known);
        row->floor = n;
        return rc == PL_OK ? store_db_forget_all(s) : rc;
    }
    if (row->checkpoint < saved->committed)
        return store_refuse(s, "is older than what this run wrote: put the newer one back");
    if (row->floor > n)
        return store_refuse(s, "no longer has what it takes to go back that far: put back a copy");
    row->sequence = saved->sequence;
    return store_db_take_back(s, n);
}

static int restore(struct store *s, int64_t n, const struct saved *saved)
{
    struct store_row row;
    int rc = store_db_begin(s);

    if (rc == PL_OK)
        rc = store_db_read_row(s, &row);
    if (rc == PL_OK)
        rc = go_back(s, n, saved, &row);
    if (rc != PL_OK)
        return rc;
    table_clear(&s->written);
    s->writer = saved->writer;
    s->sequence = s->sequence_then = row.sequence;
    s->place = row.place;
    s->checkpoint = s->committed = s->told_before = n;
    atomic_store(&s->told, n);
    rc = write_row(s, n, row.floor);
    return rc == PL_OK ? store_db_commit(s) : rc;
}

int store_restore(struct store *s, uint64_t n, pl_str text)
{
    struct saved saved;

    if (s->failed)
        return s->fault_code;
    if (!s->db || n > INT64_MAX || !read_saved(text, &saved)) {
        snprintf(s->message, sizeof s->message,
                 "what the run saved of the addresses that it knew cannot be read: begin anew with --restart");
        s->failed = true;
        return s->fault_code = PL_FATAL;
    }
    const int rc = keep_fault(s, restore(s, (int64_t)n, &saved));
    s->begun = rc == PL_OK;
    return rc;
}

/* ---- the end ---- */

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->db && s->begun && !s->failed && !s->read_only && !s->walking) {
        if (stands_alone(s) && !store_db_is_open(s) && s->changes.n)
            settle(s);
        if (!store_db_is_open(s))
            store_db_log(s, false);
    }
    if (s->db)
        store_db_close(s);
    table_done(&s->changes);
    table_done(&s->written);
    free(s->found);
    free(s);
}
