/* fetch_due_test.c - when an address is to be asked for again; and what that comes to with feeds that follow the day. */
#include "fetch_due.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
#define NOW INT64_C(1763000000000)

static const struct due_facts nothing = {.now_ms = NOW, .max_age_s = -1, .ttl_s = -1, .retry_after_ms = -1};

/* ---- one answer ---- */

enum { SHORTER = -1, LONGER = -2 };

static const struct {
    const char *what;
    enum known_kind kind;
    int64_t interval_s, changed_s_ago;
    uint32_t failures;
    enum due_outcome outcome;
    int64_t max_age_s, ttl_s, retry_s;
    int64_t interval, wait; /* expected; SHORTER, LONGER: than it was; wait 0: as the interval */
    uint32_t then;
} cases[] = {
    {"a new feed", KNOWN_FEED, 0, 0, 0, DUE_CHANGED, -1, -1, -1, 15 * MINUTE, 15 * MINUTE, 0},
    {"a new page", KNOWN_PAGE, 0, 0, 0, DUE_CHANGED, -1, -1, -1, HOUR, HOUR, 0},
    {"shrinks when changed", KNOWN_FEED, 1800, 1200, 0, DUE_CHANGED, -1, -1, -1, SHORTER, 0, 0},
    {"not below 5 min", KNOWN_FEED, 300, 300, 0, DUE_CHANGED, -1, -1, -1, 300, 300, 0},
    {"grows when not", KNOWN_FEED, 1800, 2000, 0, DUE_UNCHANGED, -1, -1, -1, LONGER, 0, 0},
    {"not above a day", KNOWN_FEED, DAY, 900 * DAY, 0, DUE_UNCHANGED, -1, -1, -1, DAY, DAY, 0},
    {"by how long it was quiet", KNOWN_FEED, 1200, 12 * DAY, 0, DUE_UNCHANGED, -1, -1, -1, 11154, 11154, 0},
    {"a sitemap", KNOWN_SITEMAP, 3 * DAY, 900 * DAY, 0, DUE_UNCHANGED, -1, -1, -1, 3 * DAY, 3 * DAY, 0},
    {"a front page", KNOWN_FRONT, 600, DAY, 0, DUE_CHANGED, -1, -1, -1, 600, 600, 0},
    {"a page half", KNOWN_PAGE, 8 * HOUR, DAY, 0, DUE_CHANGED, -1, -1, -1, 4 * HOUR, 4 * HOUR, 0},
    {"a page an hour at least", KNOWN_PAGE, HOUR, DAY, 0, DUE_CHANGED, -1, -1, -1, HOUR, HOUR, 0},
    {"a page twice", KNOWN_PAGE, 8 * HOUR, DAY, 0, DUE_UNCHANGED, -1, -1, -1, 16 * HOUR, 16 * HOUR, 0},
    {"a page up to 30 days", KNOWN_PAGE, 25 * DAY, 90 * DAY, 0, DUE_UNCHANGED, -1, -1, -1, 30 * DAY, 30 * DAY, 0},
    {"an interval of nonsense", KNOWN_FEED, INT64_MAX, DAY, 0, DUE_UNCHANGED, -1, -1, -1, DAY, DAY, 0},
    {"max-age is waited for", KNOWN_FEED, 1800, DAY, 0, DUE_CHANGED, 3600, -1, -1, SHORTER, 3600, 0},
    {"ttl is waited for", KNOWN_FEED, 1800, DAY, 0, DUE_CHANGED, 60, 7200, -1, SHORTER, 7200, 0},
    {"a short ttl changes nothing", KNOWN_FEED, 300, DAY, 0, DUE_CHANGED, 0, 60, -1, 300, 300, 0},
    {"for a day at most", KNOWN_FEED, 1800, DAY, 0, DUE_CHANGED, INT64_MAX, INT64_MAX, -1, SHORTER, DAY, 0},
    {"success ends failures", KNOWN_FEED, 1800, DAY, 7, DUE_CHANGED, -1, -1, -1, SHORTER, 0, 0},
    {"first failure", KNOWN_FEED, 1200, DAY, 0, DUE_FAILED, -1, -1, -1, 1200, 300, 1},
    {"fourth", KNOWN_FEED, 1200, DAY, 3, DUE_FAILED, -1, -1, -1, 1200, 2400, 4},
    {"Retry-After", KNOWN_FEED, 1200, DAY, 0, DUE_FAILED, -1, -1, 5000, 1200, 5000, 1},
    {"the longer of both", KNOWN_FEED, 1200, DAY, 3, DUE_FAILED, -1, -1, 60, 1200, 2400, 4},
    {"a day at most", KNOWN_FEED, 1200, DAY, 4000000000, DUE_FAILED, -1, -1, INT64_MAX / 1000, 1200, DAY, 4000000001},
    {"no more failures than can be counted", KNOWN_PAGE, 1200, DAY, UINT32_MAX, DUE_FAILED, -1, -1, -1, 1200, 7 * DAY, UINT32_MAX},
    {"gone", KNOWN_PAGE, 1200, DAY, 0, DUE_GONE, -1, -1, -1, 1200, 30 * DAY, 1},
    {"robots.txt", KNOWN_PAGE, 1200, DAY, 0, DUE_ROBOTS, -1, -1, -1, 1200, 7 * DAY, 0},
};

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct known k = {.kind = cases[i].kind, .interval_s = cases[i].interval_s, .failures = cases[i].failures};
        struct due_facts f = nothing;
        k.checked_ms = cases[i].interval_s ? NOW - HOUR * 1000 : 0;
        k.changed_ms = cases[i].interval_s ? NOW - cases[i].changed_s_ago * 1000 : 0;
        f.outcome = cases[i].outcome;
        f.max_age_s = cases[i].max_age_s;
        f.ttl_s = cases[i].ttl_s;
        f.retry_after_ms = cases[i].retry_s < 0 ? -1 : cases[i].retry_s * 1000;
        due_next(&k, &f);
        const bool right = cases[i].interval == SHORTER  ? k.interval_s < cases[i].interval_s
                           : cases[i].interval == LONGER ? k.interval_s > cases[i].interval_s
                                                         : k.interval_s == cases[i].interval;
        const int64_t wait = cases[i].wait ? cases[i].wait : k.interval_s;
        if (!right || k.due_ms != NOW + wait * 1000 || k.failures != cases[i].then)
            fail_msg("%s: interval %lld, due after %lld, %u failures", cases[i].what, (long long)k.interval_s,
                     (long long)(k.due_ms - NOW) / 1000, k.failures);
        assert_true(k.checked_ms == NOW || cases[i].outcome == DUE_ROBOTS);
        assert_true((k.changed_ms == NOW) == (cases[i].outcome == DUE_CHANGED));
        assert_false(due_now(&k, k.due_ms - 1));
        assert_true(due_now(&k, k.due_ms));
        assert_true(due_now(&k, k.due_ms - (int64_t)400 * 86400000)); /* the clock was wrong */
    }
}

/* A machine whose clock is wrong by ages; an archive's date. */
static void strange_clocks(void **state)
{
    static const int64_t times[] = {0, 1, NOW, INT64_MAX - 1, INT64_MAX};

    (void)state;
    for (enum known_kind kind = KNOWN_UNSORTED; kind <= KNOWN_FRONT; kind++) {
        for (int i = 0; i < 5 * 5 * 5; i++) {
            struct known k = {.kind = kind, .checked_ms = times[i % 5], .changed_ms = times[i / 5 % 5], .interval_s = 900};
            struct due_facts f = nothing;
            f.now_ms = times[i / 25];
            for (enum due_outcome o = DUE_CHANGED; o <= DUE_ROBOTS; o++) {
                f.outcome = o;
                due_next(&k, &f);
                assert_true(k.due_ms >= f.now_ms && k.interval_s >= 0);
            }
        }
    }
}

/* ---- feeds that follow the day ---- */

static double drawn(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

/* How much of a day's news comes at this time of the day: little from midnight to six, most at nine and at five. */
static double weight(int64_t s)
{
    const double h = (double)(s % DAY) / HOUR;

    if (h < 6)
        return 0.08;
    if (h > 22)
        return 0.3;
    return 0.9 + 0.9 * exp(-(h - 9) * (h - 9) / 4) + 0.6 * exp(-(h - 17) * (h - 17) / 6);
}

enum { MOST = 40000 };

/* Seconds at which `a_day` stories a day come, for `days`; a Poisson process, thinned. */
static size_t publish(double a_day, int days, uint64_t seed, int64_t *at)
{
    double mean = 0, t = 0;
    size_t n = 0;

    for (int64_t s = 0; s < DAY; s += 60)
        mean += weight(s) / 1440;
    for (;;) {
        t += -log(drawn(&seed)) * DAY / a_day * mean / 1.9;
        if (t >= (double)days * DAY || n == MOST)
            return n;
        if (drawn(&seed) < weight((int64_t)t) / 1.9)
            at[n++] = (int64_t)t;
    }
}

struct outcome {
    double checks_a_day, delay_min;
};

/* fixed_s 0: as fetch_due.c says. */
static struct outcome follow(const int64_t *at, size_t n, int days, int64_t fixed_s, bool counted)
{
    struct known k = {.kind = KNOWN_FEED};
    struct due_facts f = nothing;
    double delay = 0;
    size_t seen = 0, checks = 0;

    for (int64_t t = 1; t < (int64_t)days * DAY; checks++) {
        const size_t before = seen;
        for (; seen < n && at[seen] <= t; seen++)
            delay += (double)(t - at[seen]);
        f.now_ms = NOW + t * 1000;
        f.outcome = seen > before || checks == 0 ? DUE_CHANGED : DUE_UNCHANGED;
        f.n_news = counted ? (int64_t)(seen - before) : 0;
        due_next(&k, &f);
        t = fixed_s ? t + fixed_s : (k.due_ms - NOW) / 1000;
    }
    return (struct outcome){(double)checks / days, seen ? delay / (double)seen / 60 : 0};
}

static void against_fixed(void **state)
{
    static const double rates[] = {1, 4, 15, 50, 200};
    static int64_t at[MOST];
    enum { DAYS = 60, FEEDS = 5 };
    double often_checks = 0, own_checks = 0, often_delay = 0, own_delay = 0, stories = 0;

    (void)state;
    print_message("# stories a day: checks a day, mean delay in minutes: every 15 min | every 60 min | as fetch_due.c says\n");
    for (size_t i = 0; i < FEEDS; i++) {
        const size_t n = publish(rates[i], DAYS, 20261126 + i, at);
        const struct outcome often = follow(at, n, DAYS, 15 * MINUTE, false), seldom = follow(at, n, DAYS, HOUR, false),
                             blind = follow(at, n, DAYS, 0, false), own = follow(at, n, DAYS, 0, true);
        print_message("# %5.0f: %5.1f %5.1f | %5.1f %5.1f | %5.1f %5.1f\n", rates[i], often.checks_a_day, often.delay_min,
                      seldom.checks_a_day, seldom.delay_min, own.checks_a_day, own.delay_min);
        assert_true(blind.checks_a_day < own.checks_a_day * 1.1 && blind.delay_min < own.delay_min * 1.2);
        assert_true(own.checks_a_day < 200);
        often_checks += often.checks_a_day / FEEDS;
        own_checks += own.checks_a_day / FEEDS;
        often_delay += often.delay_min * (double)n;
        own_delay += own.delay_min * (double)n;
        stories += (double)n;
    }
    print_message("# a feed: %.1f checks a day, a story: %.1f minutes | | %.1f, %.1f\n", often_checks, often_delay / stories,
                  own_checks, own_delay / stories);
    assert_true(own_checks < often_checks * 0.85 && own_delay < often_delay * 0.8);
}

/* One that has died is asked less and less, and one that comes to life is soon asked as often as it is worth. */
static void dead_and_alive(void **state)
{
    struct known k = {.kind = KNOWN_FEED};
    struct due_facts f = nothing;
    int n = 0;

    (void)state;
    f.outcome = DUE_CHANGED;
    due_next(&k, &f);
    for (f.outcome = DUE_UNCHANGED; f.now_ms < NOW + INT64_C(365) * DAY * 1000; n++) {
        f.now_ms = k.due_ms;
        due_next(&k, &f);
    }
    assert_in_range(n, 100, 1100);
    assert_in_range(k.interval_s, 12 * HOUR, DAY);
    f.outcome = DUE_CHANGED;
    for (n = 0; k.interval_s > 2 * HOUR; n++) {
        f.now_ms = k.due_ms;
        due_next(&k, &f);
    }
    assert_in_range(n, 2, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),
        cmocka_unit_test(strange_clocks),
        cmocka_unit_test(against_fixed),
        cmocka_unit_test(dead_and_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
