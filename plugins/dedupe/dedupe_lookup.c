/* dedupe_lookup.c - what a document repeats of those in a store, and the store's learning of it. */
#include "dedupe_lookup.h"

_Static_assert((int)DEDUPE_BUCKET == (int)DEDUPE_STORE_BUCKET && (int)DEDUPE_MAX_KEYS <= (int)DEDUPE_STORE_MAX_KEYS,
               "the store finds what is decided upon");

static int load(void *ctx, uint32_t doc, pl_str *payload)
{
    return dedupe_store_load(ctx, doc, payload);
}

/* By the first `n` keys. */
static int decide_by(struct dedupe_store *st, struct dedupe_decider *d, const struct dedupe_signature *s, size_t n,
                     struct dedupe_decision *out)
{
    const struct dedupe_hit *hit = NULL;
    size_t n_hits = 0;
    const int rc = dedupe_store_find(st, s->key, n, &hit, &n_hits);

    return rc == PL_OK ? dedupe_decide(d, s, hit, n_hits, (struct dedupe_payloads){load, st}, out) : rc;
}

static size_t settling_keys(const struct dedupe_signature *s)
{
    size_t n = 0;

    while (n < s->n && dedupe_key_settles(dedupe_key_kind(s->key[n])))
        n++;
    return n;
}

/* What else there is would change nothing; but where texts inside others are looked for, a record that is the same again
 * tells of them again. */
static bool settled(const struct dedupe_signature *s, const struct dedupe_decision *m)
{
    return m->kind == DEDUPE_EXACT ||
           (m->kind == DEDUPE_SAME && dedupe_key_kind(s->key[s->n - 1]) != DEDUPE_KEY_SAMPLE);
}

int dedupe_lookup(struct dedupe_store *st, struct dedupe_decider *d, const struct dedupe_signature *s,
                  struct dedupe_decision *out)
{
    const int rc = decide_by(st, d, s, settling_keys(s), out);

    return rc != PL_OK || settled(s, out) ? rc : decide_by(st, d, s, s->n, out);
}

int dedupe_remember(struct dedupe_store *st, const struct dedupe_signature *s, const struct dedupe_decision *m)
{
    uint32_t doc;

    if (m->kind == DEDUPE_NEW)
        return dedupe_store_keep(st, s->key, s->n, s->payload, &doc);
    return m->n_alias ? dedupe_store_alias(st, m->alias, m->n_alias, m->doc) : PL_OK;
}
