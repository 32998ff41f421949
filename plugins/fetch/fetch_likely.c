/* fetch_likely.c - what an address says of the page behind it: articles have a date, a number or a headline in theirs. */
#include "fetch_likely.h"
#include "fetch_char.h"

/* Is `s` one of the words of `list`, which are parted by spaces and in small letters? */
static bool among(pl_str s, const char *list)
{
    while (*list) {
        const size_t n = strcspn(list, " ");
        size_t i = 0;
        while (i < n && i < s.len && lower(s.ptr[i]) == list[i])
            i++;
        if (i == n && i == s.len)
            return true;
        list += n + (list[n] == ' ');
    }
    return false;
}

static bool contains(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.len; i++) {
        size_t k = 0;
        while (k < n && lower(s.ptr[i + k]) == word[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* ---- parts ---- */

enum { MAX_SEGMENTS = 32 };

struct parts {
    pl_str segment[MAX_SEGMENTS]; /* that are not empty */
    size_t n;
    bool ends_in_slash;
    pl_str name, ending; /* of the last segment: "tram-line", "html" */
    pl_str query;        /* without '?' */
};

static void take_apart(pl_str target, struct parts *p)
{
    const char *question = target.len ? memchr(target.ptr, '?', target.len) : NULL;
    const size_t len = question ? (size_t)(question - target.ptr) : target.len;

    *p = (struct parts){.ends_in_slash = len && target.ptr[len - 1] == '/'};
    if (question)
        p->query = (pl_str){question + 1, target.len - len - 1};
    for (size_t i = 0, from = 0; i <= len; i++) {
        if (i < len && target.ptr[i] != '/')
            continue;
        if (i > from && p->n < MAX_SEGMENTS)
            p->segment[p->n++] = (pl_str){target.ptr + from, i - from};
        from = i + 1;
    }
    while (p->n > 1 && among(p->segment[p->n - 1], "amp artikel article"))
        p->n--; /* what says it stands before it */
    if (p->n == 0)
        return;
    p->name = p->segment[p->n - 1];
    for (size_t i = p->name.len; i-- > 1;) {
        if (p->name.ptr[i] != '.')
            continue;
        p->ending = (pl_str){p->name.ptr + i + 1, p->name.len - i - 1};
        p->name.len = i;
        break;
    }
}

/* ---- what is told by them ---- */

static const char files[] =
    "7z aac apk atom avi avif bmp bz2 css csv dmg doc docx eot epub exe flac flv gif gz ico ics iso jpeg jpg js json m3u8 m4a m4v mjs "
    "mkv mov mp3 mp4 mpd mpg msi odt ogg ogv otf pdf png ppt pptx ps rar rdf rss rtf svg swf tar tgz tif tiff ttf txt vcf wav webm "
    "webmanifest webp wma wmv woff woff2 xls xlsx xml xz zip";

static const char indexes[] =
    "about about-us account accounts advertise advertising agb anmelden archive archives archiv asset assets author authors auteur auteurs "
    "autor autoren autores cart categories category categoria categorie cdn-cgi cgi-bin checkout colophon comment comments contact contacto "
    "contact-us cookie cookies datenschutz disclaimer donate events faq forum forums gallery help hilfe horoscope horoskop impressum imprint "
    "jobs kategorie keyword keywords kontakt label labels legal login logout masthead mentions-legales my newsletter newsletters page pages "
    "password podcast podcasts print privacy privacy-policy profile quiz recherche register registrieren rubrik rubrique search section "
    "sections seite share shop sign-in signin signup sitemap sponsored staff stichwort subscribe subscription suche tag tags team term terms "
    "theme thema themen topic topics user users video videos weather wetter wp-admin wp-content wp-json wp-login";

static bool is_feed(const struct parts *p)
{
    if (among(p->ending, "rss rdf atom"))
        return true;
    if (among(p->ending, "xml json php aspx"))
        return among(p->name, "rss rss2 feed feeds atom") || (among(p->ending, "xml") && p->n == 1 && among(p->name, "index"));
    if (p->ending.len == 0 && among(p->name, "rss feed atom rss2"))
        return true;
    return among(p->query, "feed=rss feed=rss2 feed=atom feed=rdf format=rss format=feed format=atom type=rss output=rss");
}

static bool is_sitemap(const struct parts *p)
{
    return among(p->ending, "xml gz txt") && contains(p->segment[p->n - 1], "sitemap");
}

/* How many words a headline has that stands there with signs between them. */
static size_t n_words(pl_str s)
{
    size_t n = 0, letters = 0;

    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '+' && s.ptr[i] != ',') {
            letters += !is_digit(s.ptr[i]);
            continue;
        }
        n += letters > 0;
        letters = 0;
    }
    return n;
}

static size_t longest_number(pl_str s)
{
    size_t longest = 0, n = 0;

    for (size_t i = 0; i < s.len; i++) {
        n = is_digit(s.ptr[i]) ? n + 1 : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static bool all_digits(pl_str s, size_t least, size_t most)
{
    return s.len >= least && s.len <= most && longest_number(s) == s.len;
}

/* "2025", "2025-11-08", "20251108". */
static bool is_year(pl_str s)
{
    return s.len >= 4 && (memcmp(s.ptr, "19", 2) == 0 || memcmp(s.ptr, "20", 2) == 0) && is_digit(s.ptr[2]) && is_digit(s.ptr[3]) &&
           (s.len == 4 || (s.len == 8 && longest_number(s) == 8) || (s.len == 10 && s.ptr[4] == '-' && s.ptr[7] == '-'));
}

/* A date with something behind it: "/2025/11/08/" alone is that day's index. */
static bool has_date(const struct parts *p)
{
    for (size_t i = 0; i + 1 < p->n; i++) {
        if (!is_year(p->segment[i]))
            continue;
        if (p->segment[i].len > 4)
            return true;
        size_t k = i + 1;
        while (k < p->n && k < i + 3 && (all_digits(p->segment[k], 1, 2) || among(p->segment[k], "jan feb mar apr may jun jul aug sep oct nov dec")))
            k++;
        return k > i + 1 && k < p->n;
    }
    return false;
}

/* "/article/123.html", "/articles/clymn8zyrp9o", "/12345678/tram": a number, or what looks like a key. */
static bool has_number(const struct parts *p)
{
    static const char kinds[] = "a art artikel article articles articolo articulo artigo content doc id item n nachricht news newsarticle "
                                "node p post posts read story view";

    if (longest_number(p->name) >= 5 && !is_year(p->name))
        return true;
    for (size_t i = 0; i + 1 < p->n; i++) {
        const pl_str next = i + 2 == p->n ? p->name : p->segment[i + 1];
        const bool key = (all_digits(next, 2, 20) && !is_year(next)) || (next.len >= 8 && longest_number(next) > 0);
        if (all_digits(p->segment[i], 6, 20) || (key && among(p->segment[i], kinds)))
            return true;
    }
    return false;
}

/* Three words and a number will do where more words would. */
static bool has_headline(const struct parts *p)
{
    const size_t n = n_words(p->name);

    return n >= 4 || (n == 3 && longest_number(p->name) >= 3);
}

/* "?id=12345", "?p=123&...". */
static bool has_number_in_query(pl_str q)
{
    for (size_t from = 0, i = 0; q.len && i <= q.len; i++) {
        if (i < q.len && q.ptr[i] != '&')
            continue;
        const pl_str pair = {q.ptr + from, i - from};
        const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        const size_t n = equals ? (size_t)(equals - pair.ptr) : 0;
        if (n && among((pl_str){pair.ptr, n}, "id p aid article articleid article_id artid story storyid news_id newsid nid idxno no idx") &&
            all_digits((pl_str){equals + 1, pair.len - n - 1}, 3, 20))
            return true;
        from = i + 1;
    }
    return false;
}

static bool in_index(const struct parts *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const pl_str s = i + 1 == p->n ? p->name : p->segment[i];
        if (among(s, indexes))
            return true;
    }
    return false;
}

enum likely likely_of(pl_str target)
{
    struct parts p;

    take_apart(target, &p);
    if (p.n == 0)
        return has_number_in_query(p.query) ? LIKELY_ARTICLE : is_feed(&p) ? LIKELY_FEED : LIKELY_INDEX;
    if (is_sitemap(&p))
        return LIKELY_SITEMAP;
    if (is_feed(&p))
        return LIKELY_FEED;
    if (!p.ends_in_slash && among(p.ending, files))
        return LIKELY_FILE;
    const bool dated = has_date(&p);
    if (dated && (n_words(p.name) >= 3 || longest_number(p.name) >= 5))
        return LIKELY_ARTICLE;
    if (in_index(&p))
        return LIKELY_INDEX;
    if (dated || has_headline(&p) || has_number(&p) || has_number_in_query(p.query))
        return LIKELY_ARTICLE;
    return p.n == 1 || is_year(p.name) || all_digits(p.name, 1, 2) ? LIKELY_INDEX : LIKELY_PAGE;
}
