/* archive_file_fuzz.c - any bytes as the index of an archive, and as the archive beside an index: opened, searched, read from and
 * verified, in bounded memory; a record comes with the checksum that was asked for, or not at all. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_file.h"
#include "archive_index_file.h"
#include "archive_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static char folder[] = "/dev/shm/pressline-fuzz-XXXXXX";

static void clean(void)
{
    char path[100];

    snprintf(path, sizeof path, "%s/a.gz", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/a.gz.idx", folder);
    unlink(path);
    rmdir(folder);
}

/* A file in memory, and the path of it. */
static int memory(char *path, size_t cap, const char *suffix)
{
    snprintf(path, cap, "%s/a.gz%s", folder, suffix);
    const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0);
    return fd;
}

static void put(int fd, const void *bytes, size_t n)
{
    need(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n, 0) == (ssize_t)n);
}

/* So that damage is not all that the checksums find: those of the head and of the pages are made right. */
static void make_right(uint8_t *b, size_t size)
{
    uint64_t at = INDEX_HEAD;
    uint64_t n[N_TABLES];

    if (size < INDEX_HEAD)
        return;
    memcpy(b, INDEX_MAGIC, 8);
    put_le(b + HEAD_VERSION, ARCHIVE_INDEX_VERSION, 4);
    b[HEAD_HOLDS] %= 3;
    b[HEAD_FORMAT] %= 3;
    put_le(b + INDEX_HEAD - INDEX_CRC, deflate_crc32(0, b, INDEX_HEAD - INDEX_CRC), 4);
    const uint32_t head = (uint32_t)get_le(b + INDEX_HEAD - INDEX_CRC, 4);
    n[TABLE_RECORDS] = get_le(b + HEAD_RECORDS, 8);
    n[TABLE_BLOCKS] = get_le(b + HEAD_BLOCKS, 8);
    n[TABLE_KEYS] = get_le(b + HEAD_KEYS, 8);
    for (int t = 0; t < N_TABLES; t++) {
        const enum index_table table = (enum index_table)t;
        for (uint64_t page = 0; n[t] < 1 << 20 && page < table_pages(table, n[t]); page++) {
            const uint64_t left = n[t] - page * table_per_page(table);
            const size_t len = (left < table_per_page(table) ? (size_t)left : table_per_page(table)) * table_width(table);
            if (at + len + INDEX_CRC > size)
                return;
            put_le(b + at + len, archive_page_crc(head, table, page, b + at, len), 4);
            at += len + INDEX_CRC;
        }
    }
}

static void told(void *to, const char *what)
{
    (void)to;
    need(what[0] != 0);
}

static void read_all(const char *path)
{
    struct archive_file f;
    struct archive_place place;
    struct archive_search s;
    pl_str bytes;

    if (archive_file_open(&f, path) == PL_OK) {
        for (uint64_t i = 0; i < f.ix.n_records && i < 50; i++) {
            if (archive_index_record(&f.ix, i, &place) == PL_OK && archive_file_record(&f, &place, &bytes) == PL_OK)
                need(bytes.len == place.len && deflate_crc32(0, bytes.ptr, bytes.len) == place.crc);
        }
        int rc = archive_index_find(&f.ix, &s, archive_key(ARCHIVE_ID, PL_S("r1")));
        for (int i = 0; i < 50 && rc == PL_OK && s.found; i++)
            rc = archive_index_next(&f.ix, &s);
    } else {
        need(f.message[0] != 0);
    }
    archive_file_close(&f);
}

/* One byte tells what the others are: the index, or the length of the archive and it with its index behind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[100], idx_path[100];
    static int archive = -1, idx = -1;
    static unsigned char copy[1 << 16];
    struct archive_report report;
    char message[1024];

    if (archive < 0) {
        need(mkdtemp(folder) != NULL && atexit(clean) == 0);
        archive = memory(path, sizeof path, "");
        idx = memory(idx_path, sizeof idx_path, ".idx");
    }
    if (size < 3 || size > sizeof copy)
        return 0;
    const size_t cut = (size_t)(data[1] | data[2] << 8), n = size - 3, len = cut < n ? cut : n;
    memcpy(copy, data + 3, n);
    put(archive, copy, len);
    unsigned char *index = copy + len;
    if (data[0] & 1 && n - len >= INDEX_HEAD) {
        uint32_t tail;
        need(archive_tail_crc(archive, len, &tail) == PL_OK);
        put_le(index + HEAD_ARCHIVE, len, 8);
        put_le(index + HEAD_TAIL_CRC, tail, 4);
        make_right(index, n - len);
    }
    put(idx, index, n - len);
    read_all(path);
    need(archive_verify(path, told, NULL, &report, message, sizeof message) == PL_OK);
    return 0;
}
