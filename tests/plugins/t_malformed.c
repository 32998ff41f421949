/* t_malformed.c - a plugin without a verb. */
#include "pressline.h"

PL_PLUGIN("t_malformed", "does nothing", .reads = "text")
