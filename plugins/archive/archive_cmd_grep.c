/* archive_cmd_grep.c - `pressline archive grep FIELD=VALUE FILE...`: the records that have a field of some value. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_json.h"
#include "archive_match.h"

struct grep {
    pl_self *self;
    const char *path;
    struct archive_match **match;
    int n;
    bool count;
    int code;
    uint64_t n_found, n_bad, first_bad;
    struct archive_out out;
};

/* Without the white space around it, as a value has none. */
static pl_str trimmed(pl_str s)
{
    while (s.len && strchr(" \t\r\n", s.ptr[s.len - 1]) && s.ptr[s.len - 1])
        s.len--;
    while (s.len && strchr(" \t\r\n", s.ptr[0]) && s.ptr[0])
        s = (pl_str){s.ptr + 1, s.len - 1};
    return s;
}

static bool visit(void *to, const struct archive_line *line, uint64_t number)
{
    struct grep *g = to;
    size_t at;

    for (int i = 0; i < g->n; i++) {
        if (!archive_match_may(g->match[i], line->text))
            return true;
    }
    if (ajson_fields(line->text, NULL, 0, &at)) {
        g->first_bad = g->n_bad++ ? g->first_bad : number;
        return true;
    }
    for (int i = 0; i < g->n; i++) {
        const int holds = archive_match_holds(g->match[i], trimmed(line->text));
        if (holds == PL_NOMEM) {
            g->code = cmd_fault(g->self, "out of memory");
            return false;
        }
        if (!holds)
            return true;
    }
    g->n_found++;
    if (!g->count) {
        out_put(&g->out, line->text);
        out_putc(&g->out, '\n');
    }
    return !g->out.error;
}

static int grep_files(struct grep *g, char **path, int n)
{
    uint64_t n_all = 0, n_limited = 0;
    int code = EXIT_FINE;

    for (int i = 0; i < n && !g->out.error && !g->code; i++) {
        g->path = path[i];
        g->n_found = g->n_bad = 0;
        if (cmd_lines(g->self, path[i], visit, g, NULL) != EXIT_FINE)
            code = EXIT_IO;
        if (g->n_bad)
            pl_log(g->self, PL_LOG_WARN, NULL, "%s: passed over %" PRIu64 " lines that are no records, the first is line %" PRIu64,
                   path[i], g->n_bad, g->first_bad);
        if (g->count && n > 1)
            out_printf(&g->out, "%s:", path[i]);
        if (g->count)
            out_printf(&g->out, "%" PRIu64 "\n", g->n_found);
        n_all += g->n_found;
    }
    for (int i = 0; i < g->n; i++)
        n_limited += archive_match_limited(g->match[i]);
    if (n_limited)
        pl_log(g->self, PL_LOG_WARN, NULL, "%" PRIu64 " values ran into a pattern's limits, and count as if they did not match",
               n_limited);
    return g->code ? g->code : code ? code : n_all ? EXIT_FINE : EXIT_MISSING;
}

int archive_cmd_grep(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct grep *g = calloc(1, sizeof *g);
    struct archive_match **match = calloc((size_t)argc + 1, sizeof(struct archive_match *));
    char message[600];
    int at = 0, code = EXIT_USAGE;

    if (!g || !match) {
        code = cmd_fault(self, "out of memory");
        goto done;
    }
    *g = (struct grep){.self = self, .match = match, .count = cmd_has(&c, "count"), .out = {.fd = STDOUT_FILENO}};
    if (c.n_args < 2) {
        code = cmd_usage(self, "grep [--count] [--and=CONDITION...] CONDITION FILE...; a CONDITION is FIELD=VALUE, "
                               "FIELD!=VALUE, FIELD~REGEX, FIELD!~REGEX or FIELD");
        goto done;
    }
    for (const char *condition = c.arg[0]; condition; condition = cmd_value(&c, "and", &at)) {
        match[g->n] = archive_match_new(condition, message, sizeof message);
        if (!match[g->n++]) {
            cmd_fault(self, "%s", message);
            goto done;
        }
    }
    code = cmd_end(self, &g->out, grep_files(g, c.arg + 1, c.n_args - 1));
done:
    for (int i = 0; g && i < g->n; i++)
        archive_match_free(match[i]);
    free(match);
    free(g);
    return code;
}
