/* entities_summary.h - who and what an article is about: people,
 * organisations and places with their counts, as JSON. */
#ifndef ENTITIES_SUMMARY_H
#define ENTITIES_SUMMARY_H

#include "entities_article.h"

enum summary_list { SUMMARY_PEOPLE, SUMMARY_ORGANISATIONS, SUMMARY_PLACES, SUMMARY_LISTS };

/* A list has no more entries than this; the least often named are left out. */
enum { SUMMARY_MAX = 500 };

struct summary {
    const char *json; /* valid UTF-8 in one line, not NUL-terminated */
    size_t len, n;    /* n entries; "[]" where there are none */
};

/* [{"name":"Joe Biden","count":5,"first":76,"titles":["US President"]},...], the most often named first: the words of
 * the fullest mention, how many names and references there are, at which code point the first name begins; of a
 * person the offices held, of a place {"country":"US","geonames":4717560} where it is known.  It lives in the
 * document's arena.  False when there is no memory. */
bool summary_write(const struct document *d, const struct article *a, struct summary lists[SUMMARY_LISTS]);

#endif
