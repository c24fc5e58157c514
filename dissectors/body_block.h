/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of messages that are a second block of "Name: value" lines. */
#ifndef MSNSCOPE_DISSECTORS_BODY_BLOCK_H
#define MSNSCOPE_DISSECTORS_BODY_BLOCK_H

#include "dissectors/headers.h"

/*
 * Adds the block that a range of a source holds as a dictionary dict of lines
 * line under parent, and returns the dictionary.  Blank lines in front and
 * behind are its syntax; what else follows the block becomes an F_MSG_BODY.
 */
struct field *body_block_dissect(struct dissection *d, struct field *parent, enum field_id dict, enum field_id line,
				 unsigned source, size_t offset, size_t length);

/* Bytes at the end of s that are line ends. */
size_t line_ends_behind(struct slice s);

#endif
