/* clean_lines.h - a plain text as lines, each measured: what the choice between report and furniture is made on.
 *
 * Lines that a mailer or a hand wrapped are joined first, so that a line is what a page's block is. */
#ifndef CLEAN_LINES_H
#define CLEAN_LINES_H

#include <stdbool.h>

#include "clean_mem.h"
#include "clean_trees.h"
#include "clean_words.h"
#include "pressline.h"

struct clean_line {
    pl_str text;
    double words;
    uint32_t cues; /* of its beginning */
    bool ends;     /* a sentence */
    bool first;    /* of its paragraph: the text begins here, or a blank line stands before */
    bool alone;    /* its paragraph has no other line */
};

struct clean_lines {
    struct clean_arena *arena;
    struct clean_line *at;
    size_t n, cap;
};

/* Of normalised text.  Paragraphs stand between blank lines; where there are none, each line is one.
 * Memory that runs out shows in the arena. */
void clean_lines_split(struct clean_lines *l, pl_str text, const struct clean_words *w, struct clean_arena *a);

/* Running text: a paragraph that a report is made of. */
bool clean_line_is_running(const struct clean_line *k);

/* What the trees see of a line; counts of words are tenths, shares thousandths. */
enum clean_line_feature {
    /* the line alone */
    CLEAN_LINE_WORDS,
    CLEAN_LINE_CHARS,
    CLEAN_LINE_WORD_LENGTH,
    CLEAN_LINE_SENTENCES,
    CLEAN_LINE_COMMAS,
    CLEAN_LINE_ENDS,       /* a sentence, or with a colon or semicolon */
    CLEAN_LINE_STOPS,      /* a sentence */
    CLEAN_LINE_CAPITAL,    /* begins with a capital */
    CLEAN_LINE_UPPER,      /* share of characters */
    CLEAN_LINE_DIGITS,     /* share of characters */
    CLEAN_LINE_SMALL,      /* share of words: those no sentence can do without */
    CLEAN_LINE_CUE,        /* CLEAN_CUE_ANY */
    CLEAN_LINE_STRONG,     /* CLEAN_CUE_STRONG */
    CLEAN_LINE_TAIL,       /* CLEAN_CUE_TAIL */
    CLEAN_LINE_FORM,       /* CLEAN_CUE_FORM */
    CLEAN_LINE_DATE,
    CLEAN_LINE_AT,         /* an e-mail address or account */
    CLEAN_LINE_SEPARATORS, /* | and bullets */
    CLEAN_LINE_QUOTES,     /* begins with a quotation mark or dash */
    CLEAN_LINE_CAPITALS,   /* share of words */
    CLEAN_LINE_TIMES,      /* the same line stands in the text, up to 3 */
    CLEAN_LINE_AGAIN,      /* it stood before */
    CLEAN_LINE_FAMILIAR,   /* share of its longer words that the running text has too, elsewhere */
    CLEAN_LINE_SAID,       /* share of its runs of three words that stand elsewhere too: pulled quotes, teasers */
    CLEAN_LINE_BRACKET,    /* ends with a bracket: captions end with whose picture it is */
    CLEAN_LINE_SLASHES,
    CLEAN_LINE_ADDRESS, /* share of words: you, your */
    CLEAN_LINE_PITCH,   /* CLEAN_CUE_PITCH */
    /* where it stands */
    CLEAN_LINE_PLACE,      /* share of lines before */
    CLEAN_LINE_WORDS_BEFORE,
    CLEAN_LINE_RUNNING_BEFORE,
    CLEAN_LINE_INDEX,      /* up to 100 */
    CLEAN_LINE_TO_GO,      /* lines, up to 60 */
    CLEAN_LINE_BLANK_BEFORE,
    CLEAN_LINE_BLANK_AFTER,
    CLEAN_LINE_MASS_BEFORE, /* running text, the nearer the more */
    CLEAN_LINE_MASS_AFTER,
    CLEAN_LINE_NEXT,        /* lines to the next long paragraph, up to 50 */
    CLEAN_LINE_LAST,
    CLEAN_LINE_SINCE_CUE,   /* lines since a strong cue, up to 50 */
    CLEAN_LINE_SINCE_TAIL,
    CLEAN_LINE_TAILS_BEFORE, /* such cues since the best segment began */
    CLEAN_LINE_INSIDE,      /* the best segment: see find_segment() */
    CLEAN_LINE_FROM_BEGIN,
    CLEAN_LINE_FROM_END,
    CLEAN_LINE_TIGHT,       /* the same where gaps cost more */
    CLEAN_LINE_TIGHT_BEGIN,
    CLEAN_LINE_TIGHT_END,
    /* the text as a whole */
    CLEAN_LINE_ALL_WORDS,
    CLEAN_LINE_ALL_RUNNING,
    CLEAN_LINE_ALL_LINES,
    CLEAN_LINE_SEGMENT, /* share of the running text in the best segment */
    CLEAN_LINE_ALL_AGAIN,  /* share of lines */
    CLEAN_LINE_ALL_STOPS,
    CLEAN_LINE_ALL_CUES,
    /* the lines around: words, sentence end, cue and capitals of the three before and after */
    CLEAN_LINE_AROUND,
    /* mean running words and words over 4 and 8 lines each side; then see measure_windows() */
    CLEAN_LINE_WINDOWS = CLEAN_LINE_AROUND + 6 * 4,
    CLEAN_LINE_FEATURES = CLEAN_LINE_WINDOWS + 10
};

/* columns[f * n + i]: feature f of line i.  NULL without memory. */
int16_t *clean_lines_measure(const struct clean_lines *l, const struct clean_words *w, struct clean_arena *a);

/* chance[i]: how likely line i is the article's, 0 to 65535.  0, or PL_NOMEM. */
int clean_lines_judge(const struct clean_lines *l, const struct clean_trees *t, uint16_t *chance,
                      const struct clean_words *w, struct clean_arena *a);
/* The lines that make the expected F1 largest, counted in words.  0, or PL_NOMEM. */
int clean_lines_choose(const struct clean_lines *l, const uint16_t *chance, bool *keep, struct clean_arena *a);

/* clean_table_lines.c, made by tools/train-clean/lines.py */
extern const struct clean_trees clean_table_lines;

#endif
