/* fetch_due.c - when an address is to be asked for again: from what came, and how often it changed.
 *
 * A page changes soon or never: its interval doubles when nothing changed and halves when something did.  A feed, a sitemap
 * or a front page has news at a rate, which is estimated: the time between two news, `gap`, moves with each check by a step
 * up the likelihood of what it found (Cho and Garcia-Molina, "Estimating frequency of change", 2003: what lies between two
 * checks cannot be told apart, and checks are irregular).  The interval is sqrt(gap * 6 min).  A wait in proportion to the
 * gap is not the best for freshness (the same, 2000): what seldom changes is worth more checks than its share, what changes
 * all the time fewer.  The interval is all that is kept; the gap follows from it. */
#include "fetch_due.h"

#include <math.h>

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR,
    AFTER_FAILURE = 5 * MINUTE,
    MOST_AFTER_FAILURE = 1 * DAY,
    MOST_AFTER_FAILURE_PAGE = 7 * DAY,
    AFTER_GONE = 30 * DAY,
    AFTER_ROBOTS = 7 * DAY,
    MOST_WAIT = 31 * DAY /* longer than all of these */
};

#define PACE (6.0 * MINUTE)
#define LEARNING 0.3
#define MOST_STEP 3.0
#define QUIET 3.0

struct due_bounds due_bounds_of(enum known_kind kind)
{
    switch (kind) {
    case KNOWN_FEED: return (struct due_bounds){15 * MINUTE, 5 * MINUTE, 1 * DAY};
    case KNOWN_SITEMAP: return (struct due_bounds){30 * MINUTE, 10 * MINUTE, 3 * DAY};
    case KNOWN_FRONT: return (struct due_bounds){30 * MINUTE, 10 * MINUTE, 1 * DAY};
    case KNOWN_PAGE: return (struct due_bounds){1 * HOUR, 1 * HOUR, 30 * DAY};
    case KNOWN_UNSORTED: break;
    }
    return (struct due_bounds){1 * HOUR, 15 * MINUTE, 7 * DAY};
}

static int64_t within(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The clock of a machine, or of an archive, may be anything. */
static int64_t plus(int64_t ms, int64_t s)
{
    return ms > INT64_MAX - s * 1000 ? INT64_MAX : ms + s * 1000;
}

static int64_t seconds_since(int64_t then_ms, int64_t now_ms)
{
    return then_ms > 0 && then_ms < now_ms ? (now_ms - then_ms) / 1000 : 0;
}

static int64_t adapt_page(int64_t interval_s, bool changed, struct due_bounds b)
{
    return within(changed ? interval_s / 2 : interval_s * 2, b.least_s, b.most_s);
}

/* `x`: the news that were to be expected since the last check. */
static double step_of(double x, const struct due_facts *f)
{
    double up; /* of the logarithm of the gap */

    if (f->outcome == DUE_UNCHANGED)
        up = x;
    else if (f->n_news > 0)
        up = x - (double)f->n_news;
    else
        up = x < 1e-6 ? -1 : -x / expm1(x);
    return up < -MOST_STEP ? -MOST_STEP : up > MOST_STEP ? MOST_STEP : up;
}

static int64_t adapt_rate(const struct known *k, const struct due_facts *f, int64_t interval_s, struct due_bounds b)
{
    const double since = (double)seconds_since(k->checked_ms, f->now_ms);
    double gap = (double)interval_s * (double)interval_s / PACE;

    gap *= exp(LEARNING * step_of(since / gap, f));
    /* Of a feed that died a step at a time would take years. */
    if (f->outcome == DUE_UNCHANGED)
        gap = fmax(gap, (double)seconds_since(k->changed_ms, f->now_ms) / QUIET);
    return within((int64_t)fmin(sqrt(gap * PACE), 1e9), b.least_s, b.most_s);
}

static int64_t adapt(const struct known *k, const struct due_facts *f, struct due_bounds b)
{
    /* Of what is seen for the first time nothing is known but that it is there. */
    if (k->interval_s <= 0 || k->checked_ms <= 0)
        return b.first_s;
    const int64_t interval_s = within(k->interval_s, b.least_s, b.most_s);
    return k->kind == KNOWN_PAGE ? adapt_page(interval_s, f->outcome == DUE_CHANGED, b) : adapt_rate(k, f, interval_s, b);
}

/* What the other side asks for, as far as it goes. */
static int64_t asked_for(const struct due_facts *f, struct due_bounds b)
{
    const int64_t retry_s = f->retry_after_ms < 0 ? 0 : f->retry_after_ms / 1000;

    return within(later(later(f->max_age_s, f->ttl_s), retry_s), 0, b.most_s);
}

static int64_t after_failures(const struct known *k)
{
    const int64_t most = k->kind == KNOWN_PAGE ? MOST_AFTER_FAILURE_PAGE : MOST_AFTER_FAILURE;
    int64_t wait = AFTER_FAILURE;

    for (uint32_t i = 1; i < k->failures && wait < most; i++)
        wait *= 2;
    return wait < most ? wait : most;
}

void due_next(struct known *k, const struct due_facts *f)
{
    const struct due_bounds b = due_bounds_of(k->kind);
    int64_t wait;

    switch (f->outcome) {
    case DUE_CHANGED:
    case DUE_UNCHANGED:
        k->interval_s = adapt(k, f, b);
        k->failures = 0;
        if (f->outcome == DUE_CHANGED)
            k->changed_ms = f->now_ms;
        wait = later(k->interval_s, asked_for(f, b));
        break;
    case DUE_FAILED:
        k->failures += k->failures < UINT32_MAX;
        wait = later(after_failures(k), asked_for(f, b));
        break;
    case DUE_GONE:
        k->failures += k->failures < UINT32_MAX;
        wait = AFTER_GONE;
        break;
    default: wait = AFTER_ROBOTS;
    }
    if (f->outcome != DUE_ROBOTS)
        k->checked_ms = f->now_ms;
    k->due_ms = plus(f->now_ms, wait);
}

bool due_now(const struct known *k, int64_t now_ms)
{
    return k->due_ms <= now_ms || k->due_ms > plus(now_ms, MOST_WAIT);
}
