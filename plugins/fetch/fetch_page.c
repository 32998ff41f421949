/* fetch_page.c - the text of an HTTP payload.
 *
 * What HTTP says of a page is believed where it can be: a picture that is sent as text/html is found by its bytes, and so
 * is a page that was stored with its encoding undone under a head that still names it. */
#include "fetch_page.h"

#include "fetch_meta.h"

#include <strings.h>

enum { KEEP = 4 << 20 };

void page_maker_done(struct page_maker *m)
{
    encodings_done(&m->encodings);
    gunzip_done(&m->gunzip);
    bytes_done(&m->inflated);
    decoder_done(&m->decoder);
}

const char *page_code(enum page_result r)
{
    switch (r) {
    case PAGE_EMPTY:
        return "empty";
    case PAGE_TOO_LARGE:
        return "too-large";
    case PAGE_TRUNCATED:
        return "truncated";
    case PAGE_ENCODING:
        return "bad-encoding";
    default:
        return "not-text";
    }
}

/* ---- media types ---- */

static pl_str bare_type(pl_str s)
{
    size_t n = 0;

    while (n < s.len && s.ptr[n] != ';' && s.ptr[n] != ',')
        n++;
    while (n > 0 && (s.ptr[n - 1] == ' ' || s.ptr[n - 1] == '\t'))
        n--;
    return (pl_str){s.ptr, n};
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool is_one_of(pl_str s, const char *const *words)
{
    while (*words && !is(s, *words))
        words++;
    return *words != NULL;
}

enum page_type page_type(pl_str content_type)
{
    static const char *const pages[] = {"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/xhtml",
                                        "application/html", "application/vnd.wap.xhtml+xml", NULL};
    static const char *const xml[] = {"text/xml", "application/xml", NULL};
    static const char *const open[] = {"application/octet-stream", "application/unknown", "application/x-unknown",
                                       "unknown/unknown", "*/*", NULL};
    const pl_str type = content_type.len ? bare_type(content_type) : content_type;

    if (type.len == 0 || !memchr(type.ptr, '/', type.len) || is_one_of(type, open))
        return PAGE_TYPE_OPEN;
    return is_one_of(type, pages) ? PAGE_TYPE_PAGE : is_one_of(type, xml) ? PAGE_TYPE_XML : PAGE_TYPE_NONE;
}

/* ---- encodings ---- */

PL_PRINTF(3, 4)
static enum page_result bad(struct page_out *out, enum page_result r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(out->message, sizeof out->message, fmt, ap);
    va_end(ap);
    return r;
}

/* As much as a message takes of what a stranger wrote, for "%.*s". */
static int some(pl_str s)
{
    return s.len < 80 ? (int)s.len : 80;
}

/* Tools that undo an encoding and keep the head as it came are many. */
static bool is_undone(pl_str payload)
{
    return payload.len > 0 && !kind_is_binary(payload) && kind_of_bytes(payload) != KIND_UNKNOWN;
}

static enum page_result too_large(const struct page_in *in, struct page_out *out)
{
    if (encoding_most(in->payload.len, in->max, in->ratio) < in->max)
        return bad(out, PAGE_TOO_LARGE, "inflates to more than %u times its %zu bytes", in->ratio, in->payload.len);
    return bad(out, PAGE_TOO_LARGE, "inflates to more than %zu bytes", in->max);
}

static enum page_result undo(struct page_maker *m, const struct page_in *in, struct page_out *out, pl_str *text)
{
    const enum encoding_result rc = encoding_undo(&m->encodings, in->encoding, in->payload, in->max, in->ratio, text);

    switch (rc) {
    case ENCODING_OK:
        return PAGE_OK;
    case ENCODING_NOMEM:
        return PAGE_NOMEM;
    case ENCODING_TOO_LARGE:
    case ENCODING_RATIO:
        return too_large(in, out);
    case ENCODING_TORN:
        if (in->cut && text->len)
            return PAGE_OK;
        if (is_undone(in->payload))
            break;
        return bad(out, PAGE_TRUNCATED, "the data of Content-Encoding '%.*s' ends too soon", some(in->encoding), in->encoding.ptr);
    case ENCODING_BAD:
        if (is_undone(in->payload))
            break;
        return bad(out, PAGE_ENCODING, "the data is not what Content-Encoding '%.*s' says, or is damaged", some(in->encoding), in->encoding.ptr);
    case ENCODING_UNKNOWN:
        if (is_undone(in->payload))
            break;
        return bad(out, PAGE_ENCODING, "Content-Encoding '%.*s' is not known here", some(in->encoding), in->encoding.ptr);
    }
    *text = in->payload;
    return PAGE_OK;
}

/* A file that is gzip data and is sent as such: page.html.gz. */
static enum page_result inflate_file(struct page_maker *m, const struct page_in *in, struct page_out *out, pl_str *text)
{
    if (!gunzip_is(*text))
        return PAGE_OK;
    bytes_reset(&m->inflated, KEEP);
    const size_t most = encoding_most(in->payload.len, in->max, in->ratio);
    const enum gunzip_result rc = gunzip_all(&m->gunzip, *text, most, &m->inflated);
    const pl_str all = {(const char *)m->inflated.at, m->inflated.len};
    const bool torn = rc == GUNZIP_TORN && in->cut && all.len;

    if (rc == GUNZIP_NOMEM)
        return PAGE_NOMEM;
    if (rc == GUNZIP_TOO_LARGE)
        return too_large(in, out);
    if (rc != GUNZIP_OK && !torn)
        return bad(out, PAGE_NOT_TEXT, "this is no text");
    *text = all;
    return PAGE_OK;
}

/* ---- the page ---- */

static enum kind kind_of(const struct page_in *in, pl_str text)
{
    const pl_str type = in->content_type.len ? bare_type(in->content_type) : in->content_type;
    enum kind k = kind_of_bytes(text);

    if (k == KIND_HTML)
        return k;
    /* Plain text that nothing speaks against; JSON has no place here. */
    if (is(type, "text/html") || is(type, "application/xhtml+xml"))
        return KIND_HTML;
    if (type.len == 0)
        k = kind_of_name(in->name);
    return k == KIND_HTML ? k : KIND_TEXT;
}

enum page_result page_make(struct page_maker *m, const struct page_in *in, struct page_out *out)
{
    const enum page_type type = page_type(in->content_type);
    pl_str bytes = in->payload;
    enum page_result rc = PAGE_OK;

    out->message[0] = 0;
    if (type == PAGE_TYPE_NONE)
        return bad(out, PAGE_NOT_TEXT, "Content-Type is '%.*s', which no page is", some(in->content_type),
                   in->content_type.ptr);
    if (in->encoding.len)
        rc = undo(m, in, out, &bytes);
    if (rc == PAGE_OK)
        rc = inflate_file(m, in, out, &bytes);
    if (rc != PAGE_OK)
        return rc;
    if (bytes.len == 0)
        return bad(out, PAGE_EMPTY, "nothing is in it");
    if (kind_is_binary(bytes))
        return bad(out, PAGE_NOT_TEXT, "this is no text");
    if (decode(&m->decoder, bytes, meta_charset_of(in->content_type), &out->text) != PL_OK)
        return PAGE_NOMEM;
    if (type == PAGE_TYPE_XML && !kind_names_html(out->text.text))
        return bad(out, PAGE_OTHER, "XML that is no page");
    if (type == PAGE_TYPE_OPEN && kind_of_bytes(out->text.text) == KIND_JSONL)
        return bad(out, PAGE_NOT_TEXT, "this is JSON");
    out->kind = kind_of(in, out->text.text);
    out->same = !out->text.converted && bytes.ptr == in->payload.ptr;
    return PAGE_OK;
}
