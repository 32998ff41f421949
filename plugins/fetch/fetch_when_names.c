/* fetch_when_names.c - names of months and zones, and the text they are looked up in made plain. */
#include "fetch_when_parts.h"

/* The first that the word begins with; a longer name stands before its beginning.  Without accents, see when_fold().  The
 * last Greek ones but for "μαω", which is what a wrong code page made of March, are the genitive's beginnings. */
static const struct {
    const char *begins;
    int month;
} months[] = {
    {"jan", 1},    {"feb", 2},    {"mar", 3},    {"apr", 4},   {"maj", 5},   {"mai", 5},   {"may", 5},   {"mei", 5},
    {"juin", 6},   {"juil", 7},   {"jun", 6},    {"jul", 7},   {"aug", 8},   {"sep", 9},   {"oct", 10},  {"nov", 11},
    {"dec", 12},   {"szep", 9},   {"okt", 10},   {"dez", 12},  {"des", 12},  {"mrz", 3},   {"maerz", 3}, {"mrt", 3},
    {"maart", 3},  {"ene", 1},    {"abr", 4},    {"ago", 8},   {"dic", 12},  {"gen", 1},   {"mag", 5},   {"giu", 6},
    {"lug", 7},    {"set", 9},    {"ott", 10},   {"fev", 2},   {"out", 10},  {"avr", 4},   {"aout", 8},  {"ιαν", 1},
    {"φεβ", 2},    {"μαρ", 3},    {"μαω", 3},    {"απρ", 4},   {"μαι", 5},   {"ιουν", 6},  {"ιον", 6},   {"ιουλ", 7},
    {"ιολ", 7},    {"αυγ", 8},    {"σεπ", 9},    {"οκτ", 10},  {"νοε", 11},  {"δεκ", 12},  {"янв", 1},   {"фев", 2},
    {"мар", 3},    {"апр", 4},    {"мая", 5},    {"май", 5},   {"июн", 6},   {"июл", 7},   {"авг", 8},   {"сен", 9},
    {"окт", 10},   {"ноя", 11},   {"дек", 12},
};

static const char *const weekdays[] = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "κυρ", "δευ", "τρι", "τετ", "πεμ", "παρ", "σαβ",
};

/* As news sites mean them: BST is Britain's, IST India's, CST and EST America's.  The letters of the military are not among
 * them: RFC 822 has them the wrong way round, so RFC 5322 takes them for Greenwich. */
static const struct {
    const char *name;
    int minutes;
} zones[] = {
    {"acdt", 630}, {"acst", 570},  {"adt", -180}, {"aedt", 660}, {"aest", 600}, {"akdt", -480}, {"akst", -540},
    {"art", -180}, {"ast", -240},  {"at", -240},  {"awst", 480}, {"brt", -180}, {"bst", 60},    {"cat", 120},
    {"cdt", -300}, {"cest", 120},  {"cet", 60},   {"cst", -360}, {"ct", -360},  {"eat", 180},   {"edt", -240},
    {"eest", 180}, {"eet", 120},   {"est", -300}, {"et", -300},  {"gmt", 0},    {"gst", 240},   {"hkt", 480},
    {"hst", -600}, {"ict", 420},   {"idt", 180},  {"ist", 330},  {"jst", 540},  {"kst", 540},   {"mdt", -360},
    {"mest", 120}, {"mesz", 120},  {"met", 60},   {"mez", 60},   {"msd", 240},  {"msk", 180},   {"mst", -420},
    {"mt", -420},  {"ndt", -150},  {"nst", -210}, {"nzdt", 780}, {"nzst", 720}, {"pdt", -420},  {"pht", 480},
    {"pkt", 300},  {"pst", -480},  {"pt", -480},  {"sast", 120}, {"sgt", 480},  {"trt", 180},   {"ut", 0},
    {"utc", 0},    {"wat", 60},    {"west", 60},  {"wet", 0},    {"wib", 420},  {"z", 0},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || ((unsigned char)c & 0x80);
}

size_t when_word(const char *at)
{
    size_t n = 0;

    while (is_letter(at[n]))
        n++;
    return n;
}

static bool begins(const char *word, size_t len, const char *with)
{
    const size_t n = strlen(with);

    return len >= n && memcmp(word, with, n) == 0;
}

int when_month(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        if (begins(word, len, months[i].begins))
            return months[i].month;
    }
    return 0;
}

bool when_weekday(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof weekdays / sizeof *weekdays; i++) {
        if (begins(word, len, weekdays[i]))
            return true;
    }
    return false;
}

bool when_zone(const char *word, size_t len, int *minutes)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (strlen(zones[i].name) == len && memcmp(zones[i].name, word, len) == 0) {
            *minutes = zones[i].minutes;
            return true;
        }
    }
    return false;
}

/* ---- plain text ---- */

static uint32_t next_char(const char **p, const char *end)
{
    const unsigned char c = (unsigned char)*(*p)++;
    const int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    uint32_t v = more == 3 ? c & 7u : more == 2 ? c & 15u : more == 1 ? c & 31u : c;

    for (int i = 0; i < more && *p < end && ((unsigned char)**p & 0xC0) == 0x80; i++)
        v = v << 6 | ((unsigned char)*(*p)++ & 63u);
    return v;
}

static bool among(uint32_t c, const uint16_t *list)
{
    while (*list && *list != c)
        list++;
    return *list != 0;
}

/* Without its accent, as far as names of months need it; spaces and dashes of all kinds as ASCII's. */
static uint32_t plain(uint32_t c)
{
    static const struct {
        uint16_t with[10];
        uint32_t without;
    } accents[] = {
        {{0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0}, 'a'},     {{0xE7, 0}, 'c'},
        {{0xE8, 0xE9, 0xEA, 0xEB, 0}, 'e'},           {{0xEC, 0xED, 0xEE, 0xEF, 0}, 'i'},
        {{0xF2, 0xF3, 0xF4, 0xF6, 0x151, 0}, 'o'},    {{0xF9, 0xFA, 0xFB, 0xFC, 0x171, 0}, 'u'},
        {{0x386, 0x3AC, 0}, 0x3B1},                   {{0x388, 0x3AD, 0}, 0x3B5},
        {{0x389, 0x3AE, 0}, 0x3B7},                   {{0x38A, 0x3AA, 0x390, 0x3AF, 0x3CA, 0}, 0x3B9},
        {{0x38C, 0x3CC, 0}, 0x3BF},                   {{0x38E, 0x3AB, 0x3B0, 0x3CB, 0x3CD, 0}, 0x3C5},
        {{0x38F, 0x3CE, 0}, 0x3C9},                   {{0x3C2, 0}, 0x3C3},
        {{0xA0, 0x2009, 0x202F, 0x3000, 0x200E, 0x200F, 0xFEFF, 0}, ' '},
        {{0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212, 0}, '-'},
    };

    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c < ' ' ? ' ' : c;
    if (c >= 0xC0 && c < 0xDF && c != 0xD7)
        c += 32;
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++) {
        if (among(c, accents[i].with))
            return accents[i].without;
    }
    return (c >= 0x391 && c < 0x3AA) || (c >= 0x410 && c < 0x430) ? c + 32 : c;
}

static size_t put(char *out, uint32_t c)
{
    size_t n = 0;

    if (c < 0x80) {
        out[n++] = (char)c;
    } else if (c < 0x800) {
        out[n++] = (char)(0xC0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xE0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 63));
        out[n++] = (char)(0x80 | (c & 63));
    } else {
        out[n++] = '?';
    }
    return n;
}

void when_fold(pl_str text, char out[WHEN_TEXT + 8])
{
    const char *p = text.ptr, *end = text.len ? p + text.len : p;
    size_t len = 0;

    while (p < end && len + 4 <= WHEN_TEXT) {
        const uint32_t c = plain(next_char(&p, end));
        if (c == ' ' && (len == 0 || out[len - 1] == ' '))
            continue;
        len += put(out + len, c);
    }
    while (len && out[len - 1] == ' ')
        len--;
    memset(out + len, 0, WHEN_TEXT + 8 - len);
}
