/* clean_html.c - which HTML parsers there are, and what is done for all of them. */
#include "clean_html.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clean_utf8.h"

enum { EXIT_INTERNAL = 70 };

void *clean_or_end(void *p)
{
    static const char message[] = "pressline: clean: out of memory in the HTML parser\n";

    if (p)
        return p;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}

void *clean_sure_malloc(size_t n)
{
    return clean_or_end(malloc(n ? n : 1));
}

void *clean_sure_realloc(void *p, size_t n)
{
    return clean_or_end(realloc(p, n ? n : 1));
}

static const struct clean_parser *const parsers[] = {
#ifdef HAVE_LEXBOR
    &clean_lexbor,
#endif
#ifdef HAVE_LIBXML2
    &clean_libxml2,
#endif
    NULL};

const struct clean_parser *clean_parser_at(size_t i)
{
    return i < sizeof parsers / sizeof *parsers ? parsers[i] : NULL;
}

const struct clean_parser *clean_parser_find(pl_str name)
{
    if (clean_equal(name, PL_S("auto")))
        return parsers[0];
    for (size_t i = 0; parsers[i]; i++)
        if (clean_equal(name, (pl_str){parsers[i]->name, strlen(parsers[i]->name)}))
            return parsers[i];
    return NULL;
}

void clean_html_init(void)
{
    for (size_t i = 0; parsers[i]; i++)
        parsers[i]->init();
}

bool clean_html_open(struct clean_html *h, const struct clean_parser *p)
{
    *h = (struct clean_html){p, p->open()};
    return h->state != NULL;
}

void clean_html_close(struct clean_html *h)
{
    if (h->state)
        h->parser->close(h->state);
    *h = (struct clean_html){0};
}

int clean_html_parse(struct clean_html *h, struct clean_dom *d, pl_str html)
{
    size_t bad;
    if (html.len >= 3 && memcmp(html.ptr, "\xEF\xBB\xBF", 3) == 0)
        html = clean_slice(html, 3, html.len);
    html = clean_utf8_repair(d->arena, html, &bad);
    if (html.len > INT32_MAX || d->arena->failed)
        return PL_NOMEM;
    if (html.len && h->parser->parse(h->state, d, html) < 0)
        return PL_NOMEM;
    return clean_dom_finish(d) ? 0 : PL_NOMEM;
}
