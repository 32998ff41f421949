/* clean_code.c - preformatted text as it stands in the page. */
#include "clean_code.h"

#include "clean_norm.h"

enum { NEAR_LEVELS = 4 };

uint32_t clean_code_at(const struct clean_dom *d, uint32_t node)
{
    for (int level = 0; level < NEAR_LEVELS; level++, node = d->nodes[node].parent)
        if (d->nodes[node].tag == CLEAN_PRE)
            return node;
    return CLEAN_NONE;
}

static bool stands_in(const struct clean_blocks *b, size_t i, uint32_t pre)
{
    return i < b->n && clean_below(b->dom, b->at[i].node, pre) && clean_code_at(b->dom, b->at[i].node) == pre;
}

static void end_line(struct clean_buf *out)
{
    if (out->len && out->at[out->len - 1] != '\n')
        clean_buf_byte(out, '\n');
}

/* The characters of nodes [begin, end); elements that are blocks have lines of their own. */
static pl_str read_nodes(const struct clean_dom *d, uint32_t begin, uint32_t end, struct clean_arena *a)
{
    struct clean_buf out = {.arena = a};
    uint32_t block_end = end;
    for (uint32_t i = begin; i < end; i++) {
        const struct clean_node *n = &d->nodes[i];
        if (i >= block_end) {
            end_line(&out);
            block_end = end;
        }
        if (n->tag == CLEAN_TEXT) {
            clean_buf_add(&out, clean_dom_str(d, n));
        } else if (n->tag == CLEAN_BR) {
            clean_buf_byte(&out, '\n');
        } else if (n->tag == CLEAN_SCRIPT || n->tag == CLEAN_TITLE) {
            i = n->end - 1;
        } else if (clean_tag_is_block(n->tag)) {
            end_line(&out);
            block_end = n->end < block_end ? n->end : block_end;
        }
    }
    return clean_norm_code(a, clean_buf_str(&out));
}

pl_str clean_code_text(const struct clean_blocks *b, const bool *keep, uint32_t pre, size_t *i, struct clean_arena *a)
{
    size_t first = *i, last = *i;
    while (stands_in(b, last + 1, pre) && keep[last + 1])
        last++;
    bool whole_head = first == 0 || b->at[first - 1].last_node < pre;
    bool more = last + 1 < b->n && clean_below(b->dom, b->at[last + 1].node, pre);
    *i = last;
    return read_nodes(b->dom, whole_head ? pre + 1 : b->at[first].first_node,
                      more ? b->at[last].last_node + 1 : b->dom->nodes[pre].end, a);
}
