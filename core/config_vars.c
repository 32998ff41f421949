/* config_vars.c - ${input}, ${output} and ${env:NAME} in the texts of a pipeline file. */
#include "config_vars.h"

#include <stdlib.h>

#include "buf.h"
#include "nearest.h"
#include "str.h"
#include "utf8.h"

static const pl_str input_alone = {"${input}", 8};

static void unknown(const struct setting *s, pl_str name, struct errors *errs)
{
    static const char *const known[] = {"input", "output", "env:NAME"};
    struct nearest near = {.word = name};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        nearest_offer(&near, str_of(known[i]));
    if (near.best.ptr)
        error_at(errs, s->file, s->line, "there is no ${" STR_FMT "}; did you mean ${" STR_FMT "}?", STR_ARG(name),
                 STR_ARG(near.best));
    else
        error_at(errs, s->file, s->line,
                 "there is no ${" STR_FMT "}, only ${input}, ${output} and ${env:NAME}; a literal ${ is written $${",
                 STR_ARG(name));
}

static void expand_env(struct buf *b, const struct setting *s, pl_str name, struct errors *errs)
{
    char *z = str_dup(name);
    const char *value = getenv(z);

    if (!value)
        error_at(errs, s->file, s->line, "the environment variable %s is not set", z);
    else if (utf8_valid(str_of(value)) < strlen(value))
        error_at(errs, s->file, s->line, "the environment variable %s is not UTF-8", z);
    else
        buf_addz(b, value);
    free(z);
}

static void expand_one(struct buf *b, struct setting *s, pl_str name, const struct config_vars *vars,
                       struct errors *errs)
{
    if (str_is(name, "input")) {
        if (vars->inputs.n > 1)
            error_at(errs, s->file, s->line,
                     "${input} is %zu inputs here: only a list can hold them, as a member of its own, [\"${input}\"]",
                     vars->inputs.n);
        else if (vars->inputs.n == 1)
            buf_add(b, vars->inputs.at[0]);
        else
            s->lacks |= LACKS_INPUT;
    } else if (str_is(name, "output")) {
        if (vars->output.ptr)
            buf_add(b, vars->output);
        else
            s->lacks |= LACKS_OUTPUT;
    } else if (name.len > 4 && memcmp(name.ptr, "env:", 4) == 0) {
        expand_env(b, s, str_sub(name, 4, name.len), errs);
    } else {
        unknown(s, name, errs);
    }
}

void config_expand(struct arena *a, struct setting *s, const struct config_vars *vars, struct errors *errs)
{
    const size_t before = errs->n_errors;
    const pl_str text = s->as.str;
    struct buf b = {0};

    if (text.len == 0 || !memchr(text.ptr, '$', text.len))
        return;
    for (size_t i = 0; i < text.len;) {
        const pl_str rest = str_sub(text, i, text.len);
        if (rest.len >= 3 && memcmp(rest.ptr, "$${", 3) == 0) {
            buf_addz(&b, "${");
            i += 3;
        } else if (rest.len >= 2 && memcmp(rest.ptr, "${", 2) == 0) {
            const char *end = memchr(rest.ptr, '}', rest.len);
            if (!end) {
                error_at(errs, s->file, s->line, "'${' has no closing '}'; a literal ${ is written $${");
                break;
            }
            const size_t len = (size_t)(end - rest.ptr);
            expand_one(&b, s, str_sub(rest, 2, len), vars, errs);
            i += len + 1;
        } else {
            buf_addc(&b, rest.ptr[0]);
            i++;
        }
    }
    if (b.failed)
        out_of_memory();
    s->wrong = s->wrong || errs->n_errors > before;
    if (!s->lacks && !s->wrong)
        s->as.str = arena_dup(a, buf_view(&b));
    buf_done(&b);
}

/* A list's members after "${input}" has become the inputs. */
static void expand_inputs(struct arena *a, struct setting *list, const struct config_vars *vars)
{
    for (struct setting **at = &list->first; *at; at = &(*at)->next) {
        struct setting *s = *at;
        if (s->type != SET_STR || s->raw || !str_eq(s->as.str, input_alone) || vars->inputs.n == 0)
            continue;
        for (size_t i = 0; i < vars->inputs.n; i++) {
            struct setting *in = arena_zero(a, 1, sizeof *in);
            *in = *s;
            in->as.str = vars->inputs.at[i];
            in->expanded = true;
            *at = in;
            in->next = s->next;
            if (i + 1 < vars->inputs.n)
                at = &in->next;
        }
    }
}

void config_expand_all(struct arena *a, struct setting *s, const struct config_vars *vars, struct errors *errs)
{
    if (s->type == SET_STR && !s->raw && !s->expanded) {
        config_expand(a, s, vars, errs);
        s->expanded = true;
    }
    if (s->type == SET_LIST)
        expand_inputs(a, s, vars);
    if (s->type == SET_LIST || s->type == SET_GROUP) {
        for (struct setting *m = s->first; m; m = m->next)
            config_expand_all(a, m, vars, errs);
    }
}
