/* compat.h - what we take from the compiler beyond C11 and POSIX. */
#ifndef COMPAT_H
#define COMPAT_H

#include <stddef.h>

#if defined __GNUC__
#define FORMAT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NO_RETURN __attribute__((noreturn))
#define MUST_USE __attribute__((warn_unused_result))
#define LOWEST_BIT(w) ((size_t)__builtin_ctzll(w)) /* its number, from 0; some bit is set */
#else
#define FORMAT_PRINTF(f, a)
#define NO_RETURN
#define MUST_USE
static inline size_t LOWEST_BIT(unsigned long long w)
{
    size_t n = 0;

    for (; !(w & 1); w >>= 1)
        n++;
    return n;
}
#endif

/* Builds whose run time needs memory, threads and files of its own. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
