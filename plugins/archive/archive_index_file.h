/* archive_index_file.h - how the file of archive_index.h is laid out; for those who read it and who write it. */
#ifndef ARCHIVE_INDEX_FILE_H
#define ARCHIVE_INDEX_FILE_H

#include <stddef.h>
#include <stdint.h>

enum index_table { TABLE_RECORDS, TABLE_BLOCKS, TABLE_KEYS, N_TABLES };

enum {
    INDEX_HEAD = 80,
    INDEX_PAGE = 4096,
    INDEX_CRC = 4 /* at the end of the head and of each page */
};
#define INDEX_MAGIC "PLARCIX\n"
#define INDEX_MAX_RECORDS ((uint64_t)UINT32_MAX)
#define INDEX_MAX_OFFSET (((uint64_t)1 << 48) - 1)

/* Places in the head; its last bytes are the CRC-32 of all before. */
enum {
    HEAD_VERSION = 8,
    HEAD_HOLDS = 12,
    HEAD_FORMAT = 13,
    HEAD_RECORDS = 16,
    HEAD_BLOCKS = 24,
    HEAD_KEYS = 32,
    HEAD_START = 40,
    HEAD_CONTENT = 48,
    HEAD_ARCHIVE = 56,
    HEAD_ARCHIVE_CRC = 64,
    HEAD_TAIL_CRC = 68
};

/* Bytes of an entry, and entries in a page that is full. */
static inline size_t table_width(enum index_table t)
{
    return t == TABLE_BLOCKS ? 12 : 10;
}

static inline size_t table_per_page(enum index_table t)
{
    return (INDEX_PAGE - INDEX_CRC) / table_width(t);
}

/* From one page to the next. */
static inline size_t table_stride(enum index_table t)
{
    return table_per_page(t) * table_width(t) + INDEX_CRC;
}

static inline uint64_t table_pages(enum index_table t, uint64_t n)
{
    const size_t per = table_per_page(t);

    return n / per + (n % per != 0);
}

/* The whole table's length in the file: its last page is as short as it can be. */
static inline uint64_t table_len(enum index_table t, uint64_t n)
{
    const size_t per = table_per_page(t);

    return n / per * table_stride(t) + (n % per ? n % per * table_width(t) + INDEX_CRC : 0);
}

static inline void put_le(unsigned char *to, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(v >> 8 * i);
}

static inline uint64_t get_le(const unsigned char *from, size_t n)
{
    uint64_t v = 0;

    for (size_t i = n; i-- > 0;)
        v = v << 8 | from[i];
    return v;
}

/* The CRC-32 of a page's `len` bytes, into which its place goes, and the head's own CRC-32: a page of another place or
 * another index is damage. */
uint32_t archive_page_crc(uint32_t head_crc, enum index_table t, uint64_t page, const unsigned char *bytes, size_t len);

#endif
