/* sqlite_schema.h - the tables of a database of articles. */
#ifndef SQLITE_SCHEMA_H
#define SQLITE_SCHEMA_H

#include <stddef.h>

/* "PLnw": what `PRAGMA application_id` gives of a database of ours; `user_version` is the form of its tables. */
enum { SCHEMA_APPLICATION = 0x504c6e77, SCHEMA_VERSION = 1 };

/* Those that hold what a record says, in the order in which a record's rows are written. */
enum schema_table {
    SCHEMA_ARTICLES,
    SCHEMA_BYLINES,
    SCHEMA_TAGS,
    SCHEMA_PEOPLE,
    SCHEMA_ORGANISATIONS,
    SCHEMA_PLACES,
    SCHEMA_MENTIONS,
    SCHEMA_TITLES,
    SCHEMA_QUOTATIONS,
    SCHEMA_NOTES,
    SCHEMA_TABLES
};

/* The most columns that a table has behind `article`. */
enum { SCHEMA_MAX_COLUMNS = 32 };

struct schema_info {
    const char *name, *columns; /* behind `article`, which comes first in all of them */
    size_t n_columns;
};

extern const struct schema_info schema_tables[SCHEMA_TABLES];

/* All that is made in a new database, as SQL. */
extern const char schema_sql[];

#endif
