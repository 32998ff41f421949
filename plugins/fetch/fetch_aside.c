/* fetch_aside.c - files that stand beside archives and hold no article. */
#include "fetch_aside.h"

static bool begins(pl_str s, const char *with)
{
    const size_t n = strlen(with);

    return s.len >= n && memcmp(s.ptr, with, n) == 0;
}

static uint64_t little64(const char *p)
{
    uint64_t n = 0;

    for (int i = 7; i >= 0; i--)
        n = n << 8 | (unsigned char)p[i];
    return n;
}

/* bgzip's: a number, and so many pairs of offsets, which grow. */
static bool is_gzi(pl_str s, uint64_t size)
{
    if (s.len < 8 || size % 16 != 8 || little64(s.ptr) != size / 16)
        return false;
    for (size_t at = 24; at + 16 <= s.len; at += 16)
        if (little64(s.ptr + at) <= little64(s.ptr + at - 16))
            return false;
    return true;
}

static pl_str first_line(pl_str s)
{
    const char *lf = s.len ? memchr(s.ptr, '\n', s.len) : NULL;

    return lf ? (pl_str){s.ptr, (size_t)(lf - s.ptr)} : s;
}

/* "KEY 20260504101112 {", or the first line that some put before. */
static bool is_cdxj(pl_str s)
{
    const pl_str line = first_line(s);
    const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    size_t n = space ? (size_t)(space - line.ptr) + 1 : line.len, digits = 0;

    if (begins(s, " CDX ") || begins(s, "!OpenWayback-CDXJ") || begins(s, "!meta {"))
        return true;
    while (n < line.len && line.ptr[n] >= '0' && line.ptr[n] <= '9' && digits < 15) {
        digits++;
        n++;
    }
    return space && space > line.ptr && digits == 14 && n + 1 < line.len && line.ptr[n] == ' ' && line.ptr[n + 1] == '{' &&
           (memchr(line.ptr, ')', (size_t)(space - line.ptr)) || memchr(line.ptr, ':', (size_t)(space - line.ptr)));
}

static bool holds(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.len; i++)
        if (memcmp(s.ptr + i, word, n) == 0)
            return true;
    return false;
}

static bool is_letters(pl_str s)
{
    const pl_str line = first_line(s);

    return begins(line, "{\"origin\":\"") && holds(line, "\"stage\":\"") && holds(line, "\"code\":\"") &&
           holds(line, "\"message\":\"");
}

const char *aside_of(pl_str s, uint64_t size)
{
    if (begins(s, "PLARCIX\n"))
        return "an index of an archive";
    if (is_gzi(s, size))
        return "an index of a gzip file (.gzi)";
    if (is_cdxj(s))
        return "an index of WARC files";
    if (begins(s, "{\"pressline\":\""))
        return "a report";
    if (is_letters(s))
        return "a file of dead letters, which `pressline retry` reads";
    if (aside_is_journal(s))
        return "a journal";
    if (begins(s, "SQLite format 3"))
        return "a database";
    return NULL;
}

bool aside_is_journal(pl_str start)
{
    return begins(start, "PLJ1");
}
