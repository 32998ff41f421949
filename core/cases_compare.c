/* cases_compare.c - case files: what came out against what must have come out. */
#include <stdlib.h>

#include "cases.h"
#include "fields.h"
#include "json_scan.h"
#include "json_text.h"
#include "log.h"
#include "str.h"
#include "utf8.h"

enum {
    SHORT = 100,   /* bytes of a value that is shown whole */
    BEFORE = 30,   /* characters shown before the place where two texts part */
    BEHIND = 60,
    MAX_RECORD = 300 /* bytes shown of a record that was not expected */
};

/* Two records side by side. */
struct pair {
    const pl_record *want, *got;
    struct buf *diff;
    bool same;
};

/* ---- what is expected ---- */

int cases_wanted(pl_record *record, pl_str json, pl_str *notes, struct json_error *err)
{
    struct json_token name, value;
    struct json_scan s;
    struct buf b = {0};
    size_t from = 0;
    int rc;

    *notes = (pl_str){NULL, 0};
    json_scan_init(&s, json);
    json_scan_open(&s, '{');
    /* Annotations that are expected are not whole: they are blanked out, so that places in messages stay true. */
    while (!s.error && json_scan_member(&s, &name, &value)) {
        if (!str_is(name.text, "annotations") || notes->ptr)
            continue;
        if (value.kind != JSON_LIST) {
            err->at = (size_t)(value.text.ptr - json.ptr);
            snprintf(err->text, sizeof err->text, "'annotations' is no list");
            return PL_ERROR;
        }
        *notes = value.text;
        const size_t at = (size_t)(value.text.ptr - json.ptr);
        buf_add(&b, str_sub(json, from, at));
        buf_addz(&b, "[]");
        for (size_t i = 2; i < value.text.len; i++)
            buf_addc(&b, ' ');
        from = at + value.text.len;
    }
    buf_add(&b, str_sub(json, from, json.len));
    if (b.failed)
        out_of_memory();
    rc = json_read(record, buf_view(&b), err);
    buf_done(&b);
    if (rc != PL_OK || !notes->ptr)
        return rc;
    json_scan_init(&s, *notes);
    json_scan_open(&s, '[');
    while (json_scan_element(&s, &value)) {
        pl_record *note = record_new(record->names, 0);
        if (!note)
            out_of_memory();
        rc = json_read(note, value.text, err);
        const pl_key kind = record_find_key(note, PL_S("kind"));
        if (rc == PL_OK && record_get(note, kind)->type != PL_STR) {
            snprintf(err->text, sizeof err->text,
                     "an annotation that is expected names its kind: {\"kind\":\"entity\",...}");
            rc = PL_ERROR;
        }
        record_free(note);
        if (rc != PL_OK) {
            err->at = (size_t)(value.text.ptr - json.ptr);
            return rc;
        }
    }
    return PL_OK;
}

/* ---- values ---- */

static bool is_null(const struct value *v)
{
    return v->type == PL_UNSET || (v->type == PL_JSON && str_is(v->as.str, "null"));
}

static pl_str print_value(struct buf *b, pl_key key, const struct value *v)
{
    buf_clear(b);
    if (v->type == PL_UNSET)
        buf_addz(b, "nothing");
    else if (v->type == PL_BYTES && utf8_valid(v->as.str) == v->as.str.len)
        json_text(b, v->as.str); /* people do not read base64 */
    else
        json_write_value(b, key, v);
    return buf_view(b);
}

static bool equal(pl_key key, const struct value *a, const struct value *b)
{
    struct buf x = {0}, y = {0};
    const bool same = a->type == b->type && str_eq(print_value(&x, key, a), print_value(&y, key, b));

    buf_done(&x);
    buf_done(&y);
    return same;
}

/* At most `n` characters of the text, from its beginning or its end. */
static pl_str clip(pl_str s, size_t n, bool end)
{
    size_t at = end ? s.len : 0;

    for (; n > 0 && (end ? at > 0 : at < s.len); n--) {
        do
            at = end ? at - 1 : at + 1;
        while (!utf8_boundary(s, at));
    }
    return end ? str_sub(s, at, s.len) : str_sub(s, 0, at);
}

static void add_excerpt(struct buf *diff, const char *what, pl_str s, size_t at)
{
    const pl_str before = clip(str_sub(s, 0, at), BEFORE, true), behind = clip(str_sub(s, at, s.len), BEHIND, false);

    buf_addf(diff, "      %s ", what);
    buf_addz(diff, before.len < at ? "..." : "");
    log_escape(diff, before);
    buf_addz(diff, "|");
    log_escape(diff, behind);
    buf_addz(diff, at + behind.len < s.len ? "...\n" : "\n");
}

/* Two values of a field; long ones around the place where they part. */
static void add_difference(struct pair *p, pl_str name, pl_key key, const struct value *want, const struct value *got)
{
    struct buf x = {0}, y = {0};
    const pl_str w = print_value(&x, key, want), g = print_value(&y, key, got);
    size_t at = 0;

    p->same = false;
    buf_addz(p->diff, "    ");
    log_escape(p->diff, name);
    if (w.len <= SHORT && g.len <= SHORT) {
        buf_addz(p->diff, "\n      expected ");
        log_escape(p->diff, w);
        buf_addz(p->diff, "\n      got      ");
        log_escape(p->diff, g);
        buf_addc(p->diff, '\n');
    } else {
        while (at < w.len && at < g.len && w.ptr[at] == g.ptr[at])
            at++;
        while (!utf8_boundary(w, at) || !utf8_boundary(g, at))
            at--;
        buf_addf(p->diff, ": they part at character %zu, marked |\n", utf8_count(str_sub(w, 0, at)) + 1);
        add_excerpt(p->diff, "expected", w, at);
        add_excerpt(p->diff, "got     ", g, at);
    }
    buf_done(&x);
    buf_done(&y);
}

/* The value of a field by its name, both records having names of their own. */
static const struct value *by_name(const pl_record *r, pl_str name)
{
    return record_get(r, record_find_key(r, name));
}

static void compare_fields(struct pair *p, pl_str json)
{
    static const struct value none = {.type = PL_UNSET};
    struct json_token name, value;
    const struct value *want;
    struct json_scan s;
    size_t at = 0;
    pl_key key;

    while (record_next(p->want, &at, &key, &want)) {
        const pl_str field = record_key_name(p->want, key);
        const struct value *got = by_name(p->got, field);
        if (is_null(want) ? !is_null(got) : !equal(key, want, got))
            add_difference(p, field, key, is_null(want) ? &none : want, got);
    }
    /* A field that every pipeline knows reads a null as if it were not there. */
    json_scan_init(&s, json);
    json_scan_open(&s, '{');
    while (json_scan_member(&s, &name, &value)) {
        const struct value *got = by_name(p->got, name.text);
        if (value.kind == JSON_NULL && got->type != PL_UNSET && fields_info(record_find_key(p->got, name.text)))
            add_difference(p, name.text, record_find_key(p->got, name.text), &none, got);
    }
}

/* ---- annotations ---- */

static pl_str note_text(const pl_record *r, pl_note n)
{
    const struct note *note = record_note(r, n);

    return str_sub(record_get(r, PL_TEXT)->as.str, note->begin, note->end);
}

/* One member of an annotation as a value. */
static struct value note_member(const pl_record *r, pl_note n, pl_str name, pl_type want)
{
    const struct note *note = record_note(r, n);
    const pl_str text = record_get(r, PL_TEXT)->as.str;
    const struct value none = {.type = PL_UNSET};

    if (str_is(name, "kind"))
        return (struct value){.type = PL_STR, .as.str = record_key_name(r, note->kind)};
    if (str_is(name, "label"))
        return note->label.len ? (struct value){.type = PL_STR, .as.str = note->label} : none;
    if (str_is(name, "text"))
        return (struct value){.type = PL_STR, .as.str = note_text(r, n)};
    if (str_is(name, "id"))
        return (struct value){.type = PL_I64, .as.i = n};
    if (str_is(name, "begin") || str_is(name, "end"))
        return (struct value){.type = PL_I64,
                              .as.i = (int64_t)utf8_count(str_sub(text, 0, name.len == 3 ? note->end : note->begin))};
    const struct attr *a = record_note_attr(r, n, record_find_key(r, name));
    if (!a)
        return none;
    if (a->link && want == PL_I64)
        return (struct value){.type = PL_I64, .as.i = a->link};
    if (a->link)
        return (struct value){.type = PL_STR, .as.str = note_text(r, a->link)};
    return a->v;
}

static bool note_fits(const pl_record *want, const pl_record *got, pl_note n)
{
    const struct value *v;
    size_t at = 0;
    pl_key key;

    while (record_next(want, &at, &key, &v)) {
        const struct value have = note_member(got, n, record_key_name(want, key), v->type);
        if (is_null(v) ? !is_null(&have) : !equal(PL_NONE, v, &have))
            return false;
    }
    return true;
}

static void add_note(struct buf *diff, const pl_record *r, pl_note n)
{
    const struct note *note = record_note(r, n);
    const struct attr *attrs[RECORD_MAX_ATTRS];
    const size_t n_attrs = record_note_attrs(r, n, attrs);
    struct buf v = {0};

    log_escape(diff, record_key_name(r, note->kind));
    buf_addc(diff, ' ');
    log_escape(diff, note->label);
    buf_addz(diff, note->label.len ? " \"" : "\"");
    log_escape(diff, clip(note_text(r, n), SHORT, false));
    buf_addz(diff, note_text(r, n).len > SHORT ? "...\"" : "\"");
    for (size_t i = 0; i < n_attrs; i++) {
        const pl_str name = record_key_name(r, attrs[i]->key);
        const struct value value = note_member(r, n, name, PL_STR);
        buf_addc(diff, ' ');
        log_escape(diff, name);
        buf_addc(diff, '=');
        log_escape(diff, clip(print_value(&v, PL_NONE, &value), SHORT, false));
    }
    buf_addc(diff, '\n');
    buf_done(&v);
}

static void begin_notes(struct pair *p, bool *begun)
{
    if (!*begun)
        buf_addz(p->diff, "    annotations\n");
    *begun = true;
    p->same = false;
}

/* Each annotation that is expected takes the first that fits it and was not taken. */
static void compare_notes(struct pair *p, pl_str notes)
{
    const size_t n_got = record_n_notes(p->got);
    bool *taken = calloc(n_got + 1, 1), *named = calloc(n_got + 1, 1);
    struct json_token value;
    struct json_scan s;
    bool begun = false;
    size_t n_want = 0;

    if (!taken || !named)
        out_of_memory();
    json_scan_init(&s, notes);
    json_scan_open(&s, '[');
    for (; json_scan_element(&s, &value); n_want++) {
        pl_record *want = record_new(p->want->names, 0);
        struct json_error err;
        pl_note fit = 0;
        if (!want)
            out_of_memory();
        const bool read = json_read(want, value.text, &err) == PL_OK;
        const struct value *kind = by_name(want, PL_S("kind"));
        for (pl_note n = 1; read && n <= n_got; n++) {
            if (kind->type == PL_STR && str_eq(record_key_name(p->got, record_note(p->got, n)->kind), kind->as.str))
                named[n] = true;
            if (!fit && !taken[n] && note_fits(want, p->got, n))
                fit = n;
        }
        record_free(want);
        taken[fit] = true;
        if (!fit) {
            begin_notes(p, &begun);
            buf_addz(p->diff, "      missing      ");
            log_escape(p->diff, value.text);
            buf_addc(p->diff, '\n');
        }
    }
    for (pl_note n = 1; n <= n_got; n++) {
        if (taken[n] || (n_want && !named[n]))
            continue;
        begin_notes(p, &begun);
        buf_addz(p->diff, "      not expected ");
        add_note(p->diff, p->got, n);
    }
    free(taken);
    free(named);
}

/* ---- outcomes ---- */

static void add_fate(struct buf *diff, enum fate fate, pl_str code)
{
    if (fate == FATE_LIVE) {
        buf_addz(diff, "a record");
        return;
    }
    buf_addz(diff, fate == FATE_DROPPED ? "drop " : "fail ");
    log_escape(diff, code);
}

static void add_outcome(struct buf *diff, const struct outcome *o)
{
    add_fate(diff, o->fate, o->code);
    if (o->fate == FATE_LIVE) {
        buf_addc(diff, ' ');
        log_escape(diff, clip(o->json, MAX_RECORD, false));
        buf_addz(diff, o->json.len > MAX_RECORD ? "..." : "");
    } else {
        buf_addz(diff, " in ");
        log_escape(diff, o->stage);
    }
    if (o->fate == FATE_FAILED) {
        buf_addz(diff, ": ");
        log_escape(diff, o->message);
    }
}

static bool compare_records(const struct expectation *e, const struct outcome *o, struct buf *diff)
{
    struct intern *names = intern_new();
    pl_record *want = record_new(names, 0), *got = record_new(names, 0);
    struct pair p = {want, got, diff, true};
    struct json_error err = {0};
    pl_str notes;

    if (!want || !got)
        out_of_memory();
    /* The expectation was proved when the file was read, the outcome is our own line. */
    if (cases_wanted(want, e->json.text, &notes, &err) != PL_OK || json_read(got, o->json, &err) != PL_OK) {
        buf_addf(diff, "    cannot be compared: %s\n", err.text);
        p.same = false;
    } else {
        compare_fields(&p, e->json.text);
        if (notes.ptr)
            compare_notes(&p, notes);
    }
    record_free(want);
    record_free(got);
    intern_free(names);
    return p.same;
}

bool cases_compare(const struct test_case *tc, const struct outcome *got, size_t n, struct buf *diff)
{
    const struct expectation *e = tc->expected;
    bool same = true;

    for (size_t i = 0; i < n || e; i++) {
        const size_t start = diff->len;
        bool fits = false;
        buf_addf(diff, "  record %zu, expected in %s:%d\n", i + 1, tc->file, e ? e->json.line : tc->line);
        if (e && i < n && e->fate == got[i].fate && str_eq(e->code, got[i].code)) {
            fits = compare_records(e, &got[i], diff);
        } else {
            buf_addz(diff, "    expected ");
            if (e)
                add_fate(diff, e->fate, e->code);
            else
                buf_addz(diff, "no more records");
            buf_addz(diff, "\n    got      ");
            if (i < n)
                add_outcome(diff, &got[i]);
            else
                buf_addz(diff, "no more records");
            buf_addc(diff, '\n');
        }
        if (fits)
            diff->len = start;
        same = same && fits;
        e = e ? e->next : NULL;
    }
    return same;
}

bool cases_repeat(const struct outcome *a, size_t n_a, const struct outcome *b, size_t n_b, struct buf *diff)
{
    const size_t n = n_a < n_b ? n_a : n_b;
    size_t i = 0, at = 0;

    while (i < n && a[i].fate == b[i].fate && str_eq(a[i].code, b[i].code) && str_eq(a[i].json, b[i].json))
        i++;
    if (i == n && n_a == n_b)
        return true;
    buf_addf(diff, "  record %zu came out differently with one worker and with several: not deterministic\n", i + 1);
    if (i == n || a[i].fate != b[i].fate || !str_eq(a[i].code, b[i].code)) {
        for (int k = 0; k < 2; k++) {
            buf_addz(diff, k ? "    several: " : "    one:     ");
            if (i < (k ? n_b : n_a))
                add_outcome(diff, k ? &b[i] : &a[i]);
            else
                buf_addz(diff, "no more records");
            buf_addc(diff, '\n');
        }
        return false;
    }
    while (at < a[i].json.len && at < b[i].json.len && a[i].json.ptr[at] == b[i].json.ptr[at])
        at++;
    while (!utf8_boundary(a[i].json, at) || !utf8_boundary(b[i].json, at))
        at--;
    add_excerpt(diff, "one    ", a[i].json, at);
    add_excerpt(diff, "several", b[i].json, at);
    return false;
}
