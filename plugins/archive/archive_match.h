/* archive_match.h - whether a line's record has a field of some value. */
#ifndef ARCHIVE_MATCH_H
#define ARCHIVE_MATCH_H

#include "pressline.h"

/* What is asked: FIELD=VALUE, FIELD!=VALUE, FIELD~REGEX, FIELD!~REGEX, or FIELD: it is there and not null.
 *
 * A value is a field's text, or a number that is as large, or true or false; of a list any element may have it, of an object
 * any member.  A FIELD with dots that is no field's name leads into objects and lists: `entities.people.name`.  A REGEX (PCRE2)
 * looks at text; one that takes too long does not match, and is counted. */
struct archive_match;

/* NULL with `message` set. */
struct archive_match *archive_match_new(const char *condition, char *message, size_t size);
void archive_match_free(struct archive_match *m);

/* Whether the line, one record, may hold; quick, from its bytes alone: false is certain. */
bool archive_match_may(const struct archive_match *m, pl_str line);
/* Whether it holds, for a line that ajson_fields() found right.  1, 0, or PL_NOMEM. */
int archive_match_holds(struct archive_match *m, pl_str line);
/* How many values ran into the pattern's limits. */
uint64_t archive_match_limited(const struct archive_match *m);

#endif
