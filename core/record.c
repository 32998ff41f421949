/* record.c - an article on its way. */
#include "record.h"

#include <math.h>
#include <stdlib.h>

#include "buf.h"
#include "digest.h"
#include "fields.h"
#include "str.h"
#include "utf8.h"

struct pl_record *record_new(const struct intern *names, size_t memory_limit)
{
    struct pl_record *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    arena_init(&r->arena, memory_limit);
    r->names = names;
    r->child = PL_S("0");
    return r;
}

void record_free(pl_record *r)
{
    if (r) {
        arena_done(&r->arena);
        free(r);
    }
}

void record_begin(pl_record *r)
{
    r->mark = (struct mark){r->n_fields, r->n_notes, r->n_attrs, r->first_note, r->n_children};
}

void record_rollback(pl_record *r)
{
    while (r->n_attrs > r->mark.n_attrs) {
        const struct attr *a = &r->attrs[--r->n_attrs];
        r->notes[a->note].last_attr = a->prev;
    }
    while (r->n_fields > r->mark.n_fields) {
        const struct field *f = &r->fields[--r->n_fields];
        r->last[record_last_of(f->key)] = f->before;
    }
    r->n_notes = r->mark.n_notes;
    r->first_note = r->mark.first_note;
    r->n_children = r->mark.n_children;
}

/* Where the name stands in own_sorted, or would. */
static size_t own_place(const pl_record *r, pl_str name)
{
    size_t low = 0, high = r->n_own;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (str_cmp(r->own_names[r->own_sorted[middle]], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

pl_key record_find_key(const pl_record *r, pl_str name)
{
    const pl_key known = intern_find(r->names, name);

    if (known != PL_NONE)
        return known;
    const size_t at = own_place(r, name);
    if (at < r->n_own && str_eq(r->own_names[r->own_sorted[at]], name))
        return RECORD_OWN_KEY + r->own_sorted[at];
    return PL_NONE;
}

pl_key record_key(pl_record *r, pl_str name)
{
    const pl_key known = record_find_key(r, name);

    if (known != PL_NONE || name.len == 0)
        return known;
    pl_str *names = arena_grow(&r->arena, r->own_names, r->n_own, &r->cap_own, sizeof *names);
    if (!names)
        return PL_NONE;
    r->own_names = names;
    uint32_t *sorted = arena_grow(&r->arena, r->own_sorted, r->n_own, &r->cap_sorted, sizeof *sorted);
    if (!sorted)
        return PL_NONE;
    r->own_sorted = sorted;
    const pl_str copy = arena_dup(&r->arena, name);
    if (!copy.ptr)
        return PL_NONE;
    const size_t at = own_place(r, name);
    memmove(sorted + at + 1, sorted + at, (r->n_own - at) * sizeof *sorted);
    sorted[at] = (uint32_t)r->n_own;
    names[r->n_own] = copy;
    return RECORD_OWN_KEY + (pl_key)r->n_own++;
}

pl_str record_key_name(const pl_record *r, pl_key key)
{
    if (key < RECORD_OWN_KEY)
        return intern_name(r->names, key);
    return key - RECORD_OWN_KEY < r->n_own ? r->own_names[key - RECORD_OWN_KEY] : (pl_str){NULL, 0};
}

const struct value *record_get(const pl_record *r, pl_key key)
{
    static const struct value none = {.type = PL_UNSET};
    const size_t at = record_last_of(key);

    return at < r->n_last && r->last[at] ? &r->fields[r->last[at] - 1].v : &none;
}

static bool grow_last(pl_record *r, size_t at)
{
    const size_t n = at < 64 ? 128 : at * 2;
    uint32_t *grown = arena_zero(&r->arena, n, sizeof *grown);

    if (!grown)
        return false;
    if (r->n_last)
        memcpy(grown, r->last, r->n_last * sizeof *grown);
    r->last = grown;
    r->n_last = n;
    return true;
}

/* The slot that the current call may overwrite, or a new one. */
static struct field *slot(pl_record *r, pl_key key)
{
    const size_t at = record_last_of(key);

    if (at >= r->n_last && !grow_last(r, at))
        return NULL;
    if (r->last[at] > r->mark.n_fields)
        return &r->fields[r->last[at] - 1];
    struct field *grown = arena_grow(&r->arena, r->fields, r->n_fields, &r->cap_fields, sizeof *grown);
    if (!grown || r->n_fields >= UINT32_MAX - 1)
        return NULL;
    r->fields = grown;
    r->fields[r->n_fields++] = (struct field){.key = key, .before = r->last[at]};
    r->last[at] = (uint32_t)r->n_fields;
    return &r->fields[r->n_fields - 1];
}

static int repair(pl_record *r, pl_str *s)
{
    if (utf8_valid(*s) == s->len)
        return PL_OK;
    const pl_str good = utf8_repair(&r->arena, *s);
    if (!good.ptr)
        return PL_NOMEM;
    r->repaired = true;
    *s = good;
    return PL_OK;
}

static int repair_list(pl_record *r, pl_list *l)
{
    bool good = true;

    for (size_t i = 0; i < l->n; i++)
        good = good && utf8_valid(l->at[i]) == l->at[i].len;
    if (good)
        return PL_OK;
    pl_str *at = arena_alloc(&r->arena, size_mul(l->n, sizeof *at), 16);
    if (!at)
        return PL_NOMEM;
    for (size_t i = 0; i < l->n; i++) {
        at[i] = l->at[i];
        if (repair(r, &at[i]) != PL_OK)
            return PL_NOMEM;
    }
    l->at = at;
    return PL_OK;
}

/* Give the value the type of its field; false when it has none in common with it. */
static bool conform(pl_record *r, pl_key key, struct value *v)
{
    const struct field_info *known = fields_info(key);

    if (!known)
        return key != PL_NONE && !str_is(record_key_name(r, key), "annotations");
    if (v->type == known->type || v->type == PL_UNSET)
        return true;
    if ((v->type == PL_STR || v->type == PL_BYTES) && (known->type == PL_STR || known->type == PL_BYTES)) {
        v->type = known->type;
        return true;
    }
    if (v->type == PL_I64 && known->type == PL_F64) {
        *v = (struct value){.type = PL_F64, .as.f = (double)v->as.i};
        return true;
    }
    return v->type == PL_STR && known->type == PL_STRS;
}

static bool to_list(pl_record *r, struct value *v)
{
    pl_str *one = arena_alloc(&r->arena, sizeof *one, 16);

    if (!one)
        return false;
    *one = v->as.str;
    *v = (struct value){.type = PL_STRS, .as.list = {one, 1}};
    return true;
}

int record_set(pl_record *r, pl_key key, struct value v)
{
    if (!conform(r, key, &v))
        return PL_ERROR;
    if (v.type == PL_STR && repair(r, &v.as.str) != PL_OK)
        return PL_NOMEM;
    if (v.type == PL_STR && fields_info(key) && fields_info(key)->type == PL_STRS && !to_list(r, &v))
        return PL_NOMEM;
    if (v.type == PL_STRS && repair_list(r, &v.as.list) != PL_OK)
        return PL_NOMEM;
    if (v.type == PL_F64 && !isfinite(v.as.f)) {
        r->repaired = true;
        v = (struct value){.type = PL_UNSET};
    }
    struct field *f = slot(r, key);
    if (!f)
        return PL_NOMEM;
    f->v = v;
    if (key == PL_TEXT)
        r->first_note = r->n_notes;
    return PL_OK;
}

static bool copy_list(pl_record *r, pl_list *l)
{
    pl_str *at = arena_alloc(&r->arena, size_mul(l->n, sizeof *at), 16);

    for (size_t i = 0; at && i < l->n; i++) {
        at[i] = arena_dup(&r->arena, l->at[i]);
        if (!at[i].ptr)
            return false;
    }
    l->at = at;
    return at != NULL;
}

int record_set_copy(pl_record *r, pl_key key, struct value v)
{
    if (v.type == PL_STR || v.type == PL_BYTES || v.type == PL_JSON) {
        v.as.str = arena_dup(&r->arena, v.as.str);
        if (!v.as.str.ptr)
            return PL_NOMEM;
    } else if (v.type == PL_STRS && !copy_list(r, &v.as.list)) {
        return PL_NOMEM;
    }
    return record_set(r, key, v);
}

bool record_next(const pl_record *r, size_t *at, pl_key *key, const struct value **v)
{
    const pl_key known = fields_last();

    while (*at < known) {
        *key = (pl_key)(++*at);
        *v = record_get(r, *key);
        if ((*v)->type != PL_UNSET)
            return true;
    }
    /* Behind the well-known keys, *at counts on through the log. */
    while (*at - known < r->n_fields) {
        const struct field *f = &r->fields[(*at)++ - known];
        if (f->before || fields_info(f->key))
            continue;
        *key = f->key;
        *v = record_get(r, *key);
        if ((*v)->type != PL_UNSET)
            return true;
    }
    return false;
}

bool record_has_span(const pl_record *r, size_t begin, size_t end)
{
    const struct value *text = record_get(r, PL_TEXT);

    return text->type == PL_STR && begin < end && end <= text->as.str.len && utf8_boundary(text->as.str, begin) &&
           utf8_boundary(text->as.str, end);
}

pl_note record_annotate(pl_record *r, pl_key kind, pl_str label, size_t begin, size_t end)
{
    if (kind == PL_NONE || !record_has_span(r, begin, end))
        return 0;
    struct note *grown = arena_grow(&r->arena, r->notes, r->n_notes, &r->cap_notes, sizeof *grown);
    pl_str copy = arena_dup(&r->arena, label);
    if (!grown || !copy.ptr || repair(r, &copy) != PL_OK)
        return 0;
    r->notes = grown;
    r->notes[r->n_notes++] = (struct note){kind, copy, begin, end, 0};
    return (pl_note)(r->n_notes - r->first_note);
}

size_t record_n_notes(const pl_record *r)
{
    return r->n_notes - r->first_note;
}

const struct note *record_note(const pl_record *r, pl_note n)
{
    return n > 0 && n <= record_n_notes(r) ? &r->notes[r->first_note + n - 1] : NULL;
}

const struct attr *record_note_attr(const pl_record *r, pl_note n, pl_key attr)
{
    const struct note *note = record_note(r, n);

    for (uint32_t i = note ? note->last_attr : 0; i; i = r->attrs[i - 1].prev) {
        if (r->attrs[i - 1].key == attr)
            return &r->attrs[i - 1];
    }
    return NULL;
}

size_t record_note_attrs(const pl_record *r, pl_note n, const struct attr *attrs[])
{
    const struct note *note = record_note(r, n);
    size_t count = 0;

    /* From the newest back: of one name the first met is the one that holds, the last met gives its place. */
    for (uint32_t i = note ? note->last_attr : 0; i; i = r->attrs[i - 1].prev) {
        const struct attr *a = &r->attrs[i - 1];
        size_t k = 0;
        while (k < count && attrs[k]->key != a->key)
            k++;
        if (k < count) {
            a = attrs[k];
            memmove(attrs + k, attrs + k + 1, (count - k - 1) * sizeof *attrs);
            attrs[count - 1] = a;
        } else if (count < RECORD_MAX_ATTRS) {
            attrs[count++] = a;
        }
    }
    for (size_t i = 0; i < count / 2; i++) {
        const struct attr *swap = attrs[i];
        attrs[i] = attrs[count - 1 - i];
        attrs[count - 1 - i] = swap;
    }
    return count;
}

/* `n` is an annotation of the record. */
static int add_attr(pl_record *r, pl_note n, struct attr a)
{
    const struct attr *all[RECORD_MAX_ATTRS];

    if (!record_note_attr(r, n, a.key) && record_note_attrs(r, n, all) == RECORD_MAX_ATTRS)
        return PL_ERROR;
    struct attr *grown = arena_grow(&r->arena, r->attrs, r->n_attrs, &r->cap_attrs, sizeof *grown);
    if (!grown || r->n_attrs >= UINT32_MAX - 1)
        return PL_NOMEM;
    r->attrs = grown;
    a.note = (uint32_t)(r->first_note + n - 1);
    a.prev = r->notes[a.note].last_attr;
    r->attrs[r->n_attrs++] = a;
    r->notes[a.note].last_attr = (uint32_t)r->n_attrs;
    return PL_OK;
}

int record_note_set(pl_record *r, pl_note n, pl_key attr, struct value v)
{
    const pl_str name = record_key_name(r, attr);

    if (!record_note(r, n) || attr == PL_NONE || (v.type == PL_F64 && !isfinite(v.as.f)) || fields_note_member(name) ||
        (v.type == PL_I64 && fields_link(name)))
        return PL_ERROR;
    if (v.type == PL_STR || v.type == PL_JSON) {
        v.as.str = arena_dup(&r->arena, v.as.str);
        if (!v.as.str.ptr || repair(r, &v.as.str) != PL_OK)
            return PL_NOMEM;
    }
    return add_attr(r, n, (struct attr){.key = attr, .v = v});
}

int record_note_link(pl_record *r, pl_note n, pl_key attr, pl_note to)
{
    if (!record_note(r, n) || !record_note(r, to) || attr == PL_NONE || fields_note_member(record_key_name(r, attr)))
        return PL_ERROR;
    return add_attr(r, n, (struct attr){.key = attr, .link = to});
}

pl_str record_head(const pl_record *r, pl_key key)
{
    const struct value *v = record_get(r, key);
    size_t n;

    if (v->type != PL_STR)
        return (pl_str){NULL, 0};
    if (v->as.str.len <= RECORD_HEAD)
        return v->as.str;
    for (n = RECORD_HEAD; !utf8_boundary(v->as.str, n);)
        n--;
    return str_sub(v->as.str, 0, n);
}

static void add_number(struct buf *b, uint64_t n)
{
    char digits[20], *at = digits + sizeof digits;

    do
        *--at = (char)('0' + n % 10);
    while (n /= 10);
    buf_add(b, (pl_str){at, (size_t)(digits + sizeof digits - at)});
}

int record_identify(pl_record *r)
{
    struct buf b = {0};
    const pl_str name = r->input ? r->input->name : PL_S("-");
    uint8_t digest[SHA256_DIGEST_SIZE];
    char id[33];
    int rc;

    buf_addz(&b, r->input && r->input->digest[0] ? r->input->digest : "-");
    buf_addc(&b, ':');
    add_number(&b, r->position);
    buf_addc(&b, ':');
    buf_add(&b, r->child);
    buf_addc(&b, ' ');
    buf_add(&b, name);
    if (b.failed) {
        buf_done(&b);
        return PL_NOMEM;
    }
    digest_of(buf_view(&b), digest);
    digest_hex(digest, sizeof id / 2, id);
    rc = record_set_copy(r, PL_ORIGIN, (struct value){.type = PL_STR, .as.str = buf_view(&b)});
    if (rc == PL_OK && record_get(r, PL_ID)->type == PL_UNSET)
        rc = record_set_copy(r, PL_ID, (struct value){.type = PL_STR, .as.str = {id, sizeof id - 1}});
    buf_done(&b);
    return rc;
}

int record_from(pl_record *r, const struct input *in)
{
    struct input *copy = arena_zero(&r->arena, 1, sizeof *copy);

    if (!copy)
        return PL_NOMEM;
    *copy = *in;
    copy->name = arena_dup(&r->arena, in->name);
    r->input = copy;
    return copy->name.ptr ? PL_OK : PL_NOMEM;
}

static bool is_above(pl_str way, pl_str of)
{
    if (str_is(way, "0"))
        return !str_is(of, "0");
    return way.len < of.len && of.ptr[way.len] == '.' && memcmp(way.ptr, of.ptr, way.len) == 0;
}

int record_adopt(pl_record *child, pl_record *parent)
{
    char path[64];
    const bool top = str_is(parent->child, "0");
    const int n = snprintf(path, sizeof path, STR_FMT "%s%u", top ? 0 : (int)parent->child.len, parent->child.ptr,
                           top ? "" : ".", ++parent->n_children);

    if (n < 0 || (size_t)n >= sizeof path)
        return PL_NOMEM;
    child->input = parent->input;
    child->position = parent->position;
    child->given = parent->given;
    child->child = arena_dup(&child->arena, (pl_str){path, (size_t)n});
    child->only = parent->only.ptr ? arena_dup(&child->arena, parent->only) : parent->only;
    child->only_from = parent->only_from;
    if (child->child.ptr && child->only.ptr && (str_eq(child->child, child->only) || is_above(child->child, child->only)))
        parent->only_met = true;
    return child->child.ptr && (child->only.ptr || !parent->only.ptr) ? PL_OK : PL_NOMEM;
}

bool record_unwanted(const pl_record *r, bool at_end)
{
    if (!r->only.ptr || str_eq(r->child, r->only))
        return false;
    if (is_above(r->child, r->only))
        return at_end;
    return !is_above(r->only, r->child) || r->entry <= r->only_from;
}

bool record_missed(pl_record *r)
{
    if (r->only_met || !is_above(r->child, r->only))
        return false;
    r->child = r->only;
    record_set(r, PL_ID, (struct value){.type = PL_UNSET});
    record_identify(r);
    return true;
}

static void end(pl_record *r, enum fate fate, int stage, pl_str code, pl_str message)
{
    static const pl_str none = {NULL, 0};
    /* The words must outlive the record's limit: a record that fails for memory still says so. */
    const size_t limit = r->arena.limit;

    if (r->fate != FATE_LIVE)
        return;
    r->arena.limit = 0;
    r->fate = fate;
    r->stage = stage;
    r->code = arena_dup(&r->arena, code);
    r->message = message.len ? arena_dup(&r->arena, message) : none;
    r->arena.limit = limit;
}

void record_drop(pl_record *r, int stage, pl_str reason)
{
    end(r, FATE_DROPPED, stage, reason, (pl_str){NULL, 0});
}

void record_fail(pl_record *r, int stage, pl_str code, pl_str message)
{
    end(r, FATE_FAILED, stage, code, message);
}
