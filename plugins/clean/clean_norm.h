/* clean_norm.h - text in one form: plain spaces, nothing invisible; values and lines in Unicode NFC.
 *
 * Quotation marks, dashes and ellipses stay as they were written.  Normalising
 * normalised text changes nothing. */
#ifndef CLEAN_NORM_H
#define CLEAN_NORM_H

#include <stdbool.h>
#include <stdint.h>

#include "clean_mem.h"
#include "pressline.h"

/* Line breaks stay, two or more of them become one blank line.  Letters stay as they were composed. */
pl_str clean_norm_text(struct clean_arena *a, pl_str s);
/* White space within a line and empty lines stay: indentation means something.  What ends a line and
 * what stands before and behind the text is taken away. */
pl_str clean_norm_code(struct clean_arena *a, pl_str s);
/* Unicode NFC, and nothing else. */
pl_str clean_norm_nfc(struct clean_arena *a, pl_str s);
/* On one line, in NFC. */
pl_str clean_norm_line(struct clean_arena *a, pl_str s);
/* As clean_norm_line(), of a value that a page's author wrote by machine: character references
 * that were encoded twice are decoded, tags are taken out. */
pl_str clean_norm_value(struct clean_arena *a, pl_str s);
/* Is the character, behind `before` (0 for none), one that nobody sees? */
bool clean_norm_drops(uint32_t before, uint32_t c);

#endif
