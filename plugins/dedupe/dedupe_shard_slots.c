/* dedupe_shard_slots.c - for each of many keys the documents that were kept with it, in a temporary file.
 *
 * A page is looked for in the one place of the memory where it may be.  Keys are numbered by the document that has
 * them first, so that all keys of a copy are on a page or two. */
#include "dedupe_shard_slots.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dedupe_sort.h"

enum { PER_PAGE = 128, LEAST_PAGES = 16 };

/* Document + 1; 0 is free. */
struct bucket {
    uint32_t doc[DEDUPE_BUCKET];
};

struct page {
    uint64_t number; /* + 1; 0: nothing here */
    bool dirty;
    struct bucket bucket[PER_PAGE];
};

struct dedupe_slots {
    char *folder;
    int fd; /* -1 until there are more pages than memory has room for */
    uint64_t keys, pages; /* pages in the file so far: those behind are zeros that nobody wrote */
    struct page *page;
    size_t n;
};

void dedupe_slots_free(struct dedupe_slots *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s->folder);
    free(s->page);
    free(s);
}

struct dedupe_slots *dedupe_slots_new(uint64_t keys, size_t memory, const char *folder)
{
    struct dedupe_slots *s = calloc(1, sizeof *s);
    const uint64_t all = keys / PER_PAGE + 1;

    if (!s)
        return NULL;
    s->keys = keys;
    s->n = memory / sizeof s->page[0] > LEAST_PAGES ? memory / sizeof s->page[0] : LEAST_PAGES;
    if (s->n > all)
        s->n = (size_t)all;
    s->page = calloc(s->n, sizeof s->page[0]);
    s->folder = strdup(folder);
    s->fd = -1;
    if (s->page && s->folder)
        return s;
    dedupe_slots_free(s);
    errno = ENOMEM;
    return NULL;
}

static int write_page(struct dedupe_slots *s, struct page *p)
{
    const uint64_t number = p->number - 1;

    if (s->fd < 0 && (s->fd = dedupe_scratch_file(s->folder)) < 0)
        return -1;
    if (p->dirty && dedupe_pwrite_all(s->fd, p->bucket, sizeof p->bucket, number * sizeof p->bucket) < 0)
        return -1;
    if (p->dirty && number >= s->pages)
        s->pages = number + 1;
    p->dirty = false;
    return 0;
}

static struct bucket *bucket_of(struct dedupe_slots *s, uint64_t key, struct page **page)
{
    const uint64_t number = key / PER_PAGE;
    struct page *p = &s->page[number % s->n];

    if (key >= s->keys) {
        errno = EINVAL;
        return NULL;
    }
    if (p->number != number + 1) {
        if (p->number && write_page(s, p) < 0)
            return NULL;
        p->number = 0;
        if (number >= s->pages)
            memset(p->bucket, 0, sizeof p->bucket);
        else if (dedupe_pread_all(s->fd, p->bucket, sizeof p->bucket, number * sizeof p->bucket) < 0)
            return NULL;
        p->number = number + 1;
    }
    *page = p;
    return &p->bucket[key % PER_PAGE];
}

int dedupe_slots_find(struct dedupe_slots *s, uint64_t key, uint32_t doc[DEDUPE_BUCKET])
{
    struct page *page;
    const struct bucket *b = bucket_of(s, key, &page);
    int n = 0;

    if (!b)
        return -1;
    for (; n < DEDUPE_BUCKET && b->doc[n]; n++)
        doc[n] = b->doc[n] - 1;
    return n;
}

int dedupe_slots_put(struct dedupe_slots *s, uint64_t key, uint32_t doc)
{
    struct page *page;
    struct bucket *b = bucket_of(s, key, &page);
    int at = 0;

    if (!b)
        return -1;
    while (at < DEDUPE_BUCKET && b->doc[at] && b->doc[at] - 1 < doc)
        at++;
    if (b->doc[DEDUPE_BUCKET - 1] || (b->doc[at] && b->doc[at] - 1 == doc))
        return 0;
    memmove(&b->doc[at + 1], &b->doc[at], sizeof b->doc[0] * (size_t)(DEDUPE_BUCKET - 1 - at));
    b->doc[at] = doc + 1;
    page->dirty = true;
    return 0;
}
