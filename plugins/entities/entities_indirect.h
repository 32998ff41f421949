/* entities_indirect.h - what is told in other words: "said that ...", "according to ...".
 *
 * A cue is a verb or noun of the table (entities_cues.c, made from
 * gazetteer/cues.txt); rules find what it tells and whose words or mind it is. */
#ifndef ENTITIES_INDIRECT_H
#define ENTITIES_INDIRECT_H

#include "entities_quote.h"

enum { CUE_BUCKETS = 4096, CUE_MAX = 16 };

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
    CUE_STRICT = 32768, /* a clause only where it surely is one */
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

/* Adds the indirect quotations of an article behind the direct ones of `q`,
 * which have their speakers.  False when there is no memory. */
bool quotes_indirect(const struct document *d, const struct mentions *m, struct quotes *q);

#endif
