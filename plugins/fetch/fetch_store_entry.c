/* fetch_store_entry.c - what is known of one address, in one piece of memory; and a table of them by key.
 *
 * Open addressing by the key, which is a keyed hash already; nothing is ever removed but all of it. */
#include "fetch_store_entry.h"

#include <stdlib.h>

enum { FIRST_CAP = 64, KEPT_CAP = 1 << 16 };

/* ---- an entry ---- */

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static int64_t within(int64_t value, int64_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static char *append(char *at, pl_str s)
{
    if (s.len)
        memcpy(at, s.ptr, s.len);
    return at + s.len;
}

static pl_str within_len(pl_str s, size_t most)
{
    return s.len <= most ? s : (pl_str){NULL, 0};
}

struct entry *entry_make(const struct store_key *key, uint64_t place, pl_str canonical, const struct known *k)
{
    const pl_str url = same(k->url, canonical) ? (pl_str){NULL, 0} : k->url;
    const pl_str etag = within_len(k->etag, STORE_MAX_ETAG), date = within_len(k->last_modified, STORE_MAX_DATE);
    struct entry *e = malloc(sizeof *e + canonical.len + url.len + etag.len + date.len + k->meta.len);
    char *at;

    if (!e)
        return NULL;
    *e = (struct entry){.key = *key,
                        .place = place,
                        .checked_ms = within(k->checked_ms, INT64_MAX),
                        .changed_ms = within(k->changed_ms, INT64_MAX),
                        .due_ms = within(k->due_ms, INT64_MAX),
                        .interval_s = (uint32_t)within(k->interval_s, UINT32_MAX),
                        .failures = k->failures,
                        .status = (uint16_t)within(k->status, 999),
                        .kind = (uint8_t)(k->kind <= KNOWN_FRONT ? k->kind : KNOWN_UNSORTED),
                        .has_digest = k->has_digest,
                        .canonical_len = (uint16_t)canonical.len,
                        .url_len = (uint16_t)url.len,
                        .etag_len = (uint16_t)etag.len,
                        .date_len = (uint16_t)date.len,
                        .meta_len = (uint32_t)k->meta.len};
    if (k->has_digest)
        memcpy(e->digest, k->digest, sizeof e->digest);
    at = append(e->text, canonical);
    at = append(at, url);
    at = append(at, etag);
    at = append(at, date);
    append(at, k->meta);
    return e;
}

pl_str entry_canonical(const struct entry *e)
{
    return (pl_str){e->text, e->canonical_len};
}

static pl_str take(const char **at, size_t len)
{
    const pl_str s = {*at, len};

    *at += len;
    return s;
}

void entry_known(const struct entry *e, struct known *k)
{
    const char *at = e->text;

    *k = (struct known){.kind = (enum known_kind)e->kind,
                        .queued = e->place > 0,
                        .status = e->status,
                        .failures = e->failures,
                        .checked_ms = e->checked_ms,
                        .changed_ms = e->changed_ms,
                        .due_ms = e->due_ms,
                        .interval_s = e->interval_s,
                        .has_digest = e->has_digest};
    memcpy(k->digest, e->digest, sizeof k->digest);
    const pl_str canonical = take(&at, e->canonical_len);
    k->url = take(&at, e->url_len);
    if (k->url.len == 0)
        k->url = canonical;
    k->etag = take(&at, e->etag_len);
    k->last_modified = take(&at, e->date_len);
    k->meta = take(&at, e->meta_len);
}

static size_t bytes_of(const struct entry *e)
{
    return sizeof *e + e->canonical_len + e->url_len + e->etag_len + e->date_len + e->meta_len;
}

/* ---- the table ---- */

/* Where `key` is, or would be. */
static size_t slot_of(const struct slot *slot, size_t cap, const struct store_key *key)
{
    size_t i = (size_t)key->lo & (cap - 1);

    while (slot[i].e && (slot[i].hi != key->hi || !store_key_same(&slot[i].e->key, key)))
        i = (i + 1) & (cap - 1);
    return i;
}

struct entry *table_find(const struct table *t, const struct store_key *key)
{
    return t->n ? t->slot[slot_of(t->slot, t->cap, key)].e : NULL;
}

static int grow(struct table *t)
{
    const size_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
    struct slot *slot = cap > t->cap ? calloc(cap, sizeof *slot) : NULL;

    if (!slot)
        return PL_NOMEM;
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slot[i].e)
            slot[slot_of(slot, cap, &t->slot[i].e->key)] = t->slot[i];
    }
    free(t->slot);
    t->slot = slot;
    t->cap = cap;
    return PL_OK;
}

int table_put(struct table *t, struct entry *e)
{
    if (t->n + 1 > t->cap / 3 * 2 && grow(t) != PL_OK) {
        free(e);
        return PL_NOMEM;
    }
    struct slot *at = &t->slot[slot_of(t->slot, t->cap, &e->key)];
    if (at->e)
        t->bytes -= bytes_of(at->e);
    else
        t->n++;
    free(at->e);
    *at = (struct slot){e->key.hi, e};
    t->bytes += bytes_of(e);
    return PL_OK;
}

struct entry *table_next(const struct table *t, size_t *at)
{
    while (*at < t->cap) {
        struct entry *e = t->slot[(*at)++].e;
        if (e)
            return e;
    }
    return NULL;
}

static int by_key(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->key.hi != y->key.hi)
        return x->key.hi < y->key.hi ? -1 : 1;
    return (x->key.lo > y->key.lo) - (x->key.lo < y->key.lo);
}

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    return x->place == y->place ? by_key(a, b) : x->place < y->place ? -1 : 1;
}

static struct place *list(const struct table *t, bool queued, size_t *n)
{
    struct place *keys = malloc((t->n ? t->n : 1) * sizeof *keys);
    const struct entry *e;
    size_t at = 0;

    *n = 0;
    while (keys && (e = table_next(t, &at))) {
        if (!queued || e->place > 0)
            keys[(*n)++] = (struct place){e->place, e->key};
    }
    if (*n > 1)
        qsort(keys, *n, sizeof *keys, queued ? by_place : by_key);
    return keys;
}

struct place *table_queued(const struct table *t, size_t *n)
{
    return list(t, true, n);
}

struct place *table_keys(const struct table *t, size_t *n)
{
    return list(t, false, n);
}

int table_move(struct table *t, struct table *to, bool (*keep)(const struct table *to, const struct entry *e))
{
    int rc = PL_OK;

    for (size_t i = 0; i < t->cap; i++) {
        struct entry *e = t->slot[i].e;
        t->slot[i].e = NULL;
        if (!e || !keep(to, e))
            free(e);
        else if (table_put(to, e) != PL_OK)
            rc = PL_NOMEM;
    }
    table_clear(t);
    return rc;
}

void table_clear(struct table *t)
{
    if (t->cap > KEPT_CAP) {
        table_done(t);
        return;
    }
    for (size_t i = 0; i < t->cap; i++) {
        free(t->slot[i].e);
        t->slot[i].e = NULL;
    }
    t->n = t->bytes = 0;
}

void table_done(struct table *t)
{
    for (size_t i = 0; i < t->cap; i++)
        free(t->slot[i].e);
    free(t->slot);
    *t = (struct table){0};
}
