/* identity.h - what must stay the same while a run goes on: settings and builds. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "pipeline.h"
#include "shard.h"

/* Appends the settings that can change what comes out, the shard, and the SHA-256 of the program and of each plugin, as lines
 * "OWNER: NAME=VALUE". */
void identity_write(struct buf *b, const struct pipeline *p, const struct shard *shard);

/* Appends what differs, a line each, "stage 'clean': min_text was 200, is 100\n", the first dozen of them. */
void identity_changes(struct buf *b, pl_str was, pl_str is);

#endif
