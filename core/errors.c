/* errors.c - the mistakes found in a user's files. */
#include "errors.h"

#include <stdlib.h>

#include "buf.h"
#include "log.h"
#include "str.h"

void errors_init(struct errors *e)
{
    *e = (struct errors){0};
    e->tail = &e->first;
}

void errors_done(struct errors *e)
{
    arena_done(&e->arena);
    errors_init(e);
}

FORMAT_PRINTF(5, 0)
static void add(struct errors *e, bool warning, const char *file, int line, const char *fmt, va_list ap)
{
    struct error_line *l = arena_zero(&e->arena, 1, sizeof *l);
    va_list again;

    va_copy(again, ap);
    const int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = arena_alloc(&e->arena, (size_t)(n < 0 ? 0 : n) + 1, 1);
    text[0] = 0;
    if (n > 0)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    *l = (struct error_line){.line = line, .warning = warning, .text = text};
    if (file)
        l->file = arena_dup(&e->arena, str_of(file)).ptr;
    *e->tail = l;
    e->tail = &l->next;
    *(warning ? &e->n_warnings : &e->n_errors) += 1;
}

void error_at(struct errors *e, const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(e, false, file, line, fmt, ap);
    va_end(ap);
}

void warning_at(struct errors *e, const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(e, true, file, line, fmt, ap);
    va_end(ap);
}

static void print_line(const struct error_line *l, FILE *out)
{
    struct buf b = {0};

    if (l->file)
        log_escape(&b, str_of(l->file));
    if (l->file && l->line)
        buf_addf(&b, ":%d", l->line);
    buf_addz(&b, l->file ? ": " : "pressline: ");
    buf_addz(&b, l->warning ? "warning: " : "error: ");
    log_escape(&b, str_of(l->text));
    fprintf(out, "%s\n", buf_cstr(&b));
    buf_done(&b);
}

struct place {
    const struct error_line *line;
    size_t nth;
};

static int place_cmp(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int c = str_cmp(str_of(x->line->file), str_of(y->line->file));

    if (c)
        return c;
    if (x->line->line != y->line->line)
        return x->line->line < y->line->line ? -1 : 1;
    return x->nth < y->nth ? -1 : 1;
}

void errors_print(const struct errors *e, FILE *out)
{
    const size_t n = e->n_errors + e->n_warnings;
    struct place *sorted = calloc(n ? n : 1, sizeof *sorted);
    size_t i = 0;

    if (!sorted)
        out_of_memory();
    for (const struct error_line *l = e->first; l; l = l->next, i++)
        sorted[i] = (struct place){l, i};
    qsort(sorted, n, sizeof *sorted, place_cmp);
    for (i = 0; i < n; i++)
        print_line(sorted[i].line, out);
    free(sorted);
}
