/* clean_page.c - a page or a text in, an article out. */
#include "clean_page.h"

#include <string.h>

#include "clean_blocks.h"
#include "clean_code.h"
#include "clean_comments.h"
#include "clean_dateline.h"
#include "clean_facts.h"
#include "clean_judge.h"
#include "clean_lang.h"
#include "clean_markdown.h"
#include "clean_norm.h"
#include "clean_plain.h"
#include "clean_select.h"
#include "clean_utf8.h"

enum { SAMPLE_BYTES = 64 * 1024, MAX_HEADLINE_WORDS = 60, MAX_BYLINE_WORDS = 12 };

static struct clean_article empty_article(void)
{
    pl_str none = PL_S("");
    return (struct clean_article){.text = none,
                                  .title = none,
                                  .site = none,
                                  .published = none,
                                  .modified = none,
                                  .language = none,
                                  .canonical_url = none,
                                  .section = none,
                                  .summary = none,
                                  .image = none,
                                  .dateline_place = none,
                                  .dateline_date = none,
                                  .agency = none};
}

/* Paragraphs of an article; those of `in_row` are cells that go on with the one before. */
struct paragraphs {
    pl_str *at;
    bool *in_row;
    size_t n;
};

static int paragraphs_init(struct paragraphs *p, size_t most, struct clean_arena *a)
{
    *p = (struct paragraphs){clean_arena_array(a, most + 1, sizeof *p->at),
                             clean_arena_array(a, most + 1, sizeof *p->in_row), 0};
    return p->at && p->in_row ? 0 : PL_NOMEM;
}

/* Place, date and agency: a dateline stands before the first paragraph of running text. */
static void read_dateline(struct clean_article *out, const struct paragraphs *p, const struct clean_date *published,
                          struct clean_arena *a)
{
    struct clean_dateline d;
    for (size_t i = 0; i < p->n && i < 4; i++) {
        if (clean_count_words(p->at[i]) < 8)
            continue;
        if (!clean_dateline_find(p->at[i], &d))
            return;
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

static pl_str join_paragraphs(const struct paragraphs *p, struct clean_arena *a)
{
    struct clean_buf text = {.arena = a};
    for (size_t i = 0; i < p->n; i++) {
        if (text.len)
            clean_buf_add(&text, p->in_row[i] ? PL_S("\n") : PL_S("\n\n"));
        clean_buf_add(&text, p->at[i]);
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

/* What the article's fields say, folded. */
struct head {
    pl_str title, site;
    pl_list byline;
};

static struct head fold_head(const struct clean_article *found, struct clean_arena *a)
{
    struct head h = {clean_fold(a, found->title), clean_fold(a, found->site), {NULL, 0}};
    pl_str *names = clean_arena_array(a, found->byline.n + 1, sizeof *names);
    for (size_t i = 0; names && i < found->byline.n; i++)
        names[i] = clean_fold(a, found->byline.at[i]);
    h.byline = (pl_list){names, names ? found->byline.n : 0};
    return h;
}

/* Does the name stand in the line, as whole words?  Both are folded. */
static bool has_name(pl_str line, pl_str name)
{
    for (size_t at = 0; name.len && at + name.len <= line.len; at++)
        if ((at == 0 || line.ptr[at - 1] == ' ') && memcmp(line.ptr + at, name.ptr, name.len) == 0 &&
            (at + name.len == line.len || line.ptr[at + name.len] == ' '))
            return true;
    return false;
}

/* Does a short line before the text say what is found already: headline, site, date or authors?  Or is it links? */
static bool is_head_line(const struct clean_block *k, const struct head *h, struct clean_arena *a)
{
    static const float only_links = .9F;
    struct clean_date date;
    size_t begin, end;
    if (k->words > MAX_HEADLINE_WORDS)
        return false;
    pl_str folded = clean_fold(a, k->text);
    if (clean_equal(folded, h->title) || clean_equal(folded, h->site))
        return true;
    if (k->words > MAX_BYLINE_WORDS || (k->ends && k->words > MAX_BYLINE_WORDS / 2))
        return false;
    if (k->link_share > only_links)
        return true;
    for (size_t i = 0; i < h->byline.n; i++)
        if (has_name(folded, h->byline.at[i]))
            return true;
    return clean_date_find(k->text, false, &date, &begin, &end) && (end - begin) * 2 >= k->text.len;
}

/* Lines that say what `found` says already are not kept before the text. */
static void drop_head_lines(const struct clean_blocks *b, bool *keep, const struct clean_article *found,
                            struct clean_arena *a)
{
    struct head h = fold_head(found, a);
    for (size_t i = 0; i < b->n; i++) {
        if (keep[i] && !is_head_line(&b->at[i], &h, a))
            return;
        keep[i] = false;
    }
}

/* The blocks that are kept, as paragraphs. */
static void gather_paragraphs(struct paragraphs *p, const struct clean_blocks *b, const bool *keep,
                              struct clean_arena *a)
{
    uint32_t last = CLEAN_NONE;
    for (size_t i = 0; i < b->n; i++) {
        if (!keep[i])
            continue;
        uint32_t node = b->at[i].node, pre = clean_code_at(b->dom, node);
        pl_str text = pre == CLEAN_NONE ? clean_norm_text(a, b->at[i].text) : clean_code_text(b, keep, pre, &i, a);
        if (!text.len)
            continue;
        p->in_row[p->n] = last != CLEAN_NONE && in_one_row(b->dom, last, node);
        p->at[p->n++] = text;
        last = node;
    }
}

static size_t count_chars(pl_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

int clean_page_html(struct clean_article *out, struct clean_html *parser, pl_str html, const struct clean_known *known,
                    const struct clean_words *w, struct clean_arena *a)
{
    struct clean_blocks b;
    struct clean_facts f;
    struct clean_dom *d = clean_arena_alloc(a, sizeof *d);
    *out = empty_article();
    if (!d || !clean_dom_init(d, a) || clean_html_parse(parser, d, html) < 0 || clean_blocks_find(&b, d, w, a) < 0)
        return PL_NOMEM;
    bool *keep = clean_arena_array(a, b.n + 1, sizeof *keep);
    struct paragraphs p;
    struct clean_features features;
    if (!keep || paragraphs_init(&p, b.n, a) < 0 || clean_facts_find(&f, &b, known->url, a) < 0 ||
        clean_features_find(&features, &b, &f, a) < 0 ||
        clean_select(&b, &features, known->table ? known->table : &clean_table_blocks, known->precise, keep,
                     &out->confidence, a) < 0 ||
        clean_comments_find(&f, keep, known->comments ? &out->comments : NULL, a) < 0)
        return PL_NOMEM;

    struct clean_date published = {0}, modified;
    clean_facts_set_text(&f, keep);
    out->truncated = d->truncated;
    out->title = clean_find_title(&f);
    out->byline = clean_find_byline(&f);
    out->site = clean_find_site(&f);
    drop_head_lines(&b, keep, out, a);
    gather_paragraphs(&p, &b, keep, a);
    out->text = join_paragraphs(&p, a);
    out->n_chars = count_chars(out->text);
    if (clean_find_published(&f, &published))
        out->published = clean_date_iso(a, &published);
    if (clean_find_modified(&f, &modified) && !(out->published.len && clean_date_is_earlier(&modified, &published)))
        out->modified = clean_date_iso(a, &modified);
    out->canonical_url = clean_find_canonical(&f);
    out->section = clean_find_section(&f);
    out->summary = clean_find_summary(&f);
    out->image = clean_find_image(&f);
    out->tags = clean_find_tags(&f);
    out->language = clean_lang_check(w->languages, clean_find_language(&f), out->text);
    read_dateline(out, &p, &published, a);
    out->verdict = clean_judge(&f, keep, out->text, out->title, w);
    if (known->markdown && out->verdict == CLEAN_IS_ARTICLE)
        out->text = clean_markdown(&b, keep, known->url.len ? known->url : out->canonical_url, a);
    if (known->nfc)
        out->text = clean_norm_nfc(a, out->text);
    return a->failed ? PL_NOMEM : 0;
}

int clean_page_text(struct clean_article *out, pl_str text, const struct clean_known *known,
                    const struct clean_words *w, struct clean_arena *a)
{
    struct clean_plain plain;
    struct paragraphs p;
    size_t bad;
    *out = empty_article();
    if (clean_plain_find(&plain, clean_utf8_repair(a, text, &bad), known->title, w, a) < 0 ||
        paragraphs_init(&p, plain.n, a) < 0)
        return PL_NOMEM;
    for (; p.n < plain.n; p.n++)
        p.at[p.n] = plain.paragraphs[p.n];
    out->title = plain.title;
    out->site = plain.site;
    out->byline = plain.byline;
    out->agency = plain.agency;
    struct clean_date published = plain.published;
    if (plain.has_published)
        out->published = clean_date_iso(a, &plain.published);
    else if (!clean_date_find(known->published, false, &published, NULL, NULL))
        published = (struct clean_date){0};
    out->text = join_paragraphs(&p, a);
    out->language = clean_lang_guess(w->languages, out->text);
    read_dateline(out, &p, &published, a);
    out->n_chars = count_chars(out->text);
    out->verdict = clean_count_words(out->text) < 1 ? CLEAN_IS_EMPTY : CLEAN_IS_ARTICLE;
    if (known->markdown)
        out->text = clean_markdown_plain(p.at, p.n, a);
    if (known->nfc)
        out->text = clean_norm_nfc(a, out->text);
    return a->failed ? PL_NOMEM : 0;
}

bool clean_page_is_text(pl_str bytes)
{
    size_t odd = 0, all = 0;
    if (bytes.len > SAMPLE_BYTES)
        bytes.len = SAMPLE_BYTES;
    for (const char *p = bytes.ptr, *end = clean_end(bytes); p < end; all++) {
        uint32_t c = clean_utf8_next(&p, end);
        odd += c == 0xFFFD || (c < 0x20 && !clean_is_space(c)) || (c >= 0x7F && c < 0xA0 && c != 0x85);
    }
    return odd * 10 <= all;
}
