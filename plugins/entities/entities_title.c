/* entities_title.c - the offices and honorifics of the persons found. */
#include "entities_title.h"

enum {
    MAX_TITLE = 10,
    MAX_PHRASE = 4,
    MAX_TOPIC = 5,
    MAX_NOUNS = 3,
    MAX_PLURAL = 4
}; /* tokens, but persons for the last */

static const uint64_t OFFICE = GAZ(TITLE) | GAZ(HONORIFIC);

static bool is_glued_dash(const struct document *d, size_t i)
{
    return d->tokens[i].kind == TOKEN_DASH && (d->tokens[i].flags & TOKEN_GLUED);
}

static bool is_genitive(const struct document *d, size_t i)
{
    return d->tokens[i].kind == TOKEN_SUFFIX && (d->text[d->tokens[i].end - 1] | 32) == 's';
}

static bool is_article(const struct document *d, size_t i)
{
    static const char *const words[] = {"the", "a", "an", "its", "his", "her", "their", "our", "my", "whose", NULL};
    return token_is_any(d, i, words);
}

static bool is_link(const struct document *d, size_t i)
{
    static const char *const words[] = {"of", "for", "at", "to", "in", "on", NULL};
    return token_is_any(d, i, words);
}

/* Offices of several: "Presidents Biden and Putin". */
static bool is_plural(const struct document *d, size_t i)
{
    static const char *const words[] = {"presidents",  "ministers",   "senators",    "governors",       "judges",
                                        "professors",  "generals",    "kings",       "princes",         "princesses",
                                        "congressmen", "secretaries", "chancellors", "ambassadors",     "mayors",
                                        "messrs",      "messrs.",     "sens.",       "reps.",           "govs.",
                                        "drs.",        "coaches",     "captains",    "representatives", "premiers",
                                        "directors",   "leaders",     NULL};
    return (d->tokens[i].flags & TOKEN_CAPITAL) && token_is_any(d, i, words);
}

/* "Anna Berg MP" */
static bool is_letters(const struct document *d, size_t i)
{
    static const char *const letters[] = {"mp", "mep", "msp", "mla", "qc", "kc", NULL};
    return (d->tokens[i].flags & TOKEN_CAPITALS) && token_is_any(d, i, letters);
}

/* "Mr.", "Sir": not "Judge", who may be that of a place, nor "Sen." */
static bool is_address(const struct document *d, size_t i)
{
    static const char *const words[] = {"mr",        "mr.",   "mrs",   "mrs.",   "ms",     "ms.",      "miss",
                                        "mx.",       "dr",    "dr.",   "prof",   "prof.",  "sir",      "dame",
                                        "lord",      "lady",  "madam", "sheikh", "doctor", "rev",      "rev.",
                                        "professor", "saint", "st.",   "fr.",    "hon.",   "rt.",      "ven.",
                                        "msgr.",     "smt.",  "shri",  "sri",    "engr.",  "monsieur", "madame",
                                        "herr",      "frau",  "senor", "senora", "barr.",  "atty.",    NULL};
    return token_is_any(d, i, words);
}

/* "chief economist", "senior analyst" */
static bool is_ranked_role(const struct document *d, size_t i)
{
    static const char *const ranks[] = {"chief", "head", "lead", "deputy", "senior", NULL};
    return i > 0 && (d->tokens[i].classes & GAZ(ROLE)) && token_is_any(d, i - 1, ranks);
}

static bool is_office_word(const struct document *d, size_t i)
{
    static const char *const more[] = {"councilor",   "councilmember", "councilmen", "det.", "rt.",
                                       "hon.",        "ven.",          "cmdr",       "sgt",  "lt",
                                       "col",         "maj",           "cpl",        "supt", "insp",
                                       "headteacher", "headmistress",  "capt",       "gen",  "boss",
                                       "canon",       "skipper",       "whip",       NULL};
    const struct token *t = &d->tokens[i];
    if (token_is(d, i, "st.")) /* far more often a place than a saint */
        return false;
    return t->kind == TOKEN_WORD &&
           ((t->classes & OFFICE) || is_plural(d, i) || is_ranked_role(d, i) || token_is_any(d, i, more));
}

/* "President-designate", "governor-elect": is it the last word of such an office? */
static bool is_office_suffix(const struct document *d, size_t i)
{
    static const char *const words[] = {"designate", "elect", "general", "emeritus", "nominate", NULL};
    return i >= 2 && is_glued_dash(d, i - 1) && token_is_any(d, i, words) && is_office_word(d, i - 2);
}

/* A word that stands before the office and says what it is of, in a place where only such words do: "plant manager",
 * "goalkeeping coach".  No verb, as far as can be seen. */
static bool is_noun(const struct document *d, size_t i)
{
    static const char *const none[] = {"who",     "that",    "which", "when",    "where",     "while", "as",
                                       "but",     "and",     "or",    "then",    "than",      "was",   "is",
                                       "were",    "are",     "be",    "been",    "had",       "has",   "have",
                                       "will",    "would",   "could", "can",     "may",       "not",   "also",
                                       "with",    "by",      "from",  "if",      "because",   "since", "after",
                                       "before",  "against", "like",  "under",   "over",      "into",  "about",
                                       "between", "during",  "until", "through", "including", "both",  "all",
                                       "some",    "way",     "one",   "two",     "only",      "just",  "now",
                                       "later",   "did",     "does",  "do",      "he",        "she",   "it",
                                       "they",    "we",      "i",     "you",     "there",     "so",    "out",
                                       NULL};
    const struct token *t = &d->tokens[i];
    static const uint64_t other = GAZ(SAY) | GAZ(SAY_STRONG) | GAZ(TIME_UNIT) | GAZ(DAY) | GAZ(DAY_PART);
    return t->kind == TOKEN_WORD && !(t->flags & TOKEN_CAPITAL) && !(t->classes & other) && !is_link(d, i) &&
           !is_article(d, i) && !token_is_any(d, i, none);
}

/* "met", "sacked", "slowly": may be more than a noun where no article stands before it. */
static bool is_bare_noun(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    const char *word = d->lower + t->begin;
    const size_t n = t->key_len;
    return is_noun(d, i) && n > 3 && memcmp(word + n - 2, "ed", 2) != 0 && memcmp(word + n - 2, "ly", 2) != 0 &&
           memcmp(word + n - 3, "ing", 3) != 0;
}

/* How many tokens the office that ends before token `end` has, 0 for none: "minister", "chief of staff". */
static size_t office_before(const struct document *d, const struct mentions *m, size_t first, size_t end)
{
    for (size_t n = MAX_PHRASE; n >= 2; n--) {
        const struct token *t = end >= first + n ? &d->tokens[end - n] : NULL;
        if (t && t->phrase == n && (t->phrase_classes & OFFICE) && mention_at(m, end - n) == NO_MENTION)
            return n;
    }
    if (end >= first + 3 && is_office_suffix(d, end - 1) && mention_at(m, end - 3) == NO_MENTION)
        return 3;
    return end > first && is_office_word(d, end - 1) && mention_at(m, end - 1) == NO_MENTION;
}

/* Of an apposition: "his brother", "a doctor" are none. */
static size_t office_at(const struct document *d, size_t i, size_t end)
{
    static const char *const none[] = {"doctor", "brother", "sister", "father", "mother", NULL};
    const struct token *t = &d->tokens[i];
    static const char *const more[] = {"owner", "counsel", NULL}; /* "Josh McNeil, its owner," */
    if (t->phrase >= 2 && i + t->phrase <= end && (t->phrase_classes & OFFICE))
        return t->phrase;
    if (i + 3 <= end && is_office_suffix(d, i + 2))
        return 3;
    return (is_office_word(d, i) && !token_is_any(d, i, none)) || token_is_any(d, i, more);
}

static bool is_modifier(const struct document *d, size_t i)
{
    static const char *const more[] = {"most",    "very",    "civil",   "state",   "county",  "public",
                                       "fire",    "harbour", "harbor",  "town",    "village", "municipal",
                                       "rebel",   "tribal",  "central", "youth",   "faction", "student",
                                       "village", "camp",    "port",    "airport", "prison",  NULL};
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_WORD && ((t->classes & (GAZ(TITLE_MOD) | GAZ(PORTFOLIO))) || token_is_any(d, i, more));
}

/* "most", of "Most Rev." */
static bool is_style(const struct document *d, size_t i)
{
    static const char *const words[] = {"most", "very", "right", "rt.", NULL};
    return token_is_any(d, i, words);
}

/* "ministry spokeswoman", "Club chairman": the kind of organisation, right before an office in small letters. */
static bool is_kind(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return i + 1 < d->n_tokens && t->kind == TOKEN_WORD && (t->classes & GAZ(ORG_HEAD)) &&
           !(t[1].flags & TOKEN_CAPITAL) && (!(t->flags & TOKEN_CAPITAL) || (t->flags & TOKEN_FIRST));
}

/* "US" of "US President", "Sevilla" of "Sevilla manager": a name that stands right before the office, but not
 * "in Paris President Macron" and not "Iraqi", which is a name of its own. */
static size_t owner_before(const struct document *d, const struct mentions *m, size_t first, size_t start)
{
    static const char *const places[] = {"in", "at", "from", "near", "to", "outside", "inside", "across", NULL};
    uint32_t owner = start > first ? mention_at(m, start - 1) : NO_MENTION;
    if (owner == NO_MENTION || m->at[owner].last != start - 1 || m->at[owner].first < first ||
        (m->at[owner].type != ENTITY_LOC && m->at[owner].type != ENTITY_ORG))
        return start;
    const size_t name = m->at[owner].first;
    bool acronym = (d->tokens[name].flags & TOKEN_CAPITALS) != 0;
    return name > first && !acronym && token_is_any(d, name - 1, places) ? start : name;
}

/* "Union Law" of "Union Law Minister": a word with a capital that is no name, and that has it not only as the first of
 * the sentence. */
static bool is_named_part(const struct document *d, const struct mentions *m, size_t i)
{
    static const char *const none[] = {"in",    "on",        "at",        "to",       "for",   "the",   "but",
                                       "and",   "when",      "after",     "as",       "while", "with",  "by",
                                       "from",  "meanwhile", "however",   "then",     "now",   "yet",   "still",
                                       "later", "if",        "since",     "he",       "she",   "they",  "it",
                                       "we",    "i",         "mr",        "mrs",      "ms",    "like",  "unlike",
                                       "under", "today",     "yesterday", "tomorrow", "also",  "while", "so",
                                       "a",     "an",        NULL};
    static const uint64_t other =
        GAZ(MONTH) | GAZ(DAY) | GAZ(NEVER) | GAZ(SAY) | GAZ(DATE_WORD) | GAZ(NORP) | GAZ_PLACE;
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD || !(t->flags & TOKEN_CAPITAL) || mention_at(m, i) != NO_MENTION ||
        (t->classes & other) || (d->sentences[t->sentence].flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS)) ||
        token_is_any(d, i, none))
        return false;
    return !(t->flags & TOKEN_FIRST) || (t[1].flags & TOKEN_CAPITAL) || !(t->classes & GAZ(COMMON));
}

static bool is_time(const struct document *d, size_t i)
{
    static const char *const words[] = {"former",   "then",     "late", "interim", "acting",
                                        "incoming", "outgoing", "ex",   NULL};
    return token_is_any(d, i, words);
}

/* "the inquiry chairman", "ward councillor", "with plant manager": the words in small letters before the office that
 * starts at `start` belong to it, where an article, a comma or a preposition stands before them. */
static size_t nouns_before(const struct document *d, const struct mentions *m, size_t first, size_t start)
{
    static const char *const before[] = {"with", "to", "by", "from", "against", "for", "of", "under", NULL};
    size_t i = start;
    while (i > first && start - i < MAX_NOUNS && mention_at(m, i - 1) == NO_MENTION && is_noun(d, i - 1))
        i--;
    if (i == start)
        return start;
    if (i > first && (is_article(d, i - 1) || is_genitive(d, i - 1)))
        return i;
    bool open =
        i == first ? d->tokens[i].flags & TOKEN_FIRST : token_is_mark(d, i - 1, ',') || token_is_any(d, i - 1, before);
    return open && i + 1 == start && is_bare_noun(d, i) ? i : start;
}

/* Where the title that ends before token `end` starts; `end` for none. */
static size_t title_before(const struct document *d, const struct mentions *m, size_t first, size_t end)
{
    size_t start = end, low = end - first > MAX_TITLE ? end - MAX_TITLE : first;
    bool office = false, honorific = true;
    for (size_t i = end; i > low;) {
        size_t n = office_before(d, m, low, i);
        if (n) {
            honorific = honorific && is_address(d, i - 1);
            i -= n;
            start = i;
            office = true;
            continue;
        }
        i--;
        if (office && i > low && d->tokens[i - 1].phrase == 2 && (d->tokens[i - 1].phrase_classes & GAZ(PORTFOLIO)) &&
            mention_at(m, i - 1) == NO_MENTION) { /* "Homeland Security Secretary" */
            start = --i;
            honorific = false;
            continue;
        }
        bool joins = is_link(d, i) || token_is(d, i, "the") || token_is(d, i, "and") || is_glued_dash(d, i);
        if (joins && start < end && !(office && honorific)) /* "the chairman of Mr. Hill's campaign" */
            continue;                                       /* kept only if a title word comes before it */
        if (office && honorific && !is_style(d, i) && !(d->tokens[i].flags & TOKEN_CAPITAL) &&
            !(i > low && is_link(d, i - 1)))
            break; /* "under fire Mr. Berg", but "minister of defence Dr. Berg" */
        bool modifies =
            is_modifier(d, i) || (office && is_kind(d, i)) || (office && !honorific && is_named_part(d, m, i));
        if (!modifies || mention_at(m, i) != NO_MENTION)
            break;
        /* before the office is found: "[Minister of] Foreign Affairs" */
        bool behind_of = i > low && (is_link(d, i - 1) || token_is(d, i - 1, "the") || token_is(d, i - 1, "and") ||
                                     (d->tokens[i - 1].flags & TOKEN_CAPITAL));
        if (!office && !((d->tokens[i].classes & GAZ(PORTFOLIO)) && behind_of))
            break;
        honorific = false;
        start = i;
    }
    if (!office)
        return end;
    /* a clause that ends with "of" or "and" before the office is not its part */
    if (!honorific && !(d->tokens[start].flags & TOKEN_CAPITAL) && !is_time(d, start))
        start = nouns_before(d, m, first, start);
    if (!honorific)
        start = owner_before(d, m, first, start);
    if (start > first && mention_at(m, start - 1) == NO_MENTION && is_time(d, start - 1))
        start--;
    return start;
}

/* "President of Ukraine Olha Koval", "Director of Public Prosecutions Max Hill": behind the office what it is of, a
 * name or words with capitals.  Where the title starts; `end` for none. */
static size_t title_with_topic(const struct document *d, const struct mentions *m, size_t first, size_t end)
{
    size_t i = end;
    if (i > first && mention_at(m, i - 1) == NO_MENTION && !(d->tokens[i - 1].flags & TOKEN_CAPITAL))
        return end; /* "the head of Sony and Ann Lee" */
    while (i > first && end - i < MAX_TITLE) {
        i--;
        const struct token *t = &d->tokens[i];
        uint32_t name = mention_at(m, i);
        bool capital = t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL);
        if (name != NO_MENTION && (m->at[name].type == ENTITY_PER || m->at[name].type >= ENTITY_DATE))
            return end;
        if (i + 1 < end && is_link(d, i) && i > first && office_before(d, m, first, i))
            return title_before(d, m, first, i);
        if (!capital && name == NO_MENTION && !is_link(d, i) && !token_is(d, i, "and") && !token_is(d, i, "the"))
            return end;
    }
    return end;
}

/* The end of the words from k on, where they run up to a comma or the like; else `none`. */
static size_t closed_words(const struct document *d, const struct mentions *m, size_t k, size_t end, size_t none)
{
    size_t stop = k;
    while (stop < end && stop < k + MAX_TOPIC && !is_link(d, stop) && mention_at(m, stop) == NO_MENTION &&
           (d->tokens[stop].kind == TOKEN_WORD || is_genitive(d, stop)))
        stop++;
    bool closed = stop > k && (stop == end || d->tokens[stop].kind == TOKEN_PUNCT ||
                               d->tokens[stop].kind == TOKEN_STOP || is_link(d, stop));
    return closed ? stop : none;
}

/* The end of what an office is of, "of" at i: "the EFCC", "Iraqi parliament", "cholera"; i for nothing of the kind. */
static size_t topic_end(const struct document *d, const struct mentions *m, size_t i, size_t end)
{
    size_t k = i + 1;
    k += k < end && is_article(d, k);
    uint32_t of = k < end ? mention_at(m, k) : NO_MENTION;
    if (of != NO_MENTION && m->at[of].type >= ENTITY_DATE)
        return i;
    if (of != NO_MENTION && m->at[of].type == ENTITY_NORP && m->at[of].last + 1 < end) {
        const size_t noun =
            (size_t)m->at[of].last + 1; /* "of the Iraqi parliament", "at the Belgian bus maker Van Acker" */
        for (size_t n = noun; n < end && n <= noun + MAX_TOPIC; n++)
            if (mention_at(m, n) != NO_MENTION)
                return n > noun && m->at[mention_at(m, n)].type == ENTITY_ORG ? (size_t)m->at[mention_at(m, n)].last + 1
                                                                              : noun + 1;
            else if (d->tokens[n].kind != TOKEN_WORD || is_link(d, n))
                break;
        return noun + 1;
    }
    if (of != NO_MENTION) {
        size_t behind = (size_t)m->at[of].last + 1; /* "of the Miami-based Voters League" */
        bool based = behind + 2 < end && is_glued_dash(d, behind) && token_is(d, behind + 1, "based");
        uint32_t next = based ? mention_at(m, behind + 2) : NO_MENTION;
        behind = next != NO_MENTION ? (size_t)m->at[next].last + 1 : behind;
        if (behind + 1 < end && is_genitive(d, behind)) /* "of the EU's trade department" */
            return closed_words(d, m, behind + 1, end, behind);
        static const uint64_t nouns = GAZ(LOC_NOUN) | GAZ(LOC_HEAD) | GAZ(ORG_NOUN) | GAZ(ORG_HEAD);
        bool noun = behind < end && (d->tokens[behind].classes & nouns) && is_noun(d, behind);
        return behind + noun; /* "for Manica province" */
    }
    for (size_t n = k; n < end && n <= k + 2; n++) { /* "of the shadow National Unity Government" */
        of = mention_at(m, n);
        if (of != NO_MENTION && (m->at[of].type == ENTITY_ORG || m->at[of].type == ENTITY_LOC))
            return (size_t)m->at[of].last + 1;
        if (of != NO_MENTION || !is_noun(d, n))
            break;
    }
    if (k < end && (d->tokens[k].classes & GAZ(PORTFOLIO)) && !(k + 1 < end && is_noun(d, k + 1))) {
        for (k++; k + 1 < end && token_is(d, k, "and") && (d->tokens[k + 1].classes & GAZ(PORTFOLIO));)
            k += 2;
        return k;
    }
    return closed_words(d, m, k, end, i);
}

/* The end of the title that starts at token i, i for none: "CEO and co-founder", "deputy director of the JTA";
 * with another one behind "and" if `joined`. */
static size_t title_at(const struct document *d, const struct mentions *m, size_t i, size_t end, bool joined)
{
    size_t start = i, stop = i, limit = end - i > MAX_TITLE ? i + MAX_TITLE : end, nouns = 0;
    const bool owned = i > 0 && (is_article(d, i - 1) || is_genitive(d, i - 1));
    while (i < limit) {
        size_t n = office_at(d, i, limit);
        uint32_t owner = n ? NO_MENTION : mention_at(m, i);
        if (n)
            stop = i + n;
        else if (owner != NO_MENTION && i == start && m->at[owner].first == i &&
                 (m->at[owner].type == ENTITY_LOC || m->at[owner].type == ENTITY_ORG))
            n = m->at[owner].last + 1u - i; /* "US ambassador" */
        else if (owner != NO_MENTION && i > start && stop == start && m->at[owner].type <= ENTITY_NORP &&
                 m->at[owner].type != ENTITY_PER)
            n = m->at[owner].last + 1u - i; /* "former Mexican minister" */
        else if (is_glued_dash(d, i) || is_modifier(d, i) || is_kind(d, i) || (stop > start && token_is(d, i, "and")))
            n = 1;
        else if (stop == start && owner == NO_MENTION && nouns < MAX_NOUNS &&
                 (owned || i > start ? is_noun(d, i) : is_bare_noun(d, i)) && ++nouns)
            n = 1; /* "deputy finance director" */
        else if (stop == start && token_is(d, i, "under") && i + 2 < limit && is_glued_dash(d, i + 1))
            n = 3; /* "under-19 coach" */
        else
            break;
        i += n;
    }
    if (stop == start || i > stop + 2)
        return start;
    if (nouns && stop < end && d->tokens[stop].kind == TOKEN_WORD && !is_link(d, stop) && !token_is(d, stop, "and"))
        return start; /* a clause */
    uint32_t next = stop < end ? mention_at(m, stop) : NO_MENTION;
    if (next != NO_MENTION && m->at[next].type == ENTITY_PER)
        return start; /* that person's title */
    for (unsigned links = 0; links < 2 && stop < end && is_link(d, stop); links++) {
        if (links && token_is(d, stop, "in") && mention_at(m, stop - 1) != NO_MENTION)
            break; /* "of the Museum of Tunis in Sousse" */
        stop = topic_end(d, m, stop, end);
    }
    if (joined && stop + 2 < end && token_is(d, stop, "and")) { /* "minister of trade and president of the bank" */
        size_t second = stop + 1 + is_article(d, stop + 1), second_end = title_at(d, m, second, end, false);
        if (second_end > second)
            return second_end;
    }
    return stop;
}

/* Steps over "the", "a", "its", "Tripoli's", "the agency's" at i. */
static size_t skip_owner(const struct document *d, const struct mentions *m, size_t i, size_t end)
{
    if (i < end && is_article(d, i))
        i++;
    uint32_t owner = i < end ? mention_at(m, i) : NO_MENTION;
    size_t k = owner == NO_MENTION ? i + 1 : (size_t)m->at[owner].last + 1;
    if (k < end && is_genitive(d, k))
        return k + 1;
    for (size_t n = i; n < end && n < i + MAX_NOUNS && is_noun(d, n); n++) /* "the city council's" */
        if (n + 1 < end && is_genitive(d, n + 1))
            return n + 2;
    return owner != NO_MENTION && m->at[owner].type == ENTITY_NORP ? k : i; /* "the Norwegian minister" */
}

/* The title between the commas behind a name: its first token in *start, the
 * token behind it returned; *start is returned for none. */
static size_t title_behind(const struct document *d, const struct mentions *m, size_t i, size_t end, size_t *start)
{
    *start = i;
    if (i < end && is_letters(d, i))
        return i + 1;
    if (token_is_mark(d, i, '(') && i + 1 < end) { /* "Jordan (chairman of the council)" */
        *start = skip_owner(d, m, i + 1, end);
        size_t stop = *start < end ? title_at(d, m, *start, end, true) : *start;
        if (stop > *start && token_is_mark(d, stop, ')'))
            return stop;
    }
    if (token_is_mark(d, i, '(')) /* "Jordan (R-Ohio), chairman" */
        for (size_t k = i; k < i + 6 && k < end; k++)
            if (token_is_mark(d, k, ')')) {
                i = k + 1;
                break;
            }
    *start = i;
    if (i >= end || !token_is_mark(d, i, ','))
        return i;
    i++;
    if (i + 1 < end && d->tokens[i].kind == TOKEN_NUMBER && token_is_mark(d, i + 1, ','))
        i += 2; /* "Jordan, 45, chairman" */
    if (i + 1 < end && token_is(d, i, "who") && (token_is(d, i + 1, "is") || token_is(d, i + 1, "was")))
        i += 2;
    static const char *const since[] = {"now", "currently", "once", "today", "formerly", "previously", NULL};
    i += i < end && token_is_any(d, i, since); /* "now the Senate majority leader" */
    *start = skip_owner(d, m, i, end);
    return *start < end ? title_at(d, m, *start, end, true) : *start;
}

/* "EAAT" of "said EAAT founder": a name, but not "in Paris". */
static bool is_owner(const struct document *d, const struct mentions *m, size_t i)
{
    static const char *const places[] = {"in",     "at",     "from", "near", "to", "outside",
                                         "inside", "across", "of",   "for",  "on", NULL};
    uint32_t owner = mention_at(m, i);
    return owner != NO_MENTION && m->at[owner].first == i &&
           (m->at[owner].type == ENTITY_LOC || m->at[owner].type == ENTITY_ORG) &&
           !(i > 0 && token_is_any(d, i - 1, places));
}

/* A title with a comma between it and the name behind: "Tripoli's mayor, Nabil Karameh,", "a spokesman for the EFCC,
 * Yusuf Bello,".  Its first token in *start, *end behind it. */
static bool title_before_comma(const struct document *d, const struct mentions *m, size_t low, const struct mention *p,
                               size_t *start, size_t *end)
{
    size_t i = p->first;
    const size_t behind = (size_t)p->last + 1;
    bool ends = behind >= d->n_tokens || d->tokens[behind].kind == TOKEN_PUNCT ||
                d->tokens[behind].kind == TOKEN_STOP || d->tokens[behind].kind == TOKEN_DASH;
    if (i > low && is_article(d, i - 1))
        i--;
    if (i < low + 2 || !token_is_mark(d, i - 1, ',') || !ends)
        return false;
    *end = i - 1;
    bool found = false; /* "Nicoya mayor", while there may be "the first Nicoya mayor" */
    for (size_t k = *end; k > low && *end - k < MAX_TITLE;) {
        k--;
        if (d->tokens[k].kind == TOKEN_PUNCT || d->tokens[k].kind == TOKEN_STOP)
            break;
        const bool first = k == low || d->tokens[k - 1].kind == TOKEN_PUNCT || d->tokens[k - 1].kind == TOKEN_STOP;
        const bool owned = !first && (is_article(d, k - 1) || is_genitive(d, k - 1));
        if (!first && !owned && !is_owner(d, m, k))
            continue;
        const uint32_t owner = mention_at(m, k);
        const size_t from = owner != NO_MENTION && m->at[owner].type == ENTITY_NORP ? (size_t)m->at[owner].last + 1 : k;
        if (from >= *end || title_at(d, m, from, *end, true) != *end)
            continue;
        *start = from;
        found = true;
        if (first || owned)
            break;
    }
    return found;
}

static void push(const struct document *d, struct titles *t, size_t first, size_t end, size_t person)
{
    t->at[t->n++] = (struct title){.begin = d->tokens[first].begin,
                                   .end = d->tokens[end - 1].end,
                                   .first = (uint32_t)first,
                                   .last = (uint32_t)end - 1,
                                   .person = (uint32_t)person};
}

/* "Presidents Biden and Putin": the title of the first is that of the others too. */
static void share(const struct document *d, const struct mentions *m, struct titles *t, size_t person)
{
    const struct title first = t->at[t->n - 1];
    if (!is_plural(d, first.last))
        return;
    for (size_t k = person + 1; k < m->n && k < person + MAX_PLURAL; k++) {
        size_t between = (size_t)m->at[k - 1].last + 1;
        bool joined = between + 1 == m->at[k].first && (token_is_mark(d, between, ',') || token_is(d, between, "and"));
        if (!joined || m->at[k].type != ENTITY_PER)
            return;
        push(d, t, first.first, (size_t)first.last + 1, k);
    }
}

/* "Det. Sgt. Singh": what looks like the end of a sentence is an honorific with its dot. */
static size_t sentence_start(const struct document *d, size_t token)
{
    size_t first = d->sentences[d->tokens[token].sentence].first;
    if (first == 0 || token_paragraph(d, first) != token_paragraph(d, first - 1) || !is_office_word(d, first - 1) ||
        d->text[d->tokens[first - 1].end - 1] != '.')
        return first;
    return first - 1;
}

/* "Doña", who is no Dona. */
static bool is_accented(const struct document *d, size_t i)
{
    return d->tokens[i].end - d->tokens[i].begin > d->tokens[i].key_len;
}

/* "Councilor Tyrone Reeves", "Lt Col Anna Berg", "Anna Berg MP": an office is no part of the name. */
static void cut_office(const struct document *d, struct mention *p)
{
    while (p->first < p->last && is_office_word(d, p->first) &&
           (!(d->tokens[p->first].classes & GAZ_FIRST_NAME) || is_accented(d, p->first)) &&
           d->tokens[p->first + 1].kind == TOKEN_WORD && (d->tokens[p->first + 1].flags & TOKEN_CAPITAL)) {
        p->first++;
        p->begin = d->tokens[p->first].begin;
    }
    if (p->first < p->last && is_letters(d, p->last)) {
        p->last--;
        p->end = d->tokens[p->last].end;
    }
}

bool titles_find(const struct document *d, struct mentions *m, struct titles *found)
{
    enum { MOST = MAX_PLURAL + 3 }; /* of a person: before, apart from, twice behind the name; shared with others */
    *found = (struct titles){.at = arena_alloc(d->arena, m->n * MOST + 1, sizeof *found->at)};
    if (!found->at)
        return false;
    size_t free_from = 0; /* no token belongs to two titles */
    for (size_t i = 0; i < m->n; i++) {
        struct mention *p = &m->at[i];
        if (p->type != ENTITY_PER)
            continue;
        cut_office(d, p);
        const struct sentence *s = &d->sentences[d->tokens[p->first].sentence];
        size_t low = sentence_start(d, p->first);
        low = low > free_from ? low : free_from;
        size_t start = p->first > low ? title_before(d, m, low, p->first) : p->first, end;
        if (start == p->first && start > low)
            start = title_with_topic(d, m, low, p->first);
        struct mention name = *p; /* with the title before it */
        name.first = (uint32_t)start;
        size_t apart, apart_end;
        if (title_before_comma(d, m, low, &name, &apart, &apart_end)) {
            push(d, found, apart, apart_end, i);
            free_from = apart_end;
        }
        if (start < p->first) {
            push(d, found, start, p->first, i);
            free_from = p->first;
            share(d, m, found, i);
        }
        size_t behind, from = (size_t)p->last + 1;
        for (unsigned n = 0; n < 2; n++) { /* "Max Hill KC, counsel to the inquiry" */
            end = title_behind(d, m, from, s->end, &behind);
            if (end == behind)
                break;
            push(d, found, behind, end, i);
            free_from = end;
            if (behind != from)
                break;
            from = end;
        }
    }
    return true;
}
