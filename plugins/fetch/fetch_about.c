/* fetch_about.c - what a feed or a sitemap says of a page, kept until the page has come.
 *
 * Each part is a letter, its length, a colon, and its bytes. */
#include "fetch_about.h"

#include <stdio.h>

static pl_str cut(pl_str s)
{
    if (s.len <= ABOUT_MAX_PART)
        return s;
    s.len = ABOUT_MAX_PART;
    while (s.len && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80)
        s.len--;
    return s;
}

int about_write(const struct about *a, struct bytes *out)
{
    char head[32];

    for (int i = 0; i < ABOUT_PARTS; i++) {
        const pl_str s = cut(a->part[i]);
        if (s.len == 0)
            continue;
        const int n = snprintf(head, sizeof head, "%c%zu:", 'a' + i, s.len);
        if (bytes_add(out, head, (size_t)n) != PL_OK || bytes_add(out, s.ptr, s.len) != PL_OK)
            return PL_NOMEM;
    }
    if (a->depth) {
        const int n = snprintf(head, sizeof head, "z%u:", a->depth);
        return bytes_add(out, head, (size_t)n);
    }
    return PL_OK;
}

void about_read(pl_str text, struct about *a)
{
    *a = (struct about){0};
    for (size_t i = 0; i < text.len;) {
        const char letter = text.ptr[i++];
        size_t n = 0;
        while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && n <= ABOUT_MAX_PART)
            n = n * 10 + (size_t)(text.ptr[i++] - '0');
        if (i >= text.len || text.ptr[i++] != ':')
            return;
        if (letter == 'z') {
            a->depth = (unsigned)n;
            continue;
        }
        if (n > text.len - i)
            return;
        if (letter >= 'a' && letter < 'a' + ABOUT_PARTS)
            a->part[letter - 'a'] = (pl_str){text.ptr + i, n};
        i += n;
    }
}
