/* dedupe_store_run.c - entries of a store in a file, sorted, with a filter that says which keys are not there. */
#include "dedupe_store_run.h"

#include <stdio.h>
#include <stdlib.h>

enum { FENCES = STORE_PAGE_BODY / 8, COUNT_AT = STORE_PAGE_ENTRIES * STORE_ENTRY, FILTER_BITS_SET = 5 };

void store_run_name(char *name, uint64_t number)
{
    snprintf(name, STORE_NAME, "run-%08llx", (unsigned long long)number);
}

static uint64_t filter_pages(const struct store_run_info *info)
{
    return (info->blocks + STORE_PAGE_BLOCKS - 1) / STORE_PAGE_BLOCKS;
}

static uint64_t fence_pages(const struct store_run_info *info)
{
    return (info->pages + FENCES - 1) / FENCES;
}

uint64_t store_run_length(const struct store_run_info *info)
{
    return (filter_pages(info) + info->pages + fence_pages(info)) * STORE_PAGE;
}

bool store_run_plausible(const struct store_run_info *info)
{
    return info->number <= UINT32_MAX && info->pages > 0 && info->pages < (uint64_t)1 << 36 && info->blocks < (uint64_t)1 << 32 &&
           info->blocks > 0 && info->blocks % STORE_FILTER_FOLD == 0 &&
           info->entries <= info->pages * STORE_PAGE_ENTRIES && info->entries >= info->pages &&
           info->first_doc <= info->last_doc && info->last_doc < UINT32_MAX;
}

static uint64_t page_seed(const struct store_run *r, uint64_t page)
{
    return store_seed(r->file.folder->salt, r->info.number, page);
}

/* Pages of the file, from `page` on. */
static int read_pages(struct store_run *r, unsigned char *to, uint64_t page, size_t n)
{
    const int rc = store_file_read(&r->file, to, n * STORE_PAGE, page * STORE_PAGE);

    if (rc != PL_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (!store_page_sound(to + i * STORE_PAGE, page_seed(r, page + i)))
            return store_damaged(r->file.folder, r->file.name, (page + i) * STORE_PAGE,
                                 "the 1024 bytes from there have another checksum");
    return PL_OK;
}

static int read_fences(struct store_run *r)
{
    const uint64_t first = filter_pages(&r->info) + r->info.pages;
    unsigned char page[STORE_PAGE];

    r->fences = (size_t)r->info.pages;
    r->fence = store_room_new(r->fences * sizeof *r->fence);
    if (!r->fence)
        return store_no_memory(r->file.folder);
    for (uint64_t i = 0; i < fence_pages(&r->info); i++) {
        const uint64_t left = r->info.pages - i * FENCES;
        const int rc = read_pages(r, page, first + i, 1);
        if (rc != PL_OK)
            return rc;
        memcpy(r->fence + i * FENCES, page, (size_t)(left < FENCES ? left : FENCES) * sizeof *r->fence);
    }
    return PL_OK;
}

int store_run_open(struct store_folder *f, struct store_run *r, const struct store_run_info *info)
{
    char name[STORE_NAME];
    int rc;

    *r = (struct store_run){.info = *info};
    store_run_name(name, info->number);
    rc = store_file_open(f, &r->file, name, store_run_length(info), true);
    if (rc == PL_OK)
        rc = read_fences(r);
    if (rc != PL_OK)
        store_run_close(r);
    return rc;
}

static void drop_filter(struct store_run *r)
{
    store_room_free(r->filter, store_run_filter_bytes(&r->info, r->fold));
    r->filter = NULL;
    r->fold = 0;
}

void store_run_close(struct store_run *r)
{
    store_file_close(&r->file);
    store_room_free(r->fence, r->fences * sizeof *r->fence);
    drop_filter(r);
    *r = (struct store_run){0};
}

/* ---- the filter ---- */

/* Five bits of a block's 512. */
static inline uint64_t bits_of(uint64_t key)
{
    return (key * 0x9e3779b97f4a7c15u) >> 19;
}

static inline void set_bits(uint64_t *block, uint64_t key)
{
    uint64_t bits = bits_of(key);

    for (int i = 0; i < FILTER_BITS_SET; i++, bits >>= 9)
        block[bits >> 6 & 7] |= (uint64_t)1 << (bits & 63);
}

void store_run_prefetch(const struct store_run *r, uint64_t key)
{
    if (r->filter)
        __builtin_prefetch(r->filter + store_place(key, r->filter_blocks) * (STORE_BLOCK / 8));
}

bool store_run_may_have(const struct store_run *r, uint64_t key)
{
    if (!r->filter)
        return true;
    const uint64_t *block = r->filter + store_place(key, r->filter_blocks) * (STORE_BLOCK / 8);
    uint64_t bits = bits_of(key), all = 1;
    for (int i = 0; i < FILTER_BITS_SET; i++, bits >>= 9)
        all &= block[bits >> 6 & 7] >> (bits & 63);
    return all;
}

/* Pages of the filter, into blocks that are `fold` of the file's. */
static int read_filter(struct store_run *r, uint32_t fold)
{
    const uint64_t pages = filter_pages(&r->info);
    unsigned char *buf = malloc(16 * STORE_PAGE);
    int rc = buf ? PL_OK : store_no_memory(r->file.folder);

    for (uint64_t page = 0; rc == PL_OK && page < pages; page += 16) {
        const size_t some = pages - page < 16 ? (size_t)(pages - page) : 16;
        rc = read_pages(r, buf, page, some);
        if (rc != PL_OK)
            break;
        for (size_t i = 0; i < some * STORE_PAGE_BLOCKS; i++) {
            const uint64_t block = page * STORE_PAGE_BLOCKS + i;
            uint64_t word[STORE_BLOCK / 8], *to = r->filter + block / fold * (STORE_BLOCK / 8);
            if (block >= r->info.blocks)
                break;
            memcpy(word, buf + i / STORE_PAGE_BLOCKS * STORE_PAGE + i % STORE_PAGE_BLOCKS * STORE_BLOCK, STORE_BLOCK);
            for (size_t j = 0; j < STORE_BLOCK / 8; j++)
                to[j] |= word[j];
        }
    }
    free(buf);
    return rc;
}

int store_run_load(struct store_run *r, uint32_t fold)
{
    if (fold == r->fold)
        return PL_OK;
    drop_filter(r);
    if (!fold)
        return PL_OK;
    r->fold = fold;
    r->filter_blocks = r->info.blocks / fold;
    r->filter = store_room_new(store_run_filter_bytes(&r->info, fold));
    const int rc = r->filter ? read_filter(r, fold) : store_no_memory(r->file.folder);
    if (rc != PL_OK)
        drop_filter(r);
    return rc;
}

/* ---- finding ---- */

/* The first page whose first key is `key` or above.  Keys are even, so it is near where they say. */
static uint64_t first_page(const struct store_run *r, uint64_t key)
{
    uint64_t low = store_place(key, r->info.pages), high = low, step = 1;

    while (low > 0 && r->fence[low] >= key) {
        high = low;
        low = low > step ? low - step : 0;
        step *= 2;
    }
    for (step = 1; high < r->info.pages && r->fence[high] < key; step *= 2) {
        low = high;
        high = r->info.pages - high > step ? high + step : r->info.pages;
    }
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (r->fence[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t entries_of(const unsigned char *page)
{
    uint16_t n;

    memcpy(&n, page + COUNT_AT, sizeof n);
    return n;
}

/* The first of a page's entries that is not below `key`. */
static size_t first_entry(const unsigned char *page, size_t n, uint64_t key)
{
    size_t low = 0;

    while (n) {
        const size_t half = n / 2;
        if (store_entry_get(page + (low + half) * STORE_ENTRY).key < key) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static int bad_entries(struct store_run *r, uint64_t page, const char *what)
{
    return store_damaged(r->file.folder, r->file.name, (filter_pages(&r->info) + page) * STORE_PAGE, what);
}

int store_run_find(struct store_run *r, uint64_t key, uint32_t first_live, uint32_t n_docs, unsigned char *page,
                   struct store_bucket *b, uint64_t *pages_read)
{
    uint64_t at = first_page(r, key);

    at -= at > 0;
    for (bool more = true; more && at < r->info.pages && r->fence[at] <= key; at++) {
        const int rc = read_pages(r, page, filter_pages(&r->info) + at, 1);
        if (rc != PL_OK)
            return rc;
        ++*pages_read;
        const size_t n = entries_of(page);
        if (n == 0 || n > STORE_PAGE_ENTRIES)
            return bad_entries(r, at, "a count of entries that cannot be");
        for (size_t i = first_entry(page, n, key); i < n; i++) {
            const struct store_entry e = store_entry_get(page + i * STORE_ENTRY);
            more = e.key == key;
            if (!more)
                break;
            if (e.doc >= n_docs)
                return bad_entries(r, at, "a document that was never kept");
            if (e.doc >= first_live)
                store_bucket_add(b, e.doc);
        }
    }
    return PL_OK;
}

/* ---- reading all of it ---- */

int store_run_read(struct store_run_reader *rd, struct store_run *r, size_t bytes)
{
    const size_t pages = bytes / STORE_PAGE;

    *rd = (struct store_run_reader){.run = r, .cap = pages ? pages : 1};
    rd->buf = malloc(rd->cap * STORE_PAGE);
    return rd->buf ? store_run_next_page(rd) : store_no_memory(r->file.folder);
}

int store_run_next_page(struct store_run_reader *rd)
{
    struct store_run *r = rd->run;

    rd->at = rd->n = 0;
    if (++rd->i >= rd->n_pages) {
        const uint64_t left = r->info.pages - rd->next;
        rd->end = left == 0;
        /* Above all that there can be. */
        rd->entry = (struct store_entry){UINT64_MAX, UINT32_MAX};
        if (rd->end)
            return PL_OK;
        rd->n_pages = left < rd->cap ? (size_t)left : rd->cap;
        rd->i = 0;
        const int rc = read_pages(r, rd->buf, filter_pages(&r->info) + rd->next, rd->n_pages);
        if (rc != PL_OK)
            return rc;
        rd->next += rd->n_pages;
    }
    rd->n = entries_of(rd->buf + rd->i * STORE_PAGE);
    if (rd->n == 0 || rd->n > STORE_PAGE_ENTRIES)
        return bad_entries(r, rd->next - rd->n_pages + rd->i, "a count of entries that cannot be");
    return store_run_next(rd);
}

void store_run_read_done(struct store_run_reader *rd)
{
    free(rd->buf);
    *rd = (struct store_run_reader){0};
}

/* ---- writing ---- */

int store_run_write(struct store_run_writer *w, struct store_folder *f, uint64_t number, uint64_t most, size_t buffer)
{
    struct store_run *r = &w->run;
    const uint64_t blocks = most / (STORE_BLOCK * 8 / STORE_FILTER_BITS) + 1;
    char name[STORE_NAME];
    int rc;

    memset(w, 0, sizeof *w);
    r->info.number = number;
    r->info.blocks = (blocks + STORE_FILTER_FOLD - 1) / STORE_FILTER_FOLD * STORE_FILTER_FOLD;
    r->info.first_doc = UINT32_MAX;
    if (r->info.blocks > UINT32_MAX)
        return store_fault(f, "a store of more than %llu entries: too large", (unsigned long long)most);
    r->fences = (size_t)(most / STORE_PAGE_ENTRIES + 1);
    r->fence = store_room_new(r->fences * sizeof *r->fence);
    if (!r->fence)
        return store_no_memory(f);
    store_run_name(name, number);
    rc = store_file_make(f, &r->file, name);
    if (rc == PL_OK)
        rc = store_out_open(&w->filter, &r->file, buffer / STORE_PAGE * STORE_PAGE, 0);
    if (rc == PL_OK)
        rc = store_out_open(&w->pages, &r->file, buffer / STORE_PAGE * STORE_PAGE, filter_pages(&r->info) * STORE_PAGE);
    return rc;
}

static int put_page(struct store_run_writer *w)
{
    struct store_run *r = &w->run;
    const uint16_t n = (uint16_t)w->n;

    if (r->info.pages == r->fences)
        return store_fault(r->file.folder, "more entries to write than were counted");
    memset(w->page + w->n * STORE_ENTRY, 0, STORE_PAGE - w->n * STORE_ENTRY);
    memcpy(w->page + COUNT_AT, &n, sizeof n);
    store_page_seal(w->page, page_seed(r, filter_pages(&r->info) + r->info.pages));
    r->fence[r->info.pages++] = store_entry_get(w->page).key;
    r->info.entries += n;
    w->n = 0;
    return store_out_add(&w->pages, w->page, STORE_PAGE);
}

/* The pages of the filter before `page` are as they will be. */
static int put_blocks(struct store_run_writer *w, uint64_t page)
{
    int rc = PL_OK;

    for (; rc == PL_OK && w->block_page < page; w->block_page++) {
        store_page_seal((unsigned char *)w->blocks, page_seed(&w->run, w->block_page));
        rc = store_out_add(&w->filter, w->blocks, STORE_PAGE);
        memset(w->blocks, 0, STORE_PAGE);
    }
    return rc;
}

int store_run_add(struct store_run_writer *w, uint64_t key, uint32_t doc)
{
    struct store_run *r = &w->run;
    const uint64_t block = store_place(key, r->info.blocks), page = block / STORE_PAGE_BLOCKS;
    int rc = PL_OK;

    if (page > w->block_page)
        rc = put_blocks(w, page);
    if (rc == PL_OK && w->n == STORE_PAGE_ENTRIES)
        rc = put_page(w);
    if (rc != PL_OK)
        return rc;
    set_bits(w->blocks + (block - page * STORE_PAGE_BLOCKS) * (STORE_BLOCK / 8), key);
    store_entry_put(w->page + w->n++ * STORE_ENTRY, key, doc);
    if (doc < r->info.first_doc)
        r->info.first_doc = doc;
    if (doc > r->info.last_doc)
        r->info.last_doc = doc;
    return PL_OK;
}

static int put_fences(struct store_run_writer *w)
{
    struct store_run *r = &w->run;
    const uint64_t first = filter_pages(&r->info) + r->info.pages;
    int rc = PL_OK;

    for (uint64_t i = 0; rc == PL_OK && i < fence_pages(&r->info); i++) {
        const uint64_t left = r->info.pages - i * FENCES;
        memset(w->page, 0, STORE_PAGE);
        memcpy(w->page, r->fence + i * FENCES, (size_t)(left < FENCES ? left : FENCES) * sizeof *r->fence);
        store_page_seal(w->page, page_seed(r, first + i));
        rc = store_out_add(&w->pages, w->page, STORE_PAGE);
    }
    return rc;
}

int store_run_end(struct store_run_writer *w, struct store_run *r)
{
    int rc = w->n ? put_page(w) : PL_OK;

    if (rc == PL_OK)
        rc = put_blocks(w, filter_pages(&w->run.info));
    if (rc == PL_OK)
        rc = store_out_flush(&w->filter);
    if (rc == PL_OK)
        rc = put_fences(w);
    if (rc == PL_OK)
        rc = store_out_flush(&w->pages);
    if (rc == PL_OK) {
        if (w->run.info.first_doc > w->run.info.last_doc)
            w->run.info.first_doc = 0;
        *r = w->run;
        w->run = (struct store_run){0};
    }
    store_run_write_done(w);
    return rc;
}

void store_run_write_done(struct store_run_writer *w)
{
    if (w->run.file.folder)
        store_folder_remove(w->run.file.folder, w->run.file.name);
    store_out_close(&w->pages);
    store_out_close(&w->filter);
    store_run_close(&w->run);
}

int store_run_verify(struct store_run *r, uint32_t n_docs)
{
    struct store_run_reader rd = {0};
    struct store_entry before = {0};
    uint64_t n = 0;
    uint32_t fold = r->fold;
    int rc = store_run_load(r, 0);

    if (rc == PL_OK)
        rc = store_run_load(r, 1);
    if (rc == PL_OK)
        rc = store_run_read(&rd, r, 64 * STORE_PAGE);
    for (; rc == PL_OK && !rd.end; n++, before = rd.entry, rc = store_run_next(&rd)) {
        const uint64_t page = rd.next - rd.n_pages + rd.i;
        if (n && store_entry_less(rd.entry, before))
            rc = bad_entries(r, page, "entries out of order");
        else if (rd.entry.doc >= n_docs)
            rc = bad_entries(r, page, "a document that was never kept");
        else if (rd.at == 1 && rd.entry.key != r->fence[page])
            rc = bad_entries(r, page, "its first key is not the one that is told of it");
        else if (!store_run_may_have(r, rd.entry.key))
            rc = bad_entries(r, page, "a key that the filter does not have");
        if (rc != PL_OK)
            break;
    }
    if (rc == PL_OK && n != r->info.entries)
        rc = bad_entries(r, 0, "the entries are not as many as were written");
    store_run_read_done(&rd);
    const int back = store_run_load(r, fold);
    return rc == PL_OK ? back : rc;
}
