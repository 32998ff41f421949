/* deadletter.h - the file of records that failed: what, where, why, and the bytes they were read from.
 *
 * JSONL, in input order:
 *   {"origin":…,"id":…,"source":…,"stage":…,"code":…,"message":…,"raw":"text"|{"base64":…}|null,"given":{…}}
 *
 * `given` is what the source said of the bytes when it read them, as the fields of an address; left away where that was nothing. */
#ifndef DEADLETTER_H
#define DEADLETTER_H

#include "buf.h"
#include "record.h"

/* The record's letter with its newline; `stage` is the name of the stage where it failed. */
void deadletter_write(struct buf *b, const pl_record *r, pl_str stage);

/* Once, when the source has made the record: notes in it what the source said. */
void deadletter_give(pl_record *r);

#endif
