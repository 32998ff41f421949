/* entities_candidate.c - cuts runs of capitalised words into what may be names:
 * "US Secretary of State Antony Blinken" into "US" and "Antony Blinken". */
#include "entities_candidate.h"

enum { MAX_UNITS = 24 };

/* A listed phrase or a single word of a run, with the joining words before it. */
struct unit {
    uint32_t first, end; /* tokens, joining words not counted */
    uint64_t classes;
    bool phrase; /* several words, or one listed as a name */
    bool of;     /* joined by "of" or "for" */
    bool linked; /* joined by a word, not only by a space or hyphen */
};

struct cutter {
    const struct document *d;
    const struct evidence *e;
    struct candidates *out;
    struct unit units[MAX_UNITS];
    size_t n;
    size_t end; /* of the sentence */
    bool headline;
    bool failed;
};

static const uint64_t NAMES = GAZ_PLACE | GAZ(NORP) | GAZ(ORG) | GAZ(MISC);
static const uint64_t HEADS = GAZ(ORG_HEAD) | GAZ(LOC_HEAD) | GAZ(EVENT);

static bool is_capital(const struct cutter *c, size_t i)
{
    return i < c->end && c->d->tokens[i].kind == TOKEN_WORD && (c->d->tokens[i].flags & TOKEN_CAPITAL);
}

static bool is_article(const struct cutter *c, size_t i)
{
    return token_is(c->d, i, "the") || token_is(c->d, i, "a") || token_is(c->d, i, "an");
}

/* "May" and "April" name people too. */
static bool month_is_name(const struct cutter *c, size_t i, bool inside)
{
    const struct token *t = &c->d->tokens[i];
    bool number = i + 1 < c->end && t[1].kind == TOKEN_NUMBER;
    if (number || t->end - t->begin > 6 || (t->classes & GAZ(DAY)))
        return false;
    if (inside)
        return (c->units[c->n - 1].classes & (GAZ_FIRST_NAME | GAZ(HONORIFIC))) != 0;
    return ((t->classes & GAZ_FIRST_NAME) && is_capital(c, i + 1) && (t[1].classes & GAZ(LAST)));
}

/* The unit that starts at token i: its number of tokens, 0 where no name can be. */
static size_t unit_at(const struct cutter *c, size_t i, bool inside, struct unit *u)
{
    if (i >= c->end)
        return 0;
    const struct token *t = &c->d->tokens[i];
    if (t->kind != TOKEN_WORD)
        return 0;
    *u = (struct unit){.first = (uint32_t)i, .end = (uint32_t)i + 1, .classes = t->classes};
    bool whole = !(t->flags & TOKEN_CAPITALS) || !is_capital(c, i + t->phrase) ||
                 !(c->d->tokens[i + t->phrase].flags & TOKEN_CAPITALS);
    if (t->phrase > 1 && (t->phrase_classes & NAMES) && i + t->phrase <= c->end && (whole || !c->headline)) {
        u->end = (uint32_t)i + t->phrase;
        u->classes = t->phrase_classes | (t[t->phrase - 1].classes & (GAZ(ORG_OF) | GAZ(EVENT_OF)));
        u->phrase = true;
        return t->phrase;
    }
    if (!(t->flags & TOKEN_CAPITAL))
        return t->classes & (GAZ(ORG) | GAZ(MISC) | GAZ(NORP)) ? 1 : 0;
    bool never = (t->classes & GAZ(NEVER)) && !(t->classes & GAZ(TITLE)) && !(inside && (t->classes & GAZ(ORG_HEAD)));
    bool money = i + 1 < c->end && c->d->text[t[1].begin] == '$' && (t[1].flags & TOKEN_GLUED); /* "US$" */
    if (is_article(c, i) || never || money)
        return 0;
    if ((t->classes & (GAZ(MONTH) | GAZ(DAY))) && !month_is_name(c, i, inside))
        return 0;
    if (!inside && (t->classes & GAZ(NAME_SUFFIX)))
        return 0; /* "Part VI" */
    u->phrase = (t->classes & NAMES) && !(t->classes & GAZ(COMMON));
    return 1;
}

/* "al-Sadr", "bin Laden", "de Blasio": a small word that starts a name. */
static bool particle_starts(const struct cutter *c, size_t i)
{
    const struct token *t = &c->d->tokens[i];
    if (t->kind != TOKEN_WORD || (t->flags & TOKEN_CAPITAL) || t->end - t->begin > 5 || i + 1 >= c->end)
        return false;
    bool glued = t[1].kind == TOKEN_DASH && (t[1].flags & TOKEN_GLUED) && i + 2 < c->end && (t[2].flags & TOKEN_GLUED);
    if (glued)
        return t->end - t->begin <= 3 && !(t->classes & GAZ(COMMON)) && is_capital(c, i + 2);
    return (t->classes & GAZ(PARTICLE)) && t->end - t->begin > 1 && is_capital(c, i + 1) &&
           !(t[1].classes & (GAZ(COMMON) | GAZ(COUNTRY)));
}

/* Does a head word ("Ministry", "Cup") end the capitalised words from i on? */
static bool head_follows(const struct cutter *c, size_t i)
{
    bool head = false;
    for (size_t k = 0; k < 5 && is_capital(c, i + k); k++)
        head = (c->d->tokens[i + k].classes & HEADS) != 0;
    return head;
}

static bool run_has(const struct cutter *c, uint64_t classes)
{
    for (size_t k = 0; k < c->n; k++)
        if (c->units[k].classes & classes)
            return true;
    return false;
}

static bool run_has_of(const struct cutter *c)
{
    for (size_t k = 0; k < c->n; k++)
        if (c->units[k].of)
            return true;
    return false;
}

/* May "of" join the run to the capitalised word at `next`? */
static bool of_joins(const struct cutter *c, size_t next)
{
    const struct unit *last = &c->units[c->n - 1];
    uint64_t next_classes = c->d->tokens[next].classes;
    if (last->classes & (GAZ(ORG_OF) | GAZ(EVENT_OF) | GAZ(LOC_OF)) && !(last->classes & GAZ(NEVER)))
        return !(last->classes & GAZ(TITLE)) || (last->classes & GAZ(ORG_OF));
    if (last->classes & (GAZ(TITLE) | GAZ(HONORIFIC)))
        return (next_classes & (GAZ(PORTFOLIO) | GAZ(COUNTRY))) != 0;
    if (last->classes & (GAZ(ORG_HEAD) | GAZ(EVENT) | GAZ(LOC_HEAD)))
        return true;
    bool first = c->d->tokens[last->first].flags & TOKEN_FIRST;
    return (last->classes & GAZ(COMMON)) && !first && !(last->classes & (GAZ_FIRST_NAME | NAMES)) && !c->headline;
}

/* "Health and Population", "Food and Drug Administration" */
static bool and_joins(const struct cutter *c, size_t next)
{
    const struct unit *last = &c->units[c->n - 1];
    uint64_t plain = GAZ(COMMON) | GAZ(PORTFOLIO) | GAZ(ORG_HEAD);
    uint64_t named = GAZ(COUNTRY) | GAZ(BIG_CITY) | GAZ(HONORIFIC) | GAZ(MONTH) | GAZ(DAY) | GAZ(NORP);
    uint64_t classes = c->d->tokens[next].classes;
    if (!(last->classes & plain) || !(classes & plain) || ((last->classes | classes) & named) || c->headline)
        return false;
    if (run_has_of(c) && run_has(c, GAZ(ORG_OF)))
        return !(classes & GAZ_FIRST_NAME);
    bool headed = last->classes & (GAZ(ORG_HEAD) | GAZ(EVENT) | GAZ(TITLE));
    return !headed && !(c->d->tokens[c->units[0].first].flags & TOKEN_FIRST) && head_follows(c, next);
}

/* How a run goes on behind its last unit: each of these rules is handed the
 * token there and gives the token of the next unit, 0 where it does not join. */

/* "Al-Kadhimi", "Jean-Luc", "Aix-en-Provence"; "Al - Kadhimi", however it is spaced. */
static size_t join_by_dash(const struct cutter *c, size_t i)
{
    const struct token *t = &c->d->tokens[i];
    size_t next = i + 1;
    if (is_capital(c, next) && (t[-1].classes & GAZ(PARTICLE)) && t[-1].key_len == 2)
        return next;
    if (!(t->flags & TOKEN_GLUED) || next >= c->end || !(t[1].flags & TOKEN_GLUED))
        return 0;
    if (is_capital(c, next)) /* but "US-China" is two names */
        return c->units[c->n - 1].phrase && (c->d->tokens[next].classes & NAMES) ? 0 : next;
    bool small = t[1].kind == TOKEN_WORD && (t[1].classes & GAZ(PARTICLE)) && next + 2 < c->end;
    return small && t[2].kind == TOKEN_DASH && is_capital(c, next + 2) && (t[3].flags & TOKEN_GLUED) ? next + 2 : 0;
}

static bool is_possessive(const struct cutter *c, size_t i)
{
    const struct token *t = &c->d->tokens[i];
    return (t->kind == TOKEN_SUFFIX && c->d->text[t->end - 1] == 's') ||
           (t->kind == TOKEN_PUNCT && c->d->folded[t->begin] == '\'' && (t->flags & TOKEN_GLUED));
}

/* "People's Liberation Army", "Workers' Party" */
static size_t join_by_possessive(const struct cutter *c, size_t i)
{
    uint64_t last = c->units[c->n - 1].classes;
    bool plain = (last & GAZ(COMMON)) && !(last & (NAMES | GAZ(TITLE) | GAZ(ORG_HEAD))) && !c->headline;
    return plain && is_capital(c, i + 1) && head_follows(c, i + 1) ? i + 1 : 0;
}

/* "Brandt & Sohn", and the one place name with a comma, "Washington, D.C." */
static size_t join_by_mark(const struct cutter *c, size_t i)
{
    char mark = c->d->text[c->d->tokens[i].begin];
    if (mark == '&' || mark == '+')
        return is_capital(c, i + 1) ? i + 1 : 0;
    bool capital = token_is(c->d, i + 1, "d.c.") || token_is(c->d, i + 1, "dc");
    return mark == ',' && i + 1 < c->end && capital && token_is(c->d, i - 1, "washington") ? i + 1 : 0;
}

/* "University of Tartu", "Centre for the Study", "Committee on Agriculture" */
static size_t join_by_of(const struct cutter *c, size_t i)
{
    size_t next = i + 1 + token_is(c->d, i + 1, "the");
    if (!is_capital(c, next) || (c->d->tokens[next].classes & (GAZ(MONTH) | GAZ(DAY) | GAZ(NEVER))))
        return 0;
    if (token_is(c->d, i, "of"))
        return of_joins(c, next) ? next : 0;
    return c->units[c->n - 1].classes & GAZ(ORG_OF) ? next : 0;
}

/* "Almeida da Costa", "Haidar al-Najafi", "Ludwig van der Berg" */
static size_t join_by_particles(const struct cutter *c, size_t i)
{
    for (size_t k = i; k < i + 3 && k < c->end; k++) {
        const struct token *p = &c->d->tokens[k];
        if (!(p->classes & GAZ(PARTICLE)) || (p->flags & TOKEN_CAPITAL))
            return 0;
        size_t next = k + 1;
        next += next < c->end && c->d->tokens[next].kind == TOKEN_DASH;
        if (is_capital(c, next))
            return next;
    }
    return 0;
}

/* Where the next unit of the run starts, from token i on; 0 where the run ends. */
static size_t next_unit(const struct cutter *c, size_t i, struct unit *link)
{
    *link = (struct unit){0};
    if (i >= c->end)
        return 0;
    const struct token *t = &c->d->tokens[i];
    if (is_capital(c, i) || (t->kind == TOKEN_WORD && (t->classes & (GAZ(ORG) | GAZ(MISC)))))
        return i;
    if (t->kind == TOKEN_DASH)
        return join_by_dash(c, i);
    link->linked = true;
    if (is_possessive(c, i))
        return join_by_possessive(c, i);
    if (t->kind == TOKEN_PUNCT)
        return join_by_mark(c, i);
    if (t->kind != TOKEN_WORD)
        return 0;
    if (token_is(c->d, i, "and"))
        return is_capital(c, i + 1) && and_joins(c, i + 1) ? i + 1 : 0;
    link->of =
        token_is(c->d, i, "of") || token_is(c->d, i, "for") || token_is(c->d, i, "on") || token_is(c->d, i, "against");
    return link->of ? join_by_of(c, i) : join_by_particles(c, i);
}

/* Collects the units of the run that starts at token i; the token behind it. */
static size_t collect_run(struct cutter *c, size_t i)
{
    struct unit u, link = {0};
    size_t at = i;
    c->n = 0;
    if (particle_starts(c, i))
        at += c->d->tokens[i + 1].kind == TOKEN_DASH ? 2 : 1;
    while (c->n < MAX_UNITS && unit_at(c, at, c->n > 0, &u)) {
        u.of = link.of;
        u.linked = link.linked;
        if (c->n == 0)
            u.first = (uint32_t)i;
        c->units[c->n++] = u;
        size_t next = next_unit(c, u.end, &link);
        if (next == 0 || next <= at)
            break;
        at = next;
    }
    return c->n ? c->units[c->n - 1].end : i + 1;
}

static void emit(struct cutter *c, size_t from, size_t to, uint8_t type, bool weak)
{
    struct candidates *out = c->out;
    if (from >= to || c->failed)
        return;
    if (out->n == out->cap) {
        struct candidate *grown = arena_grow(c->d->arena, out->at, &out->cap, out->n + 1, sizeof *grown);
        if (!grown) {
            c->failed = true;
            return;
        }
        out->at = grown;
    }
    const struct unit *u = &c->units[from];
    const struct token *t = &c->d->tokens[u->first];
    struct candidate *n = &out->at[out->n++];
    *n = (struct candidate){.first = u->first, .end = c->units[to - 1].end, .type = type, .weak = weak};
    if (to - from == 1) {
        n->classes = u->classes;
        n->home = u->end - u->first > 1 && t->phrase > 1 ? t->phrase_home : t->home;
    } else if (t->phrase > 1 && u->first + t->phrase == n->end) {
        n->classes = t->phrase_classes;
        n->home = t->phrase_home;
    }
}

static bool is_title_word(const struct unit *u)
{
    return (u->classes & (GAZ(TITLE) | GAZ(HONORIFIC) | GAZ(TITLE_MOD) | GAZ(PORTFOLIO))) && !u->phrase;
}

/* The unit behind the last title of units [from, to), from where there is none;
 * *head is the office itself, without what it is of: in "Prince of Wales" the first. */
static size_t title_end(const struct cutter *c, size_t from, size_t to, size_t *head)
{
    uint64_t last = c->units[to - 1].classes;
    bool office = c->units[to - 1].of && (last & GAZ(PORTFOLIO)); /* "Head of State" */
    bool headed = (last & HEADS) && !(last & (GAZ_FIRST_NAME | GAZ(TITLE))) && to - from > 1 && !office;
    size_t end = from;
    for (size_t k = from; k < to; k++) {
        const struct unit *u = &c->units[k];
        if (u->phrase || !(u->classes & (GAZ(TITLE) | GAZ(HONORIFIC))) || (u->of && k > from))
            continue;
        if (headed && !token_is_strict_honorific(c->d, u->end - 1))
            continue;
        if (u->linked && k > from)
            continue;
        *head = k;
        end = k + 1;
        while (end < to && (c->units[end].of || end > k + 1) && (c->units[end].classes & GAZ(PORTFOLIO)) &&
               !(c->units[end].classes & GAZ_FIRST_NAME))
            end++;
    }
    return end;
}

/* The first unit of the title whose office is unit `head`: "Deputy Prime Minister". */
static size_t title_start(const struct cutter *c, size_t from, size_t head)
{
    size_t start = head;
    while (start > from && is_title_word(&c->units[start - 1]))
        start--;
    return start;
}

/* A capital that only its place at the head of a sentence asks for. */
static bool is_weak_start(const struct cutter *c, size_t k, size_t to)
{
    const struct unit *u = &c->units[k];
    const struct token *t = &c->d->tokens[u->first];
    if (!(t->flags & TOKEN_FIRST) || !(t->classes & GAZ(COMMON)) || u->end - u->first > 1 ||
        (t->flags & TOKEN_CAPITALS))
        return false;
    if (k + 1 == to)
        return evidence_capital(c->e, c->d, u->first) == 0 || evidence_lower(c->e, c->d, u->first) > 0;
    const struct unit *next = &c->units[k + 1];
    if (evidence_pair(c->e, c->d, u->first))
        return false;
    if ((u->classes & GAZ_FIRST_NAME) && !(next->classes & GAZ(COMMON)) && !next->linked)
        return false;
    if (next->linked)
        return !(u->classes & (GAZ(ORG_OF) | GAZ(EVENT_OF) | GAZ(TITLE)));
    bool head = to - k > 1 && (c->units[to - 1].classes & HEADS);
    return !(u->classes & (GAZ(TITLE) | GAZ(TITLE_MOD) | GAZ(HONORIFIC) | GAZ(PORTFOLIO))) &&
           !(head && (next->classes & GAZ(COMMON))) && !(head && (u->classes & (GAZ(LOC_FRONT) | HEADS)));
}

static void cut(struct cutter *c, size_t from, size_t to);

/* Units [from, to) hold no title. */
static void cut_names(struct cutter *c, size_t from, size_t to)
{
    bool weak = c->headline || (c->d->tokens[c->units[from].first].flags & TOKEN_FIRST);
    uint64_t last = c->units[to - 1].classes;
    bool headed = to - from > 1 && (last & HEADS) && !c->units[to - 1].phrase;
    bool part = to - from > 1 && (c->units[from].classes & GAZ(LOC_FRONT)) &&
                (c->units[from + 1].classes & GAZ_PLACE); /* "Eastern Algeria" */
    if ((c->units[from].classes & GAZ(NORP)) && c->units[from].phrase && !headed && !part) {
        bool linked = to - from > 1 && c->units[from + 1].linked;
        if (to - from > 1 && (c->units[from].classes & GAZ_FIRST_NAME) && /* "Christian Berg" */
            !(c->units[from + 1].classes & (GAZ(COMMON) | GAZ(NORP))) && !c->units[from + 1].phrase)
            linked = true;
        bool org = to - from > 1 && c->units[from + 1].phrase && (c->units[from + 1].classes & GAZ(ORG));
        if (!linked && !org) {
            emit(c, from, from + 1, ENTITY_NORP, weak);
            if (to - from > 1)
                cut(c, from + 1, to);
            return;
        }
    }
    if (to - from > 1 && (last & GAZ(NORP)) && c->units[to - 1].phrase && !c->units[to - 1].linked) {
        cut(c, from, to - 1);
        emit(c, to - 1, to, ENTITY_NORP, weak);
        return;
    }
    emit(c, from, to, ENTITY_TYPES, weak);
}

/* Emits what units [from, to) name.  Each call of itself is for fewer units. */
static void cut(struct cutter *c, size_t from, size_t to)
{
    while (from < to && is_weak_start(c, from, to))
        from++;
    if (from + 1 < to && c->units[from + 1].phrase && (c->units[from].classes & GAZ(TITLE_MOD)) &&
        !(c->units[from].classes & GAZ(LOC_FRONT)) && (c->d->tokens[c->units[from].first].flags & TOKEN_FIRST) &&
        !(c->units[to - 1].classes & HEADS))
        from++; /* "Former US President" */
    if (from >= to)
        return;
    size_t head = from, end = title_end(c, from, to, &head);
    if (end == from) {
        cut_names(c, from, to);
        return;
    }
    size_t start = title_start(c, from, head);
    if (start > from)
        cut(c, from, start);
    /* "President of Ukraine Volodymyr Zelensky" */
    if (end + 1 < to && c->units[end].of && (c->units[end].classes & GAZ(COUNTRY))) {
        emit(c, end, end + 1, ENTITY_TYPES, false);
        end++;
    } else if (end < to && c->units[end].of) {
        cut_names(c, end, to);
        return;
    }
    if (end < to) {
        /* what follows a title is a person only where it can be: not in "President Iraq" */
        if ((c->units[end].classes & (GAZ(NORP) | GAZ(COUNTRY))) && c->units[end].phrase)
            cut(c, end, to);
        else
            emit(c, end, to, ENTITY_PER, false);
    }
}

/* In a headline every word has its capital: only what is listed can be told. */
static size_t cut_headline(struct cutter *c, size_t i)
{
    struct unit *u = &c->units[0];
    size_t n = unit_at(c, i, false, u);
    if (!n)
        return i + 1;
    c->n = 1;
    if (u->phrase || n > 1) {
        emit(c, 0, 1, u->classes & GAZ(NORP) ? ENTITY_NORP : ENTITY_TYPES, true);
        return u->end;
    }
    bool given = (u->classes & GAZ_FIRST_NAME) && !(u->classes & GAZ(COMMON));
    bool below = (u->classes & GAZ_FIRST_NAME) && evidence_pair(c->e, c->d, i); /* the text has the two together */
    size_t next = given || below ? unit_at(c, u->end, true, &c->units[1]) : 0;
    if (next == 1 && (below || !(c->units[1].classes & (GAZ(COMMON) | GAZ(NORP) | GAZ(COUNTRY))))) {
        emit(c, 0, 2, ENTITY_TYPES, true);
        return c->units[1].end;
    }
    emit(c, 0, 1, ENTITY_TYPES, true);
    return u->end;
}

bool candidates_find(const struct document *d, const struct evidence *e, struct candidates *out)
{
    struct cutter c = {.d = d, .e = e, .out = out};
    for (size_t s = 0; s < d->n_sentences && !c.failed; s++) {
        c.end = d->sentences[s].end;
        c.headline = d->sentences[s].flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS);
        for (size_t i = d->sentences[s].first; i < c.end;) {
            struct unit u;
            if (!unit_at(&c, i, false, &u) && !particle_starts(&c, i)) {
                i++;
            } else if (c.headline) {
                i = cut_headline(&c, i);
            } else {
                i = collect_run(&c, i);
                cut(&c, 0, c.n);
            }
        }
    }
    return !c.failed;
}
