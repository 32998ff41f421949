/* fetch_feed_fuzz.c - feeds of any bytes: the same each time, all text UTF-8, and XML's elements in pairs in both modes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_feed.h"
#include "fetch_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

struct pairs {
    size_t depth, n;
    pl_str name[XML_MAX_DEPTH];
};

static int on_start(void *arg, const struct xml_element *e)
{
    struct pairs *p = arg;

    need(p->depth < XML_MAX_DEPTH && e->n_attributes <= XML_MAX_ATTRIBUTES);
    p->name[p->depth++].len = e->name.len;
    for (size_t i = 0; i < e->n_attributes; i++)
        p->n += e->attribute[i].value.len + e->attribute[i].ns.len;
    return PL_OK;
}

static int on_text(void *arg, pl_str text, bool cdata)
{
    struct pairs *p = arg;

    (void)cdata;
    need(p->depth > 0);
    p->n += text.len;
    return PL_OK;
}

static int on_end(void *arg, const struct xml_element *e)
{
    struct pairs *p = arg;

    need(p->depth > 0 && p->name[--p->depth].len == e->name.len);
    return PL_OK;
}

static void read_xml(pl_str bytes)
{
    static const struct xml_events events = {on_start, on_text, on_end};
    static struct decoder decoder;
    struct decoded text;
    char message[256];

    need(xml_decode(&decoder, bytes, (pl_str){"", 0}, &text) == PL_OK);
    for (int mode = XML_STRICT; mode <= XML_LOOSE; mode++) {
        struct pairs p = {0};
        const enum xml_result result = xml_read(text.text, (enum xml_mode)mode, &events, &p, message, sizeof message);
        need(result != XML_NOMEM && result != XML_STOPPED && (result != XML_ILL || mode == XML_STRICT));
        need(result != XML_OK || p.depth == 0);
        need(result == XML_OK || message[0]);
        /* references are longer than what they stand for: nothing grows */
        need(p.n <= text.text.len + 8 * XML_MAX_NAME * text.text.len);
    }
}

static uint64_t sum_of(uint64_t sum, pl_str s)
{
    const struct utf8_scan scan = utf8_scan(s);

    need(scan.n_bad == 0 && !scan.cut);
    for (size_t i = 0; i < s.len; i++)
        sum = sum * 31 + (unsigned char)s.ptr[i];
    return sum * 31 + s.len;
}

/* A number for all that a feed says. */
static uint64_t sum_of_feed(const struct feed *f)
{
    uint64_t sum = f->n_entries;

    need(f->n_entries <= FEED_MAX_ENTRIES);
    sum = sum_of(sum_of(sum_of(sum_of(sum, f->title), f->link), f->language), f->author);
    sum = sum_of(sum_of(sum_of(sum, f->self), f->next), f->hub);
    for (size_t i = 0; i < f->n_entries; i++) {
        const struct feed_entry *e = &f->entry[i];
        sum = sum_of(sum_of(sum_of(sum_of(sum, e->title), e->link), e->id), e->author);
        sum = sum_of(sum_of(sum_of(sum_of(sum, e->summary), e->content), e->image), e->source);
        sum = sum_of(sum_of(sum_of(sum, e->language), e->published), e->updated);
        sum = sum * 31 + (uint64_t)e->published_ms + (uint64_t)e->updated_ms;
        for (size_t k = 0; k < e->categories.n; k++)
            sum = sum_of(sum, e->categories.at[k]);
    }
    return sum;
}

static uint64_t read_feed(pl_str bytes, pl_str content_type, pl_str base)
{
    char message[256];
    struct feed *f;
    const enum feed_result result = feed_parse(&f, bytes, content_type, base, message, sizeof message);
    const uint64_t sum = f ? sum_of_feed(f) : (uint64_t)result;

    need((f != NULL) == (result == FEED_OK) && result != FEED_NOMEM);
    need(result == FEED_OK || message[0]);
    feed_free(f);
    return sum;
}

/* The first byte chooses what HTTP says, and whether the address is known. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"", "text/xml; charset=iso-8859-2", "application/rss+xml; charset=utf-8",
                                        "text/xml; charset=utf-16le"};

    if (size < 1)
        return 0;
    const char *type = types[data[0] % 4];
    const pl_str bytes = {(const char *)data + 1, size - 1}, content_type = {type, strlen(type)};
    const pl_str base = data[0] & 4 ? PL_S("https://base.example/a/b") : (pl_str){NULL, 0};
    need(read_feed(bytes, content_type, base) == read_feed(bytes, content_type, base));
    feed_looks_like(bytes, content_type);
    read_xml(bytes);
    return 0;
}
