/* dedupe_shard_fuzz.c - any bytes as a signature file, as they are and with their checksums put right. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dedupe_shard_disk.h"
#include "dedupe_shard_file.h"
#include "dedupe_shard_group.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int begin(void *ctx, size_t shard, const struct dedupe_sig *f)
{
    (void)ctx;
    assert(shard < 2 && dedupe_sig_shard(f).len <= SIG_MAX_NAMES);
    return PL_OK;
}

static int told(void *ctx, size_t shard, uint64_t line, pl_str id, const struct dedupe_decision *m)
{
    (void)ctx;
    (void)line;
    assert(shard < 2 && (m->kind != DEDUPE_NEW || m->contains.ptr));
    assert(id.len == 0 || id.ptr);
    return PL_OK;
}

static int end(void *ctx, size_t shard)
{
    (void)ctx;
    (void)shard;
    return PL_OK;
}

/* The file beside itself. */
static void check_group(const char *path)
{
    const char *const paths[] = {path, path};
    const struct dedupe_group_options options = {.rules = {.threshold = .4, .url_floor = .1, .containment = .5},
                                                 .url = true, .folder = "/nowhere/at/all"};
    struct dedupe_group_stats stats;
    enum dedupe_group_fault why;
    char message[1024] = "";

    if (dedupe_group(paths, 2, &options, (struct dedupe_group_sink){begin, told, end, NULL}, &stats, message,
                     sizeof message, &why) != PL_OK)
        assert(message[0]);
}

static void check_file(const uint8_t *bytes, size_t size)
{
    const int fd = memfd_create("signatures", MFD_CLOEXEC);
    char message[1024] = "", path[64];
    enum dedupe_sig_fault why;
    struct dedupe_pair p;
    struct dedupe_sig_doc d;
    uint64_t n = 0;
    int got;

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct dedupe_sig *f = dedupe_sig_open_fd(fd, "a.sig", message, sizeof message, &why);
    if (!f) {
        assert(strstr(message, "a.sig"));
        return;
    }
    const struct dedupe_sig_counts *counts = dedupe_sig_counts(f);
    assert(counts->documents <= size / 8 && counts->keys <= size / 16);
    while ((got = dedupe_sig_next_key(f, &p)) == 1)
        assert(++n <= counts->keys && p.b >> 32 < counts->documents);
    assert(got == 0 || strstr(dedupe_sig_message(f), "a.sig"));
    for (n = 0; (got = dedupe_sig_next_doc(f, &d)) == 1;)
        assert(++n <= counts->documents && d.signature.n > 0);
    assert(got == 0 || strstr(dedupe_sig_message(f), "a.sig"));
    for (uint32_t i = 0; i < counts->documents; i++)
        (void)dedupe_sig_doc(f, i, &d);
    check_group(path);
    dedupe_sig_close(f);
}

static void mend_docs(uint8_t *bytes, uint64_t at, uint64_t to)
{
    struct sig_doc_head head;

    while (to - at >= sizeof head) {
        memcpy(&head, bytes + at, sizeof head);
        if (sig_padded(head.size) > to - at - sizeof head)
            return;
        head.crc = sig_crc(0, &head, offsetof(struct sig_doc_head, crc));
        head.crc = sig_crc(head.crc, bytes + at + sizeof head, head.size);
        memcpy(bytes + at, &head, sizeof head);
        at += sizeof head + sig_padded(head.size);
    }
}

/* All checksums, as far as the lengths make sense, and the method. */
static void mend(uint8_t *bytes, size_t size)
{
    static struct sig_head here;
    struct sig_head head;
    struct sig_foot foot;

    if (size < sizeof head + sizeof foot)
        return;
    if (here.hashing == 0)
        here = sig_head_here();
    memcpy(&head, bytes, sizeof head);
    const uint64_t names = (uint64_t)head.scope_len + head.shard_len, end_ = size - sizeof foot;
    const uint32_t flags = head.flags, scope_len = head.scope_len, shard_len = head.shard_len;
    head = here;
    head.flags = flags;
    head.scope_len = scope_len;
    head.shard_len = shard_len;
    head.crc = sig_crc(0, &head, offsetof(struct sig_head, crc));
    if (names <= size - sizeof head)
        head.crc = sig_crc(head.crc, bytes + sizeof head, names);
    memcpy(bytes, &head, sizeof head);
    memcpy(&foot, bytes + end_, sizeof foot);
    if (foot.places_at <= end_ && sig_padded(sizeof head + names) <= foot.places_at)
        mend_docs(bytes, sig_padded(sizeof head + names), foot.places_at);
    if (foot.keys_at <= end_)
        foot.keys_crc = sig_crc(0, bytes + foot.keys_at, end_ - foot.keys_at);
    memcpy(foot.magic, SIG_END, sizeof SIG_END);
    foot.crc = sig_crc(0, &foot, offsetof(struct sig_foot, crc));
    memcpy(bytes + end_, &foot, sizeof foot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = calloc(1, size + 1);

    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    check_file(copy, size);
    mend(copy, size);
    check_file(copy, size);
    free(copy);
    return 0;
}
