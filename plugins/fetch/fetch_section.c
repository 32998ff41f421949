/* fetch_section.c - is a page an article, or the front page of a section?
 *
 * Articles say that they are: by og:type (https://ogp.me/#types), or by a schema.org type in JSON-LD.  Programs that write
 * og:type "article" on every page but the first also write a CollectionPage there, which therefore counts for more. */
#include "fetch_section.h"

#include <json-c/json.h>

#include "fetch_likely.h"
#include "fetch_tags.h"

enum { MAX_JSON = 512 << 10, MAX_DEPTH = 32, MAX_OBJECTS = 1000 };

bool section_may_be(pl_str target)
{
    const char *question = target.len ? memchr(target.ptr, '?', target.len) : NULL;
    const pl_str path = {target.ptr, question ? (size_t)(question - target.ptr) : target.len};
    const enum likely what = likely_of(target);

    if (path.len <= 1)
        return false;
    if (path.ptr[path.len - 1] == '/')
        return what == LIKELY_INDEX || what == LIKELY_PAGE;
    return what == LIKELY_INDEX && !memchr(path.ptr, '.', path.len);
}

/* ---- what a page says of itself ---- */

struct marks {
    bool og_article, collection;
    size_t n_articles; /* in JSON-LD, beside one another: more than one are a list */
};

static bool ends(const char *s, size_t len, const char *word)
{
    const size_t n = strlen(word);

    return len >= n && memcmp(s + len - n, word, n) == 0;
}

/* "NewsArticle", "https://schema.org/LiveBlogPosting". */
static void take_type(struct marks *m, json_object *type)
{
    if (!json_object_is_type(type, json_type_string))
        return;
    const char *s = json_object_get_string(type);
    const size_t len = (size_t)json_object_get_string_len(type);

    m->n_articles += ends(s, len, "Article") || ends(s, len, "BlogPosting");
    m->collection |= ends(s, len, "CollectionPage") || ends(s, len, "ItemList");
}

static json_object *member(json_object *o, const char *name)
{
    json_object *value = NULL;

    return json_object_is_type(o, json_type_object) && json_object_object_get_ex(o, name, &value) ? value : NULL;
}

static size_t length(json_object *list)
{
    const size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

    return n < MAX_OBJECTS ? n : MAX_OBJECTS;
}

static void take_object(struct marks *m, json_object *o)
{
    json_object *type = member(o, "@type");

    take_type(m, type);
    for (size_t i = 0; i < length(type); i++)
        take_type(m, json_object_array_get_idx(type, i));
}

/* An object, or a list or a graph of them. What is deeper in them is spoken of, not said. */
static void take_json(struct marks *m, json_object *o)
{
    json_object *graph = member(o, "@graph");

    take_object(m, o);
    for (size_t i = 0; i < length(o); i++)
        take_object(m, json_object_array_get_idx(o, i));
    for (size_t i = 0; i < length(graph); i++)
        take_object(m, json_object_array_get_idx(graph, i));
}

static void read_json(struct marks *m, pl_str text)
{
    json_tokener *k = text.len <= MAX_JSON ? json_tokener_new_ex(MAX_DEPTH) : NULL;

    if (!k)
        return;
    json_object *o = json_tokener_parse_ex(k, text.ptr, (int)text.len);
    if (o)
        take_json(m, o);
    json_object_put(o);
    json_tokener_free(k);
}

/* The text of the <script> that was read last. */
static pl_str script_text(const struct tags *t, const char *behind_attributes)
{
    const char *from = behind_attributes < t->at ? behind_attributes + 1 : t->at, *to = t->at;

    while (to > from && to[-1] != '<')
        to--;
    return (pl_str){from, to > from ? (size_t)(to - 1 - from) : 0};
}

static void read_tag(struct marks *m, const struct tags *t, const struct tag *tag)
{
    const bool script = tag_is(tag->name, "script");
    const char *at = tag->inner;
    bool json = false, type = false, article = false;
    struct tag_attribute a;

    if (tag->closes || (!script && !tag_is(tag->name, "meta")))
        return;
    while (tag_attribute_next(t, &at, &a)) {
        json |= tag_is(a.name, "type") && tag_is(a.value, "application/ld+json");
        type |= (tag_is(a.name, "property") || tag_is(a.name, "name")) && tag_is(a.value, "og:type");
        article |= tag_is(a.name, "content") && a.value.len >= 7 && tag_is((pl_str){a.value.ptr, 7}, "article");
    }
    if (script && json)
        read_json(m, script_text(t, at));
    m->og_article |= !script && type && article;
}

static bool says_article(pl_str html)
{
    struct tags t = {html.ptr, html.ptr + html.len, 0};
    struct marks m = {0};
    struct tag tag;

    while (tags_next(&t, &tag))
        read_tag(&m, &t, &tag);
    return !m.collection && (m.n_articles == 1 || (m.og_article && m.n_articles == 0));
}

bool section_is(pl_str html, const struct discovered *d)
{
    size_t n_feeds = 0, n_articles = 0;

    for (size_t i = 0; i < d->n_feeds; i++)
        n_feeds += !d->feed[i].guessed;
    for (size_t i = 0; i < d->n_pages; i++)
        n_articles += !d->page[i].guessed;
    return (n_feeds + d->n_sitemaps > 0 || n_articles >= SECTION_LINKS) && !says_article(html);
}
