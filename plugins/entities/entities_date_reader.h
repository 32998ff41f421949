/* entities_date_reader.h - the words of an article that may be in a date, and
 * the forms of its language that fit at a token. */
#ifndef ENTITIES_DATE_READER_H
#define ENTITIES_DATE_READER_H

#include "entities_token.h"
#include "entities_when.h"

enum { DATE_SLOTS = 1024, DATE_MAX_WORDS = 700, DATE_MAX_FORMS = 64 };

/* A language's words by their first words, and its forms by what they start with. */
struct date_index {
    const struct date_words *words;
    uint64_t kinds[DATE_MAX_WORDS]; /* of each row, all kinds of its word */
    uint64_t first[DATE_MAX_FORMS]; /* of each form, the kinds that it may start with */
    uint64_t starts;                /* of all forms together */
    uint32_t lengths[26 * 32];      /* by first and last letter, the lengths that first words have */
    uint16_t slots[DATE_SLOTS];     /* an open hash: a row, plus 1 */
    uint16_t next[DATE_MAX_WORDS];  /* with the same first word, plus 1 */
    uint8_t len[DATE_MAX_WORDS];    /* of the first word of each row */
};

/* Fills in a zeroed index; after that it is only read. */
void date_index_fill(struct date_index *x, const struct date_words *words);

struct date_reader {
    const struct document *d;
    const struct date_words *words;
    const struct date_index *index;
    uint16_t *row;   /* of each token, the longest entry of the words that starts there, plus 1 */
    uint8_t *length; /* how many tokens that entry has */
    size_t end;      /* of the paragraph */
};

/* Looks up all words of the article.  False when there is no memory. */
bool date_reader_open(struct date_reader *r, const struct document *d, const struct date_index *index);

/* The kinds that the word at a token can be, as DATE_BIT()s. */
uint64_t date_kinds(const struct date_reader *r, size_t token);

/* The value of the word at a token as one of a kind, 0 where it is none. */
int date_value(const struct date_reader *r, size_t token, enum date_kind kind);
bool date_is_doubtful(const struct date_reader *r, size_t token);

/* How many digits the token starts with, and their value; at most 6 digits. */
size_t date_digits(const struct date_reader *r, size_t token, int *value);

/* The end of the longest form that fits at a token, or the token itself. */
size_t date_read(const struct date_reader *r, size_t token, struct date_reading *reading);

static inline bool date_is(const struct date_reader *r, size_t token, enum date_kind kind)
{
    return (date_kinds(r, token) >> kind & 1) != 0;
}

/* A token, or one of no kind past the end of the paragraph. */
const struct token *date_token(const struct date_reader *r, size_t token);
static inline size_t date_token_len(const struct date_reader *r, size_t token)
{
    return date_token(r, token)->end - date_token(r, token)->begin;
}
bool date_is_mark(const struct date_reader *r, size_t token, char mark);
bool date_is_year(const struct date_reader *r, size_t token);

#endif
