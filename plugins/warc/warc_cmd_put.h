/* warc_cmd_put.h - a record to standard output. */
#ifndef WARC_CMD_PUT_H
#define WARC_CMD_PUT_H

#include "../shared/warc_read.h"
#include "warc_cmd.h"

/* The record that warc_next() gave: its payload, or all of it; answers as warc_block(). */
int warc_cmd_put(struct warc_cmd *c, struct warc_reader *r);

#endif
