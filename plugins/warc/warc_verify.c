/* warc_verify.c - is a record what it says of itself?
 *
 * The standard takes the payload of an HTTP response to be its body without transfer encoding; many writers digest it
 * with its chunks.  Either is right here.  A revisit's payload digest is of a payload that is elsewhere. */
#include "warc_verify.h"

#include "../shared/warc_digest.h"

#include <strings.h>

/* The size of the next chunk in hex digits, then its bytes, then CR LF. */
struct chunks {
    enum { IN_SIZE, IN_REST, IN_DATA, BEHIND, LAST } state;
    uint64_t left;
};

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void add_chunked(struct chunks *c, struct warc_digest *d, pl_str bytes)
{
    for (size_t i = 0; i < bytes.len && c->state != LAST;) {
        if (c->state == IN_DATA) {
            const size_t n = bytes.len - i < c->left ? bytes.len - i : (size_t)c->left;
            warc_digest_add(d, (pl_str){bytes.ptr + i, n});
            i += n;
            c->left -= n;
            c->state = c->left ? IN_DATA : BEHIND;
            continue;
        }
        const char b = bytes.ptr[i++];
        const int digit = hex_value(b);
        if (c->state == IN_SIZE && digit >= 0 && c->left < UINT64_MAX >> 8)
            c->left = c->left * 16 + (uint64_t)digit;
        else if (b == '\n')
            c->state = c->state == BEHIND ? IN_SIZE : c->left ? IN_DATA : LAST;
        else if (c->state == IN_SIZE)
            c->state = IN_REST;
    }
}

struct claim {
    pl_str text;
    enum warc_digest_by by;
    uint8_t digest[WARC_DIGEST_MOST];
    size_t n;
    bool unreadable; /* the algorithm is known, but that is no digest of it */
};

static void read_claim(struct claim *c, pl_str text)
{
    *c = (struct claim){.text = text, .by = WARC_UNKNOWN};
    if (!text.ptr)
        return;
    c->by = warc_digest_read(text, c->digest, &c->n);
    c->unreadable = c->by == WARC_UNKNOWN && warc_digest_named(text);
}

static enum warc_found judge(const struct claim *c, struct warc_digest *d, char found[WARC_DIGEST_TEXT])
{
    uint8_t digest[WARC_DIGEST_MOST];

    if (c->unreadable) {
        snprintf(found, WARC_DIGEST_TEXT, "another");
        return WARC_WRONG;
    }
    if (c->by == WARC_UNKNOWN)
        return c->text.ptr ? WARC_NOT_KNOWN : WARC_NOT_SAID;
    warc_digest_text(c->by, digest, warc_digest_end(d, digest), found);
    return memcmp(digest, c->digest, c->n) == 0 ? WARC_RIGHT : WARC_WRONG;
}

static void complain(struct warc_verdict *v, const char *what, const struct claim *c, const char *found)
{
    const size_t len = strlen(v->message);

    snprintf(v->message + len, sizeof v->message - len, "%sthe %s has %s%s, and says %.*s", len ? "; " : "", what,
             c->unreadable ? "a digest" : "the digest ", c->unreadable ? "" : found,
             (int)(c->text.len < 100 ? c->text.len : 100), c->text.ptr);
}

static void must_have(struct warc_verdict *v, pl_str value, const char *name)
{
    const size_t len = strlen(v->message);

    if (value.len == 0)
        snprintf(v->message + len, sizeof v->message - len, "%sit has no %s", len ? "; " : "", name);
}

int warc_verify(struct warc_reader *r, bool blocks, struct warc_verdict *v)
{
    struct claim block, payload;
    struct warc_digest of_block, of_payload, of_decoded;
    struct chunks chunks = {IN_SIZE, 0};
    char found[WARC_DIGEST_TEXT];
    pl_str piece;
    int rc;

    *v = (struct warc_verdict){0};
    must_have(v, r->type, "WARC-Type");
    must_have(v, r->id, "WARC-Record-ID");
    must_have(v, r->date, "WARC-Date");
    read_claim(&block, warc_field(r->head, "WARC-Block-Digest"));
    read_claim(&payload, blocks || is(r->type, "revisit") || warc_field(r->head, "WARC-Segment-Number").ptr
                             ? (pl_str){NULL, 0}
                             : warc_field(r->head, "WARC-Payload-Digest"));
    warc_digest_begin(&of_block, block.by);
    warc_digest_begin(&of_payload, payload.by);
    warc_digest_begin(&of_decoded, payload.by);
    const bool http = warc_http(r);
    const bool chunked =
        http && payload.by != WARC_UNKNOWN && is(warc_field(warc_http_fields(r->http), "Transfer-Encoding"), "chunked");
    /* Of a resource payload and block are the same bytes. */
    const bool one = !http && block.by == payload.by && block.by != WARC_UNKNOWN;
    if (http && block.by != WARC_UNKNOWN)
        warc_digest_add(&of_block, r->http);
    while ((rc = warc_block(r, &piece)) == PL_OK) {
        if (block.by != WARC_UNKNOWN)
            warc_digest_add(&of_block, piece);
        if (payload.by != WARC_UNKNOWN && !one)
            warc_digest_add(&of_payload, piece);
        if (chunked)
            add_chunked(&chunks, &of_decoded, piece);
    }
    if (rc != PL_EOF)
        return PL_ERROR;
    if (one)
        of_payload = of_block;
    v->block = judge(&block, &of_block, found);
    if (v->block == WARC_WRONG)
        complain(v, "block", &block, found);
    v->payload = judge(&payload, &of_payload, found);
    if (v->payload == WARC_WRONG && chunked) {
        char decoded[WARC_DIGEST_TEXT];
        v->payload_decoded = judge(&payload, &of_decoded, decoded) == WARC_RIGHT;
        v->payload = v->payload_decoded ? WARC_RIGHT : WARC_WRONG;
    }
    if (v->payload == WARC_WRONG)
        complain(v, "payload", &payload, found);
    return PL_OK;
}
