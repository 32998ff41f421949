/* entities_model_test.c - models of names are used only when they are whole and ours, and serve their language; what the
 * tagger makes of the built-in one. */
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entities_embed.h"
#include "entities_told.h"

ENTITIES_EMBEDDED(entities_model_file);

struct copy {
    unsigned char *at;
    size_t len;
};

static struct copy copy_model(void)
{
    struct copy c = {.len = (size_t)(entities_model_file_end - entities_model_file)};
    assert_int_equal(posix_memalign((void **)&c.at, 64, c.len + 8), 0);
    memcpy(c.at, entities_model_file, c.len);
    return c;
}

static void test_whole(void **state)
{
    struct model m;
    const char *why = "";
    (void)state;
    assert_true(model_builtin(&m, &why));
    assert_null(why);
    assert_true(m.header->size <= 2 * 1000 * 1000);
    assert_string_equal(m.header->language, "en");
}

static void refused(const void *data, size_t len, const char *because)
{
    struct model m;
    const char *why = "";
    assert_false(model_read(&m, data, len, &why));
    assert_non_null(strstr(why, because));
}

static void test_damaged(void **state)
{
    struct copy c = copy_model();
    (void)state;
    for (size_t i = sizeof(struct model_header); i < c.len; i += 4999) {
        c.at[i] ^= 4;
        refused(c.at, c.len, "digest");
        c.at[i] ^= 4;
    }
    refused(c.at, c.len - 1, "cut short");
    refused(c.at, 100, "no model of names");
    refused(c.at, 0, "no model of names");
    refused(c.at, c.len + 1, "behind its end");
    refused("{\"text\": \"a line of JSON\"}                                    ", 60, "no model of names");
    struct model_header *h = (struct model_header *)(void *)c.at;
    h->features++;
    refused(c.at, c.len, "train it again");
    h->features--;
    h->version = 0x01000000; /* made on a machine of the other byte order */
    refused(c.at, c.len, "train it again");
    free(c.at);
}

/* A digest that holds is no proof: weights that 16 bits cannot hold are refused. */
static void test_signed(void **state)
{
    struct copy c = copy_model();
    struct model_header *h = (struct model_header *)(void *)c.at;
    struct model_row *rows = (struct model_row *)(void *)(c.at + h->rows);
    struct sha256_ctx ctx;
    (void)state;
    rows[h->row_slots - 1].shift = 40;
    memset(h->digest, 0, sizeof h->digest);
    sha256_init(&ctx);
    sha256_update(&ctx, c.len, c.at);
    sha256_digest(&ctx, sizeof h->digest, h->digest);
    refused(c.at, c.len, "too large");
    free(c.at);
}

static void test_languages(void **state)
{
    static const struct {
        const char *language;
        bool served;
    } rows[] = {{"", true}, {"en", true}, {"en-GB", true}, {"EN_us", true}, {"eng", true}, {"English", true},
                {"de", false}, {"e", false}, {"es", false}, {"enx", false}, {"fr-en", false}};
    struct model m;
    const char *why;
    (void)state;
    assert_true(model_builtin(&m, &why));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].language);
        char *bare = malloc(len + !len); /* no byte behind it, for AddressSanitizer to see that none is read */
        assert_non_null(bare);
        memcpy(bare, rows[i].language, len);
        assert_int_equal(model_serves(&m, bare, len), rows[i].served);
        free(bare);
    }
}

static void test_files(void **state)
{
    char path[] = "model-XXXXXX";
    struct copy c = copy_model();
    struct model m;
    const char *why;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, c.at, c.len), (ssize_t)c.len);
    assert_true(model_map(&m, path, &why));
    assert_true(model_serves(&m, "en", 2));
    model_unmap(&m);
    assert_int_equal(ftruncate(fd, (off_t)c.len / 2), 0);
    assert_false(model_map(&m, path, &why));
    assert_non_null(strstr(why, "cut short"));
    model_unmap(&m);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_false(model_map(&m, path, &why));
    assert_non_null(strstr(why, "no model of names"));
    close(fd);
    unlink(path);
    assert_false(model_map(&m, path, &why));
    assert_non_null(strstr(why, "No such file"));
    assert_false(model_map(&m, ".", &why));
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody will write to it */
    assert_false(model_map(&m, path, &why));
    assert_non_null(strstr(why, "no model of names"));
    unlink(path);
    free(c.at);
}

/* What the rules alone do not know, and the weights do; and what the rules insist on. */
static void test_names(void **state)
{
    static const struct {
        const char *text, *names;
    } rows[] = {
        {"Velkora Group said that Mr. Tarquin Obi left the London-based firm.",
         "ORG[Velkora Group] PER[Tarquin Obi] LOC[London]"},
        {"The Iraqi Interior Ministry and Brandt & Sohn signed it in Hanoi.",
         "ORG[Iraqi Interior Ministry] ORG[Brandt & Sohn] LOC[Hanoi]"},
        {"“We will go,” said Oyelaran. ” Biden did not.", "PER[Oyelaran] PER[Biden]"},
    };
    (void)state;
    struct gazetteer *gaz = gazetteer_new();
    assert_non_null(gaz);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_told(gaz, rows[i].text, TOLD_NAMES, rows[i].names);
    gazetteer_free(gaz);
}

static void test_scores(void **state)
{
    static const char text[] = "President Joe Biden met Angela Merkel in Berlin. Quillby Strand and the Dunmore said so.";
    struct arena arena = {0};
    struct document d;
    struct article a;
    struct model m;
    const char *why;
    float least = 1, most = 0;
    (void)state;
    struct gazetteer *gaz = gazetteer_new();
    assert_true(model_builtin(&m, &why));
    const struct article_options options = {.model = &m};
    assert_true(article_mark(&arena, gaz, text, strlen(text), &options, &d, &a));
    assert_true(a.mentions.n >= 4);
    for (size_t i = 0; i < a.mentions.n; i++) {
        float score = a.mentions.at[i].score;
        assert_true(score > 0 && score <= 1);
        least = score < least ? score : least;
        most = score > most ? score : most;
    }
    assert_true(most > 0.9F && least < most);
    arena_done(&arena);
    gazetteer_free(gaz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_damaged), cmocka_unit_test(test_languages),
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_files), cmocka_unit_test(test_names),   cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
