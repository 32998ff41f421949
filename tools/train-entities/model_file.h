/* model_file.h - weights and casing as a file that entities_model.h reads. */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

#include "casing.h"

struct bytes {
    unsigned char *at;
    size_t len;
};

struct model_settings {
    const char *language;
    float prune;          /* weights up to this are not kept */
    double slope, offset; /* how sure a margin makes */
};

/* The file of these weights, rounded to eight bits; `w` NULL makes a model of
 * casing alone.  Pruned features lose their keys in `w`. */
struct bytes model_file_make(const struct model_settings *s, const struct counts *c, const struct weights *w);

/* Reads it as the stage will; ends the program where it cannot. */
void model_file_use(struct model *m, const struct bytes *file);

#endif
