/* clean_published.c - the day on which an article appeared, and was last changed.
 *
 * Sources in the order in which they proved right: the address, JSON-LD,
 * <meta>, <time>, visible text near the headline.  A later source that tells
 * the time of the same day adds it. */
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

enum { NEAR_TEXT = 250, HEAD_TEXT = 160, WORST = 60 };

static bool read_date(const struct clean_facts *f, pl_str s, struct clean_date *d)
{
    return s.len &&
           clean_date_find(s.len > NEAR_TEXT ? clean_slice(s, 0, NEAR_TEXT) : s, f->month_first, d, NULL, NULL);
}

/* /2021/11/08/, /2021-11-08-, 20211108 */
static bool from_url(const struct clean_facts *f, struct clean_date *d)
{
    pl_str u = f->url.len ? f->url : f->canonical_link.len ? f->canonical_link : clean_facts_meta(f, "og:url");
    for (size_t i = 0; i + 8 <= u.len && i < 1000; i++) {
        char t[11];
        size_t n = 0, at = i;
        if ((i && u.ptr[i - 1] >= '0' && u.ptr[i - 1] <= '9') || u.ptr[i] < '1' || u.ptr[i] > '2')
            continue;
        bool slash = i && u.ptr[i - 1] == '/';
        for (; n < 10 && at < u.len; at++) {
            bool mark = n == 4 || n == 7;
            bool digit = u.ptr[at] >= '0' && u.ptr[at] <= '9';
            if (mark && (u.ptr[at] == '/' || u.ptr[at] == '-' || u.ptr[at] == '_')) {
                t[n++] = '-';
            } else if (mark && digit && slash) { /* /20211108/: no marks between */
                t[n++] = '-';
                at--;
            } else if (!mark && digit) {
                t[n++] = u.ptr[at];
            } else {
                break;
            }
        }
        if (n == 10 && !(at < u.len && u.ptr[at] >= '0' && u.ptr[at] <= '9') &&
            clean_date_find((pl_str){t, 10}, false, d, NULL, NULL))
            return true;
    }
    return false;
}

static bool from_ld(const struct clean_facts *f, struct clean_date *d)
{
    static const pl_str keys[] = {{"datePublished", 13}, {"dateCreated", 11}, {"uploadDate", 10}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (read_date(f, clean_facts_ld(f, keys[i]), d))
            return true;
    for (uint32_t i = 0; i < f->ld.n; i++)
        if (clean_equal(f->ld.at[i].key, keys[0]) && read_date(f, clean_json_text(&f->ld, i), d))
            return true;
    return false;
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

/* <time> and elements marked as date: the kind decides, then the distance from the headline. */
static bool from_elements(const struct clean_facts *f, struct clean_date *d)
{
    const struct clean_dom *dom = f->blocks->dom;
    double headline = f->n_h1 ? f->blocks->at[f->h1[0].block].node : 0, best = 1e18;
    for (uint32_t i = 0; i < dom->n_nodes; i++) {
        if (dom->nodes[i].tag == CLEAN_TEXT || dom->nodes[i].tag == CLEAN_META)
            continue;
        pl_str prop = clean_dom_get(dom, i, CLEAN_ATTR_ITEMPROP), value = clean_dom_get(dom, i, CLEAN_ATTR_DATETIME);
        double kind = 1;
        if (prop.len && clean_find_nocase(prop, PL_S("datepublished")) < prop.len) {
            kind = 0;
            if (!value.len)
                value = clean_dom_get(dom, i, CLEAN_ATTR_CONTENT);
            if (!value.len)
                value = clean_dom_get(dom, i, CLEAN_ATTR_TITLE);
        } else if (value.len) {
            uint32_t parts = clean_facts_parts(f, i, 2);
            kind = parts & CLEAN_PART(MODIFIED) ? 1.5 : parts & CLEAN_PART(PUBLISHED) ? .5 : 1;
            if (prop.len && clean_find_nocase(prop, PL_S("datemodified")) < prop.len)
                kind = 1.5;
            kind += clean_facts_parts(f, i, 6) & elsewhere ? 2 : 0;
        }
        double score = kind * 1e9 + distance(i, headline);
        struct clean_date found;
        if (value.len && score < best && read_date(f, value, &found)) {
            best = score;
            *d = found;
        }
    }
    return best < 1e18;
}

static bool from_text(const struct clean_facts *f, struct clean_date *d)
{
    const struct clean_blocks *b = f->blocks;
    double headline = f->n_h1 ? f->h1[0].block : 0, best = WORST;
    for (size_t i = 0; i < b->n; i++) {
        const struct clean_block *k = &b->at[i];
        pl_str text = k->text;
        if (text.len > NEAR_TEXT && (double)i > headline + 3)
            continue;
        double score = (double)i >= headline ? (double)i - headline : 3 + 2 * (headline - (double)i);
        uint32_t parts = clean_facts_parts(f, k->node, 3);
        score -= parts & CLEAN_PART(DATE) ? 15 : 0;
        score -= k->cues & CLEAN_CUE(PUBLISHED) ? 6 : 0;
        score += k->cues & CLEAN_CUE(UPDATED) && !(k->cues & CLEAN_CUE(PUBLISHED)) ? 5 : 0;
        score += clean_facts_parts(f, k->node, 6) & (elsewhere | CLEAN_PART(EDGE)) ? 25 : 0;
        score += text.len <= NEAR_TEXT && clean_find_nocase(text, PL_S("©")) < text.len ? WORST : 0;
        struct clean_date found;
        if (score < best && read_date(f, text.len > NEAR_TEXT ? clean_slice(text, 0, HEAD_TEXT) : text, &found)) {
            best = score;
            *d = found;
        }
    }
    return best < WORST;
}

static bool same_day(const struct clean_date *a, const struct clean_date *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day;
}

bool clean_find_published(const struct clean_facts *f, struct clean_date *d)
{
    static bool (*const sources[])(const struct clean_facts *, struct clean_date *) = {from_url, from_ld, from_meta,
                                                                                       from_elements};
    bool found = false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct clean_date other;
        if ((found && d->has_time) || !sources[i](f, &other))
            continue;
        if (!found || (other.has_time && same_day(&other, d)))
            *d = other;
        found = true;
    }
    return found || from_text(f, d) || clean_find_modified(f, d);
}

bool clean_find_modified(const struct clean_facts *f, struct clean_date *d)
{
    return read_date(f, clean_facts_ld(f, PL_S("dateModified")), d) || from_metas(f, modified_metas, d);
}
