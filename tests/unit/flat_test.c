/* flat_test.c - records and answers as they cross to an isolated stage's process and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flat.h"
#include "json.h"
#include "random_record.h"
#include "str.h"

enum { ROOM = 1 << 20 };

/* A record here, and the same in a child. */
struct pair {
    struct intern *names;
    pl_record *ours, *theirs;
    uint64_t *sent, *back;
    pl_str message, raw; /* raw: before the call */
    struct flat_places places;
    pl_record *emitted[4]; /* of the child */
    pl_record *children[4]; /* of ours */
    size_t n_emitted, n_children;
    uint64_t counts[3], counted[3];
    char told[200];
};

static pl_record *emit(void *arg, pl_record *parent)
{
    struct pair *p = arg;
    pl_record *r = record_new(p->names, 0);

    assert_int_equal(record_adopt(r, parent), PL_OK);
    assert_int_equal(record_identify(r), PL_OK);
    p->children[p->n_children++] = r;
    return r;
}

static void count(void *arg, uint32_t metric, uint64_t by)
{
    ((struct pair *)arg)->counted[metric] += by;
}

static void line(void *arg, int level, pl_str id, pl_str message)
{
    struct pair *p = arg;
    const size_t len = strlen(p->told);

    snprintf(p->told + len, sizeof p->told - len, "%d " STR_FMT " " STR_FMT "\n", level, STR_ARG(id), STR_ARG(message));
}

/* Send ours over; a call begins on both sides. */
static void begin(struct pair *p, struct intern *names, pl_record *ours)
{
    *p = (struct pair){.names = names, .ours = ours, .sent = malloc(ROOM), .back = malloc(ROOM)};
    struct flat_out out = {.at = (char *)p->sent, .cap = ROOM};

    flat_put_record(&out, ours, &p->places);
    assert_false(out.full);
    p->message = (pl_str){out.at, out.len};
    p->theirs = record_new(names, ours->arena.limit);
    assert_int_equal(flat_take_record(p->theirs, p->message), PL_OK);
    p->raw = p->theirs->raw;
    record_begin(p->ours);
    record_begin(p->theirs);
}

static struct flat_out answer(struct pair *p, int rc, pl_str lines)
{
    struct flat_out out = {.at = (char *)p->back, .cap = ROOM, .source = p->message};
    const struct flat_call call = {.rc = rc,
                                   .wall_ns = 7,
                                   .counts = p->counts,
                                   .n_counts = 3,
                                   .lines = lines,
                                   .emitted = p->emitted,
                                   .n_emitted = p->n_emitted,
                                   .n_own = p->ours->n_own,
                                   .raw = p->raw};

    flat_put_answer(&out, p->theirs, &call);
    assert_false(out.full);
    return out;
}

static int apply(struct pair *p, pl_str bytes, struct flat_result *result)
{
    const struct flat_sink sink = {.arg = p, .emit = emit, .count = count, .line = line, .stage = 2, .n_counts = 3};

    return flat_take_answer(p->ours, bytes, p->places.at, p->places.n, &sink, result);
}

static void end(struct pair *p)
{
    for (size_t i = 0; i < p->n_emitted; i++)
        record_free(p->emitted[i]);
    for (size_t i = 0; i < p->n_children; i++)
        record_free(p->children[i]);
    record_free(p->ours);
    record_free(p->theirs);
    free(p->places.at);
    free(p->sent);
    free(p->back);
}

static void assert_same(const pl_record *a, const pl_record *b)
{
    struct buf x = {0}, y = {0};

    json_write(&x, a);
    json_write(&y, b);
    assert_string_equal(buf_cstr(&x), buf_cstr(&y));
    buf_done(&x);
    buf_done(&y);
}

/* Everything that a record can hold goes over, and takes as much of the arena there. */
static void test_records_cross(void **state)
{
    struct intern *names = random_names();

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct pair p;
        begin(&p, names, random_record(names, seed));
        assert_same(p.ours, p.theirs);
        assert_int_equal(p.ours->arena.used, p.theirs->arena.used);
        assert_int_equal(p.ours->n_own, p.theirs->n_own);
        end(&p);
    }
    print_message("2000 records crossed\n");
    intern_free(names);
}

/* What a call makes of an empty record crosses back: another random record, field by field. */
static void test_changes_cross(void **state)
{
    struct intern *names = random_names();

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct pair p;
        struct flat_result result;
        struct buf text = {0};
        struct json_error err;
        pl_record *want = random_record(names, seed);

        begin(&p, names, random_record(names, seed + 5000));
        json_write(&text, want);
        /* Fields of both, the annotations of the second. */
        assert_int_equal(json_read(p.theirs, buf_view(&text), &err), PL_OK);
        const struct flat_out out = answer(&p, PL_OK, PL_S(""));
        const int rc = apply(&p, (pl_str){out.at, out.len}, &result);
        if (rc != PL_OK)
            fail_msg("seed %llu: %s", (unsigned long long)seed, result.why);
        assert_same(p.theirs, p.ours);
        record_rollback(p.ours);
        record_rollback(p.theirs);
        assert_same(p.theirs, p.ours);
        end(&p);
        record_free(want);
        buf_done(&text);
    }
    print_message("2000 answers crossed\n");
    intern_free(names);
}

static pl_record *article(struct intern *names)
{
    pl_record *r = record_new(names, 1 << 20);

    r->raw = PL_S("<p>The ferry to the islands was late on Sunday, and nobody knew why.</p>");
    record_set_copy(r, PL_TITLE, (struct value){.type = PL_STR, .as.str = PL_S("The ferry was late")});
    record_set(r, PL_BODY, (struct value){.type = PL_BYTES, .as.str = r->raw});
    return r;
}

static void test_slices_stay_ours(void **state)
{
    struct intern *names = random_names();
    struct pair p;
    struct flat_result result;

    (void)state;
    begin(&p, names, article(names));
    assert_true(record_get(p.theirs, PL_BODY)->as.str.ptr == p.theirs->raw.ptr);
    const pl_str slice = str_sub(record_get(p.theirs, PL_BODY)->as.str, 3, p.theirs->raw.len - 4);
    record_set(p.theirs, PL_TEXT, (struct value){.type = PL_STR, .as.str = slice});
    const struct flat_out out = answer(&p, PL_OK, PL_S(""));
    assert_int_equal(apply(&p, (pl_str){out.at, out.len}, &result), PL_OK);
    assert_true(record_get(p.ours, PL_TEXT)->as.str.ptr == p.ours->raw.ptr + 3);
    assert_int_equal(record_get(p.ours, PL_TEXT)->as.str.len, slice.len);
    end(&p);
    intern_free(names);
}

static void test_the_rest_crosses(void **state)
{
    struct intern *names = random_names();
    struct pair p;
    struct flat_result result;
    uint64_t room[64];
    struct flat_out lines = {.at = (char *)room, .cap = sizeof room};

    (void)state;
    begin(&p, names, article(names));
    flat_put_line(&lines, PL_LOG_WARN, PL_S("abc"), PL_S("a line"));
    p.emitted[0] = record_new(names, 0);
    p.emitted[1] = record_new(names, 0);
    p.emitted[0]->emit_number = 1;
    p.emitted[1]->emit_number = 2;
    p.emitted[1]->emit_parent = 1;
    p.emitted[0]->raw = p.emitted[1]->raw = p.theirs->raw;
    record_set(p.emitted[1], PL_TITLE, (struct value){.type = PL_STR, .as.str = PL_S("a grandchild")});
    record_drop(p.emitted[1], 2, PL_S("short"));
    p.n_emitted = 2;
    p.counts[1] = 5;
    p.theirs->stage_private = PL_S("kept");
    p.theirs->raw = PL_S("other bytes");
    record_drop(p.theirs, 2, PL_S("old"));
    const struct flat_out out = answer(&p, PL_OK, (pl_str){lines.at, lines.len});
    assert_int_equal(apply(&p, (pl_str){out.at, out.len}, &result), PL_OK);
    assert_int_equal(result.wall_ns, 7);
    assert_int_equal(p.n_children, 2);
    assert_true(str_is(p.children[1]->child, "1.1"));
    assert_true(str_is(p.children[1]->code, "short"));
    assert_true(str_is(record_get(p.children[1], PL_TITLE)->as.str, "a grandchild"));
    assert_int_equal(p.counted[1], 5);
    assert_string_equal(p.told, "1 abc a line\n");
    assert_true(str_is(p.ours->stage_private, "kept"));
    assert_true(str_is(p.ours->raw, "other bytes"));
    assert_int_equal((uintptr_t)p.ours->stage_private.ptr % 16, 0);
    assert_int_equal(p.ours->fate, FATE_DROPPED);
    end(&p);
    intern_free(names);
}

/* Cut anywhere, or with any word another: refused, or a record that is whole.  Nothing is told of what is refused. */
static void test_damage_is_found(void **state)
{
    struct intern *names = random_names();
    uint64_t *good = malloc(ROOM);
    size_t n_refused = 0, n = 0;
    struct pair p;
    struct flat_result result;

    (void)state;
    begin(&p, names, article(names));
    record_set_copy(p.theirs, PL_TEXT, (struct value){.type = PL_STR, .as.str = PL_S("Ann Lee was late, said Ann")});
    record_annotate(p.theirs, record_find_key(p.theirs, PL_S("entity")), PL_S("PER"), 0, 7);
    record_note_link(p.theirs, 1, record_find_key(p.theirs, PL_S("chain")), 1);
    p.counts[2] = 1;
    const struct flat_out out = answer(&p, PL_OK, PL_S(""));
    memcpy(good, out.at, out.len);
    for (size_t len = 0; len < out.len; len += 8, n++) {
        assert_int_equal(apply(&p, (pl_str){out.at, len}, &result), PL_ERROR);
        assert_non_null(result.why);
        record_rollback(p.ours);
        n_refused++;
    }
    static const uint64_t values[] = {0, 1, UINT64_MAX, (uint64_t)1 << 63, (uint64_t)1 << 62, 1000, (uint64_t)1 << 31};
    for (size_t w = 0; w < out.len / 8; w++) {
        for (size_t k = 0; k < sizeof values / sizeof *values; k++, n++) {
            p.back[w] = values[k];
            const int rc = apply(&p, (pl_str){out.at, out.len}, &result);
            n_refused += rc == PL_ERROR;
            if (rc == PL_OK) {
                struct buf text = {0};
                struct json_error err;
                pl_record *again = record_new(names, 0);
                json_write(&text, p.ours);
                assert_int_equal(json_read(again, buf_view(&text), &err), PL_OK);
                record_free(again);
                buf_done(&text);
            }
            record_rollback(p.ours);
            p.ours->fate = FATE_LIVE;
            for (; p.n_children > 0; p.n_children--)
                record_free(p.children[p.n_children - 1]);
            memcpy(p.back, good, out.len);
        }
    }
    print_message("%zu damaged answers, %zu refused, the others did no harm\n", n, n_refused);
    assert_true(n_refused > out.len / 8);
    free(good);
    end(&p);
    intern_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_cross),    cmocka_unit_test(test_changes_cross),
        cmocka_unit_test(test_slices_stay_ours), cmocka_unit_test(test_the_rest_crosses),
        cmocka_unit_test(test_damage_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
