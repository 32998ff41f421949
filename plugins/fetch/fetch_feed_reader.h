/* fetch_feed_reader.h - where fetch_feed_xml.c is in a feed, and what fetch_feed_say.c makes of what it finds there. */
#ifndef FETCH_FEED_READER_H
#define FETCH_FEED_READER_H

#include <strings.h>

#include "fetch_feed_make.h"
#include "fetch_feed_word.h"

enum { NEVER = XML_MAX_DEPTH + 2 };

/* How the text of an element is to be understood. */
enum feed_type { TYPE_GUESS, TYPE_PLAIN, TYPE_HTML, TYPE_MARKUP /* elements of the feed's own XML */, TYPE_BINARY };

struct feed_frame {
    enum feed_word word;
    size_t from; /* where its text begins, in `text` */
    pl_str base, language;
    enum feed_type type;
    bool inner;  /* markup inside a text */
    bool silent; /* which is not written out: the <div> that Atom wants around XHTML */
    bool base64;
    bool permalink;
};

/* What is known of an entry, or of the feed, as far as it has come. */
struct feed_place {
    unsigned title, media_title, id, published, updated; /* depth of the element that said it; NEVER: none did */
    bool permalink;
    bool lent; /* the content is the summary's markup, until there is a better one */
};

struct feed_person {
    pl_str name, email;
};

struct feed_reader {
    struct feed_maker *m;
    bool loose;
    struct feed_frame frame[XML_MAX_DEPTH + 1]; /* [0] is outside of all */
    unsigned depth;
    unsigned content; /* the frame of the text that we are in; 0: in none */
    unsigned in_entry, in_source, in_image, in_author, in_contributor; /* how many of them are open */
    struct bytes text, other;
    struct feed_entry *entry; /* NULL: in none, or past the last that is kept */
    struct feed_place of_entry, of_feed;
    struct feed_person person;
    int64_t period_s, frequency;
    char root[32]; /* the first element's name */
    bool is_feed, is_atom;
};

/* In any case. */
static inline bool feed_is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

/* Whether relative addresses may be resolved against it. */
bool feed_base_is_good(pl_str base);

/* What the feed is, by an element that shows that it is one. */
void feed_say_kind(struct feed_reader *r, enum feed_word word, const struct xml_element *e);
/* Where a link belongs that is found here; NULL: nowhere. */
pl_str *feed_link_here(struct feed_reader *r);
/* The entry that we are in is at its end; nothing, where we are in none. */
void feed_end_entry(struct feed_reader *r);

/* What came since frame `f` began, trimmed. */
pl_str feed_text_since(const struct feed_reader *r, const struct feed_frame *f);

/* The text of frame `f`, which may have markup in it. */
void feed_say_content(struct feed_reader *r, const struct feed_frame *f);

/* Trimmed texts of elements that end: */
void feed_say_date(struct feed_reader *r, enum feed_word word, pl_str value);
void feed_say_id(struct feed_reader *r, const struct feed_frame *f, pl_str value);
void feed_say_link(struct feed_reader *r, const struct feed_frame *f, pl_str value);
void feed_say_author(struct feed_reader *r, pl_str value);
void feed_say_language(struct feed_reader *r, pl_str value);
void feed_say_image(struct feed_reader *r, const struct feed_frame *f, pl_str address);
void feed_say_period(struct feed_reader *r, pl_str value);
int64_t feed_number(pl_str s); /* 0: none */

#endif
