/* deadletter.c - one letter of the dead. */
#include "deadletter.h"

#include "json_text.h"
#include "str.h"
#include "utf8.h"

static void member(struct buf *b, const char *name, pl_str text)
{
    buf_addf(b, "\"%s\":", name);
    json_text(b, text);
    buf_addc(b, ',');
}

static void field(struct buf *b, const char *name, const pl_record *r, pl_key key)
{
    const struct value *v = record_get(r, key);

    if (v->type == PL_STR)
        member(b, name, v->as.str);
}

void deadletter_write(struct buf *b, const pl_record *r, pl_str stage)
{
    buf_addc(b, '{');
    field(b, "origin", r, PL_ORIGIN);
    field(b, "id", r, PL_ID);
    field(b, "source", r, PL_SOURCE);
    member(b, "stage", stage);
    member(b, "code", r->code);
    member(b, "message", r->message);
    buf_addz(b, "\"raw\":");
    if (!r->raw.ptr) {
        buf_addz(b, "null");
    } else if (utf8_valid(r->raw) == r->raw.len) {
        json_text(b, r->raw);
    } else {
        buf_addz(b, "{\"base64\":");
        json_base64(b, r->raw);
        buf_addc(b, '}');
    }
    buf_addz(b, "}\n");
}
