/* loader.c - plugins as shared objects; the one place that knows libltdl.
 *
 * libltdl's own loader binds lazily, so that an undefined symbol ends the process at its first call, and it says "file
 * not found" whatever was wrong.  It is taken out and one of ours put in: all symbols are bound at once, the plugin
 * stays for good (its threads, TLS and debug symbols with it), and dlerror()'s reason is kept. */
#include "loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <ltdl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "description.h"
#include "nearest.h"
#include "str.h"

#ifndef PLUGIN_DIR
#define PLUGIN_DIR "/usr/local/lib/pressline"
#endif

static const char suffix[] = ".so";

struct loaded {
    struct loaded *next;
    struct module module;
};

struct loader {
    struct arena arena;
    pl_str *dirs; /* absolute */
    size_t n_dirs, cap_dirs;
    struct loaded *loaded;
};

/* Why the last shared object did not open: libltdl forgets it. */
static char open_error[512];

static lt_module open_now(lt_user_data data, const char *path, lt_dladvise advise)
{
    (void)data;
    (void)advise;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const char *why = handle ? NULL : dlerror();

    if (!handle)
        snprintf(open_error, sizeof open_error, "%s", why ? why : "no reason given");
    return handle;
}

static int close_never(lt_user_data data, lt_module module)
{
    (void)data;
    (void)module;
    return 0;
}

static void *find_symbol(lt_user_data data, lt_module module, const char *name)
{
    (void)data;
    return dlsym(module, name);
}

static bool init_libltdl(void)
{
    static const lt_dlvtable vtable = {
        .name = "pressline",
        .module_open = open_now,
        .module_close = close_never,
        .find_sym = find_symbol,
    };
    static bool done;

    /* It does not fail for any other reason. */
    if (!done && lt_dlinit() != 0)
        out_of_memory();
    if (!done && lt_dlloader_add(&vtable) == 0) {
        /* Or it is tried next, and does load what ours has refused.  Removing hands over its table. */
        free(lt_dlloader_remove("lt_dlopen"));
        done = true;
    }
    return done;
}

struct loader *loader_new(void)
{
    struct loader *l = calloc(1, sizeof *l);

    if (!l)
        out_of_memory();
    return l;
}

void loader_free(struct loader *l)
{
    if (l) {
        arena_done(&l->arena);
        free(l);
    }
}

/* ---- folders ---- */

/* Absolute, without slashes at the end. */
static pl_str absolute(struct arena *a, pl_str path)
{
    char cwd[PATH_MAX];
    struct buf b = {0};

    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (path.ptr[0] != '/' && getcwd(cwd, sizeof cwd)) {
        buf_addz(&b, cwd);
        buf_addc(&b, '/');
    }
    buf_add(&b, path);
    const pl_str s = arena_dup(a, buf_view(&b));
    buf_done(&b);
    return s;
}

void loader_add_dir(struct loader *l, pl_str dir)
{
    if (dir.len == 0)
        return;
    const pl_str path = absolute(&l->arena, dir);
    for (size_t i = 0; i < l->n_dirs; i++) {
        if (str_eq(l->dirs[i], path))
            return;
    }
    l->dirs = arena_grow(&l->arena, l->dirs, l->n_dirs, &l->cap_dirs, sizeof *l->dirs);
    l->dirs[l->n_dirs++] = path;
}

/* `plugins/.libs` beside the program in a build tree, where libtool may have put the program itself in `.libs`. */
static void add_build_dir(struct loader *l)
{
    char exe[PATH_MAX];
    struct buf b = {0};
    struct stat st;
    const ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n <= 0)
        return;
    exe[n] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(exe, '/');
        if (!slash || (i == 1 && strcmp(slash, "/.libs") != 0))
            break;
        *slash = 0;
    }
    buf_addf(&b, "%s/plugins/.libs", exe);
    if (stat(buf_cstr(&b), &st) == 0)
        loader_add_dir(l, str_of(buf_cstr(&b)));
    buf_done(&b);
}

void loader_add_standard(struct loader *l)
{
    const char *env = getenv("PRESSLINE_PLUGIN_PATH");
    pl_str rest = str_of(env), dir;

    while (str_split(&rest, ':', &dir))
        loader_add_dir(l, dir);
    add_build_dir(l);
    loader_add_dir(l, PL_S(PLUGIN_DIR));
}

static const char *join(struct arena *a, pl_str dir, pl_str name)
{
    struct buf b = {0};

    buf_add(&b, dir);
    buf_addc(&b, '/');
    buf_add(&b, name);
    buf_addz(&b, suffix);
    const char *z = arena_dup(a, str_of(buf_cstr(&b))).ptr;
    buf_done(&b);
    return z;
}

static bool anybody_writes(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & S_IWOTH);
}

/* ---- loading ---- */

static const struct module *find_loaded(const struct loader *l, const char *path)
{
    for (const struct loaded *m = l->loaded; m; m = m->next) {
        if (str_is(m->module.path, path))
            return &m->module;
    }
    return NULL;
}

/* dlerror() begins with the path, which the message has already. */
static const char *without_path(const char *error, const char *path)
{
    const size_t n = strlen(path);

    return strncmp(error, path, n) == 0 && strncmp(error + n, ": ", 2) == 0 ? error + n + 2 : error;
}

/* Whether a shared object ends before its segments do: dlopen() maps them without looking, and touching what is not there
 * ends the process.  What is no shared object of this machine is left to dlopen() to tell. */
static bool is_cut_off(const char *path, size_t size)
{
    FILE *in = fopen(path, "rbe");
    ElfW(Ehdr) head;
    ElfW(Phdr) part;
    bool cut = false;

    if (in && fread(&head, sizeof head, 1, in) == 1 && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
        head.e_phentsize == sizeof part && head.e_phoff <= size && fseek(in, (long)head.e_phoff, SEEK_SET) == 0) {
        for (unsigned i = 0; i < head.e_phnum && !cut; i++)
            cut = fread(&part, sizeof part, 1, in) != 1 ||
                  (part.p_type == PT_LOAD && (part.p_offset > size || part.p_filesz > size - part.p_offset));
    }
    if (in)
        fclose(in);
    return cut;
}

/* Whether the file and its folder are ours to trust, and the file there at all. */
static bool may_open(const char *path, struct buf *why)
{
    char *dir = str_dup(str_of(path));
    char *slash = strrchr(dir, '/');
    struct stat st;

    slash[slash == dir] = 0;
    if (stat(path, &st) != 0)
        buf_addf(why, "%s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        buf_addz(why, "it is not a file");
    else if (st.st_mode & S_IWOTH)
        buf_addz(why, "refused, because anybody may write the file (chmod o-w)");
    else if (anybody_writes(dir))
        buf_addf(why, "refused, because anybody may write the folder %s (chmod o-w)", dir);
    else if (is_cut_off(path, (size_t)st.st_size))
        buf_addz(why, "file too short: its end is missing");
    free(dir);
    return why->len == 0;
}

static const pl_plugin *open_plugin(struct loader *l, const char *path, struct buf *why)
{
    if (!may_open(path, why))
        return NULL;
    if (!init_libltdl()) {
        buf_addz(why, "libltdl cannot be started");
        return NULL;
    }
    snprintf(open_error, sizeof open_error, "no shared object");
    errno = 0;
    lt_dlhandle handle = lt_dlopen(path);
    if (!handle) {
        if (errno == ENOMEM)
            out_of_memory();
        buf_addz(why, without_path(open_error, path));
        return NULL;
    }
    const pl_plugin *(*entry)(void) = NULL;
    void *symbol = lt_dlsym(handle, "pl_plugin_v1");
    if (!symbol) {
        buf_addz(why,
                 "it has no entry point pl_plugin_v1: it is no pressline plugin, or one for another major version");
        return NULL;
    }
    /* POSIX has it that a symbol's address may be a function's; C has no cast for it. */
    memcpy(&entry, &symbol, sizeof entry);
    const pl_plugin *from = entry();
    if (!from) {
        buf_addz(why, "malformed description: pl_plugin_v1() gave none");
        return NULL;
    }
    return description_copy(&l->arena, from, why);
}

/* Load the shared object at an absolute path; with a message about the plugin `name` ("": by its path) when it cannot be. */
static const struct module *load(struct loader *l, const char *path, pl_str name, struct errors *errs, const char *file,
                                 int line)
{
    const struct module *known = find_loaded(l, path);
    struct buf why = {0};

    if (known)
        return known;
    const pl_plugin *plugin = open_plugin(l, path, &why);
    if (plugin && name.len && !str_is(name, plugin->name)) {
        buf_addf(&why, "the plugin in this file calls itself '%s'", plugin->name);
        plugin = NULL;
    }
    if (!plugin && name.len)
        error_at(errs, file, line, "cannot load plugin '" STR_FMT "' (%s): %s", STR_ARG(name), path, buf_cstr(&why));
    else if (!plugin)
        error_at(errs, file, line, "cannot load the plugin %s: %s", path, buf_cstr(&why));
    buf_done(&why);
    if (!plugin)
        return NULL;
    struct loaded *m = arena_zero(&l->arena, 1, sizeof *m);
    m->module = (struct module){plugin, arena_dup(&l->arena, str_of(path))};
    m->next = l->loaded;
    l->loaded = m;
    return &m->module;
}

const struct module *loader_load(struct loader *l, const char *path, struct errors *errs)
{
    return load(l, absolute(&l->arena, str_of(path)).ptr, PL_S(""), errs, NULL, 0);
}

static void not_found(struct loader *l, pl_str name, struct errors *errs, const char *file, int line)
{
    struct arena a = {0};
    const pl_list all = loader_list(l, &a);
    struct nearest near = {.word = name};
    struct buf dirs = {0};

    for (size_t i = 0; i < all.n; i++)
        nearest_offer(&near, all.at[i]);
    for (size_t i = 0; i < l->n_dirs; i++)
        buf_addf(&dirs, "%s" STR_FMT, i ? ", " : "", STR_ARG(l->dirs[i]));
    if (near.best.ptr)
        error_at(errs, file, line, "there is no plugin '" STR_FMT "'; did you mean '" STR_FMT "'? (looked in %s)",
                 STR_ARG(name), STR_ARG(near.best), buf_cstr(&dirs));
    else
        error_at(errs, file, line, "there is no plugin '" STR_FMT "' (looked in %s)", STR_ARG(name), buf_cstr(&dirs));
    buf_done(&dirs);
    arena_done(&a);
}

const struct module *loader_find(struct loader *l, pl_str name, struct errors *errs, const char *file, int line)
{
    if (!name_is_right(name)) {
        error_at(errs, file, line, "'" STR_FMT "' cannot be a plugin's name", STR_ARG(name));
        return NULL;
    }
    for (size_t i = 0; i < l->n_dirs; i++) {
        const char *path = join(&l->arena, l->dirs[i], name);
        if (access(path, F_OK) == 0)
            return load(l, path, name, errs, file, line);
    }
    not_found(l, name, errs, file, line);
    return NULL;
}

/* ---- listing ---- */

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

pl_list loader_list(struct loader *l, struct arena *a)
{
    pl_str *names = NULL;
    size_t n = 0, cap = 0, kept = 0;

    for (size_t i = 0; i < l->n_dirs; i++) {
        DIR *dir = anybody_writes(l->dirs[i].ptr) ? NULL : opendir(l->dirs[i].ptr);
        for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
            pl_str name = str_of(e->d_name);
            const size_t end = sizeof suffix - 1;
            if (name.len <= end || memcmp(name.ptr + name.len - end, suffix, end) != 0)
                continue;
            name.len -= end;
            if (!name_is_right(name))
                continue;
            names = arena_grow(a, names, n, &cap, sizeof *names);
            names[n++] = arena_dup(a, name);
        }
        if (dir)
            closedir(dir);
    }
    if (n)
        qsort(names, n, sizeof *names, by_bytes);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !str_eq(names[i], names[kept - 1]))
            names[kept++] = names[i];
    }
    return (pl_list){names, kept};
}
