/* clean_mem.c - memory that lives as long as one page, and text built in it. */
#include "clean_mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "clean_utf8.h"

enum { CHUNK_SIZE = 256 * 1024, MAX_KEPT = 8 * 1024 * 1024, ALIGN = alignof(max_align_t) };

struct clean_chunk {
    struct clean_chunk *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

void clean_arena_init(struct clean_arena *a, size_t limit)
{
    *a = (struct clean_arena){.limit = limit};
}

/* A page like the last one then finds its memory in one chunk, and touched. */
void clean_arena_reset(struct clean_arena *a)
{
    struct clean_chunk *kept = a->chunks;
    size_t want = 0;
    for (struct clean_chunk *c = a->chunks; c; c = c->next)
        want += c->size;
    if (kept && (kept->next || kept->size > MAX_KEPT)) {
        struct clean_arena old = *a;
        clean_arena_done(&old);
        want = want < MAX_KEPT ? want : MAX_KEPT;
        kept = malloc(sizeof *kept + want);
        if (kept)
            kept->size = want;
    }
    if (kept) {
        kept->next = NULL;
        kept->used = 0;
    }
    *a = (struct clean_arena){.chunks = kept, .limit = a->limit};
}

void clean_arena_done(struct clean_arena *a)
{
    for (struct clean_chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    *a = (struct clean_arena){0};
}

void *clean_arena_alloc(struct clean_arena *a, size_t n)
{
    if (n > a->limit || a->used > a->limit - n || n > SIZE_MAX / 2) {
        a->failed = true;
        return NULL;
    }
    size_t need = (n + ALIGN - 1) / ALIGN * ALIGN;
    struct clean_chunk *c = a->chunks;
    if (!c || c->size - c->used < need) {
        size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
        c = malloc(sizeof *c + size);
        if (!c) {
            a->failed = a->starved = true;
            return NULL;
        }
        c->size = size;
        c->used = 0;
        c->next = a->chunks;
        a->chunks = c;
    }
    void *p = c->bytes + c->used;
    c->used += need;
    a->used += n;
    return memset(p, 0, need);
}

void *clean_arena_array(struct clean_arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) {
        a->failed = true;
        return NULL;
    }
    return clean_arena_alloc(a, n * size);
}

bool clean_arena_grow(struct clean_arena *a, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t more = *cap ? *cap * 2 : 32;
    void *fresh = clean_arena_array(a, more, size);
    if (!fresh)
        return false;
    void *old;
    memcpy(&old, items, sizeof old); /* `items` is the address of a pointer of any type */
    if (n)
        memcpy(fresh, old, n * size);
    memcpy(items, &fresh, sizeof fresh);
    *cap = more;
    return true;
}

pl_str clean_arena_copy(struct clean_arena *a, pl_str s)
{
    char *p = s.len ? clean_arena_alloc(a, s.len) : NULL;
    if (!p)
        return PL_S("");
    memcpy(p, s.ptr, s.len);
    return (pl_str){p, s.len};
}

void clean_buf_add(struct clean_buf *b, pl_str s)
{
    if (!s.len || b->arena->failed)
        return;
    if (b->cap - b->len < s.len) {
        size_t cap = b->cap > 64 ? b->cap : 64;
        while (cap - b->len < s.len && cap <= SIZE_MAX / 4)
            cap *= 2;
        char *at = clean_arena_alloc(b->arena, cap);
        if (!at)
            return;
        if (b->len)
            memcpy(at, b->at, b->len);
        b->at = at;
        b->cap = cap;
    }
    memcpy(b->at + b->len, s.ptr, s.len);
    b->len += s.len;
}

void clean_buf_byte(struct clean_buf *b, char c)
{
    if (b->len < b->cap)
        b->at[b->len++] = c;
    else
        clean_buf_add(b, (pl_str){&c, 1});
}

void clean_buf_char(struct clean_buf *b, uint32_t c)
{
    char bytes[4];
    clean_buf_add(b, (pl_str){bytes, clean_utf8_put(bytes, c)});
}
