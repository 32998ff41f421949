/* archive_cmd_expire.c - `pressline archive expire --older=365d FILE...`: archives whose newest record is old, named or removed. */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_date.h"
#include "archive_expire.h"

static const char usage[] = "expire --older=AGE [--field=NAME] [--now=DATE] [--remove] FILE...; an AGE is 365d, or in h, w, y";

static int expire(pl_self *self, const char *path, const struct archive_expiry *e, int64_t now, struct archive_out *o)
{
    struct archive_expired found;
    char message[1024], n[32];
    const enum archive_fate fate = archive_expire(path, e, &found, message, sizeof message);

    switch (fate) {
    case FATE_YOUNG: return EXIT_FINE;
    case FATE_UNSURE: pl_log(self, PL_LOG_WARN, NULL, "%s", message); return EXIT_MISSING;
    case FATE_FAULT: return cmd_fault(self, "%s", message);
    case FATE_OLD:
    case FATE_REMOVED: break;
    }
    out_printf(o, "%s: %s records, the newest of %s, %" PRId64 " days old", path, cmd_number(found.n_records, n),
               found.newest_text, (now - found.newest) / 86400);
    out_printf(o, "%s\n", fate == FATE_REMOVED ? ": removed" : "");
    out_flush(o); /* what is gone is told whatever comes next */
    return EXIT_FINE;
}

int archive_cmd_expire(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct archive_out o = {.fd = STDOUT_FILENO};
    int a = 0, b = 0, d = 0, code = EXIT_FINE;
    const char *older = cmd_value(&c, "older", &a), *field = cmd_value(&c, "field", &b), *date = cmd_value(&c, "now", &d);
    struct archive_expiry e = {.field = field && *field ? field : "published", .remove = cmd_has(&c, "remove")};
    int64_t now = (int64_t)time(NULL), age;

    if (c.n_args == 0 || !older || !archive_age(older, &age))
        return cmd_usage(self, usage);
    if (date && !archive_date((pl_str){date, strlen(date)}, &now))
        return cmd_usage(self, usage);
    e.before = now - age;
    for (int i = 0; i < c.n_args; i++) {
        const int rc = expire(self, c.arg[i], &e, now, &o);
        code = rc > code ? rc : code; /* 0, 3, 74 */
    }
    return cmd_end(self, &o, code);
}
