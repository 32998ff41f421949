/* fetch_recorded_index.c - where in WARC files the answer to each address is. */
#include "fetch_recorded_index.h"

#include "fetch_when.h"

#include <stdlib.h>
#include <strings.h>

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool ends(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    return s.len >= n && memcmp(s.ptr + s.len - n, word, n) == 0;
}

/* ---- keys ---- */

/* An address in its normal form and without fragment; one that is none, as it is. */
static int key_of(struct recorded_index *ix, pl_str url, pl_str *key)
{
    const int rc = url_parse(&ix->url, url, NULL);

    *key = rc == PL_OK ? url_href(&ix->url) : url;
    if (rc == PL_OK)
        key->len = ix->url.fragment;
    return rc == PL_NOMEM ? PL_NOMEM : PL_OK;
}

static int add_text(struct recorded_index *ix, pl_str s, size_t *at)
{
    *at = ix->texts.len;
    return bytes_add(&ix->texts, s.ptr, s.len) == PL_OK && bytes_add(&ix->texts, "", 1) == PL_OK ? PL_OK : PL_NOMEM;
}

static const char *text_at(const struct recorded_index *ix, size_t at)
{
    return (const char *)ix->texts.at + at;
}

/* ---- filling ---- */

/* What a server said instead of an answer, a 304, is none. */
static bool answers(struct warc_reader *r)
{
    const bool revisit = is(r->type, "revisit");
    const bool http = warc_http(r);

    if (revisit)
        return !ends(warc_field(r->head, "WARC-Profile"), "/server-not-modified") && !(http && is(warc_http_status(r->http), "304"));
    return is(r->type, "response") && http && !is(warc_http_status(r->http), "304");
}

static int add_entry(struct recorded_index *ix, struct warc_reader *r, uint64_t offset, uint64_t skip, uint32_t file)
{
    struct recorded_entry e = {.digest = SIZE_MAX, .offset = offset, .skip = skip, .file = file, .revisit = is(r->type, "revisit")};
    const pl_str digest = warc_field(r->head, "WARC-Payload-Digest");
    pl_str key;

    if (ix->n == ix->cap) {
        const size_t cap = ix->cap ? ix->cap * 2 : 1024;
        struct recorded_entry *more = cap < SIZE_MAX / sizeof *more ? realloc(ix->at, cap * sizeof *more) : NULL;
        if (!more)
            return PL_NOMEM;
        ix->at = more;
        ix->cap = cap;
    }
    when_parse(r->date, &e.ms);
    if (key_of(ix, r->uri, &key) != PL_OK || add_text(ix, key, &e.key) != PL_OK)
        return PL_NOMEM;
    if (digest.len && !e.revisit && add_text(ix, digest, &e.digest) != PL_OK)
        return PL_NOMEM;
    ix->at[ix->n++] = e;
    return PL_OK;
}

/* To the record's end, where it is known how long it is. */
static int pass_over(struct warc_reader *r, uint64_t *length)
{
    pl_str piece;
    int rc;

    do
        rc = warc_block(r, &piece);
    while (rc == PL_OK);
    *length = r->inside ? 0 : r->length;
    return rc == PL_EOF ? PL_OK : rc;
}

int recorded_index_add(struct recorded_index *ix, const char *name, int fd, uint32_t file, char *message, size_t size)
{
    struct warc_reader r;
    uint64_t base = UINT64_MAX, skip = 0;
    bool any = false;
    int rc = warc_open(&r, name, warc_read_fd, &fd, 0);

    while (rc == PL_OK) {
        rc = warc_next(&r);
        if (rc == PL_EOF)
            break;
        skip++;
        if (r.offset != base && !r.inside) { /* a member may begin in the middle of a record (BGZF) */
            base = r.offset;
            skip = 0;
        }
        if (rc == PL_OK) {
            any = true;
            /* Behind damage nothing leads to what begins in the middle of a member. */
            if (base == UINT64_MAX || !answers(&r))
                continue;
            rc = add_entry(ix, &r, base, skip, file);
            if (rc == PL_OK)
                rc = pass_over(&r, &ix->at[ix->n - 1].length);
            if (rc == PL_OK || rc == PL_NOMEM)
                continue;
            ix->n--; /* it is damaged, or cut off */
        }
        snprintf(message, size, "%s", r.message);
        if (r.in.machine)
            rc = strstr(r.message, "out of memory") ? PL_NOMEM : PL_ERROR;
        else
            rc = any && warc_resync(&r) ? PL_OK : any ? PL_EOF : PL_ERROR;
        base = UINT64_MAX;
    }
    warc_close(&r);
    return rc == PL_EOF ? PL_OK : rc;
}

/* qsort() hands over no context: the texts' place is fixed by now, so pointers are sorted. */
struct sorted {
    const char *text;
    struct recorded_entry *entry;
};

static int order(const struct recorded_entry *a, const struct recorded_entry *b)
{
    if (a->ms != b->ms)
        return a->ms < b->ms ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int by_text(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    const int c = strcmp(x->text, y->text);

    return c ? c : order(x->entry, y->entry);
}

static int sort_keys(struct recorded_index *ix, struct sorted *s)
{
    struct recorded_entry *at = malloc((ix->n + 1) * sizeof *at);

    if (!at)
        return PL_NOMEM;
    for (size_t i = 0; i < ix->n; i++)
        s[i] = (struct sorted){text_at(ix, ix->at[i].key), &ix->at[i]};
    qsort(s, ix->n, sizeof *s, by_text);
    for (size_t i = 0; i < ix->n; i++)
        at[i] = *s[i].entry;
    free(ix->at);
    ix->at = at;
    ix->cap = ix->n + 1;
    return PL_OK;
}

static int sort_digests(struct recorded_index *ix, struct sorted *s)
{
    ix->by_digest = malloc((ix->n + 1) * sizeof(struct recorded_entry *));
    if (!ix->by_digest)
        return PL_NOMEM;
    for (size_t i = 0; i < ix->n; i++)
        if (ix->at[i].digest != SIZE_MAX)
            s[ix->n_digests++] = (struct sorted){text_at(ix, ix->at[i].digest), &ix->at[i]};
    qsort(s, ix->n_digests, sizeof *s, by_text);
    for (size_t i = 0; i < ix->n_digests; i++)
        ix->by_digest[i] = s[i].entry;
    return PL_OK;
}

int recorded_index_sort(struct recorded_index *ix)
{
    struct sorted *s = ix->n < SIZE_MAX / sizeof *s - 1 ? malloc((ix->n + 1) * sizeof *s) : NULL;
    const int rc = s && sort_keys(ix, s) == PL_OK && sort_digests(ix, s) == PL_OK ? PL_OK : PL_NOMEM;

    free(s);
    return rc;
}

void recorded_index_done(struct recorded_index *ix)
{
    bytes_done(&ix->texts);
    free(ix->at);
    free(ix->by_digest);
    url_done(&ix->url);
    *ix = (struct recorded_index){0};
}

/* ---- finding ---- */

/* A text of the index against one that ends nowhere in particular. */
static int compare(const char *text, pl_str s)
{
    const size_t len = strlen(text);
    const int c = memcmp(text, s.ptr, len < s.len ? len : s.len);

    return c ? c : len < s.len ? -1 : len > s.len;
}

/* Behind the last entry whose key is `key` or less. */
static size_t behind(const struct recorded_index *ix, pl_str key)
{
    size_t from = 0, to = ix->n;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (compare(text_at(ix, ix->at[middle].key), key) <= 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

const struct recorded_entry *recorded_index_find(struct recorded_index *ix, pl_str url)
{
    pl_str key;
    size_t i;

    if (key_of(ix, url, &key) != PL_OK || key.len == 0)
        return NULL;
    i = behind(ix, key);
    return i > 0 && compare(text_at(ix, ix->at[i - 1].key), key) == 0 ? &ix->at[i - 1] : NULL;
}

const struct recorded_entry *recorded_index_payload(const struct recorded_index *ix, pl_str digest)
{
    size_t from = 0, to = ix->n_digests;

    while (digest.len && from < to) {
        const size_t middle = from + (to - from) / 2;
        const int c = compare(text_at(ix, ix->by_digest[middle]->digest), digest);
        if (c == 0)
            return ix->by_digest[middle];
        if (c < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

const struct recorded_entry *recorded_index_dated(struct recorded_index *ix, pl_str url, pl_str date)
{
    int64_t ms = 0;
    pl_str key;

    if (!when_parse(date, &ms) || key_of(ix, url, &key) != PL_OK || key.len == 0)
        return NULL;
    for (size_t i = behind(ix, key); i > 0 && compare(text_at(ix, ix->at[i - 1].key), key) == 0; i--)
        if (ix->at[i - 1].ms == ms && !ix->at[i - 1].revisit)
            return &ix->at[i - 1];
    return NULL;
}
