/* fixed.h - text in a piece of memory of fixed size, cut where it is full: for signal handlers, which may neither allocate nor
 * print.  All of it is async-signal-safe. */
#ifndef FIXED_H
#define FIXED_H

#include "pressline.h"

struct fixed {
    char *at;
    size_t len, cap;
};

void fixed_add(struct fixed *f, pl_str s);
void fixed_addz(struct fixed *f, const char *z);
void fixed_add_number(struct fixed *f, uint64_t n);
void fixed_add_hex(struct fixed *f, const uint8_t *bytes, size_t n);

/* The same with spaces and control characters as '?': one word on one line. */
void fixed_add_word(struct fixed *f, pl_str s);

/* All of it to `fd`; false when it did not get there. */
bool fixed_write(const struct fixed *f, int fd);

#endif
