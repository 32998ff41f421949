/* entities_tagger.h - names by a linear model: BIO labels by Viterbi over the
 * weights of entities_feature.h, the rules of entities_mention.h among them
 * (averaged structured perceptron, Collins 2002). */
#ifndef ENTITIES_TAGGER_H
#define ENTITIES_TAGGER_H

#include "entities_word.h"

/* The names of a tokenised article.  `found` comes in as what the rules found;
 * types, spans and scores are the model's afterwards.  False when there is no
 * memory. */
bool tagger_find(const struct document *d, const struct model *model, struct mentions *found);

#endif
