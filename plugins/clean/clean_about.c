/* clean_about.c - the smaller facts of a page: site, language, address, section, summary, image, tags. */
#include <string.h>

#include "clean_facts.h"
#include "clean_lang.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum { MAX_SITE_WORDS = 6 };

/* "https://www.example.org" of "https://www.example.org/a/b"; the host alone begins at *host. */
static pl_str origin_of(pl_str url, size_t *host)
{
    *host = clean_has_prefix_nocase(url, PL_S("https://")) ? 8 : clean_has_prefix_nocase(url, PL_S("http://")) ? 7 : 0;
    size_t end = *host;
    while (end < url.len && !strchr("/?#", url.ptr[end]))
        end++;
    return *host && end > *host ? clean_slice(url, 0, end) : PL_S("");
}

pl_str clean_find_canonical(const struct clean_facts *f)
{
    size_t host;
    pl_str link = f->canonical_link.len ? f->canonical_link : clean_facts_meta(f, "og:url");
    if (origin_of(link, &host).len)
        return clean_norm_line(f->arena, link);
    pl_str origin = origin_of(f->url, &host);
    if (!link.len || link.ptr[0] != '/' || !origin.len)
        return PL_S("");
    struct clean_buf out = {.arena = f->arena};
    bool other_host = link.len > 1 && link.ptr[1] == '/';
    clean_buf_add(&out, other_host ? clean_slice(origin, 0, host - 2) : origin);
    clean_buf_add(&out, link);
    return clean_norm_line(f->arena, clean_buf_str(&out));
}

pl_str clean_find_site(const struct clean_facts *f)
{
    size_t host;
    if (f->n_sites)
        return f->sites[0];
    pl_str rest = clean_title_rest(f);
    if (rest.len && clean_count_words(rest) <= MAX_SITE_WORDS)
        return rest;
    pl_str origin = origin_of(f->url.len ? f->url : clean_find_canonical(f), &host);
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

pl_str clean_find_section(const struct clean_facts *f)
{
    pl_str s = clean_facts_meta(f, "article:section|og:article:section|parsely-section|section|cxenseparse:section");
    s = s.len ? s : clean_facts_ld(f, PL_S("articleSection"));
    return s.len <= 100 ? s : PL_S("");
}

pl_str clean_find_summary(const struct clean_facts *f)
{
    pl_str s = clean_facts_meta(f, "og:description|description|twitter:description|dc.description");
    return s.len ? s : clean_facts_ld(f, PL_S("description"));
}

pl_str clean_find_image(const struct clean_facts *f)
{
    size_t host;
    pl_str s = clean_facts_meta(f, "og:image|og:image:url|og:image:secure_url|twitter:image|twitter:image:src");
    uint32_t image = clean_facts_ld_value(f, PL_S("image"));
    for (uint32_t i = image; !s.len && i && i < f->ld.at[image].end; i++) {
        pl_str v = f->ld.at[i].text;
        if (origin_of(v, &host).len)
            s = clean_norm_line(f->arena, v);
    }
    return origin_of(s, &host).len ? s : PL_S("");
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
