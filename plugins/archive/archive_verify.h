/* archive_verify.h - whether an archive is whole: what is damaged in it, and what is still good. */
#ifndef ARCHIVE_VERIFY_H
#define ARCHIVE_VERIFY_H

#include "archive_index.h"
#include "pressline.h"

struct archive_report {
    bool whole; /* nothing is wrong with the archive or what lies beside it */
    bool sound; /* the archive is, whatever lies beside it */
    bool plain, blocks;
    bool indexed, gzi, zran;     /* there is one, and it was compared */
    uint64_t length, content;    /* bytes of the file; good ones of its content */
    uint64_t n_members, n_bad;   /* good ones with content; places that are damaged */
    uint64_t n_records;          /* good ones */
    uint64_t n_first, first_end; /* of them, those before all damage; the byte of the file up to which nothing is wrong */
};

/* Reads the archive and PATH.idx, PATH.gzi and PATH.zran, where they are there, against each other; `told` hears of each mistake, the
 * first 100 of them, with a place in the file that the text names.  Behind damage it goes on where the next block begins.  Memory is
 * bounded.  PL_OK, damaged or not; PL_ERROR with `message`: the machine failed, or there is no such file. */
int archive_verify(const char *path, void (*told)(void *to, const char *what), void *to, struct archive_report *report,
                   char *message, size_t size);

#endif
