/* sqlite_store_test.c - the database is what its run put into it, wherever that was killed, and nothing but ours. */
#include "sqlite_told.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct store_options plain = {1 << 20, "off"};

static void check_rc(const struct store *s, int rc)
{
    if (rc != PL_OK)
        print_error("%s\n", s->message);
    assert_int_equal(rc, PL_OK);
}

static void begin(struct store *s, int64_t started)
{
    check_rc(s, store_open(s, PL_S("db/a.sqlite"), &plain, started));
}

static int put_line(struct store *s, const char *line)
{
    struct article a = {0};
    const char *why;

    assert_int_equal(article_read(&a, str_z(line), &why), ARTICLE_OK);
    const int rc = store_put(s, (pl_str){a.rows.ptr, a.rows.len});
    article_done(&a);
    return rc;
}

/* Version `v` of article `i`. */
static void put(struct store *s, int i, int v)
{
    char line[1024];

    snprintf(line, sizeof line,
             "{\"id\":\"n%d\",\"title\":\"The ferry %d\",\"text\":\"Ann Lee said the ferry number %d was late %d times.\","
             "\"byline\":[\"Ida Moe\",\"v%d\"],\"pages\":%d,\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"label\":\"PER\","
             "\"begin\":0,\"end\":7,\"text\":\"Ann Lee\",\"chain\":1},{\"id\":2,\"kind\":\"quote\",\"label\":\"indirect\",\"begin\":13,"
             "\"end\":22,\"text\":\"the ferry\",\"speaker\":1}]}",
             i, v, i, v, v, v);
    check_rc(s, put_line(s, line));
}

static void checkpoint(struct store *s, uint64_t n, char saved[128])
{
    check_rc(s, store_checkpoint(s, n, saved, 128));
}

static void end(struct store *s, uint64_t n)
{
    char saved[128];

    check_rc(s, store_finish(s));
    checkpoint(s, n, saved);
    store_told(s, n);
    check_rc(s, store_ended(s, n));
    store_close(s);
}

static int clean(void **state)
{
    (void)state;
    return system("rm -rf db");
}

static char *query(const char *sql)
{
    struct told t = {0};
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open_v2("db/a.sqlite", &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    told_query(&t, db, sql);
    sqlite3_close(db);
    return t.at;
}

static void check_query(const char *sql, const char *wanted)
{
    char *got = query(sql);

    assert_string_equal(got ? got : "", wanted);
    free(got);
}

static void whole(void **state)
{
    struct store s;

    (void)state;
    begin(&s, 1);
    for (int i = 0; i < 100; i++)
        put(&s, i, 1);
    end(&s, 1);
    assert_int_equal(access("db/a.sqlite-wal", F_OK), -1);
    assert_int_equal(access("db/a.sqlite-shm", F_OK), -1);
    assert_int_equal(access("db/a.sqlite.new", F_OK), -1);
    check_query("SELECT count(*) FROM search WHERE search MATCH 'ferry'", "100\n");
    check_query("SELECT id FROM search JOIN articles ON article = search.rowid WHERE search MATCH 'text:57'", "n57\n");
    check_query("SELECT count(*) FROM sqlite_stat1", "12\n");
    check_query("SELECT count(*) FROM pressline_undo", "0\n");
    /* What a person deletes is out of the index and all tables. */
    check_query("DELETE FROM articles WHERE article > 1", "");
    check_query("SELECT count(*) FROM search WHERE search MATCH 'ferry'", "1\n");
    check_query("SELECT count(*) FROM people UNION ALL SELECT count(*) FROM bylines", "1\n2\n");
    check_query("UPDATE articles SET title = 'Trams' WHERE article = 1", "");
    check_query("SELECT rowid FROM search WHERE search MATCH 'title:trams'", "1\n");
    free(told_all("db/a.sqlite"));
}

/* A second run replaces what is there, and adds the rest. */
static void later_run(void **state)
{
    struct store s;

    (void)state;
    begin(&s, 1);
    for (int i = 0; i < 10; i++)
        put(&s, i, 1);
    end(&s, 1);
    begin(&s, 2);
    for (int i = 5; i < 15; i++)
        put(&s, i, i < 8 ? 1 : 2);
    assert_int_equal(s.n_changed, 7);
    end(&s, 1);
    check_query("SELECT article, id, title FROM articles WHERE article > 7",
                "8|n7|The ferry 1\n9|n8|The ferry 2\n10|n9|The ferry 2\n11|n10|The ferry 2\n12|n11|The ferry 2\n13|n12|The "
                "ferry 2\n14|n13|The ferry 2\n15|n14|The ferry 2\n");
    check_query("SELECT count(*), count(DISTINCT article) FROM bylines", "30|15\n");
    free(told_all("db/a.sqlite"));
}

/* Runs over a few ids, killed at random, gone back to any checkpoint that the journal may name; each time the database is
 * what it was then. */
static uint32_t seed;

static uint32_t pick(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

enum { CHECKPOINTS = 12 };

static void killed_once(void)
{
    char saved[CHECKPOINTS + 1][128], *told[CHECKPOINTS + 1] = {0};
    const uint32_t ids = 5 + pick(40);
    struct store s;

    begin(&s, 77);
    for (uint64_t n = 1; n <= CHECKPOINTS; n++) {
        for (uint32_t i = pick(12); i > 0; i--)
            put(&s, (int)pick(ids), (int)pick(3));
        checkpoint(&s, n, saved[n]);
        told[n] = told_all("db/a.sqlite");
        if (pick(2))
            store_told(&s, n - pick(2));
    }
    for (uint32_t i = pick(12); i > 0; i--)
        put(&s, (int)pick(ids), 4);
    const int64_t least = s.told_before > 0 ? s.told_before : 1;
    store_close(&s);

    const uint64_t to = (uint64_t)least + pick((uint32_t)(CHECKPOINTS + 1 - least));
    begin(&s, 99);
    check_rc(&s, store_restore(&s, to, str_z(saved[to])));
    char *got = told_all("db/a.sqlite");
    assert_string_equal(got, told[to]);
    free(got);
    /* And goes on from there. */
    put(&s, 1, 9);
    checkpoint(&s, to + 1, saved[0]);
    store_close(&s);
    begin(&s, 99);
    check_rc(&s, store_restore(&s, to, str_z(saved[to])));
    store_close(&s);
    got = told_all("db/a.sqlite");
    assert_string_equal(got, told[to]);
    free(got);
    for (int i = 1; i <= CHECKPOINTS; i++)
        free(told[i]);
}

static void killed(void **state)
{
    struct store s;

    (void)state;
    for (seed = 0; seed < 40; seed++) {
        const uint32_t kept = seed;
        clean(NULL);
        if (seed % 2) { /* on what an earlier run left */
            begin(&s, 1);
            for (int i = 0; i < 20; i++)
                put(&s, i, 7);
            end(&s, 1);
        }
        killed_once();
        seed = kept;
    }
}

static void check_refused(const char *saved, uint64_t n, const char *message)
{
    struct store s;

    begin(&s, 5);
    assert_int_equal(store_restore(&s, n, str_z(saved)), PL_ERROR);
    if (!strstr(s.message, message))
        fail_msg("'%s' is not in '%s'", message, s.message);
    store_close(&s);
}

static void cannot_go_back(void **state)
{
    char saved[4][128];
    struct store s;
    char *before;

    (void)state;
    begin(&s, 5);
    put(&s, 1, 1);
    put(&s, 2, 1);
    checkpoint(&s, 1, saved[1]);
    assert_int_equal(system("cp db/a.sqlite db/older && cp db/a.sqlite-wal db/older-wal"), 0);
    for (uint64_t n = 2; n <= 5; n++) {
        put(&s, 1, (int)n);
        checkpoint(&s, n, saved[3]);
        store_told(&s, n);
    }
    store_close(&s);
    before = told_all("db/a.sqlite");
    check_refused(saved[1], 1, "no longer has what it takes to go back that far");
    check_refused("", 1, "cannot be read");
    check_refused("1 5 1", 1, "cannot be read");
    check_refused("1 5 1 2 ", 1, "cannot be read");
    check_refused("1 5 1 -2", 1, "cannot be read");
    check_refused("1 5 1 99999999999999999999", 1, "cannot be read");
    check_refused("2 5 1 2", 1, "is not the database that this run wrote to");
    check_refused("1 6 1 2", 1, "is not the database that this run wrote to");
    char *after = told_all("db/a.sqlite");
    assert_string_equal(after, before);
    free(before);
    free(after);
    /* Another run came in between. */
    begin(&s, 6);
    put(&s, 3, 3);
    checkpoint(&s, 1, saved[2]);
    store_close(&s);
    check_refused(saved[3], 5, "was written to by another run since");
    /* An older copy. */
    assert_int_equal(system("mv db/older db/a.sqlite && mv db/older-wal db/a.sqlite-wal"), 0);
    check_refused(saved[3], 5, "is older than what this run wrote");
}

/* Nothing came but checkpoints. */
static void nothing_came(void **state)
{
    char saved[128], again[128];
    struct store s;

    (void)state;
    begin(&s, 1);
    checkpoint(&s, 1, saved);
    checkpoint(&s, 2, again);
    assert_string_equal(again, saved);
    store_close(&s);
    begin(&s, 9);
    check_rc(&s, store_restore(&s, 2, str_z(again)));
    put(&s, 1, 1);
    end(&s, 3);
    check_query("SELECT count(*) FROM articles", "1\n");
}

/* What no checkpoint covers is not there. */
static void uncovered(void **state)
{
    struct store s;

    (void)state;
    begin(&s, 1);
    store_close(&s);
    begin(&s, 1);
    put(&s, 1, 1);
    store_close(&s);
    check_query("SELECT count(*) FROM articles", "0\n");
    check_query("SELECT run FROM pressline_run", "0\n");
}

static void check_not_opened(const char *message)
{
    struct store s;

    assert_int_equal(store_open(&s, PL_S("db/a.sqlite"), &plain, 1), PL_ERROR);
    if (!strstr(s.message, message))
        fail_msg("'%s' is not in '%s'", message, s.message);
    store_close(&s);
}

#define LOOK "ls -lR --time-style=full-iso db; find db -type f -exec cat {} +;"

/* What is there is not ours: refused, and left as it was. */
static void not_ours(void **state)
{
    static const struct {
        const char *makes, *message;
    } cases[] = {
        {"echo 'a letter' >db/a.sqlite", "no SQLite database"},
        {": >db/a.sqlite", "no SQLite database"},
        {"{ printf 'SQLite format 3\\0'; head -c 60 /dev/zero; } >db/a.sqlite", "no SQLite database"},
        {"{ printf 'SQLite format 3\\0'; head -c 9000 /dev/zero; } >db/a.sqlite", "not one that this stage made"},
        {"ln -s elsewhere db/a.sqlite", "a link"},
        {"mkfifo db/a.sqlite", "no file"},
        {"mkdir db/a.sqlite", "no file"},
        {"echo wal >db/a.sqlite-wal", "is there without its database"},
        {"echo journal >db/a.sqlite-journal", "is there without its database"},
        {"mkdir db/a.sqlite.new", "cannot make 'db/a.sqlite.new'"},
        {"ln -s elsewhere db/a.sqlite.new", "cannot make 'db/a.sqlite.new'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clean(NULL);
        mkdir("db", 0777);
        assert_int_equal(system(cases[i].makes), 0);
        assert_int_equal(system("{ " LOOK " } >before"), 0);
        check_not_opened(cases[i].message);
        assert_int_equal(system("{ " LOOK " } >after; cmp before after"), 0);
    }
}

static void another_form(void **state)
{
    struct store s;

    (void)state;
    begin(&s, 1);
    end(&s, 1);
    check_query("PRAGMA user_version = 2", "");
    check_not_opened("has tables of form 2, and this program writes form 1");
    check_query("PRAGMA user_version = 1", "");
    check_query("DROP TABLE tags", "");
    check_not_opened("'db/a.sqlite' has not the tables and triggers that this stage makes (table 'tags')");
}

static void locked(void **state)
{
    struct store s, other;

    (void)state;
    begin(&s, 1);
    assert_int_equal(store_open(&other, PL_S("./db/../db/a.sqlite"), &plain, 1), PL_ERROR);
    assert_string_equal(other.message, "'./db/../db/a.sqlite' is being written by another run or stage");
    assert_true(other.machine);
    store_close(&other);
    put(&s, 1, 1);
    end(&s, 1);
    check_query("SELECT count(*) FROM articles", "1\n");
}

/* Folders that are links are the operator's own. */
static void through_links(void **state)
{
    struct store s;

    (void)state;
    assert_int_equal(system("mkdir -p db/real && ln -s real db/link"), 0);
    check_rc(&s, store_open(&s, PL_S("db/link/new/b.sqlite"), &plain, 1));
    end(&s, 1);
    assert_int_equal(access("db/real/new/b.sqlite", F_OK), 0);
}

/* Others read while a run writes, and what they see is what was committed. */
static void read_meanwhile(void **state)
{
    char saved[128];
    struct store s;
    sqlite3 *db = NULL;

    (void)state;
    begin(&s, 1);
    put(&s, 1, 1);
    checkpoint(&s, 1, saved);
    put(&s, 2, 1);
    assert_int_equal(sqlite3_open_v2("db/a.sqlite", &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    struct told t = {0};
    assert_int_equal(sqlite3_exec(db, "BEGIN", 0, 0, 0), SQLITE_OK);
    told_query(&t, db, "SELECT id FROM articles");
    put(&s, 3, 1);
    checkpoint(&s, 2, saved);
    told_query(&t, db, "SELECT id FROM articles");
    assert_string_equal(t.at, "n1\nn1\n");
    check_rc(&s, store_ended(&s, 2)); /* stays a log while somebody reads */
    store_close(&s);
    assert_int_equal(sqlite3_exec(db, "COMMIT", 0, 0, 0), SQLITE_OK);
    t.len = 0;
    told_query(&t, db, "SELECT id FROM articles");
    assert_string_equal(t.at, "n1\nn2\nn3\n");
    sqlite3_close(db);
    free(t.at);
}

/* Large, and with a NUL in it: all of it is there. */
static void large(void **state)
{
    enum { N = 16 << 20 };
    static const char head[] = "{\"id\":\"x\",\"title\":\"a\\u0000b\",\"text\":\"";
    char *line = malloc(N + 100);
    struct article a = {0};
    struct store s;
    const char *why;

    (void)state;
    assert_non_null(line);
    size_t n = (size_t)snprintf(line, 100, "%s", head);
    for (; n < N; n++)
        line[n] = n % 7 ? (char)('a' + n % 26) : ' ';
    n += (size_t)snprintf(line + n, 100, "\"}");
    begin(&s, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(article_read(&a, (pl_str){line, n}, &why), ARTICLE_OK);
        check_rc(&s, store_put(&s, (pl_str){a.rows.ptr, a.rows.len}));
        line[n / 2] = ' ';
        line[n / 2 + 1] = ' ';
    }
    article_done(&a);
    end(&s, 1);
    check_query("SELECT hex(title), length(text) FROM articles", "610062|16777179\n");
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whole, clean),          cmocka_unit_test_setup(later_run, clean),
        cmocka_unit_test_setup(killed, clean),         cmocka_unit_test_setup(cannot_go_back, clean),
        cmocka_unit_test_setup(nothing_came, clean),   cmocka_unit_test_setup(uncovered, clean),
        cmocka_unit_test_setup(not_ours, clean),       cmocka_unit_test_setup(another_form, clean),
        cmocka_unit_test_setup(locked, clean),         cmocka_unit_test_setup(through_links, clean),
        cmocka_unit_test_setup(read_meanwhile, clean), cmocka_unit_test_setup(large, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
