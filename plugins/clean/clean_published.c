/* clean_published.c - the day on which an article appeared, and was last changed.
 *
 * Sources in the order in which they proved right: the address, JSON-LD,
 * <meta>, <time> and elements marked as date, visible text near the headline.
 * A later source that tells the time of the same day adds it; then settle()
 * asks whether readers saw another day than the machines tell. */
#include <stdio.h>
#include <string.h>

#include "clean_facts.h"
#include "clean_utf8.h"

static const char published_metas[] =
    "article:published_time|og:published_time|og:article:published_time|datepublished|article:published|publication_"
    "date|"
    "publish-date|publishdate|published_time|pubdate|article.published|dc.date.issued|dcterms.created|dcterms.issued|"
    "dc.date.created|dcterms.date|dc.date|dc.created|dcterms.available|date.issued|date.created|datecreated|created|"
    "originalpublicationdate|parsely-pub-date|sailthru.date|cxenseparse:recs:publishtime|cxenseparse:publishtime|"
    "article_date_original|article:post_date|citation_publication_date|citation_date|citation_online_date|"
    "rnews:datepublished|bt:pubdate|vr:published_time|dnb:date|shareaholic:article_published_time|article_published_"
    "time|"
    "article_publication_date|published-date|published|article-publish-date|last_published|displaydate|og:publish_date|"
    "og:pubdate|date_published|dc.date.published|ptime|publish_date|gentime|release_date|eomportal-firstpublication|"
    "dateposted|"
    "timestamp|time|date|og:release_date|og:article:published|date_article|publishedtime|publish_time|pub_date|"
    "article:create|mediator_published_time|weibo:article:create_at|news_publish_date";
static const char modified_metas[] = "article:modified_time|og:updated_time|datemodified|last-modified|dcterms."
                                     "modified|dc.date.modified|modified|lastmod|"
                                     "revised|og:modified_time|article:modified|updated_time|moddate";

enum {
    NEAR_TEXT = 250,
    HEAD_TEXT = 160,
    WORST = 70,
    SURE = -16,
    FAR = 45,
    MAX_LD_DATES = 10,
    ELSEWHERE = 2,
    NO_ELEMENT = 9,
    NEAR_BLOCKS = 60
};

static bool says(pl_str s, const char *word)
{
    return s.len && clean_find_nocase(s, (pl_str){word, strlen(word)}) < s.len;
}

static bool read_date(const struct clean_facts *f, pl_str s, struct clean_date *d)
{
    return s.len &&
           clean_date_find(s.len > NEAR_TEXT ? clean_slice(s, 0, NEAR_TEXT) : s, f->month_first, d, NULL, NULL);
}

/* A number of one or two digits, "03" or "3", or the name of a month at *at; 0 for none. */
static unsigned url_part(pl_str u, size_t *at, bool *padded)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    unsigned v = 0;
    size_t n = 0;
    while (n < 2 && *at + n < u.len && u.ptr[*at + n] >= '0' && u.ptr[*at + n] <= '9')
        v = v * 10 + (unsigned)(u.ptr[*at + n++] - '0');
    *padded = n == 2;
    for (unsigned m = 0; !n && m < 12 && *at + 3 < u.len && u.ptr[*at + 3] == '/'; m++)
        if (clean_equal_nocase(clean_slice(u, *at, *at + 3), (pl_str){names + 3 * m, 3})) {
            v = m + 1;
            n = 3;
        }
    *at += n;
    return v;
}

static bool ends_number(pl_str u, size_t at)
{
    return at >= u.len || u.ptr[at] < '0' || u.ptr[at] > '9';
}

/* /2021/11/08/, /2021/nov/08/, /2021/11/8/, /2021/1108/, /20211108/, 2021-11-08, from a year on. */
static bool url_date_at(pl_str u, size_t year, bool slash, struct clean_date *d)
{
    size_t at = year + 4;
    char sep = at < u.len ? u.ptr[at] : 0, text[24];
    bool sep_after_year = sep == '/' || sep == '-' || sep == '_', month_full, day_full;
    if (!sep_after_year && !(slash && !ends_number(u, at)))
        return false;
    at += sep_after_year;
    unsigned month = url_part(u, &at, &month_full);
    bool sep_after_month = at < u.len && u.ptr[at] == sep;
    if (sep_after_year && !sep_after_month && !(sep == '/' && !ends_number(u, at)))
        return false;
    at += sep_after_year && sep_after_month;
    unsigned day = url_part(u, &at, &day_full);
    if (!month || !day || !ends_number(u, at) || ((!month_full || !day_full) && sep != '/'))
        return false;
    int n = snprintf(text, sizeof text, "%.4s-%02u-%02u", u.ptr + year, month, day);
    return clean_date_find((pl_str){text, (size_t)n}, false, d, NULL, NULL);
}

/* The date in an address. */
static bool from_address(pl_str u, struct clean_date *d)
{
    bool full;
    for (size_t i = 0; i + 8 <= u.len && i < 1000; i++) {
        if ((u.ptr[i] != '1' && u.ptr[i] != '2') || (i && !ends_number(u, i - 1)) || ends_number(u, i + 3))
            continue;
        bool year = ends_number(u, i) == false && !ends_number(u, i + 1) && !ends_number(u, i + 2);
        if (year && url_date_at(u, i, i && u.ptr[i - 1] == '/', d))
            return true;
    }
    for (size_t i = 0; i + 11 <= u.len && i < 1000; i++) { /* /08-11-2021 */
        size_t at = i + 1;
        if (u.ptr[i] != '/')
            continue;
        unsigned day = url_part(u, &at, &full), month;
        if (!full || u.ptr[at] != '-')
            continue;
        at++;
        month = url_part(u, &at, &full);
        char text[24];
        if (full && at + 5 <= u.len && u.ptr[at] == '-' && ends_number(u, at + 5)) {
            int n = snprintf(text, sizeof text, "%.4s-%02u-%02u", u.ptr + at + 1, month, day);
            if (clean_date_find((pl_str){text, (size_t)n}, false, d, NULL, NULL))
                return true;
        }
    }
    return false;
}

static bool from_url(const struct clean_facts *f, struct clean_date *d)
{
    return from_address(f->url.len              ? f->url
                        : f->canonical_link.len ? f->canonical_link
                                                : clean_facts_meta(f, "og:url"),
                        d);
}

static bool from_ld(const struct clean_facts *f, struct clean_date *d)
{
    static const pl_str keys[] = {{"datePublished", 13}, {"dateCreated", 11}, {"uploadDate", 10}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (read_date(f, clean_facts_ld(f, keys[i]), d))
            return true;
    size_t best = SIZE_MAX, tries = 0; /* of any object, the outermost: what it is about may have a date too */
    for (uint32_t i = 0; i < f->ld.n && tries < MAX_LD_DATES; i++) {
        struct clean_date found;
        if (!clean_equal(f->ld.at[i].key, keys[0]) || !read_date(f, clean_json_text(&f->ld, i), &found))
            continue;
        size_t depth = 0;
        for (uint32_t k = 0; k < i; k++)
            depth += f->ld.at[k].end > i;
        if (depth < best) {
            best = depth;
            *d = found;
        }
        tries++;
    }
    return best < SIZE_MAX;
}

static bool from_metas(const struct clean_facts *f, const char *names, struct clean_date *d)
{
    pl_str rest = {names, strlen(names)}, name;
    while (clean_split(&rest, '|', &name))
        for (size_t i = 0; i < f->n_metas; i++)
            if (clean_equal_nocase(f->metas[i].name, name) && read_date(f, f->metas[i].value, d))
                return true;
    return false;
}

/* A name that is in no list, but says "published" or the like. */
static bool from_other_meta(const struct clean_facts *f, struct clean_date *d)
{
    for (size_t i = 0; i < f->n_metas; i++) {
        pl_str name = f->metas[i].name;
        if (name.len < 60 &&
            (says(name, "publi") || says(name, "pubdate") || says(name, "pub_date") || says(name, "issued")) &&
            !says(name, "modif") && !says(name, "updat") && read_date(f, f->metas[i].value, d))
            return true;
    }
    return false;
}

static bool from_meta(const struct clean_facts *f, struct clean_date *d)
{
    return from_metas(f, published_metas, d);
}

static const uint32_t elsewhere = CLEAN_PART(COMMENT) | CLEAN_PART(RELATED) | CLEAN_PART(SIDE);

/* How far from the headline, before it counting double. */
static double distance(double at, double headline)
{
    return at >= headline ? at - headline : 2 * (headline - at) + 10;
}

/* What an element that may tell a date says. */
static pl_str dated_value(const struct clean_facts *f, uint32_t node, pl_str prop)
{
    const struct clean_dom *dom = f->blocks->dom;
    pl_str value = clean_dom_get(dom, node, CLEAN_ATTR_DATETIME);
    if (!value.len && says(prop, "date"))
        value = clean_dom_get(dom, node, CLEAN_ATTR_CONTENT);
    if (!value.len)
        value = clean_dom_get(dom, node, CLEAN_ATTR_TITLE);
    if (!value.len && dom->nodes[node].end - node < 8)
        value = clean_dom_inner(dom, node, f->arena);
    return value;
}

/* <time> and elements marked as date: the kind decides, then the distance from the headline.  The kind: below ELSEWHERE
 * when it is not in a list of other articles, or a comment; NO_ELEMENT when there is no such element. */
static double best_element(const struct clean_facts *f, struct clean_date *d)
{
    const struct clean_dom *dom = f->blocks->dom;
    double headline = f->blocks->n ? f->blocks->at[f->headline].node : 0, best = NO_ELEMENT * 1e9;
    for (size_t k = 0; k < f->n_dated; k++) {
        uint32_t i = f->dated[k], parts = clean_facts_parts(f, i, 2);
        pl_str prop = clean_dom_get(dom, i, CLEAN_ATTR_ITEMPROP), value = dated_value(f, i, prop);
        double kind = parts & CLEAN_PART(MODIFIED) ? 1.5 : parts & CLEAN_PART(PUBLISHED) ? .5 : 1;
        if (says(prop, "datemodified"))
            kind = 1.5;
        kind = says(prop, "datepublished") ? 0 : kind + (clean_facts_parts(f, i, 6) & elsewhere ? ELSEWHERE : 0);
        double score = kind * 1e9 + distance(i, headline);
        struct clean_date found;
        if (value.len && score < best && read_date(f, value, &found)) {
            best = score;
            *d = found;
        }
    }
    return best / 1e9;
}

static bool from_elements(const struct clean_facts *f, struct clean_date *d)
{
    return best_element(f, d) < ELSEWHERE;
}

static bool from_any_element(const struct clean_facts *f, struct clean_date *d)
{
    return best_element(f, d) < NO_ELEMENT;
}

/* How unlikely it is that block i holds the date, by where it stands; *head: at the headline, or between it and
 * the text. */
static double place_of(const struct clean_facts *f, size_t at, bool *head)
{
    double i = (double)at, h = (double)f->headline, begin = (double)f->text_begin, end = (double)f->text_end, place;
    if (begin < h || !f->headline_known)
        h = begin > 12 ? begin - 12 : 0;
    *head = i + 3 >= h && i <= begin + 2;
    if (i < h)
        place = 3 + 2 * (h - i);
    else if (i <= begin)
        place = i - h < begin - i ? i - h : (begin - i) + 1;
    else
        place = i < end ? 6 + (i - begin < 30 ? i - begin : 30) : 8 + (i - end);
    return place < FAR ? place : FAR;
}

/* Words before a date that say what it is the date of. */
static bool says_modified(pl_str before)
{
    static const char *const words[] = {"updat",           "modif",
                                        "aktualis",        "mis \xC3\xA0 jour",
                                        "actualiz",        "aggiornat",
                                        "review",          "nderung",
                                        "ge\xC3\xA4ndert", "bijgewerkt",
                                        "ncelleme",        "oppdatert",
                                        "uppdaterad",      "opdateret",
                                        "zmian",           "\xD0\xBE\xD0\xB1\xD0\xBD\xD0\xBE\xD0\xB2"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (says(before, words[i]))
            return true;
    return false;
}

/* Words before a date that is not the article's: of a member of a forum, of a person, of what it is about. */
static bool says_other(pl_str before)
{
    static const char *const words[] = {"registriert", "registered", "joined",  "member since",  "mitglied seit",
                                        "inscri",      "born",       "geboren", "founded",       "release",
                                        "premiere",    "deadline",   "expires", "veranstaltung", "event",
                                        "valid",       "gültig"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (says(before, words[i]))
            return true;
    return false;
}

/* The date of a line that is not the one of its last change, if it tells both; how much of the text it is. */
static bool read_line(const struct clean_facts *f, pl_str text, struct clean_date *d, bool *modified, double *share,
                      size_t *before)
{
    size_t at = 0, begin, end;
    bool any = false;
    for (int tries = 0; tries < 4 && at < text.len; tries++) {
        struct clean_date found;
        pl_str rest = clean_trim(clean_slice(text, at, text.len));
        if (!clean_date_find(rest, f->month_first, &found, &begin, &end))
            break;
        if (says_other(clean_slice(rest, begin > 60 ? begin - 60 : 0, begin)))
            break;
        bool changed = says_modified(clean_slice(rest, begin > 60 ? begin - 60 : 0, begin));
        if (!any || (*modified && !changed)) {
            *d = found;
            *modified = changed;
            *share = (double)(end - begin) / (double)text.len;
            *before = (size_t)(rest.ptr - text.ptr) + begin;
            any = true;
        }
        if (!*modified)
            break;
        at = (size_t)(rest.ptr - text.ptr) + end;
    }
    return any;
}

/* What the marks around a block say for (less) or against its date. */
static double marks_of(const struct clean_facts *f, const struct clean_block *k, bool head, bool before, bool *modified)
{
    uint32_t parts = clean_facts_parts(f, k->node, 3), around = clean_facts_parts(f, k->node, 6);
    double score = head ? -15 : 0;
    *modified |= parts & CLEAN_PART(MODIFIED) && !(parts & CLEAN_PART(PUBLISHED));
    score -= parts & CLEAN_PART(DATE) ? head ? 15 : 8 : 0;
    score -= k->cues & CLEAN_CUE(PUBLISHED) ? 6 : 0;
    score += *modified ? 8 : 0;
    score += (!head || before) && k->n_alike > 2 ? head ? 12 : 5 : 0; /* the dates of a list */
    score += parts & CLEAN_PART(CAPTION) ? head ? 3 : 10 : 0;
    score += around & (elsewhere | CLEAN_PART(EDGE)) ? head ? 3 : 25 : 0;
    score += head && around & CLEAN_PART(COMMENT) ? 9 : 0;
    return score;
}

/* The best date in the text of blocks [from, to); says how unlikely it is, WORST when there is none.  `first`: dates of
 * the last change do not count, nor any that stands in a line of other things. */
static double from_blocks(const struct clean_facts *f, size_t from, size_t to, bool first, struct clean_date *d)
{
    const struct clean_blocks *b = f->blocks;
    double best = WORST;
    for (size_t i = from; i < to && i < b->n; i++) {
        const struct clean_block *k = &b->at[i];
        bool head, modified, full = k->text.len <= NEAR_TEXT;
        double score = place_of(f, i, &head), share;
        size_t before;
        struct clean_date found;
        if (score - 50 >= best || (!full && score > 12))
            continue;
        if (!read_line(f, full ? k->text : clean_slice(k->text, 0, HEAD_TEXT), &found, &modified, &share, &before))
            continue;
        if (k->paragraph && share < .3) /* running text: of anything, but for its first words */
            score += before ? 20 : 3;
        else
            score += marks_of(f, k, head, i < f->headline, &modified);
        score -= share > .5 ? 6 : 0;
        score -= found.has_time ? 4 : 0;
        score += !full || share < .1 ? 6 : 0;
        if (full && !(k->cues & CLEAN_CUE(PUBLISHED)) && clean_find_nocase(k->text, PL_S("\xC2\xA9")) < k->text.len)
            score += 2 * WORST;
        bool alone =
            share > .8 || k->cues & CLEAN_CUE(PUBLISHED) || clean_facts_parts(f, k->node, 3) & CLEAN_PART(DATE);
        if (score < best && !(first && (modified || !alone))) {
            best = score;
            *d = found;
        }
    }
    return best;
}

static bool from_text(const struct clean_facts *f, struct clean_date *d)
{
    return from_blocks(f, 0, f->blocks->n, false, d) < WORST;
}

/* A date that stands alone, or as that of publication, at the headline. */
static bool from_head(const struct clean_facts *f, struct clean_date *d)
{
    size_t h = f->headline, from = h > 3 ? h - 3 : 0;
    return f->text_begin >= h && from_blocks(f, from, f->text_begin + 2, true, d) < SURE;
}

static bool same_day(const struct clean_date *a, const struct clean_date *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day;
}

/* Minutes since 1970, as the clock on the wall says. */
static long wall_minutes(const struct clean_date *d)
{
    static const struct clean_date epoch = {.year = 1970, .month = 1, .day = 1};
    return clean_date_distance(d, &epoch) * 1440 + d->hour * 60 + d->minute;
}

/* The same moment as `d`, which is told in Greenwich time, by a clock elsewhere: then that is the day it appeared. */
static bool localise(struct clean_date *d, const struct clean_date *other)
{
    long ahead = wall_minutes(other) - wall_minutes(d);
    if (!other->has_time || !d->has_time || !d->has_zone || d->zone || ahead > 14 * 60 || ahead < -12 * 60 ||
        ahead % 30)
        return false;
    if (other->has_zone ? other->zone != ahead || !ahead : !ahead)
        return false;
    *d = *other;
    d->has_zone = true;
    d->zone = (int16_t)ahead;
    return true;
}

/* Takes the day as readers of the page saw it, where the machines' sources leave that open. */
static void settle(const struct clean_facts *f, struct clean_date *d, bool by_url)
{
    struct clean_date other;
    if (d->has_zone && !d->zone)
        for (size_t i = 0; i < f->n_metas; i++)
            if (f->metas[i].value.len < 60 && says(f->metas[i].name, "date") &&
                read_date(f, f->metas[i].value, &other) && other.has_zone && localise(d, &other))
                return;
    if (d->either && from_text(f, &other) && clean_date_agrees(d, &other)) {
        d->month = other.month;
        d->day = other.day;
    }
    if (by_url || !from_head(f, &other) || localise(d, &other))
        return;
    if (d->has_zone && !d->zone && d->hour >= 20 && clean_date_is_earlier(d, &other) &&
        clean_date_distance(&other, d) == 1)
        *d = other; /* it was the next day already where they live */
    if (clean_date_is_earlier(&other, d) && !clean_date_agrees(&other, d) && clean_date_distance(&other, d) > 1)
        *d = other; /* machines often tell when the article was moved to where it is */
}

bool clean_find_published(const struct clean_facts *f, struct clean_date *d)
{
    static bool (*const sources[])(const struct clean_facts *, struct clean_date *) = {from_url, from_ld, from_meta,
                                                                                       from_elements, from_other_meta};
    bool found = false, by_url = false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct clean_date other;
        if ((found && d->has_time) || !sources[i](f, &other))
            continue;
        if (!found || (other.has_time && same_day(&other, d)))
            *d = other;
        by_url |= !found && i == 0;
        found = true;
    }
    if (found)
        settle(f, d, by_url);
    return found || from_head(f, d) || from_any_element(f, d) || from_text(f, d) || clean_find_modified(f, d);
}

/* An element marked as the day of the last change, near the headline or by what it is. */
static bool from_modified_element(const struct clean_facts *f, struct clean_date *d)
{
    for (size_t k = 0; k < f->n_dated; k++) {
        uint32_t i = f->dated[k];
        pl_str prop = clean_dom_get(f->blocks->dom, i, CLEAN_ATTR_ITEMPROP);
        bool marked = says(prop, "datemodified") || (clean_facts_parts(f, i, 1) & CLEAN_PART(MODIFIED) &&
                                                     !(clean_facts_parts(f, i, 2) & CLEAN_PART(PUBLISHED)));
        if (marked && !(clean_facts_parts(f, i, 6) & elsewhere) && read_date(f, dated_value(f, i, prop), d))
            return true;
    }
    return false;
}

/* "Updated 4 May 2021" at the headline. */
static bool from_modified_text(const struct clean_facts *f, struct clean_date *d)
{
    size_t begin, end;
    size_t from = f->headline > 3 ? f->headline - 3 : 0;
    for (size_t i = from; i < f->text_begin + 2 && i < f->blocks->n && i < from + NEAR_BLOCKS; i++) {
        pl_str rest = f->blocks->at[i].text;
        if (rest.len > NEAR_TEXT || !(f->blocks->at[i].cues & CLEAN_CUE(UPDATED)) ||
            clean_facts_parts(f, f->blocks->at[i].node, 6) & elsewhere)
            continue;
        for (int tries = 0; tries < 4 && clean_date_find(rest, f->month_first, d, &begin, &end); tries++) {
            rest = clean_trim(rest);
            if (says_modified(clean_slice(rest, begin > 60 ? begin - 60 : 0, begin)))
                return true;
            rest = clean_slice(rest, end, rest.len);
        }
    }
    return false;
}

bool clean_find_modified(const struct clean_facts *f, struct clean_date *d)
{
    return read_date(f, clean_facts_ld(f, PL_S("dateModified")), d) || from_metas(f, modified_metas, d) ||
           from_modified_element(f, d) || from_modified_text(f, d);
}
