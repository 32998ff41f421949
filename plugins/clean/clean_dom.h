/* clean_dom.h - a web page as a flat array of nodes, filled by whatever parser there is.
 *
 * The parser calls clean_dom_open/attr/text/close as it meets tags; everything
 * after it reads the array.  Nodes stand in page order, a parent before its
 * children; the nodes below node i are [i + 1, nodes[i].end).  Only what the
 * extraction looks at is kept: attributes of the list below, no comments, and
 * nothing of what is never shown (scripts but JSON-LD, styles, drawings, forms'
 * choices). */
#ifndef CLEAN_DOM_H
#define CLEAN_DOM_H

#include <stdbool.h>
#include <stdint.h>

#include "clean_mem.h"
#include "pressline.h"

/* Sorted by name: clean_tag_of() searches by halving.  BLOCK ends a run of
 * text; DROP is left out with all that is in it, but for a node without
 * attributes where it is MARK too; VOID has nothing in it. */
/* clang-format off */
#define CLEAN_TAGS(X) \
    X(A, "a", 0) X(ABBR, "abbr", 0) X(ADDRESS, "address", BLOCK) X(APPLET, "applet", DROP) X(AREA, "area", VOID) \
    X(ARTICLE, "article", BLOCK) X(ASIDE, "aside", BLOCK) X(AUDIO, "audio", DROP | MARK) X(B, "b", 0) X(BASE, "base", VOID) \
    X(BLOCKQUOTE, "blockquote", BLOCK) X(BODY, "body", BLOCK) X(BR, "br", VOID) X(BUTTON, "button", BLOCK) \
    X(CANVAS, "canvas", DROP) X(CAPTION, "caption", BLOCK) X(CENTER, "center", BLOCK) X(CODE, "code", 0) X(COL, "col", VOID) \
    X(DATALIST, "datalist", DROP) X(DD, "dd", BLOCK) X(DETAILS, "details", BLOCK) X(DIALOG, "dialog", BLOCK) \
    X(DIV, "div", BLOCK) X(DL, "dl", BLOCK) X(DT, "dt", BLOCK) X(EM, "em", 0) X(EMBED, "embed", VOID) \
    X(FIELDSET, "fieldset", BLOCK) X(FIGCAPTION, "figcaption", BLOCK) X(FIGURE, "figure", BLOCK) \
    X(FOOTER, "footer", BLOCK) X(FORM, "form", BLOCK) X(H1, "h1", BLOCK) X(H2, "h2", BLOCK) X(H3, "h3", BLOCK) \
    X(H4, "h4", BLOCK) X(H5, "h5", BLOCK) X(H6, "h6", BLOCK) X(HEAD, "head", 0) X(HEADER, "header", BLOCK) \
    X(HGROUP, "hgroup", BLOCK) X(HR, "hr", BLOCK | VOID) X(HTML, "html", BLOCK) X(I, "i", 0) \
    X(IFRAME, "iframe", DROP | MARK) X(IMG, "img", VOID) X(INPUT, "input", VOID) X(KEYGEN, "keygen", VOID) \
    X(LEGEND, "legend", BLOCK) X(LI, "li", BLOCK) X(LINK, "link", VOID) X(MAIN, "main", BLOCK) X(MAP, "map", DROP) \
    X(MATH, "math", DROP) X(MENU, "menu", BLOCK) X(META, "meta", VOID) X(NAV, "nav", BLOCK) \
    X(NOSCRIPT, "noscript", DROP) X(OBJECT, "object", DROP | MARK) X(OL, "ol", BLOCK) X(OPTION, "option", DROP) \
    X(P, "p", BLOCK) X(PARAM, "param", VOID) X(PRE, "pre", BLOCK) X(SCRIPT, "script", DROP) \
    X(SEARCH, "search", BLOCK) X(SECTION, "section", BLOCK) X(SELECT, "select", DROP) X(SOURCE, "source", VOID) \
    X(SPAN, "span", 0) X(STRONG, "strong", 0) X(STYLE, "style", DROP) X(SUMMARY, "summary", BLOCK) \
    X(SVG, "svg", DROP) X(TABLE, "table", BLOCK) X(TBODY, "tbody", BLOCK) X(TD, "td", BLOCK) \
    X(TEMPLATE, "template", DROP) X(TEXTAREA, "textarea", DROP) X(TFOOT, "tfoot", BLOCK) X(TH, "th", BLOCK) \
    X(THEAD, "thead", BLOCK) X(TIME, "time", 0) X(TITLE, "title", 0) X(TR, "tr", BLOCK) X(TRACK, "track", VOID) \
    X(UL, "ul", BLOCK) X(VIDEO, "video", DROP | MARK) X(WBR, "wbr", VOID)
/* clang-format on */

enum clean_tag {
    CLEAN_TEXT,  /* a run of characters */
    CLEAN_OTHER, /* an element not in the list: inline */
#define X(id, name, flags) CLEAN_##id,
    CLEAN_TAGS(X)
#undef X
        CLEAN_N_TAGS
};

/* The attributes that are kept, sorted by name. */
/* clang-format off */
#define CLEAN_ATTRS(X) \
    X(ARIA_HIDDEN, "aria-hidden") X(CLASS, "class") X(CONTENT, "content") X(DATA_COMPONENT, "data-component") \
    X(DATA_TESTID, "data-testid") X(DATETIME, "datetime") X(HIDDEN, "hidden") X(HREF, "href") \
    X(HTTP_EQUIV, "http-equiv") X(ID, "id") X(ITEMPROP, "itemprop") X(LANG, "lang") X(NAME, "name") \
    X(PROPERTY, "property") X(REL, "rel") X(ROLE, "role") X(START, "start") X(STYLE, "style") X(TITLE, "title") X(TYPE, "type")
/* clang-format on */

enum clean_attr {
#define X(id, name) CLEAN_ATTR_##id,
    CLEAN_ATTRS(X)
#undef X
        CLEAN_N_ATTRS
};

struct clean_node {
    uint8_t tag;     /* enum clean_tag */
    uint16_t depth;  /* of the root 0 */
    uint32_t parent; /* the root is its own */
    uint32_t end;    /* one past the last node below it */
    uint32_t first;  /* an element's attributes, or where a run of characters begins */
    uint32_t n;      /* how many of them */
};

struct clean_dom_attr {
    uint32_t name; /* enum clean_attr */
    uint32_t at, len;
};

enum { CLEAN_MAX_DEPTH = 512, CLEAN_MAX_NODES = 1000000, CLEAN_MAX_ATTR = 64 * 1024 };

/* Node 0 is the page itself, an element of tag CLEAN_OTHER. */
struct clean_dom {
    struct clean_arena *arena;
    struct clean_node *nodes;
    struct clean_dom_attr *attrs;
    char *chars; /* the text of nodes and attributes */
    size_t n_nodes, n_attrs, n_chars;
    bool truncated; /* a limit was met: what follows is not here */

    /* for the parser's calls only */
    size_t cap_nodes, cap_attrs, cap_chars;
    uint32_t open[CLEAN_MAX_DEPTH + 1];
    uint32_t n_open;
    uint32_t skip_tag, skip_depth; /* inside a dropped element: which, and how many of its kind are open */
};

/* CLEAN_OTHER for a name that is not in the list; ASCII letters without case. */
enum clean_tag clean_tag_of(pl_str name);
/* CLEAN_N_ATTRS for one that is not kept. */
enum clean_attr clean_attr_of(pl_str name);
bool clean_tag_is_block(unsigned tag);
bool clean_tag_is_void(unsigned tag);
bool clean_tag_is_dropped(unsigned tag);

/* An empty page; false when there is no memory.  Its memory is the arena's. */
bool clean_dom_init(struct clean_dom *d, struct clean_arena *a);

/* ---- for the parser ---- */
/* An element begins.  True when it is kept: then clean_dom_attr() adds to it
 * until the next call of another kind.  A script is kept if `json_ld`. */
bool clean_dom_open(struct clean_dom *d, pl_str name, bool json_ld);
void clean_dom_attr(struct clean_dom *d, pl_str name, pl_str value);
void clean_dom_text(struct clean_dom *d, pl_str text);
/* The innermost open element of that name ends, and all within it. */
void clean_dom_close(struct clean_dom *d, pl_str name);
/* For a parser that knows tags and attributes by number and how elements are
 * nested: clean_dom_enter() begins an element that is not to be dropped. True
 * when it is open now, until clean_dom_leave(). Otherwise it has nothing in it,
 * or the page is nested too deeply: what is below it stands behind it then. */
bool clean_dom_enter(struct clean_dom *d, enum clean_tag tag);
void clean_dom_set(struct clean_dom *d, enum clean_attr name, pl_str value);
void clean_dom_leave(struct clean_dom *d);
/* An element of this tag is left out: those that are media leave an empty node. */
void clean_dom_mark(struct clean_dom *d, enum clean_tag tag);
/* All that is open ends.  False when memory ran out. */
bool clean_dom_finish(struct clean_dom *d);
/* Is there no point in going on (a limit or memory)? */
static inline bool clean_dom_full(const struct clean_dom *d)
{
    return d->truncated || d->arena->failed;
}

/* ---- for the readers ---- */
static inline pl_str clean_dom_str(const struct clean_dom *d, const struct clean_node *text)
{
    return (pl_str){d->chars + text->first, text->n};
}
/* An attribute's value, {NULL, 0} when the element has none. */
pl_str clean_dom_get(const struct clean_dom *d, uint32_t node, enum clean_attr name);
/* The characters below a node, one run after another. */
pl_str clean_dom_inner(const struct clean_dom *d, uint32_t node, struct clean_arena *a);

#endif
