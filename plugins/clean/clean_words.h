/* clean_words.h - the word lists of the extraction: what class names and phrases tell.
 *
 * The lists are data; the code that reads them never names a word itself. */
#ifndef CLEAN_WORDS_H
#define CLEAN_WORDS_H

#include "clean_lang.h"
#include "clean_match.h"

/* Kinds of page parts, as told by class, id, itemprop, role and data-testid of an element. */
enum clean_part {
    CLEAN_PART_BODY, /* the article's text */
    CLEAN_PART_COMMENT,
    CLEAN_PART_RELATED, /* other articles */
    CLEAN_PART_SHARE,
    CLEAN_PART_NEWS, /* newsletters, subscriptions, forms */
    CLEAN_PART_NAV,
    CLEAN_PART_EDGE, /* page header and footer */
    CLEAN_PART_SIDE,
    CLEAN_PART_COOKIE, /* consent, pop-ups */
    CLEAN_PART_META,   /* author, date, section lines */
    CLEAN_PART_TAGS,
    CLEAN_PART_AD,
    CLEAN_PART_CAPTION,
    CLEAN_PART_LEGAL,
    CLEAN_PART_AUTHOR,
    CLEAN_PART_NOT_AUTHOR, /* of those, parts that hold no name */
    CLEAN_PART_DATE,
    CLEAN_PART_PUBLISHED,
    CLEAN_PART_MODIFIED,
    CLEAN_PART_WEAK, /* names that the article's elements have, and many others */
    CLEAN_PART_HIDDEN,
    CLEAN_PART_QUOTE, /* quotations, embeds, boxes */
    CLEAN_PART_LEAD,
    CLEAN_PART_HEADLINE
};
#define CLEAN_PART(p) (UINT32_C(1) << CLEAN_PART_##p)

/* What a phrase in the visible text tells. */
enum clean_cue {
    CLEAN_CUE_ANY,    /* typical of what stands around an article; also in articles */
    CLEAN_CUE_STRONG, /* hardly ever in one */
    CLEAN_CUE_TAIL,   /* begins what follows an article: comment form, share bar, more stories */
    CLEAN_CUE_FORM,   /* only in a comment form or share bar: such a line is never the article's */
    CLEAN_CUE_WALL,   /* script wall, captcha, access denied */
    CLEAN_CUE_ERROR,  /* there is no such page */
    CLEAN_CUE_LOGIN,  /* the text is for those who log in or pay */
    CLEAN_CUE_CONSENT, /* asks for cookies; also below articles */
    CLEAN_CUE_PUBLISHED,
    CLEAN_CUE_UPDATED,
    CLEAN_CUE_PITCH,  /* of plain text: what a site says to its readers about itself */
    CLEAN_CUE_CLOSING /* of plain text: as _FORM, but only at the start of a line that may be a sentence */
};
#define CLEAN_CUE(c) (UINT32_C(1) << CLEAN_CUE_##c)

struct clean_words {
    struct clean_matcher *parts, *cues;
    struct clean_languages *languages;
};

/* 0, or PL_NOMEM with nothing to release. */
int clean_words_init(struct clean_words *w);
void clean_words_done(struct clean_words *w);

#endif
