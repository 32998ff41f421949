/* entities_token.c - an article as tokens, sentences and paragraphs. */
#include "entities_token.h"

#include "entities_text.h"

#include <string.h>

struct scanner {
    struct document *d;
    size_t at;
    size_t cap;
    bool spaced; /* white space since the last token */
    bool broken; /* a line end since the last token */
};

static uint32_t peek(const struct scanner *s, size_t at)
{
    return utf8_at(s->d->text, s->d->len, at);
}

static size_t after(const struct scanner *s, size_t at)
{
    utf8_next(s->d->text, s->d->len, &at);
    return at;
}

static unsigned class_at(const struct scanner *s, size_t at)
{
    unsigned char c = (unsigned char)s->d->text[at];
    return c < 0x80 ? ascii_classes[c] : 0;
}

/* Letters at text[at..] up to the next non-letter, in lower case, at most 7. */
static size_t lower_letters(const struct scanner *s, size_t at, char out[8])
{
    size_t n = 0;
    while (at + n < s->d->len && n < 7 && (class_at(s, at + n) & CHAR_LETTER)) {
        out[n] = ascii_lower(s->d->text[at + n]);
        n++;
    }
    out[n] = '\0';
    return n;
}

static bool one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* "'s", "'re" and the like, as bytes after the apostrophe at `at`; 0 for none. */
static size_t clitic(const struct scanner *s, size_t at)
{
    static const char *const list[] = {"s", "re", "ve", "ll", "d", "m", NULL};
    char word[8];
    size_t begin = after(s, at), n = lower_letters(s, begin, word);
    return n && one_of(word, list) && !is_letter(peek(s, begin + n)) ? n : 0;
}

/* The end of "U.S.", "a.m.", "U.N" or of an initial, "J."; `at` where there is none. */
static size_t scan_dotted(const struct scanner *s, size_t at)
{
    size_t end = at, pairs = 0;
    uint32_t first = peek(s, at);
    while (is_letter(peek(s, end)) && peek(s, after(s, end)) == '.') {
        end = after(s, end) + 1;
        pairs++;
    }
    if (pairs == 0 || (pairs == 1 && !is_upper(first)))
        return at;
    uint32_t next = peek(s, end);
    if (is_upper(next) && !is_letter(peek(s, after(s, end))) && !is_digit(peek(s, after(s, end))))
        return after(s, end);
    return pairs == 1 && is_letter(next) && !is_upper(next) ? at : end;
}

/* Does a stop at `at` belong to the word text[begin..at)? */
static bool is_abbreviation(const struct scanner *s, size_t begin, size_t at)
{
    static const char *const list[] = {"mr",     "mrs",  "ms",   "dr",   "prof", "sen",  "sens", "rep",  "reps",
                                       "gov",    "gen",  "lt",   "col",  "maj",  "capt", "sgt",  "cpl",  "adm",
                                       "cmdr",   "hon",  "rev",  "st",   "jr",   "sr",   "mt",   "ft",   "jan",
                                       "feb",    "apr",  "aug",  "sept", "sep",  "oct",  "nov",  "dec",  "inc",
                                       "corp",   "ltd",  "bros", "vs",   "pres", "del",  "amb",  "fla",  "mass",
                                       "conn",   "penn", "pa",   "ill",  "mich", "minn", "wis",  "tex",  "ariz",
                                       "colo",   "tenn", "supt", "insp", "brig", "engr", "ph",   "mme",  "cllr",
                                       "messrs", "atty", "va",   "okla", "ga",   "ky",   "md",   "msgr", "barr",
                                       "calif",  "co",   "det",  NULL};
    char word[8];
    size_t n = lower_letters(s, begin, word);
    return begin + n == at && is_upper(peek(s, begin)) && one_of(word, list);
}

/* "Amazon.com", "gov.uk": a name of the net inside running text. */
static bool domain_follows(const struct scanner *s, size_t at)
{
    static const char *const list[] = {"com", "org", "net", "gov", "edu", "co", "uk", "io", "tv", "info", NULL};
    char word[8];
    size_t n = lower_letters(s, at + 1, word);
    return n && one_of(word, list) && !is_letter(peek(s, at + 1 + n));
}

/* The end of the word that begins at `begin`. */
static size_t scan_word(const struct scanner *s, size_t begin)
{
    size_t at = scan_dotted(s, begin);
    if (at > begin)
        return at;
    while (at < s->d->len) {
        while (at < s->d->len && (class_at(s, at) & (CHAR_LETTER | CHAR_DIGIT)))
            at++;
        uint32_t c = peek(s, at);
        if (is_letter(c) || is_digit(c))
            at = after(s, at);
        else if (c == '.' && is_abbreviation(s, begin, at))
            return ascii_lower(s->d->text[begin]) == 'p' && peek(s, at + 1) == 'D' && peek(s, at + 2) == '.' ? at + 3
                                                                                                             : at + 1;
        else if (c == '.' && domain_follows(s, at))
            at++;
        else if (is_apostrophe(c) && is_letter(peek(s, after(s, at))) && !clitic(s, at))
            at = after(s, at);
        else if (c == '&' && is_upper(utf8_before(s->d->text, at)) && is_upper(peek(s, at + 1)))
            at++;
        else
            break;
    }
    return at;
}

static size_t scan_number(const struct scanner *s, size_t at)
{
    while (at < s->d->len) {
        uint32_t c = peek(s, at);
        if (is_digit(c) || is_letter(c))
            at = after(s, at);
        else if ((c == '.' || c == ',' || c == ':' || c == '/') && is_digit(peek(s, at + 1)))
            at++;
        else
            break;
    }
    return at;
}

/* An address of the net or of mail, a handle or a hashtag: its end, or `at`. */
static size_t scan_address(const struct scanner *s, size_t at)
{
    const char *p = s->d->text + at;
    size_t left = s->d->len - at;
    bool url = (*p == 'h' && left > 8 && (memcmp(p, "http://", 7) == 0 || memcmp(p, "https://", 8) == 0)) ||
               (*p == 'w' && left > 5 && memcmp(p, "www.", 4) == 0);
    size_t end = at;
    if (!url && !((*p == '@' || *p == '#') && (is_letter(peek(s, at + 1)) || is_digit(peek(s, at + 1)))))
        return at;
    while (end < s->d->len) {
        uint32_t c = peek(s, end);
        if (is_space(c) || (!url && end > at && !is_letter(c) && !is_digit(c) && c != '_'))
            break;
        end = after(s, end);
    }
    while (end > at + 1 && strchr(".,;:!?)'\"", s->d->text[end - 1]) && s->d->text[end - 1])
        end--;
    while (end < s->d->len && ((unsigned char)s->d->text[end] & 0xC0) == 0x80)
        end++;
    return end;
}

static bool is_quote_mark(uint32_t c)
{
    return c == '"' || (c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || (c >= 0x300C && c <= 0x300F);
}

static enum token_kind mark_kind(uint32_t c)
{
    if (is_quote_mark(c))
        return TOKEN_QUOTE;
    if (c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return TOKEN_DASH;
    if (c == '.' || c == '!' || c == '?' || c == 0x2026)
        return TOKEN_STOP;
    return TOKEN_PUNCT;
}

/* The kind of the token at s->at, and its end. */
static enum token_kind scan_token(const struct scanner *s, size_t *end)
{
    const char *text = s->d->text;
    uint32_t c = peek(s, s->at);
    *end = scan_address(s, s->at);
    if (*end > s->at)
        return TOKEN_OTHER;
    if (is_letter(c)) {
        *end = scan_word(s, s->at);
        return TOKEN_WORD;
    }
    if (is_digit(c)) {
        *end = scan_number(s, s->at);
        return TOKEN_NUMBER;
    }
    *end = after(s, s->at);
    if (is_apostrophe(c)) {
        size_t n = s->spaced && s->at && c != '\'' && c != 0x2019 ? 0 : clitic(s, s->at);
        bool doubled = peek(s, *end) == c && c != 0x2019 && c != 0x2018;
        if (n) {
            *end += n;
            return TOKEN_SUFFIX;
        }
        if (doubled)
            *end = after(s, *end);
        return doubled ? TOKEN_QUOTE : TOKEN_PUNCT;
    }
    enum token_kind kind = mark_kind(c);
    if (kind == TOKEN_STOP || kind == TOKEN_DASH)
        while (*end < s->d->len && text[*end] == text[s->at] && c < 0x80)
            ++*end;
    return kind;
}

/* What fold_word() sees of a word's letters. */
struct letters {
    size_t n;
    bool upper_first, any_lower; /* any that is no capital */
};

/* Writes the ASCII form of a word, and the same in lower case, where the word stands; its length.  Stops at what is
 * beyond ASCII. */
static size_t fold_ascii(struct document *d, const struct token *t, struct letters *l)
{
    const unsigned char *text = (const unsigned char *)d->text + t->begin;
    char *folded = d->folded + t->begin, *lower = d->lower + t->begin;
    size_t n = 0, len = t->end - t->begin, letters = 0;
    unsigned seen = 0;
    for (; n < len && text[n] < 0x80; n++) {
        unsigned class = ascii_classes[text[n]];
        seen |= class;
        letters += (class & CHAR_LETTER) != 0;
        folded[n] = (char)text[n];
        lower[n] = (char)(text[n] + (class & CHAR_UPPER) * 32);
    }
    for (size_t i = 0; i < n && (seen & CHAR_APOSTROPHE); i++)
        if (text[i] == '`')
            folded[i] = lower[i] = '\'';
    l->n = letters;
    l->upper_first = n && (ascii_classes[text[0]] & CHAR_UPPER);
    l->any_lower = (seen & CHAR_LOWER) != 0;
    return n;
}

static void fold_letter(struct letters *l, uint32_t c, bool first)
{
    l->n++;
    l->any_lower = l->any_lower || !is_upper(c);
    l->upper_first = l->upper_first || (first && is_upper(c));
}

/* The same for the rest of a word that is not ASCII alone, from its byte `n`. */
static size_t fold_long(struct document *d, const struct token *t, size_t n, struct letters *l)
{
    char *folded = d->folded + t->begin, *lower = d->lower + t->begin;
    for (size_t at = t->begin + n; at < t->end;) {
        size_t from = at;
        uint32_t c = utf8_next(d->text, t->end, &at);
        char f = fold_char(c);
        if (is_letter(c))
            fold_letter(l, c, from == t->begin);
        for (size_t i = from; i < (f ? from + 1 : at); i++, n++) {
            folded[n] = f ? f : d->text[i];
            lower[n] = ascii_lower(folded[n]);
        }
    }
    return n;
}

/* Of the first and last bytes, which may be the same, and of eight at a time between. */
static uint32_t hash_word(const char *word, size_t len)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = len * odd, bytes = 0;
    for (size_t i = 0; i + 8 < len; i += 8) {
        memcpy(&bytes, word + i, 8);
        h = (h ^ bytes) * odd;
        h ^= h >> 32;
    }
    if (len >= 8) {
        memcpy(&bytes, word + len - 8, 8);
    } else if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, word, 4);
        memcpy(&last, word + len - 4, 4);
        bytes = (uint64_t)first << 32 | last;
    } else if (len > 0) {
        bytes = (uint64_t)(unsigned char)word[0] << 16 | (uint64_t)(unsigned char)word[len / 2] << 8 |
                (unsigned char)word[len - 1];
    }
    h = (h ^ bytes) * odd;
    return (uint32_t)(h >> 32 ^ h >> 16);
}

static void fold_word(struct document *d, struct token *t)
{
    struct letters l;
    size_t n = fold_ascii(d, t, &l);
    if (n < t->end - t->begin)
        n = fold_long(d, t, n, &l);
    if (l.upper_first)
        t->flags |= TOKEN_CAPITAL;
    if (!l.any_lower && l.n >= 2)
        t->flags |= TOKEN_CAPITALS;
    if (l.n == 1 && l.upper_first && d->text[t->end - 1] == '.')
        t->flags |= TOKEN_INITIAL;
    t->key_len = n <= GAZ_MAX_NAME ? (uint8_t)n : 0;
    t->hash = hash_word(d->lower + t->begin, n);
}

/* The classes that hold whatever the case of the word. */
static const uint64_t CASELESS = GAZ(COMMON) | GAZ(HONORIFIC) | GAZ(TITLE) | GAZ(TITLE_MOD) | GAZ(PORTFOLIO) |
                                 GAZ(ROLE) | GAZ(ORG_HEAD) | GAZ(ORG_OF) | GAZ(ORG_AMBIGUOUS) | GAZ(LOC_HEAD) |
                                 GAZ(LOC_FRONT) | GAZ(LOC_PREP) | GAZ(LOC_OF) | GAZ(EVENT) | GAZ(EVENT_OF) | GAZ(SAY) |
                                 GAZ(SAY_STRONG) | GAZ(SPEECH_NOUN) | GAZ(PARTICLE) | GAZ(NAME_SUFFIX) | GAZ(MONTH) |
                                 GAZ(DAY) | GAZ(WORK) | GAZ(WORK_NOUN) | GAZ(ORG_NOUN) | GAZ(LOC_NOUN) | GAZ(DAY_PART) |
                                 GAZ(TIME_UNIT) | GAZ(DATE_WORD);

/* Looks up a name as it stands, in lower case, and "PARIS" as "Paris". */
static struct gaz_entry look_up(const struct document *d, const char *name, size_t len, bool capitals)
{
    struct gaz_entry found = {0}, other;
    char lower[GAZ_MAX_NAME];
    if (!len || len > GAZ_MAX_NAME)
        return found;
    gazetteer_find(d->gaz, name, len, &found);
    if (name[0] >= 'A' && name[0] <= 'Z') {
        for (size_t i = 0; i < len; i++)
            lower[i] = ascii_lower(name[i]);
        if (gazetteer_find(d->gaz, lower, len, &other)) {
            found.classes |= other.classes & CASELESS;
            if (found.max_words < other.max_words)
                found.max_words = other.max_words;
        }
        if (capitals && len > 3) {
            bool start = true;
            for (size_t i = 0; i < len; i++) {
                lower[i] = start ? name[i] : ascii_lower(name[i]);
                start = name[i] == ' ';
            }
            if (gazetteer_find(d->gaz, lower, len, &other)) {
                found.classes |= other.classes;
                found.home = found.home ? found.home : other.home;
                if (found.max_words < other.max_words)
                    found.max_words = other.max_words;
            }
        }
    }
    return found;
}

/* Finds the longest listed phrase that starts at each token.  The hyphen is a
 * space there, as in the lists. */
static void find_phrase(struct document *d, size_t i, size_t end, unsigned max_words)
{
    char name[GAZ_MAX_NAME];
    size_t len = 0;
    unsigned words = 0;
    bool capitals = true;
    for (size_t k = i; k < end && k - i < UINT8_MAX && words < max_words; k++) {
        const struct token *t = &d->tokens[k];
        if (t->kind == TOKEN_DASH && k > i && d->text[t->begin] == '-')
            continue;
        bool mark = t->kind == TOKEN_PUNCT && (d->text[t->begin] == '&' || d->text[t->begin] == '\'');
        if ((t->kind > TOKEN_NUMBER && t->kind != TOKEN_SUFFIX && !mark) || !t->key_len)
            return;
        if (len + t->key_len + 1u > sizeof name)
            return;
        if (words)
            name[len++] = ' ';
        memcpy(name + len, token_key(d, t), t->key_len);
        len += t->key_len;
        words++;
        capitals = capitals && (t->flags & (TOKEN_CAPITALS | TOKEN_INITIAL));
        if (words == 1)
            continue;
        struct gaz_entry found = look_up(d, name, len, capitals);
        if (found.classes) {
            d->tokens[i].phrase = (uint8_t)(k - i + 1);
            d->tokens[i].phrase_classes = found.classes;
            d->tokens[i].phrase_home = found.home;
        }
    }
}

/* Where a form was looked up last: most words of an article are there more than once, and the gazetteer is
 * larger than a second-level cache. */
struct memo {
    uint32_t token; /* plus 1; 0: none */
    uint8_t max_words;
};
enum { MEMOS = 2048 };

/* Sets what is known of token i by itself; how many words the longest phrase that may start there has. */
static unsigned classify_word(struct document *d, struct memo *memos, size_t i)
{
    struct token *t = &d->tokens[i];
    struct memo *m = &memos[(t->hash ^ (t->flags & (TOKEN_CAPITAL | TOKEN_CAPITALS))) & (MEMOS - 1)];
    const struct token *last = m->token ? &d->tokens[m->token - 1] : NULL;
    if (last && last->hash == t->hash && last->key_len == t->key_len &&
        memcmp(token_key(d, last), token_key(d, t), t->key_len) == 0) {
        t->classes = last->classes;
        t->home = last->home;
        return m->max_words;
    }
    struct gaz_entry found = look_up(d, token_key(d, t), t->key_len, (t->flags & TOKEN_CAPITALS) != 0);
    t->classes = found.classes;
    t->home = found.home;
    *m = (struct memo){(uint32_t)i + 1, found.max_words};
    return found.max_words;
}

static bool classify_tokens(struct document *d)
{
    struct memo *memos = arena_alloc(d->arena, MEMOS, sizeof *memos);
    if (!memos)
        return false;
    for (size_t s = 0; s < d->n_sentences; s++) {
        const struct sentence *sentence = &d->sentences[s];
        for (size_t i = sentence->first; i < sentence->end; i++) {
            unsigned max_words = d->tokens[i].kind == TOKEN_WORD ? classify_word(d, memos, i) : 0;
            if (max_words > 1)
                find_phrase(d, i, sentence->end, max_words);
        }
    }
    return true;
}

static bool token_push(struct scanner *s, enum token_kind kind, size_t end)
{
    struct document *d = s->d;
    if (d->n_tokens == s->cap) {
        struct token *grown = arena_grow(d->arena, d->tokens, &s->cap, d->n_tokens + 1, sizeof *grown);
        if (!grown)
            return false;
        d->tokens = grown;
    }
    struct token *t = &d->tokens[d->n_tokens++];
    *t = (struct token){.begin = (uint32_t)s->at, .end = (uint32_t)end, .kind = (uint8_t)kind};
    if (!s->spaced)
        t->flags |= TOKEN_GLUED;
    if (kind != TOKEN_OTHER)
        fold_word(d, t);
    return true;
}

/* A line that goes on in lower case was broken to fit a page. */
static bool line_goes_on(const struct scanner *s, size_t at)
{
    unsigned ends = 0;
    for (size_t n = 0; n < 64 && ends < 2 && at < s->d->len && is_space(peek(s, at)); n++) {
        ends += s->d->text[at] == '\n';
        at = after(s, at);
    }
    uint32_t c = peek(s, at);
    return ends <= 1 && is_letter(c) && !is_upper(c) && c < 0x250;
}

/* May a sentence start with token i? */
static bool starts_sentence(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return (t->flags & TOKEN_CAPITAL) || t->kind == TOKEN_QUOTE || t->kind == TOKEN_NUMBER || t->kind == TOKEN_OTHER ||
           (t->kind == TOKEN_PUNCT && strchr("([\xE2", d->text[t->begin]) && d->text[t->begin]);
}

/* Does a sentence end between tokens i - 1 and i? */
static bool sentence_ends(const struct document *d, size_t first, size_t i)
{
    size_t k = i - 1;
    bool glued = d->tokens[i].flags & TOKEN_GLUED;
    if (!glued && !starts_sentence(d, i))
        return false;
    if (glued)
        return d->tokens[k].kind == TOKEN_STOP && d->tokens[i].kind == TOKEN_WORD &&
               (d->tokens[i].flags & TOKEN_CAPITAL) && k > first && d->tokens[k - 1].kind == TOKEN_WORD &&
               !(d->tokens[k - 1].flags & TOKEN_CAPITAL);
    while (k > first &&
           (d->tokens[k].kind == TOKEN_QUOTE ||
            (d->tokens[k].kind == TOKEN_PUNCT && strchr(")]'\xE2", d->text[d->tokens[k].begin]))) &&
           (d->tokens[k].flags & TOKEN_GLUED))
        k--;
    const struct token *stop = &d->tokens[k], *next = &d->tokens[i];
    if (stop->kind == TOKEN_STOP)
        return true;
    /* "... of the U.S. The ...": an abbreviation, and then a word that opens sentences */
    static const char *const openers[] = {"the",   "in",    "on",    "at",      "but",   "and",       "he",  "she",
                                          "it",    "they",  "we",    "this",    "that",  "a",         "an",  "as",
                                          "for",   "if",    "when",  "while",   "his",   "her",       "its", "their",
                                          "there", "these", "those", "however", "after", "meanwhile", NULL};
    char word[8];
    size_t n = next->key_len < 8 ? next->key_len : 0;
    for (size_t c = 0; c < n; c++)
        word[c] = ascii_lower(token_key(d, next)[c]);
    word[n] = '\0';
    return stop->kind == TOKEN_WORD && d->text[stop->end - 1] == '.' && one_of(word, openers);
}

static void mark_first_word(struct document *d, const struct sentence *s)
{
    for (size_t i = s->first; i < s->end; i++) {
        if (d->tokens[i].kind == TOKEN_WORD) {
            d->tokens[i].flags |= TOKEN_FIRST;
            return;
        }
    }
}

/* Tells headlines in capitals or in Title Case from running text. */
static void classify_sentence(const struct document *d, struct sentence *s)
{
    size_t words = 0, capital = 0, capitals = 0, common = 0;
    for (size_t i = s->first; i < s->end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind != TOKEN_WORD || t->end - t->begin < 2)
            continue;
        bool small = t->end - t->begin <= 3 && !(t->flags & TOKEN_CAPITAL);
        words += !small;
        capital += (t->flags & TOKEN_CAPITAL) != 0;
        capitals += (t->flags & TOKEN_CAPITALS) != 0;
        if (!(t->flags & TOKEN_FIRST) && (t->flags & TOKEN_CAPITAL) && (t->classes & GAZ(COMMON)) &&
            !(t->classes &
              (GAZ(ORG_HEAD) | GAZ(TITLE) | GAZ(LOC_HEAD) | GAZ(EVENT) | GAZ(PORTFOLIO) | GAZ_FIRST_NAME | GAZ(LAST))))
            common++;
    }
    if (d->tokens[s->end - 1].kind != TOKEN_STOP && d->tokens[s->end - 1].kind != TOKEN_QUOTE)
        s->flags |= SENTENCE_OPEN;
    size_t last = s->end - 1u;
    while (last > s->first && d->tokens[last].kind == TOKEN_QUOTE)
        last--;
    bool closed = d->tokens[last].kind == TOKEN_STOP && d->text[d->tokens[last].begin] == '.';
    if (words >= 3 && capitals * 10 >= words * 8)
        s->flags |= SENTENCE_CAPITALS;
    else if (closed) /* a full stop: a headline only if no longer word is small */
        s->flags |= capital >= words && common >= 3 ? SENTENCE_TITLE_CASE : 0;
    else if (words >= 4 && capital * 10 >= words * 7 && common >= 1 && capital >= common + 1)
        s->flags |= SENTENCE_TITLE_CASE;
    else if (words >= 3 && common >= 2 && common * 2 >= words && capital * 10 >= words * 8)
        s->flags |= SENTENCE_TITLE_CASE;
}

static bool push_sentence(struct document *d, size_t *cap, size_t first, size_t end, uint32_t paragraph)
{
    if (d->n_sentences == *cap) {
        struct sentence *grown = arena_grow(d->arena, d->sentences, cap, d->n_sentences + 1, sizeof *grown);
        if (!grown)
            return false;
        d->sentences = grown;
    }
    for (size_t i = first; i < end; i++)
        d->tokens[i].sentence = (uint32_t)d->n_sentences;
    struct sentence *s = &d->sentences[d->n_sentences++];
    *s = (struct sentence){.first = (uint32_t)first, .end = (uint32_t)end, .paragraph = paragraph};
    mark_first_word(d, s);
    return true;
}

static bool make_paragraphs(struct document *d)
{
    size_t n = d->n_sentences ? d->sentences[d->n_sentences - 1].paragraph + 1u : 0;
    d->paragraphs = arena_alloc(d->arena, n + 1, sizeof *d->paragraphs);
    if (!d->paragraphs)
        return false;
    for (size_t s = d->n_sentences; s-- > 0;) {
        struct paragraph *p = &d->paragraphs[d->sentences[s].paragraph];
        p->first = d->sentences[s].first;
        p->end = p->end ? p->end : d->sentences[s].end;
    }
    d->n_paragraphs = n;
    return true;
}

bool document_tokenise(struct document *d)
{
    struct scanner s = {.d = d, .spaced = true};
    size_t cap = 0, first = 0;
    uint32_t paragraph = 0;
    s.cap = d->len / 4 + 16; /* enough for running text, without growing */
    d->tokens = arena_alloc(d->arena, s.cap, sizeof *d->tokens);
    d->folded = arena_alloc(d->arena, d->len + 1, 2);
    if (!d->tokens || !d->folded)
        return false;
    d->lower = d->folded + d->len + 1;
    while (s.at < d->len) {
        uint32_t c = peek(&s, s.at);
        if (is_space(c)) {
            s.broken = s.broken || ((c == '\n' || c == 0x2028 || c == 0x2029 || c == '\r') && !line_goes_on(&s, s.at));
            s.spaced = true;
            s.at = after(&s, s.at);
            continue;
        }
        size_t end;
        enum token_kind kind = scan_token(&s, &end);
        if (!token_push(&s, kind, end))
            return false;
        size_t i = d->n_tokens - 1;
        if (i > first && (s.broken || sentence_ends(d, first, i))) {
            if (!push_sentence(d, &cap, first, i, paragraph))
                return false;
            paragraph += s.broken;
            first = i;
        }
        s.at = end;
        s.spaced = s.broken = false;
    }
    if (d->n_tokens > first && !push_sentence(d, &cap, first, d->n_tokens, paragraph))
        return false;
    if (!classify_tokens(d))
        return false;
    for (size_t i = 0; i < d->n_sentences; i++)
        classify_sentence(d, &d->sentences[i]);
    return make_paragraphs(d);
}

bool token_is_any(const struct document *d, size_t token, const char *const *words)
{
    if (token >= d->n_tokens || d->tokens[token].key_len == 0)
        return false;
    const size_t len = d->tokens[token].key_len;
    const char *word = d->lower + d->tokens[token].begin;
    for (; *words; words++)
        if (**words == *word && strlen(*words) == len && memcmp(*words, word, len) == 0)
            return true;
    return false;
}

bool token_is_strict_honorific(const struct document *d, size_t token)
{
    static const char *const words[] = {"mr", "mrs", "ms", "dr", "sir", NULL};
    const struct token *t = &d->tokens[token];
    return (t->classes & GAZ(HONORIFIC)) && (d->text[t->end - 1] == '.' || token_is_any(d, token, words));
}
