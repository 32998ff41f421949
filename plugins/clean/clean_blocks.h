/* clean_blocks.h - a page as text blocks, and what can be measured of each.
 *
 * A block is the longest run of text between two block boundaries.  This file
 * measures; it decides nothing.  clean_features.c makes the numbers of it by
 * which clean_select.c decides. */
#ifndef CLEAN_BLOCKS_H
#define CLEAN_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "clean_dom.h"
#include "clean_mem.h"
#include "clean_words.h"
#include "pressline.h"

enum { CLEAN_NONE = UINT32_MAX };

/* What a block's text begins with. */
enum { CLEAN_FIRST_OTHER, CLEAN_FIRST_LETTER, CLEAN_FIRST_UPPER, CLEAN_FIRST_DIGIT, CLEAN_FIRST_QUOTE };

struct clean_block {
    uint32_t node;    /* container: the innermost block element around it */
    uint32_t first_node, last_node; /* runs of characters: its text is in these and between */
    pl_str text;      /* white space folded, a line break for each <br> */
    float words;      /* solo characters count .6 */
    float link_share; /* of the visible characters, inside <a> */
    float bold_share; /* in <b>, <strong>, h1 to h4 */
    float italic_share;
    uint32_t chars;   /* visible characters */
    uint32_t commas, sentences, uppers;
    uint32_t cues;    /* CLEAN_CUE() bits; of long blocks only the first 200 bytes are read */
    uint8_t heading;  /* 1 to 6 when in a heading (the container or its parent), else 0 */
    uint8_t first;    /* CLEAN_FIRST_... */
    bool ends;        /* with the end of a sentence */
    bool colon;       /* with a colon or semicolon */
    bool paragraph;   /* running text: see clean_blocks.c */
    bool hidden;      /* in an element that the page hides */
    uint32_t n_alike; /* blocks whose three innermost elements look like its own, itself included; by clean_features_find() */
};

/* What lies below an element, itself included. */
struct clean_sum {
    uint32_t blocks, paragraphs;
    float words, para_words, link_words;
    float direct; /* words of the paragraphs that are its own (a <p>'s are its parent's) */
    float score;  /* direct paragraphs, half those of its children, a quarter of the next level */
};

/* Nodes likely to be the article's element.  Each guess fails on pages where another holds. */
enum clean_root {
    CLEAN_ROOT_TOP,     /* highest score */
    CLEAN_ROOT_CLUSTER, /* most direct paragraph words */
    CLEAN_ROOT_BIG,     /* deepest that holds 70 % of the paragraph words */
    CLEAN_ROOT_ARTICLE, /* <article>, <main> or the like with most paragraph words */
    CLEAN_ROOT_NAMED,   /* most paragraph words among elements named as an article's body */
    CLEAN_N_ROOTS
};

/* What an element's names tell: class, id, and the like. */
struct clean_names {
    uint32_t parts; /* CLEAN_PART() bits */
    uint64_t look;  /* of tag, class and id; digits left out, they are serial numbers */
};

struct clean_blocks {
    const struct clean_dom *dom;
    struct clean_block *at;
    size_t n;
    struct clean_sum *sums; /* of each node */
    struct clean_names *names; /* of each node */
    double words, para_words;
    uint32_t roots[CLEAN_N_ROOTS]; /* CLEAN_NONE when there is none */
};

/* 0, or PL_NOMEM.  Everything lives in `a`; linear in the number of nodes and characters. */
int clean_blocks_find(struct clean_blocks *b, const struct clean_dom *d, const struct clean_words *w,
                      struct clean_arena *a);

/* Is `node` the element `root` or below it? */
static inline bool clean_below(const struct clean_dom *d, uint32_t node, uint32_t root)
{
    return root != CLEAN_NONE && node >= root && node < d->nodes[root].end;
}

#endif
