/* fetch_cmd_sitemap.c - `pressline fetch sitemap`: what is read from a sitemap, and why nothing is. */
#include "fetch_cmd.h"
#include "fetch_cmd_json.h"
#include "fetch_sitemap.h"
#include "fetch_when.h"
#include "fetch_xml.h"

static const char *kind_name(enum sitemap_kind kind)
{
    return kind == SITEMAP_INDEX ? "sitemapindex" : kind == SITEMAP_TEXT ? "text" : "urlset";
}

static json_object *entry_json(const struct sitemap_entry *e)
{
    json_object *o = json_object_new_object();

    json_set(o, "loc", e->loc);
    json_set(o, "lastmod", e->lastmod);
    json_set_time(o, "lastmod_at", e->lastmod_ms);
    json_set(o, "title", e->news_title);
    json_set(o, "published", e->news_date);
    json_set_time(o, "published_at", e->news_ms);
    json_set(o, "publication", e->news_name);
    json_set(o, "language", e->news_language);
    json_set(o, "keywords", e->news_keywords);
    return o;
}

static json_object *sitemap_json(const struct sitemap *s)
{
    json_object *o = json_object_new_object(), *list = json_object_new_array();

    json_set_text(o, "kind", kind_name(s->kind));
    json_object_object_add(o, "well_formed", json_object_new_boolean(!s->ill_formed));
    json_object_object_add(o, "cut", json_object_new_boolean(s->cut));
    json_object_object_add(o, "passed", json_object_new_int64((int64_t)s->n_passed));
    for (size_t i = 0; i < s->n_entries; i++)
        json_object_array_add(list, entry_json(&s->entry[i]));
    json_object_object_add(o, "entries", list);
    return o;
}

static void print_json(const char *path, const struct sitemap *s, const char *message)
{
    json_object *o = s ? sitemap_json(s) : json_object_new_object();

    json_set_text(o, "file", path);
    json_set_text(o, s ? "fault" : "error", message);
    json_print(o);
}

static void print_entry(const struct sitemap_entry *e)
{
    const int64_t ms = e->news_ms != -1 ? e->news_ms : e->lastmod_ms;
    char when[32] = "";

    if (ms != -1)
        when_rfc3339(ms, when);
    printf("  %-24s  ", when[0] ? when : e->news_date.len || e->lastmod.len ? "date not read" : "no date");
    cmd_show(stdout, e->loc);
    if (e->news_title.len) {
        printf("\n  %-24s  ", "");
        cmd_show(stdout, e->news_title);
    }
    putchar('\n');
}

static void print_sitemap(const char *path, const struct sitemap *s, const char *message)
{
    cmd_show(stdout, (pl_str){path, strlen(path)});
    if (s) {
        printf(": %s, %zu entries", kind_name(s->kind), s->n_entries);
        if (s->n_passed)
            printf(", %zu without an address", s->n_passed);
        if (s->ill_formed)
            fputs(", not well-formed, read as far as it goes", stdout);
    }
    if (message[0]) {
        fputs(": ", stdout);
        cmd_show(stdout, (pl_str){message, strlen(message)});
    }
    putchar('\n');
    for (size_t i = 0; s && i < s->n_entries; i++)
        print_entry(&s->entry[i]);
}

int fetch_cmd_sitemap(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    const bool json = cmd_has(&c, "--json");
    struct bytes file = {0};
    int status = CMD_FINE;

    if (c.n_args < 1)
        return cmd_usage(self, "sitemap [--json] FILE...");
    xml_init();
    for (int i = 0; i < c.n_args; i++) {
        struct sitemap *s = NULL;
        char message[256];
        if (cmd_read_inflated(self, c.arg[i], SITEMAP_MAX_BYTES, &file) != CMD_FINE) {
            status = CMD_IO;
            continue;
        }
        const enum sitemap_result result =
            sitemap_parse(&s, (pl_str){(const char *)file.at, file.len}, PL_S(""), message, sizeof message);
        if (result != SITEMAP_OK)
            status = CMD_IO;
        if (result == SITEMAP_FEED)
            snprintf(message, sizeof message, "this is a feed: pressline fetch feed reads it");
        else if (result == SITEMAP_NOMEM)
            snprintf(message, sizeof message, "out of memory");
        (json ? print_json : print_sitemap)(c.arg[i], s, message);
        sitemap_free(s);
    }
    bytes_done(&file);
    return cmd_end(self, status);
}
