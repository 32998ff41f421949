/* clean_byline.c - who wrote it: the authors' names, without titles, dates and buttons.
 *
 * Sources in the order in which they proved right: persons in JSON-LD, <meta>,
 * elements marked as author near the headline, a line "By ...", links to an
 * author's page, the site itself where JSON-LD or <meta> name it, and at last
 * marked elements anywhere. */
#include <string.h>

#include "clean_facts.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum {
    MAX_NAMES = 12,
    MAX_NAME = 80,
    BEFORE_H1 = 6,
    AFTER_H1 = 30,
    MARK_REACH = 40,
    AFTER_TEXT = 5,
    TOGETHER = 30,
    MAX_SHORT_LINE = 120,
    MAX_MARKED = 40
};

static const char LINE = '\x1F'; /* between the lines of an element; no page has it */

struct names {
    struct clean_arena *arena;
    const struct clean_facts *facts; /* whose sites are no names; may be NULL */
    bool own;                        /* yet here they are */
    pl_str at[MAX_NAMES], folded[MAX_NAMES];
    size_t n;
};

/* What a visible name may hold how many of. */
enum strictness { ANY_NAME, ONE_WORD, TWO_WORDS };

static const char *const not_names = "staff editor editors editorial team redaktion redaction redacción redazione "
                                     "admin administrator news agency newsroom desk "
                                     "reporter reporters correspondent correspondents author authors writer writers "
                                     "guest contributor contributors bureau by von "
                                     "par por updated published minutes minute ago min read share email comments "
                                     "comment follow twitter facebook subscribe "
                                     "online web posted photo photos video print view all more about the "
                                     "followed teams alle posts articles archive";
static const char *const particles =
    "de van von der den la le las los da di del della bin ibn al el ten ter du dos y zu zur af av the";
static const char *const months =
    "jan january feb february mar march apr april may jun june jul july aug august sep sept "
    "september oct october nov november dec december monday tuesday wednesday thursday friday "
    "saturday sunday today yesterday";

static const char *const marks[] = {"written by",   "posted by",
                                    "reported by",  "story by",
                                    "words by",     "reviewed by",
                                    "published by", "created by",
                                    "text by",      "by",
                                    "von",          "par",
                                    "por",          "di",
                                    "da",           "autor",
                                    "autoren",      "author",
                                    "authors",      "article by",
                                    "authored by",  "autorin/autor",
                                    "autor/in",     "contributors:",
                                    "contributor:", "auteur",
                                    "text",         "tekst",
                                    "penulis",      "autore",
                                    "av",           "af",
                                    "door"};

/* "ByJane Doe", "AuthorJane Doe": two elements without a space between.  (Not "DiCaprio".) */
static bool is_glued(pl_str line, pl_str mark)
{
    const char *next = line.ptr + mark.len, *end = clean_end(line);
    char last = mark.ptr[mark.len - 1];
    bool sure = last == 'y' || clean_equal(mark, PL_S("author")) || clean_equal(mark, PL_S("autor"));
    return sure && line.ptr[mark.len - 1] == last && clean_is_upper(clean_utf8_next(&next, end));
}

size_t clean_byline_mark(pl_str line)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        pl_str mark = {marks[i], strlen(marks[i])};
        if (!clean_has_prefix_nocase(line, mark))
            continue;
        size_t at = mark.len;
        while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == ':'))
            at++;
        if (at == line.len || at > mark.len || is_glued(line, mark))
            return at;
    }
    return 0;
}

static bool is_separator(const char *p, const char *end, size_t *len)
{
    static const pl_str words[] = {{" and ", 5}, {" und ", 5}, {" et ", 4}, {" og ", 4},
                                   {" och ", 5}, {" y ", 3},   {" & ", 3},  {"\xE2\x80\xA2", 3}};
    if (*p == ';' || *p == '|' || *p == '\n' || *p == ',' || *p == '/') {
        *len = 1;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (clean_has_prefix_nocase((pl_str){p, (size_t)(end - p)}, words[i])) {
            *len = words[i].len;
            return true;
        }
    return false;
}

/* Is what follows a comma a degree, or "Jr.", which belongs to the name before?  Says how many bytes. */
static size_t degree_at(const char *p, const char *end)
{
    static const char *const degrees =
        "md phd dvm vmd dds dmd rn bsn msn dnp np mph mba ms ma ba bs bsc msc jd esq rd rdn ldn "
        "lcsw lmft cpa cfp pharmd psyd edd facs faclm dacvb jr sr ii iii cscs cpt";
    char word[12];
    size_t len = 0;
    const char *q = p;
    for (; q < end && *q == ' '; q++)
        ;
    for (; q < end && len < sizeof word && (*q == '.' || clean_is_letter((unsigned char)*q)); q++)
        if (*q != '.')
            word[len++] = *q;
    bool ended = q == end || *q == ',' || *q == ';' || *q == ' ' || *q == '\n';
    bool capital = len && word[0] >= 'A' && word[0] <= 'Z';
    return ended && capital && clean_in_list(degrees, (pl_str){word, len}) ? (size_t)(q - p) : 0;
}

/* The next name of a list, taken off its front; false at its end. */
static bool next_name(pl_str *list, pl_str *name)
{
    const char *begin = list->ptr, *end = clean_end(*list);
    size_t len = 0;
    if (begin == end)
        return false;
    const char *p = begin;
    while (p < end) {
        size_t degree = *p == ',' && p > begin ? degree_at(p + 1, end) : 0;
        if (!degree && is_separator(p, end, &len))
            break;
        p += 1 + degree;
    }
    *name = (pl_str){begin, (size_t)(p - begin)};
    p += p < end ? len : 0;
    *list = (pl_str){p, (size_t)(end - p)};
    return true;
}

static pl_str strip_marks(pl_str s)
{
    static const char edge[] = " ,;:|-*\"";
    static const pl_str dash = {"\xE2\x80\x94", 3}, short_dash = {"\xE2\x80\x93", 3};
    for (bool more = true; more && s.len;) {
        pl_str end = clean_slice(s, s.len > 3 ? s.len - 3 : 0, s.len);
        size_t front = strchr(edge, s.ptr[0]) ? 1 : 0;
        size_t back = strchr(edge, s.ptr[s.len - 1])                           ? 1
                      : clean_equal(end, dash) || clean_equal(end, short_dash) ? 3
                                                                               : 0;
        more = front || back;
        s = clean_slice(s, front, s.len > back ? s.len - back : 0);
    }
    return s;
}

/* Without "By", a role in brackets or what follows a dash. */
static pl_str tidy_name(pl_str s)
{
    s = strip_marks(s);
    size_t mark = clean_byline_mark(s);
    if (mark < s.len)
        s = clean_slice(s, mark, s.len);
    static const pl_str cuts[] = {{" - ", 3},        {" \xE2\x80\x93 ", 5}, {" \xE2\x80\x94 ", 5},
                                  {" \xC2\xB7 ", 4}, {" \xE2\x8B\x85", 4},  {" \xE2\x80\xA2 ", 5},
                                  {" (", 2}};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        size_t at = clean_find_nocase(s, cuts[i]);
        if (at && at < s.len)
            s.len = at;
    }
    return strip_marks(s);
}

/* Could it be a name at all: no address, number or sentence. */
static bool is_plausible(pl_str s)
{
    size_t digits = 0, words = 1;
    if (s.len < 2 || s.len > MAX_NAME || clean_find_nocase(s, PL_S("http")) < s.len ||
        clean_find_nocase(s, PL_S("www.")) < s.len)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (strchr("@_{}=<>#:", s.ptr[i]) || (s.ptr[i] == '(' && !i))
            return false;
        digits = s.ptr[i] >= '0' && s.ptr[i] <= '9' ? digits + 1 : 0;
        if (digits == 3)
            return false;
        words += s.ptr[i] == ' ';
    }
    if (clean_has_prefix_nocase(s, PL_S("copyright")))
        return false;
    return words <= 6;
}

/* Does a visible text look like a person's name: 2 to 4 capitalised words, no date, no role. */
static bool looks_like_name(pl_str s, size_t min_words)
{
    size_t words = 0, comma = clean_find_nocase(s, PL_S(", "));
    s.len = comma; /* degrees */
    pl_str rest = s, w;
    while (clean_split(&rest, ' ', &w)) {
        if (!w.len)
            continue;
        words++;
        const char *p = w.ptr;
        uint32_t c = clean_utf8_next(&p, w.ptr + w.len);
        pl_str bare = w;
        while (bare.len && (bare.ptr[bare.len - 1] == '.' || bare.ptr[bare.len - 1] == ','))
            bare.len--;
        if (clean_in_list(months, bare) || c - '0' < 10)
            return false;
        bool particle = clean_in_list(particles, bare) && words > 1;
        if (!particle && (clean_in_list(not_names, bare) || (c < 0x80 && clean_is_letter(c) && !clean_is_upper(c))))
            return false;
        if (words == 1 && !clean_is_letter(c))
            return false;
    }
    return words >= min_words && words <= 4;
}

/* "jdoe", "jane.doe", "admin2": an account's name, believed when there is no other. */
static bool is_account(pl_str s)
{
    bool small = s.len && s.ptr[0] >= 'a' && s.ptr[0] <= 'z';
    return s.len && !memchr(s.ptr, ' ', s.len) && (small || memchr(s.ptr, '.', s.len));
}

static bool is_role(pl_str s)
{
    size_t last = s.len;
    while (last && s.ptr[last - 1] != ' ')
        last--;
    return clean_in_list("writer reporter editor correspondent columnist contributor producer",
                         clean_slice(s, last, s.len));
}

static void add_name(struct names *n, pl_str s, enum strictness strict)
{
    s = tidy_name(s);
    if (n->facts && !n->n && !n->own && strict == ANY_NAME && is_account(s))
        return;
    if (!is_plausible(s) || (strict != ANY_NAME && !looks_like_name(s, strict == TWO_WORDS ? 2 : 1)))
        return;
    pl_str name = clean_norm_line(n->arena, s), folded = clean_fold(n->arena, name);
    if (n->n && is_role(s)) /* "Jane Doe, Sports Writer" */
        return;
    if (!folded.len || n->n == MAX_NAMES || (n->facts && !n->own && clean_facts_is_site(n->facts, folded)))
        return;
    for (size_t i = 0; i < n->n; i++)
        if (clean_equal(n->folded[i], folded))
            return;
    n->at[n->n] = name;
    n->folded[n->n++] = folded;
}

static void add_names(struct names *n, pl_str list, enum strictness strict)
{
    if (list.len && list.ptr[0] == '(') /* the rights to a picture */
        return;
    for (pl_str name; next_name(&list, &name);)
        add_name(n, name, strict);
}

static pl_list to_list(const struct names *n)
{
    pl_str *at = n->n ? clean_arena_array(n->arena, n->n, sizeof *at) : NULL;
    if (!at)
        return (pl_list){NULL, 0};
    memcpy(at, n->at, n->n * sizeof *at);
    return (pl_list){at, n->n};
}

/* What follows "By": up to a date, a place or a button. */
static pl_str cut_byline(pl_str s)
{
    static const pl_str cuts[] = {{" on ", 4},           {" updated", 8},     {" published", 10},
                                  {" am ", 4},           {" in ", 4},         {" for ", 5},
                                  {" is ", 4},           {" at ", 4},         {" | ", 3},
                                  {" \xE2\x80\xA2 ", 5}, {" - ", 3},          {" \xE2\x80\x93 ", 5},
                                  {" \xE2\x80\x94 ", 5}, {" special to ", 12}};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        size_t at = clean_find_nocase(s, cuts[i]);
        s.len = at < s.len ? at : s.len;
    }
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            s.len = i;
    return s;
}

pl_list clean_names_in(struct clean_arena *a, pl_str line, bool marked)
{
    struct names n = {.arena = a};
    size_t mark = clean_byline_mark(line);
    pl_str rest = cut_byline(clean_slice(line, mark, line.len));
    add_names(&n, rest, marked || mark ? ONE_WORD : TWO_WORDS);
    return to_list(&n);
}

/* Which authors of JSON-LD are asked for. */
enum ld_authors { PERSONS, ALL };

static bool is_organisation(const struct clean_json *j, uint32_t i)
{
    return clean_json_is(j, i, PL_S("organization")) || clean_json_is(j, i, PL_S("newsmediaorganization")) ||
           clean_json_is(j, i, PL_S("website")) || clean_json_is(j, i, PL_S("corporation"));
}

/* One author of JSON-LD: a string, or an object that may only point to another. */
static void add_ld_author(struct names *n, const struct clean_json *j, uint32_t i, enum ld_authors which)
{
    if (j->at[i].type == CLEAN_JSON_STRING) {
        add_names(n, clean_norm_value(n->arena, j->at[i].text), ANY_NAME);
        return;
    }
    if (j->at[i].type != CLEAN_JSON_OBJECT)
        return;
    pl_str id = clean_json_text(j, clean_json_get(j, i, PL_S("@id")));
    if (!clean_json_get(j, i, PL_S("name")) && id.len)
        for (uint32_t k = 0; k < j->n; k++)
            if (clean_json_get(j, k, PL_S("name")) &&
                clean_equal(clean_json_text(j, clean_json_get(j, k, PL_S("@id"))), id)) {
                i = k;
                break;
            }
    uint32_t name = clean_json_get(j, i, PL_S("name"));
    if (which == PERSONS && is_organisation(j, i))
        return;
    if (!name) {
        struct clean_buf both = {.arena = n->arena};
        clean_buf_add(&both, clean_json_text(j, clean_json_get(j, i, PL_S("givenName"))));
        clean_buf_byte(&both, ' ');
        clean_buf_add(&both, clean_json_text(j, clean_json_get(j, i, PL_S("familyName"))));
        add_name(n, clean_norm_value(n->arena, clean_buf_str(&both)), ANY_NAME);
        return;
    }
    if (j->at[name].type == CLEAN_JSON_STRING)
        add_names(n, clean_norm_value(n->arena, j->at[name].text), ANY_NAME);
    for (uint32_t k = name + 1; k < j->at[name].end; k++)
        add_names(n, clean_norm_value(n->arena, j->at[k].text), ANY_NAME);
}

static void from_ld(struct names *n, const struct clean_facts *f, enum ld_authors which)
{
    const struct clean_json *j = &f->ld;
    uint32_t i = clean_facts_ld_value(f, PL_S("author"));
    i = i ? i : clean_facts_ld_value(f, PL_S("creator"));
    if (!i)
        return;
    if (j->at[i].type != CLEAN_JSON_ARRAY) {
        add_ld_author(n, j, i, which);
        return;
    }
    size_t tried = 0, persons = 0; /* an agency beside persons has signed too */
    for (uint32_t k = i + 1; k < j->at[i].end && tried++ < MAX_NAMES; k = j->at[k].end)
        persons += !is_organisation(j, k);
    tried = 0;
    for (uint32_t k = i + 1; k < j->at[i].end && tried++ < MAX_NAMES; k = j->at[k].end)
        add_ld_author(n, j, k, persons ? ALL : which);
}

/* "The Post, Hamburg, Germany": a publisher's address, of which the name counts. */
static pl_str without_country(pl_str s)
{
    static const char *const countries = "germany deutschland austria schweiz switzerland france italy spain";
    size_t last = s.len, first = clean_find_nocase(s, PL_S(", "));
    while (last && s.ptr[last - 1] != ' ')
        last--;
    return first < s.len && clean_in_list(countries, clean_slice(s, last, s.len)) ? clean_slice(s, 0, first) : s;
}

static void from_meta(struct names *n)
{
    pl_str name,
        rest =
            PL_S("author|article:author|dc.creator|dcterms.creator|dc.creator.name|byl|parsely-author|sailthru.author|"
                 "cxenseparse:author|og:article:author|article:author_name|citation_author|authors|byline|vr:author|"
                 "rbauthors|creator|"
                 "article.author|article_author|articleauthor|parsely_author|dcsext.author|cre");
    while (!n->n && clean_split(&rest, '|', &name))
        for (size_t i = 0; i < n->facts->n_metas; i++) {
            const struct clean_meta *m = &n->facts->metas[i];
            if (!clean_equal_nocase(m->name, name) || m->value.len > 400 || m->value.ptr[0] == '@' ||
                clean_has_prefix_nocase(m->value, PL_S("http")))
                continue;
            add_names(n, without_country(clean_norm_value(n->arena, m->value)), ANY_NAME);
        }
}

/* Is the element itself marked as an author's name? */
static bool is_marked_author(const struct clean_facts *f, uint32_t node)
{
    const struct clean_dom *d = f->blocks->dom;
    uint32_t parts = f->blocks->parts[node];
    if (!d->nodes[node].n)
        return false;
    if (parts & CLEAN_PART(AUTHOR))
        return !(parts & CLEAN_PART(NOT_AUTHOR));
    pl_str rel = clean_dom_get(d, node, CLEAN_ATTR_REL);
    return (rel.len && clean_find_nocase(rel, PL_S("author")) < rel.len) ||
           clean_equal_nocase(clean_dom_get(d, node, CLEAN_ATTR_ITEMPROP), PL_S("author"));
}

/* The nodes of blocks [from, to). */
static void node_range(const struct clean_blocks *b, size_t from, size_t to, uint32_t *begin, uint32_t *end)
{
    to = to < b->n ? to : b->n;
    *begin = from < to ? b->at[from].node : 0;
    *end = from < to ? b->dom->nodes[b->at[to - 1].node].end : 0;
}

/* The text below a node, a line for each of its blocks. */
static pl_str lines_of(const struct clean_dom *d, uint32_t node, struct clean_arena *a)
{
    struct clean_buf out = {.arena = a};
    uint32_t last = node;
    for (uint32_t i = node; i < d->nodes[node].end && out.len < 400; i++) {
        if (d->nodes[i].tag != CLEAN_TEXT) {
            if (d->nodes[i].tag == CLEAN_BR)
                clean_buf_byte(&out, LINE);
            continue;
        }
        uint32_t block = d->nodes[i].parent;
        while (block > node && !clean_tag_is_block(d->nodes[block].tag))
            block = d->nodes[block].parent;
        if (block != last)
            clean_buf_byte(&out, LINE);
        last = block;
        clean_buf_add(&out, clean_dom_str(d, &d->nodes[i]));
    }
    return clean_buf_str(&out);
}

/* The names of a marked element: those of the first of its lines that has any. */
static void add_marked(struct names *n, uint32_t node)
{
    pl_str rest = lines_of(n->facts->blocks->dom, node, n->arena), line;
    size_t before = n->n;
    for (int k = 0; k < 8 && n->n == before && clean_split(&rest, LINE, &line); k++) {
        line = clean_norm_line(n->arena, line);
        if (line.len && line.len <= 150)
            add_names(n, line, TWO_WORDS);
    }
}

/* The names in elements [begin, end) that are marked, of those that stand together.  `inner`: only of those with no
 * marked element in them; around them are portraits, roles, buttons. */
static void from_marked_range(struct names *n, uint32_t begin, uint32_t end, bool inner)
{
    const struct clean_dom *d = n->facts->blocks->dom;
    uint32_t last = 0;
    for (uint32_t i = begin; i < end && !(n->n && i > last + TOGETHER); i++) {
        if (d->nodes[i].tag == CLEAN_TEXT || d->nodes[i].end - i > MAX_MARKED || !is_marked_author(n->facts, i))
            continue;
        bool innermost = true;
        for (uint32_t k = i + 1; k < d->nodes[i].end && innermost && inner; k++)
            innermost = d->nodes[k].tag == CLEAN_TEXT || !is_marked_author(n->facts, k);
        size_t before = n->n;
        if (innermost)
            add_marked(n, i);
        if (n->n > before)
            last = d->nodes[i].end;
    }
}

static void from_marked_elements(struct names *n, bool near)
{
    const struct clean_facts *f = n->facts;
    size_t from = f->headline > BEFORE_H1 ? f->headline - BEFORE_H1 : 0;
    uint32_t begin, end, all = (uint32_t)f->blocks->dom->n_nodes;
    node_range(f->blocks, from, (f->text_begin > f->headline ? f->text_begin : f->headline) + AFTER_TEXT, &begin, &end);
    const uint32_t ranges[3][2] = {{begin, end}, {end, all}, {1, begin}};
    for (size_t i = near ? 0 : 1; i < (near ? 1 : 3) && !n->n; i++) {
        from_marked_range(n, ranges[i][0], ranges[i][1], true);
        if (!n->n)
            from_marked_range(n, ranges[i][0], ranges[i][1], false);
    }
}

/* Where a "By" within a line begins: "4 May 2021 By Jane Doe"; the line's length when there is none. */
static size_t mark_within(pl_str line)
{
    static const pl_str words[] = {{" by ", 4},      {" By ", 4},        {" BY ", 4},   {" by: ", 5},
                                   {" By: ", 5},     {" von ", 5},       {" Von ", 5},  {" par ", 5},
                                   {" Par ", 5},     {" por ", 5},       {" Por ", 5},  {" Autor: ", 8},
                                   {" Author: ", 9}, {" Auteur : ", 10}, {" door ", 6}, {" Penulis: ", 10}};
    for (size_t i = 1; i < line.len; i++)
        for (size_t k = 0; line.ptr[i] == ' ' && k < sizeof words / sizeof *words; k++)
            if (clean_has_prefix_nocase(clean_slice(line, i, line.len), words[k]) &&
                memcmp(line.ptr + i, words[k].ptr, words[k].len) == 0)
                return i + 1;
    return line.len;
}

static bool has_date(const struct clean_facts *f, pl_str line)
{
    struct clean_date date;
    return clean_date_find(line, f->month_first, &date, NULL, NULL);
}

static void from_marked_lines(struct names *n)
{
    const struct clean_blocks *b = n->facts->blocks;
    size_t h1 = n->facts->headline, begin = h1 > BEFORE_H1 ? h1 - BEFORE_H1 : 0;
    for (size_t i = begin; i < b->n && i < begin + MARK_REACH && !n->n; i++) {
        pl_str rest = b->at[i].text, line;
        for (int k = 0; k < 3 && !n->n && clean_split(&rest, '\n', &line); k++) {
            size_t mark = clean_byline_mark(line), within;
            if (!mark && i != h1 && !b->at[i].ends && line.len <= MAX_SHORT_LINE && has_date(n->facts, line) &&
                (within = mark_within(line)) < line.len) {
                line = clean_slice(line, within, line.len);
                mark = clean_byline_mark(line);
            }
            if (!mark || line.len > mark + 90)
                continue;
            if (mark < line.len) {
                add_names(n, cut_byline(clean_slice(line, mark, line.len)), TWO_WORDS);
                continue;
            }
            /* "By" alone: the name is on the next line */
            pl_str next = rest.ptr ? rest : i + 1 < b->n ? b->at[i + 1].text : PL_S("");
            pl_str first;
            if (clean_split(&next, '\n', &first) && first.len < 90)
                add_names(n, cut_byline(first), TWO_WORDS);
        }
    }
}

static bool is_author_link(pl_str href)
{
    static const char *const paths[] = {"/author",   "/autor",       "/auteur",     "/redakteur", "/profile",
                                        "/profil/",  "/contributor", "/journalist", "/writer",    "/staff/",
                                        "/reporter", "/people/",     "/team/",      "/columnist", "/penulis/",
                                        "/by/",      "/@",           "author="};
    if (href.len > 400)
        return false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (clean_find_nocase(href, (pl_str){paths[i], strlen(paths[i])}) < href.len)
            return true;
    return false;
}

static void from_links(struct names *n)
{
    const struct clean_blocks *b = n->facts->blocks;
    size_t h1 = n->facts->headline, last = h1 + AFTER_H1 < b->n ? h1 + AFTER_H1 : b->n - 1;
    if (!b->n)
        return;
    uint32_t from = b->at[h1 > BEFORE_H1 ? h1 - BEFORE_H1 : 0].node, to = b->dom->nodes[b->at[last].node].end;
    for (uint32_t i = from; i < to && !n->n; i++)
        if (b->dom->nodes[i].tag == CLEAN_A && b->dom->nodes[i].end - i < 12 &&
            is_author_link(clean_dom_get(b->dom, i, CLEAN_ATTR_HREF))) {
            pl_str text = clean_norm_line(n->arena, clean_dom_inner(b->dom, i, n->arena));
            if (text.len <= 100)
                add_names(n, text, TWO_WORDS);
        }
}

pl_list clean_find_byline(const struct clean_facts *f)
{
    struct names n = {.arena = f->arena, .facts = f};
    from_ld(&n, f, PERSONS);
    if (!n.n)
        from_meta(&n);
    if (!n.n)
        from_marked_elements(&n, true);
    if (!n.n)
        from_marked_lines(&n);
    if (!n.n)
        from_links(&n);
    n.own = !n.n; /* now the site itself may have signed */
    if (!n.n)
        from_ld(&n, f, ALL);
    if (!n.n)
        from_meta(&n);
    n.own = false;
    if (!n.n)
        from_marked_elements(&n, false);
    return to_list(&n);
}
