/* fetch_feed_xml.c - the entries of RSS, Atom, RDF and CDF.
 *
 * One reader for all of them, as feedparser has it: what an element means is
 * told by its name, and what it belongs to by the elements around it, not by
 * the version that the feed claims to be of. */
#include "fetch_feed_xml.h"

#include <stdlib.h>
#include <strings.h>

#include "fetch_feed_reader.h"
#include "fetch_markup.h"

enum { MAX_BASE = 2000 };

static const struct feed_place nowhere = {NEVER, NEVER, NEVER, NEVER, NEVER, false, false};

/* ---- attributes ---- */

static bool ends(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    return s.len >= n && feed_is((pl_str){s.ptr + s.len - n, n}, word);
}

/* By prefix, or without one: "xml:base" and "base". */
static pl_str either(const struct xml_element *e, const char *prefix, const char *name)
{
    pl_str bare = {NULL, 0};

    for (size_t i = 0; i < e->n_attributes; i++) {
        const struct xml_attribute *a = &e->attribute[i];
        if (!feed_is(a->name, name))
            continue;
        if (feed_is(a->prefix, prefix))
            return a->value;
        if (!a->prefix.len)
            bare = a->value;
    }
    return bare;
}

static pl_str address_of(const struct xml_element *e)
{
    static const char *const names[] = {"url", "uri", "href"};
    pl_str address = {NULL, 0};

    for (size_t i = 0; !address.len && i < sizeof names / sizeof *names; i++)
        address = xml_attribute(e, names[i]);
    return markup_trim(address);
}

static void take_base(struct feed_reader *r, struct feed_frame *f, const struct xml_element *e)
{
    const pl_str given = either(e, "xml", "base"), language = either(e, "xml", "lang");

    if (given.len) {
        const pl_str base = feed_maker_link(r->m, f->base, given);
        if (base.len <= MAX_BASE && (!f->base.len || feed_base_is_good(base)))
            f->base = base;
    }
    if (language.len)
        f->language = feed_maker_copy(r->m, language);
}

/* ---- texts ---- */

/* What a text is when nothing says so. */
static enum feed_type usual_type(const struct feed_reader *r, enum feed_word word)
{
    if (word == WORD_DESCRIPTION || word == WORD_ENCODED)
        return TYPE_HTML;
    if (word == WORD_BODY)
        return TYPE_MARKUP;
    return r->is_atom ? TYPE_PLAIN : TYPE_GUESS;
}

static enum feed_type type_of(const struct feed_reader *r, pl_str name, enum feed_word word)
{
    if (!name.len)
        return usual_type(r, word);
    if (feed_is(name, "html") || feed_is(name, "text/html"))
        return TYPE_HTML;
    if (feed_is(name, "xhtml") || ends(name, "xml"))
        return TYPE_MARKUP;
    const bool text = name.len > 5 && feed_is((pl_str){name.ptr, 5}, "text/");
    if (!text && memchr(name.ptr, '/', name.len))
        return TYPE_BINARY;
    return r->is_atom ? TYPE_PLAIN : TYPE_GUESS;
}

static bool is_content(enum feed_word word)
{
    switch (word) {
    case WORD_TITLE:
    case WORD_MEDIA_TITLE:
    case WORD_DESCRIPTION:
    case WORD_SUMMARY:
    case WORD_CONTENT:
    case WORD_ENCODED:
    case WORD_BODY:
    case WORD_SUBTITLE:
    case WORD_RIGHTS:
        return true;
    default:
        return false;
    }
}

static int add(struct feed_reader *r, pl_str s)
{
    return bytes_add(&r->text, s.ptr, s.len);
}

static int add_name(struct feed_reader *r, const struct xml_element *e)
{
    int rc = PL_OK;

    if (e->prefix.len && !feed_is(e->ns, "http://www.w3.org/1999/xhtml")) {
        rc = add(r, e->prefix);
        if (rc == PL_OK)
            rc = add(r, PL_S(":"));
    }
    return rc == PL_OK ? add(r, e->name) : rc;
}

/* An element inside a text: written out again. */
static int start_inner(struct feed_reader *r, struct feed_frame *f, const struct xml_element *e)
{
    struct feed_frame *c = &r->frame[r->content];
    int rc;

    f->inner = true;
    f->silent = c->type == TYPE_MARKUP && r->depth == r->content + 1 && feed_is(e->name, "div");
    if (f->silent)
        return PL_OK;
    c->type = TYPE_MARKUP; /* whatever it said that it was */
    rc = add(r, PL_S("<"));
    if (rc == PL_OK)
        rc = add_name(r, e);
    for (size_t i = 0; rc == PL_OK && i < e->n_attributes; i++) {
        const struct xml_attribute *a = &e->attribute[i];
        rc = add(r, PL_S(" "));
        if (rc == PL_OK && a->prefix.len)
            rc = add(r, a->prefix);
        if (rc == PL_OK && a->prefix.len)
            rc = add(r, PL_S(":"));
        if (rc == PL_OK)
            rc = add(r, a->name);
        if (rc == PL_OK)
            rc = add(r, PL_S("=\""));
        if (rc == PL_OK)
            rc = markup_escape(a->value, &r->text);
        if (rc == PL_OK)
            rc = add(r, PL_S("\""));
    }
    return rc == PL_OK ? add(r, PL_S(">")) : rc;
}

static int end_inner(struct feed_reader *r, const struct feed_frame *f, const struct xml_element *e)
{
    static const char *const voids[] = {"br", "img", "hr", "wbr", "input", "area", "col", "embed", "source", "track"};
    int rc;

    for (size_t i = 0; i < sizeof voids / sizeof *voids; i++) {
        if (f->silent || feed_is(e->name, voids[i]))
            return PL_OK;
    }
    rc = add(r, PL_S("</"));
    if (rc == PL_OK)
        rc = add_name(r, e);
    return rc == PL_OK ? add(r, PL_S(">")) : rc;
}

/* ---- starts ---- */

static bool is_picture(const struct xml_element *e)
{
    const pl_str type = xml_attribute(e, "type");

    return feed_is(xml_attribute(e, "medium"), "image") || (type.len > 6 && feed_is((pl_str){type.ptr, 6}, "image/"));
}

/* CDF has a link and a date as attributes. */
static void take_cdf(struct feed_reader *r, const struct feed_frame *f, const struct xml_element *e)
{
    const pl_str date = xml_attribute(e, "lastmod"), href = xml_attribute(e, "href");

    if (date.len)
        feed_say_date(r, WORD_UPDATED, date);
    if (href.len)
        feed_say_link(r, f, href);
}

static void start_entry(struct feed_reader *r, const struct feed_frame *f, const struct xml_element *e)
{
    feed_end_entry(r); /* one that was not closed */
    r->of_entry = nowhere;
    r->person = (struct feed_person){{NULL, 0}, {NULL, 0}};
    r->entry = feed_maker_entry(r->m);
    if (!r->entry)
        return;
    const pl_str about = either(e, "rdf", "about");
    r->entry->id = feed_maker_copy(r->m, about);
    r->entry->language = f->language;
    take_cdf(r, f, e);
}

/* Whether an alternative of this type is to be read by people. */
static bool is_page(pl_str type)
{
    static const char *const types[] = {"html", "xhtml", "application/xhtml+xml"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (feed_is(type, types[i]))
            return true;
    }
    return !type.len || (type.len >= 9 && feed_is((pl_str){type.ptr, 9}, "text/html"));
}

static void start_link(struct feed_reader *r, struct feed_frame *f, const struct xml_element *e)
{
    const pl_str href = address_of(e), rel = xml_attribute(e, "rel"), type = xml_attribute(e, "type");
    struct feed *feed = r->m->feed;
    pl_str *to = feed_link_here(r);

    if (!href.len)
        return;
    if (xml_attribute(e, "href").len)
        f->word = WORD_NONE; /* its text says nothing */
    if (!rel.len || feed_is(rel, "alternate")) {
        if (to && is_page(type))
            *to = feed_maker_link(r->m, f->base, href);
        return;
    }
    if (feed_is(rel, "enclosure") && is_picture(e))
        feed_say_image(r, f, href);
    if (r->in_entry || r->in_source || r->in_image)
        return;
    if (feed_is(rel, "self"))
        feed->self = feed_maker_link(r->m, f->base, href);
    else if (feed_is(rel, "next"))
        feed->next = feed_maker_link(r->m, f->base, href);
    else if (feed_is(rel, "hub"))
        feed->hub = feed_maker_link(r->m, f->base, href);
}

static void start_category(struct feed_reader *r, const struct xml_element *e)
{
    static const char *const names[] = {"label", "term", "text"};

    for (size_t i = 0; r->entry && !r->in_source && i < sizeof names / sizeof *names; i++) {
        const pl_str value = xml_attribute(e, names[i]);
        if (value.len) {
            feed_maker_category(r->m, value);
            break;
        }
    }
}

static void start_word(struct feed_reader *r, struct feed_frame *f, const struct xml_element *e)
{
    switch (f->word) {
    case WORD_RSS:
    case WORD_FEED:
    case WORD_RDF:
        feed_say_kind(r, f->word, e);
        if (f->language.len)
            r->m->feed->language = f->language;
        break;
    case WORD_CHANNEL:
        feed_say_kind(r, f->word, e);
        take_cdf(r, f, e);
        break;
    case WORD_ITEM:
        feed_say_kind(r, f->word, e);
        r->in_entry++;
        start_entry(r, f, e);
        break;
    case WORD_SOURCE:
        r->in_source++;
        break;
    case WORD_IMAGE:
    case WORD_TEXTINPUT:
        r->in_image++;
        break;
    case WORD_AUTHOR:
    case WORD_CREATOR:
        r->in_author++;
        break;
    case WORD_CONTRIBUTOR:
        r->in_contributor++;
        break;
    case WORD_LINK:
        start_link(r, f, e);
        break;
    case WORD_ID: {
        const pl_str permalink = xml_attribute(e, "ispermalink");
        f->permalink = !permalink.len || feed_is(markup_trim(permalink), "true");
        break;
    }
    case WORD_CATEGORY:
        start_category(r, e);
        break;
    case WORD_ENCLOSURE:
    case WORD_MEDIA_CONTENT:
        if (is_picture(e))
            feed_say_image(r, f, address_of(e));
        break;
    case WORD_THUMBNAIL:
    case WORD_ITUNES_IMAGE:
        feed_say_image(r, f, address_of(e));
        break;
    default:
        break;
    }
}

/* The text that we are in was not closed: what begins now belongs to no text. */
static void leave_content(struct feed_reader *r)
{
    struct feed_frame *c = &r->frame[r->content];

    feed_say_content(r, c);
    r->text.len = c->from;
    for (struct feed_frame *f = c; f <= &r->frame[r->depth]; f++) {
        f->word = WORD_NONE;
        f->inner = false;
        f->from = c->from;
    }
    r->content = 0;
}

/* Whether an element inside a text shows that something was not closed. */
static bool breaks_out(const struct feed_reader *r, enum feed_word word)
{
    if (!r->loose || r->in_image)
        return false;
    if (word == WORD_ITEM || word == WORD_ENCODED || word == WORD_PUBLISHED || word == WORD_ID)
        return true;
    return r->frame[r->content].word == WORD_TITLE && (word == WORD_LINK || word == WORD_DESCRIPTION);
}

static int on_start(void *arg, const struct xml_element *e)
{
    struct feed_reader *r = arg;
    const enum feed_word word = feed_word_of(e);

    if (r->content && breaks_out(r, word))
        leave_content(r);
    const struct feed_frame *parent = &r->frame[r->depth];
    struct feed_frame *f = &r->frame[++r->depth];
    *f = (struct feed_frame){.base = parent->base, .language = parent->language, .from = r->text.len};
    if (r->depth == 1)
        snprintf(r->root, sizeof r->root, "%.*s", (int)(e->name.len < 30 ? e->name.len : 30), e->name.ptr);
    if (r->content) {
        if (start_inner(r, f, e) != PL_OK)
            return PL_NOMEM;
        return PL_OK;
    }
    f->word = word;
    take_base(r, f, e);
    if (is_content(word)) {
        f->type = type_of(r, xml_attribute(e, "type"), word);
        f->base64 = feed_is(xml_attribute(e, "mode"), "base64");
        r->content = r->depth;
    }
    start_word(r, f, e);
    return r->m->starved || fetch_arena_failed(r->m->feed->memory) ? PL_NOMEM : PL_OK;
}

/* ---- text and ends ---- */

static int on_text(void *arg, pl_str text, bool cdata)
{
    struct feed_reader *r = arg;

    (void)cdata;
    if (r->content && r->frame[r->content].type == TYPE_MARKUP)
        return markup_escape(text, &r->text);
    return r->content || r->frame[r->depth].word != WORD_NONE ? add(r, text) : PL_OK;
}

static void end_word(struct feed_reader *r, const struct feed_frame *f, pl_str value)
{
    struct feed *feed = r->m->feed;

    switch (f->word) {
    case WORD_ITEM:
        feed_end_entry(r);
        r->in_entry--;
        break;
    case WORD_SOURCE:
        if (r->entry && value.len)
            r->entry->source = feed_maker_text(r->m, value, FEED_GUESS);
        r->in_source--;
        break;
    case WORD_IMAGE:
        r->in_image--;
        if (feed_base_is_good(value))
            feed_say_image(r, f, value);
        break;
    case WORD_TEXTINPUT:
        r->in_image--;
        break;
    case WORD_AUTHOR:
    case WORD_CREATOR:
        feed_say_author(r, value);
        r->in_author--;
        break;
    case WORD_CONTRIBUTOR:
        r->in_contributor--;
        break;
    case WORD_NAME:
        if (r->in_author && !r->in_contributor && value.len)
            r->person.name = feed_maker_text(r->m, value, FEED_GUESS);
        break;
    case WORD_EMAIL:
        if (r->in_author && !r->in_contributor && value.len)
            r->person.email = feed_maker_copy(r->m, value);
        break;
    case WORD_LINK:
        feed_say_link(r, f, value);
        break;
    case WORD_ORIGINAL_LINK:
        if (r->entry && feed_base_is_good(value))
            r->entry->link = feed_maker_link(r->m, f->base, value);
        break;
    case WORD_ID:
        feed_say_id(r, f, value);
        break;
    case WORD_PUBLISHED:
    case WORD_UPDATED:
        feed_say_date(r, f->word, value);
        break;
    case WORD_CATEGORY:
        if (r->entry && !r->in_source)
            feed_maker_category(r->m, value);
        break;
    case WORD_KEYWORDS:
        if (r->entry && !r->in_source)
            feed_maker_keywords(r->m, value);
        break;
    case WORD_LANGUAGE:
        feed_say_language(r, value);
        break;
    case WORD_THUMBNAIL:
        feed_say_image(r, f, value);
        break;
    case WORD_TTL:
        if (!r->in_entry && feed_number(value) > 0)
            feed->ttl_s = feed_number(value) * 60;
        break;
    case WORD_UPDATE_PERIOD:
        feed_say_period(r, value);
        break;
    case WORD_UPDATE_FREQUENCY:
        r->frequency = feed_number(value);
        break;
    default:
        break;
    }
}

static int on_end(void *arg, const struct xml_element *e)
{
    struct feed_reader *r = arg;
    struct feed_frame *f = &r->frame[r->depth];
    int rc = PL_OK;

    if (f->inner) {
        rc = end_inner(r, f, e);
    } else {
        if (r->content == r->depth && r->content) {
            feed_say_content(r, f);
            r->content = 0;
        } else if (f->word != WORD_NONE) {
            end_word(r, f, feed_text_since(r, f));
        }
        r->text.len = f->from;
    }
    r->depth--;
    return r->m->starved ? PL_NOMEM : rc;
}

/* ---- all of it ---- */

static void finish(struct feed_reader *r)
{
    struct feed *f = r->m->feed;

    feed_end_entry(r);
    if (f->kind == FEED_UNKNOWN && strcasecmp(r->root, "rdf") == 0)
        f->kind = FEED_RSS10;
    for (size_t i = 0; i < f->n_entries; i++) {
        struct feed_entry *e = &f->entry[i];
        if (!e->language.len)
            e->language = f->language;
        if (!e->author.len && r->is_atom)
            e->author = f->author;
    }
    if (f->ttl_s < 0 && r->period_s > 0)
        f->ttl_s = r->period_s / (r->frequency > 0 ? r->frequency : 1);
}

static enum feed_result result_of(struct feed_reader *r, enum xml_result result, bool *ill, char *message, size_t size)
{
    enum feed_result state = feed_maker_state(r->m, message, size);

    *ill = state == FEED_OK && result == XML_ILL;
    if (state != FEED_OK)
        return state;
    if (result == XML_NOMEM || result == XML_STOPPED)
        return FEED_NOMEM;
    if (result != XML_OK)
        return result == XML_REFUSED ? FEED_REFUSED : FEED_NOT;
    finish(r);
    state = feed_maker_state(r->m, message, size);
    if (state != FEED_OK)
        return state;
    if (r->is_feed)
        return FEED_OK;
    snprintf(message, size, r->root[0] ? "no feed: its first element is <%s>" : "no feed: nothing in it is an element",
             r->root);
    return FEED_NOT;
}

enum feed_result feed_read_xml(struct feed_maker *m, pl_str text, enum xml_mode mode, pl_str base, bool *ill,
                               char *message, size_t size)
{
    static const struct xml_events events = {on_start, on_text, on_end};
    struct feed_reader *r = calloc(1, sizeof *r);

    if (!r)
        return FEED_NOMEM;
    r->m = m;
    r->loose = mode == XML_LOOSE;
    r->of_feed = r->of_entry = nowhere;
    r->frame[0].base = feed_maker_copy(m, base);
    const enum xml_result read = xml_read(text, mode, &events, r, message, size);
    const enum feed_result result = result_of(r, read, ill, message, size);
    bytes_done(&r->text);
    bytes_done(&r->other);
    free(r);
    return result;
}
