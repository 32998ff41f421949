/* random_record.c - records of everything that a record can hold. */
#include "random_record.h"

#include <float.h>
#include <math.h>

#include "fields.h"
#include "json.h"
#include "str.h"
#include "utf8.h"

static const char *const known_names[] = {"entity",  "quote", "chain",          "of",
                                          "speaker", "cue",   "dedupe.cluster", "score"};

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(next(state) % n);
}

struct intern *random_names(void)
{
    struct intern *in = intern_new();

    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++)
        intern_add(in, str_of(known_names[i]));
    intern_freeze(in);
    return in;
}

/* A code point: often one that is known for trouble. */
static uint32_t point(uint64_t *state)
{
    static const uint32_t odd[] = {0,      1,      0x1F,   '"',    '\\',    '/',     0x7F,     0x80,
                                   0x85,   0x9F,   0xA0,   0xAD,   0x300,   0x7FF,   0x800,    0x200D,
                                   0x2028, 0x2029, 0xD7FF, 0xE000, 0xFEFF,  0xFFFD,  0xFFFE,   0xFFFF,
                                   0xFDD0, '\n',   '\t',   '\r',   0x10000, 0x1F5DE, 0x10FFFF, 0x1FFFE};
    uint32_t cp;

    switch (below(state, 4)) {
    case 0: return odd[below(state, sizeof odd / sizeof *odd)];
    case 1: cp = (uint32_t)below(state, 0x110000); return cp >= 0xD800 && cp <= 0xDFFF ? 'x' : cp;
    default: return ' ' + (uint32_t)below(state, 95);
    }
}

static pl_str text(pl_record *r, uint64_t *state, size_t max_points)
{
    const size_t n = below(state, max_points + 1);
    char *out = arena_alloc(&r->arena, n * 4, 1);
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        len += utf8_encode(point(state), out + len);
    return (pl_str){out, len};
}

static pl_str bytes(pl_record *r, uint64_t *state)
{
    const size_t n = below(state, 50);
    char *out = arena_alloc(&r->arena, n, 1);

    for (size_t i = 0; i < n; i++)
        out[i] = (char)next(state);
    return (pl_str){out, n};
}

static int64_t integer(uint64_t *state)
{
    static const int64_t odd[] = {0, 1, -1, INT64_MIN, INT64_MAX, INT64_MIN + 1, 1000000000000, -9007199254740993};

    return below(state, 2) ? odd[below(state, 8)] : (int64_t)next(state) >> below(state, 64);
}

double random_f64(uint64_t *state)
{
    static const double odd[] = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 DBL_MAX,
                                 -DBL_MAX,
                                 DBL_MIN,
                                 5e-324,
                                 -5e-324,
                                 1e-300,
                                 1e22,
                                 1e15,
                                 1e16,
                                 0.1,
                                 123456789.0,
                                 DBL_EPSILON,
                                 2.2250738585072009e-308,
                                 9007199254740993.0};
    double v;

    if (below(state, 2))
        return odd[below(state, sizeof odd / sizeof *odd)];
    do {
        const uint64_t bits = next(state);
        memcpy(&v, &bits, sizeof v);
    } while (!isfinite(v));
    return v;
}

static pl_str json(uint64_t *state)
{
    static const char *const texts[] = {"null",
                                        "{}",
                                        "[null]",
                                        "[1,\"x\"]",
                                        "[[\"a\"]]",
                                        "99999999999999999999",
                                        "1e999",
                                        "-1e-400",
                                        "{\"a\":[1.50,{\"b\":\"\\ud83d\\uddde\"}]}",
                                        "{\"a\":1, \"a\":2}",
                                        "{\"base64\":null}",
                                        "-12345678901234567890",
                                        "{\"note\":0}",
                                        "[{}]"};

    return str_of(texts[below(state, sizeof texts / sizeof *texts)]);
}

static struct value list(pl_record *r, uint64_t *state)
{
    const size_t n = below(state, 5);
    pl_str *at = arena_alloc(&r->arena, (n + 1) * sizeof *at, 16);

    for (size_t i = 0; i < n; i++)
        at[i] = text(r, state, 12);
    return (struct value){.type = PL_STRS, .as.list = {at, n}};
}

static struct value value(pl_record *r, uint64_t *state, pl_type type)
{
    struct value v = {.type = type};

    switch (type) {
    case PL_STR: v.as.str = text(r, state, below(state, 10) ? 30 : 2000); break;
    case PL_BYTES: v.as.str = bytes(r, state); break;
    case PL_BOOL: v.as.b = below(state, 2); break;
    case PL_I64: v.as.i = integer(state); break;
    case PL_F64: v.as.f = random_f64(state); break;
    case PL_STRS: return list(r, state);
    case PL_JSON: v.as.str = json(state); break;
    case PL_UNSET: break;
    }
    return v;
}

/* A name that the pipeline knows or does not. */
static pl_key name(pl_record *r, uint64_t *state)
{
    pl_str s = str_of(known_names[below(state, sizeof known_names / sizeof *known_names)]);

    if (below(state, 3))
        s = text(r, state, 12);
    return s.len ? record_key(r, s) : record_key(r, PL_S("x"));
}

static void add_fields(pl_record *r, uint64_t *state)
{
    for (pl_key k = 1; fields_info(k); k++) {
        if (below(state, 3) == 0)
            record_set(r, k, value(r, state, fields_info(k)->type));
    }
    for (size_t n = below(state, 8); n > 0; n--) {
        const pl_key k = name(r, state);
        if (fields_info(k) == NULL)
            record_set(r, k, value(r, state, (pl_type)(PL_STR + below(state, 7))));
    }
}

static void add_attr(pl_record *r, uint64_t *state, pl_note n)
{
    static const pl_type types[] = {PL_STR, PL_BOOL, PL_I64, PL_F64, PL_JSON};
    const pl_key key = name(r, state);

    if (below(state, 2))
        record_note_link(r, n, key, 1 + (pl_note)below(state, record_n_notes(r)));
    else
        record_note_set(r, n, key, value(r, state, types[below(state, 5)]));
}

static void add_notes(pl_record *r, uint64_t *state)
{
    const struct value *v = record_get(r, PL_TEXT);
    const pl_str s = v->type == PL_STR ? v->as.str : PL_S("");

    for (size_t n = below(state, 12); n > 0 && s.len > 0; n--) {
        size_t begin = below(state, s.len), end = begin + 1;
        while (!utf8_boundary(s, begin))
            begin--;
        while (!utf8_boundary(s, end) || below(state, 3))
            end = end < s.len ? end + 1 : s.len + (begin = 0);
        record_annotate(r, name(r, state), text(r, state, 4), begin, end);
    }
    for (size_t n = below(state, 20); n > 0 && record_n_notes(r); n--)
        add_attr(r, state, 1 + (pl_note)below(state, record_n_notes(r)));
}

pl_record *random_record(const struct intern *names, uint64_t seed)
{
    pl_record *r = record_new(names, 0);
    uint64_t state = seed * 0x2545F4914F6CDD1Du;

    /* Set, set again by a later call, some taken away. */
    add_fields(r, &state);
    record_begin(r);
    if (below(&state, 3) == 0)
        add_fields(r, &state);
    if (below(&state, 3) == 0)
        record_set(r, PL_TITLE, (struct value){.type = PL_UNSET});
    add_notes(r, &state);
    return r;
}

static void print_text(pl_str s)
{
    putchar('x');
    for (size_t i = 0; i < s.len; i++)
        printf("%02x", (unsigned char)s.ptr[i]);
}

static void print_value(const struct value *v)
{
    static const char letters[] = "-sbtifljx";

    printf(" %c ", letters[v->type]);
    if (v->type == PL_STR || v->type == PL_BYTES || v->type == PL_JSON)
        print_text(v->as.str);
    else if (v->type == PL_BOOL)
        printf("%d", v->as.b);
    else if (v->type == PL_I64)
        printf("%lld", (long long)v->as.i);
    else if (v->type == PL_F64)
        printf("%a", v->as.f);
    for (size_t i = 0; v->type == PL_STRS && i < v->as.list.n; i++) {
        print_text(v->as.list.at[i]);
        putchar(',');
    }
    if (v->type == PL_STRS)
        putchar('.');
    putchar(' ');
}

static void print_note(const pl_record *r, pl_note n)
{
    const struct note *note = record_note(r, n);
    const struct attr *attrs[RECORD_MAX_ATTRS];
    const size_t n_attrs = record_note_attrs(r, n, attrs);

    printf("n ");
    print_text(record_key_name(r, note->kind));
    putchar(' ');
    print_text(note->label);
    putchar(' ');
    print_text(str_sub(record_get(r, PL_TEXT)->as.str, note->begin, note->end));
    printf(" %zu ", n_attrs);
    for (size_t i = 0; i < n_attrs; i++) {
        print_text(record_key_name(r, attrs[i]->key));
        if (attrs[i]->link)
            printf(" a %u ", attrs[i]->link);
        else
            print_value(&attrs[i]->v);
    }
}

int random_lines(uint64_t n)
{
    struct intern *names = random_names();
    struct buf b = {0};

    for (uint64_t seed = 0; seed < n; seed++) {
        pl_record *r = random_record(names, seed);
        const struct value *v;
        size_t at = 0;
        pl_key key;
        buf_clear(&b);
        json_write(&b, r);
        printf("%s\n", buf_cstr(&b));
        while (record_next(r, &at, &key, &v)) {
            printf("f ");
            print_text(record_key_name(r, key));
            print_value(v);
        }
        for (pl_note k = 1; k <= record_n_notes(r); k++)
            print_note(r, k);
        printf("\n");
        record_free(r);
    }
    buf_done(&b);
    intern_free(names);
    return ferror(stdout) ? 1 : 0;
}
