/* entities_person.c - the names of persons in full. */
#include "entities_person.h"

#include "entities_text.h"

enum { MAX_NICKNAME = 3, MAX_SYLLABLE = 5 };

static bool is_plain_capital(const struct document *d, size_t i)
{
    return i < d->n_tokens && d->tokens[i].kind == TOKEN_WORD && (d->tokens[i].flags & TOKEN_CAPITAL);
}

static bool is_korean_surname(const struct document *d, size_t i)
{
    static const char *const words[] = {"kim",  "lee",  "park", "choi", "jung", "jeong", "kang",  "cho", "yoon", "yun",
                                        "jang", "lim",  "han",  "shin", "seo",  "kwon",  "hwang", "ahn", "song", "ryu",
                                        "yoo",  "hong", "moon", "bae",  "baek", "nam",   "chung", "oh",  "ri",   "pak",
                                        "roh",  "koh",  "cha",  "son",  "bang", "chang", "im",    "an",  "noh",  NULL};
    return token_is_any(d, i, words);
}

/* "Eun-ji" behind a surname: a syllable behind a hyphen; "Kim Jong-led" would be none. */
static bool has_syllable(const struct document *d, const struct mention *p)
{
    const size_t dash = (size_t)p->last + 1, i = dash + 1;
    if (p->last != p->first + 1 || i >= d->n_tokens || !is_korean_surname(d, p->first))
        return false;
    static const char *const none[] = {"led", "era", "style", "like", "run", "born", "made", NULL};
    const struct token *t = &d->tokens[i];
    return d->tokens[dash].kind == TOKEN_DASH && (d->tokens[dash].flags & TOKEN_GLUED) && t->kind == TOKEN_WORD &&
           (t->flags & TOKEN_GLUED) && !(t->flags & TOKEN_CAPITAL) && t->key_len <= MAX_SYLLABLE &&
           !token_is_any(d, i, none);
}

/* "d'Aubigny" behind a name */
static bool is_particle_name(const struct document *d, size_t i)
{
    if (i >= d->n_tokens || d->tokens[i].kind != TOKEN_WORD || d->tokens[i].sentence != d->tokens[i - 1].sentence)
        return false;
    size_t at = d->tokens[i].begin;
    const size_t end = d->tokens[i].end;
    uint32_t first = utf8_next(d->text, end, &at), mark = at < end ? utf8_next(d->text, end, &at) : 0;
    return first == 'd' && is_apostrophe(mark) && at < end && d->text[at] >= 'A' && d->text[at] <= 'Z';
}

static void extend(const struct document *d, struct mention *p, size_t last)
{
    p->last = (uint32_t)last;
    p->end = d->tokens[last].end;
}

/* The number of the mention that goes on behind a nickname in quotation marks, NO_MENTION for none. */
static uint32_t behind_nickname(const struct document *d, const struct mentions *m, uint32_t i)
{
    size_t k = (size_t)m->at[i].last + 1, words = 0;
    if (k >= d->n_tokens || d->tokens[k].kind != TOKEN_QUOTE)
        return NO_MENTION;
    for (k++; is_plain_capital(d, k) && words < MAX_NICKNAME; k++)
        words++;
    if (!words || k + 1 >= d->n_tokens || d->tokens[k].kind != TOKEN_QUOTE || !(d->tokens[k].flags & TOKEN_GLUED) ||
        d->tokens[k + 1].sentence != d->tokens[m->at[i].first].sentence)
        return NO_MENTION;
    const uint32_t next = mention_at(m, k + 1);
    return next != NO_MENTION && m->at[next].type == ENTITY_PER && m->at[next].first == k + 1 ? next : NO_MENTION;
}

/* "Brandt Ltd." */
static bool is_firm(const struct document *d, const struct mention *p)
{
    static const char *const words[] = {"inc", "inc.", "corp", "corp.", "ltd", "ltd.", "plc", "llc", "gmbh", NULL};
    return p->last > p->first && token_is_any(d, p->last, words);
}

/* "Justice Abdullahi Liman", unsurely taken for an organisation: a form of address and a given name, and no word that
 * ends the name of one. */
static bool is_addressed(const struct document *d, const struct mention *p)
{
    static const uint64_t heads = GAZ(ORG_HEAD) | GAZ(LOC_HEAD) | GAZ(ORG_OF) | GAZ(EVENT) | GAZ(WORK);
    if (p->score > .5f || p->last < p->first + 2 || p->last > p->first + 3 ||
        !(d->tokens[p->first].classes & GAZ(HONORIFIC)) || !(d->tokens[p->first + 1].classes & GAZ_FIRST_NAME))
        return false;
    for (size_t i = p->first; i <= p->last; i++)
        if (!is_plain_capital(d, i) || (i > p->first && (d->tokens[i].classes & heads)))
            return false;
    return true;
}

void persons_mend(const struct document *d, struct mentions *m)
{
    size_t n = 0; /* mentions kept */
    for (uint32_t i = 0; i < m->n; i++) {
        struct mention p = m->at[i];
        if (p.type == ENTITY_PER && is_firm(d, &p))
            p.type = ENTITY_ORG;
        else if (p.type == ENTITY_ORG && is_addressed(d, &p))
            p.type = ENTITY_PER;
        if (p.type == ENTITY_PER) {
            if (p.last > p.first && d->tokens[p.last].kind == TOKEN_DASH)
                extend(d, &p, p.last - 1); /* "Kim Eun-" */
            const uint32_t rest = behind_nickname(d, m, i);
            if (rest != NO_MENTION) {
                extend(d, &p, m->at[rest].last);
                i = rest;
            }
            const size_t next = (size_t)p.last + 1;
            if (has_syllable(d, &p) && mention_at(m, next + 1) == NO_MENTION)
                extend(d, &p, next + 1);
            else if (is_particle_name(d, next) && mention_at(m, next) == NO_MENTION)
                extend(d, &p, next);
        }
        m->at[n++] = p;
    }
    m->n = n;
}
