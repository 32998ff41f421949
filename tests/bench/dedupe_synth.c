/* dedupe_synth.c - documents without end, some microseconds each: words are copied sixteen bytes at a time, and three of
 * them are drawn with one random number. */
#include "dedupe_synth.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    WORDS = 16384,
    DRAW_BITS = 17, /* a word is drawn by so many bits */
    CELL = 16,
    SHARED = 4096, /* sentences that many documents have */
    LEAST = 2000,
    MOST = 6200,
    ROOM = MOST + 1024
};

struct word {
    char letters[CELL]; /* and a blank */
    uint32_t len;       /* with it */
};

struct synth {
    uint64_t seed;
    struct word word[WORDS];
    uint16_t draw[1 << DRAW_BITS];
    char text[ROOM];
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t hash(uint64_t a, uint64_t b)
{
    uint64_t state = a * UINT64_C(0xD1342543DE82EF95) + b;
    return next(&state);
}

/* Syllables, fewer the more frequent the word; some with an ending. */
static void make_word(struct word *w, uint32_t rank)
{
    static const char syllable[32][4] = {"ba", "re", "to", "li", "na", "ke", "su", "mi", "da", "po", "ve",
                                         "ro", "ta", "ne", "si", "lo", "ga", "fe", "mu", "ri", "co", "pe",
                                         "la", "di", "no", "se", "tu", "ma", "vi", "ho", "en", "ar"};
    uint32_t n = rank;

    memset(w->letters, ' ', CELL);
    w->len = 0;
    do {
        memcpy(w->letters + w->len, syllable[n % 32], 2);
        w->len += 2;
        n /= 32;
    } while (n > 0);
    if (rank % 3 == 1)
        w->letters[w->len++] = "snrtld"[rank / 3 % 6];
    if (rank > 1024 && rank % 2) {
        memcpy(w->letters + w->len, "ing", 3);
        w->len += 3;
    }
    w->len++;
}

/* How often each rank is drawn: in proportion to 1 / (rank + 2.7), at least once. */
static void make_draw(struct synth *s)
{
    const uint32_t slots = 1u << DRAW_BITS;
    double sum = 0, so_far = 0;
    uint32_t at = 0;

    for (uint32_t r = 0; r < WORDS; r++)
        sum += 1 / (r + 2.7);
    for (uint32_t r = 0; r < WORDS; r++) {
        so_far += 1 / (r + 2.7);
        const uint32_t until = WORDS - 1 == r ? slots : (uint32_t)(so_far / sum * (slots - WORDS)) + r + 1;
        while (at < until)
            s->draw[at++] = (uint16_t)r;
    }
}

struct synth *synth_new(uint64_t seed)
{
    struct synth *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->seed = seed;
    for (uint32_t r = 0; r < WORDS; r++)
        make_word(&s->word[r], r);
    make_draw(s);
    return s;
}

void synth_free(struct synth *s)
{
    free(s);
}

static enum synth_kind kind_of(const struct synth *s, uint64_t n)
{
    const uint64_t of_hundred = hash(s->seed ^ UINT64_C(0xD0C), n) % 100;
    return of_hundred < 15 && n > 0 ? SYNTH_EXACT : of_hundred < 25 && n > 0 ? SYNTH_NEAR : SYNTH_NEW;
}

struct pen {
    const struct synth *s;
    uint64_t random, change; /* of the words, of the changes made to them */
    uint64_t bits;
    unsigned left;           /* draws in `bits` */
    unsigned until;          /* words before one is changed */
    bool changes;
    char *at;
};

static uint32_t draw(uint64_t bits)
{
    return (uint32_t)(bits & ((1u << DRAW_BITS) - 1));
}

static unsigned distance(struct pen *p)
{
    return 20 + (unsigned)(next(&p->change) % 61);
}

static void put_words(struct pen *p, unsigned n)
{
    char *first = p->at;

    for (unsigned i = 0; i < n; i++) {
        if (p->left == 0) {
            p->bits = next(&p->random);
            p->left = 3;
        }
        uint32_t d = draw(p->bits);
        p->bits >>= DRAW_BITS;
        p->left--;
        if (p->changes && --p->until == 0) {
            d = draw(next(&p->change));
            p->until = distance(p);
        }
        const struct word *w = &p->s->word[p->s->draw[d]];
        memcpy(p->at, w->letters, CELL);
        p->at += w->len;
    }
    *first = (char)(*first - 'a' + 'A');
    p->at[-1] = '.';
    *p->at++ = ' ';
}

static void put_shared(struct pen *p, uint64_t which)
{
    struct pen other = *p;

    other.random = hash(p->s->seed ^ UINT64_C(0x5A1D), which);
    other.left = 0;
    other.changes = false;
    put_words(&other, 8 + (unsigned)(which % 16));
    p->at = other.at;
}

struct synth_doc synth_make(struct synth *s, uint64_t n)
{
    struct synth_doc d = {.kind = kind_of(s, n), .of = n};

    for (uint64_t from = n; kind_of(s, from) != SYNTH_NEW;)
        d.of = from = hash(s->seed ^ UINT64_C(0xF20), from) % from;
    struct pen p = {.s = s, .random = hash(s->seed, d.of), .at = s->text, .changes = d.kind == SYNTH_NEAR};
    p.change = hash(s->seed ^ UINT64_C(0xC4A), n);
    p.until = distance(&p);
    const char *end = s->text + LEAST + next(&p.random) % (MOST - LEAST - 100);
    while (p.at < end) {
        const uint64_t r = next(&p.random);
        if (r % 64 == 0)
            put_shared(&p, (r >> 8) % SHARED);
        else
            put_words(&p, 10 + (unsigned)((r >> 8) % 21));
        if ((r >> 32 & 3) == 0)
            p.at[-1] = '\n';
    }
    d.text = (pl_str){s->text, (size_t)(p.at - s->text)};
    return d;
}
