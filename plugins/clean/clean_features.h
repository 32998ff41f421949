/* clean_features.h - what the table is told of each block: whole numbers, a column for each feature.
 *
 * The training tool reads the same columns, so that what is trained is what
 * runs.  Shares are in thousandths, words in tenths; "up" counts levels. */
#ifndef CLEAN_FEATURES_H
#define CLEAN_FEATURES_H

#include "clean_facts.h"

/* Columns that come in rows: for each kind of part, each tag, each root, each ancestor, each neighbour. */
/* clang-format off */
#define CLEAN_NEAR_PARTS(X) \
    X(BODY, body) X(WEAK, weak) X(COMMENT, comment) X(RELATED, related) X(SHARE, share) X(NEWS, news) X(NAV, nav) X(EDGE, edge) \
    X(SIDE, side) X(COOKIE, cookie) X(META, meta) X(TAGS, tags) X(AD, ad) X(CAPTION, caption) X(LEGAL, legal) \
    X(HIDDEN, hidden) X(QUOTE, quote) X(LEAD, lead) X(HEADLINE, headline)
#define CLEAN_NEAR_TAGS(X) \
    X(ARTICLE, article) X(MAIN, main) X(SECTION, section) X(ASIDE, aside) X(NAV, nav) X(HEADER, header) X(FOOTER, footer) \
    X(FIGURE, figure) X(FORM, form) X(LI, li) X(TABLE, table) X(BLOCKQUOTE, blockquote) X(BUTTON, button) X(DL, dl) X(P, p) \
    X(PRE, pre) X(UL, ul) X(A, a)
#define CLEAN_ROOT_FEATURES(X, R, r) X(R##_UP, r##_up) X(R##_DOWN, r##_down) X(R##_IS, r##_is)
#define CLEAN_ANCESTOR_FEATURES(X, A, a) \
    X(A##_WORDS, a##_words) X(A##_LINKS, a##_links) X(A##_DENSITY, a##_density) X(A##_BLOCKS, a##_blocks) X(A##_PARA, a##_para) \
    X(A##_PARAS, a##_paras) X(A##_BODY, a##_body) X(A##_OTHER, a##_other)
#define CLEAN_NEXT_FEATURES(X, N, n) \
    X(N##_WORDS, n##_words) X(N##_LINKS, n##_links) X(N##_HEADING, n##_heading) X(N##_ENDS, n##_ends) X(N##_SAME, n##_same) \
    X(N##_CUE, n##_cue)

#define CLEAN_FEATURES(X) \
    X(WORDS, words) X(WORD_LEN, word_len) X(LINKS, links) X(LINK_SHARE, link_share) X(BOLD_SHARE, bold_share) X(ITALIC_SHARE, italic_share) X(OUT_SHARE, out_share) \
    X(SENTENCES, sentences) X(COMMAS, commas) X(END, end) X(FIRST, first) X(UPPER, upper) X(DIGITS, digits) \
    X(CUE, cue) X(TAIL, tail) X(BREAKS, breaks) X(MARKS, marks) X(IS_HIDDEN, is_hidden) \
    X(TITLE_COVER, title_cover) X(IN_TITLE, in_title) X(IN_SUMMARY, in_summary) X(TIMES, times) X(AGAIN, again) \
    X(HEADING, heading) X(IS_P, is_p) X(IS_LI, is_li) X(IS_DIV, is_div) X(IS_CELL, is_cell) X(IS_CAPTION, is_caption) \
    X(IS_QUOTE, is_quote) X(IS_PRE, is_pre) X(IS_OTHER, is_other) X(DEPTH, depth) \
    X(AT, at) X(WORDS_BEFORE, words_before) X(PARA_BEFORE, para_before) X(BLOCKS_LEFT, blocks_left) \
    X(SINCE_H1, since_h1) X(WORDS_SINCE_H1, words_since_h1) X(SINCE_FIRST, since_first) X(SINCE_LAST, since_last) \
    CLEAN_ROOT_FEATURES(X, TOP, top) CLEAN_ROOT_FEATURES(X, CLUSTER, cluster) CLEAN_ROOT_FEATURES(X, BIG, big) \
    CLEAN_ROOT_FEATURES(X, ARTICLE, article) CLEAN_ROOT_FEATURES(X, NAMED, named) \
    CLEAN_ANCESTOR_FEATURES(X, A0, a0) CLEAN_ANCESTOR_FEATURES(X, A1, a1) CLEAN_ANCESTOR_FEATURES(X, A2, a2) \
    X(LOOK1_BLOCKS, look1_blocks) X(LOOK1_WORDS, look1_words) X(LOOK1_LINKS, look1_links) X(LOOK1_PARA, look1_para) \
    X(LOOK3_BLOCKS, look3_blocks) X(LOOK3_WORDS, look3_words) X(LOOK3_LINKS, look3_links) X(LOOK3_PARA, look3_para) \
    CLEAN_NEXT_FEATURES(X, P3, p3) CLEAN_NEXT_FEATURES(X, P2, p2) CLEAN_NEXT_FEATURES(X, P1, p1) \
    CLEAN_NEXT_FEATURES(X, N1, n1) CLEAN_NEXT_FEATURES(X, N2, n2) CLEAN_NEXT_FEATURES(X, N3, n3) \
    X(AROUND_PARA, around_para) X(AROUND_WORDS, around_words) X(AROUND_LINKS, around_links) \
    X(SINCE_HEADING, since_heading) X(HEADING_CUE, heading_cue) X(SINCE_CUE, since_cue) X(TO_PARA, to_para) X(FROM_PARA, from_para) \
    X(MEDIA_UP, media_up) X(MEDIA_BLOCKS, media_blocks) X(SINCE_MEDIA, since_media) X(INTRO_END, intro_end) X(INTRO_WORDS, intro_words) \
    X(PAGE_WORDS, page_words) X(PAGE_PARA, page_para) X(PAGE_BLOCKS, page_blocks) X(PAGE_ARTICLES, page_articles) \
    X(PAGE_CLUSTER, page_cluster) X(KIND, kind) X(OG_ARTICLE, og_article)
/* clang-format on */

enum clean_feature {
#define X(id, name) CLEAN_F_##id,
    CLEAN_FEATURES(X)
#undef X
#define X(id, name) CLEAN_F_PART_##id,
        CLEAN_NEAR_PARTS(X)
#undef X
#define X(id, name) CLEAN_F_TAG_##id,
            CLEAN_NEAR_TAGS(X)
#undef X
                CLEAN_N_FEATURES
};

struct clean_features {
    size_t n;         /* blocks */
    size_t stride;    /* items from one column to the next */
    int16_t *columns; /* CLEAN_N_FEATURES of them */
};

/* 0, or PL_NOMEM.  Everything lives in `a`.  Sets n_alike of the blocks. */
int clean_features_find(struct clean_features *f, struct clean_blocks *b, const struct clean_facts *facts,
                        struct clean_arena *a);
/* For those who read columns outside of this program. */
const char *clean_feature_name(enum clean_feature which);

#endif
