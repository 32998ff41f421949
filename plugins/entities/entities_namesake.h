/* entities_namesake.h - the places that a mention may mean, by its words alone. */
#ifndef ENTITIES_NAMESAKE_H
#define ENTITIES_NAMESAKE_H

#include "entities_mention.h"

/* The places of one name, the likeliest first. */
struct namesakes {
    size_t n;
    struct gaz_namesake at[GAZ_MAX_NAMESAKES];
};

/* The places called like tokens first..last, also where it is in capitals;
 * behind a comma an abbreviation will do ("Paris, Tex.").  `found` is zeroed. */
size_t namesakes_of_tokens(const struct document *d, size_t first, size_t last, struct namesakes *found);

/* The same for a mention, and if there is none, without what it is ("Anbar
 * Province"), which part of it ("northern Gaza") and what it lies in ("Paris, Texas"). */
size_t namesakes_of_mention(const struct document *d, const struct mention *p, struct namesakes *found);

/* Named like a street, a river or a sea, or listed as a land of several countries: none of which has one. */
bool name_is_feature(const struct document *d, const struct mention *p);

bool name_ends_as_feature(const struct document *d, const struct mention *p); /* "East Lake" */

/* "State of Exception", "Group C", "QR4": hardly the name of a place. */
bool name_is_odd(const struct document *d, const struct mention *p);

/* Has it letters that English does not have? */
bool name_has_accent(const struct document *d, const struct mention *p);

bool is_region_word(const struct document *d, size_t token); /* "province" */
bool is_side(const struct document *d, size_t token);        /* "northern" */

#endif
