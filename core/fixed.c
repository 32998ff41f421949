/* fixed.c - text in a piece of memory of fixed size. */
#include "fixed.h"

#include <errno.h>
#include <unistd.h>

#include "str.h"

void fixed_add(struct fixed *f, pl_str s)
{
    for (size_t i = 0; i < s.len && f->len < f->cap; i++)
        f->at[f->len++] = s.ptr[i];
}

void fixed_addz(struct fixed *f, const char *z)
{
    fixed_add(f, str_of(z));
}

void fixed_add_number(struct fixed *f, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    fixed_add(f, (pl_str){digits + at, sizeof digits - at});
}

void fixed_add_hex(struct fixed *f, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++)
        fixed_add(f, (pl_str){(char[]){digits[bytes[i] >> 4], digits[bytes[i] & 15]}, 2});
}

void fixed_add_word(struct fixed *f, pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.ptr[i];
        fixed_add(f, c <= 0x20 || c == 0x7F ? PL_S("?") : str_sub(s, i, i + 1));
    }
}

bool fixed_write(const struct fixed *f, int fd)
{
    size_t done = 0;

    while (done < f->len) {
        const ssize_t n = write(fd, f->at + done, f->len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}
