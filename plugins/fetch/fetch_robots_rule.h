/* fetch_robots_rule.h - one pattern of robots.txt: made, and held against what is asked for. */
#ifndef FETCH_ROBOTS_RULE_H
#define FETCH_ROBOTS_RULE_H

#include <stdint.h>

#include "fetch_bytes.h"
#include "pressline.h"

enum {
    ROBOTS_MAX_LINE = 16663, /* bytes of a line that are read, as Google's parser has it: eight times the longest URL of old */
    ROBOTS_WORK = 8 << 20    /* bytes of a target that are looked at for one verdict: some 30 ms at worst */
};

/* Its text lies elsewhere, so that all rules are walked in one sweep. */
struct robots_rule {
    uint64_t head;    /* its first bytes up to a star, at most 8: most rules are told off by them */
    uint64_t mask;    /* which bits of `head` count */
    uint32_t at, len; /* the pattern in the text, less what stands for "and so on" at its end */
    uint32_t shown;   /* bytes of it that a person is shown */
    uint32_t line;
    uint32_t weight; /* octets as it was written; of several that match the heaviest decides */
    uint32_t groups; /* for which agents, the parser's own bits */
    bool allow, star, query, end;
};

/* Percent-encoding is normalised: what RFC 3986 leaves unreserved is decoded, what may not stand in a URI encoded, hex
 * digits are capitals.  A star is a wildcard, a dollar at the end means the target's end.  The pattern's text is put
 * behind `text`.  `value` is at most ROBOTS_MAX_LINE bytes and not empty.  PL_OK or PL_NOMEM. */
int robots_rule_make(struct robots_rule *rule, pl_str value, struct bytes *text);

/* `allow` of .../index.html is `allow` of the folder too: Google reads it so, and sites are written for Google.  False:
 * `rule` is no such; else *folder is the second rule, of the same text. */
bool robots_rule_folder(const struct robots_rule *rule, const char *text, struct robots_rule *folder);

/* What is asked for, normalised likewise. */
struct robots_target {
    pl_str plain, query; /* `query`: with ":" and "/" behind the first "?" encoded, for rules that have a "?" */
    uint64_t head, query_head;
    size_t work; /* that is left */
    char *owned;
    char few[2048];
};

/* False: no memory.  `t` points into itself and into `target`: it is not copied, and done with robots_target_done(). */
bool robots_target_make(struct robots_target *t, pl_str target);
void robots_target_done(struct robots_target *t);

/* Takes what it costs from t->work; once there is none left nothing matches any more. */
bool robots_rule_matches(const struct robots_rule *rule, const char *text, struct robots_target *t);

#endif
