/* clean_html_libxml2.c - HTML into the node array by libxml2's parser, without its tree.
 *
 * libxml2 is taken as a tokenizer that also closes what HTML leaves open: its
 * SAX calls go straight to the node array.  Three of its loops are quadratic
 * in hostile input and are bounded here: end tags that match nothing are
 * looked up in the whole stack of open elements (each raises an error, so the
 * errors are counted, weighted by the depth), the stack itself, and the
 * attributes of one tag are compared with each other (their names go through
 * the parser's dictionary, whose size is limited). */
#include <libxml/HTMLparser.h>
#include <libxml/dict.h>
#include <libxml/globals.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

#include "clean_html.h"
#include "clean_utf8.h"

enum {
    MAX_STACK = CLEAN_MAX_DEPTH,
    MAX_TAG_ATTRS = 2000,
    MAX_NAME_BYTES = 32 * 1024, /* all different names of elements and attributes of a page */
    MAX_ERROR_WORK = 50 * 1000 * 1000
};

static char *sure_strdup(const char *s)
{
    return clean_or_end(strdup(s));
}

static void libxml2_init(void)
{
    xmlMemSetup(free, clean_sure_malloc, clean_sure_realloc, sure_strdup);
    xmlInitParser(); /* not safe for threads; never undone, other stages may use the library too */
}

struct parse {
    struct clean_dom *dom;
    htmlParserCtxtPtr ctxt;
    size_t error_work;
};

static pl_str view(const xmlChar *s)
{
    return s ? (pl_str){(const char *)s, strlen((const char *)s)} : PL_S("");
}

static void stop_if_full(struct parse *p)
{
    if (p->ctxt->nameNr > MAX_STACK)
        p->dom->truncated = true;
    if (clean_dom_full(p->dom))
        xmlStopParser(p->ctxt);
}

static bool is_json_ld(const xmlChar **atts)
{
    for (size_t i = 0; atts && atts[i]; i += 2)
        if (clean_equal_nocase(view(atts[i]), PL_S("type")))
            return clean_find_nocase(view(atts[i + 1]), PL_S("ld+json")) < view(atts[i + 1]).len;
    return false;
}

static void on_start(void *user, const xmlChar *name, const xmlChar **atts)
{
    struct parse *p = user;
    if (clean_dom_open(p->dom, view(name), is_json_ld(atts))) {
        size_t n = 0;
        for (; atts && atts[n * 2] && n < MAX_TAG_ATTRS; n++)
            clean_dom_attr(p->dom, view(atts[n * 2]), view(atts[n * 2 + 1]));
        if (n == MAX_TAG_ATTRS)
            p->dom->truncated = true;
    }
    stop_if_full(p);
}

static void on_end(void *user, const xmlChar *name)
{
    struct parse *p = user;
    clean_dom_close(p->dom, view(name));
}

static void on_text(void *user, const xmlChar *s, int len)
{
    struct parse *p = user;
    clean_dom_text(p->dom, (pl_str){(const char *)s, (size_t)len});
}

static void on_error(void *user, const char *message, ...)
{
    struct parse *p = user;
    (void)message;
    p->error_work += 100 + (size_t)p->ctxt->nameNr;
    if (p->error_work > MAX_ERROR_WORK) {
        p->dom->truncated = true;
        xmlStopParser(p->ctxt);
    }
}

/* It keeps nothing from page to page; open() has to give something. */
static void *libxml2_open(void)
{
    static char nothing;
    return &nothing;
}

static void libxml2_close(void *state)
{
    (void)state;
}

static int libxml2_parse(void *state, struct clean_dom *d, pl_str html)
{
    (void)state;
    htmlSAXHandler sax = {
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .error = on_error,
        .initialized = 1,
    };
#if LIBXML_VERSION < 21100
    /* What it keeps for each thread it asks malloc() for, and does not look. */
    clean_or_end(xmlGetGlobalState());
#endif
    struct parse p = {.dom = d, .ctxt = htmlNewParserCtxt()};
    if (!p.ctxt)
        return PL_NOMEM;
    htmlSAXHandler *own = p.ctxt->sax;
    p.ctxt->sax = &sax;
    p.ctxt->userData = &p;
    /* The encoding is given, so that a <meta> left from before a conversion is not believed. */
    xmlDictSetLimit(p.ctxt->dict, MAX_NAME_BYTES);
    xmlDocPtr doc = htmlCtxtReadMemory(p.ctxt, html.ptr, (int)html.len, NULL, "UTF-8",
                                       HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    xmlFreeDoc(doc);
    p.ctxt->sax = own;
    htmlFreeParserCtxt(p.ctxt);
    return 0;
}

const struct clean_parser clean_libxml2 = {"libxml2", libxml2_init, libxml2_open, libxml2_parse, libxml2_close};
