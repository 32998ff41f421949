/* fetch_list.h - what `inputs` names, as the final list of files. */
#ifndef FETCH_LIST_H
#define FETCH_LIST_H

#include <stddef.h>

#include "pressline.h"

struct input_list {
    char **at; /* paths, and "-" for standard input */
    size_t n, cap;
    char message[1024]; /* why the last call failed */
};

/* Is it an address to be asked for by HTTP (http:// or https://, in any case)? */
bool input_is_address(pl_str item);

/* Adds what `item` stands for, in this order of readings: "-" standard input; an address (http:// or https://); "@FILE" each line of FILE (of standard
 * input for "@-") as an item of its own, but for these two forms; a file that is there; a folder, its files at any
 * depth; else a pattern (* ? []), its files and folders.  What a folder or pattern stands for is sorted by bytes.
 * Names in folders that begin with a dot, what is no file, and links to folders are passed over.
 * PL_OK; PL_ERROR with `message` set: what is named is not there, a folder cannot be read. */
int input_list_add(struct input_list *l, pl_str item);

void input_list_done(struct input_list *l);

#endif
