/* warc_open.c - a WARC file by its path, and the index beside it. */
#include "warc_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fault(struct warc_file *f, const char *path, const char *why)
{
    snprintf(f->message, sizeof f->message, "cannot read '%s': %s", path, why);
    return PL_ERROR;
}

int warc_file_open(struct warc_file *f, const char *path, uint64_t from)
{
    const bool standard = strcmp(path, "-") == 0;
    struct stat st;

    *f = (struct warc_file){.fd = -1};
    f->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (f->fd < 0 || fstat(f->fd, &st) < 0)
        return fault(f, path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return fault(f, path, "it is a folder");
    if (from && lseek(f->fd, (off_t)from, SEEK_SET) < 0)
        return fault(f, path, strerror(errno));
    if (warc_open(&f->reader, standard ? "standard input" : path, warc_read_fd, &f->fd, from) != PL_OK)
        return fault(f, path, "out of memory");
    return PL_OK;
}

void warc_file_close(struct warc_file *f)
{
    warc_close(&f->reader);
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

static pl_str without(pl_str s, const char *end)
{
    const size_t n = strlen(end);

    return s.len > n && memcmp(s.ptr + s.len - n, end, n) == 0 ? (pl_str){s.ptr, s.len - n} : s;
}

char *warc_index_path(pl_str path)
{
    const pl_str stem = without(without(path, ".gz"), ".warc");
    char *out = malloc(stem.len + sizeof ".cdxj");

    if (!out)
        return NULL;
    memcpy(out, stem.ptr, stem.len);
    memcpy(out + stem.len, ".cdxj", sizeof ".cdxj");
    return out;
}
