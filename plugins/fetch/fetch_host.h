/* fetch_host.h - whose turn it is: a queue for each site, which is asked for few things at once and not too often.
 *
 * Time is what the caller says it is, in milliseconds of any clock that never goes back.  One thread. */
#ifndef FETCH_HOST_H
#define FETCH_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

struct site;

/* Something to ask a site for: a member of what the caller has to know of it. */
struct visit {
    struct visit *next;
    struct site *site;
    int64_t not_before_ms;
};

/* What is asked for first: what others wait for (robots.txt, the other end of a redirect); lists of pages, while few pages of
 * the site are waiting, so that their number has a bound; pages, in the order in which they came. */
enum visit_rank { VISIT_FIRST, VISIT_LIST, VISIT_PAGE, VISIT_RANKS };

enum { HOST_FEW_PAGES = 1000 }; /* lists are asked for while fewer pages of their site are waiting */

struct host_options {
    int64_t delay_ms;  /* at least, between the end of a visit and the beginning of the next */
    size_t per_site;   /* visits of a site at the same time; 0: 1 */
    bool timeless;     /* nothing waits: what answers is a recording */
};

struct hosts;

struct hosts *hosts_new(const struct host_options *o); /* NULL: out of memory */
/* `drop` is called for each visit that waits: visits are the caller's memory.  NULL is accepted. */
void hosts_free(struct hosts *h, void (*drop)(struct visit *));

/* The site of that name, made where it is not there; NULL: out of memory. */
struct site *hosts_site(struct hosts *h, pl_str name);
pl_str site_name(const struct site *s);
/* Pages of the site that were taken for this run: the caller counts. */
uint64_t *site_taken(struct site *s);
/* Whether it is known to be slow: likewise. */
bool *site_slow(struct site *s);

/* Puts a visit at the end of its site's queue.  PL_OK or PL_NOMEM. */
int hosts_add(struct hosts *h, struct site *s, struct visit *v, enum visit_rank rank);
/* The same, not before that time. */
int hosts_add_later(struct hosts *h, struct site *s, struct visit *v, int64_t not_before_ms);

/* The next visit whose time has come, NULL: none.  It counts as under way until hosts_ended() or hosts_passed(). */
struct visit *hosts_next(struct hosts *h, int64_t now_ms);
/* It took place and ended now; the site's next begins after its delay, or `delay_ms` where that is longer. */
int hosts_ended(struct hosts *h, struct site *s, int64_t now_ms, int64_t delay_ms);
/* It turned out that nothing has to be asked: as if it had not been there.  PL_OK or PL_NOMEM, as hosts_ended(). */
int hosts_passed(struct hosts *h, struct site *s);
/* The site's next visit begins no sooner than then.  PL_OK or PL_NOMEM. */
int hosts_hold(struct hosts *h, struct site *s, int64_t until_ms);

/* Milliseconds until hosts_next() may have one, 0: at once; -1: nothing waits but for a site that is being visited, or at all. */
int64_t hosts_wait(const struct hosts *h, int64_t now_ms);

/* How many visits wait; and how many pages among them. */
size_t hosts_queued(const struct hosts *h);
size_t hosts_pages(const struct hosts *h);

#endif
