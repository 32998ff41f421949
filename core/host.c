/* host.c - the table of calls that a plugin is handed: the one door between plugins and the core. */
#include "host.h"

#include <stdlib.h>

#include "json.h"
#include "str.h"
#include "utf8.h"

void records_add(struct records *v, pl_record *r)
{
    if (v->n == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 64;
        pl_record **grown = realloc(v->at, v->cap * sizeof *grown);
        if (!grown)
            out_of_memory();
        v->at = grown;
    }
    v->at[v->n++] = r;
}

void records_free(struct records *v)
{
    for (size_t i = 0; i < v->n; i++)
        record_free(v->at[i]);
    v->n = 0;
}

void call_init(struct call *c, struct run *run, struct stage_run *stage)
{
    *c = (struct call){.run = run, .stage = stage};
    c->self.host = &host_table;
    c->self.config = stage->def->config;
    c->self.shared = stage->control.self.shared;
}

/* --checked: the first breach of a call is kept; the record fails for it. */
static void breach(struct call *c, const char *what)
{
    if (what && !c->fault)
        c->fault = what;
}

/* The same for something that has a name. */
static void breach_of(struct call *c, const char *what, pl_str name)
{
    if (!what || c->fault)
        return;
    snprintf(c->fault_text, sizeof c->fault_text, "'%.*s': %s", (int)(name.len > 64 ? 64 : name.len),
             name.ptr ? name.ptr : "", what);
    c->fault = c->fault_text;
}

static bool checked(const struct call *c)
{
    return c->stage && c->stage->contract;
}

void host_say(struct call *c, int level, pl_str id, pl_str message)
{
    c->told_error = c->told_error || level == PL_LOG_ERROR;
    if (!c->told) {
        log_write(c->run->opt.log, level, c->stage->def->name, id, message);
        return;
    }
    flat_put_line(&c->told->lines, level, id, message);
    c->told->n_lost += c->told->lines.full;
    c->told->lines.full = false;
}

static pl_key host_intern(pl_self *s, pl_str name)
{
    struct call *c = call_of(s);
    const pl_key key = intern_add(c->run->pipeline->names, name);

    if (key == PL_NONE)
        breach(c, "pl_intern() of a new name outside open()");
    return key;
}

static void *host_alloc(pl_self *s, pl_record *r, size_t n, size_t align)
{
    if (align == 0 || align > 16 || (align & (align - 1)) != 0) {
        breach(call_of(s), "alloc() with an alignment that is no power of two up to 16");
        return NULL;
    }
    return arena_alloc(&r->arena, n, align);
}

static pl_type host_type(pl_self *s, pl_record *r, pl_key k)
{
    (void)s;
    return record_get(r, k)->type;
}

static pl_str host_get(pl_self *s, pl_record *r, pl_key k)
{
    const struct value *v = record_get(r, k);

    (void)s;
    return v->type == PL_STR || v->type == PL_BYTES || v->type == PL_JSON ? v->as.str : (pl_str){NULL, 0};
}

static bool host_get_bool(pl_self *s, pl_record *r, pl_key k, bool *out)
{
    const struct value *v = record_get(r, k);

    (void)s;
    if (v->type == PL_BOOL)
        *out = v->as.b;
    return v->type == PL_BOOL;
}

static bool host_get_i64(pl_self *s, pl_record *r, pl_key k, int64_t *out)
{
    const struct value *v = record_get(r, k);

    (void)s;
    if (v->type == PL_I64)
        *out = v->as.i;
    return v->type == PL_I64;
}

static bool host_get_f64(pl_self *s, pl_record *r, pl_key k, double *out)
{
    const struct value *v = record_get(r, k);

    (void)s;
    if (v->type == PL_F64)
        *out = v->as.f;
    else if (v->type == PL_I64)
        *out = (double)v->as.i;
    return v->type == PL_F64 || v->type == PL_I64;
}

static pl_list host_get_list(pl_self *s, pl_record *r, pl_key k)
{
    const struct value *v = record_get(r, k);

    (void)s;
    if (v->type == PL_STRS)
        return v->as.list;
    return v->type == PL_STR ? (pl_list){&v->as.str, 1} : (pl_list){NULL, 0};
}

static int set_value(struct call *c, pl_record *r, pl_key k, struct value v, bool copy)
{
    const bool repaired = r->repaired;
    int rc;

    if (checked(c)) {
        breach_of(c, contract_set(c->stage->contract, r, k), record_key_name(r, k));
        if (!copy && (v.type == PL_STR || v.type == PL_BYTES))
            breach_of(c, contract_view(c->stage->contract, r, v.as.str), record_key_name(r, k));
    }
    r->repaired = false;
    rc = copy ? record_set_copy(r, k, v) : record_set(r, k, v);
    if (r->repaired && checked(c))
        breach_of(c, "a text that is not UTF-8, or a number that is not finite", record_key_name(r, k));
    r->repaired = r->repaired || repaired;
    if (rc == PL_ERROR && checked(c))
        breach_of(c, "a field that cannot hold a value of this type, or has no name", record_key_name(r, k));
    if (rc != PL_ERROR)
        return rc;
    /* The plugin's slip, not the record's fault. */
    host_say(c, PL_LOG_WARN, record_key_name(r, k), PL_S("this field cannot hold a value of that type: left as it was"));
    return PL_OK;
}

/* The value is looked at here: a line that is written must be one that can be read. */
static int set_json(struct call *c, pl_record *r, pl_key k, pl_str v)
{
    static const char what[] = "not an object or a list with more than text in it, as JSON in one line";

    if (json_is_other(v))
        return set_value(c, r, k, (struct value){.type = PL_JSON, .as.str = v}, true);
    if (checked(c))
        breach_of(c, what, record_key_name(r, k));
    host_say(c, PL_LOG_WARN, record_key_name(r, k), str_of(what));
    return PL_OK;
}

static int host_set(pl_self *s, pl_record *r, pl_key k, pl_type type, pl_str v, bool copy)
{
    if (type == PL_JSON && copy)
        return set_json(call_of(s), r, k, v);
    if (type != PL_STR && type != PL_BYTES)
        return PL_FATAL;
    return set_value(call_of(s), r, k, (struct value){.type = type, .as.str = v}, copy);
}

static int host_set_num(pl_self *s, pl_record *r, pl_key k, pl_type type, int64_t i, double f)
{
    struct value v = {.type = type};

    if (type == PL_BOOL)
        v.as.b = i != 0;
    else if (type == PL_I64)
        v.as.i = i;
    else if (type == PL_F64)
        v.as.f = f;
    else
        return PL_FATAL;
    return set_value(call_of(s), r, k, v, false);
}

static int host_set_list(pl_self *s, pl_record *r, pl_key k, pl_list v)
{
    return set_value(call_of(s), r, k, (struct value){.type = PL_STRS, .as.list = v}, true);
}

static int host_unset(pl_self *s, pl_record *r, pl_key k)
{
    (void)s;
    if (record_get(r, k)->type == PL_UNSET)
        return PL_OK;
    return record_set(r, k, (struct value){.type = PL_UNSET});
}

static pl_note host_annotate(pl_self *s, pl_record *r, pl_key kind, pl_str label, size_t begin, size_t end)
{
    struct call *c = call_of(s);
    const pl_note n = record_annotate(r, kind, label, begin, end);

    if (checked(c)) {
        breach_of(c, contract_annotate(c->stage->contract, r, kind), record_key_name(r, kind));
        if (!n && r->arena.used < r->arena.limit)
            breach_of(c, "a span that is empty, outside the text or off a character boundary", record_key_name(r, kind));
    }
    return n;
}

static int note_result(struct call *c, int rc)
{
    if (rc == PL_ERROR && checked(c))
        breach(c, "an attribute of an annotation that is not there, or one too many");
    return rc == PL_ERROR ? PL_OK : rc;
}

static int host_note_set(pl_self *s, pl_record *r, pl_note n, pl_key attr, pl_type type, pl_str v, int64_t i, double f)
{
    struct value value = {.type = type};

    if (type == PL_STR)
        value.as.str = v;
    else if (type == PL_I64)
        value.as.i = i;
    else if (type == PL_F64)
        value.as.f = f;
    else
        return PL_FATAL;
    return note_result(call_of(s), record_note_set(r, n, attr, value));
}

static int host_note_link(pl_self *s, pl_record *r, pl_note n, pl_key attr, pl_note to)
{
    return note_result(call_of(s), record_note_link(r, n, attr, to));
}

static pl_note host_note_next(pl_self *s, pl_record *r, pl_key kind, pl_note after)
{
    (void)s;
    for (pl_note n = after; n < record_n_notes(r);) {
        n++;
        if (kind == PL_NONE || record_note(r, n)->kind == kind)
            return n;
    }
    return 0;
}

static pl_str host_note_span(pl_self *s, pl_record *r, pl_note n, size_t *begin, size_t *end, pl_str *label)
{
    const struct note *note = record_note(r, n);

    (void)s;
    if (!note)
        return (pl_str){NULL, 0};
    if (begin)
        *begin = note->begin;
    if (end)
        *end = note->end;
    if (label)
        *label = note->label;
    return str_sub(record_get(r, PL_TEXT)->as.str, note->begin, note->end);
}

static pl_str host_note_get(pl_self *s, pl_record *r, pl_note n, pl_key attr)
{
    const struct attr *a = record_note_attr(r, n, attr);

    (void)s;
    return a && !a->link && (a->v.type == PL_STR || a->v.type == PL_JSON) ? a->v.as.str : (pl_str){NULL, 0};
}

static pl_note host_note_to(pl_self *s, pl_record *r, pl_note n, pl_key attr)
{
    const struct attr *a = record_note_attr(r, n, attr);

    (void)s;
    return a ? a->link : 0;
}

static int host_set_private(pl_self *s, pl_record *r, pl_str bytes)
{
    struct call *c = call_of(s);

    if (checked(c))
        breach(c, contract_view(c->stage->contract, r, bytes));
    r->stage_private = bytes;
    return PL_OK;
}

static pl_str host_get_private(pl_self *s, pl_record *r)
{
    (void)s;
    return r->stage_private;
}

static int host_set_raw(pl_self *s, pl_record *r, pl_str bytes, bool copy)
{
    (void)s;
    r->raw = copy ? arena_dup(&r->arena, bytes) : bytes;
    return copy && !r->raw.ptr ? PL_NOMEM : PL_OK;
}

static pl_str host_get_raw(pl_self *s, pl_record *r)
{
    (void)s;
    return r->raw;
}

static pl_record *new_record(struct call *c)
{
    pl_record *r = record_new(c->run->pipeline->names, (size_t)c->run->pipeline->settings.record_memory);

    if (!r)
        out_of_memory();
    return r;
}

enum { LEAST_ARENA = 4096 }; /* what the memory of a record takes however little it holds */

/* Whether one more child of this call keeps within the memory of its parent. */
static bool child_fits(struct call *c, const pl_record *parent)
{
    const struct records *e = &c->emitted;
    const size_t least = sizeof *parent + LEAST_ARENA, limit = parent->arena.limit;

    if (e->n == 0)
        c->emitted_bytes = 0;
    else
        c->emitted_bytes += least + e->at[e->n - 1]->arena.used;
    return limit == 0 || size_add(parent->arena.used, size_add(c->emitted_bytes, least)) <= limit;
}

static pl_record *host_emit(pl_self *s, pl_record *parent)
{
    struct call *c = call_of(s);

    if (!parent)
        parent = c->record;
    if (parent && !c->to_then && !child_fits(c, parent))
        return NULL;
    pl_record *r = new_record(c);
    if (parent && !c->to_then) {
        const struct value *source = record_get(parent, PL_SOURCE);
        r->raw = parent->raw;
        if (record_adopt(r, parent) != PL_OK || record_identify(r) != PL_OK ||
            (source->type == PL_STR && record_set_copy(r, PL_SOURCE, *source) != PL_OK)) {
            record_free(r);
            return NULL;
        }
    }
    r->entry = c->into ? 0 : c->stage->index + 1;
    r->emit_parent = parent ? parent->emit_number : 0;
    records_add(c->into ? c->into : &c->emitted, r);
    r->emit_number = (uint32_t)c->emitted.n;
    return r;
}

void host_name_unnamed(struct call *c, struct records *v, size_t from)
{
    for (size_t i = from; i < v->n; i++) {
        pl_record *r = v->at[i];
        if (record_get(r, PL_ORIGIN)->type != PL_UNSET)
            continue;
        struct input *in = arena_zero(&r->arena, 1, sizeof *in);
        if (in)
            in->name = c->stage->def->name;
        r->input = in;
        r->position = ++c->unnamed;
        if (record_identify(r) != PL_OK)
            record_fail(r, c->stage->index, PL_S("too-large"), PL_S("past the record's memory limit"));
    }
}

static void host_drop(pl_self *s, pl_record *r, pl_str reason)
{
    record_drop(r, call_of(s)->stage->index, reason.len ? reason : PL_S("unnamed"));
}

static void host_fail(pl_self *s, pl_record *r, pl_str code, pl_str message)
{
    record_fail(r, call_of(s)->stage->index, code.len ? code : PL_S("unnamed"), message);
}

static void host_log(pl_self *s, int level, pl_record *about, pl_str message)
{
    host_say(call_of(s), level, about ? record_head(about, PL_ID) : (pl_str){NULL, 0}, message);
}

static uint32_t host_metric(pl_self *s, pl_str name, pl_str help)
{
    struct stage_run *st = call_of(s)->stage;
    const struct run *run = call_of(s)->run;

    for (uint32_t i = 0; i < st->n_metrics; i++) {
        if (str_eq(st->metrics[i].name, name))
            return i;
    }
    if (call_of(s)->told)
        return MAX_METRICS;
    if (st->n_metrics == MAX_METRICS || run->going) {
        log_say(run->opt.log, PL_LOG_WARN, "stage '" STR_FMT "': '" STR_FMT "' is not counted: %s", STR_ARG(st->def->name),
                STR_ARG(name), run->going ? "pl_metric() outside open()" : "too many metrics");
        return MAX_METRICS;
    }
    st->metrics[st->n_metrics].name = arena_dup(&call_of(s)->run->books_arena, name);
    st->metrics[st->n_metrics].help = arena_dup(&call_of(s)->run->books_arena, help);
    return st->n_metrics++;
}

static void host_count(pl_self *s, uint32_t metric, uint64_t by)
{
    struct call *c = call_of(s);

    if (metric >= c->stage->n_metrics)
        return;
    if (c->told)
        c->told->counts[metric] += by;
    else if (c->reading && c->run->going)
        c->run->read_metrics[metric] += by;
    else if (c->counts)
        c->counts->metrics[metric] += by;
    else
        atomic_fetch_add_explicit(&c->stage->metrics[metric].n, by, memory_order_relaxed);
}

static int host_save(pl_self *s, pl_str bytes)
{
    struct buf *saved = call_of(s)->saved;

    if (!saved)
        return PL_OK;
    buf_clear(saved);
    buf_add(saved, bytes);
    if (saved->failed)
        out_of_memory();
    return PL_OK;
}

static pl_str host_to_json(pl_self *s, pl_record *r)
{
    /* Overlapping annotations can make the line far longer than the record. */
    struct buf b = {.limit = r->arena.used < r->arena.limit ? r->arena.limit - r->arena.used : 1};
    pl_str line = {NULL, 0};

    (void)s;
    json_write(&b, r);
    if (!b.failed)
        line = arena_dup(&r->arena, buf_view(&b));
    buf_done(&b);
    return line;
}

/* What pl_from_json() is not to lose: where the record came from. */
static int set_source(pl_record *r, struct value source, struct value origin, struct value id)
{
    if (record_set(r, PL_SOURCE, source) != PL_OK || record_set(r, PL_ORIGIN, origin) != PL_OK)
        return PL_NOMEM;
    return record_set(r, PL_ID, id);
}

static int host_from_json(pl_self *s, pl_record *into, pl_str line)
{
    struct call *c = call_of(s);
    const struct value source = *record_get(into, PL_SOURCE);
    const struct value origin = *record_get(into, PL_ORIGIN);
    const struct value id = *record_get(into, PL_ID);
    const bool keep = c->run->opt.keep_origin;
    const struct value none = {.type = PL_UNSET};
    struct json_error err;
    int rc;

    if (set_source(into, none, none, none) != PL_OK)
        return PL_NOMEM;
    rc = json_read(into, line, &err);
    if (rc != PL_OK && set_source(into, source, origin, id) != PL_OK)
        return PL_NOMEM;
    if (rc == PL_ERROR) {
        pl_fail(s, into, "bad-json", "byte %zu of the line: %s", err.at + 1, err.text);
        return PL_OK;
    }
    if (rc == PL_OK && (!keep || record_get(into, PL_SOURCE)->type == PL_UNSET))
        rc = record_set(into, PL_SOURCE, source);
    if (rc == PL_OK && (!keep || record_get(into, PL_ORIGIN)->type == PL_UNSET))
        rc = record_set(into, PL_ORIGIN, origin);
    if (rc == PL_OK && record_get(into, PL_ID)->type == PL_UNSET)
        rc = record_set(into, PL_ID, id);
    return rc;
}

static pl_record *host_record_new(pl_self *s)
{
    return new_record(call_of(s));
}

static void host_record_free(pl_self *s, pl_record *r)
{
    (void)s;
    record_free(r);
}

static pl_str host_failure(pl_self *s, pl_record *r)
{
    static const pl_str none = {NULL, 0};

    (void)s;
    if (r->fate != FATE_FAILED)
        return none;
    return r->message.len ? r->message : r->code;
}

static int host_input(pl_self *s, pl_str name, pl_str digest)
{
    struct call *c = call_of(s);

    if (!c->reading) {
        breach(c, "pl_input() outside read()");
        return 0;
    }
    struct run *run = c->run;
    struct input *in = &run->input;
    arena_done(&run->input_arena);
    *in = (struct input){.name = utf8_repair(&run->input_arena, name)};
    if (digest.len == sizeof in->digest - 1)
        memcpy(in->digest, digest.ptr, digest.len);
    const bool again = run->may_announce_again && str_eq(in->name, run->resumed.name) &&
                       strcmp(in->digest, run->resumed.digest) == 0;
    run->may_announce_again = false;
    run->n_inputs += !again;
    atomic_store(&run->p_inputs_begun, (uint64_t)run->n_inputs);
    if (run->opt.state && !again && state_done(run->opt.state, digest)) {
        run->inputs_skipped++;
        return 0;
    }
    if (run->opt.state && !again && state_note(run->opt.state, digest) != PL_OK)
        run_die(run, RUN_IO);
    in->number = run->n_inputs;
    return in->number;
}

static void host_set_origin(pl_self *s, pl_record *r, int input, uint64_t position)
{
    struct call *c = call_of(s);

    if (!c->reading) {
        breach(c, "pl_set_origin() outside read()");
        return;
    }
    if (!input || c->run->input.number != input)
        breach(c, "pl_set_origin() of an input that is not the last pl_input()");
    r->position = position;
    if (record_from(r, &c->run->input) != PL_OK || record_identify(r) != PL_OK)
        record_fail(r, c->stage->index, PL_S("too-large"), PL_S("past the record's memory limit"));
}

static int64_t host_now_ms(pl_self *s)
{
    return call_of(s)->run->opt.now_ms;
}

static bool host_stopping(pl_self *s)
{
    return atomic_load(&call_of(s)->run->stop) || atomic_load(&call_of(s)->run->dead);
}

static bool host_retrying(pl_self *s)
{
    return call_of(s)->run->opt.reader != NULL;
}

static size_t host_max_record(pl_self *s)
{
    return (size_t)call_of(s)->run->pipeline->settings.max_record;
}

static void host_expect(pl_self *s, uint64_t inputs)
{
    atomic_store(&call_of(s)->run->p_inputs_total, inputs);
}

static int host_offer(pl_self *s, pl_str name, bool once)
{
    struct call *c = call_of(s);
    struct run *run = c->run;

    if (once && run->opt.shard.n) {
        log_say(run->opt.log, PL_LOG_ERROR,
                "stage '" STR_FMT "': '" STR_FMT "' can be read only once, so it cannot be shared out: leave --shard away",
                STR_ARG(c->stage->def->name), STR_ARG(name));
        return PL_ERROR;
    }
    if (once && run->opt.state) {
        log_say(run->opt.log, PL_LOG_ERROR,
                "stage '" STR_FMT "': '" STR_FMT "' can be read only once, so the run can keep no state: leave `state` away",
                STR_ARG(c->stage->def->name), STR_ARG(name));
        return PL_FATAL;
    }
    /* A run that goes on with no input at all looks to its source like one that begins. */
    if (run->inputs_fixed && !run->going && run->n_offered == 0)
        return PL_OK;
    if (run->going || run->inputs_fixed) {
        breach(c, "pl_offer() outside open(), or of a run that goes on");
        return PL_FATAL;
    }
    if (!shard_has(&run->opt.shard, name))
        return PL_OK;
    run->offered = arena_grow(&run->inputs_arena, run->offered, run->n_offered, &run->cap_offered, sizeof(pl_str));
    run->offered[run->n_offered++] = arena_dup(&run->inputs_arena, name);
    atomic_store(&run->p_inputs_total, run->n_offered);
    return PL_OK;
}

static pl_str host_offered(pl_self *s, uint64_t i)
{
    const struct run *run = call_of(s)->run;

    return i < run->n_offered ? run->offered[i] : (pl_str){NULL, 0};
}

static pl_str host_state_file(pl_self *s, pl_str name)
{
    struct call *c = call_of(s);
    struct run *run = c->run;
    struct buf b = {0};

    if (!run->opt.state || run->going)
        return (pl_str){NULL, 0};
    buf_add(&b, c->stage->def->name);
    buf_addc(&b, '.');
    buf_add(&b, name);
    const pl_str path = state_path(run->opt.state, &run->inputs_arena, buf_cstr(&b));
    buf_done(&b);
    return path;
}

const pl_host host_table = {
    .size = sizeof(pl_host),
    .minor = PL_ABI_MINOR,
    .intern = host_intern,
    .alloc = host_alloc,
    .type = host_type,
    .get = host_get,
    .get_bool = host_get_bool,
    .get_i64 = host_get_i64,
    .get_f64 = host_get_f64,
    .get_list = host_get_list,
    .set = host_set,
    .set_num = host_set_num,
    .set_list = host_set_list,
    .unset = host_unset,
    .annotate = host_annotate,
    .note_set = host_note_set,
    .note_link = host_note_link,
    .note_next = host_note_next,
    .note_span = host_note_span,
    .note_get = host_note_get,
    .note_to = host_note_to,
    .set_private = host_set_private,
    .get_private = host_get_private,
    .set_raw = host_set_raw,
    .get_raw = host_get_raw,
    .emit = host_emit,
    .drop_record = host_drop,
    .fail_record = host_fail,
    .log = host_log,
    .metric = host_metric,
    .count = host_count,
    .save = host_save,
    .to_json = host_to_json,
    .from_json = host_from_json,
    .record_new = host_record_new,
    .record_free = host_record_free,
    .input = host_input,
    .set_origin = host_set_origin,
    .now_ms = host_now_ms,
    .stopping = host_stopping,
    .max_record = host_max_record,
    .expect = host_expect,
    .offer = host_offer,
    .offered = host_offered,
    .state_file = host_state_file,
    .failure = host_failure,
    .retrying = host_retrying,
};
