/* fetch_cmd_feed.c - `pressline fetch feed`: what is read from a feed, and why nothing is. */
#include "fetch_cmd.h"
#include "fetch_cmd_json.h"
#include "fetch_feed.h"
#include "fetch_when.h"
#include "fetch_xml.h"

enum { MAX_FILE = 64 << 20 };

static json_object *entry_json(const struct feed_entry *e)
{
    json_object *o = json_object_new_object(), *list;

    json_set(o, "title", e->title);
    json_set(o, "title_html", e->title_html);
    json_set(o, "link", e->link);
    json_set(o, "id", e->id);
    json_set(o, "published", e->published);
    json_set_time(o, "published_at", e->published_ms);
    json_set(o, "updated", e->updated);
    json_set_time(o, "updated_at", e->updated_ms);
    json_set(o, "author", e->author);
    json_set(o, "language", e->language);
    json_set(o, "source", e->source);
    json_set(o, "image", e->image);
    json_set(o, "summary", e->summary);
    json_set(o, "content", e->content);
    if (e->content.len)
        json_set_text(o, "content_type", e->content_is_html ? "text/html" : "text/plain");
    if (e->categories.n) {
        list = json_object_new_array();
        for (size_t i = 0; i < e->categories.n; i++) {
            const pl_str name = e->categories.at[i];
            json_object_array_add(list, json_object_new_string_len(name.ptr, (int)name.len));
        }
        json_object_object_add(o, "categories", list);
    }
    return o;
}

static json_object *feed_json(const struct feed *f)
{
    json_object *o = json_object_new_object(), *list = json_object_new_array();

    json_set_text(o, "kind", feed_kind_name(f->kind));
    json_set_text(o, "charset", f->charset);
    json_object_object_add(o, "well_formed", json_object_new_boolean(!f->ill_formed));
    json_set(o, "title", f->title);
    json_set(o, "link", f->link);
    json_set(o, "language", f->language);
    json_set(o, "author", f->author);
    json_set(o, "updated", f->updated);
    json_set_time(o, "updated_at", f->updated_ms);
    json_set(o, "self", f->self);
    json_set(o, "next", f->next);
    json_set(o, "hub", f->hub);
    if (f->ttl_s >= 0)
        json_object_object_add(o, "ttl_s", json_object_new_int64(f->ttl_s));
    for (size_t i = 0; i < f->n_entries; i++)
        json_object_array_add(list, entry_json(&f->entry[i]));
    json_object_object_add(o, "entries", list);
    return o;
}

static void print_json(const char *path, const struct feed *f, const char *message)
{
    json_object *o = f ? feed_json(f) : json_object_new_object();

    json_set_text(o, "file", path);
    json_set_text(o, f ? "fault" : "error", message);
    json_print(o);
}

static void print_entry(const struct feed_entry *e)
{
    const int64_t ms = e->published_ms >= 0 ? e->published_ms : e->updated_ms;
    const bool dated = e->published.len || e->updated.len;
    char when[32] = "";

    if (ms >= 0)
        when_rfc3339(ms, when);
    printf("  %-24s  ", when[0] ? when : dated ? "date not read" : "no date");
    cmd_show(stdout, e->title.len ? e->title : PL_S("(no title)"));
    printf("\n  %-24s  ", "");
    cmd_show(stdout, e->link.len ? e->link : PL_S("(no link)"));
    putchar('\n');
}

static void print_feed(const char *path, const struct feed *f, const char *message)
{
    cmd_show(stdout, (pl_str){path, strlen(path)});
    if (!f) {
        fputs(": ", stdout);
        cmd_show(stdout, (pl_str){message, strlen(message)});
        putchar('\n');
        return;
    }
    printf(": %s, %zu entries, %s, ", feed_kind_name(f->kind), f->n_entries, f->charset);
    cmd_show(stdout, f->title.len ? f->title : PL_S("(no title)"));
    putchar('\n');
    if (f->ill_formed) {
        fputs("  not well-formed, read as far as it goes: ", stdout);
        cmd_show(stdout, (pl_str){message, strlen(message)});
        putchar('\n');
    }
    for (size_t i = 0; i < f->n_entries; i++)
        print_entry(&f->entry[i]);
}

static pl_str option(const struct cmd_line *c, const char *name)
{
    int at = 0;
    const char *value = cmd_value(c, name, &at);

    return (pl_str){value ? value : "", value ? strlen(value) : 0};
}

int fetch_cmd_feed(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    const pl_str base = option(&c, "--base"), type = option(&c, "--content-type");
    const bool json = cmd_has(&c, "--json");
    struct bytes file = {0};
    int status = CMD_FINE;

    if (c.n_args < 1)
        return cmd_usage(self, "feed [--base=ADDRESS] [--content-type=TYPE] [--json] FILE...");
    xml_init();
    for (int i = 0; i < c.n_args; i++) {
        struct feed *f = NULL;
        char message[256];
        if (cmd_read_inflated(self, c.arg[i], MAX_FILE, &file) != CMD_FINE) {
            status = CMD_IO;
            continue;
        }
        if (feed_parse(&f, (pl_str){(const char *)file.at, file.len}, type, base, message, sizeof message) != FEED_OK)
            status = CMD_IO;
        (json ? print_json : print_feed)(c.arg[i], f, message);
        feed_free(f);
    }
    bytes_done(&file);
    return cmd_end(self, status);
}
