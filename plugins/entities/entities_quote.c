/* entities_quote.c - pairs quotation marks, paragraph by paragraph. */
#include "entities_quote.h"

#include <string.h>

#include "entities_text.h"

enum mark_family { FAMILY_NONE, FAMILY_STRAIGHT, FAMILY_CURLY, FAMILY_GUILLEMET, FAMILY_CORNER, FAMILY_SINGLE };
enum mark_side { SIDE_OPEN, SIDE_CLOSE, SIDE_EITHER };

struct mark {
    enum mark_family family;
    enum mark_side side;
};

enum { MAX_PARAGRAPHS = 40 /* of one quotation */, MAX_SPEECH = 500 /* tokens in single marks beside double ones */ };

struct pairer {
    const struct document *d;
    struct quotes *out;
    bool single;  /* the article quotes with ' or ‘, */
    bool mixed;   /* and with others */
    bool english; /* the language's own use of marks is the usual one */
    bool failed;
    /* the open quotation */
    enum mark_family family;
    size_t open;
    unsigned depth; /* of marks of the same family inside it */
    unsigned paragraphs;
    unsigned inner; /* marks of the other kind that are open inside it */
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

/* How the language of the article uses a mark that others use otherwise: „so“ and »so« or ”so”. */
static enum mark_side side_by_language(const struct pairer *p, uint32_t c, enum mark_family family, enum mark_side side)
{
    const struct language *l = p->d->language;
    bool opens = false, closes = false;
    for (size_t k = 0; k < LANGUAGE_QUOTES && l->quotes[k].open; k++) {
        opens = opens || l->quotes[k].open == c;
        closes = closes || l->quotes[k].close == c;
    }
    if (opens != closes)
        return opens ? SIDE_OPEN : SIDE_CLOSE;
    if (!opens || side != SIDE_EITHER)
        return side;
    return p->family == family ? SIDE_CLOSE : SIDE_OPEN;
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
    } else if (c >= 0x300C && c <= 0x300F) {
        m.family = FAMILY_CORNER;
        m.side = c & 1 ? SIDE_CLOSE : SIDE_OPEN;
    } else if (c == 0xAB || c == 0xBB) {
        m.family = FAMILY_GUILLEMET;
        m.side = p->english ? c == 0xAB ? SIDE_OPEN : SIDE_CLOSE : side_by_language(p, c, m.family, m.side);
    } else if (c == '"' || c == '\'' || c == '`' || c == 0xB4) {
        m.family = FAMILY_STRAIGHT;
        if (c == '`')
            m.side = SIDE_OPEN;
    } else if (!p->english) {
        m.family = FAMILY_CURLY;
        m.side = side_by_language(p, c, m.family, m.side);
    } else {
        m.family = FAMILY_CURLY;
        if (m.side == SIDE_EITHER)
            m.side = c == 0x201D ? SIDE_CLOSE : SIDE_OPEN;
        if (c == 0x201C && m.side == SIDE_CLOSE && p->family != FAMILY_CURLY)
            m.side = SIDE_OPEN;
    }
    return m;
}

/* Does the article have ‘single’ marks that open before a word, and others? */
static void look_for_single(struct pairer *p)
{
    const struct document *d = p->d;
    for (size_t i = 0; i < d->n_tokens && !(p->mixed && p->single); i++) {
        const struct token *t = &d->tokens[i];
        p->mixed = p->mixed || t->kind == TOKEN_QUOTE;
        if (t->kind != TOKEN_PUNCT || (t->flags & TOKEN_GLUED) || !is_apostrophe(char_of(d, i)))
            continue;
        p->single = p->single || (i + 1 < d->n_tokens && t[1].kind == TOKEN_WORD && (t[1].flags & TOKEN_GLUED));
    }
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
    struct quote *q = quotes_add(p->d, p->out, first, last);
    if (q)
        q->doubtful = p->mixed && p->family == FAMILY_SINGLE;
    else
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

/* Where speech without a closing mark ends that starts at `first`: the comma before its credit, `end` for none. */
static size_t speech_end(const struct document *d, size_t first, size_t end)
{
    for (size_t i = first; i + 1 < end; i++) {
        const struct token *t = &d->tokens[i];
        bool pause =
            t->kind == TOKEN_STOP ? d->text[t->begin] != '.' : t->kind == TOKEN_PUNCT && d->text[t->begin] == ',';
        for (size_t k = i + 1; pause && k < end && k < i + 6 && d->tokens[k].kind == TOKEN_WORD; k++)
            if ((d->tokens[k].classes & GAZ(SAY_STRONG)) && !(d->tokens[k].flags & TOKEN_CAPITAL))
                return i;
    }
    return end;
}

/* What was opened is never closed before `end`: it is kept as far as its credit. */
static bool salvage(struct pairer *p, size_t end)
{
    size_t last = p->family == FAMILY_SINGLE ? end : speech_end(p->d, p->open + 3, end);
    if (last < end)
        push(p, p->open, last);
    return last < end;
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
    else if (!salvage(p, end) && p->open == first && p->family != FAMILY_SINGLE && end - first > 6 &&
             d->tokens[end - 1].kind == TOKEN_STOP)
        push(p, p->open, end - 1);
    p->family = FAMILY_NONE;
}

static void open_at(struct pairer *p, enum mark_family family, size_t i)
{
    p->family = family;
    p->open = i;
    p->depth = p->inner = 0;
    p->paragraphs = 1;
}

/* The marks of a paragraph that are still to come, by family and side. */
struct tally {
    size_t open[FAMILY_SINGLE + 1], close[FAMILY_SINGLE + 1], either[FAMILY_SINGLE + 1];
};

/* Beside double marks a single one is nested or an apostrophe, but where it closes as speech does: ‘... late,’ */
static bool is_speech(const struct pairer *p, size_t i, size_t end)
{
    const struct token *t = p->d->tokens;
    if (t[i].flags & TOKEN_GLUED)
        return false;
    for (size_t k = i + 3; k < end && k < i + MAX_SPEECH; k++)
        if (t[k].kind == TOKEN_PUNCT && (t[k].flags & TOKEN_GLUED) && is_apostrophe(char_of(p->d, k)) &&
            !is_glued(p->d, k + 1) &&
            (t[k - 1].kind == TOKEN_STOP || t[k - 1].kind == TOKEN_QUOTE || p->d->text[t[k - 1].begin] == ','))
            return true;
        else if (t[k].kind == TOKEN_PUNCT && char_of(p->d, k) == 0x2018)
            return false;
    return false;
}

/* `"We will go,” said Smith`: one kind of mark opens, the other closes, if none of the first kind is left to do it. */
static bool closes_other(const struct pairer *p, struct mark m, const struct tally *left)
{
    bool kinds = (p->family == FAMILY_STRAIGHT && m.family == FAMILY_CURLY) ||
                 (p->family == FAMILY_CURLY && m.family == FAMILY_STRAIGHT);
    return kinds && m.side == SIDE_CLOSE && !p->depth && !left->close[p->family] && !left->either[p->family] &&
           !p->inner;
}

static void pair_mark(struct pairer *p, size_t i, size_t end, struct mark m, const struct tally *left)
{
    if (p->family == FAMILY_NONE) {
        bool opens = m.side != SIDE_CLOSE && i + 1 < end;
        if (opens && m.family == FAMILY_SINGLE)
            opens = (p->d->tokens[i + 1].flags & TOKEN_CAPITAL) && (!p->mixed || is_speech(p, i, end));
        if (opens)
            open_at(p, m.family, i);
    } else if (m.family == p->family && m.side == SIDE_OPEN) {
        /* nested where enough closing marks are left for both; else the first was never closed */
        bool tellable = m.family == FAMILY_CURLY || m.family == FAMILY_GUILLEMET;
        if (tellable && left->close[m.family] >= left->open[m.family] + p->depth + 2)
            p->depth++;
        else if (i > p->open + 1) {
            salvage(p, i);
            open_at(p, m.family, i);
        }
    } else if (closes_other(p, m, left)) {
        push(p, p->open, i);
        p->family = FAMILY_NONE;
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
    struct tally left = {{0}, {0}, {0}};
    bool continued = p->family != FAMILY_NONE;
    for (size_t i = first; i < end; i++) {
        struct mark m = mark_at(p, i, first, end);
        left.open[m.family] += m.side == SIDE_OPEN;
        left.close[m.family] += m.side == SIDE_CLOSE;
        left.either[m.family] += m.side == SIDE_EITHER;
    }
    for (size_t i = first; i < end; i++) {
        struct mark m = mark_at(p, i, first, end);
        left.open[m.family] -= m.side == SIDE_OPEN && left.open[m.family];
        left.close[m.family] -= m.side == SIDE_CLOSE && left.close[m.family];
        left.either[m.family] -= m.side == SIDE_EITHER && left.either[m.family];
        if (m.family == FAMILY_NONE || (continued && i == first))
            continue;
        pair_mark(p, i, end, m, &left);
        if (p->family != FAMILY_NONE && m.family != p->family && m.side == SIDE_OPEN)
            p->inner++;
        else if (p->family != FAMILY_NONE && m.family != p->family && p->inner)
            p->inner--;
    }
}

/* "— I did not see it, said Marta.": true where the paragraph is such a line. */
static bool dash_line(struct pairer *p, const struct paragraph *here)
{
    const struct document *d = p->d;
    uint32_t c = char_of(d, here->first);
    if (d->tokens[here->first].kind != TOKEN_DASH || c < 0x2013 || c > 0x2015 || here->end - here->first < 4)
        return false;
    for (size_t i = here->first; i < here->end; i++)
        if (d->tokens[i].kind == TOKEN_QUOTE)
            return false;
    size_t last = speech_end(d, here->first + 2u, here->end);
    if (last == here->end && !d->language->dash_dialogue)
        return false;
    push(p, here->first, last < here->end ? last : here->end - 1u);
    return true;
}

enum { LABELS = 8, LABEL_WORDS = 4, INTERVIEW = 4 };

/* The names before the colons of an interview, and how often each is there. */
struct labels {
    struct label {
        uint32_t first, last, n;
    } at[LABELS];
    size_t n;
};

/* The colon of a line "Anna Berg: It was late.", 0 where it is none. */
static size_t line_colon(const struct document *d, const struct paragraph *here)
{
    size_t i = here->first;
    while (i < here->end && i < here->first + LABEL_WORDS && d->tokens[i].kind == TOKEN_WORD &&
           (d->tokens[i].flags & TOKEN_CAPITAL))
        i++;
    bool colon =
        i > here->first && i + 1 < here->end && d->tokens[i].kind == TOKEN_PUNCT && d->text[d->tokens[i].begin] == ':';
    return colon && d->tokens[i + 1].kind != TOKEN_QUOTE && !is_apostrophe(char_of(d, i + 1)) ? i : 0;
}

static void count_label(const struct document *d, struct labels *l, size_t first, size_t last)
{
    size_t len = d->tokens[last].end - d->tokens[first].begin;
    for (size_t k = 0; k < l->n; k++) {
        const struct token *a = &d->tokens[l->at[k].first], *b = &d->tokens[l->at[k].last];
        if (b->end - a->begin == len && memcmp(d->text + a->begin, d->text + d->tokens[first].begin, len) == 0) {
            l->at[k].n++;
            return;
        }
    }
    if (l->n < LABELS)
        l->at[l->n++] = (struct label){(uint32_t)first, (uint32_t)last, 1};
}

/* An interview has lines of at least two who speak more than once. */
static bool is_interview(const struct document *d)
{
    struct labels l = {.n = 0};
    size_t speakers = 0, lines = 0;
    for (size_t i = 0; i < d->n_paragraphs; i++) {
        size_t colon = line_colon(d, &d->paragraphs[i]);
        if (colon && colon + 5 < d->paragraphs[i].end)
            count_label(d, &l, d->paragraphs[i].first, colon - 1);
    }
    for (size_t k = 0; k < l.n; k++)
        if (l.at[k].n > 1) {
            speakers++;
            lines += l.at[k].n;
        }
    return speakers >= 2 && lines >= INTERVIEW;
}

static void interview_line(struct pairer *p, const struct paragraph *here, size_t colon)
{
    push(p, colon + 1, here->end - 1u);
    if (p->failed)
        return;
    struct quote *q = &p->out->at[p->out->n - 1];
    q->lined = true;
    q->source_first = here->first;
    q->source_last = (uint32_t)colon - 1;
}

bool quotes_pair(const struct document *d, struct quotes *found)
{
    struct document told = *d;
    if (!told.language)
        told.language = language_english();
    struct pairer p = {.d = &told, .out = found, .english = told.language == language_english()};
    bool interview = is_interview(d);
    *found = (struct quotes){0};
    look_for_single(&p);
    for (size_t i = 0; i < d->n_paragraphs && !p.failed; i++) {
        const struct paragraph *here = &d->paragraphs[i];
        size_t colon = interview ? line_colon(d, here) : 0;
        if (p.family == FAMILY_NONE && colon) {
            interview_line(&p, here, colon);
            continue;
        }
        if (p.family == FAMILY_NONE && dash_line(&p, here))
            continue;
        pair_paragraph(&p, here->first, here->end);
        end_paragraph(&p, here->first, here->end, i + 1 < d->n_paragraphs ? here[1].end : here->end);
    }
    return !p.failed;
}
