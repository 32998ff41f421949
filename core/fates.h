/* fates.h - what became of a record, as `explain` tells it: a line of JSON in STATE/run-N/fates.jsonl.
 *
 *   {"id":…,"origin":…,"source":…,"fate":"out"|"dropped"|"failed","stage":…,"word":…,"message":…,"duplicate_of":…,
 *    "similarity":…,"entry":…,"seen":[…]}
 *
 * `stage`, `word` (reason or code) and `message` are those of a drop or failure; `entry` is the first stage that could see
 * it, `seen` are the stages that did. */
#ifndef FATES_H
#define FATES_H

#include "run.h"

/* The line of a record that has met its fate, with its newline. */
void fate_write(struct buf *b, const struct run *run, const pl_record *r);

#endif
