/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the writers put what they write: a buffer in front of a file
 * descriptor.  Writers append to buffer and call output_record at the end of
 * each record or line.
 */
#ifndef MSNSCOPE_OUTPUT_OUTPUT_H
#define MSNSCOPE_OUTPUT_OUTPUT_H

#include "util/buffer.h"

/* The buffer is written when it holds this much. */
#define OUTPUT_FLUSH_BYTES 65536u

struct output {
	struct buffer buffer;
	int fd;
	bool immediate; /* write each record at once, for a reader who waits */
	int error;      /* errno of the first write that failed; later output is dropped */
	void (*failed)(void *ctx, int error); /* called once when error is set; may be NULL, need not return */
	void *failed_ctx;
};

/* fd stays the caller's; with fd -1 nothing is written and the buffer keeps all. */
void output_init(struct output *o, int fd, bool immediate);

/* Writes the buffer.  Returns false when this or an earlier write failed. */
bool output_flush(struct output *o);

/* Ends a record: writes when enough has gathered, or at once when immediate. */
static inline void output_record(struct output *o)
{
	if (o->buffer.len >= OUTPUT_FLUSH_BYTES || o->immediate)
		output_flush(o);
}

/* Frees the buffer; what was not flushed is lost. */
void output_free(struct output *o);

#endif
