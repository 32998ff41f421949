/* entities_article.c - the layers in their order. */
#include "entities_article.h"

#include "entities_chain.h"
#include "entities_indirect.h"
#include "entities_person.h"
#include "entities_place.h"
#include "entities_speaker.h"
#include "entities_tagger.h"

static void passed(const struct article_options *o, const char *layer)
{
    if (o->passed)
        o->passed(o->to, layer);
}

bool article_mark(struct arena *arena, const struct gazetteer *gaz, const char *text, size_t len,
                  const struct article_options *options, struct document *d, struct article *found)
{
    struct mentions dates;
    *found = (struct article){0};
    *d = (struct document){.arena = arena, .gaz = gaz, .language = options->language, .text = text, .len = len};
    if (!document_tokenise(d))
        return false;
    passed(options, "tokens");
    if (!mentions_find(d, &found->mentions))
        return false;
    passed(options, "rules");
    if (options->model && !tagger_find(d, options->model, &found->mentions))
        return false;
    passed(options, "names");
    persons_mend(d, &found->mentions);
    const struct date_words *words = (options->language ? options->language : language_english())->dates;
    const struct date_options when = {words, options->date_index, options->published, options->dateline};
    if (options->dates && words &&
        !(dates_find(d, &when, &dates, &found->values) && mentions_merge(arena, d, &found->mentions, &dates)))
        return false;
    passed(options, "dates");
    if (!titles_find(d, &found->mentions, &found->titles))
        return false;
    passed(options, "titles");
    if (!places_link(d, &found->mentions))
        return false;
    passed(options, "places");
    if (!chains_link(d, &found->mentions, &found->titles))
        return false;
    passed(options, "chains");
    if ((options->quotes || options->references) && !quotes_pair(d, &found->quotes))
        return false;
    if (options->references) {
        if (!references_find(d, &found->mentions, &found->titles, &found->quotes, &found->references))
            return false;
        passed(options, "references");
    }
    if (options->quotes) {
        quotes_attribute(d, &found->mentions, &found->quotes);
        passed(options, "quotes");
        if (!quotes_indirect(d, &found->mentions, &found->quotes))
            return false;
        quotes_resolve(d, &found->mentions, &found->references, &found->quotes);
        passed(options, "indirect");
    }
    if (!options->quotes)
        found->quotes.n = 0;
    if (!options->titles)
        found->titles.n = 0;
    return true;
}
