/* dedupe_store_merge.c - the sorted files of a store: written from memory, merged as they grow, filtered.
 *
 * A merge takes the smallest files as long as they together are half as large
 * as the next: so there are few, and an entry is written anew about as often as
 * the logarithm of the store's size says.  It goes on a little with each
 * document; until it has ended, the old files are the ones that are read. */
#include "dedupe_store_parts.h"

#include <stdlib.h>
#include <string.h>

/* The places of the runs, the smallest first. */
static void by_size(const struct dedupe_store *st, size_t *place)
{
    for (size_t i = 0; i < st->n_runs; i++) {
        size_t j = i;
        for (; j > 0 && st->run[place[j - 1]].info.entries > st->run[i].info.entries; j--)
            place[j] = place[j - 1];
        place[j] = i;
    }
}

/* ---- filters ---- */

static uint32_t finest(const struct store_run *r, size_t room)
{
    static const uint32_t folds[] = {1, 2, 3, 4, 6};

    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++)
        if (store_run_filter_bytes(&r->info, folds[i]) <= room)
            return folds[i];
    return 0;
}

/* A filter that is a little coarser than it could be is left so: making it anew reads all of it. */
static uint32_t settle(const struct store_run *r, uint32_t best)
{
    return best && r->fold > best && r->fold < best * 2 ? r->fold : best;
}

int store_plan_filters(struct dedupe_store *st)
{
    size_t place[STORE_MAX_RUNS], room = st->filter_bytes;
    uint32_t fold[STORE_MAX_RUNS];
    int rc = PL_OK;

    if (st->options.read_only)
        return PL_OK;
    by_size(st, place);
    for (size_t i = 0; i < st->n_runs; i++) {
        const struct store_run *r = &st->run[place[i]];
        fold[i] = settle(r, finest(r, i + 1 < st->n_runs ? room / 2 : room));
        room -= store_run_filter_bytes(&r->info, fold[i]);
    }
    /* First those that shrink, so that the bound holds. */
    for (int grow = 0; grow < 2; grow++)
        for (size_t i = 0; rc == PL_OK && i < st->n_runs; i++) {
            struct store_run *r = &st->run[place[i]];
            const bool grows = store_run_filter_bytes(&r->info, fold[i]) > store_run_filter_bytes(&r->info, r->fold);
            if (grows == grow)
                rc = store_run_load(r, fold[i]);
        }
    return rc;
}

/* ---- merging ---- */

static void remove_run(struct dedupe_store *st, size_t i)
{
    store_run_close(&st->run[i]);
    st->n_runs--;
    memmove(&st->run[i], &st->run[i + 1], (st->n_runs - i) * sizeof *st->run);
    memset(&st->run[st->n_runs], 0, sizeof *st->run);
    st->changed = true;
}

/* Runs of which nothing is live go at once.  Not while a merge reads them. */
static void drop_expired(struct dedupe_store *st)
{
    for (size_t i = st->n_runs; i-- > 0;)
        if (st->run[i].info.last_doc < st->now.first_live)
            remove_run(st, i);
}

static bool mostly_expired(const struct dedupe_store *st, const struct store_run *r)
{
    const uint64_t gone = st->now.first_live > r->info.first_doc ? st->now.first_live - r->info.first_doc : 0;

    return gone > (r->info.last_doc - r->info.first_doc + 1) / 2;
}

static size_t choose(const struct dedupe_store *st, size_t *place, size_t n)
{
    uint64_t together = n ? st->run[place[0]].info.entries : 0;
    size_t some = 1;

    for (; some < n && (together >= st->run[place[some]].info.entries / 8 * 7 || n >= STORE_MANY_RUNS); some++)
        together += st->run[place[some]].info.entries;
    if (some > 1 && n > 1)
        return some;
    for (size_t i = 0; i < n; i++)
        if (mostly_expired(st, &st->run[place[i]])) {
            place[0] = place[i];
            return 1;
        }
    return 0;
}

static int begin(struct dedupe_store *st)
{
    struct store_merge *m = &st->merge;
    size_t place[STORE_MAX_RUNS];
    uint64_t most = 0;

    drop_expired(st);
    by_size(st, place);
    const size_t n = choose(st, place, st->n_runs);
    if (n == 0)
        return PL_OK;
    for (size_t i = 0; i < n; i++)
        most += st->run[place[i]].info.entries;
    int rc = store_run_write(&m->w, &st->folder, st->now.next_file, most, st->buffer);
    if (rc == PL_OK)
        st->now.next_file++;
    for (size_t i = 0; rc == PL_OK && i < n; i++) {
        m->n++;
        rc = store_run_read(&m->rd[i], &st->run[place[i]], st->buffer / 4);
    }
    if (rc != PL_OK) {
        m->n = m->n ? m->n : 1;
        store_merge_stop(st);
    }
    return rc;
}

void store_merge_stop(struct dedupe_store *st)
{
    struct store_merge *m = &st->merge;

    if (!m->n)
        return;
    for (size_t i = 0; i < m->n; i++)
        store_run_read_done(&m->rd[i]);
    store_run_write_done(&m->w);
    m->n = 0;
}

static bool was_read(const struct store_merge *m, const struct store_run *r)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->rd[i].run == r)
            return true;
    return false;
}

/* The new run in the place of those that it was made of. */
static int end(struct dedupe_store *st)
{
    struct store_merge *m = &st->merge;
    struct store_run made = {0};
    bool gone[STORE_MAX_RUNS];

    const bool empty = m->w.n == 0 && m->w.run.info.entries == 0;
    const int rc = empty ? PL_OK : store_run_end(&m->w, &made);
    for (size_t i = 0; i < st->n_runs; i++)
        gone[i] = was_read(m, &st->run[i]);
    store_merge_stop(st);
    if (rc != PL_OK)
        return rc;
    for (size_t i = st->n_runs; i-- > 0;)
        if (gone[i])
            remove_run(st, i);
    if (!empty)
        st->run[st->n_runs++] = made;
    st->merges++;
    const int planned = store_plan_filters(st);
    return planned == PL_OK ? begin(st) : planned;
}

/* Of the readers the one with the lowest entry, at the end of all of them one that is at its end.  Without branches on
 * the keys, which nobody can predict. */
static struct store_run_reader *lowest(struct store_merge *m)
{
    struct store_entry low = m->rd[0].entry;
    size_t best = 0;

    for (size_t i = 1; i < m->n; i++) {
        const struct store_entry e = m->rd[i].entry;
        const bool less = (e.key < low.key) | ((e.key == low.key) & (e.doc < low.doc));
        best = less ? i : best;
        low.key = less ? e.key : low.key;
        low.doc = less ? e.doc : low.doc;
    }
    return &m->rd[best];
}

int store_merge_some(struct dedupe_store *st, size_t entries)
{
    struct store_merge *m = &st->merge;
    int rc = PL_OK;

    while (rc == PL_OK && m->n && entries--) {
        struct store_run_reader *rd = lowest(m);
        if (rd->end)
            return end(st);
        const struct store_entry e = rd->entry;
        if (e.doc >= st->now.documents || e.key < m->w.last_key)
            return store_damaged(&st->folder, rd->run->file.name, 0, "an entry that cannot be there");
        if (e.doc >= st->now.first_live)
            rc = store_run_add(&m->w, e.key, e.doc);
        m->w.last_key = e.key;
        if (rc == PL_OK)
            rc = store_run_next(rd);
    }
    return rc;
}

/* ---- from memory ---- */

static int write_table(struct dedupe_store *st, struct store_run *made)
{
    struct store_run_writer *w = malloc(sizeof *w);
    struct store_entry e;
    size_t i = 0;

    if (!w)
        return store_no_memory(&st->folder);
    int rc = store_run_write(w, &st->folder, st->now.next_file++, st->table.n, st->buffer);
    store_table_sort(&st->table);
    while (rc == PL_OK && store_table_at(&st->table, &i, &e))
        if (e.doc >= st->now.first_live)
            rc = store_run_add(w, e.key, e.doc);
    if (rc == PL_OK && (w->n || w->run.info.entries))
        rc = store_run_end(w, made);
    store_run_write_done(w);
    free(w);
    return rc;
}

int store_flush(struct dedupe_store *st)
{
    struct store_run made = {0};
    int rc = PL_OK;

    /* Whatever is merged now has to end first; with as many runs as this all of them are. */
    while (rc == PL_OK && st->n_runs >= STORE_MANY_RUNS) {
        rc = st->merge.n ? PL_OK : begin(st);
        while (rc == PL_OK && st->merge.n)
            rc = store_merge_some(st, SIZE_MAX);
    }
    if (rc == PL_OK)
        rc = write_table(st, &made);
    if (rc != PL_OK)
        return rc;
    store_table_clear(&st->table);
    store_keys_close(&st->keys);
    st->changed = true;
    if (made.file.folder)
        st->run[st->n_runs++] = made;
    rc = store_plan_filters(st);
    return rc == PL_OK && !st->merge.n ? begin(st) : rc;
}
