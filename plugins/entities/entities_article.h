/* entities_article.h - everything that the stage finds in one article. */
#ifndef ENTITIES_ARTICLE_H
#define ENTITIES_ARTICLE_H

#include "entities_date.h"
#include "entities_model.h"
#include "entities_quote.h"
#include "entities_reference.h"
#include "entities_title.h"

struct article_options {
    bool dates, titles, quotes, references;
    const struct language *language; /* NULL means English */
    const struct date_index *date_index;         /* of the language's dates; NULL: made for this article */
    struct when_day published, dateline; /* as far as known, for what dates mean */
    const struct model *model;       /* of names; NULL for the rules alone */
    void (*passed)(void *to, const char *layer); /* told when a layer is done, for measurements; NULL for none */
    void *to;
};

struct article {
    struct mentions mentions; /* names, and dates if asked for */
    struct date_values values;
    struct titles titles;
    struct references references;
    struct quotes quotes;
};

/* Marks the article in `text`, UTF-8; bytes that are none are stepped over.
 * What it returns lives in `arena`.  False when there is no memory. */
bool article_mark(struct arena *arena, const struct gazetteer *gaz, const char *text, size_t len,
                  const struct article_options *options, struct document *d, struct article *found);

#endif
