/* fields.h - the fields that every pipeline knows: one table, from which their documentation is printed. */
#ifndef FIELDS_H
#define FIELDS_H

#include "pressline.h"

struct field_info {
    const char *name;
    pl_type type;
    const char *help;
};

/* NULL for a key that is not a well-known field; they run from 1 to fields_last() without a gap. */
const struct field_info *fields_info(pl_key key);
pl_key fields_last(void);

/* Whether the JSON form of an annotation has a member of this name, which no attribute can then have. */
bool fields_note_member(pl_str name);

/* Whether a number under this attribute is the annotation that it links to. */
bool fields_link(pl_str name);

/* "text", "bytes", ... */
const char *fields_type_name(pl_type type);

#endif
