/* fetch_xml.c - well-formed XML by libxml2, which is allowed next to nothing.
 *
 * Only its SAX2 parser runs, over text that is UTF-8 already: no tree, no
 * network, no entity but XML's five, no DTD.  The callbacks that would load or
 * declare something refuse the file instead. */
#include "fetch_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "fetch_entity.h"
#include "fetch_xml_loose.h"

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_pointer;
#else
typedef xmlErrorPtr error_pointer;
#endif

#define MANY_ATTRIBUTES "an element with more than 256 attributes"

/* ---- memory ---- */

enum { EXIT_INTERNAL = 70 };

static void *or_end(void *p)
{
    static const char message[] = "pressline: fetch: out of memory in libxml2\n";

    if (p)
        return p;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}

static void *sure_malloc(size_t n)
{
    return or_end(malloc(n ? n : 1));
}

static void *sure_realloc(void *p, size_t n)
{
    return or_end(realloc(p, n ? n : 1));
}

static char *sure_strdup(const char *s)
{
    return or_end(strdup(s));
}

void xml_init(void)
{
    decoder_init();
    xmlMemSetup(free, sure_malloc, sure_realloc, sure_strdup);
    xmlInitParser(); /* not safe for threads; never undone, other stages may use the library too */
}

/* ---- events ---- */

struct reader {
    const struct xml_events *events;
    void *arg;
    xmlParserCtxtPtr ctxt;
    enum xml_result result; /* XML_OK as long as nothing is wrong */
    unsigned depth, n_nodes;
    char *message;
    size_t size;
    struct xml_attribute attribute[XML_MAX_ATTRIBUTES];
    struct bytes values; /* of an element's attributes that have references in them */
};

static pl_str view(const xmlChar *s)
{
    return (pl_str){(const char *)s, s ? strlen((const char *)s) : 0};
}

/* The first fault is the one that is told. */
static void stop(struct reader *r, enum xml_result why, const char *what)
{
    if (r->result != XML_OK)
        return;
    r->result = why;
    if (what)
        snprintf(r->message, r->size, "line %d: %s", r->ctxt->input ? r->ctxt->input->line : 0, what);
    xmlStopParser(r->ctxt);
}

static void check(struct reader *r, int rc)
{
    if (rc != PL_OK)
        stop(r, rc == PL_NOMEM ? XML_NOMEM : XML_STOPPED, NULL);
}

/* libxml2 hands an attribute on with each & as "&#38;", so that undoing references once is right. */
static pl_str value_of(struct reader *r, const xmlChar *begin, const xmlChar *end)
{
    const pl_str raw = {(const char *)begin, (size_t)(end - begin)};
    const size_t from = r->values.len;

    if (!memchr(raw.ptr, '&', raw.len))
        return raw;
    /* reserved for all attributes before the first is undone, so that this does not move them */
    if (references_undo(raw, &r->values) != PL_OK)
        stop(r, XML_NOMEM, NULL);
    return (pl_str){(const char *)r->values.at + from, r->values.len - from};
}

/* The five pointers that libxml2 has for each: name, prefix, namespace, where the value begins and ends. */
static bool take_attributes(struct reader *r, int n, const xmlChar **at)
{
    size_t total = 0;

    if (n > XML_MAX_ATTRIBUTES) {
        stop(r, XML_REFUSED, MANY_ATTRIBUTES);
        return false;
    }
    for (int i = 0; i < n; i++)
        total += (size_t)(at[5 * i + 4] - at[5 * i + 3]);
    r->values.len = 0;
    if (bytes_reserve(&r->values, total + 1) != PL_OK) {
        stop(r, XML_NOMEM, NULL);
        return false;
    }
    for (int i = 0; i < n; i++, at += 5) {
        r->attribute[i] = (struct xml_attribute){
            .name = view(at[0]), .prefix = view(at[1]), .ns = view(at[2]), .value = value_of(r, at[3], at[4])};
    }
    return r->result == XML_OK;
}

static void on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct reader *r = arg;
    struct xml_element e = {.name = view(name), .prefix = view(prefix), .ns = view(ns)};

    (void)n_namespaces;
    (void)namespaces;
    (void)n_defaulted;
    if (r->result != XML_OK)
        return;
    r->n_nodes += 1 + (unsigned)n_attributes;
    if (++r->depth > XML_MAX_DEPTH)
        stop(r, XML_REFUSED, "elements in elements more than 256 deep");
    else if (r->n_nodes > XML_MAX_NODES)
        stop(r, XML_REFUSED, "more than 4,000,000 elements and attributes");
    else if (e.name.len > XML_MAX_NAME || e.prefix.len > XML_MAX_NAME || e.ns.len > XML_MAX_NAME)
        stop(r, XML_REFUSED, "a name longer than 1,000 bytes");
    else if (take_attributes(r, n_attributes, attributes)) {
        e.attribute = r->attribute;
        e.n_attributes = (size_t)n_attributes;
        check(r, r->events->start(r->arg, &e));
    }
}

static void on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    struct reader *r = arg;
    const struct xml_element e = {.name = view(name), .prefix = view(prefix), .ns = view(ns)};

    if (r->result != XML_OK)
        return;
    r->depth--;
    check(r, r->events->end(r->arg, &e));
}

static void on_text(void *arg, const xmlChar *text, int n)
{
    struct reader *r = arg;

    if (r->result == XML_OK && r->depth)
        check(r, r->events->text(r->arg, (pl_str){(const char *)text, (size_t)n}, false));
}

static void on_cdata(void *arg, const xmlChar *text, int n)
{
    struct reader *r = arg;

    if (r->result == XML_OK && r->depth)
        check(r, r->events->text(r->arg, (pl_str){(const char *)text, (size_t)n}, true));
}

/* A name that XML does not know, in a file that has RSS 0.91's DOCTYPE: its DTD, which is not read, may know it.  In an
 * attribute libxml2 would leave it out. */
static void on_reference(void *arg, const xmlChar *name)
{
    struct reader *r = arg;
    const unsigned c = entity_find(view(name));
    char out[4];

    if (r->result != XML_OK)
        return;
    if (!c || r->ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE)
        stop(r, XML_ILL, "an entity that nothing declares");
    else
        on_text(r, (const xmlChar *)out, (int)utf8_put(c, out));
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    struct reader *r = arg;

    (void)name;
    if (!xml_doctype_allowed(view(public_id), view(system_id)))
        stop(r, XML_REFUSED, XML_DOCTYPE_REFUSED);
}

static void refuse_declaration(struct reader *r)
{
    stop(r, XML_REFUSED, "a DOCTYPE with declarations: entities and other declarations are not read from feeds");
}

static void on_entity(void *arg, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id,
                      xmlChar *content)
{
    (void)name;
    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    refuse_declaration(arg);
}

static void on_attribute_list(void *arg, const xmlChar *element, const xmlChar *name, int type, int how,
                              const xmlChar *value, xmlEnumerationPtr tree)
{
    (void)element;
    (void)name;
    (void)type;
    (void)how;
    (void)value;
    xmlFreeEnumeration(tree); /* the callback's to free */
    refuse_declaration(arg);
}

static void on_element(void *arg, const xmlChar *name, int type, xmlElementContentPtr content)
{
    (void)name;
    (void)type;
    (void)content;
    refuse_declaration(arg);
}

static void on_error(void *arg, error_pointer error)
{
    struct reader *r = arg;

    if (r->message[0] || !error || !error->message || error->level < XML_ERR_FATAL)
        return;
    const size_t n = strcspn(error->message, "\n");
    snprintf(r->message, r->size, "line %d: %.*s", error->line, (int)(n < 200 ? n : 200), error->message);
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_cdata,
    .reference = on_reference,
    .internalSubset = on_doctype,
    .entityDecl = on_entity,
    .attributeDecl = on_attribute_list,
    .elementDecl = on_element,
    .serror = on_error,
};

/* ---- what libxml2 would take too long over ---- */

/* Behind the next `word`, or the end. */
static const char *behind(const char *at, const char *end, const char *word)
{
    const char *found = memmem(at, (size_t)(end - at), word, strlen(word));

    return found ? found + strlen(word) : end;
}

static bool starts(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) >= strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

/* The start tag at `at` up to its end or what no tag may hold: how many '=' stand in it outside of quotes. */
static size_t count_attributes(const char **at, const char *end)
{
    const char *p = *at;
    size_t n = 0;
    char quote = 0;

    for (p++; p < end && *p != '<' && (quote || *p != '>'); p++) {
        if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '"' || *p == '\'')
            quote = *p;
        else
            n += *p == '=';
    }
    *at = p;
    return n;
}

/* Compares each attribute of an element, and each namespace, with all that came before it: half a minute for ten megabytes of
 * them, and that before it calls back.  The tag that has too many; NULL: there is none. */
static const char *crowded_tag(pl_str text)
{
    const char *at = text.ptr, *end = at + text.len;

    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        const char *tag = at;
        if (starts(at, end, "<!--"))
            at = behind(at + 4, end, "-->");
        else if (starts(at, end, "<![CDATA["))
            at = behind(at + 9, end, "]]>");
        else if (count_attributes(&at, end) > 2 * XML_MAX_ATTRIBUTES) /* as many namespaces */
            return tag;
    }
    return NULL;
}

static int line_of(pl_str text, const char *at)
{
    int line = 1;

    for (const char *p = text.ptr; p < at; p++)
        line += *p == '\n';
    return line;
}

static enum xml_result read_strict(struct reader *r, pl_str text)
{
    if (text.len > XML_MAX_BYTES) {
        snprintf(r->message, r->size, "more than %d bytes", XML_MAX_BYTES);
        return XML_REFUSED;
    }
    const char *crowded = text.len ? crowded_tag(text) : NULL;
    if (crowded) {
        snprintf(r->message, r->size, "line %d: " MANY_ATTRIBUTES, line_of(text, crowded));
        return XML_REFUSED;
    }
    r->ctxt = text.len ? xmlCreateMemoryParserCtxt(text.ptr, (int)text.len) : NULL;
    if (!r->ctxt) {
        snprintf(r->message, r->size, "%s", text.len ? "" : "nothing is in it");
        return text.len ? XML_NOMEM : XML_ILL;
    }
    memcpy(r->ctxt->sax, &handler, sizeof handler);
    r->ctxt->userData = r;
    xmlCtxtUseOptions(r->ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    xmlParseDocument(r->ctxt);
    if (r->result == XML_OK && !r->ctxt->wellFormed)
        r->result = r->ctxt->errNo == XML_ERR_NO_MEMORY ? XML_NOMEM : XML_ILL;
    xmlFreeDoc(r->ctxt->myDoc);
    xmlFreeParserCtxt(r->ctxt);
    return r->result;
}

enum xml_result xml_read(pl_str text, enum xml_mode mode, const struct xml_events *events, void *arg, char *message,
                         size_t size)
{
    message[0] = 0;
    if (mode == XML_LOOSE)
        return xml_read_loose(text, events, arg, message, size);
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return XML_NOMEM;
    r->events = events;
    r->arg = arg;
    r->message = message;
    r->size = size;
    const enum xml_result result = read_strict(r, text);
    bytes_done(&r->values);
    free(r);
    if (result == XML_OK)
        message[0] = 0;
    return result;
}

pl_str xml_attribute(const struct xml_element *e, const char *name)
{
    const size_t n = strlen(name);

    for (size_t i = 0; i < e->n_attributes; i++) {
        const struct xml_attribute *a = &e->attribute[i];
        if (a->prefix.len == 0 && a->name.len == n && strncasecmp(a->name.ptr, name, n) == 0)
            return a->value;
    }
    return (pl_str){NULL, 0};
}
