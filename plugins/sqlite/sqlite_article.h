/* sqlite_article.h - a record's JSON line as the rows of its tables.
 *
 * Nothing is lost: a field or an attribute that has no column, or is not of its column's kind, is in the row's `more`, as
 * JSON.  The same line always gives the same rows in the same order, which is that of the tables and of their keys. */
#ifndef SQLITE_ARTICLE_H
#define SQLITE_ARTICLE_H

#include "sqlite_rows.h"

struct note;

/* What is used again for the next record; zero is ready. */
struct article {
    struct rows rows; /* of the last record */
    struct rows more; /* being gathered */
    struct note *notes;
    size_t n_notes, cap_notes;
};

enum article_result { ARTICLE_OK, ARTICLE_WRONG, ARTICLE_NO_MEMORY };

/* Fills a->rows.  WRONG: it is no record with an `id`; `why` then says what is wrong. */
enum article_result article_read(struct article *a, pl_str line, const char **why);
/* Gives back what a large record took. */
void article_trim(struct article *a);
void article_done(struct article *a);

#endif
