/* random_record.h - records of everything that a record can hold, the same for the same seed. */
#ifndef RANDOM_RECORD_H
#define RANDOM_RECORD_H

#include "record.h"

/* The names that a pipeline would know, frozen. */
struct intern *random_names(void);

pl_record *random_record(const struct intern *names, uint64_t seed);

/* Any finite double, often an extreme one. */
double random_f64(uint64_t *state);

/* Write n records to standard output, each as its line and then as a line of words: `f NAME TYPE VALUE...` for a
 * field, `n KIND LABEL SPAN N_ATTRIBUTES` for an annotation, each attribute as `NAME TYPE VALUE`, text in hexadecimal
 * behind an x.  The program's exit status. */
int random_lines(uint64_t n);

#endif
