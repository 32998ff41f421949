/* record_test.c - fields, annotations, identity and fate of a record, and taking back what a failed call did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "fields.h"
#include "record.h"
#include "str.h"
#include "utf8.h"

static const pl_str none = {NULL, 0};

struct names {
    struct intern *in;
    pl_key entity, score, chain, mood;
};

static int set_up(void **state)
{
    static struct names n;

    n.in = intern_new();
    n.entity = intern_add(n.in, PL_S("entity"));
    n.score = intern_add(n.in, PL_S("score"));
    n.chain = intern_add(n.in, PL_S("chain"));
    n.mood = intern_add(n.in, PL_S("tone.mood"));
    intern_freeze(n.in);
    *state = &n;
    return 0;
}

static int tear_down(void **state)
{
    const struct names *n = *state;

    intern_free(n->in);
    return 0;
}

static struct value text(const char *z)
{
    return (struct value){.type = PL_STR, .as.str = str_of(z)};
}

static struct value integer(int64_t i)
{
    return (struct value){.type = PL_I64, .as.i = i};
}

static bool holds(const pl_record *r, pl_key key, const char *z)
{
    const struct value *v = record_get(r, key);

    return v->type == PL_STR && str_is(v->as.str, z);
}

/* The names of the fields in the order of the walk, joined by spaces. */
static const char *walk(const pl_record *r)
{
    static char out[1000];
    const struct value *v;
    size_t at = 0, len = 0;
    pl_key key;

    out[0] = 0;
    while (record_next(r, &at, &key, &v)) {
        const pl_str name = record_key_name(r, key);
        len += (size_t)snprintf(out + len, sizeof out - len, "%s" STR_FMT, len ? " " : "", STR_ARG(name));
        assert_ptr_equal(v, record_get(r, key));
    }
    return out;
}

static void names_have_one_key(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);

    assert_int_equal(record_key(r, PL_S("title")), PL_TITLE);
    assert_int_equal(record_key(r, PL_S("tone.mood")), n->mood);
    assert_int_equal(record_key(r, PL_S("")), PL_NONE);
    assert_int_equal(record_find_key(r, PL_S("wire_id")), PL_NONE);
    const pl_key own = record_key(r, PL_S("wire_id"));
    assert_true(own >= RECORD_OWN_KEY);
    assert_int_equal(record_find_key(r, PL_S("wire_id")), own);
    assert_true(str_is(record_key_name(r, own), "wire_id"));
    assert_null(record_key_name(r, own + 1).ptr);
    assert_null(record_key_name(r, PL_FIRST_FREE_KEY - 1).ptr);
    /* Many of them, in no order; the thousandth is found as the first. */
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 1000; i++) {
            char name[16];
            const int len = snprintf(name, sizeof name, "x%u", i * 7919 % 1000);
            const pl_key key = record_key(r, (pl_str){name, (size_t)len});
            assert_int_equal(key, own + 1 + i);
        }
    }
    record_free(r);
    record_free(NULL);
}

static void fields_are_walked_in_order(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    const pl_key zulu = record_key(r, PL_S("zulu")), alpha = record_key(r, PL_S("alpha"));

    assert_string_equal(walk(r), "");
    assert_int_equal(record_set(r, zulu, integer(1)), PL_OK);
    assert_int_equal(record_set(r, PL_TEXT, text("Rain fell.")), PL_OK);
    assert_int_equal(record_set(r, n->mood, text("grim")), PL_OK);
    assert_int_equal(record_set(r, PL_ID, text("a1")), PL_OK);
    assert_int_equal(record_set(r, alpha, integer(2)), PL_OK);
    assert_string_equal(walk(r), "id text zulu tone.mood alpha");
    record_begin(r);
    assert_int_equal(record_set(r, zulu, integer(3)), PL_OK);
    assert_int_equal(record_set(r, PL_ID, (struct value){.type = PL_UNSET}), PL_OK);
    assert_string_equal(walk(r), "text zulu tone.mood alpha");
    assert_int_equal(record_get(r, zulu)->as.i, 3);
    assert_int_equal(record_get(r, PL_ID)->type, PL_UNSET);
    assert_int_equal(record_set(r, PL_NONE, text("x")), PL_ERROR);
    record_free(r);
}

static void well_known_fields_keep_their_type(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    const pl_str two[] = {PL_S("Ann Lee"), PL_S("Bo Ek")};
    const struct value list = {.type = PL_STRS, .as.list = {two, 2}};

    assert_int_equal(record_set(r, PL_BYLINE, text("Ann Lee")), PL_OK);
    assert_int_equal(record_get(r, PL_BYLINE)->type, PL_STRS);
    assert_int_equal(record_get(r, PL_BYLINE)->as.list.n, 1);
    assert_true(str_is(record_get(r, PL_BYLINE)->as.list.at[0], "Ann Lee"));
    assert_int_equal(record_set(r, PL_BYLINE, list), PL_OK);
    assert_int_equal(record_get(r, PL_BYLINE)->as.list.n, 2);
    assert_int_equal(record_set(r, PL_SIMILARITY, integer(1)), PL_OK);
    assert_int_equal(record_get(r, PL_SIMILARITY)->type, PL_F64);
    assert_true(record_get(r, PL_SIMILARITY)->as.f == 1.0);
    assert_int_equal(record_set(r, PL_BODY, text("<p>")), PL_OK);
    assert_int_equal(record_get(r, PL_BODY)->type, PL_BYTES);
    assert_int_equal(record_set(r, PL_TITLE, (struct value){.type = PL_BYTES, .as.str = PL_S("caf\xE9")}), PL_OK);
    assert_true(holds(r, PL_TITLE, "caf\xEF\xBF\xBD"));
    assert_int_equal(record_set(r, PL_TITLE, integer(1)), PL_ERROR);
    assert_int_equal(record_set(r, PL_TITLE, list), PL_ERROR);
    assert_int_equal(record_set(r, PL_HTTP_STATUS, text("200")), PL_ERROR);
    assert_int_equal(record_set(r, PL_SIMILARITY, (struct value){.type = PL_JSON, .as.str = PL_S("null")}), PL_ERROR);
    assert_int_equal(record_set(r, record_key(r, PL_S("annotations")), text("x")), PL_ERROR);
    assert_string_equal(walk(r), "body title byline similarity");
    record_free(r);
}

static void text_is_repaired_and_reals_are_finite(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    const pl_str tags[] = {PL_S("fine"), PL_S("\xFFtag")};

    assert_int_equal(record_set(r, PL_TITLE, text("fine")), PL_OK);
    assert_false(r->repaired);
    assert_int_equal(record_set(r, PL_TITLE, text("Caf\xE9")), PL_OK);
    assert_true(holds(r, PL_TITLE, "Caf\xEF\xBF\xBD"));
    assert_true(r->repaired);
    r->repaired = false;
    assert_int_equal(record_set(r, PL_TAGS, (struct value){.type = PL_STRS, .as.list = {tags, 2}}), PL_OK);
    assert_true(r->repaired);
    assert_true(str_is(record_get(r, PL_TAGS)->as.list.at[1], "\xEF\xBF\xBDtag"));
    assert_true(str_is(tags[1], "\xFFtag"));
    r->repaired = false;
    assert_int_equal(record_set(r, PL_SIMILARITY, (struct value){.type = PL_F64, .as.f = 0.5}), PL_OK);
    assert_int_equal(record_set(r, PL_SIMILARITY, (struct value){.type = PL_F64, .as.f = (double)NAN}), PL_OK);
    assert_int_equal(record_get(r, PL_SIMILARITY)->type, PL_UNSET);
    assert_true(r->repaired);
    record_free(r);
}

static void a_copy_is_a_copy(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    char title[] = "Storm", tag[] = "weather";
    const pl_str tags[] = {str_of(tag)};

    assert_int_equal(record_set_copy(r, PL_TITLE, text(title)), PL_OK);
    assert_int_equal(record_set_copy(r, PL_TAGS, (struct value){.type = PL_STRS, .as.list = {tags, 1}}), PL_OK);
    assert_int_equal(record_set(r, PL_URL, text(title)), PL_OK);
    title[0] = 'X';
    tag[0] = 'X';
    assert_true(holds(r, PL_TITLE, "Storm"));
    assert_true(holds(r, PL_URL, "Xtorm"));
    assert_true(str_is(record_get(r, PL_TAGS)->as.list.at[0], "weather"));
    record_free(r);
}

static pl_note attr_to(const pl_record *r, pl_note n, pl_key key)
{
    const struct attr *a = record_note_attr(r, n, key);

    return a ? a->link : 0;
}

static void annotations_lie_over_text(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);

    assert_int_equal(record_annotate(r, n->entity, none, 0, 1), 0);
    assert_int_equal(record_set(r, PL_TEXT, text("Jos\xC3\xA9 spoke")), PL_OK);
    assert_int_equal(record_annotate(r, n->entity, PL_S("PER"), 0, 5), 1);
    assert_int_equal(record_annotate(r, n->entity, none, 6, 11), 2);
    assert_int_equal(record_annotate(r, n->entity, none, 0, 4), 0); /* inside a character */
    assert_int_equal(record_annotate(r, n->entity, none, 4, 5), 0);
    assert_int_equal(record_annotate(r, n->entity, none, 3, 3), 0); /* empty */
    assert_int_equal(record_annotate(r, n->entity, none, 5, 3), 0);
    assert_int_equal(record_annotate(r, n->entity, none, 6, 12), 0); /* outside */
    assert_int_equal(record_annotate(r, n->entity, none, SIZE_MAX, 2), 0);
    assert_int_equal(record_annotate(r, PL_NONE, none, 0, 3), 0);
    assert_int_equal(record_n_notes(r), 2);
    assert_null(record_note(r, 0));
    assert_null(record_note(r, 3));
    assert_true(str_is(record_note(r, 1)->label, "PER"));
    assert_int_equal(record_note_link(r, 2, n->chain, 1), PL_OK);
    assert_int_equal(attr_to(r, 2, n->chain), 1);
    assert_int_equal(record_note_link(r, 2, n->chain, 3), PL_ERROR);
    assert_int_equal(record_note_link(r, 3, n->chain, 1), PL_ERROR);
    /* A new text: they are gone, numbers begin anew. */
    assert_int_equal(record_set(r, PL_TEXT, text("Other words")), PL_OK);
    assert_int_equal(record_n_notes(r), 0);
    assert_int_equal(record_annotate(r, n->entity, none, 0, 5), 1);
    assert_null(record_note_attr(r, 1, n->chain));
    record_free(r);
}

static void attributes_keep_their_place(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    const struct attr *attrs[RECORD_MAX_ATTRS];
    pl_key key[RECORD_MAX_ATTRS];

    record_set(r, PL_TEXT, text("Jane Doe spoke"));
    record_annotate(r, n->entity, none, 0, 8);
    record_annotate(r, n->entity, none, 5, 8);
    for (size_t i = 0; i < RECORD_MAX_ATTRS; i++) {
        char name[16];
        snprintf(name, sizeof name, "a%zu", i);
        key[i] = record_key(r, str_of(name));
        assert_int_equal(record_note_set(r, 1, key[i], integer((int64_t)i)), PL_OK);
        assert_int_equal(record_note_set(r, 2, n->score, integer(0)), PL_OK); /* in between, another's */
    }
    assert_int_equal(record_note_set(r, 1, n->score, integer(1)), PL_ERROR); /* full */
    assert_int_equal(record_note_link(r, 1, n->chain, 2), PL_ERROR);
    assert_int_equal(record_note_set(r, 1, key[3], text("new")), PL_OK); /* replaced in its place */
    assert_int_equal(record_note_attrs(r, 1, attrs), RECORD_MAX_ATTRS);
    for (size_t i = 0; i < RECORD_MAX_ATTRS; i++) {
        assert_int_equal(attrs[i]->key, key[i]);
        assert_int_equal(attrs[i]->v.type, i == 3 ? PL_STR : PL_I64);
    }
    assert_int_equal(record_note_attrs(r, 2, attrs), 1);
    assert_int_equal(record_note_attrs(r, 9, attrs), 0);
    record_free(r);
}

/* What a line could not say is refused where it is set. */
static void attributes_can_be_written(void **state)
{
    static const char *const taken[] = {"id", "kind", "label", "begin", "end", "text"};
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);

    record_set(r, PL_TEXT, text("Jane Doe spoke"));
    record_annotate(r, n->entity, none, 0, 8);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const pl_key key = record_key(r, str_of(taken[i]));
        assert_int_equal(record_note_set(r, 1, key, text("x")), PL_ERROR);
        assert_int_equal(record_note_link(r, 1, key, 1), PL_ERROR);
    }
    assert_int_equal(record_note_set(r, 1, n->chain, integer(1)), PL_ERROR);
    assert_int_equal(record_note_set(r, 1, n->chain, text("1")), PL_OK);
    assert_int_equal(record_note_set(r, 1, n->score, (struct value){.type = PL_F64, .as.f = (double)INFINITY}),
                     PL_ERROR);
    assert_int_equal(record_note_set(r, 1, PL_NONE, text("x")), PL_ERROR);
    record_free(r);
}

static void a_failed_call_is_taken_back(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);
    const struct attr *attrs[RECORD_MAX_ATTRS];

    record_set(r, PL_TITLE, text("Storm"));
    record_set(r, PL_TEXT, text("Jane Doe spoke"));
    record_annotate(r, n->entity, PL_S("PER"), 0, 8);
    record_note_set(r, 1, n->score, integer(1));

    record_begin(r);
    assert_int_equal(record_set(r, PL_TITLE, text("Flood")), PL_OK);
    assert_int_equal(record_set(r, PL_URL, text("x")), PL_OK);
    assert_int_equal(record_set(r, record_key(r, PL_S("own")), text("x")), PL_OK);
    assert_int_equal(record_annotate(r, n->entity, none, 9, 14), 2);
    assert_int_equal(record_note_set(r, 1, n->score, integer(2)), PL_OK);
    assert_int_equal(record_note_set(r, 1, n->mood, text("x")), PL_OK);
    assert_int_equal(record_note_link(r, 2, n->chain, 1), PL_OK);
    assert_int_equal(record_note_link(r, 1, n->chain, 2), PL_OK);
    record_rollback(r);
    assert_string_equal(walk(r), "title text");
    assert_true(holds(r, PL_TITLE, "Storm"));
    assert_int_equal(record_n_notes(r), 1);
    assert_int_equal(record_note_attrs(r, 1, attrs), 1);
    assert_int_equal(attrs[0]->v.as.i, 1);

    /* The old annotations come back with the old text. */
    record_begin(r);
    assert_int_equal(record_set(r, PL_TEXT, text("Other words")), PL_OK);
    assert_int_equal(record_annotate(r, n->entity, none, 0, 5), 1);
    assert_int_equal(record_note_set(r, 1, n->score, integer(9)), PL_OK);
    record_rollback(r);
    assert_true(holds(r, PL_TEXT, "Jane Doe spoke"));
    assert_int_equal(record_n_notes(r), 1);
    assert_int_equal(record_note(r, 1)->end, 8);
    assert_int_equal(record_note_attr(r, 1, n->score)->v.as.i, 1);

    /* Twice is as once, and what came before the call stays. */
    record_rollback(r);
    record_begin(r);
    assert_int_equal(record_set(r, PL_URL, text("y")), PL_OK);
    record_begin(r);
    record_rollback(r);
    assert_string_equal(walk(r), "url title text");
    record_free(r);
}

/* Do everything; PL_OK or the first failure. */
static int do_all(pl_record *r, const struct names *n)
{
    static const pl_str tags[] = {PL_S("weather"), PL_S("b\xFF")};
    const pl_key own = record_key(r, PL_S("own"));
    int rc = own == PL_NONE ? PL_NOMEM : PL_OK;

    if (rc == PL_OK)
        rc = record_set(r, own, text("x\xFF"));
    if (rc == PL_OK)
        rc = record_set_copy(r, PL_TEXT, text("Jane Doe spoke"));
    if (rc == PL_OK)
        rc = record_set_copy(r, PL_TAGS, (struct value){.type = PL_STRS, .as.list = {tags, 2}});
    if (rc == PL_OK)
        rc = record_set(r, PL_BYLINE, text("Ann Lee"));
    for (pl_note i = 1; rc == PL_OK && i <= 20; i++) {
        if (record_annotate(r, n->entity, PL_S("PER"), 0, 8) != i)
            rc = PL_NOMEM;
        if (rc == PL_OK)
            rc = record_note_set(r, i, n->mood, text("x\xFFy"));
        if (rc == PL_OK)
            rc = record_note_link(r, i, n->chain, 1);
    }
    return rc == PL_OK ? record_identify(r) : rc;
}

static void every_limit_is_met_in_order(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);

    assert_int_equal(do_all(r, n), PL_OK);
    const size_t need = r->arena.used;
    record_free(r);
    for (size_t limit = 1; limit <= need; limit++) {
        r = record_new(n->in, limit);
        assert_int_equal(do_all(r, n), limit < need ? PL_NOMEM : PL_OK);
        record_fail(r, 0, PL_S("too-large"), PL_S("past the record's memory limit"));
        assert_true(str_is(r->code, "too-large"));
        record_rollback(r);
        assert_int_equal(record_n_notes(r), 0);
        record_free(r);
    }
}

static void identity_is_the_origin(void **state)
{
    const struct names *n = *state;
    struct input in = {.number = 1, .name = PL_S("in/a b.jsonl")};
    pl_record *r = record_new(n->in, 0), *again = record_new(n->in, 0);

    memset(in.digest, 'a', 64);
    r->input = &in;
    r->position = 7;
    assert_int_equal(record_identify(r), PL_OK);
    assert_true(
        holds(r, PL_ORIGIN, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:7:0 in/a b.jsonl"));
    /* printf '%s' 'aaaa...:7:0 in/a b.jsonl' | sha256sum | cut -c1-32 */
    assert_true(holds(r, PL_ID, "784e7e93eef18be9d5090deaefe5d35b"));
    again->input = &in;
    again->position = 7;
    record_set(again, PL_ID, text("its own"));
    assert_int_equal(record_identify(again), PL_OK);
    assert_true(holds(again, PL_ID, "its own"));
    record_free(again);
    record_free(r);
    r = record_new(n->in, 0);
    assert_int_equal(record_identify(r), PL_OK);
    assert_true(holds(r, PL_ORIGIN, "-:0:0 -"));
    record_free(r);
}

static void children_are_numbered_below_their_parent(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0), *a = record_new(n->in, 0), *b = record_new(n->in, 0),
              *c = record_new(n->in, 0);

    r->position = 3;
    assert_int_equal(record_adopt(a, r), PL_OK);
    assert_int_equal(record_adopt(b, r), PL_OK);
    assert_int_equal(record_adopt(c, b), PL_OK);
    assert_true(str_is(a->child, "1"));
    assert_true(str_is(b->child, "2"));
    assert_true(str_is(c->child, "2.1"));
    assert_int_equal(c->position, 3);
    record_free(c);
    record_free(b);
    record_free(a);
    record_free(r);
}

static void one_of_many_is_wanted(void **state)
{
    static const struct {
        const char *only;
        int from; /* the stage that failed it */
        const char *child;
        int entry;
        bool unwanted, at_end;
    } rows[] = {
        {"2.1", 5, "0", 0, false, true},    {"2.1", 5, "2", 2, false, true},  {"2.1", 5, "2.1", 3, false, false},
        {"2.1", 5, "1", 2, true, true},     {"2.1", 5, "3", 2, true, true},   {"2.1", 5, "2.2", 3, true, true},
        {"2.1", 5, "2.11", 3, true, true},  {"2.1", 5, "21", 2, true, true},  {"2.1", 5, "2.1.1", 4, true, true},
        {"2.1", 5, "2.1.1", 6, false, false}, {"2.1", 5, "2.2.1", 6, true, true},
        /* The page itself: what it had before it failed went its own way, what it would have had is wanted. */
        {"0", 3, "0", 0, false, false},     {"0", 3, "1", 2, true, true},     {"0", 3, "1", 3, true, true},
        {"0", 3, "1", 4, false, false},     {"0", 3, "1.1", 5, false, false}, {"0", 0, "1", 1, false, false},
    };
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0), *child = record_new(n->in, 0);

    assert_false(record_unwanted(r, false) || record_unwanted(r, true));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        r->only = str_of(rows[i].only);
        r->only_from = rows[i].from;
        r->child = str_of(rows[i].child);
        r->entry = rows[i].entry;
        if (record_unwanted(r, false) != rows[i].unwanted || record_unwanted(r, true) != rows[i].at_end)
            fail_msg("row %zu", i);
    }
    assert_int_equal(record_adopt(child, r), PL_OK);
    assert_true(str_is(child->only, "0"));
    assert_int_equal(child->only_from, 0);
    record_free(child);
    record_free(r);
}

static void the_first_word_on_its_fate_stands(void **state)
{
    const struct names *n = *state;
    pl_record *r = record_new(n->in, 0);

    assert_int_equal(r->fate, FATE_LIVE);
    record_drop(r, 2, PL_S("duplicate"));
    record_fail(r, 3, PL_S("bad"), PL_S("too late"));
    assert_int_equal(r->fate, FATE_DROPPED);
    assert_int_equal(r->stage, 2);
    assert_true(str_is(r->code, "duplicate"));
    assert_int_equal(r->message.len, 0);
    record_free(r);
}

static void well_known_names_are_permanent(void **state)
{
    const struct names *n = *state;
    pl_key k = 1;

    assert_int_equal(intern_find(n->in, PL_S("id")), PL_ID);
    assert_int_equal(intern_find(n->in, PL_S("text")), PL_TEXT);
    assert_int_equal(intern_find(n->in, PL_S("similarity")), PL_SIMILARITY);
    for (; fields_info(k); k++)
        assert_int_equal(intern_find(n->in, str_of(fields_info(k)->name)), k);
    assert_int_equal(k, PL_SIMILARITY + 1);
    assert_true(n->entity >= PL_FIRST_FREE_KEY);
    assert_int_equal(intern_add(n->in, PL_S("too late")), PL_NONE);
    assert_int_equal(intern_add(n->in, PL_S("entity")), n->entity);
    assert_int_equal(intern_find(n->in, PL_S("")), PL_NONE);
}

static void many_names_are_all_found(void **state)
{
    struct intern *in = intern_new();
    char name[32];

    (void)state;
    for (pl_key i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "plugin.field%u", i);
        assert_int_equal(intern_add(in, str_of(name)), PL_FIRST_FREE_KEY + i);
    }
    for (pl_key i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "plugin.field%u", i);
        assert_int_equal(intern_find(in, str_of(name)), PL_FIRST_FREE_KEY + i);
        assert_true(str_is(intern_name(in, PL_FIRST_FREE_KEY + i), name));
    }
    intern_free(in);
    intern_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_one_key),
        cmocka_unit_test(fields_are_walked_in_order),
        cmocka_unit_test(well_known_fields_keep_their_type),
        cmocka_unit_test(text_is_repaired_and_reals_are_finite),
        cmocka_unit_test(a_copy_is_a_copy),
        cmocka_unit_test(annotations_lie_over_text),
        cmocka_unit_test(attributes_keep_their_place),
        cmocka_unit_test(attributes_can_be_written),
        cmocka_unit_test(a_failed_call_is_taken_back),
        cmocka_unit_test(every_limit_is_met_in_order),
        cmocka_unit_test(identity_is_the_origin),
        cmocka_unit_test(children_are_numbered_below_their_parent),
        cmocka_unit_test(one_of_many_is_wanted),
        cmocka_unit_test(the_first_word_on_its_fate_stands),
        cmocka_unit_test(well_known_names_are_permanent),
        cmocka_unit_test(many_names_are_all_found),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
