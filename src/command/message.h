/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program says about itself, on standard error. */
#ifndef MSNSCOPE_COMMAND_MESSAGE_H
#define MSNSCOPE_COMMAND_MESSAGE_H

#include <stddef.h>

/* Exit status of the program. */
enum {
	STATUS_DONE = 0,
	STATUS_ERRORS = 1,   /* check found errors */
	STATUS_UNUSABLE = 2, /* wrong usage, unreadable input, output that cannot be written */
	STATUS_DAMAGED = 3,  /* input damaged part-way; all around the damage was written */
};

/* One line, "msnscope: ..."; control bytes in what is quoted are escaped. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The name most like word, or NULL when none is near.  names holds count
 * pointers, each at the beginning of a row of size bytes; NULL pointers are
 * passed over.
 */
const char *message_nearest(const char *word, const void *names, size_t count, size_t size);

#endif
