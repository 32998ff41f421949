/* fetch_cmd_discover.c - `pressline fetch discover`: the feeds, sitemaps and pages that a site's front page names. */
#include "fetch_charset.h"
#include "fetch_cmd.h"
#include "fetch_discover.h"
#include "fetch_url.h"

enum { MAX_PAGE = 64 << 20 };

static void print(const char *what, pl_str url, pl_str title)
{
    if (!url.len)
        return;
    printf("%s\t", what);
    cmd_show(stdout, url);
    if (title.len) {
        putchar('\t');
        cmd_show(stdout, title);
    }
    putchar('\n');
}

static void print_links(const struct discovered_link *at, size_t n, const char *sure, const char *guessed)
{
    for (size_t i = 0; i < n; i++)
        print(at[i].guessed ? guessed : sure, at[i].url, at[i].title);
}

static void print_all(const struct discovered *d)
{
    print("base", d->base, (pl_str){NULL, 0});
    print("canonical", d->canonical, (pl_str){NULL, 0});
    print_links(d->feed, d->n_feeds, "feed", "feed?");
    print_links(d->sitemap, d->n_sitemaps, "sitemap", "sitemap?");
    print_links(d->page, d->n_pages, "article", "page");
}

/* Where the page says itself where it is, that will do. */
static int discover_alone(pl_str html, struct url *base, struct discovered **d)
{
    int rc = url_parse(base, PL_S("http://page.invalid/"), NULL);

    if (rc == PL_OK)
        rc = discover(html, base, d);
    if (rc != PL_OK)
        return rc;
    const pl_str told = (*d)->canonical.len ? (*d)->canonical : (*d)->base;
    rc = told.len ? url_parse(base, told, NULL) : PL_ERROR;
    discovered_free(*d);
    *d = NULL;
    if (rc == PL_OK && url_host(base).len == strlen("page.invalid") && memcmp(url_host(base).ptr, "page.invalid", 12) == 0)
        rc = PL_ERROR;
    return rc == PL_OK ? discover(html, base, d) : rc;
}

static int discover_page(pl_self *self, const char *address, pl_str html)
{
    struct url base = {0};
    struct discovered *d = NULL;
    int code = CMD_FINE;

    if (address && (url_parse(&base, (pl_str){address, strlen(address)}, NULL) != PL_OK || !url_is_http(&base))) {
        cmd_fault(self, "--base=%s: expected the page's address, such as https://news.example/", address);
        code = CMD_USAGE;
    } else {
        const int rc = address ? discover(html, &base, &d) : discover_alone(html, &base, &d);
        if (rc == PL_ERROR) {
            cmd_fault(self, "the page does not say where it is from: say --base=ADDRESS");
            code = CMD_USAGE;
        } else if (rc != PL_OK) {
            code = cmd_fault(self, "out of memory");
        } else {
            print_all(d);
        }
    }
    discovered_free(d);
    url_done(&base);
    return code;
}

int fetch_cmd_discover(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct bytes file = {0};
    struct decoder decoder = {0};
    struct decoded page;
    int at = 0;
    const char *base = cmd_value(&c, "--base", &at);

    if (c.n_args != 1)
        return cmd_usage(self, "discover [--base=ADDRESS] FILE");
    decoder_init();
    int code = cmd_read_inflated(self, c.arg[0], MAX_PAGE, &file);
    if (code == CMD_FINE && decode(&decoder, (pl_str){(const char *)file.at, file.len}, PL_S(""), &page) != PL_OK)
        code = cmd_fault(self, "out of memory");
    if (code == CMD_FINE)
        code = discover_page(self, base, page.text);
    decoder_done(&decoder);
    bytes_done(&file);
    return cmd_end(self, code);
}
