/* cmd_check.c - `pressline check`: prove a pipeline file without running it. */
#include "cli.h"
#include "exit.h"
#include "json_text.h"
#include "str.h"

static void print_json_line(struct buf *b, const struct error_line *l)
{
    buf_addz(b, "{\"file\":");
    if (l->file)
        json_text(b, str_of(l->file));
    else
        buf_addz(b, "null");
    buf_addf(b, ",\"line\":%d,\"severity\":\"%s\",\"message\":", l->line, l->warning ? "warning" : "error");
    json_text(b, str_of(l->text));
    buf_addc(b, '}');
}

static void print_json(struct buf *b, const char *file, const struct pipeline *p, const struct errors *errs)
{
    buf_addz(b, "{\"file\":");
    json_text(b, str_of(file));
    buf_addf(b, ",\"right\":%s,\"stages\":[", errs->n_errors ? "false" : "true");
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        buf_addf(b, "%s{\"name\":", i ? "," : "");
        json_text(b, s->name);
        buf_addz(b, ",\"plugin\":");
        json_text(b, str_of(s->plugin ? s->plugin->name : ""));
        buf_addc(b, '}');
    }
    buf_addz(b, "],\"needs\":[");
    if (p->lacks & LACKS_INPUT)
        buf_addz(b, "\"--input\"");
    if (p->lacks & LACKS_OUTPUT)
        buf_addf(b, "%s\"--output\"", p->lacks & LACKS_INPUT ? "," : "");
    buf_addz(b, "],\"settings_sha256\":");
    json_text(b, str_of(p->digest));
    buf_addz(b, ",\"messages\":[");
    for (const struct error_line *l = errs->first; l; l = l->next) {
        print_json_line(b, l);
        if (l->next)
            buf_addc(b, ',');
    }
    buf_addz(b, "]}\n");
}

static void print_text(struct buf *b, const char *file, const struct pipeline *p)
{
    const char *both = (p->lacks & LACKS_INPUT) && (p->lacks & LACKS_OUTPUT) ? " and " : "";

    buf_addf(b, "%s: %d stage%s, right", file, p->n_stages, p->n_stages == 1 ? "" : "s");
    if (p->lacks)
        buf_addf(b, "; a run needs %s%s%s", p->lacks & LACKS_INPUT ? "--input" : "", both,
                 p->lacks & LACKS_OUTPUT ? "--output" : "");
    buf_addc(b, '\n');
}

int cmd_check(const struct cli *cli)
{
    struct pipeline_request req = cli_request(cli);
    struct pipeline p;
    struct errors errs;
    struct buf b = {0};

    req.check = true;
    errors_init(&errs);
    const int rc = pipeline_load(&p, &req, &errs);
    errors_print(&errs, stderr);
    if (cli->json)
        print_json(&b, req.file, &p, &errs);
    else if (rc == PL_OK)
        print_text(&b, req.file, &p);
    fputs(buf_cstr(&b), stdout);
    buf_done(&b);
    pipeline_done(&p);
    errors_done(&errs);
    return rc == PL_OK ? EXIT_CLEAN : EXIT_CONFIG;
}
