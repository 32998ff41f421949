/* dedupe_index.c - kept documents in memory: names and shingles in append-only blocks, one hash table for the
 * digests and one a band, all by open addressing with 32-bit document numbers. */
#include "dedupe_index.h"

#include <stdlib.h>

#include "dedupe_set.h"

enum {
    BLOCK_BYTES = 1 << 20,
    FIRST_SLOTS = 256,
    /* A table looks no further than this from a key's own slot.  At our loads it never has to; somebody who makes
     * texts whose keys collide gets a document that is not found, not a table that stands still. */
    MAX_PROBES = 512,
    MAX_CANDIDATES = DEDUPE_BANDS * DEDUPE_BUCKET
};

#if defined __GNUC__
#define SOON_WRITTEN(p) __builtin_prefetch(p, 1)
#else
#define SOON_WRITTEN(p) ((void)(p))
#endif

struct kept {
    const uint32_t *shingle;
    const char *name;
    size_t name_len;
    uint64_t digest[2];
    uint32_t n, level;
};

struct slot {
    uint32_t key;
    uint32_t doc; /* from 1; 0 is a free slot */
};

struct table {
    struct slot *slot;
    size_t mask, used;
};

struct block {
    struct block *next;
    size_t used, cap;
    uint64_t bytes[]; /* for the alignment */
};

struct dedupe_index {
    double threshold;
    struct kept *kept;
    uint32_t n, cap;
    struct table digests;
    struct table bands[DEDUPE_BANDS];
    struct block *blocks; /* the one being filled first */
    size_t block_bytes;
    uint32_t scratch[2 * DEDUPE_MAX_SHINGLES];
};

/* ---- blocks ---- */

static void *block_alloc(struct dedupe_index *ix, size_t len)
{
    struct block *b = ix->blocks;
    size_t need = len > SIZE_MAX - 7 ? SIZE_MAX : (len + 7) & ~(size_t)7;

    if (!b || b->cap - b->used < need) {
        size_t cap = need > BLOCK_BYTES / 8 ? need : BLOCK_BYTES - sizeof *b;
        if (cap > SIZE_MAX - sizeof *b || !(b = malloc(sizeof *b + cap)))
            return NULL;
        b->used = 0;
        b->cap = cap;
        ix->block_bytes += sizeof *b + cap;
        /* One that is full from the start goes behind, so that the one before is still filled. */
        struct block **at = cap == need && ix->blocks ? &ix->blocks->next : &ix->blocks;
        b->next = *at;
        *at = b;
    }
    void *p = (char *)b->bytes + b->used;
    b->used += need;
    return p;
}

/* ---- tables: key -> documents, in the order they were put ---- */

static int table_init(struct table *t, size_t slots)
{
    t->slot = calloc(slots, sizeof t->slot[0]);
    t->mask = slots - 1;
    t->used = 0;
    return t->slot ? 0 : PL_NOMEM;
}

/* The documents with this key, at most DEDUPE_BUCKET. */
static size_t table_find(const struct table *t, uint32_t key, uint32_t *doc)
{
    size_t n = 0;
    size_t i = key & t->mask;
    for (size_t probes = 0; t->slot[i].doc != 0 && probes < MAX_PROBES && n < DEDUPE_BUCKET; probes++) {
        if (t->slot[i].key == key)
            doc[n++] = t->slot[i].doc - 1;
        i = (i + 1) & t->mask;
    }
    return n;
}

/* There must be a free slot.  Not put where the bucket is full. */
static void table_put(struct table *t, struct slot s)
{
    size_t same = 0;
    size_t i = s.key & t->mask;
    for (size_t probes = 0; t->slot[i].doc != 0; probes++) {
        same += t->slot[i].key == s.key;
        if (same == DEDUPE_BUCKET || probes == MAX_PROBES)
            return;
        i = (i + 1) & t->mask;
    }
    t->slot[i] = s;
    t->used++;
}

/* Room for one more, at three quarters full at most. */
static int table_reserve(struct table *t)
{
    size_t slots = t->mask + 1;
    struct table bigger = {0};

    if (t->used + 1 <= slots / 4 * 3)
        return 0;
    if (slots > SIZE_MAX / 2 / sizeof t->slot[0] || table_init(&bigger, 2 * slots) < 0)
        return PL_NOMEM;
    for (size_t i = 0; i < slots; i++)
        if (t->slot[i].doc != 0)
            table_put(&bigger, t->slot[i]);
    free(t->slot);
    *t = bigger;
    return 0;
}

/* ---- the index ---- */

struct dedupe_index *dedupe_index_new(double threshold)
{
    struct dedupe_index *ix = calloc(1, sizeof *ix);
    if (!ix)
        return NULL;
    ix->threshold = threshold;
    int rc = table_init(&ix->digests, FIRST_SLOTS);
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        if (table_init(&ix->bands[i], FIRST_SLOTS) < 0)
            rc = PL_NOMEM;
    if (rc < 0) {
        dedupe_index_free(ix);
        return NULL;
    }
    return ix;
}

void dedupe_index_free(struct dedupe_index *ix)
{
    if (!ix)
        return;
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        free(ix->bands[i].slot);
    free(ix->digests.slot);
    while (ix->blocks) {
        struct block *next = ix->blocks->next;
        free(ix->blocks);
        ix->blocks = next;
    }
    free(ix->kept);
    free(ix);
}

/* The kept document with the same words, counted from 1, or 0. */
static uint32_t find_exact(const struct dedupe_index *ix, const struct dedupe_sketch *s)
{
    uint32_t doc[DEDUPE_BUCKET];
    size_t n = table_find(&ix->digests, (uint32_t)s->digest[0], doc);
    for (size_t i = 0; i < n; i++) {
        const struct kept *k = &ix->kept[doc[i]];
        if (k->digest[0] == s->digest[0] && k->digest[1] == s->digest[1])
            return doc[i] + 1;
    }
    return 0;
}

struct candidate {
    uint32_t doc, bands;
};

static int by_doc(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

static int by_bands(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->bands != y->bands)
        return x->bands > y->bands ? -1 : 1;
    return by_doc(a, b);
}

/* The documents that share a band with `s`, the earliest first. */
static size_t find_candidates(const struct dedupe_index *ix, const struct dedupe_sketch *s, struct candidate *out)
{
    uint32_t doc[DEDUPE_BUCKET];
    size_t all = 0, n = 0;

    for (size_t band = 0; band < DEDUPE_BANDS; band++) {
        size_t found = table_find(&ix->bands[band], (uint32_t)s->band[band], doc);
        for (size_t i = 0; i < found; i++)
            out[all++] = (struct candidate){doc[i], 1};
    }
    if (all == 0)
        return 0;
    qsort(out, all, sizeof out[0], by_doc);
    for (size_t i = 1; i < all; i++) {
        if (out[i].doc == out[n].doc)
            out[n].bands++;
        else
            out[++n] = out[i];
    }
    n++;
    if (n > DEDUPE_MAX_VERIFY) {
        qsort(out, n, sizeof out[0], by_bands);
        n = DEDUPE_MAX_VERIFY;
        qsort(out, n, sizeof out[0], by_doc);
    }
    return n;
}

/* How many of the hashes a sketch of this level would have kept. */
static uint32_t count_sampled(const uint32_t *hash, uint32_t n, uint32_t level)
{
    uint32_t mask = (UINT32_C(1) << level) - 1;
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += (hash[i] & mask) == 0;
    return count;
}

/* The Jaccard similarity of `s`, whose shingles are in `set`, and `k`; 0 as soon as it cannot reach `threshold`.
 * Where the two were sampled at different levels, both are taken at the sparser one. */
static double similarity(const struct dedupe_set *set, const struct dedupe_sketch *s, const struct kept *k,
                         double threshold)
{
    uint32_t level = s->level > k->level ? s->level : k->level;
    uint32_t mask = (UINT32_C(1) << level) - 1;
    double a = s->level == level ? s->n : count_sampled(s->shingle, s->n, level);
    double b = k->level == level ? k->n : count_sampled(k->shingle, k->n, level);
    /* both / (a + b - both) >= threshold; a little is left to rounding, the caller compares again */
    double spare = b - threshold * (a + b) / (1 + threshold) + 1e-6;
    uint32_t both = 0, alone = 0;

    for (uint32_t i = 0; i < k->n && alone <= spare; i++) {
        if ((k->shingle[i] & mask) != 0)
            continue;
        if (dedupe_set_has(set, k->shingle[i]))
            both++;
        else
            alone++;
    }
    return both > 0 && alone <= spare ? both / (a + b - both) : 0;
}

struct dedupe_match dedupe_index_find(struct dedupe_index *ix, const struct dedupe_sketch *s)
{
    struct candidate candidate[MAX_CANDIDATES];
    struct dedupe_match m = {0};

    if (s->words == 0)
        return m;
    uint32_t exact = find_exact(ix, s);
    if (exact > 0)
        return (struct dedupe_match){.kind = DEDUPE_EXACT, .kept = exact - 1, .similarity = 1};

    size_t n = find_candidates(ix, s, candidate);
    if (n == 0)
        return m;
    struct dedupe_set set = dedupe_set_init(ix->scratch, 2 * DEDUPE_MAX_SHINGLES, s->n);
    for (uint32_t i = 0; i < s->n; i++)
        dedupe_set_add(&set, s->shingle[i]);
    for (size_t i = 0; i < n; i++) {
        double j = similarity(&set, s, &ix->kept[candidate[i].doc], ix->threshold);
        m.verified++;
        if (j >= ix->threshold) {
            m.kind = DEDUPE_NEAR;
            m.kept = candidate[i].doc;
            m.similarity = j;
            break;
        }
    }
    return m;
}

static int reserve(struct dedupe_index *ix)
{
    if (ix->n == ix->cap) {
        size_t cap = ix->cap > 0 ? (size_t)ix->cap * 2 : 1024;
        if (cap > UINT32_MAX - 1)
            return PL_NOMEM;
        struct kept *bigger = realloc(ix->kept, cap * sizeof bigger[0]);
        if (!bigger)
            return PL_NOMEM;
        ix->kept = bigger;
        ix->cap = (uint32_t)cap;
    }
    int rc = table_reserve(&ix->digests);
    for (size_t i = 0; i < DEDUPE_BANDS && rc == 0; i++)
        rc = table_reserve(&ix->bands[i]);
    return rc;
}

int dedupe_index_keep(struct dedupe_index *ix, const struct dedupe_sketch *s, pl_str name)
{
    if (s->words == 0)
        return 0;
    size_t shingle_bytes = s->n * sizeof s->shingle[0];
    /* In large tables each of these slots is a cache miss; they are waited for together. */
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        SOON_WRITTEN(&ix->bands[i].slot[(uint32_t)s->band[i] & ix->bands[i].mask]);
    if (reserve(ix) < 0 || name.len > SIZE_MAX - shingle_bytes)
        return PL_NOMEM;
    uint32_t *shingle = block_alloc(ix, shingle_bytes + name.len);
    if (!shingle)
        return PL_NOMEM;
    memcpy(shingle, s->shingle, shingle_bytes);
    if (name.len > 0)
        memcpy((char *)shingle + shingle_bytes, name.ptr, name.len);

    struct kept *k = &ix->kept[ix->n++];
    *k = (struct kept){.shingle = shingle,
                       .name = (const char *)shingle + shingle_bytes,
                       .name_len = name.len,
                       .digest = {s->digest[0], s->digest[1]},
                       .n = s->n,
                       .level = s->level};
    table_put(&ix->digests, (struct slot){(uint32_t)s->digest[0], ix->n});
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        table_put(&ix->bands[i], (struct slot){(uint32_t)s->band[i], ix->n});
    return 0;
}

pl_str dedupe_index_name(const struct dedupe_index *ix, uint32_t kept)
{
    return (pl_str){ix->kept[kept].name, ix->kept[kept].name_len};
}

uint32_t dedupe_index_count(const struct dedupe_index *ix)
{
    return ix->n;
}

size_t dedupe_index_bytes(const struct dedupe_index *ix)
{
    size_t slots = ix->digests.mask + 1;
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        slots += ix->bands[i].mask + 1;
    return sizeof *ix + ix->block_bytes + ix->cap * sizeof ix->kept[0] + slots * sizeof(struct slot);
}
