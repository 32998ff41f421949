/* train_entities.c - trains the names model of the stage entities.
 *
 * The recipe: labels of nationalities are repaired; noisy texts are masked
 * where five models of the clean ones do not agree with their labels; altered
 * copies are added; one averaged perceptron is trained, pruned and rounded to
 * eight bits.  The same files give the same bytes. */
#include <getopt.h>
#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "augment.h"
#include "entities_feature.h"
#include "entities_hash.h"
#include "entities_tagger.h"
#include "learn.h"

enum { VARIANTS = 5, HELD_OUT = 12, COUNTS = 1 << 18 /* room for words at first */ };

struct settings {
    const char *output, *language;
    struct learning learning;
    unsigned votes;     /* of the models that a noisy label needs */
    float prune;        /* weights up to this are not kept */
    double trust;       /* share of the noisy texts that are taken as they are */
    double copies;      /* altered copies of noisy texts, for each of them */
    bool no_copies;
    double slope, offset; /* how sure a margin makes */
};

struct bytes {
    unsigned char *at;
    size_t len;
};

static struct gazetteer *gaz;

/* --- casing --- */

struct count {
    uint64_t lower;
    uint32_t small, capital, inside; /* in lower case, with a capital; in lower case inside a name */
};

struct counts {
    struct count *at;
    size_t mask, n;
};

/* The place of a word, or a free one for it. */
static struct count *find_count(const struct counts *c, uint64_t lower)
{
    size_t i = (size_t)(lower >> 20) & c->mask;
    while (c->at[i].lower && c->at[i].lower != lower)
        i = (i + 1) & c->mask;
    return &c->at[i];
}

static void counts_init(struct counts *c, size_t slots)
{
    *c = (struct counts){.at = grow(NULL, slots, sizeof *c->at), .mask = slots - 1};
    memset(c->at, 0, slots * sizeof *c->at);
}

static struct count *count_of(struct counts *c, uint64_t lower)
{
    if (c->n * 4 > c->mask * 3) {
        struct counts wider;
        counts_init(&wider, (c->mask + 1) * 2);
        wider.n = c->n;
        for (size_t i = 0; i <= c->mask; i++)
            if (c->at[i].lower)
                *find_count(&wider, c->at[i].lower) = c->at[i];
        free(c->at);
        *c = wider;
    }
    struct count *found = find_count(c, lower);
    c->n += !found->lower;
    found->lower = lower;
    return found;
}

static bool tells_casing(const struct words *w, size_t i, size_t first)
{
    if (i == first || !(word_form(w, i)->flags & FORM_LETTER))
        return false;
    const struct token *before = &w->d->tokens[w->at[i].first - 1];
    return before->kind != TOKEN_QUOTE && before->kind != TOKEN_STOP &&
           !strchr(":('", w->d->text[before->begin]);
}

/* Counts words in lower case that are part of a name. */
static void count_inside(struct counts *c, const struct words *w, const struct text *t)
{
    size_t k = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct token *token = &w->d->tokens[w->at[i].first];
        while (k < t->n_spans && t->spans[k].end <= token->begin)
            k++;
        if (k == t->n_spans)
            return;
        uint8_t flags = word_form(w, i)->flags;
        if (t->spans[k].type <= SPAN_MISC && t->spans[k].begin <= token->begin && flags & FORM_LETTER &&
            !(flags & (FORM_CAPITAL | FORM_MIXED)))
            count_of(c, word_form(w, i)->lower | 1)->inside++;
    }
}

static void count_casing(struct counts *c, const struct corpus *corpus, const struct model *blank)
{
    for (size_t k = 0; k < corpus->n; k++) {
        struct prepared p;
        prepare(&p, gaz, blank, &corpus->at[k]);
        count_inside(c, &p.w, &corpus->at[k]);
        for (size_t s = 0; s < p.d.n_sentences; s++) {
            size_t first = p.w.sentences[s], end = p.w.sentences[s + 1], capitals = 0;
            for (size_t i = first; i < end; i++)
                capitals += (word_form(&p.w, i)->flags & FORM_CAPITAL) != 0;
            if (capitals * 10 > (end - first) * 6)
                continue;
            for (size_t i = first; i < end; i++)
                if (tells_casing(&p.w, i, first)) {
                    const struct form *f = word_form(&p.w, i);
                    struct count *n = count_of(c, f->lower | 1);
                    n->small += !(f->flags & FORM_CAPITAL);
                    n->capital += (f->flags & FORM_CAPITAL) != 0;
                }
        }
        prepared_done(&p);
    }
}

static uint32_t casing_of(const struct count *c)
{
    double small = (double)c->small / (double)(c->small + c->capital);
    uint32_t inside = c->inside >= 3 && c->inside * 100 >= c->small ? CASING_IN_NAMES : 0;
    if (c->capital == 0)
        return inside + CASING_LOWER;
    if (c->small == 0)
        return inside + CASING_CAPITAL;
    return inside + (small > .95  ? CASING_MOSTLY_LOWER
                     : small > .6 ? CASING_OFTEN_LOWER
                     : small > .2 ? CASING_OFTEN_CAPITAL
                                  : CASING_MOSTLY_CAPITAL);
}

/* --- the file --- */

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
        table[k] = ((uint32_t)(c->at[i].lower >> 32) & ~15u) | casing_of(&c->at[i]);
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

static struct bytes make_file(const struct settings *s, const struct counts *c, const struct weights *w)
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

static void use(struct model *m, const struct bytes *file)
{
    const char *why;
    if (model_read(m, file->at, file->len, &why))
        return;
    fprintf(stderr, "train-entities: %s\n", why);
    exit(1);
}

/* --- labels --- */

/* A nationality that is marked as no name, as a place or as an organisation becomes MISC, as our rules find it; and in
 * texts whose makers marked no MISC every other capitalised word may be one. */
static void repair(struct corpus *c, const struct model *blank, bool persons_too)
{
    for (size_t k = 0; k < c->n; k++) {
        struct text *t = &c->at[k];
        struct text fixed = {0};
        struct prepared p;
        prepare(&p, gaz, blank, t);
        size_t i = 0;
        for (size_t r = 0; r < p.rules.n; r++) {
            const struct mention *m = &p.rules.at[r];
            uint8_t flags = p.d.sentences[p.d.tokens[m->first].sentence].flags;
            if (m->type != ENTITY_NORP || flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS))
                continue;
            while (i < t->n_spans && t->spans[i].end <= m->begin)
                text_mark(&fixed, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type), i++;
            bool overlaps = i < t->n_spans && t->spans[i].begin < m->end;
            bool same = overlaps && t->spans[i].begin == m->begin && t->spans[i].end == m->end;
            if (overlaps && !(same && (t->spans[i].type != SPAN_PER || persons_too)))
                continue;
            i += same;
            text_mark(&fixed, m->begin, m->end, SPAN_MISC);
        }
        for (; i < t->n_spans; i++)
            text_mark(&fixed, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type);
        free(t->spans);
        t->spans = fixed.spans;
        t->n_spans = fixed.n_spans;
        t->cap_spans = fixed.cap_spans;
        prepared_done(&p);
    }
}

static void allow_misc(struct corpus *c, const struct model *blank)
{
    for (size_t k = 0; k < c->n; k++) {
        struct text *t = &c->at[k];
        struct text open = {0};
        struct prepared p;
        prepare(&p, gaz, blank, t);
        size_t i = 0;
        for (size_t s = 0; s < p.d.n_sentences; s++)
            for (size_t x = p.d.sentences[s].first + 1u; x < p.d.sentences[s].end; x++) {
                const struct token *token = &p.d.tokens[x];
                if (token->kind != TOKEN_WORD || !(token->flags & TOKEN_CAPITAL) || token->end - token->begin < 2 ||
                    token->classes & (GAZ(MONTH) | GAZ(DAY)))
                    continue;
                while (i < t->n_spans && t->spans[i].end <= token->begin)
                    text_mark(&open, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type), i++;
                if (i == t->n_spans || t->spans[i].begin >= token->end)
                    text_mark(&open, token->begin, token->end, SPAN_MAYBE_MISC);
            }
        for (; i < t->n_spans; i++)
            text_mark(&open, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type);
        free(t->spans);
        t->spans = open.spans;
        t->n_spans = open.n_spans;
        t->cap_spans = open.cap_spans;
        prepared_done(&p);
    }
}

/* --- the vote over noisy labels --- */

/* Names in one text, by all models. */
static struct text vote(const struct model *models, const struct text *t)
{
    struct text v = {0};
    for (size_t k = 0; k < VARIANTS; k++) {
        struct prepared p;
        prepare(&p, gaz, &models[k], t);
        if (!tagger_find(&p.d, &models[k], &p.rules))
            exit(1);
        for (size_t i = 0; i < p.rules.n; i++)
            text_mark(&v, p.rules.at[i].begin, p.rules.at[i].end,
                      (enum span_type)(p.rules.at[i].type > SPAN_MISC ? SPAN_MISC : p.rules.at[i].type));
        prepared_done(&p);
    }
    return v;
}

static int by_place(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->end != b->end ? (a->end < b->end ? -1 : 1) : (a->type > b->type) - (a->type < b->type);
}

static bool same_span(const struct span *a, const struct span *b)
{
    return a->begin == b->begin && a->end == b->end && a->type == b->type;
}

/* Sorts, and makes one unknown span of those that overlap. */
static void settle(struct text *t)
{
    size_t n = 0;
    if (t->n_spans)
        qsort(t->spans, t->n_spans, sizeof *t->spans, by_place);
    for (size_t i = 0; i < t->n_spans; i++) {
        struct span *last = n ? &t->spans[n - 1] : NULL;
        if (!last || t->spans[i].begin >= last->end) {
            t->spans[n++] = t->spans[i];
        } else {
            last->end = t->spans[i].end > last->end ? t->spans[i].end : last->end;
            last->type = SPAN_UNKNOWN;
        }
    }
    t->n_spans = n;
}

/* A label stays where `least` of the models agree; what only they find is unknown where nearly all do. */
static void mask(struct text *t, struct text *v, unsigned least, size_t *masked)
{
    size_t gold = t->n_spans;
    if (v->n_spans)
        qsort(v->spans, v->n_spans, sizeof *v->spans, by_place);
    for (size_t g = 0; g < gold; g++) {
        size_t votes = 0;
        for (size_t i = 0; i < v->n_spans; i++)
            votes += same_span(&v->spans[i], &t->spans[g]);
        if (votes < least) {
            t->spans[g].type = SPAN_UNKNOWN;
            ++*masked;
        }
    }
    for (size_t i = 0; i < v->n_spans;) {
        size_t end = i + 1;
        bool known = false;
        while (end < v->n_spans && same_span(&v->spans[end], &v->spans[i]))
            end++;
        for (size_t g = 0; g < gold && !known; g++)
            known = t->spans[g].begin == v->spans[i].begin && t->spans[g].end == v->spans[i].end;
        if (end - i >= VARIANTS + 1 - least && !known) {
            text_mark(t, v->spans[i].begin, v->spans[i].end, SPAN_UNKNOWN);
            ++*masked;
        }
        i = end;
    }
    settle(t);
}

static void add_all(struct examples *e, const struct corpus *c, const struct model *blank, unsigned without)
{
    for (size_t i = 0; i < c->n; i++)
        examples_add(e, gaz, blank, &c->at[i], without);
}

static void mask_noisy(const struct settings *s, struct corpus *noisy, const struct corpus *clean,
                       const struct counts *casing, const struct model *blank)
{
    static const unsigned without[VARIANTS] = {0, FEATURES_AFFIXES, FEATURES_RUN, FEATURES_EVIDENCE,
                                               FEATURES_RUN_PAIRS};
    struct bytes files[VARIANTS];
    struct model models[VARIANTS];
    size_t masked = 0;
    struct settings whole = *s;
    whole.prune = 0;
    for (unsigned k = 0; k < VARIANTS; k++) {
        struct examples e = {0};
        struct weights w;
        add_all(&e, clean, blank, without[k]);
        learn(&w, &e, &(struct learning){.epochs = 5, .rounds = 1, .least = 1, .seed = k + 1});
        files[k] = make_file(&whole, casing, &w);
        use(&models[k], &files[k]);
        weights_free(&w);
        examples_free(&e);
    }
    for (size_t i = 0; i < noisy->n; i++) {
        if ((double)(i % 100) < s->trust * 100)
            continue;
        struct text v = vote(models, &noisy->at[i]);
        mask(&noisy->at[i], &v, s->votes, &masked);
        free(v.spans);
    }
    fprintf(stderr, "noisy texts: %zu, spans masked: %zu\n", noisy->n, masked);
    for (unsigned k = 0; k < VARIANTS; k++)
        free(files[k].at);
}

/* --- how good --- */

struct sure {
    double margin;
    bool right;
};

/* Is it among the text's own names? */
static bool is_wanted(const struct text *t, const struct mention *m)
{
    struct span s = {m->begin, m->end, m->type > SPAN_MISC ? SPAN_MISC : m->type};
    return t->n_spans && bsearch(&s, t->spans, t->n_spans, sizeof s, by_place);
}

static void score(const char *path, const struct model *m)
{
    struct corpus dev = {0};
    size_t right[5] = {0}, found[5] = {0}, wanted[5] = {0};
    corpus_read(&dev, path);
    for (size_t k = 0; k < dev.n; k++)
        for (size_t i = 0; i < dev.at[k].n_spans; i++)
            if (dev.at[k].spans[i].type <= SPAN_MISC)
                wanted[dev.at[k].spans[i].type]++;
    for (size_t k = 0; k < dev.n; k++) {
        const struct text *t = &dev.at[k];
        struct prepared p;
        prepare(&p, gaz, m, t);
        if (!tagger_find(&p.d, m, &p.rules))
            exit(1);
        for (size_t i = 0; i < p.rules.n; i++) {
            const struct mention *x = &p.rules.at[i];
            int y = x->type > SPAN_MISC ? SPAN_MISC : x->type;
            if (y == SPAN_MISC && !wanted[SPAN_MISC])
                continue;
            found[y]++;
            right[y] += is_wanted(t, x);
        }
        prepared_done(&p);
    }
    for (int y = 0; y < 4; y++) {
        right[4] += right[y];
        found[4] += found[y];
        wanted[4] += wanted[y];
    }
    static const char *const names[] = {"PER", "ORG", "LOC", "MISC"};
    const char *name = strrchr(path, '/');
    printf("%-28s", name ? name + 1 : path);
    for (int y = 4; y >= 0; y--) {
        double p = found[y] ? 100.0 * (double)right[y] / (double)found[y] : 0;
        double r = wanted[y] ? 100.0 * (double)right[y] / (double)wanted[y] : 0;
        if (y == 4)
            printf(" F %5.2f (P %5.2f R %5.2f)", p + r > 0 ? 2 * p * r / (p + r) : 0, p, r);
        else
            printf("  %s %5.1f", names[y], p + r > 0 ? 2 * p * r / (p + r) : 0);
    }
    printf("\n");
    corpus_free(&dev);
}

/* --- training --- */

struct data {
    struct corpus clean, noisy, copies;
    struct model blank; /* casing and no weights */
};

/* Weights from all texts, or from all but every HELD_OUT-th clean one and no copies. */
static void train(struct weights *w, const struct settings *s, const struct data *d, bool hold_out)
{
    struct examples e = {0};
    struct learning how = s->learning;
    for (size_t i = 0; i < d->clean.n; i++)
        if (!hold_out || i % HELD_OUT)
            examples_add(&e, gaz, &d->blank, &d->clean.at[i], 0);
    add_all(&e, &d->noisy, &d->blank, 0);
    if (hold_out)
        how.rounds = 1;
    else
        add_all(&e, &d->copies, &d->blank, 0);
    learn(w, &e, &how);
    examples_free(&e);
}

static double limit(double step, double most)
{
    return fmin(fmax(step, -most), most);
}

/* Fits 1 / (1 + exp(-(a * margin + b))) to how often names with a margin are right, by Newton's method. */
static void fit(const struct sure *at, size_t n, double *a, double *b)
{
    *a = 0.01;
    *b = 0;
    for (int round = 0; round < 100; round++) {
        double g0 = 0, g1 = 0, h00 = 1e-6, h01 = 0, h11 = 1e-6;
        for (size_t i = 0; i < n; i++) {
            double p = 1 / (1 + exp(-(*a * at[i].margin + *b))), e = p - at[i].right, v = p * (1 - p);
            g0 += e * at[i].margin;
            g1 += e;
            h00 += v * at[i].margin * at[i].margin;
            h01 += v * at[i].margin;
            h11 += v;
        }
        double det = h00 * h11 - h01 * h01;
        if (fabs(det) < 1e-12)
            break;
        *a -= limit((h11 * g0 - h01 * g1) / det, 0.002);
        *b -= limit((h00 * g1 - h01 * g0) / det, 0.2);
    }
}

/* How sure a margin makes, from clean texts that a model of the others has not seen. */
static void calibrate(struct settings *s, const struct data *d, const struct counts *casing)
{
    struct weights w;
    struct model m;
    size_t n = 0, cap = 0;
    struct sure *at = NULL;
    train(&w, s, d, true);
    s->slope = 0.01; /* undone below: scores are 1 / (1 + exp(-0.01 margin)) */
    s->offset = 0;
    struct bytes file = make_file(s, casing, &w);
    use(&m, &file);
    for (size_t i = 0; i < d->clean.n; i += HELD_OUT) {
        struct prepared p;
        prepare(&p, gaz, &m, &d->clean.at[i]);
        if (!tagger_find(&p.d, &m, &p.rules))
            exit(1);
        for (size_t k = 0; k < p.rules.n; k++) {
            const struct mention *x = &p.rules.at[k];
            if (n == cap)
                at = grow(at, cap = cap ? cap * 2 : 1024, sizeof *at);
            double p0 = fmin(fmax((double)x->score, 1e-6), 1 - 1e-6);
            at[n++] = (struct sure){log(p0 / (1 - p0)) * 100, is_wanted(&d->clean.at[i], x)};
        }
        prepared_done(&p);
    }
    fit(at, n, &s->slope, &s->offset);
    fprintf(stderr, "sure: %zu names, 1 / (1 + exp(-(%.4f margin %+.3f)))\n", n, s->slope, s->offset);
    free(at);
    free(file.at);
    weights_free(&w);
}

static void make_copies(struct data *d, const struct settings *s)
{
    struct pools pools = {0};
    pools_fill(&pools, &d->clean);
    pools_fill(&pools, &d->noisy);
    augment(&d->copies, &d->clean, &pools, 1, s->learning.seed + 11);
    augment(&d->copies, &d->noisy, &pools, s->copies, s->learning.seed + 12);
    pools_free(&pools);
}

static void run(struct settings *s, struct data *d, struct corpus *no_misc)
{
    struct counts casing;
    counts_init(&casing, COUNTS);
    gaz = gazetteer_new();
    if (!gaz)
        exit(1);
    struct bytes none = make_file(s, &casing, NULL);
    use(&d->blank, &none);
    count_casing(&casing, &d->clean, &d->blank);
    count_casing(&casing, no_misc, &d->blank);
    count_casing(&casing, &d->noisy, &d->blank);
    struct bytes cased = make_file(s, &casing, NULL);
    use(&d->blank, &cased);

    repair(&d->clean, &d->blank, false);
    repair(no_misc, &d->blank, false);
    repair(&d->noisy, &d->blank, true);
    allow_misc(no_misc, &d->blank);
    for (size_t i = 0; i < no_misc->n; i++)
        *corpus_add(&d->clean) = no_misc->at[i]; /* which now owns them */
    no_misc->n = 0;
    if (d->noisy.n)
        mask_noisy(s, &d->noisy, &d->clean, &casing, &d->blank);
    if (!s->no_copies)
        make_copies(d, s);
    calibrate(s, d, &casing);

    struct weights w;
    train(&w, s, d, false);
    struct bytes file = make_file(s, &casing, &w);
    FILE *f = fopen(s->output, "wb");
    if (!f || fwrite(file.at, 1, file.len, f) != file.len || fclose(f) != 0) {
        perror(s->output);
        exit(1);
    }
    fprintf(stderr, "%s: %zu bytes\n", s->output, file.len);
    use(&d->blank, &file);
}

/* Only scores a model that is there. */
static int score_all(const char *path, char **sets, int n)
{
    struct model m;
    const char *why;
    gaz = gazetteer_new();
    if (!model_map(&m, path, &why)) {
        fprintf(stderr, "train-entities: %s: %s\n", path, why);
        return 1;
    }
    for (int k = 0; k < n; k++)
        score(sets[k], &m);
    return 0;
}

static void usage(int status)
{
    fputs("usage: train-entities --output FILE [--language CODE] [--noisy FILE]... [--no-misc FILE]... [--dev FILE]... "
          "FILE...\n"
          "FILE: *.conll (WORD<TAB>LABEL, B-PER I-PER B-ORG ... O, ? for unknown, `# document` before each text)\n"
          "      or JSON lines with \"text\" and \"entities\": [[begin, end, type], ...]\n"
          "       train-entities --score MODEL FILE...\n"
          "--noisy: labels that need a vote; --no-misc: without the type MISC; --dev: only scored, never learnt\n"
          "for experiments: --epochs, --rounds, --margin, --seed, --trust, --votes, --prune, --copies, each with a "
          "number; --no-copies\n",
          status ? stderr : stdout);
    exit(status);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, 0, 'o'},  {"language", required_argument, 0, 'l'},
        {"noisy", required_argument, 0, 'n'},   {"no-misc", required_argument, 0, 'm'},
        {"dev", required_argument, 0, 'd'},     {"epochs", required_argument, 0, 'e'},
        {"rounds", required_argument, 0, 'r'},  {"margin", required_argument, 0, 'g'},
        {"trust", required_argument, 0, 't'},   {"votes", required_argument, 0, 'v'},
        {"prune", required_argument, 0, 'p'},   {"copies", required_argument, 0, 'c'},
        {"seed", required_argument, 0, 's'},    {"no-copies", no_argument, 0, 'A'},
        {"score", required_argument, 0, 'S'},   {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0}};
    struct settings s = {.language = "en", .votes = 1, .prune = 3, .trust = 0.2, .copies = 0.4,
                         .learning = {.epochs = 5, .rounds = 8, .least = 2, .margin = 30, .seed = 1}};
    struct data d = {0};
    struct corpus no_misc = {0};
    const char **dev = NULL;
    size_t n_dev = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'o': s.output = optarg; break;
        case 'l': s.language = optarg; break;
        case 'n': corpus_read(&d.noisy, optarg); break;
        case 'm': corpus_read(&no_misc, optarg); break;
        case 'd':
            dev = grow(dev, n_dev + 1, sizeof *dev);
            dev[n_dev++] = optarg;
            break;
        case 'e': s.learning.epochs = (unsigned)atoi(optarg); break;
        case 'r': s.learning.rounds = (unsigned)atoi(optarg); break;
        case 'g': s.learning.margin = (float)atof(optarg); break;
        case 's': s.learning.seed = (uint64_t)atoll(optarg); break;
        case 't': s.trust = atof(optarg); break;
        case 'v': s.votes = (unsigned)atoi(optarg); break;
        case 'p': s.prune = (float)atof(optarg); break;
        case 'c': s.copies = atof(optarg); break;
        case 'A': s.no_copies = true; break;
        case 'S': return score_all(optarg, argv + optind, argc - optind);
        default: usage(o == 'h' ? 0 : 64);
        }
    }
    if (!s.output || optind == argc)
        usage(64);
    for (; optind < argc; optind++)
        corpus_read(&d.clean, argv[optind]);
    run(&s, &d, &no_misc);
    for (size_t k = 0; k < n_dev; k++)
        score(dev[k], &d.blank);
    return 0;
}
