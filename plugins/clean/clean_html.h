/* clean_html.h - HTML parsers, each of which fills the node array of clean_dom.h.
 *
 * Which ones there are is decided when pressline is configured; the best comes
 * first.  A parser keeps what it can use again from page to page, so each
 * thread opens its own. */
#ifndef CLEAN_HTML_H
#define CLEAN_HTML_H

#include "clean_dom.h"

struct clean_parser {
    const char *name;
    /* Once, before any thread opens one. */
    void (*init)(void);
    /* What open() gives is handed to the other two; NULL when there is no memory. */
    void *(*open)(void);
    /* Fills an empty page from UTF-8 without NULs, up to a limit (`truncated`).  0, or PL_NOMEM. */
    int (*parse)(void *state, struct clean_dom *d, pl_str html);
    void (*close)(void *state);
};

extern const struct clean_parser clean_lexbor, clean_libxml2;

/* The parser of that name, the best for "auto"; NULL when it was not built. */
const struct clean_parser *clean_parser_find(pl_str name);
/* The i-th of those that were built, the best first; NULL behind the last. */
const struct clean_parser *clean_parser_at(size_t i);

/* One thread's parser. */
struct clean_html {
    const struct clean_parser *parser;
    void *state;
};

/* Memory for the parsers.  Where it is lacking they may end a page early without a word, or never: so they are not
 * told, the run ends with a message (70), and is gone on with from its last checkpoint. */
void *clean_or_end(void *p);
void *clean_sure_malloc(size_t n);
void *clean_sure_realloc(void *p, size_t n);

/* Once for each parser, before any thread parses. */
void clean_html_init(void);
/* False when there is no memory. */
bool clean_html_open(struct clean_html *h, const struct clean_parser *p);
void clean_html_close(struct clean_html *h);
/* Fills an empty page from HTML in UTF-8; what is not UTF-8 in it is replaced.
 * 0, or PL_NOMEM.  Bad markup is never an error; a page that breaks a limit is
 * cut there (`truncated`). */
int clean_html_parse(struct clean_html *h, struct clean_dom *d, pl_str html);

#endif
