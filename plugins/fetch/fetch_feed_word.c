/* fetch_feed_word.c - what an element of a feed means, whichever format it is of. */
#include "fetch_feed_word.h"

#include <stdlib.h>
#include <strings.h>

enum { LONGEST = 40 };

/* "" are the elements of RSS and Atom themselves, by all the names that their namespaces had. */
static const struct {
    const char *uri, *prefix;
} namespaces[] = {
    {"http://www.w3.org/2005/Atom", ""},
    {"http://purl.org/atom/ns#", ""},
    {"http://purl.org/rss/1.0/", ""},
    {"http://purl.org/rss/1.0/modules/content/", "content"},
    {"http://purl.org/dc/elements/1.1/", "dc"},
    {"http://purl.org/dc/terms/", "dcterms"},
    {"http://search.yahoo.com/mrss/", "media"},
    {"http://search.yahoo.com/mrss", "media"},
    {"http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"},
    {"http://purl.org/rss/1.0/modules/syndication/", "sy"},
    {"http://rssnamespace.org/feedburner/ext/1.0", "feedburner"},
    {"http://www.w3.org/1999/xhtml", "xhtml"},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"},
    {"http://my.netscape.com/rdf/simple/0.9/", ""},
    {"http://channel.netscape.com/rdf/simple/0.9/", ""},
    {"http://backend.userland.com/rss", ""},
    {"http://backend.userland.com/rss2", ""},
    {"http://backend.userland.com/rss091", ""},
    {"http://blogs.law.harvard.edu/tech/rss", ""},
    {"http://cyber.law.harvard.edu/rss", ""},
    {"http://purl.org/rss/1.0/modules/rss091#", ""},
    {"http://purl.org/net/rss1.1#", ""},
    {"http://purl.org/pie/", ""},
    {"http://purl.org/echo/", ""},
    {"http://example.com/newformat#", ""},
    {"http://example.com/necho", ""},
    {"uri/of/echo/namespace#", ""},
};

/* In the order of strcmp(). */
static const struct word {
    const char *name;
    enum feed_word word;
} words[] = {
    {"abstract", WORD_SUMMARY},
    {"author", WORD_AUTHOR},
    {"body", WORD_BODY},
    {"category", WORD_CATEGORY},
    {"channel", WORD_CHANNEL},
    {"content", WORD_CONTENT},
    {"content:encoded", WORD_ENCODED},
    {"contributor", WORD_CONTRIBUTOR},
    {"copyright", WORD_RIGHTS},
    {"dc:author", WORD_CREATOR},
    {"dc:contributor", WORD_CONTRIBUTOR},
    {"dc:creator", WORD_CREATOR},
    {"dc:date", WORD_UPDATED},
    {"dc:description", WORD_DESCRIPTION},
    {"dc:language", WORD_LANGUAGE},
    {"dc:rights", WORD_RIGHTS},
    {"dc:subject", WORD_CATEGORY},
    {"dc:title", WORD_TITLE},
    {"dcterms:issued", WORD_PUBLISHED},
    {"dcterms:modified", WORD_UPDATED},
    {"description", WORD_DESCRIPTION},
    {"email", WORD_EMAIL},
    {"enclosure", WORD_ENCLOSURE},
    {"entry", WORD_ITEM},
    {"feed", WORD_FEED},
    {"feedburner:origlink", WORD_ORIGINAL_LINK},
    {"fullitem", WORD_ENCODED},
    {"guid", WORD_ID},
    {"id", WORD_ID},
    {"image", WORD_IMAGE},
    {"info", WORD_RIGHTS},
    {"issued", WORD_PUBLISHED},
    {"item", WORD_ITEM},
    {"itunes:author", WORD_CREATOR},
    {"itunes:category", WORD_CATEGORY},
    {"itunes:email", WORD_EMAIL},
    {"itunes:image", WORD_ITUNES_IMAGE},
    {"itunes:keywords", WORD_KEYWORDS},
    {"itunes:name", WORD_NAME},
    {"itunes:owner", WORD_CONTRIBUTOR},
    {"itunes:subtitle", WORD_SUBTITLE},
    {"itunes:summary", WORD_SUMMARY},
    {"keywords", WORD_CATEGORY},
    {"language", WORD_LANGUAGE},
    {"lastbuilddate", WORD_UPDATED},
    {"link", WORD_LINK},
    {"managingeditor", WORD_AUTHOR},
    {"media:category", WORD_CATEGORY},
    {"media:content", WORD_MEDIA_CONTENT},
    {"media:description", WORD_DESCRIPTION},
    {"media:keywords", WORD_KEYWORDS},
    {"media:thumbnail", WORD_THUMBNAIL},
    {"media:title", WORD_MEDIA_TITLE},
    {"modified", WORD_UPDATED},
    {"name", WORD_NAME},
    {"pubdate", WORD_PUBLISHED},
    {"published", WORD_PUBLISHED},
    {"rdf", WORD_RDF},
    {"rdf:rdf", WORD_RDF},
    {"rights", WORD_RIGHTS},
    {"rss", WORD_RSS},
    {"source", WORD_SOURCE},
    {"subtitle", WORD_SUBTITLE},
    {"summary", WORD_SUMMARY},
    {"sy:updatefrequency", WORD_UPDATE_FREQUENCY},
    {"sy:updateperiod", WORD_UPDATE_PERIOD},
    {"tagline", WORD_SUBTITLE},
    {"tags", WORD_KEYWORDS},
    {"textinput", WORD_TEXTINPUT},
    {"title", WORD_TITLE},
    {"ttl", WORD_TTL},
    {"updated", WORD_UPDATED},
    {"xhtml:body", WORD_BODY},
};

static bool same(pl_str a, const char *b)
{
    const size_t n = strlen(b);

    return a.len == n && strncasecmp(a.ptr, b, n) == 0;
}

static const char *prefix_of(pl_str uri)
{
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        if (same(uri, namespaces[i].uri))
            return namespaces[i].prefix;
    }
    return NULL;
}

static bool put(char name[LONGEST + 1], size_t *n, pl_str s)
{
    if (s.len > LONGEST - *n)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        name[(*n)++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    name[*n] = 0;
    return true;
}

static int by_name(const void *key, const void *entry)
{
    return strcmp(key, ((const struct word *)entry)->name);
}

enum feed_word feed_word_of(const struct xml_element *e)
{
    const char *known = e->ns.len ? prefix_of(e->ns) : NULL;
    const pl_str prefix = known ? (pl_str){known, strlen(known)} : e->prefix;
    char name[LONGEST + 1];
    size_t n = 0;

    if (!put(name, &n, prefix) || (n && !put(name, &n, PL_S(":"))) || !put(name, &n, e->name))
        return WORD_NONE;
    const struct word *found = bsearch(name, words, sizeof words / sizeof *words, sizeof *words, by_name);
    return found ? found->word : WORD_NONE;
}

enum feed_namespace feed_namespace_of(pl_str uri)
{
    static const struct {
        const char *uri;
        enum feed_namespace is;
    } known[] = {
        {"http://my.netscape.com/rdf/simple/0.9/", NAMESPACE_RSS090},
        {"http://channel.netscape.com/rdf/simple/0.9/", NAMESPACE_RSS090},
        {"http://purl.org/rss/1.0/", NAMESPACE_RSS10},
        {"http://purl.org/atom/ns#", NAMESPACE_ATOM03},
        {"http://www.w3.org/2005/Atom", NAMESPACE_ATOM10},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (same(uri, known[i].uri))
            return known[i].is;
    }
    return NAMESPACE_OTHER;
}
