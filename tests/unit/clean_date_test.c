/* clean_date_test.c - dates in the ways they are written, and datelines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_dateline.h"

static struct clean_arena arena;

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static void is(pl_str got, const char *expected)
{
    char copy[512];
    assert_true(got.len < sizeof copy);
    memcpy(copy, got.ptr, got.len);
    copy[got.len] = 0;
    assert_string_equal(copy, expected);
}

static void finds_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool month_first;
        const char *iso;
    } rows[] = {
        {"2021-11-08", false, "2021-11-08"},
        {"2021-11-08T09:30:15.123+05:30", false, "2021-11-08T09:30:15+05:30"},
        {"2021-11-08T09:30:15-0430", false, "2021-11-08T09:30:15-04:30"},
        {"2021-11-08 23:05 UTC", false, "2021-11-08T23:05:00Z"},
        {"2021-11-08T09:30Z", false, "2021-11-08T09:30:00Z"},
        {"2021-11-08T29:30Z", false, "2021-11-08"},
        {"2021/1/8", false, "2021-01-08"},
        {"20211108", false, "2021-11-08"},
        {"20211108093000", false, "2021-11-08"},
        {"1636363815", false, "2021-11-08T09:30:15Z"},
        {"1636363815000", false, "2021-11-08T09:30:15Z"},
        {"Published: 8 November 2021, 10:15", false, "2021-11-08T10:15:00"},
        {"Mon, 08 Nov 2021 10:15:00 GMT", false, "2021-11-08T10:15:00Z"},
        {"on Nov. 8th, 2021", false, "2021-11-08"},
        {"November 8, 2021 at 10:15", false, "2021-11-08T10:15:00"},
        {"8. November 2021", false, "2021-11-08"},
        {"Nov 8, 2021, 9:05 p.m.", false, "2021-11-08T09:05:00"},
        {"Nov 8, 2021 9:05 PM EST", false, "2021-11-08T21:05:00-05:00"},
        {"Nov 8, 2021 12:05 am", false, "2021-11-08T00:05:00"},
        {"8. November 2021 um 9.05 Uhr", false, "2021-11-08T09:05:00"},
        {"08.11.2021 - 09:05", false, "2021-11-08T09:05:00"},
        {"8 novembre 2021 à 9h05", false, "2021-11-08T09:05:00"},
        {"8 November 2021 +++ 9.05 metres", false, "2021-11-08"},
        {"8 November 2021, 25:05", false, "2021-11-08"},
        {"8 November 2021, 9:5", false, "2021-11-08"},
        {"3 März 2020", false, "2020-03-03"},
        {"le 1er août 2019", false, "2019-08-01"},
        {"8 de noviembre de 2021", false, "2021-11-08"},
        {"8 listopada 2021", false, "2021-11-08"},
        {"6. června 2011", false, "2011-06-06"},
        {"8 ноября 2021", false, "2021-11-08"},
        {"8 НОЯБРЯ 2021", false, "2021-11-08"},
        {"8 листопада 2021", false, "2021-11-08"},
        {"8 Νοεμβρίου 2021", false, "2021-11-08"},
        {"8 STYCZEŃ 2021", false, "2021-01-08"},
        {"2021. november 8.", false, "2021-11-08"},
        {"2021 m. lapkričio 8 d.", false, "2021-11-08"},
        {"8 Kasım 2021", false, "2021-11-08"},
        {"8 de març de 2021", false, "2021-03-08"},
        {"8 noiembrie 2021", false, "2021-11-08"},
        {"8. marraskuuta 2021", false, "2021-11-08"},
        {"8 نوفمبر 2021", false, "2021-11-08"},
        {"8 تشرين الثاني 2021", false, "2021-11-08"},
        {"8 كانون الثاني 2021", false, "2021-01-08"},
        {"٨ نوفمبر ٢٠٢١", false, "2021-11-08"},
        {"۱۷ آبان ۱۴۰۰", false, "2021-11-08"},
        {"1400/08/17", false, "2021-11-08"},
        {"30 اسفند 1399", false, "2021-03-20"},
        {"1 فروردین 1400", false, "2021-03-21"},
        {"8 नवंबर 2021", false, "2021-11-08"},
        {"৮ নভেম্বর ২০২১", false, "2021-11-08"},
        {"8 พฤศจิกายน 2564", false, "2021-11-08"},
        {"8 พ.ย. 2564", false, "2021-11-08"},
        {"8 בנובמבר 2021", false, "2021-11-08"},
        {"8 tháng 11, 2021", false, "2021-11-08"},
        {"ngày 8 tháng 11 năm 2021", false, "2021-11-08"},
        {"입력 2021. 11. 8. 10:15", false, "2021-11-08T10:15:00"},
        {"1400-08-17", false, NULL},
        {"2021年11月8日", false, "2021-11-08"},
        {"2021년 11월 8일", false, "2021-11-08"},
        {"08.11.2021", false, "2021-11-08"},
        {"08.11.21", false, "2021-11-08"},
        {"11/8/2021", false, "2021-08-11"},
        {"11/8/2021", true, "2021-11-08"},
        {"11/25/2021", false, "2021-11-25"},
        {"25/11/2021", true, "2021-11-25"},
        {"February 29, 2020", false, "2020-02-29"},
        {"February 29, 2021", false, NULL},
        {"November 31, 2021", false, NULL},
        {"13.13.2021", false, NULL},
        {"8 November 1821", false, NULL},
        {"room 2021, 8 men", false, NULL},
        {"version 1.2.3", false, NULL},
        {"call 555-12-2021-9", false, NULL},
        {"99999999", false, NULL},
        {"", false, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_date d;
        bool found = clean_date_find(str(rows[i].text), rows[i].month_first, &d, NULL, NULL);
        if (found != !!rows[i].iso)
            print_error("%s\n", rows[i].text);
        assert_int_equal(found, !!rows[i].iso);
        if (found)
            is(clean_date_iso(&arena, &d), rows[i].iso);
    }
}

static void tells_where(void **state)
{
    (void)state;
    struct clean_date d;
    size_t begin, end;
    assert_true(clean_date_find(PL_S("Posted on Nov 8, 2021 by X"), false, &d, &begin, &end));
    assert_int_equal(begin, 10);
    assert_int_equal(end, 21);
    assert_int_equal(clean_date_prefix(PL_S("Nov 8 : x"), &d), 5);
    assert_int_equal(clean_date_prefix(PL_S("8 November 2021 (x)"), &d), 15);
    assert_int_equal(clean_date_prefix(PL_S("Novel 8"), &d), 0);
    assert_int_equal(clean_date_prefix(PL_S(" Nov 8"), &d), 0);
    assert_true(clean_date_find(PL_S("11/8/2021"), true, &d, NULL, NULL));
    struct clean_date november = {.year = 2021, .month = 11, .day = 8}, august = {.year = 2021, .month = 8, .day = 11};
    assert_true(clean_date_agrees(&d, &november));
    assert_true(clean_date_agrees(&august, &d));
    assert_false(clean_date_agrees(&august, &november));
    struct clean_date a = {.year = 2020, .month = 12, .day = 31}, b = {.year = 2021, .month = 3, .day = 1};
    assert_int_equal(clean_date_distance(&a, &b), 60);
    assert_int_equal(clean_date_distance(&b, &a), 60);
}

static void finds_datelines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *date, *agency; /* place NULL: none */
    } rows[] = {
        {"Washington, Nov 8 : President Ann Moore has", "Washington", "--11-08", ""},
        {"LONDON (Reuters) - Shares rose", "LONDON", "", "Reuters"},
        {"LONDON, Nov 8 (Reuters) - Shares rose", "LONDON", "--11-08", "Reuters"},
        {"LONDON Nov 8 (Reuters) - Shares rose", "LONDON", "--11-08", "Reuters"},
        {"RAJSHAHI, Dec 20, 2025 (BSS) - Gardens", "RAJSHAHI", "2025-12-20", "BSS"},
        {"NEW DELHI: The court", "NEW DELHI", "", ""},
        {"New Delhi: The court", "New Delhi", "", ""},
        {"SUVA, July 16 - Four villages", "SUVA", "--07-16", ""},
        {"NAKURU, Kenya - A cotton mill", "NAKURU, Kenya", "", ""},
        {"BEIRUT/THE HAGUE, March 7 (Reuters) - An", "BEIRUT/THE HAGUE", "--03-07", "Reuters"},
        {"Frankfurt/Main (dpa) - Der", "Frankfurt/Main", "", "dpa"},
        {"BERLIN (dpa). Der", "BERLIN", "", "dpa"},
        {"Bruselas, 7 oct (EFE).- El alto", "Bruselas", "--10-07", "EFE"},
        {"WEST PALM BEACH, Fla. (AP) — The family", "WEST PALM BEACH, Fla.", "", "AP"},
        {"St. Petersburg -- The river", "St. Petersburg", "", ""},
        {"PARIS – Le ministre", "PARIS", "", ""},
        {"MUSCAT, May 21 (Gulf Wire) - Oman", "MUSCAT", "--05-21", "Gulf Wire"},
        {"HOUSTON, Texas (KTRK) -- A shop", "HOUSTON, Texas", "", "KTRK"},
        {"(ANSA) - ROMA, 8 NOV - Il porto", "ROMA", "--11-08", "ANSA"},
        {"(ANSA) - Il porto resta", "", "", "ANSA"},
        {"МОСКВА, 8 ноября. /ТАСС/. Порт", "МОСКВА", "--11-08", "ТАСС"},
        {"MADRID, 8 Nov. (EUROPA PRESS) - El puerto", "MADRID", "--11-08", "EUROPA PRESS"},
        {"Den Haag (ANP) - De haven", "Den Haag", "", "ANP"},
        {"Jakarta (ANTARA) - Pelabuhan", "Jakarta", "", "ANTARA"},
        {"ANKARA (AA) - Liman", "ANKARA", "", "AA"},
        {"Warszawa, 8 listopada (PAP) - Port", "Warszawa", "--11-08", "PAP"},
        {"Lisboa, 8 nov 2021 (Lusa) – O porto", "Lisboa", "2021-11-08", "Lusa"},
        {"新华社北京4月24日电 港口管理局", "北京", "--04-24", "新华社"},
        {"(서울=연합뉴스) 김하늘 기자 = 항만", "서울", "", "연합뉴스"},
        {"[부산=뉴시스] 항만", "부산", "", "뉴시스"},
        {"【ワシントン＝山田太郎】港湾局は", "ワシントン", "", ""},
        {"新华社北京4月24日电", NULL, NULL, NULL},
        {"新华社的记者说", NULL, NULL, NULL},
        {"(서울) 항만", NULL, NULL, NULL},
        {"【速報】港湾局は", NULL, NULL, NULL},
        {"Bonn (Uni) - Der Hafen", NULL, NULL, NULL},
        {"Muscat (Gulf Wire) - Oman", NULL, NULL, NULL},
        {"MUSCAT (Tuesday) - Oman", NULL, NULL, NULL},
        {"(Reuters) - Shares rose", "", "", "Reuters"},
        {"Biden: We will not leave", NULL, NULL, NULL},
        {"Exclusive: The mayor", NULL, NULL, NULL},
        {"EXCLUSIVE: The mayor", NULL, NULL, NULL},
        {"Ann Moore – the former mayor – said", NULL, NULL, NULL},
        {"Analysis - The mayor", NULL, NULL, NULL},
        {"Example.com - The mayor", NULL, NULL, NULL},
        {"The mayor said on Nov 8 (Monday) - as", NULL, NULL, NULL},
        {"London. The mayor", NULL, NULL, NULL},
        {"London (see map) - The mayor", NULL, NULL, NULL},
        {"LONDON (Reuters) - ", NULL, NULL, NULL},
        {"London", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_dateline d;
        bool found = clean_dateline_find(str(rows[i].text), &d);
        if (found != !!rows[i].place)
            print_error("%s\n", rows[i].text);
        assert_int_equal(found, !!rows[i].place);
        if (!found)
            continue;
        is(d.place, rows[i].place);
        is(d.agency, rows[i].agency);
        is(d.has_date ? clean_date_iso(&arena, &d.date) : PL_S(""), rows[i].date);
        assert_true(d.len > d.place.len && d.len < strlen(rows[i].text));
    }
}

static void gives_years(void **state)
{
    (void)state;
    static const struct {
        struct clean_date date, published;
        int year;
    } rows[] = {
        {{.month = 11, .day = 8}, {.year = 2021, .month = 11, .day = 8}, 2021},
        {{.month = 12, .day = 31}, {.year = 2022, .month = 1, .day = 1}, 2021},
        {{.month = 1, .day = 1}, {.year = 2021, .month = 12, .day = 31}, 2022},
        {{.year = 2019, .month = 1, .day = 1}, {.year = 2021, .month = 12, .day = 31}, 2019},
        {{.month = 2, .day = 29}, {.year = 2021, .month = 3, .day = 1}, 0},
        {{.month = 11, .day = 8}, {.year = 0}, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_date d = rows[i].date;
        clean_dateline_set_year(&d, &rows[i].published);
        assert_int_equal(d.year, rows[i].year);
    }
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, 1 << 20);
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
        cmocka_unit_test(finds_dates),
        cmocka_unit_test(tells_where),
        cmocka_unit_test(finds_datelines),
        cmocka_unit_test(gives_years),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
