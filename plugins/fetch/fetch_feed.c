/* fetch_feed.c - a feed's entries, whatever it is written in. */
#include "fetch_feed.h"

#include <stdlib.h>
#include <strings.h>

#include "fetch_char.h"
#include "fetch_feed_json.h"
#include "fetch_feed_xml.h"
#include "fetch_xml.h"

static bool starts(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    return s.len >= n && strncasecmp(s.ptr, word, n) == 0;
}

static pl_str behind(pl_str s, size_t n)
{
    return (pl_str){s.ptr + n, s.len - n};
}

/* Past what may stand before the root: space, a byte order mark, comments, instructions. */
static pl_str skip_prolog(pl_str s)
{
    for (;;) {
        const char *end = NULL;
        size_t n = 0;
        while (s.len && is_space(s.ptr[0]))
            s = behind(s, 1);
        if (starts(s, "\xEF\xBB\xBF")) {
            s = behind(s, 3);
            continue;
        }
        if (starts(s, "<!--")) {
            end = memmem(s.ptr, s.len, "-->", 3);
            n = 3;
        } else if (starts(s, "<?")) {
            end = memmem(s.ptr, s.len, "?>", 2);
            n = 2;
        }
        if (!end)
            return s;
        s = behind(s, (size_t)(end - s.ptr) + n);
    }
}

static bool is_page(pl_str text)
{
    const pl_str root = skip_prolog(text);

    return starts(root, "<html") || (starts(root, "<!doctype html") && !memmem(text.ptr, text.len, "<rss", 4) &&
                                     !memmem(text.ptr, text.len, "<feed", 5));
}

/* With the declarations in it, so that a feed that is refused for them is told as such. */
static pl_str skip_doctype(pl_str s)
{
    size_t i = 0;

    while (i < s.len && s.ptr[i] != '>' && s.ptr[i] != '[')
        i++;
    /* What ends the declarations is a bracket with nothing but space behind it. */
    for (bool open = i < s.len && s.ptr[i] == '['; open && i < s.len; i++) {
        open = s.ptr[i] != ']';
        for (size_t j = i + 1; !open && j < s.len && s.ptr[j] != '>'; j++)
            open = open || !is_space(s.ptr[j]);
    }
    while (i < s.len && s.ptr[i] != '>')
        i++;
    return i < s.len ? skip_prolog(behind(s, i + 1)) : s;
}

bool feed_looks_like(pl_str start, pl_str content_type)
{
    static const char *const roots[] = {"<rss", "<rdf:rdf", "<feed", "<channel", "<atom:feed"};
    static const char *const types[] = {"application/rss+xml", "application/atom+xml", "application/rdf+xml",
                                        "application/feed+json", "application/x-rss+xml", "text/rss+xml",
                                        "application/cdf+xml"};
    pl_str root = skip_prolog((pl_str){start.ptr, start.len < 4096 ? start.len : 4096});

    if (starts(root, "<!doctype") && !starts(root, "<!doctype html"))
        root = skip_doctype(root);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const size_t n = strlen(roots[i]);
        if (starts(root, roots[i]) && root.len > n && (is_space(root.ptr[n]) || root.ptr[n] == '>'))
            return true;
    }
    if (starts(root, "{") && memmem(root.ptr, root.len, "jsonfeed.org/version", 20))
        return true;
    while (content_type.len && is_space(content_type.ptr[0]))
        content_type = behind(content_type, 1);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (starts(content_type, types[i]))
            return !starts(root, "<html") && !starts(root, "<!doctype html");
    }
    return false;
}

static enum feed_result read_text(struct feed_maker *m, pl_str text, pl_str base, char *message, size_t size)
{
    bool ill = false;

    if (feed_maker_init(m, text.len) != PL_OK)
        return FEED_NOMEM;
    if (starts(skip_prolog(text), "{"))
        return feed_read_json(m, text, base, message, size);
    if (is_page(text)) {
        snprintf(message, size, "no feed: an HTML page; it may name a feed (<link rel=\"alternate\">)");
        return FEED_NOT;
    }
    const enum feed_result strict = feed_read_xml(m, text, XML_STRICT, base, &ill, message, size);
    if (!ill)
        return strict;
    feed_maker_done(m);
    if (feed_maker_init(m, text.len) != PL_OK)
        return FEED_NOMEM;
    char other[256];
    const enum feed_result loose = feed_read_xml(m, text, XML_LOOSE, base, &ill, other, sizeof other);
    m->feed->ill_formed = true;
    if (loose != FEED_OK)
        snprintf(message, size, "%s", other);
    return loose;
}

enum feed_result feed_parse(struct feed **f, pl_str bytes, pl_str content_type, pl_str base_url, char *message,
                            size_t size)
{
    struct decoder decoder = {0};
    struct decoded decoded;
    struct feed_maker m = {0};
    enum feed_result result = FEED_NOMEM;

    *f = NULL;
    message[0] = 0;
    if (!bytes.len) {
        snprintf(message, size, "no feed: nothing is in it");
        return FEED_NOT;
    }
    if (xml_decode(&decoder, bytes, content_type, &decoded) != PL_OK)
        goto done;
    result = read_text(&m, decoded.text, base_url, message, size);
    if (result == FEED_OK) {
        m.feed->charset = decoded.name;
        *f = m.feed;
        m.feed = NULL;
    }
done:
    if (result == FEED_NOMEM)
        snprintf(message, size, "out of memory");
    feed_maker_done(&m);
    decoder_done(&decoder);
    return result;
}

void feed_free(struct feed *f)
{
    if (!f)
        return;
    fetch_arena_free(f->memory);
    free(f->entry);
    free(f);
}

const char *feed_kind_name(enum feed_kind kind)
{
    static const char *const names[] = {"unknown", "rss090", "rss091", "rss092", "rss093", "rss094", "rss10", "rss20",
                                        "rss",     "atom03", "atom10", "atom",   "cdf",    "json10", "json11"};

    return names[kind];
}
