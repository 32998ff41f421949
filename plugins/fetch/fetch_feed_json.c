/* fetch_feed_json.c - the entries of a JSON Feed. */
#include "fetch_feed_json.h"

#include <json-c/json.h>
#include <stdlib.h>

enum {
    MAX_DEPTH = 64,
    MAX_BYTES = 64 << 20,
    MAX_VALUES = 1000000,
    OBJECT = 8 /* times what a value takes, of memory */
};

static json_object *member(json_object *o, const char *name)
{
    json_object *value = NULL;

    return json_object_is_type(o, json_type_object) && json_object_object_get_ex(o, name, &value) ? value : NULL;
}

/* A string; a number as it is written, which is how some write an id. */
static pl_str text_of(json_object *value)
{
    const enum json_type type = json_object_get_type(value);

    if (type == json_type_string)
        return (pl_str){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
    if (type != json_type_int && type != json_type_double)
        return (pl_str){NULL, 0};
    const char *number = json_object_get_string(value);
    return (pl_str){number, number ? strlen(number) : 0};
}

static pl_str text_at(json_object *o, const char *name)
{
    return text_of(member(o, name));
}

static size_t length(json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static pl_str link_at(struct feed_maker *m, json_object *o, const char *name, pl_str base)
{
    const pl_str value = text_at(o, name);

    return value.len ? feed_maker_link(m, base, value) : value;
}

static pl_str plain_at(struct feed_maker *m, json_object *o, const char *name)
{
    return feed_maker_copy(m, text_at(o, name));
}

/* `authors` of 1.1, or `author` of 1.0. */
static void add_authors(struct feed_maker *m, json_object *o)
{
    json_object *list = member(o, "authors");

    for (size_t i = 0; i < length(list); i++)
        feed_maker_author(m, text_at(json_object_array_get_idx(list, i), "name"));
    if (!m->authors.len)
        feed_maker_author(m, text_at(member(o, "author"), "name"));
}

static void read_item(struct feed_maker *m, json_object *item, pl_str base)
{
    struct feed_entry *e = json_object_is_type(item, json_type_object) ? feed_maker_entry(m) : NULL;

    if (!e)
        return;
    json_object *tags = member(item, "tags");
    const pl_str html = text_at(item, "content_html"), plain = text_at(item, "content_text");
    e->id = plain_at(m, item, "id");
    e->title = plain_at(m, item, "title");
    e->link = link_at(m, item, "url", base);
    if (!e->link.len)
        e->link = link_at(m, item, "external_url", base);
    e->summary = feed_maker_text(m, text_at(item, "summary"), FEED_GUESS);
    e->content = feed_maker_html(m, html.len ? html : plain, html.len ? FEED_HTML : FEED_PLAIN, &e->content_is_html);
    e->image = link_at(m, item, "image", base);
    if (!e->image.len)
        e->image = link_at(m, item, "banner_image", base);
    add_authors(m, item);
    e->language = plain_at(m, item, "language");
    feed_maker_date(m, text_at(item, "date_published"), &e->published, &e->published_ms);
    feed_maker_date(m, text_at(item, "date_modified"), &e->updated, &e->updated_ms);
    for (size_t i = 0; i < length(tags) && i < FEED_MAX_CATEGORIES; i++)
        feed_maker_category(m, text_of(json_object_array_get_idx(tags, i)));
    feed_maker_end_entry(m, e);
    if (!e->author.len)
        e->author = m->feed->author;
    if (!e->language.len)
        e->language = m->feed->language;
}

static bool has(pl_str s, const char *word)
{
    return s.len && memmem(s.ptr, s.len, word, strlen(word));
}

static enum feed_result read_feed(struct feed_maker *m, json_object *root, pl_str base, char *message, size_t size)
{
    const pl_str version = text_at(root, "version");
    struct feed *f = m->feed;
    json_object *items = member(root, "items"), *hubs = member(root, "hubs");

    if (!json_object_is_type(items, json_type_array) && !has(version, "jsonfeed.org")) {
        snprintf(message, size, "no feed: JSON, but without `items` and without a version of jsonfeed.org");
        return FEED_NOT;
    }
    f->kind = has(version, "version/1.1") ? FEED_JSON11 : FEED_JSON10;
    f->title = plain_at(m, root, "title");
    f->link = link_at(m, root, "home_page_url", base);
    f->self = link_at(m, root, "feed_url", base);
    f->next = link_at(m, root, "next_url", base);
    f->language = plain_at(m, root, "language");
    add_authors(m, root);
    f->author = feed_maker_copy(m, (pl_str){(const char *)m->authors.at, m->authors.len});
    if (length(hubs))
        f->hub = link_at(m, json_object_array_get_idx(hubs, 0), "url", base);
    for (size_t i = 0; i < length(items) && !m->starved && !fetch_arena_failed(f->memory); i++)
        read_item(m, json_object_array_get_idx(items, i), base);
    return feed_maker_state(m, message, size);
}

/* A value takes json-c a hundred bytes, an object without any eight hundred, and a file two of each: not more than so many,
 * those in texts counted with them. */
static bool too_many(pl_str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '{' ? OBJECT : text.ptr[i] == ',' || text.ptr[i] == '[';
    return n > MAX_VALUES;
}

/* The number of the \uNNNN at `p`; -1: there is none. */
static int unit_at(const char *p, const char *end)
{
    int unit = 0;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const int c = p[i] | 0x20;
        if (!(p[i] >= '0' && p[i] <= '9') && !(c >= 'a' && c <= 'f'))
            return -1;
        unit = unit << 4 | (p[i] <= '9' ? p[i] - '0' : c - 'a' + 10);
    }
    return unit;
}

/* Surrogate pairs that are escaped, as the characters that they are: json-c 0.16 makes U+FFFD of those whose low 16 bits are a
 * surrogate again.  Everything else stays as it is; `text` where there is none.  *copy is the caller's to free. */
static pl_str join_pairs(pl_str text, char **copy)
{
    const char *at = text.ptr, *const end = text.ptr + text.len;
    char *out;

    *copy = NULL;
    if (!memmem(text.ptr, text.len, "\\ud", 3) && !memmem(text.ptr, text.len, "\\uD", 3))
        return text;
    *copy = out = malloc(text.len);
    if (!out)
        return (pl_str){NULL, 0};
    while (at < end) {
        const int high = unit_at(at, end), low = high >= 0xD800 && high <= 0xDBFF ? unit_at(at + 6, end) : -1;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            const unsigned cp = 0x10000 + ((unsigned)(high - 0xD800) << 10) + (unsigned)(low - 0xDC00);
            *out++ = (char)(0xF0 | cp >> 18);
            *out++ = (char)(0x80 | (cp >> 12 & 0x3F));
            *out++ = (char)(0x80 | (cp >> 6 & 0x3F));
            *out++ = (char)(0x80 | (cp & 0x3F));
            at += 12;
            continue;
        }
        /* What stands behind a backslash belongs to it. */
        const bool pair = *at == '\\' && end - at > 1;
        *out++ = *at++;
        if (pair)
            *out++ = *at++;
    }
    return (pl_str){*copy, (size_t)(out - *copy)};
}

enum feed_result feed_read_json(struct feed_maker *m, pl_str text, pl_str base, char *message, size_t size)
{
    json_tokener *t = json_tokener_new_ex(MAX_DEPTH);
    enum feed_result result = FEED_NOMEM;
    json_object *root = NULL;
    char *copy = NULL;

    if (text.len > MAX_BYTES) {
        snprintf(message, size, "more than %d bytes of JSON", MAX_BYTES);
        result = FEED_REFUSED;
        goto done;
    }
    if (too_many(text)) {
        snprintf(message, size, "JSON of more than %d values", MAX_VALUES);
        result = FEED_REFUSED;
        goto done;
    }
    if (!t)
        goto done;
    text = join_pairs(text, &copy);
    if (!text.ptr)
        goto done;
    root = json_tokener_parse_ex(t, text.ptr, (int)text.len);
    const enum json_tokener_error error = json_tokener_get_error(t);
    if (error == json_tokener_error_depth) {
        snprintf(message, size, "JSON more than %d deep", MAX_DEPTH);
        result = FEED_REFUSED;
    } else if (error == json_tokener_continue) {
        snprintf(message, size, "no feed: the JSON ends in the middle");
        result = FEED_NOT;
    } else if (error != json_tokener_success) {
        snprintf(message, size, "no feed: no JSON, at byte %zu: %s", json_tokener_get_parse_end(t),
                 json_tokener_error_desc(error));
        result = FEED_NOT;
    } else {
        result = read_feed(m, root, base, message, size);
    }
done:
    json_object_put(root);
    if (t)
        json_tokener_free(t);
    free(copy);
    return result;
}
