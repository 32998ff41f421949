/* fetch_feed_make.h - what the readers of XML and of JSON make a feed with. */
#ifndef FETCH_FEED_MAKE_H
#define FETCH_FEED_MAKE_H

#include "fetch_arena.h"
#include "fetch_bytes.h"
#include "fetch_feed.h"

enum { FEED_MAX_CATEGORIES = 100 };

struct feed_maker {
    struct feed *feed;
    size_t cap; /* of feed->entry */
    struct bytes value, scratch;
    pl_str category[FEED_MAX_CATEGORIES];
    size_t n_categories;
    struct bytes authors; /* of the entry to come, parted by ", " */
    bool starved; /* no memory: the result is FEED_NOMEM */
};

/* A feed with nothing in it; feed->memory is made, for a feed of `size` bytes.  PL_OK or PL_NOMEM; feed_maker_done() in
 * any case. */
int feed_maker_init(struct feed_maker *m, size_t size);
void feed_maker_done(struct feed_maker *m);

/* What is the matter where something could not be had: FEED_OK, FEED_NOMEM, or FEED_REFUSED, with a message, for a feed
 * that makes far more text than it is long. */
enum feed_result feed_maker_state(const struct feed_maker *m, char *message, size_t size);

/* A new last entry, empty; NULL past FEED_MAX_ENTRIES and without memory.  Good until the next is made. */
struct feed_entry *feed_maker_entry(struct feed_maker *m);
/* The categories and authors that came since the last call become the entry's. */
void feed_maker_end_entry(struct feed_maker *m, struct feed_entry *e);
/* Adds one to those of the entry to come, unless it is there already. */
void feed_maker_category(struct feed_maker *m, pl_str text);
/* Adds one to those of the entry to come, unless it is there already; a mail address only where there is no name. */
void feed_maker_author(struct feed_maker *m, pl_str name);
/* Each of a list parted by commas. */
void feed_maker_keywords(struct feed_maker *m, pl_str text);

enum feed_form {
    FEED_PLAIN, /* text */
    FEED_HTML,
    FEED_GUESS  /* said to be text, but it may be HTML */
};
/* Repaired and trimmed copies, memory of the feed's: */
pl_str feed_maker_copy(struct feed_maker *m, pl_str text); /* as it is */
pl_str feed_maker_text(struct feed_maker *m, pl_str text, enum feed_form form); /* without markup, on one line */
pl_str feed_maker_html(struct feed_maker *m, pl_str text, enum feed_form form, bool *is_html);
pl_str feed_maker_link(struct feed_maker *m, pl_str base, pl_str text); /* made absolute */
pl_str feed_maker_name(struct feed_maker *m, pl_str person); /* the name in "who@where (Name)", "Name <who@where>" */

/* A date as written and as a number, where it is better than what is there: one that can be read is kept. */
void feed_maker_date(struct feed_maker *m, pl_str text, pl_str *written, int64_t *ms);

#endif
