/* fetch_sitemap_fuzz.c - sitemaps in all their forms: texts within bounds, limits kept. */
#include <stdint.h>
#include <stdlib.h>

#include "fetch_sitemap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum;

static void touch(pl_str s)
{
    if (s.len > SITEMAP_MAX_TEXT * 2)
        abort();
    for (size_t i = 0; i < s.len; i++)
        sum += (unsigned char)s.ptr[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str text = {(const char *)data, size};
    struct sitemap *s = NULL;
    char message[256];
    const enum sitemap_result result = sitemap_parse(&s, text, PL_S(""), message, sizeof message);

    if ((result == SITEMAP_OK) != (s != NULL) || message[sizeof message - 1] == 1)
        abort();
    for (size_t i = 0; s && i < s->n_entries; i++) {
        const struct sitemap_entry *e = &s->entry[i];
        if (e->loc.len == 0)
            abort();
        touch(e->loc);
        touch(e->lastmod);
        touch(e->news_title);
        touch(e->news_date);
        touch(e->news_name);
        touch(e->news_language);
        touch(e->news_keywords);
    }
    sitemap_free(s);
    sum += sitemap_looks_like(text);
    return 0;
}
