/* clean_select.c - which blocks of a page are its article.
 *
 * The table gives each block the probability that it is; kept are the most
 * probable ones, as many as make the expected F1 of the kept words best. */
#include "clean_select.h"

#include <stdlib.h>

/* Less probable ones are not kept where precision is asked for: .958 and .934 F1 on unseen sites where
 * the best prefix has .952 and .948, with fewer wrong words. */
static const float precise_chance = .6F;

struct candidate {
    int32_t sum;
    uint32_t block;
};

static int by_sum(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum > y->sum ? -1 : 1;
    return x->block < y->block ? -1 : x->block > y->block;
}

/* How many of the candidates, best first, to keep. */
static size_t best_prefix(const struct candidate *c, const struct clean_blocks *b, float *confidence)
{
    double gold = 0, words = 0, right = 0, best = 0;
    size_t keep = 0;
    for (size_t i = 0; i < b->n; i++)
        gold += (double)(clean_trees_chance(c[i].sum) * b->at[c[i].block].words);
    for (size_t i = 0; i < b->n; i++) {
        words += (double)b->at[c[i].block].words;
        right += (double)(clean_trees_chance(c[i].sum) * b->at[c[i].block].words);
        double f1 = 2 * right / (words + gold);
        if (f1 > best) {
            best = f1;
            keep = i + 1;
        }
    }
    *confidence = (float)best;
    return keep;
}

/* How many of the `n` candidates are probable enough. */
static size_t precise_prefix(const struct candidate *c, size_t n)
{
    while (n && !(clean_trees_chance(c[n - 1].sum) > precise_chance))
        n--;
    return n;
}

int clean_select(const struct clean_blocks *b, const struct clean_features *f, const struct clean_trees *table,
                 bool precise, bool *keep, float *confidence, struct clean_arena *a)
{
    int32_t *sums = clean_arena_array(a, b->n + 1, sizeof *sums);
    struct candidate *c = clean_arena_array(a, b->n + 1, sizeof *c);
    if (!sums || !c)
        return PL_NOMEM;
    clean_trees_score(table, f->columns, f->stride, b->n, sums);
    for (size_t i = 0; i < b->n; i++)
        c[i] = (struct candidate){sums[i], (uint32_t)i};
    qsort(c, b->n, sizeof *c, by_sum);
    size_t n = best_prefix(c, b, confidence);
    if (precise)
        n = precise_prefix(c, n);
    for (size_t i = 0; i < b->n; i++)
        keep[c[i].block] = i < n;
    return 0;
}
