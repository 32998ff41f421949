/* clean_comments.c - what readers wrote below an article.
 *
 * Elements are told by their names.  Such names are also given to the article itself where it is an opinion,
 * or is discussed: what holds much of the kept text, or stands before much of it, is none of the readers'. */
#include "clean_comments.h"

#include "clean_date.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum { MAX_COMMENTS = 10000, BUTTON_WORDS = 3, DATE_WORDS = 8, TAIL_WORDS = 5 };

/* Of the kept words; more than this in or behind an element: it is the article's. */
static const double article_share = .3;

/* What a node stands in. */
struct place {
    uint32_t area; /* outermost element of comments; CLEAN_NONE */
    uint32_t unit; /* innermost one that is a comment of its own, as far as can be told */
    bool about;    /* who and when, buttons, forms */
};

struct finder {
    const struct clean_facts *facts;
    const struct clean_blocks *b;
    struct clean_arena *arena;
    struct place *places;
    double *kept; /* words of the article in nodes before this one; one more than there are nodes */
    pl_str *list;
    size_t n, cap;
};

/* Words stand at their block's container: all of an element's are in [node, end). */
static void count_kept(struct finder *s, const bool *keep)
{
    const struct clean_blocks *b = s->b;
    size_t n = b->dom->n_nodes;
    for (size_t i = 0; i < b->n; i++)
        if (keep[i])
            s->kept[b->at[i].node + 1] += (double)b->at[i].words;
    for (size_t i = 0; i < n; i++)
        s->kept[i + 1] += s->kept[i];
}

static bool is_area(const struct finder *s, uint32_t i)
{
    const struct clean_dom *d = s->b->dom;
    double all = s->kept[d->n_nodes], limit = article_share * all;
    return clean_tag_is_block(d->nodes[i].tag) && s->b->parts[i] & CLEAN_PART(COMMENT) &&
           s->kept[d->nodes[i].end] - s->kept[i] <= limit && all - s->kept[i] <= limit;
}

static struct place place_of(const struct finder *s, struct place p, uint32_t i)
{
    unsigned tag = s->b->dom->nodes[i].tag;
    uint32_t parts = s->b->parts[i];
    bool item = tag == CLEAN_LI || tag == CLEAN_ARTICLE;
    if (p.area == CLEAN_NONE) {
        if (is_area(s, i))
            p.area = p.unit = i;
        return p;
    }
    if (clean_tag_is_block(tag) && tag != CLEAN_P && (item || parts & CLEAN_PART(COMMENT)))
        p.unit = i;
    bool named = parts & (CLEAN_PART(META) | CLEAN_PART(AUTHOR) | CLEAN_PART(SHARE)) ||
                 tag == CLEAN_FOOTER || tag == CLEAN_HEADER;
    p.about |= tag == CLEAN_FORM || tag == CLEAN_BUTTON || (named && !item && s->b->sums[i].paragraphs == 0);
    return p;
}

static int find_places(struct finder *s, const bool *keep)
{
    const struct clean_dom *d = s->b->dom;
    s->places = clean_arena_array(s->arena, d->n_nodes, sizeof *s->places);
    s->kept = clean_arena_array(s->arena, d->n_nodes + 1, sizeof *s->kept);
    if (!s->places || !s->kept)
        return PL_NOMEM;
    count_kept(s, keep);
    s->places[0] = (struct place){CLEAN_NONE, CLEAN_NONE, false};
    for (uint32_t i = 1; i < d->n_nodes; i++)
        s->places[i] = place_of(s, s->places[d->nodes[i].parent], i);
    return 0;
}

/* Did a reader write this block, or does it say who did, and how to answer? */
static bool is_written(const struct finder *s, const struct clean_block *k)
{
    const struct clean_dom *d = s->b->dom;
    const struct place *p = &s->places[k->node];
    const uint32_t body = CLEAN_PART(BODY) | CLEAN_PART(WEAK);
    struct clean_date date;
    size_t begin, end;
    if (p->about || k->heading || k->link_share >= .5F || k->cues & CLEAN_CUE(FORM))
        return false;
    if (k->words < TAIL_WORDS && !k->ends && k->cues & CLEAN_CUE(TAIL))
        return false;
    if (k->words <= DATE_WORDS && clean_date_find(k->text, s->facts->month_first, &date, &begin, &end) &&
        (end - begin) * 2 >= k->text.len)
        return false;
    return k->words > BUTTON_WORDS || k->ends || d->nodes[k->node].tag == CLEAN_P || s->b->parts[k->node] & body;
}

static void add_comment(struct finder *s, pl_str text)
{
    if (text.len && s->n < MAX_COMMENTS && clean_arena_grow(s->arena, &s->list, s->n, &s->cap, sizeof *s->list))
        s->list[s->n++] = text;
}

static void list_comments(struct finder *s)
{
    uint32_t unit = CLEAN_NONE;
    struct clean_buf text = {.arena = s->arena};
    for (size_t i = 0; i < s->b->n; i++) {
        const struct clean_block *k = &s->b->at[i];
        if (s->places[k->node].area == CLEAN_NONE || !is_written(s, k))
            continue;
        if (s->places[k->node].unit != unit) {
            add_comment(s, clean_buf_str(&text));
            text = (struct clean_buf){.arena = s->arena};
        }
        unit = s->places[k->node].unit;
        pl_str paragraph = clean_norm_text(s->arena, k->text);
        if (text.len && paragraph.len)
            clean_buf_add(&text, PL_S("\n\n"));
        clean_buf_add(&text, paragraph);
    }
    add_comment(s, clean_buf_str(&text));
}

static void list_ld_comments(struct finder *s)
{
    const struct clean_json *j = &s->facts->ld;
    for (uint32_t i = 0; i < j->n; i++) {
        uint32_t text = clean_json_is(j, i, PL_S("comment")) ? clean_json_get(j, i, PL_S("text")) : 0;
        if (text)
            add_comment(s, clean_norm_value(s->arena, clean_json_text(j, text)));
    }
}

int clean_comments_find(const struct clean_facts *f, bool *keep, pl_list *list, struct clean_arena *a)
{
    struct finder s = {.facts = f, .b = f->blocks, .arena = a};
    if (find_places(&s, keep) < 0)
        return PL_NOMEM;
    for (size_t i = 0; i < s.b->n; i++)
        keep[i] &= s.places[s.b->at[i].node].area == CLEAN_NONE;
    if (list) {
        list_comments(&s);
        if (!s.n)
            list_ld_comments(&s);
        *list = (pl_list){s.list, s.n};
    }
    return a->failed ? PL_NOMEM : 0;
}
