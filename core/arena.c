/* arena.c - memory that is freed all at once. */
#include "arena.h"

#include <stdlib.h>
#include <unistd.h>

#include "exit.h"
#include "str.h"

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, cap;
    _Alignas(16) char data[];
};

void arena_init(struct arena *a, size_t limit)
{
    *a = (struct arena){.limit = limit};
}

void arena_done(struct arena *a)
{
    while (a->head) {
        struct arena_chunk *next = a->head->next;
        free(a->head);
        a->head = next;
    }
    a->used = 0;
}

static struct arena_chunk *chunk_new(size_t cap)
{
    struct arena_chunk *c = malloc(size_add(sizeof *c, cap));

    if (c) {
        c->next = NULL;
        c->used = 0;
        c->cap = cap;
    }
    return c;
}

/* A large piece gets a chunk of its own behind the head, so that the room left in the head stays in use. */
static void *alloc_large(struct arena *a, size_t n)
{
    struct arena_chunk *c = chunk_new(n);

    if (!c)
        return NULL;
    c->used = n;
    if (a->head) {
        c->next = a->head->next;
        a->head->next = c;
    } else {
        a->head = c;
    }
    return c->data;
}

static void *alloc_small(struct arena *a, size_t n, size_t align)
{
    struct arena_chunk *c = a->head;

    if (c) {
        const size_t at = (c->used + align - 1) & ~(align - 1);
        if (at <= c->cap && n <= c->cap - at) {
            c->used = at + n;
            return c->data + at;
        }
    }
    size_t cap = c ? c->cap * 2 : FIRST_CHUNK;
    if (cap > LARGEST_CHUNK)
        cap = LARGEST_CHUNK;
    if (n > cap / 4)
        return alloc_large(a, n);
    c = chunk_new(cap);
    if (!c)
        return NULL;
    c->next = a->head;
    a->head = c;
    c->used = n;
    return c->data;
}

void *arena_alloc(struct arena *a, size_t n, size_t align)
{
    void *p = NULL;

    if (n == 0)
        n = 1;
    /* `used` may lie past the limit: see record_fail(). */
    if (a->limit == 0 || (a->used <= a->limit && n <= a->limit - a->used))
        p = alloc_small(a, n, align);
    else
        return NULL;
    /* Within its limit a record must not be refused what the machine has not: it would be a dead letter for ever. */
    if (!p)
        out_of_memory();
    a->used += n;
    return p;
}

void *arena_zero(struct arena *a, size_t n, size_t size)
{
    const size_t len = size_mul(n, size);
    void *p = arena_alloc(a, len, 16);

    return p ? memset(p, 0, len) : NULL;
}

pl_str arena_dup(struct arena *a, pl_str s)
{
    char *p = arena_alloc(a, size_add(s.len, 1), 1);

    if (!p)
        return (pl_str){NULL, 0};
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = 0;
    return (pl_str){p, s.len};
}

void *arena_grow(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    const size_t more = *cap ? size_mul(*cap, 2) : 8;
    void *p = arena_alloc(a, size_mul(more, size), 16);
    if (!p)
        return NULL;
    if (n)
        memcpy(p, array, n * size);
    *cap = more;
    return p;
}

bool arena_owns(const struct arena *a, const void *p, size_t n)
{
    const char *at = p;

    for (const struct arena_chunk *c = a->head; c; c = c->next) {
        if (at >= c->data && at <= c->data + c->used && n <= (size_t)(c->data + c->used - at))
            return true;
    }
    return false;
}

void out_of_memory(void)
{
    static const char message[] = "pressline: out of memory\n";

    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}
