/* clean_json.c - the JSON-LD of a page, read forgivingly. */
#include "clean_json.h"

#include "clean_utf8.h"

struct reader {
    struct clean_json *j;
    const char *p, *end;
};

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (unsigned char)*r->p <= ' ')
        r->p++;
}

/* Four hex digits, or -1. */
static int32_t read_hex4(const char *p, const char *end)
{
    int32_t v = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        unsigned d = (unsigned char)p[i];
        d = d - '0' < 10 ? d - '0' : (d | 32) - 'a' < 6 ? (d | 32) - 'a' + 10 : 99;
        if (d == 99)
            return -1;
        v = v * 16 + (int32_t)d;
    }
    return v;
}

/* What follows a backslash. */
static void read_escape(struct reader *r, struct clean_buf *out)
{
    char c = *r->p++;
    switch (c) {
    case 'n':
    case 'r':
    case 't':
    case 'b':
    case 'f': clean_buf_byte(out, c == 'n' ? '\n' : ' '); return;
    case 'u': {
        int32_t v = read_hex4(r->p, r->end);
        if (v < 0)
            return;
        r->p += 4;
        uint32_t u = (uint32_t)v;
        if (u >= 0xD800 && u < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
            int32_t low = read_hex4(r->p + 2, r->end);
            if (low >= 0xDC00 && low < 0xE000) {
                u = 0x10000 + ((u - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
                r->p += 6;
            }
        }
        clean_buf_char(out, u);
        return;
    }
    default: clean_buf_byte(out, c);
    }
}

/* r->p is behind the opening quote.  A view of the input where nothing is escaped. */
static pl_str read_string(struct reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p != '"' && *r->p != '\\')
        r->p++;
    pl_str plain = {from, (size_t)(r->p - from)};
    if (r->p == r->end || *r->p == '"') {
        r->p += r->p < r->end;
        return plain;
    }
    struct clean_buf out = {.arena = r->j->arena};
    clean_buf_add(&out, plain);
    while (r->p < r->end && *r->p != '"') {
        from = r->p;
        while (r->p < r->end && *r->p != '"' && *r->p != '\\')
            r->p++;
        clean_buf_add(&out, (pl_str){from, (size_t)(r->p - from)});
        if (r->p < r->end && *r->p == '\\' && ++r->p < r->end)
            read_escape(r, &out);
    }
    r->p += r->p < r->end;
    return clean_buf_str(&out);
}

static struct clean_json_value *add_value(struct clean_json *j, enum clean_json_type type, pl_str key)
{
    if (j->n >= CLEAN_JSON_MAX_VALUES || !clean_arena_grow(j->arena, &j->at, j->n, &j->cap, sizeof *j->at))
        return NULL;
    j->at[j->n] = (struct clean_json_value){.type = type, .end = (uint32_t)j->n + 1, .key = key, .text = PL_S("")};
    return &j->at[j->n++];
}

static bool is_punctuation(char c)
{
    return c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':' || c == '"';
}

void clean_json_read(struct clean_json *j, pl_str text)
{
    struct reader r = {j, text.ptr, clean_end(text)};
    uint32_t open[CLEAN_JSON_MAX_DEPTH];
    size_t depth = 0;
    pl_str key = PL_S("");

    size_t cdata = clean_find_nocase(text, PL_S("<![CDATA["));
    if (cdata < text.len && !memchr(text.ptr, '{', cdata))
        r.p += cdata + sizeof "<![CDATA[" - 1;
    while (r.p < r.end && *r.p != '{' && *r.p != '[') /* whatever stands before the first brace is wrapping */
        r.p++;
    for (skip_space(&r); r.p < r.end; skip_space(&r)) {
        struct clean_json_value *v = NULL;
        char c = *r.p;
        if (c == '{' || c == '[') {
            r.p++;
            if (depth == CLEAN_JSON_MAX_DEPTH ||
                !(v = add_value(j, c == '{' ? CLEAN_JSON_OBJECT : CLEAN_JSON_ARRAY, key)))
                break;
            open[depth++] = (uint32_t)(v - j->at);
            key = PL_S("");
        } else if (c == '}' || c == ']') {
            r.p++;
            if (depth)
                j->at[open[--depth]].end = (uint32_t)j->n;
            if (!depth)
                break; /* what follows is wrapping again */
        } else if (c == '"') {
            r.p++;
            pl_str s = read_string(&r);
            skip_space(&r);
            if (r.p < r.end && *r.p == ':') {
                r.p++;
                key = s;
                continue;
            }
            if (!(v = add_value(j, CLEAN_JSON_STRING, key)))
                break;
            v->text = s;
            key = PL_S("");
        } else if (c == ',' || c == ':') {
            r.p++;
        } else {
            const char *from = r.p;
            while (r.p < r.end && (unsigned char)*r.p > ' ' && !is_punctuation(*r.p))
                r.p++;
            if (!(v = add_value(j, CLEAN_JSON_OTHER, key)))
                break;
            v->text = (pl_str){from, (size_t)(r.p - from)};
            key = PL_S("");
        }
    }
    while (depth)
        j->at[open[--depth]].end = (uint32_t)j->n;
}

uint32_t clean_json_get(const struct clean_json *j, uint32_t i, pl_str key)
{
    if (i >= j->n || j->at[i].type != CLEAN_JSON_OBJECT)
        return 0;
    for (uint32_t k = i + 1; k < j->at[i].end; k = j->at[k].end)
        if (clean_equal(j->at[k].key, key))
            return k;
    return 0;
}

pl_str clean_json_text(const struct clean_json *j, uint32_t i)
{
    for (int level = 0; level < 4 && i < j->n; level++) {
        const struct clean_json_value *v = &j->at[i];
        if (v->type == CLEAN_JSON_STRING)
            return v->text;
        if (v->type == CLEAN_JSON_ARRAY && v->end > i + 1) {
            i++;
        } else if (v->type == CLEAN_JSON_OBJECT) {
            uint32_t name = clean_json_get(j, i, PL_S("name"));
            i = name ? name : clean_json_get(j, i, PL_S("@value"));
            if (!i)
                break;
        } else {
            break;
        }
    }
    return PL_S("");
}

static bool type_is(pl_str value, pl_str type)
{
    while (value.len && memchr(value.ptr, '/', value.len)) {
        const char *slash = memchr(value.ptr, '/', value.len);
        value = clean_slice(value, (size_t)(slash - value.ptr) + 1, value.len);
    }
    return clean_equal_nocase(value, type);
}

bool clean_json_is(const struct clean_json *j, uint32_t i, pl_str type)
{
    uint32_t t = clean_json_get(j, i, PL_S("@type"));
    for (uint32_t k = t; t && k < j->at[t].end; k++)
        if (type_is(j->at[k].text, type))
            return true;
    return false;
}
