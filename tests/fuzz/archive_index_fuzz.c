/* archive_index_fuzz.c - any bytes as an index of an archive, as blocks that a checkpoint saved, as a template, and as JSON
 * that becomes CSV.
 *
 * Checksums would stop what is tried at once: they are put right first, so that what a liar could write is read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_index.h"
#include "archive_index_file.h"
#include "archive_line.h"
#include "archive_name.h"
#include "archive_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

enum { MOST = 1 << 16 };

/* Puts the checksums right as far as the counts go; returns the length that the file must have, 0: too long. */
static size_t put_right(unsigned char *file)
{
    const uint64_t n[N_TABLES] = {get_le(file + HEAD_RECORDS, 8), get_le(file + HEAD_BLOCKS, 8), get_le(file + HEAD_KEYS, 8)};
    const uint32_t crc = deflate_crc32(0, file, INDEX_HEAD - INDEX_CRC);
    uint64_t at = INDEX_HEAD;

    put_le(file + INDEX_HEAD - INDEX_CRC, crc, INDEX_CRC);
    for (int t = 0; t < N_TABLES; t++) {
        const enum index_table table = (enum index_table)t;
        if (n[t] > MOST || at + table_len(table, n[t]) > MOST)
            return 0;
        for (uint64_t page = 0; page < table_pages(table, n[t]); page++) {
            const uint64_t left = n[t] - page * table_per_page(table);
            const size_t len = (left < table_per_page(table) ? (size_t)left : table_per_page(table)) * table_width(table);
            put_le(file + at + len, archive_page_crc(crc, table, page, file + at, len), INDEX_CRC);
            at += len + INDEX_CRC;
        }
    }
    return (size_t)at;
}

static void look_at(int fd, const char *path, const unsigned char *file, size_t n)
{
    static struct archive_index ix;
    struct archive_search s;
    struct archive_place place;

    need(ftruncate(fd, 0) == 0 && pwrite(fd, file, n, 0) == (ssize_t)n);
    if (archive_index_open(&ix, path) == PL_OK) {
        const bool good = archive_index_verify(&ix) == PL_OK;
        for (uint64_t i = 0; i < 40 && i < ix.n_records; i++)
            need(archive_index_record(&ix, i, &place) == PL_OK || ix.message[0]);
        for (uint64_t i = 0; i < 40; i++) {
            int rc = archive_index_find(&ix, &s, i * 0x0666666666666666u + 1);
            for (int k = 0; rc == PL_OK && s.found && k < 40; k++)
                rc = archive_index_next(&ix, &s);
            need(rc == PL_OK || ix.message[0]);
        }
        if (good && ix.holds == ARCHIVE_MEMBERS && ix.content_len && ix.n_blocks)
            archive_index_block_of(&ix, ix.content_len - 1, &place);
    } else {
        need(ix.message[0]);
    }
    archive_index_close(&ix);
}

static int swallow(void *arg, const struct archive_block *b)
{
    (void)arg;
    (void)b;
    return PL_OK;
}

static void others(const uint8_t *data, size_t size)
{
    static const pl_str fields[] = {{"id", 2}, {"title", 5}};
    static char text[8192], line[32768];
    const pl_str in = {(const char *)data, size};
    struct archive_pack p = {.block = 1000, .budget = 5000, .max_files = 50, .emit = swallow};
    struct archive_name name;
    struct archive_block b;

    if (archive_pack_restore(&p, in) == PL_OK)
        need(archive_pack_finish(&p) == PL_OK);
    archive_pack_done(&p);
    archive_block_get(in, &b);
    if (size > 2000)
        return;
    if (archive_name_parse(&name, in, text, sizeof text) && name.has_fields) {
        pl_str value[NAME_FIELDS];
        for (size_t i = 0; i < NAME_FIELDS; i++)
            value[i] = in;
        const size_t n = archive_name_put(&name, value, text);
        need(n <= archive_name_most(&name) && archive_name_may_be(&name, (pl_str){text, n}));
        for (size_t i = 1; i < n; i++)
            need(text[i] != '.' || text[i - 1] != '.');
    }
    for (int f = ARCHIVE_JSONL; f <= ARCHIVE_TSV; f++) {
        const struct archive_form form = {(enum archive_format)f, {fields, 2}, true};
        need(archive_form_line(&form, in, line) <= archive_form_most(&form, size));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char file[MOST];
    static int fd = -1;
    static char path[64];

    if (fd < 0) {
        fd = memfd_create("fuzz", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (size > MOST)
        return 0;
    others(data, size);
    look_at(fd, path, data, size);
    memset(file, 0, sizeof file);
    memcpy(file, data, size);
    const size_t n = size >= INDEX_HEAD ? put_right(file) : 0;
    if (n)
        look_at(fd, path, file, n);
    return 0;
}
