/* dedupe_sketch.c - one pass over a text: words, shingles, MinHash values, bands. */
#include "dedupe_sketch.h"

#include <stdlib.h>

#include "dedupe_set.h"
#include "dedupe_words.h"

enum { CARRY = DEDUPE_SHINGLE_WORDS - 1, WORDS_AT_ONCE = 512, SET_SLOTS = 2 * DEDUPE_MAX_SHINGLES };

/* Odd, and half of its bits set: 2^64 / golden ratio. */
#define BASE UINT64_C(0x9E3779B97F4A7C15)
#define EMPTY UINT32_MAX

struct dedupe_sketcher {
    uint64_t word[CARRY + WORDS_AT_ONCE]; /* the last few of the batch before stand in front */
    uint32_t minhash[DEDUPE_MINHASHES];
    uint32_t slot[SET_SLOTS];
    uint64_t sample[DEDUPE_MAX_SAMPLES];
    size_t n_samples;
    struct dedupe_set set; /* what the sketch's shingles are, in `slot` */
    struct dedupe_sketch *sketch;
};

struct dedupe_sketcher *dedupe_sketcher_new(void)
{
    struct dedupe_sketcher *k = malloc(sizeof *k);
    struct dedupe_sketch *s = malloc(sizeof *s + DEDUPE_MAX_SHINGLES * sizeof s->shingle[0]);
    if (!k || !s) {
        free(k);
        free(s);
        return NULL;
    }
    k->sketch = s;
    return k;
}

void dedupe_sketcher_free(struct dedupe_sketcher *k)
{
    if (k)
        free(k->sketch);
    free(k);
}

bool dedupe_sketch_valid(pl_str bytes)
{
    const struct dedupe_sketch *s = (const void *)bytes.ptr;
    return bytes.len >= offsetof(struct dedupe_sketch, shingle) && s->n <= DEDUPE_MAX_SHINGLES && s->level < 32 && bytes.len == dedupe_sketch_size(s);
}

static bool is_sampled(uint32_t hash, uint32_t level)
{
    return (hash & ((UINT32_C(1) << level) - 1)) == 0;
}

/* The set is full: keep only what the next level keeps. */
static void halve(struct dedupe_sketcher *k)
{
    struct dedupe_sketch *s = k->sketch;
    while (s->n == DEDUPE_MAX_SHINGLES && s->level < 31) {
        uint32_t kept = 0;
        s->level++;
        for (uint32_t i = 0; i < s->n; i++)
            if (is_sampled(s->shingle[i], s->level))
                s->shingle[kept++] = s->shingle[i];
        s->n = kept;
    }
    k->set = dedupe_set_init(k->slot, SET_SLOTS, DEDUPE_MAX_SHINGLES);
    for (uint32_t i = 0; i < s->n; i++)
        dedupe_set_add(&k->set, s->shingle[i]);
    size_t samples = 0;
    for (size_t i = 0; i < k->n_samples; i++)
        if (is_sampled((uint32_t)k->sample[i], s->level))
            k->sample[samples++] = k->sample[i];
    k->n_samples = samples;
}

/* One permutation hashing: the upper bits of a hash say which of the MinHash values it may lower. */
static inline void add_shingle(struct dedupe_sketcher *k, uint64_t shingle)
{
    struct dedupe_sketch *s = k->sketch;
    uint64_t h = dedupe_mix(shingle);
    uint32_t value = (uint32_t)(h >> 25);
    uint32_t *least = &k->minhash[h >> 57];
    uint32_t hash = (uint32_t)h ? (uint32_t)h : UINT32_C(0x80000000);

    *least = value < *least ? value : *least;
    if (!is_sampled(hash, s->level) || !dedupe_set_add(&k->set, hash))
        return;
    if (s->n == DEDUPE_MAX_SHINGLES) {
        halve(k);
        if (!is_sampled(hash, s->level))
            return;
        dedupe_set_add(&k->set, hash);
    }
    s->shingle[s->n++] = hash;
    if (hash < UINT32_MAX / DEDUPE_SAMPLED_OF && k->n_samples < DEDUPE_MAX_SAMPLES)
        k->sample[k->n_samples++] = (h & ~(uint64_t)UINT32_MAX) | hash;
}

/* A value that no shingle fell upon is taken from one that is chosen by its own number alone, so that texts that are
 * alike choose alike (optimal densification, Shrivastava 2017). */
static uint32_t dense_minhash(const uint32_t *minhash, uint32_t i)
{
    uint32_t from = i;
    for (uint64_t attempt = 1; minhash[from] == EMPTY && attempt <= 64 * DEDUPE_MINHASHES; attempt++)
        from = (uint32_t)(dedupe_mix(i | attempt << 32) >> 57);
    return minhash[from];
}

static void make_bands(struct dedupe_sketcher *k)
{
    _Static_assert(DEDUPE_MINHASHES == 1 << (64 - 57), "seven bits choose a MinHash value");
    for (uint32_t band = 0; band < DEDUPE_BANDS; band++) {
        uint64_t key = band;
        for (uint32_t i = 0; i < DEDUPE_BAND_VALUES; i++)
            key = dedupe_mix(key * BASE ^ dense_minhash(k->minhash, band * DEDUPE_BAND_VALUES + i));
        k->sketch->band[band] = key;
    }
}

static void add_to_digest(struct dedupe_sketch *s, const uint64_t *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        s->digest[0] = (s->digest[0] ^ word[i]) * BASE;
        s->digest[0] ^= s->digest[0] >> 29;
        s->digest[1] = (s->digest[1] << 23 | s->digest[1] >> 41) + word[i] * UINT64_C(0xD6E8FEB86659FD93);
    }
    s->words = n < UINT32_MAX - s->words ? s->words + (uint32_t)n : UINT32_MAX;
}

/* Shingles of `width` words over the n hashes at `word`. */
static inline void add_shingles(struct dedupe_sketcher *k, const uint64_t *word, size_t n, size_t width)
{
    for (size_t i = 0; i + width <= n; i++) {
        uint64_t sum = 0;
        for (size_t j = 0; j < width; j++)
            sum = sum * BASE + word[i + j];
        add_shingle(k, sum);
    }
}

const struct dedupe_sketch *dedupe_sketch(struct dedupe_sketcher *k, pl_str text)
{
    struct dedupe_words in = dedupe_words_of(text);
    struct dedupe_sketch *s = k->sketch;
    size_t carried = 0;

    memset(s, 0, sizeof *s);
    k->n_samples = 0;
    memset(k->minhash, 0xFF, sizeof k->minhash);
    /* A shingle takes two bytes at least, so len / 2 slots always leave one free; most texts fill a fifth of them. */
    k->set = dedupe_set_init(k->slot, SET_SLOTS, text.len / 4);
    for (;;) {
        size_t n = dedupe_words_next(&in, k->word + carried, WORDS_AT_ONCE);
        if (n == 0)
            break;
        add_to_digest(s, k->word + carried, n);
        n += carried;
        add_shingles(k, k->word, n, DEDUPE_SHINGLE_WORDS);
        carried = n < CARRY ? n : CARRY;
        memmove(k->word, k->word + n - carried, carried * sizeof k->word[0]);
    }
    if (s->words > 0 && s->words < DEDUPE_SHINGLE_WORDS)
        add_shingles(k, k->word, carried, carried);
    if (s->words > 0)
        make_bands(k);
    return s;
}

const struct dedupe_sketch *dedupe_last_sketch(const struct dedupe_sketcher *k)
{
    return k->sketch;
}

const uint64_t *dedupe_last_samples(const struct dedupe_sketcher *k, size_t *n)
{
    *n = k->n_samples;
    return k->sample;
}
