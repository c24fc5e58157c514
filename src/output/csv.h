/* SPDX-License-Identifier: BSD-2-Clause */
/* CSV as RFC 4180 has it. */
#ifndef MSNSCOPE_OUTPUT_CSV_H
#define MSNSCOPE_OUTPUT_CSV_H

#include "util/buffer.h"

/* Adds one field, in quotes where it needs them.  The text is not escaped: it holds no control bytes but line ends. */
void csv_add(struct buffer *out, struct slice text);

#endif
