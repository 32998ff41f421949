/* clean_judge.c - is this page an article at all, and if not, what is it? */
#include "clean_judge.h"

#include <string.h>

#include "clean_utf8.h"

enum {
    STUB_WORDS = 80,  /* an article that has fewer can be a wall or an error page */
    WALL_WORDS = 400, /* and one that has fewer and says little else */
    GALLERY_WORDS = 50,
    HEADLINE_WORDS = 4, /* a linked text of as many is another article's headline */
    MIN_TEASERS = 4,
    MIN_HEADLINES = 8,
    SECTION_HYPHENS = 2, /* "/world/middle-east" is a section, "/six-words-or-so" an article */
    SECTION_DEPTH = 3,
    MIN_DIGITS = 5, /* as in "/2021/05/04/" or "/a/6533123" */
    MIN_PICTURES = 6
};

/* What is counted on the page. */
struct counts {
    double words; /* kept */
    double kept_link_words;
    double link_words, page_words;
    double wall_words, consent_words; /* kept, in blocks that say so */
    double prose;                     /* kept, in paragraphs that are no teasers */
    size_t paragraphs, teasers, headlines;
    bool login; /* a phrase beside the text or in it says so */
    size_t pictures;
};

static bool is_headline(const struct clean_block *k)
{
    return k->link_share > .8F && k->words >= HEADLINE_WORDS;
}

/* Navigation, side boxes and page ends: what stands there is on every page of the site. */
static bool is_around(const struct clean_blocks *b, uint32_t node)
{
    for (int level = 0; level < 6; level++, node = b->dom->nodes[node].parent) {
        unsigned tag = b->dom->nodes[node].tag;
        if (tag == CLEAN_NAV || tag == CLEAN_FOOTER || tag == CLEAN_ASIDE || b->names[node].parts & CLEAN_PART(NAV))
            return true;
    }
    return false;
}

static struct counts count(const struct clean_facts *f, const bool *keep)
{
    const struct clean_blocks *b = f->blocks;
    struct counts c = {.page_words = b->words};
    size_t last_headline = SIZE_MAX;
    for (size_t i = 0; i < b->n; i++) {
        const struct clean_block *k = &b->at[i];
        double words = (double)k->words;
        c.link_words += words * (double)k->link_share;
        c.headlines += is_headline(k);
        c.login |= k->cues & CLEAN_CUE(LOGIN) && (keep[i] || !is_around(b, k->node));
        if (is_headline(k))
            last_headline = i;
        if (!keep[i])
            continue;
        c.words += words;
        c.kept_link_words += words * (double)k->link_share;
        c.wall_words += k->cues & (CLEAN_CUE(WALL) | CLEAN_CUE(ERROR)) ? words : 0;
        c.consent_words += k->cues & CLEAN_CUE(CONSENT) ? words : 0;
        if (!k->paragraph)
            continue;
        bool teaser = last_headline != SIZE_MAX && i - last_headline <= 2;
        last_headline = SIZE_MAX; /* one text for each */
        c.paragraphs++;
        c.teasers += teaser;
        c.prose += teaser ? 0 : words;
    }
    for (uint32_t i = 0; i < b->dom->n_nodes; i++)
        c.pictures += b->dom->nodes[i].tag == CLEAN_IMG || b->dom->nodes[i].tag == CLEAN_VIDEO;
    return c;
}

static bool ld_has(const struct clean_facts *f, const char *types)
{
    pl_str rest = {types, strlen(types)}, type;
    while (clean_split(&rest, ' ', &type))
        for (uint32_t i = 0; i < f->ld.n; i++)
            if (clean_json_is(&f->ld, i, type))
                return true;
    return false;
}

/* What kind of page an address is of, from its path: no article's has so few words, no section's so many. */
enum path_kind { PATH_UNKNOWN, PATH_FRONT, PATH_SECTION, PATH_ARTICLE };

static enum path_kind kind_of_path(pl_str path)
{
    size_t end = 0, hyphens = 0, digits = 0, depth = 0;
    while (end < path.len && !strchr("?#", path.ptr[end]))
        end++;
    bool has_query = end < path.len && path.ptr[end] == '?';
    if (!path.len)
        return PATH_UNKNOWN;
    path = clean_slice(path, 0, end);
    for (size_t i = 0; i < path.len; i++) {
        hyphens += path.ptr[i] == '-' || path.ptr[i] == '_' || path.ptr[i] == '%';
        digits += path.ptr[i] >= '0' && path.ptr[i] <= '9';
        depth += path.ptr[i] == '/' && i + 1 < path.len;
    }
    bool html = clean_find_nocase(path, PL_S(".htm")) < path.len;
    if (hyphens > SECTION_HYPHENS || digits >= MIN_DIGITS || depth > SECTION_DEPTH || (html && depth > 1))
        return PATH_ARTICLE;
    if (has_query)
        return PATH_UNKNOWN;
    if (!depth || (depth == 1 && clean_has_prefix_nocase(path, PL_S("/index."))) ||
        clean_equal_nocase(path, PL_S("/home")))
        return PATH_FRONT;
    return !digits && !html && hyphens < SECTION_HYPHENS && depth <= 2 ? PATH_SECTION : PATH_UNKNOWN;
}

static pl_str path_of(const struct clean_facts *f)
{
    pl_str url = f->url.len ? f->url : clean_find_canonical(f);
    size_t i = clean_find_nocase(url, PL_S("://"));
    if (i == url.len)
        return PL_S("");
    for (i += 3; i < url.len && !strchr("/?#", url.ptr[i]); i++)
        ;
    return i < url.len ? clean_slice(url, i, url.len) : PL_S("/");
}

/* Signs for and against a list of articles, in points. */
static bool is_index(const struct clean_facts *f, const struct counts *c)
{
    pl_str type = clean_facts_meta(f, "og:type");
    enum path_kind path = kind_of_path(path_of(f));
    double links = c->page_words > 0 ? c->link_words / c->page_words : 0;
    int points = path == PATH_FRONT ? 3 : path == PATH_SECTION ? 1 : path == PATH_ARTICLE ? -2 : 0;
    points += ld_has(f, "collectionpage searchresultspage") ? 2 : 0;
    points += clean_equal_nocase(type, PL_S("website")) ? 1 : 0;
    points += c->headlines >= MIN_HEADLINES ? 1 : 0;
    points += links > .5 ? 1 : 0;
    bool no_text = c->words < STUB_WORDS || c->kept_link_words > .6 * c->words;
    points += no_text && c->page_words > 200 && links > .6 ? 2 : 0;
    points += c->teasers >= MIN_TEASERS && c->teasers * 3 >= c->paragraphs * 2 ? 3 : 0;
    points -= f->article != CLEAN_NONE ? 3 : 0;
    points -= clean_equal_nocase(type, PL_S("article")) || clean_facts_meta(f, "article:published_time").len ? 2 : 0;
    points -= f->h1_best && !f->h1_weak && clean_count_words(f->h1_best->text) >= HEADLINE_WORDS ? 2 : 0;
    points -= c->prose >= 150 ? 3 : c->prose >= STUB_WORDS ? 1 : 0;
    return points >= 4;
}

static bool is_gallery(const struct clean_facts *f, const struct counts *c)
{
    pl_str type = clean_facts_meta(f, "og:type");
    bool said = f->article != CLEAN_NONE || clean_equal_nocase(type, PL_S("article"));
    if (c->words >= STUB_WORDS)
        return false;
    if (clean_has_prefix_nocase(type, PL_S("video")))
        return true;
    if (c->words >= GALLERY_WORDS)
        return false;
    if (ld_has(f, "imagegallery mediagallery videogallery") || (!said && ld_has(f, "videoobject")))
        return true;
    return !said && c->pictures >= MIN_PICTURES && c->words < GALLERY_WORDS / 2 && c->headlines < MIN_HEADLINES;
}

/* Does the page itself say that one has to pay for it? */
static bool is_paid(const struct clean_facts *f)
{
    pl_str free = clean_facts_ld(f, PL_S("isAccessibleForFree"));
    uint32_t i = clean_facts_ld_value(f, PL_S("isAccessibleForFree"));
    return clean_equal_nocase(free, PL_S("false")) || (i && clean_equal_nocase(f->ld.at[i].text, PL_S("false")));
}

enum clean_verdict clean_judge(const struct clean_facts *f, const bool *keep, pl_str text, pl_str title,
                               const struct clean_words *w)
{
    struct counts c = count(f, keep);
    double words = c.words < 2 ? clean_count_words(text) : c.words;
    uint32_t heads = clean_match(w->cues, title) | clean_match(w->cues, f->page_title);
    uint32_t all = words < STUB_WORDS ? clean_match(w->cues, text) : 0;
    if (words < STUB_WORDS && (heads | all) & CLEAN_CUE(ERROR))
        return CLEAN_IS_ERROR;
    if (words < STUB_WORDS && (heads | all) & CLEAN_CUE(WALL))
        return CLEAN_IS_WALL;
    if (words < WALL_WORDS && c.words > 0 &&
        (c.wall_words + c.consent_words > .5 * c.words ||
         (heads & CLEAN_CUE(CONSENT) && c.consent_words > .2 * c.words)))
        return CLEAN_IS_WALL;
    if (words < STUB_WORDS && (c.login || is_paid(f)))
        return CLEAN_IS_LOGIN;
    if (is_gallery(f, &c))
        return CLEAN_IS_GALLERY;
    if (is_index(f, &c))
        return CLEAN_IS_INDEX;
    return words < 1 ? CLEAN_IS_EMPTY : CLEAN_IS_ARTICLE;
}
