/* fetch_feed_word.h - what an element of a feed means, whichever format it is of. */
#ifndef FETCH_FEED_WORD_H
#define FETCH_FEED_WORD_H

#include "fetch_xml.h"

enum feed_word {
    WORD_NONE,
    WORD_RSS,
    WORD_RDF,
    WORD_FEED,
    WORD_CHANNEL,
    WORD_ITEM,
    WORD_TITLE,
    WORD_MEDIA_TITLE,
    WORD_LINK,
    WORD_ID,
    WORD_DESCRIPTION, /* HTML, as a rule */
    WORD_SUMMARY,     /* text, as a rule */
    WORD_CONTENT,
    WORD_ENCODED,
    WORD_BODY,
    WORD_SUBTITLE,
    WORD_RIGHTS,
    WORD_AUTHOR,
    WORD_CREATOR,
    WORD_CONTRIBUTOR,
    WORD_NAME,
    WORD_EMAIL,
    WORD_PUBLISHED,
    WORD_UPDATED,
    WORD_CATEGORY,
    WORD_KEYWORDS,
    WORD_SOURCE,
    WORD_IMAGE,
    WORD_TEXTINPUT,
    WORD_LANGUAGE,
    WORD_ENCLOSURE,
    WORD_THUMBNAIL,
    WORD_MEDIA_CONTENT,
    WORD_ITUNES_IMAGE,
    WORD_ORIGINAL_LINK,
    WORD_TTL,
    WORD_UPDATE_PERIOD,
    WORD_UPDATE_FREQUENCY
};

/* By namespace and name, in any case.  A prefix that stands for no namespace, or for one that is not known, is taken at
 * its word ("dc:creator"). */
enum feed_word feed_word_of(const struct xml_element *e);

enum feed_namespace { NAMESPACE_OTHER, NAMESPACE_RSS090, NAMESPACE_RSS10, NAMESPACE_ATOM03, NAMESPACE_ATOM10 };
enum feed_namespace feed_namespace_of(pl_str uri);

#endif
