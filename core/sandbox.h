/* sandbox.h - a process gives up, for good, what it does not need: it can compute, and nothing else.
 *
 * No file is opened, no socket, no other program or process is begun; memory that can be executed is not made.  What is
 * refused answers EPERM, so that code which tries can say so.  seccomp does it where the kernel and the build have it,
 * Landlock (no file, no TCP) besides where the kernel has it. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

enum { SANDBOX_FILTER = 1, SANDBOX_LANDLOCK = 2 };

/* Which of them hold now.  Called by a process of one thread. */
unsigned sandbox_enter(void);

/* Whether this build can filter system calls at all. */
bool sandbox_built_in(void);

#endif
