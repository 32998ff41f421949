/* archive_cat.h - gzip files of any make as they were before, as far as they are whole. */
#ifndef ARCHIVE_CAT_H
#define ARCHIVE_CAT_H

#include "pressline.h"

enum cat_result {
    CAT_OK,
    CAT_FAULT,  /* of the file: see the message; the next file may be tried */
    CAT_CLOSED, /* nobody reads the output any more */
    CAT_STOP    /* the output cannot be written: see the message */
};

/* Writes what `path` ("-": standard input) holds to `out`.  Of a file that is cut off all complete lines are
 * written; of a block or small member that fails its checksum nothing is.  Memory is bounded.  Messages name file and offset. */
enum cat_result archive_cat(const char *path, int out, char *message, size_t size);

/* The same of an open file that is called `name`. */
enum cat_result archive_cat_open(int in, const char *name, int out, char *message, size_t size);

#endif
