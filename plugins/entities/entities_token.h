/* entities_token.h - an article as tokens, sentences and paragraphs.
 *
 * A token is a word, a number or one mark of punctuation; "'s" and the hyphen
 * are tokens of their own ("Al-Kadhimi's" is four), "U.S.", "Mr." and
 * "O'Brien" are one.  A paragraph is a line, a sentence lies in one. */
#ifndef ENTITIES_TOKEN_H
#define ENTITIES_TOKEN_H

#include "entities_arena.h"
#include "entities_gazetteer.h"
#include "entities_language.h"

#include <string.h>

enum token_kind {
    TOKEN_WORD,
    TOKEN_NUMBER, /* starts with a digit: "1,200", "19th", "4G" */
    TOKEN_OTHER,  /* an address, a handle, a hashtag */
    TOKEN_SUFFIX, /* 's 're 'll after a word */
    TOKEN_DASH,   /* hyphen or dash */
    TOKEN_QUOTE,  /* any quotation mark that is no apostrophe */
    TOKEN_STOP,   /* . ! ? and the ellipsis */
    TOKEN_PUNCT
};

enum {
    TOKEN_CAPITAL = 1,  /* starts with a capital */
    TOKEN_CAPITALS = 2, /* all capitals, at least two */
    TOKEN_GLUED = 4,    /* no space before it */
    TOKEN_FIRST = 8,    /* the first word of its sentence */
    TOKEN_INITIAL = 16  /* one capital and a dot: "J." */
};

struct token {
    uint64_t classes; /* of the word by itself, see gaz_class */
    uint64_t phrase_classes;
    uint32_t begin, end; /* bytes of the text */
    uint32_t sentence;
    uint32_t hash; /* of the word's ASCII form in lower case, for tables of words; not the same on every machine */
    uint16_t home, phrase_home;
    uint8_t key_len; /* 0: too long to be in any list */
    uint8_t kind, flags;
    uint8_t phrase; /* how many tokens the longest listed phrase from here has; 0: none */
};

enum {
    SENTENCE_TITLE_CASE = 1, /* a headline in capitalised words */
    SENTENCE_CAPITALS = 2,   /* all in capitals */
    SENTENCE_OPEN = 4        /* no full stop: a headline, a caption, a list item */
};

struct sentence {
    uint32_t first, end; /* tokens */
    uint32_t paragraph;
    uint8_t flags;
};

struct paragraph {
    uint32_t first, end; /* tokens */
};

struct document {
    struct arena *arena;
    const struct gazetteer *gaz;
    const struct language *language; /* NULL means English */
    const char *text;
    size_t len;
    char *folded; /* the ASCII form of each token's word begins at its `begin` */
    char *lower;  /* and here the same in lower case */
    struct token *tokens;
    size_t n_tokens;
    struct sentence *sentences;
    size_t n_sentences;
    struct paragraph *paragraphs;
    size_t n_paragraphs;
};

/* Fills in tokens, sentences and paragraphs; `arena`, `gaz`, `text` and `len` are set, len
 * < 2^31.  False when there is no memory. */
bool document_tokenise(struct document *d);

static inline const struct paragraph *token_paragraph(const struct document *d, size_t token)
{
    return &d->paragraphs[d->sentences[d->tokens[token].sentence].paragraph];
}

/* The ASCII form of a token's word, not NUL-terminated. */
static inline const char *token_key(const struct document *d, const struct token *t)
{
    return d->folded + t->begin;
}

/* Is it the mark of punctuation `mark`, an ASCII character?  False behind the last token. */
static inline bool token_is_mark(const struct document *d, size_t token, char mark)
{
    return token < d->n_tokens && d->tokens[token].kind == TOKEN_PUNCT && d->text[d->tokens[token].begin] == mark;
}

/* A word without a capital at its start.  There is such a token. */
static inline bool token_is_lower(const struct document *d, size_t token)
{
    return d->tokens[token].kind == TOKEN_WORD && !(d->tokens[token].flags & TOKEN_CAPITAL);
}

/* "Mr.", "Sir": an honorific that nothing but a person follows. */
bool token_is_strict_honorific(const struct document *d, size_t token);

/* Is it one of `words` (in lower case, NULL behind the last), whatever its case here? */
bool token_is_any(const struct document *d, size_t token, const char *const *words);

/* Is the word `lower` (in lower case), whatever its case here?  Where `lower` is a literal, a comparison of numbers. */
static inline bool token_is(const struct document *d, size_t token, const char *lower)
{
    if (token >= d->n_tokens)
        return false;
    const struct token *t = &d->tokens[token];
    const char *word = d->lower + t->begin;
    return *word == *lower && *lower && t->key_len == strlen(lower) && memcmp(word, lower, t->key_len) == 0;
}

#endif
