/* fetch_feed_json.c - the entries of a JSON Feed. */
#include "fetch_feed_json.h"

#include "fetch_json.h"

/* What is being read; values are numbers in it, and 0 is none: it is the feed itself. */
struct reader {
    struct feed_maker *m;
    struct json json;
    pl_str base;
};

/* A string; a number as it is written, which is how some write an id. */
static pl_str text_of(const struct reader *r, uint32_t i)
{
    const struct json_value *v = &r->json.at[i];

    return i && (v->type == JSON_STRING || v->type == JSON_NUMBER) ? v->text : (pl_str){NULL, 0};
}

static pl_str text_at(const struct reader *r, uint32_t object, const char *name)
{
    return text_of(r, json_member(&r->json, object, name));
}

/* Behind the last value of a list, the first of which is i + 1; 0: it is none. */
static uint32_t end_of(const struct reader *r, uint32_t i)
{
    return i && r->json.at[i].type == JSON_LIST ? r->json.at[i].end : 0;
}

static pl_str link_at(struct reader *r, uint32_t object, const char *name)
{
    const pl_str value = text_at(r, object, name);

    return value.len ? feed_maker_link(r->m, r->base, value) : value;
}

static pl_str plain_at(struct reader *r, uint32_t object, const char *name)
{
    return feed_maker_copy(r->m, text_at(r, object, name));
}

/* `authors` of 1.1, or `author` of 1.0. */
static void add_authors(struct reader *r, uint32_t object)
{
    const uint32_t list = json_member(&r->json, object, "authors");

    for (uint32_t i = list + 1; i < end_of(r, list); i = json_next(&r->json, i))
        feed_maker_author(r->m, text_at(r, i, "name"));
    if (!r->m->authors.len)
        feed_maker_author(r->m, text_at(r, json_member(&r->json, object, "author"), "name"));
}

static void add_tags(struct reader *r, uint32_t list)
{
    int n = 0;

    for (uint32_t i = list + 1; i < end_of(r, list) && n < FEED_MAX_CATEGORIES; i = json_next(&r->json, i), n++)
        feed_maker_category(r->m, text_of(r, i));
}

static void read_item(struct reader *r, uint32_t item)
{
    struct feed_maker *m = r->m;
    struct feed_entry *e = r->json.at[item].type == JSON_OBJECT ? feed_maker_entry(m) : NULL;

    if (!e)
        return;
    const pl_str html = text_at(r, item, "content_html"), plain = text_at(r, item, "content_text");
    e->id = plain_at(r, item, "id");
    e->title = plain_at(r, item, "title");
    e->link = link_at(r, item, "url");
    if (!e->link.len)
        e->link = link_at(r, item, "external_url");
    e->summary = feed_maker_text(m, text_at(r, item, "summary"), FEED_GUESS);
    e->content = feed_maker_html(m, html.len ? html : plain, html.len ? FEED_HTML : FEED_PLAIN, &e->content_is_html);
    e->image = link_at(r, item, "image");
    if (!e->image.len)
        e->image = link_at(r, item, "banner_image");
    add_authors(r, item);
    e->language = plain_at(r, item, "language");
    feed_maker_date(m, text_at(r, item, "date_published"), &e->published, &e->published_ms);
    feed_maker_date(m, text_at(r, item, "date_modified"), &e->updated, &e->updated_ms);
    add_tags(r, json_member(&r->json, item, "tags"));
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

static enum feed_result read_feed(struct reader *r, char *message, size_t size)
{
    const pl_str version = text_at(r, 0, "version");
    const uint32_t items = json_member(&r->json, 0, "items"), hubs = json_member(&r->json, 0, "hubs");
    struct feed_maker *m = r->m;
    struct feed *f = m->feed;

    if (!end_of(r, items) && !has(version, "jsonfeed.org")) {
        snprintf(message, size, "no feed: JSON, but without `items` and without a version of jsonfeed.org");
        return FEED_NOT;
    }
    f->kind = has(version, "version/1.1") ? FEED_JSON11 : FEED_JSON10;
    f->title = plain_at(r, 0, "title");
    f->link = link_at(r, 0, "home_page_url");
    f->self = link_at(r, 0, "feed_url");
    f->next = link_at(r, 0, "next_url");
    f->language = plain_at(r, 0, "language");
    add_authors(r, 0);
    f->author = feed_maker_copy(m, (pl_str){(const char *)m->authors.at, m->authors.len});
    if (hubs + 1 < end_of(r, hubs))
        f->hub = link_at(r, hubs + 1, "url");
    for (uint32_t i = items + 1; i < end_of(r, items) && !m->starved && !fetch_arena_failed(f->memory); i = json_next(&r->json, i))
        read_item(r, i);
    return feed_maker_state(m, message, size);
}

enum feed_result feed_read_json(struct feed_maker *m, pl_str text, pl_str base, char *message, size_t size)
{
    struct reader r = {.m = m, .base = base};
    enum feed_result result = FEED_NOMEM;
    char why[120];

    switch (json_read(&r.json, text, why, sizeof why)) {
    case JSON_OK:
        result = read_feed(&r, message, size);
        break;
    case JSON_CUT:
        snprintf(message, size, "no feed: the JSON ends in the middle, %s", why);
        result = FEED_NOT;
        break;
    case JSON_BAD:
        snprintf(message, size, "no feed: no JSON, %s", why);
        result = FEED_NOT;
        break;
    case JSON_REFUSED:
        snprintf(message, size, "JSON that is too much, %s", why);
        result = FEED_REFUSED;
        break;
    case JSON_NOMEM:
        break;
    }
    json_done(&r.json);
    return result;
}
