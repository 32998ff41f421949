/* clean_page.h - a page or a text in, an article out: all of the extraction behind two calls. */
#ifndef CLEAN_PAGE_H
#define CLEAN_PAGE_H

#include "clean_html.h"
#include "clean_mem.h"
#include "clean_trees.h"
#include "clean_words.h"
#include "pressline.h"

/* Why there is no article; each but the first is a reason to drop the page. */
enum clean_verdict {
    CLEAN_IS_ARTICLE,
    CLEAN_IS_EMPTY,  /* nothing to read */
    CLEAN_IS_WALL,   /* asks to enable scripts or cookies, to consent, to prove that one is human */
    CLEAN_IS_ERROR,  /* says that there is no such page */
    CLEAN_IS_LOGIN,  /* hardly any text, and a request to log in or subscribe */
    CLEAN_IS_INDEX,  /* a front page or section: a list of articles */
    CLEAN_IS_GALLERY /* pictures or a video, hardly any text */
};

/* What is known of the article before it is looked at, and how it is wished for; any may be empty. */
struct clean_known {
    pl_str url, title, published;
    bool markdown; /* the text as Markdown */
    bool comments; /* and those of the readers */
    bool precise;  /* rather too little text than anything that does not belong */
    bool nfc;      /* the text in Unicode NFC */
    const struct clean_trees *table; /* chooses the blocks; NULL: the one that ships */
};

/* Every text is normalised; what was not found is empty. */
struct clean_article {
    enum clean_verdict verdict;
    bool truncated;   /* the page broke a limit: what came behind it was not read */
    float confidence; /* 0 to 1: the F1 that the choice of blocks is expected to have */
    pl_str text;      /* paragraphs with a blank line between, or Markdown */
    size_t n_chars;   /* of the text without any markup */
    pl_str title, site, published, modified, language, canonical_url, section, summary, image;
    pl_str dateline_place, dateline_date, agency;
    pl_list byline, tags, comments;
};

/* Of HTML in UTF-8, read by `parser`.  0, or PL_NOMEM.  Everything lives in `a`. */
int clean_page_html(struct clean_article *out, struct clean_html *parser, pl_str html,
                    const struct clean_known *known, const struct clean_words *w, struct clean_arena *a);
/* Of plain text. */
int clean_page_text(struct clean_article *out, pl_str text, const struct clean_known *known,
                    const struct clean_words *w, struct clean_arena *a);

/* Is this text at all: few bytes that are no UTF-8, few control characters? */
bool clean_page_is_text(pl_str bytes);

#endif
