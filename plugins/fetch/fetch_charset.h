/* fetch_charset.h - a page's bytes as UTF-8, whatever they were. */
#ifndef FETCH_CHARSET_H
#define FETCH_CHARSET_H

#include "fetch_convert.h"

/* What a decoder keeps from page to page; one a thread, zero is ready. */
struct decoder {
    struct converter converter;
    struct bytes out;
    void *detector; /* uchardet's; NULL until it is first needed, or where the library is not built in */
    bool starved;   /* there was no memory to guess */
};
/* Once, before any other call. */
void decoder_init(void);
void decoder_done(struct decoder *d);

struct decoded {
    pl_str text;       /* UTF-8 without a byte order mark: of what was given, or the decoder's until its next use */
    const char *name;  /* of the encoding it was, as in the WHATWG standard */
    size_t n_replaced; /* faults that became U+FFFD */
    bool guessed;      /* nothing said what it was */
    bool converted;    /* `text` is the decoder's */
};

/* In this order: a byte order mark; UTF-8 that is well-formed; `declared`, a label from outside (HTTP) or empty; the
 * page's own `<meta>`; what the bytes look like.  A declaration of UTF-8 that the bytes belie is passed over.
 * PL_OK or PL_NOMEM. */
int decode(struct decoder *d, pl_str page, pl_str declared, struct decoded *to);

#endif
