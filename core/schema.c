/* schema.c - a table of options, and the struct that it fills from a group of settings. */
#include "schema.h"

#include <inttypes.h>

#include "nearest.h"
#include "paths.h"
#include "str.h"
#include "units.h"

/* One value on its way into its struct. */
struct fill {
    struct schema *sm;
    const pl_option *o;
    const struct setting *s;
    void *member;
};

size_t schema_size(pl_opt_type type)
{
    switch (type) {
    case PL_OPT_BOOL: return sizeof(bool);
    case PL_OPT_INT: return sizeof(int64_t);
    case PL_OPT_REAL: return sizeof(double);
    case PL_OPT_STR: return sizeof(pl_str);
    case PL_OPT_LIST: return sizeof(pl_list);
    case PL_OPT_END: break;
    }
    return 0;
}

static bool has_unit(const pl_option *o, const char *unit)
{
    return o->unit && strcmp(o->unit, unit) == 0;
}

const char *schema_type_name(const pl_option *o)
{
    const bool path = has_unit(o, "path") || has_unit(o, "output") || has_unit(o, "lasting");

    switch (o->type) {
    case PL_OPT_BOOL: return "true or false";
    case PL_OPT_INT: return has_unit(o, "bytes") ? "size" : has_unit(o, "ms") ? "duration" : "integer";
    case PL_OPT_REAL: return "number";
    case PL_OPT_STR: return path ? "path" : "text";
    case PL_OPT_LIST: return path ? "list of paths" : "list of text";
    case PL_OPT_END: break;
    }
    return NULL;
}

/* ---- printing ---- */

static void print_int(struct buf *b, const pl_option *o, int64_t v)
{
    if (has_unit(o, "bytes"))
        units_print_bytes(b, v);
    else if (has_unit(o, "ms"))
        units_print_ms(b, v);
    else
        buf_addf(b, "%" PRId64, v);
}

static void print_bound(struct buf *b, const pl_option *o, double v)
{
    /* Bounds are doubles: one past int64 means none. */
    if (o->type == PL_OPT_INT && v > -0x1p63 && v < 0x1p63)
        print_int(b, o, (int64_t)v);
    else
        buf_addf(b, "%g", v);
}

static void print_choices(struct buf *b, const char *choices)
{
    pl_str rest = str_of(choices), piece;
    const char *comma = "";

    while (str_split(&rest, '|', &piece)) {
        buf_addz(b, comma);
        buf_add(b, piece);
        comma = ", ";
    }
}

static bool is_bounded(const pl_option *o)
{
    return o->min < 0 || o->min > 0 || o->max < 0 || o->max > 0;
}

void schema_print_range(struct buf *b, const pl_option *o)
{
    if (o->choices) {
        print_choices(b, o->choices);
    } else if (is_bounded(o) && (o->type == PL_OPT_INT || o->type == PL_OPT_REAL)) {
        print_bound(b, o, o->min);
        buf_addz(b, " to ");
        print_bound(b, o, o->max);
    }
}

static void print_str(struct buf *b, pl_str s)
{
    buf_addf(b, "%zu:", s.len);
    buf_add(b, s);
}

void schema_print_value(struct buf *b, const pl_option *o, const void *config)
{
    const void *at = (const char *)config + o->offset;

    switch (o->type) {
    case PL_OPT_BOOL: buf_addz(b, *(const bool *)at ? "true" : "false"); break;
    case PL_OPT_INT: buf_addf(b, "%" PRId64, *(const int64_t *)at); break;
    case PL_OPT_REAL: buf_addf(b, "%a", *(const double *)at); break;
    case PL_OPT_STR: print_str(b, *(const pl_str *)at); break;
    case PL_OPT_LIST: {
        const pl_list *l = at;
        buf_addf(b, "%zu", l->n);
        for (size_t i = 0; i < l->n; i++) {
            buf_addc(b, ' ');
            print_str(b, l->at[i]);
        }
        break;
    }
    case PL_OPT_END: break;
    }
}

/* ---- one value ---- */

static void wrong_type(const struct fill *f, const char *want)
{
    const struct setting *s = f->s;

    if (s->type == SET_STR)
        error_at(f->sm->errs, s->file, s->line, "%s: option '%s' wants %s, not the text \"" STR_FMT "\"", f->sm->owner,
                 f->o->name, want, STR_ARG(s->as.str));
    else
        error_at(f->sm->errs, s->file, s->line, "%s: option '%s' wants %s, not %s", f->sm->owner, f->o->name, want,
                 config_type_name(s->type));
}

static bool in_range(const struct fill *f, double v)
{
    const pl_option *o = f->o;
    struct buf range = {0}, value = {0};

    if (!is_bounded(o) || (v >= o->min && v <= o->max))
        return true;
    schema_print_range(&range, o);
    print_bound(&value, o, v);
    error_at(f->sm->errs, f->s->file, f->s->line, "%s: option '%s' is %s, out of its range: %s", f->sm->owner, o->name,
             buf_cstr(&value), buf_cstr(&range));
    buf_done(&range);
    buf_done(&value);
    return false;
}

static void fill_int(const struct fill *f)
{
    const pl_option *o = f->o;
    const struct setting *s = f->s;
    const bool bytes = has_unit(o, "bytes"), ms = has_unit(o, "ms");
    int64_t v = 0;

    if (s->type == SET_INT) {
        v = s->as.i;
    } else if (s->type != SET_STR || !((bytes && units_bytes(s->as.str, &v)) || (ms && units_ms(s->as.str, &v)))) {
        wrong_type(f, bytes ? "a size such as \"64M\" (K, M, G, T)"
                      : ms  ? "a duration such as \"30s\" (ms, s, m, h, d)"
                            : "an integer");
        return;
    }
    if (in_range(f, (double)v))
        *(int64_t *)f->member = v;
}

static void fill_real(const struct fill *f)
{
    const struct setting *s = f->s;

    if (s->type != SET_REAL && s->type != SET_INT) {
        wrong_type(f, "a number");
        return;
    }
    const double v = s->type == SET_REAL ? s->as.f : (double)s->as.i;
    if (in_range(f, v))
        *(double *)f->member = v;
}

static bool is_choice(const struct fill *f, const struct setting *s)
{
    const pl_option *o = f->o;
    struct nearest near = {.word = s->as.str};
    pl_str rest = str_of(o->choices), piece;
    struct buf b = {0};

    while (str_split(&rest, '|', &piece)) {
        if (str_eq(piece, s->as.str))
            return true;
        nearest_offer(&near, piece);
    }
    if (near.best.ptr)
        buf_addf(&b, "; did you mean \"" STR_FMT "\"?", STR_ARG(near.best));
    buf_addz(&b, " (");
    print_choices(&b, o->choices);
    error_at(f->sm->errs, s->file, s->line, "%s: option '%s' cannot be \"" STR_FMT "\"%s)", f->sm->owner, o->name,
             STR_ARG(s->as.str), buf_cstr(&b));
    buf_done(&b);
    return false;
}

/* Text as it is to be stored: among the choices, its path proved. */
static pl_str take_text(const struct fill *f, const struct setting *s)
{
    struct schema *sm = f->sm;
    const pl_option *o = f->o;
    const char *why = NULL, *does = "read";

    if (o->choices && !is_choice(f, s))
        return PL_S("");
    if (sm->prove_paths && has_unit(o, "path")) {
        why = path_unreadable(s->as.str);
    } else if (sm->prove_paths && (has_unit(o, "output") || has_unit(o, "lasting"))) {
        why = path_unwritable(s->as.str);
        does = "write";
    }
    if (why)
        error_at(sm->errs, s->file, s->line, "%s: option '%s': cannot %s '" STR_FMT "': %s", sm->owner, o->name, does,
                 STR_ARG(s->as.str), why);
    return arena_dup(sm->arena, s->as.str);
}

/* Whether the text still waits for --input or --output. */
static bool lacks(const struct fill *f, const struct setting *s)
{
    struct schema *sm = f->sm;
    const unsigned wrong = s->lacks & ~sm->may_lack;

    sm->lacks |= s->lacks;
    if (wrong)
        error_at(sm->errs, s->file, s->line, "%s: option '%s' is \"" STR_FMT "\": say --%s PATH", sm->owner, f->o->name,
                 STR_ARG(s->as.str), wrong & LACKS_INPUT ? "input" : "output");
    return s->lacks != 0;
}

static void fill_str(const struct fill *f)
{
    pl_str *member = f->member;

    if (f->s->type != SET_STR)
        wrong_type(f, "text in double quotes");
    else
        *member = lacks(f, f->s) ? PL_S("") : take_text(f, f->s);
}

static void fill_list(const struct fill *f)
{
    pl_list *member = f->member;
    pl_str *at = NULL;
    size_t n = 0, cap = 0;

    if (f->s->type != SET_LIST) {
        wrong_type(f, "a list [\"...\", \"...\"]");
        return;
    }
    for (const struct setting *m = f->s->first; m; m = m->next) {
        if (m->type != SET_STR) {
            wrong_type(&(struct fill){f->sm, f->o, m, NULL}, "a list of texts in double quotes");
            return;
        }
        if (m->wrong || lacks(f, m))
            continue;
        at = arena_grow(f->sm->arena, at, n, &cap, sizeof *at);
        at[n++] = take_text(f, m);
    }
    *member = (pl_list){at, n};
}

static void fill_bool(const struct fill *f)
{
    if (f->s->type == SET_BOOL)
        *(bool *)f->member = f->s->as.b;
    else
        wrong_type(f, "true or false");
}

static void fill_member(const struct fill *f)
{
    if (f->s->wrong)
        return;
    switch (f->o->type) {
    case PL_OPT_BOOL: fill_bool(f); break;
    case PL_OPT_INT: fill_int(f); break;
    case PL_OPT_REAL: fill_real(f); break;
    case PL_OPT_STR: fill_str(f); break;
    case PL_OPT_LIST: fill_list(f); break;
    case PL_OPT_END: break;
    }
}

/* ---- the group ---- */

static enum setting_type wanted(pl_opt_type type)
{
    static const enum setting_type types[] = {
        [PL_OPT_BOOL] = SET_BOOL, [PL_OPT_INT] = SET_INT,   [PL_OPT_REAL] = SET_REAL,
        [PL_OPT_STR] = SET_STR,   [PL_OPT_LIST] = SET_LIST,
    };

    return types[type];
}

/* A setting, or the option's default, put where it belongs. */
static void fill_option(struct schema *sm, const pl_option *o, struct setting *s, void *config)
{
    const bool is_set = s != NULL;
    struct setting dflt = {.type = SET_STR, .raw = true, .file = sm->file, .line = sm->line};
    void *member = (char *)config + o->offset;

    if (!s) {
        dflt.as.str = str_of(o->value);
        s = &dflt;
    }
    const size_t before = sm->errs->n_errors;
    s = config_typed(sm->arena, s, wanted(o->type), is_set ? ',' : '|', sm->vars, sm->errs);
    /* A text that could not be expanded has been told. */
    if (sm->errs->n_errors == before)
        fill_member(&(struct fill){sm, o, s, member});
}

static void unknown(struct schema *sm, const pl_option *options, const struct setting *s, const char *const *also)
{
    struct nearest near = {.word = s->name};

    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++)
        nearest_offer(&near, str_of(o->name));
    for (; also && *also; also++)
        nearest_offer(&near, str_of(*also));
    if (near.best.ptr)
        error_at(sm->errs, s->file, s->line, "%s has no option '" STR_FMT "'; did you mean '" STR_FMT "'?", sm->owner,
                 STR_ARG(s->name), STR_ARG(near.best));
    else
        error_at(sm->errs, s->file, s->line, "%s has no option '" STR_FMT "'", sm->owner, STR_ARG(s->name));
}

static bool is_known(const pl_option *options, pl_str name, const char *const *also)
{
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++) {
        if (str_is(name, o->name))
            return true;
    }
    for (; also && *also; also++) {
        if (str_is(name, *also))
            return true;
    }
    return false;
}

void schema_fill(struct schema *sm, const pl_option *options, const struct setting *group, const char *const *also,
                 void *config)
{
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++) {
        struct setting *s = config_get(group, o->name);
        if (s || o->value)
            fill_option(sm, o, s, config);
        else
            error_at(sm->errs, sm->file, sm->line, "%s: option '%s' is required (%s)", sm->owner, o->name, o->help);
    }
    for (const struct setting *s = group->first; s; s = s->next) {
        if (!is_known(options, s->name, also))
            unknown(sm, options, s, also);
    }
}

bool schema_default_right(const pl_option *o, struct buf *why)
{
    static const struct config_vars none;
    struct arena arena = {0};
    struct errors errs;
    union {
        int64_t i;
        double f;
        pl_str str;
        pl_list list;
    } value;
    pl_option at_start = *o;

    if (!o->value)
        return true;
    at_start.offset = 0;
    errors_init(&errs);
    struct schema sm = {.arena = &arena,
                        .vars = &none,
                        .errs = &errs,
                        .owner = "default",
                        .may_lack = LACKS_INPUT | LACKS_OUTPUT};
    fill_option(&sm, &at_start, NULL, &value);
    if (errs.n_errors)
        buf_addz(why, errs.first->text);
    const bool right = errs.n_errors == 0;
    errors_done(&errs);
    arena_done(&arena);
    return right;
}
