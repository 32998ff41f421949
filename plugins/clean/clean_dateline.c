/* clean_dateline.c - "Washington, Nov 8 (Reuters) - ...": place, date and agency before a report.
 *
 * PLACE [, DATE] [(AGENCY)] SEPARATOR.  The form alone is weak where nothing
 * but a capitalised word and a colon stands ("Exclusive: ..."), so each
 * separator asks for as much evidence as it is ambiguous. */
#include "clean_dateline.h"

#include "clean_utf8.h"

enum { MAX_PLACE = 60, MAX_PLACE_WORDS = 6, MAX_HEAD = 160 };

static const char *const agencies[] = {
    "Reuters",
    "Thomson Reuters",
    "AP",
    "Associated Press",
    "AFP",
    "dpa",
    "ANI",
    "PTI",
    "IANS",
    "UNI",
    "UPI",
    "Xinhua",
    "TASS",
    "ITAR-TASS",
    "Interfax",
    "EFE",
    "ANSA",
    "Lusa",
    "Belga",
    "APA",
    "Kyodo",
    "Kyodo News",
    "Yonhap",
    "Bloomberg",
    "CNN",
    "BBC",
    "Sputnik",
    "RIA Novosti",
    "Anadolu",
    "Anadolu Agency",
    "AA",
    "Bernama",
    "Antara",
    "MENA",
    "SPA",
    "WAM",
    "IRNA",
    "PAP",
    "CTK",
    "MTI",
    "STT",
    "NTB",
    "TT",
    "Ritzau",
    "ATS",
    "SDA",
    "Keystone-SDA",
    "AAP",
    "CP",
    "The Canadian Press",
    "Canadian Press",
    "PA",
    "PA Media",
    "Press Association",
    "Europa Press",
    "Notimex",
    "Télam",
    "Agência Brasil",
    "GNA",
    "NAN",
    "SANA",
    "KCNA",
    "CNA",
    "VOA",
    "epd",
    "KNA",
    "SID",
    "ots",
    "PRNewswire",
    "Business Wire",
    "BUSINESS WIRE",
    "GLOBE NEWSWIRE",
    "Inter Press Service",
    "IPS",
    "States News Service",
    "ANP",
    "ČTK",
    "TASR",
    "DHA",
    "İHA",
    "BTA",
    "HINA",
    "Tanjug",
    "AGERPRES",
    "MAP",
    "APS",
    "BNS",
    "LETA",
    "ТАСС",
    "РИА Новости",
    "Интерфакс",
    "Укринформ",
    "Укрінформ",
};

/* Words before a colon or dash that are no places. */
static const char *const labels =
    "exclusive breaking update updated updates watch analysis opinion review video videos photos photo pictures live "
    "editorial "
    "interview explainer explained fact factcheck note editor editors correction clarification column comment "
    "commentary letter "
    "letters obituary profile feature report special advertisement sponsored summary highlights key related read more "
    "news "
    "question answer q a tldr warning alert quiz podcast quote toss poll bio the this that these those it he she we "
    "you they in on at by for from with monday tuesday wednesday "
    "thursday friday saturday sunday";

/* Places so often written "New Delhi: ..." that a colon is enough. */
static const char *const cities[] = {
    "Abu Dhabi",      "Abuja",
    "Accra",          "Ahmedabad",
    "Algiers",        "Amman",
    "Amsterdam",      "Ankara",
    "Athens",         "Baghdad",
    "Baku",           "Bangalore",
    "Bangkok",        "Beijing",
    "Beirut",         "Belgrade",
    "Bengaluru",      "Berlin",
    "Bogotá",         "Brasília",
    "Brussels",       "Bucharest",
    "Budapest",       "Buenos Aires",
    "Cairo",          "Canberra",
    "Cape Town",      "Caracas",
    "Chandigarh",     "Chennai",
    "Colombo",        "Copenhagen",
    "Dakar",          "Damascus",
    "Delhi",          "Dhaka",
    "Doha",           "Dubai",
    "Dublin",         "Geneva",
    "Guwahati",       "Hanoi",
    "Harare",         "Havana",
    "Helsinki",       "Hong Kong",
    "Hyderabad",      "Islamabad",
    "Istanbul",       "Jaipur",
    "Jakarta",        "Jammu",
    "Jerusalem",      "Johannesburg",
    "Kabul",          "Kampala",
    "Karachi",        "Kathmandu",
    "Khartoum",       "Kiev",
    "Kigali",         "Kochi",
    "Kolkata",        "Kuala Lumpur",
    "Kuwait City",    "Kyiv",
    "Lagos",          "Lahore",
    "Lima",           "Lisbon",
    "London",         "Los Angeles",
    "Lucknow",        "Luxembourg",
    "Madrid",         "Manila",
    "Melbourne",      "Mexico City",
    "Minsk",          "Moscow",
    "Mumbai",         "Muscat",
    "Nagpur",         "Nairobi",
    "New Delhi",      "New York",
    "Nicosia",        "Oslo",
    "Ottawa",         "Paris",
    "Patna",          "Peshawar",
    "Prague",         "Pretoria",
    "Pune",           "Pyongyang",
    "Quito",          "Rabat",
    "Ramallah",       "Ranchi",
    "Riga",           "Rio de Janeiro",
    "Riyadh",         "Rome",
    "San Francisco",  "Sanaa",
    "Santiago",       "Seoul",
    "Shanghai",       "Singapore",
    "Sofia",          "Srinagar",
    "Stockholm",      "Sydney",
    "São Paulo",      "Taipei",
    "Tallinn",        "Tashkent",
    "Tbilisi",        "Tehran",
    "Tel Aviv",       "Thiruvananthapuram",
    "Tokyo",          "Toronto",
    "Tripoli",        "Tunis",
    "United Nations", "Vienna",
    "Vilnius",        "Warsaw",
    "Washington",     "Yangon",
    "Yerevan",        "Zagreb",
    "Zurich",
};

static bool in_names(const char *const *names, size_t n, pl_str s)
{
    for (size_t i = 0; i < n; i++)
        if (clean_equal(s, (pl_str){names[i], strlen(names[i])}))
            return true;
    return false;
}

bool clean_is_agency(pl_str s)
{
    /* initials are as they are written: "(Uni)" is none */
    for (size_t i = 0; s.len >= 5 && i < sizeof agencies / sizeof *agencies; i++)
        if (clean_equal_nocase(s, (pl_str){agencies[i], strlen(agencies[i])}))
            return true;
    return in_names(agencies, sizeof agencies / sizeof *agencies, s);
}

static pl_str rest_of(pl_str s, size_t at)
{
    return clean_slice(s, at < s.len ? at : s.len, s.len);
}

static size_t skip_spaces(pl_str s, size_t at)
{
    while (at < s.len && s.ptr[at] == ' ')
        at++;
    return at;
}

static uint32_t first_char(pl_str s)
{
    const char *p = s.ptr;
    return s.len ? clean_utf8_next(&p, s.ptr + s.len) : 0;
}

static bool begins_lower(pl_str s)
{
    uint32_t c = first_char(s);
    return clean_is_letter(c) && !clean_is_upper(c);
}

enum separator { NONE, DASH, COLON, STOP };

/* The separator at `at`, spaces before it included; *end becomes where the report begins. */
static enum separator read_separator(pl_str s, size_t at, size_t *end)
{
    static const struct {
        pl_str text;
        enum separator kind;
    } forms[] = {{{".-", 2}, DASH},           {{"--", 2}, DASH},
                 {{"- ", 2}, DASH},           {{"\xE2\x80\x93", 3}, DASH},
                 {{"\xE2\x80\x94", 3}, DASH}, {{"\xE2\x80\x95", 3}, DASH},
                 {{": ", 2}, COLON},          {{". ", 2}, STOP}};
    at = skip_spaces(s, at);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (clean_has_prefix_nocase(rest_of(s, at), forms[i].text)) {
            *end = skip_spaces(s, at + forms[i].text.len);
            return forms[i].kind;
        }
    return NONE;
}

/* A word of a place's name at `at`: how long it is, 0 when there is none. */
static size_t read_place_word(pl_str s, size_t at, bool first)
{
    static const char particles[] = "de la le el los las of upon am an der den do da dos del di sur al and y";
    pl_str rest = rest_of(s, at);
    const char *p = rest.ptr, *end = clean_end(rest);
    size_t letters = 0;
    while (p < end) {
        const char *q = p;
        uint32_t c = clean_utf8_next(&q, end);
        bool mark = c == '.' || c == '\'' || c == 0x2019 ||
                    (c == '-' && letters && q < end && clean_is_letter(first_char((pl_str){q, (size_t)(end - q)})));
        if (!clean_is_letter(c) && !(mark && letters))
            break;
        /* "DELHI.-": the stop belongs to the separator; "example.com" is no place */
        if (c == '.' && q < end && *q == '-')
            break;
        if (c == '.' && q < end && begins_lower((pl_str){q, (size_t)(end - q)}))
            return 0;
        letters += clean_is_letter(c);
        p = q;
    }
    pl_str word = {rest.ptr, (size_t)(p - rest.ptr)};
    if (!letters || (!clean_is_upper(first_char(word)) && (first || !clean_in_list(particles, word))))
        return 0;
    return word.len;
}

/* The place's name at the start of `s`; *words says of how many it is made. */
static size_t read_place(pl_str s, size_t *words)
{
    struct clean_date date;
    size_t at = 0, end = 0;
    for (*words = 0; *words < MAX_PLACE_WORDS && at < MAX_PLACE;) {
        if (*words && clean_date_prefix(rest_of(s, at), &date))
            break;
        size_t len = read_place_word(s, at, *words == 0);
        if (!len)
            break;
        ++*words;
        end = at + len;
        if (end < s.len && s.ptr[end] == '/')
            at = end + 1;
        else if (end + 1 < s.len && s.ptr[end] == ',' && s.ptr[end + 1] == ' ')
            at = end + 2;
        else if (end < s.len && s.ptr[end] == ' ')
            at = end + 1;
        else
            break;
    }
    return end;
}

static bool has_label(pl_str s)
{
    pl_str part;
    while (clean_split(&s, ' ', &part)) {
        while (part.len && (part.ptr[part.len - 1] == '.' || part.ptr[part.len - 1] == ','))
            part.len--;
        if (clean_in_list(labels, part))
            return true;
    }
    return false;
}

/* Initials, or up to three capitalised words. */
static bool looks_like_agency(pl_str s)
{
    pl_str rest = s, word;
    int words = 0;
    while (clean_split(&rest, ' ', &word)) {
        if (!clean_is_upper(first_char(word)) || ++words > 3)
            return false;
        for (size_t i = 0; i < word.len; i++)
            if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
                return false;
    }
    return s.len >= 2 && !has_label(s);
}

/* "(Reuters)", "/TASS/" at `at`: how long it is with the spaces before, 0 when there is none. */
static size_t read_agency(pl_str s, size_t at, pl_str *agency)
{
    size_t open = skip_spaces(s, at), close = open + 1;
    if (open >= s.len || (s.ptr[open] != '(' && s.ptr[open] != '/'))
        return 0;
    char mark = s.ptr[open] == '(' ? ')' : '/';
    while (close < s.len && close - open < 40 && s.ptr[close] != mark)
        close++;
    if (close >= s.len || s.ptr[close] != mark)
        return 0;
    pl_str name = clean_trim(clean_slice(s, open + 1, close));
    if (!clean_is_agency(name) && !looks_like_agency(name))
        return 0;
    *agency = name;
    return close + 1 - at;
}

static bool is_all_capitals(pl_str s)
{
    size_t letters = 0;
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (!clean_is_letter(c))
            continue;
        if (!clean_is_upper(c))
            return false;
        letters++;
    }
    return letters >= 3;
}

/* "HOUSTON, Texas": the town in capitals, the state not always. */
static bool begins_in_capitals(pl_str place)
{
    pl_str town;
    return clean_split(&place, ',', &town) && is_all_capitals(town);
}

static bool begins_sentence(pl_str s)
{
    uint32_t c = first_char(s);
    return clean_is_upper(c) || c - '0' < 10 || c == '"' || c == '\'' || c == 0x201C || c == 0x201E || c == 0x2018 ||
           c == 0xAB || c == 0xBF || c == 0xA1;
}

static uint32_t char_at(pl_str s, size_t at, size_t *end)
{
    const char *p = s.ptr + at;
    if (at >= s.len)
        return *end = s.len, 0;
    uint32_t c = clean_utf8_next(&p, clean_end(s));
    *end = (size_t)(p - s.ptr);
    return c;
}

/* Letters from `at` on: where they end. */
static size_t skip_letters(pl_str s, size_t at)
{
    size_t end = at;
    while (at < s.len && clean_is_letter(char_at(s, at, &end)))
        at = end;
    return at;
}

/* A number of one or two digits before `unit` (one character): where it ends, 0 when there is none. */
static size_t read_unit(pl_str s, size_t at, uint32_t unit, uint8_t *value)
{
    size_t end = at, digits = 0;
    *value = 0;
    for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9' && digits < 2; at++, digits++)
        *value = (uint8_t)(*value * 10 + (s.ptr[at] - '0'));
    return digits && char_at(s, at, &end) == unit ? end : 0;
}

/* "新华社北京4月24日电": agency, place, month and day, "by wire", in Chinese. */
static bool find_chinese(pl_str s, struct clean_dateline *d)
{
    static const char *const wires[] = {"新华社", "新華社", "中新社", "中新网", "新华网", "人民网", "中央社", "央视网"};
    size_t place = 0, at, end = 0;
    for (size_t i = 0; i < sizeof wires / sizeof *wires && !place; i++)
        place = clean_has_prefix_nocase(s, (pl_str){wires[i], strlen(wires[i])}) ? strlen(wires[i]) : 0;
    at = place ? skip_letters(s, place) : 0;
    if (at <= place || at - place > MAX_PLACE)
        return false;
    size_t day = read_unit(s, at, 0x6708, &d->date.month);
    size_t wire = day ? read_unit(s, day, 0x65E5, &d->date.day) : 0;
    uint32_t c = wire ? char_at(s, wire, &end) : 0;
    if ((c != 0x7535 && c != 0x96FB && c != 0x8BAF && c != 0x8A0A) || d->date.month < 1 || d->date.month > 12 ||
        d->date.day < 1 || d->date.day > 31)
        return false;
    d->agency = clean_slice(s, 0, place);
    d->place = clean_slice(s, place, at);
    d->has_date = true;
    d->len = skip_spaces(s, end);
    return true;
}

/* "(서울=연합뉴스)", "[서울=뉴시스]": place and agency, in Korean. */
static bool find_korean(pl_str s, struct clean_dateline *d)
{
    if (!s.len || (s.ptr[0] != '(' && s.ptr[0] != '['))
        return false;
    size_t place = skip_letters(s, 1), agency = place < s.len && s.ptr[place] == '=' ? skip_letters(s, place + 1) : 0;
    if (place == 1 || !agency || agency == place + 1 || agency >= s.len || s.ptr[agency] != (s.ptr[0] == '(' ? ')' : ']'))
        return false;
    d->place = clean_slice(s, 1, place);
    d->agency = clean_slice(s, place + 1, agency);
    d->len = skip_spaces(s, agency + 1);
    return true;
}

/* "【ワシントン＝山田太郎】": a place and who writes, in Japanese. */
static bool find_japanese(pl_str s, struct clean_dateline *d)
{
    size_t open = 0, end = 0, place, name;
    if (char_at(s, 0, &open) != 0x3010)
        return false;
    place = skip_letters(s, open);
    uint32_t c = char_at(s, place, &name);
    if (place == open || (c != 0xFF1D && c != '='))
        return false;
    while (name < s.len && char_at(s, name, &end) != 0x3011)
        name = end;
    if (name >= s.len)
        return false;
    d->place = clean_slice(s, open, place);
    d->len = skip_spaces(s, end);
    return true;
}

/* "(ANSA) - ROMA, 8 NOV - ": the agency goes before. */
static bool find_behind_agency(pl_str s, pl_str agency, size_t begin, struct clean_dateline *d)
{
    size_t words, at = begin + read_place(rest_of(s, begin), &words), date_at = at, end;
    struct clean_dateline found = {.place = clean_slice(s, begin, at), .agency = agency};
    if (at == begin)
        return false;
    date_at += s.ptr[at < s.len ? at : 0] == ',';
    date_at = skip_spaces(s, date_at);
    size_t date_len = clean_date_prefix(rest_of(s, date_at), &found.date);
    if (date_len) {
        found.has_date = true;
        at = date_at + date_len;
    }
    if (read_separator(s, at, &end) != DASH || !(found.has_date || is_all_capitals(found.place)))
        return false;
    *d = found;
    d->len = end;
    return true;
}

bool clean_dateline_find(pl_str paragraph, struct clean_dateline *d)
{
    pl_str whole = paragraph.len > MAX_HEAD ? clean_slice(paragraph, 0, MAX_HEAD) : paragraph;
    *d = (struct clean_dateline){.place = PL_S(""), .agency = PL_S("")};
    if (find_chinese(whole, d) || find_korean(whole, d) || find_japanese(whole, d))
        return d->len < paragraph.len;
    pl_str s = paragraph.len > MAX_HEAD ? clean_slice(paragraph, 0, MAX_HEAD) : paragraph;
    size_t words, at = read_place(s, &words);
    *d = (struct clean_dateline){.place = clean_slice(s, 0, at), .agency = PL_S("")};

    size_t date_at = at;
    if (date_at < s.len && s.ptr[date_at] == ',')
        date_at++;
    date_at = skip_spaces(s, date_at);
    size_t date_len = at ? clean_date_prefix(rest_of(s, date_at), &d->date) : 0;
    if (date_len) {
        d->has_date = true;
        at = date_at + date_len;
        at += at < s.len && (s.ptr[at] == ',' || (s.ptr[at] == '.' && at + 1 < s.len && s.ptr[at + 1] == ' ')) ? 1 : 0;
    }
    size_t agency_len = read_agency(s, at, &d->agency);
    at += agency_len;

    enum separator sep = read_separator(s, at, &d->len);
    pl_str report = rest_of(paragraph, d->len);
    if (sep == NONE || !report.len || has_label(d->place))
        return false;
    if (d->agency.len && clean_is_agency(d->agency)) {
        pl_str agency = d->agency;
        size_t begin = d->len;
        if (!d->place.len && sep == DASH && find_behind_agency(s, agency, begin, d) && d->len >= paragraph.len)
            return false;
        return true;
    }
    if (d->agency.len && d->place.len && (d->has_date || begins_in_capitals(d->place)))
        return true;
    if (!d->place.len || d->agency.len || sep == STOP)
        return false;
    if (d->has_date)
        return true;
    if (!begins_sentence(report))
        return false;
    if (sep == DASH)
        return words <= 3 || is_all_capitals(d->place);
    return in_names(cities, sizeof cities / sizeof *cities, d->place) || (is_all_capitals(d->place) && words <= 3);
}

void clean_dateline_set_year(struct clean_date *date, const struct clean_date *published)
{
    if (date->year || !published->year)
        return;
    long best = -1;
    for (int y = published->year - 1; y <= published->year + 1; y++) {
        struct clean_date tried = *date;
        tried.year = (int16_t)y;
        long far = clean_date_distance(&tried, published);
        if (best < 0 || far < best) {
            best = far;
            date->year = (int16_t)y;
        }
    }
    if (date->month == 2 && date->day == 29 && date->year % 4)
        date->year = 0; /* no such day in the year that is nearest */
}
