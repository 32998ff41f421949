/* fetch_map.c - other people's names for the fields of a record.
 *
 * Those of news-please, Fundus, newspaper, trafilatura, news APIs, schema.org and the data sets that are handed around, as
 * they write them.  A name that means different things to different people is left out. */
#include "fetch_map.h"

#include <stdio.h>
#include <stdlib.h>

#include "fetch_char.h"
#include "fetch_json.h"
#include "fetch_kind.h"
#include "fetch_when.h"

enum how {
    HOW_ANY,   /* as it is */
    HOW_TEXT,  /* of a list the first */
    HOW_STORY, /* of a list the paragraphs; markup becomes `body` */
    HOW_DATE,
    HOW_NAMES, /* a list, also of objects with a `name` */
    HOW_WORDS, /* a list, or text with commas */
    HOW_PAGE   /* markup, where there is no text */
};

/* In the order in which they are looked for; `text` before `body`. */
static const struct {
    pl_key ours;
    const char *name;
    enum how how;
    const char *theirs; /* the surest first */
} usual[] = {
    {PL_URL, "url", HOW_TEXT, "link article_url articleUrl web_url webUrl requested_url responded_url source_url permalink"},
    {PL_TITLE, "title", HOW_TEXT, "headline webTitle article_title articleTitle title_page title_rss heading"},
    {PL_BYLINE, "byline", HOW_NAMES, "authors author author_name creator writer"},
    {PL_SITE, "site", HOW_TEXT, "site_name sitename siteName publisher publication source_name domain source_domain hostname"},
    {PL_PUBLISHED, "published", HOW_DATE,
     "date_publish publish_date published_date publishing_date publication_date published_at publishedAt datePublished "
     "date_published webPublicationDate pub_date pubDate pubdate published_time publish_time date"},
    {PL_MODIFIED, "modified", HOW_DATE,
     "date_modify modified_date date_modified dateModified modified_at updated_at updatedAt last_modified updated"},
    {PL_LANGUAGE, "language", HOW_TEXT, "lang inLanguage language_code"},
    {PL_SECTION, "section", HOW_TEXT, "section_name sectionName articleSection category"},
    {PL_SUMMARY, "summary", HOW_TEXT,
     "description abstract excerpt short_description shortDescription standfirst teaser meta_description highlights"},
    {PL_IMAGE, "image", HOW_TEXT, "image_url imageUrl urlToImage top_image main_image"},
    {PL_TAGS, "tags", HOW_WORDS, "keywords topics categories"},
    {PL_TEXT, "text", HOW_STORY,
     "maintext content article article_text articleText articleBody article_body plain_text plaintext full_text fulltext "
     "body_text bodyText document story paragraphs"},
    {PL_BODY, "body", HOW_PAGE, "html raw_html page_html html_content"},
};
enum { N_USUAL = sizeof usual / sizeof *usual };
enum { MAX_NAMES = 256 };

struct rule {
    pl_key ours, theirs;
    enum how how;
};

/* Rules of one field lie together, in their rank. */
struct field_map {
    struct rule *rule;
    size_t n;
};

/* ---- the values ---- */

static bool holds_something(pl_self *self, pl_record *r, pl_key key)
{
    switch (pl_typeof(self, r, key)) {
    case PL_UNSET:
        return false;
    case PL_STR:
    case PL_BYTES:
        return trimmed(pl_get(self, r, key)).len > 0;
    case PL_STRS:
        return pl_get_list(self, r, key).n > 0;
    case PL_JSON: { /* null is one */
        const pl_str v = pl_get(self, r, key);
        return v.len != 4 || memcmp(v.ptr, "null", 4) != 0;
    }
    default:
        return true;
    }
}

/* Text, or the first of a list of it; views. */
static pl_str text_of(pl_self *self, pl_record *r, pl_key key)
{
    const pl_type type = pl_typeof(self, r, key);
    const pl_list list = type == PL_STRS ? pl_get_list(self, r, key) : (pl_list){NULL, 0};

    return type == PL_STR ? trimmed(pl_get(self, r, key)) : list.n ? trimmed(list.at[0]) : (pl_str){NULL, 0};
}

/* A list as one text, an empty line between two. */
static int joined(pl_self *self, pl_record *r, pl_list list, pl_str *to)
{
    size_t n = 0;

    for (size_t i = 0; i < list.n; i++)
        n += list.at[i].len + 2;
    char *at = n ? pl_alloc(self, r, n) : NULL;
    if (n && !at)
        return PL_NOMEM;
    *to = (pl_str){at, 0};
    for (size_t i = 0; i < list.n; i++) {
        if (list.at[i].len == 0)
            continue;
        if (to->len) {
            memcpy(at + to->len, "\n\n", 2);
            to->len += 2;
        }
        memcpy(at + to->len, list.at[i].ptr, list.at[i].len);
        to->len += list.at[i].len;
    }
    return PL_OK;
}

static int set_story(pl_self *self, pl_record *r, const struct rule *u)
{
    pl_str text = {NULL, 0};
    int rc = PL_OK;

    if (pl_typeof(self, r, u->theirs) == PL_STRS)
        rc = joined(self, r, pl_get_list(self, r, u->theirs), &text);
    else
        text = text_of(self, r, u->theirs);
    if (rc != PL_OK || text.len == 0)
        return rc;
    if (u->ours == PL_TEXT && *text.ptr == '<' && kind_of_bytes(text) == KIND_HTML)
        return holds_something(self, r, PL_BODY) ? PL_OK : pl_set_bytes_view(self, r, PL_BODY, text);
    return pl_set_view(self, r, u->ours, text);
}

/* "2021-11-08", "2021-11-08T09:30:00+01:00", also with a space for the 'T': as exact as it was, and in its own zone. */
static bool is_iso(pl_str s)
{
    static const char shape[] = "dddd-dd-dd";
    size_t i = 0;

    for (; i < s.len && i < 10; i++) {
        const bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        if (shape[i] == 'd' ? !digit : s.ptr[i] != '-')
            return false;
    }
    if (s.len <= 10)
        return s.len == 4 || s.len == 7 || s.len == 10;
    if (s.ptr[10] != 'T' && s.ptr[10] != ' ')
        return false;
    for (i = 11; i < s.len; i++) {
        if (!memchr("0123456789:.+-Z", s.ptr[i], 15))
            return false;
    }
    return s.len >= 16 && s.len <= 35;
}

static int set_ms(pl_self *self, pl_record *r, pl_key key, int64_t ms, bool day_alone)
{
    char text[32];

    when_rfc3339(ms, text);
    if (!text[0])
        return PL_OK;
    if (day_alone)
        return pl_set(self, r, key, (pl_str){text, 10});
    if (ms % 1000 == 0)
        memcpy(text + 19, "Z", 2);
    return pl_set(self, r, key, (pl_str){text, strlen(text)});
}

/* Seconds or milliseconds since 1970; smaller numbers are years, or something else. */
static int set_number_date(pl_self *self, pl_record *r, const struct rule *u)
{
    double v;

    if (!pl_get_f64(self, r, u->theirs, &v) || !(v >= 1e8 && v < 1e14))
        return PL_OK;
    return set_ms(self, r, u->ours, (int64_t)(v < 1e11 ? v * 1000 : v), false);
}

static bool has_time(pl_str s)
{
    size_t digits = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ':')
            return true;
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
    }
    return digits > 8; /* seconds since 1970, 20211108T0930 */
}

static int set_date(pl_self *self, pl_record *r, const struct rule *u)
{
    const pl_str s = text_of(self, r, u->theirs);
    char iso[40];
    int64_t ms;

    if (s.len == 0)
        return set_number_date(self, r, u);
    if (!when_parse(s, &ms))
        return PL_OK;
    if (!is_iso(s))
        return set_ms(self, r, u->ours, ms, !has_time(s));
    memcpy(iso, s.ptr, s.len);
    if (s.len > 10)
        iso[10] = 'T';
    return pl_set(self, r, u->ours, (pl_str){iso, s.len});
}

static int set_words(pl_self *self, pl_record *r, const struct rule *u)
{
    pl_str all = text_of(self, r, u->theirs);
    size_t n = 1, n_words = 0;

    for (size_t i = 0; i < all.len; i++)
        n += all.ptr[i] == ',' || all.ptr[i] == ';';
    pl_str *word = pl_alloc(self, r, n * sizeof *word);
    if (!word)
        return PL_NOMEM;
    for (size_t i = 0, from = 0; i <= all.len; i++) {
        if (i < all.len && all.ptr[i] != ',' && all.ptr[i] != ';')
            continue;
        const pl_str w = trimmed((pl_str){all.ptr + from, i - from});
        if (w.len)
            word[n_words++] = w;
        from = i + 1;
    }
    return n_words ? pl_set_list(self, r, u->ours, (pl_list){word, n_words}) : PL_OK;
}

/* The name in a value of JSON: text, or an object, as schema.org's Person is one. */
static pl_str name_of(const struct json *j, uint32_t i)
{
    if (j->at[i].type == JSON_OBJECT) {
        i = json_member(j, i, "name");
        if (!i)
            return (pl_str){NULL, 0};
    }
    return j->at[i].type == JSON_STRING ? trimmed(j->at[i].text) : (pl_str){NULL, 0};
}

static int set_names(pl_self *self, pl_record *r, const struct rule *u)
{
    char message[128];
    struct json j;
    const enum json_result read = json_read(&j, pl_get(self, r, u->theirs), message, sizeof message);
    pl_str name[MAX_NAMES];
    size_t n = 0;

    if (read == JSON_OK) {
        const bool list = j.at[0].type == JSON_LIST;
        for (uint32_t i = list; i < j.at[0].end && n < MAX_NAMES; i = json_next(&j, i)) {
            name[n] = name_of(&j, i);
            n += name[n].len > 0;
        }
    }
    const int rc = read == JSON_NOMEM ? PL_NOMEM : n ? pl_set_list(self, r, u->ours, (pl_list){name, n}) : PL_OK;
    json_done(&j);
    return rc;
}

static int set_list(pl_self *self, pl_record *r, const struct rule *u)
{
    const pl_type type = pl_typeof(self, r, u->theirs);

    if (type == PL_JSON && u->how == HOW_NAMES)
        return set_names(self, r, u);
    if (type == PL_STRS)
        return pl_set_list(self, r, u->ours, pl_get_list(self, r, u->theirs));
    if (type != PL_STR)
        return PL_OK;
    if (u->how == HOW_WORDS)
        return set_words(self, r, u);
    const pl_str name = text_of(self, r, u->theirs);
    return pl_set_list(self, r, u->ours, (pl_list){&name, 1});
}

static int set_page(pl_self *self, pl_record *r, const struct rule *u)
{
    const pl_str page = text_of(self, r, u->theirs);

    if (page.len == 0 || holds_something(self, r, PL_TEXT))
        return PL_OK;
    return pl_set_bytes_view(self, r, u->ours, page);
}

static int set_any(pl_self *self, pl_record *r, const struct rule *u)
{
    int64_t i;
    double d;
    bool b;

    switch (pl_typeof(self, r, u->theirs)) {
    case PL_STR:
        return pl_set_view(self, r, u->ours, pl_get(self, r, u->theirs));
    case PL_I64:
        return pl_get_i64(self, r, u->theirs, &i) ? pl_set_i64(self, r, u->ours, i) : PL_OK;
    case PL_F64:
        return pl_get_f64(self, r, u->theirs, &d) ? pl_set_f64(self, r, u->ours, d) : PL_OK;
    case PL_BOOL:
        return pl_get_bool(self, r, u->theirs, &b) ? pl_set_bool(self, r, u->ours, b) : PL_OK;
    case PL_STRS:
        return pl_set_list(self, r, u->ours, pl_get_list(self, r, u->theirs));
    case PL_JSON:
        return pl_set_json(self, r, u->ours, pl_get(self, r, u->theirs));
    default:
        return PL_OK;
    }
}

static int apply(pl_self *self, pl_record *r, const struct rule *u)
{
    const pl_str text = u->how == HOW_TEXT ? text_of(self, r, u->theirs) : (pl_str){NULL, 0};

    switch (u->how) {
    case HOW_TEXT:
        return text.len ? pl_set_view(self, r, u->ours, text) : PL_OK;
    case HOW_STORY:
        return set_story(self, r, u);
    case HOW_DATE:
        return set_date(self, r, u);
    case HOW_NAMES:
    case HOW_WORDS:
        return set_list(self, r, u);
    case HOW_PAGE:
        return set_page(self, r, u);
    case HOW_ANY:
        break;
    }
    return set_any(self, r, u);
}

int field_map_apply(const struct field_map *m, pl_self *self, pl_record *r)
{
    int rc = PL_OK;

    for (size_t i = 0; i < m->n && rc == PL_OK;) {
        const pl_key ours = m->rule[i].ours;
        bool has = holds_something(self, r, ours);
        for (; i < m->n && m->rule[i].ours == ours; i++) {
            if (has || rc != PL_OK || pl_typeof(self, r, m->rule[i].theirs) == PL_UNSET)
                continue;
            rc = apply(self, r, &m->rule[i]);
            has = holds_something(self, r, ours) || (ours == PL_TEXT && holds_something(self, r, PL_BODY));
        }
    }
    return rc;
}

/* ---- the rules ---- */

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static bool add(struct field_map *m, pl_self *self, pl_key ours, pl_str theirs, enum how how)
{
    const pl_key key = pl_intern(self, theirs);

    if (ours == PL_NONE || key == PL_NONE)
        return false;
    m->rule[m->n++] = (struct rule){ours, key, how};
    return true;
}

/* "title=headline" in two; false where it is not of that form. */
static bool split(pl_str entry, pl_str *ours, pl_str *theirs)
{
    const char *equals = entry.len ? memchr(entry.ptr, '=', entry.len) : NULL;

    if (!equals)
        return false;
    *ours = trimmed((pl_str){entry.ptr, (size_t)(equals - entry.ptr)});
    *theirs = trimmed((pl_str){equals + 1, (size_t)(entry.ptr + entry.len - equals - 1)});
    return ours->len && theirs->len && !is(*ours, "origin");
}

/* What the option says of one field; the usual names of it are `i`, or N_USUAL for a field that has none. */
static bool add_given(struct field_map *m, pl_self *self, pl_list entries, size_t i, pl_str name)
{
    pl_str ours, theirs;

    for (size_t k = 0; k < entries.n; k++) {
        if (!split(entries.at[k], &ours, &theirs) || ours.len != name.len || memcmp(ours.ptr, name.ptr, name.len) != 0)
            continue;
        if (!add(m, self, i < N_USUAL ? usual[i].ours : pl_intern(self, ours), theirs, i < N_USUAL ? usual[i].how : HOW_ANY))
            return false;
    }
    return true;
}

static bool add_usual(struct field_map *m, pl_self *self, pl_list entries, size_t i)
{
    bool ok = add_given(m, self, entries, i, (pl_str){usual[i].name, strlen(usual[i].name)});

    for (const char *at = usual[i].theirs; *at && ok;) {
        const size_t n = strcspn(at, " ");
        ok = add(m, self, usual[i].ours, (pl_str){at, n}, usual[i].how);
        at += n + (at[n] == ' ');
    }
    return ok;
}

static bool is_usual(pl_str name)
{
    size_t i = 0;

    while (i < N_USUAL && !is(name, usual[i].name))
        i++;
    return i < N_USUAL;
}

/* Whether an entry before the k-th is of the same field. */
static bool came_before(pl_list entries, size_t k, pl_str name)
{
    pl_str ours, theirs;

    for (size_t i = 0; i < k; i++) {
        if (split(entries.at[i], &ours, &theirs) && ours.len == name.len && memcmp(ours.ptr, name.ptr, name.len) == 0)
            return true;
    }
    return false;
}

static bool add_all(struct field_map *m, pl_self *self, pl_list entries)
{
    pl_str ours, theirs;
    bool ok = true;

    for (size_t i = 0; i < N_USUAL && ok; i++)
        ok = add_usual(m, self, entries, i);
    for (size_t k = 0; k < entries.n && ok; k++) {
        if (split(entries.at[k], &ours, &theirs) && !is_usual(ours) && !came_before(entries, k, ours))
            ok = add_given(m, self, entries, N_USUAL, ours);
    }
    return ok;
}

static size_t n_names(void)
{
    size_t n = 0;

    for (size_t i = 0; i < N_USUAL; i++) {
        n++;
        for (const char *at = usual[i].theirs; *at; at++)
            n += *at == ' ';
    }
    return n;
}

int field_map_make(struct field_map **out, pl_self *self, pl_list entries, char *message, size_t size)
{
    pl_str ours, theirs;

    *out = NULL;
    for (size_t k = 0; k < entries.n; k++) {
        if (!split(entries.at[k], &ours, &theirs)) {
            snprintf(message, size, "map: '%.*s' is not \"FIELD=THEIRS\", such as \"title=headline\"",
                     (int)(entries.at[k].len < 100 ? entries.at[k].len : 100), entries.at[k].ptr);
            return PL_ERROR;
        }
    }
    struct field_map *m = calloc(1, sizeof *m);
    if (m)
        m->rule = calloc(n_names() + entries.n, sizeof *m->rule);
    if (!m || !m->rule) {
        field_map_free(m);
        return PL_NOMEM;
    }
    if (!add_all(m, self, entries)) {
        snprintf(message, size, "map: there are more names of fields than can be told apart");
        field_map_free(m);
        return PL_ERROR;
    }
    *out = m;
    return PL_OK;
}

void field_map_free(struct field_map *m)
{
    if (!m)
        return;
    free(m->rule);
    free(m);
}
