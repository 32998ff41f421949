/* fetch_entity.h - character references: &eacute; &#233; &#xE9; and the names that HTML 4 has for characters. */
#ifndef FETCH_ENTITY_H
#define FETCH_ENTITY_H

#include "fetch_bytes.h"
#include "pressline.h"

/* The character of a name ("eacute"); 0 when there is none. */
unsigned entity_find(pl_str name);

/* Reads one at the start of `text` ("&eacute;..."): its length, and the character in UTF-8; 0 where there is none. */
size_t reference_read(pl_str text, char out[4], size_t *n_out);

/* `text` with its references resolved, once, behind what is in `out`; what is none is left.  PL_OK or PL_NOMEM. */
int references_undo(pl_str text, struct bytes *out);

/* The length of a character in UTF-8. */
size_t utf8_put(unsigned c, char out[4]);

#endif
