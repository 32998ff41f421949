/* nearest.c - the right word that a wrong one was probably meant to be. */
#include "nearest.h"

enum { LONGEST = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    const size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Optimal string alignment distance, three rows. */
static size_t distance(pl_str a, pl_str b)
{
    size_t row[3][LONGEST + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];

    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const bool same = a.ptr[i - 1] == b.ptr[j - 1];
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len];
}

void nearest_offer(struct nearest *n, pl_str candidate)
{
    if (n->word.len > LONGEST || candidate.len > LONGEST || n->word.len == 0)
        return;
    const size_t allowed = n->word.len < 3 ? 1 : (n->word.len + 2) / 3;
    const size_t cost = distance(n->word, candidate);
    if (cost <= allowed && (!n->best.ptr || cost < n->cost)) {
        n->best = candidate;
        n->cost = cost;
    }
}
