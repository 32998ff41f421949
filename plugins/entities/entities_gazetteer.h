/* entities_gazetteer.h - what is known of a word or phrase by itself.
 *
 * The lists are compiled in (entities_names.c, made by gazetteer/
 * make_gazetteer.py) and indexed once, by gazetteer_new(); after that they
 * are only read, so that all workers share one. */
#ifndef ENTITIES_GAZETTEER_H
#define ENTITIES_GAZETTEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The order is that of CLASSES in make_gazetteer.py: class n is written as
 * the n-th letter of a..z A..Z. */
enum gaz_class {
    GAZ_FIRST_FEMALE, /* given names */
    GAZ_FIRST_MALE,
    GAZ_LAST,
    GAZ_COUNTRY,
    GAZ_CITY,
    GAZ_BIG_CITY, /* 200,000 people and more, and capitals */
    GAZ_REGION,   /* states, provinces, continents, seas */
    GAZ_NORP,     /* nationalities, peoples, faiths, languages */
    GAZ_COMMON,   /* words that English writes in lower case */
    GAZ_HONORIFIC,
    GAZ_TITLE,
    GAZ_TITLE_MOD,     /* "deputy", "foreign": part of a title when before one */
    GAZ_PORTFOLIO,     /* "defence", "state": what a minister is minister of */
    GAZ_ROLE,          /* "striker", "activist": a person's name follows */
    GAZ_ORG_HEAD,      /* a name that ends with it is an organisation */
    GAZ_ORG_OF,        /* a name that starts with it and "of" is one */
    GAZ_ORG_AMBIGUOUS, /* of ORG_HEAD: says less when alone */
    GAZ_LOC_HEAD,
    GAZ_LOC_FRONT, /* "Lake", "San": starts the name of a place */
    GAZ_LOC_PREP,
    GAZ_LOC_OF,
    GAZ_EVENT,
    GAZ_EVENT_OF,
    GAZ_WORK,
    GAZ_SAY, /* verbs of saying */
    GAZ_SAY_STRONG,
    GAZ_SPEECH_NOUN, /* what can speak besides names: "statement", "official" */
    GAZ_PARTICLE,
    GAZ_NAME_SUFFIX,
    GAZ_MONTH,
    GAZ_DAY,
    GAZ_NEVER, /* capitalised, yet no name */
    GAZ_MISC,
    GAZ_ORG,
    GAZ_WORK_NOUN, /* "film", "ship": what the name after it names */
    GAZ_ORG_NOUN,
    GAZ_LOC_NOUN,
    GAZ_DAY_PART,
    GAZ_TIME_UNIT,
    GAZ_DATE_WORD, /* "last", "two", "yesterday": may start a date */
    GAZ_CLASSES
};

#define GAZ(class) (UINT64_C(1) << GAZ_##class)
#define GAZ_FIRST_NAME (GAZ(FIRST_FEMALE) | GAZ(FIRST_MALE))
#define GAZ_PLACE (GAZ(COUNTRY) | GAZ(CITY) | GAZ(BIG_CITY) | GAZ(REGION))

enum { GAZ_MAX_WORDS = 7, GAZ_MAX_NAME = 64 };

struct gaz_entry {
    uint64_t classes;
    uint16_t home;     /* the canonical name's number, 0 for none: "US" and "America" have one home */
    uint8_t max_words; /* of a word that starts longer entries: how many words the longest has */
};

struct gazetteer;

/* NULL when there is no memory. */
struct gazetteer *gazetteer_new(void);
void gazetteer_free(struct gazetteer *g);

/* What is known of `name`: words in their ASCII form with one space between,
 * hyphens as spaces.  False when nothing is. */
bool gazetteer_find(const struct gazetteer *g, const char *name, size_t len, struct gaz_entry *found);

/* The canonical name with this number (not 0). */
const char *gazetteer_home(const struct gazetteer *g, uint16_t home, size_t *len);

extern const char entities_names[];

#endif
