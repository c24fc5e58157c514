/* SPDX-License-Identifier: BSD-2-Clause */
/* The encoding of an XML document (XML 1.0, appendix F), made UTF-8 for the parser. */
#ifndef MSNSCOPE_DISSECTORS_XML_ENCODING_H
#define MSNSCOPE_DISSECTORS_XML_ENCODING_H

#include "util/arena.h"

struct xml_encoded {
	struct slice text; /* UTF-8, always sound */
	bool changed;      /* text is not the bytes given, so offsets in it mean nothing there */
	const char *error; /* what was not sound, or NULL */
	size_t error_at;   /* byte of the document */
};

/*
 * UTF-16 is told by a byte order mark or its first "<", other encodings by the
 * XML declaration.  Unsound sequences become U+FFFD.
 */
struct xml_encoded xml_to_utf8(struct arena *arena, struct slice document);

#endif
