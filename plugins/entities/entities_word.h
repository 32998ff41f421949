/* entities_word.h - an article as the tagger sees it: words, each of a form
 * that is described once an article.
 *
 * A word is a token, but that "Al-Kadhimi" and "2019-2020" are one word where
 * the tokeniser makes three ("US-China", two listed names, stays three). */
#ifndef ENTITIES_WORD_H
#define ENTITIES_WORD_H

#include "entities_mention.h"
#include "entities_model.h"

enum {
    FORM_CAPITAL = 1,   /* starts with a capital */
    FORM_CAPITALS = 2,  /* two capitals and more, no small letter */
    FORM_LETTER = 4,    /* starts with a letter */
    FORM_LINK = 8,      /* "of", "the", "bin": may stand inside a name in lower case */
    FORM_PLACE = 16,    /* "in", "at", "from", "near" */
    FORM_NUMBER = 32,   /* starts with a digit */
    FORM_MIXED = 64,    /* "iPhone", "al-Qaida": a capital inside */
    FORM_INSIDE = 128   /* the model knows it in lower case inside names */
};

/* What the article says about a form, by how it occurs in it. */
enum evidence_kind {
    EVIDENCE_TITLE,      /* behind a title */
    EVIDENCE_SAY,        /* beside a verb of saying */
    EVIDENCE_ORG_RUN,    /* in a longer name with the head of an organisation */
    EVIDENCE_PERSON_RUN, /* in a longer name that starts with a given name */
    EVIDENCE_ALONE,      /* a name by itself, inside a sentence */
    EVIDENCE_IN,         /* behind "in", "at", "from", "near" */
    EVIDENCE_INSIDE,     /* with its capital inside a sentence */
    EVIDENCE_LAST,       /* last of a longer name */
    EVIDENCE_FIRST,      /* first of a longer name */
    EVIDENCE_ACRONYM,    /* in brackets behind a name with these initials */
    EVIDENCE_OWNER,      /* before 's */
    EVIDENCE_KINDS
};

enum { EVIDENCE_WORDS = 3 };

struct form {
    uint64_t hash;               /* of the word as it stands, accents off */
    uint64_t lower, shape, tail; /* of its lower form, its shape, its last three letters */
    uint64_t classes;            /* from the lists */
    /* words that stand before and after names that end with it */
    uint64_t before[EVIDENCE_WORDS], after[EVIDENCE_WORDS];
    /* first word of a longer name that it ends, last of one that it starts; 0 for none */
    uint64_t run_first, run_last;
    /* what it says for each label of a word 2 and 1 behind it, of itself, of one 1 and 2 before it, */
    int16_t sums[5][MODEL_LABELS];
    uint8_t summed; /* those of them that are there, as bits */
    uint8_t seen[EVIDENCE_KINDS];
    uint8_t flags, casing, len;
};

struct word {
    uint32_t first;               /* token */
    uint32_t form;                /* in words.forms */
    uint32_t run_first, run_last; /* words of the run of capitalised ones that it lies in */
    uint8_t n;                    /* tokens */
    uint8_t phrase;               /* 1 where a listed phrase starts, 2 inside of one */
    uint8_t rule, margin;         /* the label that the rules give, and how clear that was to them */
    bool active;                  /* may be part of a name */
    uint8_t of;                   /* the phrase that covers it began this many words before */
};

struct words {
    const struct document *d;
    const struct model *model;
    struct word *at;
    size_t n;
    struct form *forms;
    size_t n_forms, cap_forms;
    uint32_t *slots; /* hash of forms, number + 1 */
    size_t mask;
    uint32_t *sentences; /* of each sentence its first word; one more for the end */
};

/* The words of a tokenised article; `rules` are the names that the rules find
 * in it.  False when there is no memory. */
bool words_make(const struct document *d, const struct model *model, const struct mentions *rules, struct words *w);

/* The characters of a word in ASCII where they have such a form, hyphens
 * kept; at most WORD_TEXT. */
enum { WORD_TEXT = 64 };
size_t word_text(const struct words *w, const struct word *word, char out[WORD_TEXT]);

static inline const struct form *word_form(const struct words *w, size_t i)
{
    return &w->forms[w->at[i].form];
}

#endif
