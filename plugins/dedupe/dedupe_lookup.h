/* dedupe_lookup.h - what a document repeats of those in a store, and the store's learning of it. */
#ifndef DEDUPE_LOOKUP_H
#define DEDUPE_LOOKUP_H

#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_store.h"

/* Decides on the document whose signature is `s`.  The keys that may settle it alone are looked up first: the others of an
 * exact copy would all be found, each at the price of a read.  Returns what dedupe_store.h and dedupe_decide.h do; a
 * PL_ERROR has its message in the store's fault. */
int dedupe_lookup(struct dedupe_store *st, struct dedupe_decider *d, const struct dedupe_signature *s,
                  struct dedupe_decision *out);

/* Enters it where it is new, and what leads to the kept one where it is a copy. */
int dedupe_remember(struct dedupe_store *st, const struct dedupe_signature *s, const struct dedupe_decision *m);

#endif
