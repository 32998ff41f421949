/* clean_comments.c - what readers wrote below an article.
 *
 * Elements are told by their names.  Such names are also given to the article itself where it is an opinion,
 * or is discussed: what holds much of the kept text, or stands before much of it, is none of the readers'. */
#include "clean_comments.h"

#include "clean_date.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum {
    MAX_COMMENTS = 10000,
    BUTTON_WORDS = 3,
    DATE_WORDS = 8,
    TAIL_WORDS = 5,
    NOTICE_WORDS = 30,
    NAME_WORDS = 5,
    LEVELS = 3
};

/* Of the kept words; more than this in or behind an element: it is the article's. */
static const double article_share = .3;

/* What a node stands in. */
struct place {
    uint32_t area; /* outermost element of comments; CLEAN_NONE */
    uint32_t unit; /* innermost one that is a comment of its own, as far as can be told */
    bool about;    /* who and when */
    bool form;
};

/* Blocks that may be a comment. */
struct candidate {
    uint32_t unit;
    bool sure;
    pl_str text;
};

struct finder {
    const struct clean_facts *facts;
    const struct clean_blocks *b;
    struct clean_arena *arena;
    struct place *places;
    double *kept;    /* words of the article in nodes before this one; one more than there are nodes */
    uint32_t *marks; /* likewise: what says who wrote and when */
    struct candidate *at;
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
    return clean_tag_is_block(d->nodes[i].tag) && s->b->names[i].parts & CLEAN_PART(COMMENT) &&
           s->kept[d->nodes[i].end] - s->kept[i] <= limit && all - s->kept[i] <= limit;
}

/* Are such elements, taken together, much of the article: a match that is commented on, a discussion? */
static bool are_article(const struct finder *s)
{
    const struct clean_dom *d = s->b->dom;
    double all = s->kept[d->n_nodes], limit = article_share * all, sum = 0;
    for (uint32_t i = 1, end = 0; i < d->n_nodes; i++) {
        double words = s->kept[d->nodes[i].end] - s->kept[i];
        if (i < end || !(s->b->names[i].parts & CLEAN_PART(COMMENT)) || words > limit)
            continue;
        sum += words;
        end = d->nodes[i].end;
    }
    return sum > limit;
}

static struct place place_of(const struct finder *s, struct place p, uint32_t i)
{
    unsigned tag = s->b->dom->nodes[i].tag;
    uint32_t parts = s->b->names[i].parts;
    bool item = tag == CLEAN_LI || tag == CLEAN_ARTICLE;
    if (p.area == CLEAN_NONE) {
        if (is_area(s, i))
            p.area = p.unit = i;
        return p;
    }
    if (tag == CLEAN_TIME)
        s->marks[i + 1]++;
    if (clean_tag_is_block(tag) && tag != CLEAN_P && (item || parts & CLEAN_PART(COMMENT)))
        p.unit = i;
    bool named = parts & (CLEAN_PART(META) | CLEAN_PART(AUTHOR) | CLEAN_PART(SHARE)) || tag == CLEAN_FOOTER ||
                 tag == CLEAN_HEADER;
    p.form |= tag == CLEAN_FORM || tag == CLEAN_BUTTON;
    p.about |= named && !item && s->b->sums[i].paragraphs == 0;
    return p;
}

static int find_places(struct finder *s, const bool *keep)
{
    const struct clean_dom *d = s->b->dom;
    s->places = clean_arena_array(s->arena, d->n_nodes, sizeof *s->places);
    s->kept = clean_arena_array(s->arena, d->n_nodes + 1, sizeof *s->kept);
    s->marks = clean_arena_array(s->arena, d->n_nodes + 1, sizeof *s->marks);
    if (!s->places || !s->kept || !s->marks)
        return PL_NOMEM;
    count_kept(s, keep);
    bool none = are_article(s);
    s->places[0] = (struct place){CLEAN_NONE, CLEAN_NONE, false, false};
    for (uint32_t i = 1; i < d->n_nodes; i++)
        s->places[i] = none ? s->places[0] : place_of(s, s->places[d->nodes[i].parent], i);
    return 0;
}

static bool is_date(const struct finder *s, const struct clean_block *k)
{
    struct clean_date date;
    size_t begin, end;
    return k->words <= DATE_WORDS && clean_date_find(k->text, s->facts->month_first, &date, &begin, &end) &&
           (end - begin) * 2 >= k->text.len;
}

/* Numbers of pages and of likes have none. */
static bool has_letter(pl_str s)
{
    for (const char *p = s.ptr, *end = clean_end(s); p < end;)
        if (clean_is_letter(clean_utf8_next(&p, end)))
            return true;
    return false;
}

/* Did a reader write this block, or does it say how to comment, and answer? */
static bool is_written(const struct finder *s, const struct clean_block *k)
{
    const uint32_t body = CLEAN_PART(BODY) | CLEAN_PART(WEAK);
    if (!has_letter(k->text) || s->places[k->node].form || k->heading || k->link_share >= .5F ||
        k->cues & CLEAN_CUE(FORM))
        return false;
    if (k->words < TAIL_WORDS && !k->ends && k->cues & CLEAN_CUE(TAIL))
        return false;
    if (k->words < NOTICE_WORDS && k->cues & (CLEAN_CUE(STRONG) | CLEAN_CUE(LOGIN)))
        return false;
    return k->words > BUTTON_WORDS || k->ends || s->b->dom->nodes[k->node].tag == CLEAN_P ||
           s->b->names[k->node].parts & body;
}

/* A short line before the text of a comment: who wrote it, when. */
static bool is_head(const struct clean_block *k)
{
    return k->words <= NAME_WORDS && !k->ends && k->text.ptr[k->text.len - 1] != ',';
}

/* Comments of one list look alike. */
static bool alike(const struct clean_dom *d, uint32_t a, uint32_t b)
{
    return d->nodes[a].parent == d->nodes[b].parent && d->nodes[a].tag == d->nodes[b].tag &&
           clean_equal(clean_dom_get(d, a, CLEAN_ATTR_CLASS), clean_dom_get(d, b, CLEAN_ATTR_CLASS));
}

static void add_candidate(struct finder *s, uint32_t unit, pl_str text, bool sure)
{
    if (s->n < MAX_COMMENTS && clean_arena_grow(s->arena, &s->at, s->n, &s->cap, sizeof *s->at))
        s->at[s->n++] = (struct candidate){unit, sure, text};
}

/* The blocks that readers wrote, those of one unit together. */
static void find_candidates(struct finder *s)
{
    const struct clean_dom *d = s->b->dom;
    struct clean_buf text = {.arena = s->arena};
    uint32_t unit = CLEAN_NONE;
    size_t heads = 0; /* bytes at the start that may be a name */
    for (size_t i = 0; i < s->b->n; i++) {
        const struct clean_block *k = &s->b->at[i];
        const struct place *p = &s->places[k->node];
        if (p->area == CLEAN_NONE)
            continue;
        if (p->about || is_date(s, k)) {
            s->marks[k->node + 1]++;
            continue;
        }
        if (!is_written(s, k))
            continue;
        if (p->unit != unit) {
            if (text.len)
                add_candidate(s, unit, clean_buf_str(&text), false);
            text = (struct clean_buf){.arena = s->arena};
            heads = 0;
        }
        pl_str paragraph = clean_norm_text(s->arena, k->text);
        if (text.len && text.len == heads) {
            text.len = heads = 0;
            s->marks[k->node + 1]++;
        } else if (text.len) {
            clean_buf_add(&text, PL_S("\n\n"));
        }
        clean_buf_add(&text, paragraph);
        heads = p->unit != unit && is_head(k) ? text.len : heads;
        unit = p->unit;
    }
    if (text.len)
        add_candidate(s, unit, clean_buf_str(&text), false);
    for (size_t i = 0; i < d->n_nodes; i++)
        s->marks[i + 1] += s->marks[i];
}

/* A notice of the site stands alone; a comment is signed, or one of several. */
static void find_sure(struct finder *s)
{
    const struct clean_dom *d = s->b->dom;
    for (size_t i = 0; i < s->n; i++) {
        struct candidate *c = &s->at[i];
        uint32_t x = c->unit, area = s->places[c->unit].area;
        for (int level = 0; level < LEVELS && x > area && !c->sure; level++, x = d->nodes[x].parent)
            c->sure = s->marks[d->nodes[x].end] > s->marks[x];
        if (i && c->unit != area && alike(d, c->unit, c[-1].unit) && !clean_equal(c->text, c[-1].text))
            c->sure = c[-1].sure = true;
    }
}

static void find_ld_comments(struct finder *s)
{
    const struct clean_json *j = &s->facts->ld;
    for (uint32_t i = 0; i < j->n; i++) {
        uint32_t text = clean_json_is(j, i, PL_S("comment")) ? clean_json_get(j, i, PL_S("text")) : 0;
        pl_str value = text ? clean_norm_value(s->arena, clean_json_text(j, text)) : PL_S("");
        if (value.len)
            add_candidate(s, 0, value, true);
    }
}

static pl_list sure_ones(const struct finder *s)
{
    pl_str *list = clean_arena_array(s->arena, s->n + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < s->n && list; i++)
        if (s->at[i].sure && !(n && clean_equal(list[n - 1], s->at[i].text)))
            list[n++] = s->at[i].text;
    return (pl_list){list, n};
}

int clean_comments_find(const struct clean_facts *f, bool *keep, pl_list *list, struct clean_arena *a)
{
    struct finder s = {.facts = f, .b = f->blocks, .arena = a};
    if (find_places(&s, keep) < 0)
        return PL_NOMEM;
    for (size_t i = 0; i < s.b->n; i++)
        keep[i] &= s.places[s.b->at[i].node].area == CLEAN_NONE;
    if (list) {
        find_candidates(&s);
        find_sure(&s);
        *list = sure_ones(&s);
        if (!list->n) {
            find_ld_comments(&s);
            *list = sure_ones(&s);
        }
    }
    return a->failed ? PL_NOMEM : 0;
}
