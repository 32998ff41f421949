/* clean_fuzz.c - any bytes as a page, by each parser there is, and as plain text, through the whole extraction. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clean_norm.h"
#include "clean_page.h"
#include "clean_utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What leaves the extraction is text in its one form. */
static void check_text(struct clean_arena *a, pl_str s)
{
    assert(clean_utf8_is_text(s));
    assert(clean_equal(clean_norm_text(a, s), s));
}

static void check_article(struct clean_arena *a, const struct clean_article *r)
{
    const pl_str fields[] = {r->text,          r->title,         r->site,    r->published, r->modified,
                             r->language,      r->canonical_url, r->section, r->image,     r->dateline_place,
                             r->dateline_date, r->agency,        r->summary};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        check_text(a, fields[i]);
    for (size_t i = 0; i < r->byline.n; i++)
        check_text(a, r->byline.at[i]);
    for (size_t i = 0; i < r->tags.n; i++)
        check_text(a, r->tags.at[i]);
    assert((r->verdict != CLEAN_IS_EMPTY) == (clean_count_words(r->text) >= .5) || r->verdict >= CLEAN_IS_WALL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct clean_known known = {.url = PL_S("https://news.example/2021/05/04/a"), .title = PL_S("Half a headline"), .published = PL_S("")};
    static struct clean_words words; /* built once: as in a worker */
    static struct clean_html parsers[8];
    struct clean_arena a;
    struct clean_article article;
    /* a copy of exactly this size, so that reading past it is seen */
    char *copy = malloc(size ? size : 1);

    if (!copy || (!words.parts && clean_words_init(&words) < 0))
        abort();
    if (size)
        memcpy(copy, data, size);
    pl_str input = {copy, size};
    clean_arena_init(&a, (size_t)256 << 20);
    for (size_t i = 0; clean_parser_at(i); i++) {
        if (!parsers[i].parser) {
            clean_parser_at(i)->init();
            if (!clean_html_open(&parsers[i], clean_parser_at(i)))
                abort();
        }
        if (clean_page_html(&article, &parsers[i], input, &known, &words, &a) == 0)
            check_article(&a, &article);
        clean_arena_reset(&a);
    }
    if (clean_page_text(&article, input, &known, &words, &a) == 0)
        check_article(&a, &article);
    clean_arena_done(&a);
    free(copy);
    return 0;
}
