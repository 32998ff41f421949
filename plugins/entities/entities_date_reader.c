/* entities_date_reader.c - words and forms of dates. */
#include "entities_date_reader.h"

#include "entities_text.h"

#include <assert.h>
#include <string.h>

enum { LONGEST_WORD = 16, LONGEST_ROW = 32 /* tokens, dashes among them */ };

static size_t first_word(const char *word)
{
    return strcspn(word, " ");
}

/* The number of a word's first letter, a to z, with its last: most words of a text end here. */
static size_t ends_of(const char *word, size_t len)
{
    return (size_t)(word[0] - 'a') * 32 + (word[len - 1] & 31);
}

static uint32_t hash_word(const char *word, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619u;
    return (h ^ h >> 15) & (DATE_SLOTS - 1);
}

/* Where the rows of a first word begin, or the free slot for them. */
static uint32_t find_slot(const struct date_index *x, const char *word, size_t len)
{
    uint32_t at = hash_word(word, len);
    while (x->slots[at]) {
        uint16_t row = x->slots[at];
        if (x->len[row - 1] == len && memcmp(x->words->words[row - 1].word, word, len) == 0)
            break;
        at = (at + 1) & (DATE_SLOTS - 1);
    }
    return at;
}

/* The word of a token in lower case, without the apostrophe of "'s"; its length, 0 for none. */
static const char *lower_key(const struct document *d, const struct token *t, size_t *len)
{
    bool word = t->kind == TOKEN_WORD || t->kind == TOKEN_SUFFIX;
    const char *key = d->lower + t->begin;
    size_t skip = word && t->key_len && key[0] == '\'';
    *len = word ? t->key_len - skip : 0;
    return key + skip;
}

/* How many tokens from `i` the words of a row take, 0 where they differ. */
static size_t row_length(const struct document *d, const char *words, size_t i, size_t end)
{
    size_t at = i;
    for (;;) {
        while (at < end && at > i && at - i < LONGEST_ROW && d->tokens[at].kind == TOKEN_DASH &&
               (d->tokens[at].flags & TOKEN_GLUED))
            at++;
        size_t len = first_word(words), key_len = 0;
        const char *key = at < end ? lower_key(d, &d->tokens[at], &key_len) : NULL;
        if (!key || key_len != len || memcmp(key, words, len) != 0)
            return 0;
        at++;
        if (!words[len])
            return at - i;
        words += len + 1;
    }
}

static void look_up(struct date_reader *r, size_t i, size_t end)
{
    const struct date_index *x = r->index;
    const struct token *t = &r->d->tokens[i];
    size_t len, best = 0;
    const char *key = lower_key(r->d, t, &len);
    if (!len || len >= LONGEST_WORD || key[0] < 'a' || key[0] > 'z' || !(x->lengths[ends_of(key, len)] >> len & 1))
        return;
    for (uint16_t row = x->slots[find_slot(x, key, len)]; row; row = x->next[row - 1]) {
        const struct date_word *w = &r->words->words[row - 1];
        size_t n = w->word[len] ? row_length(r->d, w->word, i, end) : 1;
        if ((w->flags & WORD_CAPITAL) && !(t->flags & TOKEN_CAPITAL))
            n = 0;
        if (n > best) {
            best = n;
            r->row[i] = row;
            r->length[i] = (uint8_t)n;
        }
    }
}

/* The kinds of words that an item can start with; all digits are DAY there. */
static uint64_t item_starts(unsigned kind)
{
    switch (kind) {
    case DATE_DAY:
    case DATE_YEAR:
    case DATE_SHORT:
    case DATE_DECADE: return DATE_BIT(DAY);
    case DATE_NUMBER: return DATE_BIT(DAY) | DATE_BIT(COUNT);
    case DATE_CENTURY: return DATE_BIT(DAY) | DATE_BIT(NTH) | DATE_BIT(CENTURY);
    case DATE_LEAD: return DATE_BIT(WEEKDAY);
    default: return UINT64_C(1) << kind;
    }
}

static void index_words(struct date_index *x)
{
    const struct date_word *words = x->words->words;
    assert(x->words->n_words <= DATE_MAX_WORDS);
    for (size_t i = 0; i < x->words->n_words; i++) {
        size_t len = first_word(words[i].word);
        uint32_t slot = find_slot(x, words[i].word, len);
        x->kinds[i] = UINT64_C(1) << words[i].kind;
        for (uint16_t row = x->slots[slot]; row; row = x->next[row - 1])
            if (strcmp(words[row - 1].word, words[i].word) == 0)
                x->kinds[i] = x->kinds[row - 1] |= x->kinds[i];
        x->len[i] = (uint8_t)len;
        x->next[i] = x->slots[slot];
        x->slots[slot] = (uint16_t)(i + 1);
        x->lengths[ends_of(words[i].word, len)] |= 1u << len;
    }
}

static void index_forms(struct date_index *x)
{
    assert(x->words->n_forms <= DATE_MAX_FORMS);
    for (size_t f = 0; f < x->words->n_forms; f++) {
        const uint8_t *items = x->words->forms[f].items;
        for (size_t k = 0; items[k]; k++) {
            unsigned kind = items[k] & ~(unsigned)DATE_MAYBE;
            x->first[f] |= item_starts(kind);
            if (!(items[k] & DATE_MAYBE) && kind != DATE_LEAD)
                break;
        }
        x->starts |= x->first[f];
    }
    x->starts |= DATE_BIT(CLOCK);
}

void date_index_fill(struct date_index *x, const struct date_words *words)
{
    x->words = words;
    index_words(x);
    index_forms(x);
}

bool date_reader_open(struct date_reader *r, const struct document *d, const struct date_index *index)
{
    *r = (struct date_reader){.d = d, .words = index->words, .index = index};
    r->row = arena_alloc(d->arena, d->n_tokens + 1, sizeof *r->row);
    r->length = arena_alloc(d->arena, d->n_tokens + 1, sizeof *r->length);
    if (!r->row || !r->length)
        return false;
    for (size_t p = 0; p < d->n_paragraphs; p++)
        for (size_t i = d->paragraphs[p].first; i < d->paragraphs[p].end; i++)
            look_up(r, i, d->paragraphs[p].end);
    return true;
}

const struct token *date_token(const struct date_reader *r, size_t token)
{
    static const struct token none = {.kind = TOKEN_OTHER};
    return token < r->end ? &r->d->tokens[token] : &none;
}

uint64_t date_kinds(const struct date_reader *r, size_t token)
{
    return token < r->end && r->row[token] ? r->index->kinds[r->row[token] - 1] : 0;
}

int date_value(const struct date_reader *r, size_t token, enum date_kind kind)
{
    if (!date_is(r, token, kind))
        return 0;
    const struct date_word *words = r->words->words, *w = &words[r->row[token] - 1];
    for (uint16_t row = r->row[token]; row; row = r->index->next[row - 1])
        if (words[row - 1].kind == kind && (row == r->row[token] || strcmp(words[row - 1].word, w->word) == 0))
            return words[row - 1].value;
    return 0;
}

bool date_is_doubtful(const struct date_reader *r, size_t token)
{
    return token < r->end && r->row[token] && (r->words->words[r->row[token] - 1].flags & WORD_DOUBTFUL);
}

bool date_is_mark(const struct date_reader *r, size_t token, char mark)
{
    return token < r->end && r->d->text[r->d->tokens[token].begin] == mark && r->d->tokens[token].kind >= TOKEN_DASH;
}

size_t date_digits(const struct date_reader *r, size_t token, int *value)
{
    const struct token *t = date_token(r, token);
    size_t n = 0;
    *value = 0;
    if (t->kind != TOKEN_NUMBER)
        return 0;
    for (; n < 6 && n < t->end - t->begin && is_digit((unsigned char)r->d->text[t->begin + n]); n++)
        *value = *value * 10 + (r->d->text[t->begin + n] - '0');
    return n;
}

bool date_is_year(const struct date_reader *r, size_t token)
{
    int n;
    return date_digits(r, token, &n) == 4 && date_token_len(r, token) == 4 && n >= 1000 && n <= 2100;
}

/* ---- items: each tells how many tokens it takes, 0 for none ---- */

/* Does a token go on after `digits` with one of the endings, " st nd "? */
static bool has_ending(const struct date_reader *r, size_t token, size_t digits, const char *endings)
{
    char ending[LONGEST_WORD + 2] = " ";
    const struct token *t = date_token(r, token);
    size_t len = t->key_len;
    if (len <= digits || len - digits > 4)
        return false;
    memcpy(ending + 1, r->d->lower + t->begin + digits, len - digits);
    ending[1 + len - digits] = ' ';
    return strstr(endings, ending) != NULL;
}

static size_t read_nth(const struct date_reader *r, size_t i, int *value)
{
    size_t digits = date_digits(r, i, value);
    if (!digits || digits > 2 || *value < 1)
        return 0;
    if (date_token_len(r, i) > digits)
        return has_ending(r, i, digits, r->words->endings);
    bool dot = r->words->day_dot && date_token(r, i + 1)->kind == TOKEN_STOP && date_token_len(r, i + 1) == 1 &&
               (date_token(r, i + 1)->flags & TOKEN_GLUED);
    return dot ? 2 : 1;
}

static size_t read_day(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    size_t n = read_nth(r, i, &value);
    if (!n || value > 31 || m->n_days == 2)
        return 0;
    m->day[m->n_days++] = (int8_t)value;
    return n;
}

static size_t read_year(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    if (!date_is_year(r, i) || m->n_years == 2)
        return 0;
    date_digits(r, i, &value);
    m->year[m->n_years++] = (int16_t)value;
    return 1;
}

static size_t read_short(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    if (date_digits(r, i, &value) != 2 || date_token_len(r, i) != 2 || m->n_years != 1 ||
        !(date_token(r, i)->flags & TOKEN_GLUED) || value <= m->year[0] % 100)
        return 0;
    m->year[m->n_years++] = (int16_t)(m->year[0] / 100 * 100 + value);
    return 1;
}

static size_t read_number(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    size_t digits = date_digits(r, i, &value);
    if (digits) {
        m->count = (int16_t)value;
        return digits <= 3 && date_token_len(r, i) == digits;
    }
    if (!date_is(r, i, DATE_COUNT))
        return 0;
    m->count = (int16_t)date_value(r, i, DATE_COUNT);
    return r->length[i];
}

/* "XIX", also "XIXe" */
static int roman(const struct date_reader *r, size_t i)
{
    const struct token *t = date_token(r, i);
    int value = 0, last = 0;
    if (t->kind != TOKEN_WORD || !(t->flags & TOKEN_CAPITAL) || date_token_len(r, i) > 8)
        return 0;
    for (size_t k = t->begin; k < t->end; k++) {
        char c = r->d->text[k];
        int n = c == 'X' ? 10 : c == 'V' ? 5 : c == 'I' ? 1 : 0;
        if (!n)
            return k > t->begin && has_ending(r, i, k - t->begin, r->words->endings) ? value : 0;
        value += n > last ? n - 2 * last : n;
        last = n;
    }
    return value;
}

static size_t read_century(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value = 0;
    size_t n = read_nth(r, i, &value);
    if (!n && date_is(r, i, DATE_NTH)) {
        value = date_value(r, i, DATE_NTH);
        n = r->length[i];
    } else if (!n) {
        value = roman(r, i);
        n = value > 0;
    }
    m->century = (int8_t)value;
    return n && value >= 1 && value <= 30 ? n : 0;
}

/* "1990s", "1990's", "'90s", or the bare number where the language has a word beside it */
static size_t read_decade(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    const char *ending = r->words->decade;
    size_t digits = date_digits(r, i, &value), len = strlen(ending), n = 1;
    if ((digits != 4 && digits != 2) || value % 10)
        return 0;
    if (date_token_len(r, i) == digits && len && date_token(r, i + 1)->kind == TOKEN_SUFFIX &&
        date_token_len(r, i + 1) - 1 <= 3 && r->d->text[date_token(r, i + 1)->end - 1] == *ending)
        n = 2;
    else if (date_token_len(r, i) != digits + len ||
             memcmp(r->d->text + date_token(r, i)->begin + digits, ending, len) != 0)
        return 0;
    bool marked = i > 0 && (date_token(r, i)->flags & TOKEN_GLUED) &&
                  is_apostrophe(utf8_before(r->d->text, date_token(r, i)->begin));
    if (digits == 2 && (value < 30 || (len && !marked && !(i && date_is(r, i - 1, DATE_OWN)))))
        return 0;
    if (digits == 4 && (value < 1000 || value > 2090))
        return 0;
    if (digits == 4)
        m->year[0] = (int16_t)(value % 100 ? value : 0);
    else
        m->year[0] = (int16_t)(marked || !len ? 1900 + value : 0);
    return n;
}

static size_t read_dash(const struct date_reader *r, size_t i)
{
    return date_token(r, i)->kind == TOKEN_DASH;
}

static size_t read_range(const struct date_reader *r, size_t i)
{
    return read_dash(r, i) || date_is(r, i, DATE_TO);
}

static size_t read_lead(const struct date_reader *r, size_t i, struct date_reading *m)
{
    if (!date_is(r, i, DATE_WEEKDAY))
        return 0;
    m->weekday = (int8_t)(date_value(r, i, DATE_WEEKDAY) % 10);
    return date_is_mark(r, i + 1, ',') ? 2 : 1;
}

/* "this year", "l'année dernière" */
static size_t read_which_year(const struct date_reader *r, size_t i, struct date_reading *m)
{
    size_t which = i, unit = i;
    if (date_is(r, i, DATE_WHICH))
        unit = i + r->length[i];
    else if (date_is(r, i, DATE_UNIT))
        which = i + r->length[i];
    if (!date_is(r, which, DATE_WHICH) || date_value(r, unit, DATE_UNIT) != UNIT_YEAR)
        return 0;
    m->which = (int8_t)date_value(r, which, DATE_WHICH);
    m->tail_which = true;
    m->seen |= DATE_BIT(WHICH);
    return (size_t)r->length[which] + r->length[unit];
}

static size_t read_tail(const struct date_reader *r, size_t i, struct date_reading *m)
{
    size_t year = i + (date_is_mark(r, i, ',') || date_is(r, i, DATE_OF));
    bool counted = date_is(r, year + 1, DATE_MEASURE) && year > i;
    if (!counted && read_year(r, year, m))
        return year + 1 - i;
    year = i + (date_is(r, i, DATE_OF) ? r->length[i] : 0u);
    size_t n = read_which_year(r, year, m);
    return n ? year + n - i : 0;
}

static void read_word_value(enum date_kind kind, int value, struct date_reading *m)
{
    switch (kind) {
    case DATE_MONTH: m->month = (int8_t)value; break;
    case DATE_WEEKDAY:
        m->weekday = (int8_t)(value % 10);
        m->part = (int8_t)(value / 10);
        break;
    case DATE_UNIT:
        m->unit = (uint8_t)(value & ~UNIT_MANY);
        m->many = (value & UNIT_MANY) != 0;
        break;
    case DATE_NEAR:
        m->part = value >= NEAR_NIGHT / 2 ? 4 : 0;
        m->near = (int16_t)(m->part ? value - NEAR_NIGHT : value);
        break;
    case DATE_WHICH: m->which = (int8_t)value; break;
    case DATE_AGO:
    case DATE_AHEAD: m->direction = (int8_t)value; break;
    case DATE_PART: m->part = (int8_t)value; break;
    case DATE_SEASON: m->season = (int8_t)value; break;
    case DATE_FEAST: m->feast = (int16_t)value; break;
    case DATE_QUARTER: m->quarter = (int8_t)value; break;
    default: break;
    }
}

/* "Mar. 26": the dot of a short form that is no token with it. */
static bool has_dot(const struct date_reader *r, size_t i)
{
    return date_token_len(r, i) <= 4 && date_is_mark(r, i + 1, '.') && (date_token(r, i + 1)->flags & TOKEN_GLUED) &&
           date_token_len(r, i + 1) == 1 && date_token(r, i + 2)->kind == TOKEN_NUMBER;
}

static size_t read_item(const struct date_reader *r, unsigned kind, size_t i, struct date_reading *m)
{
    switch (kind) {
    case DATE_DAY: return read_day(r, i, m);
    case DATE_YEAR: return read_year(r, i, m);
    case DATE_SHORT: return read_short(r, i, m);
    case DATE_NUMBER: return read_number(r, i, m);
    case DATE_CENTURY: return read_century(r, i, m);
    case DATE_DECADE: return read_decade(r, i, m);
    case DATE_DASH: return read_dash(r, i);
    case DATE_RANGE: return read_range(r, i);
    case DATE_LEAD: return read_lead(r, i, m);
    case DATE_TAIL: return read_tail(r, i, m);
    default:
        if (!date_is(r, i, (enum date_kind)kind))
            return 0;
        read_word_value((enum date_kind)kind, date_value(r, i, (enum date_kind)kind), m);
        m->seen |= UINT64_C(1) << kind;
        return r->length[i] + (size_t)(kind == DATE_MONTH && date_is_doubtful(r, i) && has_dot(r, i));
    }
}

/* The end of the items from token `i`, 0 where they do not fit; what may be missing is first tried as there. */
static size_t read_items(const struct date_reader *r, const uint8_t *items, size_t i, struct date_reading *m)
{
    for (; *items; items++) {
        unsigned kind = *items & ~(unsigned)DATE_MAYBE;
        bool maybe = (*items & DATE_MAYBE) || kind == DATE_LEAD || kind == DATE_TAIL;
        struct date_reading with = *m;
        size_t n = read_item(r, kind, i, &with);
        if (n && maybe && items[1]) {
            size_t end = read_items(r, items + 1, i + n, &with);
            if (end) {
                *m = with;
                return end;
            }
        } else if (n) {
            *m = with;
            i += n;
        } else if (!maybe) {
            return 0;
        }
    }
    return i;
}

size_t date_read(const struct date_reader *r, size_t token, struct date_reading *reading)
{
    size_t best = token;
    const struct token *t = date_token(r, token);
    uint64_t kinds = date_kinds(r, token);
    if (t->kind == TOKEN_NUMBER)
        kinds |= DATE_BIT(DAY);
    for (size_t f = 0; f < r->words->n_forms; f++) {
        bool other = (r->index->first[f] & DATE_BIT(CENTURY)) && (t->flags & TOKEN_CAPITAL);
        if (!(r->index->first[f] & kinds) && !other)
            continue;
        struct date_reading m = {.sense = r->words->forms[f].sense};
        size_t end = read_items(r, r->words->forms[f].items, token, &m);
        if (end > best) {
            best = end;
            *reading = m;
        }
    }
    return best;
}
