/* dedupe_shard_read.c - reading a signature file that may be anybody's. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dedupe_shard_disk.h"
#include "dedupe_shard_file.h"

enum { AHEAD = 1 << 18, LEAST_FILE = sizeof(struct sig_head) + sizeof(struct sig_foot) };

/* Bytes of the file at hand, for reading on in one direction. */
struct ahead {
    unsigned char *buf;
    size_t len;
    uint64_t at; /* of buf in the file */
};

struct dedupe_sig {
    int fd;
    char *path;
    uint64_t size;
    struct sig_head head;
    struct sig_foot foot;
    char names[2 * SIG_MAX_NAMES];
    struct dedupe_sig_counts counts;
    uint64_t docs_at;
    struct ahead docs, keys;
    uint64_t doc_at, key_at; /* where the next ones are */
    uint64_t n_docs, n_keys; /* read so far, in order */
    uint32_t keys_crc;
    struct dedupe_pair last_key;
    uint64_t *one, *next; /* a document's bytes: of dedupe_sig_doc(), of dedupe_sig_next_doc() */
    size_t one_cap, next_cap;
    enum dedupe_sig_fault why;
    char message[1024];
};

static int damaged(struct dedupe_sig *f, uint64_t at, const char *what)
{
    snprintf(f->message, sizeof f->message, "%s: %s at byte %" PRIu64 ": make it anew from its shard", f->path, what, at);
    f->why = DEDUPE_SIG_DAMAGED;
    return PL_ERROR;
}

static int machine(struct dedupe_sig *f, const char *doing)
{
    snprintf(f->message, sizeof f->message, "cannot %s '%s': %s", doing, f->path, strerror(errno));
    f->why = DEDUPE_SIG_MACHINE;
    return PL_ERROR;
}

static int foreign(struct dedupe_sig *f, const char *what)
{
    snprintf(f->message, sizeof f->message, "%s: %s", f->path, what);
    f->why = DEDUPE_SIG_FOREIGN;
    return PL_ERROR;
}

static int no_memory(struct dedupe_sig *f)
{
    errno = ENOMEM;
    return machine(f, "read");
}

/* ---- head and foot ---- */

static int read_head(struct dedupe_sig *f)
{
    const struct sig_head here = sig_head_here();
    struct sig_head *head = &f->head;

    if (dedupe_pread_all(f->fd, head, sizeof *head, 0) < 0)
        return machine(f, "read");
    if (memcmp(head->magic, here.magic, sizeof head->magic) != 0)
        return foreign(f, "this is not a signature file");
    if (head->order != here.order)
        return foreign(f, "it was made on a machine with another byte order: make it anew here from its shard");
    if (head->format != here.format)
        return foreign(f, "it has another format: make it anew with this pressline");
    if (head->scope_len > SIG_MAX_NAMES || head->shard_len > SIG_MAX_NAMES)
        return damaged(f, 0, "the head is damaged");
    f->docs_at = sig_padded(sizeof *head + head->scope_len + head->shard_len);
    if (f->docs_at > f->size - sizeof f->foot)
        return damaged(f, 0, "the head is damaged");
    if (dedupe_pread_all(f->fd, f->names, head->scope_len + head->shard_len, sizeof *head) < 0)
        return machine(f, "read");
    uint32_t crc = sig_crc(0, head, offsetof(struct sig_head, crc));
    crc = sig_crc(crc, f->names, head->scope_len + head->shard_len);
    if (crc != head->crc)
        return damaged(f, 0, "the head is damaged");
    if (here.hashing == 0)
        return no_memory(f);
    if (head->hashing != here.hashing || head->shingle_words != here.shingle_words || head->minhashes != here.minhashes ||
        head->bands != here.bands || head->max_shingles != here.max_shingles || head->sampled_of != here.sampled_of ||
        head->max_samples != here.max_samples)
        return foreign(f, "its signatures are of another method: make it anew with this pressline");
    return PL_OK;
}

static int read_foot(struct dedupe_sig *f)
{
    struct sig_foot *foot = &f->foot;
    const uint64_t at = f->size - sizeof *foot;

    if (dedupe_pread_all(f->fd, foot, sizeof *foot, at) < 0)
        return machine(f, "read");
    if (memcmp(foot->magic, SIG_END, sizeof SIG_END) != 0 || sig_crc(0, foot, offsetof(struct sig_foot, crc)) != foot->crc)
        return damaged(f, f->size, "the end is missing: the file was cut or changed");
    if (foot->documents >= UINT32_MAX || foot->places_at < f->docs_at || foot->places_at > at ||
        foot->keys_at < foot->places_at || foot->keys_at > at || foot->places_at % 8 != 0 ||
        foot->keys_at - foot->places_at != foot->documents * sizeof(uint64_t) ||
        (at - foot->keys_at) % sizeof(struct dedupe_pair) != 0 ||
        (at - foot->keys_at) / sizeof(struct dedupe_pair) != foot->keys)
        return damaged(f, at, "the foot is damaged");
    f->counts = (struct dedupe_sig_counts){.documents = foot->documents,
                                           .keys = foot->keys,
                                           .shard = {foot->lines, foot->bytes, foot->shard_crc}};
    f->doc_at = f->docs_at;
    f->key_at = foot->keys_at;
    return PL_OK;
}

struct dedupe_sig *dedupe_sig_open_fd(int fd, const char *path, char *message, size_t size, enum dedupe_sig_fault *why)
{
    struct dedupe_sig *f = calloc(1, sizeof *f);
    struct stat st;
    int rc = PL_ERROR;

    *why = DEDUPE_SIG_MACHINE;
    if (!f || !(f->path = strdup(path))) {
        snprintf(message, size, "out of memory");
        free(f);
        close(fd);
        return NULL;
    }
    f->fd = fd;
    if (fstat(fd, &st) < 0)
        machine(f, "look at");
    else if (!S_ISREG(st.st_mode))
        foreign(f, "this is not a file");
    else if (f->size = (uint64_t)st.st_size, f->size < LEAST_FILE)
        damaged(f, f->size, "the end is missing: the file was cut or changed");
    else if ((rc = read_head(f)) == PL_OK)
        rc = read_foot(f);
    if (rc == PL_OK)
        return f;
    snprintf(message, size, "%s", f->message);
    *why = f->why;
    dedupe_sig_close(f);
    return NULL;
}

struct dedupe_sig *dedupe_sig_open(const char *path, char *message, size_t size, enum dedupe_sig_fault *why)
{
    int fd;

    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (fd < 0 && errno == EINTR);
    if (fd >= 0)
        return dedupe_sig_open_fd(fd, path, message, size, why);
    *why = DEDUPE_SIG_MACHINE;
    snprintf(message, size, "cannot open '%s': %s", path, strerror(errno));
    return NULL;
}

void dedupe_sig_close(struct dedupe_sig *f)
{
    if (!f)
        return;
    close(f->fd);
    free(f->docs.buf);
    free(f->keys.buf);
    free(f->one);
    free(f->next);
    free(f->path);
    free(f);
}

const struct dedupe_sig_counts *dedupe_sig_counts(const struct dedupe_sig *f)
{
    return &f->counts;
}

struct dedupe_settings dedupe_sig_settings(const struct dedupe_sig *f)
{
    return (struct dedupe_settings){.url = (f->head.flags & SIG_URL) != 0,
                                    .samples = (f->head.flags & SIG_SAMPLES) != 0,
                                    .scope = {f->names, f->head.scope_len}};
}

pl_str dedupe_sig_shard(const struct dedupe_sig *f)
{
    return (pl_str){f->names + f->head.scope_len, f->head.shard_len};
}

const char *dedupe_sig_message(const struct dedupe_sig *f)
{
    return f->message;
}

/* ---- keys ---- */

/* The n bytes at `at`, which lie before `end`; n is at most AHEAD.  NULL, and told, where they cannot be had. */
static const void *look(struct dedupe_sig *f, struct ahead *a, uint64_t at, size_t n, uint64_t end)
{
    if (a->buf && at >= a->at && at - a->at <= a->len && a->len - (at - a->at) >= n)
        return a->buf + (at - a->at);
    if (!a->buf && !(a->buf = malloc(AHEAD))) {
        no_memory(f);
        return NULL;
    }
    a->at = at;
    a->len = end - at < AHEAD ? (size_t)(end - at) : AHEAD;
    if (dedupe_pread_all(f->fd, a->buf, a->len, at) < 0) {
        a->len = 0;
        machine(f, "read");
        return NULL;
    }
    return a->buf;
}

int dedupe_sig_next_key(struct dedupe_sig *f, struct dedupe_pair *p)
{
    const uint64_t end = f->size - sizeof f->foot;

    if (f->n_keys == f->foot.keys)
        return f->keys_crc == f->foot.keys_crc ? 0 : damaged(f, f->foot.keys_at, "the keys are not those that were written,");
    const void *at = look(f, &f->keys, f->key_at, sizeof *p, end);
    if (!at)
        return PL_ERROR;
    memcpy(p, at, sizeof *p);
    if ((f->n_keys > 0 && !dedupe_pair_less(f->last_key, *p)) || p->b >> 32 >= f->foot.documents ||
        (p->b & UINT32_MAX) >= DEDUPE_MAX_KEYS)
        return damaged(f, f->key_at, "the keys are not those that were written,");
    f->keys_crc = sig_crc(f->keys_crc, at, sizeof *p);
    f->last_key = *p;
    f->key_at += sizeof *p;
    f->n_keys++;
    return 1;
}

/* ---- documents ---- */

static int reserve(struct dedupe_sig *f, uint64_t **bytes, size_t *cap, size_t need)
{
    if (need <= *cap)
        return PL_OK;
    uint64_t *more = realloc(*bytes, need + need / 2 + 8);
    if (!more)
        return no_memory(f);
    *bytes = more;
    *cap = need + need / 2 + 8;
    return PL_OK;
}

/* Is this the head of a document at `at` that ends before the places? */
static bool head_fits(const struct dedupe_sig *f, const struct sig_doc_head *head, uint64_t at)
{
    return head->size > 0 && head->size <= SIG_MAX_SIGNATURE && sig_padded(head->size) <= f->foot.places_at - at - sizeof *head;
}

static int check_doc(struct dedupe_sig *f, const struct sig_doc_head *head, const void *bytes, uint64_t at,
                     struct dedupe_sig_doc *doc)
{
    uint32_t crc = sig_crc(0, head, offsetof(struct sig_doc_head, crc));

    crc = sig_crc(crc, bytes, head->size);
    if (crc != head->crc || !dedupe_signature_read((pl_str){bytes, head->size}, &doc->signature))
        return damaged(f, at, "the document is not the one that was written,");
    doc->line = head->line;
    return PL_OK;
}

int dedupe_sig_next_doc(struct dedupe_sig *f, struct dedupe_sig_doc *doc)
{
    const uint64_t at = f->doc_at, end = f->foot.places_at;
    struct sig_doc_head head;

    if (f->n_docs == f->foot.documents)
        return at == end ? 0 : damaged(f, at, "something follows the documents");
    const void *bytes = end - at < sizeof head ? NULL : look(f, &f->docs, at, sizeof head, end);
    if (!bytes)
        return end - at < sizeof head ? damaged(f, at, "a document is missing") : PL_ERROR;
    memcpy(&head, bytes, sizeof head);
    if (!head_fits(f, &head, at))
        return damaged(f, at, "the document is not the one that was written,");
    const size_t n = head.size;
    int rc = reserve(f, &f->next, &f->next_cap, n);
    if (rc != PL_OK)
        return rc;
    if (n <= AHEAD) {
        if (!(bytes = look(f, &f->docs, at + sizeof head, n, end)))
            return PL_ERROR;
        memcpy(f->next, bytes, n);
    } else if (dedupe_pread_all(f->fd, f->next, n, at + sizeof head) < 0) {
        return machine(f, "read");
    }
    rc = check_doc(f, &head, f->next, at, doc);
    f->doc_at = at + sizeof head + sig_padded(n);
    f->n_docs++;
    return rc == PL_OK ? 1 : rc;
}

int dedupe_sig_doc(struct dedupe_sig *f, uint32_t n, struct dedupe_sig_doc *doc)
{
    const uint64_t place = f->foot.places_at + n * sizeof(uint64_t);
    struct sig_doc_head head;
    uint64_t at;

    if (n >= f->foot.documents)
        return damaged(f, place, "a document is missing");
    if (dedupe_pread_all(f->fd, &at, sizeof at, place) < 0)
        return machine(f, "read");
    if (at < f->docs_at || at > f->foot.places_at || f->foot.places_at - at < sizeof head || at % 8 != 0)
        return damaged(f, place, "the place of a document is wrong");
    if (dedupe_pread_all(f->fd, &head, sizeof head, at) < 0)
        return machine(f, "read");
    if (!head_fits(f, &head, at))
        return damaged(f, at, "the document is not the one that was written,");
    const int rc = reserve(f, &f->one, &f->one_cap, head.size);
    if (rc != PL_OK)
        return rc;
    if (dedupe_pread_all(f->fd, f->one, head.size, at + sizeof head) < 0)
        return machine(f, "read");
    return check_doc(f, &head, f->one, at, doc);
}
