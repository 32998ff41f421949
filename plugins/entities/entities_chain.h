/* entities_chain.h - which mentions mean the same person, organisation or place. */
#ifndef ENTITIES_CHAIN_H
#define ENTITIES_CHAIN_H

#include "entities_title.h"

/* Sets `chain` of every name to the fullest mention of the same thing, the
 * earliest where several are as full; dates are left alone.  Two persons with
 * one surname stay apart.  A name without a title that was taken for several
 * kinds of thing is given the type of most of its mentions.  False when there is no memory. */
bool chains_link(const struct document *d, struct mentions *m, const struct titles *t);

enum gender { GENDER_UNKNOWN, GENDER_FEMALE, GENDER_MALE };

/* What a person's given name says, what an honorific or office does ("Mrs.", "spokesman"). */
enum gender mention_gender(const struct document *d, const struct mention *p);
enum gender title_gender(const struct document *d, const struct title *t);

#endif
