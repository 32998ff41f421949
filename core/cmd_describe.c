/* cmd_describe.c - `pressline describe`: a plugin's options, fields and commands; the settings of a run; the fields. */
#include "cli.h"
#include "description.h"
#include "exit.h"
#include "fields.h"
#include "json_text.h"
#include "nearest.h"
#include "schema.h"
#include "str.h"

/* ---- as text ---- */

/* As it would be written in a pipeline file. */
static void print_default(struct buf *b, const pl_option *o)
{
    pl_str rest = str_of(o->value), piece;
    const char *comma = "";
    int64_t number;

    if (!o->value)
        return;
    if (o->type == PL_OPT_LIST) {
        buf_addc(b, '[');
        while (str_split(&rest, '|', &piece)) {
            buf_addf(b, "%s\"" STR_FMT "\"", comma, STR_ARG(piece));
            comma = ", ";
        }
        buf_addc(b, ']');
    } else if (o->type == PL_OPT_STR || (o->type == PL_OPT_INT && !str_to_i64(rest, &number))) {
        buf_addf(b, "\"%s\"", o->value);
    } else {
        buf_addz(b, o->value);
    }
}

static void print_option(struct buf *b, const pl_option *o)
{
    struct buf range = {0};

    schema_print_range(&range, o);
    buf_addf(b, "  %s\n      %s", o->name, schema_type_name(o));
    if (range.len)
        buf_addf(b, o->choices ? ": %s" : ", %s", buf_cstr(&range));
    buf_addz(b, o->value ? "; default " : "; required");
    print_default(b, o);
    buf_addf(b, "\n      %s\n", o->help);
    buf_done(&range);
}

static void print_options(struct buf *b, const pl_option *options)
{
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++)
        print_option(b, o);
}

static void print_names(struct buf *b, const char *what, const char *list)
{
    pl_str rest = str_of(list);
    struct declared d;

    if (!rest.len)
        return;
    buf_addf(b, "\n%s:", what);
    while (declared_next(&rest, &d))
        buf_addf(b, " %s" STR_FMT "%s", d.is_kind ? "+" : "", STR_ARG(d.name), d.optional ? "?" : "");
    buf_addc(b, '\n');
}

static const char *verbs(const pl_plugin *p)
{
    if (p->read)
        return "a source";
    return p->flags & PL_SINK ? "a sink" : "a stage";
}

static void print_plugin(struct buf *b, const struct module *m)
{
    const pl_plugin *p = m->plugin;

    buf_addf(b, "%s%s%s - %s\n", p->name, p->version ? " " : "", p->version ? p->version : "", p->about);
    buf_addf(b, "  %s%s%s, " STR_FMT "\n", verbs(p), p->license ? ", licence " : "", p->license ? p->license : "",
             STR_ARG(m->path));
    if (p->options)
        buf_addz(b, "\noptions:\n");
    print_options(b, p->options);
    print_names(b, "reads", p->reads);
    print_names(b, "writes", p->writes);
    if (p->commands && p->commands->name)
        buf_addz(b, "\ncommands:\n");
    for (const pl_command *c = p->commands; c && c->name; c++)
        buf_addf(b, "  pressline %s %s %s\n", p->name, c->name, c->help);
}

static void print_fields(struct buf *b)
{
    for (pl_key k = 1; fields_info(k); k++) {
        const struct field_info *f = fields_info(k);
        buf_addf(b, "%-15s %-13s %s\n", f->name, fields_type_name(f->type), f->help);
    }
}

/* ---- as JSON ---- */

static void json_member(struct buf *b, const char *name, const char *value)
{
    buf_addf(b, ",\"%s\":", name);
    if (value)
        json_text(b, str_of(value));
    else
        buf_addz(b, "null");
}

static void json_option(struct buf *b, const pl_option *o)
{
    pl_str rest = str_of(o->choices), piece;
    const char *comma = "";

    buf_addz(b, "{\"name\":");
    json_text(b, str_of(o->name));
    json_member(b, "type", schema_type_name(o));
    json_member(b, "default", o->value);
    json_member(b, "unit", o->unit);
    json_member(b, "help", o->help);
    if (o->min < o->max) {
        buf_addz(b, ",\"min\":");
        json_f64(b, o->min);
        buf_addz(b, ",\"max\":");
        json_f64(b, o->max);
    }
    if (o->choices) {
        buf_addz(b, ",\"choices\":[");
        while (str_split(&rest, '|', &piece)) {
            buf_addz(b, comma);
            json_text(b, piece);
            comma = ",";
        }
        buf_addc(b, ']');
    }
    buf_addc(b, '}');
}

static void json_options(struct buf *b, const pl_option *options)
{
    buf_addc(b, '[');
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++) {
        if (o > options)
            buf_addc(b, ',');
        json_option(b, o);
    }
    buf_addc(b, ']');
}

static void json_names(struct buf *b, const char *what, const char *list)
{
    pl_str rest = str_of(list);
    struct declared d;
    const char *comma = "";

    buf_addf(b, ",\"%s\":[", what);
    while (declared_next(&rest, &d)) {
        buf_addf(b, "%s{\"name\":", comma);
        json_text(b, d.name);
        buf_addf(b, ",\"annotation\":%s,\"optional\":%s}", d.is_kind ? "true" : "false", d.optional ? "true" : "false");
        comma = ",";
    }
    buf_addc(b, ']');
}

static void json_plugin(struct buf *b, const struct module *m)
{
    const pl_plugin *p = m->plugin;

    buf_addz(b, "{\"name\":");
    json_text(b, str_of(p->name));
    json_member(b, "version", p->version);
    json_member(b, "license", p->license);
    json_member(b, "about", p->about);
    json_member(b, "path", m->path.ptr);
    buf_addf(b, ",\"source\":%s,\"sink\":%s,\"options\":", p->read ? "true" : "false",
             p->flags & PL_SINK ? "true" : "false");
    json_options(b, p->options);
    json_names(b, "reads", p->reads);
    json_names(b, "writes", p->writes);
    buf_addz(b, ",\"commands\":[");
    for (const pl_command *c = p->commands; c && c->name; c++) {
        buf_addf(b, "%s{\"name\":", c > p->commands ? "," : "");
        json_text(b, str_of(c->name));
        json_member(b, "help", c->help);
        buf_addc(b, '}');
    }
    buf_addz(b, "]}\n");
}

static void json_fields(struct buf *b)
{
    buf_addc(b, '[');
    for (pl_key k = 1; fields_info(k); k++) {
        const struct field_info *f = fields_info(k);
        buf_addf(b, "%s{\"name\":", k > 1 ? ",\n" : "");
        json_text(b, str_of(f->name));
        json_member(b, "type", fields_type_name(f->type));
        json_member(b, "help", f->help);
        buf_addc(b, '}');
    }
    buf_addz(b, "]\n");
}

/* ---- */

static int describe_plugin(const struct cli *cli, struct buf *b)
{
    struct loader *l = cli_loader(cli);
    struct errors errs;

    errors_init(&errs);
    const struct module *m = loader_find(l, str_of(cli->args[0]), &errs, NULL, 0);
    if (m && cli->json)
        json_plugin(b, m);
    else if (m)
        print_plugin(b, m);
    errors_print(&errs, stderr);
    errors_done(&errs);
    /* What was printed has been copied. */
    loader_free(l);
    return m ? EXIT_CLEAN : EXIT_CONFIG;
}

int cmd_describe(const struct cli *cli)
{
    const pl_str what = str_of(cli->args[0]);
    struct buf b = {0};
    int rc = EXIT_CLEAN;

    if (str_is(what, "fields")) {
        (cli->json ? json_fields : print_fields)(&b);
    } else if (str_is(what, "settings")) {
        (cli->json ? json_options : print_options)(&b, pipeline_settings());
        buf_addz(&b, cli->json ? "\n" : "");
    } else {
        rc = describe_plugin(cli, &b);
    }
    fputs(buf_cstr(&b), stdout);
    buf_done(&b);
    return rc;
}
