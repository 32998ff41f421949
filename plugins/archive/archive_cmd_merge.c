/* archive_cmd_merge.c - `pressline archive merge OUT FILE...`: archives joined without being compressed anew. */
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_merge.h"

int archive_cmd_merge(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct archive_out o = {.fd = STDOUT_FILENO};
    struct archive_merged merged;
    char message[1024], a[32], b[32], d[32];

    if (c.n_args < 2)
        return cmd_usage(self, "merge [--force] OUT FILE...");
    if (!cmd_has(&c, "force") && access(c.arg[0], F_OK) == 0) {
        cmd_fault(self, "'%s' is there: name another file, or replace it by --force", c.arg[0]);
        return EXIT_USAGE;
    }
    if (archive_merge(c.arg[0], c.arg + 1, c.n_args - 1, &merged, message, sizeof message) != PL_OK)
        return cmd_fault(self, "%s", message);
    out_printf(&o, "%s: %s records of %d archives, %s blocks, %s bytes\n", c.arg[0], cmd_number(merged.n_records, a), c.n_args - 1,
               cmd_number(merged.n_members, b), cmd_number(merged.length, d));
    return cmd_end(self, &o, EXIT_FINE);
}
