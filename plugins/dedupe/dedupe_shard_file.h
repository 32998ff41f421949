/* dedupe_shard_file.h - a signature file: the signatures of one shard's documents, and their keys in order.
 *
 *     head        what made it: format, byte order, the numbers of the method, the options that matter, CRC-32
 *     documents   for each that has words: its line, its signature (dedupe_keys.h), CRC-32
 *     places      where each of these begins, eight bytes a document
 *     keys        key; document and number of the key in it: 16 bytes a key, ascending
 *     foot        counts, the places of all this, what the shard's bytes were, CRC-32s
 *
 * The foot is written last: a file that was cut has none.  Numbers have the
 * byte order of the machine; a file of another one is refused.  A reader
 * trusts nothing: every length is checked against the file's, every document
 * and section against its CRC-32.
 *
 * One caller at a time. */
#ifndef DEDUPE_SHARD_FILE_H
#define DEDUPE_SHARD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_keys.h"
#include "dedupe_shard_lines.h"
#include "dedupe_sort.h"
#include "pressline.h"

/* The options that signatures depend on. */
struct dedupe_settings {
    bool url, samples;
    pl_str scope; /* names of fields, each followed by a comma */
};

struct dedupe_sig_counts {
    uint64_t documents; /* those with words */
    uint64_t keys;
    struct dedupe_shard_mark shard;
};

/* ---- writing ---- */

struct dedupe_sig_writer;

/* Writes PATH.part.  Temporary files are made in `folder`.  NULL when out of memory; else the others tell what is
 * wrong, this one included, by dedupe_sig_write_message(). */
struct dedupe_sig_writer *dedupe_sig_write(const char *path, const struct dedupe_settings *settings, pl_str shard,
                                           size_t memory, const char *folder);
/* The next document, in the order of the shard. */
int dedupe_sig_write_add(struct dedupe_sig_writer *w, uint64_t line, pl_str signature);
/* The file is whole and gets its name. */
int dedupe_sig_write_end(struct dedupe_sig_writer *w, const struct dedupe_shard_mark *shard);
const char *dedupe_sig_write_message(const struct dedupe_sig_writer *w);
/* Without an end the .part is removed. */
void dedupe_sig_write_free(struct dedupe_sig_writer *w);

/* ---- reading ---- */

struct dedupe_sig;

struct dedupe_sig_doc {
    uint64_t line;
    struct dedupe_signature signature; /* until the next call of the same function */
};

enum dedupe_sig_fault { DEDUPE_SIG_DAMAGED, DEDUPE_SIG_MACHINE, DEDUPE_SIG_FOREIGN };

/* Head and foot are checked.  NULL, with `message` and `why` set. */
struct dedupe_sig *dedupe_sig_open(const char *path, char *message, size_t size, enum dedupe_sig_fault *why);
/* The same of an open file, which is closed with it. */
struct dedupe_sig *dedupe_sig_open_fd(int fd, const char *path, char *message, size_t size, enum dedupe_sig_fault *why);
void dedupe_sig_close(struct dedupe_sig *f);

const struct dedupe_sig_counts *dedupe_sig_counts(const struct dedupe_sig *f);
struct dedupe_settings dedupe_sig_settings(const struct dedupe_sig *f);
pl_str dedupe_sig_shard(const struct dedupe_sig *f); /* the file's name, without folders */

/* 1 and the next key, its `b` being document << 32 | number; 0 at the end, all being well; PL_ERROR. */
int dedupe_sig_next_key(struct dedupe_sig *f, struct dedupe_pair *p);
/* 1 and the next document, in order; 0 at the end; PL_ERROR. */
int dedupe_sig_next_doc(struct dedupe_sig *f, struct dedupe_sig_doc *doc);
/* Any document, from 0.  PL_OK or PL_ERROR. */
int dedupe_sig_doc(struct dedupe_sig *f, uint32_t n, struct dedupe_sig_doc *doc);

const char *dedupe_sig_message(const struct dedupe_sig *f);

#endif
