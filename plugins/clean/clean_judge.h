/* clean_judge.h - is this page an article at all, and if not, what is it? */
#ifndef CLEAN_JUDGE_H
#define CLEAN_JUDGE_H

#include "clean_facts.h"
#include "clean_page.h"

/* Of a page whose text (plain) and title are known.  When in doubt it is an article: what is dropped here
 * is gone, what is kept can still be dropped by whoever reads `clean.confidence`. */
enum clean_verdict clean_judge(const struct clean_facts *f, const bool *keep, pl_str text, pl_str title,
                               const struct clean_words *w);

#endif
