/* fetch_sitemap.c - the entries of a sitemap.
 *
 * By https://www.sitemaps.org/protocol.html, and Google's news extension of it.  Elements are told by their local names
 * and by where they stand, since namespaces are wrong or missing in many files: <loc> right in <url>, so that the one of
 * an image or a video is not taken for the page's. */
#include "fetch_sitemap.h"

#include <stdio.h>
#include <stdlib.h>

#include "fetch_arena.h"
#include "fetch_when.h"
#include "fetch_xml.h"

enum { STOP_FULL = 1, STOP_NOT, STOP_FEED }; /* what a callback returns to end the reading; PL_* are 0 or less */

struct reader {
    struct sitemap *s;
    size_t cap; /* of entries */
    unsigned depth, entry_depth /* 0: outside */, news_depth;
    bool has_root;
    struct sitemap_entry entry;
    pl_str entry_prefix;  /* of the entry's own element, in `prefix` */
    char prefix[64];
    pl_str *wanted;       /* where the text goes that is being read */
    unsigned wanted_depth;
    struct bytes text;    /* of the element that is wanted */
    struct bytes bare;    /* of the entry itself: some write the address without <loc> */
    bool too_long;
    int why;              /* STOP_* */
    char root[32];        /* of something else */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static pl_str trim(pl_str s)
{
    while (s.len && is_space(*s.ptr)) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* `word` in small letters. */
static bool is_any_case(pl_str s, const char *word)
{
    size_t i = 0;

    while (i < s.len && word[i] && lower(s.ptr[i]) == word[i])
        i++;
    return i == s.len && !word[i];
}

/* ---- the entries ---- */

static int grow(struct reader *r)
{
    const size_t cap = r->cap ? r->cap * 2 : 64;
    struct sitemap_entry *more = realloc(r->s->entry, cap * sizeof *more);

    if (!more)
        return PL_NOMEM;
    r->s->entry = more;
    r->cap = cap;
    return PL_OK;
}

static int64_t ms_of(pl_str date)
{
    int64_t ms;

    return date.len && when_parse(date, &ms) ? ms : -1;
}

static int add(struct reader *r, struct sitemap_entry e)
{
    struct sitemap *s = r->s;

    if (e.loc.len == 0) {
        s->n_passed++;
        return PL_OK;
    }
    if (s->n_entries == SITEMAP_MAX_ENTRIES) {
        s->cut = true;
        return r->why = STOP_FULL;
    }
    if (s->n_entries == r->cap && grow(r) != PL_OK)
        return PL_NOMEM;
    e.lastmod_ms = ms_of(e.lastmod);
    e.news_ms = ms_of(e.news_date);
    s->entry[s->n_entries++] = e;
    return PL_OK;
}

/* ---- XML ---- */

/* Runs of spaces become one. */
static pl_str squeeze(char *at, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        const char c = is_space(at[i]) ? ' ' : at[i];
        if (c != ' ' || (n && at[n - 1] != ' '))
            at[n++] = c;
    }
    while (n && at[n - 1] == ' ')
        n--;
    return (pl_str){at, n};
}

static int keep(struct reader *r, pl_str *to, pl_str text)
{
    if (text.len == 0)
        return PL_OK;
    *to = fetch_arena_copy(r->s->memory, text);
    return to->len ? PL_OK : PL_NOMEM;
}

static bool is_entry(pl_str name)
{
    return is_any_case(name, "url") || is_any_case(name, "sitemap");
}

static int begin_root(struct reader *r, const struct xml_element *e)
{
    r->has_root = true;
    r->s->kind = SITEMAP_URLSET;
    if (is_any_case(e->name, "sitemapindex") || is_any_case(e->name, "sitemap"))
        r->s->kind = SITEMAP_INDEX;
    else if (is(e->name, "rss") || is(e->name, "feed") || is(e->name, "RDF") || is(e->name, "channel"))
        return r->why = STOP_FEED;
    else if (!is_any_case(e->name, "urlset") && !is_any_case(e->name, "url")) {
        snprintf(r->root, sizeof r->root, "%.*s", (int)(e->name.len < 31 ? e->name.len : 31), e->name.ptr);
        return r->why = STOP_NOT;
    }
    return PL_OK;
}

static void begin_entry(struct reader *r, const struct xml_element *e)
{
    const size_t n = e->prefix.len < sizeof r->prefix ? e->prefix.len : 0;

    if (n)
        memcpy(r->prefix, e->prefix.ptr, n);
    r->entry_prefix = (pl_str){r->prefix, n};
    r->entry = (struct sitemap_entry){0};
    r->entry_depth = r->depth;
    r->news_depth = 0;
    r->wanted = NULL;
    r->bare.len = 0;
}

static int end_entry(struct reader *r)
{
    pl_str bare = trim((pl_str){(const char *)r->bare.at, r->bare.len});

    r->entry_depth = 0;
    r->wanted = NULL;
    if (r->entry.loc.len == 0 && bare.len && bare.len <= SITEMAP_MAX_TEXT && keep(r, &r->entry.loc, bare) != PL_OK)
        return PL_NOMEM;
    return add(r, r->entry);
}

static bool has_prefix_of_entry(const struct reader *r, const struct xml_element *e)
{
    return e->prefix.len == r->entry_prefix.len &&
           (e->prefix.len == 0 || memcmp(e->prefix.ptr, r->entry_prefix.ptr, e->prefix.len) == 0);
}

/* Where the one before was not closed, nor perhaps its <loc>. */
static bool is_next_entry(const struct reader *r, const struct xml_element *e)
{
    return r->depth <= r->entry_depth + 2 && has_prefix_of_entry(r, e);
}

/* The field of the entry that the element at hand fills; NULL: none. */
static pl_str *field_of(struct reader *r, const struct xml_element *e)
{
    struct sitemap_entry *to = &r->entry;

    if (r->news_depth) {
        return is(e->name, "title")              ? &to->news_title
               : is(e->name, "publication_date") ? &to->news_date
               : is(e->name, "name")             ? &to->news_name
               : is(e->name, "language")         ? &to->news_language
               : is(e->name, "keywords")         ? &to->news_keywords
                                                 : NULL;
    }
    if (r->depth != r->entry_depth + 1 || !has_prefix_of_entry(r, e))
        return NULL;
    return is_any_case(e->name, "loc") ? &to->loc : is_any_case(e->name, "lastmod") ? &to->lastmod : NULL;
}

static int end_field(struct reader *r)
{
    const pl_str text = squeeze((char *)r->text.at, r->text.len);
    pl_str *to = r->wanted;

    r->wanted = NULL;
    return r->too_long || text.len > SITEMAP_MAX_TEXT ? PL_OK : keep(r, to, text);
}

static int on_start(void *arg, const struct xml_element *e)
{
    struct reader *r = arg;
    int rc = PL_OK;

    r->depth++;
    if (!r->has_root && (rc = begin_root(r, e)) != PL_OK)
        return rc;
    if (r->wanted && !r->news_depth && (rc = end_field(r)) != PL_OK) /* nothing stands in <loc>: it was not closed */
        return rc;
    if (is_entry(e->name) && !r->news_depth && (!r->entry_depth || is_next_entry(r, e))) {
        if (r->entry_depth) /* the one before was not closed */
            rc = end_entry(r);
        begin_entry(r, e);
        return rc;
    }
    if (!r->entry_depth || r->wanted)
        return PL_OK;
    if (!r->news_depth && is(e->name, "news") && r->depth == r->entry_depth + 1) {
        r->news_depth = r->depth;
        return PL_OK;
    }
    pl_str *field = field_of(r, e);
    if (field && field->len == 0) {
        r->wanted = field;
        r->wanted_depth = r->depth;
        r->text.len = 0;
        r->too_long = false;
    }
    return PL_OK;
}

static int on_end(void *arg, const struct xml_element *e)
{
    struct reader *r = arg;
    int rc = PL_OK;

    (void)e;
    if (r->wanted && r->depth == r->wanted_depth) {
        rc = end_field(r);
    } else if (r->news_depth && r->depth == r->news_depth) {
        r->news_depth = 0;
    } else if (r->entry_depth && r->depth == r->entry_depth) {
        rc = end_entry(r);
    }
    r->depth--;
    return rc;
}

static bool is_blank(pl_str s)
{
    return trim(s).len == 0;
}

static int on_text(void *arg, pl_str text, bool cdata)
{
    struct reader *r = arg;
    struct bytes *to = r->wanted ? &r->text : r->entry_depth && r->depth == r->entry_depth ? &r->bare : NULL;

    (void)cdata;
    if (!to || (to == &r->bare && is_blank(text)))
        return PL_OK;
    if (to->len + text.len > 2 * SITEMAP_MAX_TEXT) { /* spaces around are not counted, but not without end */
        r->too_long = true;
        return PL_OK;
    }
    return bytes_add(to, text.ptr, text.len);
}

static void reset(struct reader *r, struct sitemap *s)
{
    const struct bytes text = r->text, bare = r->bare;
    const size_t cap = r->cap;

    *r = (struct reader){.s = s, .cap = cap, .text = text, .bare = bare};
    s->n_entries = s->n_passed = 0;
    s->cut = false;
}

/* Whether the text ends within an address: what there is of that is the address of something else. */
static bool cut_in_loc(pl_str text)
{
    const size_t len = text.len;

    while (text.len && text.ptr[text.len - 1] != '>')
        text.len--;
    if (text.len < 4 || text.len == len)
        return false;
    return is_any_case((pl_str){text.ptr + text.len - 4, 4}, "loc>") &&
           (text.len == 4 || text.ptr[text.len - 5] == '<' || text.ptr[text.len - 5] == ':');
}

static void forget_cut(struct sitemap *s, pl_str text)
{
    if (s->n_entries && !s->cut && cut_in_loc(trim(text)))
        s->n_entries--;
}

static enum sitemap_result not_one(const char *root, char *message, size_t size)
{
    snprintf(message, size, root[0] ? "this is no sitemap: it begins with <%s>, not <urlset> or <sitemapindex>"
                                    : "this is no sitemap: no element is in it%s", root);
    return SITEMAP_NOT;
}

static enum sitemap_result read_xml(struct reader *r, pl_str text, char *message, size_t size)
{
    static const struct xml_events events = {on_start, on_text, on_end};
    struct sitemap *s = r->s;
    char loose[256];
    enum xml_result x = xml_read(text, XML_STRICT, &events, r, message, size);

    if (x == XML_ILL) {
        s->ill_formed = true;
        reset(r, s);
        x = xml_read(text, XML_LOOSE, &events, r, loose, sizeof loose);
        forget_cut(s, text);
    }
    if (x == XML_REFUSED)
        return SITEMAP_REFUSED;
    if (x == XML_NOMEM || (x == XML_STOPPED && !r->why))
        return SITEMAP_NOMEM;
    if (r->why == STOP_FEED)
        return SITEMAP_FEED;
    return r->why == STOP_NOT || !r->has_root ? not_one(r->root, message, size) : SITEMAP_OK;
}

/* ---- plain text ---- */

/* An address and nothing else. */
static bool is_address(pl_str line)
{
    const size_t n = line.len > 8 && lower(line.ptr[4]) == 's' ? 8 : 7;

    if (line.len <= n || line.len > SITEMAP_MAX_TEXT || !is_any_case((pl_str){line.ptr, n}, n == 8 ? "https://" : "http://"))
        return false;
    for (size_t i = n; i < line.len; i++) {
        if ((unsigned char)line.ptr[i] <= ' ' || line.ptr[i] == '<' || line.ptr[i] == '>')
            return false;
    }
    return true;
}

static bool next_line(pl_str *rest, pl_str *line)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->ptr, '\n', rest->len);
    const size_t n = end ? (size_t)(end - rest->ptr) : rest->len;
    *line = trim((pl_str){rest->ptr, n});
    rest->ptr += end ? n + 1 : n;
    rest->len -= end ? n + 1 : n;
    return true;
}

static enum sitemap_result read_text(struct reader *r, pl_str text, char *message, size_t size)
{
    pl_str line;
    int rc = PL_OK;

    r->s->kind = SITEMAP_TEXT;
    for (size_t n = 1; rc == PL_OK && next_line(&text, &line); n++) {
        if (line.len == 0 || *line.ptr == '#')
            continue;
        struct sitemap_entry e = {0};
        if (is_address(line) && keep(r, &e.loc, line) != PL_OK)
            return SITEMAP_NOMEM;
        rc = add(r, e);
        if (r->s->n_entries == 0) {
            snprintf(message, size, "this is no sitemap: line %zu is neither markup nor an address", n);
            return SITEMAP_NOT;
        }
    }
    if (r->s->n_entries == 0)
        snprintf(message, size, "this is no sitemap: nothing is in it");
    return rc == PL_NOMEM ? SITEMAP_NOMEM : r->s->n_entries ? SITEMAP_OK : SITEMAP_NOT;
}

/* ---- told by its beginning ---- */

static bool begins(pl_str s, const char *word)
{
    return s.len >= strlen(word) && memcmp(s.ptr, word, strlen(word)) == 0;
}

static pl_str behind(pl_str s, const char *mark)
{
    const size_t n = strlen(mark);

    for (size_t i = 0; i + n <= s.len; i++) {
        if (memcmp(s.ptr + i, mark, n) == 0)
            return (pl_str){s.ptr + i + n, s.len - i - n};
    }
    return (pl_str){s.ptr + s.len, 0};
}

/* The name of the first element without its prefix. */
static pl_str root_of(pl_str s)
{
    for (s = trim(s); s.len > 1 && *s.ptr == '<'; s = trim(s)) {
        if (begins(s, "<!--"))
            s = behind(s, "-->");
        else if (s.ptr[1] == '?' || s.ptr[1] == '!')
            s = behind(s, ">");
        else
            break;
    }
    if (s.len < 2 || *s.ptr != '<')
        return (pl_str){NULL, 0};
    pl_str name = {s.ptr + 1, 0};
    for (size_t i = 1; i < s.len && !is_space(s.ptr[i]) && s.ptr[i] != '>' && s.ptr[i] != '/'; i++) {
        name.len++;
        if (s.ptr[i] == ':')
            name = (pl_str){s.ptr + i + 1, 0};
    }
    return name;
}

/* The last line may be cut off: it is looked at only where there is no other. */
static bool all_addresses(pl_str s)
{
    pl_str line;
    size_t n = 0;

    while (next_line(&s, &line)) {
        const bool last = s.len == 0 && n > 0;
        if (line.len && !is_address(line))
            return last;
        n += line.len > 0;
    }
    return n > 0;
}

/* Messages of the site's program may stand before the markup. */
static bool has_root_within(pl_str s)
{
    static const char *const roots[] = {"<urlset", "<sitemapindex"};

    if (s.len > 4096)
        s.len = 4096;
    return behind(s, roots[0]).len || behind(s, roots[1]).len;
}

/* ---- all of it ---- */

/* The message is of what was found first; a limit says what was left out. */
static void tell(const struct sitemap *s, char *message, size_t size)
{
    if (!s->ill_formed && !s->cut)
        message[0] = 0;
    if (s->cut)
        snprintf(message, size, "more than %d entries, what is behind was left out", SITEMAP_MAX_ENTRIES);
}

static enum sitemap_result read_sitemap(struct reader *r, pl_str bytes, pl_str content_type, char *message, size_t size)
{
    struct decoder decoder = {0};
    struct decoded text;
    enum sitemap_result result = SITEMAP_NOMEM;

    if (xml_decode(&decoder, bytes, content_type, &text) == PL_OK) {
        const pl_str t = trim(text.text);
        const bool xml = t.len && *t.ptr == '<';
        if (xml && is_any_case(root_of(t), "html")) /* before its DOCTYPE is refused */
            result = not_one("html", message, size);
        else
            result = xml || has_root_within(t) ? read_xml(r, t, message, size) : read_text(r, t, message, size);
    }
    decoder_done(&decoder);
    return result;
}

enum sitemap_result sitemap_parse(struct sitemap **out, pl_str bytes, pl_str content_type, char *message, size_t size)
{
    struct sitemap *s = calloc(1, sizeof *s);
    struct reader *r = calloc(1, sizeof *r);
    enum sitemap_result result = SITEMAP_NOMEM;

    *out = NULL;
    message[0] = 0;
    if (!s || !r || !(s->memory = fetch_arena_new()))
        goto done;
    reset(r, s);
    if (bytes.len > SITEMAP_MAX_BYTES) {
        result = SITEMAP_REFUSED;
        snprintf(message, size, "a sitemap of %zu bytes: the protocol allows %d", bytes.len, SITEMAP_MAX_BYTES);
        goto done;
    }
    result = read_sitemap(r, bytes, content_type, message, size);
    if (result == SITEMAP_OK) {
        tell(s, message, size);
        *out = s;
        s = NULL;
    }
done:
    if (r) {
        bytes_done(&r->text);
        bytes_done(&r->bare);
    }
    free(r);
    sitemap_free(s);
    return result;
}

void sitemap_free(struct sitemap *s)
{
    if (!s)
        return;
    fetch_arena_free(s->memory);
    free(s->entry);
    free(s);
}

bool sitemap_looks_like(pl_str start)
{
    if (begins(start, "\xEF\xBB\xBF"))
        start = (pl_str){start.ptr + 3, start.len - 3};
    const pl_str root = root_of(start);
    if (root.len)
        return is_any_case(root, "urlset") || is_any_case(root, "sitemapindex");
    return all_addresses(start);
}
