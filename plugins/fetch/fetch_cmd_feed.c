/* fetch_cmd_feed.c - `pressline fetch feed`: what is read from a feed, and why nothing is. */
#include "fetch_cmd.h"
#include "fetch_feed.h"
#include "fetch_gunzip.h"
#include "fetch_when.h"

#include <json-c/json.h>

enum { MAX_FILE = 64 << 20 };

static void set(json_object *o, const char *name, pl_str value)
{
    if (value.len)
        json_object_object_add(o, name, json_object_new_string_len(value.ptr, (int)value.len));
}

static void set_text(json_object *o, const char *name, const char *value)
{
    set(o, name, (pl_str){value, strlen(value)});
}

static void set_time(json_object *o, const char *name, int64_t ms)
{
    char text[32];

    if (ms < 0)
        return;
    when_rfc3339(ms, text);
    set_text(o, name, text);
}

static json_object *entry_json(const struct feed_entry *e)
{
    json_object *o = json_object_new_object(), *list;

    set(o, "title", e->title);
    set(o, "title_html", e->title_html);
    set(o, "link", e->link);
    set(o, "id", e->id);
    set(o, "published", e->published);
    set_time(o, "published_at", e->published_ms);
    set(o, "updated", e->updated);
    set_time(o, "updated_at", e->updated_ms);
    set(o, "author", e->author);
    set(o, "language", e->language);
    set(o, "source", e->source);
    set(o, "image", e->image);
    set(o, "summary", e->summary);
    set(o, "content", e->content);
    if (e->content.len)
        set_text(o, "content_type", e->content_is_html ? "text/html" : "text/plain");
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

    set_text(o, "kind", feed_kind_name(f->kind));
    set_text(o, "charset", f->charset);
    json_object_object_add(o, "well_formed", json_object_new_boolean(!f->ill_formed));
    set(o, "title", f->title);
    set(o, "link", f->link);
    set(o, "language", f->language);
    set(o, "author", f->author);
    set(o, "updated", f->updated);
    set_time(o, "updated_at", f->updated_ms);
    set(o, "self", f->self);
    set(o, "next", f->next);
    set(o, "hub", f->hub);
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

    set_text(o, "file", path);
    set_text(o, f ? "fault" : "error", message);
    printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(o);
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

static bool inflate_all(pl_self *self, const char *path, struct bytes *file)
{
    struct gunzip g = {0};
    struct bytes plain = {0};
    const enum gunzip_result result = gunzip_all(&g, (pl_str){(const char *)file->at, file->len}, MAX_FILE, &plain);

    if (result != GUNZIP_OK)
        cmd_fault(self, "cannot inflate '%s': %s", path,
                  result == GUNZIP_TOO_LARGE ? "more than 64 MB come of it"
                  : result == GUNZIP_TORN    ? "the gzip data ends too soon"
                  : result == GUNZIP_NOMEM   ? "out of memory"
                                             : g.fault);
    gunzip_done(&g);
    bytes_done(file);
    *file = plain;
    return result == GUNZIP_OK;
}

static bool read_file(pl_self *self, const char *path, struct bytes *file)
{
    if (cmd_read(self, path, MAX_FILE, file) != CMD_FINE)
        return false;
    if (file->len > MAX_FILE) {
        cmd_fault(self, "'%s' is larger than 64 MB: no feed is", path);
        return false;
    }
    return !gunzip_is((pl_str){(const char *)file->at, file->len}) || inflate_all(self, path, file);
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
    for (int i = 0; i < c.n_args; i++) {
        struct feed *f = NULL;
        char message[256];
        if (!read_file(self, c.arg[i], &file)) {
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
