/* warc_cmd_put.h - a record to standard output. */
#ifndef WARC_CMD_PUT_H
#define WARC_CMD_PUT_H

#include "warc_cmd.h"
#include "warc_read.h"

/* The record that warc_next() gave: its payload, or all of it; answers as warc_block(). */
int warc_cmd_put(struct warc_cmd *c, struct warc_reader *r);

#endif
