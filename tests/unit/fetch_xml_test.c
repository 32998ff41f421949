/* fetch_xml_test.c - the events of XML, strictly and loosely; what is refused; encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_xml.h"

struct told {
    char text[4096];
    size_t n;
    int stop_at; /* events until a callback says so; 0: never */
};

static void tell(struct told *t, const char *at, size_t n)
{
    assert_true(t->n + n < sizeof t->text);
    memcpy(t->text + t->n, at, n);
    t->text[t->n += n] = 0;
}

static void tell_name(struct told *t, pl_str ns, pl_str prefix, pl_str name)
{
    if (ns.len) {
        tell(t, "{", 1);
        tell(t, ns.ptr, ns.len);
        tell(t, "}", 1);
    } else if (prefix.len) {
        tell(t, prefix.ptr, prefix.len);
        tell(t, ":", 1);
    }
    tell(t, name.ptr, name.len);
}

static int counted(struct told *t)
{
    return t->stop_at && --t->stop_at == 0 ? PL_ERROR : PL_OK;
}

/* "(name a=1 text)": an element; "[...]": CDATA. */
static int on_start(void *arg, const struct xml_element *e)
{
    struct told *t = arg;

    tell(t, "(", 1);
    tell_name(t, e->ns, e->prefix, e->name);
    for (size_t i = 0; i < e->n_attributes; i++) {
        const struct xml_attribute *a = &e->attribute[i];
        tell(t, " ", 1);
        tell_name(t, a->ns, a->prefix, a->name);
        tell(t, "=", 1);
        tell(t, a->value.ptr, a->value.len);
    }
    tell(t, " ", 1);
    return counted(t);
}

static int on_text(void *arg, pl_str text, bool cdata)
{
    if (cdata)
        tell(arg, "[", 1);
    tell(arg, text.ptr, text.len);
    if (cdata)
        tell(arg, "]", 1);
    return counted(arg);
}

static int on_end(void *arg, const struct xml_element *e)
{
    (void)e;
    tell(arg, ")", 1);
    return counted(arg);
}

static const struct xml_events events = {on_start, on_text, on_end};
static char message[256];

static enum xml_result read_text(const char *text, enum xml_mode mode, struct told *t)
{
    *t = (struct told){.n = 0};
    return xml_read((pl_str){text, strlen(text)}, mode, &events, t, message, sizeof message);
}

static const struct {
    const char *text;
    enum xml_result strict;
    const char *told, *loose; /* loose: NULL is the same */
} cases[] = {
    {"<a/>", XML_OK, "(a )", NULL},
    {"<?xml version='1.0'?><!-- <b> --><a x=\"1\" y='&lt;&eacute;'>t</a>", XML_ILL, NULL, "(a x=1 y=<\303\251 t)"},
    {"<a x='1 &amp;amp; &#38;#38; 2'>&amp;&#233;&#xE9;</a>", XML_OK, "(a x=1 &amp; &#38; 2 &\303\251\303\251)", NULL},
    {"<a xmlns='u:1' xmlns:p='u:2'><p:b p:c='3' c='4'/></a>", XML_OK, "({u:1}a ({u:2}b {u:2}c=3 c=4 ))", NULL},
    {"<a><p:b/></a>", XML_OK, "(a (p:b ))", NULL},
    {"<a xml:lang='de'/>", XML_OK, "(a {http://www.w3.org/XML/1998/namespace}lang=de )", NULL},
    {"<?xml version='1.0' encoding='iso-8859-1'?><a>\303\251</a>", XML_OK, "(a \303\251)", NULL}, /* it is UTF-8 by now */
    {"<a>x<![CDATA[<b>&amp;]]>y</a>", XML_OK, "(a x[<b>&amp;]y)", NULL},
    {"<a>fish & chips</a>", XML_ILL, NULL, "(a fish & chips)"},
    {"<a>&nbsp;&bogus;</a>", XML_ILL, NULL, "(a \302\240&bogus;)"},
    {"<a><b>one<c>two</a>", XML_ILL, NULL, "(a (b one(c two)))"},
    {"<a>1</b>2</a>", XML_ILL, NULL, "(a 12)"},
    {"<A><b>x</B></a>", XML_ILL, NULL, "(A (b x))"},
    {"<a>1 < 2 <3</a>", XML_ILL, NULL, "(a 1 < 2 <3)"},
    {"junk <a>x</a> more", XML_ILL, NULL, "(a x)"},
    {"<a><br>x<img src=y>z</a>", XML_ILL, NULL, "(a (br )x(img src=y )z)"},
    {"<a x=1 y = \"2 z>t</a>", XML_ILL, NULL, "(a x=1 y=2 z= t)"},
    {"<a>x<!-- never closed <b>y</b></a>", XML_ILL, NULL, "(a x never closed (b y))"},
    {"<a>x<![CDATA[y", XML_ILL, NULL, "(a x[y])"},
    {"<a>x<![CD", XML_ILL, NULL, "(a x)"},
    {"<a", XML_ILL, NULL, "(a )"},
    {"", XML_ILL, NULL, ""},
    {"<a xmlns:p='u:2'><b xmlns:p='u:3'><p:c/></b><p:c/><", XML_ILL, NULL, "(a (b ({u:3}c ))({u:2}c )<)"},
    {"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
     "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\"><rss>caf&eacute;</rss>",
     XML_OK, "(rss caf\303\251)", NULL},
    {"<!DOCTYPE rss SYSTEM \"http://my.netscape.com/publish/formats/rss-0.91.dtd\"><rss x='&eacute;'>&eacute;</rss>",
     XML_ILL, NULL, "(rss x=\303\251 \303\251)"},
};

static void test_events(void **state)
{
    struct told t;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *loose = cases[i].loose ? cases[i].loose : cases[i].told;
        const enum xml_result strict = read_text(cases[i].text, XML_STRICT, &t);
        if (strict != cases[i].strict)
            fail_msg("'%s' gives %d, not %d: %s", cases[i].text, strict, cases[i].strict, message);
        if (cases[i].told)
            assert_string_equal(t.text, cases[i].told);
        assert_true((strict == XML_OK) == (message[0] == 0));
        assert_int_equal(read_text(cases[i].text, XML_LOOSE, &t), XML_OK);
        assert_string_equal(t.text, loose);
    }
}

/* Refused in both modes, with a word on why; nothing of them is told but what came before. */
static const struct {
    const char *text, *says;
} refused[] = {
    {"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>", "DOCTYPE"},
    {"<!DOCTYPE rss SYSTEM 'file:///etc/hostname'><rss/>", "DOCTYPE"},
    {"<!DOCTYPE rss SYSTEM \"http://127.0.0.1:9/x.dtd\"><rss>&x;</rss>", "DOCTYPE"},
    {"<?xml version='1.0'?>\n<!doctype html><rss/>", "DOCTYPE"},
    {"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
     "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\" [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss>&x;</rss>",
     "DOCTYPE"},
    {"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
     "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\" [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]><rss/>",
     "DOCTYPE"},
    {"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
     "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\" [<!ATTLIST rss a CDATA 'x' b (c|d) 'c'>]><rss/>",
     "DOCTYPE"},
};

static void test_refused(void **state)
{
    struct told t;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const bool xml = !strstr(refused[i].text, "doctype");
        assert_int_equal(read_text(refused[i].text, XML_STRICT, &t), xml ? XML_REFUSED : XML_ILL);
        assert_non_null(strstr(message, xml ? refused[i].says : "line"));
        assert_string_equal(t.text, "");
        assert_int_equal(read_text(refused[i].text, XML_LOOSE, &t), XML_REFUSED);
        assert_non_null(strstr(message, refused[i].says));
        assert_string_equal(t.text, "");
    }
}

struct count {
    size_t starts, ends, deepest, depth;
};

static int count_start(void *arg, const struct xml_element *e)
{
    struct count *c = arg;

    (void)e;
    c->starts++;
    if (++c->depth > c->deepest)
        c->deepest = c->depth;
    return PL_OK;
}

static int count_text(void *arg, pl_str text, bool cdata)
{
    (void)arg;
    (void)text;
    (void)cdata;
    return PL_OK;
}

static int count_end(void *arg, const struct xml_element *e)
{
    struct count *c = arg;

    (void)e;
    c->ends++;
    c->depth--;
    return PL_OK;
}

/* `n` times `piece` between `begin` and `end`. */
static char *repeat(const char *begin, const char *piece, size_t n, const char *end)
{
    const size_t len = strlen(piece), first = strlen(begin);
    char *text = malloc(first + n * len + strlen(end) + 1);

    assert_non_null(text);
    memcpy(text, begin, first);
    for (size_t i = 0; i < n; i++)
        memcpy(text + first + i * len, piece, len);
    strcpy(text + first + n * len, end);
    return text;
}

static enum xml_result count_all(char *text, enum xml_mode mode, struct count *c)
{
    static const struct xml_events counting = {count_start, count_text, count_end};

    *c = (struct count){0};
    return xml_read((pl_str){text, strlen(text)}, mode, &counting, c, message, sizeof message);
}

static void test_limits(void **state)
{
    struct count c;
    char *text = repeat("", "<a>", 256, "");

    (void)state;
    assert_int_equal(count_all(text, XML_LOOSE, &c), XML_OK);
    assert_int_equal(c.starts, 256);
    free(text);

    text = repeat("", "<a>", 300, "");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    assert_int_equal(c.deepest, 256);
    assert_non_null(strstr(message, "256 deep"));
    assert_int_equal(count_all(text, XML_LOOSE, &c), XML_OK);
    assert_int_equal(c.deepest, 256);
    assert_int_equal(c.ends, 256);
    free(text);

    text = repeat("<r>", "<a/>", XML_MAX_NODES, "</r>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    assert_non_null(strstr(message, "4,000,000"));
    assert_int_equal(count_all(text, XML_LOOSE, &c), XML_REFUSED);
    assert_non_null(strstr(message, "4,000,000"));
    free(text);

    text = repeat("<r a", "b", 2000, "='1'/>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_OK); /* of attributes libxml2 knows its own limits */
    free(text);
    text = repeat("<r", " a='1'", 600, "/>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    assert_string_equal(message, "line 1: an element with more than 256 attributes");
    free(text);
    text = repeat("<!-- <a> -->\n<r", " xmlns:a='1'", 600, "/>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    assert_string_equal(message, "line 2: an element with more than 256 attributes");
    free(text);
    text = repeat("<r", "b", 2000, "/>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    free(text);
    text = repeat("<r>", "x", XML_MAX_BYTES, "</r>");
    assert_int_equal(count_all(text, XML_STRICT, &c), XML_REFUSED);
    assert_int_equal(count_all(text, XML_LOOSE, &c), XML_REFUSED);
    free(text);
}

/* What is no attribute is not counted as one. */
static void test_many_equals(void **state)
{
    static const char *const around[][2] = {
        {"<r><![CDATA[<r ", "]]></r>"}, {"<r><!--<r ", "--></r>"}, {"<r a=\"", "\"/>"}, {"<r a='\">", "'/>"}, {"<r>", "</r>"}};
    struct count c;

    (void)state;
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        char *text = repeat(around[i][0], "a=", 1000, around[i][1]);
        assert_int_equal(count_all(text, XML_STRICT, &c), XML_OK);
        assert_int_equal(c.starts, 1);
        free(text);
    }
}

/* Input that would be slow if any search began anew each time: a test that hangs. */
static void test_linear(void **state)
{
    static const char *const pieces[] = {"<!--", "<![CDATA", "<?x", "<a b=\"", "<a b='x", "</a", "<", "&", "&#", "<a ", "<!"};
    struct count c;

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *text = repeat("<r>", pieces[i], 200000, "");
        assert_int_equal(count_all(text, XML_LOOSE, &c), XML_OK);
        assert_int_equal(c.starts, c.ends);
        free(text);
    }
}

static void test_stop(void **state)
{
    struct told t = {.stop_at = 3};
    const pl_str text = PL_S("<a>b<c/>d</a>");

    (void)state;
    assert_int_equal(xml_read(text, XML_STRICT, &events, &t, message, sizeof message), XML_STOPPED);
    assert_string_equal(t.text, "(a b(c ");
    t = (struct told){.stop_at = 3};
    assert_int_equal(xml_read(text, XML_LOOSE, &events, &t, message, sizeof message), XML_STOPPED);
    assert_string_equal(t.text, "(a b(c ");
}

static const struct {
    const char *bytes;
    size_t n;
    const char *content_type, *name, *text;
} encodings[] = {
    {"<a>\303\251</a>", 9, "", "utf-8", "<a>\303\251</a>"},
    {"\xEF\xBB\xBF<a/>", 7, "text/xml; charset=koi8-r", "utf-8", "<a/>"},
    {"<a>\351</a>", 8, "text/xml; charset=iso-8859-1", "windows-1252", "<a>\303\251</a>"},
    {"<a>\351</a>", 8, "application/rss+xml; charset=\"windows-1251\"", "windows-1251", "<a>\320\271</a>"},
    {"<?xml version='1.0' encoding='windows-1251'?><a>\351</a>", 53, "", "windows-1251",
     "<?xml version='1.0' encoding='windows-1251'?><a>\320\271</a>"},
    {"<?xml version='1.0' encoding='windows-1251'?><a>\351</a>", 53, "text/xml; charset=iso-8859-2", "iso-8859-2",
     "<?xml version='1.0' encoding='windows-1251'?><a>\303\251</a>"},
    {"<\0?\0a\0?\0>\0", 10, "", "utf-16le", "<?a?>"},
    {"\0<\0?\0a\0?\0>", 10, "", "utf-16be", "<?a?>"},
    {"\xFF\xFE<\0a\0/\0>\0", 10, "", "utf-16le", "<a/>"},
    {"\0\0\0<\0\0\0a\0\0\0>", 12, "", "utf-32be", "<a>"},
    {"\xFF\xFE\0\0<\0\0\0a\0\0\0>\0\0\0", 16, "", "utf-32le", "<a>"},
    {"\x4C\x6F\xA7\x94\x93\x6F\x6E", 7, "", "ibm037", "<?xml?>"},
};

static void test_encodings(void **state)
{
    struct decoder d = {0};

    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        const char *type = encodings[i].content_type;
        struct decoded to;
        assert_int_equal(xml_decode(&d, (pl_str){encodings[i].bytes, encodings[i].n}, (pl_str){type, strlen(type)}, &to),
                         PL_OK);
        assert_string_equal(to.name, encodings[i].name);
        assert_int_equal(to.text.len, strlen(encodings[i].text));
        assert_memory_equal(to.text.ptr, encodings[i].text, to.text.len);
    }
    decoder_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events), cmocka_unit_test(test_refused), cmocka_unit_test(test_limits), cmocka_unit_test(test_many_equals),
        cmocka_unit_test(test_linear), cmocka_unit_test(test_stop),    cmocka_unit_test(test_encodings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
