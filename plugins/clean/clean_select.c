/* clean_select.c - which blocks of a page are its article.
 *
 * The table gives each block the probability that it is; kept are the likeliest
 * ones, as many as make the expected F1 of the kept words best. */
#include "clean_select.h"

/* Less probable ones are not kept where precision is asked for. */
enum { PRECISE_CHANCE = 65535 * 6 / 10 };

/* A caption belongs to its picture, however much it reads like the text around it. */
static bool is_caption(const struct clean_dom *d, uint32_t node)
{
    for (int level = 0; level < 3; level++, node = d->nodes[node].parent)
        if (d->nodes[node].tag == CLEAN_FIGCAPTION)
            return true;
    return false;
}

int clean_select(const struct clean_blocks *b, const struct clean_features *f, const struct clean_trees *table,
                 bool precise, bool *keep, float *confidence, struct clean_arena *a)
{
    int32_t *sums = clean_arena_array(a, b->n + 1, sizeof *sums);
    uint16_t *chance = clean_arena_array(a, b->n + 1, sizeof *chance);
    float *words = clean_arena_array(a, b->n + 1, sizeof *words);
    if (!sums || !chance || !words)
        return PL_NOMEM;
    clean_trees_score(table, f->columns, f->stride, b->n, sums);
    for (size_t i = 0; i < b->n; i++) {
        chance[i] = clean_trees_chance(sums[i]);
        words[i] = b->at[i].words;
    }
    for (size_t i = 0; i < b->n; i++)
        if (is_caption(b->dom, b->at[i].node))
            chance[i] = 0;
    int rc = clean_trees_choose(chance, words, b->n, 1, keep, confidence, a);
    bool any = false;
    for (size_t i = 0; precise && !rc && i < b->n; i++)
        any |= keep[i] && chance[i] > PRECISE_CHANCE;
    for (size_t i = 0; any && i < b->n; i++) /* a page of which nothing is sure is read like the others */
        keep[i] = keep[i] && chance[i] > PRECISE_CHANCE;
    return rc;
}
