/* entities_reference.c - words that mean somebody named elsewhere.
 *
 * One pass over the sentences outside quotation marks.  A scene is what a
 * sentence speaks of: its persons, its organisations, and whether there are
 * persons without a name ("the suspect", a "he" that was not resolved), who
 * could be meant as well.  A pronoun looks into its own scene and then into the
 * one before; where two fit, nothing is said. */
#include "entities_reference.h"

#include "entities_chain.h"
#include "entities_keys.h"
#include "entities_reference_words.h"

#include <string.h>

enum { MAX_SCENE = 6, MAX_AGE = 2, MAX_SILENCE = 8, MAX_APPOSITION = 25 };

enum { KEY_OFFICE, KEY_HEAD };

/* Somebody or something that a sentence speaks of. */
struct part {
    uint32_t chain, token;
    uint8_t gender;
    bool owner; /* "Biden's ..." */
    bool front; /* the sentence begins with it */
};

struct scene {
    struct part persons[MAX_SCENE], things[MAX_SCENE];
    size_t n_persons, n_things;
    bool other[3]; /* persons without a name, by gender */
    bool crowd;    /* more than fit */
    bool place;    /* a place or a work is named */
    bool firm;     /* a company without a name */
};

/* An office of somebody: a title, or the noun of "Ann Lee, a doctor". */
struct office {
    uint32_t chain, first, last;
};

struct resolver {
    const struct document *d;
    const struct mentions *m;
    const struct titles *t;
    const struct quotes *q;
    struct references *out;
    size_t next_mention, next_title, next_quote, next_office; /* where the pass is */
    uint8_t *gender;                                          /* of a chain, by its fullest mention */
    uint32_t *seen;                                           /* of a chain, the sentence that named it last, plus 1 */
    struct office *offices;                                   /* in order of the text */
    size_t n_offices, cap_offices, cap_out;
    bool no_memory;
    struct keys keys;
    struct noun_filter nouns; /* of persons and firms */
    struct scene now, before; /* `before` is the last that spoke of persons */
    unsigned age;             /* sentences since then */
    struct scene last;        /* the sentence before */
    uint32_t speaker;         /* the chain of the person who spoke last, NO_MENTION for none */
    uint32_t spoken;          /* the sentence in which */
    bool since[3];            /* other persons since then, by gender */
    size_t apposition_end;
    uint32_t apposition_chain; /* NO_MENTION in a clause with "who" */
};

static bool is_genitive(const struct document *d, size_t i)
{
    const struct token *t = i < d->n_tokens ? &d->tokens[i] : NULL;
    return t && ((t->kind == TOKEN_SUFFIX && (d->text[t->end - 1] | 32) == 's') ||
                 (t->kind == TOKEN_PUNCT && (t->flags & TOKEN_GLUED) && d->folded[t->begin] == '\''));
}

/* ---- the scene */

static bool fits(enum gender known, enum gender wanted)
{
    return known == GENDER_UNKNOWN || known == wanted;
}

static void add_part(struct part *parts, size_t *n, bool *crowd, struct part p)
{
    for (size_t i = 0; i < *n; i++)
        if (parts[i].chain == p.chain) {
            parts[i].token = p.token;
            parts[i].owner = parts[i].owner && p.owner;
            return;
        }
    if (*n < MAX_SCENE)
        parts[(*n)++] = p;
    else
        *crowd = true;
}

static void add_person(struct resolver *r, uint32_t chain, size_t token, bool owner, bool front)
{
    struct part p = {chain, (uint32_t)token, r->gender[chain], owner, front};
    if (chain != r->speaker && r->d->tokens[token].sentence != r->spoken)
        r->since[r->gender[chain]] = true;
    add_part(r->now.persons, &r->now.n_persons, &r->now.crowd, p);
    r->seen[chain] = r->d->tokens[token].sentence + 1;
}

static void add_thing(struct resolver *r, uint32_t chain, size_t token, bool owner, bool front)
{
    struct part p = {chain, (uint32_t)token, GENDER_UNKNOWN, owner, front};
    add_part(r->now.things, &r->now.n_things, &r->now.crowd, p);
    r->seen[chain] = r->d->tokens[token].sentence + 1;
}

/* The only person of the scene whom a pronoun of gender g fits, NULL for none; *many where more than one does. */
static const struct part *only_person(const struct resolver *r, const struct scene *s, enum gender g, bool *many)
{
    const struct part *found = NULL;
    *many = s->crowd || s->other[g] || s->other[GENDER_UNKNOWN];
    for (size_t i = 0; i < s->n_persons; i++) {
        if (!fits(r->gender[s->persons[i].chain], g))
            continue;
        *many = *many || found;
        found = &s->persons[i];
    }
    return found;
}

/* `array`, of n items, with room for one more; NULL, and remembered, where there is no memory. */
static void *with_room(struct resolver *r, void *array, size_t *cap, size_t n, size_t size)
{
    void *wider = n < *cap ? array : arena_grow(r->d->arena, array, cap, n + 1, size);
    r->no_memory = r->no_memory || !wider;
    return wider;
}

static void emit(struct resolver *r, size_t first, size_t last, uint32_t chain, enum reference_kind kind)
{
    const struct token *t = r->d->tokens;
    struct reference *at = with_room(r, r->out->at, &r->cap_out, r->out->n, sizeof *at);
    if (!at)
        return;
    r->out->at = at;
    at[r->out->n++] = (struct reference){.begin = t[first].begin,
                                         .end = t[last].end,
                                         .first = (uint32_t)first,
                                         .last = (uint32_t)last,
                                         .chain = chain,
                                         .kind = (uint8_t)kind};
}

static bool is_recent(const struct resolver *r, uint32_t chain, size_t token, unsigned sentences)
{
    return r->seen[chain] && r->d->tokens[token].sentence + 1 - r->seen[chain] <= sentences;
}

/* ---- pronouns */

/* "In his speech, Biden": the sentence opens with such words, and a name that fits comes after its comma. */
static bool comes_later(const struct resolver *r, size_t i, enum gender g)
{
    static const char *const openings[] = {"in",      "after",      "before",  "when",    "while",  "as",
                                           "since",   "although",   "though",  "despite", "during", "with",
                                           "by",      "on",         "at",      "for",     "if",     "once",
                                           "because", "until",      "unlike",  "like",    "given",  "asked",
                                           "from",    "throughout", "without", "to",      "under",  "speaking",
                                           NULL};
    const struct document *d = r->d;
    const struct sentence *s = &d->sentences[d->tokens[i].sentence];
    if (s->first == i || !token_is_any(d, s->first, openings))
        return false;
    size_t comma = i;
    while (comma < s->end && comma < i + MAX_APPOSITION && !token_is_mark(d, comma, ','))
        comma++;
    if (!token_is_mark(d, comma, ','))
        return false;
    for (size_t k = r->next_mention; k < r->m->n && r->m->at[k].first < comma + 8 && r->m->at[k].first < s->end; k++)
        if (r->m->at[k].type == ENTITY_PER && r->m->at[k].first > comma && fits(r->gender[r->m->at[k].chain], g))
            return true;
    return false;
}

/* Between the person and "him" another one acts: "Berg came, and Ann Lee thanked him". */
static bool someone_between(const struct resolver *r, const struct part *p)
{
    for (size_t i = 0; i < r->now.n_persons; i++)
        if (r->now.persons[i].token > p->token && r->now.persons[i].chain != p->chain)
            return true;
    return false;
}

/* The first who speaks in a sentence; whom he quotes in turn does not count. */
static void speak(struct resolver *r, uint32_t chain, size_t token)
{
    if (r->speaker != NO_MENTION && r->spoken == r->d->tokens[token].sentence)
        return;
    r->speaker = chain;
    r->spoken = r->d->tokens[token].sentence;
    memset(r->since, 0, sizeof r->since);
}

/* `"..., " he said`, `He added`: who spoke last goes on, unless somebody else came since. */
static bool goes_on(const struct resolver *r, size_t i, enum gender g)
{
    const struct document *d = r->d;
    bool says = (i + 1 < d->n_tokens && is_say(d, i + 1)) || (i > 0 && is_say(d, i - 1));
    return says && r->speaker != NO_MENTION && r->gender[r->speaker] == g && !r->since[g] &&
           !r->since[GENDER_UNKNOWN] && r->now.n_persons == 0 && !r->now.other[g] && !r->now.other[GENDER_UNKNOWN] &&
           is_recent(r, r->speaker, i, MAX_SILENCE);
}

static void resolve_pronoun(struct resolver *r, size_t i, enum pronoun kind, enum gender g)
{
    bool many, front = i == r->d->sentences[r->d->tokens[i].sentence].first;
    if (kind == PRONOUN_SUBJECT && goes_on(r, i, g)) {
        emit(r, i, i, r->speaker, REFERENCE_PRONOUN);
        add_person(r, r->speaker, i, false, front);
        speak(r, r->speaker, i);
        return;
    }
    const struct part *p = only_person(r, &r->now, g, &many);
    if (p && kind == PRONOUN_OBJECT && !someone_between(r, p))
        many = true;
    if (!p && !many && r->age <= MAX_AGE) {
        p = only_person(r, &r->before, g, &many);
        if (p && comes_later(r, i, g))
            many = true;
    }
    if (!p || many) {
        r->now.other[g] = true;
        return;
    }
    uint32_t chain = p->chain;
    if (r->gender[chain] == GENDER_UNKNOWN)
        r->gender[chain] = (uint8_t)g;
    emit(r, i, i, chain, REFERENCE_PRONOUN);
    add_person(r, chain, i, kind == PRONOUN_OWNER, front);
    if (kind == PRONOUN_SUBJECT && i + 1 < r->d->n_tokens && is_say(r->d, i + 1))
        speak(r, chain, i);
}

/* The organisation that a sentence is about: it begins with it, and names no other thing. */
static uint32_t topic(const struct scene *s)
{
    bool only = s->n_things == 1 && s->things[0].front && !s->things[0].owner && !s->crowd;
    return only && !s->place && !s->firm ? s->things[0].chain : NO_MENTION;
}

/* The organisation whose saying leads to token i: "Aalto said (that) it would", but not "Aalto denied it". */
static uint32_t saying_thing(const struct resolver *r, size_t i)
{
    static const char *const verbs[] = {"would",   "will",     "had",     "has",      "was",      "is",     "could",
                                        "can",     "did",      "does",    "might",    "may",      "should", "must",
                                        "planned", "expected", "expects", "plans",    "hoped",    "hopes",  "wanted",
                                        "wants",   "needed",   "needs",   "believed", "believes", NULL};
    const struct document *d = r->d;
    size_t say = i - (i > 0) - (i > 1 && token_is(d, i - 1, "that"));
    if (say == 0 || !is_say(d, say) || i + 1 >= d->n_tokens || !token_is_any(d, i + 1, verbs))
        return NO_MENTION;
    uint32_t m = mention_at(r->m, say - 1);
    return m != NO_MENTION && r->m->at[m].type == ENTITY_ORG ? r->m->at[m].chain : NO_MENTION;
}

/* "Germany closed its border", "the African Union (AU) holds its summit": nothing but the verb between. */
static uint32_t owner_of(const struct resolver *r, size_t i)
{
    static const char *const no[] = {"and",   "or",     "of",   "with",    "in",    "for",   "to",      "from",
                                     "by",    "at",     "on",   "than",    "as",    "but",   "about",   "into",
                                     "over",  "that",   "nor",  "under",   "near",  "since", "through", "during",
                                     "after", "before", "amid", "against", "until", NULL};
    const struct document *d = r->d;
    if (i < 2 || d->tokens[i - 1].kind != TOKEN_WORD || (d->tokens[i - 1].flags & TOKEN_CAPITAL) ||
        token_is_any(d, i - 1, no))
        return NO_MENTION;
    const size_t end = i - 2 - (token_is_mark(d, i - 2, ')') && i > 2);
    uint32_t m = mention_at(r->m, end);
    if (m == NO_MENTION || d->tokens[end].sentence != d->tokens[i].sentence)
        return NO_MENTION;
    const uint8_t type = r->m->at[m].type;
    return type == ENTITY_ORG || type == ENTITY_LOC ? r->m->at[m].chain : NO_MENTION;
}

/* "Aalto said it would", "Aalto will publish its report", "Aalto refused. Its lawyers", "Aalto refused. It said". */
static void resolve_it(struct resolver *r, size_t i)
{
    const struct document *d = r->d;
    bool owner = token_is(d, i, "its");
    if (!owner && !token_is(d, i, "it"))
        return;
    bool front = i == d->sentences[d->tokens[i].sentence].first;
    uint32_t chain = NO_MENTION;
    if (front && (owner || (i + 1 < d->n_tokens && is_say(d, i + 1))))
        chain = topic(&r->last);
    else if (owner)
        chain = owner_of(r, i) != NO_MENTION ? owner_of(r, i) : topic(&r->now);
    else
        chain = saying_thing(r, i);
    if (chain == NO_MENTION)
        return;
    emit(r, i, i, chain, REFERENCE_PRONOUN);
    add_thing(r, chain, i, owner, front);
}

/* ---- bare titles and nouns */

static uint64_t key_of(const struct document *d, unsigned what, size_t token)
{
    static const char *const same[][2] = {{"justice", "judge"}, {"ceo", "executive"}, {"archbishop", "bishop"}};
    for (size_t i = 0; i < sizeof same / sizeof *same && what == KEY_OFFICE; i++)
        if (token_is(d, token, same[i][0]))
            return hash_end(hash_letters(hash_letters(hash_begin(what), same[i][1], strlen(same[i][1])), " ", 1));
    return hash_end(hash_words(d, hash_begin(what), token, token + 1));
}

static bool is_rank(const struct document *d, size_t i)
{
    static const char *const words[] = {"vice", "deputy", "former", "ex",         "assistant", "acting",
                                        "late", "first",  "under",  "lieutenant", NULL};
    return token_is_any(d, i, words);
}

/* Has the office the words [first, end)?  And "the president" is no vice president. */
static bool has_words(const struct document *d, const struct office *o, size_t first, size_t end)
{
    for (size_t k = o->first; k <= o->last; k++) {
        bool said = !is_rank(d, k);
        for (size_t i = first; i < end && !said; i++)
            said = key_of(d, KEY_OFFICE, i) == key_of(d, KEY_OFFICE, k);
        if (!said)
            return false;
    }
    for (size_t i = first; i < end; i++) {
        bool found = false;
        for (size_t k = o->first; k <= o->last && !found; k++)
            found = key_of(d, KEY_OFFICE, i) == key_of(d, KEY_OFFICE, k);
        if (!found)
            return false;
    }
    return true;
}

/* Each word of an office that names one leads to it, unless it says no more than what is known of the person. */
static void know_office(struct resolver *r, uint32_t chain, size_t first, size_t last)
{
    uint32_t index = (uint32_t)r->n_offices;
    struct office *offices = with_room(r, r->offices, &r->cap_offices, r->n_offices, sizeof *offices);
    if (!offices)
        return;
    r->offices = offices;
    r->offices[r->n_offices++] = (struct office){chain, (uint32_t)first, (uint32_t)last};
    for (size_t i = first; i <= last; i++) {
        if (!(r->d->tokens[i].classes & (GAZ(TITLE) | GAZ(ROLE) | GAZ(HONORIFIC))))
            continue;
        uint64_t hash = key_of(r->d, KEY_OFFICE, i);
        const struct key_values known = keys_get(&r->keys, hash);
        bool same = false;
        for (size_t k = 0; k < known.n && !same; k++)
            same = r->offices[known.at[k]].chain == chain && has_words(r->d, &r->offices[known.at[k]], first, last + 1);
        if (!same)
            keys_add(&r->keys, hash, index);
    }
}

/* The one person who holds the office [first, end) and was spoken of. */
static uint32_t holder(const struct resolver *r, size_t first, size_t end)
{
    const struct key_values found = keys_get(&r->keys, key_of(r->d, KEY_OFFICE, end - 1));
    uint32_t chain = NO_MENTION;
    for (size_t i = 0; i < found.n; i++) {
        const struct office *o = &r->offices[found.at[i]];
        if (!has_words(r->d, o, first, end))
            continue;
        if (found.crowded || (chain != NO_MENTION && chain != o->chain))
            return NO_MENTION;
        chain = o->chain;
    }
    return chain != NO_MENTION && is_recent(r, chain, first, MAX_SILENCE) ? chain : NO_MENTION;
}

/* The one organisation with this noun in its name that was just spoken of; but there is an army without any name. */
static uint32_t named_thing(const struct resolver *r, size_t noun)
{
    static const char *const common[] = {"army",   "police", "navy",    "force",      "forces",  "team",  "church",
                                         "house",  "office", "press",   "government", "service", "media", "news",
                                         "school", "front",  "cabinet", "staff",      NULL};
    const struct key_values found = keys_get(&r->keys, key_of(r->d, KEY_HEAD, noun));
    uint32_t chain = NO_MENTION;
    for (size_t i = 0; i < found.n && !token_is_any(r->d, noun, common); i++) {
        if (!is_recent(r, found.at[i], noun, MAX_SILENCE))
            continue;
        if (found.crowded || chain != NO_MENTION)
            return NO_MENTION;
        chain = found.at[i];
    }
    return chain;
}

static bool is_public(const struct resolver *r, uint32_t chain)
{
    static const char *const words[] = {"ministry",   "department", "court",        "commission",   "committee",
                                        "council",    "police",     "parliament",   "government",   "university",
                                        "agency",     "authority",  "union",        "party",        "association",
                                        "federation", "army",       "hospital",     "school",       "museum",
                                        "office",     "bureau",     "organization", "organisation", "nations",
                                        NULL};
    const struct mention *p = &r->m->at[chain];
    for (size_t i = p->first; i <= p->last; i++)
        if (token_is_any(r->d, i, words))
            return true;
    return p->first == p->last && (r->d->tokens[p->first].flags & TOKEN_CAPITALS);
}

/* "the ..." at i: the tokens stepped over beside "the", 0 where it is nothing that is known. */
static size_t resolve_the(struct resolver *r, size_t i, size_t end)
{
    const struct document *d = r->d;
    const size_t first = i + 1;
    if (first >= end || mention_at(r->m, first) != NO_MENTION)
        return 0;
    const bool front = i == d->sentences[d->tokens[i].sentence].first;
    size_t n = title_bare(d, first, end);
    if (n > 0 && !(d->tokens[first].flags & TOKEN_CAPITALS) && phrase_ends(d, first + n) &&
        !phrase_is_predicate(d, i)) {
        uint32_t chain = holder(r, first, first + n);
        if (chain != NO_MENTION) {
            emit(r, first, first + n - 1, chain, REFERENCE_TITLE);
            add_person(r, chain, first, is_genitive(d, first + n), front);
            return n;
        }
    }
    if ((d->tokens[first].classes & GAZ(ORG_HEAD) || noun_is_firm(&r->nouns, d, first)) &&
        !(d->tokens[first].flags & TOKEN_CAPITAL) && phrase_ends(d, first + 1)) {
        uint32_t chain = named_thing(r, first);
        if (chain == NO_MENTION && front && noun_is_firm(&r->nouns, d, first)) {
            chain = topic(&r->last);
            chain = chain != NO_MENTION && !is_public(r, chain) ? chain : NO_MENTION;
        }
        if (chain == NO_MENTION)
            return 0;
        emit(r, first, first, chain, REFERENCE_NOUN);
        add_thing(r, chain, first, is_genitive(d, first + 1), front);
        return 1;
    }
    return 0;
}

/* The first and second of the only two persons that the sentence names before token i; false where it names others. */
static bool only_two(const struct resolver *r, size_t i, uint32_t found[2])
{
    const uint32_t sentence = r->d->tokens[i].sentence;
    size_t n = 0, others = 0;
    for (size_t k = r->next_mention; k > 0 && r->next_mention - k < 12; k--) {
        const struct mention *m = &r->m->at[k - 1];
        if (r->d->tokens[m->first].sentence != sentence)
            break;
        others += m->type == ENTITY_ORG || m->type == ENTITY_LOC;
        if (m->type != ENTITY_PER || (n > 0 && m->chain == found[2 - n]))
            continue;
        if (n == 2)
            return false;
        found[1 - n++] = m->chain;
    }
    return n == 2 && found[0] != found[1] && others < 2;
}

/* "the latter", "the former" at i, of two names joined by "and" in this sentence or the one before, or else of the two
 * persons of this sentence. */
static bool resolve_latter(struct resolver *r, size_t i, size_t end)
{
    const struct document *d = r->d;
    bool latter = i + 1 < end && token_is(d, i + 1, "latter");
    if (!latter && (i + 1 >= end || !token_is(d, i + 1, "former")))
        return false;
    if (!latter && (!phrase_ends(d, i + 2) || d->tokens[i + 1].flags & TOKEN_CAPITAL))
        return false;
    const uint32_t sentence = d->tokens[i].sentence;
    uint32_t found = NO_MENTION;
    for (size_t k = r->next_mention; k > 1; k--) {
        const struct mention *b = &r->m->at[k - 1], *a = b - 1;
        if (d->tokens[a->first].sentence + 1 < sentence || r->next_mention - k > 12)
            break;
        bool pair = a->type == b->type && a->type < ENTITY_DATE && (size_t)a->last + 2 == b->first &&
                    token_is(d, (size_t)a->last + 1, "and");
        if (!pair)
            continue;
        bool list = k > 2 && a[-1].type == a->type && a[-1].last + 2 == a->first &&
                    token_is_mark(d, (size_t)a[-1].last + 1, ',');
        if (found != NO_MENTION || list)
            return false;
        found = latter ? b->chain : a->chain;
    }
    uint32_t two[2];
    if (found == NO_MENTION && only_two(r, i, two))
        found = two[latter];
    if (found == NO_MENTION)
        return false;
    emit(r, i + 1, i + 1, found, REFERENCE_LATTER);
    if (r->m->at[found].type == ENTITY_PER)
        add_person(r, found, i + 1, false, false);
    return true;
}

/* ---- the pass */

/* Where the title before a name starts, else the name. */
static size_t title_start(const struct resolver *r, const struct mention *p)
{
    for (size_t k = r->next_title; k > 0 && k + 3 > r->next_title; k--)
        if (r->t->at[k - 1].last + 1 == p->first)
            return r->t->at[k - 1].first;
    return p->first;
}

/* A name joins the scene; the noun of an apposition behind a person is an office of that person. */
static void meet(struct resolver *r, const struct mention *p, size_t sentence_first, size_t sentence_end)
{
    const struct document *d = r->d;
    const size_t behind = (size_t)p->last + 1;
    bool owner = is_genitive(d, behind);
    size_t start = p->first;
    start -= start > sentence_first && token_is(d, start - 1, "the");
    bool front = start == sentence_first || (token_is_mark(d, start - 1, ',') && !r->now.n_things && !r->now.n_persons);
    if (p->type == ENTITY_PER) {
        add_person(r, p->chain, p->first, owner, front);
        size_t i = behind, behind_all = behind;
        if (token_is_mark(d, i, ',') && i + 2 < sentence_end && d->tokens[i + 1].kind == TOKEN_NUMBER &&
            token_is_mark(d, i + 2, ','))
            i += 2;
        static const char *const starts[] = {"a", "an", "the", "his", "her", "its", "their", "who", "whose", NULL};
        if (token_is_mark(d, i, ',') && i + 1 < sentence_end && token_is_any(d, i + 1, starts)) {
            i++;
            bool relative = token_is(d, i, "who") || token_is(d, i, "whose");
            size_t limit = sentence_end - i > MAX_APPOSITION ? i + MAX_APPOSITION : sentence_end;
            while (i < limit && !token_is_mark(d, i, ','))
                i++;
            r->apposition_end = i;
            behind_all = i + 1;
            r->apposition_chain = relative ? NO_MENTION : p->chain;
        }
        const size_t before = title_start(r, p);
        if (!owner && ((behind_all < sentence_end && is_say(d, behind_all)) || (before > 0 && is_say(d, before - 1))))
            speak(r, p->chain, p->first);
    } else if (p->type == ENTITY_ORG) {
        add_thing(r, p->chain, p->first, owner, front);
        for (size_t i = p->first; i <= p->last; i++)
            if (d->tokens[i].classes & (GAZ(ORG_HEAD) | GAZ(ORG_OF)))
                keys_add(&r->keys, key_of(d, KEY_HEAD, i), p->chain);
    } else if ((p->type == ENTITY_LOC || p->type == ENTITY_MISC) && r->now.n_things) {
        r->now.place = true; /* what a sentence opens with, "In Oslo, ...", does not count */
    }
}

/* A noun for a person: the office of who is named beside it, or somebody without a name. */
static void meet_noun(struct resolver *r, size_t i, enum gender g)
{
    static const char *const predicates[] = {"is", "was", "as", "became", "be", "been", NULL};
    const struct document *d = r->d;
    if (i < r->apposition_end) {
        uint32_t chain = r->apposition_chain;
        if (chain == NO_MENTION)
            return;
        know_office(r, chain, i, i);
        if (r->gender[chain] == GENDER_UNKNOWN)
            r->gender[chain] = (uint8_t)g;
        return;
    }
    size_t next = i + 1;
    next += token_is_mark(d, next, ',');
    uint32_t m = next < d->n_tokens ? mention_at(r->m, next) : NO_MENTION;
    if (m != NO_MENTION && r->m->at[m].type == ENTITY_PER && r->m->at[m].first == next) { /* "his sister, Ann Lee" */
        know_office(r, r->m->at[m].chain, i, i);
        if (r->gender[r->m->at[m].chain] == GENDER_UNKNOWN)
            r->gender[r->m->at[m].chain] = (uint8_t)g;
        return;
    }
    bool article = i > 0 && (token_is(d, i - 1, "a") || token_is(d, i - 1, "an"));
    if (article && i > 1 && token_is_any(d, i - 2, predicates))
        return;
    if (i > 0 && token_is_any(d, i - 1, predicates))
        return;
    r->now.other[g] = true;
    r->since[g] = r->since[g] || r->d->tokens[i].sentence != r->spoken;
}

/* Titles that end before token i are known from here on. */
static void pass_titles(struct resolver *r, size_t i)
{
    for (; r->next_title < r->t->n && r->t->at[r->next_title].first <= i; r->next_title++) {
        const struct title *t = &r->t->at[r->next_title];
        know_office(r, r->m->at[t->person].chain, t->first, t->last);
    }
}

static bool in_title(const struct resolver *r, size_t i)
{
    for (size_t k = r->next_title; k > 0 && k + 4 > r->next_title; k--)
        if (r->t->at[k - 1].first <= i && i <= r->t->at[k - 1].last)
            return true;
    return false;
}

/* Steps over a quotation that token i is in; the token behind it. */
static size_t pass_quote(struct resolver *r, size_t i)
{
    while (r->next_quote < r->q->n && r->q->at[r->next_quote].last < i)
        r->next_quote++;
    if (r->next_quote < r->q->n && r->q->at[r->next_quote].first <= i)
        return (size_t)r->q->at[r->next_quote].last + 1;
    return i;
}

/* The mention that starts at token i, NULL for none; the pass moves behind it. */
static const struct mention *pass_mention(struct resolver *r, size_t i)
{
    while (r->next_mention < r->m->n && r->m->at[r->next_mention].first < i)
        r->next_mention++;
    if (r->next_mention < r->m->n && r->m->at[r->next_mention].first == i)
        return &r->m->at[r->next_mention++];
    return NULL;
}

/* One token of a sentence that is no quotation; how many were taken. */
static size_t visit(struct resolver *r, size_t i, const struct sentence *s)
{
    const struct document *d = r->d;
    enum gender g = GENDER_UNKNOWN;
    pass_titles(r, i);
    const struct mention *p = pass_mention(r, i);
    if (p) {
        if (p->chain != NO_MENTION)
            meet(r, p, s->first, s->end);
        return (size_t)p->last + 1 - i;
    }
    if (d->tokens[i].kind != TOKEN_WORD || in_title(r, i))
        return 1;
    const size_t len = d->tokens[i].key_len;
    enum pronoun pronoun = len == 2 || len == 3 ? pronoun_at(d, i, &g) : PRONOUN_NONE;
    if (pronoun != PRONOUN_NONE)
        resolve_pronoun(r, i, pronoun, g);
    else if (len == 3 && token_is(d, i, "the"))
        return resolve_latter(r, i, s->end) ? 2 : 1 + resolve_the(r, i, s->end);
    else if (noun_is_person(&r->nouns, d, i, &g))
        meet_noun(r, i, g);
    else if (noun_is_firm(&r->nouns, d, i))
        r->now.firm = true;
    else if (len == 2 || len == 3)
        resolve_it(r, i);
    return 1;
}

static bool speaks_of_persons(const struct scene *s)
{
    return s->n_persons || s->other[GENDER_UNKNOWN] || s->other[GENDER_FEMALE] || s->other[GENDER_MALE];
}

static void pass_sentence(struct resolver *r, const struct sentence *s)
{
    size_t words = 0;
    r->now = (struct scene){0};
    r->apposition_end = 0;
    for (size_t i = s->first; i < s->end;) {
        size_t behind = pass_quote(r, i);
        if (behind > i) {
            i = behind;
            continue;
        }
        words += r->d->tokens[i].kind == TOKEN_WORD;
        i += visit(r, i, s);
    }
    if (words)
        r->last = r->now;
    if (s->flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS)) { /* a heading: a new subject */
        r->before = (struct scene){0};
    } else if (speaks_of_persons(&r->now)) {
        r->before = r->now;
        r->age = 0;
    } else if (words) {
        r->age++;
    }
}

/* What given names and titles say of a person, from anywhere in the article. */
static void learn_genders(struct resolver *r)
{
    for (size_t i = 0; i < r->m->n; i++) {
        const struct mention *p = &r->m->at[i];
        const bool given = p->last > p->first || !(r->d->tokens[p->first].classes & GAZ(LAST)); /* "Melanie" */
        if (p->type == ENTITY_PER && given && r->gender[p->chain] == GENDER_UNKNOWN)
            r->gender[p->chain] = (uint8_t)mention_gender(r->d, p);
    }
    for (size_t i = 0; i < r->t->n; i++) {
        enum gender g = title_gender(r->d, &r->t->at[i]);
        if (g != GENDER_UNKNOWN)
            r->gender[r->m->at[r->t->at[i].person].chain] = (uint8_t)g;
    }
}

bool references_find(const struct document *d, const struct mentions *m, const struct titles *t, const struct quotes *q,
                     struct references *found)
{
    struct resolver r = {.d = d, .m = m, .t = t, .q = q, .out = found, .age = MAX_AGE + 1, .speaker = NO_MENTION};
    *found = (struct references){.n = 0};
    r.gender = arena_alloc(d->arena, m->n + 1, 1);
    r.seen = arena_alloc(d->arena, m->n + 1, sizeof *r.seen);
    keys_init(&r.keys, d->arena);
    if (!r.gender || !r.seen)
        return false;
    noun_filter_fill(&r.nouns);
    learn_genders(&r);
    for (size_t i = 0; i < d->n_sentences; i++)
        pass_sentence(&r, &d->sentences[i]);
    return !r.keys.no_memory && !r.no_memory;
}

uint32_t reference_at(const struct references *r, size_t token)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (r->at[mid].last < token)
            low = mid + 1;
        else
            high = mid;
    }
    return low < r->n && r->at[low].first <= token ? r->at[low].chain : NO_MENTION;
}
