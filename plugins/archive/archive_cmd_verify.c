/* archive_cmd_verify.c - `pressline archive verify FILE...`: whether archives are whole, and what is still good. */
#include <inttypes.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_verify.h"

struct verifying {
    pl_self *self;
    const char *path;
    bool json, any;
    struct archive_out *out;
};

static void told(void *to, const char *what)
{
    struct verifying *v = to;

    if (v->json) {
        out_put(v->out, v->any ? PL_S(",") : PL_S(""));
        out_json(v->out, (pl_str){what, strlen(what)});
        v->any = true;
    } else {
        out_printf(v->out, "%s: ", v->path);
        out_plain(v->out, (pl_str){what, strlen(what)}, 1000);
        out_putc(v->out, '\n');
    }
}

static void say(struct verifying *v, const struct archive_report *r)
{
    char a[32], b[32], c[32], d[32];

    if (r->whole) {
        out_printf(v->out, "%s: whole: %s records, %s bytes", v->path, cmd_number(r->n_records, a), cmd_number(r->length, b));
        if (!r->plain)
            out_printf(v->out, ", %s %s", cmd_number(r->n_members, c), r->blocks ? "blocks" : "gzip members");
        out_printf(v->out, "%s\n", r->indexed ? "; the index fits" : "; no index to compare with");
        return;
    }
    if (r->sound) {
        out_printf(v->out,
                   "%s: whole: all %s records are good; what lies beside it is damaged, and made anew by\n"
                   "  pressline archive index --force ",
                   v->path, cmd_number(r->n_records, a));
        out_plain(v->out, (pl_str){v->path, strlen(v->path)}, 1000);
        out_putc(v->out, '\n');
        return;
    }
    out_printf(v->out, "%s: damaged: %s records are good, up to byte %s, and %s behind; %s bad place%s\n", v->path,
               cmd_number(r->n_first, a), cmd_number(r->first_end, b), cmd_number(r->n_records - r->n_first, c),
               cmd_number(r->n_bad, d), r->n_bad == 1 ? "" : "s");
}

static void say_json(struct verifying *v, const struct archive_report *r)
{
    out_printf(v->out, "],\"whole\":%s,\"bytes\":%" PRIu64 ",\"content_bytes\":%" PRIu64 ",\"blocks\":%" PRIu64 ",\"bad_blocks\":%" PRIu64,
               r->whole ? "true" : "false", r->length, r->content, r->n_members, r->n_bad);
    out_printf(v->out, ",\"records\":%" PRIu64 ",\"records_before_damage\":%" PRIu64 ",\"good_up_to_byte\":%" PRIu64, r->n_records,
               r->n_first, r->first_end);
    out_printf(v->out, ",\"index\":%s,\"gzi\":%s,\"zran\":%s}\n", r->indexed ? "true" : "false", r->gzi ? "true" : "false",
               r->zran ? "true" : "false");
}

static int verify(struct verifying *v)
{
    struct archive_report r;
    char message[1024];

    v->any = false;
    if (v->json) {
        out_put(v->out, PL_S("{\"file\":"));
        out_json(v->out, (pl_str){v->path, strlen(v->path)});
        out_put(v->out, PL_S(",\"mistakes\":["));
    }
    const int rc = archive_verify(v->path, told, v, &r, message, sizeof message);
    if (rc != PL_OK)
        r.whole = false;
    if (v->json)
        say_json(v, &r);
    else if (rc == PL_OK)
        say(v, &r);
    if (rc != PL_OK)
        return cmd_fault(v->self, "%s", message);
    return r.whole ? EXIT_FINE : EXIT_IO;
}

int archive_cmd_verify(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct archive_out o = {.fd = STDOUT_FILENO};
    struct verifying v = {.self = self, .json = cmd_has(&c, "json"), .out = &o};
    int code = EXIT_FINE;

    if (c.n_args == 0)
        return cmd_usage(self, "verify [--json] FILE...");
    for (int i = 0; i < c.n_args && !o.error; i++) {
        v.path = c.arg[i];
        if (verify(&v) != EXIT_FINE)
            code = EXIT_IO;
        out_flush(&o);
    }
    return cmd_end(self, &o, code);
}
