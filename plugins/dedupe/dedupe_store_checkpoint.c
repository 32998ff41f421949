/* dedupe_store_checkpoint.c - a store made durable, gone on with, and taken back.
 *
 * A manifest is written before the run's journal has the checkpoint, and others
 * may follow before it has, so those that a killed run wrote last may tell of
 * records that will be read again.  Each says up to where the journal was known
 * to be: who comes upon one that is not in it takes back what it tells. */
#include "dedupe_store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVED_FORMAT = 1 };

static int sync_all(struct dedupe_store *st)
{
    int rc = store_log_sync(&st->log);

    if (rc == PL_OK)
        rc = store_keys_sync(&st->keys);
    for (size_t i = 0; rc == PL_OK && i < st->n_runs; i++)
        rc = store_file_sync(&st->run[i].file);
    return rc == PL_OK ? store_folder_sync(&st->folder) : rc;
}

static int copy_list(struct dedupe_store *st, void **to, const void *from, size_t bytes)
{
    *to = malloc(bytes ? bytes : 1);
    if (!*to)
        return store_no_memory(&st->folder);
    if (bytes)
        memcpy(*to, from, bytes);
    return PL_OK;
}

static int write_manifest(struct dedupe_store *st, uint64_t n)
{
    struct store_manifest m = st->now;
    void *segment = NULL, *days = NULL;

    m.generation = st->n_kept ? st->kept[st->n_kept - 1].generation + 1 : 1;
    m.writer = st->writer;
    m.checkpoint = n;
    m.known = st->known;
    m.keys = st->keys.file.folder ? st->keys.end : (struct store_keys_mark){0};
    m.n_runs = st->n_runs;
    for (size_t i = 0; i < st->n_runs; i++)
        m.run[i] = st->run[i].info;
    m.n_segments = st->log.n;
    int rc = copy_list(st, &segment, st->log.segment, st->log.n * sizeof *m.segment);
    if (rc == PL_OK)
        rc = copy_list(st, &days, st->now.days, st->now.n_days * sizeof *m.days);
    m.segment = segment;
    m.days = days;
    if (rc == PL_OK)
        rc = store_manifest_write(&st->folder, &m);
    const uint64_t generation = m.generation;
    if (rc == PL_OK)
        rc = store_keep_manifest(st, &m);
    if (rc != PL_OK) {
        store_manifest_done(&m);
        return rc;
    }
    st->now.generation = generation;
    st->changed = false;
    return PL_OK;
}

static struct store_manifest *newest(const struct dedupe_store *st)
{
    return st->n_kept ? &st->kept[st->n_kept - 1] : NULL;
}

/* Checkpoint `n` is in the journal: told on the disk where the newest manifest does not say so. */
static int note_known(struct dedupe_store *st, uint64_t n)
{
    struct store_manifest *m = newest(st);

    st->known = st->known > n ? st->known : n + 1;
    if (!m || m->writer != st->writer || m->known >= st->known || m->known > m->checkpoint)
        return PL_OK;
    const uint64_t before = m->known;
    m->known = st->known;
    const int rc = store_manifest_write(&st->folder, m);
    m->known = rc == PL_OK ? st->known : before;
    return rc;
}

/* All before the manifest that comes before checkpoint `n` go, with what only they need. */
static int prune(struct dedupe_store *st, uint64_t n)
{
    size_t last = st->n_kept;

    for (size_t i = 0; i < st->n_kept; i++)
        if (st->kept[i].writer == st->writer && st->kept[i].checkpoint <= n)
            last = i;
    if (last == st->n_kept || last < 2)
        return last == st->n_kept ? PL_OK : store_sweep(st);
    const size_t gone = last - 1;
    for (size_t i = 0; i < gone; i++)
        store_manifest_done(&st->kept[i]);
    st->n_kept -= gone;
    memmove(st->kept, st->kept + gone, st->n_kept * sizeof *st->kept);
    return store_sweep(st);
}

/* What another thread was told of. */
static int prune_committed(struct dedupe_store *st)
{
    const uint64_t n = atomic_exchange(&st->committed, 0);

    st->known = st->known > n ? st->known : n;
    return n ? prune(st, n - 1) : PL_OK;
}

int dedupe_store_checkpoint(struct dedupe_store *st, uint64_t n, char *saved)
{
    int rc = PL_OK;

    *saved = 0;
    if (st->folder.failed)
        return PL_ERROR;
    if (!st->folder.path || st->options.read_only)
        return PL_OK;
    if (st->options.resumable)
        rc = prune_committed(st);
    if (rc == PL_OK)
        rc = sync_all(st);
    /* Of a flat store the run's journal alone says what it is worth. */
    if (st->options.flat)
        st->known = n + 1;
    if (rc == PL_OK && st->options.resumable) {
        if (st->changed || !newest(st) || newest(st)->writer != st->writer)
            rc = write_manifest(st, n);
        else if (st->known > newest(st)->checkpoint)
            rc = note_known(st, st->known - 1);
    }
    st->folder.failed = rc != PL_OK;
    if (rc == PL_OK && st->options.resumable)
        snprintf(saved, DEDUPE_STORE_SAVED, "%d %llu %016llx", SAVED_FORMAT,
                 (unsigned long long)st->kept[st->n_kept - 1].generation, (unsigned long long)st->writer);
    return rc;
}

int dedupe_store_committed(struct dedupe_store *st, uint64_t n, bool last)
{
    int rc = PL_OK;

    if (!last) {
        atomic_store(&st->committed, n + 1);
        return PL_OK;
    }
    if (!st->folder.path || st->options.read_only)
        return PL_OK;
    if (st->folder.failed)
        return PL_ERROR;
    if (!st->options.resumable && st->changed) {
        st->known = n + 1;
        rc = sync_all(st);
        if (rc == PL_OK)
            rc = write_manifest(st, n);
    }
    if (rc == PL_OK)
        rc = note_known(st, n);
    if (rc == PL_OK)
        rc = prune(st, n);
    st->folder.failed = rc != PL_OK;
    return rc;
}

static int remove_kept(struct dedupe_store *st, size_t i)
{
    char name[STORE_NAME];

    store_manifest_name(name, st->kept[i].generation);
    const int rc = store_folder_remove(&st->folder, name);
    if (rc != PL_OK)
        return rc;
    store_manifest_done(&st->kept[i]);
    st->n_kept--;
    memmove(st->kept + i, st->kept + i + 1, (st->n_kept - i) * sizeof *st->kept);
    return PL_OK;
}

/* The manifests later than `kept` go first, and durably so: what they tell is cut off next. */
static int forget_later(struct dedupe_store *st, size_t kept)
{
    int rc = PL_OK;

    while (rc == PL_OK && st->n_kept > kept) {
        rc = remove_kept(st, st->n_kept - 1);
        if (rc == PL_OK)
            rc = store_folder_sync(&st->folder);
    }
    return rc;
}

static int go_back(struct dedupe_store *st, uint64_t generation)
{
    size_t i = st->n_kept;

    while (i && st->kept[i - 1].generation != generation)
        i--;
    if (!i || st->kept[i - 1].writer != st->writer)
        return store_fault(&st->folder, "the store '%s' does not have its generation %llu, from which the run is to go "
                           "on: put it back as it was, or begin anew with --restart",
                           st->folder.path, (unsigned long long)generation);
    int rc = forget_later(st, i);
    if (rc == PL_OK)
        rc = note_known(st, st->kept[i - 1].checkpoint);
    if (rc == PL_OK)
        rc = store_take(st, &st->kept[i - 1]);
    return rc == PL_OK ? store_sweep(st) : rc;
}

/* How many of the manifests that are kept tell of nothing that the journal of their run may not have.  A run leaves none
 * of another behind it that does. */
static size_t count_known(const struct dedupe_store *st)
{
    const struct store_manifest *last = newest(st);
    size_t n = st->n_kept;

    while (n && st->kept[n - 1].writer == last->writer && st->kept[n - 1].checkpoint >= last->known)
        n--;
    return n;
}

/* All but the first `n` manifests are taken back; first of all durably so, by a newer one that is as the last of these
 * was: nothing that their run has in a journal then passes for the present. */
static int take_back(struct dedupe_store *st, size_t n)
{
    const struct store_manifest *last = newest(st);
    struct store_manifest m = n ? st->kept[n - 1] : (struct store_manifest){.salt = last->salt}, own;

    m.generation = last->generation + 1;
    m.writer = st->writer;
    m.checkpoint = 0;
    m.known = 1;
    m.next_file = last->next_file;
    int rc = store_manifest_write(&st->folder, &m);
    if (rc == PL_OK)
        rc = store_manifest_read(&st->folder, m.generation, &own);
    if (rc == PL_OK && (rc = store_keep_manifest(st, &own)) != PL_OK)
        store_manifest_done(&own);
    while (rc == PL_OK && st->n_kept > n + 1)
        rc = remove_kept(st, st->n_kept - 2);
    if (rc == PL_OK)
        rc = store_take(st, newest(st));
    return rc == PL_OK ? store_sweep(st) : rc;
}

int dedupe_store_begin(struct dedupe_store *st)
{
    if (st->folder.failed)
        return PL_ERROR;
    if (!st->folder.path || st->options.read_only || !st->n_kept)
        return PL_OK;
    const size_t n = count_known(st);
    /* Where those before it cannot be read, the newest is better than nothing. */
    if (n == st->n_kept || (n == 0 && st->kept[0].generation > 1))
        return PL_OK;
    const int rc = take_back(st, n);
    st->folder.failed = rc != PL_OK;
    return rc;
}

void store_note_committed(struct dedupe_store *st)
{
    const uint64_t n = atomic_exchange(&st->committed, 0);

    if (n && st->folder.path && !st->folder.failed && !st->options.read_only)
        note_known(st, n - 1);
}

int dedupe_store_restore(struct dedupe_store *st, pl_str saved)
{
    unsigned long long generation, writer;
    char text[DEDUPE_STORE_SAVED];
    int format, end = -1;

    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1),
             saved.ptr ? saved.ptr : "");
    if (sscanf(text, "%9d %19llu %16llx%n", &format, &generation, &writer, &end) != 3 || end != (int)saved.len ||
        format != SAVED_FORMAT || !st->folder.path)
        return store_fault(&st->folder, "what was saved of the store cannot be read: begin anew with --restart");
    if (st->folder.failed)
        return PL_ERROR;
    if (st->n_kept && st->kept[st->n_kept - 1].writer != writer)
        return dedupe_store_begin(st);
    st->writer = writer;
    const int rc = go_back(st, generation);
    st->folder.failed = rc != PL_OK;
    return rc;
}

int dedupe_store_forget(struct dedupe_store *st)
{
    if (st->folder.failed)
        return PL_ERROR;
    int rc = forget_later(st, 0);
    if (rc == PL_OK)
        rc = store_fresh(st);
    if (rc == PL_OK)
        rc = store_sweep(st);
    st->folder.failed = rc != PL_OK;
    return rc;
}
