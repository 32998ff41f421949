/* cmd_plugins.c - `pressline plugins`: what stages there are. */
#include "cli.h"
#include "exit.h"
#include "json_text.h"
#include "str.h"

static void print_json(struct buf *b, const struct module *m)
{
    buf_addz(b, "{\"name\":");
    json_text(b, str_of(m->plugin->name));
    buf_addz(b, ",\"version\":");
    json_text(b, str_of(m->plugin->version));
    buf_addz(b, ",\"about\":");
    json_text(b, str_of(m->plugin->about));
    buf_addz(b, ",\"path\":");
    json_text(b, m->path);
    buf_addc(b, '}');
}

static void print_text(struct buf *b, const struct module *m)
{
    const char *version = m->plugin->version;

    buf_addf(b, "%-12s %-8s %s\n%22s" STR_FMT "\n", m->plugin->name, version ? version : "-", m->plugin->about, "",
             STR_ARG(m->path));
}

int cmd_plugins(const struct cli *cli)
{
    struct loader *l = cli_loader(cli);
    struct arena a = {0};
    struct errors errs;
    struct buf b = {0};
    size_t n = 0;

    errors_init(&errs);
    const pl_list names = loader_list(l, &a);
    if (cli->json)
        buf_addc(&b, '[');
    for (size_t i = 0; i < names.n; i++) {
        const struct module *m = loader_find(l, names.at[i], &errs, NULL, 0);
        if (m && cli->json) {
            buf_addz(&b, n++ ? ",\n" : "");
            print_json(&b, m);
        } else if (m) {
            print_text(&b, m);
        }
    }
    if (cli->json)
        buf_addz(&b, "]\n");
    fputs(buf_cstr(&b), stdout);
    errors_print(&errs, stderr);
    const int rc = errs.n_errors ? EXIT_CONFIG : EXIT_CLEAN;
    buf_done(&b);
    errors_done(&errs);
    arena_done(&a);
    loader_free(l);
    return rc;
}
