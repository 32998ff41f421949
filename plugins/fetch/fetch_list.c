/* fetch_list.c - what `inputs` names, as the final list of files.
 *
 * The same folders give the same list on every machine: nothing depends on
 * the order of a directory or on the locale. */
#include "fetch_list.h"

#include "fetch_aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 100, MAX_LINE = PATH_MAX };

bool input_is_address(pl_str item)
{
    static const char *const begins[] = {"http://", "https://"};

    for (size_t i = 0; i < 2; i++) {
        if (item.len > strlen(begins[i]) && strncasecmp(item.ptr, begins[i], strlen(begins[i])) == 0)
            return true;
    }
    return false;
}

PL_PRINTF(2, 3) static int fault(struct input_list *l, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(l->message, sizeof l->message, fmt, ap);
    va_end(ap);
    return PL_ERROR;
}

static int out_of_memory(struct input_list *l)
{
    return fault(l, "out of memory");
}

/* Takes `path` over; NULL is out of memory. */
static int push(struct input_list *l, char *path)
{
    if (path && l->n == l->cap) {
        const size_t cap = l->cap ? l->cap * 2 : 64;
        char **at = cap > SIZE_MAX / sizeof *at ? NULL : realloc(l->at, cap * sizeof *at);
        if (!at) {
            free(path);
            return out_of_memory(l);
        }
        l->at = at;
        l->cap = cap;
    }
    if (!path)
        return out_of_memory(l);
    l->at[l->n++] = path;
    return PL_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct input_list *l, size_t from)
{
    if (l->n > from)
        qsort(l->at + from, l->n - from, sizeof *l->at, by_bytes);
}

static char *join(const char *folder, const char *name)
{
    const size_t a = strlen(folder), b = strlen(name);
    const bool slash = a > 0 && folder[a - 1] != '/';
    char *path = malloc(a + slash + b + 1);

    if (path) {
        memcpy(path, folder, a);
        path[a] = '/';
        memcpy(path + a + slash, name, b + 1);
    }
    return path;
}

enum what { NOTHING, FILE_OR_LINK, FOLDER };

/* A link counts as a file unless it leads to a folder; one that leads nowhere fails when it is read. */
static enum what what_is(const char *path, unsigned char type)
{
    struct stat st;

    if (type == DT_REG)
        return FILE_OR_LINK;
    if (type == DT_DIR)
        return FOLDER;
    if (type != DT_LNK && type != DT_UNKNOWN)
        return NOTHING;
    if (lstat(path, &st) < 0)
        return FILE_OR_LINK;
    if (S_ISLNK(st.st_mode))
        return stat(path, &st) == 0 && !S_ISREG(st.st_mode) ? NOTHING : FILE_OR_LINK;
    return S_ISDIR(st.st_mode) ? FOLDER : S_ISREG(st.st_mode) ? FILE_OR_LINK : NOTHING;
}

/* What a run keeps there is no input of another. */
static bool is_state(const char *folder)
{
    char *path = join(folder, "journal"), start[8];
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
    const ssize_t n = fd >= 0 ? read(fd, start, sizeof start) : -1;

    if (fd >= 0)
        close(fd);
    free(path);
    return n > 0 && aside_is_journal((pl_str){start, (size_t)n});
}

static int walk(struct input_list *l, const char *folder, int depth)
{
    const bool state = is_state(folder);
    DIR *d = depth < MAX_DEPTH && !state ? opendir(folder) : NULL;
    int rc = PL_OK;

    if (state)
        return PL_OK;
    if (depth >= MAX_DEPTH)
        return fault(l, "folders in '%s' are nested more than %d deep", folder, MAX_DEPTH);
    if (!d)
        return fault(l, "cannot read folder '%s': %s", folder, strerror(errno));
    while (rc == PL_OK) {
        errno = 0;
        const struct dirent *e = readdir(d);
        if (!e && errno)
            rc = fault(l, "cannot read folder '%s': %s", folder, strerror(errno));
        if (!e)
            break;
        if (e->d_name[0] == '.')
            continue;
        char *path = join(folder, e->d_name);
        const enum what what = path ? what_is(path, e->d_type) : FILE_OR_LINK;
        if (what == FILE_OR_LINK) {
            rc = push(l, path);
            continue;
        }
        if (what == FOLDER)
            rc = walk(l, path, depth + 1);
        free(path);
    }
    closedir(d);
    return rc;
}

static int add_folder(struct input_list *l, const char *path)
{
    const size_t from = l->n;
    const int rc = walk(l, path, 0);

    sort(l, from);
    return rc;
}

static int add_existing(struct input_list *l, const char *path, const struct stat *st)
{
    return S_ISDIR(st->st_mode) ? add_folder(l, path) : push(l, strdup(path));
}

static int add_pattern(struct input_list *l, const char *pattern)
{
    glob_t found = {0};
    const size_t from = l->n;
    int rc = PL_OK;

    switch (glob(pattern, GLOB_NOSORT | GLOB_ERR, NULL, &found)) {
    case 0:
        break;
    case GLOB_NOMATCH:
        rc = fault(l, "no file matches '%s'", pattern);
        break;
    case GLOB_NOSPACE:
        rc = out_of_memory(l);
        break;
    default:
        rc = fault(l, "cannot read a folder that '%s' matches: %s", pattern, strerror(errno));
    }
    for (size_t i = 0; rc == PL_OK && i < found.gl_pathc; i++) {
        struct stat st;
        if (stat(found.gl_pathv[i], &st) < 0)
            rc = push(l, strdup(found.gl_pathv[i])); /* a link that leads nowhere */
        else
            rc = add_existing(l, found.gl_pathv[i], &st);
    }
    globfree(&found);
    sort(l, from);
    return rc;
}

/* "www.harbour.example", "harbour.example/news", "harbour.example:8080", where no such file is. */
static bool looks_like_host(const char *path)
{
    const size_t host = strcspn(path, "/:");
    const char *dot = memchr(path, '.', host);

    return dot && dot != path && dot[1] && dot[1] != '/' && (path[host] || strncmp(path, "www.", 4) == 0);
}

static int add_path(struct input_list *l, const char *path)
{
    struct stat st;

    if (input_is_address((pl_str){path, strlen(path)}))
        return push(l, strdup(path));
    if (stat(path, &st) == 0)
        return add_existing(l, path, &st);
    const int error = errno;
    if (strpbrk(path, "*?["))
        return add_pattern(l, path);
    if (strstr(path, "://"))
        return fault(l, "'%s' is no file, and no address of http or https", path);
    return fault(l, "cannot find '%s': %s%s", path, strerror(error),
                 error == ENOENT && looks_like_host(path) ? "; an address is written with https:// before it" : "");
}

/* What a line of a list names: without what ends the line, and of an address without space around it; NULL: nothing. */
static char *listed_item(char *line, bool first)
{
    if (first && strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    line[strcspn(line, "\r\n")] = 0;
    char *address = line + strspn(line, " \t");
    size_t len = strlen(address);
    if (*address == '#' || len == 0)
        return NULL;
    if (!input_is_address((pl_str){address, len}))
        return line;
    while (address[len - 1] == ' ' || address[len - 1] == '\t')
        address[--len] = 0;
    return address;
}

/* Says in which list and line. */
static int blame_line(struct input_list *l, const char *file, size_t number)
{
    char why[sizeof l->message];

    memcpy(why, l->message, sizeof why);
    return fault(l, "line %zu of the list '%s': %s", number, file, why);
}

static int add_listed(struct input_list *l, const char *file)
{
    const bool in = strcmp(file, "-") == 0;
    FILE *f = in ? stdin : fopen(file, "rbe");
    char line[MAX_LINE + 2];
    int rc = PL_OK;

    if (!f)
        return fault(l, "cannot open the list '%s': %s", file, strerror(errno));
    for (size_t number = 1; rc == PL_OK && fgets(line, sizeof line, f); number++) {
        const size_t len = strlen(line);
        if (!(len && line[len - 1] == '\n') && !feof(f)) {
            rc = fault(l, "line %zu of the list '%s' is not a path", number, file);
            break;
        }
        const char *item = listed_item(line, number == 1);
        rc = item ? add_path(l, item) : PL_OK;
        if (rc != PL_OK)
            rc = blame_line(l, file, number);
    }
    if (rc == PL_OK && ferror(f))
        rc = fault(l, "cannot read the list '%s': %s", file, strerror(errno));
    if (!in)
        fclose(f);
    return rc;
}

int input_list_add(struct input_list *l, pl_str item)
{
    char *path;
    int rc;

    if (item.len == 0)
        return fault(l, "an input is empty");
    if (item.len > MAX_LINE || memchr(item.ptr, 0, item.len))
        return fault(l, "an input is not a path");
    path = strndup(item.ptr, item.len);
    if (!path)
        return out_of_memory(l);
    if (strcmp(path, "-") == 0)
        rc = push(l, strdup(path));
    else if (path[0] == '@')
        rc = add_listed(l, path + 1);
    else
        rc = add_path(l, path);
    free(path);
    return rc;
}

void input_list_done(struct input_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->at[i]);
    free(l->at);
    l->at = NULL;
    l->n = l->cap = 0;
}
