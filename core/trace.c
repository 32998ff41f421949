/* trace.c - what each stage did to a record. */
#include "trace.h"

#include <stdlib.h>

#include "json.h"
#include "json_text.h"
#include "str.h"
#include "utf8.h"

enum {
    NAME_WIDTH = 14,
    SHORT = 60,   /* characters of a value that are shown */
    EXAMPLES = 4, /* annotations of a kind */
    MAX_KINDS = 16
};

/* A record as it was when it was last looked at.  Values lie in its arena, which only grows. */
struct view {
    struct field *fields;
    size_t n_fields, cap_fields;
    size_t n_notes, first_note, n_attrs;
    uint64_t wall_ns;
};

/* A record that is followed from its first stage until it leaves. */
struct followed {
    const pl_record *r;
    struct view seen;
    struct buf told; /* its lines so far */
    struct followed *next;
};

/* The record that is followed of one input. */
struct chosen {
    int number;
    pl_str name;
    uint64_t position;
    struct chosen *next;
};

struct trace {
    FILE *out;
    bool json;
    struct arena arena;
    struct chosen *chosen;
    struct followed *followed;
    int n_followed; /* all that ever were */
    size_t n_chosen;
    uint64_t others;
    struct run *run; /* to be stopped when `enough` inputs were shown; NULL: read to the end */
    size_t enough;
};

struct trace *trace_new(FILE *out, bool json)
{
    struct trace *t = calloc(1, sizeof *t);

    if (!t)
        out_of_memory();
    t->out = out;
    t->json = json;
    return t;
}

static void followed_free(struct followed *f)
{
    free(f->seen.fields);
    buf_done(&f->told);
    free(f);
}

void trace_free(struct trace *t)
{
    while (t && t->followed) {
        struct followed *next = t->followed->next;
        followed_free(t->followed);
        t->followed = next;
    }
    if (t)
        arena_done(&t->arena);
    free(t);
}

void trace_enough(struct trace *t, struct run *run, size_t n_inputs)
{
    t->run = run;
    t->enough = n_inputs;
}

uint64_t trace_others(const struct trace *t)
{
    return t->others;
}

/* ---- which records ---- */

static bool is_chosen(struct trace *t, const pl_record *r)
{
    const int number = r->input ? r->input->number : 0;
    const pl_str name = r->input ? r->input->name : PL_S("");

    for (const struct chosen *c = t->chosen; c; c = c->next) {
        if (c->number == number && str_eq(c->name, name))
            return c->position == r->position;
    }
    struct chosen *c = arena_zero(&t->arena, 1, sizeof *c);
    *c = (struct chosen){number, arena_dup(&t->arena, name), r->position, t->chosen};
    t->chosen = c;
    t->n_chosen++;
    return true;
}

/* NULL for a record that is not to be shown. */
static struct followed *follow(struct trace *t, const pl_record *r)
{
    struct followed *f = t->followed;

    while (f && f->r != r)
        f = f->next;
    if (f || t->n_followed == TRACE_MOST || !is_chosen(t, r))
        return f;
    f = calloc(1, sizeof *f);
    if (!f)
        out_of_memory();
    f->r = r;
    f->next = t->followed;
    t->followed = f;
    t->n_followed++;
    return f;
}

/* ---- what changed ---- */

static void look(struct view *v, const pl_record *r)
{
    const struct value *value;
    size_t at = 0;
    pl_key key;

    v->n_fields = 0;
    while (record_next(r, &at, &key, &value)) {
        if (v->n_fields == v->cap_fields) {
            v->cap_fields = v->cap_fields ? v->cap_fields * 2 : 32;
            v->fields = realloc(v->fields, v->cap_fields * sizeof *v->fields);
            if (!v->fields)
                out_of_memory();
        }
        v->fields[v->n_fields++] = (struct field){.key = key, .v = *value};
    }
    v->n_notes = record_n_notes(r);
    v->first_note = r->first_note;
    v->n_attrs = r->n_attrs;
    v->wall_ns = r->wall_ns;
}

static const struct value *before(const struct view *v, pl_key key)
{
    for (size_t i = 0; i < v->n_fields; i++) {
        if (v->fields[i].key == key)
            return &v->fields[i].v;
    }
    return NULL;
}

static bool equal(pl_key key, const struct value *a, const struct value *b)
{
    struct buf x = {0}, y = {0};

    json_write_value(&x, key, a);
    json_write_value(&y, key, b);
    const bool same = a->type == b->type && str_eq(buf_view(&x), buf_view(&y));
    buf_done(&x);
    buf_done(&y);
    return same;
}

/* The first annotation that was not there at the last look. */
static pl_note first_new(const struct view *v, const pl_record *r)
{
    return r->first_note == v->first_note ? (pl_note)v->n_notes + 1 : 1;
}

struct kinds {
    pl_key kind[MAX_KINDS];
    size_t n[MAX_KINDS];
    size_t count;
};

static void count_kinds(const struct view *v, const pl_record *r, struct kinds *k)
{
    *k = (struct kinds){0};
    for (pl_note n = first_new(v, r); n <= record_n_notes(r); n++) {
        const pl_key kind = record_note(r, n)->kind;
        size_t i = 0;
        while (i < k->count && k->kind[i] != kind)
            i++;
        if (i == MAX_KINDS)
            continue;
        k->kind[i] = kind;
        k->count += i == k->count;
        k->n[i]++;
    }
}

/* Annotations from before that got attributes since. */
static size_t count_amended(const struct view *v, const pl_record *r)
{
    size_t n = 0;
    uint32_t last = UINT32_MAX;

    for (size_t i = v->n_attrs; r->first_note == v->first_note && i < r->n_attrs; i++) {
        const uint32_t note = r->attrs[i].note;
        n += note < r->first_note + v->n_notes && note != last;
        last = note;
    }
    return n;
}

/* ---- text ---- */

static pl_str first_chars(pl_str s, size_t n)
{
    size_t at = 0;

    for (; n > 0 && at < s.len; n--) {
        do
            at++;
        while (!utf8_boundary(s, at));
    }
    return str_sub(s, 0, at);
}

static void add_quoted(struct buf *b, pl_str s)
{
    const pl_str shown = first_chars(s, SHORT);
    struct buf quoted = {0};

    json_text(&quoted, shown);
    log_escape(b, buf_view(&quoted));
    buf_done(&quoted);
    if (shown.len < s.len)
        buf_addf(b, "... (%zu characters)", utf8_count(s));
}

static void add_value(struct buf *b, pl_key key, const struct value *v)
{
    struct buf all = {0};

    if (v->type == PL_STR) {
        add_quoted(b, v->as.str);
    } else if (v->type == PL_BYTES) {
        buf_addf(b, "%zu bytes", v->as.str.len);
        if (utf8_valid(v->as.str) == v->as.str.len) {
            buf_addz(b, ", ");
            add_quoted(b, v->as.str);
        }
    } else {
        json_write_value(&all, key, v);
        const pl_str shown = first_chars(buf_view(&all), SHORT);
        log_escape(b, shown);
        buf_addz(b, shown.len < all.len ? "..." : "");
    }
    buf_done(&all);
}

/* "    + title          " */
static void add_name(struct buf *b, char sign, pl_str name)
{
    const size_t start = b->len;

    buf_addf(b, "    %c ", sign);
    log_escape(b, name);
    while (b->len < start + 6 + NAME_WIDTH)
        buf_addc(b, ' ');
    buf_addc(b, ' ');
}

static void tell_fields(struct buf *b, const struct view *v, const pl_record *r)
{
    const struct value *value;
    size_t at = 0;
    pl_key key;

    while (record_next(r, &at, &key, &value)) {
        const struct value *old = before(v, key);
        if (old && equal(key, old, value))
            continue;
        add_name(b, old ? '~' : '+', record_key_name(r, key));
        add_value(b, key, value);
        buf_addc(b, '\n');
    }
    for (size_t i = 0; i < v->n_fields; i++) {
        if (record_get(r, v->fields[i].key)->type != PL_UNSET)
            continue;
        add_name(b, '-', record_key_name(r, v->fields[i].key));
        buf_addc(b, '\n');
    }
}

static void tell_notes(struct buf *b, const struct view *v, const pl_record *r)
{
    const pl_str text = record_get(r, PL_TEXT)->as.str;
    struct kinds k;

    if (r->first_note != v->first_note && v->n_notes)
        buf_addf(b, "    - %zu annotations of the text that was\n", v->n_notes);
    count_kinds(v, r, &k);
    for (size_t i = 0; i < k.count; i++) {
        const char *comma = " ";
        int shown = 0;
        buf_addf(b, "    + %zu %.*s:", k.n[i], STR_ARG(record_key_name(r, k.kind[i])));
        for (pl_note n = first_new(v, r); n <= record_n_notes(r) && shown < EXAMPLES; n++) {
            const struct note *note = record_note(r, n);
            if (note->kind != k.kind[i])
                continue;
            buf_addz(b, comma);
            log_escape(b, note->label);
            buf_addz(b, note->label.len ? " " : "");
            add_quoted(b, str_sub(text, note->begin, note->end));
            comma = ", ";
            shown++;
        }
        buf_addz(b, k.n[i] > EXAMPLES ? ", ...\n" : "\n");
    }
    if (count_amended(v, r))
        buf_addf(b, "    ~ %zu annotations\n", count_amended(v, r));
}

static void tell_fate(struct buf *b, const pl_record *r)
{
    if (r->fate == FATE_LIVE)
        return;
    buf_addz(b, r->fate == FATE_DROPPED ? "    dropped: " : "    failed: ");
    log_escape(b, r->code);
    if (r->fate == FATE_FAILED && r->message.len) {
        buf_addz(b, ": ");
        log_escape(b, r->message);
    }
    buf_addc(b, '\n');
}

static void tell_text(struct buf *b, const struct view *v, const struct stage *stage, const pl_record *r, bool made)
{
    const pl_str name = stage->name;
    const double ms = (double)(r->wall_ns - v->wall_ns) / 1e6;

    buf_addf(b, "  %-*.*s ", NAME_WIDTH, STR_ARG(name));
    if (made)
        buf_addz(b, "made it\n");
    else if (!r->selected && r->fate == FATE_LIVE)
        buf_addz(b, "not for this record: `when` does not hold\n");
    else
        buf_addf(b, "%8.3f ms\n", ms);
    tell_fields(b, v, r);
    tell_notes(b, v, r);
    tell_fate(b, r);
}

/* ---- JSON ---- */

static void write_fields(struct buf *b, const struct view *v, const pl_record *r)
{
    const struct value *value;
    const char *comma = "";
    size_t at = 0;
    pl_key key;

    buf_addz(b, ",\"set\":{");
    while (record_next(r, &at, &key, &value)) {
        const struct value *old = before(v, key);
        if (old && equal(key, old, value))
            continue;
        buf_addz(b, comma);
        json_text(b, record_key_name(r, key));
        buf_addc(b, ':');
        json_write_value(b, key, value);
        comma = ",";
    }
    buf_addz(b, "},\"removed\":[");
    comma = "";
    for (size_t i = 0; i < v->n_fields; i++) {
        if (record_get(r, v->fields[i].key)->type != PL_UNSET)
            continue;
        buf_addz(b, comma);
        json_text(b, record_key_name(r, v->fields[i].key));
        comma = ",";
    }
    buf_addc(b, ']');
}

static void write_line(struct buf *b, const struct view *v, const struct stage *stage, const pl_record *r, bool made)
{
    static const char *const fates[] = {"live", "dropped", "failed"};
    struct kinds k;

    buf_addz(b, "{\"record\":");
    json_text(b, record_get(r, PL_ID)->as.str);
    buf_addz(b, ",\"stage\":");
    json_text(b, stage->name);
    buf_addf(b, ",\"selected\":%s,\"made\":%s,\"us\":%llu", r->selected && !made ? "true" : "false",
             made ? "true" : "false", (unsigned long long)((r->wall_ns - v->wall_ns) / 1000));
    write_fields(b, v, r);
    count_kinds(v, r, &k);
    buf_addz(b, ",\"annotations\":{");
    for (size_t i = 0; i < k.count; i++) {
        buf_addz(b, i ? "," : "");
        json_text(b, record_key_name(r, k.kind[i]));
        buf_addf(b, ":%zu", k.n[i]);
    }
    buf_addf(b, "},\"fate\":\"%s\"", fates[r->fate]);
    if (r->fate != FATE_LIVE) {
        buf_addz(b, ",\"code\":");
        json_text(b, r->code);
        buf_addz(b, ",\"message\":");
        json_text(b, r->message);
    }
    buf_addz(b, "}\n");
}

/* ---- the run's calls ---- */

void trace_stage(void *arg, const struct stage *stage, pl_record *r, uint64_t wall_ns)
{
    struct trace *t = arg;
    struct followed *f = follow(t, r);

    (void)wall_ns; /* of the whole batch */
    if (!f)
        return;
    const bool made = stage->index > 0 && r->entry == stage->index + 1;
    if (t->json)
        write_line(&f->told, &f->seen, stage, r, made);
    else
        tell_text(&f->told, &f->seen, stage, r, made);
    look(&f->seen, r);
}

int trace_leave(void *arg, const struct run *run, pl_record *r)
{
    struct trace *t = arg;
    struct followed **at = &t->followed;
    struct buf head = {0};

    (void)run;
    while (*at && (*at)->r != r)
        at = &(*at)->next;
    struct followed *f = *at;
    if (!f) {
        t->others++;
        if (t->run && !t->followed && t->n_chosen >= t->enough)
            run_stop(t->run);
        return PL_OK;
    }
    *at = f->next;
    if (!t->json) {
        const struct value *id = record_get(r, PL_ID);
        buf_addz(&head, "record ");
        log_escape(&head, id->type == PL_STR ? id->as.str : PL_S("without an id"));
        buf_addz(&head, " of ");
        log_escape(&head, r->input ? r->input->name : PL_S("-"));
        if (r->position)
            buf_addf(&head, ", %llu", (unsigned long long)r->position);
        buf_addc(&head, '\n');
    }
    fputs(buf_cstr(&head), t->out);
    fwrite(f->told.ptr, 1, f->told.len, t->out);
    buf_done(&head);
    followed_free(f);
    return ferror(t->out) ? PL_FATAL : PL_OK;
}
