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

/* Names of months, in lower case and in the order of their bytes: month_of() searches by halving.  Where languages
 * disagree (listopada is October in Zagreb, November in Warsaw) the larger one counts.  From 21 on months of the
 * Persian calendar. */
enum { JALALI = 20 };
/* clang-format off */
static const struct {
    const char *name;
    uint8_t month;
} month_names[] = {
    {"abr", 4}, {"abril", 4}, {"ago", 8}, {"agost", 8}, {"agosto", 8}, {"agu", 8}, {"agustus", 8}, {"aout", 8},
    {"août", 8}, {"apr", 4}, {"april", 4}, {"aprila", 4}, {"aprile", 4}, {"aprilie", 4}, {"aprill", 4}, {"apríl", 4},
    {"apríla", 4}, {"aprīlis", 4}, {"aprīlī", 4}, {"ara", 12}, {"aralık", 12}, {"aug", 8}, {"august", 8},
    {"augusta", 8}, {"augusti", 8}, {"augusts", 8}, {"augustus", 8}, {"augustā", 8}, {"augusztus", 8}, {"avgusta", 8},
    {"avr", 4}, {"avril", 4}, {"ağu", 8}, {"ağustos", 8}, {"balandis", 4}, {"balandžio", 4}, {"birželio", 6},
    {"birželis", 6}, {"březen", 3}, {"března", 3}, {"cze", 6}, {"czerwca", 6}, {"czerwiec", 6}, {"dec", 12},
    {"december", 12}, {"decembra", 12}, {"decembrie", 12}, {"decembris", 12}, {"decembro", 12}, {"decembrī", 12},
    {"des", 12}, {"desember", 12}, {"desembre", 12}, {"detsember", 12}, {"dez", 12}, {"dezember", 12},
    {"dezembro", 12}, {"dic", 12}, {"dicembre", 12}, {"diciembre", 12}, {"dis", 12}, {"disember", 12}, {"duben", 4},
    {"dubna", 4}, {"déc", 12}, {"décembre", 12}, {"eki", 10}, {"ekim", 10}, {"elokuu", 8}, {"elokuuta", 8},
    {"ene", 1}, {"enero", 1}, {"eyl", 9}, {"eylül", 9}, {"feb", 2}, {"febbraio", 2}, {"febreiro", 2}, {"febrer", 2},
    {"febrero", 2}, {"februar", 2}, {"februari", 2}, {"februarie", 2}, {"februarja", 2}, {"february", 2},
    {"február", 2}, {"februára", 2}, {"februāris", 2}, {"februārī", 2}, {"febrúar", 2}, {"fev", 2}, {"fevereiro", 2},
    {"fév", 2}, {"févr", 2}, {"février", 2}, {"gegužė", 5}, {"gegužės", 5}, {"gen", 1}, {"gener", 1}, {"gennaio", 1},
    {"giu", 6}, {"giugno", 6}, {"gru", 12}, {"grudnia", 12}, {"grudzień", 12}, {"gruodis", 12}, {"gruodžio", 12},
    {"haz", 6}, {"haziran", 6}, {"heinäkuu", 7}, {"heinäkuuta", 7}, {"helmikuu", 2}, {"helmikuuta", 2},
    {"huhtikuu", 4}, {"huhtikuuta", 4}, {"ianuarie", 1}, {"iulie", 7}, {"iunie", 6}, {"jaanuar", 1}, {"jan", 1},
    {"janeiro", 1}, {"januar", 1}, {"januari", 1}, {"januarja", 1}, {"january", 1}, {"január", 1}, {"januára", 1},
    {"janv", 1}, {"janvier", 1}, {"janvāris", 1}, {"janvārī", 1}, {"janúar", 1}, {"joulukuu", 12}, {"joulukuuta", 12},
    {"juil", 7}, {"juillet", 7}, {"juin", 6}, {"jul", 7}, {"julho", 7}, {"juli", 7}, {"julija", 7}, {"julio", 7},
    {"juliol", 7}, {"july", 7}, {"jun", 6}, {"june", 6}, {"junho", 6}, {"juni", 6}, {"junija", 6}, {"junio", 6},
    {"juny", 6}, {"juuli", 7}, {"juuni", 6}, {"jänner", 1}, {"júla", 7}, {"július", 7}, {"júlí", 7}, {"júna", 6},
    {"június", 6}, {"júní", 6}, {"jūlijs", 7}, {"jūlijā", 7}, {"jūnijs", 6}, {"jūnijā", 6}, {"kas", 11},
    {"kasım", 11}, {"kesäkuu", 6}, {"kesäkuuta", 6}, {"kolovoza", 8}, {"kovas", 3}, {"kovo", 3}, {"květen", 5},
    {"května", 5}, {"kwi", 4}, {"kwiecień", 4}, {"kwietnia", 4}, {"lapkritis", 11}, {"lapkričio", 11}, {"leden", 1},
    {"ledna", 1}, {"liepa", 7}, {"liepos", 7}, {"lip", 7}, {"lipca", 7}, {"lipiec", 7}, {"lipnja", 6}, {"lis", 11},
    {"listopad", 11}, {"listopada", 11}, {"lokakuu", 10}, {"lokakuuta", 10}, {"lug", 7}, {"luglio", 7}, {"lut", 2},
    {"lutego", 2}, {"luty", 2}, {"maaliskuu", 3}, {"maaliskuuta", 3}, {"maart", 3}, {"maerz", 3}, {"mag", 5},
    {"maggio", 5}, {"mai", 5}, {"maig", 5}, {"maijs", 5}, {"maijā", 5}, {"maio", 5}, {"maj", 5}, {"maja", 5},
    {"mar", 3}, {"marca", 3}, {"march", 3}, {"marec", 3}, {"maret", 3}, {"marraskuu", 11}, {"marraskuuta", 11},
    {"mars", 3}, {"mart", 3}, {"martie", 3}, {"marts", 3}, {"martā", 3}, {"marzec", 3}, {"marzo", 3}, {"març", 3},
    {"março", 3}, {"may", 5}, {"mayo", 5}, {"mayıs", 5}, {"maí", 5}, {"mei", 5}, {"mrt", 3}, {"mrz", 3}, {"mája", 5},
    {"május", 5}, {"március", 3}, {"märts", 3}, {"märz", 3}, {"nis", 4}, {"nisan", 4}, {"noiembrie", 11},
    {"nopember", 11}, {"nov", 11}, {"november", 11}, {"novembra", 11}, {"novembre", 11}, {"novembris", 11},
    {"novembro", 11}, {"novembrī", 11}, {"noviembre", 11}, {"nóvember", 11}, {"ocak", 1}, {"oct", 10},
    {"october", 10}, {"octobre", 10}, {"octombrie", 10}, {"octubre", 10}, {"ogo", 8}, {"ogos", 8}, {"okt", 10},
    {"oktober", 10}, {"oktobra", 10}, {"oktobris", 10}, {"oktobrī", 10}, {"oktoober", 10}, {"október", 10},
    {"októbra", 10}, {"ott", 10}, {"ottobre", 10}, {"out", 10}, {"outubro", 10}, {"ožujka", 3}, {"paź", 10},
    {"październik", 10}, {"października", 10}, {"pebruari", 2}, {"prosinca", 12}, {"prosince", 12}, {"prosinec", 12},
    {"rugpjūtis", 8}, {"rugpjūčio", 8}, {"rugsėjis", 9}, {"rugsėjo", 9}, {"rujna", 9}, {"sausio", 1}, {"sausis", 1},
    {"sep", 9}, {"sept", 9}, {"september", 9}, {"septembra", 9}, {"septembre", 9}, {"septembrie", 9},
    {"septembris", 9}, {"septembrī", 9}, {"septiembre", 9}, {"set", 9}, {"setembre", 9}, {"setembro", 9},
    {"settembre", 9}, {"sie", 8}, {"sierpień", 8}, {"sierpnia", 8}, {"siječnja", 1}, {"spalio", 10}, {"spalis", 10},
    {"srpen", 8}, {"srpna", 8}, {"srpnja", 7}, {"studenog", 11}, {"studenoga", 11}, {"sty", 1}, {"styczeń", 1},
    {"stycznia", 1}, {"svibnja", 5}, {"syyskuu", 9}, {"syyskuuta", 9}, {"szeptember", 9}, {"tammikuu", 1},
    {"tammikuuta", 1}, {"tem", 7}, {"temmuz", 7}, {"toukokuu", 5}, {"toukokuuta", 5}, {"travnja", 4}, {"vasario", 2},
    {"vasaris", 2}, {"veebruar", 2}, {"veljače", 2}, {"wrz", 9}, {"wrzesień", 9}, {"września", 9}, {"xaneiro", 1},
    {"xullo", 7}, {"xuño", 6}, {"září", 9}, {"ágúst", 8}, {"április", 4}, {"únor", 2}, {"února", 2}, {"červen", 6},
    {"července", 7}, {"červenec", 7}, {"června", 6}, {"říjen", 10}, {"října", 10}, {"şub", 2}, {"şubat", 2},
    {"απρ", 4}, {"απρίλιος", 4}, {"απριλίου", 4}, {"αυγ", 8}, {"αυγούστου", 8}, {"αύγουστος", 8}, {"δεκ", 12},
    {"δεκέμβριος", 12}, {"δεκεμβρίου", 12}, {"ιαν", 1}, {"ιανουάριος", 1}, {"ιανουαρίου", 1}, {"ιουλ", 7},
    {"ιουλίου", 7}, {"ιουν", 6}, {"ιουνίου", 6}, {"ιούλιος", 7}, {"ιούνιος", 6}, {"μάιος", 5}, {"μάρ", 3},
    {"μάρτιος", 3}, {"μαΐου", 5}, {"μαι", 5}, {"μαρ", 3}, {"μαρτίου", 3}, {"μαϊ", 5}, {"νοέμβριος", 11}, {"νοε", 11},
    {"νοεμβρίου", 11}, {"οκτ", 10}, {"οκτωβρίου", 10}, {"οκτώβριος", 10}, {"σεπ", 9}, {"σεπτέμβριος", 9},
    {"σεπτεμβρίου", 9}, {"φεβ", 2}, {"φεβρουάριος", 2}, {"φεβρουαρίου", 2}, {"авг", 8}, {"август", 8}, {"августа", 8},
    {"апр", 4}, {"апрель", 4}, {"апреля", 4}, {"април", 4}, {"априла", 4}, {"березень", 3}, {"березня", 3},
    {"верасня", 9}, {"вересень", 9}, {"вересня", 9}, {"грудень", 12}, {"грудня", 12}, {"дек", 12}, {"декабрь", 12},
    {"декабря", 12}, {"декември", 12}, {"децембар", 12}, {"децембра", 12}, {"жніўня", 8}, {"жовтень", 10},
    {"жовтня", 10}, {"июл", 7}, {"июль", 7}, {"июля", 7}, {"июн", 6}, {"июнь", 6}, {"июня", 6}, {"кастрычніка", 10},
    {"квітень", 4}, {"квітня", 4}, {"красавіка", 4}, {"липень", 7}, {"липня", 7}, {"листопад", 11}, {"листопада", 11},
    {"лютага", 2}, {"лютий", 2}, {"лютого", 2}, {"ліпеня", 7}, {"лістапада", 11}, {"май", 5}, {"мар", 3}, {"март", 3},
    {"марта", 3}, {"мая", 5}, {"мај", 5}, {"маја", 5}, {"новембар", 11}, {"новембра", 11}, {"ноември", 11},
    {"ноя", 11}, {"ноябрь", 11}, {"ноября", 11}, {"окт", 10}, {"октобар", 10}, {"октобра", 10}, {"октомври", 10},
    {"октябрь", 10}, {"октября", 10}, {"сакавіка", 3}, {"сен", 9}, {"сентябрь", 9}, {"сентября", 9}, {"септембар", 9},
    {"септембра", 9}, {"септември", 9}, {"серпень", 8}, {"серпня", 8}, {"снежня", 12}, {"студзеня", 1}, {"січень", 1},
    {"січня", 1}, {"травень", 5}, {"травня", 5}, {"фебруар", 2}, {"фебруара", 2}, {"фев", 2}, {"февраль", 2},
    {"февраля", 2}, {"февруари", 2}, {"червень", 6}, {"червня", 6}, {"чэрвеня", 6}, {"юли", 7}, {"юни", 6},
    {"янв", 1}, {"январь", 1}, {"января", 1}, {"януари", 1}, {"јануар", 1}, {"јануара", 1}, {"јул", 7}, {"јула", 7},
    {"јун", 6}, {"јуна", 6}, {"אוגוסט", 8}, {"אוקטובר", 10}, {"אפריל", 4}, {"באוגוסט", 8}, {"באוקטובר", 10},
    {"באפריל", 4}, {"בדצמבר", 12}, {"ביולי", 7}, {"ביוני", 6}, {"בינואר", 1}, {"במאי", 5}, {"במרץ", 3},
    {"בנובמבר", 11}, {"בספטמבר", 9}, {"בפברואר", 2}, {"דצמבר", 12}, {"יולי", 7}, {"יוני", 6}, {"ינואר", 1},
    {"מאי", 5}, {"מרץ", 3}, {"נובמבר", 11}, {"ספטמבר", 9}, {"פברואר", 2}, {"آب", 8}, {"آبان", 28}, {"آذار", 3},
    {"آذر", 29}, {"آوریل", 4}, {"آگوست", 8}, {"أبريل", 4}, {"أغسطس", 8}, {"أفريل", 4}, {"أكتوبر", 10}, {"أوت", 8},
    {"أيار", 5}, {"أيلول", 9}, {"إبريل", 4}, {"ابريل", 4}, {"اذار", 3}, {"اردیبهشت", 22}, {"اسفند", 32}, {"اغسطس", 8},
    {"اكتوبر", 10}, {"اوت", 8}, {"ايار", 5}, {"ايلول", 9}, {"اپریل", 4}, {"اکتبر", 10}, {"اکتوبر", 10}, {"اگست", 8},
    {"بهمن", 31}, {"تشرين", 10}, {"تموز", 7}, {"تیر", 24}, {"جانفي", 1}, {"جنوری", 1}, {"جوان", 6}, {"جولائی", 7},
    {"جون", 6}, {"جويلية", 7}, {"حزيران", 6}, {"خرداد", 23}, {"دسامبر", 12}, {"دسمبر", 12}, {"ديسمبر", 12},
    {"دی", 30}, {"سبتمبر", 9}, {"ستمبر", 9}, {"سپتامبر", 9}, {"شباط", 2}, {"شهریور", 26}, {"فبراير", 2},
    {"فروردین", 21}, {"فروری", 2}, {"فوریه", 2}, {"فيفري", 2}, {"كانون", 12}, {"مئی", 5}, {"مارس", 3}, {"مارچ", 3},
    {"ماي", 5}, {"مايو", 5}, {"مرداد", 25}, {"مه", 5}, {"مهر", 27}, {"نوامبر", 11}, {"نوفمبر", 11}, {"نومبر", 11},
    {"نيسان", 4}, {"يناير", 1}, {"يوليو", 7}, {"يونيو", 6}, {"ژانویه", 1}, {"ژوئن", 6}, {"ژوئیه", 7}, {"अक्टूबर", 10},
    {"अगस्त", 8}, {"अप्रैल", 4}, {"एप्रिल", 4}, {"ऑक्टोबर", 10}, {"ऑगस्ट", 8}, {"जनवरी", 1}, {"जानेवारी", 1},
    {"जुलाई", 7}, {"जुलै", 7}, {"जून", 6}, {"डिसेंबर", 12}, {"दिसंबर", 12}, {"दिसम्बर", 12}, {"नवंबर", 11},
    {"नवम्बर", 11}, {"नोव्हेंबर", 11}, {"फरवरी", 2}, {"फ़रवरी", 2}, {"फेब्रुवारी", 2}, {"मई", 5}, {"मार्च", 3},
    {"मे", 5}, {"सप्टेंबर", 9}, {"सितंबर", 9}, {"सितम्बर", 9}, {"অক্টোবর", 10}, {"আগস্ট", 8}, {"এপ্রিল", 4},
    {"জানুয়ারি", 1}, {"জানুয়ারী", 1}, {"জুন", 6}, {"জুলাই", 7}, {"ডিসেম্বর", 12}, {"নভেম্বর", 11},
    {"ফেব্রুয়ারি", 2}, {"ফেব্রুয়ারী", 2}, {"মার্চ", 3}, {"মে", 5}, {"সেপ্টেম্বর", 9}, {"அக்டோபர்", 10},
    {"ஆகஸ்ட்", 8}, {"ஏப்ரல்", 4}, {"செப்டம்பர்", 9}, {"ஜனவரி", 1}, {"ஜூன்", 6}, {"ஜூலை", 7}, {"டிசம்பர்", 12},
    {"நவம்பர்", 11}, {"பிப்ரவரி", 2}, {"மார்ச்", 3}, {"மே", 5}, {"ก.ค", 7}, {"ก.พ", 2}, {"ก.ย", 9}, {"กรกฎาคม", 7},
    {"กันยายน", 9}, {"กุมภาพันธ์", 2}, {"ต.ค", 10}, {"ตุลาคม", 10}, {"ธ.ค", 12}, {"ธันวาคม", 12}, {"พ.ค", 5},
    {"พ.ย", 11}, {"พฤศจิกายน", 11}, {"พฤษภาคม", 5}, {"ม.ค", 1}, {"มกราคม", 1}, {"มิ.ย", 6}, {"มิถุนายน", 6},
    {"มี.ค", 3}, {"มีนาคม", 3}, {"ส.ค", 8}, {"สิงหาคม", 8}, {"เม.ย", 4}, {"เมษายน", 4}, {"აგვისტო", 8}, {"აპრილი", 4},
    {"დეკემბერი", 12}, {"თებერვალი", 2}, {"იანვარი", 1}, {"ივლისი", 7}, {"ივნისი", 6}, {"მაისი", 5}, {"მარტი", 3},
    {"ნოემბერი", 11}, {"ოქტომბერი", 10}, {"სექტემბერი", 9},
};
/* clang-format on */

/* Words that may stand between the parts: "8 de noviembre de 2021", "8th of November". */
static const char *const joining_words = "de of del do den st nd rd th er º г d m din gada ngày năm الثاني الأول الاول";

/* In lower case: Latin, Greek and Cyrillic, as far as names of months need it. */
static uint32_t lower_of(uint32_t c)
{
    if (c - 'A' < 26 || (c >= 0xC0 && c < 0xDF) || (c >= 0x391 && c < 0x3AA) || (c >= 0x410 && c < 0x430))
        return c + 32;
    if ((c >= 0x139 && c < 0x149) || (c >= 0x179 && c < 0x17F))
        return c + (c & 1);
    return c == 0x130 ? 'i' : c == 0x406 ? 0x456 : c >= 0x100 && c < 0x178 && c != 0x131 ? c | 1 : c;
}

/* 1 to 12, or JALALI more; 0 when the word names no month. */
static uint8_t month_of(pl_str word)
{
    char name[48];
    size_t len = 0;
    if (word.len < 3 || word.len > 36)
        return 0;
    for (const char *p = word.ptr, *end = clean_end(word); p < end && len < sizeof name - 4;)
        len += clean_utf8_put(name + len, lower_of(clean_utf8_next(&p, end)));
    size_t lo = 0, hi = sizeof month_names / sizeof *month_names;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2, n = strlen(month_names[mid].name);
        int c = memcmp(name, month_names[mid].name, len < n ? len : n);
        if (c == 0 && len == n)
            return month_names[mid].month;
        if (c < 0 || (c == 0 && len < n))
            hi = mid;
        else
            lo = mid + 1;
    }
    return 0;
}

/* The value of a decimal digit of the scripts that news are dated in; above 9 for any other character. */
static uint32_t digit_of(uint32_t c)
{
    static const uint16_t zeros[] = {0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10};
    if (c < 0x660)
        return c - '0';
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (c - zeros[i] < 10)
            return c - zeros[i];
    return 99;
}

/* A letter, digit or one of the marks that words of Arabic, Indian and Thai script are written with. */
static bool is_in_word(uint32_t c)
{
    return clean_is_word(c) || (c >= 0x610 && c < 0x670 && c != 0x66A && c != 0x66B && c != 0x66C && c != 0x66D) ||
           (c >= 0x900 && c < 0xE00 && c != 0x964 && c != 0x965) || (c > 0xE30 && c < 0xE50);
}

static size_t read_token(pl_str s, size_t from, struct token *t)
{
    const char *p = s.ptr + from, *end = clean_end(s);
    uint32_t c = clean_utf8_next(&p, end);
    bool number = digit_of(c) < 10;
    *t = (struct token){.begin = from};
    for (p = s.ptr + from; p < end;) {
        const char *q = p;
        c = clean_utf8_next(&q, end);
        if (c == '.' && !number && q < end && (unsigned char)p[-1] >= 0x80 && (unsigned char)q[0] == 0xE0)
            p = q, c = clean_utf8_next(&q, end); /* Thai months are shortened to letters with dots */
        if ((digit_of(c) < 10) != number || !is_in_word(c))
            break;
        if (number) {
            t->number = t->digits < 9 ? t->number * 10 + digit_of(c) : 0;
            t->digits = (uint8_t)(t->digits < 9 ? t->digits + 1 : 10);
        }
        p = q;
        if (!number && (c == 0x5E74 || c == 0x6708 || c == 0x65E5)) /* Han year, month, day are one character */
            break;
    }
    t->end = (size_t)(p - s.ptr);
    return t->end;
}

/* Splits the start of `s`.  Months are looked up only beside a number: most words are of no interest. */
static size_t tokenise(pl_str s, struct token *t)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len && n < MAX_TOKENS;) {
        const char *p = s.ptr + at;
        if (is_in_word(clean_utf8_next(&p, clean_end(s))))
            at = read_token(s, at, &t[n++]);
        else
            at = (size_t)(p - s.ptr);
    }
    for (size_t i = 0; i < n; i++) {
        bool beside = (i && t[i - 1].digits) || (i + 1 < n && t[i + 1].digits) || (i > 1 && t[i - 2].digits) ||
                      (i + 2 < n && t[i + 2].digits); /* "8 de noviembre", "2021. gada" */
        if (!t[i].digits && beside)
            t[i].month = month_of(clean_slice(s, t[i].begin, t[i].end));
        bool second =
            i && (t[i - 1].month == 10 || t[i - 1].month == 12) &&
            clean_equal(clean_slice(s, t[i].begin, t[i].end), PL_S("\xD8\xA7\xD9\x84\xD8\xAB\xD8\xA7\xD9\x86\xD9\x8A"));
        if (second) /* the second Tishrin is November, the second Kanun January; Arabic months of two words */
            t[i - 1].month = t[i - 1].month == 10 ? 11 : 1;
    }
    return n;
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

bool clean_date_is_earlier(const struct clean_date *a, const struct clean_date *b)
{
    return a->year != b->year ? a->year < b->year : a->month != b->month ? a->month < b->month : a->day < b->day;
}

bool clean_date_agrees(const struct clean_date *a, const struct clean_date *b)
{
    if (a->year != b->year)
        return false;
    return (a->month == b->month && a->day == b->day) ||
           ((a->either || b->either) && a->month == b->day && a->day == b->month);
}

static void from_days(long days, uint32_t *year, uint32_t *month, uint32_t *day)
{
    long z = days + 719468, era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (uint32_t)(doy - (153 * mp + 2) / 5 + 1);
    *month = (uint32_t)(mp < 10 ? mp + 3 : mp - 9);
    *year = (uint32_t)(yoe + era * 400 + (*month <= 2));
}

/* The years of the Persian and the Thai calendar that are news. */
enum { FIRST_JALALI = 1370, LAST_JALALI = 1418, BUDDHIST = 543 };

static bool is_jalali(uint32_t year)
{
    return year >= FIRST_JALALI && year <= LAST_JALALI;
}

/* Persian to Gregorian.  Leap years in the years in question are those at 1, 5, 9, 13, 17, 22, 26, 30 of 33. */
static bool from_jalali(uint32_t *year, uint32_t *month, uint32_t *day)
{
    static const uint64_t leap = UINT64_C(1) << 1 | UINT64_C(1) << 5 | UINT64_C(1) << 9 | UINT64_C(1) << 13 |
                                 UINT64_C(1) << 17 | UINT64_C(1) << 22 | UINT64_C(1) << 26 | UINT64_C(1) << 30;
    uint32_t m = *month > JALALI ? *month - JALALI : *month;
    if (!is_jalali(*year) || m < 1 || m > 12 || *day < 1 || *day > (m <= 6 ? 31 : 30))
        return false;
    long days = 7749; /* 1 Farvardin 1370 is 1991-03-21 */
    for (uint32_t y = FIRST_JALALI; y < *year; y++)
        days += 365 + (long)(leap >> (y % 33) & 1);
    from_days(days + (m <= 6 ? 31 * (m - 1) : 186 + 30 * (m - 7)) + *day - 1, year, month, day);
    return true;
}

static bool set_date(struct clean_date *d, uint32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month > JALALI && !from_jalali(&year, &month, &day))
        return false;
    if (year && year < 100)
        year += 2000;
    if (year >= FIRST_YEAR + BUDDHIST && year <= LAST_YEAR + BUDDHIST)
        year -= BUDDHIST;
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

/* Goes over a second name of the same month: Arabic papers write both, "24 Nisan / Abril 2020". */
static size_t skip_same_month(pl_str s, const struct token *t, size_t n, size_t k)
{
    return k + 1 < n && t[k].month && t[k + 1].month == t[k].month && between(s, &t[k], &t[k + 1], " /") ? k + 1 : k;
}

/* D Month [Y] or Month D [Y] from token i; says how many tokens, 0 for none.  Without a year only if `partial`. */
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
    k = skip_same_month(s, t, n, k);
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
    if (t[0].digits != 4 || !t[1].digits || t[1].digits > 2 || !t[2].digits || t[2].digits > 2)
        return false;
    uint32_t year = t[0].number, month = t[1].number, day = t[2].number;
    bool spaced = t[1].begin - t[0].end == 2 && t[2].begin - t[1].end == 2 && s.ptr[t[0].end] == '.' &&
                  s.ptr[t[1].end] == '.' && s.ptr[t[0].end + 1] == ' ' && s.ptr[t[1].end + 1] == ' ';
    if (!spaced && !same_separator(s, t, "-/."))
        return false;
    bool native = t[0].end - t[0].begin > 4; /* digits of another script than ours */
    if (is_jalali(year) && (native || s.ptr[t[0].end] == '/') && !from_jalali(&year, &month, &day))
        return false;
    return set_date(d, year, month, day);
}

static bool match_numeric(pl_str s, const struct token *t, bool month_first, struct clean_date *d)
{
    if (!t[0].digits || t[0].digits > 2 || !t[1].digits || t[1].digits > 2 || (t[2].digits != 4 && t[2].digits != 2) ||
        !same_separator(s, t, "./-"))
        return false;
    uint32_t a = t[0].number, b = t[1].number;
    bool swap = b > 12 || (month_first && a <= 12);
    if (!set_date(d, t[2].number, swap ? a : b, swap ? b : a))
        return false;
    d->either = a <= 12 && b <= 12 && a != b && s.ptr[t[0].end] != '.'; /* with points the day is always first */
    return true;
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

/* "2021. november 8.", "2021 m. lapkričio 8 d." */
static size_t match_year_first(pl_str s, const struct token *t, size_t n, size_t i, struct clean_date *d)
{
    if (t[i].digits != 4)
        return 0;
    size_t k = skip_joining(s, t, n, i + 1);
    if (k + 1 >= n || k - i > 2 || !t[k].month || !(t[k + 1].digits >= 1 && t[k + 1].digits <= 2) ||
        !between(s, &t[k - 1], &t[k], " .-,/") || !between(s, &t[k], &t[k + 1], " .-"))
        return 0;
    return set_date(d, t[i].number, t[k].month, t[k + 1].number) ? k + 2 - i : 0;
}

/* "8 tháng 11, 2021": Vietnamese months have numbers */
static size_t match_thang(pl_str s, const struct token *t, size_t n, size_t i, struct clean_date *d)
{
    if (i + 3 >= n || !t[i].digits || t[i].digits > 2 || !t[i + 2].digits || t[i + 2].digits > 2 ||
        !clean_equal_nocase(clean_slice(s, t[i + 1].begin, t[i + 1].end), PL_S("th\xC3\xA1ng")))
        return 0;
    size_t y = skip_joining(s, t, n, i + 3);
    return y < n && t[y].digits == 4 && set_date(d, t[y].number, t[i + 2].number, t[i].number) ? y + 1 - i : 0;
}

static bool from_epoch(int64_t seconds, struct clean_date *d)
{
    uint32_t year, month, day;
    from_days((long)(seconds / 86400), &year, &month, &day);
    if (!set_date(d, year, month, day))
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

/* One or two digits at *at, as a number up to `most`. */
static bool read_pair(pl_str s, size_t *at, unsigned most, unsigned *v)
{
    size_t i = *at;
    *v = 0;
    while (i < s.len && i < *at + 2 && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        *v = *v * 10 + (unsigned)(s.ptr[i++] - '0');
    bool ok = i > *at && *v <= most;
    *at = ok ? i : *at;
    return ok;
}

static size_t skip_spaces(pl_str s, size_t at)
{
    while (at < s.len && s.ptr[at] == ' ')
        at++;
    return at;
}

/* The ASCII letters at `at`. */
static pl_str letters_at(pl_str s, size_t at)
{
    size_t end = at;
    while (end < s.len && clean_is_letter((unsigned char)s.ptr[end]) && (unsigned char)s.ptr[end] < 0x80)
        end++;
    return clean_slice(s, at, end);
}

/* What may stand between a date and its time: "T", ", ", " - ", " at ", " um ". */
static size_t skip_to_time(pl_str s)
{
    static const char *const words = "t at um a las alle ore kl klo om saat pukul jam de ob o";
    size_t at = 0;
    for (int step = 0; step < 8 && at < s.len; step++) {
        pl_str word = letters_at(s, at);
        pl_str rest = clean_slice(s, at, s.len);
        if (strchr(" ,-|@(:.", s.ptr[at]))
            at++;
        else if (clean_has_prefix_nocase(rest, PL_S("\xC3\xA0")) || clean_has_prefix_nocase(rest, PL_S("\xD0\xB2")) ||
                 clean_has_prefix_nocase(rest, PL_S("\xC2\xB7")))
            at += 2; /* à, в, a raised dot */
        else if (clean_has_prefix_nocase(rest, PL_S("\xE2\x80\x93")) ||
                 clean_has_prefix_nocase(rest, PL_S("\xE2\x80\xA2")))
            at += 3; /* a dash, a bullet */
        else if (word.len && clean_in_list(words, word))
            at += word.len;
        else
            break;
    }
    return at;
}

/* "Z", "+01:00", "-0430", "UTC", "EST"; says how many bytes. */
static size_t read_zone(pl_str s, size_t at, struct clean_date *d)
{
    static const struct {
        const char *name;
        int16_t minutes;
    } zones[] = {{"Z", 0},      {"UTC", 0},   {"GMT", 0},    {"EST", -300}, {"EDT", -240}, {"CDT", -300}, {"PST", -480},
                 {"PDT", -420}, {"CET", 60},  {"CEST", 120}, {"MEZ", 60},   {"MESZ", 120}, {"EET", 120},  {"EEST", 180},
                 {"MSK", 180},  {"WIB", 420}, {"JST", 540},  {"KST", 540},  {"AEST", 600}, {"AEDT", 660}};
    size_t from = skip_spaces(s, at), end = from;
    pl_str word = letters_at(s, from);
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (clean_equal(word, (pl_str){zones[i].name, strlen(zones[i].name)})) {
            d->has_zone = true;
            d->zone = zones[i].minutes;
            end = from + word.len;
        }
    if (d->has_zone && d->zone)
        return end - at;
    unsigned hour, minute = 0;
    size_t sign = skip_spaces(s, end), to = sign + 1;
    if (sign >= s.len || !strchr("+-", s.ptr[sign]) || !read_pair(s, &to, 14, &hour))
        return end - at;
    to += to + 1 < s.len && s.ptr[to] == ':';
    if (to < s.len && s.ptr[to] >= '0' && s.ptr[to] <= '9' && !read_pair(s, &to, 59, &minute))
        return end - at;
    d->has_zone = true;
    d->zone = (int16_t)((s.ptr[sign] == '-' ? -1 : 1) * (int)(hour * 60 + minute));
    return to - at;
}

/* "T09:30:15.123+01:00", " 09:30 UTC", ", 9.30 am", " um 9:30 Uhr" behind a date; says how many bytes, 0 for none. */
static size_t read_time(pl_str s, struct clean_date *d)
{
    unsigned hour, minute, second = 0;
    size_t at = skip_to_time(s);
    bool dot = false;
    if (!at || !read_pair(s, &at, 23, &hour) || at >= s.len || !strchr(":.hH", s.ptr[at]))
        return 0;
    dot = s.ptr[at++] == '.';
    size_t from = at;
    if (!read_pair(s, &at, 59, &minute) || at - from != 2)
        return 0;
    size_t more = at + 1;
    if (at < s.len && s.ptr[at] == (dot ? '.' : ':') && read_pair(s, &more, 59, &second))
        at = more;
    else
        second = 0;
    if (!dot && at + 1 < s.len && s.ptr[at] == '.' && s.ptr[at + 1] >= '0' && s.ptr[at + 1] <= '9')
        for (at++; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';)
            at++;
    size_t half = skip_spaces(s, at);
    pl_str word = letters_at(s, half);
    bool am = clean_equal_nocase(word, PL_S("am")), pm = clean_equal_nocase(word, PL_S("pm"));
    if (dot && !am && !pm && !clean_in_list("uhr wib kst", word)) /* 9.30 alone may be anything */
        return 0;
    if (am || pm || clean_equal_nocase(word, PL_S("uhr")))
        at = half + word.len;
    if ((am || pm) && hour <= 12)
        hour = hour % 12 + (pm ? 12 : 0);
    d->has_time = true;
    d->hour = (uint8_t)hour;
    d->minute = (uint8_t)minute;
    d->second = (uint8_t)second;
    return at + read_zone(s, at, d);
}

static bool found(size_t from, size_t to, size_t *begin, size_t *end)
{
    if (begin)
        *begin = from;
    if (end)
        *end = to;
    return true;
}

/* The date that begins at token i, written in any way; says how many tokens, 0 for none. */
static size_t match_any(pl_str s, const struct token *t, size_t n, size_t i, bool month_first, struct clean_date *d)
{
    size_t k;
    if (i + 2 < n && match_iso(s, t + i, d))
        return 3;
    if ((k = match_named(s, t, n, i, false, d)) || (k = match_year_first(s, t, n, i, d)) ||
        (k = match_thang(s, t, n, i, d)))
        return k;
    if (i + 4 < n && match_han(s, t + i, d))
        return 5;
    return i + 2 < n && match_numeric(s, t + i, month_first, d) ? 3 : 0;
}

static bool has_digit(pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)(s.ptr[i] - '0') < 10 || (unsigned char)s.ptr[i] >= 0xD9)
            return true;
    return false;
}

bool clean_date_find(pl_str s, bool month_first, struct clean_date *d, size_t *begin, size_t *end)
{
    struct token t[MAX_TOKENS];
    s = clean_trim(s);
    if (!has_digit(s))
        return false;
    size_t digits = match_digits(s, d);
    if (digits)
        return found(0, digits, begin, end);
    size_t n = tokenise(s, t);
    for (size_t i = 0; i < n; i++) {
        size_t k = t[i].digits || t[i].month ? match_any(s, t, n, i, month_first, d) : 0;
        if (k) {
            size_t to = t[i + k - 1].end;
            return found(t[i].begin, to + read_time(clean_slice(s, to, s.len), d), begin, end);
        }
    }
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
