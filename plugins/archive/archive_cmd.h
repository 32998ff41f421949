/* archive_cmd.h - the commands of `pressline archive`. */
#ifndef ARCHIVE_CMD_H
#define ARCHIVE_CMD_H

#include "pressline.h"

extern const pl_command archive_commands[];

#endif
