/* fetch_convert.h - bytes of any encoding as UTF-8. */
#ifndef FETCH_CONVERT_H
#define FETCH_CONVERT_H

#include <iconv.h>

#include "fetch_bytes.h"
#include "fetch_labels.h"

/* What reading bytes as UTF-8 finds. */
struct utf8_scan {
    size_t first_high; /* where the first byte above 0x7F is; the length where there is none */
    size_t n_chars;    /* well-formed characters above U+007F */
    size_t n_bad;      /* faults, each a maximal part of a character (Unicode 15, section 3.9) */
    bool cut;          /* the end falls into a character; not counted in n_bad */
};
struct utf8_scan utf8_scan(pl_str s);
/* The character at `p`, of n > 0 bytes.  Well-formed: its length.  Else *bad, and how many bytes the fault takes up; *cut
 * when it is only that the end is too near. */
size_t utf8_step(const unsigned char *p, size_t n, bool *bad, bool *cut);

/* The character of a byte in windows-1252, and so what was meant by one between U+0080 and U+009F; any other is itself. */
unsigned windows_1252_of(unsigned c);

/* A converter keeps the last iconv descriptor; zero is ready. */
struct converter {
    iconv_t cd;
    const char *open; /* the iconv name that cd is for; NULL: none */
};
void converter_done(struct converter *c);

/* `in`, taken to be of encoding `e`, as UTF-8 into `out` (emptied first).  What is no character becomes U+FFFD, each
 * counted in *n_replaced.  PL_OK, PL_NOMEM, or PL_ERROR where the C library lacks the encoding. */
int convert(struct converter *c, const struct encoding *e, pl_str in, struct bytes *out, size_t *n_replaced);

#endif
