/* model_file.c - writes models of names. */
#include "model_file.h"

#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entities_feature.h"

static size_t power_for(size_t n)
{
    size_t size = 64;
    while (size * 4 < n * 5)
        size *= 2;
    return size;
}

static struct model_header *header_of(struct bytes *file)
{
    return (struct model_header *)(void *)file->at;
}

static uint32_t reserve(struct bytes *file, size_t len)
{
    size_t at = (file->len + 7) / 8 * 8, end = (at + len + 7) / 8 * 8;
    file->at = grow(file->at, end, 1);
    memset(file->at + file->len, 0, end - file->len);
    file->len = end;
    return (uint32_t)at;
}

static void put_casing(struct bytes *file, const struct counts *c)
{
    size_t n = 0;
    for (size_t i = 0; i <= c->mask; i++)
        n += c->at[i].lower && c->at[i].small + c->at[i].capital >= 3;
    size_t slots = power_for(n);
    uint32_t at = reserve(file, slots * sizeof(uint32_t));
    uint32_t *table = (uint32_t *)(void *)(file->at + at);
    header_of(file)->casing = at;
    header_of(file)->casing_slots = (uint32_t)slots;
    for (size_t i = 0; i <= c->mask; i++) {
        if (!c->at[i].lower || c->at[i].small + c->at[i].capital < 3)
            continue;
        size_t k = (size_t)(c->at[i].lower >> 1) & (slots - 1);
        while (table[k])
            k = (k + 1) & (slots - 1);
        table[k] = ((uint32_t)(c->at[i].lower >> 32) & ~15u) | count_casing(&c->at[i]);
    }
}

static void round_row(struct model_row *row, const float *w)
{
    const float step = 32.0F / 127;
    float most = 0;
    for (size_t y = 0; y < MODEL_LABELS; y++)
        most = fmaxf(most, fabsf(w[y]));
    while (row->shift < MODEL_MAX_SHIFT && most > 32.0F * (float)(1 << row->shift))
        row->shift++;
    for (size_t y = 0; y < MODEL_LABELS; y++) {
        float v = roundf(w[y] / step / (float)(1 << row->shift));
        row->weights[y] = (int8_t)(v > 127 ? 127 : v < -127 ? -127 : v);
    }
}

static void put_rows(struct bytes *file, const struct weights *w, float prune)
{
    size_t n = 0;
    float top = 0;
    for (size_t i = 0; w && i <= w->mask; i++) {
        float most = 0;
        for (size_t y = 0; y < MODEL_LABELS; y++)
            most = fmaxf(most, fabsf(w->values[i * MODEL_LABELS + y]));
        top = fmaxf(top, most);
        if (most <= prune)
            w->keys[i] = 0;
        n += w->keys[i] != 0;
    }
    size_t slots = power_for(n);
    uint32_t at = reserve(file, slots * sizeof(struct model_row));
    header_of(file)->rows = at;
    header_of(file)->row_slots = (uint32_t)slots;
    uint32_t filter = reserve(file, (size_t)1 << (MODEL_FILTER_BITS - 3));
    header_of(file)->filter = filter;
    struct model_row *rows = (struct model_row *)(void *)(file->at + at);
    uint64_t *bits = (uint64_t *)(void *)(file->at + filter);
    for (size_t i = 0; w && i <= w->mask; i++) {
        uint64_t key = w->keys[i];
        if (!key)
            continue;
        uint32_t bit = (uint32_t)(key >> 44);
        size_t k = (size_t)(key >> 1) & (slots - 1);
        bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
        while (rows[k].tag)
            k = (k + 1) & (slots - 1);
        rows[k].tag = (uint16_t)(key >> 24 | 1);
        round_row(&rows[k], &w->values[i * MODEL_LABELS]);
    }
    if (w)
        fprintf(stderr, "rows %zu in %zu slots, largest %.1f\n", n, slots, (double)top);
}

static int16_t to_16_bits(double x)
{
    return (int16_t)lrint(fmin(fmax(x, INT16_MIN), INT16_MAX));
}

struct bytes model_file_make(const struct model_settings *s, const struct counts *c, const struct weights *w)
{
    struct bytes file = {0};
    reserve(&file, sizeof(struct model_header));
    struct model_header *h = header_of(&file);
    memcpy(h->magic, "PLNAMES", 8);
    h->version = MODEL_VERSION;
    h->features = FEATURES_VERSION;
    snprintf(h->language, sizeof h->language, "%s", s->language);
    h->slope = to_16_bits(s->slope * 65536);
    h->offset = to_16_bits(s->offset * 4096);
    for (size_t p = 0; w && p <= MODEL_LABELS; p++)
        for (size_t y = 0; y < MODEL_LABELS; y++)
            h->transitions[p][y] = to_16_bits((double)(w->transitions[p][y] * 127 / 32));
    put_rows(&file, w, s->prune);
    put_casing(&file, c);
    h = header_of(&file);
    h->size = (uint32_t)file.len;
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, file.len, file.at);
    sha256_digest(&ctx, sizeof h->digest, h->digest);
    return file;
}

void model_file_use(struct model *m, const struct bytes *file)
{
    const char *why;
    if (model_read(m, file->at, file->len, &why))
        return;
    fprintf(stderr, "train-entities: %s\n", why);
    exit(1);
}
