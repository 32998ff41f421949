/* entities_place.h - which place on earth a name means.
 *
 * A name may mean several ("Paris", "Georgia"): what stands beside it decides
 * ("Paris, Texas", "the Libyan capital, Tripoli"), else how many people live
 * there and which countries, regions and cities the article names besides.
 * One name means one place throughout an article unless it says otherwise. */
#ifndef ENTITIES_PLACE_H
#define ENTITIES_PLACE_H

#include "entities_mention.h"

/* Sets `place` of every LOC that is found in the gazetteer and of every NORP
 * that belongs to a country; of a small place that is not listed, to the
 * country that the places around it say.  False when there is no memory. */
bool places_link(const struct document *d, struct mentions *m);

#endif
