/* clean.c - the clean stage: a fetched page or text becomes an article.
 *
 * The extraction is in the files beside this one; here are the options, the
 * fields and what becomes of a record that is no article. */
#include <stdlib.h>
#include <string.h>

#include "clean_html.h"
#include "clean_page.h"
#include "clean_utf8.h"
#include "pressline.h"

struct config {
    int64_t min_text;
    bool keep_body, comments, nfc;
    pl_str format, choose, parser;
};

#if defined HAVE_LEXBOR && defined HAVE_LIBXML2
#define PARSERS "auto|lexbor|libxml2"
#elif defined HAVE_LEXBOR
#define PARSERS "auto|lexbor"
#else
#define PARSERS "auto|libxml2"
#endif

static const pl_option options[] = {
    PL_OPTION(struct config, min_text, "25", "drop articles with fewer characters of text than this (`too-short`)",
              .min = 0, .max = 1000000),
    PL_OPTION(struct config, keep_body, "false", "leave the page in `body` beside the article"),
    PL_OPTION(struct config, nfc, "false", "the text in Unicode NFC; else letters stay as the page composed them"),
    PL_OPTION(struct config, format, "text",
              "of `text`: plain, or Markdown with headings, lists, quotations, code, tables, links",
              .choices = "text|markdown"),
    PL_OPTION(struct config, comments, "false", "the readers' comments of a page, in `clean.comments`"),
    PL_OPTION(struct config, choose, "balanced",
              "which blocks of a page to keep; precision: less of what does not belong, and less of what does",
              .choices = "balanced|precision"),
    PL_OPTION(struct config, parser, "auto", "what reads HTML, of what was built in; auto: lexbor if it was",
              .choices = PARSERS),
    PL_END,
};

/* What a worker keeps from one record to the next. */
struct worker {
    struct clean_words words;
    struct clean_arena arena;
    struct clean_html html;
};

struct shared {
    const struct clean_parser *parser;
    uint32_t pages; /* the counter that names it */
    pl_key confidence, comments;
};

/* A page of nothing but empty elements asks for a hundred times its size; the limit on nodes ends that. */
enum { MEMORY_PER_BYTE = 128, MIN_MEMORY = 64 * 1024 * 1024, MAX_MEMORY = 1024 * 1024 * 1024 };

static int open_stage(pl_self *self)
{
    const struct config *c = self->config;
    struct shared *sh = calloc(1, sizeof *sh);
    if (!sh || !(sh->parser = clean_parser_find(c->parser))) {
        free(sh);
        pl_log(self, PL_LOG_ERROR, NULL, "cannot set up the HTML parser");
        return PL_FATAL;
    }
    sh->parser->init();
    /* The report has no other place for what it was that read the pages. */
    sh->pages = clean_equal(PL_S("lexbor"), (pl_str){sh->parser->name, strlen(sh->parser->name)})
                    ? pl_metric(self, PL_S("pages_lexbor"), PL_S("HTML pages read by lexbor"))
                    : pl_metric(self, PL_S("pages_libxml2"), PL_S("HTML pages read by libxml2"));
    sh->confidence = pl_intern(self, PL_S("clean.confidence"));
    sh->comments = pl_intern(self, PL_S("clean.comments"));
    self->shared = sh;
    return PL_OK;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
    self->shared = NULL;
}

static int worker_open(pl_self *self)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w || clean_words_init(&w->words) < 0) {
        free(w);
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory for the word lists");
        return PL_FATAL;
    }
    if (!clean_html_open(&w->html, ((struct shared *)self->shared)->parser)) {
        clean_words_done(&w->words);
        free(w);
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory for the HTML parser");
        return PL_FATAL;
    }
    clean_arena_init(&w->arena, MIN_MEMORY);
    self->worker = w;
    return PL_OK;
}

static void worker_close(pl_self *self)
{
    struct worker *w = self->worker;
    if (!w)
        return;
    clean_html_close(&w->html);
    clean_arena_done(&w->arena);
    clean_words_done(&w->words);
    free(w);
    self->worker = NULL;
}

/* What a fetched page came with is what a feed or a sitemap said of it, and the page knows better.  What other records
 * bring was somebody's own work. */
static bool yields(pl_self *self, pl_record *r, bool html)
{
    return html && pl_typeof(self, r, PL_HTTP_STATUS) != PL_UNSET;
}

/* Sets a field that was found and that the record does not bring, or that `over` says is to yield. */
static int set_found(pl_self *self, pl_record *r, bool over, pl_key key, pl_str value)
{
    if (!value.len || (!over && pl_typeof(self, r, key) != PL_UNSET))
        return PL_OK;
    return pl_set(self, r, key, value);
}

static int set_found_list(pl_self *self, pl_record *r, bool over, pl_key key, pl_list value)
{
    if (!value.n || (!over && pl_typeof(self, r, key) != PL_UNSET))
        return PL_OK;
    return pl_set_list(self, r, key, value);
}

static int store(pl_self *self, pl_record *r, const struct clean_article *a, bool html)
{
    const struct shared *sh = self->shared;
    const struct {
        pl_key key;
        pl_str value;
    } fields[] = {
        {PL_TITLE, a->title},
        {PL_SITE, a->site},
        {PL_PUBLISHED, a->published},
        {PL_MODIFIED, a->modified},
        {PL_LANGUAGE, a->language},
        {PL_CANONICAL_URL, a->canonical_url},
        {PL_SECTION, a->section},
        {PL_SUMMARY, a->summary},
        {PL_IMAGE, a->image},
        {PL_DATELINE_PLACE, a->dateline_place},
        {PL_DATELINE_DATE, a->dateline_date},
        {PL_AGENCY, a->agency},
    };
    const bool over = yields(self, r, html);
    int rc = pl_set(self, r, PL_TEXT, a->text);
    for (size_t i = 0; !rc && i < sizeof fields / sizeof *fields; i++)
        rc = set_found(self, r, over, fields[i].key, fields[i].value);
    if (!rc)
        rc = set_found_list(self, r, over, PL_BYLINE, a->byline);
    if (!rc)
        rc = set_found_list(self, r, over, PL_TAGS, a->tags);
    if (!rc && html)
        rc = pl_set_f64(self, r, sh->confidence, (double)(int)((double)a->confidence * 1000 + .5) / 1000);
    if (!rc && a->comments.n)
        rc = pl_set_list(self, r, sh->comments, a->comments);
    return rc;
}

/* Drops the record if there is a reason to. */
static bool drop_if_none(pl_self *self, pl_record *r, const struct clean_article *a)
{
    static const char *const reasons[] =
        {[CLEAN_IS_ARTICLE] = NULL,          [CLEAN_IS_EMPTY] = "no-text",    [CLEAN_IS_WALL] = "blocked-page",
         [CLEAN_IS_ERROR] = "error-page",    [CLEAN_IS_LOGIN] = "login-wall", [CLEAN_IS_INDEX] = "index-page",
         [CLEAN_IS_GALLERY] = "gallery-page"};
    const struct config *c = self->config;
    const char *reason = reasons[a->verdict];
    if (!reason && a->n_chars < (size_t)c->min_text)
        reason = "too-short";
    if (reason)
        pl_drop(self, r, reason);
    return reason != NULL;
}

static bool is_html(pl_str content_type, pl_str body)
{
    if (content_type.len)
        return clean_find_nocase(content_type, PL_S("html")) < content_type.len ||
               clean_find_nocase(content_type, PL_S("xml")) < content_type.len;
    body = clean_trim(body);
    return body.len && body.ptr[0] == '<';
}

static int process(pl_self *self, pl_record *r)
{
    const struct config *c = self->config;
    struct worker *w = self->worker;
    struct clean_known known = {.url = pl_get(self, r, PL_URL),
                                .title = pl_get(self, r, PL_TITLE),
                                .published = pl_get(self, r, PL_PUBLISHED),
                                .markdown = clean_equal(c->format, PL_S("markdown")),
                                .comments = c->comments,
                                .precise = clean_equal(c->choose, PL_S("precision")),
                                 .nfc = c->nfc};
    struct clean_article article;
    pl_str body = pl_get(self, r, PL_BODY);
    bool from_body = pl_typeof(self, r, PL_BODY) != PL_UNSET;
    pl_str input = from_body ? body : pl_get(self, r, PL_TEXT);

    if (!clean_page_is_text(input)) {
        pl_fail(self, r, "not-text", "%zu bytes of %s are not UTF-8 text", input.len, from_body ? "body" : "text");
        return PL_OK;
    }
    clean_arena_reset(&w->arena);
    w->arena.limit =
        input.len < (MAX_MEMORY - MIN_MEMORY) / MEMORY_PER_BYTE ? MIN_MEMORY + input.len * MEMORY_PER_BYTE : MAX_MEMORY;
    bool html = from_body && is_html(pl_get(self, r, PL_CONTENT_TYPE), body);
    if (html)
        pl_count(self, ((struct shared *)self->shared)->pages, 1);
    int rc = html ? clean_page_html(&article, &w->html, input, &known, &w->words, &w->arena)
                  : clean_page_text(&article, input, &known, &w->words, &w->arena);
    if (rc < 0 && w->arena.starved) {
        pl_log(self, PL_LOG_WARN, r, "out of memory");
        return PL_RETRY; /* the page is not at fault */
    }
    if (rc < 0) {
        pl_fail(self, r, "too-complex", "%zu bytes need more memory than a page may take", input.len);
        return PL_OK;
    }
    if (article.truncated)
        pl_log(self, PL_LOG_WARN, r, "page cut short: too many or too deeply nested elements");
    if (drop_if_none(self, r, &article))
        return PL_OK;
    rc = store(self, r, &article, html);
    if (!rc && from_body && !c->keep_body)
        rc = pl_unset(self, r, PL_BODY);
    return rc;
}

PL_PLUGIN("clean", "turn HTML pages and scraped texts into clean articles with title, byline, dates and language",
          .version = "1.0", .license = "Apache-2.0", .options = options, .config_size = sizeof(struct config),
          .reads = "body?, text?, content_type?, url?, title?, published?, http_status?",
          .writes =
              "text, title, byline, site, published, modified, language, canonical_url, section, summary, image, tags, "
              "dateline_place, dateline_date, agency",
          .open = open_stage, .worker_open = worker_open, .process = process, .worker_close = worker_close,
          .close = close_stage)
