/* json_notes.c - the JSONL form of a record: reading its annotations.
 *
 * First all of them are made, then their attributes are put on: a link may point forward. */
#include <stdlib.h>

#include "fields.h"
#include "json_reader.h"
#include "offsets.h"
#include "str.h"

/* An attribute to be put on. */
struct pending {
    pl_note note;
    pl_key key;
    pl_str name;
    struct json_token value;
};

/* The number that an annotation has in the line. */
struct line_id {
    int64_t id;
    pl_note note;
};

struct notes_reader {
    struct json_reader *rd;
    struct offsets offsets;
    struct pending *pending;
    size_t n_pending, cap_pending;
    struct line_id *ids; /* sorted by id once all are read */
    size_t n_ids, cap_ids;
};

/* The members of one annotation that are its own. */
struct parts {
    struct json_token id, kind, label, begin, end, text; /* text.ptr NULL: not there */
};

static struct json_token *part_of(struct parts *p, pl_str name)
{
    switch (name.len) {
    case 2: return str_is(name, "id") ? &p->id : NULL;
    case 3: return str_is(name, "end") ? &p->end : NULL;
    case 4: return str_is(name, "kind") ? &p->kind : str_is(name, "text") ? &p->text : NULL;
    case 5: return str_is(name, "begin") ? &p->begin : str_is(name, "label") ? &p->label : NULL;
    default: return NULL;
    }
}

static int add_pending(struct notes_reader *nr, pl_note note, struct json_token *name, const struct json_token *t)
{
    struct pending p = {.note = note, .value = *t};
    const int rc = json_name(nr->rd, name, &p.key);

    if (rc != PL_OK)
        return rc;
    p.name = name->text;
    struct pending *grown = arena_grow(&nr->rd->r->arena, nr->pending, nr->n_pending, &nr->cap_pending, sizeof *grown);
    if (!grown)
        return PL_NOMEM;
    nr->pending = grown;
    nr->pending[nr->n_pending++] = p;
    return PL_OK;
}

/* Sort the members of annotation `n` into its own and attributes. */
static int take_apart(struct notes_reader *nr, struct json_scan *s, pl_note n, struct parts *p)
{
    struct json_token name, value;
    int rc = PL_OK;

    while (rc == PL_OK && json_scan_member(s, &name, &value)) {
        const char *at = json_begin(&name);
        json_decode(&name);
        struct json_token *part = part_of(p, name.text);
        if (part && part->text.ptr)
            rc = json_bad(nr->rd, at, "annotation %u: '" JSON_SHORT "' stands here a second time", n,
                          JSON_SHORT_ARG(name.text));
        else if (part)
            *part = value;
        else
            rc = add_pending(nr, n, &name, &value);
    }
    return rc;
}

/* A member that holds text; "" when it is not there. */
static int text_part(struct notes_reader *nr, pl_note n, const char *name, struct json_token *t)
{
    if (!t->text.ptr) {
        t->text = PL_S("");
        return PL_OK;
    }
    if (t->kind != JSON_STRING)
        return json_bad(nr->rd, json_begin(t), "annotation %u: '%s' is not text", n, name);
    json_decode(t);
    return PL_OK;
}

/* A member that holds an offset. */
static int offset_part(struct notes_reader *nr, pl_note n, const char *name, const struct json_token *t, size_t *byte)
{
    int64_t point;

    if (t->kind != JSON_INTEGER || !str_to_i64(t->text, &point) || point < 0 || (uint64_t)point > nr->offsets.n_points)
        return json_bad(nr->rd, json_begin(t), "annotation %u: '%s' is no place in the text, which has %zu characters",
                        n, name, nr->offsets.n_points);
    *byte = offsets_byte(&nr->offsets, (size_t)point);
    return PL_OK;
}

/* The member that repeats the words under the annotation: a sign that offsets were counted as we do. */
static int check_text(struct notes_reader *nr, pl_note n, struct json_token *t, pl_str span)
{
    const char *at = json_begin(t);
    const int rc = text_part(nr, n, "text", t);

    if (rc == PL_OK && !str_eq(t->text, span))
        return json_bad(nr->rd, at, "annotation %u: 'text' is not what the text has from 'begin' to 'end'", n);
    return rc;
}

static int add_id(struct notes_reader *nr, pl_note n, const struct json_token *t)
{
    int64_t id;

    if (!t->text.ptr)
        return PL_OK;
    if (t->kind != JSON_INTEGER || !str_to_i64(t->text, &id) || id < 1)
        return json_bad(nr->rd, json_begin(t), "annotation %u: 'id' is not a number from 1", n);
    struct line_id *grown = arena_grow(&nr->rd->r->arena, nr->ids, nr->n_ids, &nr->cap_ids, sizeof *grown);
    if (!grown)
        return PL_NOMEM;
    nr->ids = grown;
    nr->ids[nr->n_ids++] = (struct line_id){id, n};
    return PL_OK;
}

/* The object begins at `at`. */
static int make_note(struct notes_reader *nr, struct json_scan *s, const char *at, pl_note n)
{
    struct parts p = {0};
    size_t begin = 0, end = 0;
    pl_key kind = PL_NONE;
    int rc = take_apart(nr, s, n, &p);

    if (rc == PL_OK && (!p.kind.text.ptr || p.kind.kind != JSON_STRING))
        rc = json_bad(nr->rd, at, "annotation %u: no 'kind'", n);
    if (rc == PL_OK && (!p.begin.text.ptr || !p.end.text.ptr))
        rc = json_bad(nr->rd, at, "annotation %u: no 'begin' or no 'end'", n);
    if (rc == PL_OK)
        rc = add_id(nr, n, &p.id);
    if (rc == PL_OK)
        rc = json_name(nr->rd, &p.kind, &kind);
    if (rc == PL_OK)
        rc = text_part(nr, n, "label", &p.label);
    if (rc == PL_OK)
        rc = offset_part(nr, n, "begin", &p.begin, &begin);
    if (rc == PL_OK)
        rc = offset_part(nr, n, "end", &p.end, &end);
    if (rc == PL_OK && begin >= end)
        rc = json_bad(nr->rd, at, "annotation %u: 'end' is not behind 'begin'", n);
    if (rc == PL_OK && p.text.text.ptr)
        rc = check_text(nr, n, &p.text, str_sub(nr->offsets.text, begin, end));
    if (rc != PL_OK)
        return rc;
    return record_annotate(nr->rd->r, kind, p.label.text, begin, end) == n ? PL_OK : PL_NOMEM;
}

static int compare_ids(const void *a, const void *b)
{
    const struct line_id *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int sort_ids(struct notes_reader *nr)
{
    bool sorted = true;

    for (size_t i = 1; i < nr->n_ids; i++)
        sorted = sorted && nr->ids[i - 1].id < nr->ids[i].id;
    if (sorted)
        return PL_OK;
    qsort(nr->ids, nr->n_ids, sizeof *nr->ids, compare_ids);
    for (size_t i = 1; i < nr->n_ids; i++) {
        if (nr->ids[i - 1].id == nr->ids[i].id)
            return json_bad(nr->rd, json_begin(&nr->rd->notes), "two annotations have the id %lld",
                            (long long)nr->ids[i].id);
    }
    return PL_OK;
}

/* 0: no annotation has this id. */
static pl_note note_of(const struct notes_reader *nr, int64_t id)
{
    const struct line_id key = {id, 0};
    const struct line_id *found = nr->n_ids ? bsearch(&key, nr->ids, nr->n_ids, sizeof key, compare_ids) : NULL;

    return found ? found->note : 0;
}

/* Whether the attribute is a link, and to which id. */
static bool link_id(struct pending *p, int64_t *id)
{
    struct json_token inner;

    if (p->value.kind == JSON_INTEGER)
        return fields_link(p->name) && str_to_i64(p->value.text, id);
    return p->value.kind == JSON_OBJECT && json_only_member(&p->value, "note", &inner) && inner.kind == JSON_INTEGER &&
           str_to_i64(inner.text, id) && *id > 0;
}

static int put_attr(struct notes_reader *nr, struct pending *p)
{
    const char *at = json_begin(&p->value);
    struct value v = {.type = PL_UNSET};
    int64_t id;
    int rc;

    if (record_note_attr(nr->rd->r, p->note, p->key))
        return json_bad(nr->rd, at, "annotation %u: '" JSON_SHORT "' stands here a second time", p->note,
                        JSON_SHORT_ARG(p->name));
    if (link_id(p, &id)) {
        const pl_note to = note_of(nr, id);
        if (!to)
            return json_bad(nr->rd, at, "annotation %u: '" JSON_SHORT "' links to %lld, which is none", p->note,
                            JSON_SHORT_ARG(p->name), (long long)id);
        rc = record_note_link(nr->rd->r, p->note, p->key, to);
    } else {
        json_scalar(&p->value, &v);
        rc = record_note_set(nr->rd->r, p->note, p->key, v);
    }
    if (rc == PL_ERROR)
        return json_bad(nr->rd, at, "annotation %u: more than %d attributes", p->note, (int)RECORD_MAX_ATTRS);
    return rc;
}

static int init_offsets(struct notes_reader *nr)
{
    const struct value *text = record_get(nr->rd->r, PL_TEXT);
    const pl_str s = text->type == PL_STR ? text->as.str : PL_S("");
    size_t *before = arena_alloc(&nr->rd->r->arena, size_mul(offsets_blocks(s), sizeof *before), 16);

    if (before)
        offsets_init(&nr->offsets, s, before);
    return before ? PL_OK : PL_NOMEM;
}

int json_read_notes(struct json_reader *rd)
{
    struct notes_reader nr = {.rd = rd};
    struct json_scan s, inner;
    pl_note n = 0;
    int rc = PL_OK;

    if (!rd->notes.text.ptr || rd->notes.kind == JSON_NULL)
        return PL_OK;
    json_scan_init(&s, rd->notes.text);
    if (json_scan_open(&s, '['))
        rc = init_offsets(&nr);
    while (rc == PL_OK && json_scan_enter(&s, &inner)) {
        rc = make_note(&nr, &inner, inner.at, ++n);
        json_scan_leave(&s, &inner);
    }
    if (rc == PL_OK && s.error)
        rc = json_bad(rd, s.at, "'annotations' is not a list of objects");
    if (rc == PL_OK)
        rc = sort_ids(&nr);
    for (size_t i = 0; rc == PL_OK && i < nr.n_pending; i++)
        rc = put_attr(&nr, &nr.pending[i]);
    return rc;
}
