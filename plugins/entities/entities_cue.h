/* entities_cue.h - the words that tell what others say or think: which they are, and what they are where they stand.
 *
 * A cue is a verb, noun or adjective of the table (entities_cues.c, made from
 * gazetteer/cues.txt).  Many are other things as well ("the claims", "a clear
 * view"); what stands before and behind one decides.  Nothing here allocates
 * or keeps state. */
#ifndef ENTITIES_CUE_H
#define ENTITIES_CUE_H

#include "entities_speaker.h"

enum {
    CUE_BUCKETS = 4096,
    CUE_MAX = 16,
    CUE_NEAR = 12 /* tokens between a cue and its "that" */
};

/* What may follow a cue, and the form that the word has. */
enum {
    CUE_CLAUSE = 1,    /* "said (that) ..." */
    CUE_BEHIND = 2,    /* "..., he said" */
    CUE_TOLD = 4,      /* "told reporters that ..." */
    CUE_THING = 8,     /* "criticised the plan" */
    CUE_TO = 16,       /* "promised to go" */
    CUE_PARTICLE = 32, /* "called for ..." */
    CUE_PASSIVE = 64,  /* "was accused of" */
    CUE_NOUNY = 128,   /* a noun as well, by its form */
    CUE_NOUN = 256,    /* a noun or adjective: "the claim that ..." */
    FORM_PLAIN = 512,
    FORM_S = 1024,
    FORM_PAST = 2048,
    FORM_PARTICIPLE = 4096,
    FORM_ING = 8192,
    FORM_NOUN = 16384,
    CUE_STRICT = 32768,  /* a clause only where it surely is one */
    CUE_SUBJECT = 65536, /* its subject is part of what is told: "he seems to ..." */
    CUE_WHOM = 131072    /* who is asked or urged comes first: "asked the mayor whether", "urged him to go" */
};

struct cue_word {
    char word[CUE_MAX];
    uint8_t len;
    uint8_t kind;       /* enum cue_kind */
    uint16_t particles; /* about on of for to against at as in with out */
    uint32_t flags;
};

extern const uint16_t cue_starts[CUE_BUCKETS + 1];
extern const struct cue_word cue_words[];

/* The part of a sentence in which a cue is read: what it tells and whose words they are lie in [low, high). */
struct stretch {
    struct attributor a;
    size_t low, high; /* the sentence, from the last direct quotation in it */
    bool subordinate; /* it starts with a clause that a comma ends */
};

/* What stands before a cue: its auxiliaries and adverbs, and then? */
struct front {
    size_t first; /* the first of the auxiliaries and adverbs, the cue itself for none */
    bool be, have, modal, to, article;
};

/* The row of the table for the word at i, whatever its case; NULL for none and for a part of a word with a hyphen.
 * There is such a token. */
const struct cue_word *cue_find(const struct document *d, size_t i);

bool token_is_auxiliary(const struct document *d, size_t i); /* a form of "be" or "have", or a modal */
bool token_is_article(const struct document *d, size_t i);   /* "the", "his", "any", "'s": a noun follows */

/* Both: there is such a token. */
bool token_is_close(const struct document *d, size_t i); /* a stop, a semicolon, a bracket that closes */
bool token_is_break(const struct document *d, size_t i); /* a dash between words, with spaces */

/* What stands before the cue at i, not before s->low. */
struct front cue_front(const struct stretch *s, size_t i);

/* Is the word at i one of the particles that the cue may have behind it: "call | for"? */
bool cue_takes(const struct document *d, const struct cue_word *w, size_t i);

/* For the cue w at i with b before it, as cue_front() gives it: can it be a verb here, by what stands before it? */
bool cue_is_verb(const struct stretch *s, const struct cue_word *w, size_t i, const struct front *b);

/* An adjective such as "clear" where it is no predicate: "a clear view", "to clear the way". */
bool cue_is_attribute(const struct stretch *s, const struct cue_word *w, size_t i, const struct front *b);

/* ", said Smith": but not "Smith, the mayor, said the port ...".  The cue at i is not the first token. */
bool cue_is_inverted(const struct stretch *s, size_t i);

#endif
