/* entities_title.h - the offices and honorifics of the persons found. */
#ifndef ENTITIES_TITLE_H
#define ENTITIES_TITLE_H

#include "entities_mention.h"

struct title {
    uint32_t begin, end;  /* bytes of the text */
    uint32_t first, last; /* tokens */
    uint32_t person;      /* the mention it belongs to */
};

struct titles {
    struct title *at; /* in order of the text */
    size_t n;
};

/* Before a name: "US Secretary of State", "Iraqi [Prime Minister]", "Mr."; behind it: "Salah Goudjil, [speaker of the
 * Algerian parliament]".  An office that was taken for part of the name is cut off it.  False when there is no
 * memory. */
bool titles_find(const struct document *d, struct mentions *m, struct titles *found);

#endif
