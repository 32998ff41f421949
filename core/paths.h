/* paths.h - whether what a pipeline wants to read is there, and what it wants to write could be made. */
#ifndef PATHS_H
#define PATHS_H

#include "pressline.h"

/* NULL when it can be, else why not.  Of a glob the folder before its first wildcard is looked at, of "@LIST" the list;
 * "", "-" and addresses ("https://...") are not. */
const char *path_unreadable(pl_str path);

/* A file or folder that exists can be written, or the nearest folder above that exists can. */
const char *path_unwritable(pl_str path);

#endif
