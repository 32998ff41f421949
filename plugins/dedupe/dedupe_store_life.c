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

enum { SAVED_FORMAT = 1, SMALLEST_BUFFER = STORE_PAGE, LARGEST_BUFFER = 1 << 20 };

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

/* Removes what neither a manifest on the disk needs nor this run. */
static int sweep(struct dedupe_store *st)
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

static int keep_manifest(struct dedupe_store *st, struct store_manifest *m)
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
            rc = keep_manifest(st, &m);
        if (rc != PL_OK)
            store_manifest_done(&m);
    }
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
    if (rc == PL_OK && n == 0 && all.foreign && !st->options.flat)
        rc = store_fault(&st->folder, "the folder '%s' is not empty, and no store: name another, or a new one",
                         st->folder.path);
    if (rc == PL_OK && n == 0 && st->options.read_only)
        rc = store_fault(&st->folder, "there is no store in '%s'", st->folder.path);
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

/* What manifest `m` tells becomes what is open. */
static int take(struct dedupe_store *st, const struct store_manifest *m)
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

static int fresh(struct dedupe_store *st)
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
    atomic_init(&st->committed, 0);
    int rc = store_folder_open(&st->folder, options, fault);
    if (rc == PL_OK)
        rc = make_parts(st);
    if (rc == PL_OK && st->folder.path)
        rc = find_manifests(st);
    if (rc == PL_OK)
        rc = st->n_kept ? take(st, &st->kept[st->n_kept - 1]) : fresh(st);
    if (rc == PL_OK && st->folder.path && !st->options.read_only)
        rc = sweep(st);
    st->folder.failed = rc != PL_OK;
    return rc;
}

void dedupe_store_close(struct dedupe_store *st)
{
    if (!st)
        return;
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

/* ---- checkpoints ---- */

static int sync_all(struct dedupe_store *st)
{
    int rc = store_log_sync(&st->log);

    if (rc == PL_OK)
        rc = store_keys_sync(&st->keys);
    for (size_t i = 0; rc == PL_OK && i < st->n_runs; i++)
        rc = store_file_sync(&st->run[i].file);
    return rc == PL_OK ? store_folder_sync(&st->folder) : rc;
}

static int copy_list(struct dedupe_store *st, void **to, const void *from, size_t bytes)
{
    *to = malloc(bytes ? bytes : 1);
    if (!*to)
        return store_no_memory(&st->folder);
    if (bytes)
        memcpy(*to, from, bytes);
    return PL_OK;
}

static int write_manifest(struct dedupe_store *st, uint64_t n)
{
    struct store_manifest m = st->now;
    void *segment = NULL, *days = NULL;

    m.generation = st->n_kept ? st->kept[st->n_kept - 1].generation + 1 : 1;
    m.writer = st->writer;
    m.checkpoint = n;
    m.keys = st->keys.file.folder ? st->keys.end : (struct store_keys_mark){0};
    m.n_runs = st->n_runs;
    for (size_t i = 0; i < st->n_runs; i++)
        m.run[i] = st->run[i].info;
    m.n_segments = st->log.n;
    int rc = copy_list(st, &segment, st->log.segment, st->log.n * sizeof *m.segment);
    if (rc == PL_OK)
        rc = copy_list(st, &days, st->now.days, st->now.n_days * sizeof *m.days);
    m.segment = segment;
    m.days = days;
    if (rc == PL_OK)
        rc = store_manifest_write(&st->folder, &m);
    const uint64_t generation = m.generation;
    if (rc == PL_OK)
        rc = keep_manifest(st, &m);
    if (rc != PL_OK) {
        store_manifest_done(&m);
        return rc;
    }
    st->now.generation = generation;
    st->changed = false;
    return PL_OK;
}

/* All before the manifest that comes before checkpoint `n` go, with what only they need. */
static int prune(struct dedupe_store *st, uint64_t n)
{
    size_t last = st->n_kept;

    for (size_t i = 0; i < st->n_kept; i++)
        if (st->kept[i].writer == st->writer && st->kept[i].checkpoint <= n)
            last = i;
    if (last == st->n_kept || last < 2)
        return last == st->n_kept ? PL_OK : sweep(st);
    const size_t gone = last - 1;
    for (size_t i = 0; i < gone; i++)
        store_manifest_done(&st->kept[i]);
    st->n_kept -= gone;
    memmove(st->kept, st->kept + gone, st->n_kept * sizeof *st->kept);
    return sweep(st);
}

/* What another thread was told of. */
static int prune_committed(struct dedupe_store *st)
{
    const uint64_t n = atomic_exchange(&st->committed, 0);

    return n ? prune(st, n - 1) : PL_OK;
}

int dedupe_store_checkpoint(struct dedupe_store *st, uint64_t n, char *saved)
{
    int rc = PL_OK;

    *saved = 0;
    if (st->folder.failed)
        return PL_ERROR;
    if (!st->folder.path || st->options.read_only)
        return PL_OK;
    if (st->options.resumable)
        rc = prune_committed(st);
    const struct store_manifest *newest = st->n_kept ? &st->kept[st->n_kept - 1] : NULL;
    if (rc == PL_OK)
        rc = sync_all(st);
    if (rc == PL_OK && st->options.resumable && (st->changed || !newest || newest->writer != st->writer))
        rc = write_manifest(st, n);
    st->folder.failed = rc != PL_OK;
    if (rc == PL_OK && st->options.resumable)
        snprintf(saved, DEDUPE_STORE_SAVED, "%d %llu %016llx", SAVED_FORMAT,
                 (unsigned long long)st->kept[st->n_kept - 1].generation, (unsigned long long)st->writer);
    return rc;
}

int dedupe_store_committed(struct dedupe_store *st, uint64_t n, bool last)
{
    int rc = PL_OK;

    if (!last) {
        atomic_store(&st->committed, n + 1);
        return PL_OK;
    }
    if (!st->folder.path || st->options.read_only)
        return PL_OK;
    if (st->folder.failed)
        return PL_ERROR;
    if (!st->options.resumable && st->changed) {
        rc = sync_all(st);
        if (rc == PL_OK)
            rc = write_manifest(st, n);
    }
    if (rc == PL_OK)
        rc = prune(st, n);
    st->folder.failed = rc != PL_OK;
    return rc;
}

/* The manifests later than `kept` go first, and durably so: what they tell is cut off next. */
static int forget_later(struct dedupe_store *st, size_t kept)
{
    char name[STORE_NAME];
    int rc = PL_OK;

    while (rc == PL_OK && st->n_kept > kept) {
        struct store_manifest *m = &st->kept[st->n_kept - 1];
        store_manifest_name(name, m->generation);
        rc = store_folder_remove(&st->folder, name);
        if (rc == PL_OK)
            rc = store_folder_sync(&st->folder);
        if (rc == PL_OK) {
            store_manifest_done(m);
            st->n_kept--;
        }
    }
    return rc;
}

static int go_back(struct dedupe_store *st, uint64_t generation)
{
    size_t i = st->n_kept;

    while (i && st->kept[i - 1].generation != generation)
        i--;
    if (!i || st->kept[i - 1].writer != st->writer)
        return store_fault(&st->folder, "the store '%s' does not have its generation %llu, from which the run is to go "
                           "on: put it back as it was, or begin anew with --restart",
                           st->folder.path, (unsigned long long)generation);
    int rc = forget_later(st, i);
    if (rc == PL_OK)
        rc = take(st, &st->kept[i - 1]);
    return rc == PL_OK ? sweep(st) : rc;
}

int dedupe_store_restore(struct dedupe_store *st, pl_str saved)
{
    unsigned long long generation, writer;
    char text[DEDUPE_STORE_SAVED];
    int format, end = -1;

    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1),
             saved.ptr ? saved.ptr : "");
    if (sscanf(text, "%9d %19llu %16llx%n", &format, &generation, &writer, &end) != 3 || end != (int)saved.len ||
        format != SAVED_FORMAT || !st->folder.path)
        return store_fault(&st->folder, "what was saved of the store cannot be read: begin anew with --restart");
    if (st->folder.failed)
        return PL_ERROR;
    if (st->n_kept && st->kept[st->n_kept - 1].writer != writer)
        return PL_OK;
    st->writer = writer;
    const int rc = go_back(st, generation);
    st->folder.failed = rc != PL_OK;
    return rc;
}

int dedupe_store_forget(struct dedupe_store *st)
{
    if (st->folder.failed)
        return PL_ERROR;
    int rc = forget_later(st, 0);
    if (rc == PL_OK)
        rc = fresh(st);
    if (rc == PL_OK)
        rc = sweep(st);
    st->folder.failed = rc != PL_OK;
    return rc;
}
