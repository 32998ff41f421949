/* entities_person.h - the names of persons in full. */
#ifndef ENTITIES_PERSON_H
#define ENTITIES_PERSON_H

#include "entities_mention.h"

/* What was cut short or apart becomes one name: "Kim Eun-ji", "Solange Fournier d'Aubigny", "Innocent “Boss” Sibanda".
 * "Brandt Ltd." is no person; "Justice Abdullahi Liman" is one. */
void persons_mend(const struct document *d, struct mentions *m);

#endif
