/* config_text.h - the text of pipeline files as tokens, includes resolved.
 *
 * libconfig 1.5 reads 99999999999 as 1215752191 and 1.7 reads 010 as 8; both cut a string at "\x00", look for
 * an included file in the working directory, and answer most mistakes with "syntax error".  So the tokens are read here,
 * values and places with them, and libconfig is shown only their skeleton (config.c). */
#ifndef CONFIG_TEXT_H
#define CONFIG_TEXT_H

#include "arena.h"
#include "errors.h"
#include "pressline.h"

enum token_type { TOKEN_NAME, TOKEN_BOOL, TOKEN_INT, TOKEN_REAL, TOKEN_STR, TOKEN_PUNCT };

struct token {
    enum token_type type;
    const char *file;
    int line;
    pl_str text; /* as written; of a STR what it stands for, adjacent strings joined */
    union {
        bool b;
        int64_t i;
        double f;
    } as;
    bool repeated; /* a NAME that its group has already */
    bool wrong;    /* a value of which a mistake has been told */
    bool ignored;  /* told as a mistake, and no longer there: the rest can be proved without it */
};

struct tokens {
    struct token *at;
    size_t n, cap;
};

/* Append the tokens of a file and of all that it includes; memory is the arena's.  PL_ERROR when a file cannot be read or
 * its end of a string or comment not be found.  Smaller mistakes go to errs, are mended, and PL_OK is returned. */
int config_text_file(struct arena *a, const char *path, struct tokens *out, struct errors *errs);

/* The same for a text that did not come from a file; `name` is its file in messages, its line 0. */
int config_text_string(struct arena *a, pl_str text, const char *name, struct tokens *out, struct errors *errs);

/* Look for the mistakes that libconfig has no words for: brackets that do not match, a comma before a closing bracket,
 * text without quotes, a name set twice, nesting too deep.  PL_ERROR when a parser could make nothing of it. */
int config_text_prove(struct tokens *tokens, struct errors *errs);

static inline bool token_is(const struct token *t, char punct)
{
    return t->type == TOKEN_PUNCT && t->text.ptr[0] == punct;
}

#endif
