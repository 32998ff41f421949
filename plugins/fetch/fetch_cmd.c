/* fetch_cmd.c - what the commands of `pressline fetch` share. */
#include "fetch_cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fetch_gunzip.h"

struct cmd_line cmd_line(int argc, char **argv)
{
    struct cmd_line c = {.option = argv + 1};

    while (c.n_options + 1 < argc && strcmp(c.option[c.n_options], "--") != 0)
        c.n_options++;
    c.arg = c.option + c.n_options + 1;
    c.n_args = argc - 2 - c.n_options;
    return c;
}

bool cmd_has(const struct cmd_line *c, const char *name)
{
    for (int i = 0; i < c->n_options; i++)
        if (strcmp(c->option[i], name) == 0)
            return true;
    return false;
}

const char *cmd_value(const struct cmd_line *c, const char *name, int *at)
{
    const size_t n = strlen(name);

    while (*at < c->n_options) {
        const char *option = c->option[(*at)++];
        if (strncmp(option, name, n) == 0 && option[n] == '=')
            return option + n + 1;
    }
    return NULL;
}

int cmd_usage(pl_self *self, const char *how)
{
    pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline fetch %s", how);
    return CMD_USAGE;
}

int cmd_fault(pl_self *self, const char *fmt, ...)
{
    char message[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    pl_log(self, PL_LOG_ERROR, NULL, "%s", message);
    return CMD_IO;
}

static int read_all(pl_self *self, int fd, const char *path, size_t max, struct bytes *out)
{
    out->len = 0;
    while (out->len <= max) {
        const size_t step = max - out->len < 65536 ? max - out->len + 1 : 65536;
        if (bytes_reserve(out, out->len + step) != PL_OK)
            return cmd_fault(self, "out of memory");
        const ssize_t n = read(fd, out->at + out->len, step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cmd_fault(self, "cannot read '%s': %s", path, strerror(errno));
        if (n == 0)
            break;
        out->len += (size_t)n;
    }
    return CMD_FINE;
}

int cmd_read(pl_self *self, const char *path, size_t max, struct bytes *out)
{
    const bool in = strcmp(path, "-") == 0;
    const int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return cmd_fault(self, "cannot open '%s': %s", path, strerror(errno));
    const int rc = read_all(self, fd, path, max, out);
    if (!in)
        close(fd);
    return rc;
}

static int inflate_all(pl_self *self, const char *path, size_t max, struct bytes *file)
{
    struct gunzip g = {0};
    struct bytes plain = {0};
    const enum gunzip_result result = gunzip_all(&g, (pl_str){(const char *)file->at, file->len}, max, &plain);
    int rc = CMD_FINE;

    if (result == GUNZIP_TOO_LARGE)
        rc = cmd_fault(self, "cannot inflate '%s': more than %zu bytes come of it", path, max);
    else if (result != GUNZIP_OK)
        rc = cmd_fault(self, "cannot inflate '%s': %s", path,
                       result == GUNZIP_TORN ? "the gzip data ends too soon" : result == GUNZIP_NOMEM ? "out of memory" : g.fault);
    gunzip_done(&g);
    bytes_done(file);
    *file = plain;
    return rc;
}

int cmd_read_inflated(pl_self *self, const char *path, size_t max, struct bytes *out)
{
    int rc = cmd_read(self, path, max, out);

    if (rc == CMD_FINE && out->len > max)
        rc = cmd_fault(self, "'%s' has more than %zu bytes, which is as much as is read", path, max);
    if (rc == CMD_FINE && gunzip_is((pl_str){(const char *)out->at, out->len}))
        rc = inflate_all(self, path, max, out);
    return rc;
}

/* Bytes of the well-formed UTF-8 character at `s`, not of one that a terminal would obey; 0: there is none. */
static size_t character(pl_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    const size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;

    if (n == 0 || n > s.len)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if (n == 1)
        return p[0] >= 0x20 && p[0] != 0x7F;
    if (n == 2)
        return p[0] == 0xC2 && p[1] < 0xA0 ? 0 : 2;
    if (n == 4)
        return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
        return 0;
    /* Marks and overrides of direction (U+200E, 200F, 2028 to 202E, 2066 to 2069) and breaks of lines. */
    const bool turns = p[0] == 0xE2 && ((p[1] == 0x80 && ((p[2] >= 0xA8 && p[2] <= 0xAE) || p[2] == 0x8E || p[2] == 0x8F)) ||
                                        (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
    return turns ? 0 : 3;
}

void cmd_show(FILE *out, pl_str text)
{
    while (text.len) {
        const size_t n = character(text), used = n ? n : 1;
        if (n)
            fwrite(text.ptr, 1, n, out);
        else
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
        text = (pl_str){text.ptr + used, text.len - used};
    }
}

int cmd_end(pl_self *self, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    /* Nobody reads it any more: not worth a word. */
    return errno == EPIPE ? code : cmd_fault(self, "cannot write to standard output: %s", strerror(errno));
}
