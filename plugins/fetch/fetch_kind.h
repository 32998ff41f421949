/* fetch_kind.h - what a file is, by its first bytes and its name. */
#ifndef FETCH_KIND_H
#define FETCH_KIND_H

#include "pressline.h"

enum kind {
    KIND_UNKNOWN,
    KIND_TEXT,
    KIND_HTML,
    KIND_JSONL,
    KIND_WARC,
    KIND_ARC,  /* the format before WARC, which is not read */
    KIND_FEED,
    KIND_SITEMAP,
    KIND_ROBOTS,
    KIND_ASIDE /* what stands beside archives: an index, a report, dead letters */
};

/* What the bytes say; KIND_UNKNOWN where they could be any text. */
enum kind kind_of_bytes(pl_str start);

/* Does an HTML page begin there, within the first 1,024 bytes? */
bool kind_names_html(pl_str start);

/* What lists pages, and is none: KIND_FEED, KIND_SITEMAP, KIND_ROBOTS, by its root element, by what JSON Feed says of itself, or by
 * the name that robots.txt always has; else KIND_UNKNOWN. */
enum kind kind_of_list(pl_str start, pl_str name);

/* What the name's ending says, ".gz" aside. */
enum kind kind_of_name(pl_str name);

/* Whether the bytes are no text in any encoding that decode() knows: a picture, a PDF, an archive, a program. */
bool kind_is_binary(pl_str bytes);

#endif
