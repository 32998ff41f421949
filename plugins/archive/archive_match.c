/* archive_match.c - whether a line's record has a field of some value. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "archive_match.h"

#include <pcre2.h>
#include <stdlib.h>

#include "archive_json.h"

/* As for the patterns of `when`: these bound a bad pattern to some 10 ms and 20 MB a value. */
enum { MATCH_STEPS = 1000000, MATCH_DEPTH = 10000, MATCH_HEAP_KB = 20000, MAX_CONDITION = 10000 };

enum test { EQUALS, MATCHES, PRESENT };

struct archive_match {
    char *text; /* the condition */
    pl_str path, value;
    enum test test;
    bool negated;
    bool is_number;
    double number;
    pl_str needle[2]; /* bytes that a line has in which it holds, where that has no "\u" */
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *data;
    char *room;
    size_t cap;
    uint64_t limited;
    bool no_memory;
};

/* ---- making ---- */

/* The longest piece that is written in JSON as it is. */
static pl_str plain_piece(pl_str s)
{
    pl_str best = {s.ptr, 0};

    for (size_t i = 0, from = 0; i <= s.len; i++) {
        const char c = i < s.len ? s.ptr[i] : '"';
        if (c != '"' && c != '\\' && c != '/' && (unsigned char)c >= 0x20 && c != 0x7f)
            continue;
        if (i - from > best.len)
            best = (pl_str){s.ptr + from, i - from};
        from = i + 1;
    }
    return best;
}

static bool as_number(pl_str s, double *v)
{
    char some[64], *end;

    if (s.len == 0 || s.len >= sizeof some || !strchr("-0123456789", s.ptr[0]))
        return false;
    memcpy(some, s.ptr, s.len);
    some[s.len] = 0;
    *v = strtod(some, &end);
    return *end == 0 && !strpbrk(some, "xXnN");
}

static bool compile(struct archive_match *m, char *message, size_t size)
{
    unsigned char why[200];
    size_t at;
    int code;

    m->code = pcre2_compile((PCRE2_SPTR)m->value.ptr, m->value.len, PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
    if (!m->code) {
        pcre2_get_error_message(code, why, sizeof why);
        snprintf(message, size, "the pattern \"%.*s\" is wrong at byte %zu: %s", (int)m->value.len, m->value.ptr, at + 1,
                 (const char *)why);
        return false;
    }
    m->limits = pcre2_match_context_create(NULL);
    m->data = pcre2_match_data_create(1, NULL);
    if (!m->limits || !m->data) {
        snprintf(message, size, "out of memory");
        return false;
    }
    pcre2_set_match_limit(m->limits, MATCH_STEPS);
    pcre2_set_depth_limit(m->limits, MATCH_DEPTH);
    pcre2_set_heap_limit(m->limits, MATCH_HEAP_KB);
    return true;
}

static void split(struct archive_match *m)
{
    const size_t len = strlen(m->text), at = strcspn(m->text, "=~");

    m->path = (pl_str){m->text, at};
    m->test = at == len ? PRESENT : m->text[at] == '=' ? EQUALS : MATCHES;
    if (m->test == PRESENT)
        return;
    m->value = (pl_str){m->text + at + 1, len - at - 1};
    if (at > 0 && m->text[at - 1] == '!') {
        m->negated = true;
        m->path.len--;
    }
}

struct archive_match *archive_match_new(const char *condition, char *message, size_t size)
{
    struct archive_match *m = calloc(1, sizeof *m);

    if (m)
        m->text = strdup(condition);
    if (!m || !m->text) {
        snprintf(message, size, "out of memory");
        goto failed;
    }
    split(m);
    if (m->path.len == 0 || strlen(condition) > MAX_CONDITION) {
        if (m->path.len)
            snprintf(message, size, "a condition has up to %d bytes", MAX_CONDITION);
        else
            snprintf(message, size, "'%.100s' names no field", condition);
        goto failed;
    }
    if (m->test == MATCHES && !compile(m, message, size))
        goto failed;
    m->is_number = m->test == EQUALS && as_number(m->value, &m->number);
    /* A name is in the line whole, or in parts where it leads into objects: its last part is there either way. */
    const char *dot = memrchr(m->path.ptr, '.', m->path.len);
    const size_t part = dot ? (size_t)(dot + 1 - m->path.ptr) : 0;
    m->needle[0] = plain_piece((pl_str){m->path.ptr + part, m->path.len - part});
    if (m->test == EQUALS && !m->is_number)
        m->needle[1] = plain_piece(m->value);
    return m;
failed:
    archive_match_free(m);
    return NULL;
}

void archive_match_free(struct archive_match *m)
{
    if (!m)
        return;
    pcre2_code_free(m->code);
    pcre2_match_context_free(m->limits);
    pcre2_match_data_free(m->data);
    free(m->room);
    free(m->text);
    free(m);
}

uint64_t archive_match_limited(const struct archive_match *m)
{
    return m->limited;
}

/* ---- judging ---- */

bool archive_match_may(const struct archive_match *m, pl_str line)
{
    if (m->negated)
        return true;
    for (int i = 1; i >= 0; i--) {
        const pl_str n = m->needle[i];
        /* "\u" may write any character */
        if (n.len && !memmem(line.ptr, line.len, n.ptr, n.len))
            return memmem(line.ptr, line.len, "\\u", 2) != NULL;
    }
    return true;
}

static bool matches(struct archive_match *m, const struct ajson_value *v)
{
    if (v->text.len > m->cap) {
        free(m->room);
        m->room = malloc(v->text.len * 2);
        m->cap = m->room ? v->text.len * 2 : 0;
        if (!m->room) {
            m->no_memory = true;
            return false;
        }
    }
    const pl_str t = ajson_text(v, m->room);
    const int rc = pcre2_match(m->code, (PCRE2_SPTR)(t.ptr ? t.ptr : ""), t.len, 0, PCRE2_NO_UTF_CHECK, m->data, m->limits);
    m->limited += rc < 0 && rc != PCRE2_ERROR_NOMATCH;
    return rc >= 0;
}

static bool scalar_holds(struct archive_match *m, const struct ajson_value *v)
{
    double number;

    switch (v->kind) {
    case AJSON_STRING: return m->test == MATCHES ? matches(m, v) : ajson_is(v, m->value);
    case AJSON_NUMBER:
        if (m->test == MATCHES)
            return matches(m, v);
        return ajson_is(v, m->value) || (m->is_number && as_number(v->text, &number) && number == m->number);
    case AJSON_BOOL: return m->test == EQUALS && ajson_is(v, m->value);
    default: return false;
    }
}

/* The value, an element of the list that it is, or a member of the object that it or the element is. */
static bool value_holds(struct archive_match *m, const struct ajson_value *v, int depth)
{
    struct ajson_value inner;

    if (m->test == PRESENT)
        return v->kind != AJSON_NULL;
    if (v->kind != AJSON_LIST && v->kind != AJSON_OBJECT)
        return scalar_holds(m, v);
    struct ajson_walk w = ajson_walk(v);
    while (depth < 2 && ajson_next(&w, &inner)) {
        if (v->kind == AJSON_OBJECT && (inner.kind == AJSON_LIST || inner.kind == AJSON_OBJECT))
            continue;
        if (value_holds(m, &inner, depth + 1))
            return true;
    }
    return false;
}

static bool path_holds(struct archive_match *m, const struct ajson_value *v, pl_str path)
{
    struct ajson_value inner;
    struct ajson_walk w = ajson_walk(v);

    if (path.len == 0)
        return value_holds(m, v, 0);
    while (ajson_next(&w, &inner)) {
        if (v->kind == AJSON_LIST) {
            if (path_holds(m, &inner, path))
                return true;
            continue;
        }
        for (size_t n = 1; n <= path.len; n++) {
            if ((n == path.len || path.ptr[n] == '.') && ajson_is(&w.name, (pl_str){path.ptr, n}) &&
                path_holds(m, &inner, n == path.len ? (pl_str){path.ptr, 0} : (pl_str){path.ptr + n + 1, path.len - n - 1}))
                return true;
        }
    }
    return false;
}

int archive_match_holds(struct archive_match *m, pl_str line)
{
    const struct ajson_value whole = {AJSON_OBJECT, false, line};
    const bool holds = path_holds(m, &whole, m->path);

    return m->no_memory ? PL_NOMEM : holds != m->negated;
}
