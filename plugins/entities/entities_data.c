/* entities_data.c - the files that are compiled in. */
#include "entities_embed.h"

ENTITIES_EMBED(entities_gazetteer_file, ENTITIES_GAZETTEER);
ENTITIES_EMBED(entities_model_file, ENTITIES_MODEL);
