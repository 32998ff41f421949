/* dedupe_store.c - the kept documents and their keys: finding and keeping. */
#include "dedupe_store_parts.h"

#include <stdlib.h>
#include <string.h>

/* Entries that a merge goes on by for each that is kept.  More than they are rewritten on average, so that it ends
 * before the next is due; and few enough that no document waits for long. */
enum { PACE = 20 };

static int failed(struct dedupe_store *st, int rc)
{
    st->folder.failed = true;
    return rc;
}

/* ---- finding ---- */

static int reserve_memo(struct dedupe_store *st, size_t n)
{
    if (n <= st->memo_cap)
        return PL_OK;
    uint64_t *key = realloc(st->memo_key, n * sizeof *key);
    if (key)
        st->memo_key = key;
    struct store_bucket *memo = realloc(st->memo, n * sizeof *memo);
    if (memo)
        st->memo = memo;
    if (!key || !memo)
        return store_no_memory(&st->folder);
    st->memo_cap = n;
    return PL_OK;
}

static void prefetch(const struct dedupe_store *st, const uint64_t *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_table_prefetch(&st->table, key[i]);
        for (size_t j = 0; j < st->n_runs; j++)
            store_run_prefetch(&st->run[j], key[i]);
    }
}

/* Of st->asked, into st->memo. */
static int look_up(struct dedupe_store *st, size_t n)
{
    const uint32_t live = (uint32_t)st->now.first_live, docs = (uint32_t)st->now.documents;
    enum { TOGETHER = 64 };
    int rc = PL_OK;

    st->memo_valid = false;
    rc = reserve_memo(st, n);
    for (size_t i = 0; rc == PL_OK && i < n; i++) {
        const uint64_t key = st->asked[i];
        if (i % TOGETHER == 0)
            prefetch(st, st->asked + i, n - i < TOGETHER ? n - i : TOGETHER);
        st->memo_key[i] = key;
        st->memo[i].n = 0;
        store_table_find(&st->table, key, live, &st->memo[i]);
        for (size_t j = 0; rc == PL_OK && j < st->n_runs; j++)
            if (store_run_may_have(&st->run[j], key))
                rc = store_run_find(&st->run[j], key, live, docs, st->page, &st->memo[i], &st->pages_read);
    }
    st->memo_n = n;
    st->memo_live = st->now.first_live;
    st->memo_valid = rc == PL_OK;
    return rc;
}

static int reserve_keys(struct dedupe_store *st, size_t n)
{
    if (n <= st->asked_cap)
        return PL_OK;
    n += n / 2;
    uint64_t *asked = realloc(st->asked, n * sizeof *asked);
    if (asked)
        st->asked = asked;
    uint64_t *entered = realloc(st->entered, n * sizeof *entered);
    if (entered)
        st->entered = entered;
    struct store_bucket *bucket = realloc(st->bucket, n * sizeof *bucket);
    if (bucket)
        st->bucket = bucket;
    if (!asked || !entered || !bucket)
        return store_no_memory(&st->folder);
    st->asked_cap = n;
    return PL_OK;
}

static int ask(struct dedupe_store *st, const uint64_t *key, size_t n)
{
    if (n > DEDUPE_STORE_MAX_KEYS)
        return store_fault(&st->folder, "%zu keys of one document are too many", n);
    if (reserve_keys(st, n) != PL_OK)
        return PL_NOMEM;
    for (size_t i = 0; i < n; i++)
        st->asked[i] = store_key(key[i]);
    return PL_OK;
}

int dedupe_store_find(struct dedupe_store *st, const uint64_t *key, size_t n, const struct dedupe_hit **hits,
                      size_t *n_hits)
{
    int rc = ask(st, key, n);
    size_t m = 0;

    *n_hits = 0;
    *hits = st->hit;
    if (rc == PL_OK)
        rc = look_up(st, n);
    if (rc != PL_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        m += st->memo[i].n;
    if (m > st->hit_cap) {
        struct dedupe_hit *more = realloc(st->hit, m * sizeof *more);
        if (!more)
            return store_no_memory(&st->folder);
        st->hit = more;
        st->hit_cap = m;
    }
    m = 0;
    for (size_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < st->memo[i].n; j++)
            st->hit[m++] = (struct dedupe_hit){(uint32_t)i, st->memo[i].doc[j]};
    *hits = st->hit;
    *n_hits = m;
    return PL_OK;
}

/* ---- keeping ---- */

/* What is under the keys of the call: from what was found last where these are of it, in its order. */
static int recall(struct dedupe_store *st, size_t n)
{
    size_t i = 0;

    if (st->memo_valid && st->memo_live == st->now.first_live)
        for (size_t j = 0; i < n && j < st->memo_n; j++)
            if (st->memo_key[j] == st->asked[i])
                st->bucket[i++] = st->memo[j];
    if (i == n)
        return PL_OK;
    const int rc = look_up(st, n);
    if (rc == PL_OK && n)
        memcpy(st->bucket, st->memo, n * sizeof *st->bucket);
    return rc;
}

static bool has(const struct store_bucket *b, uint32_t doc)
{
    for (uint32_t i = 0; i < b->n; i++)
        if (b->doc[i] == doc)
            return true;
    return false;
}

static int enter(struct dedupe_store *st, size_t n, uint32_t doc)
{
    size_t m = 0;
    int rc = PL_OK;

    for (size_t i = 0; i < n; i++)
        if (st->bucket[i].n < DEDUPE_STORE_BUCKET && !has(&st->bucket[i], doc) &&
            store_table_add(&st->table, st->asked[i], doc))
            st->entered[m++] = st->asked[i];
    if (m && st->folder.path && !st->keys.file.folder)
        rc = store_keys_begin(&st->keys, &st->folder, st->now.next_file++, st->buffer);
    if (rc == PL_OK && m && st->folder.path)
        rc = store_keys_add(&st->keys, doc, st->entered, m);
    st->memo_valid = false;
    st->changed = true;
    return rc;
}

/* Room for the keys, which may mean that others are written out. */
static int make_room(struct dedupe_store *st, size_t n)
{
    if (store_table_reserve(&st->table, n) == PL_OK)
        return PL_OK;
    if (!st->table.full)
        return store_no_memory(&st->folder);
    const int rc = store_flush(st);
    if (rc != PL_OK)
        return rc;
    return store_table_reserve(&st->table, n) == PL_OK ? PL_OK : store_no_memory(&st->folder);
}

static int prepare(struct dedupe_store *st, const uint64_t *key, size_t n)
{
    if (st->folder.failed)
        return PL_ERROR;
    if (st->options.read_only)
        return store_fault(&st->folder, "the store '%s' was opened to be read only", st->folder.path);
    int rc = ask(st, key, n);
    if (rc == PL_OK)
        rc = recall(st, n);
    return rc == PL_OK ? make_room(st, n) : rc;
}

/* A new file for the payloads where it is time. */
static int turn_segment(struct dedupe_store *st, size_t payload)
{
    const struct store_log *l = &st->log;
    const bool new_day = st->options.retain && st->now.n_days && l->n &&
                         st->now.days[st->now.n_days - 1].day != st->now.day &&
                         l->segment[l->n - 1].length > l->limit / 16;

    if (!new_day && !store_log_is_full(l, payload))
        return PL_OK;
    return store_log_begin(&st->log, st->now.next_file++, (uint32_t)st->now.documents);
}

int dedupe_store_keep(struct dedupe_store *st, const uint64_t *key, size_t n, pl_str payload, uint32_t *doc)
{
    int rc = PL_OK;

    *doc = (uint32_t)st->now.documents;
    if (payload.len > DEDUPE_STORE_MAX_PAYLOAD)
        return store_fault(&st->folder, "%zu bytes are too many to be kept of a document", payload.len);
    if (*doc == UINT32_MAX - 1)
        return store_fault(&st->folder, "the store has all the documents that it can number: begin another");
    rc = prepare(st, key, n);
    if (rc == PL_OK)
        rc = turn_segment(st, payload.len);
    if (rc == PL_OK)
        rc = store_log_append(&st->log, *doc, payload);
    if (rc == PL_OK)
        rc = enter(st, n, *doc);
    if (rc == PL_OK)
        rc = store_note_day(st);
    if (rc != PL_OK)
        return failed(st, rc);
    st->now.documents++;
    rc = store_merge_some(st, (n + 1) * PACE);
    return rc == PL_OK ? PL_OK : failed(st, rc);
}

int dedupe_store_alias(struct dedupe_store *st, const uint64_t *key, size_t n, uint32_t doc)
{
    if (doc >= st->now.documents)
        return store_fault(&st->folder, "document %lu, which was never kept, has no keys", (unsigned long)doc);
    int rc = prepare(st, key, n);
    if (rc == PL_OK)
        rc = enter(st, n, doc);
    if (rc == PL_OK)
        rc = store_merge_some(st, (n + 1) * PACE);
    return rc == PL_OK ? PL_OK : failed(st, rc);
}

int dedupe_store_load(struct dedupe_store *st, uint32_t doc, pl_str *payload)
{
    if (doc < st->now.first_live || doc >= st->now.documents)
        return store_fault(&st->folder, "document %lu was asked for, which is not there", (unsigned long)doc);
    return store_log_load(&st->log, doc, payload);
}

void dedupe_store_today(struct dedupe_store *st, uint32_t day)
{
    if (day <= st->now.day)
        return;
    st->now.day = day;
    st->changed = true;
    store_expire(st);
}

int dedupe_store_verify(struct dedupe_store *st)
{
    int rc = store_log_verify(&st->log);

    for (size_t i = 0; rc == PL_OK && i < st->n_runs; i++)
        rc = store_run_verify(&st->run[i], (uint32_t)st->now.documents);
    return rc;
}

void dedupe_store_stats(const struct dedupe_store *st, struct dedupe_store_stats *s)
{
    *s = (struct dedupe_store_stats){
        .documents = st->now.documents,
        .live = st->now.documents - st->now.first_live,
        .tail = st->table.n,
        .runs = (uint32_t)st->n_runs,
        .segments = (uint32_t)st->log.n,
        .first_day = st->now.n_days ? (uint32_t)st->now.days[0].day : 0,
        .day = (uint32_t)st->now.day,
        .payload_bytes = store_log_bytes(&st->log),
        .pages_read = st->pages_read,
        .merges = st->merges,
        .generation = st->now.generation,
    };
    s->disk_bytes = s->payload_bytes + st->keys.end.length;
    s->memory_bytes = store_table_bytes(&st->table);
    for (size_t i = 0; i < st->n_runs; i++) {
        const struct store_run *r = &st->run[i];
        s->entries += r->info.entries;
        s->disk_bytes += store_run_length(&r->info);
        s->memory_bytes += store_run_filter_bytes(&r->info, r->fold) + r->info.pages * sizeof *r->fence;
    }
}
