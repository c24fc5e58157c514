/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognises files that are no captures: those of other analyzers, to tell the user what they are, and texts. */
#ifndef MSNSCOPE_CAPTURE_FOREIGN_H
#define MSNSCOPE_CAPTURE_FOREIGN_H

#include "util/slice.h"

/*
 * When the first bytes of a file are those of a known format that is not read,
 * writes a message (CAPTURE_MESSAGE_MAX bytes) that names it and says what to
 * do, and returns true.
 */
bool foreign_message(struct slice first, char *message);

/* Are these the first bytes of a text: mostly ASCII, no control characters but those of texts? */
bool foreign_is_text(struct slice first);

#endif
