/* entities_article.c - the layers in their order. */
#include "entities_article.h"

#include "entities_chain.h"
#include "entities_date.h"

bool article_mark(struct arena *arena, const struct gazetteer *gaz, const char *text, size_t len,
                  const struct article_options *options, struct document *d, struct article *found)
{
    struct mentions dates;
    *found = (struct article){0};
    *d = (struct document){.arena = arena, .gaz = gaz, .language = options->language, .text = text, .len = len};
    if (!document_tokenise(d) || !mentions_find(d, &found->mentions))
        return false;
    if (!dates_find(d, &dates) || (options->dates && !mentions_merge(arena, &found->mentions, &dates)))
        return false;
    if (!titles_find(d, &found->mentions, &found->titles))
        return false;
    if (!chains_link(d, &found->mentions, &found->titles))
        return false;
    if (options->quotes) {
        if (!quotes_pair(d, &found->quotes))
            return false;
        quotes_attribute(d, &found->mentions, &found->quotes);
    }
    if (!options->titles)
        found->titles.n = 0;
    return true;
}
