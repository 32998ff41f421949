/* entities_place.c - which place on earth a name means.
 *
 * Weights are in eighths of a doubling of the people who live there: ten
 * times as many are worth 27. */
#include "entities_place.h"

#include "entities_namesake.h"

#include <string.h>

enum {
    CAPITAL = 20,         /* the capital of a country */
    COUNTRY = 60,         /* a country, before the city that is called like it; cities have up to 50 for their fame */
    REGION = 20,          /* a region, likewise, but its people are many */
    LESSER = -40,         /* "Kiev": an old or foreign name */
    REGION_OF_CITY = -40, /* "New York" is the city, "Washington" the capital */
    CITY_STATE = -60,     /* "Singapore" is the country */
    ACCENT = -40,         /* "San José": not in a country that writes English */
    SAME_COUNTRY = 44,    /* the article speaks of this country only */
    ALSO_NAMED = 12,      /* it names this country at all */
    SAME_REGION = 16,     /* it names the region of this city, or a city of this region */
    NEAR = 12,            /* within 200 km of another city that it names */
    ITS_REGION = 30,      /* it names the region itself, and nothing outside of the country */
    SAYS_KIND = 90,       /* "the state of Georgia" */
    WEAK = 45,            /* so far behind, a place is not what is meant by "London, West Midlands" */
    LITTLE_KNOWN = 150,   /* a city's prior below this: fewer than about 30,000 people */
    CLEAR = 27            /* so far ahead of all others, a place is taken for context at once */
};

enum { MAX_CITIES = 32, MAX_REGIONS = 32, MAX_VOTES = 3, MAX_BRIDGE = 7, MAX_PROBES = 64 };

/* One form of name with the places that are called so. */
struct name {
    uint64_t hash;    /* 0: free */
    uint32_t told;    /* the place that the article named last with its country or region, plus 1, */
    uint32_t told_in; /* and the paragraph */
    uint32_t chosen;  /* plus 1 */
    uint32_t guess;   /* of a name that is not listed, its country, plus 1 */
    uint32_t voted;   /* the place that it counts for in the context, plus 1, */
    uint8_t votes;    /* and how often */
    bool person;      /* somebody's surname in this article */
    bool accent;      /* it is written with letters that English does not have */
    bool feature;     /* "East Lake": called like what is no town */
    bool dateline;    /* "PARIS (Reuters) - ": the one that all know, unless the line says which */
    struct namesakes options;
    int weights[GAZ_MAX_NAMESAKES]; /* what each has for itself */
};

/* What else the article speaks of. */
struct context {
    uint32_t countries[256];
    uint32_t total;
    uint16_t regions[MAX_REGIONS]; /* named themselves, or by a city of theirs */
    bool by_name[MAX_REGIONS];     /* themselves */
    uint16_t city_places[MAX_CITIES];
    struct gaz_place cities[MAX_CITIES];
    size_t n_regions, n_cities;
};

struct linker {
    const struct document *d;
    struct mentions *m;
    struct name *names;
    size_t mask;
    struct name **name_of; /* of each mention; NULL for what is no place or is not looked into */
    uint32_t *told;        /* of each mention: the place that stands beside it says, plus 1 */
    uint32_t *beside;      /* of each mention of no known place: the mention beside it that it lies in, plus 1 */
    bool *language;        /* of each mention */
    uint8_t *kind;         /* of each mention: the kind that the words beside it say, plus 1 */
    struct context context;
};

static uint64_t hash_key(const struct document *d, size_t first, size_t last)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = first; i <= last; i++)
        h = (h ^ d->tokens[i].hash) * 1099511628211u;
    return h ? h : 1;
}

/* The form with this hash, or the free slot for it; NULL where names that were made to clash have taken its places. */
static struct name *find_name(const struct linker *l, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & l->mask;
    for (unsigned probes = 0; probes < MAX_PROBES; probes++, i = (i + 1) & l->mask)
        if (!l->names[i].hash || l->names[i].hash == hash)
            return &l->names[i];
    return NULL;
}

/* "Jordan" is none where "Michael Jordan" is a person, unless the article speaks of that place. */
static void note_surname(struct linker *l, const struct mention *p)
{
    bool full = p->last > p->first && (l->d->tokens[p->first].classes & GAZ_FIRST_NAME);
    struct name *n = full ? find_name(l, hash_key(l->d, p->last, p->last)) : NULL;
    if (n && n->hash)
        n->person = true;
}

static struct gaz_place place_at(const struct linker *l, uint32_t number)
{
    struct gaz_place place = {0};
    gazetteer_place(l->d->gaz, number, &place);
    return place;
}

static bool lies_in(const struct gaz_place *place, uint32_t outer_number, const struct gaz_place *outer)
{
    if (outer->kind == GAZ_IS_COUNTRY)
        return place->kind != GAZ_IS_COUNTRY && place->country == outer->country;
    return outer->kind == GAZ_IS_REGION && place->kind == GAZ_IS_CITY && place->region == outer_number;
}

/* A city that the region may hold though the gazetteer does not say so: counties, old lands. */
static bool may_lie_in(const struct gaz_place *place, const struct gaz_place *outer)
{
    return outer->land && place->kind == GAZ_IS_CITY && place->country == outer->country;
}

static bool writes_english(const struct linker *l, uint32_t country)
{
    static const char codes[][3] = {"US", "GB", "AU", "NZ", "IE"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (memcmp(gazetteer_country_code(l->d->gaz, country), codes[i], 2) == 0)
            return true;
    return false;
}

/* What a place has for itself without the article. */
static int weigh(const struct linker *l, const struct name *n, size_t option)
{
    struct gaz_place place = place_at(l, n->options.at[option].place);
    int score = place.prior + (n->options.at[option].lesser ? LESSER : place.capital ? CAPITAL : 0);
    if (n->accent && writes_english(l, place.country))
        score += ACCENT;
    if (place.kind == GAZ_IS_COUNTRY)
        score += COUNTRY;
    if (place.kind == GAZ_IS_REGION)
        score += REGION;
    for (size_t i = 0; i < n->options.n; i++) {
        struct gaz_place other = place_at(l, n->options.at[i].place);
        if (place.kind == GAZ_IS_REGION && other.kind == GAZ_IS_CITY && other.country == place.country &&
            (other.capital || other.region == n->options.at[option].place))
            return score + REGION_OF_CITY;
        if (place.kind != GAZ_IS_COUNTRY && other.kind == GAZ_IS_COUNTRY && other.country == place.country)
            return score + CITY_STATE;
    }
    return score;
}

static struct name *name_of(struct linker *l, const struct mention *p)
{
    uint64_t hash = hash_key(l->d, p->first, p->last);
    struct name *n = find_name(l, hash);
    if (!n || n->hash)
        return n;
    n->hash = hash;
    n->accent = name_has_accent(l->d, p);
    n->feature = name_ends_as_feature(l->d, p);
    n->dateline = p->first == token_paragraph(l->d, p->first)->first && (l->d->tokens[p->first].flags & TOKEN_CAPITALS);
    namesakes_of_mention(l->d, p, &n->options);
    for (size_t i = 0; i < n->options.n; i++)
        n->weights[i] = weigh(l, n, i);
    return n;
}

/* What stands between two names. */
enum { BRIDGE_COMMA = 1, BRIDGE_IN = 2, BRIDGE_OF = 4, BRIDGE_NOUN = 8, BRIDGE_GENITIVE = 16, BRIDGE_NOT = 32, BRIDGE_NEAR = 64 };

static unsigned bridge(const struct document *d, size_t from, size_t to)
{
    unsigned found = 0;
    bool described = false; /* ", a wine town": by a word that must lead to a noun */
    if (to - from > MAX_BRIDGE || d->tokens[from - 1].sentence != d->tokens[to].sentence)
        return BRIDGE_NOT;
    for (size_t i = from; i < to; i++) {
        const struct token *t = &d->tokens[i];
        char c = d->text[t->begin];
        if (c == ',' || c == '(')
            found |= BRIDGE_COMMA;
        else if (t->kind == TOKEN_SUFFIX)
            found |= BRIDGE_GENITIVE;
        else if (t->kind != TOKEN_WORD || (t->flags & TOKEN_CAPITAL))
            return BRIDGE_NOT;
        else if (token_is(d, i, "in"))
            found |= BRIDGE_IN;
        else if (token_is(d, i, "near"))
            found |= BRIDGE_NEAR;
        else if (token_is(d, i, "of"))
            found |= BRIDGE_OF;
        else if (t->classes & (GAZ(LOC_NOUN) | GAZ(LOC_HEAD) | GAZ(LOC_OF)))
            found |= is_side(d, i) ? 0 : BRIDGE_NOUN;
        else if (i > from + 1 && (found & BRIDGE_COMMA) && (token_is(d, i - 1, "a") || token_is(d, i - 1, "the")))
            described = true;
        else if (!is_side(d, i) && !token_is(d, i, "the") && !token_is(d, i, "a"))
            return BRIDGE_NOT;
    }
    return described && !(found & BRIDGE_NOUN) ? BRIDGE_NOT : found;
}

/* The likeliest place of that name in a country, if there is one. */
static void find_in_country(struct linker *l, uint32_t mention, uint32_t country)
{
    const struct name *a = l->name_of[mention];
    int best = -1000;
    for (size_t i = 0; i < a->options.n; i++) {
        struct gaz_place x = place_at(l, a->options.at[i].place);
        int score = a->weights[i] + (l->kind[mention] == x.kind + 1u ? SAYS_KIND : 0);
        if (x.country != country || score <= best)
            continue;
        best = score;
        l->told[mention] = a->options.at[i].place + 1u;
    }
}

/* The likeliest pair of places of which one lies in the other.  Behind a comma
 * the outer one is just that ("Buffalo, New York"); else all that is told of it
 * is its country: "the port of Arzew in Oran" may be in the city. */
static bool find_pair(struct linker *l, uint32_t inner, uint32_t outer, bool comma)
{
    const struct name *a = l->name_of[inner], *b = l->name_of[outer];
    int best = -1000, most = -1000;
    uint32_t country = 0, around = 0;
    bool whole = false; /* a country itself: "Panama, United States" is a list */
    for (size_t i = 0; i < a->options.n; i++) {
        most = a->weights[i] > most ? a->weights[i] : most;
        whole = whole || place_at(l, a->options.at[i].place).kind == GAZ_IS_COUNTRY;
    }
    for (size_t i = 0; i < a->options.n; i++) {
        struct gaz_place x = place_at(l, a->options.at[i].place);
        for (size_t k = 0; k < b->options.n; k++) {
            struct gaz_place y = place_at(l, b->options.at[k].place);
            bool listed = whole && y.kind == GAZ_IS_COUNTRY && a->options.at[i].lesser;
            bool in = !listed && lies_in(&x, b->options.at[k].place, &y);
            int score = a->weights[i] + b->weights[k] / 4 + (in ? 200 : 0);
            score += l->kind[inner] == x.kind + 1u ? SAYS_KIND : 0;
            if ((!in && !may_lie_in(&x, &y)) || (!in && a->weights[i] + WEAK < most) || score <= best)
                continue;
            best = score;
            l->told[inner] = a->options.at[i].place + 1u;
            around = b->options.at[k].place + 1u;
            country = x.country + 1u;
        }
    }
    if (country && comma)
        l->told[outer] = around;
    else if (country)
        find_in_country(l, outer, country - 1);
    if (!a->options.n && b->options.n)
        l->beside[inner] = outer + 1;
    return country != 0;
}

/* "Wellington, a wine town near Cape Town": a place of the country of the other one. */
static void find_near(struct linker *l, uint32_t mention, uint32_t other)
{
    const struct name *b = l->name_of[other];
    int best = -1000;
    uint32_t country = 0; /* plus 1 */
    for (size_t i = 0; i < b->options.n; i++)
        if (b->weights[i] > best) {
            best = b->weights[i];
            country = place_at(l, b->options.at[i].place).country + 1u;
        }
    if (country)
        find_in_country(l, mention, country - 1);
    if (!l->name_of[mention]->options.n)
        l->beside[mention] = other + 1;
}

/* "spoke no Spanish", "in Turkish,", "her English translator" */
static bool is_language(const struct linker *l, uint32_t mention)
{
    static const char *const before[] = {"in",    "into",     "speak",   "speaks", "spoke", "speaking",
                                         "learn", "learning", "learned", "fluent", "no",    NULL};
    static const char *const behind[] = {"translator", "translation", "language", "lessons", "teacher", "speaker",
                                         "speakers", "dictionary", "dialect", "alphabet", "literature", NULL};
    const struct document *d = l->d;
    const struct mention *p = &l->m->at[mention];
    size_t next = p->last + 1u;
    if (next < d->n_tokens && token_is_any(d, next, behind))
        return true;
    bool alone = next == d->n_tokens || d->tokens[next].kind == TOKEN_PUNCT || d->tokens[next].kind == TOKEN_STOP ||
                 d->tokens[next].kind == TOKEN_QUOTE || token_is(d, next, "and") || token_is(d, next, "or");
    return alone && p->first > 0 && token_is_any(d, p->first - 1u, before);
}

/* The country of a nationality, plus 1. */
static uint32_t country_of_people(const struct linker *l, uint32_t mention)
{
    const struct mention *p = &l->m->at[mention];
    struct namesakes n = {0};
    if (p->type != ENTITY_NORP || l->language[mention])
        return 0;
    if (p->home)
        return gazetteer_home_country(l->d->gaz, p->home);
    if (!namesakes_of_tokens(l->d, p->first, p->last, &n) || place_at(l, n.at[0].place).kind != GAZ_IS_COUNTRY)
        return 0;
    return n.at[0].place + 1u;
}

/* A mention and the next: "Paris, Texas", "the Texas town of Paris", "Tripoli, the Libyan capital". */
static void compare_neighbours(struct linker *l, uint32_t i)
{
    const struct mention *a = &l->m->at[i], *b = &l->m->at[i + 1];
    const struct document *d = l->d;
    unsigned between = bridge(d, a->last + 1u, b->first);
    if (between & BRIDGE_NOT)
        return;
    const bool inner = l->name_of[i] != NULL, outer = l->name_of[i + 1] != NULL;
    if (inner && outer && (between & BRIDGE_NEAR)) {
        if (between & BRIDGE_COMMA && !(between & BRIDGE_IN))
            find_near(l, i, i + 1);
        return;
    }
    if (inner && outer) {
        if (between & (BRIDGE_COMMA | BRIDGE_IN) && find_pair(l, i, i + 1, between & BRIDGE_COMMA))
            return;
        if (!(between & BRIDGE_COMMA) && between & (BRIDGE_GENITIVE | BRIDGE_NOUN))
            find_pair(l, i + 1, i, false);
        return;
    }
    uint32_t country = country_of_people(l, i);
    if (country && outer && (between & BRIDGE_NOUN)) {
        find_in_country(l, i + 1, country - 1);
        l->beside[i + 1] = i + 1;
        return;
    }
    country = country_of_people(l, i + 1);
    size_t next = b->last + 1u;
    if (country && inner && (between & BRIDGE_COMMA) && next < d->n_tokens &&
        (d->tokens[next].classes & (GAZ(LOC_NOUN) | GAZ(LOC_OF))))
        find_in_country(l, i, country - 1);
}

/* "Paris, Tex.": what follows the comma is a place though it is no mention. */
static void read_abbreviation(struct linker *l, uint32_t i)
{
    const struct mention *p = &l->m->at[i];
    const struct document *d = l->d;
    size_t next = p->last + 2u;
    const struct name *n = l->name_of[i];
    if (l->told[i] || next >= d->n_tokens || d->text[d->tokens[next - 1].begin] != ',' ||
        !(d->tokens[next].flags & TOKEN_CAPITAL) || d->tokens[next].sentence != d->tokens[p->first].sentence)
        return;
    struct namesakes region = {0};
    if (!namesakes_of_tokens(d, next, next, &region))
        return;
    for (size_t k = 0; k < n->options.n; k++) {
        struct gaz_place x = place_at(l, n->options.at[k].place);
        for (size_t r = 0; r < region.n; r++) {
            struct gaz_place y = place_at(l, region.at[r].place);
            if (lies_in(&x, region.at[r].place, &y)) {
                l->told[i] = n->options.at[k].place + 1u;
                return;
            }
        }
    }
}

/* "the state of Georgia", "Georgia state", "the city of Lagos". */
static void read_kind(struct linker *l, uint32_t i)
{
    static const char *const city_words[] = {"city", "town", "port", "village", "suburb", "mayor", NULL};
    const struct mention *p = &l->m->at[i];
    const struct document *d = l->d;
    size_t next = p->last + 1u;
    if (next < d->n_tokens && is_region_word(d, next) && !(d->tokens[next].flags & TOKEN_CAPITAL))
        l->kind[i] = GAZ_IS_REGION + 1;
    else if (p->last > p->first && is_region_word(d, p->last))
        l->kind[i] = GAZ_IS_REGION + 1;
    else if (p->first >= 2 && token_is(d, p->first - 1u, "of")) {
        if (is_region_word(d, p->first - 2u))
            l->kind[i] = GAZ_IS_REGION + 1;
        else if (token_is_any(d, p->first - 2u, city_words))
            l->kind[i] = GAZ_IS_CITY + 1;
    }
}

static void add_region(struct context *c, uint32_t number, bool by_name)
{
    size_t i = 0;
    while (i < c->n_regions && c->regions[i] != number)
        i++;
    if (i == MAX_REGIONS)
        return;
    c->regions[i] = (uint16_t)number;
    c->by_name[i] = c->by_name[i] || by_name;
    c->n_regions += i == c->n_regions;
}

static void add_context(struct linker *l, uint32_t number)
{
    struct context *c = &l->context;
    struct gaz_place place = place_at(l, number);
    c->countries[place.country & 255]++;
    c->total++;
    if (place.kind == GAZ_IS_REGION)
        add_region(c, number, true);
    if (place.kind != GAZ_IS_CITY)
        return;
    add_region(c, place.region, false);
    for (size_t i = 0; i < c->n_cities; i++)
        if (c->city_places[i] == number)
            return;
    if (c->n_cities == MAX_CITIES)
        return;
    c->city_places[c->n_cities] = (uint16_t)number;
    c->cities[c->n_cities++] = place;
}

/* About within 200 km; the cosine by its series, for the same bits everywhere. */
static bool is_near(const struct gaz_place *a, const struct gaz_place *b)
{
    double x = a->latitude * 3.14159265 / 180, narrow = 1 - x * x / 2 + x * x * x * x / 24;
    double north = a->latitude - b->latitude, east = (a->longitude - b->longitude) * narrow;
    return north * north + east * east < 1.8 * 1.8;
}

/* What the rest of the article adds. */
static int weigh_context(const struct linker *l, const struct name *n, uint32_t number)
{
    const struct context *c = &l->context;
    struct gaz_place place = place_at(l, number);
    uint32_t own = n->voted ? n->votes : 0, total = c->total - own;
    uint32_t here = c->countries[place.country & 255];
    if (n->voted && place_at(l, n->voted - 1).country == place.country)
        here -= own;
    int score = here ? ALSO_NAMED + (int)(SAME_COUNTRY * here / total) : 0;
    if (n->voted == number + 1)
        return score; /* its region and itself are of its own making */
    for (size_t i = 0; i < c->n_regions && place.kind != GAZ_IS_COUNTRY; i++)
        if (c->regions[i] == (place.kind == GAZ_IS_CITY ? place.region : number)) {
            score += SAME_REGION;
            /* "Paris" where all else is in Texas and the United States */
            if (c->by_name[i] && !n->dateline && place.kind == GAZ_IS_CITY && total >= 2 && here == total)
                score += ITS_REGION;
            break;
        }
    for (size_t i = 0; i < c->n_cities && place.kind == GAZ_IS_CITY; i++)
        if (c->city_places[i] != number && is_near(&place, &c->cities[i]))
            return score + NEAR;
    return score;
}

/* The country to which more than this share of the article's places belong, plus 1. */
static uint32_t prevailing(const struct context *c, unsigned percent)
{
    for (size_t k = 0; k < 256; k++)
        if ((uint64_t)c->countries[k] * 100 > (uint64_t)c->total * percent)
            return (uint32_t)k + 1;
    return 0;
}

/* A surname, or a foreign name of some town, that is called like a place in a
 * country that the article does not name otherwise; a small town there, where
 * the article speaks of another country; and one that is called like a lake. */
static bool is_chance(const struct linker *l, const struct name *n, const struct gaz_namesake *option, bool context)
{
    struct gaz_place place = place_at(l, option->place);
    const struct context *c = &l->context;
    bool town = place.kind == GAZ_IS_CITY && !place.capital;
    if (n->feature && town && place.prior < LITTLE_KNOWN)
        return true;
    uint32_t own = n->voted && place_at(l, n->voted - 1).country == place.country ? n->votes : 0;
    if (c->countries[place.country & 255] > own)
        return false;
    if (n->person || (town && option->lesser && place.prior < 175))
        return true;
    return context && town && n->options.n >= 3 && place.prior < LITTLE_KNOWN && c->total >= 5 && prevailing(c, 60);
}

/* The best option and by how much it leads. */
static uint32_t choose(const struct linker *l, const struct name *n, bool context, unsigned kind, int *lead)
{
    int best = -1000, second = -1000;
    const struct gaz_namesake *best_option = NULL;
    for (size_t i = 0; i < n->options.n; i++) {
        int score = n->weights[i];
        if (context)
            score += weigh_context(l, n, n->options.at[i].place);
        if (kind && place_at(l, n->options.at[i].place).kind + 1u == kind)
            score += SAYS_KIND;
        if (score > best) {
            second = best;
            best = score;
            best_option = &n->options.at[i];
        } else if (score > second) {
            second = score;
        }
    }
    *lead = best - second;
    return best_option && !is_chance(l, n, best_option, context) ? best_option->place + 1u : 0;
}

/* What is certain by itself is the context of what is not. */
static void collect_context(struct linker *l)
{
    for (uint32_t i = 0; i < l->m->n; i++) {
        uint32_t people = country_of_people(l, i);
        if (people)
            add_context(l, people - 1);
        struct name *n = l->name_of[i];
        if (!n || n->votes == MAX_VOTES)
            continue;
        int lead = 0;
        uint32_t place = l->told[i] ? l->told[i] : choose(l, n, false, 0, &lead);
        if (!place || (!l->told[i] && lead < CLEAR) || (n->voted && n->voted != place))
            continue;
        n->voted = place;
        n->votes++;
        add_context(l, place - 1);
    }
}

static uint32_t paragraph_of(const struct document *d, const struct mention *p)
{
    return d->sentences[d->tokens[p->first].sentence].paragraph;
}

/* Of "Coventry East" the country of Coventry, plus 1; 0 for none. */
static uint32_t country_of_whole(const struct linker *l, const struct mention *p)
{
    struct namesakes n = {0};
    if (p->last == p->first || !is_side(l->d, p->last))
        return 0;
    const struct name *whole = find_name(l, hash_key(l->d, p->first, p->last - 1));
    if (whole->hash && whole->chosen)
        return place_at(l, whole->chosen - 1).country + 1u;
    if (!namesakes_of_tokens(l->d, p->first, p->last - 1, &n) || place_at(l, n.at[0].place).kind != GAZ_IS_CITY)
        return 0;
    return place_at(l, n.at[0].place).country + 1u;
}

/* A place that is not listed lies in the country that is named beside it, in the one that most of the article speaks
 * of, in that of a place before it in the sentence, in the one that much of the article speaks of, or in that of the
 * last place before it in the paragraph or of the next one in the sentence. */
static uint32_t guess_country(const struct linker *l, uint32_t i, uint32_t before)
{
    const struct mention *at = l->m->at, *p = &at[i];
    const uint32_t home = gazetteer_home_country(l->d->gaz, p->home);
    if (home && l->name_of[i]->options.n == 0) /* "Philippine", taken for a name of the country */
        return home;
    const uint32_t whole = l->name_of[i]->guess ? 0 : country_of_whole(l, p);
    if (whole)
        return whole;
    if (l->name_of[i]->guess || name_is_feature(l->d, p) || name_is_odd(l->d, p))
        return l->name_of[i]->guess;
    if (l->beside[i] && at[l->beside[i] - 1].place)
        return place_at(l, at[l->beside[i] - 1].place - 1).country + 1u;
    uint32_t country = prevailing(&l->context, 60);
    if (country)
        return country;
    const bool beside = before != NO_MENTION && paragraph_of(l->d, &at[before]) == paragraph_of(l->d, p);
    if (beside && l->d->tokens[at[before].first].sentence == l->d->tokens[p->first].sentence)
        return place_at(l, at[before].place - 1).country + 1u;
    country = prevailing(&l->context, 40);
    if (country)
        return country;
    if (beside)
        return place_at(l, at[before].place - 1).country + 1u;
    for (uint32_t k = i + 1; k < l->m->n && k < i + 4; k++)
        if (l->d->tokens[at[k].first].sentence == l->d->tokens[p->first].sentence && l->name_of[k] && at[k].place)
            return place_at(l, at[k].place - 1).country + 1u;
    return 0;
}

/* What stands beside it, else what stood beside this name before, else the likeliest. */
static void link_mention(struct linker *l, uint32_t i)
{
    struct mention *p = &l->m->at[i];
    struct name *n = l->name_of[i];
    int lead;
    if (p->type >= ENTITY_DATE)
        return; /* has a value in the place's stead */
    if (p->type == ENTITY_NORP)
        p->place = country_of_people(l, i);
    if (!n)
        return;
    if (l->kind[i] && !l->told[i])
        l->told[i] = choose(l, n, true, l->kind[i], &lead);
    if (l->told[i]) {
        n->told_in = paragraph_of(l->d, p);
        n->told = l->told[i];
        if (!n->chosen)
            n->chosen = n->told;
    } else if (!n->chosen) {
        n->chosen = choose(l, n, true, 0, &lead);
    }
    p->place = n->told && n->told_in == paragraph_of(l->d, p) ? n->told : n->chosen;
}

bool places_link(const struct document *d, struct mentions *m)
{
    struct linker *l = arena_alloc(d->arena, 1, sizeof *l);
    size_t size = 16, places = 0;
    for (size_t i = 0; i < m->n; i++)
        places += m->at[i].type == ENTITY_LOC;
    while (size < places * 2)
        size *= 2;
    if (!l)
        return false;
    *l = (struct linker){.d = d, .m = m, .mask = size - 1};
    l->names = arena_alloc(d->arena, size, sizeof *l->names);
    l->name_of = arena_alloc(d->arena, m->n + 1, sizeof *l->name_of);
    l->told = arena_alloc(d->arena, m->n + 1, sizeof *l->told);
    l->beside = arena_alloc(d->arena, m->n + 1, sizeof *l->beside);
    l->kind = arena_alloc(d->arena, m->n + 1, sizeof *l->kind);
    l->language = arena_alloc(d->arena, m->n + 1, sizeof *l->language);
    if (!l->names || !l->name_of || !l->told || !l->beside || !l->kind || !l->language)
        return false;
    for (uint32_t i = 0; i < m->n; i++)
        l->language[i] = m->at[i].type == ENTITY_NORP && is_language(l, i);
    for (uint32_t i = 0; i < m->n; i++)
        if (m->at[i].type == ENTITY_LOC)
            l->name_of[i] = name_of(l, &m->at[i]);
    for (uint32_t i = 0; i < m->n; i++)
        if (m->at[i].type == ENTITY_PER)
            note_surname(l, &m->at[i]);
    for (uint32_t i = 0; i < m->n; i++)
        if (l->name_of[i])
            read_kind(l, i);
    for (uint32_t i = 0; i + 1 < m->n; i++)
        compare_neighbours(l, i);
    for (uint32_t i = 0; i < m->n; i++)
        if (l->name_of[i])
            read_abbreviation(l, i);
    collect_context(l);
    for (uint32_t i = 0; i < m->n; i++)
        link_mention(l, i);
    for (uint32_t i = 0, before = NO_MENTION; i < m->n; i++) {
        if (l->name_of[i] && !m->at[i].place)
            m->at[i].place = l->name_of[i]->guess = guess_country(l, i, before);
        if (l->name_of[i] && m->at[i].place)
            before = i;
    }
    return true;
}
