/* dedupe_shard_group.c - which documents of many shards repeat an earlier one.
 *
 * Three sorts.  By key: which documents have it in common.  By the first of
 * these: keys are numbered in that order, so that those of one document, and
 * of its copies, have numbers that follow each other.  By document: which
 * numbers it has.  Then one pass over the documents, with a table of who was
 * kept under each number. */
#include "dedupe_shard_group.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dedupe_shard_slots.h"

enum { MOST_OPEN = 64, PARTS = 3 }; /* files open for candidates; parts that share the memory */

struct open_file {
    struct dedupe_sig *f;
    size_t shard;
    uint64_t used;
};

/* One entry of a document's list. */
struct entry {
    uint32_t index; /* of the key in its signature */
    uint64_t number;
};

struct group {
    const char *const *path;
    size_t n;
    const struct dedupe_group_options *options;
    struct dedupe_group_sink sink;
    struct dedupe_group_stats *stats;
    uint64_t *base; /* the number of each shard's first document; n + 1 of them */
    struct dedupe_settings settings; /* of the first file, which `scope` is held for */
    char scope[4096];
    struct dedupe_sort *by_key, *by_first, *by_doc;
    uint64_t numbers;
    struct dedupe_slots *slots;
    struct dedupe_decider *decider;
    struct open_file open[MOST_OPEN];
    uint64_t uses;
    struct entry *entry; /* of the document at hand */
    struct dedupe_hit *hit;
    size_t n_entries, n_hits;
    struct dedupe_pair ahead; /* the next entry of all, where there is one */
    bool has_ahead;
    char *message;
    size_t size;
    enum dedupe_group_fault *why;
};

static int fail(struct group *g, const char *message)
{
    *g->why = DEDUPE_GROUP_IO;
    snprintf(g->message, g->size, "%s", message);
    return PL_ERROR;
}

static int fail_temporary(struct group *g)
{
    *g->why = DEDUPE_GROUP_IO;
    snprintf(g->message, g->size, "cannot use a temporary file in '%s': %s", g->options->folder, strerror(errno));
    return PL_ERROR;
}

static struct dedupe_sig *open_sig(struct group *g, size_t shard)
{
    enum dedupe_sig_fault why = DEDUPE_SIG_MACHINE;
    struct dedupe_sig *f = dedupe_sig_open(g->path[shard], g->message, g->size, &why);

    if (!f)
        *g->why = why == DEDUPE_SIG_FOREIGN ? DEDUPE_GROUP_SETTINGS : DEDUPE_GROUP_IO;
    return f;
}

/* ---- what the files hold ---- */

static int differs(struct group *g, size_t shard, const char *what, pl_str here, pl_str first)
{
    *g->why = DEDUPE_GROUP_SETTINGS;
    snprintf(g->message, g->size, "%s was made with %s \"%.*s\", %s with \"%.*s\": make both with the same options",
             g->path[shard], what, (int)here.len, here.ptr, g->path[0], (int)first.len, first.ptr);
    return PL_ERROR;
}

static pl_str truth(bool b)
{
    return b ? PL_S("true") : PL_S("false");
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static int check_settings(struct group *g, size_t shard, const struct dedupe_sig *f)
{
    const struct dedupe_settings s = dedupe_sig_settings(f);

    if (shard == 0) {
        memcpy(g->scope, s.scope.ptr, s.scope.len);
        g->settings = s;
        g->settings.scope.ptr = g->scope;
    }
    if (!same(s.scope, g->settings.scope))
        return differs(g, shard, "scope", s.scope, g->settings.scope);
    if (g->options->scope.len && !same(s.scope, g->options->scope)) {
        *g->why = DEDUPE_GROUP_SETTINGS;
        snprintf(g->message, g->size, "%s was made with scope \"%.*s\", not \"%.*s\": make it with the option that group has",
                 g->path[shard], (int)s.scope.len, s.scope.ptr, (int)g->options->scope.len, g->options->scope.ptr);
        return PL_ERROR;
    }
    if (s.url != g->settings.url)
        return differs(g, shard, "canonical_url", truth(s.url), truth(g->settings.url));
    if (s.samples || g->options->rules.containment <= 0)
        return PL_OK;
    *g->why = DEDUPE_GROUP_SETTINGS;
    snprintf(g->message, g->size, "%s was made without `containment`: make it with the option that group has",
             g->path[shard]);
    return PL_ERROR;
}

static bool wanted(const struct group *g, uint64_t key)
{
    switch (dedupe_key_kind(key)) {
    case DEDUPE_KEY_SAMPLE: return g->options->rules.containment > 0;
    case DEDUPE_KEY_URL: return g->options->url;
    default: return true;
    }
}

/* The keys of one file go to the first sort, with the numbers that its documents have among all. */
static int take_keys(struct group *g, size_t shard, struct dedupe_sig *f)
{
    struct dedupe_pair p;
    int got;

    while ((got = dedupe_sig_next_key(f, &p)) == 1) {
        if (!wanted(g, p.a))
            continue;
        p.b += g->base[shard] << 32;
        if (dedupe_sort_add_ascending(g->by_key, p) != PL_OK)
            return fail(g, dedupe_sort_message(g->by_key));
    }
    if (got < 0)
        return fail(g, dedupe_sig_message(f));
    return dedupe_sort_row(g->by_key) == PL_OK ? PL_OK : fail(g, dedupe_sort_message(g->by_key));
}

static int take_files(struct group *g)
{
    for (size_t i = 0; i < g->n; i++) {
        struct dedupe_sig *f = open_sig(g, i);
        if (!f)
            return PL_ERROR;
        g->base[i + 1] = g->base[i] + dedupe_sig_counts(f)->documents;
        int rc = check_settings(g, i, f);
        if (rc == PL_OK && g->base[i + 1] >= UINT32_MAX)
            rc = fail(g, "there are more than 4,294,967,294 documents: group fewer shards at a time");
        if (rc == PL_OK)
            rc = take_keys(g, i, f);
        dedupe_sig_close(f);
        if (rc != PL_OK)
            return rc;
    }
    g->stats->documents = g->base[g->n];
    return PL_OK;
}

/* ---- numbers for keys that several documents have ---- */

static int add_to(struct group *g, struct dedupe_sort *s, uint64_t a, uint64_t b)
{
    return dedupe_sort_add(s, (struct dedupe_pair){a, b}) == PL_OK ? PL_OK : fail(g, dedupe_sort_message(s));
}

/* The next pair of a sort: 1, 0, or PL_ERROR and told. */
static int next_of(struct group *g, struct dedupe_sort *s, struct dedupe_pair *p)
{
    const int got = dedupe_sort_next(s, p);

    return got < 0 ? fail(g, dedupe_sort_message(s)) : got;
}

static int new_sort(struct group *g, struct dedupe_sort **s)
{
    *s = dedupe_sort_new(g->options->memory / PARTS, g->options->folder);
    return *s ? PL_OK : fail(g, "out of memory");
}

/* (key; document, index) becomes (first document, its index; document, index), for each key that several have. */
static int find_shared(struct group *g)
{
    struct dedupe_pair first = {0}, p;
    bool any = false, shared = false;
    int got, rc = PL_OK;

    if (dedupe_sort_begin(g->by_key) != PL_OK)
        return fail(g, dedupe_sort_message(g->by_key));
    while (rc == PL_OK && (got = next_of(g, g->by_key, &p)) != 0) {
        if (got < 0)
            return got;
        if (!any || p.a != first.a) {
            any = true;
            shared = false;
            first = p;
            continue;
        }
        if (!shared)
            rc = add_to(g, g->by_first, first.b, first.b);
        shared = true;
        if (rc == PL_OK)
            rc = add_to(g, g->by_first, first.b, p.b);
    }
    dedupe_sort_free(g->by_key);
    g->by_key = NULL;
    return rc;
}

/* (first; document, index) becomes (document, index; number). */
static int number_keys(struct group *g)
{
    struct dedupe_pair p;
    uint64_t first = 0;
    int got, rc = PL_OK;

    if (dedupe_sort_begin(g->by_first) != PL_OK)
        return fail(g, dedupe_sort_message(g->by_first));
    while (rc == PL_OK && (got = next_of(g, g->by_first, &p)) != 0) {
        if (got < 0)
            return got;
        g->numbers += g->numbers == 0 || p.a != first;
        first = p.a;
        rc = add_to(g, g->by_doc, p.b, g->numbers - 1);
    }
    g->stats->shared_keys = g->numbers;
    g->stats->entries = dedupe_sort_count(g->by_doc);
    dedupe_sort_free(g->by_first);
    g->by_first = NULL;
    return rc;
}

/* ---- one document after the other ---- */

/* The file of a document, to be read at any place. */
static struct dedupe_sig *sig_of(struct group *g, size_t shard)
{
    struct open_file *oldest = &g->open[0];

    g->uses++;
    for (size_t i = 0; i < MOST_OPEN; i++) {
        struct open_file *o = &g->open[i];
        if (o->f && o->shard == shard) {
            o->used = g->uses;
            return o->f;
        }
        if (!o->f || (oldest->f && o->used < oldest->used))
            oldest = o;
    }
    dedupe_sig_close(oldest->f);
    *oldest = (struct open_file){.f = open_sig(g, shard), .shard = shard, .used = g->uses};
    return oldest->f;
}

static size_t shard_of(const struct group *g, uint32_t doc)
{
    size_t low = 0, high = g->n;

    while (high - low > 1) {
        const size_t mid = low + (high - low) / 2;
        if (g->base[mid] <= doc)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static int load_payload(void *ctx, uint32_t doc, pl_str *payload)
{
    struct group *g = ctx;
    const size_t shard = shard_of(g, doc);
    struct dedupe_sig *f = sig_of(g, shard);
    struct dedupe_sig_doc d;

    if (!f)
        return PL_ERROR;
    if (dedupe_sig_doc(f, (uint32_t)(doc - g->base[shard]), &d) != PL_OK)
        return fail(g, dedupe_sig_message(f));
    *payload = d.signature.payload;
    return PL_OK;
}

/* The list of document `doc`: entries come in the order of documents.  Only a damaged file has more than fit. */
static int take_entries(struct group *g, uint32_t doc)
{
    g->n_entries = 0;
    while (g->has_ahead && g->ahead.a >> 32 <= doc) {
        if (g->ahead.a >> 32 == doc && g->n_entries < DEDUPE_MAX_KEYS)
            g->entry[g->n_entries++] = (struct entry){(uint32_t)g->ahead.a, g->ahead.b};
        const int got = next_of(g, g->by_doc, &g->ahead);
        if (got < 0)
            return got;
        g->has_ahead = got == 1;
    }
    return PL_OK;
}

static int find_hits(struct group *g)
{
    uint32_t doc[DEDUPE_BUCKET];

    g->n_hits = 0;
    for (size_t i = 0; i < g->n_entries; i++) {
        const int n = dedupe_slots_find(g->slots, g->entry[i].number, doc);
        if (n < 0)
            return fail_temporary(g);
        for (int k = 0; k < n; k++)
            g->hit[g->n_hits++] = (struct dedupe_hit){g->entry[i].index, doc[k]};
    }
    return PL_OK;
}

/* Under this key `doc` is found from now on; of a key that no other document has nothing need be known. */
static int put_alias(struct group *g, const struct dedupe_signature *s, uint64_t key, uint32_t doc)
{
    for (size_t i = 0; i < g->n_entries; i++) {
        const uint32_t index = g->entry[i].index;
        if (index < s->n && s->key[index] == key)
            return dedupe_slots_put(g->slots, g->entry[i].number, doc) < 0 ? fail_temporary(g) : PL_OK;
    }
    return PL_OK;
}

static int enter(struct group *g, const struct dedupe_signature *s, uint32_t doc, const struct dedupe_decision *m)
{
    int rc = PL_OK;

    for (size_t i = 0; m->kind == DEDUPE_NEW && i < g->n_entries && rc == PL_OK; i++)
        if (dedupe_slots_put(g->slots, g->entry[i].number, doc) < 0)
            rc = fail_temporary(g);
    for (size_t i = 0; m->kind != DEDUPE_NEW && i < m->n_alias && rc == PL_OK; i++)
        rc = put_alias(g, s, m->alias[i], m->doc);
    return rc;
}

static int decide(struct group *g, size_t shard, uint32_t doc, const struct dedupe_sig_doc *d)
{
    const struct dedupe_payloads kept = {load_payload, g};
    struct dedupe_decision m = {.kind = DEDUPE_NEW};
    struct dedupe_doc own;
    int rc = find_hits(g);

    if (rc == PL_OK && g->n_hits > 0) {
        g->message[0] = 0;
        rc = dedupe_decide(g->decider, &d->signature, g->hit, g->n_hits, kept, &m);
        if (rc != PL_OK && !g->message[0])
            fail(g, rc == PL_NOMEM ? "out of memory" : "a document is damaged");
    }
    if (rc == PL_OK)
        rc = enter(g, &d->signature, doc, &m);
    if (rc != PL_OK)
        return PL_ERROR;
    g->stats->found[m.kind]++;
    g->stats->verified += m.verified;
    if (m.kind == DEDUPE_NEW && !m.contains.ptr)
        return PL_OK;
    *g->why = DEDUPE_GROUP_TOLD;
    return dedupe_doc_read(d->signature.payload, &own)
               ? g->sink.told(g->sink.ctx, shard, d->line, own.id, &m)
               : fail(g, "a document is damaged");
}

static int pass_shard(struct group *g, size_t shard, struct dedupe_sig *f)
{
    struct dedupe_sig_doc d;
    uint64_t doc = g->base[shard];
    int got, rc;

    *g->why = DEDUPE_GROUP_TOLD;
    rc = g->sink.begin(g->sink.ctx, shard, f);
    while (rc == PL_OK && (got = dedupe_sig_next_doc(f, &d)) != 0) {
        if (got < 0)
            return fail(g, dedupe_sig_message(f));
        rc = take_entries(g, (uint32_t)doc);
        if (rc == PL_OK && g->n_entries > 0)
            rc = decide(g, shard, (uint32_t)doc, &d);
        else
            g->stats->found[DEDUPE_NEW]++;
        doc++;
    }
    if (rc != PL_OK)
        return rc;
    *g->why = DEDUPE_GROUP_TOLD;
    return g->sink.end(g->sink.ctx, shard);
}

static int pass(struct group *g)
{
    int rc = PL_OK;

    if (dedupe_sort_begin(g->by_doc) != PL_OK)
        return fail(g, dedupe_sort_message(g->by_doc));
    const int got = next_of(g, g->by_doc, &g->ahead);
    if (got < 0)
        return got;
    g->has_ahead = got == 1;
    g->slots = dedupe_slots_new(g->numbers, g->options->memory / PARTS, g->options->folder);
    if (!g->slots)
        return fail_temporary(g);
    for (size_t i = 0; i < g->n && rc == PL_OK; i++) {
        struct dedupe_sig *f = open_sig(g, i);
        rc = f ? pass_shard(g, i, f) : PL_ERROR;
        dedupe_sig_close(f);
    }
    return rc;
}

int dedupe_group(const char *const *paths, size_t n, const struct dedupe_group_options *options,
                 struct dedupe_group_sink sink, struct dedupe_group_stats *stats, char *message, size_t size,
                 enum dedupe_group_fault *why)
{
    struct group g = {.path = paths, .n = n, .options = options, .sink = sink, .stats = stats,
                      .message = message, .size = size, .why = why};
    int rc = PL_ERROR;

    *stats = (struct dedupe_group_stats){0};
    g.base = calloc(n + 1, sizeof g.base[0]);
    g.entry = malloc(DEDUPE_MAX_KEYS * sizeof g.entry[0]);
    g.hit = malloc((size_t)DEDUPE_MAX_KEYS * DEDUPE_BUCKET * sizeof g.hit[0]);
    g.decider = dedupe_decider_new(&options->rules);
    if (!g.base || !g.entry || !g.hit || !g.decider) {
        fail(&g, "out of memory");
        goto done;
    }
    rc = new_sort(&g, &g.by_key);
    if (rc == PL_OK)
        rc = take_files(&g);
    if (rc == PL_OK)
        rc = new_sort(&g, &g.by_first);
    if (rc == PL_OK)
        rc = find_shared(&g);
    if (rc == PL_OK)
        rc = new_sort(&g, &g.by_doc);
    if (rc == PL_OK)
        rc = number_keys(&g);
    if (rc == PL_OK)
        rc = pass(&g);
done:
    for (size_t i = 0; i < MOST_OPEN; i++)
        dedupe_sig_close(g.open[i].f);
    dedupe_slots_free(g.slots);
    dedupe_decider_free(g.decider);
    dedupe_sort_free(g.by_key);
    dedupe_sort_free(g.by_first);
    dedupe_sort_free(g.by_doc);
    free(g.base);
    free(g.entry);
    free(g.hit);
    return rc == PL_OK ? PL_OK : PL_ERROR;
}
