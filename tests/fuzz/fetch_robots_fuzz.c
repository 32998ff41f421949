/* fetch_robots_fuzz.c - any robots.txt and any target: a verdict, the same however both are encoded. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_robots.h"
#include "fetch_robots_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* Matching once more as the RFC words it, one octet after the other: `p` has '*', and '$' at its end. */
static bool matches(const char *p, size_t len, const char *s, size_t n)
{
    const bool end = len && p[len - 1] == '$';
    size_t i = 0, k = 0, star = SIZE_MAX, mark = 0;

    len -= end;
    for (;;) {
        if (i < len && p[i] == '*') {
            star = ++i;
            mark = k;
        } else if (i == len && (!end || k == n)) {
            return true;
        } else if (i < len && k < n && p[i] == s[k]) {
            i++;
            k++;
        } else if (star == SIZE_MAX || mark >= n) {
            return false;
        } else {
            i = star;
            k = ++mark;
        }
    }
}

static void check_rule(pl_str value, pl_str target)
{
    struct robots_rule rule;
    struct robots_target t;
    struct bytes text = {0};

    if (value.len == 0 || value.len > ROBOTS_MAX_LINE)
        return;
    need(robots_rule_make(&rule, value, &text) == PL_OK);
    need(rule.shown <= 3 * value.len && rule.len <= rule.shown && rule.weight <= rule.shown);
    need(robots_target_make(&t, target));
    const pl_str s = rule.query ? t.query : t.plain;
    need(robots_rule_matches(&rule, (const char *)text.at, &t) ==
         matches((const char *)text.at + rule.at, rule.shown, s.ptr, s.len));
    robots_target_done(&t);
    bytes_done(&text);
}

/* The file, a zero, the target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    const pl_str text = {(const char *)data, zero ? (size_t)(zero - data) : size};
    const pl_str target = {zero ? (const char *)zero + 1 : "", zero ? size - text.len - 1 : 0};
    struct robots *r;

    need(robots_parse(&r, text, PL_S("pressline")) == PL_OK);
    const struct robots_verdict v = robots_judge(r, target);
    need(v.allowed == robots_allowed(r, target));
    need((v.line > 0) == (v.rule.len > 0));
    if (v.rule.len && target.len)
        check_rule(v.rule, target);
    for (size_t i = 0; robots_sitemap(r, i).ptr; i++)
        need(robots_sitemap(r, i).len > 0);
    need(robots_delay_ms(r) >= -1);
    robots_free(r);
    check_rule(text, target);
    return 0;
}
