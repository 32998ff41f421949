/* entities_language.c - the table of languages. */
#include "entities_language.h"

/* Straight marks are written in all of them and single ones nest in most; the
 * order of a row is how common a pair is in print. */
static const struct language languages[] = {
    {"en", {{0x201C, 0x201D}, {'"', '"'}, {0x2018, 0x2019}, {'\'', '\''}, {0xAB, 0xBB}}, false, &date_words_en},
    {"de", {{0x201E, 0x201C}, {0xBB, 0xAB}, {'"', '"'}, {0x201A, 0x2018}, {0x203A, 0x2039}, {0xAB, 0xBB}},
     false, &date_words_de},
    {"fr", {{0xAB, 0xBB}, {0x201C, 0x201D}, {'"', '"'}, {0x2039, 0x203A}}, true, &date_words_fr},
    {"es", {{0xAB, 0xBB}, {0x201C, 0x201D}, {'"', '"'}, {0x2018, 0x2019}}, true, &date_words_es},
    {"it", {{0xAB, 0xBB}, {0x201C, 0x201D}, {'"', '"'}, {0x2018, 0x2019}}, true, NULL},
    {"pt", {{0x201C, 0x201D}, {0xAB, 0xBB}, {'"', '"'}, {0x2018, 0x2019}}, true, NULL},
    {"nl", {{0x201C, 0x201D}, {0x2018, 0x2019}, {'"', '"'}, {0x201E, 0x201D}, {'\'', '\''}}, false, NULL},
    {"sv", {{0x201D, 0x201D}, {'"', '"'}, {0xBB, 0xBB}, {0x2019, 0x2019}}, true, NULL},
    {"pl", {{0x201E, 0x201D}, {'"', '"'}, {0xAB, 0xBB}, {0x201A, 0x2019}}, true, NULL},
    {"zh", {{0x201C, 0x201D}, {0x300C, 0x300D}, {0x300E, 0x300F}, {'"', '"'}}, false, NULL},
    {"ja", {{0x300C, 0x300D}, {0x300E, 0x300F}, {'"', '"'}}, false, NULL},
    {"ru", {{0xAB, 0xBB}, {0x201E, 0x201C}, {'"', '"'}}, true, NULL},
};

const struct language *language_find(const char *code, size_t len)
{
    if (len < 2 || (len > 2 && code[2] != '-' && code[2] != '_'))
        return NULL;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        const char *row = languages[i].code;
        if ((code[0] | 32) == row[0] && (code[1] | 32) == row[1])
            return &languages[i];
    }
    return NULL;
}

const struct language *language_english(void)
{
    return &languages[0];
}
