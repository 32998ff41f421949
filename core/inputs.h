/* inputs.h - a pipeline's own source, given other inputs than its file says. */
#ifndef INPUTS_H
#define INPUTS_H

#include "pipeline.h"

/* Whatever its options say, the source reads these and nothing else; a source without the option `inputs` stays as it is
 * (${input} stands in its options, or it does not).  Strings are copied.  PL_ERROR when one cannot be read. */
int inputs_override(struct pipeline *p, pl_list inputs, struct errors *errs);

#endif
