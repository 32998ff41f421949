/* json.c - the JSONL form of a record: reading a line.
 *
 * The line is copied into the record once; strings are slices of the copy, and escapes are resolved in place.
 * json_scan.c finds the values, proves them and resolves escapes. */
#include "json.h"

#include "base64.h"
#include "fields.h"
#include "json_reader.h"
#include "str.h"
#include "utf8.h"

enum { MAX_NAME = 1024, MAX_NAMES = 4096 };

int json_bad(struct json_reader *rd, const char *at, const char *fmt, ...)
{
    va_list ap;

    rd->err->at = (size_t)(at - rd->copy.ptr);
    va_start(ap, fmt);
    vsnprintf(rd->err->text, sizeof rd->err->text, fmt, ap);
    va_end(ap);
    return PL_ERROR;
}

void json_decode(struct json_token *t)
{
    /* The text lies in our copy of the line, and what comes out is never longer. */
    if (t->escaped)
        t->text.len = json_unescape((char *)t->text.ptr, t->text.len);
    t->escaped = false;
}

/* Keep the value as its text. */
static void keep(struct json_token *t, struct value *v)
{
    char *p = (char *)t->text.ptr;

    for (size_t i = 0; i < t->text.len; i++) {
        if (p[i] == '\n' || p[i] == '\r')
            p[i] = ' ';
    }
    *v = (struct value){.type = PL_JSON, .as.str = t->text};
}

/* Whether a real that was read as 0 has a digit that is not. */
static bool vanished(pl_str number, double v)
{
    for (size_t i = 0; v == 0 && i < number.len && (number.ptr[i] | 0x20) != 'e'; i++) {
        if (number.ptr[i] >= '1' && number.ptr[i] <= '9')
            return true;
    }
    return false;
}

void json_scalar(struct json_token *t, struct value *v)
{
    if (t->kind == JSON_STRING) {
        json_decode(t);
        *v = (struct value){.type = PL_STR, .as.str = t->text};
    } else if (t->kind == JSON_BOOL)
        *v = (struct value){.type = PL_BOOL, .as.b = t->text.ptr[0] == 't'};
    else if (t->kind == JSON_INTEGER && str_to_i64(t->text, &v->as.i))
        v->type = PL_I64;
    else if (t->kind == JSON_REAL && str_to_f64(t->text, &v->as.f) && !vanished(t->text, v->as.f))
        v->type = PL_F64;
    else
        keep(t, v);
}

static int read_list(struct json_reader *rd, struct json_token *t, struct value *v)
{
    struct json_scan s;
    struct json_token item;
    size_t n = 0, i = 0;

    json_scan_init(&s, t->text);
    json_scan_open(&s, '[');
    for (; json_scan_element(&s, &item); n++) {
        if (item.kind != JSON_STRING) {
            keep(t, v);
            return PL_OK;
        }
    }
    pl_str *at = arena_alloc(&rd->r->arena, size_mul(n, sizeof *at), 16);
    if (!at)
        return PL_NOMEM;
    json_scan_init(&s, t->text);
    json_scan_open(&s, '[');
    while (json_scan_element(&s, &item)) {
        json_decode(&item);
        at[i++] = item.text;
    }
    *v = (struct value){.type = PL_STRS, .as.list = {at, n}};
    return PL_OK;
}

/* A list of text alone would be STRS. */
static bool is_mixed_list(pl_str text)
{
    struct json_scan s;
    struct json_token item;
    bool mixed = false;

    json_scan_init(&s, text);
    if (!json_scan_open(&s, '['))
        return false;
    while (json_scan_element(&s, &item))
        mixed = mixed || item.kind != JSON_STRING;
    return mixed && !s.error && json_scan_end(&s);
}

/* {"base64":"..."} would be BYTES. */
static bool is_plain_object(pl_str text)
{
    struct json_scan s;
    struct json_token name, value;
    size_t n = 0;
    bool bytes = false;

    json_scan_init(&s, text);
    if (!json_scan_open(&s, '{'))
        return false;
    while (json_scan_member(&s, &name, &value)) {
        bytes = n == 0 && str_is(name.text, "base64") && value.kind == JSON_STRING;
        n++;
    }
    return !(bytes && n == 1) && !s.error && json_scan_end(&s);
}

/* How deep lists and objects lie in each other, of text that is JSON. */
static size_t depth_of(pl_str text)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!quoted && (c == '}' || c == ']'))
            depth -= depth > 0;
    }
    return deepest;
}

bool json_is_other(pl_str text)
{
    if (text.len == 0 || utf8_valid(text) != text.len)
        return false;
    if (memchr(text.ptr, '\n', text.len) || memchr(text.ptr, '\r', text.len))
        return false;
    /* White space around it would not come back; its line is one level more. */
    const char last = text.ptr[text.len - 1];
    if ((last != '}' && last != ']') || depth_of(text) >= JSON_MAX_DEPTH)
        return false;
    return text.ptr[0] == '[' ? is_mixed_list(text) : text.ptr[0] == '{' && is_plain_object(text);
}

static int read_base64(struct json_reader *rd, struct json_token *t, struct value *v)
{
    size_t len;

    json_decode(t);
    if (!base64_decode(t->text, (char *)t->text.ptr, &len))
        return json_bad(rd, json_begin(t), "not base64");
    *v = (struct value){.type = PL_BYTES, .as.str = {t->text.ptr, len}};
    return PL_OK;
}

bool json_only_member(const struct json_token *object, const char *name, struct json_token *v)
{
    struct json_scan s;
    struct json_token n, more;

    json_scan_init(&s, object->text);
    json_scan_open(&s, '{');
    return json_scan_member(&s, &n, v) && str_is(n.text, name) && !json_scan_member(&s, &n, &more);
}

static int read_object(struct json_reader *rd, struct json_token *t, struct value *v)
{
    struct json_token inner;

    if (json_only_member(t, "base64", &inner) && inner.kind == JSON_STRING)
        return read_base64(rd, &inner, v);
    keep(t, v);
    return PL_OK;
}

static int read_value(struct json_reader *rd, pl_key key, struct json_token *t, struct value *v)
{
    if (key == PL_BODY && t->kind == JSON_STRING)
        return read_base64(rd, t, v);
    if (t->kind == JSON_LIST)
        return read_list(rd, t, v);
    if (t->kind == JSON_OBJECT)
        return read_object(rd, t, v);
    json_scalar(t, v);
    return PL_OK;
}

/* What a message calls a value. */
static const char *found(const struct json_token *t, const struct value *v)
{
    if (v->type != PL_JSON)
        return fields_type_name(v->type);
    if (t->kind == JSON_LIST)
        return "a list that is not all text";
    return t->kind == JSON_OBJECT ? "an object" : "a number that is too large or too small";
}

/* Whether the line has not had this name; PL_ERROR if it has. */
static int first_time(struct json_reader *rd, pl_key key)
{
    const size_t nth = key < RECORD_OWN_KEY ? (size_t)key * 2 : (size_t)(key - RECORD_OWN_KEY) * 2 + 1;
    const uint64_t bit = UINT64_C(1) << nth % 64;

    if (nth / 64 >= rd->n_seen) {
        const size_t n = nth / 64 * 2;
        uint64_t *grown = arena_zero(&rd->r->arena, n, sizeof *grown);
        if (!grown)
            return PL_NOMEM;
        memcpy(grown, rd->seen, rd->n_seen * sizeof *grown);
        rd->seen = grown;
        rd->n_seen = n;
    }
    if (rd->seen[nth / 64] & bit)
        return PL_ERROR;
    rd->seen[nth / 64] |= bit;
    return PL_OK;
}

int json_name(struct json_reader *rd, struct json_token *name, pl_key *key)
{
    json_decode(name);
    if (name->text.len == 0)
        return json_bad(rd, json_begin(name), "an empty name");
    if (name->text.len > MAX_NAME)
        return json_bad(rd, json_begin(name), "a name longer than %d bytes", MAX_NAME);
    *key = record_key(rd->r, name->text);
    if (rd->r->n_own > MAX_NAMES)
        return json_bad(rd, json_begin(name), "more than %d unknown names", MAX_NAMES);
    return *key == PL_NONE ? PL_NOMEM : PL_OK;
}

/* Put the name of the field before what is wrong with its value. */
static int blame(struct json_reader *rd, pl_str name)
{
    char text[sizeof rd->err->text];

    memcpy(text, rd->err->text, sizeof text);
    if (snprintf(rd->err->text, sizeof text, "'" JSON_SHORT "': %s", JSON_SHORT_ARG(name), text) < 0)
        rd->err->text[0] = 0;
    return PL_ERROR;
}

static int read_field(struct json_reader *rd, struct json_token *name, struct json_token *t)
{
    const char *name_at = json_begin(name), *at = json_begin(t);
    struct value v = {.type = PL_UNSET};
    pl_key key;
    int rc = json_name(rd, name, &key);

    if (rc != PL_OK)
        return rc;
    rc = first_time(rd, key);
    if (rc == PL_ERROR)
        return json_bad(rd, name_at, "'" JSON_SHORT "' stands here a second time", JSON_SHORT_ARG(name->text));
    if (rc != PL_OK)
        return rc;
    if (str_is(name->text, "annotations")) {
        rd->notes = *t;
        return PL_OK;
    }
    const struct field_info *known = fields_info(key);
    if (known && t->kind == JSON_NULL)
        return PL_OK;
    rc = read_value(rd, key, t, &v);
    if (rc == PL_OK) {
        /* Bytes that a plugin sets become text; bytes in a line are somebody's mistake. */
        rc = known && known->type == PL_STR && v.type == PL_BYTES ? PL_ERROR : record_set(rd->r, key, v);
        if (rc == PL_ERROR)
            json_bad(rd, at, "expected %s, found %s", known ? fields_type_name(known->type) : "another name",
                     found(t, &v));
    }
    return rc == PL_ERROR ? blame(rd, name->text) : rc;
}

static int read_line(struct json_reader *rd)
{
    struct json_token name, t;
    struct json_scan s;
    int rc = PL_OK;

    json_scan_init(&s, rd->copy);
    json_scan_open(&s, '{');
    while (rc == PL_OK && !s.error && json_scan_member(&s, &name, &t))
        rc = read_field(rd, &name, &t);
    if (rc != PL_OK)
        return rc;
    return !s.error && json_scan_end(&s) ? PL_OK : json_bad(rd, s.at, "%s", s.error);
}

int json_read(pl_record *r, pl_str line, struct json_error *err)
{
    struct json_reader rd = {.r = r, .err = err, .copy = arena_dup(&r->arena, line)};
    int rc;

    rd.seen = rd.first_seen;
    rd.n_seen = sizeof rd.first_seen / sizeof *rd.first_seen;
    if (!rd.copy.ptr)
        return PL_NOMEM;
    const size_t valid = utf8_valid(rd.copy);
    if (valid < rd.copy.len)
        return json_bad(&rd, rd.copy.ptr + valid, "not UTF-8");
    rc = read_line(&rd);
    if (rc == PL_OK)
        rc = json_read_notes(&rd);
    return rc;
}
