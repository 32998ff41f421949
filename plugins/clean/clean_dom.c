/* clean_dom.c - a web page as a flat array of nodes. */
#include "clean_dom.h"

#include <assert.h>

#include "clean_utf8.h"

enum { BLOCK = 1, DROP = 2, VOID = 4, MARK = 8 };

static const struct {
    const char *name;
    uint8_t len, flags;
} tags[CLEAN_N_TAGS] = {
#define X(id, text, bits) [CLEAN_##id] = {text, sizeof text - 1, bits},
    CLEAN_TAGS(X)
#undef X
};

static const pl_str attr_names[CLEAN_N_ATTRS] = {
#define X(id, text) [CLEAN_ATTR_##id] = {text, sizeof text - 1},
    CLEAN_ATTRS(X)
#undef X
};

/* Like memcmp on the shorter of the two and then by length, letters in lower case. */
static int compare_name(pl_str a, const char *b, size_t blen)
{
    for (size_t i = 0; i < a.len && i < blen; i++) {
        int x = a.ptr[i] >= 'A' && a.ptr[i] <= 'Z' ? a.ptr[i] + 32 : a.ptr[i];
        if (x != b[i])
            return x < b[i] ? -1 : 1;
    }
    return a.len < blen ? -1 : a.len > blen;
}

enum clean_tag clean_tag_of(pl_str name)
{
    int lo = CLEAN_OTHER + 1, hi = CLEAN_N_TAGS - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        int c = compare_name(name, tags[mid].name, tags[mid].len);
        if (c == 0)
            return (enum clean_tag)mid;
        if (c < 0)
            hi = mid - 1;
        else
            lo = mid + 1;
    }
    return CLEAN_OTHER;
}

enum clean_attr clean_attr_of(pl_str name)
{
    int lo = 0, hi = CLEAN_N_ATTRS - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        int c = compare_name(name, attr_names[mid].ptr, attr_names[mid].len);
        if (c == 0)
            return (enum clean_attr)mid;
        if (c < 0)
            hi = mid - 1;
        else
            lo = mid + 1;
    }
    return CLEAN_N_ATTRS;
}

bool clean_tag_is_block(unsigned tag)
{
    return tag < CLEAN_N_TAGS && tags[tag].flags & BLOCK;
}

bool clean_tag_is_void(unsigned tag)
{
    return tag < CLEAN_N_TAGS && tags[tag].flags & VOID;
}

bool clean_tag_is_dropped(unsigned tag)
{
    return tag < CLEAN_N_TAGS && tags[tag].flags & DROP;
}

/* A new node under the innermost open element; NULL at a limit. */
static struct clean_node *add_node(struct clean_dom *d, enum clean_tag tag)
{
    if (d->n_nodes >= CLEAN_MAX_NODES) {
        d->truncated = true;
        return NULL;
    }
    if (!clean_arena_grow(d->arena, &d->nodes, d->n_nodes, &d->cap_nodes, sizeof *d->nodes))
        return NULL;
    uint32_t me = (uint32_t)d->n_nodes++;
    d->nodes[me] = (struct clean_node){
        .tag = (uint8_t)tag,
        .parent = d->n_open ? d->open[d->n_open - 1] : 0,
        .depth = (uint16_t)d->n_open,
        .end = me + 1,
    };
    return &d->nodes[me];
}

/* Keeps the characters; false without memory. */
static bool add_chars(struct clean_dom *d, pl_str s, uint32_t *at)
{
    if (!d->chars || d->cap_chars - d->n_chars < s.len) {
        size_t cap = d->cap_chars ? d->cap_chars : 32 * 1024;
        while (cap - d->n_chars < s.len)
            cap *= 2;
        char *fresh = cap <= UINT32_MAX ? clean_arena_alloc(d->arena, cap) : NULL;
        if (!fresh) {
            d->truncated = true;
            return false;
        }
        if (d->n_chars)
            memcpy(fresh, d->chars, d->n_chars);
        d->chars = fresh;
        d->cap_chars = cap;
    }
    *at = (uint32_t)d->n_chars;
    if (s.len)
        memcpy(d->chars + d->n_chars, s.ptr, s.len);
    d->n_chars += s.len;
    return true;
}

static struct clean_node *add_element(struct clean_dom *d, enum clean_tag tag)
{
    struct clean_node *n = add_node(d, tag);
    if (n)
        n->first = (uint32_t)d->n_attrs;
    return n;
}

bool clean_dom_init(struct clean_dom *d, struct clean_arena *a)
{
    *d = (struct clean_dom){.arena = a};
    if (!add_node(d, CLEAN_OTHER))
        return false;
    d->open[d->n_open++] = 0;
    return true;
}

void clean_dom_mark(struct clean_dom *d, enum clean_tag tag)
{
    if (tags[tag].flags & MARK)
        add_element(d, tag);
}

bool clean_dom_open(struct clean_dom *d, pl_str name, bool json_ld)
{
    enum clean_tag tag = clean_tag_of(name);
    if (d->skip_depth) {
        d->skip_depth += tag == d->skip_tag;
        return false;
    }
    if (tags[tag].flags & DROP && !(tag == CLEAN_SCRIPT && json_ld)) {
        d->skip_tag = tag;
        d->skip_depth = 1;
        clean_dom_mark(d, tag);
        return false;
    }
    if (d->n_open > CLEAN_MAX_DEPTH) {
        d->truncated = true;
        return false;
    }
    struct clean_node *n = add_element(d, tag);
    if (!n)
        return false;
    if (!(tags[tag].flags & VOID))
        d->open[d->n_open++] = (uint32_t)(n - d->nodes);
    return true;
}

bool clean_dom_enter(struct clean_dom *d, enum clean_tag tag)
{
    struct clean_node *n = add_element(d, tag);
    if (!n)
        return false;
    if (tags[tag].flags & VOID || d->n_open > CLEAN_MAX_DEPTH)
        return false;
    d->open[d->n_open++] = (uint32_t)(n - d->nodes);
    return true;
}

void clean_dom_set(struct clean_dom *d, enum clean_attr name, pl_str value)
{
    if (clean_dom_full(d)) /* the element itself may not be there */
        return;
    struct clean_dom_attr a = {.name = (uint32_t)name};
    value = clean_clip(value, CLEAN_MAX_ATTR);
    if (!add_chars(d, value, &a.at) ||
        !clean_arena_grow(d->arena, &d->attrs, d->n_attrs, &d->cap_attrs, sizeof *d->attrs))
        return;
    a.len = (uint32_t)value.len;
    d->attrs[d->n_attrs++] = a;
    d->nodes[d->n_nodes - 1].n++;
}

void clean_dom_attr(struct clean_dom *d, pl_str name, pl_str value)
{
    enum clean_attr attr = clean_attr_of(name);
    if (attr != CLEAN_N_ATTRS)
        clean_dom_set(d, attr, value);
}

void clean_dom_text(struct clean_dom *d, pl_str text)
{
    uint32_t at;
    if (d->skip_depth || !text.len || !add_chars(d, text, &at))
        return;
    struct clean_node *last = &d->nodes[d->n_nodes - 1];
    if (last->tag == CLEAN_TEXT && last->first + last->n == at && last->parent == d->open[d->n_open - 1]) {
        last->n += (uint32_t)text.len; /* a parser may hand over one run in pieces */
        return;
    }
    struct clean_node *n = add_node(d, CLEAN_TEXT);
    if (n) {
        n->first = at;
        n->n = (uint32_t)text.len;
    }
}

static void close_innermost(struct clean_dom *d)
{
    assert(d->n_open > 0);
    d->nodes[d->open[--d->n_open]].end = (uint32_t)d->n_nodes;
}

void clean_dom_close(struct clean_dom *d, pl_str name)
{
    enum clean_tag tag = clean_tag_of(name);
    if (d->skip_depth) {
        d->skip_depth -= tag == d->skip_tag;
        return;
    }
    uint32_t keep = d->n_open;
    while (keep > 1 && d->nodes[d->open[keep - 1]].tag != tag)
        keep--;
    if (keep <= 1) /* nothing of that name is open; node 0 stays */
        return;
    while (d->n_open >= keep)
        close_innermost(d);
}

void clean_dom_leave(struct clean_dom *d)
{
    assert(d->n_open > 1);
    close_innermost(d);
}

bool clean_dom_finish(struct clean_dom *d)
{
    while (d->n_open)
        close_innermost(d);
    return !d->arena->failed;
}

pl_str clean_dom_get(const struct clean_dom *d, uint32_t node, enum clean_attr name)
{
    const struct clean_node *n = &d->nodes[node];
    if (n->tag == CLEAN_TEXT)
        return (pl_str){NULL, 0};
    for (uint32_t i = n->first; i < n->first + n->n; i++)
        if (d->attrs[i].name == (uint32_t)name)
            return (pl_str){d->chars + d->attrs[i].at, d->attrs[i].len};
    return (pl_str){NULL, 0};
}

pl_str clean_dom_inner(const struct clean_dom *d, uint32_t node, struct clean_arena *a)
{
    struct clean_buf out = {.arena = a};
    if (d->nodes[node].end == node + 2 && d->nodes[node + 1].tag == CLEAN_TEXT)
        return clean_dom_str(d, &d->nodes[node + 1]);
    for (uint32_t i = node; i < d->nodes[node].end; i++)
        if (d->nodes[i].tag == CLEAN_TEXT)
            clean_buf_add(&out, clean_dom_str(d, &d->nodes[i]));
        else if (d->nodes[i].tag == CLEAN_BR)
            clean_buf_byte(&out, ' ');
    return clean_buf_str(&out);
}
