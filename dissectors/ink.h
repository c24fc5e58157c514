/* SPDX-License-Identifier: BSD-2-Clause */
/* Handwriting: drawings in base64, in messages and peer to peer. */
#ifndef MSNSCOPE_DISSECTORS_INK_H
#define MSNSCOPE_DISSECTORS_INK_H

#include "dissectors/payload.h"

/* Bodies of image/gif and of application/x-ms-ink. */
payload_dissector ink_gif_dissect;
payload_dissector ink_isf_dissect;

/*
 * A whole message of P2P session 64: UTF-16LE text of MIME headers, a blank
 * line, U+0000, then of "base64:..." and the drawing.  Adds an F_INK under
 * parent, and to the summary what it is.
 */
void ink_p2p_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length);

#endif
