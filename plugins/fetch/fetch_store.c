/* fetch_store.c - what is known of each address: finding and putting, in memory and over a file.
 *
 * What was put since the last checkpoint is in a table in memory, which stands before the file; without a file it is all
 * there is. */
#include "fetch_store.h"

#include <stdlib.h>
#include <sys/random.h>

#include "fetch_store_parts.h"

/* ---- opening ---- */

int store_no_memory(struct store *s)
{
    snprintf(s->message, sizeof s->message, "out of memory");
    s->fault_code = PL_RETRY;
    return PL_RETRY;
}

int store_open(struct store **out, const struct store_options *o, char *message, size_t size)
{
    struct store *s = calloc(1, sizeof *s);
    int rc = PL_OK;

    *out = NULL;
    if (!s) {
        snprintf(message, size, "out of memory");
        return PL_RETRY;
    }
    s->read_only = o->read_only;
    if (getrandom(s->secret, sizeof s->secret, 0) != sizeof s->secret || getrandom(&s->writer, sizeof s->writer, 0) != sizeof s->writer) {
        snprintf(s->message, sizeof s->message, "the system has no random numbers");
        rc = PL_RETRY;
    }
    s->writer >>= 1;
    if (rc == PL_OK && (o->path || o->scratch))
        rc = store_db_open(s, o);
    if (rc == PL_OK) {
        *out = s;
        return PL_OK;
    }
    snprintf(message, size, "%s", s->message);
    s->failed = true;
    store_close(s);
    return rc;
}

const char *store_message(const struct store *s)
{
    return s->message;
}

/* ---- finding ---- */

static int find(struct store *s, const struct store_key *key, const struct entry **e)
{
    *e = table_find(&s->changes, key);
    if (!*e)
        *e = table_find(&s->written, key);
    if (*e || !s->db || s->empty)
        return *e ? PL_OK : PL_EOF;
    if (s->looked && store_key_same(&s->last, key)) {
        *e = s->found;
        return *e ? PL_OK : PL_EOF;
    }
    free(s->found);
    s->found = NULL;
    s->looked = false;
    const int rc = store_db_find(s, key, &s->found);
    *e = s->found;
    s->last = *key;
    s->looked = rc == PL_OK || rc == PL_EOF;
    return rc;
}

int store_find(struct store *s, pl_str key, struct known *k)
{
    struct store_key id;
    const struct entry *e;
    int rc = store_begin(s);

    if (rc != PL_OK)
        return rc;
    store_key_make(&id, s->secret, key);
    rc = find(s, &id, &e);
    if (rc == PL_OK)
        entry_known(e, k);
    return rc;
}

/* ---- putting ---- */

static int check(struct store *s, pl_str key, const struct known *k)
{
    const char *what = key.len == 0 || key.len > STORE_MAX_URL ? "canonical form"
                       : k->url.len > STORE_MAX_URL            ? "address"
                       : k->meta.len > STORE_MAX_META          ? "note"
                                                               : NULL;
    if (!what)
        return PL_OK;
    snprintf(s->message, sizeof s->message, "an address whose %s is empty, or too long to be kept", what);
    return PL_NOMEM;
}

/* By what was found of it before. */
static enum entry_row row_of(const struct store *s, const struct store_key *id)
{
    const struct entry *e = table_find(&s->changes, id);

    if (e)
        return (enum entry_row)e->row;
    if (s->empty)
        return ROW_ABSENT;
    if (table_find(&s->written, id))
        return ROW_PRESENT;
    return !s->looked || !store_key_same(&s->last, id) ? ROW_UNKNOWN : s->found ? ROW_PRESENT : ROW_ABSENT;
}

/* `k` may have texts of the entry that is replaced. */
static int put(struct store *s, const struct store_key *id, pl_str key, const struct known *k)
{
    const struct entry *old = NULL;
    struct entry *e;
    uint64_t place = 0;

    if (k->queued) {
        const int rc = find(s, id, &old);
        if (rc != PL_OK && rc != PL_EOF)
            return rc;
        place = old && old->place ? old->place : ++s->place;
    }
    e = entry_make(id, place, key, k);
    if (e)
        e->row = (uint8_t)row_of(s, id);
    return e && table_put(&s->changes, e) == PL_OK ? PL_OK : store_no_memory(s);
}

int store_put(struct store *s, pl_str key, const struct known *k)
{
    struct store_key id;
    int rc = check(s, key, k);

    if (rc == PL_OK)
        rc = store_begin(s);
    if (rc != PL_OK)
        return rc;
    store_key_make(&id, s->secret, key);
    rc = put(s, &id, key, k);
    return rc == PL_OK ? store_make_room(s) : rc;
}

uint64_t store_next_sequence(struct store *s)
{
    return store_begin(s) == PL_OK ? ++s->sequence : 0;
}

/* ---- all of them ---- */

typedef int each_fn(void *arg, pl_str key, const struct known *k);

static int tell(each_fn *each, void *arg, const struct entry *e)
{
    struct known k;

    entry_known(e, &k);
    return each(arg, entry_canonical(e), &k);
}

/* An entry of the table may be put anew while it is told. */
static int tell_copy(struct store *s, each_fn *each, void *arg, const struct entry *e)
{
    struct known k;

    entry_known(e, &k);
    struct entry *copy = entry_make(&e->key, e->place, entry_canonical(e), &k);
    const int rc = copy ? tell(each, arg, copy) : store_no_memory(s);
    free(copy);
    return rc;
}

/* The one that stands at this place of the queue, if it still does; `e` is what the file says, or NULL. */
static int tell_place(struct store *s, each_fn *each, void *arg, const struct place *p, const struct entry *e)
{
    const struct entry *changed = table_find(&s->changes, &p->key);

    if (changed)
        return changed->place == p->place ? tell_copy(s, each, arg, changed) : PL_OK;
    return e ? tell(each, arg, e) : PL_OK;
}

/* Those in memory and those of the file, merged by their places. */
static int walk_queued(struct store *s, each_fn *each, void *arg, const struct place *p, size_t n)
{
    struct entry *e = NULL;
    size_t i = 0;
    int rc = PL_OK, more = s->db ? store_db_walk(s, true, &e) : PL_EOF;

    while (rc == PL_OK && (more == PL_OK || i < n)) {
        if (more == PL_OK && (i == n || e->place <= p[i].place)) {
            const struct place own = {e->place, e->key};
            i += i < n && own.place == p[i].place;
            rc = tell_place(s, each, arg, &own, e);
            free(e);
            e = NULL;
            if (rc == PL_OK)
                more = store_db_walk(s, true, &e);
        } else {
            rc = tell_place(s, each, arg, &p[i++], NULL);
        }
        if (rc == PL_OK && more != PL_OK && more != PL_EOF)
            rc = more;
    }
    free(e);
    return rc == PL_OK && more != PL_OK && more != PL_EOF ? more : rc;
}

int store_each_queued(struct store *s, each_fn *each, void *arg)
{
    size_t n;
    int rc = store_begin(s);

    if (rc != PL_OK)
        return rc;
    struct place *p = table_queued(&s->changes, &n);
    if (!p)
        return store_no_memory(s);
    s->walking++;
    rc = walk_queued(s, each, arg, p, n);
    if (s->db)
        store_db_walk_end(s, true);
    s->walking--;
    free(p);
    return rc;
}

static int walk_file(struct store *s, each_fn *each, void *arg)
{
    struct entry *e = NULL;
    int rc = PL_OK, more = PL_OK;

    while (rc == PL_OK && (more = store_db_walk(s, false, &e)) == PL_OK) {
        if (!table_find(&s->changes, &e->key))
            rc = tell(each, arg, e);
        free(e);
    }
    store_db_walk_end(s, false);
    return more == PL_OK || more == PL_EOF ? rc : more;
}

int store_each(struct store *s, each_fn *each, void *arg)
{
    struct place *p;
    size_t n;
    int rc = store_begin(s);

    if (rc != PL_OK)
        return rc;
    p = table_keys(&s->changes, &n);
    if (!p)
        return store_no_memory(s);
    s->walking++;
    rc = s->db ? walk_file(s, each, arg) : PL_OK;
    for (size_t i = 0; i < n && rc == PL_OK; i++)
        rc = tell_copy(s, each, arg, table_find(&s->changes, &p[i].key));
    s->walking--;
    free(p);
    return rc;
}

struct counting {
    struct store_counts *to;
    int64_t now_ms;
};

static int count_one(void *arg, pl_str key, const struct known *k)
{
    const struct counting *counting = arg;
    struct store_counts *c = counting->to;

    (void)key;
    c->addresses++;
    c->queued += k->queued;
    c->of_kind[k->kind]++;
    c->failing += k->failures > 0;
    c->due += !k->queued && k->due_ms <= counting->now_ms;
    return PL_OK;
}

int store_count(struct store *s, int64_t now_ms, struct store_counts *c)
{
    struct counting counting = {c, now_ms};
    const int rc = store_begin(s);

    *c = (struct store_counts){.sequence = s->sequence};
    if (rc != PL_OK)
        return rc;
    /* What is in memory alone stands in the way of the quick way. */
    return s->db && s->changes.n == 0 ? store_db_count(s, now_ms, c) : store_each(s, count_one, &counting);
}
