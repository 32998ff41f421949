/* archive_index.h - which records an archive holds, and where: PATH.idx beside PATH.
 *
 * A record is known by its number: 0, 1, 2 ... in the order of the archive.  Places are offsets in the archive's content,
 * that is, of what zcat writes; a record reaches from its own to the next one's, its line's end included.
 *
 * The file is little-endian: a head, then three tables, cut into pages of up to 4,096 bytes that end in a CRC-32.
 *
 *   head     80 bytes, see archive_index.c: version, counts, the archive's length and CRC-32
 *   records  in order: offset (6 bytes), CRC-32 of the record's bytes (4)
 *   blocks   in order: where a gzip member begins in the archive (6 bytes) and in its content (6)
 *   keys     in order: the first 48 bits of the hash of a key (6 bytes), the number of a record (4)
 *
 * A key is an id or a URL; a record has up to three.  Keys that differ may share a hash (1 in 2^48): who finds a record looks
 * whether it is the one that was asked for, where the record says so.
 *
 * Functions that return int give PL_OK, PL_ERROR with `message` set, or what is told.  A message names file and place.  Damage in a page
 * is found when the page is read. */
#ifndef ARCHIVE_INDEX_H
#define ARCHIVE_INDEX_H

#include <stdint.h>

#include "../shared/part.h"
#include "pressline.h"

enum {
    ARCHIVE_INDEX_VERSION = 1,
    ARCHIVE_KEYS = 3,         /* of a record, at most: its id, its `canonical_url`, its `url` */
    ARCHIVE_ROW = 32,         /* bytes of a row as it is kept */
    ARCHIVE_TAIL = 4096       /* bytes of the archive's end whose CRC-32 the index knows */
};

/* How the archive holds its content. */
enum archive_holds {
    ARCHIVE_PLAIN,   /* as it is; no blocks */
    ARCHIVE_MEMBERS, /* in gzip members, each of them a block */
    ARCHIVE_STREAM   /* in a gzip file of another make, whose members are too large: no blocks; see archive_zran.h */
};

/* What the lines are. */
enum archive_format { ARCHIVE_JSONL, ARCHIVE_CSV, ARCHIVE_TSV };

enum archive_key { ARCHIVE_ID = 1, ARCHIVE_URL = 2 };

/* The hash of an id or URL, of which `text` is all; 0 where it is empty: no key.  SipHash-2-4 with the kind for its key. */
uint64_t archive_key(enum archive_key kind, pl_str text);

/* A record, as it is told to the index. */
struct archive_row {
    uint64_t key[ARCHIVE_KEYS]; /* 0: none; the same one twice counts once */
    uint32_t len, crc;
};

/* ---- reading: any number of threads, each with its own ---- */

struct archive_index {
    int fd;
    char *path;
    uint64_t n_records, n_blocks, n_keys;
    uint64_t start;       /* bytes of content before the first record: a CSV's header */
    uint64_t content_len; /* bytes of content; behind the last record there is nothing */
    uint64_t archive_len; /* bytes of the archive */
    uint32_t archive_crc; /* CRC-32 of all of them */
    uint32_t tail_crc;    /* of the last ARCHIVE_TAIL of them, or of all */
    uint32_t head_crc;    /* the index's own */
    enum archive_holds holds;
    enum archive_format format;
    uint64_t table[3]; /* where the tables begin in the file */
    unsigned char page[3][4096];
    uint64_t at[3]; /* which page of its table is in page[], plus 1; 0: none */
    char message[512];
};

struct archive_place {
    uint64_t number;
    uint64_t offset, len; /* in the content */
    uint32_t crc;
    /* With ARCHIVE_MEMBERS, of the block in which the record begins; the record may end in a later one. */
    uint64_t block;          /* its number */
    uint64_t block_at;       /* where it begins in the archive, */
    uint64_t block_end;      /* and where the next one does, or where the archive ends */
    uint64_t block_content;  /* where it begins in the content, */
    uint64_t block_content_end;
};

/* PL_OK; PL_AGAIN with `message` set: there is no such file; PL_ERROR: it is damaged, of a later version, or no index.
 * Zero is closed. */
int archive_index_open(struct archive_index *ix, const char *path);
void archive_index_close(struct archive_index *ix);

/* Whether the index is that of the archive open as `fd`, by its length and its end: PL_ERROR where it is not.  All of the
 * archive's bytes are compared by who reads them (archive_len, archive_crc). */
int archive_index_fits(struct archive_index *ix, int fd);

/* The places of the record `number`.  PL_ERROR past the last, too. */
int archive_index_record(struct archive_index *ix, uint64_t number, struct archive_place *place);
/* Where a block lies: block_* of *place are set.  One begins where the one before ends. */
int archive_index_block(struct archive_index *ix, uint64_t block, struct archive_place *place);
/* The block of that place in the content, which lies below content_len. */
int archive_index_block_of(struct archive_index *ix, uint64_t offset, struct archive_place *place);

/* The records with that key, in order:
 *     struct archive_search s;
 *     for (rc = archive_index_find(ix, &s, archive_key(ARCHIVE_ID, id)); rc == PL_OK && s.found; rc = archive_index_next(ix, &s))
 *         ... s.place ... */
struct archive_search {
    uint64_t hash, at; /* at: among the keys */
    bool found;
    struct archive_place place;
};
int archive_index_find(struct archive_index *ix, struct archive_search *s, uint64_t key);
int archive_index_next(struct archive_index *ix, struct archive_search *s);

/* Reads all of it: every page's CRC-32, every order, every number and offset, each key's record. */
int archive_index_verify(struct archive_index *ix);

/* ---- making one ---- */

/* Rows and blocks are kept in a file of their own until the index is written, as runs ("frames") of them that belong
 * together; one file serves many archives.  PATH is a file that the run keeps for it, of which `part` is made; or empty: one
 * without a name in the folder for temporary files. */
struct archive_rows {
    struct part log; /* never published; closed where the file has no name */
    int fd;          /* of the log, or of the file without a name */
    uint64_t length;
    size_t at_once;  /* keys that are sorted in memory at a time; 0: as many as is good */
    bool machine;    /* the last fault was the machine's */
    char message[512];
};

/* The frames of one archive, chained from the last to the first; what is saved and restored of it are these numbers. */
struct archive_chain {
    uint64_t last;      /* the place of the last frame, plus 1; 0: none */
    uint64_t n_frames, n_rows;
    uint64_t content_len, archive_len; /* of the blocks */
};

int archive_rows_open(struct archive_rows *rows, pl_str path);
void archive_rows_close(struct archive_rows *rows);
int archive_rows_sync(struct archive_rows *rows);
/* To what archive_rows_sync() left, as part_restore() does. */
int archive_rows_restore(struct archive_rows *rows, uint64_t length, uint32_t crc);

/* A block of `content` bytes that takes `len` bytes of the archive (both 0: no block), and rows of records in order.  A
 * record's row comes with the block in which the record ends, or later. */
int archive_rows_add(struct archive_rows *rows, struct archive_chain *chain, const struct archive_row *row, size_t n,
                     uint32_t content, uint32_t len);
/* The same of `n` rows that archive_row_put() made. */
int archive_rows_add_put(struct archive_rows *rows, struct archive_chain *chain, const unsigned char *row, size_t n,
                         uint32_t content, uint32_t len);
void archive_row_put(unsigned char to[ARCHIVE_ROW], const struct archive_row *row);

/* What the index says of its archive. */
struct archive_about {
    enum archive_holds holds;
    enum archive_format format;
    uint64_t start;                   /* bytes of content before the first record */
    uint64_t archive_len;             /* all bytes, the end marker too */
    uint32_t archive_crc, tail_crc;
    uint64_t content_len;             /* for ARCHIVE_PLAIN and ARCHIVE_STREAM; else it is the blocks' */
};

/* Writes the index of a chain to `out`, PATH.idx opened with part_open(), and syncs it; part_publish() gives it its name.
 * Memory is bounded, about 64 MB.  Faults are told in rows->message.  Refused where there are 2^32 records or more, or the
 * rows do not fill the content. */
int archive_index_write(struct archive_rows *rows, const struct archive_chain *chain, const struct archive_about *about,
                        struct part *out);

/* The same for PATH.gzi, htslib's: where each block but the first begins. */
int archive_gzi_write(struct archive_rows *rows, const struct archive_chain *chain, struct part *out);

/* The CRC-32 of the last ARCHIVE_TAIL of the first `len` bytes of a file; errno is set where it is PL_ERROR. */
int archive_tail_crc(int fd, uint64_t len, uint32_t *crc);

#endif
