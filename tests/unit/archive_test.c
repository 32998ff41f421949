/* archive_test.c - the stage: its file is the same however records were batched and wherever it was killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive_bgzf.h"
#include "archive_cat.h"
#include "stage_host.h"

const pl_plugin *PL_ENTRY(void);

enum { RECORDS = 400 };

/* As archive.c has it. */
static struct {
    pl_str path, block, compressor, format, formulas;
    pl_list fields;
    int64_t level;
    bool index;
} config = {PL_S("out/a.gz"), PL_S("64k"), PL_S("auto"), PL_S("jsonl"), PL_S("guard"), {NULL, 0}, 6, true};

/* A line of up to 3,000 bytes that does not compress to nothing. */
static pl_str story(int i)
{
    static char text[4096];
    uint32_t seed = (uint32_t)i * 2654435761u + 1;
    size_t n = (size_t)snprintf(text, sizeof text, "{\"id\":\"%d\",\"text\":\"", i);
    const size_t end = n + seed % 3000;

    for (; n < end; n++) {
        seed = seed * 1664525u + 1013904223u;
        text[n] = "etaoin shrdlu"[seed >> 16 & 7];
    }
    memcpy(text + n, "\"}", 2);
    return (pl_str){text, n + 2};
}

static void check_rc(const struct stage_host *h, int rc)
{
    if (rc != PL_OK)
        print_error("%s\n", h->log);
    assert_int_equal(rc, PL_OK);
}

static void open_stage(struct stage_host *h)
{
    check_rc(h, h->plugin->open(&h->self));
    check_rc(h, h->plugin->worker_open(&h->self));
}

static void begin(struct stage_host *h)
{
    stage_host_init(h, PL_ENTRY(), &config);
    h->state = "kept";
    open_stage(h);
}

/* The run of `killed` again, from where its last checkpoint was. */
static void go_on(struct stage_host *h, const struct stage_host *killed)
{
    stage_host_init(h, PL_ENTRY(), &config);
    stage_host_go_on(h, killed);
    open_stage(h);
    check_rc(h, stage_host_restore(h, false));
    check_rc(h, stage_host_restore(h, true));
}

/* What commit() emitted goes through `then`. */
static int pass_blocks(struct stage_host *h)
{
    int rc = PL_OK;

    for (pl_record *b = h->first; b && rc == PL_OK; b = b->next) {
        rc = h->plugin->then->process(&h->self, b);
        if (rc == PL_OK)
            rc = h->plugin->then->commit(&h->self, b);
    }
    stage_host_clear(h);
    return rc;
}

static int put(struct stage_host *h, int i)
{
    pl_record *r = stage_host_record();

    char id[32];
    r->field[PL_TEXT] = story(i);
    r->field[PL_ID] = (pl_str){id, (size_t)snprintf(id, sizeof id, "story-%d", i)};
    int rc = h->plugin->process(&h->self, r);
    if (rc == PL_OK)
        rc = h->plugin->commit(&h->self, r);
    stage_host_free(r);
    return rc == PL_OK ? pass_blocks(h) : rc;
}

static void put_range(struct stage_host *h, int from, int to)
{
    for (int i = from; i < to; i++)
        check_rc(h, put(h, i));
}

static void checkpoint(struct stage_host *h)
{
    check_rc(h, stage_host_checkpoint(h, false));
    check_rc(h, stage_host_checkpoint(h, true));
}

static void end(struct stage_host *h)
{
    h->plugin->worker_close(&h->self);
    h->plugin->close(&h->self);
    stage_host_clear(h);
}

static void finish(struct stage_host *h)
{
    check_rc(h, h->plugin->finish(&h->self));
    check_rc(h, pass_blocks(h));
    check_rc(h, h->plugin->then->finish(&h->self));
    checkpoint(h);
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *at = malloc(1 << 22);

    assert_non_null(at);
    *n = f ? fread(at, 1, 1 << 22, f) : 0;
    if (f)
        fclose(f);
    return at;
}

static void check_lines(const char *path, int n, enum cat_result wanted)
{
    char message[256], *text;
    FILE *out = fopen("lines", "w+b");
    size_t len, at = 0;

    assert_non_null(out);
    assert_int_equal(archive_cat(path, fileno(out), message, sizeof message), wanted);
    text = slurp("lines", &len);
    for (int i = 0; i < n; i++) {
        const pl_str line = story(i);
        assert_true(at + line.len < len);
        assert_memory_equal(text + at, line.ptr, line.len);
        at += line.len + 1;
    }
    assert_int_equal(at, len);
    free(text);
    fclose(out);
}

/* The archive, its index and its .gzi, of a run that nothing disturbed. */
static const char *const files[] = {"out/a.gz", "out/a.gz.idx", "out/a.gz.gzi"};
static char *undisturbed[3];
static size_t undisturbed_len[3];

static int clean(void **state)
{
    (void)state;
    unlink("out/a.gz");
    unlink("out/a.gz.part");
    unlink("out/a.gz.idx");
    unlink("out/a.gz.gzi");
    unlink("kept/rows.part");
    return 0;
}

static void whole(void **state)
{
    struct stage_host h;

    (void)state;
    begin(&h);
    put_range(&h, 0, RECORDS);
    finish(&h);
    h.plugin->then->committed(&h.self, 1, false);
    assert_int_equal(access("out/a.gz", F_OK), -1);
    h.plugin->then->committed(&h.self, 2, true);
    assert_int_equal(access("out/a.gz", F_OK), 0);
    end(&h);
    assert_int_equal(access("out/a.gz.part", F_OK), -1);
    check_lines("out/a.gz", RECORDS, CAT_OK);
    for (int i = 0; i < 3; i++)
        undisturbed[i] = slurp(files[i], &undisturbed_len[i]);
    assert_true(undisturbed_len[1] > 80 && undisturbed_len[2] > 8);
}

static void no_record(void **state)
{
    struct stage_host h;
    size_t n;
    char *file;

    (void)state;
    begin(&h);
    finish(&h);
    h.plugin->then->committed(&h.self, 1, true);
    end(&h);
    file = slurp("out/a.gz", &n);
    assert_int_equal(n, BGZF_END);
    assert_memory_equal(file, bgzf_end, n);
    free(file);
}

static void check_undisturbed(void)
{
    for (int i = 0; i < 3; i++) {
        size_t n;
        char *file = slurp(files[i], &n);
        assert_int_equal(n, undisturbed_len[i]);
        assert_memory_equal(file, undisturbed[i], n);
        free(file);
    }
    assert_int_equal(access("out/a.gz.part", F_OK), -1);
}

static void finish_from(struct stage_host *h, int at)
{
    put_range(h, at, RECORDS);
    finish(h);
    h->plugin->then->committed(&h->self, 3, true);
    end(h);
    check_undisturbed();
}

/* Killed behind a checkpoint, with more written since: the resumed run writes the same bytes. */
static void resumed(void **state)
{
    static struct stage_host h, again;

    (void)state;
    for (int at = 0; at <= RECORDS; at += 37) {
        clean(NULL);
        begin(&h);
        put_range(&h, 0, at);
        checkpoint(&h);
        put_range(&h, at, RECORDS);
        end(&h); /* adds what closes the .part; a kill would leave less */
        go_on(&again, &h);
        finish_from(&again, at);
    }
}

/* Killed behind the rename, and the journal lost its last checkpoints: the file with its final name is cut back too. */
static void resumed_from_published(void **state)
{
    static struct stage_host h, again;

    (void)state;
    for (int at = 0; at <= RECORDS; at += 73) {
        clean(NULL);
        begin(&h);
        put_range(&h, 0, at);
        checkpoint(&h);
        memcpy(again.saved, h.saved, sizeof h.saved);
        memcpy(again.saved_len, h.saved_len, sizeof h.saved_len);
        put_range(&h, at, RECORDS);
        finish(&h);
        h.plugin->then->committed(&h.self, 2, true);
        end(&h);
        memcpy(h.saved, again.saved, sizeof h.saved);
        memcpy(h.saved_len, again.saved_len, sizeof h.saved_len);
        go_on(&again, &h);
        finish_from(&again, at);
    }
}

/* Killed around the last committed(): it is called again. */
static void committed_again(void **state)
{
    static struct stage_host h, again;

    (void)state;
    for (int renamed = 0; renamed <= 1; renamed++) {
        clean(NULL);
        begin(&h);
        put_range(&h, 0, RECORDS);
        finish(&h);
        if (renamed)
            h.plugin->then->committed(&h.self, 2, true);
        end(&h);
        go_on(&again, &h);
        again.plugin->then->committed(&again.self, 2, true);
        again.plugin->then->committed(&again.self, 2, true);
        end(&again);
        check_undisturbed();
    }
}

/* What the state of the blocks says of the file's length: see archive_files.c. */
static size_t saved_length(const struct stage_host *h)
{
    size_t n = 0;

    for (size_t i = 8; i-- > 0;)
        n = n << 8 | (unsigned char)h->saved[1][17 + 4 + i];
    return n;
}

/* A byte of what was written changed, or is missing. */
static void damaged(void **state)
{
    static struct stage_host h, again;
    size_t n;

    (void)state;
    begin(&h);
    put_range(&h, 0, 200);
    checkpoint(&h);
    end(&h);
    char *file = slurp("out/a.gz.part", &n);
    const size_t length = saved_length(&h);
    assert_in_range(length, 1, n);
    for (size_t at = 0; at < length; at += 997) {
        FILE *f = fopen("out/a.gz.part", "wb");
        file[at] ^= 4;
        assert_int_equal(fwrite(file, 1, n, f), n);
        fclose(f);
        file[at] ^= 4;
        stage_host_init(&again, PL_ENTRY(), &config);
        stage_host_go_on(&again, &h);
        open_stage(&again);
        assert_int_equal(stage_host_restore(&again, true), PL_FATAL);
        assert_non_null(strstr(again.log, "of 'out/a.gz.part' are not those that this run wrote"));
        assert_non_null(strstr(again.log, "--restart"));
        end(&again);
    }
    free(file);
}

/* Nothing came but checkpoints: nothing is left. */
static void nothing_came(void **state)
{
    static struct stage_host h, again;

    (void)state;
    begin(&h);
    checkpoint(&h);
    checkpoint(&h);
    assert_int_equal(saved_length(&h), 0);
    end(&h);
    assert_int_equal(access("out/a.gz.part", F_OK), -1);
    go_on(&again, &h);
    checkpoint(&again);
    end(&again);
    assert_int_equal(access("out/a.gz.part", F_OK), -1);
}

/* A saved state cut anywhere, or with a byte more, is refused; what it says wrongly of the file, too. */
static void bad_state(void **state)
{
    static struct stage_host h, again;

    (void)state;
    begin(&h);
    put_range(&h, 0, 100);
    checkpoint(&h);
    end(&h);
    const size_t whole[2] = {h.saved_len[0], h.saved_len[1]};
    for (int then = 0; then <= 1; then++)
        for (size_t len = 0; len <= whole[then] + 1; len += len < 100 ? 1 : 4001) {
            if (len == whole[then] || (!then && len == 0))
                continue;
            stage_host_init(&again, PL_ENTRY(), &config);
            stage_host_go_on(&again, &h);
            again.saved_len[then] = len;
            open_stage(&again);
            assert_int_equal(stage_host_restore(&again, then), PL_FATAL);
            assert_non_null(strstr(again.log, "cannot be read: begin anew with --restart"));
            end(&again);
        }
}

/* Going on with another back end would make a file that no run makes. */
static void other_compressor(void **state)
{
    static struct stage_host h, again;

    (void)state;
    begin(&h);
    put_range(&h, 0, 100);
    checkpoint(&h);
    end(&h);
    h.saved[1][0] ^= 1;
    stage_host_init(&again, PL_ENTRY(), &config);
    stage_host_go_on(&again, &h);
    open_stage(&again);
    assert_int_equal(stage_host_restore(&again, true), PL_FATAL);
    assert_non_null(strstr(again.log, "was compressed by"));
    end(&again);
}

/* A signal: the file is not published, and reads to its end. */
static void stopped(void **state)
{
    struct stage_host h;

    (void)state;
    begin(&h);
    put_range(&h, 0, 123);
    checkpoint(&h);
    h.plugin->then->committed(&h.self, 1, false);
    end(&h);
    assert_int_equal(access("out/a.gz", F_OK), -1);
    check_lines("out/a.gz.part", 123, CAT_OK);
}

/* Blocks were lost on their way: what was appended reads to its end, and nothing is joined on. */
static void lost_blocks(void **state)
{
    struct stage_host h;
    char message[256];
    FILE *out = fopen("lines", "w+b");

    (void)state;
    assert_non_null(out);
    begin(&h);
    put_range(&h, 0, 200);
    for (int i = 200; i < 300; i++) {
        pl_record *r = stage_host_record();
        r->field[PL_TEXT] = story(i);
        check_rc(&h, h.plugin->process(&h.self, r));
        check_rc(&h, h.plugin->commit(&h.self, r));
        stage_host_free(r);
    }
    assert_non_null(h.first);
    end(&h);
    assert_int_equal(archive_cat("out/a.gz.part", fileno(out), message, sizeof message), CAT_OK);
    assert_int_equal(lseek(fileno(out), 0, SEEK_END) % BGZF_INPUT, 0);
    fclose(out);
}

static void cannot_open(void **state)
{
    struct stage_host h;

    (void)state;
    assert_int_equal(mkdir("out/a.gz", 0777), 0);
    stage_host_init(&h, PL_ENTRY(), &config);
    assert_int_not_equal(h.plugin->open(&h.self), PL_OK);
    assert_string_equal(h.log, "'out/a.gz' is there and is not a file");
    h.plugin->close(&h.self);
    rmdir("out/a.gz");
}

static int done(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        free(undisturbed[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whole, clean),
        cmocka_unit_test_setup(no_record, clean),
        cmocka_unit_test_setup(resumed, clean),
        cmocka_unit_test_setup(resumed_from_published, clean),
        cmocka_unit_test_setup(committed_again, clean),
        cmocka_unit_test_setup(damaged, clean),
        cmocka_unit_test_setup(nothing_came, clean),
        cmocka_unit_test_setup(bad_state, clean),
        cmocka_unit_test_setup(other_compressor, clean),
        cmocka_unit_test_setup(stopped, clean),
        cmocka_unit_test_setup(lost_blocks, clean),
        cmocka_unit_test_setup(cannot_open, clean),
    };
    mkdir("kept", 0777);
    return cmocka_run_group_tests(tests, NULL, done);
}
