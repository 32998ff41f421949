/* archive_cmd_index.c - `pressline archive index FILE...`: makes the index of an archive that has none. */
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_file.h"
#include "archive_make.h"

static const char *how(enum archive_holds holds)
{
    return holds == ARCHIVE_PLAIN ? "plain" : holds == ARCHIVE_MEMBERS ? "blocks" : "a stream, with points to go on from";
}

/* Whether the archive has an index that fits. */
static bool has_index(const char *path)
{
    struct archive_file f;
    const bool has = archive_file_open(&f, path) == PL_OK;

    archive_file_close(&f);
    return has;
}

static int make(pl_self *self, const char *path, struct archive_out *o)
{
    struct archive_made made;
    char message[1024], a[32], b[32], c[32];

    if (archive_make_index(path, &made, message, sizeof message) != PL_OK)
        return cmd_fault(self, "%s", message);
    out_printf(o, "%s: %s records, %s bytes; %s; index of %s bytes\n", path, cmd_number(made.n_records, a),
               cmd_number(made.archive_len, b), how(made.holds), cmd_number(made.index_len, c));
    if (made.without_key)
        pl_log(self, PL_LOG_WARN, NULL, "%s: %s records have neither id nor url, or are no JSON: `get` does not find them",
               path, cmd_number(made.without_key, a));
    return EXIT_FINE;
}

int archive_cmd_index(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct archive_out o = {.fd = STDOUT_FILENO};
    int code = EXIT_FINE;

    if (c.n_args == 0)
        return cmd_usage(self, "index [--force] FILE...");
    for (int i = 0; i < c.n_args; i++) {
        if (!cmd_has(&c, "force") && has_index(c.arg[i]))
            out_printf(&o, "%s: has an index that fits\n", c.arg[i]);
        else if (make(self, c.arg[i], &o) != EXIT_FINE)
            code = EXIT_IO;
    }
    return cmd_end(self, &o, code);
}
