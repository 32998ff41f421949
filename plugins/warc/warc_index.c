/* warc_index.c - the lines of the index, out of a WARC file of any make. */
#include "warc_index.h"

#include "../shared/warc_digest.h"
#include "warc_cdxj.h"

#include <strings.h>

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool wanted(const struct warc_reader *r)
{
    if (is(r->type, "response") || is(r->type, "revisit"))
        return true;
    return (is(r->type, "resource") || is(r->type, "metadata")) && !is(r->content_type, "application/warc-fields");
}

static bool from_web(pl_str uri)
{
    return (uri.len >= 5 && strncasecmp(uri.ptr, "http:", 5) == 0) || (uri.len >= 6 && strncasecmp(uri.ptr, "https:", 6) == 0);
}

/* "text/html" of "text/html; charset=utf-8". */
static pl_str media_type(pl_str s)
{
    size_t n = 0;

    while (n < s.len && !strchr("; \t\r\n\v\f", s.ptr[n]))
        n++;
    return s.ptr ? (pl_str){s.ptr, n} : s;
}

/* Spaces in an address would part the line. */
static pl_str plain_uri(struct warc_index *ix, pl_str uri)
{
    if (!uri.len || !memchr(uri.ptr, ' ', uri.len))
        return uri;
    warc_buf_reset(&ix->uri, 1 << 16);
    for (size_t i = 0; i < uri.len; i++)
        if (uri.ptr[i] == ' ')
            warc_buf_text(&ix->uri, "%20");
        else
            warc_buf_byte(&ix->uri, uri.ptr[i]);
    return warc_buf_view(&ix->uri);
}

/* To the record's end; the digest of the payload to `text` where it has none of its own. */
static int read_rest(struct warc_reader *r, bool digest, char text[WARC_DIGEST_TEXT])
{
    struct warc_digest d;
    uint8_t value[WARC_DIGEST_MOST];
    pl_str piece;
    int rc;

    warc_digest_begin(&d, WARC_SHA1);
    while ((rc = warc_block(r, &piece)) == PL_OK)
        if (digest)
            warc_digest_add(&d, piece);
    if (rc != PL_EOF)
        return PL_ERROR;
    warc_digest_text(WARC_SHA1, value, warc_digest_end(&d, value), text);
    return PL_OK;
}

int warc_index_record(struct warc_index *ix, struct warc_reader *r, pl_str name)
{
    struct warc_cdxj c = {.date = r->date};
    const bool line = wanted(r), revisit = is(r->type, "revisit");
    char computed[WARC_DIGEST_TEXT];

    warc_buf_reset(&ix->line, 1 << 16);
    warc_buf_reset(&ix->begun, 1 << 16);
    if (line) {
        c.uri = plain_uri(ix, r->uri);
        c.digest = warc_field(r->head, "WARC-Payload-Digest");
        const bool http = from_web(r->uri) && warc_http(r);
        const pl_str fields = http ? warc_http_fields(r->http) : (pl_str){NULL, 0};
        c.status = http && !is(r->type, "resource") ? warc_http_status(r->http) : c.status;
        c.mime = revisit                   ? PL_S("warc/revisit")
                 : is(r->type, "response") ? media_type(http ? warc_field(fields, "Content-Type") : c.mime)
                                           : media_type(r->content_type);
    }
    if (read_rest(r, line && !c.digest.ptr && !revisit, computed) != PL_OK)
        return PL_ERROR;
    ix->packed |= line && r->length == 0;
    if (!line || r->length == 0)
        return PL_OK;
    if (!c.digest.ptr && !revisit)
        c.digest = (pl_str){computed, strlen(computed)};
    warc_cdxj_begin(&ix->begun, &c);
    warc_cdxj_end(&ix->line, warc_buf_view(&ix->begun), r->length, r->offset, name);
    return ix->line.failed || ix->begun.failed || ix->uri.failed ? PL_NOMEM : PL_OK;
}

void warc_index_done(struct warc_index *ix)
{
    warc_buf_done(&ix->begun);
    warc_buf_done(&ix->uri);
    warc_buf_done(&ix->line);
}
