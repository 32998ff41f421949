/* dedupe_shard_write.c - making a signature file. */
#include <stdio.h>
#include <stdlib.h>

#include "dedupe_shard_disk.h"
#include "dedupe_shard_file.h"
#include "dedupe_shard_out.h"

enum { PLACES_MEMORY = 1 << 16 };

struct dedupe_sig_writer {
    struct dedupe_out out;
    struct dedupe_sort *places, *keys;
    uint32_t documents;
    bool broken; /* nothing more is written, and the message stands */
    char message[1024];
};

struct sig_head sig_head_here(void)
{
    static const char sentence[] = "The council said on Tuesday that it would not reopen the bridge before spring";
    struct sig_head head = {.magic = SIG_MAGIC,
                            .order = SIG_ORDER,
                            .format = SIG_FORMAT,
                            .shingle_words = DEDUPE_SHINGLE_WORDS,
                            .minhashes = DEDUPE_MINHASHES,
                            .bands = DEDUPE_BANDS,
                            .max_shingles = DEDUPE_MAX_SHINGLES,
                            .sampled_of = DEDUPE_SAMPLED_OF,
                            .max_samples = DEDUPE_MAX_SAMPLES};
    const struct dedupe_subject subject = {.id = PL_S("id"), .url = PL_S("https://news.example/a"), .samples = true};
    struct dedupe_sketcher *k = dedupe_sketcher_new();

    if (k)
        dedupe_sketch(k, (pl_str){sentence, sizeof sentence - 1});
    const size_t size = k ? dedupe_sign_size(k, &subject) : 0;
    void *signature = size ? malloc(size) : NULL;
    if (signature) {
        dedupe_sign(k, &subject, signature);
        head.hashing = sig_crc(0, signature, size);
    }
    free(signature);
    dedupe_sketcher_free(k);
    return head;
}

static int fail(struct dedupe_sig_writer *w, const char *why)
{
    if (!w->broken)
        snprintf(w->message, sizeof w->message, "%s", why);
    w->broken = true;
    return PL_ERROR;
}

static int put(struct dedupe_sig_writer *w, const void *bytes, size_t n)
{
    return n == 0 || dedupe_out_put(&w->out, bytes, n) == PL_OK ? PL_OK : fail(w, w->out.message);
}

static int put_padding(struct dedupe_sig_writer *w)
{
    static const char zeros[8];
    return put(w, zeros, (size_t)(sig_padded(w->out.at) - w->out.at));
}

static void put_head(struct dedupe_sig_writer *w, const struct dedupe_settings *settings, pl_str shard)
{
    struct sig_head head = sig_head_here();

    if (head.hashing == 0) {
        fail(w, "out of memory");
        return;
    }
    if (settings->scope.len > SIG_MAX_NAMES || shard.len > SIG_MAX_NAMES) {
        fail(w, "the names of the fields of `scope`, or of the shard, are too long");
        return;
    }
    head.flags = (settings->url ? SIG_URL : 0u) | (settings->samples ? SIG_SAMPLES : 0u);
    head.scope_len = (uint32_t)settings->scope.len;
    head.shard_len = (uint32_t)shard.len;
    head.crc = sig_crc(0, &head, offsetof(struct sig_head, crc));
    head.crc = sig_crc(head.crc, settings->scope.ptr ? settings->scope.ptr : "", settings->scope.len);
    head.crc = sig_crc(head.crc, shard.ptr, shard.len);
    put(w, &head, sizeof head);
    put(w, settings->scope.ptr, settings->scope.len);
    put(w, shard.ptr, shard.len);
    put_padding(w);
}

struct dedupe_sig_writer *dedupe_sig_write(const char *path, const struct dedupe_settings *settings, pl_str shard,
                                           size_t memory, const char *folder)
{
    struct dedupe_sig_writer *w = calloc(1, sizeof *w);

    if (!w)
        return NULL;
    if (dedupe_out_open(&w->out, path, false) != PL_OK) {
        fail(w, w->out.message);
        return w;
    }
    w->keys = dedupe_sort_new(memory, folder);
    w->places = dedupe_sort_new(PLACES_MEMORY, folder);
    if (!w->keys || !w->places)
        fail(w, "out of memory");
    else
        put_head(w, settings, shard);
    return w;
}

int dedupe_sig_write_add(struct dedupe_sig_writer *w, uint64_t line, pl_str signature)
{
    struct sig_doc_head head = {.line = line, .size = (uint32_t)signature.len};
    struct dedupe_signature s;

    if (w->broken)
        return PL_ERROR;
    if (signature.len > SIG_MAX_SIGNATURE || !dedupe_signature_read(signature, &s) || w->documents == UINT32_MAX - 1)
        return fail(w, "a signature, or the number of documents, is too large");
    if (dedupe_sort_add_ascending(w->places, (struct dedupe_pair){w->documents, w->out.at}) != PL_OK)
        return fail(w, dedupe_sort_message(w->places));
    head.crc = sig_crc(0, &head, offsetof(struct sig_doc_head, crc));
    head.crc = sig_crc(head.crc, signature.ptr, signature.len);
    if (put(w, &head, sizeof head) != PL_OK || put(w, signature.ptr, signature.len) != PL_OK || put_padding(w) != PL_OK)
        return PL_ERROR;
    for (size_t i = 0; i < s.n; i++)
        if (dedupe_sort_add(w->keys, (struct dedupe_pair){s.key[i], (uint64_t)w->documents << 32 | i}) != PL_OK)
            return fail(w, dedupe_sort_message(w->keys));
    w->documents++;
    return PL_OK;
}

/* All pairs of a sort, or only the second number of each. */
static int put_sorted(struct dedupe_sig_writer *w, struct dedupe_sort *s, bool both, uint32_t *crc)
{
    struct dedupe_pair p;
    int rc = dedupe_sort_begin(s);

    while (rc == PL_OK) {
        const int got = dedupe_sort_next(s, &p);
        if (got == 0)
            return PL_OK;
        if (got < 0)
            break;
        const void *bytes = both ? (const void *)&p : &p.b;
        const size_t n = both ? sizeof p : sizeof p.b;
        *crc = sig_crc(*crc, bytes, n);
        rc = put(w, bytes, n);
    }
    return fail(w, dedupe_sort_message(s));
}

int dedupe_sig_write_end(struct dedupe_sig_writer *w, const struct dedupe_shard_mark *shard)
{
    struct sig_foot foot = {.documents = w->documents,
                            .lines = shard->lines,
                            .bytes = shard->bytes,
                            .shard_crc = shard->crc,
                            .magic = SIG_END};

    if (w->broken)
        return PL_ERROR;
    foot.keys = dedupe_sort_count(w->keys);
    foot.places_at = w->out.at;
    if (put_sorted(w, w->places, false, &foot.places_crc) != PL_OK)
        return PL_ERROR;
    foot.keys_at = w->out.at;
    if (put_sorted(w, w->keys, true, &foot.keys_crc) != PL_OK)
        return PL_ERROR;
    foot.crc = sig_crc(0, &foot, offsetof(struct sig_foot, crc));
    if (put(w, &foot, sizeof foot) != PL_OK)
        return PL_ERROR;
    return dedupe_out_end(&w->out) == PL_OK ? PL_OK : fail(w, w->out.message);
}

const char *dedupe_sig_write_message(const struct dedupe_sig_writer *w)
{
    return w->message;
}

void dedupe_sig_write_free(struct dedupe_sig_writer *w)
{
    if (!w)
        return;
    dedupe_out_close(&w->out);
    dedupe_sort_free(w->keys);
    dedupe_sort_free(w->places);
    free(w);
}
