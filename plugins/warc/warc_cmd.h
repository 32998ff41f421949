/* warc_cmd.h - `pressline warc ls | cat | get | verify | index`: what they do with one file or several. */
#ifndef WARC_CMD_H
#define WARC_CMD_H

#include "warc_out.h"

/* What a command does, and how it is told about faults: each a line without LF. */
struct warc_cmd {
    struct warc_out out;
    bool whole;  /* cat, get: records with their heads */
    bool blocks; /* verify: not the payloads' digests */
    void (*tell)(void *arg, const char *message);
    void *arg;
    bool faulty; /* something was told */
};

/* One line a record: offset, type, date, length of the block, address. */
void warc_cmd_ls(struct warc_cmd *c, int n, char **file);
/* Payloads of responses and resources, or all records whole, behind each other. */
void warc_cmd_cat(struct warc_cmd *c, int n, char **file);
/* The newest record of an address, or that with an id, by the index beside a file where there is one. */
void warc_cmd_get(struct warc_cmd *c, const char *key, int n, char **file);
/* Digests, lengths, truncation: what is wrong of each record, and what is right of each file. */
void warc_cmd_verify(struct warc_cmd *c, int n, char **file);
/* CDXJ of all files, sorted. */
void warc_cmd_index(struct warc_cmd *c, int n, char **file);

#endif
