/* notify.h - what the service manager is told: the datagrams of sd_notify(3), without its library.
 *
 * Where NOTIFY_SOCKET is not set all of it does nothing.  One thread at a time. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "pressline.h"

struct notify {
    int fd; /* -1: there is nobody to tell */
    struct sockaddr_un to;
    socklen_t to_len;
    uint64_t watchdog_ns; /* without a keep-alive for so long the process is killed; 0: never */
};

/* From NOTIFY_SOCKET (a path, or "@NAME" in the abstract name space), WATCHDOG_USEC and WATCHDOG_PID, which are taken out
 * of the environment: what is started from here has no part in it.  Before there are threads.  What the variables say
 * wrongly is as if they said nothing: a run is not to fail for want of somebody to tell of it. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* One datagram, "READY=1\nSTATUS=reading"; waits at most a second.  What cannot be sent is not. */
void notify_send(const struct notify *n, pl_str text);

/* "STATUS=TEXT", control characters escaped. */
void notify_status(const struct notify *n, pl_str text);

#endif
