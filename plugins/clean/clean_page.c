/* clean_page.c - a page or a text in, an article out. */
#include "clean_page.h"

#include "clean_blocks.h"
#include "clean_dateline.h"
#include "clean_facts.h"
#include "clean_lang.h"
#include "clean_norm.h"
#include "clean_plain.h"
#include "clean_select.h"
#include "clean_utf8.h"

enum { SAMPLE_BYTES = 64 * 1024, WALL_WORDS = 80, INDEX_WORDS = 60 };

static struct clean_article empty_article(void)
{
    pl_str none = PL_S("");
    return (struct clean_article){.text = none, .title = none, .site = none, .published = none, .modified = none,
                                  .language = none, .canonical_url = none, .section = none, .summary = none,
                                  .image = none, .dateline_place = none, .dateline_date = none, .agency = none};
}

/* Place, date and agency of the first paragraphs, where the dateline stands. */
static void read_dateline(struct clean_article *out, const pl_str *paragraphs, size_t n, const struct clean_date *published,
                          struct clean_arena *a)
{
    struct clean_dateline d;
    for (size_t i = 0; i < n && i < 3; i++) {
        if (clean_count_words(paragraphs[i]) < 6 || !clean_dateline_find(paragraphs[i], &d))
            continue;
        out->dateline_place = d.place;
        if (d.agency.len)
            out->agency = d.agency;
        if (d.has_date) {
            clean_dateline_set_year(&d.date, published);
            out->dateline_date = clean_date_iso(a, &d.date);
        }
        return;
    }
}

static pl_str join_paragraphs(const pl_str *paragraphs, size_t n, struct clean_arena *a)
{
    struct clean_buf text = {.arena = a};
    for (size_t i = 0; i < n; i++) {
        if (text.len)
            clean_buf_add(&text, PL_S("\n\n"));
        clean_buf_add(&text, paragraphs[i]);
    }
    return clean_buf_str(&text);
}

/* Cells of one row follow each other on lines of their own; all else are paragraphs. */
static bool in_one_row(const struct clean_dom *d, uint32_t a, uint32_t b)
{
    unsigned x = d->nodes[a].tag, y = d->nodes[b].tag;
    return a != b && (x == CLEAN_TD || x == CLEAN_TH) && (y == CLEAN_TD || y == CLEAN_TH) &&
           d->nodes[a].parent == d->nodes[b].parent;
}

/* The blocks that were kept, as paragraphs, less a headline that was kept too. */
static size_t gather_paragraphs(const struct clean_blocks *b, const bool *keep, pl_str title, pl_str *paragraphs,
                                struct clean_arena *a)
{
    pl_str headline = clean_fold(a, title);
    size_t n = 0;
    uint32_t last = CLEAN_NONE;
    for (size_t i = 0; i < b->n; i++) {
        if (!keep[i])
            continue;
        pl_str text = clean_norm_text(a, b->at[i].text);
        if (n == 0 && headline.len && clean_equal(clean_fold(a, text), headline))
            continue;
        if (last != CLEAN_NONE && in_one_row(b->dom, last, b->at[i].node)) {
            struct clean_buf row = {.arena = a};
            clean_buf_add(&row, paragraphs[n - 1]);
            clean_buf_byte(&row, '\n');
            clean_buf_add(&row, text);
            paragraphs[n - 1] = clean_buf_str(&row);
        } else if (text.len) {
            paragraphs[n++] = text;
        }
        last = b->at[i].node;
    }
    return n;
}

static enum clean_verdict judge(const struct clean_blocks *b, const struct clean_facts *f, const struct clean_article *out,
                                const struct clean_words *w)
{
    double words = clean_count_words(out->text), links = 0;
    if (words < WALL_WORDS && (clean_match(w->cues, out->title) | clean_match(w->cues, f->page_title) |
                               clean_match(w->cues, out->text)) & CLEAN_CUE(WALL))
        return CLEAN_WALL;
    if (words < 1)
        return CLEAN_NO_TEXT;
    for (size_t i = 0; i < b->n; i++)
        links += (double)(b->at[i].words * b->at[i].link_share);
    bool said = f->article != CLEAN_NONE || clean_equal_nocase(clean_facts_meta(f, "og:type"), PL_S("article"));
    if (words < INDEX_WORDS && !said && b->words > 200 && links > .6 * b->words)
        return CLEAN_INDEX;
    return CLEAN_ARTICLE;
}

int clean_page_html(struct clean_article *out, pl_str html, const struct clean_known *known,
                    const struct clean_words *w, struct clean_arena *a)
{
    struct clean_blocks b;
    struct clean_facts f;
    struct clean_dom *d = clean_arena_alloc(a, sizeof *d);
    *out = empty_article();
    if (!d || !clean_dom_init(d, a) || clean_html_parse(d, html) < 0 || clean_blocks_find(&b, d, w, a) < 0)
        return PL_NOMEM;
    bool *keep = clean_arena_array(a, b.n + 1, sizeof *keep);
    pl_str *paragraphs = clean_arena_array(a, b.n + 1, sizeof *paragraphs);
    if (!keep || !paragraphs || clean_select(&b, keep, a) < 0 || clean_facts_find(&f, &b, known->url, a) < 0)
        return PL_NOMEM;

    struct clean_date published = {0}, modified;
    out->truncated = d->truncated;
    out->title = clean_find_title(&f);
    size_t n = gather_paragraphs(&b, keep, known->title.len ? known->title : out->title, paragraphs, a);
    out->text = join_paragraphs(paragraphs, n, a);
    out->byline = clean_find_byline(&f);
    if (clean_find_published(&f, &published))
        out->published = clean_date_iso(a, &published);
    if (clean_find_modified(&f, &modified))
        out->modified = clean_date_iso(a, &modified);
    out->site = clean_find_site(&f);
    out->canonical_url = clean_find_canonical(&f);
    out->section = clean_find_section(&f);
    out->summary = clean_find_summary(&f);
    out->image = clean_find_image(&f);
    out->tags = clean_find_tags(&f);
    out->language = clean_find_language(&f);
    if (!out->language.len)
        out->language = clean_lang_guess(out->text);
    read_dateline(out, paragraphs, n, &published, a);
    out->verdict = judge(&b, &f, out, w);
    return a->failed ? PL_NOMEM : 0;
}

int clean_page_text(struct clean_article *out, pl_str text, const struct clean_known *known,
                    const struct clean_words *w, struct clean_arena *a)
{
    struct clean_plain p;
    size_t bad;
    *out = empty_article();
    if (clean_plain_find(&p, clean_utf8_repair(a, text, &bad), known->title, w, a) < 0)
        return PL_NOMEM;
    out->title = p.title;
    out->site = p.site;
    out->byline = p.byline;
    out->agency = p.agency;
    struct clean_date published = p.published;
    if (p.has_published)
        out->published = clean_date_iso(a, &p.published);
    else if (!clean_date_find(known->published, false, &published, NULL, NULL))
        published = (struct clean_date){0};
    out->text = join_paragraphs(p.paragraphs, p.n, a);
    out->language = clean_lang_guess(out->text);
    read_dateline(out, p.paragraphs, p.n, &published, a);
    out->verdict = clean_count_words(out->text) < 1 ? CLEAN_NO_TEXT : CLEAN_ARTICLE;
    return a->failed ? PL_NOMEM : 0;
}

bool clean_page_is_text(pl_str bytes)
{
    size_t odd = 0, all = 0;
    if (bytes.len > SAMPLE_BYTES)
        bytes.len = SAMPLE_BYTES;
    for (const char *p = bytes.ptr, *end = p + bytes.len; p < end; all++) {
        uint32_t c = clean_utf8_next(&p, end);
        odd += c == 0xFFFD || (c < 0x20 && !clean_is_space(c)) || (c >= 0x7F && c < 0xA0 && c != 0x85);
    }
    return odd * 10 <= all;
}
