/* archive_cmd_tool.h - what the commands of `pressline archive` share. */
#ifndef ARCHIVE_CMD_TOOL_H
#define ARCHIVE_CMD_TOOL_H

#include "archive_out.h"
#include "archive_read.h"
#include "pressline.h"

/* The program's exit codes that are used here. */
enum {
    EXIT_FINE = 0,
    EXIT_MISSING = 3, /* all was read; what was asked for is not there, or not all of it */
    EXIT_USAGE = 64,
    EXIT_IO = 74
};

int archive_cmd_expire(pl_self *self, int argc, char **argv);
int archive_cmd_get(pl_self *self, int argc, char **argv);
int archive_cmd_grep(pl_self *self, int argc, char **argv);
int archive_cmd_index(pl_self *self, int argc, char **argv);
int archive_cmd_ls(pl_self *self, int argc, char **argv);
int archive_cmd_merge(pl_self *self, int argc, char **argv);
int archive_cmd_stats(pl_self *self, int argc, char **argv);
int archive_cmd_verify(pl_self *self, int argc, char **argv);

/* A command line as pl_command has it: options, "--", arguments. */
struct cmd_line {
    char **option, **arg;
    int n_options, n_args;
};
struct cmd_line cmd_line(int argc, char **argv);
bool cmd_has(const struct cmd_line *c, const char *name);
/* The value of the nth --name=VALUE from *at on, which is moved behind it; start with 0.  NULL: there is no more. */
const char *cmd_value(const struct cmd_line *c, const char *name, int *at);
/* Tells the usage; EXIT_USAGE. */
int cmd_usage(pl_self *self, const char *usage);

/* Tells the fault; EXIT_IO. */
PL_PRINTF(2, 3)
int cmd_fault(pl_self *self, const char *fmt, ...);

/* The end of a command that wrote to `o`: `code`, or EXIT_IO where its output could not be written. */
int cmd_end(pl_self *self, struct archive_out *o, int code);

/* Calls `visit` for each line of `path` ("-": standard input), until it returns false.  EXIT_FINE, or EXIT_IO where the file
 * cannot be read to its end, told. */
int cmd_lines(pl_self *self, const char *path, bool (*visit)(void *to, const struct archive_line *line, uint64_t number),
              void *to, struct archive_read_facts *facts);

/* Of a URL what stands between "//" and the next "/"; empty where there is none. */
pl_str cmd_host(pl_str url);

/* "1,234,567" in `room`. */
const char *cmd_number(uint64_t n, char room[32]);

#endif
