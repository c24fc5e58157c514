/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as text, always UTC. */
#ifndef MSNSCOPE_OUTPUT_TIMESTAMP_H
#define MSNSCOPE_OUTPUT_TIMESTAMP_H

#include "util/buffer.h"

/*
 * Adds a time since 1970-01-01 as "2003-07-11T09:00:00.123456", with separator
 * in place of the T, with 9 digits instead of 6 when nanoseconds is set.  For
 * TIME_NONE dashes of the same length.
 */
void timestamp_add(struct buffer *out, int64_t ns, char separator, bool nanoseconds);

/* Adds a span of time in seconds, "12.345678" or with 9 digits; may be negative. */
void duration_add(struct buffer *out, int64_t ns, bool nanoseconds);

#endif
