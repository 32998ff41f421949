/* entities_gazetteer.h - what is known of a word or phrase by itself.
 *
 * One file, gazetteer/en.gaz, made by gazetteer/make_gazetteer.py and embedded
 * in the plugin, with a ready-made index: a perfect hash, so that a look-up
 * reads one pilot and one slot.  Names are not in it, only 20 bits of each
 * one's hash: of a million strangers, one is taken for a name.  It is only
 * read, so that all workers and processes share one. */
#ifndef ENTITIES_GAZETTEER_H
#define ENTITIES_GAZETTEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The order is that of CLASSES in make_gazetteer.py. */
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

enum gaz_place_kind { GAZ_IS_COUNTRY, GAZ_IS_REGION, GAZ_IS_CITY };

struct gaz_place {
    double latitude, longitude; /* degrees, of a city */
    uint32_t geonames;          /* of a city */
    uint32_t population;        /* of a city */
    uint16_t country;           /* number of its country, which is a place too */
    uint16_t region;            /* of a city: number of its first-level region, which is a place */
    uint8_t prior;              /* 8 log2 of the people who live there, and of a city 6 log2 of its other names */
    uint8_t kind;
    bool capital; /* of its country */
    bool land;    /* a region of which it is not told what lies in it: a county, an island */
};

/* One of the places that a name may mean. */
struct gaz_namesake {
    uint16_t place;
    bool lesser; /* an old or foreign name of it, or a part of its name */
};

enum { GAZ_MAX_NAMESAKES = 12 };

struct gazetteer;

/* The gazetteer that is compiled in.  NULL when there is no memory. */
struct gazetteer *gazetteer_new(void);

/* One in memory that outlives it; NULL when it is damaged or of another
 * version, and *why says how.  Damage that only shows inside the tables makes
 * wrong answers, never a read outside of `data`. */
struct gazetteer *gazetteer_from(const void *data, size_t len, const char **why);
void gazetteer_free(struct gazetteer *g);

/* What is known of `name`: words in their ASCII form with one space between,
 * hyphens as spaces.  False when nothing is. */
bool gazetteer_find(const struct gazetteer *g, const char *name, size_t len, struct gaz_entry *found);

/* The canonical name with this number (not 0). */
const char *gazetteer_home(const struct gazetteer *g, uint16_t home, size_t *len);

/* The places that are called `name`, the likeliest first; how many. */
size_t gazetteer_namesakes(const struct gazetteer *g, const char *name, size_t len,
                           struct gaz_namesake found[GAZ_MAX_NAMESAKES]);

/* The place with this number; false when there is none. */
bool gazetteer_place(const struct gazetteer *g, uint32_t number, struct gaz_place *place);

/* How many places there are; their numbers start at 0. */
uint32_t gazetteer_n_places(const struct gazetteer *g);

/* Of a country: its two letters, and the number of its canonical name. */
const char *gazetteer_country_code(const struct gazetteer *g, uint32_t country);
uint16_t gazetteer_country_home(const struct gazetteer *g, uint32_t country);

/* The country that a canonical name belongs to, plus 1; 0 for none. */
uint32_t gazetteer_home_country(const struct gazetteer *g, uint16_t home);

#endif
