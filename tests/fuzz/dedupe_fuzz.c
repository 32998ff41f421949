/* dedupe_fuzz.c - any bytes as a sequence of texts, divided by NUL, through words, sketch, signature and decision.  What
 * stands before a text's first line break is its URL; the first byte of all says which rules. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/dedupe_memory.h"
#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_sketch.h"
#include "dedupe_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct all {
    struct dedupe_rules rules;
    struct dedupe_sketcher *sketcher;
    struct dedupe_decider *decider;
    struct memory kept;
};

/* Words one by one are those that come all at once. */
static void check_words(pl_str text)
{
    struct dedupe_words all = dedupe_words_of(text), one = dedupe_words_of(text);
    uint64_t batch[64], word;

    for (size_t n; (n = dedupe_words_next(&all, batch, 64)) > 0;)
        for (size_t i = 0; i < n; i++)
            assert(dedupe_words_next(&one, &word, 1) == 1 && word == batch[i]);
    assert(dedupe_words_next(&one, &word, 1) == 0);
}

static void decide(struct all *a, const struct dedupe_signature *s, struct dedupe_decision *m)
{
    const struct dedupe_payloads kept = {memory_load, &a->kept};
    size_t n;
    struct dedupe_hit *hit = memory_find(&a->kept, s, &n);

    assert(dedupe_decide(a->decider, s, hit, n, kept, m) == PL_OK);
    assert(m->verified <= DEDUPE_MAX_VERIFY + DEDUPE_MAX_INSIDE);
    free(hit);
}

static void check_decision(const struct all *a, const struct dedupe_decision *m)
{
    assert(m->doc < a->kept.n_docs && m->similarity > 0 && m->similarity <= 1);
    assert(m->kind != DEDUPE_SAME);
    assert(m->kind != DEDUPE_EXACT || m->similarity == 1);
    assert(m->kind != DEDUPE_NEAR || m->similarity >= a->rules.threshold);
    assert(m->kind != DEDUPE_URL || m->similarity >= a->rules.url_floor);
    assert(m->kind != DEDUPE_CONTAINED || m->contained >= a->rules.containment);
    assert(m->id.len > 0 && !m->contains.ptr);
}

static void check_text(struct all *a, pl_str url, pl_str text)
{
    const struct dedupe_subject subject = {.id = text, .url = url, .samples = a->rules.containment > 0};
    struct dedupe_signature s;
    struct dedupe_decision m;

    const struct dedupe_sketch *sketch = dedupe_sketch(a->sketcher, text);
    const size_t size = dedupe_sign_size(a->sketcher, &subject);
    assert((sketch->words == 0) == (size == 0) && (sketch->n == 0) == (size == 0));
    if (size == 0)
        return;
    void *signature = malloc(size);
    if (!signature)
        abort();
    dedupe_sign(a->sketcher, &subject, signature);
    assert(dedupe_signature_read((pl_str){signature, size}, &s));
    decide(a, &s, &m);
    if (m.kind == DEDUPE_NEW) {
        const uint32_t doc = memory_keep(&a->kept, &s);
        decide(a, &s, &m);
        assert(m.kind == DEDUPE_EXACT && m.doc == doc && m.id.len == text.len);
        assert(memcmp(m.id.ptr, text.ptr, text.len) == 0);
    } else {
        check_decision(a, &m);
        for (size_t i = 0; i < m.n_alias; i++)
            memory_enter(&a->kept, m.alias[i], m.doc);
    }
    free(signature);
}

/* A copy of exactly this size, so that reading past it is seen. */
static void check(struct all *a, const uint8_t *data, size_t len)
{
    const uint8_t *line = len ? memchr(data, '\n', len) : NULL;
    const size_t url_len = line ? (size_t)(line - data) : 0;
    char *url = malloc(url_len + 1), *text = malloc(len - url_len + 1);

    if (!url || !text)
        abort();
    if (len) {
        memcpy(url, data, url_len);
        memcpy(text, data + url_len, len - url_len);
    }
    check_words((pl_str){text, len - url_len});
    dedupe_origin_hash((pl_str){url, url_len});
    check_text(a, (pl_str){url, url_len}, (pl_str){text, len - url_len});
    free(url);
    free(text);
}

/* Any bytes as a signature or a payload are refused, or can be read. */
static void check_bytes(const uint8_t *data, size_t size)
{
    struct dedupe_signature s;
    struct dedupe_doc doc;
    uint64_t *copy = malloc(size + 8);
    uint32_t sum = 0;

    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    if (dedupe_signature_read((pl_str){(const char *)copy, size}, &s))
        for (size_t i = 0; i < s.n; i++)
            sum += (uint32_t)s.key[i];
    if (dedupe_doc_read((pl_str){(const char *)copy, size}, &doc))
        for (uint32_t i = 0; i < doc.n; i++)
            sum += dedupe_doc_shingle(&doc, i);
    copy[0] = sum;
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dedupe_rules rules[] = {{.threshold = .4, .url_floor = .1},
                                                {.threshold = .4, .url_floor = .1, .containment = .8},
                                                {.threshold = .9, .url_floor = .05, .containment = .5}};
    /* All calls': clearing them would be most of the work. */
    static struct dedupe_sketcher *sketcher;
    static struct dedupe_decider *decider[3];
    const size_t which = size ? data[0] % 3 : 0;
    struct all a = {.rules = rules[which]};

    a.sketcher = sketcher ? sketcher : (sketcher = dedupe_sketcher_new());
    a.decider = decider[which] ? decider[which] : (decider[which] = dedupe_decider_new(&a.rules));
    if (!a.sketcher || !a.decider)
        abort();
    check_bytes(data, size);
    for (size_t begin = 0; begin < size;) {
        const uint8_t *nul = memchr(data + begin, 0, size - begin);
        size_t len = nul ? (size_t)(nul - data) - begin : size - begin;
        check(&a, data + begin, len);
        begin += len + 1;
    }
    memory_done(&a.kept);
    return 0;
}
