/* augment.c - altered copies of texts, sentence by sentence (a line is one). */
#include "augment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"

struct swap {
    char *old; /* its type first */
    char *new;
};

struct writer {
    const struct pools *pools;
    struct swap *swaps; /* within a text one name always becomes the same other one */
    size_t n_swaps, cap_swaps;
    uint64_t seed;
};

static double chance(struct writer *w)
{
    return (double)(random_next(&w->seed) >> 11) / (double)(UINT64_C(1) << 53);
}

static const char *pick(struct writer *w, const struct corpus *pool)
{
    return pool->n ? pool->at[random_next(&w->seed) % pool->n].bytes : NULL;
}

static void pool_add(struct corpus *pool, const char *bytes, size_t len)
{
    text_append(corpus_add(pool), bytes, len);
}

static bool is_plain_word(const char *s, size_t len)
{
    bool lower = false;
    if (len < 3 || !isupper((unsigned char)s[0]))
        return false;
    for (size_t i = 1; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        lower = lower || islower(c) || c >= 0x80;
        if (!isalpha(c) && c < 0x80)
            return false;
    }
    return lower;
}

static void take_person(struct pools *p, const char *s, size_t len)
{
    for (size_t at = 0; at < len;) {
        const char *space = memchr(s + at, ' ', len - at);
        size_t end = space ? (size_t)(space - s) : len;
        if (is_plain_word(s + at, end - at))
            pool_add(end == len ? &p->last : &p->names[SPAN_PER], s + at, end - at);
        at = end + 1;
    }
}

void pools_fill(struct pools *p, const struct corpus *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->at[i].n_spans; k++) {
            const struct span *s = &c->at[i].spans[k];
            const char *bytes = c->at[i].bytes + s->begin;
            size_t len = s->end - s->begin;
            bool one = !memchr(bytes, ' ', len);
            if (s->type > SPAN_MISC || memchr(bytes, '\n', len))
                continue;
            if (s->type == SPAN_PER)
                take_person(p, bytes, len);
            else if (s->type == SPAN_ORG && !one)
                pool_add(&p->names[SPAN_ORG], bytes, len);
            else if (s->type == SPAN_LOC)
                pool_add(&p->names[SPAN_LOC], bytes, len);
            else if (s->type == SPAN_MISC && one && len > 4 &&
                     (memcmp(bytes + len - 2, "an", 2) == 0 || memcmp(bytes + len - 3, "ese", 3) == 0 ||
                      memcmp(bytes + len - 3, "ish", 3) == 0 || memcmp(bytes + len - 4, "ians", 4) == 0))
                pool_add(&p->demonyms, bytes, len);
        }
}

void pools_free(struct pools *p)
{
    for (int k = 0; k < 4; k++)
        corpus_free(&p->names[k]);
    corpus_free(&p->last);
    corpus_free(&p->demonyms);
    corpus_free(&p->cities);
}

static char *copy(const char *s, size_t len)
{
    char *p = grow(NULL, len + 1, 1);
    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

/* The beginning of one name and the end of another: a name that no list has. */
static char *crossed(struct writer *w, const struct corpus *pool)
{
    const char *a = pick(w, pool), *b = pick(w, pool);
    if (!a || !b)
        return NULL;
    size_t na = strlen(a), nb = strlen(b), from = 2 + random_next(&w->seed) % 3;
    for (size_t i = 0; i < na + nb; i++)
        if ((unsigned char)(i < na ? a[i] : b[i - na]) >= 0x80)
            return copy(b, nb);
    if (na <= from || nb < 4)
        return copy(b, nb);
    size_t tail = nb / 2 + 1;
    char *p = grow(NULL, from + tail + 1, 1);
    memcpy(p, a, from);
    memcpy(p + from, b + nb - tail, tail);
    p[from + tail] = '\0';
    return p;
}

static char *new_word(struct writer *w, const struct corpus *pool)
{
    if (chance(w) < 0.3)
        return crossed(w, pool);
    const char *s = pick(w, pool);
    return s ? copy(s, strlen(s)) : NULL;
}

static char *acronym(struct writer *w)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPRSTUVW";
    size_t n = 3 + random_next(&w->seed) % 6 / 3;
    char *p = grow(NULL, n + 1, 1);
    for (size_t i = 0; i < n; i++)
        p[i] = letters[random_next(&w->seed) % (sizeof letters - 1)];
    p[n] = '\0';
    return p;
}

static char *new_name(struct writer *w, enum span_type type, const char *s, size_t len)
{
    bool one = !memchr(s, ' ', len);
    const char *p = NULL;
    double r = chance(w);
    if (type == SPAN_LOC && r < 0.7)
        p = one || chance(w) < 0.5 ? pick(w, &w->pools->names[SPAN_LOC]) : NULL;
    else if (type == SPAN_ORG && !one && r < 0.42)
        p = pick(w, &w->pools->names[SPAN_ORG]);
    else if (type == SPAN_ORG && one && r < 0.15)
        return acronym(w);
    else if (type == SPAN_ORG && one && r < 0.3)
        return new_word(w, &w->pools->last);
    else if (type == SPAN_ORG && one && r < 0.42)
        p = pick(w, &w->pools->names[SPAN_ORG]);
    else if (type == SPAN_MISC && one && r < 0.7) {
        for (size_t i = 0; i < w->pools->demonyms.n && !p; i++)
            if (strlen(w->pools->demonyms.at[i].bytes) == len && memcmp(w->pools->demonyms.at[i].bytes, s, len) == 0)
                p = pick(w, &w->pools->demonyms);
    }
    return p ? copy(p, strlen(p)) : NULL;
}

/* What stands for `s` in this text, NULL for itself. */
static const char *swapped(struct writer *w, char type, const char *s, size_t len)
{
    for (size_t i = 0; i < w->n_swaps; i++) {
        const char *known = w->swaps[i].old;
        if (known[0] == type && strlen(known + 1) == len && memcmp(known + 1, s, len) == 0)
            return w->swaps[i].new;
    }
    if (w->n_swaps == w->cap_swaps)
        w->swaps = grow(w->swaps, w->cap_swaps = w->cap_swaps ? w->cap_swaps * 2 : 64, sizeof *w->swaps);
    char *new, *old = grow(NULL, len + 2, 1);
    old[0] = type;
    memcpy(old + 1, s, len);
    old[len + 1] = '\0';
    if (type == 'f')
        new = new_word(w, &w->pools->names[SPAN_PER]);
    else if (type == 'l')
        new = new_word(w, &w->pools->last);
    else
        new = new_name(w, (enum span_type)(type - '0'), s, len);
    w->swaps[w->n_swaps++] = (struct swap){old, new};
    return new;
}

static void write_person(struct writer *w, struct text *out, const char *s, size_t len)
{
    for (size_t at = 0; at < len;) {
        const char *space = memchr(s + at, ' ', len - at);
        size_t end = space ? (size_t)(space - s) : len;
        const char *new = is_plain_word(s + at, end - at) ? swapped(w, end == len ? 'l' : 'f', s + at, end - at) : NULL;
        text_append(out, new ? new : s + at, new ? strlen(new) : end - at);
        if (space)
            text_append(out, " ", 1);
        at = end + 1;
    }
}

static void write_name(struct writer *w, struct text *out, const struct span *span, const char *s)
{
    size_t begin = out->len, len = span->end - span->begin;
    const char *new = NULL;
    if (span->type == SPAN_PER) {
        write_person(w, out, s, len);
    } else {
        if (span->type <= SPAN_MISC)
            new = swapped(w, (char)('0' + span->type), s, len);
        text_append(out, new ? new : s, new ? strlen(new) : len);
    }
    text_mark(out, begin, out->len, (enum span_type)span->type);
}

/* "LAGOS (Reuters) - ", "Lagos, Nov 8 : ", "LAGOS - " */
static void write_dateline(struct writer *w, struct text *out)
{
    static const char *const agencies[] = {"AP", "AFP", "Reuters", "Xinhua", "UPI", "ANI", "PTI", "dpa"};
    static const char *const months[] = {"Jan", "Feb", "Nov", "Dec", "March", "April", "May", "June", "July"};
    const char *place = pick(w, &w->pools->names[SPAN_LOC]);
    size_t begin = out->len;
    char line[64];
    double r = chance(w);
    if (!place)
        return;
    text_append(out, place, strlen(place));
    text_mark(out, begin, out->len, SPAN_LOC);
    if (r < 0.4 || r >= 0.7)
        for (size_t i = begin; i < out->len; i++)
            out->bytes[i] = (char)toupper((unsigned char)out->bytes[i]);
    if (r < 0.4) {
        text_append(out, " (", 2);
        const char *agency = agencies[random_next(&w->seed) % 8];
        begin = out->len;
        text_append(out, agency, strlen(agency));
        text_mark(out, begin, out->len, SPAN_ORG);
        text_append(out, ") - ", 4);
    } else if (r < 0.7) {
        int n = snprintf(line, sizeof line, ", %s %d %c ", months[random_next(&w->seed) % 9],
                         1 + (int)(random_next(&w->seed) % 30), chance(w) < 0.7 ? ':' : '(');
        text_append(out, line, (size_t)n);
    } else {
        text_append(out, chance(w) < 0.5 ? " : " : " - ", 3);
    }
}

static bool stays_small(const char *s, size_t len)
{
    static const char *const list[] = {"a", "an", "the", "of", "in", "on", "to", "for", "and", "at", "by", "from",
                                       "with", "as", "or", "but", "'s", "n't", NULL};
    for (const char *const *l = list; *l; l++)
        if (strlen(*l) == len && memcmp(*l, s, len) == 0)
            return true;
    return false;
}

/* The line that starts at `begin` as a headline, or in capitals. */
static void restyle(struct text *out, size_t begin, bool capitals)
{
    size_t words = 0;
    for (size_t i = begin; i < out->len; i++)
        words += out->bytes[i] == ' ';
    if (capitals) {
        for (size_t i = begin; i < out->len; i++)
            out->bytes[i] = (char)toupper((unsigned char)out->bytes[i]);
        return;
    }
    if (words >= 18)
        return;
    if (out->len > begin + 2 && out->bytes[out->len - 1] == '.' && out->bytes[out->len - 2] == ' ')
        out->bytes[out->len -= 2] = '\0';
    for (size_t i = begin; i < out->len;) {
        const char *space = memchr(out->bytes + i, ' ', out->len - i);
        size_t end = space ? (size_t)(space - out->bytes) : out->len;
        if (i == begin || !stays_small(out->bytes + i, end - i))
            out->bytes[i] = (char)toupper((unsigned char)out->bytes[i]);
        i = end + 1;
    }
}

/* One line of `t` from byte `begin` to `end`, with spans [k, last). */
static void write_line(struct writer *w, struct text *out, const struct text *t, size_t begin, size_t end, size_t k,
                       size_t last)
{
    double form = chance(w);
    bool quoted = form >= 0.2 && form < 0.225;
    if (last == k && chance(w) > 0.2)
        return;
    if (form >= 0.15 && form < 0.2)
        write_dateline(w, out);
    if (quoted)
        text_append(out, "\" ", 2);
    size_t start = out->len, at = begin;
    for (; k < last; k++) {
        text_append(out, t->bytes + at, t->spans[k].begin - at);
        write_name(w, out, &t->spans[k], t->bytes + t->spans[k].begin);
        at = t->spans[k].end;
    }
    text_append(out, t->bytes + at, end - at);
    if (form < 0.15)
        restyle(out, start, form < 0.0625);
    if (quoted)
        text_append(out, " \"", 2);
    text_append(out, "\n", 1);
}

static void write_copy(struct writer *w, struct text *out, const struct text *t)
{
    size_t k = 0;
    for (size_t begin = 0; begin < t->len;) {
        const char *newline = memchr(t->bytes + begin, '\n', t->len - begin);
        size_t end = newline ? (size_t)(newline - t->bytes) : t->len, first = k;
        while (k < t->n_spans && t->spans[k].begin < end)
            k++;
        if (k == first || t->spans[k - 1].end <= end)
            write_line(w, out, t, begin, end, first, k);
        begin = end + 1;
    }
    while (out->n_spans && out->spans[out->n_spans - 1].begin >= out->len)
        out->n_spans--;
}

void augment(struct corpus *out, const struct corpus *c, const struct pools *p, double share, uint64_t seed)
{
    struct writer w = {.pools = p, .seed = seed};
    for (size_t i = 0; i < c->n; i++) {
        if (chance(&w) >= share)
            continue;
        write_copy(&w, corpus_add(out), &c->at[i]);
        for (size_t k = 0; k < w.n_swaps; k++) {
            free(w.swaps[k].old);
            free(w.swaps[k].new);
        }
        w.n_swaps = 0;
    }
    free(w.swaps);
}
