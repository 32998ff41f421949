/* entities_chain.c - which mentions mean the same person, organisation or place.
 *
 * A mention joins a chain through keys: hashes of the whole name, of what is
 * left without "Ltd" or a leading nationality, of its initials, and for
 * persons of surname and given name.  Full names are entered first, so that
 * "Blinken" finds its person wherever the full name stands. */
#include "entities_chain.h"

#include "entities_keys.h"
#include "entities_text.h"

#include <string.h>

enum { MAX_WORDS = 8, MAX_SHORT = 3, NO_CHAIN = UINT32_MAX };

/* The words of a person's name that count: no particle, no "Jr.". */
struct name {
    uint32_t token[MAX_WORDS];
    size_t n;
    bool junior;
};

/* One thing in the world, as far as the article tells. */
struct chain {
    uint32_t first;
    uint32_t fullest;
    uint32_t latest; /* the last mention that joined */
    uint32_t n;      /* mentions */
    uint32_t full;   /* how often its full name was given */
    uint32_t bare;   /* how often a part of it was, so far */
    uint32_t same;   /* the chain that this one turned out to be, NO_CHAIN for none */
    uint8_t gender;
    bool titled; /* somewhere it has a title */
};

struct linker {
    const struct document *d;
    struct mentions *m;
    const uint8_t *honorific; /* of each mention: the gender that its "Mr." or "Mrs." tells */
    const uint32_t *office;   /* of each mention: the last word of the title before it, NO_MENTION for none */
    const bool *titled;       /* of each mention: has it a title, before or behind? */
    struct chain *chains;
    size_t n_chains;
    struct keys keys;
};

/* What a key is made of. */
enum { KEY_WHOLE, KEY_CORE, KEY_HOME, KEY_PLACE, KEY_INITIALS, KEY_LAST, KEY_GIVEN, KEY_OFFICE, KEY_START, KEY_END };

static uint64_t key_words(const struct document *d, unsigned what, uint8_t type, size_t first, size_t end)
{
    return hash_end(hash_words(d, hash_begin(what * 16u + type), first, end));
}

static struct name name_words(const struct document *d, const struct mention *p)
{
    static const char *const juniors[] = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", NULL};
    static const char *const opening[] = {"van", "von", "de", "di",  "da",  "del", "della",
                                          "du",  "la",  "le", "ter", "den", NULL};
    struct name n = {.n = 0};
    size_t first = p->first; /* "Van Wyk" at the start of a sentence is a surname */
    if (p->last > first && (d->tokens[first].flags & TOKEN_FIRST || p->last == first + 1) &&
        token_is_any(d, first, opening))
        first++;
    for (size_t i = first; i <= p->last && n.n < MAX_WORDS; i++) {
        const struct token *t = &d->tokens[i];
        bool small = !(t->flags & TOKEN_CAPITAL) || (i < p->last && t[1].kind == TOKEN_DASH && t->key_len <= 3);
        bool particle = (t->classes & GAZ(PARTICLE)) && small;
        bool suffix = i > p->first && (t->classes & GAZ(NAME_SUFFIX));
        n.junior = n.junior || (suffix && token_is_any(d, i, juniors));
        if (t->kind == TOKEN_WORD && !particle && !suffix && (t->flags & TOKEN_CAPITAL))
            n.token[n.n++] = (uint32_t)i;
    }
    return n;
}

static bool same_word(const struct document *d, size_t a, size_t b)
{
    const struct token *x = &d->tokens[a], *y = &d->tokens[b];
    if (x->key_len != y->key_len)
        return false;
    for (size_t i = 0; i < x->key_len; i++)
        if (ascii_lower(token_key(d, x)[i]) != ascii_lower(token_key(d, y)[i]))
            return false;
    return true;
}

/* "Joe" and "Joseph": short forms that share no long enough start. */
static bool is_short_form(const struct document *d, size_t a, size_t b)
{
    static const char *const pairs[][2] = {{"joe", "joseph"},     {"bill", "william"},      {"bob", "robert"},
                                           {"mike", "michael"},   {"jim", "james"},         {"tom", "thomas"},
                                           {"dick", "richard"},   {"tony", "anthony"},      {"antony", "tony"},
                                           {"ted", "edward"},     {"liz", "elizabeth"},     {"kate", "katherine"},
                                           {"jack", "john"},      {"chuck", "charles"},     {"ed", "edward"},
                                           {"dave", "david"},     {"steve", "stephen"},     {"steve", "steven"},
                                           {"ron", "ronald"},     {"don", "donald"},        {"sasha", "alexander"},
                                           {"alex", "alexander"}, {"ben", "benjamin"},      {"matt", "matthew"},
                                           {"nick", "nicholas"},  {"rick", "richard"},      {"larry", "lawrence"},
                                           {"andy", "andrew"},    {"chris", "christopher"}, {"dan", "daniel"},
                                           {"greg", "gregory"},   {"ken", "kenneth"},       {"sam", "samuel"},
                                           {"tim", "timothy"},    {"will", "william"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if ((token_is(d, a, pairs[i][0]) && token_is(d, b, pairs[i][1])) ||
            (token_is(d, b, pairs[i][0]) && token_is(d, a, pairs[i][1])))
            return true;
    return false;
}

static bool given_names_agree(const struct document *d, size_t a, size_t b)
{
    const struct token *x = &d->tokens[a], *y = &d->tokens[b];
    if (same_word(d, a, b) || is_short_form(d, a, b))
        return true;
    bool initial = (x->flags & TOKEN_INITIAL) || (y->flags & TOKEN_INITIAL);
    return initial && token_key(d, x)[0] == token_key(d, y)[0];
}

/* "W.", "H.W." */
static bool is_initials(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return (t->flags & TOKEN_INITIAL) ||
           (t->end - t->begin >= 4 && d->text[t->begin + 1] == '.' && d->text[t->end - 1] == '.');
}

/* "George W. Bush" is not "George H. W. Bush": both have initials in the middle, and others. */
static bool initials_differ(const struct document *d, const struct name *a, const struct name *b)
{
    size_t i = 1, k = 1;
    for (;; i++, k++) {
        while (i + 1 < a->n && !is_initials(d, a->token[i]))
            i++;
        while (k + 1 < b->n && !is_initials(d, b->token[k]))
            k++;
        bool more_a = i + 1 < a->n, more_b = k + 1 < b->n;
        if (!more_a || !more_b)
            return more_a != more_b && i > 1 && k > 1;
        if (!same_word(d, a->token[i], b->token[k]))
            return true;
    }
}

/* Is the shorter name the longer with words left out, or with another form of the given name? */
static bool names_agree(const struct document *d, const struct name *a, const struct name *b)
{
    const struct name *s = a->n <= b->n ? a : b, *l = s == a ? b : a;
    if (s->n >= 2 && (s->junior != l->junior || initials_differ(d, s, l)))
        return false;
    size_t k = 0;
    for (size_t i = 0; i < l->n && k < s->n; i++)
        if (same_word(d, s->token[k], l->token[i]))
            k++;
    if (k == s->n)
        return true;
    return s->n >= 2 && same_word(d, s->token[s->n - 1], l->token[l->n - 1]) &&
           given_names_agree(d, s->token[0], l->token[0]);
}

enum gender mention_gender(const struct document *d, const struct mention *p)
{
    uint64_t c = d->tokens[p->first].classes & GAZ_FIRST_NAME;
    if (c == GAZ(FIRST_FEMALE))
        return GENDER_FEMALE;
    return c == GAZ(FIRST_MALE) ? GENDER_MALE : GENDER_UNKNOWN;
}

enum gender title_gender(const struct document *d, const struct title *t)
{
    static const char *const male[] = {"mr.",         "mr",        "sir",     "lord",        "king",      "prince",
                                       "pope",        "father",    "sheikh",  "congressman", "spokesman", "councilman",
                                       "assemblyman", "alderman",  "brother", "archbishop",  "bishop",    "cardinal",
                                       "imam",        "ayatollah", "sultan",  "emir",        "emperor",   "baron",
                                       "duke",        NULL};
    static const char *const female[] =
        {"mrs.",         "mrs",      "ms.",        "ms",      "miss",          "dame",          "lady",
         "queen",        "princess", "chairwoman", "duchess", "baroness",      "congresswoman", "spokeswoman",
         "councilwoman", "empress",  "countess",   "madame",  "assemblywoman", "sister",        NULL};
    if (token_is_any(d, t->last, male))
        return GENDER_MALE;
    return token_is_any(d, t->last, female) ? GENDER_FEMALE : GENDER_UNKNOWN;
}

static bool genders_differ(unsigned a, unsigned b)
{
    return a != GENDER_UNKNOWN && b != GENDER_UNKNOWN && a != b;
}

/* Is mention a fuller than b?  Of equals the earlier one stays. */
static bool is_fuller(const struct linker *l, uint32_t a, uint32_t b)
{
    const struct mention *x = &l->m->at[a], *y = &l->m->at[b];
    uint32_t n = x->last - x->first, o = y->last - y->first;
    if (n != o)
        return n > o;
    /* "LAGOS - The port of Lagos": but acronyms are what they are */
    const struct token *t = &l->d->tokens[y->first];
    return (t->flags & TOKEN_CAPITALS) && t->key_len > 4 && !(l->d->tokens[x->first].flags & TOKEN_CAPITALS);
}

static uint32_t chain_new(struct linker *l, uint32_t mention)
{
    l->chains[l->n_chains] = (struct chain){.first = mention, .fullest = mention, .latest = mention, .same = NO_CHAIN};
    return (uint32_t)l->n_chains++;
}

/* Until all are known, a mention's `chain` is the number of its chain. */
static void join(struct linker *l, uint32_t mention, uint32_t chain)
{
    struct chain *c = &l->chains[chain];
    l->m->at[mention].chain = chain;
    c->latest = mention;
    c->n++;
    if (is_fuller(l, mention, c->fullest))
        c->fullest = mention;
    c->titled = c->titled || l->titled[mention];
    if (l->m->at[mention].type == ENTITY_PER) {
        unsigned g = l->honorific[mention];
        if (g == GENDER_UNKNOWN && l->m->at[mention].last > l->m->at[mention].first)
            g = mention_gender(l->d, &l->m->at[mention]);
        if (c->gender == GENDER_UNKNOWN || l->honorific[mention] != GENDER_UNKNOWN)
            c->gender = (uint8_t)(g != GENDER_UNKNOWN ? g : c->gender);
    }
}

static uint64_t key_of_word(const struct linker *l, unsigned what, uint32_t token)
{
    return key_words(l->d, what, ENTITY_PER, token, (size_t)token + 1);
}

/* "Secretary Clinton" is who was "Secretary of State Hillary Clinton". */
static uint64_t key_office(const struct linker *l, uint32_t i, uint32_t surname)
{
    uint64_t h = hash_words(l->d, hash_begin(KEY_OFFICE * 16u), l->office[i], (size_t)l->office[i] + 1);
    return hash_end(hash_words(l->d, h, surname, (size_t)surname + 1));
}

/* The person among those with one key whose full name agrees with that of mention i. */
static uint32_t find_full_name(struct linker *l, uint32_t i, const struct name *n, uint64_t hash)
{
    const struct key_values found = keys_get(&l->keys, hash);
    for (size_t c = 0; c < found.n; c++) {
        const struct chain *chain = &l->chains[found.at[c]];
        struct name other = name_words(l->d, &l->m->at[chain->fullest]);
        if (names_agree(l->d, n, &other) && !genders_differ(l->honorific[i], chain->gender))
            return found.at[c];
    }
    return NO_CHAIN;
}

/* Full names make the persons. */
static void link_full_name(struct linker *l, uint32_t i, const struct name *n)
{
    const uint64_t whole = key_words(l->d, KEY_WHOLE, ENTITY_PER, l->m->at[i].first, (size_t)l->m->at[i].last + 1);
    const uint64_t last = key_of_word(l, KEY_LAST, n->token[n->n - 1]);
    const uint64_t given = key_of_word(l, KEY_GIVEN, n->token[0]);
    const uint64_t hashes[] = {whole, last, given};
    uint32_t found = NO_CHAIN;
    for (size_t h = 0; h < 3 && found == NO_CHAIN; h++)
        found = find_full_name(l, i, n, hashes[h]);
    if (found == NO_CHAIN)
        found = chain_new(l, i);
    join(l, i, found);
    l->chains[found].full++;
    for (size_t h = 0; h < 3; h++)
        keys_add(&l->keys, hashes[h], found);
    if (l->office[i] != NO_MENTION)
        keys_add(&l->keys, key_office(l, i, n->token[n->n - 1]), found);
    /* "Goh Wei Ling": what is no given name may be the surname */
    if (!(l->d->tokens[n->token[0]].classes & GAZ_FIRST_NAME))
        keys_add(&l->keys, key_of_word(l, KEY_LAST, n->token[0]), found);
    /* Spanish names: "Rodrigo Chaves Robles" is "Chaves" */
    if (n->n > 2)
        keys_add(&l->keys, key_of_word(l, KEY_GIVEN, n->token[1]), found);
}

static uint32_t sentence_of(const struct linker *l, uint32_t mention)
{
    return l->d->tokens[l->m->at[mention].first].sentence;
}

/* "Zainab Sanusi, Sanusi's aunt": right behind the name of another of them, and an owner. */
static bool is_relative_of(const struct linker *l, uint32_t mention, uint32_t chain)
{
    const struct document *d = l->d;
    const struct mention *p = &l->m->at[mention];
    const uint32_t other = l->chains[chain].latest;
    const size_t next = (size_t)p->last + 1;
    return other + 1 == mention && l->m->at[other].last + 2 == p->first &&
           d->text[d->tokens[p->first - 1].begin] == ',' && next < d->n_tokens && d->tokens[next].kind == TOKEN_SUFFIX;
}

/* Which of several persons "Clinton" is: the one whose full name clearly
 * prevails, else the one last spoken of before, unless only another was called
 * so and that was longer ago than a sentence.  Nobody where there are too many
 * to tell. */
static uint32_t choose(const struct linker *l, uint64_t hash, uint32_t mention)
{
    const struct key_values found = keys_get(&l->keys, hash);
    uint32_t best = NO_CHAIN, prevails = NO_CHAIN, called = NO_CHAIN;
    uint32_t most = 0, second = 0, n_called = 0;
    for (size_t i = 0; i < found.n && !found.crowded; i++) {
        uint32_t c = found.at[i];
        if (genders_differ(l->honorific[mention], l->chains[c].gender) || is_relative_of(l, mention, c))
            continue;
        uint32_t full = l->chains[c].full;
        if (full > most) {
            second = most;
            most = full;
            prevails = c;
        } else if (full > second) {
            second = full;
        }
        if (l->chains[c].bare) {
            called = c;
            n_called++;
        }
        uint32_t a = l->chains[c].latest, b = best == NO_CHAIN ? 0 : l->chains[best].latest;
        if (best == NO_CHAIN || (a < mention && (b > mention || a > b)))
            best = c;
    }
    if (second && most >= 3 * second)
        return prevails;
    if (n_called == 1 && sentence_of(l, l->chains[best].latest) + 1 < sentence_of(l, mention))
        return called;
    return best;
}

/* "President Obama", and sentences later the full name of the only other Obama: it would have been given before. */
static bool is_another(const struct linker *l, uint32_t mention, uint32_t chain)
{
    const uint32_t office = l->office[mention], first = l->chains[chain].first;
    return office != NO_MENTION && (l->d->tokens[office].classes & GAZ(TITLE)) && l->chains[chain].full &&
           first > mention && sentence_of(l, first) > sentence_of(l, mention) + 2;
}

/* A single name, or part of one, looks for its person. */
static void link_part_name(struct linker *l, uint32_t i, const struct name *n)
{
    const uint32_t word = n->n ? n->token[n->n - 1] : l->m->at[i].last;
    const uint64_t last = key_of_word(l, KEY_LAST, word);
    uint32_t chain = NO_CHAIN;
    if (l->office[i] != NO_MENTION) {
        const struct key_values held = keys_get(&l->keys, key_office(l, i, word));
        chain = held.n == 1 && !genders_differ(l->honorific[i], l->chains[held.at[0]].gender) ? held.at[0] : NO_CHAIN;
    }
    if (chain == NO_CHAIN)
        chain = choose(l, last, i);
    if (chain == NO_CHAIN)
        chain = choose(l, key_of_word(l, KEY_GIVEN, word), i);
    if (chain != NO_CHAIN && is_another(l, i, chain))
        chain = NO_CHAIN;
    if (chain == NO_CHAIN) {
        chain = chain_new(l, i);
        keys_add(&l->keys, last, chain);
    }
    join(l, i, chain);
    l->chains[chain].bare++;
}

static void link_persons(struct linker *l)
{
    struct mentions *m = l->m;
    for (uint32_t i = 0; i < m->n; i++) {
        struct name n = name_words(l->d, &m->at[i]);
        if (m->at[i].type == ENTITY_PER && n.n >= 2)
            link_full_name(l, i, &n);
    }
    /* From here on `latest` moves along with the text. */
    for (size_t c = 0; c < l->n_chains; c++)
        l->chains[c].latest = l->chains[c].fullest;
    for (uint32_t i = 0; i < m->n; i++) {
        if (m->at[i].type != ENTITY_PER)
            continue;
        if (m->at[i].chain != NO_MENTION) {
            l->chains[m->at[i].chain].latest = i;
            continue;
        }
        struct name n = name_words(l->d, &m->at[i]);
        link_part_name(l, i, &n);
    }
}

static uint32_t root(struct linker *l, uint32_t chain)
{
    while (l->chains[chain].same != NO_CHAIN) {
        uint32_t next = l->chains[chain].same, after = l->chains[next].same;
        if (after != NO_CHAIN)
            l->chains[chain].same = after; /* half the way next time */
        chain = next;
    }
    return chain;
}

/* Two chains turn out to be one; the earlier one stays. */
static void merge(struct linker *l, uint32_t a, uint32_t b)
{
    a = root(l, a);
    b = root(l, b);
    if (a < b)
        l->chains[b].same = a;
    else if (b < a)
        l->chains[a].same = b;
}

static bool is_acronym(const struct document *d, const struct mention *p)
{
    return p->first == p->last && (d->tokens[p->first].flags & TOKEN_CAPITALS);
}

static bool is_small(const struct document *d, size_t token)
{
    static const char *const words[] = {"of", "the", "for", "and", "in", "on", "de", "&", NULL};
    return d->tokens[token].kind != TOKEN_WORD || token_is_any(d, token, words);
}

/* The initials of the capitalised words, with those of the small ones if `all`. */
static uint64_t key_initials(const struct linker *l, const struct mention *p, bool all, size_t *n)
{
    uint64_t h = hash_begin(KEY_INITIALS * 16u); /* whatever the types: "FEMA" may be taken for a place */
    *n = 0;
    for (size_t i = p->first; i <= p->last; i++) {
        const struct token *t = &l->d->tokens[i];
        if (t->kind == TOKEN_WORD && (all || (t->flags & TOKEN_CAPITAL)) && t->key_len) {
            h = hash_letters(h, token_key(l->d, t), 1);
            ++*n;
        }
    }
    return hash_end(h);
}

static uint64_t key_acronym(const struct linker *l, const struct mention *p)
{
    const struct token *t = &l->d->tokens[p->first];
    uint64_t h = hash_begin(KEY_INITIALS * 16u);
    for (size_t k = 0; k < t->key_len; k++)
        if (token_key(l->d, t)[k] != '.')
            h = hash_letters(h, token_key(l->d, t) + k, 1);
    return hash_end(h);
}

/* "Ltd", "AG": what only firms have behind their names. */
static bool is_firm_suffix(const struct document *d, size_t i)
{
    static const char *const words[] = {"inc",    "inc.",    "corp",        "corp.",   "ltd",  "ltd.", "co.",  "plc",
                                        "llc",    "limited", "corporation", "company", "ag",   "gmbh", "sa",   "s.a.",
                                        "spa",    "s.p.a.",  "nv",          "n.v.",    "se",   "ab",   "asa",  "oyj",
                                        "berhad", "bhd",     "pte",         "pvt",     "pvt.", "sarl", "s.l.", "bv",
                                        "b.v.",   "llp",     "ehf.",        "ehf",     "hf",   "jsc",  NULL};
    return token_is_any(d, i, words);
}

/* Of an organisation, the words that count in any order ("Ministry of Defence" is "Defence Ministry"),
 * without a leading nationality or country and without "Ltd"; of an event, without its year. */
static uint64_t key_core(const struct linker *l, const struct mention *p)
{
    size_t first = p->first, end = (size_t)p->last + 1;
    const struct token *t = l->d->tokens;
    if (p->type == ENTITY_ORG && end - first > 2 && (t[first].classes & (GAZ(NORP) | GAZ(COUNTRY))))
        first++;
    if (p->type == ENTITY_MISC && end - first > 1 && t[first].kind == TOKEN_NUMBER)
        first++;
    while (end - first > 1 && is_firm_suffix(l->d, end - 1))
        end--;
    if (p->type != ENTITY_ORG)
        return key_words(l->d, KEY_CORE, p->type, first, end);
    uint64_t sum = hash_begin(KEY_CORE * 16u + p->type);
    for (size_t i = first; i < end; i++)
        if (!is_small(l->d, i) && !(token_is(l->d, i, "affairs") && end - first > 2))
            sum += key_words(l->d, KEY_CORE, p->type, i, i + 1);
    return hash_end(sum);
}

/* "US" and "America"; "Danish" and "Danes", but not "English" and "British". */
static uint64_t key_home(const struct linker *l, const struct mention *p)
{
    uint64_t h = hash_begin(KEY_HOME * 16u + p->type);
    h = hash_number(h, p->home);
    if (p->type == ENTITY_NORP)
        h = hash_letters(h, token_key(l->d, &l->d->tokens[p->first]), 1);
    return hash_end(h);
}

/* "Kurds" and "Kurdish", "Muslim" and "Muslims": the word without its ending. */
static uint64_t key_people(const struct linker *l, const struct mention *p)
{
    static const char *const endings[] = {"ish", "s", "i", "is"};
    const struct token *t = &l->d->tokens[p->last];
    const char *word = token_key(l->d, t);
    size_t len = t->key_len, cut = 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n + 3 && memcmp(word + len - n, endings[i], n) == 0)
            cut = n;
    }
    uint64_t h = hash_words(l->d, hash_begin(KEY_CORE * 16u + p->type), p->first, p->last);
    return hash_end(hash_letters(h, word, len - cut));
}

/* Is its place known by its name, not guessed from the places around it? */
static bool has_place(const struct linker *l, const struct mention *p)
{
    struct gaz_place place;
    return p->type == ENTITY_LOC && p->place && gazetteer_place(l->d->gaz, p->place - 1, &place) &&
           (place.kind != GAZ_IS_COUNTRY || p->home);
}

static uint64_t key_place(const struct mention *p)
{
    return hash_end(hash_number(hash_begin(KEY_PLACE * 16u), p->place));
}

static uint64_t key_form(const struct linker *l, const struct mention *p)
{
    uint8_t type = p->type == ENTITY_NORP ? ENTITY_NORP : ENTITY_MISC;
    return key_words(l->d, KEY_WHOLE, type, p->first, (size_t)p->last + 1);
}

/* Other than persons: names of one form, one home, one core, one set of initials. */
static void link_thing(struct linker *l, uint32_t i)
{
    const struct mention *p = &l->m->at[i];
    bool acronym = is_acronym(l->d, p);
    size_t words = 0, all_words = 0;
    uint64_t keys[5];
    size_t n = 0;
    /* "Paris" and "Paris" may be two places, "Kyiv" and "Kiev" one; what has no place is of one kind, whatever it
     * was taken for where */
    keys[n++] = has_place(l, p) ? key_place(p) : key_form(l, p);
    if (p->type == ENTITY_ORG || p->type == ENTITY_MISC)
        keys[n++] = key_core(l, p);
    if (p->type == ENTITY_NORP)
        keys[n++] = key_people(l, p);
    if (p->home && !has_place(l, p))
        keys[n++] = key_home(l, p);
    if (acronym && p->type != ENTITY_NORP) {
        keys[n++] = key_acronym(l, p);
    } else if ((p->type == ENTITY_ORG || p->type == ENTITY_MISC) && p->last - p->first >= 2) {
        uint64_t capitals = key_initials(l, p, false, &words), all = key_initials(l, p, true, &all_words);
        if (words >= 3)
            keys[n++] = capitals;
        if (all_words > words && all_words >= 3 && n < sizeof keys / sizeof *keys)
            keys[n++] = all;
    }
    uint32_t chain = NO_CHAIN;
    for (size_t k = 0; k < n && chain == NO_CHAIN; k++) {
        const struct key_values found = keys_get(&l->keys, keys[k]);
        chain = found.n ? root(l, found.at[0]) : NO_CHAIN;
    }
    if (chain == NO_CHAIN)
        chain = chain_new(l, i);
    join(l, i, chain);
    for (size_t k = 0; k < n; k++)
        keys_add(&l->keys, keys[k], chain);
}

/* Are the letters of the acronym among those of the name, in order, and the first the first?  Not the letters
 * of one word alone: those of most words. */
static bool spells(const struct document *d, const struct mention *acronym, const struct mention *name)
{
    const struct token *t = &d->tokens[acronym->first];
    const char *a = token_key(d, t);
    size_t k = 0, words = 0, hit = 0;
    for (size_t i = name->first; i <= name->last && i < name->first + 16u; i++) {
        const struct token *w = &d->tokens[i];
        if (w->kind != TOKEN_WORD || !w->key_len)
            continue;
        bool capital = (w->flags & TOKEN_CAPITAL) != 0;
        words += capital;
        while (k < t->key_len && a[k] == '.')
            k++;
        if (k >= t->key_len || ascii_lower(token_key(d, w)[0]) != ascii_lower(a[k])) {
            if (k == 0)
                return false;
            continue;
        }
        hit += capital;
        k++;
    }
    while (k < t->key_len && a[k] == '.')
        k++;
    return k == t->key_len && hit >= 2 && hit + 1 >= words;
}

/* "BaFin", "PSUV": looks like a short form, whatever it is short for; no place, nobody's country. */
static bool is_short_form_of_thing(const struct document *d, const struct mention *p)
{
    const struct token *t = &d->tokens[p->first];
    if (p->first != p->last || p->home || (t->classes & (GAZ_PLACE | GAZ(NORP))))
        return false;
    unsigned capitals = 0;
    for (size_t i = t->begin; i < t->end; i++)
        capitals += d->text[i] >= 'A' && d->text[i] <= 'Z';
    return capitals >= 2;
}

/* "Nadma" of "National Disaster Management Agency": its letters are those of the name, in order. */
static bool is_drawn_from(const struct document *d, const struct mention *p, const struct mention *name)
{
    const struct token *t = &d->tokens[p->first];
    size_t k = 0, words = 0;
    for (size_t i = name->first; i <= name->last && i < name->first + 16u; i++) {
        const struct token *w = &d->tokens[i];
        const size_t before = k;
        for (size_t c = 0; c < w->key_len && k < t->key_len; c++)
            k += ascii_lower(token_key(d, w)[c]) == ascii_lower(token_key(d, t)[k]);
        words += k > before;
        if (i == name->first && !k)
            return false;
    }
    return p->first == p->last && t->key_len >= 3 && k == t->key_len && words >= 2;
}

/* "known as the", "or", "abbreviated to": what leads from a name in full to its short form; only of commas, "the" and
 * such words. */
static bool is_alias_bridge(const struct document *d, size_t from, size_t to)
{
    static const char *const words[] = {"known",    "as",     "better", "also",     "by", "its", "the",   "acronym",
                                        "initials", "simply", "widely", "commonly", "or", "for", "short", NULL};
    static const char *const telling[] = {"known", "or", NULL};
    bool tells = false;
    if (to < from + 2 || to > from + 8 || d->tokens[from - 1].sentence != d->tokens[to].sentence)
        return false;
    for (size_t i = from; i < to; i++) {
        tells = tells || token_is_any(d, i, telling);
        if (d->text[d->tokens[i].begin] != ',' && !token_is_any(d, i, words))
            return false;
    }
    return tells && d->text[d->tokens[from].begin] == ',';
}

/* "P. K. Moosa, known as Moosa Haji", "the United Socialist Party, or PSUV," */
static void link_alias(struct linker *l, uint32_t i)
{
    const struct mention *a = &l->m->at[i], *b = &l->m->at[i + 1];
    const size_t between = (size_t)a->last + 1;
    if (a->type >= ENTITY_NORP || b->type >= ENTITY_NORP || !is_alias_bridge(l->d, between, b->first))
        return;
    const bool either = token_is(l->d, between + 1, "or");
    const bool persons = a->type == ENTITY_PER && b->type == ENTITY_PER && !either && a->last > a->first;
    const bool things = a->type != ENTITY_PER && b->type != ENTITY_PER && a->type != ENTITY_LOC && a->last > a->first &&
                        is_short_form_of_thing(l->d, b);
    if (persons || things)
        merge(l, a->chain, b->chain);
}

/* "World Health Organization (WHO)", "WHO (World Health Organization)": of whatever types they were taken for. */
static void link_bracket(struct linker *l, uint32_t i)
{
    const struct mention *a = &l->m->at[i], *b = &l->m->at[i + 1];
    size_t open = (size_t)a->last + 1, closed = (size_t)b->last + 1;
    if (a->type == ENTITY_PER || b->type == ENTITY_PER || a->type >= ENTITY_NORP || b->type >= ENTITY_NORP ||
        b->first != open + 1 || closed >= l->d->n_tokens || l->d->text[l->d->tokens[open].begin] != '(')
        return;
    bool first = is_acronym(l->d, a), second = is_acronym(l->d, b);
    if (first != second && spells(l->d, first ? a : b, first ? b : a))
        merge(l, a->chain, b->chain);
    else if (a->type == ENTITY_ORG && a->last > a->first && l->d->text[l->d->tokens[closed].begin] == ')' &&
             (is_short_form_of_thing(l->d, b) || is_drawn_from(l->d, b, a))) /* of the name in another language */
        merge(l, a->chain, b->chain);
}

/* May a longer name be called by this part of it?  Not by what is something else, as England in "Bank of England". */
static bool stands_alone(const struct document *d, size_t first, size_t end)
{
    const struct token *t = &d->tokens[first];
    if (end - first == 1)
        return t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL) && !(t->flags & TOKEN_CAPITALS) &&
               !(t->classes & (GAZ_PLACE | GAZ(NORP) | GAZ(ORG)));
    return !(t->phrase == end - first && (t->phrase_classes & (GAZ_PLACE | GAZ(NORP) | GAZ(ORG))));
}

static bool is_home_word(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->kind != TOKEN_WORD || (t->classes & (GAZ_PLACE | GAZ(NORP))) || (t->flags & TOKEN_CAPITALS);
}

/* The chain's fullest name makes its starts and ends known: "Wagner" of "Wagner Group", "United" of "Manchester
 * United", "Treasury Department" of "US Treasury Department" (but not "Democratic Party" of "Social Democratic
 * Party"). */
static void offer_parts(struct linker *l, uint32_t chain)
{
    const struct document *d = l->d;
    const struct mention *p = &l->m->at[l->chains[chain].fullest];
    const size_t first = p->first, end = (size_t)p->last + 1;
    bool home = true;
    for (size_t n = 1; n <= MAX_SHORT && first + n < end; n++)
        if (stands_alone(d, first, first + n))
            keys_add(&l->keys, key_words(d, KEY_START, p->type, first, first + n), chain);
    for (size_t i = first; i + 1 < end && i < first + MAX_SHORT && home; i++) {
        home = is_home_word(d, i);
        if (home && end - i > 2)
            keys_add(&l->keys, key_words(d, KEY_END, p->type, i + 1, end), chain);
    }
    if (end - first > 1 && stands_alone(d, end - 1, end))
        keys_add(&l->keys, key_words(d, KEY_END, p->type, end - 1, end), chain);
}

/* The one chain that has the short name among its parts. */
static void find_whole(struct linker *l, uint32_t chain)
{
    const struct mention *p = &l->m->at[l->chains[chain].fullest];
    uint32_t whole = NO_CHAIN;
    for (unsigned what = KEY_START; what <= KEY_END; what++) {
        const struct key_values found =
            keys_get(&l->keys, key_words(l->d, what, p->type, p->first, (size_t)p->last + 1));
        for (size_t i = 0; i < found.n; i++) {
            uint32_t r = root(l, found.at[i]);
            if (r == root(l, chain) || found.crowded || (whole != NO_CHAIN && whole != r))
                return;
            whole = r;
        }
    }
    if (whole != NO_CHAIN)
        merge(l, chain, whole);
}

/* "Kessler" of "Kessler AG", taken for a person who has no title and no full name. */
static void link_firm(struct linker *l, uint32_t chain)
{
    const struct chain *c = &l->chains[chain];
    const struct mention *p = &l->m->at[c->fullest];
    if (p->type != ENTITY_PER || c->titled || c->full || c->same != NO_CHAIN || p->last > p->first)
        return;
    const struct key_values found =
        keys_get(&l->keys, key_words(l->d, KEY_START, ENTITY_ORG, p->first, (size_t)p->last + 1));
    const uint32_t firm = found.n == 1 ? root(l, found.at[0]) : NO_CHAIN;
    const struct mention *whole = firm == NO_CHAIN ? NULL : &l->m->at[l->chains[firm].fullest];
    if (whole && is_firm_suffix(l->d, whole->last))
        merge(l, chain, firm);
}

/* A name that was taken for a person here, for something else there, and nowhere has a title.  A person's full name
 * may be that of a firm too, "Henry Ford": that is believed from the second time on. */
static void link_unknown(struct linker *l, uint32_t chain)
{
    const struct chain *c = &l->chains[chain];
    const struct key_values found = keys_get(&l->keys, key_form(l, &l->m->at[c->fullest]));
    if (found.n && !c->titled && (!c->full || c->n == 1 || l->chains[root(l, found.at[0])].n == 1))
        merge(l, chain, found.at[0]);
}

static bool has_parts(const struct linker *l, uint32_t chain)
{
    uint8_t type = l->m->at[l->chains[chain].fullest].type;
    return type == ENTITY_ORG || type == ENTITY_MISC;
}

static void link_things(struct linker *l)
{
    struct mentions *m = l->m;
    uint32_t first = (uint32_t)l->n_chains;
    for (uint32_t i = 0; i < m->n; i++)
        if (m->at[i].type != ENTITY_PER && m->at[i].type < ENTITY_DATE)
            link_thing(l, i);
    for (uint32_t c = 0; c < first; c++)
        link_unknown(l, c);
    for (uint32_t i = 0; i + 1 < m->n; i++) {
        link_bracket(l, i);
        link_alias(l, i);
    }
    for (uint32_t c = first; c < l->n_chains; c++)
        if (has_parts(l, c))
            offer_parts(l, c);
    for (uint32_t c = first; c < l->n_chains; c++)
        if (has_parts(l, c))
            find_whole(l, c);
    for (uint32_t c = 0; c < first; c++)
        link_firm(l, c);
    for (uint32_t c = first; c < l->n_chains; c++) {
        struct chain *whole = &l->chains[root(l, c)];
        const uint32_t here = l->chains[c].fullest, there = whole->fullest;
        if (is_fuller(l, here, there) || (here < there && !is_fuller(l, there, here)))
            whole->fullest = here;
    }
}

/* What was taken for several kinds of thing becomes the one that most of its mentions say, the sure ones louder. */
static void vote_types(struct linker *l, float (*votes)[ENTITY_NORP])
{
    for (size_t i = 0; i < l->m->n; i++) {
        const struct mention *p = &l->m->at[i];
        if (p->chain != NO_MENTION && p->type < ENTITY_NORP)
            votes[root(l, p->chain)][p->type] += p->score;
    }
    for (size_t i = 0; i < l->m->n; i++) {
        struct mention *p = &l->m->at[i];
        if (p->chain == NO_MENTION || p->type >= ENTITY_NORP)
            continue;
        const uint32_t chain = root(l, p->chain);
        const float *v = votes[chain];
        uint8_t best = l->m->at[l->chains[chain].fullest].type; /* where the votes are even */
        for (uint8_t type = 0; type < ENTITY_NORP; type++)
            if (v[type] > v[best])
                best = type;
        p->type = best;
        if (p->type != ENTITY_LOC)
            p->place = 0;
    }
}

bool chains_link(const struct document *d, struct mentions *m, const struct titles *t)
{
    struct linker l = {.d = d, .m = m};
    uint8_t *honorific = arena_alloc(d->arena, m->n + 1, 1);
    uint32_t *office = arena_alloc(d->arena, m->n + 1, sizeof *office);
    bool *titled = arena_alloc(d->arena, m->n + 1, sizeof *titled);
    l.chains = arena_alloc(d->arena, m->n + 1, sizeof *l.chains);
    keys_init(&l.keys, d->arena);
    if (!honorific || !office || !titled || !l.chains)
        return false;
    for (size_t i = 0; i < m->n; i++)
        office[i] = NO_MENTION;
    for (size_t i = 0; i < t->n; i++) {
        const uint32_t person = t->at[i].person;
        titled[person] = true;
        if (t->at[i].first < m->at[person].first) {
            honorific[person] = (uint8_t)title_gender(d, &t->at[i]);
            office[person] = t->at[i].last;
        }
    }
    l.honorific = honorific;
    l.office = office;
    l.titled = titled;
    link_persons(&l);
    link_things(&l);
    float(*votes)[ENTITY_NORP] = arena_alloc(d->arena, l.n_chains + 1, sizeof *votes);
    if (!votes)
        return false;
    vote_types(&l, votes);
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].chain != NO_MENTION)
            m->at[i].chain = l.chains[root(&l, m->at[i].chain)].fullest;
    return !l.keys.no_memory;
}
