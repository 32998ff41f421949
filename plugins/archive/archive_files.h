/* archive_files.h - the files of an archive stage, one or many, to which blocks are appended in order, and their indexes.
 *
 * All are published at the run's end.  For each, the index of an archive that had the name before goes first, then the archive
 * gets its name, then its index: whoever reads meanwhile finds an archive without an index, never with a wrong one. */
#ifndef ARCHIVE_FILES_H
#define ARCHIVE_FILES_H

#include "../shared/deflate.h"
#include "../shared/part.h"
#include "archive_index.h"
#include "archive_name.h"
#include "archive_pack.h"
#include "archive_table.h"

struct archive_file {
    struct part part;
    struct archive_chain chain;
    uint64_t used; /* when it was last, for who rests */
};

struct archive_files {
    const struct archive_name *name;
    bool compressed, index;
    enum archive_format format;
    enum deflate_by by;
    uint64_t start;  /* bytes of the header that each file begins with */
    size_t max_open;
    size_t max_files; /* an archive_files_restore() that tells of more is refused */
    struct archive_table names;
    struct archive_file **file;
    size_t cap, n_open;
    uint64_t clock;
    uint64_t n_appended; /* blocks */
    struct archive_rows rows;
    bool has_rows;
    bool ended;
    bool machine; /* the last fault was the machine's: the same may work later */
    char message[512];
};

/* All return PL_OK, or PL_ERROR with `message` set.  The caller has set what stands before `names`; rows are kept as `rows`
 * (see archive_rows_open()).  Opens the file where there is only one. */
int archive_files_open(struct archive_files *fs, pl_str rows);
/* Appends block->bytes, and keeps its rows. */
int archive_files_append(struct archive_files *fs, const struct archive_block *block);
/* Appends what ends a file to each. */
int archive_files_end(struct archive_files *fs);
/* All of it is on the disk; *saved is what restore needs, which the caller frees. */
int archive_files_checkpoint(struct archive_files *fs, pl_str *saved);
/* `machine` is false where what was saved, or what is there, is not what it was. */
int archive_files_restore(struct archive_files *fs, pl_str saved);
/* Makes the indexes and gives all files their names.  May be repeated, after a restore, too. */
int archive_files_publish(struct archive_files *fs);
int archive_files_close(struct archive_files *fs);

#endif
