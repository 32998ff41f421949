/* dedupe_store_fuzz.c - any bytes as the files of a store, with their checksums right or not.
 *
 * The input is pieces: a byte that says which file, its length in two bytes,
 * its content.  Of a manifest, a run, payloads, their places and keys the
 * checksums are put right where the first byte of all says so. */
#include <assert.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dedupe_store.h"
#include "dedupe_store_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 7, LONGEST = 3 * STORE_PAGE, SALT_AT = 24 };

static const char *const names[FILES] = {"manifest-0000000001", "run-00000004", "docs-00000001", "at-00000001",
                                         "keys-00000002",       "run-00000003", "manifest-0000000002"};

static char folder[64];

static void put(const char *name, const uint8_t *bytes, size_t n)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        abort();
    close(fd);
}

static void clear(void)
{
    char path[128];

    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
}

/* ---- checksums put right ---- */

struct part {
    uint8_t *at;
    size_t n;
};

static uint64_t word(const struct part *p, size_t i)
{
    uint64_t w = 0;

    if ((i + 1) * 8 <= p->n)
        memcpy(&w, p->at + i * 8, 8);
    return w;
}

static void mend_manifest(struct part *p)
{
    const size_t n = p->n / 8;

    if (n < 2)
        return;
    const uint64_t check = store_check(UINT64_C(0x0102030405060708), p->at, (n - 1) * 8);
    memcpy(p->at + (n - 1) * 8, &check, 8);
}

static void mend_pages(struct part *p, uint64_t salt, uint64_t number)
{
    for (size_t i = 0; (i + 1) * STORE_PAGE <= p->n; i++)
        store_page_seal(p->at + i * STORE_PAGE, store_seed(salt, number, i));
}

/* Of documents 0, 1 ... in segment 1. */
static void mend_places(struct part *at, const struct part *docs, uint64_t salt)
{
    for (size_t doc = 0; (doc + 1) * 16 <= at->n; doc++) {
        uint32_t place[2];
        memcpy(place, at->at + doc * 16, 8);
        if ((uint64_t)place[0] + place[1] > docs->n)
            continue;
        const uint64_t check =
            store_check(store_seed(salt, 1, (uint64_t)doc << 32 | place[0]), docs->at + place[0], place[1]);
        memcpy(at->at + doc * 16 + 8, &check, 8);
    }
}

/* The checksum at the end of it goes to the manifest. */
static uint64_t mend_keys(struct part *p, uint64_t salt)
{
    uint64_t check = store_seed(salt, 2, 0);

    for (size_t at = 0; p->n - at >= 16;) {
        uint32_t head[2];
        memcpy(head, p->at + at, 8);
        if (head[1] * (uint64_t)8 > p->n - at - 16)
            break;
        check = store_check(store_check(check, p->at + at, 8), p->at + at + 16, head[1] * (size_t)8);
        memcpy(p->at + at + 8, &check, 8);
        at += 16 + head[1] * (size_t)8;
    }
    return check;
}

static void mend(struct part *part)
{
    const uint64_t salt = word(&part[0], SALT_AT / 8);

    mend_pages(&part[1], salt, 4);
    mend_pages(&part[5], salt, 3);
    mend_places(&part[3], &part[2], salt);
    const uint64_t check = mend_keys(&part[4], salt);
    if (part[0].n >= 15 * 8)
        memcpy(part[0].at + 14 * 8, &check, 8);
    mend_manifest(&part[0]);
    mend_manifest(&part[6]);
}

/* ---- a store in use ---- */

/* Whatever is found can be there, and is loaded or refused. */
static void use(struct dedupe_store *st)
{
    struct dedupe_store_stats s;
    const struct dedupe_hit *hit;
    char saved[DEDUPE_STORE_SAVED];
    pl_str payload;
    size_t n;
    uint32_t doc;

    if (dedupe_store_begin(st) != PL_OK)
        return;
    dedupe_store_stats(st, &s);
    for (uint64_t i = 0; i < 24; i++) {
        const uint64_t key[2] = {i, i * 0x123456789abcdef};
        if (dedupe_store_find(st, key, 2, &hit, &n) == PL_OK) {
            assert(n <= 2 * DEDUPE_STORE_BUCKET);
            for (size_t j = 0; j < n; j++) {
                assert(hit[j].doc < s.documents + i && hit[j].key < 2);
                if (dedupe_store_load(st, hit[j].doc, &payload) == PL_OK)
                    assert(payload.len <= DEDUPE_STORE_MAX_PAYLOAD);
            }
        }
        if (dedupe_store_keep(st, key, 2, PL_S("kept"), &doc) != PL_OK)
            break;
        assert(doc == s.documents + i);
        assert(dedupe_store_load(st, doc, &payload) == PL_OK && payload.len == 4);
    }
    for (uint32_t i = 0; i < 4; i++)
        (void)dedupe_store_load(st, i, &payload);
    (void)dedupe_store_verify(st);
    if (dedupe_store_checkpoint(st, 9, saved) == PL_OK)
        (void)dedupe_store_restore(st, (pl_str){saved, strlen(saved)});
}

static void try_store(bool read_only)
{
    const struct dedupe_store_options o = {
        .path = {folder, strlen(folder)}, .read_only = read_only, .memory = 1, .retain = 40};
    struct dedupe_store_fault fault;
    struct dedupe_store *st;

    if (dedupe_store_open(&st, &o, &fault) == PL_OK) {
        if (read_only)
            (void)dedupe_store_verify(st);
        else
            use(st);
    } else {
        assert(fault.message[0]);
    }
    dedupe_store_close(st);
}

static void make_folder(void)
{
    const char *under = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(folder, sizeof folder, "%s/store-fuzz-XXXXXX", under);
    if (!mkdtemp(folder))
        abort();
}

static void remove_folder(void)
{
    char path[128];

    clear();
    snprintf(path, sizeof path, "%s/lock", folder);
    unlink(path);
    rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t room[FILES][LONGEST];
    struct part part[FILES] = {{0}};
    size_t at = 1;

    if (!folder[0]) {
        make_folder();
        atexit(remove_folder);
    }
    for (int i = 0; i < FILES; i++)
        part[i].at = room[i];
    while (at + 3 <= size) {
        struct part *p = &part[data[at] % FILES];
        const size_t pad = (size_t)(data[at] / FILES % 4) * STORE_PAGE;
        size_t n = data[at + 1] | (size_t)data[at + 2] << 8;
        at += 3;
        n = n < size - at ? n : size - at;
        n = n < LONGEST - p->n ? n : LONGEST - p->n;
        memcpy(p->at + p->n, data + at, n);
        p->n += n;
        at += n;
        /* Pages are long: the rest of one is zeros. */
        while (pad > p->n)
            p->at[p->n++] = 0;
    }
    if (size && data[0] & 1)
        mend(part);
    for (int i = 0; i < FILES; i++)
        if (part[i].n)
            put(names[i], part[i].at, part[i].n);
    try_store(true);
    try_store(false);
    clear();
    return 0;
}
