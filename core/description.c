/* description.c - what a plugin says of itself: copied from any version of the header, and proved. */
#include "description.h"

#include <math.h>

#include "schema.h"
#include "str.h"

enum { MAX_OPTIONS = 256, MAX_COMMANDS = 64 };

/* What the first header had: no plugin's is smaller. */
static const size_t least_plugin = offsetof(pl_plugin, then) + sizeof(const pl_plugin *);
static const size_t least_option = offsetof(pl_option, max) + sizeof(double);

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool name_is_right(pl_str name)
{
    if (name.len == 0 || name.len > 64 || name.ptr[0] == '-' || name.ptr[0] == '_')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!is_name_char(name.ptr[i]))
            return false;
    }
    return true;
}

static bool has_capital(pl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
            return true;
    }
    return false;
}

bool declared_next(pl_str *rest, struct declared *d)
{
    pl_str s;

    if (!str_split(rest, ',', &s))
        return false;
    *d = (struct declared){.is_kind = s.ptr[0] == '+', .optional = s.ptr[s.len - 1] == '?'};
    d->name = str_trim(str_sub(s, d->is_kind, s.len - (d->optional && s.len > d->is_kind)));
    return true;
}

/* ---- proving ---- */

static bool names_right(const char *list, const char *what, bool reads, struct buf *why)
{
    pl_str rest = str_of(list);
    size_t commas = 0, names = 0;
    struct declared d;

    for (size_t i = 0; i < rest.len; i++)
        commas += rest.ptr[i] == ',';
    while (declared_next(&rest, &d)) {
        bool right = d.name.len > 0 && (reads || !d.optional);
        for (size_t i = 0; i < d.name.len; i++)
            right = right && (is_name_char(d.name.ptr[i]) || d.name.ptr[i] == '.');
        if (!right) {
            buf_addf(why, "`%s` is \"%s\", which is no list of names", what, list);
            return false;
        }
        names++;
    }
    if (list && list[0] && names != commas + 1) {
        buf_addf(why, "`%s` is \"%s\", which has a comma too many", what, list);
        return false;
    }
    return true;
}

static bool unit_right(const pl_option *o)
{
    static const char *const of_int[] = {"bytes", "ms"}, *const of_text[] = {"path", "output", "lasting", "field"};

    if (!o->unit)
        return true;
    for (int i = 0; i < 2 && o->type == PL_OPT_INT; i++) {
        if (strcmp(o->unit, of_int[i]) == 0)
            return true;
    }
    for (int i = 0; i < 4 && (o->type == PL_OPT_STR || o->type == PL_OPT_LIST); i++) {
        if (strcmp(o->unit, of_text[i]) == 0)
            return true;
    }
    return false;
}

static bool option_right(const pl_plugin *p, const pl_option *o, size_t nth, struct buf *why)
{
    static const char *const reserved[] = {"plugin", "name", "when", "isolate", "timeout", "memory"};
    const size_t size = schema_size(o->type);

    if (!o->name || !name_is_right(str_of(o->name))) {
        buf_addf(why, "option %zu has no name, or a wrong one", nth);
        return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(o->name, reserved[i]) == 0) {
            buf_addf(why, "option '%s' has a name that every stage has already", o->name);
            return false;
        }
    }
    for (const pl_option *before = p->options; before < o; before++) {
        if (strcmp(before->name, o->name) == 0) {
            buf_addf(why, "option '%s' is there twice", o->name);
            return false;
        }
    }
    if (size == 0)
        buf_addf(why, "option '%s' has an unknown type, %d", o->name, (int)o->type);
    else if (o->offset > p->config_size || size > p->config_size - o->offset)
        buf_addf(why, "option '%s' lies outside of the options struct (offset %zu of %zu)", o->name, o->offset,
                 p->config_size);
    else if (o->offset % (o->type == PL_OPT_BOOL ? _Alignof(bool) : _Alignof(int64_t)) != 0)
        buf_addf(why, "option '%s' is not aligned (offset %zu)", o->name, o->offset);
    else if (!o->help || !o->help[0])
        buf_addf(why, "option '%s' has no help", o->name);
    else if (!unit_right(o))
        buf_addf(why, "option '%s' has an unknown unit, \"%s\"", o->name, o->unit);
    else if (o->choices && ((o->type != PL_OPT_STR && o->type != PL_OPT_LIST) || !o->choices[0]))
        buf_addf(why, "option '%s' has choices but is no text", o->name);
    else if (!isfinite(o->min) || !isfinite(o->max) || o->min > o->max)
        buf_addf(why, "option '%s' has an empty range", o->name);
    else if (schema_default_right(o, why))
        return true;
    else
        buf_addf(why, " (option '%s')", o->name);
    return false;
}

static bool has_inputs(const pl_plugin *p)
{
    for (const pl_option *o = p->options; o && o->type != PL_OPT_END; o++) {
        if (strcmp(o->name, "inputs") == 0)
            return p->read && o->type == PL_OPT_LIST;
    }
    return false;
}

static bool commands_right(const pl_plugin *p, struct buf *why)
{
    const pl_command *c = p->commands;

    for (int n = 0; c && c->name; c++, n++) {
        if (n == MAX_COMMANDS || !name_is_right(str_of(c->name)) || !c->help || !c->main) {
            buf_addf(why, "command %d has no name, help or function, or a wrong name", n + 1);
            return false;
        }
    }
    return true;
}

static bool plugin_right(const pl_plugin *p, struct buf *why)
{
    if (!p->name || !name_is_right(str_of(p->name)) || has_capital(str_of(p->name)))
        buf_addz(why, "it has no name, or one that is not of small letters, digits, - and _");
    else if (!p->about || !p->about[0])
        buf_addz(why, "it does not say what it is about");
    else if (!p->read && !p->process && !p->commit)
        buf_addz(why, "it has no verb: read, process or commit");
    else if (p->then && !p->commit)
        buf_addz(why, "it has a `then` but no commit() to feed it");
    else if (p->then && !p->then->process && !p->then->commit)
        buf_addz(why, "its `then` has no verb: process or commit");
    else if ((p->flags & PL_SINK) && !p->commit)
        buf_addz(why, "it is a sink (PL_SINK) without commit()");
    else if ((p->flags & PL_INPUTS) && !has_inputs(p))
        buf_addz(why, "it has PL_INPUTS, but no read() or no list `inputs` among its options");
    else
        return commands_right(p, why) && names_right(p->reads, "reads", true, why) &&
               names_right(p->writes, "writes", false, why);
    return false;
}

/* ---- copying ---- */

/* The table at the plugin's own stride, as ours; NULL when it is malformed. */
static const pl_option *copy_options(struct arena *a, const pl_plugin *p, struct buf *why)
{
    const char *from = (const char *)p->options;
    pl_option *to = arena_zero(a, MAX_OPTIONS + 1, sizeof *to);
    const size_t size = p->option_size < sizeof *to ? p->option_size : sizeof *to;
    pl_plugin proved = *p;

    if (p->option_size < least_option || p->option_size % _Alignof(pl_option) != 0) {
        buf_addf(why, "option_size is %u bytes, the least is %zu", p->option_size, least_option);
        return NULL;
    }
    proved.options = to;
    for (size_t n = 0; n < MAX_OPTIONS; n++, from += p->option_size) {
        memcpy(&to[n], from, size);
        if (to[n].type == PL_OPT_END && !to[n].name)
            return to;
        if (!option_right(&proved, &to[n], n + 1, why))
            return NULL;
    }
    buf_addf(why, "its options have no end (PL_END), or are more than %d", MAX_OPTIONS);
    return NULL;
}

static pl_plugin *copy_plugin(struct arena *a, const pl_plugin *from, uint32_t size, struct buf *why)
{
    pl_plugin *p = arena_zero(a, 1, sizeof *p);

    if (from->minor > PL_ABI_MINOR) {
        buf_addf(why, "it was made for plugin interface 1.%u, and this pressline has 1.%d: update pressline",
                 from->minor, PL_ABI_MINOR);
        return NULL;
    }
    if (size < least_plugin) {
        buf_addf(why, "malformed description: size is %u bytes, the least is %zu", size, least_plugin);
        return NULL;
    }
    memcpy(p, from, size < sizeof *p ? size : sizeof *p);
    p->size = sizeof *p;
    return p;
}

const pl_plugin *description_copy(struct arena *a, const pl_plugin *from, struct buf *why)
{
    struct buf fault = {0};
    pl_plugin *p = copy_plugin(a, from, from->size, why);

    if (!p)
        return NULL;
    if (p->then) {
        /* Written by hand, without PL_PLUGIN, it may not say its size: it is of the same header. */
        pl_plugin *then = copy_plugin(a, p->then, p->then->size ? p->then->size : from->size, why);
        if (!then)
            return NULL;
        then->then = NULL;
        p->then = then;
    }
    if (p->options)
        p->options = copy_options(a, p, &fault);
    const bool right = fault.len == 0 && plugin_right(p, &fault);
    if (!right)
        buf_addf(why, "malformed description: %s", buf_cstr(&fault));
    buf_done(&fault);
    return right ? p : NULL;
}
