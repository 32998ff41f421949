/* when.c - the declarative condition of a stage: which records it sees. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "when.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fields.h"
#include "nearest.h"
#include "str.h"

/* A match of a word in a page takes some hundred steps; these bound a bad pattern to some 10 ms and 20 MB. */
enum { MATCH_STEPS = 1000000, MATCH_DEPTH = 10000, MATCH_HEAP_KB = 20000, MAX_PATTERN = 10000 };

enum kind { ALL, ANY, NOT, FIELD };
enum test_kind { EQUALS, ONE_OF, MATCHES, PRESENT, GREATER, LESS };

struct test {
    struct test *next;
    enum test_kind kind;
    bool present;
    struct value *values; /* STR, BOOL, I64, F64 */
    size_t n_values;
    pcre2_code *code;
    struct test *next_code; /* in `codes` of the whole */
};

struct node {
    struct node *next, *first; /* sibling; members */
    enum kind kind;
    const struct setting *setting; /* FIELD: where it is named */
    pl_key field;
    struct test *tests;
};

struct when {
    struct arena arena;
    struct node *root;
    pcre2_match_context *limits;
    struct test *codes; /* tests with a pattern, which the arena does not free */
};

struct maker {
    struct when *when;
    struct intern *names;
    struct errors *errs;
};

static const char *const test_names[] = {
    [EQUALS] = "equals",   [ONE_OF] = "one_of",   [MATCHES] = "matches",
    [PRESENT] = "present", [GREATER] = "greater", [LESS] = "less",
};
enum { N_TESTS = sizeof test_names / sizeof *test_names };

/* ---- making ---- */

static bool take_value(const struct setting *s, struct value *v)
{
    *v = (struct value){0};
    switch (s->type) {
    case SET_BOOL:
        v->type = PL_BOOL;
        v->as.b = s->as.b;
        return true;
    case SET_INT:
        v->type = PL_I64;
        v->as.i = s->as.i;
        return true;
    case SET_REAL:
        v->type = PL_F64;
        v->as.f = s->as.f;
        return true;
    case SET_STR:
        v->type = PL_STR;
        v->as.str = s->as.str;
        return true;
    case SET_LIST:
    case SET_GROUP: break;
    }
    return false;
}

static bool is_number(pl_type t)
{
    return t == PL_I64 || t == PL_F64;
}

/* Whether a field of a known type could ever pass; of others nothing is known. */
static bool fits_field(const struct maker *mk, const struct node *n, const struct setting *s, const struct value *v)
{
    const struct field_info *info = fields_info(n->field);
    const pl_type want = !info ? v->type : info->type == PL_STRS ? PL_STR : info->type;

    if (want == v->type || (is_number(want) && is_number(v->type)))
        return true;
    error_at(mk->errs, s->file, s->line, "`when`: field `%s` holds %s, and `" STR_FMT "` compares it with %s",
             info->name, fields_type_name(info->type), STR_ARG(s->name.len ? s->name : PL_S("one_of")),
             fields_type_name(v->type));
    return false;
}

static bool add_value(const struct maker *mk, const struct node *n, struct test *t, const struct setting *s)
{
    struct value v;

    if (s->wrong)
        return false;
    if (s->lacks) {
        error_at(mk->errs, s->file, s->line, "`when` holds \"" STR_FMT "\": say --%s PATH", STR_ARG(s->as.str),
                 s->lacks & LACKS_INPUT ? "input" : "output");
        return false;
    }
    if (!take_value(s, &v)) {
        error_at(mk->errs, s->file, s->line,
                 "`when`: a field is compared with text, a number, true or false, not with %s",
                 config_type_name(s->type));
        return false;
    }
    if (!fits_field(mk, n, s, &v))
        return false;
    t->values[t->n_values++] = v;
    return true;
}

static bool make_one_of(const struct maker *mk, const struct node *n, struct test *t, const struct setting *s)
{
    size_t members = 0;
    bool right = true;

    if (s->type != SET_LIST || !s->first) {
        error_at(mk->errs, s->file, s->line, "`when`: `one_of` wants a list with something in it, [\"...\", \"...\"]");
        return false;
    }
    for (const struct setting *m = s->first; m; m = m->next)
        members++;
    t->values = arena_zero(&mk->when->arena, members, sizeof *t->values);
    for (const struct setting *m = s->first; m; m = m->next)
        right = add_value(mk, n, t, m) && right;
    return right;
}

static bool make_matches(const struct maker *mk, const struct node *n, struct test *t, const struct setting *s)
{
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    struct value v = {.type = PL_STR};
    unsigned char why[200];
    size_t at;
    int code;

    if (s->wrong)
        return false;
    if (s->type != SET_STR || s->as.str.len > MAX_PATTERN) {
        error_at(mk->errs, s->file, s->line, "`when`: `matches` wants a pattern as text, of up to %d bytes",
                 MAX_PATTERN);
        return false;
    }
    if (!fits_field(mk, n, s, &v))
        return false;
    t->code = pcre2_compile((PCRE2_SPTR)s->as.str.ptr, s->as.str.len, options, &code, &at, NULL);
    if (!t->code) {
        pcre2_get_error_message(code, why, sizeof why);
        error_at(mk->errs, s->file, s->line, "`when`: the pattern \"" STR_FMT "\" is wrong at byte %zu: %s",
                 STR_ARG(s->as.str), at + 1, (const char *)why);
    }
    t->next_code = mk->when->codes;
    mk->when->codes = t;
    return t->code != NULL;
}

/* One test of the field, put in front of its others; false when it is wrong. */
static bool make_test(const struct maker *mk, struct node *n, enum test_kind kind, const struct setting *s)
{
    struct test *t = arena_zero(&mk->when->arena, 1, sizeof *t);

    t->kind = kind;
    t->next = n->tests;
    n->tests = t;
    switch (kind) {
    case PRESENT:
        t->present = s->type == SET_BOOL && s->as.b;
        if (s->type != SET_BOOL)
            error_at(mk->errs, s->file, s->line, "`when`: `present` wants true or false");
        return s->type == SET_BOOL;
    case MATCHES: return make_matches(mk, n, t, s);
    case ONE_OF: return make_one_of(mk, n, t, s);
    case EQUALS: break;
    case GREATER:
    case LESS:
        if (s->type == SET_BOOL) {
            error_at(mk->errs, s->file, s->line, "`when`: `%s` wants a number, or text", test_names[kind]);
            return false;
        }
        break;
    }
    t->values = arena_zero(&mk->when->arena, 1, sizeof *t->values);
    return add_value(mk, n, t, s);
}

static void unknown_test(const struct maker *mk, const struct setting *s)
{
    struct nearest near = {.word = s->name};

    for (int i = 0; i < N_TESTS; i++)
        nearest_offer(&near, str_of(test_names[i]));
    nearest_offer(&near, PL_S("field"));
    if (near.best.ptr)
        error_at(mk->errs, s->file, s->line, "`when` has no test '" STR_FMT "'; did you mean '" STR_FMT "'?",
                 STR_ARG(s->name), STR_ARG(near.best));
    else
        error_at(mk->errs, s->file, s->line,
                 "`when` has no test '" STR_FMT "': equals, one_of, matches, present, greater, less", STR_ARG(s->name));
}

/* { field = "..."; TEST = ...; } */
static bool make_field(const struct maker *mk, struct node *n, const struct setting *s, const struct setting *field)
{
    bool right = true;

    n->kind = FIELD;
    n->setting = field;
    if (field->type != SET_STR || field->as.str.len == 0) {
        error_at(mk->errs, field->file, field->line, "`when`: `field` wants the name of a field as text");
        return false;
    }
    n->field = intern_add(mk->names, field->as.str);
    for (const struct setting *m = s->first; m; m = m->next) {
        int kind = 0;
        if (m == field)
            continue;
        while (kind < N_TESTS && !str_is(m->name, test_names[kind]))
            kind++;
        if (kind == N_TESTS)
            unknown_test(mk, m);
        right = kind < N_TESTS && make_test(mk, n, (enum test_kind)kind, m) && right;
    }
    if (right && !n->tests) {
        error_at(mk->errs, s->file, s->line,
                 "`when`: field `" STR_FMT "` has no test: equals, one_of, matches, present, greater or less",
                 STR_ARG(field->as.str));
        right = false;
    }
    /* In the order of the file. */
    struct test *turned = NULL;
    while (n->tests) {
        struct test *t = n->tests;
        n->tests = t->next;
        t->next = turned;
        turned = t;
    }
    n->tests = turned;
    return right;
}

static struct node *make(const struct maker *mk, const struct setting *s);

static bool make_members(const struct maker *mk, struct node *n, const struct setting *list, const char *what)
{
    struct node **tail = &n->first;
    bool right = true;

    if (!list->first) {
        error_at(mk->errs, list->file, list->line, "`when`: %s is empty", what);
        return false;
    }
    for (const struct setting *m = list->first; m; m = m->next) {
        struct node *member = make(mk, m);
        if (member) {
            *tail = member;
            tail = &member->next;
        } else {
            right = false;
        }
    }
    return right;
}

/* A group with one of `field`, `not` and `any`. */
static bool make_group(const struct maker *mk, struct node *n, const struct setting *s)
{
    const struct setting *field = config_get(s, "field"), *negated = config_get(s, "not"), *any = config_get(s, "any");

    if (field)
        return make_field(mk, n, s, field);
    if ((!negated && !any) || s->first->next) {
        error_at(mk->errs, s->file, s->line,
                 "a condition is { field = \"...\"; TEST = ...; }, { not = { ... }; } or { any = ( ... ); }");
        return false;
    }
    if (negated) {
        n->kind = NOT;
        n->first = make(mk, negated);
        return n->first != NULL;
    }
    n->kind = ANY;
    if (any->type != SET_LIST) {
        error_at(mk->errs, any->file, any->line, "`when`: `any` wants a list of conditions ( { ... }, { ... } )");
        return false;
    }
    return make_members(mk, n, any, "`any`");
}

static struct node *make(const struct maker *mk, const struct setting *s)
{
    struct node *n = arena_zero(&mk->when->arena, 1, sizeof *n);
    bool right = false;

    if (s->type == SET_GROUP)
        right = make_group(mk, n, s);
    else if (s->type == SET_LIST)
        right = make_members(mk, n, s, "a list of conditions");
    else
        error_at(mk->errs, s->file, s->line, "a condition is a group { ... } or a list of them, not %s",
                 config_type_name(s->type));
    return right ? n : NULL;
}

struct when *when_new(const struct setting *s, struct intern *names, struct errors *errs)
{
    struct when *w = calloc(1, sizeof *w);
    struct maker mk = {w, names, errs};

    if (!w)
        out_of_memory();
    w->limits = pcre2_match_context_create(NULL);
    if (!w->limits)
        out_of_memory();
    pcre2_set_match_limit(w->limits, MATCH_STEPS);
    pcre2_set_depth_limit(w->limits, MATCH_DEPTH);
    pcre2_set_heap_limit(w->limits, MATCH_HEAP_KB);
    w->root = make(&mk, s);
    if (w->root)
        return w;
    when_free(w);
    return NULL;
}

void when_free(struct when *w)
{
    if (!w)
        return;
    for (const struct test *t = w->codes; t; t = t->next_code)
        pcre2_code_free(t->code);
    pcre2_match_context_free(w->limits);
    arena_done(&w->arena);
    free(w);
}

/* ---- judging ---- */

/* The order of an integer and a double, exact where (double)i is not. */
static int cmp_i64_f64(int64_t i, double f)
{
    if (f >= 0x1p63)
        return -1;
    if (f < -0x1p63)
        return 1;
    const int64_t whole = (int64_t)f;
    if (i != whole)
        return i < whole ? -1 : 1;
    const double rest = f - (double)whole;
    return rest > 0 ? -1 : rest < 0;
}

/* -1, 0 or 1 into *c; false for types that have no order between them. */
static bool compare(const struct value *a, const struct value *b, int *c)
{
    if (a->type == PL_STR && b->type == PL_STR)
        *c = str_cmp(a->as.str, b->as.str);
    else if (a->type == PL_BOOL && b->type == PL_BOOL)
        *c = a->as.b - b->as.b;
    else if (a->type == PL_I64 && b->type == PL_I64)
        *c = (a->as.i > b->as.i) - (a->as.i < b->as.i);
    else if (a->type == PL_I64 && b->type == PL_F64)
        *c = cmp_i64_f64(a->as.i, b->as.f);
    else if (a->type == PL_F64 && b->type == PL_I64)
        *c = -cmp_i64_f64(b->as.i, a->as.f);
    else if (a->type == PL_F64 && b->type == PL_F64)
        *c = (a->as.f > b->as.f) - (a->as.f < b->as.f);
    else
        return false;
    return true;
}

struct judge {
    const struct when *when;
    uint64_t *limited;
};

static bool matches(const struct judge *j, const struct test *t, const struct value *v)
{
    if (v->type != PL_STR)
        return false;
    pcre2_match_data *md = pcre2_match_data_create(1, NULL);
    if (!md)
        out_of_memory();
    const char *at = v->as.str.ptr ? v->as.str.ptr : "";
    const int rc = pcre2_match(t->code, (PCRE2_SPTR)at, v->as.str.len, 0, PCRE2_NO_UTF_CHECK, md, j->when->limits);
    pcre2_match_data_free(md);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        ++*j->limited;
    return rc >= 0;
}

static bool passes(const struct judge *j, const struct test *t, const struct value *v)
{
    int c;

    if (t->kind == MATCHES)
        return matches(j, t, v);
    for (size_t i = 0; i < t->n_values; i++) {
        if (!compare(v, &t->values[i], &c))
            continue;
        if (t->kind == GREATER ? c > 0 : t->kind == LESS ? c < 0 : c == 0)
            return true;
    }
    return false;
}

static bool passes_all(const struct judge *j, const struct node *n, const struct value *v)
{
    for (const struct test *t = n->tests; t; t = t->next) {
        if (t->kind != PRESENT && !passes(j, t, v))
            return false;
    }
    return true;
}

static bool field_holds(const struct judge *j, const struct node *n, const pl_record *r)
{
    const struct value *v = record_get(r, n->field);
    const bool present = v->type != PL_UNSET;
    bool compares = false;

    for (const struct test *t = n->tests; t; t = t->next) {
        if (t->kind == PRESENT && t->present != present)
            return false;
        compares = compares || t->kind != PRESENT;
    }
    if (!compares || !present)
        return !compares;
    if (v->type != PL_STRS)
        return passes_all(j, n, v);
    for (size_t i = 0; i < v->as.list.n; i++) {
        const struct value member = {.type = PL_STR, .as.str = v->as.list.at[i]};
        if (passes_all(j, n, &member))
            return true;
    }
    return false;
}

static bool holds(const struct judge *j, const struct node *n, const pl_record *r)
{
    const struct node *m = n->first;

    switch (n->kind) {
    case FIELD: return field_holds(j, n, r);
    case NOT: return !holds(j, m, r);
    case ALL:
        while (m && holds(j, m, r))
            m = m->next;
        return !m;
    case ANY:
        while (m && !holds(j, m, r))
            m = m->next;
        return m != NULL;
    }
    return false;
}

bool when_holds(const struct when *w, const pl_record *r, uint64_t *limited)
{
    const struct judge j = {w, limited};

    return holds(&j, w->root, r);
}

static void walk(const struct node *n, void (*f)(void *, pl_key, const struct setting *), void *arg)
{
    if (n->kind == FIELD)
        f(arg, n->field, n->setting);
    for (const struct node *m = n->first; m; m = m->next)
        walk(m, f, arg);
}

void when_fields(const struct when *w, void (*f)(void *, pl_key, const struct setting *), void *arg)
{
    walk(w->root, f, arg);
}
