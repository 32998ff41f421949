/* fates.h - what became of a record, as `explain` tells it: a line of JSON in STATE/run-N/fates.jsonl.
 *
 *   {"id":…,"origin":…,"source":…,"fate":"out"|"dropped"|"failed","stage":…,"word":…,"message":…,"duplicate_of":…,
 *    "similarity":…,"way":[…]}
 *
 * `stage`, `word` (reason or code) and `message` are those of a drop or failure; `way` are the stages that it came to, with
 * a minus before those that passed it by because their `when` did not hold, and a plus before the one that made it out of
 * another record. */
#ifndef FATES_H
#define FATES_H

#include "run.h"

/* The line of a record that has met its fate, with its newline. */
void fate_write(struct buf *b, const struct run *run, const pl_record *r);

#endif
