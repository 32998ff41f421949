/* deadletter.c - one letter of the dead. */
#include "deadletter.h"

#include "json.h"
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
    if (r->given.ptr) {
        buf_addz(b, ",\"given\":");
        buf_add(b, r->given);
    }
    buf_addz(b, "}\n");
}

void deadletter_give(pl_record *r)
{
    const struct value *v;
    struct buf b = {0};
    size_t at = 0;
    pl_key key;

    while (r->raw.ptr && record_next(r, &at, &key, &v)) {
        if (key == PL_ORIGIN || key == PL_ID || key == PL_SOURCE)
            continue;
        buf_addc(&b, b.len ? ',' : '{');
        json_text(&b, record_key_name(r, key));
        buf_addc(&b, ':');
        json_write_value(&b, key, v);
    }
    if (b.len)
        buf_addc(&b, '}');
    if (b.failed)
        out_of_memory();
    if (b.len)
        r->given = arena_dup(&r->arena, buf_view(&b));
    buf_done(&b);
}
