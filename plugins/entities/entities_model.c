/* entities_model.c - checks a model file before any of it is used. */
#include "entities_model.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entities_embed.h"
#include "entities_feature.h"

ENTITIES_EMBEDDED(entities_model_file);

enum { MAX_FILE = 256 << 20 };

static bool digest_holds(const unsigned char *data, size_t len)
{
    static const uint8_t zero[SHA256_DIGEST_SIZE];
    const size_t at = offsetof(struct model_header, digest);
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, at, data);
    sha256_update(&ctx, sizeof zero, zero);
    sha256_update(&ctx, len - at - sizeof zero, data + at + sizeof zero);
    sha256_digest(&ctx, sizeof digest, digest);
    return memcmp(digest, data + at, sizeof digest) == 0;
}

/* Do `n` items of `size` bytes at `at` lie in the file, aligned? */
static bool fits(size_t len, uint32_t at, uint64_t n, size_t size)
{
    return at % 8 == 0 && at >= sizeof(struct model_header) && at <= len && n * size <= len - at;
}

static bool is_table(uint32_t slots)
{
    return slots > 0 && slots <= 1u << 24 && (slots & (slots - 1)) == 0;
}

/* A search in a table ends at a free slot: there must be one. */
static bool has_room(const struct model *m)
{
    uint32_t i = 0, k = 0;
    while (i <= m->row_mask && m->rows[i].tag)
        i++;
    while (k <= m->casing_mask && m->casing[k])
        k++;
    return i <= m->row_mask && k <= m->casing_mask;
}

/* Is no row shifted further than its 16 bits allow? */
static bool shifts_hold(const struct model *m)
{
    unsigned all = 0;
    for (uint32_t i = 0; i <= m->row_mask; i++)
        all |= m->rows[i].shift;
    return all <= MODEL_MAX_SHIFT;
}

static const char *mistake(struct model *m, const unsigned char *data, size_t len)
{
    const struct model_header *h = (const struct model_header *)(const void *)data;
    if (len < sizeof *h || memcmp(h->magic, "PLNAMES", sizeof h->magic) != 0)
        return "it is no model of names";
    if (h->version != MODEL_VERSION || h->features != FEATURES_VERSION)
        return "it was made by another version of train-entities; train it again";
    if (h->size != len)
        return h->size > len ? "it is cut short" : "there is more behind its end";
    if (!digest_holds(data, len))
        return "its digest does not fit: it is damaged";
    if (!is_table(h->row_slots) || !is_table(h->casing_slots) ||
        !fits(len, h->rows, h->row_slots, sizeof(struct model_row)) ||
        !fits(len, h->filter, 1u << (MODEL_FILTER_BITS - 3), 1) ||
        !fits(len, h->casing, h->casing_slots, sizeof(uint32_t)) || !memchr(h->language, '\0', sizeof h->language))
        return "its tables do not lie in it";
    *m = (struct model){.header = h,
                        .rows = (const struct model_row *)(const void *)(data + h->rows),
                        .filter = (const uint64_t *)(const void *)(data + h->filter),
                        .casing = (const uint32_t *)(const void *)(data + h->casing),
                        .row_mask = h->row_slots - 1,
                        .casing_mask = h->casing_slots - 1};
    if (!shifts_hold(m))
        return "its weights are too large";
    return has_room(m) ? NULL : "its tables have no room";
}

bool model_read(struct model *m, const void *data, size_t len, const char **why)
{
    *why = mistake(m, data, len);
    return !*why;
}

bool model_builtin(struct model *m, const char **why)
{
    return model_read(m, entities_model_file, (size_t)(entities_model_file_end - entities_model_file), why);
}

bool model_map(struct model *m, const char *path, const char **why)
{
    struct stat st;
    errno = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* nobody may write to a pipe of that name */
    void *data = MAP_FAILED;
    *why = NULL;
    *m = (struct model){0};
    if (fd >= 0 && fstat(fd, &st) == 0) {
        if (!S_ISREG(st.st_mode) || st.st_size == 0 || st.st_size > MAX_FILE)
            *why = "it is no model of names";
        else
            data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    }
    const int saved = errno;
    if (fd >= 0)
        close(fd);
    if (data == MAP_FAILED) {
        *why = *why ? *why : strerror(saved);
        return false;
    }
    if (!model_read(m, data, (size_t)st.st_size, why)) {
        munmap(data, (size_t)st.st_size);
        return false;
    }
    m->mapped = data;
    return true;
}

void model_unmap(struct model *m)
{
    if (m->mapped)
        munmap(m->mapped, m->header->size);
    *m = (struct model){0};
}

bool model_serves(const struct model *m, const char *language, size_t len)
{
    const char *own = m->header->language;
    size_t n = 0;
    if (len == 0)
        return true;
    while (n < len && own[n] && (language[n] | 32) == (own[n] | 32))
        n++;
    if (own[n])
        return false;
    if (n == len || language[n] == '-' || language[n] == '_')
        return true;
    return strcmp(own, "en") == 0 && (language[n] | 32) == 'g'; /* "eng", "English" */
}

/* Eight labels at once, and the ninth; sums that 16 bits cannot hold wrap. */
typedef int8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t words8 __attribute__((vector_size(16)));

static void add_row(const struct model_row *row, words8 *sums, int16_t *last)
{
    bytes8 weights;
    memcpy(&weights, row->weights, sizeof weights);
    *sums += __builtin_convertvector(weights, words8) << (uint16_t)row->shift;
    *last = (int16_t)(*last + row->weights[8] * (1 << row->shift));
}

void model_add(const struct model *m, const uint64_t *features, size_t n, int16_t sums[MODEL_LABELS])
{
    uint64_t known[MODEL_BATCH];
    size_t n_known = 0;
    words8 eight;
    for (size_t i = 0; i < n && i < MODEL_BATCH; i++) { /* all looks at the filter first: rows are on their way then */
        uint32_t bit = (uint32_t)(features[i] >> 44);
        if (!(m->filter[bit >> 6] >> (bit & 63) & 1))
            continue;
        __builtin_prefetch(&m->rows[(uint32_t)(features[i] >> 1) & m->row_mask]);
        known[n_known++] = features[i];
    }
    memcpy(&eight, sums, sizeof eight);
    for (size_t i = 0; i < n_known; i++) {
        uint16_t tag = (uint16_t)(known[i] >> 24 | 1);
        uint32_t k = (uint32_t)(known[i] >> 1) & m->row_mask;
        while (m->rows[k].tag && m->rows[k].tag != tag)
            k = (k + 1) & m->row_mask;
        if (m->rows[k].tag)
            add_row(&m->rows[k], &eight, &sums[8]);
    }
    memcpy(sums, &eight, sizeof eight);
}

uint8_t model_casing(const struct model *m, uint64_t lower)
{
    uint32_t tag = (uint32_t)(lower >> 32) | 15;
    for (uint32_t i = (uint32_t)(lower >> 1) & m->casing_mask; m->casing[i]; i = (i + 1) & m->casing_mask)
        if ((m->casing[i] | 15) == tag)
            return m->casing[i] & 15;
    return CASING_UNKNOWN;
}
