/* fetch_charset_test.c - what encoding a page is in, and its bytes as UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_charset.h"
#include "fetch_kind.h"
#include "fetch_meta.h"

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

/* ---- labels ---- */

static const struct {
    const char *label, *name;
} labels[] = {
    {"utf-8", "utf-8"},
    {" UTF8\n", "utf-8"},
    {"latin1", "windows-1252"},
    {"ISO-8859-1", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"ISO_8859-15", "iso-8859-15"},
    {"gb2312", "gbk"},
    {"GB_2312-80", "gbk"},
    {"ks_c_5601-1987", "euc-kr"},
    {"x-sjis", "shift_jis"},
    {"tis-620", "windows-874"},
    {"koi8-r", "koi8-r"},
    {"big5-hkscs", "big5"},
    {"utf-16", "utf-16le"},
    {"866", "ibm866"},
    {"logical", "iso-8859-8-i"},
    {"iso_8859-6:1987", "iso-8859-6"},
    {"cseucpkdfmtjapanese", "euc-jp"},
    {"", NULL},
    {"utf", NULL},
    {"utf-8 utf8", NULL},
    {"utf-7", NULL},
    {"iso-2022-kr", NULL},
    {"hz-gb-2312", NULL},
    {"latin1\xA0", NULL},
    {"a label that is longer than any there is", NULL},
};

static void all_labels(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const struct encoding *e = encoding_find(str(labels[i].label));
        if (!labels[i].name)
            assert_null(e);
        else
            assert_string_equal(e ? e->name : "nothing", labels[i].name);
    }
}

/* ---- <meta> ---- */

static const struct {
    const char *head, *name; /* NULL: declares nothing */
} heads[] = {
    {"<meta charset=koi8-r>", "koi8-r"},
    {"<META CHARSET = 'KOI8-R' />", "koi8-r"},
    {"<html><head><title>News</title><meta name=viewport content='width=1'><meta charset=\"big5\">", "big5"},
    {"<meta http-equiv=Content-Type content=\"text/html; charset=shift_jis\">", "shift_jis"},
    {"<meta content='text/html;charset = \"gbk\"' http-equiv='content-type'>", "gbk"},
    {"<meta content='charset charset=euc-kr; x' http-equiv=content-type>", "euc-kr"},
    {"<meta charset=utf-16le>", "utf-8"},
    {"<meta charset=x-user-defined>", "windows-1252"},
    {"<meta charset=none><meta charset=iso-8859-2>", "iso-8859-2"},
    {"<!-- <meta charset=koi8-r> --><meta charset=iso-8859-2>", "iso-8859-2"},
    {"<!--><meta charset=iso-8859-2>", "iso-8859-2"},
    {"<script>x = '<b title=\"<meta charset=koi8-r>\">'</script><meta charset=iso-8859-2>", "iso-8859-2"},
    {"<a title='<meta charset=koi8-r>'><meta/charset=iso-8859-2>", "iso-8859-2"},
    {"<meta a=1 a=2 charset=koi8-r charset=big5>", "koi8-r"},
    {"</p <meta charset=koi8-r><meta charset=big5>", "big5"},
    {"<?xml version='1.0' encoding=\"iso-8859-5\"?><html>", "iso-8859-5"},
    {"<?xml version='1.0' encoding=\"iso-8859-5\"?><meta charset=big5>", "big5"},
    {"<meta content='text/html; charset=gbk'>", NULL},
    {"<meta http-equiv=refresh content='text/html; charset=gbk'>", NULL},
    {"<metacharset=gbk>", NULL},
    {"<meta charset=gbk", NULL},
    {"<meta charset='gbk>", NULL},
    {"<meta", NULL},
    {"<", NULL},
    {"", NULL},
    {"charset=gbk", NULL},
    {"<!-- <meta charset=gbk>", NULL},
};

static void all_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        /* its own memory, so that a byte too far is seen */
        const size_t n = strlen(heads[i].head);
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, heads[i].head, n);
        const struct encoding *e = meta_encoding((pl_str){copy, n});
        if ((e == NULL) != (heads[i].name == NULL) || (e && strcmp(e->name, heads[i].name) != 0))
            fail_msg("%s: %s, not %s", heads[i].head, e ? e->name : "nothing",
                     heads[i].name ? heads[i].name : "nothing");
        free(copy);
    }
}

static void media_types(void **state)
{
    static const struct {
        const char *type, *charset;
    } cases[] = {
        {"text/html", ""},
        {"text/html; charset=utf-8", "utf-8"},
        {"text/html;Charset=\"big5\"; x=1", "big5"},
        {"text/html; charset='big5'", "big5"},
        {"text/html; charset=", ""},
        {"text/html; charset=\"big5", ""},
        {"charset charset=a", "a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pl_str got = meta_charset_of(str(cases[i].type));
        assert_int_equal(got.len, strlen(cases[i].charset));
        assert_memory_equal(got.ptr, cases[i].charset, got.len);
    }
}

/* ---- bytes ---- */

#define E_ACUTE "\xC3\xA9"
#define BAD "\xEF\xBF\xBD"
#define PAGE(s) (sizeof(s) - 1), (s)

static const struct {
    size_t len;
    const char *page;
    const char *declared; /* from outside */
    const char *name, *text;
    size_t n_replaced;
} pages[] = {
    {PAGE("The council met."), "", "utf-8", "The council met.", 0},
    {PAGE("Gr\xC3\xA8ve"), "iso-8859-1", "utf-8", "Gr\xC3\xA8ve", 0}, /* well-formed wins */
    {PAGE("\xEF\xBB\xBFGr\xC3\xA8ve"), "", "utf-8", "Gr\xC3\xA8ve", 0},
    {PAGE("\xEF\xBB\xBFGr\xE8ve"), "latin1", "utf-8", "Gr" BAD "ve", 1},
    {PAGE("\xFF\xFEG\0r\0\xE8\0"), "", "utf-16le", "Gr\xC3\xA8", 0},
    {PAGE("\xFE\xFF\0G\xD8\x3D\xDE\0"), "", "utf-16be", "G\xF0\x9F\x98\x80", 0},
    {PAGE("\xFF\xFEG\0\x3D\xD8r\0\xE8"), "", "utf-16le", "G" BAD "\x72" BAD, 2},
    {PAGE("Gr\xE8ve"), "latin1", "windows-1252", "Gr\xC3\xA8ve", 0},
    {PAGE("\x93No,\x94 he said\x85 \x80 5"), "ascii", "windows-1252",
     "\xE2\x80\x9CNo,\xE2\x80\x9D he said\xE2\x80\xA6 \xE2\x82\xAC 5", 0},
    {PAGE("\x81\x8D"), "windows-1252", "windows-1252", "\xC2\x81\xC2\x8D", 0},
    {PAGE("<meta charset=windows-1251>\xCC\xE8\xF0"), "", "windows-1251",
     "<meta charset=windows-1251>\xD0\x9C\xD0\xB8\xD1\x80", 0},
    {PAGE("<meta charset=windows-1251>\xCC\xE8\xF0"), "iso-8859-5", "iso-8859-5",
     "<meta charset=windows-1251>\xD0\xAC\xD1\x88\xE2\x84\x96", 0},
    {PAGE("\xC6\xFC\xCB\xDC"), "euc-jp", "euc-jp", "\xE6\x97\xA5\xE6\x9C\xAC", 0},
    {PAGE("\x93\x8C\x8B\x9E"), "shift_jis", "shift_jis", "\xE6\x9D\xB1\xE4\xBA\xAC", 0},
    {PAGE("\xB1\xB1\xBE\xA9"), "gb2312", "gbk", "\xE5\x8C\x97\xE4\xBA\xAC", 0},
    {PAGE("\xA5_\xA8\xCA"), "big5", "big5", "\xE5\x8C\x97\xE4\xBA\xAC", 0},
    {PAGE("\xBC\xAD\xBF\xEF"), "ks_c_5601-1987", "euc-kr", "\xEC\x84\x9C\xEC\x9A\xB8", 0},
    {PAGE("\x1B$B5~\x1B(B."), "iso-2022-jp", "iso-2022-jp", "\xE4\xBA\xAC.", 0},
    {PAGE("\x1B$B5~\x1B(B."), "", "utf-8", "\x1B$B5~\x1B(B.", 0},
    {PAGE("\xA4\xA1<p>\xB5<p>"), "gb18030", "gb18030", "\xE3\x81\x81<p>" BAD "<p>", 1}, /* markup is not swallowed */
    {PAGE("\xE0 ca"), "windows-1258", "windows-1258", "\xC3\xA0 ca", 0}, /* the decoder holds its last letter back */
    {PAGE("\xB5"), "gb18030", "gb18030", BAD, 1},
    /* UTF-8 with faults, declared or mostly right */
    {PAGE(E_ACUTE E_ACUTE "\xE8 \xE2\x82"), "utf-8", "utf-8", E_ACUTE E_ACUTE BAD " " BAD, 2},
    {PAGE(E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE "\xFF"), "", "utf-8",
     E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE BAD, 1},
    {PAGE("cut off in " E_ACUTE "t\xC3"), "", "utf-8", "cut off in " E_ACUTE "t" BAD, 1},
    {PAGE("caf\xC3"), "", "utf-8", "caf" BAD, 1},
    {PAGE("\xF0\x90\x80x\xED\xA0\x80\xC0\xAF\xF4\x90\x80\x80" E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE
          E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE),
     "utf-8", "utf-8",
     BAD "x" BAD BAD BAD BAD BAD BAD BAD BAD BAD E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE
         E_ACUTE E_ACUTE E_ACUTE E_ACUTE,
     10},
    /* a declaration that the bytes belie */
    {PAGE("<meta charset=latin1>Gr\xE8ve \xE0 Gen\xE8ve"), "utf-8", "windows-1252",
     "<meta charset=latin1>Gr\xC3\xA8ve \xC3\xA0 Gen\xC3\xA8ve", 0},
    {PAGE("Gr\xE8ve"), "no-such-thing", "windows-1252", "Gr\xC3\xA8ve", 0},
};

static void all_pages(void **state)
{
    struct decoder d = {0};

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct decoded got;
        char *copy = malloc(pages[i].len);
        assert_non_null(copy);
        memcpy(copy, pages[i].page, pages[i].len);
        assert_int_equal(decode(&d, (pl_str){copy, pages[i].len}, str(pages[i].declared), &got), PL_OK);
        if (strcmp(got.name, pages[i].name) != 0 || got.text.len != strlen(pages[i].text) ||
            memcmp(got.text.ptr, pages[i].text, got.text.len) != 0)
            fail_msg("page %zu: %s '%.*s', not %s '%s'", i, got.name, (int)got.text.len, got.text.ptr, pages[i].name,
                     pages[i].text);
        assert_int_equal(got.n_replaced, pages[i].n_replaced);
        assert_int_equal(got.converted, got.text.ptr < copy || got.text.ptr > copy + pages[i].len);
        free(copy);
    }
    decoder_done(&d);
}

/* A <meta> far down is better than a guess, but only where there would be one. */
static void late_meta(void **state)
{
    struct decoder d = {0};
    struct decoded got;
    static char page[4000];

    (void)state;
    memset(page, ' ', sizeof page);
    memcpy(page + 3000, "<meta charset=windows-1251>\xCC\xE8\xF0", 30);
    assert_int_equal(decode(&d, (pl_str){page, sizeof page}, PL_S(""), &got), PL_OK);
    assert_string_equal(got.name, "windows-1251");
    assert_false(got.guessed);
    decoder_done(&d);
}

static void guesses(void **state)
{
    struct decoder d = {0};
    struct decoded got;
    /* "The mayor said on Monday that the bridge will be closed for repairs until spring", as a Russian would */
    const pl_str page = str("\xCC\xFD\xF0 \xE3\xEE\xF0\xEE\xE4\xE0 \xE7\xE0\xFF\xE2\xE8\xEB \xE2 "
                            "\xEF\xEE\xED\xE5\xE4\xE5\xEB\xFC\xED\xE8\xEA, \xF7\xF2\xEE \xEC\xEE\xF1\xF2 "
                            "\xE7\xE0\xEA\xF0\xEE\xFE\xF2 \xED\xE0 \xF0\xE5\xEC\xEE\xED\xF2 \xE4\xEE "
                            "\xE2\xE5\xF1\xED\xFB.");

    (void)state;
    assert_int_equal(decode(&d, page, PL_S(""), &got), PL_OK);
    assert_true(got.guessed);
#ifdef HAVE_UCHARDET
    assert_string_equal(got.name, "windows-1251");
    assert_memory_equal(got.text.ptr, "\xD0\x9C\xD1\x8D\xD1\x80 ", 7);
#else
    assert_string_equal(got.name, "windows-1252");
#endif
    decoder_done(&d);
}

/* A decoder that has seen a large page gives its memory back. */
static void memory(void **state)
{
    enum { LARGE = 9 << 20 };
    struct decoder d = {0};
    struct decoded got;
    char *page = malloc(LARGE);

    (void)state;
    assert_non_null(page);
    memset(page, 0xE9, LARGE);
    assert_int_equal(decode(&d, (pl_str){page, LARGE}, PL_S("latin1"), &got), PL_OK);
    assert_int_equal(got.text.len, 2 * LARGE);
    assert_int_equal(decode(&d, PL_S("small"), PL_S(""), &got), PL_OK);
    assert_true(d.out.cap <= 4 << 20);
    free(page);
    decoder_done(&d);
}

/* ---- kinds ---- */

static const struct {
    size_t len;
    const char *start;
    enum kind kind;
    bool binary;
} starts[] = {
    {PAGE("{\"id\":\"1\"}"), KIND_JSONL, false},
    {PAGE("\xEF\xBB\xBF {  \"id\""), KIND_JSONL, false},
    {PAGE("{}"), KIND_JSONL, false},
    {PAGE("{braces} in a story"), KIND_UNKNOWN, false},
    {PAGE("{"), KIND_UNKNOWN, false},
    {PAGE("<!DOCTYPE html>"), KIND_HTML, false},
    {PAGE("\n\n <HTML lang=en>"), KIND_HTML, false},
    {PAGE("<p>Rain fell."), KIND_HTML, false},
    {PAGE("<?xml version=\"1.0\"?>"), KIND_HTML, false},
    {PAGE("HTTP noise\r\n\r\n<!doctype HTML><html>"), KIND_HTML, false},
    {PAGE("< 5 per cent, the bank said"), KIND_UNKNOWN, false},
    {PAGE("MADRID (Reuters) - Rain fell."), KIND_UNKNOWN, false},
    {PAGE(""), KIND_UNKNOWN, false},
    {PAGE("\x89PNG\r\n\x1a\n"), KIND_UNKNOWN, true},
    {PAGE("%PDF-1.7\n%text follows"), KIND_UNKNOWN, true},
    {PAGE("\x1f\x8b\x08"), KIND_UNKNOWN, true},
    {PAGE("PK\x03\x04"), KIND_UNKNOWN, true},
    {PAGE("RIFF\x20\x20\x20\x20WEBPVP8 "), KIND_UNKNOWN, true},
    {PAGE("a\0b\0c\0d\0"), KIND_UNKNOWN, true},
    {PAGE("\xFF\xFE" "a\0b\0c\0d\0"), KIND_UNKNOWN, false},
    {PAGE("one stray \x01 in a sentence of forty bytes"), KIND_UNKNOWN, false},
    {PAGE("\x1B$B5~\x1B(B\t\r\n\f"), KIND_UNKNOWN, false},
};

static void all_starts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const pl_str s = {starts[i].start, starts[i].len};
        if (kind_of_bytes(s) != starts[i].kind || kind_is_binary(s) != starts[i].binary)
            fail_msg("'%s': kind %d, %s", starts[i].start, (int)kind_of_bytes(s),
                     kind_is_binary(s) ? "binary" : "text");
    }
}

static void names(void **state)
{
    (void)state;
    assert_int_equal(kind_of_name(PL_S("news/a.html")), KIND_HTML);
    assert_int_equal(kind_of_name(PL_S("news/A.HTM.GZ")), KIND_HTML);
    assert_int_equal(kind_of_name(PL_S("a.jsonl.gz")), KIND_JSONL);
    assert_int_equal(kind_of_name(PL_S("a.ndjson")), KIND_JSONL);
    assert_int_equal(kind_of_name(PL_S("a.txt")), KIND_TEXT);
    assert_int_equal(kind_of_name(PL_S("html")), KIND_UNKNOWN);
    assert_int_equal(kind_of_name(PL_S(".gz")), KIND_UNKNOWN);
    assert_int_equal(kind_of_name(PL_S("")), KIND_UNKNOWN);
}

/* ---- the html5lib cases, where they are there ---- */

static size_t n_right, n_cases;

static void run_case(pl_str data, pl_str wanted)
{
    static const pl_str mark = {"\xEF\xBB\xBF", 3};
    const struct encoding *e = meta_encoding(data), *w = encoding_find(wanted);

    if (data.len >= mark.len && memcmp(data.ptr, mark.ptr, mark.len) == 0)
        e = &encoding_utf8;
    n_cases++;
    if ((e ? e : &encoding_windows_1252) == w)
        n_right++;
    else
        print_message("# wanted %.*s, got %s\n", (int)wanted.len, wanted.ptr, e ? e->name : "nothing");
}

static void html5lib(void **state)
{
    const char *top = getenv("SRCDIR");
    char path[1024];
    static char text[1 << 20];

    (void)state;
    snprintf(path, sizeof path, "%s/../shared/data/fetch/encoding/html5lib/tests1.dat", top ? top : ".");
    FILE *f = fopen(path, "rb");
    if (!f) {
        print_message("skip html5lib: its cases are not there\n");
        return;
    }
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    for (char *at = strstr(text, "#data\n"); at; at = strstr(at, "#data\n")) {
        char *data = at + 6, *mark = strstr(data, "\n#encoding\n");
        if (!mark)
            break;
        char *label = mark + 11, *end = strchr(label, '\n');
        run_case((pl_str){data, (size_t)(mark - data)}, (pl_str){label, end ? (size_t)(end - label) : strlen(label)});
        at = label;
    }
    print_message("# html5lib: %zu of %zu\n", n_right, n_cases);
    assert_true(n_cases > 50);
    assert_int_equal(n_right, n_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_labels), cmocka_unit_test(all_heads), cmocka_unit_test(media_types),
        cmocka_unit_test(all_pages),  cmocka_unit_test(late_meta), cmocka_unit_test(guesses),
        cmocka_unit_test(memory),     cmocka_unit_test(all_starts), cmocka_unit_test(names),
        cmocka_unit_test(html5lib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
