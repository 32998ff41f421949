/* dedupe_store_life.c - a store from run to run: opened, made durable, gone on with, rid of what nobody needs.
 *
 * Files are new or appended to; what a manifest tells stays until a later
 * manifest can be relied on, and the one before that as well, since the run's
 * journal may lose its last record.  What no manifest tells is what a run that
 * was killed left behind: it is cut off or removed. */
#include "dedupe_store_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SMALLEST_BUFFER = STORE_PAGE, LARGEST_BUFFER = 1 << 20 };

#define DEFAULT_MEMORY ((uint64_t)256 << 20)
#define DEFAULT_SEGMENT ((uint64_t)1 << 30)

/* ---- days ---- */

void store_expire(struct dedupe_store *st)
{
    const uint64_t retain = st->options.retain;
    struct store_manifest *now = &st->now;
    size_t i = 0;

    if (!retain || st->options.read_only)
        return;
    while (i < now->n_days && now->days[i].day + retain < now->day)
        i++;
    const uint64_t first = i < now->n_days ? now->days[i].first_doc : now->documents;
    now->n_days -= i;
    if (i)
        memmove(now->days, now->days + i, now->n_days * sizeof *now->days);
    if (first <= now->first_live)
        return;
    now->first_live = first;
    st->changed = true;
    while (st->log.n > 1 && st->log.segment[1].first_doc <= first)
        store_log_drop_first(&st->log);
}

int store_note_day(struct dedupe_store *st)
{
    struct store_manifest *now = &st->now;

    if (now->n_days && now->days[now->n_days - 1].day == now->day)
        return PL_OK;
    if (now->n_days == st->days_cap) {
        const size_t cap = st->days_cap ? st->days_cap * 2 : 64;
        struct store_day *more = realloc(now->days, cap * sizeof *more);
        if (!more)
            return store_no_memory(&st->folder);
        now->days = more;
        st->days_cap = cap;
    }
    now->days[now->n_days++] = (struct store_day){now->day, now->documents};
    return PL_OK;
}

/* ---- what is needed ---- */

/* By what is open. */
static bool in_use(const struct dedupe_store *st, const char *name)
{
    if (st->keys.file.folder && strcmp(st->keys.file.name, name) == 0)
        return true;
    if (st->merge.n && strcmp(st->merge.w.run.file.name, name) == 0)
        return true;
    for (size_t i = 0; i < st->n_runs; i++)
        if (strcmp(st->run[i].file.name, name) == 0)
            return true;
    for (size_t i = 0; i < st->log.n; i++)
        if (strcmp(st->log.files[i].data.name, name) == 0 || strcmp(st->log.files[i].at.name, name) == 0)
            return true;
    return false;
}

static bool is_ours(const char *name)
{
    static const char *const kinds[] = {"run-", "docs-", "at-", "keys-"};
    uint64_t generation;

    if (store_manifest_number(name, &generation) || strcmp(name, "new") == 0 || strcmp(name, "lock") == 0)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const size_t n = strlen(kinds[i]), digits = strncmp(name, kinds[i], n) ? 0 : strspn(name + n, "0123456789abcdef");
        if (digits == 8 && !name[n + digits])
            return true;
    }
    return false;
}

struct names {
    char (*name)[STORE_NAME];
    size_t n, cap;
    bool foreign;
    struct dedupe_store *st;
};

static int note_name(void *arg, const char *name)
{
    struct names *all = arg;

    if (!is_ours(name)) {
        all->foreign = true;
        return PL_OK;
    }
    if (all->n == all->cap) {
        const size_t cap = all->cap ? all->cap * 2 : 64;
        char(*more)[STORE_NAME] = realloc(all->name, cap * sizeof *more);
        if (!more)
            return store_no_memory(&all->st->folder);
        all->name = more;
        all->cap = cap;
    }
    snprintf(all->name[all->n++], STORE_NAME, "%s", name);
    return PL_OK;
}

static int list(struct dedupe_store *st, struct names *all)
{
    *all = (struct names){.st = st};
    return store_folder_list(&st->folder, note_name, all);
}

int store_sweep(struct dedupe_store *st)
{
    struct names all;
    int rc = list(st, &all);

    for (size_t i = 0; rc == PL_OK && i < all.n; i++) {
        const char *name = all.name[i];
        bool needed = strcmp(name, "lock") == 0 || in_use(st, name);
        for (size_t j = 0; j < st->n_kept && !needed; j++)
            needed = store_manifest_needs(&st->kept[j], name);
        if (!needed)
            rc = store_folder_remove(&st->folder, name);
    }
    free(all.name);
    return rc;
}

/* ---- manifests that are kept ---- */

int store_keep_manifest(struct dedupe_store *st, struct store_manifest *m)
{
    if (st->n_kept == st->kept_cap) {
        const size_t cap = st->kept_cap ? st->kept_cap * 2 : 4;
        struct store_manifest *more = realloc(st->kept, cap * sizeof *more);
        if (!more)
            return store_no_memory(&st->folder);
        st->kept = more;
        st->kept_cap = cap;
    }
    st->kept[st->n_kept++] = *m;
    *m = (struct store_manifest){0};
    return PL_OK;
}

static void forget_kept(struct dedupe_store *st)
{
    while (st->n_kept)
        store_manifest_done(&st->kept[--st->n_kept]);
}

static int by_generation(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The newest must be sound.  Those before it serve only to go back to them. */
static int read_manifests(struct dedupe_store *st, const uint64_t *generation, size_t n)
{
    struct store_manifest m;
    int rc = PL_OK;

    for (size_t i = 0; rc == PL_OK && i < n; i++) {
        rc = store_manifest_read(&st->folder, generation[i], &m);
        if (rc == PL_ERROR && !st->folder.fault->machine && i + 1 < n) {
            rc = PL_OK;
            continue;
        }
        if (rc == PL_OK)
            rc = store_keep_manifest(st, &m);
        if (rc != PL_OK)
            store_manifest_done(&m);
    }
    return rc;
}

/* Before the lock is taken: in a folder of somebody else's nothing is made. */
static int refuse_foreign(struct dedupe_store *st)
{
    struct names all;
    uint64_t generation;
    bool found = false;
    int rc = list(st, &all);

    for (size_t i = 0; i < all.n; i++)
        found = found || store_manifest_number(all.name[i], &generation);
    if (rc == PL_OK && !found && all.foreign && !st->options.flat)
        rc = store_fault(&st->folder, "the folder '%s' is not empty, and no store: name another, or a new one",
                         st->folder.path);
    else if (rc == PL_OK && !found && st->options.read_only)
        rc = store_fault(&st->folder, "there is no store in '%s'", st->folder.path);
    free(all.name);
    return rc;
}

static int find_manifests(struct dedupe_store *st)
{
    struct names all;
    uint64_t *generation = NULL;
    size_t n = 0;
    int rc = list(st, &all);

    if (rc == PL_OK && all.n && !(generation = malloc(all.n * sizeof *generation)))
        rc = store_no_memory(&st->folder);
    for (size_t i = 0; rc == PL_OK && i < all.n; i++)
        n += store_manifest_number(all.name[i], &generation[n]);
    if (rc == PL_OK && n)
        qsort(generation, n, sizeof *generation, by_generation);
    if (rc == PL_OK)
        rc = read_manifests(st, generation, n);
    free(generation);
    free(all.name);
    return rc;
}

/* ---- opening ---- */

static void drop_open(struct dedupe_store *st)
{
    store_merge_stop(st);
    for (size_t i = 0; i < st->n_runs; i++)
        store_run_close(&st->run[i]);
    st->n_runs = 0;
    store_keys_close(&st->keys);
    store_log_close(&st->log);
    store_log_open(&st->log, &st->folder, st->buffer, st->options.segment);
    store_manifest_done(&st->now);
    st->days_cap = 0;
    st->memo_valid = false;
    if (st->table.slot)
        store_table_clear(&st->table);
}

int store_take(struct dedupe_store *st, const struct store_manifest *m)
{
    int rc = PL_OK;

    drop_open(st);
    st->now = *m;
    st->now.segment = NULL;
    st->now.days = malloc((m->n_days + 1) * sizeof *m->days);
    st->days_cap = m->n_days + 1;
    if (!st->now.days) {
        st->now.n_days = 0;
        return store_no_memory(&st->folder);
    }
    memcpy(st->now.days, m->days, m->n_days * sizeof *m->days);
    st->folder.salt = m->salt;
    for (size_t i = 0; rc == PL_OK && i < m->n_runs; i++) {
        rc = store_run_open(&st->folder, &st->run[i], &m->run[i]);
        st->n_runs += rc == PL_OK;
    }
    if (rc == PL_OK)
        rc = store_log_take(&st->log, m->segment, m->n_segments);
    if (rc == PL_OK && m->keys.number)
        rc = store_keys_take(&st->keys, &st->folder, &m->keys, st->buffer, &st->table, m->documents);
    if (rc == PL_OK)
        rc = store_plan_filters(st);
    if (rc != PL_OK)
        return rc;
    st->changed = false;
    store_expire(st);
    return PL_OK;
}

int store_fresh(struct dedupe_store *st)
{
    uint64_t salt;

    drop_open(st);
    if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
        return store_fault_sys(&st->folder, "get a random number for", "");
    st->now = (struct store_manifest){.salt = salt, .next_file = 1};
    st->folder.salt = salt;
    st->changed = true;
    return PL_OK;
}

static size_t buffer_for(uint64_t memory)
{
    const uint64_t some = memory / 256 / STORE_PAGE * STORE_PAGE;

    return some < SMALLEST_BUFFER ? SMALLEST_BUFFER : some > LARGEST_BUFFER ? LARGEST_BUFFER : (size_t)some;
}

/* An eighth of the memory for the table; eleven sixteenths for the filters; the rest for buffers, first keys of pages
 * and payloads. */
static int make_parts(struct dedupe_store *st)
{
    struct dedupe_store_options *o = &st->options;

    o->path = (pl_str){NULL, 0};
    o->memory = o->memory ? o->memory : DEFAULT_MEMORY;
    o->memory = o->memory > SIZE_MAX / 2 ? SIZE_MAX / 2 : o->memory;
    o->segment = o->segment ? o->segment : DEFAULT_SEGMENT;
    /* Places in a segment are of 32 bits. */
    if (o->segment > UINT32_MAX - DEDUPE_STORE_MAX_PAYLOAD)
        o->segment = UINT32_MAX - DEDUPE_STORE_MAX_PAYLOAD;
    st->buffer = buffer_for(o->memory);
    st->filter_bytes = (size_t)(o->memory / 16 * 11);
    store_log_open(&st->log, &st->folder, st->buffer, o->segment);
    if (store_table_open(&st->table, (size_t)(o->memory / 8)) != PL_OK)
        return store_no_memory(&st->folder);
    if (getrandom(&st->writer, sizeof st->writer, 0) != sizeof st->writer)
        return store_fault_sys(&st->folder, "get a random number for", "");
    return PL_OK;
}

int dedupe_store_open(struct dedupe_store **out, const struct dedupe_store_options *options,
                      struct dedupe_store_fault *fault)
{
    struct dedupe_store *st = calloc(1, sizeof *st);

    *out = st;
    if (!st) {
        *fault = (struct dedupe_store_fault){.message = "out of memory", .machine = true};
        return PL_NOMEM;
    }
    st->options = *options;
    st->known = 1; /* the beginning, checkpoint 0 */
    atomic_init(&st->committed, 0);
    int rc = store_folder_open(&st->folder, options, fault);
    if (rc == PL_OK && st->folder.path)
        rc = refuse_foreign(st);
    if (rc == PL_OK && st->folder.path)
        rc = store_folder_lock(&st->folder);
    if (rc == PL_OK)
        rc = make_parts(st);
    if (rc == PL_OK && st->folder.path)
        rc = find_manifests(st);
    if (rc == PL_OK)
        rc = st->n_kept ? store_take(st, &st->kept[st->n_kept - 1]) : store_fresh(st);
    if (rc == PL_OK && st->folder.path && !st->options.read_only)
        rc = store_sweep(st);
    st->folder.failed = rc != PL_OK;
    return rc;
}

void dedupe_store_close(struct dedupe_store *st)
{
    if (!st)
        return;
    store_note_committed(st);
    drop_open(st);
    store_log_close(&st->log);
    store_table_close(&st->table);
    forget_kept(st);
    free(st->kept);
    free(st->memo_key);
    free(st->memo);
    free(st->hit);
    free(st->asked);
    free(st->entered);
    free(st->bucket);
    store_folder_close(&st->folder);
    free(st);
}
