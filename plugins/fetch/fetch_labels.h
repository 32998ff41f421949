/* fetch_labels.h - the names of character encodings, as the WHATWG Encoding Standard has them. */
#ifndef FETCH_LABELS_H
#define FETCH_LABELS_H

#include "pressline.h"

struct encoding {
    const char *name;   /* the standard's, in lower case */
    const char *iconv;  /* the superset that browsers decode it by; NULL: decoded here */
    const char *labels; /* parted by spaces; a space at both ends */
};

/* The encodings that fetch decodes by itself. */
extern const struct encoding encoding_utf8, encoding_windows_1252;

/* By a label in any case, spaces around it ignored; NULL when there is none.  The encodings that the standard maps to
 * `replacement` (ISO-2022-KR, HZ and the like) are not known. */
const struct encoding *encoding_find(pl_str label);

#endif
