/* SPDX-License-Identifier: BSD-2-Clause */
/* MSNSLP messages, which open and end P2P sessions, and the contexts in them. */
#ifndef MSNSCOPE_DISSECTORS_SLP_H
#define MSNSCOPE_DISSECTORS_SLP_H

#include "dissectors/payload.h"

/* Does the text begin as an MSNSLP message does: a method or MSNSLP/1.0? */
bool slp_looks_like(struct slice text);

/*
 * Adds an F_SLP under parent for the message in that range, with findings, and
 * to the summary what it is.  A NUL byte may follow the text or not.
 */
void slp_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length);

/*
 * What the session of an F_SLP is for: "display picture", "file "notes.txt"", "webcam, inviter sends"; empty when it
 * does not say.
 */
struct slice slp_purpose(struct arena *arena, const struct field *message);

/* A payload that is an MSNSLP message (UUN of type 3, SDG Signal/P2P). */
payload_dissector slp_payload_dissect;

/*
 * Adds an F_FILE_CONTEXT under parent for the description of a file (decoded
 * context), which is registered as source.
 */
void file_context_dissect(struct dissection *d, struct field *parent, unsigned source);

/* Typed data of a webcam or activity session: adds an F_TYPED_DATA under parent. */
void typed_data_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length);
/* Does the message look like it: 0x80, three bytes, type 8, and, unless nothing else is expected, fitting length? */
bool typed_data_looks_like(struct slice message, bool expected);

#endif
