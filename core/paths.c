/* paths.c - whether what a pipeline wants to read is there, and what it wants to write could be made. */
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

static bool is_address(pl_str path)
{
    for (size_t i = 0; i + 2 < path.len; i++) {
        if (memcmp(path.ptr + i, "://", 3) == 0)
            return true;
        if (path.ptr[i] == '/')
            return false;
    }
    return false;
}

/* Cut `z` to its folder; false when there is none above. */
static bool to_folder(char *z)
{
    size_t n = strlen(z);

    while (n > 1 && z[n - 1] == '/')
        n--;
    if ((n == 1 && (z[0] == '/' || z[0] == '.')) || n == 0)
        return false;
    while (n > 0 && z[n - 1] != '/')
        n--;
    while (n > 1 && z[n - 1] == '/')
        n--;
    if (n == 0) {
        z[0] = '.';
        n = 1;
    }
    z[n] = 0;
    return true;
}

const char *path_unreadable(pl_str path)
{
    const char *why = NULL;

    if (path.len == 0 || str_is(path, "-") || str_is(path, "@-") || is_address(path))
        return NULL;
    if (memchr(path.ptr, 0, path.len))
        return "a path cannot hold a NUL";
    if (path.ptr[0] == '@')
        path = str_sub(path, 1, path.len);
    char *z = str_dup(path);
    if (access(z, R_OK) != 0) {
        why = strerror(errno);
        char *wild = strpbrk(z, "*?[");
        if (wild) {
            wild[1] = 0;
            to_folder(z);
            why = access(z, R_OK) == 0 ? NULL : strerror(errno);
        }
    }
    free(z);
    return why;
}

const char *path_unwritable(pl_str path)
{
    const char *why = NULL;
    struct stat st;

    if (path.len == 0 || str_is(path, "-"))
        return NULL;
    if (memchr(path.ptr, 0, path.len))
        return "a path cannot hold a NUL";
    char *z = str_dup(path);
    if (stat(z, &st) != 0) {
        const bool missing = errno == ENOENT;
        why = missing ? NULL : strerror(errno);
        while (missing && to_folder(z)) {
            if (stat(z, &st) == 0) {
                why = S_ISDIR(st.st_mode) ? NULL : strerror(ENOTDIR);
                break;
            }
            if (errno != ENOENT) {
                why = strerror(errno);
                break;
            }
        }
    }
    if (!why && access(z, W_OK) != 0)
        why = strerror(errno);
    free(z);
    return why;
}
