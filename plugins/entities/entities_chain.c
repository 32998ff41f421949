/* entities_chain.c - which mentions mean the same person, organisation or place.
 *
 * A mention joins a chain through keys: hashes of the whole name, of what is
 * left without "Ltd" or a leading nationality, of its initials, and for
 * persons of surname and given name.  Full names are entered first, so that
 * "Blinken" finds its person wherever the full name stands. */
#include "entities_chain.h"

#include "entities_text.h"

#include <string.h>

enum { MAX_WORDS = 8, MAX_PER_KEY = 8 };

/* The words of a person's name that count: no particle, no "Jr.". */
struct name {
    uint32_t token[MAX_WORDS];
    size_t n;
};

/* One thing in the world, as far as the article tells. */
struct chain {
    uint32_t fullest;
    uint32_t latest; /* the last mention that joined */
    uint32_t full;   /* how often its full name was given */
    uint8_t gender;
};

/* A key leads to the chains that have it, in the order they came. */
struct key {
    uint64_t hash; /* 0: free */
    uint32_t chains[MAX_PER_KEY];
    size_t n;
};

struct linker {
    const struct document *d;
    struct mentions *m;
    const uint8_t *honorific; /* of each mention: the gender that its "Mr." or "Mrs." tells */
    struct chain *chains;
    size_t n_chains;
    struct key *keys;
    size_t mask, n_keys;
};

static uint64_t hash_bytes(uint64_t h, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)ascii_lower(s[i])) * UINT64_C(1099511628211);
    return h;
}

static uint64_t hash_start(unsigned what, uint8_t type)
{
    return (UINT64_C(14695981039346656037) ^ (what * 16u + type)) * UINT64_C(1099511628211);
}

static uint64_t finish(uint64_t h)
{
    h ^= h >> 31;
    return h ? h : 1;
}

enum { KEY_WHOLE, KEY_HOME, KEY_INITIALS, KEY_LAST, KEY_GIVEN };

static uint64_t key_words(const struct document *d, unsigned what, uint8_t type, size_t first, size_t end)
{
    uint64_t h = hash_start(what, type);
    for (size_t i = first; i < end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_DASH)
            continue;
        for (size_t k = 0; k < t->key_len; k++)
            if (token_key(d, t)[k] != '.')
                h = hash_bytes(h, token_key(d, t) + k, 1);
        h = hash_bytes(h, " ", 1);
    }
    return finish(h);
}

static struct key *key_find(struct linker *l, uint64_t hash)
{
    size_t i = (size_t)(hash >> 7) & l->mask;
    while (l->keys[i].hash && l->keys[i].hash != hash)
        i = (i + 1) & l->mask;
    return &l->keys[i];
}

static void key_add(struct linker *l, uint64_t hash, uint32_t chain)
{
    struct key *k = key_find(l, hash);
    for (size_t i = 0; i < k->n; i++)
        if (k->chains[i] == chain)
            return;
    if (!k->hash && l->n_keys * 4 > l->mask * 3)
        return;
    l->n_keys += !k->hash;
    k->hash = hash;
    if (k->n < MAX_PER_KEY)
        k->chains[k->n++] = chain;
}

static struct name name_words(const struct document *d, const struct mention *p)
{
    struct name n = {{0}, 0};
    for (size_t i = p->first; i <= p->last && n.n < MAX_WORDS; i++) {
        const struct token *t = &d->tokens[i];
        bool small = !(t->flags & TOKEN_CAPITAL) || (i < p->last && t[1].kind == TOKEN_DASH && t->key_len <= 3);
        bool particle = (t->classes & GAZ(PARTICLE)) && small;
        bool suffix = i > p->first && (t->classes & GAZ(NAME_SUFFIX));
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

/* Is the shorter name the longer with words left out, or with another form of the given name? */
static bool names_agree(const struct document *d, const struct name *a, const struct name *b)
{
    const struct name *s = a->n <= b->n ? a : b, *l = s == a ? b : a;
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

static enum gender honorific_gender(const struct document *d, const struct title *t)
{
    static const char *const male[] = {"mr.", "mr", "sir", "lord", "king", "prince", "pope", "father", "sheikh"};
    static const char *const female[] = {"mrs.", "mrs", "ms.", "ms", "miss", "dame", "lady", "queen", "princess"};
    for (size_t i = 0; i < sizeof male / sizeof *male; i++) {
        if (token_is(d, t->last, male[i]))
            return GENDER_MALE;
        if (token_is(d, t->last, female[i]))
            return GENDER_FEMALE;
    }
    return GENDER_UNKNOWN;
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
    l->chains[l->n_chains] = (struct chain){.fullest = mention, .latest = mention};
    return (uint32_t)l->n_chains++;
}

/* Until all are known, a mention's `chain` is the number of its chain. */
static void join(struct linker *l, uint32_t mention, uint32_t chain)
{
    struct chain *c = &l->chains[chain];
    l->m->at[mention].chain = chain;
    c->latest = mention;
    if (is_fuller(l, mention, c->fullest))
        c->fullest = mention;
    if (l->m->at[mention].type == ENTITY_PER) {
        unsigned g = l->honorific[mention];
        if (g == GENDER_UNKNOWN && l->m->at[mention].last > l->m->at[mention].first)
            g = mention_gender(l->d, &l->m->at[mention]);
        if (c->gender == GENDER_UNKNOWN || l->honorific[mention] != GENDER_UNKNOWN)
            c->gender = (uint8_t)(g != GENDER_UNKNOWN ? g : c->gender);
    }
}

/* Full names make the persons. */
static void link_full_name(struct linker *l, uint32_t i, const struct name *n)
{
    uint32_t found = NO_MENTION;
    uint64_t last = key_words(l->d, KEY_LAST, ENTITY_PER, n->token[n->n - 1], n->token[n->n - 1] + 1);
    uint64_t given = key_words(l->d, KEY_GIVEN, ENTITY_PER, n->token[0], n->token[0] + 1);
    const uint64_t hashes[] = {last, given};
    for (size_t h = 0; h < 2 && found == NO_MENTION; h++) {
        const struct key *k = key_find(l, hashes[h]);
        for (size_t c = 0; c < k->n && found == NO_MENTION; c++) {
            struct name other = name_words(l->d, &l->m->at[l->chains[k->chains[c]].fullest]);
            if (names_agree(l->d, n, &other) && !genders_differ(l->honorific[i], l->chains[k->chains[c]].gender))
                found = k->chains[c];
        }
    }
    if (found == NO_MENTION)
        found = chain_new(l, i);
    join(l, i, found);
    l->chains[found].full++;
    key_add(l, last, found);
    key_add(l, given, found);
    /* Spanish names: "Rodrigo Chaves Robles" is "Chaves" */
    if (n->n > 2)
        key_add(l, key_words(l->d, KEY_GIVEN, ENTITY_PER, n->token[1], n->token[1] + 1), found);
}

/* Which of several persons "Clinton" is: the one whose full name clearly
 * prevails, else the one last spoken of before. */
static uint32_t choose(const struct linker *l, const struct key *k, uint32_t mention)
{
    uint32_t best = NO_MENTION;
    uint32_t most = 0, second = 0;
    for (size_t i = 0; i < k->n; i++) {
        uint32_t c = k->chains[i];
        if (genders_differ(l->honorific[mention], l->chains[c].gender))
            continue;
        uint32_t full = l->chains[c].full;
        if (full > most) {
            second = most;
            most = full;
        } else if (full > second) {
            second = full;
        }
        if (best == NO_MENTION) {
            best = c;
            continue;
        }
        uint32_t a = l->chains[c].latest, b = l->chains[best].latest;
        if (a < mention && (b > mention || a > b))
            best = c;
    }
    if (best != NO_MENTION && second && most >= 3 * second)
        for (size_t i = 0; i < k->n; i++)
            if (l->chains[k->chains[i]].full == most &&
                !genders_differ(l->honorific[mention], l->chains[k->chains[i]].gender))
                return k->chains[i];
    return best;
}

/* A single name, or part of one, looks for its person. */
static void link_part_name(struct linker *l, uint32_t i, const struct name *n)
{
    const struct mention *p = &l->m->at[i];
    size_t word = n->n ? n->token[n->n - 1] : p->last;
    uint64_t last = key_words(l->d, KEY_LAST, ENTITY_PER, word, word + 1);
    uint32_t chain = choose(l, key_find(l, last), i);
    if (chain == NO_MENTION)
        chain = choose(l, key_find(l, key_words(l->d, KEY_GIVEN, ENTITY_PER, word, word + 1)), i);
    if (chain == NO_MENTION) {
        chain = chain_new(l, i);
        key_add(l, last, chain);
    }
    join(l, i, chain);
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

static uint64_t key_initials(const struct linker *l, const struct mention *p, size_t *n)
{
    uint64_t h = hash_start(KEY_INITIALS, p->type);
    *n = 0;
    for (size_t i = p->first; i <= p->last; i++) {
        const struct token *t = &l->d->tokens[i];
        if (t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL) && t->key_len) {
            h = hash_bytes(h, token_key(l->d, t), 1);
            ++*n;
        }
    }
    return finish(h);
}

static uint64_t key_acronym(const struct linker *l, const struct mention *p)
{
    const struct token *t = &l->d->tokens[p->first];
    uint64_t h = hash_start(KEY_INITIALS, p->type);
    for (size_t k = 0; k < t->key_len; k++)
        if (token_key(l->d, t)[k] != '.')
            h = hash_bytes(h, token_key(l->d, t) + k, 1);
    return finish(h);
}

/* The name without a leading nationality or country and without "Ltd". */
static uint64_t key_core(const struct linker *l, const struct mention *p)
{
    size_t first = p->first, end = (size_t)p->last + 1;
    const struct token *t = l->d->tokens;
    static const char *const suffixes[] = {"inc", "inc.", "corp", "corp.",   "ltd",         "ltd.",
                                           "co.", "plc",  "llc",  "limited", "corporation", "company"};
    if (p->type == ENTITY_ORG && end - first > 2 && (t[first].classes & (GAZ(NORP) | GAZ(COUNTRY))))
        first++;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && end - first > 1; i++)
        if (token_is(l->d, end - 1, suffixes[i]))
            end--;
    return key_words(l->d, KEY_WHOLE, p->type, first, end);
}

static void link_thing(struct linker *l, uint32_t i)
{
    const struct mention *p = &l->m->at[i];
    bool acronym = p->first == p->last && (l->d->tokens[p->first].flags & TOKEN_CAPITALS);
    size_t words = 0;
    uint64_t whole = key_words(l->d, KEY_WHOLE, p->type, p->first, (size_t)p->last + 1);
    uint64_t core = key_core(l, p);
    uint64_t initials = acronym ? key_acronym(l, p) : key_initials(l, p, &words);
    uint64_t home = finish(hash_bytes(hash_start(KEY_HOME, p->type), (const char *)&p->home, sizeof p->home));
    bool by_initials = acronym || (p->type == ENTITY_ORG && words >= 3);
    const uint64_t keys[] = {whole, core, p->home ? home : whole, by_initials ? initials : whole};
    const size_t n = sizeof keys / sizeof *keys;
    uint32_t chain = NO_MENTION;
    for (size_t k = 0; k < n && chain == NO_MENTION; k++) {
        const struct key *found = key_find(l, keys[k]);
        chain = found->n ? found->chains[0] : NO_MENTION;
    }
    if (chain == NO_MENTION)
        chain = chain_new(l, i);
    join(l, i, chain);
    for (size_t k = 0; k < n; k++)
        key_add(l, keys[k], chain);
}

bool chains_link(const struct document *d, struct mentions *m, const struct titles *t)
{
    struct linker l = {.d = d, .m = m};
    size_t size = 64;
    while (size < m->n * 6)
        size *= 2;
    uint8_t *honorific = arena_alloc(d->arena, m->n + 1, 1);
    l.chains = arena_alloc(d->arena, m->n + 1, sizeof *l.chains);
    l.keys = arena_alloc(d->arena, size, sizeof *l.keys);
    l.mask = size - 1;
    if (!honorific || !l.chains || !l.keys)
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].first < m->at[t->at[i].person].first)
            honorific[t->at[i].person] = (uint8_t)honorific_gender(d, &t->at[i]);
    l.honorific = honorific;
    link_persons(&l);
    for (uint32_t i = 0; i < m->n; i++)
        if (m->at[i].type != ENTITY_PER && m->at[i].type < ENTITY_DATE)
            link_thing(&l, i);
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].chain != NO_MENTION)
            m->at[i].chain = l.chains[m->at[i].chain].fullest;
    return true;
}
