/* clean_markdown.h - an article as Markdown (CommonMark, and the pipe tables of GitHub's).
 *
 * Same words in the same order as the plain text; what Markdown would read as markup is escaped.  Frames,
 * pictures and embeds leave nothing. */
#ifndef CLEAN_MARKDOWN_H
#define CLEAN_MARKDOWN_H

#include "clean_blocks.h"

/* Of the blocks that are kept.  Links are made absolute by `url`, which may be empty: relative ones are then
 * text.  Linear in the size of the page; out of memory shows in the arena. */
pl_str clean_markdown(const struct clean_blocks *b, const bool *keep, pl_str url, struct clean_arena *a);
/* Of paragraphs of plain text. */
pl_str clean_markdown_plain(const pl_str *paragraphs, size_t n, struct clean_arena *a);

#endif
