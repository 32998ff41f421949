/* fetch_robots.h - robots.txt by RFC 9309: what one agent may ask a host for. */
#ifndef FETCH_ROBOTS_H
#define FETCH_ROBOTS_H

#include <stdint.h>

#include "pressline.h"

enum {
    ROBOTS_MAX = 500 << 10, /* bytes of a file that are read, RFC 9309 asks for this much at least; and of one that is as large or
                             * larger not the line that is cut there, so that it may be cut off before */
    ROBOTS_MAX_SITEMAPS = 4096
};

/* The rules for one agent.  Read-only once made: any number of threads may ask it. */
struct robots;

/* Reads `text`, of which nothing need live on, for the agent whose product token is `token`: letters, digits, "-" and
 * "_", in any case ("pressline"); any other matches no group of its own.  Whatever the bytes are this makes rules of
 * it, none at worst.  PL_OK or PL_NOMEM; *r is then NULL.  The caller frees with robots_free(). */
int robots_parse(struct robots **r, pl_str text, pl_str token);
void robots_free(struct robots *r); /* NULL too */

/* May `target` be asked for: path with query as url_target() gives it; "" is "/".  True where `r` is NULL (no file).
 * The most specific rule decides, `allow` where two are alike; no rule: true.  /robots.txt itself always may. */
bool robots_allowed(const struct robots *r, pl_str target);

enum robots_group { ROBOTS_NO_GROUP, ROBOTS_GROUP_ANY /* that of "*" */, ROBOTS_GROUP_OWN /* that of the token */ };

/* The same with its reason, for a person. */
struct robots_verdict {
    bool allowed;
    bool too_much; /* no rule: matching the target against all rules would take too long, so it is not allowed */
    pl_str rule;   /* the pattern that decided, percent-encoding normalised, or {NULL, 0}; lives as long as `r` */
    size_t line;   /* where it stands, from 1, or 0 */
};
struct robots_verdict robots_judge(const struct robots *r, pl_str target);

/* Which group of the file holds for the agent, and how many rules with a pattern it has. */
enum robots_group robots_group(const struct robots *r);
size_t robots_n_rules(const struct robots *r);

/* Crawl-delay of that group (the longest, where it is given more than once), -1: none. */
int64_t robots_delay_ms(const struct robots *r);

/* The i-th `Sitemap` line of the file, whatever the group, as it is written (it may be relative), each once; {NULL, 0}
 * past the last.  Lives as long as `r`. */
pl_str robots_sitemap(const struct robots *r, size_t i);

/* Bytes that `r` takes. */
size_t robots_size(const struct robots *r);

#endif
