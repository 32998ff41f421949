/* entities_title.c - the offices and honorifics of the persons found. */
#include "entities_title.h"

enum { MAX_TITLE = 10 }; /* tokens */

static const uint64_t OFFICE = GAZ(TITLE) | GAZ(HONORIFIC);

static bool is_glued_dash(const struct document *d, size_t i)
{
    return d->tokens[i].kind == TOKEN_DASH && (d->tokens[i].flags & TOKEN_GLUED);
}

/* Where the title that ends before token `end` starts; `end` for none. */
static size_t title_before(const struct document *d, const struct mentions *m, size_t first, size_t end)
{
    size_t start = end, low = end - first > MAX_TITLE ? end - MAX_TITLE : first;
    bool office = false;
    for (size_t i = end; i > low;) {
        const struct token *t = &d->tokens[--i];
        bool joins = token_is(d, i, "of") || token_is(d, i, "the") || token_is(d, i, "and") || token_is(d, i, "for") ||
                     is_glued_dash(d, i);
        if (joins && start < end)
            continue; /* kept only if a title word comes before it */
        if (t->kind != TOKEN_WORD || !(t->classes & (OFFICE | GAZ(TITLE_MOD) | GAZ(PORTFOLIO))))
            break;
        if (mention_at(m, i) != NO_MENTION)
            break;
        bool behind_of = i > low && (token_is(d, i - 1, "of") || token_is(d, i - 1, "the") ||
                                     token_is(d, i - 1, "and") || (d->tokens[i - 1].flags & TOKEN_CAPITAL));
        if (!office && !(t->classes & OFFICE) && !((t->classes & GAZ(PORTFOLIO)) && behind_of))
            break;
        office = office || (t->classes & OFFICE);
        start = i;
    }
    if (!office)
        return end;
    /* "US President", but "Iraqi" is a name of its own */
    uint32_t country = start > first ? mention_at(m, start - 1) : NO_MENTION;
    if (country != NO_MENTION && m->at[country].home && m->at[country].last == start - 1 &&
        m->at[country].first >= first && (m->at[country].type == ENTITY_LOC || m->at[country].type == ENTITY_ORG))
        start = m->at[country].first;
    if (start > first && (d->tokens[start - 1].classes & GAZ(TITLE_MOD)) && mention_at(m, start - 1) == NO_MENTION &&
        (token_is(d, start - 1, "former") || token_is(d, start - 1, "then") || token_is(d, start - 1, "late")))
        start--;
    return start;
}

/* The title between the commas behind a name: its first token in *start, the
 * token behind it returned; *start is returned for none. */
static size_t title_behind(const struct document *d, const struct mentions *m, size_t i, size_t end, size_t *start)
{
    if (i < end && d->text[d->tokens[i].begin] == '(') /* "Jordan (R-Ohio), chairman" */
        for (size_t k = i; k < i + 6 && k < end; k++)
            if (d->text[d->tokens[k].begin] == ')') {
                i = k + 1;
                break;
            }
    *start = i;
    if (i >= end || d->text[d->tokens[i].begin] != ',' || i + 1 >= end)
        return i;
    i++;
    i += token_is(d, i, "the");
    *start = i;
    size_t stop = i, limit = end - i > MAX_TITLE ? i + MAX_TITLE : end;
    for (; i < limit; i++) {
        const struct token *t = &d->tokens[i];
        if (is_glued_dash(d, i))
            continue;
        if (t->kind != TOKEN_WORD || !(t->classes & (OFFICE | GAZ(TITLE_MOD) | GAZ(PORTFOLIO))))
            break;
        if (t->classes & OFFICE)
            stop = i + 1;
    }
    if (stop == *start || i > stop + 1)
        return *start;
    uint32_t next = mention_at(m, stop);
    if (next != NO_MENTION && m->at[next].type == ENTITY_PER)
        return *start; /* that person's title */
    if (stop < end && (token_is(d, stop, "of") || token_is(d, stop, "for") || token_is(d, stop, "at"))) {
        size_t k = stop + 1;
        k += k < end && token_is(d, k, "the");
        uint32_t of = k < end ? mention_at(m, k) : NO_MENTION;
        if (of != NO_MENTION && m->at[of].type == ENTITY_NORP && m->at[of].last + 1 < end)
            stop = m->at[of].last + 2;
        else if (of != NO_MENTION)
            stop = m->at[of].last + 1;
        else if (k < end && (d->tokens[k].classes & GAZ(PORTFOLIO)))
            stop = k + 1;
    }
    return stop;
}

static void push(const struct document *d, struct titles *t, size_t first, size_t end, size_t person)
{
    t->at[t->n++] = (struct title){.begin = d->tokens[first].begin,
                                   .end = d->tokens[end - 1].end,
                                   .first = (uint32_t)first,
                                   .last = (uint32_t)end - 1,
                                   .person = (uint32_t)person};
}

bool titles_find(const struct document *d, const struct mentions *m, struct titles *found)
{
    *found = (struct titles){.at = arena_alloc(d->arena, m->n * 2 + 1, sizeof *found->at)};
    if (!found->at)
        return false;
    size_t free_from = 0; /* no token belongs to two titles */
    for (size_t i = 0; i < m->n; i++) {
        const struct mention *p = &m->at[i];
        if (p->type != ENTITY_PER)
            continue;
        const struct sentence *s = &d->sentences[d->tokens[p->first].sentence];
        size_t low = s->first > free_from ? s->first : free_from;
        size_t start = p->first > low ? title_before(d, m, low, p->first) : p->first;
        if (start < p->first) {
            push(d, found, start, p->first, i);
            free_from = p->first;
        }
        size_t behind, end = title_behind(d, m, p->last + 1, s->end, &behind);
        if (end > behind) {
            push(d, found, behind, end, i);
            free_from = end;
        }
    }
    return true;
}
