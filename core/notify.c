/* notify.c - what the service manager is told. */
#include "notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "str.h"

static bool take_address(struct notify *n, const char *z)
{
    const size_t len = strlen(z);

    if ((z[0] != '/' && z[0] != '@') || len < 2 || len >= sizeof n->to.sun_path)
        return false;
    n->to = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(n->to.sun_path, z, len);
    /* The length is part of an abstract name; that of a path has the NUL behind it. */
    n->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (z[0] == '/'));
    if (z[0] == '@')
        n->to.sun_path[0] = 0;
    return true;
}

static uint64_t watchdog(const char *usec, const char *pid)
{
    int64_t v;

    if (!usec || !str_to_i64(str_of(usec), &v) || v <= 0 || v > INT64_MAX / 1000)
        return 0;
    int64_t whose = getpid();
    if (pid && !str_to_i64(str_of(pid), &whose))
        return 0;
    return whose == getpid() ? (uint64_t)v * 1000 : 0;
}

void notify_open(struct notify *n)
{
    const char *socket_name = getenv("NOTIFY_SOCKET");
    const struct timeval patience = {.tv_sec = 1};

    *n = (struct notify){.fd = -1};
    if (socket_name && take_address(n, socket_name)) {
        n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (n->fd >= 0)
            setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        n->watchdog_ns = n->fd < 0 ? 0 : watchdog(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void notify_close(struct notify *n)
{
    if (n->fd >= 0)
        close(n->fd);
    *n = (struct notify){.fd = -1};
}

void notify_send(const struct notify *n, pl_str text)
{
    if (n->fd < 0 || text.len == 0)
        return;
    (void)sendto(n->fd, text.ptr, text.len, MSG_NOSIGNAL, (const struct sockaddr *)(const void *)&n->to, n->to_len);
}

void notify_status(const struct notify *n, pl_str text)
{
    struct buf b = {0};

    if (n->fd >= 0) {
        buf_addz(&b, "STATUS=");
        log_escape(&b, text);
        if (!b.failed)
            notify_send(n, buf_view(&b));
    }
    buf_done(&b);
}
