/* fetch_feed_make.c - what the readers of XML and of JSON make a feed with. */
#include "fetch_feed_make.h"

#include <stdlib.h>

#include "fetch_markup.h"
#include "fetch_resolve.h"
#include "fetch_when.h"

enum {
    MAX_AUTHORS = 1000, /* bytes */
    GROWTH = 8,         /* relative addresses make more text than there was; but not so much of what people write */
    FREE_GROWTH = 4 << 20
};

static const struct feed_entry no_entry = {.published_ms = -1, .updated_ms = -1};

int feed_maker_init(struct feed_maker *m, size_t size)
{
    *m = (struct feed_maker){.feed = calloc(1, sizeof *m->feed)};
    if (!m->feed)
        return PL_NOMEM;
    m->feed->updated_ms = m->feed->ttl_s = -1;
    m->feed->memory = fetch_arena_new();
    if (!m->feed->memory)
        return PL_NOMEM;
    if (size < (SIZE_MAX - FREE_GROWTH) / GROWTH)
        fetch_arena_limit(m->feed->memory, size * GROWTH + FREE_GROWTH);
    return PL_OK;
}

enum feed_result feed_maker_state(const struct feed_maker *m, char *message, size_t size)
{
    if (fetch_arena_full(m->feed->memory)) {
        snprintf(message, size, "its addresses and texts grow to more than %d times its length", GROWTH);
        return FEED_REFUSED;
    }
    return m->starved || fetch_arena_failed(m->feed->memory) ? FEED_NOMEM : FEED_OK;
}

void feed_maker_done(struct feed_maker *m)
{
    feed_free(m->feed);
    bytes_done(&m->value);
    bytes_done(&m->scratch);
    bytes_done(&m->authors);
    m->feed = NULL;
}

struct feed_entry *feed_maker_entry(struct feed_maker *m)
{
    struct feed *f = m->feed;

    if (f->n_entries == FEED_MAX_ENTRIES)
        return NULL;
    if (f->n_entries == m->cap) {
        const size_t cap = m->cap ? m->cap * 2 : 16;
        struct feed_entry *at = realloc(f->entry, cap * sizeof *at);
        if (!at) {
            m->starved = true;
            return NULL;
        }
        f->entry = at;
        m->cap = cap;
    }
    m->n_categories = 0;
    m->authors.len = 0;
    f->entry[f->n_entries] = no_entry;
    return &f->entry[f->n_entries++];
}

void feed_maker_end_entry(struct feed_maker *m, struct feed_entry *e)
{
    const size_t n = m->n_categories;
    pl_str *at = n ? fetch_arena_alloc(m->feed->memory, n * sizeof *at) : NULL;

    e->author = feed_maker_copy(m, (pl_str){(const char *)m->authors.at, m->authors.len});
    m->n_categories = 0;
    m->authors.len = 0;
    if (!at)
        return;
    memcpy(at, m->category, n * sizeof *at);
    e->categories = (pl_list){at, n};
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

void feed_maker_category(struct feed_maker *m, pl_str text)
{
    if (m->n_categories == FEED_MAX_CATEGORIES)
        return;
    const pl_str copy = feed_maker_text(m, text, FEED_GUESS);
    for (size_t i = 0; i < m->n_categories; i++) {
        if (same(m->category[i], copy))
            return;
    }
    if (copy.len)
        m->category[m->n_categories++] = copy;
}

static bool is_address(pl_str s)
{
    return s.len && memchr(s.ptr, '@', s.len);
}

/* Whether a list of names, parted by ", ", has `name`. */
static bool has_name(pl_str names, pl_str name)
{
    while (names.len) {
        const char *comma = memmem(names.ptr, names.len, ", ", 2);
        const size_t n = comma ? (size_t)(comma - names.ptr) : names.len;
        if (n == name.len && memcmp(names.ptr, name.ptr, n) == 0)
            return true;
        names = (pl_str){names.ptr + n + (comma ? 2 : 0), names.len - n - (comma ? 2 : 0)};
    }
    return false;
}

void feed_maker_author(struct feed_maker *m, pl_str name)
{
    const pl_str had = {(const char *)m->authors.at, m->authors.len};

    if (!name.len || had.len > MAX_AUTHORS || has_name(had, name) || (had.len && is_address(name)))
        return;
    if (is_address(had))
        m->authors.len = 0;
    if ((m->authors.len && bytes_add(&m->authors, ", ", 2) != PL_OK) ||
        bytes_add(&m->authors, name.ptr, name.len) != PL_OK)
        m->starved = true;
}

void feed_maker_keywords(struct feed_maker *m, pl_str text)
{
    while (text.len) {
        const char *comma = memchr(text.ptr, ',', text.len);
        const size_t n = comma ? (size_t)(comma - text.ptr) : text.len;
        feed_maker_category(m, (pl_str){text.ptr, n});
        text = (pl_str){text.ptr + n + (comma != NULL), text.len - n - (comma != NULL)};
    }
}

/* What is in `value` becomes the feed's. */
static pl_str keep(struct feed_maker *m, int rc)
{
    if (rc == PL_OK)
        rc = markup_repair(&m->value, 0, &m->scratch);
    if (rc != PL_OK) {
        m->starved = true;
        return (pl_str){NULL, 0};
    }
    return fetch_arena_copy(m->feed->memory, markup_trim((pl_str){(const char *)m->value.at, m->value.len}));
}

pl_str feed_maker_copy(struct feed_maker *m, pl_str text)
{
    m->value.len = 0;
    return keep(m, bytes_add(&m->value, text.ptr, text.len));
}

pl_str feed_maker_text(struct feed_maker *m, pl_str text, enum feed_form form)
{
    m->value.len = 0;
    if (form == FEED_PLAIN || (form == FEED_GUESS && !markup_is_html(text)))
        return keep(m, markup_one_line(text, &m->value));
    return keep(m, markup_text(text, &m->value));
}

pl_str feed_maker_html(struct feed_maker *m, pl_str text, enum feed_form form, bool *is_html)
{
    *is_html = form == FEED_HTML || (form == FEED_GUESS && markup_is_html(text));
    return feed_maker_copy(m, text);
}

pl_str feed_maker_link(struct feed_maker *m, pl_str base, pl_str text)
{
    m->value.len = 0;
    return keep(m, reference_resolve(base, text, &m->value));
}

pl_str feed_maker_name(struct feed_maker *m, pl_str person)
{
    const pl_str all = markup_trim(person);
    const char *at = all.len ? memchr(all.ptr, '@', all.len) : NULL;
    const char *open = all.len ? memchr(all.ptr, '(', all.len) : NULL;
    const char *less = all.len ? memchr(all.ptr, '<', all.len) : NULL;

    if (!at)
        return feed_maker_text(m, all, FEED_GUESS);
    if (open && all.ptr[all.len - 1] == ')' && open > at)
        return feed_maker_copy(m, (pl_str){open + 1, all.len - (size_t)(open - all.ptr) - 2});
    if (less && less > all.ptr && less < at)
        return feed_maker_copy(m, (pl_str){all.ptr, (size_t)(less - all.ptr)});
    if (open && open > all.ptr && open < at)
        return feed_maker_copy(m, (pl_str){all.ptr, (size_t)(open - all.ptr)});
    return feed_maker_copy(m, all);
}

void feed_maker_date(struct feed_maker *m, pl_str text, pl_str *written, int64_t *ms)
{
    const pl_str trimmed = markup_trim(text);
    int64_t read = -1;

    if (!trimmed.len)
        return;
    const bool good = when_parse(trimmed, &read);
    if (!good && written->len)
        return;
    *written = feed_maker_copy(m, trimmed);
    *ms = good ? read : -1;
}
