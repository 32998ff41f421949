/* fetch_cmd_robots.c - `pressline fetch robots`: what a robots.txt says of addresses, and by which of its lines. */
#include "fetch_cmd.h"
#include "fetch_robots.h"
#include "fetch_url.h"

static const char *group_name(enum robots_group group)
{
    return group == ROBOTS_GROUP_OWN ? "own" : group == ROBOTS_GROUP_ANY ? "*" : "none";
}

static void show_file(const struct robots *r, const char *agent)
{
    const int64_t delay = robots_delay_ms(r);
    pl_str sitemap;

    printf("group\t%s\t", group_name(robots_group(r)));
    cmd_show(stdout, (pl_str){agent, strlen(agent)});
    printf("\t%zu rules\n", robots_n_rules(r));
    if (delay >= 0)
        printf("crawl-delay\t%lld.%03lld\n", (long long)(delay / 1000), (long long)(delay % 1000));
    for (size_t i = 0; (sitemap = robots_sitemap(r, i)).ptr; i++) {
        printf("sitemap\t");
        cmd_show(stdout, sitemap);
        putchar('\n');
    }
}

static void show_verdict(const struct robots *r, pl_str address, pl_str target)
{
    const struct robots_verdict v = robots_judge(r, target);

    printf("%s\t", v.allowed ? "allowed" : "disallowed");
    cmd_show(stdout, address);
    if (v.line) {
        printf("\tline %zu\t%s: ", v.line, v.allowed ? "allow" : "disallow");
        cmd_show(stdout, v.rule);
    } else {
        printf("\t-\t%s", v.too_much ? "it would take too long to tell" : "no rule");
    }
    putchar('\n');
}

/* An address, or its path.  False: it is neither, told. */
static bool judge(pl_self *self, const struct robots *r, struct url *u, const char *text)
{
    const pl_str address = {text, strlen(text)};

    if (text[0] == '/' && text[1] != '/') {
        show_verdict(r, address, address);
        return true;
    }
    if (url_parse(u, address, NULL) != PL_OK || !url_is_http(u)) {
        cmd_fault(self, "expected an address such as https://news.example/today or a path such as /today, found '%s'", text);
        return false;
    }
    show_verdict(r, url_href(u), url_target(u));
    return true;
}

int fetch_cmd_robots(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    const char *agent = "pressline";
    struct robots *r = NULL;
    struct bytes file = {0};
    struct url u = {0};
    int at = 0, rc;

    for (const char *value; (value = cmd_value(&c, "--agent", &at));)
        agent = value;
    if (c.n_args < 1)
        return cmd_usage(self, "robots [--agent=NAME] FILE [URL...]");
    rc = cmd_read(self, c.arg[0], ROBOTS_MAX, &file);
    if (rc == CMD_FINE && robots_parse(&r, (pl_str){(const char *)file.at, file.len}, (pl_str){agent, strlen(agent)}) != PL_OK)
        rc = cmd_fault(self, "out of memory");
    if (rc == CMD_FINE)
        show_file(r, agent);
    for (int i = 1; i < c.n_args && rc != CMD_IO; i++)
        if (!judge(self, r, &u, c.arg[i]))
            rc = CMD_USAGE;
    robots_free(r);
    bytes_done(&file);
    url_done(&u);
    return cmd_end(self, rc);
}
