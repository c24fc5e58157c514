/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a capture file, standard input or memory, buffered and, when
 * they are gzip data, decompressed.  The reader looks at bytes in the buffer
 * and then consumes them; nothing is copied for it.
 */
#ifndef MSNSCOPE_CAPTURE_SOURCE_H
#define MSNSCOPE_CAPTURE_SOURCE_H

#include <stdio.h>

#include "capture/capture.h"

/* Most bytes that may be asked for at a time. */
#define SOURCE_NEED_MAX (4u << 20)

/* Why a file cannot be opened when its wait was over too early. */
#define SOURCE_STOPPED "not read: interrupted before its first packet came"

struct gunzip;

struct source {
	uint8_t *data;       /* the buffer; bytes from start to end are ready */
	size_t start, end, capacity;
	uint64_t offset;     /* of data[start] in the (decompressed) file */
	struct gunzip *gunzip;
	int fd;              /* -1 for memory */
	bool drained;        /* nothing can be added to the buffer */
	bool regular;        /* a file that can be read without waiting */
	bool stopped;        /* wait said so: nothing more is read */
	struct capture_wait wait; /* go_on may be NULL */
	uint64_t taken, total; /* bytes of the file, as capture_place tells them */
	char *stdio_buffer;  /* of source_stdio */
	const char *failure; /* why it ended too early, or NULL */
};

/*
 * Opens path, "-" for standard input, and reads the first bytes.  Returns NULL
 * with a message (CAPTURE_MESSAGE_MAX bytes) when it cannot be read or holds no
 * bytes at all.
 */
struct source *source_open(const char *path, const struct capture_wait *wait, char *message);

/* A source over a copy of bytes in memory. */
struct source *source_memory(struct slice bytes);

/* Reads until n (at most SOURCE_NEED_MAX) bytes are ready; false when the end comes first. */
bool source_fill(struct source *s, size_t n);

/*
 * Are n more bytes there?  *data is then what is ready, at least n bytes, and
 * else what is left.  It is valid until the next call that is not
 * source_consume.
 */
static inline bool source_need(struct source *s, size_t n, struct slice *data)
{
	bool enough = s->end - s->start >= n || source_fill(s, n);

	*data = slice_of(s->data + s->start, s->end - s->start);
	return enough;
}

/* Takes n bytes that are ready. */
static inline void source_consume(struct source *s, size_t n)
{
	s->start += n;
	s->offset += n;
}

/* Takes n bytes, ready or not; false when the end comes first. */
bool source_skip(struct source *s, uint64_t n);

static inline bool source_compressed(const struct source *s)
{
	return s->gunzip != NULL;
}

/*
 * What has not been consumed, as a stdio stream to read from instead; it cannot
 * seek.  The source must outlive it.  NULL when the system refuses.
 *
 * Regular files go this way, too: with the larger buffer of the source that is
 * faster than fopen().
 */
FILE *source_stdio(struct source *s);

void source_free(struct source *s);

#endif
