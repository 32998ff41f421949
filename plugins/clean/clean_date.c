/* clean_date.c - dates as people and machines write them.
 *
 * The text is read as numbers, words and what stands between; each way of
 * writing a date is a short sequence of these. */
#include "clean_date.h"

#include <stdio.h>
#include <stdlib.h>

#include "clean_utf8.h"

enum { MAX_TOKENS = 64, FIRST_YEAR = 1990, LAST_YEAR = 2039 };

struct token {
    size_t begin, end;
    uint32_t number; /* of digits only */
    uint8_t digits;  /* how many; 0: a word */
    uint8_t month;   /* that a word names; 0: none */
};

/* Names of months that differ; abbreviations are found as prefixes (see month_of). */
/* clang-format off */
static const char *const month_names[12] = {
    "jan january januar janvier enero gennaio janeiro januari stycznia styczeń jänner ene gen janv leden ledna ocak ianuarie "
    "января янв січня tammikuuta sty",
    "feb february februar février febrero febbraio fevereiro februari lutego luty févr fév fev únor února şubat şub pebruari "
    "февраля фев лютого helmikuuta lut",
    "mar march märz mars marzo março maart marca marzec mrz maerz březen března mart maret марта мар березня maaliskuuta mrt",
    "apr april avril abril aprile kwietnia kwiecień avr abr duben dubna nisan nis апреля апр квітня huhtikuuta kwi",
    "may mai mayo maggio maio mei maja maj mag květen května mayıs мая травня toukokuuta",
    "jun june juni juin junio giugno junho czerwca czerwiec giu červen června haziran haz июня июн червня kesäkuuta cze",
    "jul july juli juillet julio luglio julho lipca lipiec lug juil červenec července temmuz tem июля июл липня heinäkuuta lip",
    "aug august août agosto augustus augusti sierpnia sierpień ago aout agustus srpen srpna ağustos ağu agu августа авг "
    "серпня elokuuta sie",
    "sep sept september septembre septiembre settembre setembro września wrzesień set september září eylül eyl сентября сен "
    "вересня syyskuuta wrz",
    "oct october oktober octobre octubre ottobre outubro października październik okt ott out říjen října ekim eki октября "
    "окт жовтня lokakuuta paź",
    "nov november novembre noviembre novembro listopada listopad nopember kasım kas ноября ноя marraskuuta lis",
    "dec december dezember décembre diciembre dicembre dezembro desember dez dic grudnia grudzień déc des prosinec prosince "
    "aralık ara декабря дек грудня joulukuuta gru",
};
/* clang-format on */

/* Words that may stand between the parts: "8 de noviembre de 2021", "8th of November". */
static const char *const joining_words = "de of del do den st nd rd th er º г";

static uint8_t month_of(pl_str word)
{
    if (word.len < 3 || word.len > 24)
        return 0;
    for (uint8_t m = 0; m < 12; m++)
        if (clean_in_list(month_names[m], word))
            return (uint8_t)(m + 1);
    return 0;
}

/* Splits the start of `s`.  Months are looked up only beside a number: most words are of no interest. */
static size_t tokenise(pl_str s, struct token *t)
{
    size_t n = 0;
    for (const char *p = s.ptr, *end = clean_end(s); p < end && n < MAX_TOKENS;) {
        const char *from = p;
        uint32_t c = clean_utf8_next(&p, end);
        if (!clean_is_word(c))
            continue;
        bool number = c - '0' < 10;
        t[n] = (struct token){.begin = (size_t)(from - s.ptr)};
        for (p = from; p < end;) {
            const char *q = p;
            c = clean_utf8_next(&q, end);
            if ((c - '0' < 10) != number || !clean_is_word(c))
                break;
            if (number) {
                t[n].number = t[n].digits < 9 ? t[n].number * 10 + (c - '0') : 0;
                t[n].digits = (uint8_t)(t[n].digits < 9 ? t[n].digits + 1 : 10);
            }
            p = q;
            if (!number && (c == 0x5E74 || c == 0x6708 || c == 0x65E5)) /* Han year, month, day are one character */
                break;
        }
        t[n].end = (size_t)(p - s.ptr);
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        bool beside = (i && t[i - 1].digits) || (i + 1 < n && t[i + 1].digits) ||
                      (i > 1 && t[i - 2].digits); /* "8 de noviembre" */
        if (!t[i].digits && beside)
            t[i].month = month_of(clean_slice(s, t[i].begin, t[i].end));
    }
    return n;
}

static bool set_date(struct clean_date *d, uint32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year && year < 100)
        year += 2000;
    bool leap = year % 4 == 0; /* of the years in question */
    if ((year && (year < FIRST_YEAR || year > LAST_YEAR)) || month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] || (year && month == 2 && day == 29 && !leap))
        return false;
    *d = (struct clean_date){.year = (int16_t)year, .month = (uint8_t)month, .day = (uint8_t)day};
    return true;
}

/* What stands between two tokens is short and holds none but these. */
static bool between(pl_str s, const struct token *a, const struct token *b, const char *allowed)
{
    if (b->begin - a->end > 4)
        return false;
    for (size_t i = a->end; i < b->begin; i++)
        if (!strchr(allowed, s.ptr[i]) && !((unsigned char)s.ptr[i] >= 0x80 && strchr(allowed, ' ')))
            return false;
    return true;
}

/* Goes over "de", "of", "th" and the like. */
static size_t skip_joining(pl_str s, const struct token *t, size_t n, size_t i)
{
    while (i < n && !t[i].digits && !t[i].month && clean_in_list(joining_words, clean_slice(s, t[i].begin, t[i].end)) &&
           between(s, &t[i - 1], &t[i], " .-"))
        i++;
    return i;
}

/* D Month [Y] or Month D [Y] from token i; says how many tokens, 0 when it is none.  Without a year only if `partial`. */
static size_t match_named(pl_str s, const struct token *t, size_t n, size_t i, bool partial, struct clean_date *d)
{
    bool day_first = t[i].digits >= 1 && t[i].digits <= 2;
    if (!day_first && !t[i].month)
        return 0;
    size_t k = skip_joining(s, t, n, i + 1);
    if (k >= n || k - i > 3 || !between(s, &t[k - 1], &t[k], " .-,/"))
        return 0;
    if (day_first ? !t[k].month : !(t[k].digits >= 1 && t[k].digits <= 2))
        return 0;
    uint32_t day = day_first ? t[i].number : t[k].number, month = day_first ? t[k].month : t[i].month;
    size_t y = skip_joining(s, t, n, k + 1);
    if (y < n && y - k <= 3 && t[y].digits == 4 && between(s, &t[y - 1], &t[y], " .-,/") &&
        set_date(d, t[y].number, month, day))
        return y + 1 - i;
    return partial && set_date(d, 0, month, day) ? k + 1 - i : 0;
}

static bool same_separator(pl_str s, const struct token *t, const char *allowed)
{
    return t[1].begin - t[0].end == 1 && t[2].begin - t[1].end == 1 && s.ptr[t[0].end] == s.ptr[t[1].end] &&
           strchr(allowed, s.ptr[t[0].end]);
}

static bool match_iso(pl_str s, const struct token *t, struct clean_date *d)
{
    return t[0].digits == 4 && t[1].digits && t[1].digits <= 2 && t[2].digits && t[2].digits <= 2 &&
           same_separator(s, t, "-/.") && set_date(d, t[0].number, t[1].number, t[2].number);
}

static bool match_numeric(pl_str s, const struct token *t, bool month_first, struct clean_date *d)
{
    if (!t[0].digits || t[0].digits > 2 || !t[1].digits || t[1].digits > 2 || (t[2].digits != 4 && t[2].digits != 2) ||
        !same_separator(s, t, "./-"))
        return false;
    uint32_t a = t[0].number, b = t[1].number;
    bool swap = b > 12 || (month_first && a <= 12);
    return set_date(d, t[2].number, swap ? a : b, swap ? b : a);
}

/* year, month and day each followed by its sign, Han or Hangul */
static bool match_han(pl_str s, const struct token *t, struct clean_date *d)
{
    static const pl_str signs[2][2] = {{{"年", 3}, {"년", 3}}, {{"月", 3}, {"월", 3}}};
    for (int i = 0; i < 2; i++) {
        pl_str sign = clean_slice(s, t[2 * i + 1].begin, t[2 * i + 1].end);
        if (!t[2 * i].digits || (!clean_equal(sign, signs[i][0]) && !clean_equal(sign, signs[i][1])))
            return false;
    }
    return t[0].digits == 4 && t[4].digits && t[4].digits <= 2 && set_date(d, t[0].number, t[2].number, t[4].number);
}

/* Days since 1970-01-01, after Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms". */
static long days_of(const struct clean_date *d)
{
    long y = d->year - (d->month <= 2), era = y / 400, yoe = y - era * 400;
    long doy = (153 * (d->month + (d->month > 2 ? -3 : 9)) + 2) / 5 + d->day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

long clean_date_distance(const struct clean_date *a, const struct clean_date *b)
{
    return labs(days_of(a) - days_of(b));
}

static bool from_epoch(int64_t seconds, struct clean_date *d)
{
    long z = (long)(seconds / 86400) + 719468, era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    long day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    if (!set_date(d, (uint32_t)(yoe + era * 400 + (month <= 2)), (uint32_t)month, (uint32_t)day))
        return false;
    d->has_time = d->has_zone = true;
    d->hour = (uint8_t)(seconds % 86400 / 3600);
    d->minute = (uint8_t)(seconds % 3600 / 60);
    d->second = (uint8_t)(seconds % 60);
    return true;
}

/* Digits only, as machines write them: YYYYMMDD, YYYYMMDDhhmmss, seconds or milliseconds since 1970. */
static size_t match_digits(pl_str s, struct clean_date *d)
{
    size_t n = 0;
    int64_t v = 0;
    while (n < s.len && n < 15 && s.ptr[n] >= '0' && s.ptr[n] <= '9')
        v = v * 10 + (s.ptr[n++] - '0');
    if ((n == 10 || n == 13) && s.ptr[0] == '1' && n == s.len && from_epoch(n == 10 ? v : v / 1000, d))
        return n;
    if (n != 8 && n != 12 && n != 14)
        return 0;
    for (size_t i = 8; i < n; i++)
        v /= 10;
    return set_date(d, (uint32_t)(v / 10000), (uint32_t)(v / 100 % 100), (uint32_t)(v % 100)) ? n : 0;
}

/* "T09:30:15.123+01:00", " 09:30 UTC" behind a date; says how many bytes. */
static size_t read_time(pl_str s, struct clean_date *d)
{
    unsigned hour, minute, second = 0;
    int n = 0, more = 0;
    char text[40], sign, zone[8];
    size_t len = s.len < sizeof text - 1 ? s.len : sizeof text - 1;
    memcpy(text, s.ptr, len);
    text[len] = 0;
    const char *p = text + (text[0] == 'T' || text[0] == 't' || text[0] == ',');
    if (sscanf(p, " %2u:%2u%n", &hour, &minute, &n) < 2 || hour > 23 || minute > 59)
        return 0;
    p += n;
    if (sscanf(p, ":%2u%n", &second, &more) == 1 && second < 60)
        p += more;
    else
        second = 0;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9';)
            p++;
    d->has_time = true;
    d->hour = (uint8_t)hour;
    d->minute = (uint8_t)minute;
    d->second = (uint8_t)second;
    more = 0;
    if (*p == 'Z' || (sscanf(p, " %3[A-Z]%n", zone, &more) == 1 && (!strcmp(zone, "UTC") || !strcmp(zone, "GMT")))) {
        d->has_zone = true;
        p += more ? more : 1;
    } else if (sscanf(p, " %1[+-]%2u%n", zone, &hour, &more) == 2 && hour <= 14) {
        sign = zone[0];
        p += more;
        minute = 0;
        more = 0;
        if (sscanf(p, "%*1[:]%2u%n", &minute, &more) == 1 || sscanf(p, "%2u%n", &minute, &more) == 1)
            p += more;
        d->has_zone = minute < 60;
        d->zone = (int16_t)((sign == '-' ? -1 : 1) * (int)(hour * 60 + minute));
    }
    return (size_t)(p - text);
}

static bool found(size_t from, size_t to, size_t *begin, size_t *end)
{
    if (begin)
        *begin = from;
    if (end)
        *end = to;
    return true;
}

bool clean_date_find(pl_str s, bool month_first, struct clean_date *d, size_t *begin, size_t *end)
{
    struct token t[MAX_TOKENS + 5];
    s = clean_trim(s);
    size_t digits = match_digits(s, d);
    if (digits)
        return found(0, digits, begin, end);
    size_t n = tokenise(s, t);
    for (size_t i = n; i < n + 5; i++)
        t[i] = (struct token){.begin = s.len + 9, .end = s.len + 9}; /* far from every other */
    for (size_t i = 0; i + 2 < n; i++)
        if (match_iso(s, t + i, d)) {
            size_t to = t[i + 2].end;
            to += read_time(clean_slice(s, to, s.len), d);
            return found(t[i].begin, to, begin, end);
        }
    for (size_t i = 0; i < n; i++) {
        size_t k = match_named(s, t, n, i, false, d);
        if (k)
            return found(t[i].begin, t[i + k - 1].end, begin, end);
    }
    for (size_t i = 0; i + 4 < n; i++)
        if (match_han(s, t + i, d))
            return found(t[i].begin, t[i + 4].end, begin, end);
    for (size_t i = 0; i + 2 < n; i++)
        if (match_numeric(s, t + i, month_first, d))
            return found(t[i].begin, t[i + 2].end, begin, end);
    return false;
}

size_t clean_date_prefix(pl_str s, struct clean_date *d)
{
    struct token t[MAX_TOKENS];
    size_t n = tokenise(s.len > 60 ? clean_slice(s, 0, 60) : s, t);
    if (!n || t[0].begin)
        return 0;
    size_t k = match_named(s, t, n, 0, true, d);
    return k ? t[k - 1].end : 0;
}

pl_str clean_date_iso(struct clean_arena *a, const struct clean_date *d)
{
    char text[80];
    int n = d->year ? snprintf(text, sizeof text, "%04d-%02u-%02u", d->year, (unsigned)d->month, (unsigned)d->day)
                    : snprintf(text, sizeof text, "--%02u-%02u", (unsigned)d->month, (unsigned)d->day);
    if (d->year && d->has_time) {
        n += snprintf(text + n, sizeof text - (size_t)n, "T%02u:%02u:%02u", (unsigned)d->hour, (unsigned)d->minute,
                      (unsigned)d->second);
        unsigned zone = (unsigned)(d->zone < 0 ? -d->zone : d->zone);
        if (d->has_zone && zone)
            n += snprintf(text + n, sizeof text - (size_t)n, "%c%02u:%02u", d->zone < 0 ? '-' : '+', zone / 60,
                          zone % 60);
        else if (d->has_zone)
            n += snprintf(text + n, sizeof text - (size_t)n, "Z");
    }
    return clean_arena_copy(a, (pl_str){text, (size_t)n});
}
