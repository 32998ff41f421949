/* fetch_cmd_url.c - `pressline fetch url`: what becomes of an address. */
#include <inttypes.h>
#include <stdlib.h>

#include "fetch_canonical.h"
#include "fetch_cmd.h"
#include "fetch_convert.h"
#include "fetch_site.h"

static const char usage[] = "url [--base=URL] [--canonical] [--json] [--tracking=NAME] URL...";

enum { LINES_MAX = 256 << 20, EXTRA_MAX = 64 };

struct shower {
    pl_self *self;
    struct url base, u, canonical;
    struct tracking *tracking;
    bool has_base, json, only_canonical;
    int code;
};

/* ---- JSON ---- */

static void put_json(FILE *out, pl_str s)
{
    putc('"', out);
    for (size_t i = 0, n; i < s.len; i += n) {
        const unsigned char *const p = (const unsigned char *)s.ptr + i;
        bool bad, cut;
        n = utf8_step(p, s.len - i, &bad, &cut);
        if (bad)
            fputs("\\ufffd", out);
        else if (*p < 0x20 || *p == 0x7F)
            fprintf(out, "\\u%04x", (unsigned)*p);
        else if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else
            fwrite(p, 1, n, out);
    }
    putc('"', out);
}

/* ---- one address ---- */

static pl_str view(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static void show_part(const struct shower *s, const char *name, pl_str value)
{
    if (s->json) {
        printf(",\"%s\":", name);
        put_json(stdout, value);
    } else if (value.len) {
        printf("%-10s", name);
        cmd_show(stdout, value);
        putchar('\n');
    }
}

/* Scheme, host and port, where two addresses of which all three are the same share what browsers guard. */
static void show_origin(const struct shower *s)
{
    const struct url *const u = &s->u;
    char port[16] = "";

    if (u->kind == URL_OTHER || u->kind == URL_FILE) {
        show_part(s, "origin", PL_S("null"));
        return;
    }
    if (u->port >= 0)
        snprintf(port, sizeof port, ":%d", (int)u->port);
    const pl_str scheme = url_scheme(u), host = url_host(u);
    char *const text = malloc(scheme.len + host.len + 24);
    if (!text)
        return;
    const int n = sprintf(text, "%.*s://%.*s%s", (int)scheme.len, scheme.ptr, (int)host.len, host.ptr, port);
    show_part(s, "origin", (pl_str){text, (size_t)n});
    free(text);
}

static void show_parts(const struct shower *s, pl_str text)
{
    const struct url *const u = &s->u;
    const uint16_t number = url_port(u);
    char port[8] = "";

    if (s->json) {
        printf("{\"input\":");
        put_json(stdout, text);
    }
    show_part(s, "href", url_href(u));
    show_part(s, "scheme", url_scheme(u));
    show_part(s, "user", url_user(u));
    show_part(s, "password", url_password(u));
    show_part(s, "host", url_host(u));
    if (number && s->json)
        printf(",\"port\":%u", (unsigned)number);
    else if (number)
        snprintf(port, sizeof port, "%u", (unsigned)number);
    if (!s->json)
        show_part(s, "port", view(port));
    show_part(s, "path", url_path(u));
    show_part(s, "query", url_query(u));
    show_part(s, "fragment", url_fragment(u));
    show_origin(s);
    show_part(s, "site", site_of_host(url_host(u)));
    show_part(s, "canonical", url_href(&s->canonical));
    puts(s->json ? "}" : "");
}

/* `text` is no address: why, as far as can be told from its first characters. */
static void refuse(struct shower *s, pl_str text)
{
    char shown[200];
    FILE *const out = fmemopen(shown, sizeof shown, "w");
    struct url with_host = {0};
    /* what is an address once there is a base only lacks that */
    const bool relative = !s->has_base && url_parse(&with_host, PL_S("https://a.example/"), NULL) == PL_OK &&
                          url_parse(&with_host, text, &with_host) == PL_OK;
    const char *const why = text.len > URL_MAX ? "it is longer than a million bytes"
                            : relative ? "it has no scheme: write https://HOST/PATH, or give --base=URL"
                                       : "its host or its port is not valid";

    url_done(&with_host);
    if (out) {
        cmd_show(out, text.len > 150 ? (pl_str){text.ptr, 150} : text);
        putc('\0', out);
        fclose(out);
        shown[sizeof shown - 1] = '\0';
    }
    s->code = cmd_fault(s->self, "'%s' is no address: %s", out ? shown : "", why);
    if (!s->json)
        return;
    printf("{\"input\":");
    put_json(stdout, text);
    printf(",\"error\":\"%s\"}\n", why);
}

static bool show(struct shower *s, pl_str text)
{
    int rc = url_parse(&s->u, text, s->has_base ? &s->base : NULL);

    if (rc == PL_ERROR) {
        refuse(s, text);
        return true;
    }
    if (rc == PL_OK)
        rc = canonical_url(&s->u, s->tracking, &s->canonical);
    if (rc != PL_OK) {
        s->code = cmd_fault(s->self, "out of memory");
        return false;
    }
    if (s->only_canonical && !s->json)
        puts(s->canonical.href);
    else
        show_parts(s, text);
    return true;
}

/* Each line of standard input. */
static void show_lines(struct shower *s)
{
    struct bytes all = {0};
    const int code = cmd_read(s->self, "-", LINES_MAX, &all);

    if (code != CMD_FINE)
        s->code = code;
    for (size_t at = 0, n; code == CMD_FINE && at < all.len; at += n + 1) {
        const unsigned char *const end = memchr(all.at + at, '\n', all.len - at);
        n = end ? (size_t)(end - all.at) - at : all.len - at;
        if (!show(s, (pl_str){(const char *)all.at + at, n}))
            break;
    }
    bytes_done(&all);
}

/* ---- the command ---- */

static int read_options(struct shower *s, const struct cmd_line *c)
{
    pl_str extra[EXTRA_MAX];
    size_t n = 0;
    int at = 0;
    char message[512];
    const char *value;

    while ((value = cmd_value(c, "--tracking", &at)) && n < EXTRA_MAX)
        extra[n++] = view(value);
    const int rc = tracking_make(&s->tracking, (pl_list){extra, n}, message, sizeof message);
    if (rc != PL_OK) {
        cmd_fault(s->self, "%s", message);
        return rc == PL_ERROR ? CMD_USAGE : CMD_IO;
    }
    at = 0;
    value = cmd_value(c, "--base", &at);
    if (value && url_parse(&s->base, view(value), NULL) != PL_OK) {
        cmd_fault(s->self, "--base: expected an address with a scheme and a host, found '%s'", value);
        return CMD_USAGE;
    }
    s->has_base = value != NULL;
    return CMD_FINE;
}

int fetch_cmd_url(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct shower s = {.self = self, .json = cmd_has(&c, "--json"), .only_canonical = cmd_has(&c, "--canonical")};

    if (c.n_args < 1)
        return cmd_usage(self, usage);
    s.code = read_options(&s, &c);
    for (int i = 0; s.tracking && s.code != CMD_USAGE && i < c.n_args; i++) {
        if (strcmp(c.arg[i], "-") == 0)
            show_lines(&s);
        else if (!show(&s, view(c.arg[i])))
            break;
    }
    tracking_free(s.tracking);
    url_done(&s.base);
    url_done(&s.u);
    url_done(&s.canonical);
    return cmd_end(self, s.code);
}
