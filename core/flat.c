/* flat.c - a record, and what a call did to one, as one run of 64-bit words. */
#include "flat.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fields.h"
#include "json.h"
#include "json_text.h"
#include "str.h"
#include "utf8.h"

/* What the two highest bits of a text's length say. */
#define IS_PLACE ((uint64_t)1 << 63) /* a word follows: where in the message of the record it lies */
#define IS_NULL ((uint64_t)1 << 62)  /* {NULL, 0} */
#define LENGTH (IS_NULL - 1)

/* What a record's part of an answer has. */
enum { HAS_RAW = 1, HAS_PRIVATE = 2, WAS_REPAIRED = 4 };

enum {
    PLACE_LEAST = 32, /* text that is shorter is cheaper copied than looked up */
    MAX_NAME = 1024,  /* bytes of a name, and how many only a record's data may bring: as json.h has it */
    MAX_NAMES = 4096,
    MAX_CODE = 256,
    MAX_MESSAGE = 65536
};

/* ---- writing ---- */

static void put(struct flat_out *out, uint64_t w)
{
    if (out->cap - out->len < sizeof w) {
        out->full = true;
        return;
    }
    memcpy(out->at + out->len, &w, sizeof w);
    out->len += sizeof w;
}

static void put_pair(struct flat_out *out, uint32_t low, uint32_t high)
{
    put(out, (uint64_t)high << 32 | low);
}

/* With the zero that some code will expect behind a text, to the next multiple of 8. */
static size_t padded(size_t len)
{
    return size_add(len, 8) & ~(size_t)7;
}

static bool within(pl_str part, pl_str whole)
{
    const uintptr_t p = (uintptr_t)part.ptr, w = (uintptr_t)whole.ptr;

    return whole.ptr && p >= w && p - w <= whole.len && part.len <= whole.len - (p - w);
}

static void put_bytes(struct flat_out *out, pl_str s)
{
    const size_t size = padded(s.len);

    if (size > out->cap - out->len) {
        out->full = true;
        return;
    }
    char *to = out->at + out->len;
    memset(to + size - 8, 0, 8);
    if (s.len)
        memcpy(to, s.ptr, s.len);
    out->len += size;
}

static void put_str(struct flat_out *out, pl_str s)
{
    if (!s.ptr) {
        put(out, IS_NULL);
    } else if (s.len >= PLACE_LEAST && within(s, out->source)) {
        put(out, s.len | IS_PLACE);
        put(out, (uint64_t)(s.ptr - out->source.ptr));
    } else {
        put(out, s.len);
        put_bytes(out, s);
    }
}

static void put_value(struct flat_out *out, const struct value *v, void (*text)(struct flat_out *, pl_str, void *),
                      void *arg)
{
    uint64_t bits = 0;

    put(out, v->type);
    switch (v->type) {
    case PL_UNSET: break;
    case PL_STR:
    case PL_BYTES:
    case PL_JSON: text(out, v->as.str, arg); break;
    case PL_BOOL: put(out, v->as.b); break;
    case PL_I64: put(out, (uint64_t)v->as.i); break;
    case PL_F64:
        memcpy(&bits, &v->as.f, sizeof bits);
        put(out, bits);
        break;
    case PL_STRS:
        put(out, v->as.list.n);
        for (size_t i = 0; i < v->as.list.n; i++)
            text(out, v->as.list.at[i], arg);
        break;
    }
}

/* ---- the record that goes out ---- */

static void add_place(struct flat_places *places, uint64_t at, pl_str own)
{
    if (places->n == places->cap) {
        places->cap = places->cap ? places->cap * 2 : 64;
        struct flat_place *grown = realloc(places->at, places->cap * sizeof *grown);
        if (!grown)
            out_of_memory();
        places->at = grown;
    }
    places->at[places->n++] = (struct flat_place){at, own};
}

/* What the texts of a record that goes out are put with: the places, and the one text of which others are often slices. */
struct going {
    struct flat_places *places;
    size_t begin; /* of the message in `out` */
    pl_str raw;
    uint64_t raw_at;
};

static void put_own(struct flat_out *out, pl_str s, void *arg)
{
    struct going *g = arg;

    if (s.ptr && s.len >= PLACE_LEAST && within(s, g->raw)) {
        put(out, s.len | IS_PLACE);
        put(out, g->raw_at + (uint64_t)(s.ptr - g->raw.ptr));
        return;
    }
    if (s.ptr && s.len >= PLACE_LEAST)
        add_place(g->places, out->len + 8 - g->begin, s);
    put_str(out, s);
}

static void put_fields(struct flat_out *out, const pl_record *r, struct going *g)
{
    static const struct value none = {.type = PL_UNSET};

    for (size_t i = 0; i < r->n_fields; i++) {
        const struct field *f = &r->fields[i];
        const bool holds = r->last[record_last_of(f->key)] == i + 1;
        put_pair(out, f->key, f->before);
        put_value(out, holds ? &f->v : &none, put_own, g);
    }
}

static void put_notes(struct flat_out *out, const pl_record *r, struct going *g)
{
    for (size_t i = 0; i < r->n_notes; i++) {
        const struct note *n = &r->notes[i];
        put_pair(out, n->kind, n->last_attr);
        put(out, n->begin);
        put(out, n->end);
        put_own(out, i < r->first_note ? (pl_str){NULL, 0} : n->label, g);
    }
    for (size_t i = 0; i < r->n_attrs; i++) {
        const struct attr *a = &r->attrs[i];
        put_pair(out, a->note, a->prev);
        put_pair(out, a->key, a->link);
        put_value(out, &a->v, put_own, g);
    }
}

void flat_put_record(struct flat_out *out, const pl_record *r, struct flat_places *places)
{
    struct going g = {.places = places, .begin = out->len};

    out->source = (pl_str){NULL, 0};
    put(out, r->arena.used);
    put_pair(out, (uint32_t)r->n_last, r->n_children);
    put(out, r->position);
    put_pair(out, r->input != NULL, r->input ? (uint32_t)r->input->number : 0);
    put_str(out, r->input ? r->input->name : (pl_str){NULL, 0});
    put_str(out, r->input ? str_of(r->input->digest) : (pl_str){NULL, 0});
    put_str(out, r->child);
    put_own(out, r->raw, &g);
    g.raw_at = out->len - padded(r->raw.len) - g.begin;
    g.raw = r->raw;
    put(out, r->cap_own);
    put(out, r->cap_sorted);
    put(out, r->n_own);
    for (size_t i = 0; i < r->n_own; i++) {
        put_own(out, r->own_names[i], &g);
        put(out, r->own_sorted[i]);
    }
    put(out, r->cap_fields);
    put(out, r->n_fields);
    put(out, r->cap_notes);
    put(out, r->n_notes);
    put(out, r->first_note);
    put(out, r->cap_attrs);
    put(out, r->n_attrs);
    put_fields(out, r, &g);
    put_notes(out, r, &g);
}

/* ---- reading ---- */

struct flat_in {
    const char *at;
    size_t len, done;
    const char *why; /* the first thing that was wrong */
    const struct flat_place *places;
    size_t n_places;
    bool own; /* places are those of this very message */
};

static void wrong(struct flat_in *in, const char *why)
{
    if (!in->why)
        in->why = why;
}

/* Read once: what wrote it may still be writing. */
static uint64_t take(struct flat_in *in)
{
    if (in->why || in->len - in->done < sizeof(uint64_t)) {
        wrong(in, "it ends too early");
        return 0;
    }
    const _Atomic uint64_t *w = (const _Atomic uint64_t *)(const void *)(in->at + in->done);
    in->done += sizeof *w;
    return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)w, memory_order_relaxed);
}

static void take_pair(struct flat_in *in, uint32_t *low, uint32_t *high)
{
    const uint64_t w = take(in);

    *low = (uint32_t)w;
    *high = (uint32_t)(w >> 32);
}

/* A number of things that take at least `least` bytes each. */
static size_t take_n(struct flat_in *in, size_t least)
{
    const uint64_t n = take(in);

    if (n > (in->len - in->done) / least) {
        wrong(in, "it counts more than it has");
        return 0;
    }
    return (size_t)n;
}

/* The text that begins at a place of the record's message: the last piece that does not begin behind it. */
static pl_str at_place(struct flat_in *in, uint64_t at, size_t len)
{
    size_t low = 0, high = in->n_places;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (in->places[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0) {
        const struct flat_place *p = &in->places[low - 1];
        if (at - p->at <= p->own.len && len <= p->own.len - (at - p->at))
            return str_sub(p->own, (size_t)(at - p->at), (size_t)(at - p->at) + len);
    }
    wrong(in, "a text lies outside the record");
    return (pl_str){NULL, 0};
}

/* *own: the text is the receiver's, no part of the message. */
static pl_str take_str(struct flat_in *in, bool *own)
{
    const uint64_t w = take(in);
    const uint64_t len = w & LENGTH;

    *own = (w & IS_PLACE) != 0;
    if ((w & IS_NULL) || in->why) {
        if (w & (IS_PLACE | LENGTH))
            wrong(in, "a text has no right length");
        return (pl_str){NULL, 0};
    }
    if (*own) {
        const uint64_t at = take(in);
        if (!in->own)
            return at_place(in, at, (size_t)len);
        if (at <= in->len && len <= in->len - at)
            return (pl_str){in->at + at, (size_t)len};
        wrong(in, "a text lies outside the message");
        return (pl_str){NULL, 0};
    }
    if (len >= in->len - in->done || padded((size_t)len) > in->len - in->done) {
        wrong(in, "a text is longer than the message");
        return (pl_str){NULL, 0};
    }
    const pl_str s = {in->at + in->done, (size_t)len};
    in->done += padded((size_t)len);
    return s;
}

/* ---- the record that has come: its message is the parent's, who is trusted ---- */

static struct value take_own_value(struct flat_in *in, struct arena *a)
{
    struct value v = {.type = (pl_type)take(in)};
    uint64_t bits;
    bool own;

    switch (v.type) {
    case PL_UNSET: break;
    case PL_STR:
    case PL_BYTES:
    case PL_JSON: v.as.str = take_str(in, &own); break;
    case PL_BOOL: v.as.b = take(in) != 0; break;
    case PL_I64: v.as.i = (int64_t)take(in); break;
    case PL_F64:
        bits = take(in);
        memcpy(&v.as.f, &bits, sizeof bits);
        break;
    case PL_STRS: {
        const size_t n = take_n(in, 8);
        pl_str *at = arena_alloc(a, size_mul(n, sizeof *at), 16);
        for (size_t i = 0; i < n; i++)
            at[i] = take_str(in, &own);
        v.as.list = (pl_list){at, n};
        break;
    }
    default: wrong(in, "a value has no type");
    }
    return v;
}

/* An array with the room that it had, and how many are in it. */
static void *take_array(struct flat_in *in, struct arena *a, size_t size, size_t least, size_t *n, size_t *cap)
{
    *cap = (size_t)take(in);
    *n = take_n(in, least);
    if (*n > *cap)
        wrong(in, "an array is too small");
    return in->why || !*cap ? NULL : arena_alloc(a, size_mul(*cap, size), 16);
}

static void take_names(struct flat_in *in, pl_record *r)
{
    bool own;

    r->cap_own = (size_t)take(in);
    r->cap_sorted = (size_t)take(in);
    r->n_own = take_n(in, 16);
    if (r->n_own > r->cap_own || r->n_own > r->cap_sorted)
        wrong(in, "an array is too small");
    if (in->why || !r->cap_own)
        return;
    r->own_names = arena_alloc(&r->arena, size_mul(r->cap_own, sizeof *r->own_names), 16);
    r->own_sorted = arena_alloc(&r->arena, size_mul(r->cap_sorted, sizeof *r->own_sorted), 16);
    for (size_t i = 0; i < r->n_own; i++) {
        r->own_names[i] = take_str(in, &own);
        r->own_sorted[i] = (uint32_t)take(in);
    }
}

static void take_fields(struct flat_in *in, pl_record *r)
{
    for (size_t i = 0; i < r->n_fields && !in->why; i++) {
        struct field *f = &r->fields[i];
        take_pair(in, &f->key, &f->before);
        f->v = take_own_value(in, &r->arena);
        if (record_last_of(f->key) >= r->n_last)
            wrong(in, "a field's key is too large");
        else
            r->last[record_last_of(f->key)] = (uint32_t)i + 1;
    }
}

static void take_notes(struct flat_in *in, pl_record *r)
{
    bool own;

    for (size_t i = 0; i < r->n_notes; i++) {
        struct note *n = &r->notes[i];
        take_pair(in, &n->kind, &n->last_attr);
        n->begin = (size_t)take(in);
        n->end = (size_t)take(in);
        n->label = take_str(in, &own);
    }
    for (size_t i = 0; i < r->n_attrs; i++) {
        struct attr *a = &r->attrs[i];
        take_pair(in, &a->note, &a->prev);
        take_pair(in, &a->key, &a->link);
        a->v = take_own_value(in, &r->arena);
    }
}

static void take_input(struct flat_in *in, pl_record *r)
{
    struct input *input = arena_zero(&r->arena, 1, sizeof *input);
    uint32_t is, number;
    bool own;

    take_pair(in, &is, &number);
    input->number = (int)number;
    input->name = take_str(in, &own);
    const pl_str digest = take_str(in, &own);
    if (digest.len < sizeof input->digest && digest.ptr)
        memcpy(input->digest, digest.ptr, digest.len);
    r->input = is ? input : NULL;
}

int flat_take_record(pl_record *r, pl_str message)
{
    struct flat_in in = {.at = message.ptr, .len = message.len, .own = true};
    const size_t limit = r->arena.limit;
    size_t used;
    uint32_t n_last;
    bool own;

    assert((uintptr_t)message.ptr % 8 == 0);
    r->arena.limit = 0;
    used = (size_t)take(&in);
    take_pair(&in, &n_last, &r->n_children);
    r->n_last = n_last;
    r->last = n_last ? arena_zero(&r->arena, n_last, sizeof *r->last) : NULL;
    r->position = take(&in);
    take_input(&in, r);
    r->child = take_str(&in, &own);
    r->raw = take_str(&in, &own);
    take_names(&in, r);
    r->fields = take_array(&in, &r->arena, sizeof *r->fields, 16, &r->n_fields, &r->cap_fields);
    r->notes = take_array(&in, &r->arena, sizeof *r->notes, 0x20, &r->n_notes, &r->cap_notes);
    r->first_note = (size_t)take(&in);
    r->attrs = take_array(&in, &r->arena, sizeof *r->attrs, 24, &r->n_attrs, &r->cap_attrs);
    take_fields(&in, r);
    take_notes(&in, r);
    r->arena.used = used;
    r->arena.limit = limit;
    return in.why ? PL_ERROR : PL_OK;
}

/* ---- the answer ---- */

static void put_text(struct flat_out *out, pl_str s, void *arg)
{
    (void)arg;
    put_str(out, s);
}

static void put_new_notes(struct flat_out *out, const pl_record *r)
{
    const size_t begin = r->first_note > r->mark.n_notes ? r->first_note : r->mark.n_notes;
    size_t n = 0;

    put(out, r->n_notes - begin);
    for (size_t i = begin; i < r->n_notes; i++) {
        put(out, r->notes[i].kind);
        put(out, r->notes[i].begin);
        put(out, r->notes[i].end);
        put_str(out, r->notes[i].label);
    }
    /* Those of annotations that a new text has discarded are nobody's. */
    for (size_t i = r->mark.n_attrs; i < r->n_attrs; i++)
        n += r->attrs[i].note >= r->first_note;
    put(out, n);
    for (size_t i = r->mark.n_attrs; i < r->n_attrs; i++) {
        const struct attr *a = &r->attrs[i];
        if (a->note < r->first_note)
            continue;
        put(out, a->note - r->first_note + 1);
        put_pair(out, a->key, a->link);
        put_value(out, &a->v, put_text, NULL);
    }
}

/* What was done to one record; a failed one is only said to have failed. */
static void put_changes(struct flat_out *out, const pl_record *r, size_t n_own, pl_str raw, bool nothing)
{
    const bool has_raw = r->raw.ptr != raw.ptr || r->raw.len != raw.len, has_private = r->stage_private.ptr != NULL;

    put_pair(out, (has_raw ? HAS_RAW : 0) | (has_private ? HAS_PRIVATE : 0) | (r->repaired ? WAS_REPAIRED : 0), r->fate);
    put(out, r->arena.used);
    put_str(out, r->code);
    put_str(out, r->message);
    if (has_raw)
        put_str(out, r->raw);
    if (has_private)
        put_str(out, r->stage_private);
    put(out, nothing ? 0 : r->n_own - n_own);
    for (size_t i = n_own; i < r->n_own && !nothing; i++)
        put_str(out, r->own_names[i]);
    put(out, nothing ? 0 : r->n_fields - r->mark.n_fields);
    for (size_t i = r->mark.n_fields; i < r->n_fields && !nothing; i++) {
        put(out, r->fields[i].key);
        put_value(out, &r->fields[i].v, put_text, NULL);
    }
    if (!nothing) {
        put_new_notes(out, r);
    } else {
        put(out, 0);
        put(out, 0);
    }
}

void flat_put_answer(struct flat_out *out, const pl_record *r, const struct flat_call *call)
{
    const bool fails = call->rc != PL_OK || call->fault.len || r->fate == FATE_FAILED;
    size_t n = 0;

    put_pair(out, (uint32_t)call->rc, call->exhausted);
    put(out, call->wall_ns);
    put_str(out, call->fault);
    put(out, fails ? 0 : call->n_emitted);
    for (size_t i = 0; i < call->n_emitted && !fails; i++)
        put(out, call->emitted[i]->emit_parent);
    put_changes(out, r, call->n_own, call->raw, fails);
    for (size_t i = 0; i < call->n_emitted && !fails; i++)
        put_changes(out, call->emitted[i], 0, call->raw, call->emitted[i]->fate == FATE_FAILED);
    for (size_t i = 0; i < call->n_counts; i++)
        n += call->counts[i] > 0;
    put(out, n);
    for (size_t i = 0; i < call->n_counts; i++) {
        if (call->counts[i]) {
            put(out, i);
            put(out, call->counts[i]);
        }
    }
    put(out, call->n_lost);
    put_str(out, call->lines);
}

void flat_put_line(struct flat_out *out, int level, pl_str id, pl_str message)
{
    const size_t before = out->len;

    put(out, (uint64_t)level);
    put_str(out, id);
    put_str(out, message);
    if (out->full)
        out->len = before;
}

/* ---- the answer, read as hostile ---- */

/* What becomes of the record at hand once nothing can go wrong any more. */
struct ending {
    uint32_t has, fate;
    size_t used;
    pl_str code, message, raw, stage_private;
    bool own_raw, own_private;
};

struct taking {
    struct flat_in in;
    const struct flat_sink *sink;
    pl_record **emitted;
    size_t n_emitted;
    pl_key *names; /* keys of the names that the record at hand did not have */
    size_t n_names, n_own;
    bool no_memory;
};

/* PL_NOMEM and PL_ERROR of a record's function. */
static void settle(struct taking *t, int rc, const char *why)
{
    if (rc == PL_NOMEM)
        t->no_memory = true;
    if (rc != PL_OK)
        wrong(&t->in, why);
}

static pl_key take_key(struct taking *t, const pl_record *r, pl_key key)
{
    if (key >= RECORD_OWN_KEY && key - RECORD_OWN_KEY < t->n_own)
        return key;
    if (key >= RECORD_OWN_KEY && key - RECORD_OWN_KEY - t->n_own < t->n_names)
        return t->names[key - RECORD_OWN_KEY - t->n_own];
    if (key < RECORD_OWN_KEY && record_key_name(r, key).len)
        return key;
    wrong(&t->in, "a name is not known");
    return PL_NONE;
}

static void take_new_names(struct taking *t, pl_record *r)
{
    const size_t n = take_n(&t->in, 8);
    char name[MAX_NAME];
    bool own;

    free(t->names);
    t->names = NULL;
    t->n_names = 0;
    t->n_own = r->n_own;
    if (n > MAX_NAMES + 1)
        wrong(&t->in, "it brings too many names");
    if (n == 0 || t->in.why)
        return;
    t->names = calloc(n, sizeof *t->names);
    if (!t->names)
        out_of_memory();
    for (; t->n_names < n && !t->in.why; t->n_names++) {
        const pl_str s = take_str(&t->in, &own);
        if (s.len == 0 || s.len > sizeof name) {
            wrong(&t->in, "a name has no right length");
            return;
        }
        memcpy(name, s.ptr, s.len);
        const pl_str copy = {name, s.len};
        if (utf8_valid(copy) < copy.len)
            wrong(&t->in, "a name is not UTF-8");
        else
            t->names[t->n_names] = record_key(r, copy);
        if (!t->in.why && t->names[t->n_names] == PL_NONE)
            settle(t, PL_NOMEM, "past the memory limit");
    }
}

/* Whether a line that has this value under this name gives it back: only such JSON is ever made by reading a line. */
static bool json_stands(const pl_record *r, pl_str name, pl_str json, bool of_note)
{
    pl_record *trial = record_new(r->names, 0);
    struct buf line = {0};
    struct json_error err;
    bool stands = false;

    if (!trial)
        out_of_memory();
    buf_addz(&line, of_note ? "{\"text\":\"x\",\"annotations\":[{\"kind\":\"x\",\"begin\":0,\"end\":1," : "{");
    json_text(&line, name);
    buf_addc(&line, ':');
    buf_add(&line, json);
    buf_addz(&line, of_note ? "}]}" : "}");
    if (!line.failed && json_read(trial, buf_view(&line), &err) == PL_OK) {
        const pl_key key = record_find_key(trial, name);
        const struct attr *a = of_note ? record_note_attr(trial, 1, key) : NULL;
        const struct value *v = a ? &a->v : record_get(trial, key);
        stands = (!of_note || (a && !a->link)) && v->type == PL_JSON && str_eq(v->as.str, json);
    }
    buf_done(&line);
    record_free(trial);
    return stands;
}

/* A value that is not a list; its text still where it was, unless it is JSON. */
static struct value take_scalar(struct taking *t, pl_record *r, pl_type type, pl_str name, bool of_note, bool *own)
{
    struct flat_in *in = &t->in;
    struct value v = {.type = type};
    uint64_t bits;

    *own = true;
    switch (type) {
    case PL_UNSET: break;
    case PL_STR:
    case PL_BYTES: v.as.str = take_str(in, own); break;
    case PL_JSON:
        v.as.str = take_str(in, own);
        if (!*own)
            v.as.str = arena_dup(&r->arena, v.as.str);
        *own = true;
        if (!v.as.str.ptr)
            settle(t, PL_NOMEM, "past the memory limit");
        else if (!json_stands(r, name, v.as.str, of_note))
            wrong(in, "JSON that is none");
        break;
    case PL_BOOL: v.as.b = take(in) != 0; break;
    case PL_I64: v.as.i = (int64_t)take(in); break;
    case PL_F64:
        bits = take(in);
        memcpy(&v.as.f, &bits, sizeof bits);
        break;
    default: wrong(in, "a value has no type");
    }
    return v;
}

static void set_list(struct taking *t, pl_record *r, pl_key key)
{
    const size_t n = take_n(&t->in, 8);
    pl_str *at = malloc(size_mul(n + 1, sizeof *at));
    bool own;

    if (!at)
        out_of_memory();
    for (size_t i = 0; i < n; i++) {
        at[i] = take_str(&t->in, &own);
        if (!at[i].ptr)
            wrong(&t->in, "a list has a text that is none");
    }
    if (!t->in.why)
        settle(t, record_set_copy(r, key, (struct value){.type = PL_STRS, .as.list = {at, n}}),
               "a field cannot hold its value");
    free(at);
}

static void set_field(struct taking *t, pl_record *r)
{
    const uint64_t word = take(&t->in);
    const pl_key key = word <= UINT32_MAX ? take_key(t, r, (pl_key)word) : PL_NONE;
    const pl_type type = (pl_type)take(&t->in);
    bool own;

    if (key == PL_NONE)
        wrong(&t->in, "a name is not known");
    if (t->in.why)
        return;
    if (type == PL_STRS) {
        set_list(t, r, key);
        return;
    }
    const struct value v = take_scalar(t, r, type, record_key_name(r, key), false, &own);
    if ((type == PL_STR || type == PL_BYTES) && !v.as.str.ptr)
        wrong(&t->in, "a text is none");
    if (!t->in.why)
        settle(t, own ? record_set(r, key, v) : record_set_copy(r, key, v), "a field cannot hold its value");
}

static void make_note(struct taking *t, pl_record *r)
{
    const uint64_t kind = take(&t->in), begin = take(&t->in), end = take(&t->in);
    bool own;
    const pl_str label = take_str(&t->in, &own);
    const pl_key key = kind <= UINT32_MAX ? take_key(t, r, (pl_key)kind) : PL_NONE;

    if (key == PL_NONE)
        wrong(&t->in, "a name is not known");
    if (!t->in.why && !record_has_span(r, (size_t)begin, (size_t)end))
        wrong(&t->in, "an annotation has no right span");
    if (!t->in.why && !record_annotate(r, key, label, (size_t)begin, (size_t)end))
        settle(t, PL_NOMEM, "past the memory limit");
}

static void make_attr(struct taking *t, pl_record *r)
{
    const uint64_t note = take(&t->in);
    uint32_t word, link;
    bool own;

    take_pair(&t->in, &word, &link);
    const pl_key key = take_key(t, r, word);
    const pl_type type = (pl_type)take(&t->in);
    if (t->in.why || note > UINT32_MAX || (type == PL_BYTES || (type == PL_UNSET) != (link != 0))) {
        wrong(&t->in, "an attribute has no right value");
        return;
    }
    if (link) {
        settle(t, record_note_link(r, (pl_note)note, key, link), "a link leads nowhere");
        return;
    }
    const struct value v = take_scalar(t, r, type, record_key_name(r, key), true, &own);
    if (type == PL_STR && !v.as.str.ptr)
        wrong(&t->in, "a text is none");
    if (!t->in.why)
        settle(t, record_note_set(r, (pl_note)note, key, v), "an annotation cannot have this attribute");
}

static void take_changes(struct taking *t, pl_record *r, struct ending *e)
{
    struct flat_in *in = &t->in;
    bool own;

    take_pair(in, &e->has, &e->fate);
    e->used = (size_t)take(in);
    e->code = take_str(in, &own);
    e->message = take_str(in, &own);
    if (e->fate > FATE_FAILED || e->code.len > MAX_CODE || e->message.len > MAX_MESSAGE)
        wrong(in, "a fate is none");
    if (e->has & HAS_RAW)
        e->raw = take_str(in, &e->own_raw);
    if (e->has & HAS_PRIVATE)
        e->stage_private = take_str(in, &e->own_private);
    take_new_names(t, r);
    for (size_t n = take_n(in, 16); n > 0 && !in->why; n--)
        set_field(t, r);
    for (size_t n = take_n(in, 32); n > 0 && !in->why; n--)
        make_note(t, r);
    for (size_t n = take_n(in, 24); n > 0 && !in->why; n--)
        make_attr(t, r);
    if (r->n_own > MAX_NAMES + 1)
        wrong(in, "it brings too many names");
}

/* In memory of the record, aligned for any type: a stage's private bytes may be a struct. */
static pl_str keep(struct taking *t, pl_record *r, pl_str s, bool own)
{
    if (own || !s.ptr)
        return s;
    char *copy = arena_alloc(&r->arena, size_add(s.len, 1), 16);
    if (!copy) {
        settle(t, PL_NOMEM, "past the memory limit");
        return (pl_str){NULL, 0};
    }
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return (pl_str){copy, s.len};
}

static void end_record(struct taking *t, pl_record *r, const struct ending *e)
{
    if (e->has & HAS_RAW)
        r->raw = keep(t, r, e->raw, e->own_raw);
    if (e->has & HAS_PRIVATE)
        r->stage_private = keep(t, r, e->stage_private, e->own_private);
    r->repaired = r->repaired || (e->has & WAS_REPAIRED);
    if (e->fate == FATE_DROPPED)
        record_drop(r, t->sink->stage, e->code);
    else if (e->fate == FATE_FAILED)
        record_fail(r, t->sink->stage, e->code, e->message);
    /* What the call took and dropped again counts as if it had been taken here. */
    const size_t most = r->arena.limit && e->used > r->arena.limit ? r->arena.limit : e->used;
    if (most > r->arena.used && r->arena.limit)
        r->arena.used = most;
}

/* All are made before any is filled, as many calls do, and the limit was kept where they were made. */
static void emit_all(struct taking *t, pl_record *r)
{
    const size_t n = take_n(&t->in, 64);

    t->emitted = malloc(size_mul(n + 1, sizeof *t->emitted));
    if (!t->emitted)
        out_of_memory();
    for (size_t i = 0; i < n && !t->in.why; i++) {
        const uint64_t parent = take(&t->in);
        if (parent > i) {
            wrong(&t->in, "a record has no parent");
            return;
        }
        t->emitted[i] = t->sink->emit(t->sink->arg, parent ? t->emitted[parent - 1] : r);
        if (!t->emitted[i])
            settle(t, PL_NOMEM, "past the memory limit");
        else
            t->n_emitted++;
    }
}

static void take_counts(struct taking *t, bool tell)
{
    for (size_t n = take_n(&t->in, 16); n > 0 && !t->in.why; n--) {
        const uint64_t metric = take(&t->in), by = take(&t->in);
        if (metric >= t->sink->n_counts)
            wrong(&t->in, "it counts what is no metric");
        else if (tell && !t->in.why)
            t->sink->count(t->sink->arg, (uint32_t)metric, by);
    }
}

static void take_lines(struct taking *t, bool tell)
{
    bool own;
    const pl_str all = take_str(&t->in, &own);
    struct flat_in in = {.at = all.ptr, .len = all.len};

    if (own || all.len % 8)
        wrong(&t->in, "its log lines are damaged");
    while (!t->in.why && in.done < in.len) {
        const uint64_t level = take(&in);
        const pl_str id = take_str(&in, &own), message = take_str(&in, &own);
        if (in.why || level > PL_LOG_DEBUG || id.len > RECORD_HEAD || message.len > MAX_MESSAGE)
            wrong(&t->in, "its log lines are damaged");
        else if (tell)
            t->sink->line(t->sink->arg, (int)level, id, message);
    }
}

/* What is told outside comes last, and only once all of it was seen to be right. */
static void tell(struct taking *t, struct flat_result *result)
{
    const size_t begin = t->in.done;

    for (int pass = 0; pass < 2 && !t->in.why; pass++) {
        t->in.done = begin;
        take_counts(t, pass == 1);
        result->n_lost = take(&t->in);
        take_lines(t, pass == 1);
        if (t->in.done != t->in.len)
            wrong(&t->in, "it does not end where it should");
    }
}

static void take_head(struct taking *t, struct flat_result *result)
{
    uint32_t rc, exhausted;
    bool own;

    take_pair(&t->in, &rc, &exhausted);
    result->rc = (int)rc;
    result->exhausted = exhausted != 0;
    result->wall_ns = take(&t->in);
    const pl_str fault = take_str(&t->in, &own);
    const size_t n = fault.len < sizeof result->fault ? fault.len : sizeof result->fault - 1;
    if (n)
        memcpy(result->fault, fault.ptr, n);
    result->fault[n] = 0;
}

int flat_take_answer(pl_record *r, pl_str answer, const struct flat_place *places, size_t n_places,
                     const struct flat_sink *sink, struct flat_result *result)
{
    struct taking t = {.in = {.at = answer.ptr, .len = answer.len, .places = places, .n_places = n_places},
                       .sink = sink};
    struct ending end = {0};

    assert((uintptr_t)answer.ptr % 8 == 0);
    *result = (struct flat_result){0};
    if (answer.len % 8)
        wrong(&t.in, "it ends within a word");
    take_head(&t, result);
    emit_all(&t, r);
    take_changes(&t, r, &end);
    for (size_t i = 0; i < t.n_emitted && !t.in.why; i++) {
        struct ending child = {0};
        take_changes(&t, t.emitted[i], &child);
        if (!t.in.why)
            end_record(&t, t.emitted[i], &child);
    }
    if (!t.in.why)
        tell(&t, result);
    if (!t.in.why)
        end_record(&t, r, &end);
    free(t.names);
    free(t.emitted);
    result->why = t.in.why;
    return !t.in.why ? PL_OK : t.no_memory ? PL_NOMEM : PL_ERROR;
}
