/* dedupe_shard_slots.h - for each of many keys the documents that were kept with it, in a temporary file.
 *
 * Keys are numbers from 0, documents come in any order, and of one key at most
 * DEDUPE_BUCKET are remembered.  Pages of the file are held in bounded memory.
 * One caller at a time. */
#ifndef DEDUPE_SHARD_SLOTS_H
#define DEDUPE_SHARD_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_keys.h"

struct dedupe_slots;

/* For `keys` keys, all of them without documents.  NULL with errno set. */
struct dedupe_slots *dedupe_slots_new(uint64_t keys, size_t memory, const char *folder);
void dedupe_slots_free(struct dedupe_slots *s);

/* The documents of a key, ascending; says how many, or -1 with errno set. */
int dedupe_slots_find(struct dedupe_slots *s, uint64_t key, uint32_t doc[DEDUPE_BUCKET]);
/* One more, where it is not there yet and there is room.  0, or -1 with errno set. */
int dedupe_slots_put(struct dedupe_slots *s, uint64_t key, uint32_t doc);

#endif
