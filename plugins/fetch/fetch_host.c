/* fetch_host.c - whose turn it is: a queue for each site, which is asked for few things at once and not too often.
 *
 * The sites that could begin a visit now or later stand in a heap, by the time from which they may and then by how long
 * they have been standing there: the others have their turn before one comes again, and a slow site, which is not in
 * the heap while it is visited, holds up nobody. */
#include "fetch_host.h"

#include <stdlib.h>

#include "fetch_names.h"

struct queue {
    struct visit *first, **end; /* end: NULL where nothing was ever in it */
    size_t n;
};

struct site {
    struct site *next_site; /* of all */
    struct queue queue[VISIT_RANKS];
    struct visit *later; /* by time */
    int64_t ready_ms;    /* the next visit begins no sooner */
    int64_t at_ms;       /* while it is in the heap: its place there */
    uint64_t turn;
    size_t in_heap;      /* its index from 1; 0: it is not there */
    size_t active;
    uint64_t taken;
    bool slow;
    size_t name_len;
    char name[];
};

struct hosts {
    struct host_options o;
    struct names names;
    struct site *sites;
    struct site **heap; /* [1 .. n_heap] */
    size_t n_heap, cap_heap;
    uint64_t turn;
    size_t n_queued, n_pages;
};

struct hosts *hosts_new(const struct host_options *o)
{
    struct hosts *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->o = *o;
    if (h->o.per_site == 0)
        h->o.per_site = 1;
    return h;
}

static void free_visits(struct visit *v, void (*drop)(struct visit *))
{
    while (v) {
        struct visit *next = v->next;
        drop(v);
        v = next;
    }
}

void hosts_free(struct hosts *h, void (*drop)(struct visit *))
{
    if (!h)
        return;
    for (struct site *s = h->sites; s;) {
        struct site *next = s->next_site;
        for (int i = 0; i < VISIT_RANKS; i++)
            free_visits(s->queue[i].n ? s->queue[i].first : NULL, drop);
        free_visits(s->later, drop);
        free(s);
        s = next;
    }
    names_done(&h->names);
    free(h->heap);
    free(h);
}

struct site *hosts_site(struct hosts *h, pl_str name)
{
    struct site *s = names_find(&h->names, name);

    if (s)
        return s;
    s = name.len < SIZE_MAX / 2 ? calloc(1, sizeof *s + name.len + 1) : NULL;
    if (!s)
        return NULL;
    if (name.len)
        memcpy(s->name, name.ptr, name.len);
    s->name_len = name.len;
    s->ready_ms = INT64_MIN;
    if (names_add(&h->names, site_name(s), s) != PL_OK) {
        free(s);
        return NULL;
    }
    s->next_site = h->sites;
    h->sites = s;
    return s;
}

pl_str site_name(const struct site *s)
{
    return (pl_str){s->name, s->name_len};
}

uint64_t *site_taken(struct site *s)
{
    return &s->taken;
}

bool *site_slow(struct site *s)
{
    return &s->slow;
}

/* ---- the heap ---- */

static bool before(const struct site *a, const struct site *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->turn < b->turn;
}

static void place(struct hosts *h, struct site *s, size_t i)
{
    h->heap[i] = s;
    s->in_heap = i;
}

static void rise(struct hosts *h, struct site *s, size_t i)
{
    for (; i > 1 && before(s, h->heap[i / 2]); i /= 2)
        place(h, h->heap[i / 2], i);
    place(h, s, i);
}

static void sink(struct hosts *h, struct site *s, size_t i)
{
    for (size_t child; (child = 2 * i) <= h->n_heap; i = child) {
        if (child < h->n_heap && before(h->heap[child + 1], h->heap[child]))
            child++;
        if (!before(h->heap[child], s))
            break;
        place(h, h->heap[child], i);
    }
    place(h, s, i);
}

static void remove_site(struct hosts *h, struct site *s)
{
    const size_t i = s->in_heap;
    struct site *last = h->heap[h->n_heap--];

    s->in_heap = 0;
    if (last == s)
        return;
    if (i > 1 && before(last, h->heap[i / 2]))
        rise(h, last, i);
    else
        sink(h, last, i);
}

static bool lists_may(const struct site *s)
{
    return s->queue[VISIT_LIST].n > 0 && s->queue[VISIT_PAGE].n < HOST_FEW_PAGES;
}

/* When the site's next visit may begin; false: it has none, or has as many as it may. */
static bool next_time(const struct hosts *h, const struct site *s, int64_t *at)
{
    const bool waits = s->queue[VISIT_FIRST].n || s->queue[VISIT_PAGE].n || s->queue[VISIT_LIST].n;

    if (s->active >= h->o.per_site || (!waits && !s->later))
        return false;
    *at = waits || s->later->not_before_ms < s->ready_ms ? s->ready_ms : s->later->not_before_ms;
    if (h->o.timeless)
        *at = INT64_MIN;
    return true;
}

/* The site's place in the heap, after anything of it has changed. */
static int settle(struct hosts *h, struct site *s)
{
    int64_t at = 0;
    const bool in = next_time(h, s, &at);

    if (s->in_heap && in && s->at_ms == at)
        return PL_OK;
    if (s->in_heap)
        remove_site(h, s);
    if (!in)
        return PL_OK;
    if (h->n_heap + 1 >= h->cap_heap) {
        const size_t cap = h->cap_heap ? h->cap_heap * 2 : 64;
        struct site **heap = cap > SIZE_MAX / sizeof(struct site *) ? NULL : realloc(h->heap, cap * sizeof(struct site *));
        if (!heap)
            return PL_NOMEM;
        h->heap = heap;
        h->cap_heap = cap;
    }
    s->at_ms = at;
    s->turn = h->turn++;
    rise(h, s, ++h->n_heap);
    return PL_OK;
}

/* ---- queues ---- */

static void push(struct queue *q, struct visit *v)
{
    if (!q->first)
        q->end = &q->first;
    v->next = NULL;
    *q->end = v;
    q->end = &v->next;
    q->n++;
}

static struct visit *pop(struct queue *q)
{
    struct visit *v = q->first;

    q->first = v->next;
    q->n--;
    return v;
}

int hosts_add(struct hosts *h, struct site *s, struct visit *v, enum visit_rank rank)
{
    v->site = s;
    v->not_before_ms = INT64_MIN;
    push(&s->queue[rank], v);
    h->n_queued++;
    h->n_pages += rank == VISIT_PAGE;
    return settle(h, s);
}

int hosts_add_later(struct hosts *h, struct site *s, struct visit *v, int64_t not_before_ms)
{
    struct visit **at = &s->later;

    while (*at && (*at)->not_before_ms <= not_before_ms)
        at = &(*at)->next;
    v->site = s;
    v->not_before_ms = not_before_ms;
    v->next = *at;
    *at = v;
    h->n_queued++;
    return settle(h, s);
}

static struct visit *take(struct hosts *h, struct site *s, int64_t now_ms)
{
    struct visit *v = s->later;

    h->n_queued--;
    if (s->queue[VISIT_FIRST].n)
        return pop(&s->queue[VISIT_FIRST]);
    if (v && (h->o.timeless || v->not_before_ms <= now_ms)) {
        s->later = v->next;
        return v;
    }
    if (lists_may(s))
        return pop(&s->queue[VISIT_LIST]);
    h->n_pages--;
    return pop(&s->queue[VISIT_PAGE]);
}

struct visit *hosts_next(struct hosts *h, int64_t now_ms)
{
    struct site *s = h->n_heap ? h->heap[1] : NULL;

    if (!s || (!h->o.timeless && s->at_ms > now_ms))
        return NULL;
    struct visit *v = take(h, s, now_ms);
    s->active++;
    /* A site that may have more at once goes behind the others that wait. */
    remove_site(h, s);
    settle(h, s); /* no memory is needed: it was in the heap a moment ago */
    return v;
}

int hosts_ended(struct hosts *h, struct site *s, int64_t now_ms, int64_t delay_ms)
{
    const int64_t delay = delay_ms > h->o.delay_ms ? delay_ms : h->o.delay_ms;

    s->active--;
    if (now_ms + delay > s->ready_ms)
        s->ready_ms = now_ms + delay;
    return settle(h, s);
}

int hosts_passed(struct hosts *h, struct site *s)
{
    s->active--;
    return settle(h, s);
}

int hosts_hold(struct hosts *h, struct site *s, int64_t until_ms)
{
    if (until_ms > s->ready_ms)
        s->ready_ms = until_ms;
    return settle(h, s);
}

int64_t hosts_wait(const struct hosts *h, int64_t now_ms)
{
    if (h->n_heap == 0)
        return -1;
    const int64_t at = h->heap[1]->at_ms;
    return h->o.timeless || at <= now_ms ? 0 : at - now_ms;
}

size_t hosts_queued(const struct hosts *h)
{
    return h->n_queued;
}

size_t hosts_pages(const struct hosts *h)
{
    return h->n_pages;
}
