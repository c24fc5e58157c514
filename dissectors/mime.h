/* SPDX-License-Identifier: BSD-2-Clause */
/* MIME messages: headers, content type, parts of split messages, and bodies that nothing else takes. */
#ifndef MSNSCOPE_DISSECTORS_MIME_H
#define MSNSCOPE_DISSECTORS_MIME_H

#include "dissectors/headers.h"
#include "dissectors/msnp_value.h"
#include "dissectors/payload.h"

/* More parts than this are taken for a lie. */
#define MIME_CHUNKS_MAX 1000u

/*
 * Headers, content type, then the body through the registry.  The body of a
 * part of a split message is shown as it is, except that the first part of a
 * text counts as text: see session/split.h for the whole.
 */
payload_dissector mime_message_dissect;

/*
 * The text of a header of the message whose fields were added under parent, or
 * empty when it has none; case is ignored.  For dissectors of bodies.
 */
struct slice mime_header(const struct field *parent, const char *name);

/* The media type in the value of a Content-Type, lower case, without parameters. */
struct slice mime_media_type(struct arena *arena, struct slice value);

/*
 * Adds the content type (lower case, without parameters) and the charset that
 * Content-Type gives as fields of their own below parent, and returns the type:
 * empty when headers has none.
 */
struct slice mime_content_type(struct dissection *d, struct field *parent, const struct field *headers);

/* Adds what headers of any kind of message say as fields below parent: P4-Context, User-Agent, Dest-Agent, Roster. */
void mime_headers_add(struct dissection *d, struct field *parent, const struct field *headers);

/*
 * Is the message a part of one that was split (Message-ID with Chunks or
 * Chunk)?  Not when it is the only part, and not under an F_MSG_JOINED.
 */
bool mime_is_chunk(const struct field *parent);

/* Nothing but line ends? */
bool mime_is_blank(struct slice s);

/* The next of the parts that semicolons part, without blanks around it; false behind the last. */
bool mime_next_part(struct slice *rest, struct slice *part);

/* Where a piece of a header's value lies: all of the header when its line was folded. */
struct range mime_piece(const struct dissection *d, const struct field *header, struct slice piece);

/*
 * Shows a body, or what is left of one, behind the block of lines that is the
 * child block (F_MSG_HEADERS, F_MSG_FIELDS) of parent: as F_MSG_BODY_TEXT,
 * F_MSG_BODY when it is no text, or as syntax of the block when it is blank.
 * Returns the field, or NULL.
 */
const struct field *mime_rest_dissect(struct dissection *d, struct field *parent, enum field_id block, unsigned source,
				      size_t offset, size_t length);

#endif
