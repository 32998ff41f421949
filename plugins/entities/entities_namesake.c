/* entities_namesake.c - the places that a mention may mean, by its words alone. */
#include "entities_namesake.h"

#include "entities_text.h"

/* A name as the gazetteer has it. */
struct spelling {
    char text[GAZ_MAX_NAME];
    size_t len;
};

static bool spell_token(struct spelling *s, const struct document *d, const struct token *t, bool sink)
{
    size_t gap = s->len && s->text[s->len - 1] != '@';
    if (!t->key_len || s->len + gap + t->key_len > sizeof s->text)
        return false;
    if (gap)
        s->text[s->len++] = ' ';
    for (size_t i = 0; i < t->key_len; i++) {
        char c = token_key(d, t)[i];
        s->text[s->len++] = sink && i ? ascii_lower(c) : c;
    }
    return true;
}

/* Tokens first..last; words in capitals of `sink` letters and more with one only: "PARIS" as "Paris". */
static bool spell(struct spelling *s, const struct document *d, size_t first, size_t last, unsigned sink)
{
    s->len = 0;
    for (size_t i = first; i <= last; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_DASH)
            continue;
        if (!spell_token(s, d, t, (t->flags & TOKEN_CAPITALS) && t->key_len >= sink))
            return false;
    }
    return s->len > 0;
}

static bool is_comma(const struct document *d, size_t token)
{
    return d->text[d->tokens[token].begin] == ',';
}

size_t namesakes_of_tokens(const struct document *d, size_t first, size_t last, struct namesakes *n)
{
    struct spelling s;
    static const uint8_t sinks[] = {UINT8_MAX, 4, 2}; /* "US" is not "Us", but "NEW DELHI" is "New Delhi" */
    for (size_t i = 0; i < sizeof sinks && !n->n; i++)
        if (spell(&s, d, first, last, sinks[i]))
            n->n = (uint8_t)gazetteer_namesakes(d->gaz, s.text, s.len, n->at);
    if (!n->n && first > 0 && is_comma(d, first - 1) && last - first < 2) {
        s = (struct spelling){"@", 1};
        for (size_t i = first; i <= last; i++)
            if (!spell_token(&s, d, &d->tokens[i], false))
                return 0;
        n->n = (uint8_t)gazetteer_namesakes(d->gaz, s.text, s.len, n->at);
    }
    return n->n;
}

static const char *const region_words[] = {"state", "province", "region", "governorate", "county", "prefecture",
                                           "oblast", "district", "republic", "territory", NULL};
static const char *const state_words[] = {"republic", "kingdom", "state", "sultanate", "emirate", "commonwealth", NULL};
static const char *const sides[] = {"north", "south", "east", "west", "northern", "southern", "eastern",
                                    "western", "central", "northeast", "northwest", "southeast", "southwest",
                                    "northeastern", "northwestern", "southeastern", "southwestern", "upper",
                                    "lower", "greater", "downtown", "coastal", "rural", NULL};

/* Listed by hand as the name of a land, which is in no one country where the gazetteer has no place for it. */
static bool is_listed(const struct document *d, const struct mention *p)
{
    const struct token *t = &d->tokens[p->first];
    uint64_t classes = p->last == p->first ? t->classes : t->phrase == p->last - p->first + 1 ? t->phrase_classes : 0;
    return classes & (GAZ(REGION) | GAZ(COUNTRY));
}

size_t namesakes_of_mention(const struct document *d, const struct mention *p, struct namesakes *n)
{
    size_t first = p->first, last = p->last;
    for (size_t i = first + 1; i < last; i++)
        if (is_comma(d, i)) { /* "Paris, Texas" as one */
            last = i - 1;
            break;
        }
    if (last == p->last && namesakes_of_tokens(d, first, last, n))
        return n->n;
    if (is_listed(d, p)) /* "South America" is no part of America */
        return 0;
    for (size_t i = first; i + 2 <= last && i < first + 4u; i++)
        if (token_is(d, i + 1, "of") && token_is_any(d, i, state_words)) /* "Hashemite Kingdom of Jordan" */
            first = i + 2;
    while (first < last && (token_is_any(d, first, sides) || token_is(d, first, "the")))
        first++;
    if (first < last && token_is_any(d, last, region_words))
        last--;
    return first != p->first || last != p->last ? namesakes_of_tokens(d, first, last, n) : 0;
}

bool is_region_word(const struct document *d, size_t token)
{
    return token_is_any(d, token, region_words);
}

bool is_side(const struct document *d, size_t token)
{
    return token_is_any(d, token, sides);
}

bool name_has_accent(const struct document *d, const struct mention *p)
{
    for (size_t at = p->begin; at < p->end;) {
        uint32_t c = utf8_next(d->text, p->end, &at);
        if (c >= 0xC0 && c < 0x2000 && !is_apostrophe(c))
            return true;
    }
    return false;
}

static const char *const feature_words[] = {"river",   "lake",   "sea",    "mountain", "mountains", "volcano",
                                            "desert",  "street", "road",   "avenue",   "airport",   "bridge",
                                            "canal",   "mine",   "strait", "bay",      "glacier",   "stadium",
                                            "park",    "square", "cerro",  "mount",    NULL};

bool name_ends_as_feature(const struct document *d, const struct mention *p)
{
    return p->last > p->first && token_is_any(d, p->last, feature_words);
}

bool name_is_feature(const struct document *d, const struct mention *p)
{
    const struct token *last = &d->tokens[p->last];
    bool several = p->last > p->first;
    if (several && (last->classes & GAZ(LOC_HEAD)) && !token_is_any(d, p->last, sides) &&
        !token_is_any(d, p->last, region_words))
        return true;
    if (several && token_is_any(d, p->first, feature_words))
        return true;
    if ((p->first > 0 && token_is_any(d, p->first - 1u, feature_words)) ||
        (p->last + 1u < d->n_tokens && token_is_any(d, p->last + 1u, feature_words)))
        return true;
    return is_listed(d, p);
}

bool name_is_odd(const struct document *d, const struct mention *p)
{
    bool word = false; /* the last name in it is one that English writes in lower case */
    for (size_t i = p->first; i <= p->last; i++) {
        const struct token *t = &d->tokens[i];
        bool common = (t->classes & GAZ(COMMON)) && !(t->classes & (GAZ(LOC_FRONT) | GAZ(PARTICLE)));
        bool kind = p->last > p->first && (token_is_any(d, i, sides) || token_is_any(d, i, region_words));
        if (t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL) && !kind)
            word = common;
        if (t->kind == TOKEN_NUMBER)
            return true;
        for (size_t k = 0; k < t->key_len; k++)
            if (is_digit((unsigned char)token_key(d, t)[k]))
                return true;
    }
    return word || p->last - p->first > 3 || d->tokens[p->last].key_len < 3;
}
