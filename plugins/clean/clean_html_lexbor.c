/* clean_html_lexbor.c - HTML into the node array by lexbor, which builds the tree that browsers build.
 *
 * The tree is walked once and thrown away.  Between lexbor's tokenizer and its
 * tree stands on_token(): it leaves out what nobody reads (comments, scripts,
 * attributes that are not kept), which makes for half of the work, and keeps
 * what hostile pages ask for in bounds:
 *  - open elements: each tag is compared with all of them;
 *  - open formatting elements (<b>, <a>, ...): all of them are opened anew in each
 *    paragraph, with copies of their attributes;
 *  - text that grows piece by piece is copied with each piece: it is parted;
 *  - names of tags and attributes: their hash tables do not grow;
 *  - the list of errors, which is copied as it grows: it is emptied. */
#include <lexbor/dom/interfaces/text.h>
#include <lexbor/html/interfaces/document.h>
#include <lexbor/html/interfaces/template_element.h>
#include <lexbor/html/parser.h>
#include <lexbor/html/tree/insertion_mode.h>
#include <lexbor/html/tree/open_elements.h>
#include <stdlib.h>
#include <string.h>

#include "clean_html.h"
#include "clean_utf8.h"

enum {
    MAX_OPEN = CLEAN_MAX_DEPTH,
    MAX_FORMATTING = 64,
    MAX_FORMATTING_ATTR = 2048, /* bytes */
    MAX_STEERING = 8,
    MAX_NAMES = 20000,
    NAME_TABLE = 2048,
    MAX_LOOKS = 500 * 1000 * 1000, /* at open elements */
    MAX_TREE = 256 * 1024 * 1024,
    MIN_TEXT = 64 * 1024 * 1024,
    MAX_TEXT_PER_BYTE = 8,
    LONG_TEXT = 512,   /* not copied to make it longer */
    PIECE = 64 * 1024, /* of the page, between two looks at the names */
    KEPT_PAGE = 4 * 1024 * 1024, /* a longer one leaves no buffers behind */
    N_MEMO = 256
};

/* Which of lexbor's numbers is which of ours; 0 for the others (CLEAN_TEXT is no element, an attribute is one more). */
static const uint8_t tag_of[LXB_TAG__LAST_ENTRY] = {
#define X(id, name, flags) [LXB_TAG_##id] = CLEAN_##id,
    CLEAN_TAGS(X)
#undef X
};

/* Nothing is to happen where an element ends: lexbor would search all of a <select> at each <option>. */
static const lxb_html_document_open_elements_pop_f no_steps[LXB_TAG__LAST_ENTRY];

/* A name has one address in all of a page, or one small number in all of them. */
struct memo {
    uintptr_t id;
    uint8_t attr;
};

struct parse {
    lxb_html_document_t *doc;
    lxb_html_parser_t *parser;
    lxb_html_tokenizer_token_f build; /* lexbor's own taker of tokens */
    struct memo memo[N_MEMO];

    /* of one page */
    size_t max_text; /* bytes of text and attributes */
    uint64_t looks;
    bool json_ld; /* the script that is open */
    bool flat, stopped;
};

static void *sure_calloc(size_t n, size_t size)
{
    return clean_or_end(calloc(n ? n : 1, size ? size : 1));
}

static void lexbor_init(void)
{
    lexbor_memory_setup(clean_sure_malloc, clean_sure_realloc, sure_calloc, free);
}

static enum clean_tag tag_by_id(uintptr_t id)
{
    return id < LXB_TAG__LAST_ENTRY && tag_of[id] ? (enum clean_tag)tag_of[id] : CLEAN_OTHER;
}

/* Which attribute has that number on this page; CLEAN_N_ATTRS for one that is not kept. */
static enum clean_attr attr_by_id(struct parse *p, uintptr_t id)
{
    struct memo *m = &p->memo[(id < LXB_DOM_ATTR__LAST_ENTRY ? id : id >> 4) % N_MEMO];
    if (m->id != id) {
        const lxb_dom_attr_data_t *data = lxb_dom_attr_data_by_id(p->doc->dom_document.attrs, id);
        pl_str name = {(const char *)lexbor_hash_entry_str(&data->entry), data->entry.length};
        *m = (struct memo){id, (uint8_t)clean_attr_of(name)};
    }
    return (enum clean_attr)m->attr;
}

/* ---- between tokenizer and tree */

/* Does the tree look at it, though it is not kept? */
static bool steers_tree(const lxb_html_token_t *t, uintptr_t attr)
{
    return attr == LXB_DOM_ATTR_COLOR || attr == LXB_DOM_ATTR_FACE || attr == LXB_DOM_ATTR_SIZE
               ? t->tag_id == LXB_TAG_FONT
               : t->tag_id == LXB_TAG_ANNOTATION_XML;
}

/* Attributes that are not kept, and repeated ones, never reach the tree. */
static void drop_attrs(struct parse *p, lxb_html_tokenizer_t *tkz, lxb_html_token_t *t)
{
    uint32_t seen = 0;
    int steering = 0;
    _Static_assert(CLEAN_N_ATTRS < 32, "a bit for each");
    for (lxb_html_token_attr_t *a = t->attr_first, *next; a; a = next) {
        next = a->next;
        enum clean_attr attr = attr_by_id(p, a->name->attr_id);
        uint32_t bit = UINT32_C(1) << attr;
        bool keep = attr != CLEAN_N_ATTRS ? !(seen & bit)
                                          : steers_tree(t, a->name->attr_id) && steering++ < MAX_STEERING;
        if (!keep)
            lxb_html_token_attr_delete(t, a, tkz->dobj_token_attr);
        seen |= bit;
    }
}

static bool is_formatting(lxb_tag_id_t tag)
{
    switch (tag) {
    case LXB_TAG_A:
    case LXB_TAG_B:
    case LXB_TAG_BIG:
    case LXB_TAG_CODE:
    case LXB_TAG_EM:
    case LXB_TAG_FONT:
    case LXB_TAG_I:
    case LXB_TAG_NOBR:
    case LXB_TAG_S:
    case LXB_TAG_SMALL:
    case LXB_TAG_STRIKE:
    case LXB_TAG_STRONG:
    case LXB_TAG_TT:
    case LXB_TAG_U:
        return true;
    default:
        return false;
    }
}

/* Elements whose content is text whatever it looks like; their tags must not be lost. */
static bool is_raw(lxb_tag_id_t tag)
{
    switch (tag) {
    case LXB_TAG_IFRAME:
    case LXB_TAG_NOEMBED:
    case LXB_TAG_NOFRAMES:
    case LXB_TAG_NOSCRIPT:
    case LXB_TAG_PLAINTEXT:
    case LXB_TAG_SCRIPT:
    case LXB_TAG_STYLE:
    case LXB_TAG_TEXTAREA:
    case LXB_TAG_TITLE:
    case LXB_TAG_XMP:
        return true;
    default:
        return false;
    }
}

static bool is_json_ld(const lxb_html_token_t *t)
{
    for (const lxb_html_token_attr_t *a = t->attr_first; a; a = a->next)
        if (a->name->attr_id == LXB_DOM_ATTR_TYPE) {
            pl_str value = {(const char *)a->value, a->value_size};
            return clean_find_nocase(value, PL_S("ld+json")) < value.len;
        }
    return false;
}

static void cut_value(lxb_html_token_attr_t *a)
{
    if (a->value_size <= MAX_FORMATTING_ATTR)
        return;
    a->value_size = MAX_FORMATTING_ATTR;
    while (a->value_size && (a->value[a->value_size] & 0xC0) == 0x80)
        a->value_size--;
}

/* A start tag; false when the tree is not to see it. */
static bool take_start(struct parse *p, lxb_html_tokenizer_t *tkz, lxb_html_token_t *t)
{
    const lxb_html_tree_t *tree = p->parser->tree;
    if (t->attr_first)
        drop_attrs(p, tkz, t);
    if (t->tag_id == LXB_TAG_SCRIPT)
        p->json_ld = is_json_ld(t);
    if (is_formatting(t->tag_id)) {
        if (tree->active_formatting->length >= MAX_FORMATTING)
            return false;
        for (lxb_html_token_attr_t *a = t->attr_first; a; a = a->next)
            cut_value(a);
    }
    if (tree->open_elements->length < MAX_OPEN || is_raw(t->tag_id) || clean_tag_is_void(tag_by_id(t->tag_id)))
        return true;
    p->flat = true;
    if (!clean_tag_is_block(tag_by_id(t->tag_id)))
        return false;
    while (t->attr_first)
        lxb_html_token_attr_delete(t, t->attr_first, tkz->dobj_token_attr);
    t->tag_id = LXB_TAG_BR; /* words on both sides of it stay apart */
    return true;
}

static void part(lxb_html_tree_t *tree, lxb_dom_node_t *last, lxb_dom_node_t *parent, lxb_dom_node_t *before)
{
    if (!last || last->local_name != LXB_TAG__TEXT || lxb_dom_interface_text(last)->char_data.data.length < LONG_TEXT)
        return;
    lxb_dom_node_t *comment = lxb_html_tree_create_node(tree, LXB_TAG__EM_COMMENT, LXB_NS_HTML);
    if (!comment)
        return;
    if (before)
        lxb_dom_node_insert_before_wo_events(before, comment);
    else
        lxb_dom_node_insert_child_wo_events(parent, comment);
}

/* Has the text that would grow by the next characters end here, where it is long. */
static void part_long_text(lxb_html_tree_t *tree)
{
    lxb_dom_node_t *at = lxb_html_tree_current_node(tree);
    if (!at || at->ns != LXB_NS_HTML) {
        if (at)
            part(tree, at->last_child, at, NULL);
        return;
    }
    switch (at->local_name) {
    case LXB_TAG_TABLE:
    case LXB_TAG_TBODY:
    case LXB_TAG_TFOOT:
    case LXB_TAG_THEAD:
    case LXB_TAG_TR:
        at = lxb_html_tree_open_elements_find_reverse(tree, LXB_TAG_TABLE, LXB_NS_HTML, NULL);
        if (at && at->parent) /* text goes before the table */
            part(tree, at->prev, NULL, at);
        return;
    case LXB_TAG_TEMPLATE:
        at = lxb_dom_interface_node(lxb_html_interface_template(at)->content);
        break;
    default:
        break;
    }
    part(tree, at->last_child, at, NULL);
}

/* Characters; false when the tree is not to see them. */
static bool take_text(struct parse *p)
{
    lxb_html_tree_t *tree = p->parser->tree;
    if (tree->mode == lxb_html_tree_insertion_mode_text) {
        const lxb_dom_node_t *in = lxb_html_tree_current_node(tree);
        enum clean_tag tag = in && in->ns == LXB_NS_HTML ? tag_by_id(in->local_name) : CLEAN_OTHER;
        if (clean_tag_is_dropped(tag) && !(tag == CLEAN_SCRIPT && p->json_ld))
            return false;
    }
    part_long_text(tree);
    return true;
}

static bool is_over(struct parse *p)
{
    const lxb_dom_document_t *d = &p->doc->dom_document;
    const lxb_html_tree_t *tree = p->parser->tree;
    p->looks += tree->open_elements->length + tree->active_formatting->length;
    return p->looks > MAX_LOOKS || d->mraw->mem->chunk_length > MAX_TREE / d->mraw->mem->chunk_min_size ||
           d->text->mem->chunk_length > p->max_text / d->text->mem->chunk_min_size;
}

static lxb_html_token_t *on_token(lxb_html_tokenizer_t *tkz, lxb_html_token_t *t, void *user)
{
    struct parse *p = user;
    bool wanted = true;

    if (t->tag_id == LXB_TAG__TEXT)
        wanted = take_text(p);
    else if (t->tag_id == LXB_TAG__EM_COMMENT || t->tag_id == LXB_TAG__PROCESSINGINSTRUCTION)
        /* there they part pieces of text */
        wanted = p->parser->tree->mode == lxb_html_tree_insertion_mode_in_table_text;
    else if (t->tag_id > LXB_TAG__EM_DOCTYPE && !(t->type & LXB_HTML_TOKEN_TYPE_CLOSE))
        wanted = take_start(p, tkz, t);
    if (wanted && is_over(p)) {
        p->stopped = true;
        tkz->status = LXB_STATUS_STOPPED;
        return NULL;
    }
    lexbor_array_obj_clean(tkz->parse_errors);
    lexbor_array_obj_clean(p->parser->tree->parse_errors);
    lxb_html_token_t *next = wanted ? p->build(tkz, t, p->parser->tree) : t;
    while (next && next->attr_first) /* for the next tag */
        lxb_html_token_attr_delete(next, next->attr_first, tkz->dobj_token_attr);
    return next;
}

/* ---- from the tree to the array */

static pl_str value_of(const lxb_dom_attr_t *a)
{
    return a->value && a->value->length ? (pl_str){(const char *)a->value->data, a->value->length} : PL_S("");
}

static bool is_read(const lxb_dom_node_t *n, enum clean_tag tag)
{
    if (!clean_tag_is_dropped(tag))
        return true;
    if (tag != CLEAN_SCRIPT)
        return false;
    for (const lxb_dom_attr_t *a = lxb_dom_interface_element(n)->first_attr; a; a = a->next)
        if (a->node.local_name == LXB_DOM_ATTR_TYPE) {
            pl_str value = value_of(a);
            return clean_find_nocase(value, PL_S("ld+json")) < value.len;
        }
    return false;
}

/* Adds the element; true when its children are to be walked, and the element left afterwards. */
static bool add_element(struct parse *p, struct clean_dom *d, lxb_dom_node_t *n, enum clean_tag tag)
{
    bool open = clean_dom_enter(d, tag);
    for (const lxb_dom_attr_t *a = lxb_dom_interface_element(n)->first_attr; a; a = a->next) {
        enum clean_attr attr = attr_by_id(p, a->node.local_name);
        if (attr != CLEAN_N_ATTRS)
            clean_dom_set(d, attr, value_of(a));
    }
    return open;
}

/* The elements in which the walk is stand in the array as open ones, but for the last `flat`: too deep, or void. */
static void fill(struct parse *p, struct clean_dom *d)
{
    const lxb_dom_node_t *root = &p->doc->dom_document.node;
    lxb_dom_node_t *n = root->first_child;
    size_t flat = 0;
    while (n && !clean_dom_full(d)) {
        lxb_dom_node_t *below = NULL;
        if (n->type == LXB_DOM_NODE_TYPE_TEXT) {
            const lexbor_str_t *s = &lxb_dom_interface_text(n)->char_data.data;
            clean_dom_text(d, (pl_str){(const char *)s->data, s->length});
        } else if (n->type == LXB_DOM_NODE_TYPE_ELEMENT) {
            enum clean_tag tag = tag_by_id(n->local_name);
            if (is_read(n, tag)) {
                below = n->first_child;
                if (add_element(p, d, n, tag)) {
                    if (!below)
                        clean_dom_leave(d);
                } else if (below) {
                    flat++;
                }
            } else {
                clean_dom_mark(d, tag);
            }
        }
        if (below) {
            n = below;
            continue;
        }
        while (n != root && !n->next) {
            n = n->parent;
            if (n != root) {
                if (flat)
                    flat--;
                else
                    clean_dom_leave(d);
            }
        }
        n = n == root ? NULL : n->next;
    }
}

/* ---- the parser */

static void lexbor_close(void *state)
{
    struct parse *p = state;
    lxb_html_document_destroy(p->doc); /* and its parser */
    free(p);
}

/* Of names: lexbor's own table is a small one, and each page fills it anew. */
static void widen(lexbor_hash_t *h)
{
    const size_t entry_size = h->struct_size;
    lexbor_hash_destroy(h, false);
    lexbor_hash_init(h, NAME_TABLE, entry_size);
}

static void make_document(struct parse *p)
{
    p->doc = lxb_html_document_create();
    widen(p->doc->dom_document.tags);
    widen(p->doc->dom_document.attrs);
    p->doc->open_pop = no_steps;
    lxb_html_document_dom_opt_set(p->doc, LXB_DOM_DOCUMENT_OPT_WO_EVENTS);
    lxb_html_document_scripting_set(p->doc, true); /* <noscript> is text */
    p->parser = lxb_html_parser_create();
    lxb_html_parser_init(p->parser);
    p->doc->dom_document.parser = p->parser;
    p->build = p->parser->tkz->callback_token_done;
    lxb_html_tokenizer_callback_token_done_set(p->parser->tkz, on_token, p);
}

static void *lexbor_open(void)
{
    struct parse *p = calloc(1, sizeof *p);
    if (p)
        make_document(p);
    return p;
}

static bool has_many_names(const struct parse *p)
{
    const lxb_dom_document_t *d = &p->doc->dom_document;
    return lexbor_dobject_allocated(d->tags->entries) + lexbor_dobject_allocated(d->attrs->entries) > MAX_NAMES;
}

static void build(struct parse *p, pl_str html)
{
    lxb_status_t rc = lxb_html_document_parse_chunk_begin(p->doc);
    for (size_t at = 0; rc == LXB_STATUS_OK && at < html.len && !p->stopped; at += PIECE) {
        size_t len = html.len - at < PIECE ? html.len - at : PIECE;
        rc = lxb_html_document_parse_chunk(p->doc, (const lxb_char_t *)html.ptr + at, len);
        p->stopped |= has_many_names(p);
        lexbor_array_obj_clean(p->parser->tkz->parse_errors);
    }
    if (rc == LXB_STATUS_OK && !p->stopped)
        rc = lxb_html_document_parse_chunk_end(p->doc);
    p->stopped |= rc != LXB_STATUS_OK;
}

static int lexbor_parse(void *state, struct clean_dom *d, pl_str html)
{
    struct parse *p = state;
    memset(p->memo, 0, sizeof p->memo);
    p->max_text = MIN_TEXT + html.len * MAX_TEXT_PER_BYTE;
    p->looks = 0;
    p->json_ld = p->flat = p->stopped = false;

    build(p, html);
    fill(p, d);
    d->truncated |= p->flat | p->stopped;
    if (html.len > KEPT_PAGE) {
        lxb_html_document_destroy(p->doc);
        make_document(p);
    } else {
        lxb_html_document_clean(p->doc);
        lxb_html_parser_clean(p->parser);
    }
    return 0;
}

const struct clean_parser clean_lexbor = {"lexbor", lexbor_init, lexbor_open, lexbor_parse, lexbor_close};
