/* warc_parcel.c - the records of a page on their way from the worker that made them to the file.
 *
 * Flat: the worker may have been another process. */
#include "warc_parcel.h"

struct fixed {
    uint8_t known, keyed, key[WARC_SEEN_KEY], id[16];
    uint32_t n, kind[WARC_PARCEL_MOST];
    uint64_t length[6 + WARC_PARCEL_MOST];
};

static size_t texts(const struct warc_parcel *p, const pl_str *out[6 + WARC_PARCEL_MOST])
{
    const pl_str *first[] = {&p->date, &p->uri, &p->revisit_begin, &p->revisit_end, &p->index, &p->revisit_index};

    for (size_t i = 0; i < 6; i++)
        out[i] = first[i];
    for (size_t i = 0; i < p->n; i++)
        out[6 + i] = &p->record[i].bytes;
    return 6 + p->n;
}

size_t warc_parcel_size(const struct warc_parcel *p)
{
    const pl_str *text[6 + WARC_PARCEL_MOST];
    const size_t n = texts(p, text);
    size_t size = sizeof(struct fixed);

    for (size_t i = 0; i < n; i++)
        size += text[i]->len;
    return size;
}

void warc_parcel_put(const struct warc_parcel *p, char *to)
{
    const pl_str *text[6 + WARC_PARCEL_MOST];
    const size_t n = texts(p, text);
    struct fixed f;

    memset(&f, 0, sizeof f);
    f.known = p->known;
    f.keyed = p->keyed;
    memcpy(f.key, p->key, sizeof f.key);
    memcpy(f.id, p->id, sizeof f.id);
    f.n = p->n;
    for (size_t i = 0; i < p->n; i++)
        f.kind[i] = p->record[i].kind;
    for (size_t i = 0; i < n; i++)
        f.length[i] = text[i]->len;
    memcpy(to, &f, sizeof f);
    to += sizeof f;
    for (size_t i = 0; i < n; i++) {
        if (text[i]->len)
            memcpy(to, text[i]->ptr, text[i]->len);
        to += text[i]->len;
    }
}

bool warc_parcel_get(struct warc_parcel *p, pl_str bytes)
{
    pl_str *const first[] = {&p->date, &p->uri, &p->revisit_begin, &p->revisit_end, &p->index, &p->revisit_index};
    struct fixed f;

    *p = (struct warc_parcel){0};
    if (bytes.len < sizeof f)
        return false;
    memcpy(&f, bytes.ptr, sizeof f);
    bytes = (pl_str){bytes.ptr + sizeof f, bytes.len - sizeof f};
    if (f.n > WARC_PARCEL_MOST)
        return false;
    p->known = f.known != 0;
    p->keyed = f.keyed != 0;
    p->n = f.n;
    memcpy(p->key, f.key, sizeof f.key);
    memcpy(p->id, f.id, sizeof f.id);
    for (size_t i = 0; i < 6 + f.n; i++) {
        if (f.length[i] > bytes.len)
            return false;
        *(i < 6 ? first[i] : &p->record[i - 6].bytes) = (pl_str){bytes.ptr, (size_t)f.length[i]};
        bytes = (pl_str){bytes.ptr + f.length[i], bytes.len - (size_t)f.length[i]};
    }
    for (size_t i = 0; i < f.n; i++) {
        p->record[i].kind = f.kind[i];
        if (f.kind[i] >= WARC_KINDS || p->record[i].bytes.len < 8)
            return false;
    }
    return bytes.len == 0;
}
