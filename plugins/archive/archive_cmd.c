/* archive_cmd.c - the commands of `pressline archive`. */
#include "archive_cmd.h"

#include <unistd.h>

#include "archive_cat.h"
#include "archive_cmd_tool.h"

static int cat(pl_self *self, int argc, char **argv)
{
    char message[1024];
    int code = EXIT_FINE;

    if (argc < 2)
        return cmd_usage(self, "cat FILE...");
    for (int i = 1; i < argc; i++) {
        const enum cat_result rc = archive_cat(argv[i], STDOUT_FILENO, message, sizeof message);
        if (rc == CAT_CLOSED)
            break;
        if (rc != CAT_OK)
            code = cmd_fault(self, "%s", message);
        if (rc == CAT_STOP)
            break;
    }
    return code;
}

const pl_command archive_commands[] = {
    {"cat", "FILE...  write the lines of archives, or of any gzip files, to standard output", cat},
    {"expire", "[--older=AGE] [--field=NAME] [--now=DATE] [--remove] FILE...  name the archives whose newest record is older, in "
               "`published` or NAME, and remove them", archive_cmd_expire},
    {"get", "[--archive=FILE] [--blank] FILE ID-OR-URL...  write the records with these ids or URLs; - reads them from "
            "standard input. --archive: look in this file, too; --blank: an empty line for each that is not there",
     archive_cmd_get},
    {"grep", "[--and=CONDITION] [--count] CONDITION FILE...  write the records where FIELD=VALUE, FIELD~REGEX or FIELD is set",
     archive_cmd_grep},
    {"index", "[--force] FILE...  make the index of archives, or of any gzip'd JSONL, for `get`", archive_cmd_index},
    {"ls", "[--json] FILE...  list the records: id, date, site, bytes, title", archive_cmd_ls},
    {"merge", "[--force] OUT FILE...  join archives without compressing them anew", archive_cmd_merge},
    {"stats", "[--json] FILE...  count the records, by site, language and day", archive_cmd_stats},
    {"verify", "[--json] FILE...  find damage in archives and their indexes, and tell what is still good", archive_cmd_verify},
    {NULL, NULL, NULL},
};
