/* clean_blocks.c - a page as text blocks, and what can be measured of each.
 *
 * One pass in page order cuts the text; one pass over the blocks and one
 * backwards over the nodes (children before parents) make the sums. */
#include "clean_blocks.h"

#include <string.h>

#include "clean_hash.h"
#include "clean_utf8.h"

enum { CUE_BYTES = 200, PART_BYTES = 400, LOOK_BYTES = 60 };

/* The pass that cuts: what is open, and the block being written. */
struct cutter {
    struct clean_blocks *out;
    struct clean_arena *arena;
    const struct clean_words *words;
    size_t cap;
    char *begin, *at;                 /* the block's text so far */
    enum { NO_GAP, SPACE, LINE } gap; /* white space to write before the next character */
    struct clean_block block; /* counts so far */
    uint32_t solo, link_chars, bold_chars, italic_chars, breaks;
    uint32_t last; /* the character before */
    bool in_word;
    uint32_t open[CLEAN_MAX_DEPTH + 1], n_open;
};

static uint8_t heading_level(const struct clean_dom *d, uint32_t node)
{
    for (int i = 0; i < 2; i++, node = d->nodes[node].parent) {
        unsigned tag = d->nodes[node].tag;
        if (tag >= CLEAN_H1 && tag <= CLEAN_H6)
            return (uint8_t)(tag - CLEAN_H1 + 1);
    }
    return 0;
}

static bool is_stop(uint32_t ch)
{
    return ch == '.' || ch == '!' || ch == '?' || ch == 0x2026 || ch == 0x3002 || ch == 0xFF01 || ch == 0xFF1F;
}

/* What a block begins with. */
static uint8_t first_of(uint32_t ch)
{
    if (ch - '0' < 10)
        return CLEAN_FIRST_DIGIT;
    if (ch == '"' || ch == '\'' || ch == 0xAB || (ch >= 0x2018 && ch <= 0x201E))
        return CLEAN_FIRST_QUOTE;
    if (clean_is_upper(ch))
        return CLEAN_FIRST_UPPER;
    return clean_is_letter(ch) ? CLEAN_FIRST_LETTER : CLEAN_FIRST_OTHER;
}

/* Ends the block, if one is being written. */
static void flush(struct cutter *c)
{
    struct clean_blocks *out = c->out;
    struct clean_block *k = &c->block;
    pl_str text = {c->begin, (size_t)(c->at - c->begin)};
    k->words += .6F * (float)c->solo;
    if (k->words > 0 && clean_arena_grow(c->arena, &out->at, out->n, &c->cap, sizeof *out->at)) {
        float chars = (float)k->chars;
        k->node = c->n_open ? c->open[c->n_open - 1] : 0;
        k->text = text;
        k->link_share = (float)c->link_chars / chars;
        k->bold_share = (float)c->bold_chars / chars;
        k->italic_share = (float)c->italic_chars / chars;
        k->cues = clean_match(c->words->cues, text.len > CUE_BYTES ? clean_slice(text, 0, CUE_BYTES) : text);
        k->ends = clean_ends_sentence(text);
        k->colon = c->last == ':' || c->last == ';';
        k->sentences += is_stop(c->last);
        k->heading = heading_level(out->dom, k->node);
        k->paragraph = (k->words >= 12 && k->link_share < .35F) || (k->words >= 5 && k->link_share < .1F && k->ends);
        out->at[out->n++] = *k;
        c->begin = c->at;
    }
    *k = (struct clean_block){0};
    c->at = c->begin;
    c->gap = NO_GAP;
    c->solo = c->link_chars = c->bold_chars = c->italic_chars = c->breaks = c->last = 0;
    c->in_word = false;
}

/* Counts a visible character. */
static void count(struct cutter *c, uint32_t ch)
{
    struct clean_block *k = &c->block;
    bool word = clean_is_word(ch), solo = clean_is_solo(ch);
    if (!k->chars++)
        k->first = first_of(ch);
    c->solo += solo;
    k->words += word && !solo && !c->in_word;
    c->in_word = word && !solo;
    k->commas += ch == ',' || ch == 0x3001 || ch == 0xFF0C || ch == 0x060C;
    k->uppers += word && clean_is_upper(ch);
    c->last = ch;
}

/* What a run of characters stands in. */
enum { IN_LINK = 1, IN_BOLD = 2, IN_ITALIC = 4, IN_PRE = 8 };

static void add_text(struct cutter *c, uint32_t node, unsigned in)
{
    pl_str s = clean_dom_str(c->out->dom, &c->out->dom->nodes[node]);
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        const char *from = p;
        uint32_t ch = clean_utf8_next(&p, end);
        if (clean_is_space(ch)) {
            if (c->gap != LINE)
                c->gap = in & IN_PRE && ch == '\n' ? LINE : SPACE;
            continue;
        }
        if (c->at == c->begin) {
            c->block.first_node = node;
        } else if (c->gap) {
            *c->at++ = c->gap == LINE ? '\n' : ' ';
            c->block.sentences += is_stop(c->last);
            c->in_word = false;
        }
        c->gap = NO_GAP;
        c->breaks = 0;
        c->block.last_node = node;
        count(c, ch);
        size_t more = c->in_word ? clean_count_lower(p, end) : 0; /* most of all text is these: counted at once */
        if (more) {
            c->block.chars += (uint32_t)more;
            c->last = (unsigned char)p[more - 1];
            p += more;
        }
        memcpy(c->at, from, (size_t)(p - from));
        c->at += p - from;
        uint32_t chars = (uint32_t)more + 1;
        c->link_chars += in & IN_LINK ? chars : 0;
        c->bold_chars += in & IN_BOLD ? chars : 0;
        c->italic_chars += in & IN_ITALIC ? chars : 0;
    }
}

static bool hides(const struct clean_dom *d, uint32_t i)
{
    if (clean_dom_get(d, i, CLEAN_ATTR_HIDDEN).ptr ||
        clean_equal_nocase(clean_dom_get(d, i, CLEAN_ATTR_ARIA_HIDDEN), PL_S("true")))
        return true;
    pl_str style = clean_dom_get(d, i, CLEAN_ATTR_STYLE);
    if (style.len > 200)
        style.len = 200;
    size_t at = clean_find_nocase(style, PL_S("display"));
    pl_str value = clean_slice(style, at, style.len);
    return value.len && clean_find_nocase(value, PL_S("none")) <= sizeof "display : " - 1;
}

/* Cuts the text of all nodes into blocks. */
static void cut(struct cutter *c)
{
    const struct clean_dom *d = c->out->dom;
    uint32_t link_end = 0, bold_end = 0, italic_end = 0, pre_end = 0, hidden_end = 0, head_end = 0;
    size_t hidden_from = SIZE_MAX;

    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const struct clean_node *n = &d->nodes[i];
        while (c->n_open && i >= d->nodes[c->open[c->n_open - 1]].end) {
            flush(c);
            c->n_open--;
        }
        if (i >= hidden_end && hidden_from != SIZE_MAX) {
            for (size_t k = hidden_from; k < c->out->n; k++)
                c->out->at[k].hidden = true;
            hidden_from = SIZE_MAX;
        }
        if (n->tag == CLEAN_HEAD || n->tag == CLEAN_SCRIPT || n->tag == CLEAN_TITLE)
            head_end = n->end > head_end ? n->end : head_end;
        if (i < head_end)
            continue;
        if (n->tag == CLEAN_TEXT) {
            add_text(c, i,
                     (i < link_end ? IN_LINK : 0) | (i < bold_end ? IN_BOLD : 0) | (i < italic_end ? IN_ITALIC : 0) |
                         (i < pre_end ? IN_PRE : 0));
            continue;
        }
        if (n->tag == CLEAN_BR) {
            c->gap = LINE;
            if (++c->breaks >= 2)
                flush(c);
            continue;
        }
        if (clean_tag_is_block(n->tag)) {
            flush(c);
            if (n->end > i + 1)
                c->open[c->n_open++] = i;
        }
        if (i >= hidden_end && hides(d, i)) {
            hidden_end = n->end;
            hidden_from = c->out->n;
        }
        if (n->tag == CLEAN_A && i >= link_end)
            link_end = n->end;
        if ((n->tag == CLEAN_B || n->tag == CLEAN_STRONG || (n->tag >= CLEAN_H1 && n->tag <= CLEAN_H4)) &&
            i >= bold_end)
            bold_end = n->end;
        if ((n->tag == CLEAN_I || n->tag == CLEAN_EM) && i >= italic_end)
            italic_end = n->end;
        if (n->tag == CLEAN_PRE && i >= pre_end)
            pre_end = n->end;
    }
    flush(c);
    for (size_t k = hidden_from; k < c->out->n; k++)
        c->out->at[k].hidden = true;
}

/* What a value tells; most values stand in a page more than once. */
struct known_value {
    pl_str value;
    struct clean_names names;
};

struct known_values {
    struct known_value *at;
    size_t size; /* a power of two */
    const struct clean_matcher *parts;
};

/* Without digits. */
static uint64_t hash_look(pl_str s)
{
    uint64_t hash = 1, v = 0;
    for (size_t i = 0, n = 0; i < s.len && i < LOOK_BYTES; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            v = v << 8 | (unsigned char)s.ptr[i];
            if (++n % sizeof v == 0)
                hash = clean_mix(hash, v);
        }
    return clean_mix(hash, v);
}

static const struct clean_names *look_up(struct known_values *k, pl_str value)
{
    if (value.len > PART_BYTES)
        value = clean_slice(value, 0, PART_BYTES);
    uint64_t hash = clean_hash(value);
    size_t i = (size_t)(hash ^ hash >> 32) & (k->size - 1);
    for (int n = 0; n < CLEAN_PROBES && k->at[i].value.len && !clean_equal(k->at[i].value, value); n++)
        i = (i + 1) & (k->size - 1);
    if (!clean_equal(k->at[i].value, value)) /* a crowded place goes to the last */
        k->at[i] = (struct known_value){value, {clean_match(k->parts, value), hash_look(value)}};
    return &k->at[i].names;
}

static int find_names(struct clean_blocks *b, const struct clean_words *w, struct clean_arena *a)
{
    const struct clean_dom *d = b->dom;
    struct known_values known = {.size = 64, .parts = w->parts};
    while (known.size < d->n_attrs * 2)
        known.size *= 2;
    known.at = clean_arena_array(a, known.size, sizeof *known.at);
    if (!known.at)
        return PL_NOMEM;
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const struct clean_node *n = &d->nodes[i];
        if (n->tag == CLEAN_TEXT)
            continue;
        struct clean_names *names = &b->names[i];
        names->look = clean_mix(1, n->tag);
        for (uint32_t k = n->first; k < n->first + n->n; k++) {
            unsigned name = d->attrs[k].name;
            bool look = name == CLEAN_ATTR_CLASS || name == CLEAN_ATTR_ID;
            pl_str value = {d->chars + d->attrs[k].at, d->attrs[k].len};
            if (!value.len || !(look || name == CLEAN_ATTR_ITEMPROP || name == CLEAN_ATTR_ROLE ||
                                name == CLEAN_ATTR_DATA_TESTID || name == CLEAN_ATTR_DATA_COMPONENT))
                continue;
            const struct clean_names *of = look_up(&known, value);
            names->parts |= of->parts;
            names->look += look ? clean_mix(of->look, name) : 0;
        }
        if (n->tag == CLEAN_BODY || n->tag == CLEAN_HTML)
            names->parts = 0;
    }
    return 0;
}

static void sum_up(struct clean_blocks *b)
{
    const struct clean_dom *d = b->dom;
    for (size_t i = 0; i < b->n; i++) {
        const struct clean_block *k = &b->at[i];
        struct clean_sum *s = &b->sums[k->node];
        float para = k->paragraph ? k->words : 0;
        s->blocks++;
        s->words += k->words;
        s->link_words += k->words * k->link_share;
        b->words += (double)k->words;
        b->para_words += (double)para;
        if (!(para > 0))
            continue;
        s->paragraphs++;
        s->para_words += para;
        uint32_t x = k->node;
        unsigned tag = d->nodes[x].tag;
        if (tag == CLEAN_P || tag == CLEAN_LI || tag == CLEAN_BLOCKQUOTE || tag == CLEAN_H2 || tag == CLEAN_H3 ||
            tag == CLEAN_PRE)
            x = d->nodes[x].parent;
        float chars = (float)k->chars / 100;
        float score = (1 + (float)k->commas + (chars < 3 ? chars : 3)) * (1 - k->link_share);
        b->sums[x].direct += para;
        for (int level = 0; level < 3; level++, score /= 2, x = d->nodes[x].parent)
            b->sums[x].score += score;
    }
    for (uint32_t i = (uint32_t)d->n_nodes - 1; i > 0; i--) {
        struct clean_sum *s = &b->sums[i], *up = &b->sums[d->nodes[i].parent];
        up->blocks += s->blocks;
        up->paragraphs += s->paragraphs;
        up->words += s->words;
        up->para_words += s->para_words;
        up->link_words += s->link_words;
    }
}

/* Each guess is a maximum of something; the first node wins a tie. */
static void find_roots(struct clean_blocks *b)
{
    const uint32_t bad = CLEAN_PART(COMMENT) | CLEAN_PART(RELATED) | CLEAN_PART(NAV) | CLEAN_PART(SIDE);
    const struct clean_dom *d = b->dom;
    float best[CLEAN_N_ROOTS] = {0};

    for (int r = 0; r < CLEAN_N_ROOTS; r++)
        b->roots[r] = CLEAN_NONE;
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        struct clean_sum *s = &b->sums[i];
        if (!s->paragraphs)
            continue;
        unsigned tag = d->nodes[i].tag;
        pl_str role = clean_dom_get(d, i, CLEAN_ATTR_ROLE);
        bool main = tag == CLEAN_MAIN || clean_equal_nocase(role, PL_S("main"));
        bool article =
            tag == CLEAN_ARTICLE || clean_equal_nocase(clean_dom_get(d, i, CLEAN_ATTR_ITEMPROP), PL_S("articleBody"));
        float links = s->words > 0 ? s->link_words / s->words : 0;
        s->score *=
            (1 - (links < 1 ? links : 1)) * (b->names[i].parts & CLEAN_PART(BODY) ? 1.3F : 1) * (b->names[i].parts & bad ? .5F : 1);
        float share = (float)(int)(10 * (double)s->para_words / b->para_words + .5);
        float value[CLEAN_N_ROOTS] = {
            [CLEAN_ROOT_TOP] = s->score,
            [CLEAN_ROOT_CLUSTER] = s->direct,
            /* a chain of nested elements: the last in page order is the deepest */
            [CLEAN_ROOT_BIG] = (double)s->para_words >= .7 * b->para_words ? (float)(d->nodes[i].depth + 1) : 0,
            [CLEAN_ROOT_ARTICLE] = main      ? s->para_words
                                   : article ? 1.1F * s->para_words
                                             : 0,
            [CLEAN_ROOT_NAMED] = b->names[i].parts & CLEAN_PART(BODY) ? share + .01F : 0,
        };
        for (int r = 0; r < CLEAN_N_ROOTS; r++)
            if (value[r] > best[r]) {
                best[r] = value[r];
                b->roots[r] = i;
            }
    }
}

int clean_blocks_find(struct clean_blocks *b, const struct clean_dom *d, const struct clean_words *w,
                      struct clean_arena *a)
{
    *b = (struct clean_blocks){.dom = d};
    struct cutter *c = clean_arena_alloc(a, sizeof *c);
    b->sums = clean_arena_array(a, d->n_nodes, sizeof *b->sums);
    b->names = clean_arena_array(a, d->n_nodes, sizeof *b->names);
    /* Folded text is no longer than the text, with one more byte for each <br>. */
    char *text = clean_arena_alloc(a, d->n_chars + d->n_nodes);
    if (!c || !b->sums || !b->names || !text)
        return PL_NOMEM;
    *c = (struct cutter){.out = b, .arena = a, .words = w, .begin = text, .at = text};
    cut(c);
    if (find_names(b, w, a) < 0)
        return PL_NOMEM;
    sum_up(b);
    find_roots(b);
    return a->failed ? PL_NOMEM : 0;
}
