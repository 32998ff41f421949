/* when_test.c - conditions: which records they hold for, and which are wrong. */
#include "told.h"

#include <pthread.h>

#include "when.h"

/* The condition of `when = TEXT`, or NULL with messages. */
static struct when *make(const char *text, struct intern *names, struct arena *a, struct errors *errs)
{
    static const struct config_vars none;
    char file[2048];

    snprintf(file, sizeof file, "when = %s;", text);
    write_file("when.cfg", file);
    const struct setting *root = config_load(a, "when.cfg", &none, errs);
    assert_non_null(root);
    return when_new(config_get(root, "when"), names, errs);
}

static pl_record *article(const struct intern *names)
{
    static const pl_str tags[] = {{"europe", 6}, {"trade", 5}, {"12", 2}};
    pl_record *r = record_new(names, 1 << 20);

    record_set(r, PL_TITLE, (struct value){.type = PL_STR, .as.str = PL_S("Zürich votes on trams")});
    record_set(r, PL_LANGUAGE, (struct value){.type = PL_STR, .as.str = PL_S("en")});
    record_set(r, PL_PUBLISHED, (struct value){.type = PL_STR, .as.str = PL_S("2024-03-05T10:00:00Z")});
    record_set(r, PL_HTTP_STATUS, (struct value){.type = PL_I64, .as.i = 200});
    record_set(r, PL_SIMILARITY, (struct value){.type = PL_F64, .as.f = 0.75});
    record_set(r, PL_TAGS, (struct value){.type = PL_STRS, .as.list = {tags, 3}});
    record_set(r, PL_BYLINE, (struct value){.type = PL_STRS});
    record_set(r, intern_find(names, PL_S("paid")), (struct value){.type = PL_BOOL, .as.b = true});
    record_set(r, intern_find(names, PL_S("big")), (struct value){.type = PL_I64, .as.i = INT64_MAX});
    record_set(r, PL_BODY, (struct value){.type = PL_BYTES, .as.str = PL_S("\xFF")});
    return r;
}

static void judging(void **state)
{
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        {"{ field = \"language\"; equals = \"en\"; }", true},
        {"{ field = \"language\"; equals = \"de\"; }", false},
        {"{ field = \"language\"; equals = \"e\"; }", false},
        {"{ field = \"language\"; one_of = [\"de\", \"en\"]; }", true},
        {"{ field = \"language\"; one_of = [\"de\", \"fr\"]; }", false},
        {"{ field = \"language\"; present = true; }", true},
        {"{ field = \"language\"; present = false; }", false},
        {"{ field = \"section\"; present = false; }", true},
        {"{ field = \"section\"; present = true; }", false},
        {"{ field = \"section\"; equals = \"x\"; }", false},
        {"{ field = \"section\"; matches = \".*\"; }", false},
        {"{ not = { field = \"section\"; equals = \"x\"; }; }", true},
        {"{ not = { field = \"language\"; equals = \"en\"; }; }", false},
        {"{ field = \"title\"; matches = \"^z.rich\"; }", false},
        {"{ field = \"title\"; matches = \"^Z.rich\\\\b\"; }", true},
        {"{ field = \"title\"; matches = \"(?i)TRAMS$\"; }", true},
        {"{ field = \"title\"; matches = \"z\\xC3\\xBCrich|trams\"; }", true},
        {"{ field = \"http_status\"; equals = 200; }", true},
        {"{ field = \"http_status\"; equals = 200.0; }", true},
        {"{ field = \"http_status\"; equals = 404; }", false},
        {"{ field = \"http_status\"; one_of = [301, 200]; }", true},
        {"{ field = \"http_status\"; greater = 199; }", true},
        {"{ field = \"http_status\"; greater = 200; }", false},
        {"{ field = \"http_status\"; less = 200.5; }", true},
        {"{ field = \"http_status\"; less = 200; }", false},
        {"{ field = \"http_status\"; greater = 199; less = 201; }", true},
        {"{ field = \"http_status\"; greater = 200; less = 300; }", false},
        {"{ field = \"similarity\"; greater = 0.7; }", true},
        {"{ field = \"similarity\"; less = 1; }", true},
        {"{ field = \"similarity\"; less = 0; }", false},
        {"{ field = \"big\"; equals = 9223372036854775807L; }", true},
        {"{ field = \"big\"; less = 9223372036854775808.0; }", true},
        {"{ field = \"big\"; greater = 9223372036854774784.0; }", true},
        {"{ field = \"published\"; greater = \"2024\"; less = \"2024-04\"; }", true},
        {"{ field = \"published\"; greater = \"2024-04\"; }", false},
        {"{ field = \"paid\"; equals = true; }", true},
        {"{ field = \"paid\"; equals = false; }", false},
        {"{ field = \"paid\"; equals = 1; }", false},
        {"{ field = \"paid\"; equals = \"true\"; }", false},
        {"{ field = \"tags\"; equals = \"trade\"; }", true},
        {"{ field = \"tags\"; equals = \"sport\"; }", false},
        {"{ field = \"tags\"; matches = \"^t\"; }", true},
        /* one member has to pass both */
        {"{ field = \"tags\"; matches = \"^e\"; less = \"f\"; }", true},
        {"{ field = \"tags\"; matches = \"^t\"; less = \"f\"; }", false},
        {"{ field = \"byline\"; present = true; }", true},
        {"{ field = \"byline\"; matches = \"\"; }", false},
        {"{ field = \"body\"; present = true; }", true},
        {"( { field = \"language\"; equals = \"en\"; }, { field = \"paid\"; equals = true; } )", true},
        {"( { field = \"language\"; equals = \"en\"; }, { field = \"paid\"; equals = false; } )", false},
        {"( { field = \"language\"; equals = \"de\"; }, { field = \"paid\"; equals = true; } )", false},
        {"{ any = ( { field = \"language\"; equals = \"de\"; }, { field = \"paid\"; equals = true; } ); }", true},
        {"{ any = ( { field = \"language\"; equals = \"de\"; }, { field = \"paid\"; equals = false; } ); }", false},
        {"{ not = ( { field = \"language\"; equals = \"en\"; }, { field = \"paid\"; equals = false; } ); }", true},
        {"{ not = { not = { field = \"language\"; equals = \"en\"; }; }; }", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intern *names = intern_new();
        struct arena a = {0};
        struct errors errs;
        intern_add(names, PL_S("paid"));
        intern_add(names, PL_S("big"));
        errors_init(&errs);
        struct when *w = make(rows[i].text, names, &a, &errs);
        assert_string_equal(told(&errs), "");
        assert_non_null(w);
        pl_record *r = article(names);
        uint64_t limited = 0;
        if (when_holds(w, r, &limited) != rows[i].want) {
            print_error("wrong: %s\n", rows[i].text);
            fail();
        }
        assert_int_equal(limited, 0);
        record_free(r);
        when_free(w);
        errors_done(&errs);
        arena_done(&a);
        intern_free(names);
    }
}

static void mistakes(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\"x\"", "when.cfg:1: error: a condition is a group { ... } or a list of them, not text\n"},
        {"3", "a condition is a group"},
        {"( )", "`when`: a list of conditions is empty\n"},
        {"{ }", "a condition is { field = \"...\"; TEST = ...; }, { not = { ... }; } or { any = ( ... ); }\n"},
        {"{ equals = 3; }", "a condition is { field"},
        {"{ any = ( ); }", "`when`: `any` is empty\n"},
        {"{ any = { field = \"title\"; present = true; }; }", "`any` wants a list of conditions"},
        {"{ not = { field = \"title\"; present = true; }; any = ( ); }", "a condition is { field"},
        {"{ field = 3; equals = 3; }", "`field` wants the name of a field as text\n"},
        {"{ field = \"\"; equals = 3; }", "`field` wants the name of a field as text\n"},
        {"{ field = \"title\"; }", "field `title` has no test: equals, one_of, matches, present, greater or less\n"},
        {"{ field = \"title\";\n equal = \"x\"; }",
         "when.cfg:2: error: `when` has no test 'equal'; did you mean 'equals'?\n"},
        {"{ field = \"title\"; zzz = 1; }",
         "`when` has no test 'zzz': equals, one_of, matches, present, greater, less\n"},
        {"{ field = \"title\"; present = 1; }", "`present` wants true or false\n"},
        {"{ field = \"title\"; equals = [\"x\"]; }",
         "a field is compared with text, a number, true or false, not with a list\n"},
        {"{ field = \"title\"; one_of = \"x\"; }", "`one_of` wants a list with something in it"},
        {"{ field = \"title\"; one_of = []; }", "`one_of` wants a list with something in it"},
        {"{ field = \"title\"; matches = 3; }", "`matches` wants a pattern as text"},
        {"{ field = \"title\"; matches = \"(a\"; }",
         "the pattern \"(a\" is wrong at byte 3: missing closing parenthesis\n"},
        {"{ field = \"title\"; matches = \"a\\\\Cb\"; }", "the pattern \"a\\Cb\" is wrong"},
        {"{ field = \"title\"; greater = true; }", "`greater` wants a number, or text\n"},
        {"{ field = \"http_status\"; equals = \"200\"; }",
         "field `http_status` holds integer, and `equals` compares it with text\n"},
        {"{ field = \"http_status\"; matches = \"2..\"; }",
         "field `http_status` holds integer, and `matches` compares it with text\n"},
        {"{ field = \"title\"; one_of = [\"x\", 3]; }",
         "field `title` holds text, and `one_of` compares it with integer\n"},
        {"{ field = \"tags\"; greater = 3; }", "field `tags` holds list of text"},
        {"{ field = \"title\"; equals = \"${output}/x\"; }", "`when` holds \"${output}/x\": say --output PATH\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intern *names = intern_new();
        struct arena a = {0};
        struct errors errs;
        errors_init(&errs);
        assert_null(make(rows[i].text, names, &a, &errs));
        assert_holds(told(&errs), rows[i].want);
        errors_done(&errs);
        arena_done(&a);
        intern_free(names);
    }
}

/* A pattern that backtracks without end is stopped, does not match, and is counted. */
static void limits(void **state)
{
    char text[5001];
    struct intern *names = intern_new();
    struct arena a = {0};
    struct errors errs;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    errors_init(&errs);
    struct when *w = make("{ not = { field = \"title\"; matches = \"^(a+)+$\"; }; }", names, &a, &errs);
    assert_non_null(w);
    pl_record *r = record_new(names, 1 << 20);
    uint64_t limited = 0;
    text[sizeof text - 2] = 'b';
    record_set(r, PL_TITLE, (struct value){.type = PL_STR, .as.str = str_of(text)});
    assert_true(when_holds(w, r, &limited));
    assert_int_equal(limited, 1);
    assert_true(when_holds(w, r, &limited));
    assert_int_equal(limited, 2);
    record_free(r);
    when_free(w);
    when_free(NULL);
    errors_done(&errs);
    arena_done(&a);
    intern_free(names);
}

struct seen {
    char names[200];
};

static void see(void *arg, pl_key key, const struct setting *where)
{
    struct seen *s = arg;
    const size_t len = strlen(s->names);

    snprintf(s->names + len, sizeof s->names - len, "%u:%d ", key, where->line);
}

static void fields(void **state)
{
    struct intern *names = intern_new();
    struct arena a = {0};
    struct errors errs;
    struct seen seen = {""};
    char want[100];

    (void)state;
    errors_init(&errs);
    struct when *w =
        make("(\n{ field = \"title\"; present = true; },\n{ any = ( { not = {\nfield = \"own\"; equals = 1; }; },\n"
             "{ field = \"url\"; matches = \"x\"; } ); } )",
             names, &a, &errs);
    assert_string_equal(told(&errs), "");
    when_fields(w, see, &seen);
    snprintf(want, sizeof want, "%u:2 %u:4 %u:5 ", PL_TITLE, intern_find(names, PL_S("own")), PL_URL);
    assert_string_equal(seen.names, want);
    when_free(w);
    errors_done(&errs);
    arena_done(&a);
    intern_free(names);
}

struct together {
    const struct when *w;
    const struct intern *names;
    int wrong;
};

static void *judge_many(void *arg)
{
    struct together *t = arg;
    uint64_t limited = 0;

    for (int i = 0; i < 300; i++) {
        pl_record *r = article(t->names);
        t->wrong += !when_holds(t->w, r, &limited);
        record_free(r);
    }
    return NULL;
}

static void threads(void **state)
{
    struct intern *names = intern_new();
    struct arena a = {0};
    struct errors errs;
    struct together t[3];
    pthread_t id[3];

    (void)state;
    intern_add(names, PL_S("paid"));
    intern_add(names, PL_S("big"));
    errors_init(&errs);
    struct when *w = make("{ field = \"title\"; matches = \"(\\\\w+ )+on\"; }", names, &a, &errs);
    assert_non_null(w);
    intern_freeze(names);
    for (int i = 0; i < 3; i++) {
        t[i] = (struct together){w, names, 0};
        assert_int_equal(pthread_create(&id[i], NULL, judge_many, &t[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(id[i], NULL);
        assert_int_equal(t[i].wrong, 0);
    }
    when_free(w);
    errors_done(&errs);
    arena_done(&a);
    intern_free(names);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(judging), cmocka_unit_test(mistakes), cmocka_unit_test(limits),
        cmocka_unit_test(fields),  cmocka_unit_test(threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
