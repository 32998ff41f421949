/* fetch_cmd.h - `pressline fetch COMMAND`: the commands, and what they share. */
#ifndef FETCH_CMD_H
#define FETCH_CMD_H

#include <stdio.h>

#include "fetch_bytes.h"
#include "pressline.h"

/* The program's exit codes that are used here. */
enum { CMD_FINE = 0, CMD_USAGE = 64, CMD_IO = 74 };

/* One each for fetch_cmd_NAME.c. */
int fetch_cmd_address(pl_self *self, int argc, char **argv);
int fetch_cmd_feed(pl_self *self, int argc, char **argv);
int fetch_cmd_discover(pl_self *self, int argc, char **argv);
int fetch_cmd_robots(pl_self *self, int argc, char **argv);
int fetch_cmd_sitemap(pl_self *self, int argc, char **argv);
int fetch_cmd_store(pl_self *self, int argc, char **argv);
int fetch_cmd_url(pl_self *self, int argc, char **argv);

/* A command line as pl_command has it where a command has options of its own: options, "--", arguments. */
struct cmd_line {
    char **option, **arg;
    int n_options, n_args;
};
struct cmd_line cmd_line(int argc, char **argv);
bool cmd_has(const struct cmd_line *c, const char *name);
/* The value of the nth --name=VALUE from *at on, which is moved behind it; start with 0.  NULL: there is no more. */
const char *cmd_value(const struct cmd_line *c, const char *name, int *at);

/* Tells "usage: pressline fetch `how`"; CMD_USAGE. */
int cmd_usage(pl_self *self, const char *how);
/* Tells the fault; CMD_IO. */
PL_PRINTF(2, 3)
int cmd_fault(pl_self *self, const char *fmt, ...);

/* All of a file ("-": standard input), but not more than `max` bytes and one.  CMD_FINE, or CMD_IO, told. */
int cmd_read(pl_self *self, const char *path, size_t max, struct bytes *out);

/* The same, inflated where it is gzip data; more than `max` bytes are a fault. */
int cmd_read_inflated(pl_self *self, const char *path, size_t max, struct bytes *out);

/* A text on one line, without what a terminal would obey: C0, C1, direction marks and bytes that are no UTF-8 as \xNN. */
void cmd_show(FILE *out, pl_str text);

/* The end of a command that wrote to standard output: `code`, or CMD_IO where that could not be written. */
int cmd_end(pl_self *self, int code);

#endif
