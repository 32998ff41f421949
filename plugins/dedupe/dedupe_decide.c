/* dedupe_decide.c - which of the documents that share a key with this one it repeats, if any. */
#include "dedupe_decide.h"

#include <stdlib.h>

#include "dedupe_set.h"

/* One kept document and the keys that it has in common with the one at hand. */
struct candidate {
    uint32_t doc;
    uint32_t bands, samples;
    bool digest, url, origin, claim;
};

struct decider_id {
    char *at;
    size_t cap;
};

struct dedupe_decider {
    struct dedupe_rules rules;
    struct candidate *candidate;
    size_t cap;
    uint64_t alias[DEDUPE_BANDS + 3];
    struct decider_id id, contains;
    struct dedupe_set set; /* of the shingles at hand, once there is something to compare with */
    uint32_t slot[2 * DEDUPE_MAX_SHINGLES];
};

/* What one call works on. */
struct work {
    struct dedupe_decider *d;
    const struct dedupe_signature *s;
    struct dedupe_doc own;
    struct dedupe_payloads kept;
    struct candidate *candidate;
    size_t n;
    bool has_set;
    struct dedupe_decision *out;
};

struct dedupe_decider *dedupe_decider_new(const struct dedupe_rules *rules)
{
    struct dedupe_decider *d = calloc(1, sizeof *d);
    if (d)
        d->rules = *rules;
    return d;
}

void dedupe_decider_free(struct dedupe_decider *d)
{
    if (!d)
        return;
    free(d->candidate);
    free(d->id.at);
    free(d->contains.at);
    free(d);
}

static int copy_id(struct decider_id *to, pl_str id, pl_str *out)
{
    if (id.len > to->cap || !to->at) {
        char *more = realloc(to->at, id.len + 64);
        if (!more)
            return PL_NOMEM;
        to->at = more;
        to->cap = id.len + 64;
    }
    if (id.len)
        memcpy(to->at, id.ptr, id.len);
    *out = (pl_str){to->at, id.len};
    return PL_OK;
}

/* ---- candidates ---- */

static int by_doc(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* Those that may be near: by digest, in order, then by the bands in common. */
static int by_bands(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->digest != y->digest)
        return x->digest ? -1 : 1;
    if (x->digest)
        return by_doc(a, b);
    if (x->bands != y->bands)
        return x->bands > y->bands ? -1 : 1;
    if (x->url != y->url)
        return x->url ? -1 : 1;
    return by_doc(a, b);
}

static int by_samples(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->samples != y->samples)
        return x->samples > y->samples ? -1 : 1;
    return by_doc(a, b);
}

static struct candidate of_hit(const struct dedupe_signature *s, const struct dedupe_hit *hit)
{
    const enum dedupe_key_kind kind = dedupe_key_kind(s->key[hit->key]);
    return (struct candidate){.doc = hit->doc,
                              .bands = kind == DEDUPE_KEY_BAND,
                              .samples = kind == DEDUPE_KEY_SAMPLE,
                              .digest = kind == DEDUPE_KEY_DIGEST,
                              .url = kind == DEDUPE_KEY_URL,
                              .origin = kind == DEDUPE_KEY_ORIGIN,
                              .claim = kind == DEDUPE_KEY_CLAIM};
}

static void join(struct candidate *to, const struct candidate *c)
{
    to->bands += c->bands;
    to->samples += c->samples;
    to->digest |= c->digest;
    to->url |= c->url;
    to->origin |= c->origin;
    to->claim |= c->claim;
}

/* The documents that the hits name, each once. */
static int gather(struct work *w, const struct dedupe_hit *hit, size_t n_hits)
{
    struct dedupe_decider *d = w->d;
    size_t all = 0;

    if (n_hits > d->cap) {
        struct candidate *more = n_hits > SIZE_MAX / 2 / sizeof *more ? NULL : malloc(2 * n_hits * sizeof *more);
        if (!more)
            return PL_NOMEM;
        free(d->candidate);
        d->candidate = more;
        d->cap = 2 * n_hits;
    }
    w->candidate = d->candidate;
    for (size_t i = 0; i < n_hits; i++)
        if (hit[i].key < w->s->n)
            w->candidate[all++] = of_hit(w->s, &hit[i]);
    if (all == 0)
        return PL_OK;
    qsort(w->candidate, all, sizeof *w->candidate, by_doc);
    for (size_t i = 1; i < all; i++) {
        if (w->candidate[i].doc == w->candidate[w->n].doc)
            join(&w->candidate[w->n], &w->candidate[i]);
        else
            w->candidate[++w->n] = w->candidate[i];
    }
    w->n++;
    return PL_OK;
}

static int load(struct work *w, uint32_t doc, struct dedupe_doc *to)
{
    pl_str payload = {0};
    const int rc = w->kept.load(w->kept.ctx, doc, &payload);

    if (rc != PL_OK)
        return rc;
    if (dedupe_doc_read(payload, to))
        return PL_OK;
    w->out->doc = doc;
    return PL_ERROR;
}

static bool same_words(const struct dedupe_doc *a, const struct dedupe_doc *b)
{
    return a->digest[0] == b->digest[0] && a->digest[1] == b->digest[1];
}

static int found(struct work *w, enum dedupe_kind kind, uint32_t doc, pl_str id, double similarity)
{
    w->out->kind = kind;
    w->out->doc = doc;
    w->out->similarity = similarity;
    return copy_id(&w->d->id, id, &w->out->id);
}

/* ---- the same record again ---- */

static bool has_claim(const struct dedupe_signature *s)
{
    for (size_t i = 0; i < s->n && dedupe_key_settles(dedupe_key_kind(s->key[i])); i++)
        if (dedupe_key_kind(s->key[i]) == DEDUPE_KEY_CLAIM)
            return true;
    return false;
}

/* A kept document of the same origin that this run has not come upon yet is this record, kept by an earlier run.  With
 * other words it is no longer what was kept, but still nothing to be compared with. */
static int find_same(struct work *w)
{
    const bool claims = has_claim(w->s);
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct candidate *c = &w->candidate[i];
        if (!claims || !c->origin || c->claim) {
            w->candidate[n++] = *c;
            continue;
        }
        struct dedupe_doc doc;
        const int rc = load(w, c->doc, &doc);
        if (rc != PL_OK)
            return rc;
        if (same_words(&w->own, &doc))
            return found(w, DEDUPE_SAME, c->doc, doc.id, 1);
    }
    w->n = n;
    return PL_OK;
}

/* ---- comparing ---- */

struct shared {
    double own, other, both; /* shingles, at the sparser level of the two */
};

static uint32_t count_sampled(const struct dedupe_doc *doc, uint32_t mask)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < doc->n; i++)
        count += (dedupe_doc_shingle(doc, i) & mask) == 0;
    return count;
}

static void make_set(struct work *w)
{
    if (w->has_set)
        return;
    w->d->set = dedupe_set_init(w->d->slot, 2 * DEDUPE_MAX_SHINGLES, w->own.n);
    for (uint32_t i = 0; i < w->own.n; i++)
        if (dedupe_doc_shingle(&w->own, i) != 0)
            dedupe_set_add(&w->d->set, dedupe_doc_shingle(&w->own, i));
    w->has_set = true;
}

/* How many shingles two texts must have in common for a Jaccard similarity that matters. */
static double least_in_common(const struct dedupe_rules *rules, const struct candidate *c, const struct shared *sh)
{
    /* both / (own + other - both) >= least */
    const double least = c->url && rules->url_floor < rules->threshold ? rules->url_floor : rules->threshold;
    return least * (sh->own + sh->other) / (1 + least);
}

/* The same for one of the two to be inside the other; less than near texts have where the rule is no strange one. */
static double least_inside(const struct dedupe_rules *rules, const struct shared *sh)
{
    const double near = rules->threshold * (sh->own + sh->other) / (1 + rules->threshold);
    const double inside = rules->containment * (sh->own < sh->other ? sh->own : sh->other);
    return inside < near ? inside : near;
}

/* Their sizes, at the sparser level of the two. */
static struct shared measure(const struct work *w, const struct dedupe_doc *doc, uint32_t *mask)
{
    const uint32_t level = w->own.level > doc->level ? w->own.level : doc->level;

    *mask = (UINT32_C(1) << level) - 1;
    return (struct shared){.own = w->own.level == level ? w->own.n : count_sampled(&w->own, *mask),
                           .other = doc->level == level ? doc->n : count_sampled(doc, *mask)};
}

/* How much the two have in common.  `both` is 0 where nothing follows from it: `c` is a candidate for being near, or
 * NULL where one may be inside the other. */
static struct shared compare(struct work *w, const struct candidate *c, const struct dedupe_doc *doc)
{
    uint32_t mask, both = 0, alone = 0;
    struct shared sh = measure(w, doc, &mask);
    const double least = c ? least_in_common(&w->d->rules, c, &sh) : least_inside(&w->d->rules, &sh);
    /* a little is left to rounding, the caller compares again */
    const double spare = sh.other - least + 1e-6;

    make_set(w);
    for (uint32_t i = 0; i < doc->n && alone <= spare; i++) {
        const uint32_t hash = dedupe_doc_shingle(doc, i);
        if ((hash & mask) != 0)
            continue;
        if (dedupe_set_has(&w->d->set, hash))
            both++;
        else
            alone++;
    }
    sh.both = alone <= spare ? both : 0;
    return sh;
}

static double jaccard(const struct shared *sh)
{
    return sh->both > 0 ? sh->both / (sh->own + sh->other - sh->both) : 0;
}

/* The best so far that is not near: by URL, inside another. */
struct lesser {
    bool url, contained;
    uint32_t url_doc, contained_doc;
    double url_similarity, contained_similarity, share;
};

static int note_url(struct work *w, struct lesser *l, const struct candidate *c, pl_str id, double similarity)
{
    if (!c->url || l->url || similarity < w->d->rules.url_floor || similarity <= 0)
        return PL_OK;
    l->url = true;
    l->url_doc = c->doc;
    l->url_similarity = similarity;
    return copy_id(&w->d->id, id, &w->out->id);
}

/* Is it inside the other?  Of several the one with the largest share. */
static int note_contained(struct work *w, struct lesser *l, uint32_t doc, pl_str id, const struct shared *sh)
{
    const double share = sh->both / sh->own;

    if (w->out->kind != DEDUPE_NEW || l->url || sh->own >= sh->other || sh->own < DEDUPE_LEAST_CONTAINED ||
        share < w->d->rules.containment || share <= l->share)
        return PL_OK;
    l->contained = true;
    l->contained_doc = doc;
    l->contained_similarity = jaccard(sh);
    l->share = share;
    return copy_id(&w->d->id, id, &w->out->id);
}

/* Is the other inside it? */
static int note_contains(struct work *w, pl_str id, const struct shared *sh)
{
    const double share = sh->both / sh->other;

    if (sh->other >= sh->own || sh->other < DEDUPE_LEAST_CONTAINED || share < w->d->rules.containment ||
        share <= w->out->contains_share)
        return PL_OK;
    w->out->contains_share = share;
    return copy_id(&w->d->contains, id, &w->out->contains);
}

/* Formulaic texts have some samples in common with very many.  Where the shorter of two were inside the longer, a third
 * of the samples to be expected is there but for one in hundreds. */
static bool too_few_samples(const struct work *w, const struct candidate *c, const struct dedupe_doc *doc)
{
    const double shorter = w->own.n < doc->n ? w->own.n : doc->n;
    return c->samples * 3.0 < w->d->rules.containment * shorter / DEDUPE_SAMPLED_OF - 2;
}

static int verify(struct work *w, const struct candidate *c, struct lesser *l)
{
    struct dedupe_doc doc;
    const int rc = load(w, c->doc, &doc);

    if (rc != PL_OK)
        return rc;
    if (c->digest && same_words(&w->own, &doc))
        return found(w, DEDUPE_EXACT, c->doc, doc.id, 1);
    w->out->verified++;
    const struct shared sh = compare(w, c, &doc);
    const double similarity = jaccard(&sh);
    if (similarity >= w->d->rules.threshold)
        return found(w, DEDUPE_NEAR, c->doc, doc.id, similarity);
    return note_url(w, l, c, doc.id, similarity);
}

static int find_near(struct work *w, struct lesser *l)
{
    qsort(w->candidate, w->n, sizeof *w->candidate, by_bands);
    for (size_t i = 0; i < w->n && i < DEDUPE_MAX_VERIFY && w->out->kind == DEDUPE_NEW; i++) {
        const struct candidate *c = &w->candidate[i];
        if (!c->digest && !c->url && c->bands == 0)
            return PL_OK;
        const int rc = verify(w, c, l);
        if (rc != PL_OK)
            return rc;
    }
    return PL_OK;
}

static int look_inside(struct work *w, const struct candidate *c, struct lesser *l)
{
    struct dedupe_doc doc;
    int rc = load(w, c->doc, &doc);

    if (rc != PL_OK || too_few_samples(w, c, &doc))
        return rc;
    w->out->verified++;
    const struct shared sh = compare(w, NULL, &doc);
    const double similarity = jaccard(&sh);
    if (w->out->kind == DEDUPE_NEW && similarity >= w->d->rules.threshold)
        return found(w, DEDUPE_NEAR, c->doc, doc.id, similarity);
    rc = note_contained(w, l, c->doc, doc.id, &sh);
    return rc == PL_OK ? note_contains(w, doc.id, &sh) : rc;
}

/* Also of a record that is the same again: what stands in it is told as it was told the first time, by what was kept
 * before it. */
static int find_inside(struct work *w, struct lesser *l)
{
    const uint32_t before = w->out->kind == DEDUPE_SAME ? w->out->doc : UINT32_MAX;
    size_t looked = 0;

    if (w->d->rules.containment <= 0 || l->url)
        return PL_OK;
    qsort(w->candidate, w->n, sizeof *w->candidate, by_samples);
    for (size_t i = 0; i < w->n && looked < DEDUPE_MAX_INSIDE && w->candidate[i].samples > 0; i++) {
        if (w->candidate[i].doc >= before)
            continue;
        const int rc = look_inside(w, &w->candidate[i], l);
        if (rc != PL_OK || (w->out->kind != DEDUPE_NEW && w->out->kind != DEDUPE_SAME))
            return rc;
        looked++;
    }
    return PL_OK;
}

static void settle(struct work *w, const struct lesser *l)
{
    struct dedupe_decision *out = w->out;

    if (out->kind == DEDUPE_NEW && l->url) {
        out->kind = DEDUPE_URL;
        out->doc = l->url_doc;
        out->similarity = l->url_similarity;
    } else if (out->kind == DEDUPE_NEW && l->contained) {
        out->kind = DEDUPE_CONTAINED;
        out->doc = l->contained_doc;
        out->similarity = l->contained_similarity;
        out->contained = l->share;
    }
    if (out->kind != DEDUPE_NEW && out->kind != DEDUPE_SAME) {
        out->contains = (pl_str){0};
        out->contains_share = 0;
    }
}

/* ---- aliases ---- */

/* Whether a copy's key of this kind is to lead to what it copies.  A page that was found by its URL may have little of
 * the kept text left, and nothing but that URL would lead to it with reason. */
static bool leads(const struct dedupe_decision *out, enum dedupe_key_kind kind)
{
    switch (out->kind) {
    case DEDUPE_SAME: return kind == DEDUPE_KEY_CLAIM;
    case DEDUPE_EXACT: return kind == DEDUPE_KEY_URL;
    case DEDUPE_NEAR: return kind == DEDUPE_KEY_URL || kind == DEDUPE_KEY_DIGEST || kind == DEDUPE_KEY_BAND;
    case DEDUPE_CONTAINED: return kind == DEDUPE_KEY_DIGEST;
    default: return false;
    }
}

/* Keys that have the document already, or a full bucket, need no entry: so the entries of one document stay few. */
static void make_aliases(struct work *w, const struct dedupe_hit *hit, size_t n_hits)
{
    struct dedupe_decision *out = w->out;
    const size_t n = w->s->n;
    size_t at = 0;

    out->alias = w->d->alias;
    for (uint32_t i = 0; i < n && out->n_alias < sizeof w->d->alias / sizeof w->d->alias[0]; i++) {
        if (!leads(out, dedupe_key_kind(w->s->key[i])))
            continue;
        size_t hits = 0;
        bool there = false;
        for (at = 0; at < n_hits; at++)
            if (hit[at].key == i) {
                hits++;
                there |= hit[at].doc == out->doc;
            }
        if (!there && hits < DEDUPE_BUCKET)
            w->d->alias[out->n_alias++] = w->s->key[i];
    }
}

int dedupe_decide(struct dedupe_decider *d, const struct dedupe_signature *s, const struct dedupe_hit *hit, size_t n_hits,
                  struct dedupe_payloads kept, struct dedupe_decision *out)
{
    struct work w = {.d = d, .s = s, .kept = kept, .out = out};
    struct lesser lesser = {0};

    *out = (struct dedupe_decision){.kind = DEDUPE_NEW};
    if (n_hits == 0)
        return PL_OK;
    if (!dedupe_doc_read(s->payload, &w.own))
        return PL_ERROR;
    int rc = gather(&w, hit, n_hits);
    if (rc == PL_OK)
        rc = find_same(&w);
    if (rc == PL_OK && out->kind == DEDUPE_NEW)
        rc = find_near(&w, &lesser);
    if (rc == PL_OK)
        rc = find_inside(&w, &lesser);
    if (rc != PL_OK)
        return rc;
    settle(&w, &lesser);
    make_aliases(&w, hit, n_hits);
    return PL_OK;
}
