/* entities_language.h - what a language writes in its own way: a table, so that
 * the next language is a row. */
#ifndef ENTITIES_LANGUAGE_H
#define ENTITIES_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entities_datewords.h"

enum { LANGUAGE_QUOTES = 6 };

struct quote_pair {
    uint32_t open, close; /* code points; the same where one mark does both */
};

struct language {
    const char *code;                          /* ISO 639-1 */
    struct quote_pair quotes[LANGUAGE_QUOTES]; /* the usual first; those after the last are zero */
    bool dash_dialogue;                        /* speech may open a paragraph with a dash and have no marks */
    const struct date_words *dates;            /* NULL: dates are not looked for */
};

/* The row for `code`: "de", "de-AT", "DE_de".  NULL where there is none. */
const struct language *language_find(const char *code, size_t len);

/* What rules go by where nothing is known of the language. */
const struct language *language_english(void);

#endif
