/* fetch_header.c - the heads of HTTP messages: fields, and what some of them say (RFC 9110, 9111 and 9112). */
#include "fetch_header.h"
#include "fetch_char.h"

#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static pl_str slice(pl_str s, size_t begin, size_t end)
{
    return (pl_str){s.ptr ? s.ptr + begin : NULL, end - begin};
}

/* A view of nothing keeps its place: a field that is there and empty is not one that is missing. */
static pl_str trim(pl_str s)
{
    size_t begin = 0, end = s.len;

    while (begin < end && is_blank(s.ptr[begin]))
        begin++;
    while (end > begin && is_blank(s.ptr[end - 1]))
        end--;
    return slice(s, begin, end);
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static size_t find(pl_str s, char c, size_t from)
{
    const char *at = from < s.len ? memchr(s.ptr + from, c, s.len - from) : NULL;

    return at ? (size_t)(at - s.ptr) : s.len;
}

/* ---- heads and fields ---- */

/* Behind the line at `at`. */
static size_t next_line(pl_str s, size_t at)
{
    const size_t lf = find(s, '\n', at);

    return lf < s.len ? lf + 1 : s.len;
}

static bool is_empty_line(pl_str s, size_t at, size_t next)
{
    return next - at == 1 || (next - at == 2 && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n');
}

pl_str header_last(pl_str chain)
{
    size_t begin = 0, at = 0;

    /* There is one head alone, nearly always. */
    if (chain.len == 0 || !memmem(chain.ptr, chain.len, "\nHTTP/", 6))
        return chain;
    while (at < chain.len) {
        const size_t next = next_line(chain, at);
        if (is_empty_line(chain, at, next) && chain.len - next >= 5 && memcmp(chain.ptr + next, "HTTP/", 5) == 0)
            begin = next;
        at = next;
    }
    return slice(chain, begin, chain.len);
}

int header_status(pl_str head)
{
    const pl_str last = header_last(head);
    size_t at = find(last, ' ', 0);

    if (last.len < 5 || memcmp(last.ptr, "HTTP/", 5) != 0 || at > find(last, '\n', 0))
        return 0;
    while (at < last.len && last.ptr[at] == ' ')
        at++;
    if (last.len - at < 3 || !is_digit(last.ptr[at]) || !is_digit(last.ptr[at + 1]) || !is_digit(last.ptr[at + 2]) ||
        (last.len - at > 3 && !is_blank(last.ptr[at + 3])))
        return 0;
    const int status = (last.ptr[at] - '0') * 100 + (last.ptr[at + 1] - '0') * 10 + last.ptr[at + 2] - '0';
    return status >= 100 && status <= 599 ? status : 0;
}

/* The field at *at, which has a name, and passes over it with its folded lines; false: the line is none. */
static bool read_field(pl_str head, size_t *at, pl_str *name, pl_str *value)
{
    const size_t begin = *at;
    size_t end = next_line(head, begin);

    const size_t colon = find(slice(head, 0, end), ':', begin);
    const bool folded = head.ptr[begin] == ' ' || head.ptr[begin] == '\t';
    while (end < head.len && (head.ptr[end] == ' ' || head.ptr[end] == '\t'))
        end = next_line(head, end);
    *at = end;
    if (folded || colon == begin || colon >= next_line(head, begin))
        return false;
    *name = trim(slice(head, begin, colon));
    *value = trim(slice(head, colon + 1, end));
    return name->len > 0;
}

/* Whether a line is none of a field whose name begins with `first`: one that continues another, if it is looked at, is
 * passed over as one that has no name. */
static bool cannot_be(pl_str head, size_t at, char first)
{
    return !is_blank(head.ptr[at]) && (head.ptr[at] | 0x20) != (first | 0x20);
}

bool header_next(pl_str head, const char *only, size_t *at, pl_str *name, pl_str *value)
{
    if (*at == 0) {
        const pl_str last = header_last(head);
        *at = head.len - last.len;
        if (last.len >= 5 && memcmp(last.ptr, "HTTP/", 5) == 0)
            *at = next_line(head, *at);
    }
    while (*at < head.len) {
        const size_t next = next_line(head, *at);
        if (is_empty_line(head, *at, next))
            break;
        if (only && cannot_be(head, *at, *only)) {
            *at = next;
            continue;
        }
        if (read_field(head, at, name, value) && (!only || is(*name, only)))
            return true;
    }
    *at = head.len;
    return false;
}

pl_str header_field(pl_str head, const char *name)
{
    pl_str found, value;
    size_t at = 0;

    return header_next(head, name, &at, &found, &value) ? value : (pl_str){NULL, 0};
}

/* ---- values ---- */

/* Where the element that begins at `at` ends: at `stop`, but not at one in a quoted string. */
static size_t element_end(pl_str s, size_t at, char stop)
{
    bool quoted = false;

    for (; at < s.len; at++) {
        if (quoted && s.ptr[at] == '\\' && at + 1 < s.len)
            at++;
        else if (s.ptr[at] == '"')
            quoted = !quoted;
        else if (s.ptr[at] == stop && !quoted)
            break;
    }
    return at;
}

static bool split(pl_str *rest, char stop, pl_str *item)
{
    while (rest->len) {
        const size_t end = element_end(*rest, 0, stop);
        *item = trim(slice(*rest, 0, end));
        *rest = slice(*rest, end < rest->len ? end + 1 : end, rest->len);
        if (item->len)
            return true;
    }
    return false;
}

bool header_list_next(pl_str *rest, pl_str *item)
{
    return split(rest, ',', item);
}

/* "NAME=VALUE" in two, without quotes. */
static pl_str value_of(pl_str item, pl_str *name)
{
    const size_t equals = find(item, '=', 0);
    pl_str value = {NULL, 0};

    *name = trim(slice(item, 0, equals));
    if (equals < item.len)
        value = trim(slice(item, equals + 1, item.len));
    if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') && value.ptr[value.len - 1] == value.ptr[0])
        value = trim(slice(value, 1, value.len - 1));
    return value;
}

static bool is_token(pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || strchr("()<>@,;:\\\"/[]?={}", s.ptr[i]))
            return false;
    return s.len > 0;
}

struct media_type header_media_type(pl_str content_type)
{
    struct media_type m = {{NULL, 0}, {NULL, 0}};
    pl_str all = content_type, rest, item, name;

    /* Several, from fields that somebody joined: the first counts. */
    if (!header_list_next(&all, &rest))
        return m;
    const size_t semicolon = element_end(rest, 0, ';');
    item = trim(slice(rest, 0, semicolon));
    rest = slice(rest, semicolon, rest.len);
    const size_t slash = find(item, '/', 0);
    if (slash < item.len && is_token(slice(item, 0, slash)) && is_token(slice(item, slash + 1, item.len)))
        m.type = item;
    while (!m.charset.len && split(&rest, ';', &item)) {
        const pl_str value = value_of(item, &name);
        if (is(name, "charset"))
            m.charset = value;
    }
    return m;
}

bool media_type_is(const struct media_type *m, const char *type)
{
    return is(m->type, type);
}

static bool is_sendable(pl_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < ' ' || value.ptr[i] > '~')
            return false;
    return value.len > 0 && value.len <= HEADER_MAX_VALIDATOR;
}

pl_str header_etag(pl_str value)
{
    return is_sendable(value) ? value : (pl_str){NULL, 0};
}

pl_str header_last_modified(pl_str value)
{
    return is_sendable(value) && header_date_ms(value) >= 0 ? value : (pl_str){NULL, 0};
}

/* ---- numbers and dates ---- */

/* Digits and nothing else, at most `max`; -1: something else. */
static int64_t number_of(pl_str s, int64_t max)
{
    int64_t v = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return -1;
        v = v * 10 + (s.ptr[i] - '0');
        v = v < max ? v : max;
    }
    return s.len ? v : -1;
}

int64_t header_max_age_s(pl_str cache_control)
{
    pl_str rest = cache_control, item, name;
    int64_t least = -1;

    while (header_list_next(&rest, &item)) {
        const pl_str value = value_of(item, &name);
        const int64_t age = is(name, "max-age") ? number_of(value, INT64_C(1) << 31) : -1;
        if (age >= 0 && (least < 0 || age < least))
            least = age;
    }
    return least;
}

int64_t header_max_age_of(pl_str head)
{
    pl_str name, value;
    int64_t least = -1;
    size_t at = 0;

    while (header_next(head, "Cache-Control", &at, &name, &value)) {
        const int64_t age = header_max_age_s(value);
        if (age >= 0 && (least < 0 || age < least))
            least = age;
    }
    return least;
}

int64_t header_retry_after_ms(pl_str value, int64_t now_ms)
{
    const int64_t most = INT64_C(1000000000000);
    const int64_t seconds = number_of(trim(value), most / 1000);

    if (seconds >= 0)
        return seconds * 1000;
    const int64_t date = header_date_ms(value);
    if (date < 0)
        return -1;
    if (date <= now_ms)
        return 0;
    return now_ms >= 0 && date - now_ms < most ? date - now_ms : most;
}

/* Words of a date, parted by blanks, commas and dashes: all three forms are the same words in another order. */
struct words {
    pl_str at[8];
    size_t n;
};

static struct words words_of(pl_str s)
{
    struct words w = {.n = 0};

    for (size_t i = 0; i < s.len && w.n < 8;) {
        const size_t begin = i;
        while (i < s.len && !is_blank(s.ptr[i]) && s.ptr[i] != ',' && s.ptr[i] != '-')
            i++;
        if (i > begin)
            w.at[w.n++] = slice(s, begin, i);
        else
            i++;
    }
    return w;
}

static int month_of(pl_str s)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; s.len == 3 && i < 12; i++)
        if (strncasecmp(s.ptr, names + 3 * i, 3) == 0)
            return i + 1;
    return 0;
}

static bool in(int64_t v, int64_t least, int64_t most)
{
    return v >= least && v <= most;
}

/* "08:49:37" as seconds of the day; a leap second is the one before; -1: none. */
static int64_t time_of(pl_str s)
{
    if (s.len != 8 || s.ptr[2] != ':' || s.ptr[5] != ':')
        return -1;
    const int64_t hour = number_of(slice(s, 0, 2), 99), minute = number_of(slice(s, 3, 5), 99),
                  second = number_of(slice(s, 6, 8), 99);
    if (!in(hour, 0, 23) || !in(minute, 0, 59) || !in(second, 0, 60))
        return -1;
    return hour * 3600 + minute * 60 + (second < 60 ? second : 59);
}

static int64_t year_of(pl_str s)
{
    const int64_t year = number_of(s, 9999);

    if (s.len == 2)
        return year < 0 ? -1 : year < 70 ? 2000 + year : 1900 + year;
    return s.len == 4 ? year : -1;
}

/* Days since 1970 of a day of the proleptic Gregorian calendar, counted in years that begin in March. */
static int64_t days_of(int64_t year, int month, int64_t day)
{
    const int64_t y = year - (month <= 2), m = month + (month <= 2 ? 9 : -3);

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int64_t days_in(int64_t year, int month)
{
    return month == 12 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1);
}

int64_t header_date_ms(pl_str http_date)
{
    const struct words w = words_of(http_date);
    pl_str day, month, year, time;

    if (w.n == 6 && (is(w.at[5], "GMT") || is(w.at[5], "UTC"))) { /* Sun, 06 Nov 1994 08:49:37 GMT; with dashes RFC 850's */
        day = w.at[1], month = w.at[2], year = w.at[3], time = w.at[4];
    } else if (w.n == 5) { /* Sun Nov  6 08:49:37 1994 */
        day = w.at[2], month = w.at[1], year = w.at[4], time = w.at[3];
    } else {
        return -1;
    }
    const int64_t y = year_of(year), d = day.len <= 2 ? number_of(day, 99) : -1, t = time_of(time);
    const int m = month_of(month);
    if (y < 1970 || !m || !in(d, 1, 31) || d > days_in(y, m) || t < 0)
        return -1;
    return (days_of(y, m, d) * 86400 + t) * 1000;
}
