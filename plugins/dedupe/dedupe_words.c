/* dedupe_words.c - splitting text into words, and hashing each while reading it once. */
#include "dedupe_words.h"

#include "dedupe_chars.h"

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A word on its way: eight folded bytes at a time go into `hash`. */
struct word {
    uint64_t hash, tail, len;
};

static inline void put(struct word *w, uint64_t byte)
{
    w->tail |= byte << 8 * (w->len & 7);
    if ((++w->len & 7) == 0) {
        w->hash = dedupe_mix(w->hash ^ w->tail);
        w->tail = 0;
    }
}

/* Three bytes, the first above all ASCII, so that no two words give the same bytes. */
static void put_char(struct word *w, uint32_t c)
{
    if (c < 0x80) {
        put(w, c);
        return;
    }
    put(w, 0x80 | c >> 16);
    put(w, c >> 8 & 0xFF);
    put(w, c & 0xFF);
}

static inline uint64_t word_hash(const struct word *w)
{
    return dedupe_mix(w->hash ^ w->tail ^ w->len << 56);
}

static inline bool is_ascii_word(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10;
}

/* Eight bytes, the first lowest on every machine. */
static inline uint64_t load(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* The number of the lowest byte that is not 0. */
static inline unsigned first_byte(uint64_t bytes)
{
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(bytes) / 8;
#else
    unsigned i = 0;
    for (; (bytes & 0xFF) == 0; bytes >>= 8)
        i++;
    return i;
#endif
}

/* How many of the eight bytes are ASCII letters or digits before the first that is not.  In seven bits "at least c"
 * is a carry into the eighth when 128 - c is added, and no carry leaves its byte. */
static inline unsigned ascii_run(uint64_t bytes)
{
    uint64_t low = bytes & EACH(0x7F);
    uint64_t lower = low | EACH(0x20);
    uint64_t letter = (lower + EACH(128 - 'a')) & ~(lower + EACH(128 - 'z' - 1));
    uint64_t digit = (low + EACH(128 - '0')) & ~(low + EACH(128 - '9' - 1));
    uint64_t other = ~((letter | digit) & ~bytes) & EACH(0x80);
    return other ? first_byte(other) : 8;
}

/* ASCII letters in lower case; it leaves digits as they are. */
static inline uint64_t lower_ascii(uint64_t bytes)
{
    return bytes | EACH(0x20);
}

static bool is_tail(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The character of two to four bytes at `p` and its length.  What is not UTF-8 reads as U+FFFD, one byte long. */
static uint32_t decode(const uint8_t *p, const uint8_t *end, size_t *len)
{
    size_t left = (size_t)(end - p);
    uint32_t c = 0;

    *len = 1;
    if (p[0] >= 0xC2 && p[0] < 0xE0 && left > 1 && is_tail(p[1])) {
        *len = 2;
        return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0 && left > 2 && is_tail(p[1]) && is_tail(p[2])) {
        c = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        if (c < 0x800)
            return 0xFFFD;
        *len = 3;
        return c;
    }
    if (p[0] >= 0xF0 && p[0] < 0xF5 && left > 3 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3])) {
        c = (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
        if (c < 0x10000 || c > 0x10FFFF)
            return 0xFFFD;
        *len = 4;
        return c;
    }
    return 0xFFFD;
}

/* Reads on in the word that `w` holds, if any, from a byte that is not ASCII; false when the word ended before it. */
static bool read_wide(struct dedupe_words *in, struct word *w, bool *solo)
{
    size_t len = 0;
    uint32_t c = decode(in->at, in->end, &len);

    switch (dedupe_char_kind(c)) {
    case DEDUPE_BREAK:
        if (w->len > 0)
            return false;
        break;
    case DEDUPE_FOLDS:
        c = dedupe_char_folded(c);
        /* fall through */
    case DEDUPE_LETTER:
        if (*solo)
            return false;
        put_char(w, c);
        break;
    case DEDUPE_SOLO:
        if (w->len > 0)
            return false;
        put_char(w, c);
        *solo = true;
        break;
    case DEDUPE_MARK:
        if (w->len > 0)
            put_char(w, c);
        break;
    case DEDUPE_SKIP: break;
    }
    in->at += len;
    return true;
}

/* Any word; false when there was none: a mark without a letter, punctuation, not UTF-8. */
static bool read_word(struct dedupe_words *in, uint64_t *hash)
{
    struct word w = {0};
    bool solo = false;

    for (; in->end - in->at >= 8 && ascii_run(load(in->at)) == 8; in->at += 8, w.len += 8)
        w.hash = dedupe_mix(w.hash ^ lower_ascii(load(in->at)));
    while (in->at < in->end) {
        uint8_t byte = *in->at;
        if (byte >= 0x80) {
            if (!read_wide(in, &w, &solo))
                break;
        } else if (is_ascii_word(byte) && !solo) {
            put(&w, byte | 0x20);
            in->at++;
        } else if (w.len > 0) {
            break;
        } else {
            in->at++;
        }
    }
    *hash = word_hash(&w);
    return w.len > 0;
}

/* Most words are ASCII, shorter than eight letters, and not the last: those are hashed in one step here. */
size_t dedupe_words_next(struct dedupe_words *in, uint64_t *out, size_t cap)
{
    size_t n = 0;

    while (n < cap && in->at < in->end) {
        if (*in->at < 0x80 && !is_ascii_word(*in->at)) {
            in->at++;
            continue;
        }
        if (in->end - in->at >= 8) {
            uint64_t bytes = load(in->at);
            unsigned len = ascii_run(bytes);
            if (len > 0 && len < 8 && in->at[len] < 0x80) {
                uint64_t word = lower_ascii(bytes) & ((UINT64_C(1) << 8 * len) - 1);
                out[n++] = dedupe_mix(word ^ (uint64_t)len << 56);
                in->at += len + 1;
                continue;
            }
        }
        n += read_word(in, &out[n]);
    }
    return n;
}
