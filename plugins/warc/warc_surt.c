/* warc_surt.c - the key under which an address is looked up.
 *
 * The rules are those of archive-commons' canonicalisers as the Python package surt has them, for indexes are only of use
 * where all who make and read them agree.  Two differ: a host that is not ASCII is made Punycode with its
 * Latin, Greek and Cyrillic letters in lower case and no other mapping of RFC 3491, and no name is ever looked up. */
#include "warc_surt.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

enum { LONGEST = 1 << 16, PARTS = 4096 };

/* The parts of an address, each in bytes of its own. */
struct address {
    pl_str scheme, host, path, query;
    unsigned port; /* 0: none */
};

static pl_str cut(pl_str s, size_t from, size_t to)
{
    return (pl_str){s.ptr + from, to - from};
}

static size_t find_any(pl_str s, size_t from, const char *any)
{
    while (from < s.len && !(s.ptr[from] && strchr(any, s.ptr[from])))
        from++;
    return from;
}

static size_t find_and(pl_str s, size_t from)
{
    const char *found = from < s.len ? memchr(s.ptr + from, '&', s.len - from) : NULL;

    return found ? (size_t)(found - s.ptr) : s.len;
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_alpha(c) || is_digit(c);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_word(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

/* The length of "scheme" where "scheme:" begins it, else 0. */
static size_t scheme_length(pl_str s)
{
    size_t n = 0;

    if (s.len == 0 || !is_alpha(s.ptr[0]))
        return 0;
    while (n < s.len && (is_alnum(s.ptr[n]) || s.ptr[n] == '+' || s.ptr[n] == '-' || s.ptr[n] == '.'))
        n++;
    return n < s.len && s.ptr[n] == ':' ? n : 0;
}

/* ---- escapes ---- */

static int hex_value(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As often as there is something to undo; in one pass, for %2525...41 is cheap to write. */
static void unescape(struct warc_buf *out, pl_str s)
{
    const size_t begin = out->len;

    for (size_t i = 0; i < s.len; i++) {
        warc_buf_byte(out, s.ptr[i]);
        while (!out->failed && out->len - begin >= 3) {
            char *p = out->at + out->len - 3;
            const int high = p[0] == '%' ? hex_value(p[1]) : -1, low = high >= 0 ? hex_value(p[2]) : -1;
            if (low < 0)
                break;
            p[0] = (char)(high << 4 | low);
            out->len -= 2;
        }
    }
}

static void escape(struct warc_buf *out, pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (c > ' ' && c < 0x7f && c != '#' && c != '%')
            warc_buf_byte(out, c);
        else
            warc_buf_addf(out, "%%%02X", (unsigned char)c);
    }
}

/* ---- hosts ---- */

static uint32_t next_letter(pl_str s, size_t *i)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *i;
    const size_t left = s.len - *i;
    const size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    uint32_t c = n == 1 ? p[0] : n == 2 ? p[0] & 0x1f : n == 3 ? p[0] & 0x0f : p[0] & 7;

    for (size_t k = 1; k < n; k++) {
        if (p[0] < 0xc2 || k >= left || (p[k] & 0xc0) != 0x80) {
            *i += 1;
            return 0; /* not UTF-8: left out */
        }
        c = c << 6 | (p[k] & 0x3f);
    }
    *i += n;
    return c;
}

static uint32_t lower_letter(uint32_t c)
{
    if (c < 0x80)
        return (uint32_t)(unsigned char)lower((char)c);
    if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c >= 0x100 && c <= 0x137)
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
        return c + (c & 1);
    return c;
}

/* Punycode (RFC 3492) of at most 63 letters; false where it gets longer than a label may be. */
static bool punycode(struct warc_buf *out, const uint32_t *letter, size_t n)
{
    enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700 };
    uint32_t at = 128, delta = 0, bias = 72;
    size_t done = 0;
    const size_t begin = out->len;

    warc_buf_text(out, "xn--");
    for (size_t i = 0; i < n; i++)
        if (letter[i] < 128)
            warc_buf_byte(out, (char)letter[i]), done++;
    const size_t basic = done;
    if (basic)
        warc_buf_byte(out, '-');
    while (done < n) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < n; i++)
            if (letter[i] >= at && letter[i] < next)
                next = letter[i];
        delta += (next - at) * (uint32_t)(done + 1); /* below 0x110000 * 64 */
        at = next;
        for (size_t i = 0; i < n; i++) {
            delta += letter[i] < at;
            if (letter[i] != at)
                continue;
            uint32_t q = delta;
            for (uint32_t k = BASE;; k += BASE) {
                const uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
                const uint32_t digit = q < t ? q : t + (q - t) % (BASE - t);
                warc_buf_byte(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
                if (q < t)
                    break;
                q = (q - t) / (BASE - t);
            }
            delta = done == basic ? delta / DAMP : delta / 2;
            delta += delta / (uint32_t)(done + 1);
            for (bias = 0; delta > (BASE - T_MIN) * T_MAX / 2; bias += BASE)
                delta /= BASE - T_MIN;
            bias += (BASE - T_MIN + 1) * delta / (delta + SKEW);
            delta = 0;
            done++;
        }
        delta++;
        at++;
    }
    return out->len - begin < 64;
}

/* What RFC 3491 maps to nothing. */
static bool unseen(uint32_t c)
{
    return c == 0 || c == 0xad || c == 0x34f || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f) ||
           c == 0xfeff;
}

/* False: it cannot be said in ASCII. */
static bool host_in_ascii(struct warc_buf *out, pl_str host)
{
    for (size_t i = 0; i < host.len;) {
        uint32_t letter[64];
        size_t n = 0;
        bool plain = true;
        while (i < host.len && host.ptr[i] != '.') {
            const uint32_t c = lower_letter(next_letter(host, &i)), sharp_s = 0xdf;
            if (unseen(c))
                continue;
            if (n >= 62)
                return false;
            letter[n++] = c == sharp_s ? 's' : c;
            if (c == sharp_s)
                letter[n++] = 's';
            plain &= c < 128 || c == sharp_s;
        }
        if (n == 0)
            return false;
        for (size_t k = 0; plain && k < n; k++)
            warc_buf_byte(out, (char)letter[k]);
        if (!plain && !punycode(out, letter, n))
            return false;
        if (i < host.len) {
            warc_buf_byte(out, '.');
            i++;
        }
    }
    return true;
}

/* "2130706433", "0x"-less forms with fewer than four parts: the address that is meant, or false. */
static bool host_as_number(pl_str host, char out[INET_ADDRSTRLEN])
{
    struct in_addr a;
    char text[64];
    uint32_t n = 0;
    size_t dots = 0, digits = 0;

    for (size_t i = 0; i < host.len; i++) {
        dots += host.ptr[i] == '.';
        digits += is_digit(host.ptr[i]);
        n = n * 10 + (uint32_t)(unsigned char)(host.ptr[i] - '0');
    }
    if (digits == 0 || digits + dots != host.len || dots > 3 || host.len >= sizeof text || !is_digit(host.ptr[0]) ||
        !is_digit(host.ptr[host.len - 1]))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = 0;
    a.s_addr = htonl(n);
    if (dots > 0 && (strstr(text, "..") || inet_aton(text, &a) == 0))
        return false;
    return inet_ntop(AF_INET, &a, out, INET_ADDRSTRLEN) != NULL;
}

/* ".." becomes ".", and none stays at the ends. */
static void pull_dots(struct warc_buf *b)
{
    size_t n = 0, from = 0;

    for (size_t i = 0; i < b->len; i++) {
        b->at[n++] = b->at[i];
        if (b->at[i] == '.' && i + 1 < b->len && b->at[i + 1] == '.')
            i++;
    }
    while (n > 0 && b->at[n - 1] == '.')
        n--;
    while (from < n && b->at[from] == '.')
        from++;
    memmove(b->at, b->at + from, n - from);
    b->len = n - from;
}

static void plain_host(struct warc_buf *out, pl_str host, bool dns)
{
    struct warc_buf a = {0}, b = {0};
    char number[INET_ADDRSTRLEN];
    bool ascii = true;

    unescape(&a, host);
    for (size_t i = 0; i < a.len; i++)
        ascii &= (unsigned char)a.at[i] < 0x80;
    if (!ascii && host_in_ascii(&b, warc_buf_view(&a))) {
        warc_buf_done(&a);
        a = b;
        b = (struct warc_buf){0};
    }
    if (a.len)
        pull_dots(&a);
    for (size_t i = 0; i < a.len; i++)
        a.at[i] = lower(a.at[i]);
    warc_buf_reset(&b, SIZE_MAX);
    if (a.len && host_as_number(warc_buf_view(&a), number))
        warc_buf_text(&b, number);
    else
        escape(&b, warc_buf_view(&a));
    pl_str h = warc_buf_view(&b);
    size_t www = 3;
    while (www < h.len && is_digit(h.ptr[www]))
        www++;
    if (!dns && h.len > www && strncasecmp(h.ptr, "www", 3) == 0 && h.ptr[www] == '.')
        h = cut(h, www + 1, h.len);
    for (size_t i = 0; i < h.len; i++)
        warc_buf_byte(out, lower(h.ptr[i]));
    out->failed |= a.failed || b.failed;
    warc_buf_done(&a);
    warc_buf_done(&b);
}

/* ---- paths ---- */

/* Without "." and "..", and with one slash where there are several. */
static void normal_path(struct warc_buf *out, pl_str path)
{
    pl_str *kept = malloc(sizeof *kept * PARTS);
    size_t n = 0, i = find_any(path, 0, "/");

    out->failed |= !kept;
    while (kept && i < path.len) {
        const size_t end = find_any(path, i + 1, "/");
        const pl_str p = cut(path, i + 1, end);
        if (is_word(p, "..") && n > 0)
            n--;
        else if (!is_word(p, ".") && n < PARTS)
            kept[n++] = p;
        i = end;
    }
    warc_buf_byte(out, '/');
    for (size_t k = 0; kept && k < n; k++) {
        if (k + 1 < n && kept[k].len == 0)
            continue;
        warc_buf_add(out, kept[k]);
        if (k + 1 < n)
            warc_buf_byte(out, '/');
    }
    free(kept);
}

/* How many of the bytes from p on are letters or digits, at most `most`. */
static size_t run(pl_str s, size_t from, size_t most)
{
    size_t n = 0;

    while (n < most && from + n < s.len && is_alnum(s.ptr[from + n]))
        n++;
    return n;
}

/* The length of "(s(24))/" with several such, or of "(24)/", where it stands; 0: neither. */
static size_t path_session(pl_str s, size_t at, bool named)
{
    size_t i = at;

    if (i >= s.len || s.ptr[i++] != '(')
        return 0;
    if (named) {
        size_t n = 0;
        for (; i + 27 <= s.len && is_alpha(s.ptr[i]) && s.ptr[i + 1] == '(' && run(s, i + 2, 25) == 24 && s.ptr[i + 26] == ')';
             i += 27)
            n++;
        if (n == 0)
            return 0;
    } else {
        if (run(s, i, 25) != 24)
            return 0;
        i += 24;
    }
    return i + 1 < s.len && s.ptr[i] == ')' && s.ptr[i + 1] == '/' ? i + 2 - at : 0;
}

/* ASP.NET's session number in the path of an .aspx page. */
static void drop_path_session(struct warc_buf *b, size_t begin, bool named)
{
    const pl_str s = {b->at + begin, b->len - begin};

    for (size_t i = s.len; i-- > 0;) {
        if (s.ptr[i] != '/')
            continue;
        const size_t n = path_session(s, i + 1, named), rest = i + 1 + n;
        if (n == 0)
            continue;
        const size_t query = find_any(s, rest, "?");
        if (query <= rest + 5 || !memmem(s.ptr + rest + 1, s.len - rest - 1, ".aspx", 5))
            continue;
        const char *page = memmem(s.ptr + rest + 1, s.len - rest - 1, ".aspx", 5);
        if ((size_t)(page - s.ptr) > query)
            continue;
        memmove(b->at + begin + i + 1, b->at + begin + rest, s.len - rest);
        b->len -= n;
        return;
    }
}

static void plain_path(struct warc_buf *out, pl_str path, bool has_host)
{
    struct warc_buf un = {0}, normal = {0};
    const size_t begin = out->len;

    unescape(&un, path);
    if (has_host)
        normal_path(&normal, warc_buf_view(&un));
    else
        warc_buf_add(&normal, warc_buf_view(&un));
    escape(out, warc_buf_view(&normal));
    out->failed |= un.failed || normal.failed;
    warc_buf_done(&un);
    warc_buf_done(&normal);
    for (size_t i = begin; i < out->len; i++)
        out->at[i] = lower(out->at[i]);
    if (out->failed)
        return;
    drop_path_session(out, begin, true);
    drop_path_session(out, begin, false);
    if (out->len - begin > 1 && out->at[out->len - 1] == '/')
        out->len--;
}

/* ---- queries ---- */

/* The length of a session's number where it stands; 0: there is none. */
static size_t query_session(pl_str s, size_t at, int kind)
{
    static const char *const name[] = {"jsessionid=", "phpsessid=", "sid=", "aspsessionid", "cfid="};
    const size_t n = strlen(name[kind]);
    size_t i = at + n;

    if (s.len - at < n || strncasecmp(s.ptr + at, name[kind], n) != 0)
        return 0;
    if (kind < 3) {
        i += run(s, i, 33) == 32 ? 32 : 0;
        return i > at + n && (i == s.len || s.ptr[i] == '&') ? i - at : 0;
    }
    if (kind == 3) {
        for (size_t k = 0; k < 33; k++) {
            const bool right = i + k < s.len && (k == 8 ? s.ptr[i + k] == '=' : is_alpha(s.ptr[i + k]));
            if (!right)
                return 0;
        }
        i += 33;
        return i == s.len || s.ptr[i] == '&' ? i - at : 0;
    }
    const size_t end = find_and(s, i), token = end + strlen("&cftoken=");
    if (end == i || token >= s.len || strncasecmp(s.ptr + end, "&cftoken=", 9) != 0 || s.ptr[token] == '&')
        return 0;
    return find_and(s, token) - at;
}

static void drop_query_sessions(struct warc_buf *q)
{
    for (int kind = 0; kind < 5; kind++) {
        const pl_str s = warc_buf_view(q);
        for (size_t i = s.len; i-- > 0;) {
            size_t n = query_session(s, i, kind);
            if (n == 0)
                continue;
            n += i + n < s.len; /* and the & behind it */
            memmove(q->at + i, q->at + i + n, s.len - i - n);
            q->len -= n;
            break;
        }
    }
}

/* By name; without = before with; by value. */
static int by_name(const void *left, const void *right)
{
    const pl_str a = *(const pl_str *)left, b = *(const pl_str *)right;
    const size_t na = find_any(a, 0, "="), nb = find_any(b, 0, "=");
    const int name = memcmp(a.ptr, b.ptr, na < nb ? na : nb);

    if (name || na != nb)
        return name ? name : na < nb ? -1 : 1;
    const int all = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return all ? all : a.len < b.len ? -1 : a.len > b.len;
}

static void sort_query(struct warc_buf *out, pl_str q)
{
    size_t n = 1, used = 0;

    for (size_t i = 0; i < q.len; i++)
        n += q.ptr[i] == '&';
    pl_str *part = calloc(n, sizeof *part);
    out->failed |= !part;
    for (size_t i = 0; part && used < n; used++) {
        const size_t end = find_and(q, i);
        part[used] = cut(q, i, end);
        i = end + 1;
    }
    if (part)
        qsort(part, n, sizeof *part, by_name);
    for (size_t i = 0; part && i < n; i++) {
        if (i)
            warc_buf_byte(out, '&');
        warc_buf_add(out, part[i]);
    }
    free(part);
}

static void plain_query(struct warc_buf *out, pl_str query)
{
    struct warc_buf un = {0}, q = {0};

    unescape(&un, query);
    escape(&q, warc_buf_view(&un));
    drop_query_sessions(&q);
    for (size_t i = 0; i < q.len; i++)
        q.at[i] = lower(q.at[i]);
    if (q.len) {
        warc_buf_byte(out, '?');
        sort_query(out, warc_buf_view(&q));
    }
    out->failed |= un.failed || q.failed;
    warc_buf_done(&un);
    warc_buf_done(&q);
}

/* ---- all of it ---- */

static bool parse_port(pl_str s, unsigned *port)
{
    *port = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]) || *port > 65535)
            return false;
        *port = *port * 10 + (unsigned)(s.ptr[i] - '0');
    }
    return *port <= 65535;
}

/* Host and port out of "user@host:port"; false: the port is none. */
static bool parse_authority(struct address *a, pl_str s)
{
    pl_str port = {"", 0};

    while (s.len && s.ptr[s.len - 1] == ':')
        s.len--;
    for (size_t i = s.len; i-- > 0;)
        if (s.ptr[i] == '@') {
            s = cut(s, i + 1, s.len);
            break;
        }
    const size_t bracket = find_any(s, 0, "[");
    if (bracket < s.len) {
        const size_t end = find_any(s, bracket, "]"), colon = end < s.len ? find_any(s, end, ":") : s.len;
        a->host = cut(s, bracket + 1, end);
        port = colon < s.len ? cut(s, colon + 1, s.len) : port;
    } else {
        const size_t colon = find_any(s, 0, ":");
        a->host = cut(s, 0, colon);
        port = colon < s.len ? cut(s, colon + 1, s.len) : port;
    }
    return parse_port(port, &a->port);
}

static bool parse(struct address *a, pl_str url)
{
    const size_t scheme = scheme_length(url);
    size_t i = scheme + 1, path;

    a->scheme = cut(url, 0, scheme);
    if (i + 1 < url.len && url.ptr[i] == '/' && url.ptr[i + 1] == '/') {
        path = find_any(url, i + 2, "/?#");
        if (!parse_authority(a, cut(url, i + 2, path)))
            return false;
        i = path;
    }
    path = find_any(url, i, "?#");
    a->path = cut(url, i, path);
    if (path < url.len && url.ptr[path] == '?')
        a->query = cut(url, path + 1, find_any(url, path, "#"));
    /* http:////host/path */
    if (a->host.len == 0 && a->path.len && url.len >= 4 && memcmp(url.ptr, "http", 4) == 0) {
        size_t from = 0;
        while (from < a->path.len && a->path.ptr[from] == '/')
            from++;
        const size_t end = find_any(a->path, from, "/");
        a->host = cut(a->path, from, end);
        a->path = end < a->path.len ? cut(a->path, end, a->path.len) : PL_S("/");
    }
    return true;
}

static bool space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without white space and doubled schemes, and with one. */
static void tidy(struct warc_buf *out, pl_str url)
{
    while (url.len && space(url.ptr[0]))
        url = cut(url, 1, url.len);
    while (url.len && space(url.ptr[url.len - 1]))
        url.len--;
    for (size_t i = 0; i < url.len && i < LONGEST; i++)
        if (!strchr("\n\r\t", url.ptr[i]) || !url.ptr[i])
            warc_buf_byte(out, url.ptr[i]);
    if (out->failed)
        return;
    if (out->len && !scheme_length(warc_buf_view(out))) {
        warc_buf_text(out, "http://");
        if (out->failed)
            return;
        memmove(out->at + 7, out->at, out->len - 7);
        memcpy(out->at, "http://", 7);
    }
    for (;;) {
        const pl_str s = warc_buf_view(out);
        const size_t n = s.len > 8 && memcmp(s.ptr, "https://", 8) == 0  ? 8
                         : s.len > 7 && memcmp(s.ptr, "http://", 7) == 0 ? 7
                                                                         : 0;
        if (n == 0 || ((s.len < n + 7 || memcmp(s.ptr + n, "http://", 7) != 0) &&
                       (s.len < n + 8 || memcmp(s.ptr + n, "https://", 8) != 0)))
            return;
        memmove(out->at, out->at + n, out->len - n);
        out->len -= n;
    }
}

static void add_key(struct warc_buf *out, const struct address *a)
{
    struct warc_buf host = {0};
    const bool dns = is_word(a->scheme, "dns");
    const unsigned own = is_word(a->scheme, "http") ? 80 : is_word(a->scheme, "https") ? 443 : 0;

    plain_host(&host, a->host, dns);
    if (host.len == 0) {
        warc_buf_add(out, a->scheme);
        warc_buf_byte(out, ':');
    }
    for (size_t end = host.len; host.len;) {
        size_t i = end;
        while (i > 0 && host.at[i - 1] != '.')
            i--;
        warc_buf_add(out, (pl_str){host.at + i, end - i});
        if (i == 0)
            break;
        warc_buf_byte(out, ',');
        end = i - 1;
    }
    if (host.len && a->port && a->port != own)
        warc_buf_addf(out, ":%u", a->port);
    if (host.len)
        warc_buf_byte(out, ')');
    out->failed |= host.failed;
    const size_t begin = out->len;
    plain_path(out, a->path, host.len > 0);
    warc_buf_done(&host);
    if (out->len == begin && a->query.len)
        warc_buf_byte(out, '/');
    plain_query(out, a->query);
}

void warc_surt(struct warc_buf *out, pl_str url)
{
    struct warc_buf tidied = {0};
    struct address a = {.host = {"", 0}, .path = {"", 0}, .query = {"", 0}};

    if (url.len == 0) {
        warc_buf_byte(out, '-');
        return;
    }
    if (url.len >= 8 && memcmp(url.ptr, "filedesc", 8) == 0) {
        warc_buf_add(out, url);
        return;
    }
    tidy(&tidied, url);
    if (!tidied.failed && tidied.len && parse(&a, warc_buf_view(&tidied)))
        add_key(out, &a);
    else
        warc_buf_add(out, url);
    out->failed |= tidied.failed;
    warc_buf_done(&tidied);
}
