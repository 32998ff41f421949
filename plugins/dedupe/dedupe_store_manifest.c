/* dedupe_store_manifest.c - what a store consists of at a checkpoint: files, lengths, checksums. */
#include "dedupe_store_manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 2, LARGEST = 64 << 20 };

#define MAGIC "PRESSDUP"
#define ORDER UINT64_C(0x0102030405060708)

/* In the order of the file. */
enum {
    F_MAGIC,
    F_ORDER,
    F_VERSION,
    F_SALT,
    F_GENERATION,
    F_WRITER,
    F_CHECKPOINT,
    F_KNOWN,
    F_DOCUMENTS,
    F_FIRST_LIVE,
    F_DAY,
    F_NEXT_FILE,
    F_KEYS_NUMBER,
    F_KEYS_LENGTH,
    F_KEYS_CHECK,
    F_RUNS,
    F_SEGMENTS,
    F_DAYS,
    F_LISTS,
    RUN_FIELDS = 6,
    SEGMENT_FIELDS = 4,
    DAY_FIELDS = 2
};

_Static_assert(sizeof(struct store_run_info) == RUN_FIELDS * 8, "written as it is");
_Static_assert(sizeof(struct store_segment) == SEGMENT_FIELDS * 8, "written as it is");
_Static_assert(sizeof(struct store_day) == DAY_FIELDS * 8, "written as it is");

void store_manifest_name(char *name, uint64_t generation)
{
    snprintf(name, STORE_NAME, "manifest-%010llu", (unsigned long long)generation);
}

bool store_manifest_number(const char *name, uint64_t *generation)
{
    char again[STORE_NAME];

    if (strncmp(name, "manifest-", 9) != 0 || strlen(name) >= STORE_NAME || strspn(name + 9, "0123456789") > 19)
        return false;
    *generation = strtoull(name + 9, NULL, 10);
    store_manifest_name(again, *generation);
    return *generation > 0 && strcmp(again, name) == 0;
}

void store_manifest_done(struct store_manifest *m)
{
    free(m->segment);
    free(m->days);
    *m = (struct store_manifest){0};
}

static size_t words_of(const struct store_manifest *m)
{
    return F_LISTS + m->n_runs * RUN_FIELDS + m->n_segments * SEGMENT_FIELDS + m->n_days * DAY_FIELDS + 1;
}

int store_manifest_write(struct store_folder *f, const struct store_manifest *m)
{
    const size_t n = words_of(m);
    uint64_t *word = calloc(n, sizeof *word), *at = word + F_LISTS;
    char name[STORE_NAME];

    if (!word)
        return store_no_memory(f);
    memcpy(&word[F_MAGIC], MAGIC, sizeof *word);
    word[F_ORDER] = ORDER;
    word[F_VERSION] = FORMAT;
    word[F_SALT] = m->salt;
    word[F_GENERATION] = m->generation;
    word[F_WRITER] = m->writer;
    word[F_CHECKPOINT] = m->checkpoint;
    word[F_KNOWN] = m->known;
    word[F_DOCUMENTS] = m->documents;
    word[F_FIRST_LIVE] = m->first_live;
    word[F_DAY] = m->day;
    word[F_NEXT_FILE] = m->next_file;
    word[F_KEYS_NUMBER] = m->keys.number;
    word[F_KEYS_LENGTH] = m->keys.length;
    word[F_KEYS_CHECK] = m->keys.check;
    word[F_RUNS] = m->n_runs;
    word[F_SEGMENTS] = m->n_segments;
    word[F_DAYS] = m->n_days;
    memcpy(at, m->run, m->n_runs * sizeof *m->run);
    at += m->n_runs * RUN_FIELDS;
    if (m->n_segments)
        memcpy(at, m->segment, m->n_segments * sizeof *m->segment);
    at += m->n_segments * SEGMENT_FIELDS;
    if (m->n_days)
        memcpy(at, m->days, m->n_days * sizeof *m->days);
    word[n - 1] = store_check(ORDER, word, (n - 1) * sizeof *word);
    store_manifest_name(name, m->generation);
    const int rc = store_folder_put(f, name, word, n * sizeof *word);
    free(word);
    return rc;
}

/* ---- reading ---- */

static bool runs_fit(const struct store_manifest *m)
{
    for (size_t i = 0; i < m->n_runs; i++) {
        const struct store_run_info *r = &m->run[i];
        if (!store_run_plausible(r) || r->number >= m->next_file || r->last_doc >= m->documents)
            return false;
        for (size_t j = 0; j < i; j++)
            if (m->run[j].number == r->number)
                return false;
    }
    return true;
}

/* One behind the other, to the last document, with none missing that is live. */
static bool segments_fit(const struct store_manifest *m)
{
    uint64_t next = m->n_segments ? m->segment[0].first_doc : m->documents;

    if (next > m->first_live)
        return false;
    for (size_t i = 0; i < m->n_segments; i++) {
        const struct store_segment *s = &m->segment[i];
        if (s->number >= m->next_file || s->first_doc != next || s->docs > m->documents - next ||
            s->length > UINT32_MAX || (i && s->number <= m->segment[i - 1].number))
            return false;
        next += s->docs;
    }
    return next == m->documents;
}

static bool days_fit(const struct store_manifest *m)
{
    for (size_t i = 0; i < m->n_days; i++)
        if (m->days[i].first_doc >= m->documents || m->days[i].day > m->day ||
            (i && (m->days[i].day <= m->days[i - 1].day || m->days[i].first_doc <= m->days[i - 1].first_doc)))
            return false;
    return true;
}

static bool fits(const struct store_manifest *m)
{
    return m->documents < UINT32_MAX && m->first_live <= m->documents && m->day <= UINT32_MAX &&
           m->next_file <= UINT32_MAX && m->keys.number < m->next_file && m->keys.length <= INT64_MAX && runs_fit(m) &&
           segments_fit(m) && days_fit(m);
}

static int lists(struct store_folder *f, const uint64_t *at, struct store_manifest *m)
{
    m->segment = calloc(m->n_segments ? m->n_segments : 1, sizeof *m->segment);
    m->days = calloc(m->n_days ? m->n_days : 1, sizeof *m->days);
    if (!m->segment || !m->days)
        return store_no_memory(f);
    memcpy(m->run, at, m->n_runs * sizeof *m->run);
    at += m->n_runs * RUN_FIELDS;
    memcpy(m->segment, at, m->n_segments * sizeof *m->segment);
    at += m->n_segments * SEGMENT_FIELDS;
    memcpy(m->days, at, m->n_days * sizeof *m->days);
    return PL_OK;
}

static int decode(struct store_folder *f, const char *name, const uint64_t *word, size_t n, struct store_manifest *m)
{
    if (n <= F_LISTS || memcmp(&word[F_MAGIC], MAGIC, sizeof *word) != 0)
        return store_damaged(f, name, 0, "it does not begin as a store does");
    if (word[F_ORDER] != ORDER)
        return store_fault(f, "'%s/%s%s' was written on a machine of another byte order: use the store there", f->path,
                           f->prefix, name);
    if (word[F_VERSION] != FORMAT)
        return store_fault(f, "'%s/%s%s' is of format %llu, and this program knows %d: use the program that made it",
                           f->path, f->prefix, name, (unsigned long long)word[F_VERSION], FORMAT);
    if (word[n - 1] != store_check(ORDER, word, (n - 1) * sizeof *word))
        return store_damaged(f, name, 0, "it has another checksum");
    m->salt = word[F_SALT];
    m->generation = word[F_GENERATION];
    m->writer = word[F_WRITER];
    m->checkpoint = word[F_CHECKPOINT];
    m->known = word[F_KNOWN];
    m->documents = word[F_DOCUMENTS];
    m->first_live = word[F_FIRST_LIVE];
    m->day = word[F_DAY];
    m->next_file = word[F_NEXT_FILE];
    m->keys = (struct store_keys_mark){word[F_KEYS_NUMBER], word[F_KEYS_LENGTH], word[F_KEYS_CHECK]};
    if (word[F_RUNS] > STORE_MAX_RUNS || word[F_SEGMENTS] > n || word[F_DAYS] > n)
        return store_damaged(f, name, F_RUNS * sizeof *word, "counts that cannot be");
    m->n_runs = (size_t)word[F_RUNS];
    m->n_segments = (size_t)word[F_SEGMENTS];
    m->n_days = (size_t)word[F_DAYS];
    if (words_of(m) != n)
        return store_damaged(f, name, F_RUNS * sizeof *word, "counts that cannot be");
    const int rc = lists(f, word + F_LISTS, m);
    if (rc == PL_OK && !fits(m))
        return store_damaged(f, name, F_SALT * sizeof *word, "what it tells does not fit together");
    return rc;
}

int store_manifest_read(struct store_folder *f, uint64_t generation, struct store_manifest *m)
{
    struct store_file file = {0};
    char name[STORE_NAME];
    uint64_t size = 0, *word = NULL;

    *m = (struct store_manifest){0};
    store_manifest_name(name, generation);
    int rc = store_file_open(f, &file, name, 0, false);
    if (rc == PL_OK)
        rc = store_file_size(&file, &size);
    if (rc == PL_OK && (size > LARGEST || size % sizeof *word))
        rc = store_damaged(f, name, size, "a length that cannot be");
    if (rc == PL_OK && !(word = malloc((size_t)size + 1)))
        rc = store_no_memory(f);
    if (rc == PL_OK)
        rc = store_file_read(&file, word, (size_t)size, 0);
    if (rc == PL_OK)
        rc = decode(f, name, word, (size_t)size / sizeof *word, m);
    if (rc == PL_OK && m->generation != generation)
        rc = store_damaged(f, name, F_GENERATION * sizeof *word, "it is the file of another generation");
    if (rc != PL_OK)
        store_manifest_done(m);
    free(word);
    store_file_close(&file);
    return rc;
}

bool store_manifest_needs(const struct store_manifest *m, const char *name)
{
    char one[STORE_NAME], two[STORE_NAME];

    store_manifest_name(one, m->generation);
    if (strcmp(one, name) == 0)
        return true;
    store_keys_name(one, m->keys.number);
    if (m->keys.number && strcmp(one, name) == 0)
        return true;
    for (size_t i = 0; i < m->n_runs; i++) {
        store_run_name(one, m->run[i].number);
        if (strcmp(one, name) == 0)
            return true;
    }
    for (size_t i = 0; i < m->n_segments; i++) {
        store_log_names(m->segment[i].number, one, two);
        if (strcmp(one, name) == 0 || strcmp(two, name) == 0)
            return true;
    }
    return false;
}
