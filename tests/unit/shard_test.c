/* shard_test.c - each input is in one shard, and stays there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shard.h"
#include "str.h"

static const char *const variables[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
                                        "SLURM_ARRAY_TASK_COUNT", "JOB_COMPLETION_INDEX"};

enum { N_VARIABLES = sizeof variables / sizeof *variables };

struct row {
    const char *text;
    const char *env[N_VARIABLES]; /* in the order of `variables`; NULL: not set */
    unsigned k, n;
    const char *why; /* a part of the message; NULL: it is right */
};

static const struct row rows[] = {
    {"1/1", {0}, 1, 1, NULL},
    {"3/7", {0}, 3, 7, NULL},
    {"100000/100000", {0}, 100000, 100000, NULL},
    {"", {0}, 0, 0, "a shard is K/N"},
    {"3", {0}, 0, 0, "a shard is K/N"},
    {"/", {0}, 0, 0, "a shard is K/N"},
    {"3/", {0}, 0, 0, "a shard is K/N"},
    {"1/0", {0}, 0, 0, "a shard is K/N"},
    {"1/100001", {0}, 0, 0, "a shard is K/N"},
    {"1/+2", {0}, 0, 0, "a shard is K/N"},
    {"1/2/3", {0}, 0, 0, "a shard is K/N"},
    {"1/2x", {0}, 0, 0, "a shard is K/N"},
    {"0/2", {0}, 0, 0, "K goes from 1 to N"},
    {"3/2", {0}, 0, 0, "'3/2' is shard 3 of 2"},
    {"-1/2", {0}, 0, 0, "K goes from 1 to N"},
    {"pbs/2", {0}, 0, 0, "K goes from 1 to N"},
    {"slurm", {0}, 0, 0, "SLURM_ARRAY_TASK_ID is not set"},
    {"slurm", {"1", "1", "1", NULL, NULL}, 0, 0, "SLURM_ARRAY_TASK_COUNT is not set"},
    {"slurm", {"one", "1", "1", "4", NULL}, 0, 0, "SLURM_ARRAY_TASK_ID is 'one', and should be a whole number"},
    {"slurm", {"1", "1", "1", "4", NULL}, 1, 4, NULL},
    {"slurm", {"4", "1", "1", "4", NULL}, 4, 4, NULL},
    {"slurm", {"0", "0", "1", "4", NULL}, 1, 4, NULL},
    {"slurm", {"3", NULL, NULL, "4", NULL}, 4, 4, NULL},
    {"slurm", {"14", "10", "2", "5", NULL}, 3, 5, NULL},
    {"slurm", {"9", "10", "1", "5", NULL}, 0, 0, "K goes from 1 to N"},
    {"slurm", {"1", "1", "0", "5", NULL}, 0, 0, "K goes from 1 to N"},
    {"slurm/9", {"14", "10", "2", NULL, NULL}, 3, 9, NULL},
    {"slurm/2", {"14", "10", "2", "5", NULL}, 0, 0, "shard 3 of 2"},
    {"kubernetes", {NULL, NULL, NULL, NULL, "0"}, 0, 0, "kubernetes/N"},
    {"kubernetes/3", {NULL, NULL, NULL, NULL, "0"}, 1, 3, NULL},
    {"kubernetes/3", {NULL, NULL, NULL, NULL, "2"}, 3, 3, NULL},
    {"kubernetes/3", {NULL, NULL, NULL, NULL, "3"}, 0, 0, "shard 4 of 3"},
    {"kubernetes/3", {0}, 0, 0, "JOB_COMPLETION_INDEX is not set"},
    {"kubernetes/3", {NULL, NULL, NULL, NULL, ""}, 0, 0, "JOB_COMPLETION_INDEX is ''"},
};

static void what_is_a_shard(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct shard shard = {0};
        struct buf why = {0};
        for (size_t k = 0; k < N_VARIABLES; k++) {
            if (row->env[k])
                setenv(variables[k], row->env[k], 1);
            else
                unsetenv(variables[k]);
        }
        const bool right = shard_parse(str_of(row->text), &shard, &why);
        if (right != !row->why || shard.k != row->k || shard.n != row->n || (row->why && !strstr(buf_cstr(&why), row->why)))
            fail_msg("row %zu, '%s': %u of %u: %s", i, row->text, shard.k, shard.n, buf_cstr(&why));
        buf_done(&why);
    }
}

static void every_input_in_one_shard(void **state)
{
    enum { INPUTS = 2000, SHARDS = 7 };
    unsigned of[SHARDS] = {0};

    (void)state;
    for (int i = 0; i < INPUTS; i++) {
        char name[40];
        int n = 0;
        snprintf(name, sizeof name, "pages/2026-11-%02d/page-%d.html", i % 30, i);
        for (unsigned k = 1; k <= SHARDS; k++) {
            if (shard_has(&(struct shard){k, SHARDS}, str_of(name))) {
                of[k - 1]++;
                n++;
            }
        }
        assert_int_equal(n, 1);
    }
    for (int k = 0; k < SHARDS; k++)
        assert_in_range(of[k], INPUTS / SHARDS / 2, INPUTS / SHARDS * 2);
}

/* Where an input belongs is a contract: shards of one job may run on programs of different age. */
static void where_an_input_belongs(void **state)
{
    static const struct {
        const char *name;
        unsigned n, k;
    } known[] = {{"in/a.html", 1, 1}, {"in/a.html", 3, 3}, {"in/b.html", 3, 1}, {"in/a.html", 100, 47}, {"", 3, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(shard_has(&(struct shard){known[i].k, known[i].n}, str_of(known[i].name)));
}

static void without_shards_all_are_in(void **state)
{
    (void)state;
    assert_true(shard_has(&(struct shard){0}, PL_S("anything")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_shard),
        cmocka_unit_test(every_input_in_one_shard),
        cmocka_unit_test(where_an_input_belongs),
        cmocka_unit_test(without_shards_all_are_in),
    };

    return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
