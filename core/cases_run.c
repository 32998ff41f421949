/* cases_run.c - case files read, run and told of. */
#include "cases_run.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "exit.h"
#include "str.h"
#include "trial.h"

struct running {
    const struct cli *cli;
    const struct case_maker *maker;
    int start; /* the working directory */
    size_t passed, failed;
};

/* ---- folders ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* An empty folder, its absolute path in `path`; false with a message. */
static bool make_folder(char path[PATH_MAX])
{
    const char *tmp = getenv("TMPDIR");
    char *whole = realpath(tmp && *tmp ? tmp : "/tmp", NULL);
    const bool fits = whole && strlen(whole) < PATH_MAX - 32;

    if (fits)
        snprintf(path, PATH_MAX, "%s/pressline.XXXXXX", whole);
    free(whole);
    if (fits && mkdtemp(path))
        return true;
    fprintf(stderr, "pressline: cannot make a temporary folder in '%s': %s\n", tmp && *tmp ? tmp : "/tmp", strerror(errno));
    return false;
}

static void enter_folder(const struct running *rn, const struct test_case *tc)
{
    const char *slash = strrchr(tc->file, '/');

    if (rn->maker->in_folder && slash) {
        char *dir = str_dup((pl_str){tc->file, slash == tc->file ? 1 : (size_t)(slash - tc->file)});
        if (chdir(dir) != 0)
            fprintf(stderr, "pressline: cannot enter '%s': %s\n", dir, strerror(errno));
        free(dir);
    }
}

static void leave_folder(const struct running *rn)
{
    if (fchdir(rn->start) != 0)
        fprintf(stderr, "pressline: cannot go back to the working directory: %s\n", strerror(errno));
}

/* ---- one case ---- */

/* One run of a case through a pipeline and an output folder of its own. */
static int run_once(struct running *rn, const struct test_case *tc, const struct trial *trial, struct outcomes *out,
                    const char **why)
{
    char folder[PATH_MAX];
    struct pipeline p = {0};
    struct errors errs;
    int rc;

    *why = "no temporary folder";
    if (!make_folder(folder))
        return PL_ERROR;
    errors_init(&errs);
    *why = "the options are wrong";
    rc = rn->maker->make(rn->maker->arg, tc, str_of(folder), &p, &errs);
    if (rc == PL_OK)
        rc = trial_run(&p, trial, out, why);
    else
        errors_print(&errs, stderr);
    pipeline_done(&p);
    errors_done(&errs);
    remove_folder(folder);
    return rc;
}

/* Whether the case comes out as expected; under --checked twice, and both times alike. */
static bool run_case(struct running *rn, const struct test_case *tc, struct buf *diff)
{
    const bool checked = rn->cli->checked;
    struct outcomes once = {0}, again = {0};
    const int jobs = rn->cli->jobs ? (int)rn->cli->jobs : 1;
    const char *why;
    struct trial trial = {.log = log_new(stderr, LOG_TEXT, PL_LOG_WARN),
                          .inputs = tc->inputs,
                          .checked = checked,
                          .jobs = checked ? 1 : jobs};
    bool same = run_once(rn, tc, &trial, &once, &why) == PL_OK;

    log_free(trial.log);
    if (same)
        same = cases_compare(tc, once.at, once.n, diff);
    else
        buf_addf(diff, "  %s:%d: %s\n", tc->file, tc->line, why);
    if (same && checked) {
        trial.log = log_new(stderr, LOG_TEXT, PL_LOG_ERROR);
        trial.apart = true;
        trial.jobs = jobs > 1 ? jobs : 2;
        same = run_once(rn, tc, &trial, &again, &why) == PL_OK;
        log_free(trial.log);
        if (same)
            same = cases_repeat(once.at, once.n, again.at, again.n, diff);
        else
            buf_addf(diff, "  %s:%d: with several workers: %s\n", tc->file, tc->line, why);
    }
    outcomes_done(&once);
    outcomes_done(&again);
    return same;
}

static void tell(struct running *rn, const struct test_case *tc)
{
    struct buf diff = {0}, name = {0};
    enter_folder(rn, tc);
    const bool passed = run_case(rn, tc, &diff);

    leave_folder(rn);
    log_escape(&name, tc->name);
    printf("%s %s\n%s", passed ? "ok" : "not ok", buf_cstr(&name), passed ? "" : buf_cstr(&diff));
    fflush(stdout);
    if (passed)
        rn->passed++;
    else
        rn->failed++;
    buf_done(&diff);
    buf_done(&name);
}

/* ---- all cases ---- */

/* Every mistake in a case's options, before any case is run. */
static void prove(struct running *rn, const struct test_case *tc, const char *folder, struct errors *errs)
{
    struct pipeline p = {0};

    enter_folder(rn, tc);
    rn->maker->make(rn->maker->arg, tc, str_of(folder), &p, errs);
    pipeline_done(&p);
    leave_folder(rn);
}

static bool prove_all(struct running *rn, const struct test_case *const *lists, int n, struct errors *errs)
{
    char folder[PATH_MAX];

    if (!make_folder(folder))
        return false;
    for (int i = 0; i < n; i++) {
        for (const struct test_case *tc = lists[i]; tc; tc = tc->next)
            prove(rn, tc, folder, errs);
    }
    remove_folder(folder);
    errors_print(errs, stderr);
    return errs->n_errors == 0;
}

int cases_run(const struct cli *cli, const struct case_maker *maker)
{
    struct running rn = {.cli = cli, .maker = maker, .start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    const int n = cli->n_args - 1;
    struct arena a = {0};
    struct errors errs;
    int code = EXIT_CONFIG;

    errors_init(&errs);
    const struct test_case **lists = arena_zero(&a, (size_t)n, sizeof *lists);
    for (int i = 0; i < n; i++)
        lists[i] = cases_read(&a, cli->args[i + 1], &errs);
    if (errs.n_errors)
        errors_print(&errs, stderr);
    else if (rn.start >= 0 && prove_all(&rn, lists, n, &errs)) {
        for (int i = 0; i < n; i++) {
            for (const struct test_case *tc = lists[i]; tc; tc = tc->next)
                tell(&rn, tc);
        }
        printf("%zu passed, %zu failed\n", rn.passed, rn.failed);
        code = rn.failed ? EXIT_FAILURE : EXIT_CLEAN;
    }
    if (rn.start >= 0)
        close(rn.start);
    errors_done(&errs);
    arena_done(&a);
    return code;
}
