/* config_vars.h - ${input}, ${output} and ${env:NAME} in the texts of a pipeline file. */
#ifndef CONFIG_VARS_H
#define CONFIG_VARS_H

#include "config.h"

/* Expand the text of a STR, once: what a variable stands for is not looked at again.  Sets `lacks` where a variable has no
 * value yet; other mistakes go to errs. */
void config_expand(struct arena *a, struct setting *s, const struct config_vars *vars, struct errors *errs);

/* The same for all texts below `s` that are not raw; a list member "${input}" becomes as many members as there are inputs. */
void config_expand_all(struct arena *a, struct setting *s, const struct config_vars *vars, struct errors *errs);

#endif
