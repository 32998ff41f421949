/* fetch_xml_loose.h - whatever looks like markup, as the same events; called by xml_read(). */
#ifndef FETCH_XML_LOOSE_H
#define FETCH_XML_LOOSE_H

#include "fetch_xml.h"

#define XML_DOCTYPE_REFUSED "a DOCTYPE: none is read but RSS 0.91's, since it can name and make anything"

/* See xml_read(): never XML_ILL.  An element that is not closed ends where one around it does; an end that has no
 * start is passed over, and so is a start that is too deep. */
enum xml_result xml_read_loose(pl_str text, const struct xml_events *events, void *arg, char *message, size_t size);

/* Whether a DOCTYPE is RSS 0.91's, by its identifiers ("" where there is none). */
bool xml_doctype_allowed(pl_str public_id, pl_str system_id);

#endif
