/* archive_cmd_get.c - `pressline archive get FILE ID...`: records by id or URL. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_file.h"
#include "archive_json.h"

enum { MOST_ID = 1 << 20 };

struct get {
    pl_self *self;
    struct archive_file *file;
    int n_files;
    bool blank; /* an empty line for what is not there */
    bool missing, faulty;
    uint64_t n_found;
    /* where files have no index: what is looked for in all of their lines */
    char **scan_id;
    bool *scan_found;
    int n_scan;
    struct archive_out out;
};

/* Whether the record is the one of that id or URL: a hash may be shared.  What is no JSON (CSV) cannot say it. */
static bool is_it(pl_str bytes, pl_str id)
{
    struct ajson_want want[] = {{.name = PL_S("id")}, {.name = PL_S("url")}, {.name = PL_S("canonical_url")}};
    size_t at;

    if (ajson_fields(bytes, want, 3, &at))
        return bytes.len && bytes.ptr[0] != '{';
    for (int i = 0; i < 3; i++) {
        if (want[i].value.kind >= AJSON_NUMBER && want[i].value.kind <= AJSON_STRING && ajson_is(&want[i].value, id))
            return true;
    }
    return false;
}

static void give(struct get *g, pl_str bytes)
{
    out_put(&g->out, bytes);
    if (bytes.len && bytes.ptr[bytes.len - 1] != '\n')
        out_putc(&g->out, '\n');
    g->n_found++;
}

/* Gives the records of one file that have the key. */
static void find_key(struct get *g, struct archive_file *f, uint64_t key, pl_str id)
{
    struct archive_search s;
    pl_str bytes;
    int rc;

    for (rc = archive_index_find(&f->ix, &s, key); rc == PL_OK && s.found; rc = archive_index_next(&f->ix, &s)) {
        if (archive_file_record(f, &s.place, &bytes) != PL_OK) {
            cmd_fault(g->self, "%s", f->message);
            g->faulty = true;
        } else if (is_it(bytes, id)) {
            give(g, bytes);
        }
    }
    if (rc != PL_OK) {
        cmd_fault(g->self, "%s", f->ix.message);
        g->faulty = true;
    }
}

static void not_found(struct get *g, pl_str id)
{
    g->missing = true;
    pl_log(g->self, PL_LOG_WARN, NULL, "not found: %.*s", (int)(id.len < 500 ? id.len : 500), id.ptr);
    if (g->blank)
        out_putc(&g->out, '\n');
}

static void get_one(struct get *g, pl_str id)
{
    const uint64_t before = g->n_found;

    for (int i = 0; i < g->n_files; i++) {
        struct archive_file *f = &g->file[i];
        if (!f->indexed)
            continue;
        find_key(g, f, archive_key(ARCHIVE_ID, id), id);
        if (g->n_found == before)
            find_key(g, f, archive_key(ARCHIVE_URL, id), id);
    }
    if (g->n_found == before)
        not_found(g, id);
}

/* The ids that standard input has, one a line; what was found of those before goes out before more is waited for. */
static int get_from_stdin(struct get *g)
{
    char *buf = malloc(MOST_ID);
    size_t len = 0;
    ssize_t n = 1;

    if (!buf)
        return cmd_fault(g->self, "out of memory");
    while (n > 0 && !g->out.error) {
        size_t from = 0;
        out_flush(&g->out);
        n = read(STDIN_FILENO, buf + len, MOST_ID - len);
        if (n < 0 && errno == EINTR) {
            n = 1;
            continue;
        }
        len += n > 0 ? (size_t)n : 0;
        for (const char *nl; (nl = memchr(buf + from, '\n', len - from)) != NULL || (n == 0 && from < len);) {
            const size_t end = nl ? (size_t)(nl - buf) : len;
            if (end > from)
                get_one(g, (pl_str){buf + from, end - from});
            from = end + (nl != NULL);
        }
        if (from == 0 && len == MOST_ID) {
            free(buf);
            return cmd_fault(g->self, "standard input: an id of more than %d bytes", MOST_ID);
        }
        memmove(buf, buf + from, len - from);
        len -= from;
    }
    free(buf);
    return n < 0 ? cmd_fault(g->self, "cannot read standard input: %s", strerror(errno)) : EXIT_FINE;
}

/* ---- files without an index ---- */

static bool scan_line(void *to, const struct archive_line *line, uint64_t number)
{
    struct get *g = to;
    struct ajson_want want[] = {{.name = PL_S("id")}, {.name = PL_S("url")}, {.name = PL_S("canonical_url")}};
    size_t at;

    (void)number;
    if (ajson_fields(line->text, want, 3, &at))
        return true;
    for (int i = 0; i < g->n_scan; i++) {
        const pl_str id = {g->scan_id[i], strlen(g->scan_id[i])};
        for (int k = 0; k < 3; k++) {
            if (want[k].value.kind >= AJSON_NUMBER && want[k].value.kind <= AJSON_STRING && ajson_is(&want[k].value, id)) {
                give(g, line->text);
                g->scan_found[i] = true;
                return !g->out.error;
            }
        }
    }
    return !g->out.error;
}

/* All lines of all files are looked at, once. */
static int get_by_scan(struct get *g, char **id, int n)
{
    int code = EXIT_FINE;

    g->scan_id = id;
    g->n_scan = n;
    g->scan_found = calloc((size_t)n, sizeof *g->scan_found);
    if (!g->scan_found)
        return cmd_fault(g->self, "out of memory");
    for (int i = 0; i < g->n_files && !g->out.error; i++) {
        if (cmd_lines(g->self, g->file[i].path, scan_line, g, NULL) != EXIT_FINE)
            code = EXIT_IO;
    }
    for (int i = 0; i < n; i++) {
        if (!g->scan_found[i])
            not_found(g, (pl_str){id[i], strlen(id[i])});
    }
    free(g->scan_found);
    return code;
}

/* ---- the command ---- */

/* Opens the files; EXIT_FINE, or EXIT_IO where one cannot be read.  *scan: one has no index. */
static int open_files(struct get *g, char **path, int n, bool *scan)
{
    g->file = calloc((size_t)n, sizeof *g->file);
    if (!g->file)
        return cmd_fault(g->self, "out of memory");
    for (int i = 0; i < n; i++) {
        const int rc = archive_file_open(&g->file[g->n_files++], path[i]);
        const char *message = g->file[i].message;
        if (rc == PL_ERROR)
            return cmd_fault(g->self, "%s", message);
        if (rc == PL_AGAIN)
            pl_log(g->self, PL_LOG_WARN, NULL, "%s; all of its lines are read", message);
        *scan = *scan || rc == PL_AGAIN;
    }
    return EXIT_FINE;
}

static int run(struct get *g, char **id, int n, bool scan)
{
    const bool from_stdin = n == 1 && strcmp(id[0], "-") == 0;
    int code = EXIT_FINE;

    if (scan && from_stdin)
        return cmd_fault(g->self, "ids from standard input want archives that all have an index");
    if (scan)
        code = get_by_scan(g, id, n);
    else if (from_stdin)
        code = get_from_stdin(g);
    for (int i = 0; i < n && !scan && !from_stdin && !g->out.error; i++)
        get_one(g, (pl_str){id[i], strlen(id[i])});
    if (code == EXIT_FINE && g->faulty)
        code = EXIT_IO;
    return code == EXIT_FINE && g->missing ? EXIT_MISSING : code;
}

int archive_cmd_get(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct get *g = calloc(1, sizeof *g);
    char **path = calloc((size_t)argc + 1, sizeof *path);
    int n = 0, at = 0, code = EXIT_IO;
    bool scan = false;

    if (!g || !path) {
        cmd_fault(self, "out of memory");
        goto done;
    }
    *g = (struct get){.self = self, .blank = cmd_has(&c, "blank"), .out = {.fd = STDOUT_FILENO}};
    for (const char *more; (more = cmd_value(&c, "archive", &at)) != NULL;)
        path[n++] = (char *)more;
    const int first = n == 0;
    if (first && c.n_args)
        path[n++] = c.arg[0];
    if (c.n_args <= first) {
        code = cmd_usage(self, "get [--blank] FILE ID-OR-URL..., or get --archive=FILE [--archive=FILE...] ID-OR-URL...");
        goto done;
    }
    code = open_files(g, path, n, &scan);
    if (code == EXIT_FINE)
        code = run(g, c.arg + first, c.n_args - first, scan);
    code = cmd_end(self, &g->out, code);
done:
    for (int i = 0; g && i < g->n_files; i++)
        archive_file_close(&g->file[i]);
    if (g)
        free(g->file);
    free(path);
    free(g);
    return code;
}
