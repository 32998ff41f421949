/* entities_quote.c - pairs quotation marks, paragraph by paragraph. */
#include "entities_quote.h"

#include "entities_text.h"

enum mark_family { FAMILY_NONE, FAMILY_STRAIGHT, FAMILY_CURLY, FAMILY_GUILLEMET, FAMILY_SINGLE };
enum mark_side { SIDE_OPEN, SIDE_CLOSE, SIDE_EITHER };

struct mark {
    enum mark_family family;
    enum mark_side side;
};

enum { MAX_PARAGRAPHS = 40 }; /* of one quotation */

struct pairer {
    const struct document *d;
    struct quotes *out;
    bool single; /* the article quotes with ' or ‘ */
    bool failed;
    /* the open quotation */
    enum mark_family family;
    size_t open;
    unsigned depth; /* of marks of the same family inside it */
    unsigned paragraphs;
};

static uint32_t char_of(const struct document *d, size_t i)
{
    return utf8_at(d->text, d->len, d->tokens[i].begin);
}

static bool is_glued(const struct document *d, size_t i)
{
    return i < d->n_tokens && (d->tokens[i].flags & TOKEN_GLUED);
}

/* What the spaces around a mark say. */
static enum mark_side side_by_space(const struct document *d, size_t i, size_t first, size_t end)
{
    bool left = i > first && is_glued(d, i), right = i + 1 < end && is_glued(d, i + 1);
    if (left && i > first) {
        const struct token *t = &d->tokens[i - 1];
        uint32_t c = char_of(d, i - 1);
        if (c == '(' || c == '[' || t->kind == TOKEN_DASH)
            left = false;
    }
    if (right && i + 1 < end && d->tokens[i + 1].kind >= TOKEN_DASH && char_of(d, i + 1) != '[' &&
        char_of(d, i + 1) != '(' && char_of(d, i + 1) != '.' && char_of(d, i + 1) != 0x2026 &&
        d->tokens[i + 1].kind != TOKEN_QUOTE && char_of(d, i + 1) != '\'' && char_of(d, i + 1) != 0x2018)
        right = false;
    if (left && !right)
        return SIDE_CLOSE;
    return !left && right ? SIDE_OPEN : SIDE_EITHER;
}

static struct mark mark_at(const struct pairer *p, size_t i, size_t first, size_t end)
{
    const struct token *t = &p->d->tokens[i];
    struct mark m = {FAMILY_NONE, SIDE_EITHER};
    uint32_t c = char_of(p->d, i);
    bool single = p->single && t->kind == TOKEN_PUNCT && is_apostrophe(c);
    if (t->kind != TOKEN_QUOTE && !single)
        return m;
    m.side = side_by_space(p->d, i, first, end);
    if (single) {
        m.family = FAMILY_SINGLE;
        m.side = c == 0x2018 ? SIDE_OPEN : m.side;
    } else if (c == 0xAB || c == 0xBB) {
        m.family = FAMILY_GUILLEMET;
        m.side = c == 0xAB ? SIDE_OPEN : SIDE_CLOSE;
    } else if (c == '"' || c == '\'' || c == '`' || c == 0xB4) {
        m.family = FAMILY_STRAIGHT;
        if (c == '`')
            m.side = SIDE_OPEN;
    } else {
        m.family = FAMILY_CURLY;
        if (m.side == SIDE_EITHER)
            m.side = c == 0x201D ? SIDE_CLOSE : SIDE_OPEN;
        if (c == 0x201C && m.side == SIDE_CLOSE && p->family != FAMILY_CURLY)
            m.side = SIDE_OPEN;
    }
    return m;
}

/* ‘Single’ marks count only where no double ones are: else they are nested or apostrophes. */
static bool quotes_singly(const struct document *d)
{
    size_t single = 0;
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_QUOTE)
            return false;
        bool word = i + 1 < d->n_tokens && t[1].kind == TOKEN_WORD && (t[1].flags & TOKEN_GLUED);
        single += t->kind == TOKEN_PUNCT && is_apostrophe(char_of(d, i)) && word && !(t->flags & TOKEN_GLUED);
    }
    return single > 0;
}

struct quote *quotes_add(const struct document *d, struct quotes *q, size_t first, size_t last)
{
    if (q->n == q->cap) {
        struct quote *grown = arena_grow(d->arena, q->at, &q->cap, q->n + 1, sizeof *grown);
        if (!grown)
            return NULL;
        q->at = grown;
    }
    q->at[q->n] = (struct quote){.begin = d->tokens[first].begin,
                                 .end = d->tokens[last].end,
                                 .first = (uint32_t)first,
                                 .last = (uint32_t)last,
                                 .cue = NO_MENTION,
                                 .speaker = NO_MENTION,
                                 .source_first = 1,
                                 .source_last = 0,
                                 .source_chain = NO_MENTION};
    return &q->at[q->n++];
}

static void push(struct pairer *p, size_t first, size_t last)
{
    if (!quotes_add(p->d, p->out, first, last))
        p->failed = true;
}

/* Single marks: an apostrophe closes nothing but a clause. */
static bool may_close(const struct pairer *p, size_t i)
{
    if (p->family != FAMILY_SINGLE)
        return true;
    if (is_glued(p->d, i + 1) && p->d->tokens[i + 1].kind == TOKEN_WORD)
        return false;
    const struct token *before = &p->d->tokens[i - 1];
    return before->kind == TOKEN_STOP || before->kind == TOKEN_PUNCT || before->kind == TOKEN_QUOTE ||
           p->d->text[before->end - 1] != 's';
}

/* A paragraph ended inside a quotation.  Goes on where the next one opens with
 * a mark of the same family; else what is open ends here if it filled the
 * paragraph, or is forgotten. */
static void end_paragraph(struct pairer *p, size_t first, size_t end, size_t next_end)
{
    if (p->family == FAMILY_NONE)
        return;
    const struct document *d = p->d;
    bool capital = p->open + 1 < end &&
                   !(d->tokens[p->open + 1].kind == TOKEN_WORD && !(d->tokens[p->open + 1].flags & TOKEN_CAPITAL));
    if (end < next_end && p->paragraphs < MAX_PARAGRAPHS && (capital || p->paragraphs > 1)) {
        struct mark m = mark_at(p, end, end, next_end);
        if (m.family == p->family && m.side != SIDE_CLOSE) {
            p->paragraphs++;
            return;
        }
    }
    if (p->paragraphs > 1)
        push(p, p->open, end - 1);
    else if (p->open == first && p->family != FAMILY_SINGLE && end - first > 6 && d->tokens[end - 1].kind == TOKEN_STOP)
        push(p, p->open, end - 1);
    p->family = FAMILY_NONE;
}

static void open_at(struct pairer *p, enum mark_family family, size_t i)
{
    p->family = family;
    p->open = i;
    p->depth = 0;
    p->paragraphs = 1;
}

/* The marks of a paragraph that are still to come, by family and side. */
struct tally {
    size_t open[FAMILY_SINGLE + 1], close[FAMILY_SINGLE + 1];
};

static void pair_mark(struct pairer *p, size_t i, size_t end, struct mark m, const struct tally *left)
{
    if (p->family == FAMILY_NONE) {
        bool opens = m.side != SIDE_CLOSE && i + 1 < end;
        if (opens && m.family == FAMILY_SINGLE)
            opens = p->d->tokens[i + 1].flags & TOKEN_CAPITAL;
        if (opens)
            open_at(p, m.family, i);
    } else if (m.family == p->family && m.side == SIDE_OPEN) {
        /* nested where enough closing marks are left for both; else the first was never closed */
        bool tellable = m.family == FAMILY_CURLY || m.family == FAMILY_GUILLEMET;
        if (tellable && left->close[m.family] >= left->open[m.family] + p->depth + 2)
            p->depth++;
        else if (i > p->open + 1)
            open_at(p, m.family, i);
    } else if (m.family == p->family && p->depth) {
        p->depth--;
    } else if (m.family == p->family && may_close(p, i)) {
        if (i > p->open + 1)
            push(p, p->open, i);
        p->family = FAMILY_NONE;
    }
}

static void pair_paragraph(struct pairer *p, size_t first, size_t end)
{
    struct tally left = {{0}, {0}};
    bool continued = p->family != FAMILY_NONE;
    for (size_t i = first; i < end; i++) {
        struct mark m = mark_at(p, i, first, end);
        left.open[m.family] += m.side == SIDE_OPEN;
        left.close[m.family] += m.side == SIDE_CLOSE;
    }
    for (size_t i = first; i < end; i++) {
        struct mark m = mark_at(p, i, first, end);
        left.open[m.family] -= m.side == SIDE_OPEN && left.open[m.family];
        left.close[m.family] -= m.side == SIDE_CLOSE && left.close[m.family];
        if (m.family != FAMILY_NONE && !(continued && i == first))
            pair_mark(p, i, end, m, &left);
    }
}

bool quotes_pair(const struct document *d, struct quotes *found)
{
    struct pairer p = {.d = d, .out = found, .single = quotes_singly(d)};
    *found = (struct quotes){0};
    for (size_t i = 0; i < d->n_paragraphs && !p.failed; i++) {
        const struct paragraph *here = &d->paragraphs[i];
        pair_paragraph(&p, here->first, here->end);
        end_paragraph(&p, here->first, here->end, i + 1 < d->n_paragraphs ? here[1].end : here->end);
    }
    return !p.failed;
}
