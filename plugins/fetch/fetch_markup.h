/* fetch_markup.h - what of a feed's text is markup, and the text without it. */
#ifndef FETCH_MARKUP_H
#define FETCH_MARKUP_H

#include "fetch_bytes.h"
#include "pressline.h"

/* Whether text that is not said to be HTML is: it has an end tag or a character reference, and no tag and no reference
 * that HTML does not know. */
bool markup_is_html(pl_str text);

/* The text of a piece of HTML behind what is in `out`: references resolved, scripts, styles and comments left out, blocks
 * parted by a space, and white space one space.  What only looks like a tag ("a < b") is text.  PL_OK or PL_NOMEM. */
int markup_text(pl_str html, struct bytes *out);

/* `text` behind what is in `out`, its white space one space.  PL_OK or PL_NOMEM. */
int markup_one_line(pl_str text, struct bytes *out);

/* `text` behind what is in `out`, as HTML that shows it.  PL_OK or PL_NOMEM. */
int markup_escape(pl_str text, struct bytes *out);

/* Repairs what went wrong before the feed was made, in what is behind `from`: UTF-8 that was taken for Latin-1 and encoded
 * once more, and the characters of windows-1252 that were.  Other control characters become spaces.  PL_OK or
 * PL_NOMEM. */
int markup_repair(struct bytes *b, size_t from, struct bytes *scratch);

/* Without white space at its ends. */
pl_str markup_trim(pl_str text);

#endif
