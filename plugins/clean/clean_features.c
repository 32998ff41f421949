/* clean_features.c - what the table is told of each block.
 *
 * After "extraction by structure": what a block looks like, what stands around
 * it, what the elements above it hold and where it lies to the elements that
 * are likely to be the article's.  Every pass is linear in nodes and blocks. */
#include "clean_features.h"

#include <string.h>

#include "clean_hash.h"
#include "clean_trees.h"
#include "clean_utf8.h"

enum {
    FAR = 9,             /* levels: no such ancestor, or a distant one */
    MAX_DOWN = 12,
    HEAD_WORDS = 64,     /* of a block's words, compared with title and summary */
    MAX_SET = 256,       /* words of a title, triples of a summary */
    NEAR_BLOCKS = 4,
    LONG_PARAGRAPH = 20, /* words */
    MAX_HOST = 300, /* bytes of an address: a host has at most 253 */
    MANY = 50
};

#define X(id, name) +1
enum { N_PARTS = 0 CLEAN_NEAR_PARTS(X), N_TAGS = 0 CLEAN_NEAR_TAGS(X), N_NEAR = N_PARTS + N_TAGS };
#undef X

/* What lies above a node. */
struct above {
    uint8_t near[N_NEAR];
    uint8_t down[CLEAN_N_ROOTS]; /* levels down from the line between a root and the page */
    uint16_t up[CLEAN_N_ROOTS];  /* levels up to where the lines part */
    uint32_t wider;              /* the nearest ancestor that holds more blocks; the node itself when none does */
    uint32_t media;              /* the nearest ancestor, or itself, that holds a picture, a film; CLEAN_NONE */
    uint32_t link;               /* the nearest ancestor, or itself, that is an <a>; CLEAN_NONE */
};

struct ctx {
    struct clean_blocks *b;
    struct clean_features *out;
    struct clean_arena *arena;
    struct above *above;     /* of each node */
    uint32_t *media;         /* pictures and films up to and with each node, in page order */
    size_t h1, first, last;  /* headline; first and last paragraph of the cluster: blocks */
    uint64_t *hashes;        /* room for one a block */
};

static void put(const struct ctx *c, enum clean_feature which, size_t i, double value)
{
    int16_t v = value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : (int16_t)value;
    c->out->columns[(size_t)which * c->out->stride + i] = v;
}

static int16_t get(const struct ctx *c, enum clean_feature which, size_t i)
{
    return c->out->columns[(size_t)which * c->out->stride + i];
}

static double share(double part, double all)
{
    return all > 0 ? 1000 * part / all : 0;
}

static double within(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* ---- the text itself ---- */

static void put_text(const struct ctx *c, size_t i)
{
    const struct clean_block *k = &c->b->at[i];
    double chars = k->chars ? k->chars : 1;
    bool strong = k->cues & CLEAN_CUE(STRONG);
    put(c, CLEAN_F_WORDS, i, 10 * (double)k->words);
    put(c, CLEAN_F_WORD_LEN, i, within(10 * chars / within((double)k->words, 1, 1e9), 0, 1000));
    put(c, CLEAN_F_LINK_SHARE, i, 1000 * (double)k->link_share);
    put(c, CLEAN_F_BOLD_SHARE, i, 1000 * (double)k->bold_share);
    put(c, CLEAN_F_ITALIC_SHARE, i, 1000 * (double)k->italic_share);
    put(c, CLEAN_F_SENTENCES, i, within(k->sentences, 0, 100));
    put(c, CLEAN_F_COMMAS, i, within(k->commas, 0, 100));
    put(c, CLEAN_F_END, i, k->ends ? 2 : k->colon);
    put(c, CLEAN_F_FIRST, i, k->first);
    put(c, CLEAN_F_UPPER, i, share(k->uppers, chars));
    put(c, CLEAN_F_CUE, i, strong ? 2 : (k->cues & CLEAN_CUE(ANY)) != 0);
    put(c, CLEAN_F_IS_HIDDEN, i, k->hidden);
}

/* A small set of hashes, open addressing; 0 is no member.  There is room for twice `most`. */
struct set {
    uint64_t *at;
    size_t n, most; /* a power of two */
};

static uint64_t *set_find(const struct set *s, uint64_t hash)
{
    size_t i = (size_t)hash & (2 * s->most - 1);
    hash += !hash;
    while (s->at[i] && s->at[i] != hash)
        i = (i + 1) & (2 * s->most - 1);
    return &s->at[i];
}

static bool set_add(struct set *s, uint64_t hash)
{
    uint64_t *slot = set_find(s, hash);
    if (*slot || s->n == s->most)
        return false;
    *slot = hash + !hash;
    s->n++;
    return true;
}

/* Hashes of the first words, letters in lower case; says how many. */
static size_t hash_words(pl_str s, uint64_t *hashes, size_t most)
{
    size_t n = 0;
    uint64_t hash = 0;
    for (const char *p = s.ptr, *end = clean_end(s); p < end && n < most;) {
        uint32_t ch = clean_utf8_next(&p, end);
        if (clean_is_word(ch)) {
            hash = clean_mix(hash + 1, clean_lower(ch));
        } else if (hash) {
            hashes[n++] = hash;
            hash = 0;
        }
    }
    if (hash && n < most)
        hashes[n++] = hash;
    return n;
}

/* Title and summary as sets. */
struct said {
    uint64_t title_room[2 * MAX_SET], summary_room[2 * MAX_SET];
    struct set title, summary;
};

static void read_said(struct said *s, const struct clean_facts *f)
{
    const pl_str titles[] = {f->page_title, clean_facts_meta(f, "og:title")};
    uint64_t hashes[MAX_SET];
    size_t n;
    s->title = (struct set){.at = s->title_room, .most = MAX_SET};
    s->summary = (struct set){.at = s->summary_room, .most = MAX_SET};
    for (size_t t = 0; t < sizeof titles / sizeof *titles; t++) {
        n = hash_words(titles[t], hashes, MAX_SET);
        for (size_t i = 0; i < n; i++)
            set_add(&s->title, hashes[i]);
    }
    n = hash_words(clean_facts_meta(f, "og:description|description"), hashes, MAX_SET);
    for (size_t i = 0; i + 2 < n; i++)
        set_add(&s->summary, clean_mix(clean_mix(hashes[i], hashes[i + 1]), hashes[i + 2]));
}

static void put_said(const struct ctx *c, size_t i, const struct said *s)
{
    uint64_t hashes[HEAD_WORDS], room[2 * HEAD_WORDS] = {0};
    struct set own = {.at = room, .most = HEAD_WORDS};
    size_t n = hash_words(c->b->at[i].text, hashes, HEAD_WORDS), common = 0, triples = 0;
    for (size_t k = 0; k < n; k++) {
        common += set_add(&own, hashes[k]) && *set_find(&s->title, hashes[k]);
        triples += k + 2 < n && *set_find(&s->summary, clean_mix(clean_mix(hashes[k], hashes[k + 1]), hashes[k + 2]));
    }
    put(c, CLEAN_F_TITLE_COVER, i, share((double)common, (double)s->title.n));
    put(c, CLEAN_F_IN_TITLE, i, share((double)common, (double)own.n));
    put(c, CLEAN_F_IN_SUMMARY, i, n > 2 ? share((double)triples, (double)(n - 2)) : 0);
}

/* ---- the container and what is above it ---- */

static void put_container(const struct ctx *c, size_t i)
{
    const struct clean_node *node = &c->b->dom->nodes[c->b->at[i].node];
    unsigned tag = node->tag;
    put(c, CLEAN_F_HEADING, i, c->b->at[i].heading);
    put(c, CLEAN_F_IS_P, i, tag == CLEAN_P);
    put(c, CLEAN_F_IS_DIV, i,
        tag == CLEAN_DIV || tag == CLEAN_SECTION || tag == CLEAN_ARTICLE || tag == CLEAN_MAIN || tag == CLEAN_BODY);
    put(c, CLEAN_F_DEPTH, i, node->depth);
    for (size_t k = 0; k < N_NEAR; k++)
        put(c, (enum clean_feature)(CLEAN_F_PART_BODY + k), i, c->above[c->b->at[i].node].near[k]);
}

static void see_roots(struct above *me, const struct above *up, const struct clean_blocks *b, uint32_t i)
{
    const struct clean_node *nodes = b->dom->nodes;
    for (int r = 0; r < CLEAN_N_ROOTS; r++) {
        uint32_t root = b->roots[r] == CLEAN_NONE ? 0 : b->roots[r];
        bool on_line = i <= root && root < nodes[i].end;
        me->down[r] = on_line ? 0 : up->down[r] < 255 ? (uint8_t)(up->down[r] + 1) : 255;
        me->up[r] = on_line ? (uint16_t)(nodes[root].depth - nodes[i].depth) : up->up[r];
    }
}

static void see_near(struct above *me, const struct above *up, const struct clean_blocks *b, uint32_t i)
{
    static const uint8_t part_of[N_PARTS] = {
#define X(id, name) CLEAN_PART_##id,
        CLEAN_NEAR_PARTS(X)
#undef X
    };
    static const uint8_t tag_at[CLEAN_N_TAGS] = {
#define X(id, name) [CLEAN_##id] = CLEAN_F_TAG_##id - CLEAN_F_PART_BODY,
        CLEAN_NEAR_TAGS(X)
#undef X
    };
    for (size_t k = 0; k < N_NEAR; k++)
        me->near[k] = up->near[k] < FAR ? (uint8_t)(up->near[k] + 1) : FAR;
    for (size_t k = 0; b->names[i].parts && k < N_PARTS; k++)
        if (b->names[i].parts >> part_of[k] & 1)
            me->near[k] = 0;
    if (tag_at[b->dom->nodes[i].tag])
        me->near[tag_at[b->dom->nodes[i].tag]] = 0;
}

static bool is_media(unsigned tag)
{
    return tag == CLEAN_IMG || tag == CLEAN_IFRAME || tag == CLEAN_VIDEO || tag == CLEAN_AUDIO || tag == CLEAN_OBJECT ||
           tag == CLEAN_EMBED;
}

/* Parents stand before their children. */
static void look_up(const struct ctx *c)
{
    const struct clean_node *nodes = c->b->dom->nodes;
    size_t n = c->b->dom->n_nodes;
    struct above *above = c->above;

    for (uint32_t i = 0; i < n; i++)
        c->media[i] = (i ? c->media[i - 1] : 0) + is_media(nodes[i].tag);
    memset(above[0].near, FAR, sizeof above[0].near);
    above[0].link = CLEAN_NONE;
    above[0].media = c->media[n - 1] ? 0 : CLEAN_NONE;
    for (int r = 0; r < CLEAN_N_ROOTS; r++)
        above[0].up[r] = c->b->roots[r] == CLEAN_NONE ? 0 : nodes[c->b->roots[r]].depth;
    for (uint32_t i = 1; i < n; i++) {
        if (nodes[i].tag == CLEAN_TEXT)
            continue;
        uint32_t p = nodes[i].parent;
        see_near(&above[i], &above[p], c->b, i);
        see_roots(&above[i], &above[p], c->b, i);
        above[i].wider = c->b->sums[p].blocks > c->b->sums[i].blocks ? p : above[p].wider;
        above[i].media = c->media[nodes[i].end - 1] > c->media[i - 1] ? i : above[p].media;
        above[i].link = nodes[i].tag == CLEAN_A ? i : above[p].link;
    }
}

/* Is the element, or the one around it, the root? */
static bool is_root(const struct clean_blocks *b, enum clean_root r, uint32_t node)
{
    uint32_t root = b->roots[r] == CLEAN_NONE ? 0 : b->roots[r];
    return node == root || b->dom->nodes[node].parent == root;
}

static void put_roots(const struct ctx *c, size_t i)
{
    uint32_t node = c->b->at[i].node;
    const struct above *a = &c->above[node];
    put(c, CLEAN_F_TOP_IS, i, is_root(c->b, CLEAN_ROOT_TOP, node));
    put(c, CLEAN_F_CLUSTER_IS, i, is_root(c->b, CLEAN_ROOT_CLUSTER, node));
    for (int r = 0; r < CLEAN_N_ROOTS; r++) {
        put(c, (enum clean_feature)(CLEAN_F_TOP_UP + 2 * r), i, within(a->up[r], 0, FAR));
        put(c, (enum clean_feature)(CLEAN_F_TOP_DOWN + 2 * r), i, within(a->down[r], 0, MAX_DOWN));
    }
}

static void put_ancestors(const struct ctx *c, size_t i)
{
    const uint32_t other = CLEAN_PART(COMMENT) | CLEAN_PART(RELATED) | CLEAN_PART(SHARE) | CLEAN_PART(NEWS) |
                           CLEAN_PART(NAV) | CLEAN_PART(EDGE) | CLEAN_PART(SIDE) | CLEAN_PART(COOKIE) | CLEAN_PART(META);
    enum { EACH = CLEAN_F_A1_WORDS - CLEAN_F_A0_WORDS };
    uint32_t x = c->b->at[i].node;
    for (int k = 0; k < 3; k++) {
        x = c->above[x].wider;
        const struct clean_sum *s = &c->b->sums[x];
        double blocks = s->blocks ? s->blocks : 1;
        const double values[EACH] = {
            (double)s->words,
            share((double)s->link_words, (double)s->words),
            10 * (double)s->words / blocks,
            s->blocks,
            share((double)s->para_words, c->b->para_words),
            share(s->paragraphs, blocks),
            (c->b->names[x].parts & other) != 0,
        };
        for (int v = 0; v < EACH; v++)
            put(c, (enum clean_feature)(CLEAN_F_A0_WORDS + k * EACH + v), i, values[v]);
    }
}

/* "example.org" of "https://www.example.org/news"; empty for what names no host. */
static pl_str site_of(pl_str url)
{
    if (url.len > MAX_HOST)
        url.len = MAX_HOST;
    pl_str scheme = {url.ptr, url.len < sizeof "https://" - 1 ? url.len : sizeof "https://" - 1};
    size_t at = clean_find_nocase(scheme, PL_S("//"));
    if (at == scheme.len)
        return PL_S("");
    size_t begin = at + 2, end = begin, dots = 0;
    while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' && url.ptr[end] != ':' && url.ptr[end] != '#')
        end++;
    for (at = end; at > begin; at--) {
        dots += url.ptr[at - 1] == '.';
        if (dots == 2)
            break;
    }
    return clean_slice(url, at, end);
}

/* Which share of the linked characters leads to another site. */
static void put_links(const struct ctx *c, size_t i, pl_str site)
{
    const struct clean_dom *d = c->b->dom;
    double out = 0, all = 0;
    for (uint32_t x = c->b->at[i].first_node; c->b->at[i].link_share > 0 && x <= c->b->at[i].last_node; x++) {
        if (d->nodes[x].tag != CLEAN_TEXT || c->above[d->nodes[x].parent].link == CLEAN_NONE)
            continue;
        pl_str to = site_of(clean_dom_get(d, c->above[d->nodes[x].parent].link, CLEAN_ATTR_HREF));
        all += d->nodes[x].n;
        out += to.len && !clean_equal_nocase(to, site) ? d->nodes[x].n : 0;
    }
    put(c, CLEAN_F_OUT_SHARE, i, share(out, all));
}

static void put_media(const struct ctx *c, size_t i)
{
    uint32_t node = c->b->at[i].node, media = c->above[node].media;
    const struct clean_node *nodes = c->b->dom->nodes;
    size_t since = 0;
    uint32_t from = c->b->at[i].first_node;
    while (since < MANY && from > since && c->media[from - since] == c->media[from])
        since++;
    put(c, CLEAN_F_MEDIA_UP, i, media == CLEAN_NONE ? 99 : within(nodes[node].depth - nodes[media].depth, 0, 98));
    put(c, CLEAN_F_MEDIA_BLOCKS, i, media == CLEAN_NONE ? -1.0 : (double)c->b->sums[media].blocks);
    put(c, CLEAN_F_SINCE_MEDIA, i, (double)since);
}

/* ---- blocks that look or read the same ---- */

/* Blocks of one hash.  The paragraphs of an article share their markup, and so do its side boxes. */
struct alike {
    uint64_t hash;
    uint32_t blocks;
    float words, link_words, para_words;
};

/* An open-addressed table; size a power of two, twice as many as there are blocks.  Who makes hashes meet on purpose
 * shares a place with others. */
static struct alike *alike_find(struct alike *table, size_t size, uint64_t hash)
{
    size_t i = (size_t)(hash ^ hash >> 32) & (size - 1);
    for (int k = 0; k < CLEAN_PROBES && table[i].blocks && table[i].hash != hash; k++)
        i = (i + 1) & (size - 1);
    if (!table[i].blocks)
        table[i].hash = hash;
    return &table[i];
}

static struct alike *alike_count(const struct ctx *c, const uint64_t *hashes, size_t *size)
{
    for (*size = 16; *size < c->b->n * 2;)
        *size *= 2;
    struct alike *table = clean_arena_array(c->arena, *size, sizeof *table);
    for (size_t i = 0; table && i < c->b->n; i++) {
        const struct clean_block *k = &c->b->at[i];
        struct alike *l = alike_find(table, *size, hashes[i]);
        l->blocks++;
        l->words += k->words;
        l->link_words += k->words * k->link_share;
        l->para_words += k->paragraph ? k->words : 0;
    }
    return table;
}

/* Of the `levels` innermost elements together; columns from `column` on. */
static int put_looks(const struct ctx *c, int levels, enum clean_feature column)
{
    size_t size;
    for (size_t i = 0; i < c->b->n; i++) {
        uint32_t x = c->b->at[i].node;
        c->hashes[i] = 0;
        for (int level = 0; level < levels; level++, x = c->b->dom->nodes[x].parent)
            c->hashes[i] = clean_mix(c->hashes[i], c->b->names[x].look);
    }
    struct alike *table = alike_count(c, c->hashes, &size);
    if (!table)
        return PL_NOMEM;
    for (size_t i = 0; i < c->b->n; i++) {
        const struct alike *l = alike_find(table, size, c->hashes[i]);
        c->b->at[i].n_alike = l->blocks;
        put(c, column, i, l->blocks);
        put(c, column + 1, i, 10 * (double)l->words / l->blocks);
        put(c, column + 2, i, share((double)l->link_words, (double)l->words));
        put(c, column + 3, i, share((double)l->para_words, c->b->para_words));
    }
    return 0;
}

/* How often the same text stands in the page. */
static int put_times(const struct ctx *c)
{
    size_t size;
    for (size_t i = 0; i < c->b->n; i++)
        c->hashes[i] = clean_hash(c->b->at[i].text);
    struct alike *table = alike_count(c, c->hashes, &size);
    if (!table)
        return PL_NOMEM;
    for (size_t i = 0; i < c->b->n; i++)
        put(c, CLEAN_F_TIMES, i, within(alike_find(table, size, c->hashes[i])->blocks, 0, 3));
    return 0;
}

/* ---- where in the page ---- */

static bool below_h1(const struct clean_dom *d, uint32_t node)
{
    for (int level = 0; level < 3; level++, node = d->nodes[node].parent)
        if (d->nodes[node].tag == CLEAN_H1)
            return true;
    return false;
}

/* The headline's block: under an <h1> and most like the title, or so much like it that it needs no <h1>. */
static void find_marks(struct ctx *c)
{
    double best = 0;
    c->h1 = c->first = c->b->n;
    for (size_t i = 0; i < c->b->n; i++) {
        const struct clean_block *k = &c->b->at[i];
        double cover = get(c, CLEAN_F_TITLE_COVER, i);
        bool h1 = below_h1(c->b->dom, k->node);
        double like = 1 + cover + .5 * get(c, CLEAN_F_IN_TITLE, i) + (h1 ? 800 : 0) + (k->heading ? 200 : 0);
        if (like > best && (h1 || cover > 500)) {
            best = like;
            c->h1 = i;
        }
        if (k->paragraph && clean_below(c->b->dom, k->node, c->b->roots[CLEAN_ROOT_CLUSTER])) {
            if (c->first == c->b->n)
                c->first = i;
            c->last = i;
        }
    }
    if (c->first == c->b->n) {
        c->first = 0;
        c->last = c->b->n - 1;
    }
}

static void put_places(const struct ctx *c)
{
    size_t n = c->b->n;
    double words = 0, para = 0, h1_words = 0;
    for (size_t i = 0; i < c->h1 && c->h1 < n; i++)
        h1_words += (double)c->b->at[i].words;
    for (size_t i = 0; i < n; i++) {
        const struct clean_block *k = &c->b->at[i];
        double at = (double)i;
        put(c, CLEAN_F_AT, i, share(at, (double)n));
        put(c, CLEAN_F_WORDS_BEFORE, i, share(words, c->b->words));
        put(c, CLEAN_F_PARA_BEFORE, i, share(para, c->b->para_words));
        put(c, CLEAN_F_SINCE_H1, i, c->h1 < n ? within(at - (double)c->h1, -30, 60) : -99);
        put(c, CLEAN_F_WORDS_SINCE_H1, i, c->h1 < n ? words - h1_words : -9999);
        put(c, CLEAN_F_SINCE_FIRST, i, within(at - (double)c->first, -30, 30));
        put(c, CLEAN_F_SINCE_LAST, i, within(at - (double)c->last, -30, 30));
        words += (double)k->words;
        para += k->paragraph ? (double)k->words : 0;
    }
}

/* ---- neighbours ---- */

static void put_next(const struct ctx *c, size_t i, size_t next, enum clean_feature column)
{
    const struct clean_block *at = c->b->at;
    const struct clean_node *nodes = c->b->dom->nodes;
    bool none = next >= c->b->n; /* before the first it is a number below zero, wrapped */
    put(c, column, i, none ? -1 : get(c, CLEAN_F_WORDS, next));
    put(c, column + 1, i, none ? -1 : get(c, CLEAN_F_LINK_SHARE, next));
    put(c, column + 2, i, none ? -1 : get(c, CLEAN_F_END, next));
    put(c, column + 3, i,
        none ? -1
             : at[i].node == at[next].node || nodes[at[i].node].parent == nodes[at[next].node].parent);
}

static void put_around(const struct ctx *c, size_t i)
{
    const struct clean_block *at = c->b->at;
    size_t begin = i > NEAR_BLOCKS ? i - NEAR_BLOCKS : 0;
    size_t end = c->b->n - i > NEAR_BLOCKS ? i + NEAR_BLOCKS + 1 : c->b->n;
    double para = 0, words = 0, links = 0, n = (double)(end - begin);
    for (size_t j = begin; j < end; j++) {
        para += at[j].paragraph ? (double)at[j].words : 0;
        words += (double)at[j].words;
        links += (double)at[j].link_share;
    }
    put(c, CLEAN_F_AROUND_PARA, i, 10 * para / n);
    put(c, CLEAN_F_AROUND_WORDS, i, 10 * words / n);
    put(c, CLEAN_F_AROUND_LINKS, i, 1000 * links / n);
}

/* Blocks since the last heading or short line of a box, what such a line it was, and since the last paragraph. */
static void put_since(const struct ctx *c)
{
    double heading = MANY, para = MANY, cue = 0;
    for (size_t i = 0; i < c->b->n; i++) {
        const struct clean_block *k = &c->b->at[i];
        put(c, CLEAN_F_SINCE_HEADING, i, within(heading, 0, MANY));
        put(c, CLEAN_F_HEADING_CUE, i, cue);
        put(c, CLEAN_F_SINCE_PARA, i, within(para, 0, MANY));
        heading++;
        para = k->paragraph && k->words >= LONG_PARAGRAPH ? 0 : para + 1;
        bool cued = k->cues & (CLEAN_CUE(ANY) | CLEAN_CUE(STRONG));
        if (k->heading || (cued && k->words < 6)) {
            heading = 0;
            cue = k->cues & CLEAN_CUE(STRONG) ? 3 : cued ? 2 : 0;
        }
    }
}

/* What stands before a list introduces it or does not: the end and length of the last block outside of one. */
static void put_intros(const struct ctx *c)
{
    int16_t end = -1, words = -1;
    for (size_t i = 0; i < c->b->n; i++) {
        put(c, CLEAN_F_INTRO_END, i, end);
        put(c, CLEAN_F_INTRO_WORDS, i, words);
        if (get(c, CLEAN_F_TAG_LI, i) < FAR)
            continue;
        end = get(c, CLEAN_F_END, i);
        words = get(c, CLEAN_F_WORDS, i);
    }
}

/* ---- the page ---- */

/* What the page says it is, in JSON-LD: 3 news, 2 another article, 1 a blog's, 0 nothing. */
static int kind_of(const struct clean_facts *f)
{
    pl_str type = clean_facts_ld(f, PL_S("@type"));
    if (!type.len)
        return 0;
    if (clean_find_nocase(type, PL_S("news")) < type.len)
        return 3;
    return clean_find_nocase(type, PL_S("blog")) < type.len ? 1 : 2;
}

static void put_page(const struct ctx *c, const struct clean_facts *f)
{
    int kind = kind_of(f);
    bool og = clean_equal_nocase(clean_facts_meta(f, "og:type"), PL_S("article"));
    for (size_t i = 0; i < c->b->n; i++) {
        put(c, CLEAN_F_KIND, i, kind);
        put(c, CLEAN_F_OG_ARTICLE, i, og);
    }
}

int clean_features_find(struct clean_features *f, struct clean_blocks *b, const struct clean_facts *facts,
                        struct clean_arena *a)
{
    *f = (struct clean_features){.n = b->n, .stride = clean_trees_stride(b->n)};
    f->columns = clean_arena_array(a, f->stride * CLEAN_N_FEATURES, sizeof *f->columns);
    struct said *said = clean_arena_alloc(a, sizeof *said);
    struct ctx c = {
        .b = b,
        .out = f,
        .arena = a,
        .above = clean_arena_array(a, b->dom->n_nodes, sizeof *c.above),
        .media = clean_arena_array(a, b->dom->n_nodes, sizeof *c.media),
        .hashes = clean_arena_array(a, b->n, sizeof *c.hashes),
    };
    if (!b->n)
        return 0;
    if (!f->columns || !said || !c.above || !c.media || !c.hashes)
        return PL_NOMEM;
    read_said(said, facts);
    look_up(&c);
    pl_str site = site_of(facts->canonical_link.len ? facts->canonical_link
                          : facts->url.len          ? facts->url
                                                    : clean_facts_meta(facts, "og:url"));
    for (size_t i = 0; i < b->n; i++) {
        put_text(&c, i);
        put_said(&c, i, said);
        put_container(&c, i);
        put_roots(&c, i);
        put_ancestors(&c, i);
        put_media(&c, i);
        put_links(&c, i, site);
        put_around(&c, i);
    }
    for (size_t i = 0; i < b->n; i++) {
        put_next(&c, i, i - 1, CLEAN_F_BEFORE_WORDS);
        put_next(&c, i, i + 1, CLEAN_F_AFTER_WORDS);
    }
    find_marks(&c);
    put_places(&c);
    put_since(&c);
    put_intros(&c);
    put_page(&c, facts);
    /* n_alike stays from the last */
    if (put_times(&c) < 0 || put_looks(&c, 1, CLEAN_F_LOOK1_BLOCKS) < 0 || put_looks(&c, 3, CLEAN_F_LOOK3_BLOCKS) < 0)
        return PL_NOMEM;
    return a->failed ? PL_NOMEM : 0;
}

const char *clean_feature_name(enum clean_feature which)
{
    static const char *const names[CLEAN_N_FEATURES] = {
#define X(id, name) [CLEAN_F_##id] = #name,
        CLEAN_FEATURES(X)
#undef X
#define X(id, name) [CLEAN_F_PART_##id] = "part_" #name,
            CLEAN_NEAR_PARTS(X)
#undef X
#define X(id, name) [CLEAN_F_TAG_##id] = "tag_" #name,
                CLEAN_NEAR_TAGS(X)
#undef X
    };
    return names[which];
}
