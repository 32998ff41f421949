/* archive_cmd.c - the commands of `pressline archive`. */
#include "archive_cmd.h"

#include <unistd.h>

#include "archive_cat.h"

enum { EXIT_FINE = 0, EXIT_USAGE = 64, EXIT_IO = 74 };

static int cat(pl_self *self, int argc, char **argv)
{
    char message[1024];
    int code = EXIT_FINE;

    if (argc < 2) {
        pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline archive cat FILE...");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++) {
        const enum cat_result rc = archive_cat(argv[i], STDOUT_FILENO, message, sizeof message);
        if (rc == CAT_CLOSED)
            break;
        if (rc != CAT_OK) {
            pl_log(self, PL_LOG_ERROR, NULL, "%s", message);
            code = EXIT_IO;
        }
        if (rc == CAT_STOP)
            break;
    }
    return code;
}

const pl_command archive_commands[] = {
    {"cat", "FILE...  write the lines of archives, or of any gzip files, to standard output", cat},
    {NULL, NULL, NULL},
};
