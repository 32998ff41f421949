/* entities_reference_words.c - the words that references are made of. */
#include "entities_reference_words.h"

#include <string.h>

enum { MAX_BARE = 4 };

static enum gender noun_gender(const struct document *d, size_t i)
{
    static const char *const male[] = {"man",    "boy",       "father",      "brother",  "son",       "husband",
                                       "uncle",  "nephew",    "grandfather", "grandson", "boyfriend", "widower",
                                       "actor",  "spokesman", "businessman", "gunman",   "policeman", "king",
                                       "prince", "gentleman", "fisherman",   "monk",     "imam",      NULL};
    static const char *const female[] = {"woman",       "girl",       "mother",        "sister",      "daughter",
                                         "wife",        "aunt",       "niece",         "grandmother", "granddaughter",
                                         "girlfriend",  "widow",      "actress",       "spokeswoman", "businesswoman",
                                         "policewoman", "queen",      "princess",      "lady",        "nun",
                                         "waitress",    "chairwoman", "congresswoman", "mum",         "mom",
                                         NULL};
    if (token_is_any(d, i, male))
        return GENDER_MALE;
    return token_is_any(d, i, female) ? GENDER_FEMALE : GENDER_UNKNOWN;
}

static void filter_add(struct noun_filter *f, const char *const *words)
{
    for (; *words; words++) {
        size_t len = strlen(*words);
        f->letters[len < MAX_FILTER ? len : 0] |= 1u << (**words - 'a');
    }
}

static bool may_be_in(const struct noun_filter *f, const struct document *d, const struct token *t)
{
    const unsigned letter = (unsigned char)d->lower[t->begin] - (unsigned)'a';
    return letter < 26 && (f->letters[t->key_len < MAX_FILTER ? t->key_len : 0] >> letter & 1);
}

static const char *const person_nouns[] = {"man",       "woman",     "boy",         "girl",     "child",
                                           "teenager",  "passenger", "patient",     "gunman",   "owner",
                                           "aunt",      "baby",      "guest",       "customer", "neighbour",
                                           "caller",    "policeman", "policewoman", "mum",      "mom",
                                           "dad",       "person",    "somebody",    "someone",  "toddler",
                                           "pensioner", "villager",  "motorist",    "writer",   NULL};

/* "the company", whatever its name. */
static const char *const firm_nouns[] = {"company",      "firm",    "group",    "retailer", "airline", "carmaker",
                                         "lender",       "insurer", "supplier", "operator", "chain",   "brewer",
                                         "manufacturer", "builder", "miner",    "maker",    "startup", "developer",
                                         "business",     "factory", NULL};

void noun_filter_fill(struct noun_filter *f)
{
    *f = (struct noun_filter){{0}};
    filter_add(f, person_nouns);
    filter_add(f, firm_nouns);
}

bool noun_is_person(const struct noun_filter *f, const struct document *d, size_t i, enum gender *gender)
{
    const struct token *t = &d->tokens[i];
    if (t->flags & TOKEN_CAPITALS)
        return false;
    if (!(t->classes & (GAZ(ROLE) | GAZ(TITLE) | GAZ(HONORIFIC))) &&
        !(may_be_in(f, d, t) && token_is_any(d, i, person_nouns)))
        return false;
    /* "The Captain's Daughter" is a title of a work, but "the President" is a person */
    static const char *const before[] = {"the", "a", "an", "his", "her", NULL};
    if ((t->flags & TOKEN_CAPITAL) && !(i > 0 && token_is_any(d, i - 1, before)))
        return false;
    *gender = noun_gender(d, i);
    return true;
}

bool noun_is_firm(const struct noun_filter *f, const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return !(t->flags & TOKEN_CAPITAL) && may_be_in(f, d, t) && token_is_any(d, i, firm_nouns);
}

/* "her" owns where a noun follows: "her own", "her memoir", but not "her to" or "her." */
static bool noun_follows(const struct document *d, size_t i)
{
    static const char *const no[] = {"in",     "on",      "at",   "to",    "for",   "with",   "and",
                                     "that",   "when",    "as",   "from",  "after", "before", "of",
                                     "by",     "a",       "the",  "while", "but",   "or",     "if",
                                     "an",     "because", "into", "out",   "up",    "over",   "about",
                                     "during", "who",     "is",   "was",   "until", "since",  "again",
                                     "there",  "where",   "off",  "down",  "away",  "his",    NULL};
    return i < d->n_tokens && (d->tokens[i].kind == TOKEN_WORD || d->tokens[i].kind == TOKEN_NUMBER) &&
           !token_is_any(d, i, no);
}

enum pronoun pronoun_at(const struct document *d, size_t i, enum gender *g)
{
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD || t->key_len < 2 || t->key_len > 3 || (t->flags & TOKEN_CAPITALS))
        return PRONOUN_NONE;
    const char *w = d->lower + t->begin;
    if (w[0] == 'h' && w[1] == 'e' && t->key_len == 2) {
        *g = GENDER_MALE;
        return PRONOUN_SUBJECT;
    }
    if (t->key_len != 3)
        return PRONOUN_NONE;
    *g = w[0] == 's' || w[2] == 'r' ? GENDER_FEMALE : GENDER_MALE;
    if (memcmp(w, "she", 3) == 0)
        return PRONOUN_SUBJECT;
    if (memcmp(w, "his", 3) == 0)
        return PRONOUN_OWNER;
    if (memcmp(w, "him", 3) == 0)
        return PRONOUN_OBJECT;
    if (memcmp(w, "her", 3) == 0)
        return noun_follows(d, i + 1) ? PRONOUN_OWNER : PRONOUN_OBJECT;
    return PRONOUN_NONE;
}

bool phrase_ends(const struct document *d, size_t i)
{
    static const char *const yes[] =
        {"has",    "had",   "have",   "was",     "is",      "will",  "would",  "did",   "does",    "could",   "can",
         "may",    "might", "should", "must",    "and",     "or",    "but",    "to",    "in",      "on",      "at",
         "from",   "by",    "with",   "after",   "before",  "when",  "while",  "that",  "which",   "who",     "whose",
         "as",     "since", "until",  "because", "if",      "where", "also",   "not",   "then",    "later",   "gave",
         "took",   "went",  "came",   "left",    "met",     "spoke", "wrote",  "made",  "put",     "won",     "lost",
         "holds",  "wants", "plans",  "says",    "meets",   "still", "never",  "now",   "again",   "himself", "herself",
         "itself", "for",   "about",  "against", "between", "over",  "during", "under", "through", "into",    "out",
         "up",     "owed",  "a",      "the",     "his",     "her",   "its",    NULL};
    if (i >= d->n_tokens)
        return true;
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD)
        return t->kind != TOKEN_DASH || !(t->flags & TOKEN_GLUED);
    if (t->flags & TOKEN_CAPITAL)
        return false;
    const char *end = d->lower + t->begin + t->key_len;
    /* "owns a cup", but not "managers said" */
    static const char *const objects[] = {"a",   "an",   "the",  "its",  "his",  "her", "to", "in", "on", "at",
                                          "for", "that", "with", "from", "more", "no",  "by", "as", NULL};
    if (t->key_len > 3 && end[-1] == 's' && i + 1 < d->n_tokens &&
        (token_is_any(d, i + 1, objects) || d->tokens[i + 1].kind == TOKEN_NUMBER))
        return true;
    bool verb = t->key_len > 4 && ((end[-2] == 'e' && end[-1] == 'd') || (end[-2] == 'l' && end[-1] == 'y'));
    return verb || is_say(d, i) || token_is_any(d, i, yes);
}

size_t title_bare(const struct document *d, size_t i, size_t end)
{
    size_t n = 0, stop = end - i > MAX_BARE ? i + MAX_BARE : end;
    for (size_t k = i; k < stop; k++) {
        const struct token *t = &d->tokens[k];
        if (t->kind != TOKEN_WORD ||
            !(t->classes & (GAZ(TITLE) | GAZ(ROLE) | GAZ(HONORIFIC) | GAZ(TITLE_MOD) | GAZ(PORTFOLIO))))
            break;
        if (t->classes & (GAZ(TITLE) | GAZ(ROLE) | GAZ(HONORIFIC)))
            n = k + 1 - i;
        else if (t->phrase >= 2 && (t->phrase_classes & GAZ(TITLE)) && k + t->phrase <= stop)
            n = k + t->phrase - i;
    }
    return n;
}

bool phrase_is_predicate(const struct document *d, size_t the)
{
    static const char *const words[] = {"is", "was", "as", "become", "became", "be", "been", "elected", "named", NULL};
    return the > 0 && token_is_any(d, the - 1, words);
}
