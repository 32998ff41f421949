/* fetch_xml_loose.c - whatever looks like markup, as the events of XML.
 *
 * One pass, in time that is linear whatever the input: what a search did not
 * find once is not searched for again. */
#include "fetch_xml_loose.h"

#include <stdlib.h>

#include "fetch_char.h"
#include "fetch_entity.h"

enum { MAX_BINDINGS = 256 };

struct open {
    pl_str prefix, name; /* views of the text */
    unsigned n_bindings; /* before it */
};

struct binding {
    pl_str prefix;
    size_t at, len; /* its URI, in `names` */
};

struct loose {
    const struct xml_events *events;
    void *arg;
    const char *at, *end, *begin;
    bool no_comment_end, no_cdata_end; /* searched for, and not found in what is left */
    unsigned depth, n_bindings, n_nodes, n_attributes;
    struct open open[XML_MAX_DEPTH];
    struct binding binding[MAX_BINDINGS];
    struct bytes names;  /* namespaces' URIs, as far as they are bound */
    struct bytes values; /* the attributes' of one element */
    struct bytes text;
    struct xml_attribute attribute[XML_MAX_ATTRIBUTES];
    char *message;
    size_t size;
};

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool ends_name(char c)
{
    return is_space(c) || c == '>' || c == '/' || c == '<' || c == '=' || c == '"' || c == '\'';
}

static bool same(pl_str a, pl_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

static bool is(pl_str a, const char *b)
{
    return same(a, (pl_str){b, strlen(b)});
}

static bool starts(const struct loose *l, const char *word)
{
    const size_t n = strlen(word);

    return (size_t)(l->end - l->at) >= n && is((pl_str){l->at, n}, word);
}

/* Where `word` comes next; the end, and *never for good, where it does not. */
static const char *find(const struct loose *l, const char *from, const char *word, bool *never)
{
    const char *found = *never || from > l->end ? NULL : memmem(from, (size_t)(l->end - from), word, strlen(word));

    *never = !found;
    return found ? found : l->end;
}

static enum xml_result refuse(struct loose *l, const char *what)
{
    int line = 1;

    for (const char *p = l->begin; p < l->at; p++)
        line += *p == '\n';
    snprintf(l->message, l->size, "line %d: %s", line, what);
    return XML_REFUSED;
}

static enum xml_result result_of(int rc)
{
    return rc == PL_OK ? XML_OK : rc == PL_NOMEM ? XML_NOMEM : XML_STOPPED;
}

/* ---- text ---- */

static enum xml_result tell_text(struct loose *l, pl_str text, bool cdata)
{
    if (!text.len || !l->depth)
        return XML_OK;
    if (!cdata && memchr(text.ptr, '&', text.len)) {
        l->text.len = 0;
        if (references_undo(text, &l->text) != PL_OK)
            return XML_NOMEM;
        text = (pl_str){(const char *)l->text.at, l->text.len};
    }
    return result_of(l->events->text(l->arg, text, cdata));
}

/* Up to the next '<' that may begin something; one that does not is text. */
static enum xml_result read_text(struct loose *l)
{
    const char *from = l->at;

    while (l->at < l->end) {
        const char *lt = memchr(l->at, '<', (size_t)(l->end - l->at));
        l->at = lt ? lt : l->end;
        if (!lt || lt + 1 == l->end)
            l->at = l->end;
        else if (begins_name(lt[1]) || lt[1] == '/' || lt[1] == '!' || lt[1] == '?')
            break;
        else
            l->at = lt + 1;
    }
    return tell_text(l, (pl_str){from, (size_t)(l->at - from)}, false);
}

/* ---- elements ---- */

static void split(pl_str whole, pl_str *prefix, pl_str *name)
{
    const char *colon = whole.len ? memchr(whole.ptr, ':', whole.len) : NULL;

    *prefix = (pl_str){whole.ptr, colon ? (size_t)(colon - whole.ptr) : 0};
    *name = colon ? (pl_str){colon + 1, whole.len - prefix->len - 1} : whole;
}

static pl_str take_name(struct loose *l)
{
    const char *from = l->at;

    while (l->at < l->end && !ends_name(*l->at))
        l->at++;
    return (pl_str){from, (size_t)(l->at - from)};
}

static void skip_spaces(struct loose *l)
{
    while (l->at < l->end && is_space(*l->at))
        l->at++;
}

/* A quote that nothing closes before the next tag ends at the next space. */
static pl_str take_value(struct loose *l)
{
    const char quote = l->at < l->end && (*l->at == '"' || *l->at == '\'') ? *l->at : 0;
    const char *from = l->at + (quote != 0), *to = from;

    if (quote) {
        while (to < l->end && *to != quote && *to != '<')
            to++;
        if (to < l->end && *to == quote) {
            l->at = to + 1;
            return (pl_str){from, (size_t)(to - from)};
        }
    }
    for (to = from; to < l->end && !is_space(*to) && *to != '>' && *to != '<';)
        to++;
    l->at = to;
    return (pl_str){from, (size_t)(to - from)};
}

static pl_str find_namespace(const struct loose *l, pl_str prefix)
{
    if (is(prefix, "xml"))
        return PL_S("http://www.w3.org/XML/1998/namespace");
    for (unsigned i = l->n_bindings; i-- > 0;) {
        const struct binding *b = &l->binding[i];
        if (same(b->prefix, prefix) && b->len == 0)
            break;
        if (same(b->prefix, prefix))
            return (pl_str){(const char *)l->names.at + b->at, b->len};
    }
    return (pl_str){"", 0};
}

static int bind_prefix(struct loose *l, pl_str prefix, pl_str uri)
{
    if (l->n_bindings == MAX_BINDINGS || uri.len > XML_MAX_NAME)
        return PL_OK;
    struct binding *b = &l->binding[l->n_bindings];
    *b = (struct binding){.prefix = prefix, .at = l->names.len};
    if (references_undo(uri, &l->names) != PL_OK)
        return PL_NOMEM;
    b->len = l->names.len - b->at;
    l->n_bindings++;
    return PL_OK;
}

static int add_attribute(struct loose *l, pl_str whole, pl_str value)
{
    pl_str prefix, name;

    split(whole, &prefix, &name);
    if (is(prefix, "xmlns"))
        return bind_prefix(l, name, value);
    if (is(whole, "xmlns"))
        return bind_prefix(l, (pl_str){"", 0}, value);
    if (l->n_attributes < XML_MAX_ATTRIBUTES)
        l->attribute[l->n_attributes++] = (struct xml_attribute){.prefix = prefix, .name = name, .value = value};
    return PL_OK;
}

/* Up to and with '>', or up to a '<'; *empty where it closes itself. */
static int take_attributes(struct loose *l, bool *empty)
{
    int rc = PL_OK;

    *empty = false;
    l->n_attributes = 0;
    while (rc == PL_OK) {
        skip_spaces(l);
        if (l->at == l->end || *l->at == '<')
            break;
        if (*l->at == '>') {
            l->at++;
            break;
        }
        *empty = *l->at == '/';
        const pl_str name = take_name(l);
        if (!name.len) {
            l->at++;
            continue;
        }
        skip_spaces(l);
        pl_str value = {"", 0};
        if (l->at < l->end && *l->at == '=') {
            l->at++;
            skip_spaces(l);
            value = take_value(l);
        }
        rc = add_attribute(l, name, value);
    }
    return rc;
}

/* References in values undone, prefixes looked up: all of an element's declarations are known now. */
static int finish_attributes(struct loose *l)
{
    size_t total = 1;

    for (unsigned i = 0; i < l->n_attributes; i++)
        total += l->attribute[i].value.len;
    l->values.len = 0;
    if (bytes_reserve(&l->values, total) != PL_OK)
        return PL_NOMEM;
    for (unsigned i = 0; i < l->n_attributes; i++) {
        struct xml_attribute *a = &l->attribute[i];
        const size_t from = l->values.len;
        if (a->prefix.len)
            a->ns = find_namespace(l, a->prefix);
        if (!a->value.len || !memchr(a->value.ptr, '&', a->value.len))
            continue;
        if (references_undo(a->value, &l->values) != PL_OK)
            return PL_NOMEM;
        a->value = (pl_str){(const char *)l->values.at + from, l->values.len - from};
    }
    return PL_OK;
}

/* Elements of HTML that have no end. */
static bool is_void(pl_str prefix, pl_str name)
{
    static const char *const names[] = {"br", "img", "hr", "wbr", "input", "meta"};

    for (size_t i = 0; prefix.len == 0 && i < sizeof names / sizeof *names; i++) {
        if (is(name, names[i]))
            return true;
    }
    return false;
}

static void unbind(struct loose *l, unsigned n)
{
    if (n < l->n_bindings)
        l->names.len = l->binding[n].at;
    l->n_bindings = n;
}

static enum xml_result close_top(struct loose *l)
{
    const struct open *o = &l->open[--l->depth];
    const struct xml_element e = {.prefix = o->prefix, .name = o->name, .ns = find_namespace(l, o->prefix)};
    const enum xml_result result = result_of(l->events->end(l->arg, &e));

    unbind(l, o->n_bindings);
    return result;
}

static enum xml_result read_start(struct loose *l)
{
    struct xml_element e = {.attribute = l->attribute};
    const unsigned n_bindings = l->n_bindings;
    bool empty;

    l->at++;
    const pl_str whole = take_name(l);
    split(whole, &e.prefix, &e.name);
    if (take_attributes(l, &empty) != PL_OK || finish_attributes(l) != PL_OK)
        return XML_NOMEM;
    l->n_nodes += 1 + l->n_attributes;
    if (l->n_nodes > XML_MAX_NODES)
        return refuse(l, "more than 4,000,000 elements and attributes");
    if (l->depth == XML_MAX_DEPTH) {
        unbind(l, n_bindings);
        return XML_OK;
    }
    e.ns = find_namespace(l, e.prefix);
    e.n_attributes = l->n_attributes;
    l->open[l->depth++] = (struct open){.prefix = e.prefix, .name = e.name, .n_bindings = n_bindings};
    enum xml_result result = result_of(l->events->start(l->arg, &e));
    if (result == XML_OK && (empty || is_void(e.prefix, e.name)))
        result = close_top(l);
    return result;
}

static enum xml_result read_end(struct loose *l)
{
    enum xml_result result = XML_OK;
    pl_str prefix, name;

    l->at += 2;
    split(take_name(l), &prefix, &name);
    while (l->at < l->end && *l->at != '>' && *l->at != '<')
        l->at++;
    l->at += l->at < l->end && *l->at == '>';
    unsigned i = l->depth;
    while (i > 0 && !(same(l->open[i - 1].name, name) && same(l->open[i - 1].prefix, prefix)))
        i--;
    while (result == XML_OK && i > 0 && l->depth >= i)
        result = close_top(l);
    return result;
}

/* ---- what else begins with '<' ---- */

static const struct {
    const char *public_id, *system_id;
} known[] = {
    {"-//Netscape Communications//DTD RSS 0.91//EN", "http://my.netscape.com/publish/formats/rss-0.91.dtd"},
    {"-//Netscape Communications Corp.//DTD RSS 0.91//EN", "http://www.rssboard.org/rss-0.91.dtd"},
};

bool xml_doctype_allowed(pl_str public_id, pl_str system_id)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (is(public_id, known[i].public_id) || (!public_id.len && is(system_id, known[i].system_id)))
            return true;
    }
    return false;
}

/* `<!DOCTYPE rss PUBLIC "..." "...">`: the first quoted text decides, as XML has it. */
static bool is_known_doctype(pl_str declaration)
{
    const char *quote = memchr(declaration.ptr, '"', declaration.len);
    const char *end = declaration.ptr + declaration.len;
    const char *close = quote ? memchr(quote + 1, '"', (size_t)(end - quote - 1)) : NULL;

    if (!close || memchr(declaration.ptr, '[', declaration.len))
        return false;
    const pl_str id = {quote + 1, (size_t)(close - quote - 1)};
    return xml_doctype_allowed(id, (pl_str){"", 0}) || xml_doctype_allowed((pl_str){"", 0}, id);
}

static enum xml_result read_declaration(struct loose *l)
{
    const char *from = l->at;

    if (starts(l, "<!--")) {
        /* one that nothing closes is no comment, or a stray "<!--" would take the rest away */
        const char *to = find(l, l->at + 4, "-->", &l->no_comment_end);
        l->at = to < l->end ? to + 3 : l->at + 4;
        return XML_OK;
    }
    if (starts(l, "<![CDATA[")) {
        const char *to = find(l, l->at + 9, "]]>", &l->no_cdata_end);
        l->at = to < l->end ? to + 3 : l->end;
        return tell_text(l, (pl_str){from + 9, (size_t)(to - from - 9)}, true);
    }
    const char *gt = memchr(l->at, '>', (size_t)(l->end - l->at));
    const char *to = gt ? gt : l->end;
    if (!l->depth && starts(l, "<!DOCTYPE") && !is_known_doctype((pl_str){from, (size_t)(to - from)}))
        return refuse(l, XML_DOCTYPE_REFUSED);
    l->at = gt ? gt + 1 : l->end;
    return XML_OK;
}

static enum xml_result read_instruction(struct loose *l)
{
    const char *gt = memchr(l->at, '>', (size_t)(l->end - l->at));

    l->at = gt ? gt + 1 : l->end;
    return XML_OK;
}

static enum xml_result read_all(struct loose *l)
{
    enum xml_result result = XML_OK;

    while (result == XML_OK && l->at < l->end) {
        if (*l->at != '<' || l->end - l->at < 2)
            result = read_text(l);
        else if (begins_name(l->at[1]))
            result = read_start(l);
        else if (l->at[1] == '/')
            result = read_end(l);
        else if (l->at[1] == '!')
            result = read_declaration(l);
        else if (l->at[1] == '?')
            result = read_instruction(l);
        else
            result = read_text(l);
    }
    while (result == XML_OK && l->depth)
        result = close_top(l);
    return result;
}

enum xml_result xml_read_loose(pl_str text, const struct xml_events *events, void *arg, char *message, size_t size)
{
    if (text.len > XML_MAX_BYTES) {
        snprintf(message, size, "more than %d bytes", XML_MAX_BYTES);
        return XML_REFUSED;
    }
    struct loose *l = calloc(1, sizeof *l);
    if (!l)
        return XML_NOMEM;
    l->events = events;
    l->arg = arg;
    l->begin = l->at = text.ptr;
    l->end = text.ptr + text.len;
    l->message = message;
    l->size = size;
    const enum xml_result result = read_all(l);
    bytes_done(&l->names);
    bytes_done(&l->values);
    bytes_done(&l->text);
    free(l);
    return result;
}
