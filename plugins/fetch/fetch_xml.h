/* fetch_xml.h - feeds and sitemaps as the events of their markup, safe whatever they hold.
 *
 * XML_STRICT reads with libxml2, without a network, without entities of the file's own, without any DTD: a DOCTYPE is
 * refused but for RSS 0.91's (Netscape's), whose names for Latin-1 characters are then a table of ours, as HTML's are
 * in any case.  XML_LOOSE reads whatever looks like markup and is what is left where a file is not well-formed: bare
 * &, unknown entities, unclosed tags, things before the root.  A caller reads strictly, and where that gives XML_ILL
 * forgets what it was told and reads loosely. */
#ifndef FETCH_XML_H
#define FETCH_XML_H

#include "fetch_charset.h"

enum {
    XML_MAX_BYTES = 64 << 20,
    XML_MAX_DEPTH = 256,
    XML_MAX_NODES = 4000000, /* elements and attributes */
    XML_MAX_NAME = 1000,     /* bytes of a name or of a namespace's; XML_STRICT */
    XML_MAX_ATTRIBUTES = 256 /* of an element; XML_LOOSE passes over what is more than that */
};

enum xml_mode { XML_STRICT, XML_LOOSE };

enum xml_result {
    XML_OK,
    XML_ILL,     /* XML_STRICT alone: not well-formed; XML_LOOSE may read it */
    XML_REFUSED, /* a DOCTYPE or too much of something: what is behind is not read, whatever the mode */
    XML_STOPPED, /* a callback did not return PL_OK */
    XML_NOMEM
};

struct xml_attribute {
    pl_str ns, prefix, name, value; /* value: UTF-8, references resolved */
};

struct xml_element {
    pl_str ns, prefix, name; /* ns: the URI that the prefix stands for, empty where it stands for none; name: local */
    const struct xml_attribute *attribute; /* xmlns and xmlns:... are not among them */
    size_t n_attributes;
};

/* Each returns PL_OK to go on.  What they are given lives until they return.  Start and end come in pairs in both modes;
 * `text` comes in any number of pieces, and tells whether it stood in CDATA. */
struct xml_events {
    int (*start)(void *arg, const struct xml_element *e);
    int (*text)(void *arg, pl_str text, bool cdata);
    int (*end)(void *arg, const struct xml_element *e); /* without attributes */
};

/* Once, before any other call, and instead of decoder_init().  libxml2 does not bear a want of memory (it leaves things out, or
 * takes the file for ill-formed): it ends the process with a message and exit 70. */
void xml_init(void);

/* Reads UTF-8 `text`, as xml_decode() gives it.  Unless XML_OK or XML_STOPPED, `message` says what and in which line. */
enum xml_result xml_read(pl_str text, enum xml_mode mode, const struct xml_events *events, void *arg, char *message,
                         size_t size);

/* The value of an attribute by its local name in any case, in no namespace; {NULL, 0} when there is none. */
pl_str xml_attribute(const struct xml_element *e, const char *name);

/* The bytes of a feed or sitemap as UTF-8: a byte order mark; well-formed UTF-8; the charset of HTTP's `content_type`
 * ("" where there was none); the XML declaration's; UTF-16 and UTF-32 and EBCDIC by their first bytes; a guess.
 * PL_OK or PL_NOMEM. */
int xml_decode(struct decoder *d, pl_str bytes, pl_str content_type, struct decoded *to);

#endif
