/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/output.h"

#include <errno.h>
#include <unistd.h>

/* A buffer that one large record made grow is given back beyond this. */
#define OUTPUT_KEEP_MAX (1u << 20)

void output_init(struct output *o, int fd, bool immediate)
{
	*o = (struct output){.fd = fd, .immediate = immediate};
}

static void fail(struct output *o, int error)
{
	o->error = error;
	o->buffer.len = 0;
	if (o->failed)
		o->failed(o->failed_ctx, error);
}

static void write_all(struct output *o)
{
	size_t at = 0;

	while (at < o->buffer.len) {
		ssize_t n = write(o->fd, o->buffer.data + at, o->buffer.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(o, n < 0 ? errno : EIO);
			return;
		}
		at += (size_t)n;
	}
}

bool output_flush(struct output *o)
{
	if (o->fd < 0)
		return true;
	if (!o->error)
		write_all(o);
	o->buffer.len = 0;
	if (o->buffer.capacity > OUTPUT_KEEP_MAX)
		buffer_free(&o->buffer);
	return o->error == 0;
}

void output_free(struct output *o)
{
	buffer_free(&o->buffer);
}
