/* fetch_url_idna.c - domain names with characters above ASCII, by Unicode's UTS #46 as the URL Standard calls it.
 *
 * ICU does the work: bidi and joiner rules checked, not transitional, neither hyphens nor lengths nor STD3's letters
 * looked at.  Unicode 15.1 and 16 changed what becomes of some characters that there were before; an ICU may be older
 * than that (Debian 12 has Unicode 15.0), so these are changed here first. */
#include "fetch_url_host.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

enum {
    OPTIONS = UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
    /* What the standard's CheckHyphens and VerifyDnsLength, both false, let pass. */
    PASSED_OVER = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |
                  UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4
};

/* Of the mapping table of UTS #46 in Unicode 16 what differs from 15.0 for characters of 15.0: ICU 72's results for each
 * character compared with the table of Python's idna 3.20.  `to` is what the first becomes, 0: nothing; the following
 * ones become what follows it. */
static const struct {
    UChar32 first, last, to;
} changed[] = {
    {0x4C0, 0x4C0, 0x4CF},       {0x10A0, 0x10C5, 0x2D00},    {0x115F, 0x1160, 0},         {0x17B4, 0x17B5, 0},
    {0x180E, 0x180E, 0},         {0x1E9E, 0x1E9E, 0xDF},      {0x2061, 0x2063, 0},         {0x206A, 0x206F, 0},
    {0x2132, 0x2132, 0x214E},    {0x2183, 0x2183, 0x2184},    {0x3164, 0x3164, 0},         {0xFFA0, 0xFFA0, 0},
    {0x1D173, 0x1D17A, 0},       {0x2F868, 0x2F868, 0x36FC},  {0x2F874, 0x2F874, 0x5F53},  {0x2F91F, 0x2F91F, 0x243AB},
    {0x2F95F, 0x2F95F, 0x7AEE},  {0x2F9BF, 0x2F9BF, 0x45D7},
};

/* What becomes of a character, -1: nothing. */
static UChar32 change(UChar32 c)
{
    for (size_t i = 0; i < sizeof changed / sizeof *changed && c >= changed[i].first; i++)
        if (c <= changed[i].last)
            return changed[i].to ? changed[i].to + (c - changed[i].first) : -1;
    return c;
}

/* `in` with the changed characters as they are now; not longer than it was. */
static int32_t change_all(uint8_t *out, pl_str in)
{
    int32_t at = 0, n = 0;

    while (at < (int32_t)in.len) {
        UChar32 c;
        U8_NEXT_UNSAFE(in.ptr, at, c);
        c = change(c);
        if (c >= 0)
            U8_APPEND_UNSAFE(out, n, (uint32_t)c);
    }
    return n;
}

/* Whether a label in Punycode stands for one that begins with "xn--" itself, which Unicode 15.1 forbids. */
static bool twice_encoded(const UIDNA *idna, const char *at, size_t len)
{
    const char *const end = at + len;

    for (const char *stop; at < end; at = stop + (stop < end)) {
        UErrorCode fault = U_ZERO_ERROR;
        UIDNAInfo info = UIDNA_INFO_INITIALIZER;
        char plain[512];
        stop = memchr(at, '.', (size_t)(end - at));
        stop = stop ? stop : end;
        if (stop - at < 8 || memcmp(at, "xn--xn--", 8) != 0)
            continue;
        const int32_t n = uidna_labelToUnicodeUTF8(idna, at, (int32_t)(stop - at), plain, sizeof plain, &info, &fault);
        if (U_FAILURE(fault) || (n >= 4 && memcmp(plain, "xn--", 4) == 0))
            return true;
    }
    return false;
}

static int put_ascii(struct url_out *o, const UIDNA *idna, const char *in, int32_t len)
{
    /* Punycode is hardly longer than UTF-8; the second try is for what is. */
    for (size_t want = (size_t)len + 64; url_out_room(o, want);) {
        UErrorCode fault = U_ZERO_ERROR;
        UIDNAInfo info = UIDNA_INFO_INITIALIZER;
        const int32_t room = (int32_t)(o->cap - o->len);
        const int32_t n = uidna_nameToASCII_UTF8(idna, in, len, o->at + o->len, room, &info, &fault);
        if (fault == U_BUFFER_OVERFLOW_ERROR && (size_t)n > want) {
            want = (size_t)n;
            continue;
        }
        if (fault == U_MEMORY_ALLOCATION_ERROR)
            return PL_NOMEM;
        if (U_FAILURE(fault) || (info.errors & ~(uint32_t)PASSED_OVER))
            return PL_ERROR;
        if (twice_encoded(idna, o->at + o->len, (size_t)n))
            return PL_ERROR;
        o->len += (size_t)n;
        return PL_OK;
    }
    return o->rc;
}

int url_put_idna(struct url_out *o, pl_str in)
{
    UErrorCode fault = U_ZERO_ERROR;
    UIDNA *const idna = uidna_openUTS46(OPTIONS, &fault);
    uint8_t *const now = malloc(in.len);
    int rc = PL_NOMEM;

    if (U_SUCCESS(fault) && now)
        rc = put_ascii(o, idna, (const char *)now, change_all(now, in));
    free(now);
    if (U_SUCCESS(fault))
        uidna_close(idna);
    return rc;
}
