/* fetch_feed_json.h - the entries of a JSON Feed (https://www.jsonfeed.org/version/1.1/). */
#ifndef FETCH_FEED_JSON_H
#define FETCH_FEED_JSON_H

#include "fetch_feed_make.h"

/* Fills m->feed from UTF-8 `text`.  Of JSON that is cut off, nothing is read. */
enum feed_result feed_read_json(struct feed_maker *m, pl_str text, pl_str base, char *message, size_t size);

#endif
