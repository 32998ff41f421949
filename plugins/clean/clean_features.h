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
    X(BODY, body) X(WEAK, weak) X(COMMENT, comment) X(RELATED, related) X(NEWS, news) X(NAV, nav) X(EDGE, edge) X(SIDE, side) \
    X(COOKIE, cookie) X(META, meta) X(TAGS, tags) X(CAPTION, caption) X(QUOTE, quote) X(LEAD, lead) X(HEADLINE, headline)
#define CLEAN_NEAR_TAGS(X) \
    X(ARTICLE, article) X(MAIN, main) X(SECTION, section) X(ASIDE, aside) X(FOOTER, footer) X(FIGURE, figure) X(FORM, form) \
    X(LI, li) X(TABLE, table) X(BLOCKQUOTE, blockquote) X(P, p)
#define CLEAN_ROOT_FEATURES(X, R, r) X(R##_UP, r##_up) X(R##_DOWN, r##_down)
#define CLEAN_ANCESTOR_FEATURES(X, A, a) \
    X(A##_WORDS, a##_words) X(A##_LINKS, a##_links) X(A##_DENSITY, a##_density) X(A##_BLOCKS, a##_blocks) X(A##_PARA, a##_para) \
    X(A##_PARAS, a##_paras) X(A##_OTHER, a##_other)
#define CLEAN_LOOK_FEATURES(X, L, l) X(L##_BLOCKS, l##_blocks) X(L##_WORDS, l##_words) X(L##_LINKS, l##_links) X(L##_PARA, l##_para)
#define CLEAN_NEXT_FEATURES(X, N, n) X(N##_WORDS, n##_words) X(N##_LINKS, n##_links) X(N##_END, n##_end) X(N##_SAME, n##_same)

#define CLEAN_FEATURES(X) \
    X(WORDS, words) X(WORD_LEN, word_len) X(LINK_SHARE, link_share) X(BOLD_SHARE, bold_share) X(ITALIC_SHARE, italic_share) \
    X(OUT_SHARE, out_share) X(SENTENCES, sentences) X(COMMAS, commas) X(END, end) X(FIRST, first) X(UPPER, upper) X(CUE, cue) \
    X(IS_HIDDEN, is_hidden) X(TITLE_COVER, title_cover) X(IN_TITLE, in_title) X(IN_SUMMARY, in_summary) X(TIMES, times) \
    X(HEADING, heading) X(IS_P, is_p) X(IS_DIV, is_div) X(DEPTH, depth) \
    X(AT, at) X(WORDS_BEFORE, words_before) X(PARA_BEFORE, para_before) X(SINCE_H1, since_h1) X(WORDS_SINCE_H1, words_since_h1) \
    X(SINCE_FIRST, since_first) X(SINCE_LAST, since_last) \
    CLEAN_ROOT_FEATURES(X, TOP, top) CLEAN_ROOT_FEATURES(X, CLUSTER, cluster) CLEAN_ROOT_FEATURES(X, BIG, big) \
    CLEAN_ROOT_FEATURES(X, ARTICLE, article) CLEAN_ROOT_FEATURES(X, NAMED, named) X(TOP_IS, top_is) X(CLUSTER_IS, cluster_is) \
    CLEAN_ANCESTOR_FEATURES(X, A0, a0) CLEAN_ANCESTOR_FEATURES(X, A1, a1) CLEAN_ANCESTOR_FEATURES(X, A2, a2) \
    CLEAN_LOOK_FEATURES(X, LOOK1, look1) CLEAN_LOOK_FEATURES(X, LOOK3, look3) \
    CLEAN_NEXT_FEATURES(X, BEFORE, before) CLEAN_NEXT_FEATURES(X, AFTER, after) \
    X(AROUND_PARA, around_para) X(AROUND_WORDS, around_words) X(AROUND_LINKS, around_links) \
    X(SINCE_HEADING, since_heading) X(HEADING_CUE, heading_cue) X(SINCE_PARA, since_para) \
    X(INTRO_END, intro_end) X(INTRO_WORDS, intro_words) \
    X(MEDIA_UP, media_up) X(MEDIA_BLOCKS, media_blocks) X(SINCE_MEDIA, since_media) X(KIND, kind) X(OG_ARTICLE, og_article)
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
