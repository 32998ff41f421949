/* fetch_feed_say.c - what the elements of a feed say of it and of its entries. */
#include "fetch_feed_reader.h"

#include "fetch_markup.h"
#include "fetch_resolve.h"

bool feed_base_is_good(pl_str base)
{
    static const char *const schemes[] = {"http:", "https:", "ftp:", "file:", "feed:"};
    const pl_str scheme = {base.ptr, scheme_length(base)};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (feed_is(scheme, schemes[i]))
            return true;
    }
    return false;
}

/* What is no text behind its base64 is left out as content, and else taken for what it looks like. */
static pl_str decode_base64(struct feed_reader *r, const struct feed_frame *f, pl_str s)
{
    uint32_t bits = 0;
    unsigned n = 0;

    r->other.len = 0;
    if (bytes_reserve(&r->other, s.len) != PL_OK) {
        r->m->starved = true;
        return (pl_str){NULL, 0};
    }
    for (size_t i = 0; i < s.len; i++) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *digit = s.ptr[i] ? strchr(digits, s.ptr[i]) : NULL;
        if (!digit)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        n += 6;
        if (n >= 8) {
            n -= 8;
            r->other.at[r->other.len++] = (unsigned char)(bits >> n);
        }
    }
    const pl_str decoded = {(const char *)r->other.at, r->other.len};
    const struct utf8_scan scan = utf8_scan(decoded);
    if (!scan.n_bad && !scan.cut)
        return decoded;
    return f->word == WORD_CONTENT ? (pl_str){NULL, 0} : s;
}

pl_str feed_text_since(const struct feed_reader *r, const struct feed_frame *f)
{
    if (r->text.len == f->from)
        return PL_S("");
    return markup_trim((pl_str){(const char *)r->text.at + f->from, r->text.len - f->from});
}

static enum feed_form form_of(enum feed_type t)
{
    return t == TYPE_PLAIN ? FEED_PLAIN : t == TYPE_GUESS ? FEED_GUESS : FEED_HTML;
}

/* The first title counts, unless a later one is less deep; of Media RSS only where there is no other. */
static bool title_counts(const struct feed_reader *r, const struct feed_place *p, bool media)
{
    if (r->in_image)
        return false;
    return media ? p->title == NEVER && r->depth <= p->media_title : r->depth < p->title;
}

static bool set_title(struct feed_reader *r, bool media, pl_str *title, struct feed_place *p, pl_str value,
                      enum feed_type type)
{
    if (!title_counts(r, p, media))
        return false;
    const pl_str text = feed_maker_text(r->m, value, form_of(type));
    if (!text.len)
        return false;
    *title = text;
    *(media ? &p->media_title : &p->title) = r->depth;
    return true;
}

static void set_entry_title(struct feed_reader *r, bool media, pl_str value, enum feed_type type)
{
    struct feed_entry *e = r->entry;
    bool is_html = false;

    if (!set_title(r, media, &e->title, &r->of_entry, value, type))
        return;
    e->title_html = (pl_str){NULL, 0};
    if (e->title.len == value.len && memcmp(e->title.ptr, value.ptr, value.len) == 0)
        return;
    const pl_str html = feed_maker_html(r->m, value, form_of(type), &is_html);
    if (is_html)
        e->title_html = html;
}

static void set_content(struct feed_reader *r, pl_str value, enum feed_type type)
{
    if (r->entry->content.len && !r->of_entry.lent)
        return;
    r->entry->content = feed_maker_html(r->m, value, form_of(type), &r->entry->content_is_html);
    r->of_entry.lent = false;
}

/* A summary with markup may be all of the story: without it, it would be one paragraph. */
static void set_summary(struct feed_reader *r, pl_str value, enum feed_type type)
{
    r->entry->summary = feed_maker_text(r->m, value, form_of(type));
    if (!r->entry->content.len && form_of(type) == FEED_HTML && memchr(value.ptr, '<', value.len)) {
        set_content(r, value, type);
        r->of_entry.lent = true;
    }
}

static void set_entry_text(struct feed_reader *r, enum feed_word word, pl_str value, enum feed_type type)
{
    struct feed_entry *e = r->entry;

    switch (word) {
    case WORD_TITLE:
    case WORD_MEDIA_TITLE:
        set_entry_title(r, word == WORD_MEDIA_TITLE, value, type);
        break;
    case WORD_DESCRIPTION:
    case WORD_SUMMARY:
        if (!e->summary.len)
            set_summary(r, value, type);
        else if (value.len > e->summary.len)
            set_content(r, value, type);
        break;
    case WORD_CONTENT:
    case WORD_ENCODED:
    case WORD_BODY:
        set_content(r, value, type);
        break;
    default:
        break;
    }
}

void feed_say_content(struct feed_reader *r, const struct feed_frame *f)
{
    pl_str value = feed_text_since(r, f);

    if (f->base64 || f->type == TYPE_BINARY)
        value = decode_base64(r, f, value);
    if (!value.len || r->in_image)
        return;
    if (r->in_source) {
        if (f->word == WORD_TITLE && r->entry)
            r->entry->source = feed_maker_text(r->m, value, form_of(f->type));
    } else if (r->in_entry) {
        if (r->entry)
            set_entry_text(r, f->word, value, f->type);
    } else if (f->word == WORD_TITLE) {
        set_title(r, false, &r->m->feed->title, &r->of_feed, value, f->type);
    }
}

void feed_say_date(struct feed_reader *r, enum feed_word word, pl_str value)
{
    const bool published = word == WORD_PUBLISHED;
    struct feed_place *p = r->in_entry ? &r->of_entry : &r->of_feed;
    unsigned *depth = published ? &p->published : &p->updated;

    if (r->in_source || r->depth > *depth || !value.len)
        return;
    *depth = r->depth;
    if (!r->in_entry)
        feed_maker_date(r->m, value, &r->m->feed->updated, &r->m->feed->updated_ms);
    else if (r->entry && published)
        feed_maker_date(r->m, value, &r->entry->published, &r->entry->published_ms);
    else if (r->entry)
        feed_maker_date(r->m, value, &r->entry->updated, &r->entry->updated_ms);
}

void feed_say_id(struct feed_reader *r, const struct feed_frame *f, pl_str value)
{
    struct feed_place *p = &r->of_entry;

    if (!r->in_entry && !r->in_image && !r->m->feed->link.len && feed_base_is_good(value))
        r->m->feed->link = feed_maker_link(r->m, f->base, value);
    if (!r->entry || r->in_source || r->depth > p->id || !value.len)
        return;
    p->id = r->depth;
    p->permalink = f->permalink;
    r->entry->id = f->permalink ? feed_maker_link(r->m, f->base, value) : feed_maker_copy(r->m, value);
}

pl_str *feed_link_here(struct feed_reader *r)
{
    if (r->in_source || r->in_image)
        return NULL;
    if (!r->in_entry)
        return &r->m->feed->link;
    return r->entry ? &r->entry->link : NULL;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* What looks like a character reference at the start of a link: how much of it is meant, and *skip what is not.  "&amp;"
 * was escaped once too often, and in "&name;" somebody took a parameter for an entity. */
static size_t take_reference(pl_str s, size_t *skip)
{
    size_t n = 1;

    *skip = 0;
    while (n < s.len && is_word(s.ptr[n]))
        n++;
    if (n == 1 || n == s.len || s.ptr[n] != ';')
        return n;
    const bool amp = n == 4 && memcmp(s.ptr, "&amp", 4) == 0;
    *skip = amp ? 4 : 1;
    return amp ? 1 : n;
}

void feed_say_link(struct feed_reader *r, const struct feed_frame *f, pl_str value)
{
    pl_str *link = feed_link_here(r);

    if (!link || !value.len)
        return;
    r->other.len = 0;
    while (value.len) {
        const char *amp = memchr(value.ptr, '&', value.len);
        size_t n = amp ? (size_t)(amp - value.ptr) : value.len, skip = 0;
        if (n == 0)
            n = take_reference(value, &skip);
        if (bytes_add(&r->other, value.ptr, n) != PL_OK)
            r->m->starved = true;
        value = (pl_str){value.ptr + n + skip, value.len - n - skip};
    }
    *link = feed_maker_link(r->m, f->base, (pl_str){(const char *)r->other.at, r->other.len});
}

void feed_say_author(struct feed_reader *r, pl_str value)
{
    pl_str name = r->person.name.len ? r->person.name : feed_maker_name(r->m, value);

    if (!name.len)
        name = r->person.email;
    r->person = (struct feed_person){{NULL, 0}, {NULL, 0}};
    if (r->in_source || r->in_image || !name.len)
        return;
    if (r->in_entry)
        feed_maker_author(r->m, name);
    else if (!r->m->feed->author.len)
        r->m->feed->author = name;
}

int64_t feed_number(pl_str s)
{
    int64_t n = 0;

    for (size_t i = 0; i < s.len && i < 9; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return 0;
        n = n * 10 + (s.ptr[i] - '0');
    }
    return n;
}

void feed_say_period(struct feed_reader *r, pl_str value)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } periods[] = {{"hourly", 3600}, {"daily", 86400}, {"weekly", 604800}, {"monthly", 2592000}, {"yearly", 31536000}};

    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        if (feed_is(value, periods[i].name))
            r->period_s = periods[i].seconds;
    }
}

void feed_say_language(struct feed_reader *r, pl_str value)
{
    if (r->in_source || !value.len)
        return;
    if (!r->in_entry)
        r->m->feed->language = feed_maker_copy(r->m, value);
    else if (r->entry)
        r->entry->language = feed_maker_copy(r->m, value);
}

void feed_say_image(struct feed_reader *r, const struct feed_frame *f, pl_str address)
{
    if (r->entry && !r->in_source && address.len && !r->entry->image.len)
        r->entry->image = feed_maker_link(r->m, f->base, address);
}

static enum feed_kind kind_of_rss(pl_str version)
{
    static const struct {
        const char *version;
        enum feed_kind kind;
    } known[] = {{"0.90", FEED_RSS090}, {"0.91", FEED_RSS091}, {"0.92", FEED_RSS092},
                 {"0.93", FEED_RSS093}, {"0.94", FEED_RSS094}, {"1.0", FEED_RSS10}};

    version = markup_trim(version);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (feed_is(version, known[i].version))
            return known[i].kind;
    }
    return version.len > 1 && memcmp(version.ptr, "2.", 2) == 0 ? FEED_RSS20 : FEED_RSS;
}

static enum feed_kind kind_of_atom(const struct xml_element *e, enum feed_namespace ns)
{
    if (ns == NAMESPACE_ATOM03 || feed_is(xml_attribute(e, "version"), "0.3"))
        return FEED_ATOM03;
    return ns == NAMESPACE_ATOM10 ? FEED_ATOM10 : FEED_ATOM;
}

void feed_say_kind(struct feed_reader *r, enum feed_word word, const struct xml_element *e)
{
    struct feed *f = r->m->feed;
    const enum feed_namespace ns = feed_namespace_of(e->ns);

    r->is_feed = true;
    if (word == WORD_RSS) {
        f->kind = kind_of_rss(xml_attribute(e, "version"));
    } else if (word == WORD_FEED || (r->depth == 1 && ns == NAMESPACE_ATOM10)) {
        r->is_atom = true;
        f->kind = kind_of_atom(e, ns);
    } else if (f->kind == FEED_UNKNOWN && !r->is_atom) {
        if (ns == NAMESPACE_RSS10 || ns == NAMESPACE_RSS090)
            f->kind = ns == NAMESPACE_RSS10 ? FEED_RSS10 : FEED_RSS090;
        else if (r->depth == 1 && word == WORD_CHANNEL)
            f->kind = FEED_CDF;
    }
}

void feed_end_entry(struct feed_reader *r)
{
    struct feed_entry *e = r->entry;

    if (!e)
        return;
    if (!e->link.len && r->of_entry.permalink)
        e->link = e->id;
    feed_maker_end_entry(r->m, e);
    r->entry = NULL;
}
