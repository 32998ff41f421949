/* fetch_convert.c - bytes of any encoding as UTF-8.
 *
 * UTF-8 and windows-1252, nine tenths of all pages and the last resort, are
 * decoded here; the others by iconv. */
#include "fetch_convert.h"

#include <errno.h>
#include <stdint.h>

static const char replacement[] = "\xEF\xBF\xBD";

size_t utf8_step(const unsigned char *p, size_t n, bool *bad, bool *cut)
{
    const unsigned char c = p[0];
    const size_t len = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    unsigned char low = 0x80, high = 0xBF;
    size_t i = 1;

    *bad = *cut = false;
    if (c < 0x80)
        return 1;
    /* overlong forms, surrogates, and what is above U+10FFFF */
    if (c == 0xE0)
        low = 0xA0;
    else if (c == 0xED)
        high = 0x9F;
    else if (c == 0xF0)
        low = 0x90;
    else if (c == 0xF4)
        high = 0x8F;
    for (; i < len && i < n && p[i] >= low && p[i] <= high; i++) {
        low = 0x80;
        high = 0xBF;
    }
    if (i == len)
        return len;
    *bad = true;
    *cut = len && i == n;
    return i;
}

/* Eight bytes in the machine's order, with the highest bit of each that is beyond ASCII. */
static inline uint64_t high_bits(const unsigned char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w & 0x8080808080808080u;
}

static size_t ascii_run(const unsigned char *p, size_t n)
{
    size_t i = 0;

    for (; i + 32 <= n; i += 32)
        if (high_bits(p + i) | high_bits(p + i + 8) | high_bits(p + i + 16) | high_bits(p + i + 24))
            break;
    for (; i + 8 <= n; i += 8) {
        const uint64_t high = high_bits(p + i);
        if (high)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return i + (size_t)__builtin_ctzll(high) / 8;
#else
            break;
#endif
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

static bool continues(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* utf8_step() for what most characters beyond ASCII are: of two or three bytes that nothing is wrong with; else 0. */
static size_t common_step(const unsigned char *p, size_t n)
{
    const unsigned char c = p[0];

    if (n < 3 || !continues(p[1]))
        return 0;
    if (c >= 0xC2 && c < 0xE0)
        return 2;
    return c > 0xE0 && c < 0xF0 && c != 0xED && continues(p[2]) ? 3 : 0;
}

struct utf8_scan utf8_scan(pl_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t at = ascii_run(p, s.len);
    struct utf8_scan scan = {.first_high = at};

    while (at < s.len) {
        bool bad = false;
        size_t n = common_step(p + at, s.len - at);
        if (n == 0)
            n = utf8_step(p + at, s.len - at, &bad, &scan.cut);
        at += n;
        scan.n_chars += !bad;
        scan.n_bad += bad && !scan.cut;
        if (at < s.len && p[at] < 0x80)
            at += ascii_run(p + at, s.len - at);
    }
    return scan;
}

void converter_done(struct converter *c)
{
    if (c->open)
        iconv_close(c->cd);
    c->open = NULL;
}

static int put_replacement(struct bytes *out, size_t *n_replaced)
{
    ++*n_replaced;
    return bytes_add(out, replacement, 3);
}

static int repair_utf8(pl_str in, struct bytes *out, size_t *n_replaced)
{
    const unsigned char *p = (const unsigned char *)in.ptr;
    size_t from = 0, at = 0;
    int rc = PL_OK;

    while (rc == PL_OK && at < in.len) {
        bool bad, cut;
        const size_t n = utf8_step(p + at, in.len - at, &bad, &cut);
        if (bad) {
            rc = bytes_add(out, p + from, at - from);
            if (rc == PL_OK)
                rc = put_replacement(out, n_replaced);
            from = at + n;
        }
        at += n;
    }
    return rc == PL_OK ? bytes_add(out, p + from, at - from) : rc;
}

unsigned windows_1252_of(unsigned c)
{
    /* 0x80 to 0x9F; the five that Microsoft left open are the C1 controls, as in the standard. */
    static const uint16_t high[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    };

    return c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
}

static int from_windows_1252(pl_str in, struct bytes *out)
{
    const unsigned char *p = (const unsigned char *)in.ptr;

    for (size_t at = 0; at < in.len;) {
        const size_t run = ascii_run(p + at, in.len - at);
        if (bytes_add(out, p + at, run) != PL_OK)
            return PL_NOMEM;
        at += run;
        if (bytes_reserve(out, out->len + 3) != PL_OK)
            return PL_NOMEM;
        if (at < in.len) {
            const unsigned c = windows_1252_of(p[at]);
            if (c >= 0x800) {
                out->at[out->len++] = (unsigned char)(0xE0 | c >> 12);
                out->at[out->len++] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
            } else {
                out->at[out->len++] = (unsigned char)(0xC0 | c >> 6);
            }
            out->at[out->len++] = (unsigned char)(0x80 | (c & 0x3F));
            at++;
        }
    }
    return PL_OK;
}

static int open_iconv(struct converter *c, const char *name)
{
    if (c->open && strcmp(c->open, name) == 0) {
        iconv(c->cd, NULL, NULL, NULL, NULL);
        return PL_OK;
    }
    converter_done(c);
    c->cd = iconv_open("UTF-8", name);
    if (c->cd == (iconv_t)-1 && errno != ENOMEM) /* which glibc also says where memory was lacking; there is, if this helps */
        c->cd = iconv_open("UTF-8", name);
    if (c->cd == (iconv_t)-1)
        return errno == ENOMEM ? PL_NOMEM : PL_ERROR;
    c->open = name;
    return PL_OK;
}

/* Some encodings hold a character back, to join it with a mark that may follow. */
static int flush_iconv(struct converter *c, struct bytes *out)
{
    if (bytes_reserve(out, out->len + 64) != PL_OK)
        return PL_NOMEM;
    char *to = (char *)out->at + out->len;
    size_t room = out->cap - out->len;
    iconv(c->cd, NULL, NULL, &to, &room);
    out->len = out->cap - room;
    return PL_OK;
}

static int by_iconv(struct converter *c, pl_str in, struct bytes *out, size_t *n_replaced)
{
    /* A fault takes one unit, since what follows it may be markup. */
    const size_t unit = strncmp(c->open, "UTF-16", 6) == 0 ? 2 : strncmp(c->open, "UTF-32", 6) == 0 ? 4 : 1;
    char *from = (char *)(uintptr_t)in.ptr; /* iconv() takes a char ** and does not write */
    size_t left = in.len;

    while (left) {
        if (bytes_reserve(out, out->len + left + 64) != PL_OK)
            return PL_NOMEM;
        char *to = (char *)out->at + out->len;
        size_t room = out->cap - out->len;
        const size_t rc = iconv(c->cd, &from, &left, &to, &room);
        const int error = rc == (size_t)-1 ? errno : 0;
        out->len = out->cap - room;
        if (error == 0 || error == E2BIG)
            continue;
        if (put_replacement(out, n_replaced) != PL_OK)
            return PL_NOMEM;
        if (error == EINVAL || left < unit) /* the end falls into a character */
            break;
        from += unit;
        left -= unit;
    }
    return flush_iconv(c, out);
}

int convert(struct converter *c, const struct encoding *e, pl_str in, struct bytes *out, size_t *n_replaced)
{
    int rc;

    out->len = 0;
    *n_replaced = 0;
    if (e == &encoding_utf8)
        return repair_utf8(in, out, n_replaced);
    if (e == &encoding_windows_1252)
        return from_windows_1252(in, out);
    rc = open_iconv(c, e->iconv);
    return rc == PL_OK ? by_iconv(c, in, out, n_replaced) : rc;
}
