/* contract_test.c - what --checked lets a stage do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host.h"
#include "str.h"

static int no_read(pl_self *self)
{
    (void)self;
    return PL_EOF;
}

static const pl_plugin stage = {.name = "tagger", .about = "a stage", .writes = "title, +entity,section"};
static const pl_plugin source = {.name = "reader", .about = "a source", .writes = "body", .read = no_read};
static const pl_plugin silent = {.name = "silent", .about = "writes nothing"};

struct bench {
    struct intern *names;
    pl_record *r;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    b->names = intern_new();
    b->r = record_new(b->names, 0);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    record_free(b->r);
    intern_free(b->names);
    free(b);
    return 0;
}

static void fields_that_are_declared(void **state)
{
    static const struct {
        const pl_plugin *plugin;
        const char *field;
        bool right;
    } rows[] = {
        {&stage, "title", true},          {&stage, "section", true},      {&stage, "text", false},
        {&stage, "entity", false},        {&stage, "tagger.score", true}, {&stage, "tagger.", false},
        {&stage, "tagger", false},        {&stage, "tagger2.x", false},   {&stage, "id", false},
        {&stage, "source", false},        {&source, "id", true},          {&source, "source", true},
        {&source, "origin", true},        {&source, "body", true},        {&source, "title", true},
        {&silent, "title", false},        {&silent, "silent.n", true},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct contract *ct = contract_new(rows[i].plugin, b->names);
        const pl_key key = intern_add(b->names, str_of(rows[i].field));
        const char *wrong = contract_set(ct, b->r, key);
        if ((wrong == NULL) != rows[i].right)
            fail_msg("%s sets %s: %s", rows[i].plugin->name, rows[i].field, wrong ? wrong : "allowed");
        contract_free(ct);
    }
}

static void kinds_that_are_declared(void **state)
{
    static const struct {
        const pl_plugin *plugin;
        const char *kind;
        bool right;
    } rows[] = {
        {&stage, "entity", true}, {&stage, "quote", false}, {&stage, "title", false}, {&silent, "entity", false}};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct contract *ct = contract_new(rows[i].plugin, b->names);
        const char *wrong = contract_annotate(ct, b->r, intern_add(b->names, str_of(rows[i].kind)));
        if ((wrong == NULL) != rows[i].right)
            fail_msg("%s annotates %s: %s", rows[i].plugin->name, rows[i].kind, wrong ? wrong : "allowed");
        contract_free(ct);
    }
}

static char writable[] = "in the data of the program";

static void memory_of_the_record(void **state)
{
    struct bench *b = *state;
    struct contract *ct = contract_new(&stage, b->names);
    char local[] = "on the stack";
    char *heap = malloc(16), *raw = malloc(16);

    memset(heap, 'h', 16);
    memset(raw, 'r', 16);
    const pl_str own = arena_dup(&b->r->arena, PL_S("in the arena"));
    b->r->raw = (pl_str){raw, 16};
    assert_null(contract_view(ct, b->r, own));
    assert_null(contract_view(ct, b->r, str_sub(own, 3, own.len)));
    assert_null(contract_view(ct, b->r, PL_S("a literal")));
    assert_null(contract_view(ct, b->r, b->r->raw));
    assert_null(contract_view(ct, b->r, (pl_str){raw + 15, 1}));
    assert_null(contract_view(ct, b->r, (pl_str){NULL, 0}));
    assert_null(contract_view(ct, b->r, (pl_str){heap, 0}));
    assert_non_null(contract_view(ct, b->r, (pl_str){heap, 16}));
    assert_non_null(contract_view(ct, b->r, (pl_str){raw + 8, 9}));
    assert_non_null(contract_view(ct, b->r, (pl_str){local, 4}));
    assert_non_null(contract_view(ct, b->r, (pl_str){writable, 4}));
    assert_non_null(contract_view(ct, b->r, (pl_str){own.ptr, own.len + 100000}));
    free(heap);
    free(raw);
    contract_free(ct);
}

static void memory_of_another_record(void **state)
{
    struct bench *b = *state;
    struct contract *ct = contract_new(&stage, b->names);
    pl_record *other = record_new(b->names, 0);

    assert_non_null(contract_view(ct, b->r, arena_dup(&other->arena, PL_S("of its neighbour"))));
    record_free(other);
    contract_free(ct);
}

static void a_list_with_a_new_name_after_the_start(void **state)
{
    struct bench *b = *state;

    intern_freeze(b->names);
    assert_null(contract_new(&stage, b->names)); /* "entity" was never interned */
    contract_free(contract_new(&silent, b->names));
    contract_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields_that_are_declared, setup, teardown),
        cmocka_unit_test_setup_teardown(kinds_that_are_declared, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_of_the_record, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_of_another_record, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_with_a_new_name_after_the_start, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
