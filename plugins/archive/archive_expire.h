/* archive_expire.h - an archive whose newest record is older than it may be, removed.
 *
 * What is removed is nothing but an archive of our own, whole: a file that is no link, in folders that are no links, not being
 * written, with an index that knows each of its bytes, and with a date in each of its records. */
#ifndef ARCHIVE_EXPIRE_H
#define ARCHIVE_EXPIRE_H

#include <stdint.h>

#include "pressline.h"

struct archive_expiry {
    const char *field; /* that has the date */
    int64_t before;    /* second since 1970: an archive goes where its newest record is of an earlier one */
    bool remove;
};

enum archive_fate {
    FATE_YOUNG,   /* some record is not that old; no more was looked at */
    FATE_UNSURE,  /* it stays: `message` tells why */
    FATE_OLD,     /* it could go */
    FATE_REMOVED, /* it is gone, with its .idx and .gzi */
    FATE_FAULT    /* it cannot be read, or removed; or what was beside it could not: `message` tells */
};

struct archive_expired {
    uint64_t n_records;
    int64_t newest;       /* where it is old */
    char newest_text[64]; /* as the record has it */
};

enum archive_fate archive_expire(const char *path, const struct archive_expiry *e, struct archive_expired *found, char *message,
                                 size_t size);

#endif
