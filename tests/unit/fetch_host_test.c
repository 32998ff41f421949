/* fetch_host_test.c - whose turn it is: order, delays, how many at once; and the table of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fetch_host.h"
#include "fetch_names.h"

struct call {
    struct visit visit;
    char name[32];
};

static size_t n_dropped;

static void drop(struct visit *v)
{
    n_dropped++;
    free(v);
}

static struct call *call(const char *name)
{
    struct call *c = calloc(1, sizeof *c);

    assert_non_null(c);
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

static struct site *site(struct hosts *h, const char *name)
{
    struct site *s = hosts_site(h, (pl_str){name, strlen(name)});

    assert_non_null(s);
    return s;
}

static void add(struct hosts *h, const char *where, const char *name, enum visit_rank rank)
{
    assert_int_equal(hosts_add(h, site(h, where), &call(name)->visit, rank), PL_OK);
}

/* The name of the next, and its site; "" where none may begin. */
static const char *next(struct hosts *h, int64_t now, struct site **s)
{
    static char name[32];
    struct visit *v = hosts_next(h, now);

    if (!v)
        return "";
    snprintf(name, sizeof name, "%s", ((struct call *)(void *)v)->name);
    *s = v->site;
    free(v);
    return name;
}

static void takes_turns(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 1000});
    struct site *s[4] = {NULL};

    (void)state;
    add(h, "a.example", "a1", VISIT_PAGE);
    add(h, "a.example", "a2", VISIT_PAGE);
    add(h, "b.example", "b1", VISIT_PAGE);
    add(h, "a.example", "a3", VISIT_PAGE);
    assert_int_equal(hosts_queued(h), 4);
    assert_int_equal(hosts_pages(h), 4);
    assert_string_equal(next(h, 5, &s[0]), "a1");
    assert_string_equal(next(h, 5, &s[1]), "b1");
    /* one at a time, however long it takes */
    assert_string_equal(next(h, 900000, &s[2]), "");
    assert_int_equal(hosts_wait(h, 900000), -1);
    assert_int_equal(hosts_ended(h, s[0], 900000, 0), PL_OK);
    assert_int_equal(hosts_wait(h, 900000), 1000);
    assert_string_equal(next(h, 900999, &s[2]), "");
    assert_string_equal(next(h, 901000, &s[2]), "a2");
    /* a longer delay of the site's own; a shorter one is none */
    assert_int_equal(hosts_ended(h, s[2], 901000, 60000), PL_OK);
    assert_string_equal(next(h, 960999, &s[2]), "");
    assert_string_equal(next(h, 961000, &s[2]), "a3");
    assert_int_equal(hosts_ended(h, s[2], 961000, 7), PL_OK);
    assert_int_equal(hosts_ended(h, s[1], 961000, 0), PL_OK);
    assert_int_equal(hosts_wait(h, 961000), -1);
    add(h, "a.example", "a4", VISIT_PAGE);
    assert_int_equal(hosts_wait(h, 961000), 1000);
    n_dropped = 0;
    hosts_free(h, drop);
    assert_int_equal(n_dropped, 1);
}

static void waits_for_nobody(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 1000});
    struct site *slow = NULL, *s = NULL;
    char name[16];

    (void)state;
    add(h, "slow.example", "s", VISIT_PAGE);
    assert_string_equal(next(h, 0, &slow), "s");
    add(h, "slow.example", "s", VISIT_PAGE);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "p%d", i);
        add(h, "quick.example", name, VISIT_PAGE);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "p%d", i);
        assert_string_equal(next(h, i * 1000, &s), name);
        assert_int_equal(hosts_ended(h, s, i * 1000, 0), PL_OK);
    }
    hosts_free(h, drop);
}

static void has_ranks(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 0});
    struct site *s = NULL;

    (void)state;
    add(h, "a.example", "p1", VISIT_PAGE);
    add(h, "a.example", "list", VISIT_LIST);
    add(h, "a.example", "robots", VISIT_FIRST);
    assert_string_equal(next(h, 0, &s), "robots");
    hosts_ended(h, s, 0, 0);
    assert_string_equal(next(h, 0, &s), "list");
    hosts_ended(h, s, 0, 0);
    /* no list while enough pages are waiting */
    add(h, "a.example", "list", VISIT_LIST);
    for (int i = 1; i < HOST_FEW_PAGES; i++)
        add(h, "a.example", "p", VISIT_PAGE);
    assert_string_equal(next(h, 0, &s), "p1");
    hosts_ended(h, s, 0, 0);
    assert_string_equal(next(h, 0, &s), "list");
    hosts_ended(h, s, 0, 0);
    assert_string_equal(next(h, 0, &s), "p");
    /* nothing was asked: no time passes */
    assert_int_equal(hosts_passed(h, s), PL_OK);
    assert_int_equal(hosts_wait(h, 0), 0);
    hosts_free(h, drop);
}

static void tries_later(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 1000});
    struct site *s = site(h, "a.example"), *got = NULL;

    (void)state;
    assert_int_equal(hosts_add_later(h, s, &call("late")->visit, 9000), PL_OK);
    assert_int_equal(hosts_add_later(h, s, &call("soon")->visit, 2000), PL_OK);
    assert_int_equal(hosts_wait(h, 0), 2000);
    add(h, "a.example", "now", VISIT_PAGE);
    assert_string_equal(next(h, 0, &got), "now");
    hosts_ended(h, got, 1500, 0);
    assert_string_equal(next(h, 2499, &got), "");
    assert_string_equal(next(h, 2500, &got), "soon");
    hosts_ended(h, got, 2500, 0);
    assert_string_equal(next(h, 8999, &got), "");
    assert_string_equal(next(h, 9000, &got), "late");
    hosts_free(h, drop);
}

static void has_as_many_as_it_may(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 1000, .per_site = 2});
    struct hosts *recorded = hosts_new(&(struct host_options){.delay_ms = 1000, .timeless = true});
    struct site *s = NULL, *t = NULL;

    (void)state;
    add(h, "a.example", "1", VISIT_PAGE);
    add(h, "b.example", "2", VISIT_PAGE);
    add(h, "a.example", "3", VISIT_PAGE);
    add(h, "a.example", "4", VISIT_PAGE);
    assert_string_equal(next(h, 0, &s), "1");
    assert_string_equal(next(h, 0, &t), "2"); /* those that have none come first */
    assert_string_equal(next(h, 0, &t), "3");
    assert_string_equal(next(h, 0, &t), "");
    hosts_ended(h, s, 10, 0);
    assert_string_equal(next(h, 1009, &t), "");
    assert_string_equal(next(h, 1010, &t), "4");
    hosts_free(h, drop);
    /* a recording does not wait */
    add(recorded, "a.example", "1", VISIT_PAGE);
    assert_int_equal(hosts_add_later(recorded, site(recorded, "a.example"), &call("2")->visit, 9000), PL_OK);
    assert_string_equal(next(recorded, 0, &s), "2");
    hosts_ended(recorded, s, 0, 3600000);
    assert_int_equal(hosts_wait(recorded, 0), 0);
    assert_string_equal(next(recorded, 0, &s), "1");
    hosts_free(recorded, drop);
}

/* Many sites with many visits at pseudo-random times: each has its own in order, none before its time. */
static void keeps_its_heap(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 100});
    int64_t ended[50] = {0}, now = 0;
    int seen[50] = {0}, total = 0;
    uint32_t random = 1;
    struct site *s = NULL;
    char name[32];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        random = random * 1103515245 + 12345;
        const unsigned which = random >> 16 & 0x7FFF;
        snprintf(name, sizeof name, "%u", which % 50);
        struct call *c = call(name);
        assert_int_equal(hosts_add(h, site(h, name), &c->visit, VISIT_PAGE), PL_OK);
    }
    while (hosts_queued(h)) {
        const int64_t wait = hosts_wait(h, now);
        assert_true(wait >= 0);
        now += wait;
        const int which = atoi(next(h, now, &s));
        assert_true(seen[which] == 0 || now >= ended[which] + 100);
        seen[which]++;
        total++;
        random = random * 1103515245 + 12345;
        ended[which] = now + (random >> 16 & 31);
        assert_int_equal(hosts_ended(h, s, ended[which], 0), PL_OK);
    }
    assert_int_equal(total, 2000);
    hosts_free(h, drop);
}

static void finds_names(void **state)
{
    struct names t = {0};
    char name[1000][12];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name[i], sizeof name[i], "%d.example", i);
        assert_null(names_find(&t, (pl_str){name[i], strlen(name[i])}));
        assert_int_equal(names_add(&t, (pl_str){name[i], strlen(name[i])}, name[i]), PL_OK);
    }
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(names_find(&t, (pl_str){name[i], strlen(name[i])}), name[i]);
    assert_null(names_find(&t, PL_S("other.example")));
    assert_null(names_find(&t, PL_S("")));
    names_done(&t);
}

/* What ends later, or is held for less, takes no delay back. */
static void delays_only_grow(void **state)
{
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 1000, .per_site = 2});
    struct site *s = NULL;

    (void)state;
    for (int i = 0; i < 3; i++)
        add(h, "a.example", "x", VISIT_PAGE);
    assert_string_equal(next(h, 0, &s), "x");
    assert_string_equal(next(h, 0, &s), "x");
    assert_int_equal(hosts_ended(h, s, 0, 9000), PL_OK);
    assert_int_equal(hosts_ended(h, s, 100, 0), PL_OK);
    assert_int_equal(hosts_wait(h, 0), 9000);
    assert_int_equal(hosts_hold(h, s, 5000), PL_OK);
    assert_int_equal(hosts_wait(h, 0), 9000);
    hosts_free(h, drop);
}

/* Whatever is put off, and by how much: the one whose time comes first is told first. */
static void first_is_first(void **state)
{
    enum { SITES = 200 };
    struct hosts *h = hosts_new(&(struct host_options){.delay_ms = 0});
    struct site *s[SITES], *told = NULL;
    int64_t ready[SITES];
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < SITES; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.example", i);
        add(h, name, name, VISIT_PAGE);
        s[i] = site(h, name);
        ready[i] = 1 + i;
        assert_int_equal(hosts_hold(h, s[i], ready[i]), PL_OK);
    }
    for (int left = SITES, n = 0; left > 0; n++) {
        int64_t least = INT64_MAX;
        const size_t i = (random = random * 1103515245 + 12345) >> 16 & 127;
        if (ready[i] < INT64_MAX) {
            ready[i] += random >> 8 & 1023;
            assert_int_equal(hosts_hold(h, s[i], ready[i]), PL_OK);
        }
        for (int k = 0; k < SITES; k++)
            least = ready[k] < least ? ready[k] : least;
        assert_int_equal(hosts_wait(h, 0), least);
        if (n < 2000 && n % 20)
            continue;
        next(h, least, &told);
        for (int k = 0; k < SITES; k++) {
            if (s[k] == told) {
                assert_int_equal(ready[k], least);
                ready[k] = INT64_MAX;
                left--;
            }
        }
    }
    hosts_free(h, drop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_turns),           cmocka_unit_test(waits_for_nobody), cmocka_unit_test(has_ranks),
        cmocka_unit_test(tries_later),           cmocka_unit_test(has_as_many_as_it_may),
        cmocka_unit_test(keeps_its_heap),        cmocka_unit_test(finds_names),
        cmocka_unit_test(delays_only_grow),      cmocka_unit_test(first_is_first),
    };

    return cmocka_run_group_tests_name("fetch_host", tests, NULL, NULL);
}
