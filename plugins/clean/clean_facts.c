/* clean_facts.c - gathers what a page says of its article: <meta>, JSON-LD, headings, names of the site. */
#include "clean_facts.h"

#include <string.h>

#include "clean_norm.h"
#include "clean_utf8.h"

/* schema.org's kinds of article, in lower case. */
static const char *const article_types =
    "article newsarticle blogposting reportagenewsarticle liveblogposting opinionnewsarticle analysisnewsarticle "
    "techarticle "
    "scholarlyarticle backgroundnewsarticle report socialmediaposting reviewnewsarticle satiricalarticle "
    "advertisercontentarticle";

enum { MAX_VALUE = 4000 };

/* Does an element that is no <meta> perhaps tell a date? */
static bool is_dated(const struct clean_dom *d, const struct clean_node *n)
{
    if (n->tag == CLEAN_TIME)
        return true;
    for (uint32_t i = n->first; i < n->first + n->n; i++) {
        const struct clean_dom_attr *a = &d->attrs[i];
        const char *value = d->chars + a->at;
        if (a->name == CLEAN_ATTR_DATETIME ||
            (a->name == CLEAN_ATTR_ITEMPROP && a->len >= 8 && (value[0] | 32) == 'd' && (value[1] | 32) == 'a') ||
            (a->name == CLEAN_ATTR_TITLE && a->len >= 10 && (value[0] == '1' || value[0] == '2') && value[4] == '-'))
            return true;
    }
    return false;
}

static void gather_metas(struct clean_facts *f)
{
    static const enum clean_attr names[] = {CLEAN_ATTR_PROPERTY, CLEAN_ATTR_NAME, CLEAN_ATTR_ITEMPROP,
                                            CLEAN_ATTR_HTTP_EQUIV};
    const struct clean_dom *d = f->blocks->dom;
    size_t cap = 0;
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        switch (d->nodes[i].tag) {
        case CLEAN_HTML: f->page_lang = clean_trim(clean_dom_get(d, i, CLEAN_ATTR_LANG)); break;
        case CLEAN_TITLE:
            if (!f->page_title.len)
                f->page_title = clean_norm_value(f->arena, clean_clip(clean_dom_inner(d, i, f->arena), MAX_VALUE));
            break;
        case CLEAN_LINK:
            if (!f->canonical_link.len && clean_equal_nocase(clean_dom_get(d, i, CLEAN_ATTR_REL), PL_S("canonical")))
                f->canonical_link = clean_trim(clean_dom_get(d, i, CLEAN_ATTR_HREF));
            break;
        case CLEAN_SCRIPT: clean_json_read(&f->ld, clean_dom_inner(d, i, f->arena)); break;
        case CLEAN_META: {
            struct clean_meta m = {{NULL, 0}, clean_trim(clean_dom_get(d, i, CLEAN_ATTR_CONTENT))};
            for (size_t k = 0; k < sizeof names / sizeof *names && !m.name.len; k++)
                m.name = clean_trim(clean_dom_get(d, i, names[k]));
            if (m.name.len && m.value.len && clean_arena_grow(f->arena, &f->metas, f->n_metas, &cap, sizeof m))
                f->metas[f->n_metas++] = m;
            break;
        }
        case CLEAN_TEXT: break;
        default:
            if (d->nodes[i].n && f->n_dated < CLEAN_MAX_DATED && is_dated(d, &d->nodes[i]))
                f->dated[f->n_dated++] = i;
        }
    }
}

static void find_heads(struct clean_facts *f)
{
    f->heads[CLEAN_HEAD_OG] = clean_facts_meta(f, "og:title");
    f->heads[CLEAN_HEAD_TWITTER] = clean_facts_meta(f, "twitter:title");
    f->heads[CLEAN_HEAD_LD] = clean_facts_ld(f, PL_S("headline"));
    f->heads[CLEAN_HEAD_PAGE] = f->page_title;
    for (size_t i = 0; i < CLEAN_N_HEADS; i++)
        f->folded_heads[i] = clean_fold(f->arena, f->heads[i]);
}

void clean_facts_set_text(struct clean_facts *f, const bool *keep)
{
    const struct clean_blocks *b = f->blocks;
    bool any = false, behind = false; /* the first behind the headline, or the first of all */
    for (size_t i = 0; i < b->n; i++) {
        if (!keep[i] || b->at[i].words < 8)
            continue;
        if (!any || (!behind && i > f->headline))
            f->text_begin = i;
        behind |= i > f->headline;
        f->text_end = i + 1;
        any = true;
    }
}

/* Of the objects that are articles the one that says most; the first of equals. */
static void find_article(struct clean_facts *f)
{
    const struct clean_json *j = &f->ld;
    int best = 0;
    f->article = CLEAN_NONE;
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->at[i].type != CLEAN_JSON_OBJECT)
            continue;
        int says = !!clean_json_get(j, i, PL_S("headline")) + !!clean_json_get(j, i, PL_S("author")) +
                   !!clean_json_get(j, i, PL_S("datePublished"));
        uint32_t type = clean_json_get(j, i, PL_S("@type"));
        bool article = false;
        for (uint32_t k = type; type && k < j->at[type].end; k++) {
            pl_str name = j->at[k].text, part;
            for (pl_str rest = name; clean_split(&rest, '/', &part);)
                name = part;
            article |= clean_in_list(article_types, name);
        }
        int value = article ? 10 + says : says >= 2 && clean_json_get(j, i, PL_S("headline")) ? says : 0;
        if (value > best) {
            best = value;
            f->article = i;
        }
    }
}

void clean_facts_add_site(struct clean_facts *f, enum clean_site_source source, pl_str name)
{
    name = clean_norm_value(f->arena, clean_clip(name, 100));
    while (name.len && strchr("-|: ", name.ptr[0])) /* "- The Post", made for behind a headline */
        name = clean_slice(name, 1, name.len);
    pl_str folded = clean_fold(f->arena, name);
    for (size_t i = 0; i < CLEAN_N_HEADS; i++) /* some sites call each page a site */
        if (clean_equal(folded, f->folded_heads[i]) && clean_count_words(folded) >= 3)
            return;
    if (folded.len && f->n_sites < CLEAN_MAX_SITES) {
        f->sites[f->n_sites] = name;
        f->site_sources[f->n_sites] = source;
        f->folded_sites[f->n_sites++] = folded;
    }
}

static bool is_any_of(const char *list, pl_str word)
{
    while (word.len && strchr(".,;", word.ptr[word.len - 1]))
        word.len--;
    return clean_in_list(list, word);
}

static bool has_letter(pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80 || clean_is_letter((unsigned char)s.ptr[i]))
            return true;
    return false;
}

/* "(c) 2021 The Island Post GmbH. All rights reserved." without all but the name. */
static pl_str bare_owner(pl_str s)
{
    static const char *const before = "copyright (c) \xC2\xA9 by";
    static const char *const legal = "gmbh inc ltd llc kg ag plc limited sa spa srl bv ab as co oy";
    size_t at = clean_find_nocase(s, PL_S("all rights"));
    s = clean_trim(at < s.len ? clean_slice(s, 0, at) : s);
    at = clean_find_nocase(s, PL_S(" ("));
    s = at && at < s.len ? clean_slice(s, 0, at) : s;
    for (bool more = true; more && s.len;) {
        size_t word = 0;
        while (word < s.len && s.ptr[word] != ' ')
            word++;
        pl_str first = clean_slice(s, 0, word);
        more = word < s.len &&
               (clean_in_list(before, first) || (first.ptr[0] >= '0' && first.ptr[0] <= '9' && word >= 4) ||
                clean_equal(first, PL_S("-")));
        s = more ? clean_trim(clean_slice(s, word, s.len)) : s;
    }
    for (bool more = true; more && s.len;) {
        size_t word = s.len;
        while (word && s.ptr[word - 1] != ' ')
            word--;
        more = word &&
               (is_any_of(legal, clean_slice(s, word, s.len)) || clean_equal(clean_slice(s, word, s.len), PL_S("&")));
        s = more ? clean_trim(clean_slice(s, 0, word)) : s;
    }
    while (s.len && strchr(".,;-", s.ptr[s.len - 1]))
        s.len--;
    return has_letter(s) ? s : PL_S("");
}

static void find_sites(struct clean_facts *f)
{
    const struct clean_json *j = &f->ld;
    clean_facts_add_site(f, CLEAN_SITE_OG, clean_facts_meta(f, "og:site_name|og:site:name"));
    uint32_t publisher = clean_facts_ld_value(f, PL_S("publisher"));
    if (publisher) {
        pl_str name = clean_json_text(j, publisher), id = clean_json_text(j, clean_json_get(j, publisher, PL_S("@id")));
        for (uint32_t i = 0; i < j->n && !name.len && id.len; i++) /* the publisher is described elsewhere */
            if (clean_equal(clean_json_text(j, clean_json_get(j, i, PL_S("@id"))), id))
                name = clean_json_text(j, clean_json_get(j, i, PL_S("name")));
        clean_facts_add_site(f, CLEAN_SITE_PUBLISHER, name);
    }
    for (uint32_t i = 0; i < j->n; i++)
        if (clean_json_is(j, i, PL_S("website"))) {
            clean_facts_add_site(f, CLEAN_SITE_WEBSITE, clean_json_text(j, clean_json_get(j, i, PL_S("name"))));
            break;
        }
    clean_facts_add_site(f, CLEAN_SITE_APP, clean_facts_meta(f, "application-name|apple-mobile-web-app-title"));
    clean_facts_add_site(f, CLEAN_SITE_META,
                         bare_owner(clean_facts_meta(f, "publisher|dc.publisher|dcterms.publisher|company")));
    clean_facts_add_site(f, CLEAN_SITE_META, bare_owner(clean_facts_meta(f, "copyright|dc.rights|dcterms.rights")));
    pl_str twitter = clean_facts_meta(f, "twitter:site");
    if (twitter.len && twitter.ptr[0] == '@')
        twitter = clean_slice(twitter, 1, twitter.len);
    clean_facts_add_site(f, CLEAN_SITE_TWITTER, twitter);
}

/* The <h1> that a block stands under. */
static uint32_t h1_above(const struct clean_dom *d, uint32_t node)
{
    for (int level = 0; level < 5; level++, node = d->nodes[node].parent)
        if (d->nodes[node].tag == CLEAN_H1)
            return node;
    return CLEAN_NONE;
}

static void find_headings(struct clean_facts *f)
{
    const struct clean_blocks *b = f->blocks;
    uint32_t last = CLEAN_NONE;
    struct clean_buf text = {.arena = f->arena};
    for (uint32_t i = 0; i <= b->n; i++) {
        uint32_t h1 = i < b->n ? h1_above(b->dom, b->at[i].node) : CLEAN_NONE;
        if (h1 != last && text.len) {
            struct clean_heading *h = &f->h1[f->n_h1 - 1];
            h->text = clean_norm_line(f->arena, clean_clip(clean_buf_str(&text), MAX_VALUE));
            h->folded = clean_fold(f->arena, h->text);
            text = (struct clean_buf){.arena = f->arena};
        }
        if (h1 != CLEAN_NONE && h1 != last) {
            if (f->n_h1 == CLEAN_MAX_H1)
                break;
            f->h1[f->n_h1++] = (struct clean_heading){.block = i};
        }
        if (h1 != CLEAN_NONE) {
            if (text.len)
                clean_buf_byte(&text, ' ');
            clean_buf_add(&text, clean_clip(b->at[i].text, MAX_VALUE));
        }
        last = h1;
    }
}

/* A page without h1: the first block that <title> begins with is the headline. */
static void find_heading_by_title(struct clean_facts *f)
{
    pl_str title = f->folded_heads[CLEAN_HEAD_PAGE];
    for (uint32_t i = 0; i < f->blocks->n && title.len; i++) {
        if (f->blocks->at[i].text.len > MAX_VALUE)
            continue;
        pl_str text = clean_norm_line(f->arena, f->blocks->at[i].text), folded = clean_fold(f->arena, text);
        bool begins = folded.len <= title.len && clean_equal(folded, clean_slice(title, 0, folded.len)) &&
                      (folded.len == title.len || title.ptr[folded.len] == ' ');
        if (begins && clean_count_words(folded) >= 2) {
            f->h1[f->n_h1++] = (struct clean_heading){.text = text, .folded = folded, .block = i};
            return;
        }
    }
}

int clean_facts_find(struct clean_facts *f, const struct clean_blocks *b, pl_str url, struct clean_arena *a)
{
    *f = (struct clean_facts){.arena = a, .blocks = b, .url = url, .ld = {.arena = a}};
    gather_metas(f);
    find_article(f);
    f->owner = clean_find_owner(f);
    find_heads(f);
    find_sites(f);
    find_headings(f);
    if (!f->n_h1)
        find_heading_by_title(f);
    clean_find_headline(f);
    f->month_first = clean_equal_nocase(f->page_lang, PL_S("en-US")) || clean_equal_nocase(f->page_lang, PL_S("en_US"));
    return a->failed ? PL_NOMEM : 0;
}

pl_str clean_facts_meta(const struct clean_facts *f, const char *names)
{
    pl_str rest = {names, strlen(names)}, name;
    while (clean_split(&rest, '|', &name))
        for (size_t i = 0; i < f->n_metas; i++)
            if (clean_equal_nocase(f->metas[i].name, name)) {
                pl_str value = clean_norm_value(f->arena, clean_clip(f->metas[i].value, MAX_VALUE));
                if (value.len)
                    return value;
            }
    return PL_S("");
}

uint32_t clean_facts_ld_value(const struct clean_facts *f, pl_str key)
{
    return f->article == CLEAN_NONE ? 0 : clean_json_get(&f->ld, f->article, key);
}

pl_str clean_facts_ld(const struct clean_facts *f, pl_str key)
{
    uint32_t i = clean_facts_ld_value(f, key);
    return i ? clean_norm_value(f->arena, clean_clip(clean_json_text(&f->ld, i), MAX_VALUE)) : PL_S("");
}

bool clean_facts_is_site(const struct clean_facts *f, pl_str folded)
{
    for (size_t i = 0; i < f->n_sites; i++)
        if (clean_equal(f->folded_sites[i], folded))
            return true;
    return false;
}

uint32_t clean_facts_parts(const struct clean_facts *f, uint32_t node, int levels)
{
    uint32_t parts = 0;
    for (; levels > 0; levels--, node = f->blocks->dom->nodes[node].parent)
        parts |= f->blocks->names[node].parts;
    return parts;
}
