/* archive_cmd_tool.c - what the commands of `pressline archive` share. */
#include "archive_cmd_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct cmd_line cmd_line(int argc, char **argv)
{
    int n = 0;

    while (n + 1 < argc && strcmp(argv[n + 1], "--") != 0)
        n++;
    return n + 1 < argc ? (struct cmd_line){argv + 1, argv + n + 2, n, argc - n - 2} : (struct cmd_line){argv + 1, argv + argc, n, 0};
}

bool cmd_has(const struct cmd_line *c, const char *name)
{
    for (int i = 0; i < c->n_options; i++) {
        if (strcmp(c->option[i] + 2, name) == 0)
            return true;
    }
    return false;
}

const char *cmd_value(const struct cmd_line *c, const char *name, int *at)
{
    const size_t len = strlen(name);

    while (*at < c->n_options) {
        const char *word = c->option[(*at)++] + 2;
        if (strncmp(word, name, len) == 0 && word[len] == '=')
            return word + len + 1;
    }
    return NULL;
}

int cmd_usage(pl_self *self, const char *usage)
{
    pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline archive %s", usage);
    return EXIT_USAGE;
}

int cmd_fault(pl_self *self, const char *fmt, ...)
{
    char what[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    pl_log(self, PL_LOG_ERROR, NULL, "%s", what);
    return EXIT_IO;
}

int cmd_end(pl_self *self, struct archive_out *o, int code)
{
    const int error = out_flush(o);

    if (error && error != EPIPE)
        return cmd_fault(self, "cannot write: %s", strerror(error));
    return code;
}

int cmd_lines(pl_self *self, const char *path, bool (*visit)(void *to, const struct archive_line *line, uint64_t number),
              void *to, struct archive_read_facts *facts)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char message[1024];
    struct archive_line line;
    enum read_result rc = READ_STOP;
    uint64_t number = 0;

    if (fd < 0)
        return cmd_fault(self, "cannot open '%s': %s", path, strerror(errno));
    struct archive_read *r = archive_read_new(fd, is_stdin ? "standard input" : path, message, sizeof message);
    while (r && (rc = archive_read_line(r, &line)) == READ_OK) {
        number++;
        if (line.torn) {
            snprintf(message, sizeof message, "%s: line %llu has more than %d bytes", path, (unsigned long long)number,
                     READ_LONGEST_LINE);
            rc = READ_FAULT;
            break;
        }
        if (!visit(to, &line, number))
            break;
    }
    if (r && facts)
        *facts = archive_read_facts(r);
    archive_read_free(r);
    if (!is_stdin)
        close(fd);
    return rc == READ_OK || rc == READ_END ? EXIT_FINE : cmd_fault(self, "%s", message);
}

pl_str cmd_host(pl_str url)
{
    const char *at = url.len > 3 ? memmem(url.ptr, url.len, "//", 2) : NULL;

    if (!at)
        return (pl_str){"", 0};
    const size_t left = url.len - (size_t)(at + 2 - url.ptr);
    const char *slash = memchr(at + 2, '/', left);
    return (pl_str){at + 2, slash ? (size_t)(slash - at - 2) : left};
}

const char *cmd_number(uint64_t n, char room[32])
{
    char *to = room + 31;
    int digits = 0;

    *to = 0;
    do {
        if (digits && digits % 3 == 0)
            *--to = ',';
        *--to = (char)('0' + n % 10);
        n /= 10;
        digits++;
    } while (n);
    return to;
}
