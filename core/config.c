/* config.c - pipeline files; the one place that knows libconfig.
 *
 * config_text.c has read the tokens.  libconfig gets a skeleton of them, one a line and every value blank: it says
 * whether the grammar holds and what belongs to what, and the line that it gives is the number of a token, which has
 * the value and the true place. */
#include "config.h"

#include <errno.h>
#include <libconfig.h>

#include "buf.h"
#include "config_text.h"
#include "config_vars.h"
#include "nearest.h"
#include "str.h"

struct builder {
    struct arena *arena;
    const struct tokens *tokens;
    size_t next; /* where the next value is looked for */
};

const char *config_type_name(enum setting_type type)
{
    static const char *const names[] = {
        [SET_BOOL] = "true or false", [SET_INT] = "an integer", [SET_REAL] = "a number",
        [SET_STR] = "text",           [SET_LIST] = "a list",    [SET_GROUP] = "a group { ... }",
    };

    return names[type];
}

/* ---- to libconfig ---- */

/* What a token is to libconfig.  Every value is 0: of a string it would lose the memory at a syntax error, and whether the
 * members of an array are of one type is for the schema to say. */
static void blank(struct buf *b, const struct token *t, size_t i)
{
    if (t->type == TOKEN_NAME && t->repeated)
        buf_addf(b, "*%zu", i); /* a name that no file can have */
    else if (t->type == TOKEN_NAME)
        buf_add(b, t->text);
    else if (t->type != TOKEN_PUNCT)
        buf_addc(b, '0');
    else if (token_is(t, '[') || token_is(t, ']'))
        buf_addc(b, token_is(t, '[') ? '(' : ')');
    else
        buf_add(b, t->text);
}

static bool is_value(const struct token *t)
{
    return t->type != TOKEN_NAME && t->type != TOKEN_PUNCT;
}

static void explain(const struct tokens *ts, int line, const char *text, struct errors *errs)
{
    const size_t i = line > 0 ? (size_t)line - 1 : 0;

    if (i >= ts->n) {
        const struct token *last = ts->n ? &ts->at[ts->n - 1] : NULL;
        error_at(errs, last ? last->file : NULL, last ? last->line : 0, "%s: the file ends too early", text);
        return;
    }
    const struct token *t = &ts->at[i];
    const struct token *before = i > 0 ? t - 1 : NULL;
    const char *hint = "";
    if (before && (is_value(before) || token_is(before, '}') || token_is(before, ')') || token_is(before, ']')) &&
        (is_value(t) || token_is(t, '{') || token_is(t, '(') || token_is(t, '[')))
        hint = ": a comma is missing before it";
    else if (before && before->type == TOKEN_NAME)
        hint = ": a setting is written NAME = VALUE;";
    else if (before && (token_is(before, '=') || token_is(before, ':')))
        hint = ": a value is missing before it";
    else if (t->type == TOKEN_BOOL || is_value(t))
        hint = ": a name was expected";
    error_at(errs, t->file, t->line, "%s at '" STR_FMT "'%s", text, STR_ARG(t->text), hint);
}

static int parse(config_t *cf, const struct tokens *ts, struct errors *errs)
{
    struct buf b = {0};
    int rc = PL_OK;

    for (size_t i = 0; i < ts->n; i++) {
        if (!ts->at[i].ignored)
            blank(&b, &ts->at[i], i);
        buf_addc(&b, '\n');
    }
    const char *text = buf_cstr(&b);
    if (b.failed)
        out_of_memory();
    errno = 0;
    const bool good = config_read_string(cf, text) == CONFIG_TRUE;
    if (errno == ENOMEM)
        out_of_memory();
    if (!good) {
        const char *why = config_error_text(cf);
        explain(ts, config_error_line(cf), why ? why : "syntax error", errs);
        rc = PL_ERROR;
    }
    buf_done(&b);
    return rc;
}

/* ---- from libconfig ---- */

static struct setting *build(struct builder *b, const config_setting_t *from);

static void build_members(struct builder *b, struct setting *s, const config_setting_t *from)
{
    struct setting **tail = &s->first;

    for (int i = 0; i < config_setting_length(from); i++) {
        const config_setting_t *m = config_setting_get_elem(from, (unsigned)i);
        struct setting *member = build(b, m);
        if (config_setting_name(m) && config_setting_name(m)[0] == '*')
            continue; /* set twice */
        *tail = member;
        tail = &member->next;
    }
}

static void take_value(struct builder *b, struct setting *s)
{
    const struct token *t;

    do
        t = &b->tokens->at[b->next++];
    while (!is_value(t) && b->next < b->tokens->n);
    s->file = t->file;
    s->line = t->line;
    s->wrong = t->wrong;
    if (t->type == TOKEN_BOOL) {
        s->type = SET_BOOL;
        s->as.b = t->as.b;
    } else if (t->type == TOKEN_INT) {
        s->type = SET_INT;
        s->as.i = t->as.i;
    } else if (t->type == TOKEN_REAL) {
        s->type = SET_REAL;
        s->as.f = t->as.f;
    } else {
        s->type = SET_STR;
        s->as.str = t->text;
    }
}

static struct setting *build(struct builder *b, const config_setting_t *from)
{
    struct setting *s = arena_zero(b->arena, 1, sizeof *s);
    const unsigned line = config_setting_source_line(from);
    const char *name = config_setting_name(from);

    if (line > 0 && line <= b->tokens->n) {
        s->file = b->tokens->at[line - 1].file;
        s->line = b->tokens->at[line - 1].line;
    }
    if (config_setting_is_group(from)) {
        s->type = SET_GROUP;
        build_members(b, s, from);
    } else if (config_setting_is_aggregate(from)) {
        s->type = SET_LIST;
        build_members(b, s, from);
    } else {
        const struct setting at = *s;
        take_value(b, s);
        if (name && at.file) {
            s->file = at.file;
            s->line = at.line;
        }
    }
    if (name)
        s->name = arena_dup(b->arena, str_of(name));
    return s;
}

static struct setting *tree(struct arena *a, struct tokens *ts, struct errors *errs)
{
    struct builder b = {.arena = a, .tokens = ts};
    struct setting *root = NULL;
    config_t cf;

    config_init(&cf);
    if (config_text_prove(ts, errs) == PL_OK && parse(&cf, ts, errs) == PL_OK)
        root = build(&b, config_root_setting(&cf));
    config_destroy(&cf);
    return root;
}

/* ---- settings ---- */

struct setting *config_get(const struct setting *group, const char *name)
{
    struct setting *s = group && group->type == SET_GROUP ? group->first : NULL;

    while (s && !str_is(s->name, name))
        s = s->next;
    return s;
}

struct setting *config_group_new(struct arena *a, const char *file, int line)
{
    struct setting *s = arena_zero(a, 1, sizeof *s);

    s->type = SET_GROUP;
    s->file = file;
    s->line = line;
    return s;
}

void config_put_raw(struct arena *a, struct setting *group, pl_str name, pl_str value)
{
    struct setting **at = &group->first;

    while (*at && !str_eq((*at)->name, name))
        at = &(*at)->next;
    struct setting *s = arena_zero(a, 1, sizeof *s);
    s->name = arena_dup(a, name);
    s->file = CONFIG_SET_FILE;
    s->type = SET_STR;
    s->raw = true;
    s->as.str = arena_dup(a, value);
    s->next = *at ? (*at)->next : NULL;
    *at = s;
}

/* The value in libconfig's form; NULL when it is none. */
static struct setting *parse_value(struct arena *a, const struct setting *s, struct errors *errs)
{
    struct tokens ts = {0};
    struct buf b = {0};

    buf_addz(&b, "v = ");
    buf_add(&b, s->as.str);
    buf_addc(&b, ';');
    const pl_str text = arena_dup(a, buf_view(&b));
    buf_done(&b);
    if (config_text_string(a, text, s->file, &ts, errs) < 0)
        return NULL;
    struct setting *root = tree(a, &ts, errs);
    if (!root || !root->first || root->first->next)
        return NULL;
    root->first->name = s->name;
    return root->first;
}

static struct setting *split_list(struct arena *a, const struct setting *s, char sep)
{
    struct setting *list = arena_zero(a, 1, sizeof *list);
    struct setting **tail = &list->first;
    pl_str rest = s->as.str, piece;

    *list = (struct setting){.name = s->name, .file = s->file, .line = s->line, .type = SET_LIST};
    while (str_split(&rest, sep, &piece)) {
        struct setting *m = arena_zero(a, 1, sizeof *m);
        *m = (struct setting){.file = s->file, .line = s->line, .type = SET_STR};
        m->as.str = arena_dup(a, piece);
        *tail = m;
        tail = &m->next;
    }
    return list;
}

struct setting *config_typed(struct arena *a, struct setting *s, enum setting_type want, char sep,
                             const struct config_vars *vars, struct errors *errs)
{
    const pl_str text = s->as.str;
    struct setting *t = NULL;
    double f;
    int64_t i;

    if (!s->raw)
        return s;
    const char first = text.len && sep == ',' ? text.ptr[0] : 0;
    if ((want == SET_LIST || want == SET_GROUP) && (first == '{' || first == '(' || first == '[')) {
        t = parse_value(a, s, errs);
    } else if (want == SET_LIST) {
        t = split_list(a, s, sep);
    } else {
        t = arena_zero(a, 1, sizeof *t);
        *t = *s;
        t->next = NULL;
        if (want == SET_BOOL && (str_is(text, "true") || str_is(text, "false"))) {
            t->type = SET_BOOL;
            t->as.b = text.ptr[0] == 't';
        } else if ((want == SET_INT || want == SET_REAL) && str_to_i64(text, &i)) {
            t->type = SET_INT;
            t->as.i = i;
        } else if (want == SET_REAL && str_to_f64(text, &f)) {
            t->type = SET_REAL;
            t->as.f = f;
        }
        t->raw = false;
    }
    if (!t)
        return s;
    config_expand_all(a, t, vars, errs);
    return t;
}

/* ---- --set ---- */

static pl_str stage_name(const struct setting *stage)
{
    const struct setting *s = config_get(stage, "name");

    if (!s)
        s = config_get(stage, "plugin");
    return s && s->type == SET_STR ? s->as.str : (pl_str){NULL, 0};
}

static struct setting *find_stage(const struct setting *root, pl_str name, struct nearest *near)
{
    const struct setting *stages = config_get(root, "stages");

    for (struct setting *s = stages && stages->type == SET_LIST ? stages->first : NULL; s; s = s->next) {
        if (str_eq(stage_name(s), name))
            return s;
        nearest_offer(near, stage_name(s));
    }
    return NULL;
}

static void apply_set(struct arena *a, struct setting *root, pl_str set, struct errors *errs)
{
    const char *equals = set.len ? memchr(set.ptr, '=', set.len) : NULL;
    const size_t len = equals ? (size_t)(equals - set.ptr) : 0;
    const char *dot = len ? memchr(set.ptr, '.', len) : NULL;
    struct setting *group = root;
    pl_str name = {set.ptr, len};

    if (len == 0 || dot == set.ptr || dot == set.ptr + len - 1) {
        error_at(errs, CONFIG_SET_FILE, 0, "'" STR_FMT "' is not STAGE.OPTION=VALUE, nor OPTION=VALUE of the run",
                 STR_ARG(set));
        return;
    }
    if (dot) {
        const pl_str stage = str_sub(set, 0, (size_t)(dot - set.ptr));
        struct nearest near = {.word = stage};
        name = str_sub(set, stage.len + 1, len);
        group = find_stage(root, stage, &near);
        if (!group && near.best.ptr)
            error_at(errs, CONFIG_SET_FILE, 0, "there is no stage '" STR_FMT "'; did you mean '" STR_FMT "'?",
                     STR_ARG(stage), STR_ARG(near.best));
        else if (!group)
            error_at(errs, CONFIG_SET_FILE, 0, "there is no stage '" STR_FMT "'", STR_ARG(stage));
        if (!group)
            return;
    } else if (str_is(name, "stages")) {
        error_at(errs, CONFIG_SET_FILE, 0, "'stages' cannot be set as a whole: write STAGE.OPTION=VALUE");
        return;
    }
    config_put_raw(a, group, name, str_sub(set, len + 1, set.len));
}

struct setting *config_load(struct arena *a, const char *path, const struct config_vars *vars, struct errors *errs)
{
    struct tokens ts = {0};

    if (config_text_file(a, path, &ts, errs) < 0)
        return NULL;
    struct setting *root = tree(a, &ts, errs);
    if (!root)
        return NULL;
    root->file = arena_dup(a, str_of(path)).ptr;
    for (size_t i = 0; i < vars->sets.n; i++)
        apply_set(a, root, vars->sets.at[i], errs);
    config_expand_all(a, root, vars, errs);
    return root;
}
