/* fetch_fields.c - what came by HTTP, as fields of a record. */
#include "fetch_fields.h"

void fetch_keys_init(pl_self *self, struct fetch_keys *k)
{
    k->request = pl_intern(self, PL_S("http.request"));
    k->response = pl_intern(self, PL_S("http.response"));
    k->encoded = pl_intern(self, PL_S("http.encoded"));
    k->ip = pl_intern(self, PL_S("http.ip"));
    k->truncated = pl_intern(self, PL_S("http.truncated"));
    k->time_ms = pl_intern(self, PL_S("http.time_ms"));
    k->payload = pl_intern(self, PL_S("http.payload"));
    k->digest = pl_intern(self, PL_S("http.digest"));
    k->block_digest = pl_intern(self, PL_S("http.block_digest"));
}

static int set_text(pl_self *self, pl_record *r, pl_key key, pl_str text, int before)
{
    return before == PL_OK && text.len ? pl_set(self, r, key, text) : before;
}

static int set_bytes(pl_self *self, pl_record *r, pl_key key, pl_str bytes, int before)
{
    return before == PL_OK && bytes.len ? pl_set_bytes(self, r, key, bytes) : before;
}

int fetched_set(pl_self *self, pl_record *r, const struct fetch_keys *k, const struct fetched *f)
{
    int rc = pl_set_bool(self, r, k->payload, true);

    rc = set_text(self, r, PL_URL, f->url, rc);
    rc = set_text(self, r, PL_FETCHED_AT, f->fetched_at, rc);
    rc = set_text(self, r, PL_CONTENT_TYPE, f->content_type, rc);
    rc = set_bytes(self, r, k->request, f->request, rc);
    rc = set_bytes(self, r, k->response, f->head, rc);
    rc = set_text(self, r, k->ip, f->ip, rc);
    rc = set_text(self, r, k->truncated, f->truncated, rc);
    rc = set_text(self, r, k->digest, f->digest, rc);
    rc = set_text(self, r, k->block_digest, f->block_digest, rc);
    if (rc == PL_OK && f->status)
        rc = pl_set_i64(self, r, PL_HTTP_STATUS, f->status);
    if (rc == PL_OK && f->encoded)
        rc = pl_set_bool(self, r, k->encoded, true);
    if (rc == PL_OK && f->took_ms >= 0)
        rc = pl_set_i64(self, r, k->time_ms, f->took_ms);
    return rc;
}

bool fetched_is(pl_self *self, pl_record *r, const struct fetch_keys *k)
{
    bool payload = false;

    return pl_get_bool(self, r, k->payload, &payload) && payload;
}

void fetched_get(pl_self *self, pl_record *r, const struct fetch_keys *k, struct fetched *f)
{
    int64_t status = 0;

    pl_get_i64(self, r, PL_HTTP_STATUS, &status);
    *f = (struct fetched){.url = pl_get(self, r, PL_URL),
                          .status = (int)status,
                          .head = pl_get(self, r, k->response),
                          .content_type = pl_get(self, r, PL_CONTENT_TYPE),
                          .truncated = pl_get(self, r, k->truncated),
                          .took_ms = -1,
                          .digest = pl_get(self, r, k->digest),
                          .block_digest = pl_get(self, r, k->block_digest)};
    pl_get_bool(self, r, k->encoded, &f->encoded);
}

int fetched_clear(pl_self *self, pl_record *r, const struct fetch_keys *k, bool heads)
{
    const pl_key always[] = {k->digest, k->block_digest};
    const pl_key others[] = {k->request, k->response, k->encoded, k->ip, k->truncated, k->time_ms, k->payload};
    int rc = PL_OK;

    for (size_t i = 0; i < sizeof always / sizeof *always && rc == PL_OK; i++)
        rc = pl_unset(self, r, always[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others && rc == PL_OK && !heads; i++)
        rc = pl_unset(self, r, others[i]);
    return rc;
}
