/* dedupe_store_log.c - the payloads of a store: appended to files of about a gigabyte, the oldest of which can go. */
#include "dedupe_store_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
    uint32_t offset, len;
    uint64_t check;
};

void store_log_names(uint64_t number, char *data, char *at)
{
    snprintf(data, STORE_NAME, "docs-%08llx", (unsigned long long)number);
    snprintf(at, STORE_NAME, "at-%08llx", (unsigned long long)number);
}

void store_log_open(struct store_log *l, struct store_folder *f, size_t buffer, uint64_t limit)
{
    *l = (struct store_log){.folder = f, .buffer = buffer, .limit = limit};
}

void store_log_close(struct store_log *l)
{
    store_out_close(&l->data);
    store_out_close(&l->at);
    for (size_t i = 0; i < l->n; i++) {
        store_file_close(&l->files[i].data);
        store_file_close(&l->files[i].at);
    }
    free(l->segment);
    free(l->files);
    free(l->payload);
    *l = (struct store_log){0};
}

/* Room for one segment more. */
static int reserve(struct store_log *l)
{
    const size_t cap = l->cap ? l->cap * 2 : 16;

    if (l->n < l->cap)
        return PL_OK;
    struct store_segment *segment = realloc(l->segment, cap * sizeof *segment);
    if (segment)
        l->segment = segment;
    struct store_segment_files *files = realloc(l->files, cap * sizeof *files);
    if (files)
        l->files = files;
    if (!segment || !files)
        return store_no_memory(l->folder);
    /* The buffers of the last segment point into `files`. */
    if (l->data.buf && l->n) {
        l->data.file = &files[l->n - 1].data;
        l->at.file = &files[l->n - 1].at;
    }
    l->cap = cap;
    return PL_OK;
}

static int open_segment(struct store_log *l, const struct store_segment *s)
{
    struct store_segment_files *files = &l->files[l->n];
    char data[STORE_NAME], at[STORE_NAME];

    *files = (struct store_segment_files){0};
    store_log_names(s->number, data, at);
    int rc = store_file_open(l->folder, &files->data, data, s->length, false);
    if (rc == PL_OK)
        rc = store_file_open(l->folder, &files->at, at, s->docs * sizeof(struct place), false);
    if (rc != PL_OK) {
        store_file_close(&files->data);
        return rc;
    }
    l->segment[l->n++] = *s;
    return PL_OK;
}

int store_log_take(struct store_log *l, const struct store_segment *segment, size_t n)
{
    int rc = PL_OK;

    for (size_t i = 0; rc == PL_OK && i < n; i++) {
        rc = reserve(l);
        if (rc == PL_OK)
            rc = open_segment(l, &segment[i]);
    }
    return rc;
}

bool store_log_is_full(const struct store_log *l, size_t payload)
{
    return l->n == 0 || (l->segment[l->n - 1].docs && l->segment[l->n - 1].length + payload > l->limit);
}

/* The buffers, behind what the last segment has; what an earlier run left behind that is cut off. */
static int open_buffers(struct store_log *l, bool fresh)
{
    struct store_segment_files *files = &l->files[l->n - 1];
    const struct store_segment *s = &l->segment[l->n - 1];
    int rc = PL_OK;

    if (!fresh) {
        rc = store_file_cut(&files->data, s->length);
        if (rc == PL_OK)
            rc = store_file_cut(&files->at, s->docs * sizeof(struct place));
    }
    if (rc == PL_OK && !l->data.buf)
        rc = store_out_open(&l->data, &files->data, l->buffer, s->length);
    if (rc == PL_OK && !l->at.buf)
        rc = store_out_open(&l->at, &files->at, l->buffer / 64 + sizeof(struct place), s->docs * sizeof(struct place));
    return rc;
}

static int flush(struct store_log *l)
{
    int rc = l->data.buf ? store_out_flush(&l->data) : PL_OK;

    if (rc == PL_OK && l->at.buf)
        rc = store_out_flush(&l->at);
    return rc;
}

int store_log_begin(struct store_log *l, uint64_t number, uint32_t first_doc)
{
    char data[STORE_NAME], at[STORE_NAME];
    int rc = flush(l);

    /* The buffers go first: nothing is to point at a file that is not the last. */
    if (rc == PL_OK)
        rc = reserve(l);
    if (rc != PL_OK)
        return rc;
    struct store_segment_files *files = &l->files[l->n];
    *files = (struct store_segment_files){0};
    store_log_names(number, data, at);
    rc = store_file_make(l->folder, &files->data, data);
    if (rc == PL_OK)
        rc = store_file_make(l->folder, &files->at, at);
    if (rc != PL_OK) {
        store_file_close(&files->data);
        return rc;
    }
    store_out_close(&l->data);
    store_out_close(&l->at);
    l->segment[l->n++] = (struct store_segment){.number = number, .first_doc = first_doc};
    return open_buffers(l, true);
}

static uint64_t check_of(const struct store_log *l, const struct store_segment *s, uint32_t doc, uint32_t offset,
                         pl_str payload)
{
    return store_check(store_seed(l->folder->salt, s->number, (uint64_t)doc << 32 | offset), payload.ptr, payload.len);
}

int store_log_append(struct store_log *l, uint32_t doc, pl_str payload)
{
    int rc = l->data.buf && l->at.buf ? PL_OK : open_buffers(l, false);

    if (rc != PL_OK)
        return rc;
    struct store_segment *s = &l->segment[l->n - 1];
    struct place place = {.offset = (uint32_t)s->length, .len = (uint32_t)payload.len};
    place.check = check_of(l, s, doc, place.offset, payload);
    rc = store_out_add(&l->data, payload.ptr, payload.len);
    if (rc == PL_OK)
        rc = store_out_add(&l->at, &place, sizeof place);
    if (rc == PL_OK) {
        s->length += payload.len;
        s->docs++;
    }
    return rc;
}

static int read_part(struct store_log *l, size_t i, bool data, void *to, size_t n, uint64_t byte)
{
    struct store_out *out = data ? &l->data : &l->at;

    if (i == l->n - 1 && out->buf)
        return store_out_read(out, to, n, byte);
    return store_file_read(data ? &l->files[i].data : &l->files[i].at, to, n, byte);
}

/* The segment of a document that has one. */
static size_t find_segment(const struct store_log *l, uint32_t doc)
{
    size_t low = 0, high = l->n;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (l->segment[middle].first_doc <= doc)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int room(struct store_log *l, size_t n)
{
    if (n <= l->payload_cap)
        return PL_OK;
    unsigned char *more = realloc(l->payload, n + n / 2);
    if (!more)
        return store_no_memory(l->folder);
    l->payload = more;
    l->payload_cap = n + n / 2;
    return PL_OK;
}

static int bad_payload(struct store_log *l, size_t i, uint64_t offset, uint64_t place)
{
    char what[200];

    snprintf(what, sizeof what, "the document there, or its place at byte %llu of '%s', has another checksum",
             (unsigned long long)place, l->files[i].at.name);
    return store_damaged(l->folder, l->files[i].data.name, offset, what);
}

int store_log_load(struct store_log *l, uint32_t doc, pl_str *payload)
{
    const size_t i = find_segment(l, doc);
    const struct store_segment *s = &l->segment[i];
    struct place place;

    if (l->n == 0 || doc < s->first_doc || doc - s->first_doc >= s->docs)
        return store_fault(l->folder, "document %lu was asked for, which is not there", (unsigned long)doc);
    const uint64_t byte = (doc - s->first_doc) * sizeof place;
    int rc = read_part(l, i, false, &place, sizeof place, byte);
    if (rc == PL_OK && ((uint64_t)place.offset + place.len > s->length || place.len > DEDUPE_STORE_MAX_PAYLOAD))
        rc = store_damaged(l->folder, l->files[i].at.name, byte, "a place that is outside of its file");
    if (rc == PL_OK)
        rc = room(l, (size_t)place.len + 1);
    if (rc == PL_OK)
        rc = read_part(l, i, true, l->payload, place.len, place.offset);
    if (rc != PL_OK)
        return rc;
    *payload = (pl_str){(const char *)l->payload, place.len};
    return place.check == check_of(l, s, doc, place.offset, *payload) ? PL_OK : bad_payload(l, i, place.offset, byte);
}

int store_log_sync(struct store_log *l)
{
    int rc = flush(l);

    for (size_t i = 0; rc == PL_OK && i < l->n; i++) {
        rc = store_file_sync(&l->files[i].data);
        if (rc == PL_OK)
            rc = store_file_sync(&l->files[i].at);
    }
    return rc;
}

void store_log_drop_first(struct store_log *l)
{
    store_file_close(&l->files[0].data);
    store_file_close(&l->files[0].at);
    l->n--;
    memmove(l->segment, l->segment + 1, l->n * sizeof *l->segment);
    memmove(l->files, l->files + 1, l->n * sizeof *l->files);
    if (l->data.buf && l->n) {
        l->data.file = &l->files[l->n - 1].data;
        l->at.file = &l->files[l->n - 1].at;
    }
}

int store_log_verify(struct store_log *l)
{
    pl_str payload;
    int rc = PL_OK;

    for (size_t i = 0; i < l->n; i++)
        for (uint64_t j = 0; rc == PL_OK && j < l->segment[i].docs; j++)
            rc = store_log_load(l, (uint32_t)(l->segment[i].first_doc + j), &payload);
    return rc;
}

uint64_t store_log_bytes(const struct store_log *l)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < l->n; i++)
        bytes += l->segment[i].length + l->segment[i].docs * sizeof(struct place);
    return bytes;
}
