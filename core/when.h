/* when.h - the declarative condition of a stage: which records it sees.
 *
 *   when = { field = "language"; equals = "en"; };
 *   when = ( { field = "language"; one_of = ["en", "de"]; }, { not = { field = "url"; matches = "/video/"; }; } );
 *
 * A list holds when all its conditions hold; { any = ( ... ); } when one does.  Tests: equals, one_of, matches (PCRE2,
 * UTF, with match and depth limits: a pattern that runs into them does not match, and is counted), present = true|false,
 * greater, less.  A list field passes when one of its members does.  A field that the record lacks passes only
 * `present = false` and what `not` turns round. */
#ifndef WHEN_H
#define WHEN_H

#include "config.h"
#include "errors.h"
#include "record.h"

struct when;

/* NULL with messages in errs when the setting is wrong.  Memory is malloced (PCRE2's included): when_free(). */
struct when *when_new(const struct setting *s, struct intern *names, struct errors *errs);
void when_free(struct when *w);

/* Any number of threads.  *limited grows by how often a pattern ran into its limits. */
bool when_holds(const struct when *w, const pl_record *r, uint64_t *limited);

/* The fields it looks at, for the plan: calls f once for each, with its place. */
void when_fields(const struct when *w, void (*f)(void *, pl_key, const struct setting *), void *arg);

#endif
