/* fetch_feed_xml.h - the entries of RSS, Atom, RDF and CDF. */
#ifndef FETCH_FEED_XML_H
#define FETCH_FEED_XML_H

#include "fetch_feed_make.h"
#include "fetch_xml.h"

/* Fills m->feed from UTF-8 `text`.  FEED_NOT without a message where XML_STRICT finds it not well-formed and XML_LOOSE
 * is to be tried with a new maker: *ill is then true, and `message` says why. */
enum feed_result feed_read_xml(struct feed_maker *m, pl_str text, enum xml_mode mode, pl_str base, bool *ill,
                               char *message, size_t size);

#endif
