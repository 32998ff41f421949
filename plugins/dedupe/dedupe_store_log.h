/* dedupe_store_log.h - the payloads of a store: appended to files of about a gigabyte, the oldest of which can go.
 *
 * Beside each such file `docs-N` there is `at-N`, 16 bytes a document: where its
 * payload is, how long, and its checksum, which names document and place. */
#ifndef DEDUPE_STORE_LOG_H
#define DEDUPE_STORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_store_file.h"

struct store_segment {
    uint64_t number, first_doc, docs, length;
};

struct store_segment_files {
    struct store_file data, at;
};

/* Zero is closed.  The last segment is the one that is appended to. */
struct store_log {
    struct store_folder *folder;
    struct store_segment *segment;
    struct store_segment_files *files; /* as many */
    size_t n, cap;
    struct store_out data, at; /* to the last one; closed before the first append */
    size_t buffer;
    uint64_t limit; /* bytes in a segment */
    unsigned char *payload; /* the one that was loaded last */
    size_t payload_cap;
};

void store_log_open(struct store_log *l, struct store_folder *f, size_t buffer, uint64_t limit);
void store_log_close(struct store_log *l);

/* The segments of a manifest: opened, and cut back to their lengths when they are appended to. */
int store_log_take(struct store_log *l, const struct store_segment *segment, size_t n);

/* Must a new segment begin before so many bytes more? */
bool store_log_is_full(const struct store_log *l, size_t payload);
int store_log_begin(struct store_log *l, uint64_t number, uint32_t first_doc);
/* Document `doc`: the next one. */
int store_log_append(struct store_log *l, uint32_t doc, pl_str payload);
int store_log_load(struct store_log *l, uint32_t doc, pl_str *payload);
int store_log_sync(struct store_log *l);
/* Forgets the first segment; its files stay. */
void store_log_drop_first(struct store_log *l);
int store_log_verify(struct store_log *l);

void store_log_names(uint64_t number, char *data, char *at);
uint64_t store_log_bytes(const struct store_log *l);

#endif
