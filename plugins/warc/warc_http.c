/* warc_http.c - HTTP heads, made to agree with the payload that is stored behind them. */
#include "warc_http.h"

#include <strings.h>

/* The next line of `s` without its end, which is taken off `s`; false: none, or the empty one. */
static bool next_line(pl_str *s, pl_str *line)
{
    const char *lf = s->len ? memchr(s->ptr, '\n', s->len) : NULL;
    const size_t n = lf ? (size_t)(lf - s->ptr) : s->len;

    *line = (pl_str){s->ptr, n};
    while (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    *s = (pl_str){s->ptr + n + (lf != NULL), s->len - n - (lf != NULL)};
    return line->len > 0;
}

/* A CR or NUL within a line is a space: nothing may end it early. */
static void add_line(struct warc_buf *out, pl_str line)
{
    for (size_t i = 0; i < line.len; i++)
        warc_buf_byte(out, line.ptr[i] == '\r' || line.ptr[i] == 0 ? ' ' : line.ptr[i]);
    warc_buf_text(out, "\r\n");
}

/* The value where the line is a field of that name. */
static bool field(pl_str line, const char *name, pl_str *value)
{
    const size_t n = strlen(name);
    size_t i = n;

    if (line.len <= n || strncasecmp(line.ptr, name, n) != 0)
        return false;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    if (i == line.len || line.ptr[i++] != ':')
        return false;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    while (line.len > i && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t'))
        line.len--;
    *value = (pl_str){line.ptr + i, line.len - i};
    return true;
}

static bool identity(pl_str v)
{
    return v.len == 0 || (v.len == 8 && strncasecmp(v.ptr, "identity", 8) == 0);
}

static bool number_is(pl_str v, uint64_t n)
{
    char text[32];

    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    return v.len == strlen(text) && memcmp(v.ptr, text, v.len) == 0;
}

const char *warc_http_protocol(pl_str raw)
{
    if (raw.len < 7 || memcmp(raw.ptr, "HTTP/", 5) != 0 || raw.ptr[6] == '.')
        return raw.len >= 8 && memcmp(raw.ptr, "HTTP/2.0", 8) == 0 ? "h2" : NULL;
    return raw.ptr[5] == '2' ? "h2" : raw.ptr[5] == '3' ? "h3" : NULL;
}

static void add_status(struct warc_buf *out, pl_str line)
{
    if (warc_http_protocol(line)) {
        const char *space = memchr(line.ptr, ' ', line.len);
        const size_t from = space ? (size_t)(space - line.ptr) : line.len;
        warc_buf_text(out, "HTTP/1.1");
        line = (pl_str){line.ptr + from, line.len - from};
    }
    add_line(out, line);
}

bool warc_http_response(struct warc_buf *out, const struct warc_http *h)
{
    pl_str rest = h->raw, line, value;
    bool has_length = false, renamed = false;

    if (rest.len < 9 || memcmp(rest.ptr, "HTTP/", 5) != 0 || !next_line(&rest, &line))
        return false;
    add_status(out, line);
    while (next_line(&rest, &line)) {
        if ((field(line, "Transfer-Encoding", &value) && !identity(value)) ||
            (!h->encoded && field(line, "Content-Encoding", &value) && !identity(value))) {
            warc_buf_text(out, "X-Archive-Orig-");
            renamed = true;
        } else if (!h->keep_length && field(line, "Content-Length", &value)) {
            if (has_length || !number_is(value, h->payload)) {
                warc_buf_text(out, "X-Archive-Orig-");
                renamed = true;
            } else {
                has_length = true;
            }
        }
        add_line(out, line);
    }
    if (renamed && !has_length && !h->keep_length)
        warc_buf_addf(out, "Content-Length: %llu\r\n", (unsigned long long)h->payload);
    warc_buf_text(out, "\r\n");
    return true;
}

bool warc_http_request(struct warc_buf *out, pl_str raw)
{
    pl_str line, value;

    if (!next_line(&raw, &line))
        return false;
    add_line(out, line);
    for (bool hidden = false; next_line(&raw, &line);) {
        const bool goes_on = line.ptr[0] == ' ' || line.ptr[0] == '\t';
        hidden = goes_on ? hidden : field(line, "Authorization", &value) || field(line, "Proxy-Authorization", &value);
        if (!hidden)
            add_line(out, line);
    }
    warc_buf_text(out, "\r\n");
    return true;
}
