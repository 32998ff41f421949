/* entities_cue.c - which word is a cue, and what it is where it stands. */
#include "entities_cue.h"

#include <string.h>

#include "entities_verb.h"

enum { PARTICLES = 11 };

const struct cue_word *cue_find(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD || t->key_len < 3 || t->key_len >= CUE_MAX)
        return NULL;
    const char *key = token_key(d, t);
    char lower[CUE_MAX];
    uint32_t h = 0;
    for (size_t k = 0; k < t->key_len; k++) {
        lower[k] = (char)(key[k] | 32);
        h = h * 31 + (unsigned char)lower[k];
    }
    h = (h ^ h >> 12) % CUE_BUCKETS;
    for (size_t k = cue_starts[h]; k < cue_starts[h + 1]; k++)
        if (cue_words[k].len == t->key_len && memcmp(cue_words[k].word, lower, t->key_len) == 0)
            return token_is_part(d, i) ? NULL : &cue_words[k];
    return NULL;
}

bool token_is_auxiliary(const struct document *d, size_t i)
{
    return token_is_be(d, i) || token_is_have(d, i) || token_is_modal(d, i);
}

bool token_is_article(const struct document *d, size_t i)
{
    static const char *const words[] = {"the",  "a",     "an",  "his", "her",   "their", "its",   "my",   "our",
                                        "your", "these", "any", "no",  "those", "some",  "every", "this", NULL};
    return token_is_any(d, i, words) || token_is_possessive(d, i);
}

bool token_is_close(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_STOP || token_is_mark(d, i, ';') || token_is_mark(d, i, ')');
}

bool token_is_break(const struct document *d, size_t i)
{
    return d->tokens[i].kind == TOKEN_DASH && !(d->tokens[i].flags & TOKEN_GLUED);
}

/* "she's", "they've" behind a pronoun. */
static bool is_short(const struct stretch *s, size_t i)
{
    static const char *const words[] = {"'s", "'re", "'m", "'ve", "'d", "'ll", NULL};
    const struct document *d = s->a.d;
    return i > s->low && d->tokens[i].kind == TOKEN_SUFFIX && token_is_any(d, i, words) && token_is_pronoun(d, i - 1);
}

/* Does the short form at k before the cue at i stand for "have": "she'd said", "she's said"; not in "she's seen as"? */
static bool is_short_have(const struct stretch *s, size_t k, size_t i)
{
    static const char *const passive[] = {"to", "by", "of", "as", "for", NULL};
    const struct document *d = s->a.d;
    if (token_is(d, k, "'ve") || token_is(d, k, "'d"))
        return true;
    return token_is(d, k, "'s") && k + 1 == i && !token_ends_like(d, i, "ing") && i + 1 < s->high &&
           !token_is_any(d, i + 1, passive);
}

struct front cue_front(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    struct front b = {.first = i};
    for (size_t n = 0; b.first > s->low && n < 6; n++) {
        size_t k = b.first - 1;
        bool shortened = is_short(s, k);
        if (token_is_have(d, k) || (shortened && is_short_have(s, k, i)))
            b.have = true;
        else if (token_is_modal(d, k) || (shortened && token_is(d, k, "'ll")))
            b.modal = true;
        else if (shortened || token_is_be(d, k))
            b.be = b.be || !(b.have || b.modal || b.to) || n == 0;
        else if (token_is(d, k, "to"))
            b.to = true;
        else if (!token_is_adverb(d, k))
            break;
        b.first = k;
    }
    b.article = b.first > s->low && b.first == i && token_is_article(d, b.first - 1);
    return b;
}

bool cue_takes(const struct document *d, const struct cue_word *w, size_t i)
{
    static const char *const particles[PARTICLES] = {"about", "on", "of", "for",  "to", "against",
                                                     "at",    "as", "in", "with", "out"};
    for (size_t p = 0; p < PARTICLES; p++)
        if ((w->particles >> p & 1) && token_is(d, i, particles[p]))
            return true;
    return false;
}

/* Does the form with -s or the plain one follow a word that only a verb can follow: "a letter that shows it",
 * "to stay and argue that", "the survey shows that"? */
static bool is_linked(const struct stretch *s, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = s->a.d;
    size_t before = b->first - 1;
    if (b->first < s->low + 2 || i + 1 >= s->high || mention_at(s->a.m, before) != NO_MENTION)
        return false;
    bool nouny = w->flags & CUE_NOUNY, plain = w->flags & FORM_PLAIN;
    bool object = !token_is_close(d, i + 1) && !token_is_preposition(d, i + 1);
    if (plain && !nouny && (token_is(d, before, "and") || token_is(d, before, "or") || token_is(d, before, "not")))
        return true;
    if ((token_is(d, before, "that") || token_is(d, before, "which")) && !(nouny && plain))
        return object && token_is_lower(d, before - 1) && !token_is_preposition(d, before - 1) &&
               !cue_find(d, before - 1);
    return (w->flags & FORM_S) && nouny && object && i == b->first && token_is_lower(d, before) &&
           !token_ends_like(d, before, "s") && token_is_article(d, before - 1) && !token_is_mark(d, i + 1, ',');
}

bool cue_is_verb(const struct stretch *s, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = s->a.d;
    static const char *const some[] = {"some", "those", "these", "this", "any", NULL};
    if (b->article && ((w->flags & CUE_NOUNY) || !token_is_any(d, i - 1, some)))
        return false;
    size_t before = b->first - 1;
    if (w->flags & FORM_ING) /* "known for saying" */
        return b->first == s->low || !(token_is(d, before, "for") || token_is(d, before, "from"));
    if (w->flags & FORM_PAST)
        return true;
    if (w->flags & FORM_PARTICIPLE)
        return b->have || b->be;
    bool subject = b->first > s->low && (token_is_pronoun(d, before) || token_is(d, before, "who"));
    if (is_linked(s, w, i, b))
        return true;
    if (w->flags & FORM_S) {
        uint32_t m = b->first > s->low ? mention_at(s->a.m, before) : NO_MENTION;
        bool name = m != NO_MENTION && s->a.m->at[m].type != ENTITY_NORP;
        return subject || name || !(w->flags & CUE_NOUNY) ||
               (i + 1 < s->high && token_is(d, i + 1, "that") && token_is_mark(d, before, ','));
    }
    if (b->modal || b->to || subject)
        return true;
    if (b->first == s->low || token_is_preposition(d, before))
        return false;
    if (!(w->flags & CUE_NOUNY))
        return true;
    bool plural = token_ends_like(d, before, "s") || token_is(d, before, "people");
    return plural && i + 1 < s->high && !token_is_preposition(d, i + 1) && !token_is_close(d, i + 1);
}

bool cue_is_attribute(const struct stretch *s, const struct cue_word *w, size_t i, const struct front *b)
{
    static const char *const asked[] = {"that", "whether", "if", "how", "what", "why", "who", "to", NULL};
    static const char *const copulas[] = {"feel",    "feels",    "felt",   "seem",   "seems", "seemed", "remain", "it",
                                          "remains", "remained", "become", "became", "made",  "makes",  NULL};
    const struct document *d = s->a.d;
    if (!(w->flags & CUE_NOUN) || !(w->flags & CUE_CLAUSE) || (w->flags & (FORM_PLAIN | FORM_PAST | FORM_ING)) || b->be)
        return false;
    bool tells = i + 1 < s->high && (token_is_preposition(d, i + 1) || token_is_any(d, i + 1, asked));
    return !tells && !(b->first > s->low && token_is_any(d, b->first - 1, copulas));
}

bool cue_is_inverted(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    if (!token_is_mark(d, i - 1, ',') || i + 1 >= s->high || !speaker_starts(&s->a, i + 1) ||
        token_is_pronoun(d, i + 1) || token_is(d, i + 1, "that") ||
        (d->tokens[i + 1].classes & (GAZ(DAY) | GAZ(MONTH))))
        return false;
    uint32_t person = i > s->low + 1 ? mention_at(s->a.m, i - 2) : NO_MENTION;
    if (person != NO_MENTION && s->a.m->at[person].type == ENTITY_PER &&
        token_is_mark(d, s->a.m->at[person].first - 1u, ','))
        return false; /* "her lawyer, Anna Berg, said ..." */
    for (size_t k = i + 1; k < s->high && k < i + CUE_NEAR && !speaker_ends(d, k); k++)
        if (token_is_auxiliary(d, k))
            return false;
    for (size_t k = s->low; k + 1 < i; k++) {
        uint32_t m = mention_at(s->a.m, k);
        if (token_is_mark(d, k, ','))
            break;
        if (m != NO_MENTION && s->a.m->at[m].type <= ENTITY_ORG &&
            token_is_mark(d, (size_t)s->a.m->at[m].last + 1, ',') && s->a.m->at[m].last + 2u < i)
            return false;
    }
    return true;
}
