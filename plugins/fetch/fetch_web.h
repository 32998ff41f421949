/* fetch_web.h - the crawl as the stage drives it: opened by the options, its pages as records.
 *
 * Of the stage, not of the library: it calls the host.  All calls on the reading thread, but for web_committed(). */
#ifndef FETCH_WEB_H
#define FETCH_WEB_H

#include "fetch_config.h"
#include "fetch_fields.h"
#include "fetch_kind.h"
#include "pressline.h"

struct web;

/* Checks the options; PL_OK, PL_FATAL or PL_RETRY, the message logged.  `now`: addresses are among the inputs, so that all
 * that is needed is opened at once; else with the first list that is found in a file.
 * `going_on`: the run was begun before, and web_restore() may follow. */
int web_open(struct web **w, pl_self *self, const struct fetch_keys *keys, bool now, bool going_on);
void web_close(struct web *w); /* NULL too */

/* Those below give PL_OK, or PL_FATAL with the message logged. */

/* An address among the inputs. */
int web_seed(struct web *w, pl_self *self, pl_str address);
/* A feed, a sitemap or a robots.txt that lies in a file: `kind` says which.  PL_ERROR: it is none, see `message`.
 * Where its entries are records web_read() emits them. */
int web_file(struct web *w, pl_self *self, enum kind kind, pl_str bytes, pl_str name, char *message, size_t size);
/* Works; also PL_AGAIN (nothing came) and PL_EOF (nothing is left).  `n_files`: inputs that were announced elsewhere, for the
 * progress line. */
int web_read(struct web *w, pl_self *self, uint64_t n_files, int wait_ms);

/* Whether there are entries of a list that was read and are not emitted yet: web_read() does that, and nothing else. */
bool web_holds(const struct web *w);

/* What the saved position has to hold of it; "-" where nothing does. */
int web_checkpoint(struct web *w, pl_self *self, uint64_t n, char *saved, size_t size);
int web_restore(struct web *w, pl_self *self, uint64_t n, pl_str saved);
void web_committed(struct web *w, uint64_t n, bool last);

#endif
