/* clean_fuzz.c - any bytes as a page, by each parser there is, and as plain text, through the whole extraction. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clean_markdown.h"
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

/* White space of code and of Markdown means something: it is normalised by other rules. */
static void check_form(struct clean_arena *a, const struct clean_article *r, bool plain)
{
    assert(clean_utf8_is_text(r->text));
    assert(clean_equal(clean_norm_code(a, r->text), r->text));
    if (plain)
        check_text(a, r->text);
}

static void check_article(struct clean_arena *a, const struct clean_article *r)
{
    const pl_str fields[] = {r->title,   r->site,  r->published,      r->modified,      r->language, r->canonical_url,
                             r->section, r->image, r->dateline_place, r->dateline_date, r->agency,   r->summary};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        check_text(a, fields[i]);
    for (size_t i = 0; i < r->byline.n; i++)
        check_text(a, r->byline.at[i]);
    for (size_t i = 0; i < r->tags.n; i++)
        check_text(a, r->tags.at[i]);
    for (size_t i = 0; i < r->comments.n; i++)
        check_text(a, r->comments.at[i]);
    assert((r->verdict != CLEAN_IS_EMPTY) == (clean_count_words(r->text) >= 1) || r->verdict >= CLEAN_IS_WALL);
}

/* Cleaning again changes nothing, whether the title that was found is known then or not. */
static void check_again(struct clean_arena *a, pl_str text, pl_str title, const struct clean_words *w)
{
    const struct clean_known none = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")},
                             known = {.url = PL_S(""), .title = title, .published = PL_S("")};
    struct clean_article again;
    if (clean_page_text(&again, text, &none, w, a) == 0)
        assert(clean_equal(again.text, text));
    if (clean_page_text(&again, text, &known, w, a) == 0)
        assert(clean_equal(again.text, text));
}

static size_t count_letters(pl_str s)
{
    size_t n = 0;
    for (const char *p = s.ptr, *end = clean_end(s); p < end;)
        n += clean_is_letter(clean_utf8_next(&p, end));
    return n;
}

/* Every block, and every second one, as Markdown: whatever the table would choose.  No word is lost. */
static void form_all(struct clean_html *h, pl_str input, const struct clean_words *w, struct clean_arena *a)
{
    struct clean_dom *d = clean_arena_alloc(a, sizeof *d);
    struct clean_blocks b;
    if (!d || !clean_dom_init(d, a) || clean_html_parse(h, d, input) < 0 || clean_blocks_find(&b, d, w, a) < 0)
        return;
    bool *keep = clean_arena_array(a, b.n + 1, sizeof *keep);
    for (size_t step = 1; step < 3 && keep; step++) {
        size_t letters = 0;
        for (size_t i = 0; i < b.n; i++) {
            keep[i] = i % step == 0;
            letters += keep[i] ? count_letters(clean_norm_text(a, b.at[i].text)) : 0;
        }
        pl_str text = clean_markdown(&b, keep, PL_S("https://news.example/a/b"), a);
        assert(a->failed || (clean_utf8_is_text(text) && clean_equal(clean_norm_code(a, text), text)));
        assert(a->failed || count_letters(text) >= letters);
    }
    clean_arena_reset(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct clean_known known = {
        .url = PL_S("https://news.example/2021/05/04/a"), .title = PL_S("Half a headline"), .published = PL_S("")};
    const struct clean_known unknown = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
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
        for (int form = 0; form < 2; form++) {
            known.markdown = known.comments = known.precise = form;
            if (clean_page_html(&article, &parsers[i], input, &known, &words, &a) == 0) {
                check_article(&a, &article);
                check_form(&a, &article, !form && clean_find_nocase(input, PL_S("<pre")) == input.len);
            }
            clean_arena_reset(&a);
        }
        form_all(&parsers[i], input, &words, &a);
    }
    for (int form = 0; form < 2; form++) {
        known.markdown = form;
        if (clean_page_text(&article, input, &known, &words, &a) == 0) {
            check_article(&a, &article);
            check_form(&a, &article, !form);
        }
        clean_arena_reset(&a);
    }
    if (clean_page_text(&article, input, &unknown, &words, &a) == 0)
        check_again(&a, article.text, article.title, &words);
    clean_arena_done(&a);
    free(copy);
    return 0;
}
