/* clean_select.c - which blocks of a page are its article.
 *
 * Each block gets points for and against from what was measured of it, of its
 * neighbours and of the elements around it; it is kept when the sum is above
 * zero.  The points are log odds in round numbers, set by hand after a
 * logistic fit on news pages: link density, text density and structure, and
 * nothing that is learnt of single words or sites. */
#include "clean_select.h"

enum { NEIGHBOURS = 4, NEAR_LEVELS = 3, SHORT_WORDS = 40, TAIL_BLOCKS = 3 };

/* An element with more of the page's paragraph words than this is not a side box, whatever it is called. */
static const float small_share = .3F;

/* clang-format off */
static const struct {
    float start;
    /* for */
    float ends, alike, big, top, heading, cell, lead;
    /* against */
    float links, near_links, around_links, bad_part, bad_tag, caption, meta, cue, strong_cue, form, h1, before_h1, after;
} points = {
    .start = -1.6F,
    .ends = 1, .alike = 2, .big = .5F, .top = 1.5F, .heading = 1.5F, .cell = .5F, .lead = 1,
    .links = -.8F, .near_links = -1.5F, .around_links = -.5F,
    .bad_part = -1.5F, .bad_tag = -4, .caption = -3, .meta = -1,
    .cue = -.5F, .strong_cue = -1.5F, .form = -2, .h1 = -2.5F, .before_h1 = -1.5F, .after = -.5F,
};
/* clang-format on */

/* What an element is in, or is itself: 0 no, else 1 + the levels up to it. */
struct setting {
    uint8_t bad_part, bad_tag, caption, meta, cell;
};

/* Where the article seems to lie in the page's blocks. */
struct extent {
    size_t h1;          /* first block under an h1; the number of blocks when there is none */
    size_t first, last; /* paragraphs of the largest cluster */
};

static uint8_t inherit(bool here, uint8_t above)
{
    return here ? 1 : above && above < UINT8_MAX ? (uint8_t)(above + 1) : above;
}

static void find_settings(const struct clean_blocks *b, struct setting *settings)
{
    const uint32_t bad = CLEAN_PART(COMMENT) | CLEAN_PART(RELATED) | CLEAN_PART(SHARE) | CLEAN_PART(NEWS) |
                         CLEAN_PART(NAV) | CLEAN_PART(SIDE) | CLEAN_PART(COOKIE) | CLEAN_PART(AD) | CLEAN_PART(TAGS) |
                         CLEAN_PART(LEGAL) | CLEAN_PART(EDGE);
    for (uint32_t i = 1; i < b->dom->n_nodes; i++) {
        const struct setting *above = &settings[b->dom->nodes[i].parent];
        unsigned tag = b->dom->nodes[i].tag;
        uint32_t parts = b->parts[i];
        bool small = (double)b->sums[i].para_words < (double)small_share * b->para_words;
        settings[i] = (struct setting){
            .bad_part = inherit(small && parts & bad, above->bad_part),
            .bad_tag = inherit(small && (tag == CLEAN_ASIDE || tag == CLEAN_NAV || tag == CLEAN_FOOTER ||
                                         tag == CLEAN_FORM || tag == CLEAN_BUTTON),
                               above->bad_tag),
            .caption = inherit(small && (parts & CLEAN_PART(CAPTION) || tag == CLEAN_FIGURE || tag == CLEAN_FIGCAPTION),
                               above->caption),
            .meta = inherit(small && parts & CLEAN_PART(META), above->meta),
            .cell = inherit(tag == CLEAN_TD || tag == CLEAN_TH, above->cell),
        };
    }
}

static struct extent find_extent(const struct clean_blocks *b)
{
    struct extent e = {.h1 = b->n, .first = b->n};
    for (size_t i = 0; i < b->n; i++) {
        const struct clean_block *k = &b->at[i];
        if (k->heading == 1 && e.h1 == b->n)
            e.h1 = i;
        if (!k->paragraph || k->words < 12 || !clean_below(b->dom, k->node, b->roots[CLEAN_ROOT_CLUSTER]))
            continue;
        if (e.first == b->n)
            e.first = i;
        e.last = i;
    }
    return e;
}

static float mean_links(const struct clean_blocks *b, size_t i)
{
    size_t begin = i > NEIGHBOURS ? i - NEIGHBOURS : 0;
    size_t end = b->n - i > NEIGHBOURS ? i + NEIGHBOURS + 1 : b->n;
    float sum = 0;
    for (size_t j = begin; j < end; j++)
        sum += b->at[j].link_share;
    return sum / (float)(end - begin);
}

/* The link share of the innermost element that holds more than this block. */
static float links_around(const struct clean_blocks *b, uint32_t node)
{
    while (node && b->sums[node].blocks < 2)
        node = b->dom->nodes[node].parent;
    return b->sums[node].words > 0 ? b->sums[node].link_words / b->sums[node].words : 0;
}

static float sum_of_points(const struct clean_blocks *b, size_t i, const struct setting *in, const struct extent *e)
{
    const struct clean_block *k = &b->at[i];
    bool is_short = k->words < SHORT_WORDS;
    float sum = points.start;

    sum += points.alike * (k->alike < small_share ? k->alike / small_share : 1);
    sum += points.links * k->link_share;
    sum += points.near_links * mean_links(b, i);
    sum += points.around_links * links_around(b, k->node);
    sum += k->ends ? points.ends : 0;
    sum += clean_below(b->dom, k->node, b->roots[CLEAN_ROOT_BIG]) ? points.big : 0;
    sum += clean_below(b->dom, k->node, b->roots[CLEAN_ROOT_TOP]) ? points.top : 0;
    sum += k->heading ? points.heading : 0;
    sum += k->heading == 1 ? points.h1 : 0;
    sum += in->cell ? points.cell : 0;
    sum += in->bad_part ? points.bad_part : 0;
    sum += in->bad_tag ? points.bad_tag : 0;
    sum += in->caption && in->caption <= NEAR_LEVELS ? points.caption : 0;
    sum += in->meta ? points.meta : 0;
    sum += is_short && k->cues & CLEAN_CUE(ANY) ? points.cue : 0;
    sum += is_short && k->cues & CLEAN_CUE(STRONG) ? points.strong_cue : 0;
    sum += k->cues & CLEAN_CUE(FORM) ? points.form : 0;
    sum += e->h1 < b->n && i < e->h1 ? points.before_h1 : 0;
    sum += i > e->h1 && i < e->first ? points.lead : 0;
    sum += i > e->last + TAIL_BLOCKS ? points.after : 0;
    return sum;
}

/* A page of which no block is likely: short notes, pages of odd make. */
static void keep_densest(const struct clean_blocks *b, bool *keep)
{
    uint32_t root = b->roots[CLEAN_ROOT_BIG];
    for (size_t i = 0; i < b->n; i++)
        keep[i] = b->at[i].paragraph && (root == CLEAN_NONE || clean_below(b->dom, b->at[i].node, root));
}

int clean_select(const struct clean_blocks *b, bool *keep, struct clean_arena *a)
{
    struct setting *settings = clean_arena_array(a, b->dom->n_nodes, sizeof *settings);
    if (!settings)
        return PL_NOMEM;
    find_settings(b, settings);
    struct extent e = find_extent(b);
    double words = 0;
    for (size_t i = 0; i < b->n; i++) {
        keep[i] = sum_of_points(b, i, &settings[b->at[i].node], &e) > 0;
        words += keep[i] ? (double)b->at[i].words : 0;
    }
    if (words < 10 || words < .1 * b->para_words)
        keep_densest(b, keep);
    return 0;
}
