/* intern.h - names of fields, annotation kinds and attributes as small numbers.
 *
 * Filled by one thread while a pipeline is opened, then frozen and read by all. */
#ifndef INTERN_H
#define INTERN_H

#include "pressline.h"

struct intern;

/* Holds the well-known fields under their permanent numbers. */
struct intern *intern_new(void);
void intern_free(struct intern *in);

/* The name's key, a new one if need be; PL_NONE when frozen and unknown. */
pl_key intern_add(struct intern *in, pl_str name);

/* PL_NONE when unknown. */
pl_key intern_find(const struct intern *in, pl_str name);

/* {NULL, 0} for a key that is none. */
pl_str intern_name(const struct intern *in, pl_key key);

void intern_freeze(struct intern *in);

#endif
