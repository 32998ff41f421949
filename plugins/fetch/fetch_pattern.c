/* fetch_pattern.c - which addresses are wanted, by regular expressions (PCRE2) that can be trusted with any address.
 *
 * A backtracking engine can take exponential time.  PCRE2 counts its steps and gives up at a limit, but begins to count
 * anew at each place of the text where a match may begin; so the limit here is a budget for the address, divided by its
 * length unless the pattern is anchored, which bounds the whole. */
#include "fetch_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PATTERN_MAX = 4096,
    STEPS = 20000000, /* on one address, by one pattern: some 50 ms */
    STEPS_SLOWLY = STEPS / 10, /* where there is no JIT */
    HEAP_KB = 1024,
    ADDRESS_MAX = 4096 /* no pattern is tried on what is longer */
};

struct pattern {
    pcre2_code *code;
    uint32_t steps;
    bool anchored;
};

struct patterns {
    struct pattern *at; /* those of include, then those of exclude */
    size_t n_include, n;
    _Atomic uint64_t gave_up;
};

static int refuse(char *message, size_t size, const char *option, pl_str pattern, size_t place, const char *why)
{
    snprintf(message, size, "`%s`: \"%.*s\": %s, at character %zu", option, (int)(pattern.len > 200 ? 200 : pattern.len),
             pattern.len ? pattern.ptr : "", why, place + 1);
    return PL_ERROR;
}

/* Addresses are ASCII: a pattern with other characters would never match. */
static int check(pl_str pattern, const char *option, char *message, size_t size)
{
    if (pattern.len == 0)
        return refuse(message, size, option, pattern, 0, "expected a regular expression, found nothing");
    if (pattern.len > PATTERN_MAX)
        return refuse(message, size, option, pattern, PATTERN_MAX, "longer than 4,096 characters");
    for (size_t i = 0; i < pattern.len; i++)
        if ((unsigned char)pattern.ptr[i] >= 0x80)
            return refuse(message, size, option, pattern, i,
                          "addresses have no characters above ASCII: write them escaped, as in %C3%BC, and hosts as in xn--bcher-kva");
    return PL_OK;
}

static int compile(struct patterns *p, pl_str pattern, const char *option, char *message, size_t size)
{
    /* DOTALL: addresses have no line ends, and a pattern that begins with ".*" then counts as anchored */
    const uint32_t how = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL;
    int fault = 0;
    PCRE2_SIZE place = 0;
    PCRE2_UCHAR why[256];

    if (check(pattern, option, message, size) != PL_OK)
        return PL_ERROR;
    pcre2_code *const code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, how, &fault, &place, NULL);
    if (!code && fault == PCRE2_ERROR_NOMEMORY)
        return PL_NOMEM;
    if (!code) {
        pcre2_get_error_message(fault, why, sizeof why);
        return refuse(message, size, option, pattern, place, (const char *)why);
    }
    struct pattern *const at = &p->at[p->n++];
    uint32_t options = 0;
    pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    /* Where there is no JIT, as in a service that may make no memory executable, the interpreter does the same. */
    *at = (struct pattern){.code = code,
                           .steps = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0 ? STEPS : STEPS_SLOWLY,
                           .anchored = (options & PCRE2_ANCHORED) != 0};
    return PL_OK;
}

int patterns_make(struct patterns **out, pl_list include, pl_list exclude, char *message, size_t size)
{
    struct patterns *p = calloc(1, sizeof *p);
    int rc = PL_OK;

    *out = NULL;
    snprintf(message, size, "out of memory");
    if (p)
        p->at = calloc(include.n + exclude.n + 1, sizeof *p->at);
    if (!p || !p->at) {
        patterns_free(p);
        return PL_NOMEM;
    }
    for (size_t i = 0; i < include.n && rc == PL_OK; i++)
        rc = compile(p, include.at[i], "include", message, size);
    p->n_include = p->n;
    for (size_t i = 0; i < exclude.n && rc == PL_OK; i++)
        rc = compile(p, exclude.at[i], "exclude", message, size);
    if (rc != PL_OK)
        patterns_free(p);
    else
        *out = p;
    return rc;
}

void patterns_free(struct patterns *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        pcre2_code_free(p->at[i].code);
    free(p->at);
    free(p);
}

struct match {
    pcre2_match_context *limits;
    pcre2_match_data *data;
    pl_str url;
};

/* Once more with a larger stack than the 32 kB that the JIT takes of the thread's own. */
static int with_stack(const pcre2_code *code, const struct match *m)
{
    pcre2_jit_stack *const stack = pcre2_jit_stack_create(64 << 10, HEAP_KB << 10, NULL);
    int rc = PCRE2_ERROR_NOMEMORY;

    if (!stack)
        return rc;
    pcre2_jit_stack_assign(m->limits, NULL, stack);
    rc = pcre2_match(code, (PCRE2_SPTR)m->url.ptr, m->url.len, 0, 0, m->data, m->limits);
    pcre2_jit_stack_assign(m->limits, NULL, NULL);
    pcre2_jit_stack_free(stack);
    return rc;
}

/* 1: found, 0: not found, -1: it was given up, or memory ended. */
static int search(const struct pattern *p, const struct match *m)
{
    const pcre2_code *const code = p->code;
    const uint32_t steps = p->anchored ? p->steps : p->steps / (uint32_t)(m->url.len + 1);

    pcre2_set_match_limit(m->limits, steps);
    pcre2_set_depth_limit(m->limits, steps);
    int rc = pcre2_match(code, (PCRE2_SPTR)m->url.ptr, m->url.len, 0, 0, m->data, m->limits);

    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = with_stack(code, m);
    return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

static int wanted(const struct patterns *p, const struct match *m)
{
    int found = p->n_include == 0, given_up = 0;

    for (size_t i = 0; i < p->n_include && !found; i++) {
        const int got = search(&p->at[i], m);
        found = got == 1;
        given_up |= got < 0;
    }
    if (!found)
        return given_up ? -1 : 0;
    for (size_t i = p->n_include; i < p->n; i++) {
        const int got = search(&p->at[i], m);
        if (got)
            return got < 0 ? -1 : 0;
    }
    return 1;
}

bool patterns_allow(const struct patterns *p, pl_str url)
{
    if (p->n == 0)
        return true;
    struct match m = {pcre2_match_context_create(NULL), pcre2_match_data_create(1, NULL), url.ptr ? url : PL_S("")};
    int got = -1;
    if (m.limits && m.data && url.len <= ADDRESS_MAX) {
        pcre2_set_heap_limit(m.limits, HEAP_KB);
        got = wanted(p, &m);
    }
    pcre2_match_data_free(m.data);
    pcre2_match_context_free(m.limits);
    if (got < 0)
        atomic_fetch_add_explicit((_Atomic uint64_t *)&p->gave_up, 1, memory_order_relaxed);
    return got > 0;
}

uint64_t patterns_gave_up(const struct patterns *p)
{
    return atomic_load_explicit((_Atomic uint64_t *)&p->gave_up, memory_order_relaxed);
}
