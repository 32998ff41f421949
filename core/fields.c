/* fields.c - the table of well-known fields. */
#include "fields.h"

#include "str.h"

static const struct field_info table[] = {
    [PL_ID] = {"id", PL_STR, "the record's name: the line's own, else the first 32 hex digits of the SHA-256 of `origin`"},
    [PL_URL] = {"url", PL_STR, "address the page was fetched from"},
    [PL_CANONICAL_URL] = {"canonical_url", PL_STR, "address the page gives for itself"},
    [PL_SOURCE] = {"source", PL_STR, "path or URL the record came from, as given"},
    [PL_ORIGIN] = {"origin", PL_STR,
                   "what the record was made from: SHA-256 of the input's bytes (or -), position in it and child index, "
                   "joined by colons, then a space and the input's name"},
    [PL_BODY] = {"body", PL_BYTES, "the page as read, in UTF-8 once `charset` is set"},
    [PL_CONTENT_TYPE] = {"content_type", PL_STR, "media type of `body`, without parameters"},
    [PL_CHARSET] = {"charset", PL_STR, "character encoding that `body` had before it was made UTF-8"},
    [PL_HTTP_STATUS] = {"http_status", PL_I64, "status code of the response"},
    [PL_FETCHED_AT] = {"fetched_at", PL_STR, "when the page was fetched, ISO 8601"},
    [PL_TITLE] = {"title", PL_STR, "headline"},
    [PL_BYLINE] = {"byline", PL_STRS, "authors, one an entry"},
    [PL_SITE] = {"site", PL_STR, "name of the publication"},
    [PL_PUBLISHED] = {"published", PL_STR, "when first published, ISO 8601, as exact as the page has it"},
    [PL_MODIFIED] = {"modified", PL_STR, "when last changed, ISO 8601"},
    [PL_LANGUAGE] = {"language", PL_STR, "language of the text, BCP 47"},
    [PL_SECTION] = {"section", PL_STR, "department of the publication"},
    [PL_SUMMARY] = {"summary", PL_STR, "standfirst or description"},
    [PL_IMAGE] = {"image", PL_STR, "address of the lead picture"},
    [PL_TAGS] = {"tags", PL_STRS, "keywords"},
    [PL_DATELINE_PLACE] = {"dateline_place", PL_STR, "place named in the dateline"},
    [PL_DATELINE_DATE] = {"dateline_date", PL_STR, "date named in the dateline, ISO 8601; `--11-08` where no year is known"},
    [PL_AGENCY] = {"agency", PL_STR, "news agency named in the dateline"},
    [PL_TEXT] = {"text", PL_STR, "the article; paragraphs are parted by an empty line"},
    [PL_DUPLICATE_OF] = {"duplicate_of", PL_STR, "`id` of the earlier record that this one repeats"},
    [PL_SIMILARITY] = {"similarity", PL_F64, "Jaccard similarity to that record, 0 to 1"},
};

const struct field_info *fields_info(pl_key key)
{
    return key > 0 && key < sizeof table / sizeof *table ? &table[key] : NULL;
}

pl_key fields_last(void)
{
    return sizeof table / sizeof *table - 1;
}

bool fields_note_member(pl_str name)
{
    return str_is(name, "id") || str_is(name, "kind") || str_is(name, "label") || str_is(name, "begin") ||
           str_is(name, "end") || str_is(name, "text");
}

bool fields_link(pl_str name)
{
    return str_is(name, "chain") || str_is(name, "of") || str_is(name, "speaker") || str_is(name, "cue");
}

const char *fields_type_name(pl_type type)
{
    static const char *const names[] = {"nothing", "text", "bytes", "bool", "integer", "real", "list of text", "JSON"};

    return names[type];
}
