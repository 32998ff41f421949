/* json_write.c - the JSONL form of a record: writing a line. */
#include <stdlib.h>

#include "fields.h"
#include "json.h"
#include "json_text.h"
#include "offsets.h"
#include "str.h"

static void write_list(struct buf *out, pl_list list)
{
    buf_addc(out, '[');
    for (size_t i = 0; i < list.n; i++) {
        if (i)
            buf_addc(out, ',');
        json_text_valid(out, list.at[i]);
    }
    buf_addc(out, ']');
}

static void write_bytes(struct buf *out, pl_key key, pl_str bytes)
{
    if (key == PL_BODY) {
        json_base64(out, bytes);
        return;
    }
    buf_addz(out, "{\"base64\":");
    json_base64(out, bytes);
    buf_addc(out, '}');
}

void json_write_value(struct buf *out, pl_key key, const struct value *v)
{
    switch (v->type) {
    case PL_UNSET: buf_addz(out, "null"); break;
    case PL_STR: json_text_valid(out, v->as.str); break;
    case PL_BYTES: write_bytes(out, key, v->as.str); break;
    case PL_BOOL: buf_addz(out, v->as.b ? "true" : "false"); break;
    case PL_I64: json_i64(out, v->as.i); break;
    case PL_F64: json_f64(out, v->as.f); break;
    case PL_STRS: write_list(out, v->as.list); break;
    case PL_JSON: buf_add(out, v->as.str); break;
    }
}

static void write_name(struct buf *out, pl_str name)
{
    json_text(out, name);
    buf_addc(out, ':');
}

static void write_attr(struct buf *out, const pl_record *r, const struct attr *a)
{
    const pl_str name = record_key_name(r, a->key);

    buf_addc(out, ',');
    write_name(out, name);
    if (!a->link) {
        json_write_value(out, PL_NONE, &a->v);
    } else if (fields_link(name)) {
        json_i64(out, a->link);
    } else {
        buf_addz(out, "{\"note\":");
        json_i64(out, a->link);
        buf_addc(out, '}');
    }
}

static void write_note(struct buf *out, const pl_record *r, pl_note n, const struct offsets *o)
{
    const struct note *note = record_note(r, n);
    const struct attr *attrs[RECORD_MAX_ATTRS];
    const size_t n_attrs = record_note_attrs(r, n, attrs);

    buf_addz(out, "{\"id\":");
    json_i64(out, n);
    buf_addz(out, ",\"kind\":");
    json_text(out, record_key_name(r, note->kind));
    if (note->label.len) {
        buf_addz(out, ",\"label\":");
        json_text(out, note->label);
    }
    buf_addz(out, ",\"begin\":");
    json_i64(out, (int64_t)offsets_point(o, note->begin));
    buf_addz(out, ",\"end\":");
    json_i64(out, (int64_t)offsets_point(o, note->end));
    buf_addz(out, ",\"text\":");
    json_text(out, str_sub(o->text, note->begin, note->end));
    for (size_t i = 0; i < n_attrs; i++)
        write_attr(out, r, attrs[i]);
    buf_addc(out, '}');
}

static void write_notes(struct buf *out, const pl_record *r)
{
    const pl_str text = record_get(r, PL_TEXT)->as.str;
    size_t *before = malloc(size_mul(offsets_blocks(text), sizeof *before));
    struct offsets o;

    if (!before)
        out_of_memory();
    offsets_init(&o, text, before);
    buf_addz(out, "\"annotations\":[");
    for (pl_note n = 1; n <= record_n_notes(r) && !out->failed; n++) {
        if (n > 1)
            buf_addc(out, ',');
        write_note(out, r, n, &o);
    }
    buf_addc(out, ']');
    free(before);
}

void json_write(struct buf *out, const pl_record *r)
{
    const struct value *v;
    bool first = true;
    size_t at = 0;
    pl_key key;

    /* No line is shorter than its text: room for it is had at once. */
    if (!buf_room(out, record_get(r, PL_TEXT)->as.str.len))
        return;
    buf_addc(out, '{');
    while (record_next(r, &at, &key, &v)) {
        if (!first)
            buf_addc(out, ',');
        first = false;
        write_name(out, record_key_name(r, key));
        json_write_value(out, key, v);
    }
    if (record_n_notes(r)) {
        if (!first)
            buf_addc(out, ',');
        write_notes(out, r);
    }
    buf_addc(out, '}');
}
