/* dedupe_fuzz.c - any bytes as a sequence of texts, divided by NUL, through sketch and index. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dedupe_index.h"
#include "dedupe_sketch.h"
#include "dedupe_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void check_text(struct dedupe_sketcher *k, struct dedupe_index *ix, pl_str text)
{
    const struct dedupe_sketch *s = dedupe_sketch(k, text);
    struct dedupe_match m = dedupe_index_find(ix, s);
    uint32_t count = dedupe_index_count(ix);

    assert(dedupe_sketch_valid((pl_str){(const char *)s, dedupe_sketch_size(s)}));
    assert((s->words == 0) == (s->n == 0));
    assert(m.verified <= DEDUPE_MAX_VERIFY);
    if (m.kind != DEDUPE_NEW) {
        assert(s->words > 0 && m.kept < count && m.similarity >= 0.4 && m.similarity <= 1);
        assert(m.kind != DEDUPE_EXACT || m.similarity == 1);
        return;
    }
    assert(dedupe_index_keep(ix, s, text) == 0);
    if (s->words == 0) {
        assert(dedupe_index_count(ix) == count);
        return;
    }
    m = dedupe_index_find(ix, s);
    assert(m.kind == DEDUPE_EXACT && m.kept == count);
    pl_str name = dedupe_index_name(ix, m.kept);
    assert(name.len == text.len && memcmp(name.ptr, text.ptr, text.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dedupe_sketcher *k = dedupe_sketcher_new();
    struct dedupe_index *ix = dedupe_index_new(0.4);

    if (!k || !ix)
        abort();
    for (size_t begin = 0; begin < size;) {
        const uint8_t *nul = memchr(data + begin, 0, size - begin);
        size_t len = nul ? (size_t)(nul - data) - begin : size - begin;
        /* a copy of exactly this size, so that reading past it is seen */
        char *text = malloc(len ? len : 1);
        if (!text)
            abort();
        memcpy(text, data + begin, len);
        check_words((pl_str){text, len});
        check_text(k, ix, (pl_str){text, len});
        free(text);
        begin += len + 1;
    }
    dedupe_index_free(ix);
    dedupe_sketcher_free(k);
    return 0;
}
