/* clean_about.c - the smaller facts of a page: site, language, address, section, summary, image, tags. */
#include <string.h>

#include "clean_facts.h"
#include "clean_lang.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum { MAX_SITE_WORDS = 6, MAX_SECTION = 100 };

/* What speaks for a name of the site; tuned on half of the fundus pages, with the readability pages as a check. */
static const double worth_domain = -1.5, worth_spaced = .2, worth_agree = 1, worth_same = .5, worth_legal = -.7;
static const double source_worth[CLEAN_N_SITE_SOURCES] = {
    [CLEAN_SITE_OG] = 3,    [CLEAN_SITE_PUBLISHER] = 3, [CLEAN_SITE_WEBSITE] = 2, [CLEAN_SITE_META] = 2,
    [CLEAN_SITE_APP] = 1.5, [CLEAN_SITE_TWITTER] = .3,  [CLEAN_SITE_TITLE] = 1.5,
};

/* "https://www.example.org" of "https://www.example.org/a/b"; the host alone begins at *host. */
static pl_str origin_of(pl_str url, size_t *host)
{
    *host = clean_has_prefix_nocase(url, PL_S("https://")) ? 8 : clean_has_prefix_nocase(url, PL_S("http://")) ? 7 : 0;
    size_t end = *host;
    while (end < url.len && !strchr("/?#", url.ptr[end]))
        end++;
    return *host && end > *host ? clean_slice(url, 0, end) : PL_S("");
}

/* Does it begin with "scheme:"? */
static bool has_scheme(pl_str url)
{
    size_t i = 0;
    while (i < url.len && (clean_is_letter((unsigned char)url.ptr[i]) || strchr("+-.", url.ptr[i])))
        i++;
    return i > 0 && i < url.len && url.ptr[i] == ':';
}

/* A link of the page as an absolute address: "/a", "//host/a", "a" beside the page; empty when there is no base. */
static pl_str absolute(const struct clean_facts *f, pl_str link, pl_str base)
{
    size_t host;
    if (origin_of(link, &host).len)
        return clean_norm_line(f->arena, link);
    pl_str origin = origin_of(base, &host);
    if (!link.len || !origin.len || has_scheme(link) || link.ptr[0] == '#')
        return PL_S("");
    struct clean_buf out = {.arena = f->arena};
    if (link.len > 1 && link.ptr[0] == '/' && link.ptr[1] == '/') {
        clean_buf_add(&out, clean_slice(origin, 0, host - 2));
    } else if (link.ptr[0] == '/') {
        clean_buf_add(&out, origin);
    } else {
        size_t end = origin.len, dir = origin.len;
        for (; end < base.len && !strchr("?#", base.ptr[end]); end++)
            dir = base.ptr[end] == '/' ? end : dir;
        clean_buf_add(&out, clean_slice(base, 0, dir));
        clean_buf_byte(&out, '/');
    }
    clean_buf_add(&out, link);
    return clean_norm_line(f->arena, clean_buf_str(&out));
}

pl_str clean_find_canonical(const struct clean_facts *f)
{
    return absolute(f, f->canonical_link.len ? f->canonical_link : clean_facts_meta(f, "og:url"), f->url);
}

/* The letters and digits of a name, in lower case, without anything between: "The Post", "thepost". */
static pl_str squeeze(struct clean_arena *a, pl_str folded)
{
    struct clean_buf out = {.arena = a};
    for (size_t i = 0; i < folded.len; i++)
        if (folded.ptr[i] != ' ')
            clean_buf_byte(&out, folded.ptr[i]);
    return clean_buf_str(&out);
}

/* "example" of "https://www.example.co.uk/a": the part of the host that names the owner. */
static pl_str owner_of(pl_str origin, size_t host)
{
    static const char *const second = "co com org net gov ac edu or ne go";
    pl_str parts[8], rest = clean_slice(origin, host, origin.len);
    size_t n = 0;
    while (n < 8 && clean_split(&rest, '.', &parts[n]))
        n++;
    if (n > 2 && clean_in_list(second, parts[n - 2]))
        n--;
    return n > 1 ? parts[n - 2] : n ? parts[0] : PL_S("");
}

/* "Example.com", "https://example.com": how many bytes the name proper takes, all when it is no address. */
static size_t without_domain(pl_str name)
{
    size_t dot = 0, letters = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == ' ' || name.ptr[i] == '/')
            return name.len;
        if (name.ptr[i] == '.') {
            dot = dot && letters > 3 ? i : dot ? dot : i;
            letters = 0;
        } else
            letters++;
    }
    return dot > 1 && letters >= 2 && letters <= 10 ? dot : name.len;
}

static bool initials_are(pl_str folded, pl_str label)
{
    size_t n = 0;
    for (size_t i = 0; i < folded.len; i++)
        if (i == 0 || folded.ptr[i - 1] == ' ') {
            if (n == label.len || (folded.ptr[i] | 32) != (label.ptr[n] | 32))
                return false;
            n++;
        }
    return n == label.len && n > 1;
}

bool clean_names_owner(const struct clean_facts *f, pl_str folded)
{
    pl_str label = f->owner, squeezed = squeeze(f->arena, folded);
    if (label.len < 2 || !squeezed.len)
        return false;
    return clean_find_nocase(squeezed, label) < squeezed.len ||
           (squeezed.len > 2 && clean_find_nocase(label, squeezed) < label.len) || initials_are(folded, label);
}

pl_str clean_find_owner(const struct clean_facts *f)
{
    size_t host;
    pl_str origin = origin_of(f->url.len ? f->url : clean_find_canonical(f), &host);
    return owner_of(origin, host);
}

/* "The Post - news from the island": what stands before the dash, if that is the owner's name. */
static pl_str without_slogan(const struct clean_facts *f, pl_str name)
{
    static const pl_str marks[] = {{" - ", 3}, {" | ", 3}, {": ", 2}, {" \xE2\x80\x93 ", 5}, {" \xE2\x80\x94 ", 5},
                                   {", ", 2}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = clean_find_nocase(name, marks[i]);
        if (!at || at == name.len)
            continue;
        pl_str head = clean_trim(clean_slice(name, 0, at)), folded = clean_fold(f->arena, head);
        if (clean_names_owner(f, folded))
            return head;
    }
    return name;
}

/* How good a name is in itself. */
static double worth_of(pl_str name, pl_str folded)
{
    static const char *const generic =
        "home homepage news blog index website site startseite security nachrichten noticias "
        "actualités notizie aktuelles start inicio accueil";
    static const char *const legal =
        "gmbh inc ltd llc kg ag plc limited corporation corp srl spa verlag verlags vertriebs "
        "verlagsgesellschaft holdings company";
    double worth = 0;
    pl_str rest = folded, word;
    size_t words = 0;
    for (; clean_split(&rest, ' ', &word); words++)
        worth += clean_in_list(legal, word) ? worth_legal : 0;
    worth -= clean_find_nocase(name, PL_S("://")) < name.len || name.ptr[0] == '{' ? 5 : 0;
    worth += without_domain(name) < name.len ? worth_domain : 0;
    worth -= clean_in_list(generic, folded) ? 3 : 0;
    worth -= words > MAX_SITE_WORDS ? 2 : 0;
    return worth + (words > 1 ? worth_spaced : 0);
}

pl_str clean_find_site(const struct clean_facts *f)
{
    size_t host, n = f->n_sites;
    pl_str names[CLEAN_MAX_SITES + 1], folded[CLEAN_MAX_SITES + 1], squeezed[CLEAN_MAX_SITES + 1];
    enum clean_site_source sources[CLEAN_MAX_SITES + 1];
    pl_str origin = origin_of(f->url.len ? f->url : clean_find_canonical(f), &host);
    for (size_t i = 0; i < n; i++) {
        names[i] = f->sites[i];
        folded[i] = f->folded_sites[i];
        sources[i] = f->site_sources[i];
    }
    names[n] = clean_title_rest(f);
    folded[n] = clean_fold(f->arena, names[n]);
    sources[n] = CLEAN_SITE_TITLE;
    n += folded[n].len && clean_count_words(folded[n]) <= MAX_SITE_WORDS;
    for (size_t i = 0; i < n; i++)
        squeezed[i] = squeeze(f->arena, folded[i]);
    size_t best = n;
    double best_worth = -1;
    for (size_t i = 0; i < n; i++) {
        double worth = source_worth[sources[i]] + worth_of(names[i], folded[i]);
        worth += clean_names_owner(f, folded[i]) ? worth_agree : 0;
        worth -= sources[i] == CLEAN_SITE_TWITTER && memchr(names[i].ptr, '_', names[i].len) ? 1 : 0;
        for (size_t k = 0; k < n; k++)
            worth += k != i && clean_equal(squeezed[i], squeezed[k]) ? worth_same : 0;
        for (size_t k = 0; k < CLEAN_N_HEADS; k++)
            worth -= clean_equal(folded[i], f->folded_heads[k]) ? 5 : 0;
        if (worth > best_worth) {
            best_worth = worth;
            best = i;
        }
    }
    for (size_t i = 0; i < n && best < n; i++) /* the same name, better written */
        if (clean_equal(squeezed[i], squeezed[best]) && folded[i].len > folded[best].len)
            best = i;
    if (best < n) {
        pl_str name = without_slogan(f, names[best]);
        size_t len = without_domain(name);
        return len < name.len && clean_equal_nocase(clean_slice(name, 0, len), f->owner) ? clean_slice(name, 0, len)
                                                                                         : name;
    }
    if (!origin.len)
        return PL_S("");
    pl_str name = clean_slice(origin, host, origin.len);
    return clean_has_prefix_nocase(name, PL_S("www.")) ? clean_slice(name, 4, name.len) : name;
}

pl_str clean_find_language(const struct clean_facts *f)
{
    pl_str sources[] = {f->page_lang, clean_facts_meta(f, "content-language|dc.language|dcterms.language|language"),
                        clean_facts_ld(f, PL_S("inLanguage")), clean_facts_meta(f, "og:locale")};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        pl_str lang = clean_lang_tag(f->arena, sources[i]);
        if (lang.len)
            return lang;
    }
    return PL_S("");
}

/* Names that say nothing: of a start page, of a template that was not filled in. */
static bool says_nothing(pl_str folded)
{
    static const char *const nothing =
        "home homepage start startseite inicio accueil index default null undefined none nan "
        "n/a uncategorized unknown article articles post posts blog";
    return !folded.len || clean_in_list(nothing, folded);
}

/* Of "Home > Politics > Tunnel opens" the last step that is neither the start page nor the article. */
static pl_str from_breadcrumbs(const struct clean_facts *f)
{
    const struct clean_json *j = &f->ld;
    for (uint32_t i = 0; i < j->n; i++) {
        uint32_t list = clean_json_is(j, i, PL_S("breadcrumblist")) ? clean_json_get(j, i, PL_S("itemListElement")) : 0;
        pl_str last = PL_S("");
        size_t steps = 0;
        for (uint32_t k = list + 1; list && k < j->at[list].end && steps++ < 10; k = j->at[k].end) {
            pl_str name = clean_json_text(j, clean_json_get(j, k, PL_S("name")));
            name = clean_norm_value(f->arena, name.len ? name : clean_json_text(j, clean_json_get(j, k, PL_S("item"))));
            pl_str folded = clean_fold(f->arena, name);
            bool title = f->h1_best && clean_equal(folded, f->h1_best->folded);
            for (size_t h = 0; h < CLEAN_N_HEADS; h++)
                title |= clean_equal(folded, f->folded_heads[h]);
            if (!title && !says_nothing(folded) && !clean_facts_is_site(f, folded) && name.len <= MAX_SECTION)
                last = name;
        }
        if (last.len && clean_count_words(last) <= MAX_SITE_WORDS)
            return last;
    }
    return PL_S("");
}

pl_str clean_find_section(const struct clean_facts *f)
{
    size_t host;
    pl_str sources[] = {clean_facts_meta(f, "article:section|og:article:section|articlesection|parsely-section|section|"
                                            "cxenseparse:section"),
                        clean_facts_ld(f, PL_S("articleSection")), from_breadcrumbs(f)};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i].len <= MAX_SECTION && !origin_of(sources[i], &host).len &&
            !says_nothing(clean_fold(f->arena, sources[i])))
            return sources[i];
    return PL_S("");
}

pl_str clean_find_summary(const struct clean_facts *f)
{
    static const char *const metas[] = {"og:description", "description", "twitter:description", "dc.description"};
    for (size_t i = 0; i <= sizeof metas / sizeof *metas; i++) {
        bool meta = i < sizeof metas / sizeof *metas;
        pl_str s = meta ? clean_facts_meta(f, metas[i]) : clean_facts_ld(f, PL_S("description"));
        pl_str folded = clean_fold(f->arena, s);
        bool title = f->h1_best && clean_equal(folded, f->h1_best->folded);
        for (size_t h = 0; h < CLEAN_N_HEADS; h++)
            title |= clean_equal(folded, f->folded_heads[h]);
        if (!title && !says_nothing(folded))
            return s;
    }
    return PL_S("");
}

pl_str clean_find_image(const struct clean_facts *f)
{
    pl_str base = f->url.len ? f->url : clean_find_canonical(f);
    pl_str s =
        absolute(f, clean_facts_meta(f, "og:image|og:image:url|og:image:secure_url|twitter:image|twitter:image:src"),
                 base);
    uint32_t image = clean_facts_ld_value(f, PL_S("image"));
    for (uint32_t i = image; !s.len && i && i < f->ld.at[image].end; i++) {
        pl_str key = f->ld.at[i].key;
        if (f->ld.at[i].type == CLEAN_JSON_STRING &&
            (i == image || !key.len || clean_equal(key, PL_S("url")) || clean_equal(key, PL_S("contentUrl"))))
            s = absolute(f, clean_trim(f->ld.at[i].text), base);
    }
    return s;
}

struct tags {
    pl_str *at;
    pl_str *folded;
    size_t n;
};

static void add_tags(const struct clean_facts *f, struct tags *t, pl_str list)
{
    for (pl_str part; clean_split(&list, ',', &part);) {
        pl_str tag = clean_norm_value(f->arena, part), folded = clean_fold(f->arena, tag);
        bool known = !folded.len || tag.len > 100 || t->n == CLEAN_MAX_LIST;
        for (size_t i = 0; i < t->n && !known; i++)
            known = clean_equal(t->folded[i], folded);
        if (known)
            continue;
        t->folded[t->n] = folded;
        t->at[t->n++] = tag;
    }
}

pl_list clean_find_tags(const struct clean_facts *f)
{
    static const char *const names[] = {"article:tag", "og:article:tag", "news_keywords", "parsely-tags", "keywords"};
    struct tags t = {clean_arena_array(f->arena, CLEAN_MAX_LIST, sizeof *t.at),
                     clean_arena_array(f->arena, CLEAN_MAX_LIST, sizeof *t.at), 0};
    if (!t.at || !t.folded)
        return (pl_list){NULL, 0};
    for (size_t k = 0; k < sizeof names / sizeof *names && !t.n; k++)
        for (size_t i = 0; i < f->n_metas; i++)
            if (clean_equal_nocase(f->metas[i].name, (pl_str){names[k], strlen(names[k])}) &&
                f->metas[i].value.len < 4000)
                add_tags(f, &t, f->metas[i].value);
    uint32_t ld = t.n ? 0 : clean_facts_ld_value(f, PL_S("keywords"));
    for (uint32_t i = ld; i && i < f->ld.at[ld].end && i < ld + CLEAN_MAX_LIST; i++)
        if (f->ld.at[i].text.len < 4000)
            add_tags(f, &t, f->ld.at[i].text);
    return (pl_list){t.at, t.n};
}
