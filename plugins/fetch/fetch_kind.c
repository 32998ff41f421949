/* fetch_kind.c - what a file is, by its first bytes and its name. */
#include "fetch_kind.h"
#include "fetch_char.h"

#include <stdint.h>

enum {
    LOOK = 1024,       /* where the beginning of a page is looked for */
    SAMPLE = 65536,    /* bytes judged to be text or not */
    BINARY_SHARE = 32  /* one control character in so many is not text */
};

/* `word` is in lower case. */
static bool starts(pl_str s, const char *word)
{
    size_t i = 0;

    while (word[i] && i < s.len && lower(s.ptr[i]) == word[i])
        i++;
    return !word[i];
}

static pl_str behind(pl_str s, size_t n)
{
    return (pl_str){s.ptr + n, s.len - n};
}

static pl_str trim_start(pl_str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = behind(s, 1);
    return s;
}

bool kind_names_html(pl_str start)
{
    static const char *const signs[] = {"<!doctype html", "<html", "<head", "<body"};

    start.len = start.len < LOOK ? start.len : LOOK;
    for (const char *lt; (lt = memchr(start.ptr, '<', start.len)) != NULL;) {
        start = behind(start, (size_t)(lt - start.ptr));
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
            if (starts(start, signs[i]))
                return true;
        }
        start = behind(start, 1);
    }
    return false;
}

enum kind kind_of_bytes(pl_str start)
{
    if (starts(start, "\xEF\xBB\xBF"))
        start = behind(start, 3);
    start = trim_start(start);
    if (start.len == 0)
        return KIND_UNKNOWN;
    if (starts(start, "warc/") && start.len > 5 && start.ptr[5] >= '0' && start.ptr[5] <= '9')
        return KIND_WARC;
    if (starts(start, "filedesc://"))
        return KIND_ARC;
    if (start.ptr[0] == '{') {
        const pl_str next = trim_start(behind(start, 1));
        return next.len && (next.ptr[0] == '"' || next.ptr[0] == '}') ? KIND_JSONL : KIND_UNKNOWN;
    }
    if (start.ptr[0] == '<' && start.len > 1 && (start.ptr[1] == '!' || start.ptr[1] == '?' || is_letter(start.ptr[1])))
        return KIND_HTML;
    return kind_names_html(start) ? KIND_HTML : KIND_UNKNOWN;
}

static pl_str behind_text(pl_str s, const char *end)
{
    const char *at = s.len ? memmem(s.ptr, s.len, end, strlen(end)) : NULL;

    return at ? behind(s, (size_t)(at - s.ptr) + strlen(end)) : (pl_str){NULL, 0};
}

/* The root element's name without its prefix; {NULL, 0} where there is none in `s`. */
static pl_str root_of(pl_str s)
{
    for (s = trim_start(s); s.len > 1 && s.ptr[0] == '<'; s = trim_start(s)) {
        if (starts(s, "<!--")) {
            s = behind_text(s, "-->");
        } else if (starts(s, "<!doctype")) {
            const pl_str to = behind_text(s, ">");
            const char *subset = memchr(s.ptr, '[', s.len - to.len);
            s = subset ? behind_text(behind_text(s, "]"), ">") : to;
        } else if (s.ptr[1] == '?') {
            s = behind_text(s, "?>");
        } else {
            size_t n = 1, from = 1;
            for (; n < s.len && (is_letter(s.ptr[n]) || s.ptr[n] == ':' || s.ptr[n] == '-'); n++) {
                if (s.ptr[n] == ':')
                    from = n + 1;
            }
            return (pl_str){s.ptr + from, n - from};
        }
    }
    return (pl_str){NULL, 0};
}

static bool is_word(pl_str s, const char *word)
{
    return s.len == strlen(word) && starts(s, word);
}

enum kind kind_of_list(pl_str start, pl_str name)
{
    static const char *const feeds[] = {"rss", "feed", "rdf", "channel"};
    static const char robots[] = "robots.txt";
    const size_t n = sizeof robots - 1;

    if (name.len >= n && memcmp(name.ptr + name.len - n, robots, n) == 0 && (name.len == n || name.ptr[name.len - n - 1] == '/'))
        return KIND_ROBOTS;
    if (starts(start, "\xEF\xBB\xBF"))
        start = behind(start, 3);
    const pl_str first = trim_start(start), root = root_of(first);
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        if (is_word(root, feeds[i]))
            return KIND_FEED;
    }
    if (is_word(root, "urlset") || is_word(root, "sitemapindex"))
        return KIND_SITEMAP;
    start.len = start.len < LOOK ? start.len : LOOK;
    return first.len && first.ptr[0] == '{' && behind_text(start, "jsonfeed.org/version/").ptr ? KIND_FEED : KIND_UNKNOWN;
}

static bool ends(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    return s.len > n && starts(behind(s, s.len - n), word);
}

enum kind kind_of_name(pl_str name)
{
    static const struct {
        const char *ending;
        enum kind kind;
    } table[] = {
        {".jsonl", KIND_JSONL}, {".ndjson", KIND_JSONL}, {".json", KIND_JSONL}, {".html", KIND_HTML},
        {".htm", KIND_HTML},    {".xhtml", KIND_HTML},   {".shtml", KIND_HTML}, {".txt", KIND_TEXT},
        {".text", KIND_TEXT},   {".md", KIND_TEXT},     {".warc", KIND_WARC},
    };

    if (ends(name, ".gz"))
        name.len -= 3;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (ends(name, table[i].ending))
            return table[i].kind;
    }
    return KIND_UNKNOWN;
}

static bool has_signature(pl_str s)
{
    static const pl_str signatures[] = {
        {"\x89PNG\r\n", 6}, {"\xFF\xD8\xFF", 3}, {"GIF87a", 6}, {"GIF89a", 6},
        {"%PDF-", 5},       {"PK\x03\x04", 4},   {"\x1F\x8B", 2},
    };

    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (s.len >= signatures[i].len && memcmp(s.ptr, signatures[i].ptr, signatures[i].len) == 0)
            return true;
    }
    return s.len >= 12 && memcmp(s.ptr, "RIFF", 4) == 0 && memcmp(s.ptr + 8, "WEBP", 4) == 0;
}

static inline uint64_t load(const char *at)
{
    uint64_t x;

    memcpy(&x, at, sizeof x);
    return x;
}

/* The highest bit of each of eight bytes that is a control character, and maybe of one above it: none in most of a page. */
static inline uint64_t controls(uint64_t x)
{
    return (x - 0x2020202020202020) & ~x & 0x8080808080808080;
}

static bool is_binary_byte(unsigned c)
{
    /* https://mimesniff.spec.whatwg.org/#binary-data-byte; ESC is text, ISO-2022-JP uses it */
    static const unsigned binary = ~(1u << '\t' | 1u << '\n' | 1u << '\f' | 1u << '\r' | 1u << 0x1B);

    return c < 0x20 && (binary >> c & 1);
}

/* Of the bytes of `x` that may be controls. */
static size_t count_binary_of(uint64_t x)
{
    size_t n = 0;

    for (uint64_t m = controls(x); m; m &= m - 1)
        n += is_binary_byte((unsigned)(x >> (__builtin_ctzll(m) - 7) & 0xff));
    return n;
}

static size_t count_binary(pl_str s)
{
    size_t n = 0, i = 0;

    for (; s.len - i >= 32; i += 32) {
        const uint64_t a = load(s.ptr + i), b = load(s.ptr + i + 8), c = load(s.ptr + i + 16), d = load(s.ptr + i + 24);
        if (controls(a) | controls(b) | controls(c) | controls(d))
            n += count_binary_of(a) + count_binary_of(b) + count_binary_of(c) + count_binary_of(d);
    }
    for (; i < s.len; i++)
        n += is_binary_byte((unsigned char)s.ptr[i]);
    return n;
}

bool kind_is_binary(pl_str bytes)
{
    if (has_signature(bytes))
        return true;
    if (bytes.len >= 2 && (memcmp(bytes.ptr, "\xFE\xFF", 2) == 0 || memcmp(bytes.ptr, "\xFF\xFE", 2) == 0))
        return false;
    bytes.len = bytes.len < SAMPLE ? bytes.len : SAMPLE;
    return count_binary(bytes) * BINARY_SHARE > bytes.len;
}
