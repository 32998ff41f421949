/* loader.h - plugins as shared objects; the one place that knows libltdl.
 *
 * Not for use by two threads at once; plugins stay loaded until the process ends
 * (their threads, TLS and the leak checkers' symbols outlive any closing). */
#ifndef LOADER_H
#define LOADER_H

#include "arena.h"
#include "errors.h"
#include "pressline.h"

struct loader;

struct module {
    const pl_plugin *plugin; /* the host's copy: members that the plugin's header did not have are zero */
    pl_str path;             /* absolute path of the shared object; "" for one built into the program */
};

/* Folders are searched in this order: `dirs` (--plugin-dir), `path` of the pipeline file, PRESSLINE_PLUGIN_PATH
 * (colons between), `plugins/.libs` beside the running program when it was not installed, the installed folder.
 * A folder that is not absolute is taken from the working directory; one that anybody may write is refused. */
struct loader *loader_new(void);
void loader_free(struct loader *l);
void loader_add_dir(struct loader *l, pl_str dir);
/* Behind those of loader_add_dir: the standard folders. */
void loader_add_standard(struct loader *l);

/* The plugin of that name ("dedupe": dedupe.so in the first folder that has it), or NULL with one message at
 * file:line: not found (with the nearest name there is), not a shared object, undefined symbol, no entry point, ABI too
 * new, malformed description, another name inside, folder that anybody may write. */
const struct module *loader_find(struct loader *l, pl_str name, struct errors *errs, const char *file, int line);

/* The shared object at a path. */
const struct module *loader_load(struct loader *l, const char *path, struct errors *errs);

/* The names of all plugins in the folders, sorted by bytes, each once (arena's memory). */
pl_list loader_list(struct loader *l, struct arena *a);

#endif
