/* clean_norm_test.c - one form for a text: NFC, spaces, invisible characters; words and sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_lang.h"
#include "clean_norm.h"
#include "clean_utf8.h"

static struct clean_arena arena;

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static void is(pl_str got, const char *expected)
{
    char copy[4096];
    assert_true(got.len < sizeof copy);
    memcpy(copy, got.ptr, got.len);
    copy[got.len] = 0;
    assert_string_equal(copy, expected);
}

static void normalises(void **state)
{
    (void)state;
    static const struct {
        const char *in, *text, *line;
    } rows[] = {
        {"", "", ""},
        {"  a \t b  ", "a b", "a b"},
        {"a\u00A0\u2009b\u3000c", "a b c", "a b c"},
        {"a \r\n b\n\n\n\nc\n", "a\nb\n\nc", "a b c"},
        {"a\rb\u2028c\u2029d", "a\nb\nc\n\nd", "a b c d"},
        {"a \n \n b", "a\n\nb", "a b"},
        {"re\u00ADpub\u200Blished\uFEFF", "republished", "republished"},
        {"\u202Aleft\u202C\u2060", "left", "left"},
        {"a\x01\x7F"
         "b\xC2\x85"
         "c",
         "ab\nc", "ab c"},
        /* letters stay in text as they were composed, in lines they become NFC */
        {"Cafe\u0301 A\u030Angstro\u0308m", "Cafe\u0301 A\u030Angstro\u0308m", "Café Ångström"},
        {"\u212B \u2126", "\u212B \u2126", "\u00C5 \u03A9"},       /* signs that NFC replaces */
        {"q\u0307\u0323", "q\u0307\u0323", "q\u0323\u0307"},       /* marks in canonical order */
        {"\u1100\u1161\u11A8", "\u1100\u1161\u11A8", "\uAC01"},   /* Hangul jamo */
        {"\uFB01ne \u2460", "\uFB01ne \u2460", "\uFB01ne \u2460"}, /* NFC, not NFKC */
        {"“Yes,” ‘he’ said — «no»…", "“Yes,” ‘he’ said — «no»…", "“Yes,” ‘he’ said — «no»…"},
        {"می\u200Cخواهم", "می\u200Cخواهم", "می\u200Cخواهم"}, /* a joiner that is spelling */
        {"a\u200Cb\u200D", "ab", "ab"},
        {"👩\u200D🚒", "👩\u200D🚒", "👩\u200D🚒"},
        {"a \xFF b \uFFFD", "a \uFFFD b \uFFFD", "a \uFFFD b \uFFFD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_str text = clean_norm_text(&arena, str(rows[i].in)), line = clean_norm_line(&arena, str(rows[i].in));
        is(text, rows[i].text);
        is(line, rows[i].line);
        is(clean_norm_text(&arena, text), rows[i].text); /* and again */
        is(clean_norm_line(&arena, clean_norm_nfc(&arena, text)), rows[i].line);
    }
}

static void decodes_values(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"Salt &amp; sea", "Salt & sea"},
        {"&#8220;Yes&#x201D;", "“Yes”"},
        {"&bogus; &#; &#xZ; & &amp", "&bogus; &#; &#xZ; & &amp"},
        {"&#xFFFFFFFF; &#55296;", "&#xFFFFFFFF; \uFFFD"},
        {"a <b>bold</b> word <3 x > y", "a bold word <3 x > y"},
        {"<", "<"},
        {"two\nlines", "two lines"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is(clean_norm_value(&arena, str(rows[i].in)), rows[i].out);
}

static void repairs_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t len, bad;
        const char *out;
    } rows[] = {
        {"plain ascii, long enough", 24, 0, "plain ascii, long enough"},
        {"ten bytes\0end", 13, 1, "ten bytes\uFFFDend"},
        {"f\xFCr", 3, 1, "f\uFFFDr"},
        {"\xC0\xAF", 2, 2, "\uFFFD\uFFFD"},           /* overlong */
        {"\xED\xA0\x80", 3, 3, "\uFFFD\uFFFD\uFFFD"}, /* surrogate */
        {"\xF4\x90\x80\x80", 4, 4, "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xE2\x82", 2, 2, "\uFFFD\uFFFD"},
        {"\uFFFD", 3, 0, "\uFFFD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t bad = 99;
        pl_str in = {rows[i].in, rows[i].len};
        assert_int_equal(clean_utf8_is_text(in), rows[i].bad == 0);
        is(clean_utf8_repair(&arena, in, &bad), rows[i].out);
        assert_int_equal(bad, rows[i].bad);
    }
}

static void counts_words(void **state)
{
    (void)state;
    assert_true(clean_count_words(PL_S("Don't stop: 3 ships.")) == 5);
    assert_true(clean_count_words(PL_S("北京の会談")) == .6 * 5);
    assert_true(clean_count_words(PL_S("— “ ” …")) == 0);
    assert_true(clean_ends_sentence(PL_S("He said “no.”")) && clean_ends_sentence(PL_S("(Really?) ")));
    assert_true(clean_ends_sentence(PL_S("終わった。」")));
    assert_false(clean_ends_sentence(PL_S("Leave a reply *")) || clean_ends_sentence(PL_S("")) ||
                 clean_ends_sentence(PL_S("\")")));
}

static void folds(void **state)
{
    (void)state;
    is(clean_fold(&arena, PL_S("  It’s “ÉTÉ” – again!")), "its été again");
    is(clean_fold(&arena, PL_S("—")), "");
    is(clean_trim(PL_S("\u00A0 a b \n")), "a b");
    assert_int_equal(clean_find_nocase(PL_S("In the News"), PL_S("news")), 7);
    assert_int_equal(clean_find_nocase(PL_S("In"), PL_S("news")), 2);
    assert_true(clean_in_list("de la y", PL_S("LA")) && !clean_in_list("de la y", PL_S("l")) &&
                !clean_in_list("de", PL_S("")));
}

/* What a page declares is believed, unless its text is clearly something else. */
static void checks_language(void **state)
{
    (void)state;
#define DE \
    "Der Rat hat am Montag mitgeteilt, dass die Schule nicht geschlossen wird und dass sich das Geld für das Dach " \
    "gefunden hat. Die Arbeiten werden im Mai beginnen, sagte die Bürgermeisterin, und das sei auch für die Kinder " \
    "von Vorteil, die sonst mit dem Bus in die Stadt fahren müssten. "
    static const struct {
        const char *declared, *text, *code;
    } rows[] = {
        {"de", DE DE, "de"},
        {"en", DE DE, "de"},                            /* the template's language */
        {"en", "Der Rat hat am Montag getagt.", "en"},  /* too little to tell */
        {"gsw", DE DE, "gsw"},                          /* close to it */
        {"rm", DE DE, "de"},                            /* unknown here, and the text is plainly another */
        {"en", "市议会星期一宣布，学校不会关闭，修缮屋顶的经费已经有了着落。工程将于五月开始，市长说这对孩子们也有好处。", "zh"},
        {"ja", "市议会星期一宣布，学校不会关闭，修缮屋顶的经费已经有了着落。工程将于五月开始，市长说这对孩子们也有好处。", "ja"},
        {"sr", "Ponte Mostar Ivan Marko Zadar Rijeka Sinj Pula Kotor Budva Ulcinj Tivat Cetinje Pljevlja Foča", "sr"},
        {"en", "", "en"},
        {"", DE, "de"},
    };
    struct clean_languages *languages = clean_languages_new();
    assert_non_null(languages);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is(clean_lang_check(languages, str(rows[i].declared), str(rows[i].text)), rows[i].code);
    clean_languages_free(languages);
}

/* Code keeps its lines and their indentation. */
static void keeps_code(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"\n\n  if (x)\n\ty = 1;  \n\n\n  z();\n", "  if (x)\n\ty = 1;\n\n\n  z();"},
        {"a\r\nb\rc", "a\nb\nc"},
        {"a\u00A0b\u00AD\u200Bc", "a bc"},
        {"e\u0301", "e\u0301"},
        {" \n \n ", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_str once = clean_norm_code(&arena, str(rows[i][0]));
        is(once, rows[i][1]);
        is(clean_norm_code(&arena, once), rows[i][1]);
    }
}

static void tells_language(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"The council said on Monday that it would not close the school, and that the money for the roof has been "
         "found. "
         "They have asked for bids from three firms.",
         "en"},
        {"Der Rat hat am Montag mitgeteilt, dass die Schule nicht geschlossen wird und dass sich das Geld für das Dach "
         "gefunden hat. Die Arbeiten werden im Mai beginnen.",
         "de"},
        {"Le conseil a annoncé lundi que l'école ne sera pas fermée et que les fonds pour la toiture sont trouvés. Les "
         "travaux vont commencer dans une semaine, avec une aide du département.",
         "fr"},
        {"El consejo anunció el lunes que la escuela no se va a cerrar y que los fondos para el techo ya están. Las "
         "obras "
         "empiezan en mayo, pero con una ayuda del gobierno que fue más pequeña.",
         "es"},
        {"市議会は月曜日、学校を閉鎖しないと発表した。屋根の費用は見つかったという。", "ja"},
        {"市议会星期一宣布，学校不会关闭，修缮屋顶的经费已经有了着落。", "zh"},
        {"Рада повідомила у понеділок, що школа не буде закрита і що гроші для даху вже є. Роботи почнуться у травні "
         "за "
         "його словами, але це не так просто.",
         "uk"},
        {"Hansen og Olsen er i Larvik, og det er til Larvik som Berg har med den, på en for en, i et og et, og det kan "
         "Dahl.",
         ""},
        {"Jiji limesema Jumatatu kwamba shule hiyo haitafungwa na kwamba fedha za paa zimepatikana, kama watu wa kijiji "
         "walivyoomba katika mkutano wa wiki iliyopita. Kazi ya ujenzi inaanza kwa msaada wa wilaya baada ya mvua.",
         "sw"},
        {"परिषद ने सोमवार को कहा कि स्कूल बंद नहीं होगा और छत के लिए पैसे मिल गए हैं। काम मई में शुरू होगा और इस में जिले की मदद भी है।", "hi"},
        {"Two words", ""},
        {"", ""},
    };
    struct clean_languages *languages = clean_languages_new();
    assert_non_null(languages);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is(clean_lang_guess(languages, str(rows[i].text)), rows[i].code);
    clean_languages_free(languages);
    is(clean_lang_tag(&arena, PL_S("EN_us")), "en");
    is(clean_lang_tag(&arena, PL_S(" pt-BR ")), "pt");
    is(clean_lang_tag(&arena, PL_S("english")), "");
    is(clean_lang_tag(&arena, PL_S("{{lang}}")), "");
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, 1 << 24);
    return 0;
}

static int end(void **state)
{
    (void)state;
    clean_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalises),   cmocka_unit_test(decodes_values), cmocka_unit_test(repairs_bytes),
        cmocka_unit_test(counts_words), cmocka_unit_test(folds),          cmocka_unit_test(tells_language),
        cmocka_unit_test(keeps_code),   cmocka_unit_test(checks_language),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
