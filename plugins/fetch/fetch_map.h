/* fetch_map.h - other people's names for the fields of a record: "headline" is our `title`. */
#ifndef FETCH_MAP_H
#define FETCH_MAP_H

#include "pressline.h"

struct field_map;

/* `entries` are the option's: "title=headline", ours first, several of one field in the order of their rank; they go before
 * the usual names, which are always known.  Called in open().  PL_OK, PL_NOMEM, or PL_ERROR and a message. */
int field_map_make(struct field_map **m, pl_self *self, pl_list entries, char *message, size_t size);
void field_map_free(struct field_map *m); /* NULL too */

/* Gives a record that was read from JSON our fields where it has none of that name, from the first of the names known for it
 * that holds something; the original stays as it is.  PL_OK or PL_NOMEM.  In process(). */
int field_map_apply(const struct field_map *m, pl_self *self, pl_record *r);

#endif
