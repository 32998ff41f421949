/* entities_datewords.h - how a language writes dates and times: its words, and
 * the order in which they make one.
 *
 * The mechanics (entities_date.c, entities_when.c) know no language: a row of
 * words and a row of forms is all that the next one takes. */
#ifndef ENTITIES_DATEWORDS_H
#define ENTITIES_DATEWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a word can be in a date, and what its value says. */
enum date_kind {
    DATE_NONE,
    DATE_MONTH,   /* 1 to 12 */
    DATE_WEEKDAY, /* 1 to 7, Monday first; with a part of the day ("sonntagabend") 10 times the part more */
    DATE_HABIT,   /* "Mondays" */
    DATE_UNIT,    /* enum date_unit, UNIT_MANY added where it is the plural */
    DATE_COUNT,   /* a number word; 0 where it does not say how many */
    DATE_NTH,     /* "first" */
    DATE_NEAR,    /* days from today, NEAR_NIGHT added: "tonight" */
    DATE_WHICH,   /* "last" -1, "this" 0, "next" 1; WHICH_UNSURE, WHICH_THAT */
    DATE_AGO,     /* -1; behind the count in English, before it in other languages */
    DATE_AHEAD,   /* 1: "from now" */
    DATE_LATER,   /* "two days later": from a day that the text tells */
    DATE_PART,    /* a part of the day, from 1 */
    DATE_SEASON,  /* 1 spring to 4 winter */
    DATE_FEAST,   /* month times 100 plus day; FEAST_EASTER plus the days from Easter Sunday; 0 no fixed day */
    DATE_HALF,    /* "a.m." 0, "p.m." 12 */
    DATE_OCLOCK,  /* 0 where hours count to 12, 1 where to 24 */
    DATE_ZONE,    /* minutes east of Greenwich; ZONE_UNSURE */
    DATE_CLOCK,   /* "noon": the hour */
    DATE_EDGE,    /* "early", "mid"; 1 "later", which takes no bare month */
    DATE_OF,
    DATE_AND,
    DATE_TO,
    DATE_PREP,    /* a bare year or month may follow: "since" */
    DATE_OWN,     /* a bare year and a noun may follow: "the" */
    DATE_ERA,     /* "BC" */
    DATE_QUARTER, /* "Q3": 3 */
    DATE_DECADES, /* stands before a decade: "Jahre", "annees" */
    DATE_MEASURE, /* what is counted, so that the number before it is no year */
    DATE_VAGUE,   /* "more than" two weeks ago */
    DATE_FUTURE,  /* of a verb, that it has not happened yet */
    DATE_PAST,    /* of a verb, that it has */
    DATE_BY,      /* right before a date: it is to come, if the verb is not of the past */
    DATE_BE,      /* between a verb to come and one that ends like the past: "will [be] held" */
    DATE_SAID,    /* verbs of saying: a day behind them is that of the saying */
    DATE_CLAUSE,  /* a verb before this word says nothing of a date behind it */
    /* Not words. */
    DATE_DAY,     /* 1 to 31 in digits, with the language's ending or not */
    DATE_YEAR,    /* four digits */
    DATE_SHORT,   /* the last two digits of a year, nothing between it and the dash */
    DATE_NUMBER,  /* a count in digits or in words */
    DATE_CENTURY, /* "19th", "nineteenth", "XIX" */
    DATE_DECADE,  /* "1990s" */
    DATE_DASH,    /* of a range or of "mid-March" */
    DATE_RANGE,   /* a dash, or a word like "to" */
    DATE_LEAD,    /* nothing, or a weekday with a comma or without */
    DATE_TAIL,    /* nothing, or the year behind a day: ", 1962", "of that year" */
    DATE_KINDS
};

enum date_unit { UNIT_HOUR = 1, UNIT_DAY, UNIT_WEEK, UNIT_WEEKEND, UNIT_MONTH, UNIT_YEAR, UNIT_DECADE, UNIT_CENTURY };

enum {
    UNIT_MANY = 16,
    NEAR_NIGHT = 16,
    WHICH_UNSURE = 8, /* "the past month": which days is not certain */
    WHICH_THAT,       /* "that year": the one the text told last */
    ZONE_UNSURE = 10000,
    FEAST_EASTER = 2000
};

/* Of several words with spaces between ("new year s eve": marks and dashes are spaces) the longest is
 * taken.  A word of two kinds has two rows. */
struct date_word {
    const char *word; /* lower case ASCII, as fold_char() writes it */
    uint8_t kind, flags;
    int16_t value;
};

enum {
    WORD_CAPITAL = 1, /* only with a capital: "March" */
    WORD_DOUBTFUL = 2 /* alone it is often another thing: "May" */
};

/* What a form that has matched says. */
enum date_sense {
    SENSE_NOTHING, /* a date, but no day or year of the calendar */
    SENSE_CALENDAR,
    SENSE_DAYS,  /* "4-11 May" */
    SENSE_YEARS, /* "2019-20" */
    SENSE_MONTH, /* a month and nothing else */
    SENSE_YEAR,  /* a year and nothing else */
    SENSE_WEEKDAY,
    SENSE_NEAR,
    SENSE_PART, /* "this morning" */
    SENSE_UNIT,
    SENSE_AGO,
    SENSE_SEASON,
    SENSE_FEAST,
    SENSE_QUARTER,
    SENSE_DECADE,
    SENSE_CENTURY
};

enum { DATE_FORM_ITEMS = 10, DATE_MAYBE = 0x80 };

/* Kinds in their order, DATE_MAYBE added to those that may be missing; ends with 0. */
struct date_form {
    uint8_t sense;
    uint8_t items[DATE_FORM_ITEMS];
};

struct date_words {
    const struct date_word *words;
    size_t n_words;
    const struct date_form *forms; /* of those that match the longest counts, of these the first */
    size_t n_forms;
    const char *endings;     /* of a day in digits: " st nd rd th " */
    const char *decade;      /* "s" of "1990s"; "" where a word stands before the bare number */
    const char *past;        /* ending of verbs in the past, NULL where none is certain */
    bool day_dot;            /* "8. November" */
    bool day_first;          /* 8/11 is in November; where false, nobody can know */
    bool bare_hours;         /* "18.30" with an hour word is a time */
    const char *hour_letter; /* "18h30", NULL where not written */
};

extern const struct date_words date_words_en, date_words_de, date_words_fr, date_words_es;

#endif
