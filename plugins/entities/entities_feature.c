/* entities_feature.c - the features of the tagger.
 *
 * The templates go back to work on named-entity tagging with linear models
 * (Ratinov and Roth 2009: "Design challenges and misconceptions in named
 * entity recognition"): words, shapes and affixes in a window, lists, the
 * other occurrences in the document; and what our rules say. */
#include "entities_feature.h"

#include "entities_hash.h"
#include "entities_text.h"

struct sink {
    uint64_t *out;
    size_t n;
};

static inline void put(struct sink *s, unsigned template, uint64_t value)
{
    if (s->n == MAX_FEATURES)
        return;
    uint64_t h = (value ^ template * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xFF51AFD7ED558CCD);
    h = (h ^ h >> 32) * UINT64_C(0xC4CEB9FE1A85EC53);
    s->out[s->n++] = h ^ h >> 29;
}

static inline uint64_t pair(uint64_t a, uint64_t b)
{
    return a * UINT64_C(0xD6E8FEB86659FD93) + b;
}

static void put_classes(struct sink *s, unsigned template, uint64_t classes, unsigned flag)
{
    for (; classes; classes &= classes - 1)
        put(s, template, (uint64_t)__builtin_ctzll(classes) << 1 | flag);
}

static uint64_t long_shape(const char *s, size_t len)
{
    char shape[10];
    size_t n = 0;
    for (; n < len && n < sizeof shape; n++) {
        unsigned char c = (unsigned char)s[n];
        unsigned class = c < 128 ? ascii_classes[c] : 0;
        char other = c < 128 ? (char)c : 'u';
        shape[n] = class & CHAR_UPPER ? 'X' : class & CHAR_LOWER ? 'x' : class & CHAR_DIGIT ? 'd' : other;
    }
    return hash_bytes(shape, n);
}

static unsigned is_capital(const struct form *f)
{
    return f->flags & FORM_CAPITAL;
}

size_t form_features(const struct form *f, const char *text, size_t len, unsigned without, uint64_t out[MAX_FEATURES])
{
    struct sink s = {out, 0};
    char lower[WORD_TEXT];
    for (size_t i = 0; i < len; i++)
        lower[i] = text[i] >= '0' && text[i] <= '9' ? '0' : ascii_lower(text[i]);
    put(&s, 1, f->lower);
    if (is_capital(f))
        put(&s, 2, f->hash);
    put(&s, 3, f->shape);
    put(&s, 4, long_shape(text, len));
    if ((f->flags & FORM_LETTER) && !(without & FEATURES_AFFIXES)) {
        for (unsigned n = 1; n <= 4 && n < len; n++) {
            put(&s, 4 + n, hash_bytes(lower, n));
            put(&s, 8 + n, hash_bytes(lower + len - n, n));
        }
        if (is_capital(f) && len > 6)
            put(&s, 13, hash_bytes(lower + len - 5, 5));
    }
    const char *dash = len ? memrchr(lower + 1, '-', len - 1) : NULL;
    if (dash && dash + 1 < lower + len) {
        put(&s, 14, hash_bytes(dash + 1, (size_t)(lower + len - dash - 1)));
        put(&s, 15, hash_bytes(lower, (size_t)(dash - lower)));
    }
    put(&s, 16, f->casing | (uint64_t)is_capital(f) << 5);
    put(&s, 17, f->classes);
    return s.n;
}

static const uint64_t CONTEXT = ~(GAZ(LAST) | GAZ(CITY) | GAZ(COMMON));

size_t context_features(const struct form *f, int offset, uint64_t out[MAX_FEATURES])
{
    struct sink s = {out, 0};
    unsigned base = (unsigned)(100 + (offset + 2) * 20);
    put(&s, base + 1, f->lower);
    put(&s, base + 2, f->shape);
    if (offset == 1 || offset == -1) {
        if (f->len > 3)
            put(&s, base + 3, f->tail);
        put(&s, base + 5, f->casing | (uint64_t)is_capital(f) << 5);
    }
    put_classes(&s, base + 6, f->classes & CONTEXT, is_capital(f));
    return s.n;
}

/* The run of capitalised words [b, e] that word i lies in. */
static void put_run(struct sink *s, const struct words *w, size_t i, size_t first, size_t end, unsigned without)
{
    size_t b = w->at[i].run_first, e = w->at[i].run_last, len = e - b + 1 > 4 ? 4 : e - b + 1;
    unsigned place = i == b ? (i == e ? 0 : 1) : (i == e ? 2 : 3);
    uint64_t where = len * 4 + place;
    const struct form *before = b > first ? word_form(w, b - 1) : NULL;
    const struct form *after = e + 1 < end ? word_form(w, e + 1) : NULL;
    put(s, 50, pair(before ? before->lower : 1, i == b));
    put(s, 51, pair(after ? after->lower : 1, i == e));
    put(s, 52, where);
    if (e > i)
        put(s, 53, word_form(w, e)->lower);
    if (b < i)
        put(s, 54, word_form(w, b)->lower);
    uint64_t classes = 0;
    for (size_t k = b; k <= e && k < b + 8; k++)
        classes |= word_form(w, k)->classes;
    put(s, 55, (unsigned)((classes & GAZ(ORG_HEAD)) != 0) | (unsigned)((classes & GAZ(LOC_HEAD)) != 0) << 1 |
                   (unsigned)((classes & GAZ_FIRST_NAME) != 0) << 2 |
                   (unsigned)((classes & (GAZ(TITLE) | GAZ(HONORIFIC))) != 0) << 3 |
                   (unsigned)((classes & GAZ(EVENT)) != 0) << 4 | place << 5);
    put(s, 58, word_form(w, b)->classes & CONTEXT);
    put(s, 59, word_form(w, e)->classes & ~GAZ(CITY));
    for (size_t k = 2; k <= 4; k++) {
        if (b >= first + k)
            put(s, 64, word_form(w, b - k)->lower);
        if (e + k < end)
            put(s, 65, word_form(w, e + k)->lower);
    }
    if (!(without & FEATURES_RUN_PAIRS)) {
        if (before && b > first + 1)
            put(s, 60, pair(before->lower, word_form(w, b - 2)->lower));
        if (after && e + 2 < end)
            put(s, 61, pair(after->lower, word_form(w, e + 2)->lower));
        if (before)
            put(s, 62, pair(before->lower, where));
        if (after)
            put(s, 63, pair(after->lower, where));
    }
    if (before && b > first + 1 && (before->flags & FORM_LINK) && is_capital(word_form(w, b - 2)))
        put(s, 56, word_form(w, b - 2)->lower);
    if (after && e + 2 < end && (after->flags & FORM_LINK) && is_capital(word_form(w, e + 2)))
        put(s, 57, pair(word_form(w, e + 2)->classes & ~GAZ(LAST), after->lower));
}

static void put_evidence(struct sink *s, const struct form *f)
{
    for (unsigned k = 0; k < EVIDENCE_KINDS; k++) {
        if (f->seen[k])
            put(s, 70, k);
        if (f->seen[k] > 1)
            put(s, 71, k);
    }
    put(s, 72, (unsigned)(f->seen[EVIDENCE_INSIDE] == 0) | (unsigned)(f->seen[EVIDENCE_ALONE] > 0) << 1 |
                   (unsigned)(f->seen[EVIDENCE_PERSON_RUN] > 0) << 2 | (unsigned)(f->seen[EVIDENCE_ORG_RUN] > 0) << 3 |
                   (unsigned)(f->seen[EVIDENCE_TITLE] + f->seen[EVIDENCE_SAY] > 0) << 4 |
                   (unsigned)(f->seen[EVIDENCE_IN] > 0) << 5);
    for (size_t k = 0; k < EVIDENCE_WORDS; k++) {
        if (f->before[k])
            put(s, 75, f->before[k]);
        if (f->after[k])
            put(s, 76, f->after[k]);
    }
    if (f->run_last)
        put(s, 73, f->run_last);
    if (f->run_first)
        put(s, 74, f->run_first);
}

static void put_rules(struct sink *s, const struct words *w, size_t i, size_t first, size_t end)
{
    const struct word *word = &w->at[i];
    const struct form *f = word_form(w, i);
    unsigned before = i > first ? w->at[i - 1].rule : 15, after = i + 1 < end ? w->at[i + 1].rule : 15;
    static const uint8_t steps[] = {0, 2, 5, 9, 15};
    unsigned margin = 0;
    while (margin < sizeof steps && word->margin > steps[margin])
        margin++;
    put(s, 80, word->rule);
    put(s, 81, word->rule | before << 4);
    put(s, 82, word->rule | after << 4);
    put(s, 83, word->rule | before << 4 | after << 8);
    put(s, 84, word->rule | margin << 4);
    put(s, 85, pair(f->shape, word->rule));
    put(s, 86, word->rule | (uint64_t)f->casing << 4 | (uint64_t)is_capital(f) << 9);
    if (i > first)
        put(s, 87, pair(word_form(w, i - 1)->lower, word->rule));
    if (i + 1 < end)
        put(s, 88, pair(word_form(w, i + 1)->lower, word->rule));
    if (f->flags & FORM_CAPITAL) {
        size_t len = word->run_last - word->run_first + 1u;
        bool opens = i == word->run_first, closes = i == word->run_last;
        put(s, 89, word->rule | (len > 4 ? 4 : len) << 4 | (uint64_t)opens << 8 | (uint64_t)closes << 9);
    }
}

size_t word_features(const struct words *w, size_t i, size_t first, size_t end, unsigned without,
                     uint64_t out[MAX_FEATURES])
{
    struct sink s = {out, 0};
    const struct word *word = &w->at[i];
    const struct form *f = word_form(w, i);
    const struct token *t = &w->d->tokens[word->first];
    uint8_t sentence = w->d->sentences[t->sentence].flags;
    if (i == first)
        put(&s, 30, f->casing | (uint64_t)is_capital(f) << 5);
    if (sentence & SENTENCE_CAPITALS)
        put(&s, 31, is_capital(f));
    if (sentence & SENTENCE_TITLE_CASE)
        put(&s, 32, is_capital(f));
    put_classes(&s, 33, f->classes, is_capital(f));
    if (word->phrase)
        put_classes(&s, 33 + word->phrase, w->d->tokens[w->at[i - word->of].first].phrase_classes, 0);
    const struct form *before = i > first ? word_form(w, i - 1) : NULL;
    const struct form *after = i + 1 < end ? word_form(w, i + 1) : NULL;
    if (i < first + 2)
        put(&s, 36, i - first);
    if (i + 2 >= end)
        put(&s, 37, end - i);
    if (before && after)
        put(&s, 40, pair(before->lower, after->lower));
    if (before) {
        put(&s, 41, pair(before->lower, f->lower));
        put(&s, 43, pair(before->shape, f->shape));
    }
    if (after) {
        put(&s, 42, pair(f->lower, after->lower));
        put(&s, 44, pair(after->shape, f->shape));
    }
    if (is_capital(f)) {
        if (!(without & FEATURES_RUN))
            put_run(&s, w, i, first, end, without);
        if (!(without & FEATURES_EVIDENCE))
            put_evidence(&s, f);
    }
    put_rules(&s, w, i, first, end);
    return s.n;
}
