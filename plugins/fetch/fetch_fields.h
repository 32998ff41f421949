/* fetch_fields.h - what came by HTTP, as fields of a record: set where it is read, used and taken away where it is processed.
 *
 * Of the stage, not of the library: it calls the host. */
#ifndef FETCH_FIELDS_H
#define FETCH_FIELDS_H

#include "pressline.h"

/* Names that no pipeline knows beforehand; see plugins/warc/README.md. */
struct fetch_keys {
    pl_key request, response, encoded, ip, truncated, time_ms;
    pl_key payload; /* true: the raw bytes are a payload, whatever the origin; a line of JSONL cannot say so of itself */
    pl_key digest, block_digest;
};
void fetch_keys_init(pl_self *self, struct fetch_keys *k);

/* What is known of one; a text without bytes, a status of 0 and a time below 0 are not. */
struct fetched {
    pl_str url, fetched_at;
    int status;
    pl_str request, head; /* of HTTP, with their empty lines */
    pl_str content_type;  /* as HTTP has it, with its parameters; may be empty */
    bool encoded;         /* the raw bytes have their content encoding */
    pl_str ip, truncated;
    int64_t took_ms;
    pl_str digest, block_digest; /* to be judged by the raw bytes, and by head and raw bytes */
};
/* PL_OK or PL_NOMEM. */
int fetched_set(pl_self *self, pl_record *r, const struct fetch_keys *k, const struct fetched *f);

/* Did fetched_set() make it? */
bool fetched_is(pl_self *self, pl_record *r, const struct fetch_keys *k);
/* What it has of these. */
void fetched_get(pl_self *self, pl_record *r, const struct fetch_keys *k, struct fetched *f);
/* Takes away what only the source needs, and, but for `heads`, what only a `warc` stage does. */
int fetched_clear(pl_self *self, pl_record *r, const struct fetch_keys *k, bool heads);

#endif
