/* archive_cmd_ls.c - `pressline archive ls FILE...`: a line for each record. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_json.h"

enum { ID, URL, PUBLISHED, DATE, SITE, TITLE, N_WANTED };
enum { MOST_TITLE = 400, MOST_FIELD = 1000 };

struct ls {
    pl_self *self;
    const char *path;
    bool json;
    int code;
    char *room;
    size_t cap;
    struct archive_out out;
};

static const struct ajson_value *first_of(const struct ajson_value *a, const struct ajson_value *b)
{
    return a->kind == AJSON_STRING || a->kind == AJSON_NUMBER ? a : b;
}

static pl_str text_of(struct ls *ls, const struct ajson_value *v)
{
    const pl_str none = {NULL, 0};

    return v->kind == AJSON_STRING || v->kind == AJSON_NUMBER ? ajson_text(v, ls->room) : none;
}

static pl_str site_of(struct ls *ls, const struct ajson_want *want)
{
    const pl_str site = text_of(ls, &want[SITE].value);

    return site.len ? site : cmd_host(text_of(ls, &want[URL].value));
}

static void member(struct ls *ls, const char *name, pl_str text)
{
    out_printf(&ls->out, ",\"%s\":", name);
    if (text.len)
        out_json(&ls->out, text);
    else
        out_put(&ls->out, PL_S("null"));
}

static void say_json(struct ls *ls, const struct ajson_want *want, const struct archive_line *line)
{
    out_put(&ls->out, PL_S("{\"file\":"));
    out_json(&ls->out, (pl_str){ls->path, strlen(ls->path)});
    member(ls, "id", text_of(ls, &want[ID].value));
    member(ls, "published", text_of(ls, first_of(&want[PUBLISHED].value, &want[DATE].value)));
    member(ls, "site", site_of(ls, want));
    member(ls, "url", text_of(ls, &want[URL].value));
    member(ls, "title", text_of(ls, &want[TITLE].value));
    out_printf(&ls->out, ",\"offset\":%" PRIu64 ",\"bytes\":%zu}\n", line->offset, line->len);
}

static void column(struct ls *ls, pl_str text, size_t most, char end)
{
    if (text.len)
        out_plain(&ls->out, text, most);
    else
        out_putc(&ls->out, '-');
    out_putc(&ls->out, end);
}

static void say_plain(struct ls *ls, const struct ajson_want *want, const struct archive_line *line)
{
    column(ls, text_of(ls, first_of(&want[ID].value, &want[URL].value)), MOST_FIELD, '\t');
    column(ls, text_of(ls, first_of(&want[PUBLISHED].value, &want[DATE].value)), 40, '\t');
    column(ls, site_of(ls, want), MOST_FIELD, '\t');
    out_printf(&ls->out, "%zu\t", line->len);
    column(ls, text_of(ls, &want[TITLE].value), MOST_TITLE, '\n');
}

static bool visit(void *to, const struct archive_line *line, uint64_t number)
{
    struct ls *ls = to;
    struct ajson_want want[N_WANTED] = {[ID] = {.name = PL_S("id")},       [URL] = {.name = PL_S("url")},
                                        [PUBLISHED] = {.name = PL_S("published")}, [DATE] = {.name = PL_S("date")},
                                        [SITE] = {.name = PL_S("site")},   [TITLE] = {.name = PL_S("title")}};
    size_t at;

    if (line->len > ls->cap) {
        free(ls->room);
        ls->cap = line->len * 2;
        ls->room = malloc(ls->cap);
        if (!ls->room) {
            ls->cap = 0;
            ls->code = cmd_fault(ls->self, "out of memory");
            return false;
        }
    }
    const char *wrong = ajson_fields(line->text, want, N_WANTED, &at);
    if (wrong)
        ls->code = cmd_fault(ls->self, "%s: line %" PRIu64 " is no record: %s at its byte %zu", ls->path, number, wrong, at + 1);
    else if (ls->json)
        say_json(ls, want, line);
    else
        say_plain(ls, want, line);
    return !ls->out.error;
}

int archive_cmd_ls(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct ls *ls = calloc(1, sizeof *ls);
    int code = EXIT_FINE;

    if (!ls)
        return cmd_fault(self, "out of memory");
    *ls = (struct ls){.self = self, .json = cmd_has(&c, "json"), .out = {.fd = STDOUT_FILENO}};
    if (c.n_args == 0)
        code = cmd_usage(self, "ls [--json] FILE...");
    for (int i = 0; i < c.n_args && !ls->out.error; i++) {
        ls->path = c.arg[i];
        if (cmd_lines(self, ls->path, visit, ls, NULL) != EXIT_FINE)
            code = EXIT_IO;
    }
    if (ls->code)
        code = ls->code;
    code = cmd_end(self, &ls->out, code);
    free(ls->room);
    free(ls);
    return code;
}
