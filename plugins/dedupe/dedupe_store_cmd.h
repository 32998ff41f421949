/* dedupe_store_cmd.h - `pressline dedupe store FOLDER`: what is in a store, and whether all of it is sound. */
#ifndef DEDUPE_STORE_CMD_H
#define DEDUPE_STORE_CMD_H

#include "pressline.h"

/* A pl_command's. */
int dedupe_store_command(pl_self *self, int argc, char **argv);

#endif
