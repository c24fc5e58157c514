/* SPDX-License-Identifier: BSD-2-Clause */
/* MIME headers of messages, and the bodies that need nothing but them. */
#ifndef MSNSCOPE_DISSECTORS_MIME_H
#define MSNSCOPE_DISSECTORS_MIME_H

#include "dissectors/headers.h"
#include "dissectors/payload.h"

/* Headers, content type, then the body through the registry. */
payload_dissector mime_message_dissect;

/* Body of text/plain. */
payload_dissector text_plain_dissect;

/* Body of text/x-msmsgscontrol: all it says stands in the headers. */
payload_dissector control_dissect;

/*
 * The text of a header of the message whose fields were added under parent, or
 * empty when it has none; case is ignored.  For dissectors of bodies.
 */
struct slice mime_header(const struct field *parent, const char *name);

/* Is the message a part of one that was split (Message-ID with Chunks or Chunk)? */
bool mime_is_chunk(const struct field *parent);

#endif
