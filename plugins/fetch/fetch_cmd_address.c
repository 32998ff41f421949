/* fetch_cmd_address.c - `pressline fetch address`: whether addresses may be connected to, and why not. */
#include "fetch_address.h"
#include "fetch_cmd.h"
#include "fetch_url.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* "RANGE,RANGE" of each --allow_private.  The caller frees *at. */
static int read_ranges(const struct cmd_line *c, pl_str **at, size_t *n)
{
    int option = 0;
    size_t cap = 0;

    *at = NULL;
    *n = 0;
    for (const char *value; (value = cmd_value(c, "--allow_private", &option));) {
        for (const char *end; *value; value = *end ? end + 1 : end) {
            end = value + strcspn(value, ",");
            if (*n == cap) {
                cap = cap ? cap * 2 : 8;
                pl_str *more = realloc(*at, cap * sizeof **at);
                if (!more)
                    return PL_NOMEM;
                *at = more;
            }
            (*at)[(*n)++] = (pl_str){value, (size_t)(end - value)};
        }
    }
    return PL_OK;
}

static bool is_literal(const char *text)
{
    unsigned char address[16];

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool is_literal_host(pl_str host)
{
    char text[64] = "";

    if (host.len && host.ptr[0] == '[')
        return true;
    snprintf(text, sizeof text, "%.*s", host.len < sizeof text ? (int)host.len : 0, host.ptr ? host.ptr : "");
    return is_literal(text);
}

/* Of an address, a URL or a host as it may stand in one.  `why` is a remark where it is allowed. */
static bool judge(const struct address_guard *g, struct url *u, const char *text, char *why, size_t size)
{
    const pl_str whole = {text, strlen(text)};
    char host[1024];

    if (is_literal(text))
        return !address_host_refused(g, whole, why, size);
    if (url_parse(u, whole, NULL) != PL_OK) {
        const int n = snprintf(host, sizeof host, "http://%s/", text);
        if (strpbrk(text, "/?#@") || n < 0 || (size_t)n >= sizeof host ||
            url_parse(u, (pl_str){host, (size_t)n}, NULL) != PL_OK) {
            snprintf(why, size, "it is neither an address nor a URL");
            return false;
        }
    }
    if (!url_is_http(u)) {
        snprintf(why, size, "it is neither http nor https");
        return false;
    }
    if (address_host_refused(g, url_host(u), why, size))
        return false;
    if (!is_literal_host(url_host(u)))
        snprintf(why, size, "a name: each address that it leads to is judged when it is connected to");
    return true;
}

int fetch_cmd_address(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct address_guard *g = NULL;
    struct url u = {0};
    pl_str *range;
    size_t n;
    char why[256];

    if (c.n_args < 1)
        return cmd_usage(self, "address [--allow_private=RANGE,...] ADDRESS...");
    int rc = read_ranges(&c, &range, &n);
    if (rc == PL_OK)
        rc = address_guard_make(&g, (pl_list){range, n}, why, sizeof why);
    free(range);
    if (rc != PL_OK) {
        cmd_fault(self, "--allow_private: %s", rc == PL_NOMEM ? "out of memory" : why);
        return rc == PL_NOMEM ? CMD_IO : CMD_USAGE;
    }
    for (int i = 0; i < c.n_args; i++) {
        why[0] = 0;
        const bool allowed = judge(g, &u, c.arg[i], why, sizeof why);
        printf("%s\t", allowed ? "allowed" : "refused");
        cmd_show(stdout, (pl_str){c.arg[i], strlen(c.arg[i])});
        printf("\t%s\n", why[0] ? why : "-");
    }
    address_guard_free(g);
    url_done(&u);
    return cmd_end(self, CMD_FINE);
}
