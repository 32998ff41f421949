/* dedupe_record.h - signatures of records, and what a decision leaves in them: what the stage and the steps over
 * shards have in common of records and options. */
#ifndef DEDUPE_RECORD_H
#define DEDUPE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_sketch.h"
#include "pressline.h"

/* The options of the plugin. */
struct dedupe_config {
    double threshold;
    pl_str action;
    pl_list scope;
    bool canonical_url;
    double url_similarity;
    double containment;
    pl_str store;
    int64_t store_memory;
    int64_t retain; /* ms */
};

struct dedupe_rules dedupe_rules_of(const struct dedupe_config *config);

enum { DEDUPE_MAX_SCOPE = 16 };

/* Keys of fields, and which keys a signature gets. */
struct dedupe_fields {
    pl_key scope[DEDUPE_MAX_SCOPE];
    size_t n_scope;
    pl_key cluster, kind, contained, contains, contains_share;
    bool url, samples;
    bool origin; /* there are records of earlier runs: the same one again is to be known */
    bool retried;
    uint64_t run;
};

/* To be called in open() or a command.  PL_FATAL, and told, where `scope` names too many fields. */
int dedupe_fields_init(struct dedupe_fields *f, pl_self *self, const struct dedupe_config *config, bool origin);

/* The signature of `r` in memory of the record; {NULL, 0} for a text without words, which repeats nothing.  PL_OK, or
 * PL_NOMEM. */
int dedupe_record_sign(pl_self *self, pl_record *r, const struct dedupe_fields *f, struct dedupe_sketcher *k,
                       pl_str *signature);

/* Sets the fields that tell what was decided: those of a duplicate, or `dedupe.contains`.  PL_OK, or PL_NOMEM. */
int dedupe_record_tell(pl_self *self, pl_record *r, const struct dedupe_fields *f, const struct dedupe_decision *m);

/* "exact", "near", "url", "contained"; "new" and "same" are not in records. */
const char *dedupe_kind_name(enum dedupe_kind kind);

#endif
