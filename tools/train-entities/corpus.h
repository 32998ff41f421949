/* corpus.h - annotated texts for the trainer: JSON lines with spans, or CoNLL
 * columns. */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum span_type { SPAN_PER, SPAN_ORG, SPAN_LOC, SPAN_MISC, SPAN_UNKNOWN, SPAN_MAYBE_MISC };

struct span {
    uint32_t begin, end; /* bytes */
    uint8_t type;
};

/* A text and what it names, in order; what no span covers is no name, but
 * what a SPAN_UNKNOWN or SPAN_MAYBE_MISC covers may be (part of) one. */
struct text {
    char *bytes;
    size_t len;
    struct span *spans;
    size_t n_spans, cap_spans;
    bool no_misc; /* its makers marked no MISC */
};

struct corpus {
    struct text *at;
    size_t n, cap;
};

/* Appends the texts of a file: *.conll has WORD<TAB>LABEL lines (BIO, `?` for
 * unknown), a blank line behind each sentence and `# document` before each
 * text; all else is JSON lines {"text", "entities": [[begin, end, type]]} with
 * code points.  Ends the program with a message on any mistake. */
void corpus_read(struct corpus *c, const char *path);

struct text *corpus_add(struct corpus *c);
void text_append(struct text *t, const char *bytes, size_t len);
void text_mark(struct text *t, size_t begin, size_t end, enum span_type type);
void corpus_free(struct corpus *c);

/* malloc and realloc that end the program when there is no memory. */
void *grow(void *old, size_t n, size_t size);

#endif
