/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/memory.h"

/* What is kept in memory lies in blocks of this size. */
#define SPILL_BLOCK (1u << 20)
/* Bytes that wait to be written together. */
#define SPILL_WRITE (1u << 20)
/* Bytes read together: neighbours are asked for one after the other, upwards and downwards. */
#define SPILL_READ (1u << 18)

/* All bytes, one behind the other: memory first, then what was written to the file, then what waits to be. */
struct spill {
	size_t memory;     /* limit, whole blocks */
	uint8_t **blocks;
	size_t block_count;
	uint64_t bytes;    /* kept; what was left of a failure may lie in the file behind them */
	int fd;            /* -1: none yet */
	int error;
	uint64_t written;  /* bytes in the file */
	uint8_t *waiting;  /* SPILL_WRITE */
	size_t waiting_len;
	uint8_t *window;   /* SPILL_READ bytes of the file */
	uint64_t window_at;
	size_t window_len;
};

struct spill *spill_new(size_t memory)
{
	struct spill *s = memory_zalloc(sizeof(*s));

	if (memory == 0)
		memory = SPILL_MEMORY_DEFAULT;
	s->memory = memory + (SPILL_BLOCK - memory % SPILL_BLOCK) % SPILL_BLOCK;
	s->blocks = memory_zalloc(s->memory / SPILL_BLOCK * sizeof(*s->blocks));
	s->fd = -1;
	return s;
}

void spill_free(struct spill *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->block_count; i++)
		free(s->blocks[i]);
	if (s->fd >= 0)
		close(s->fd);
	free(s->blocks);
	free(s->waiting);
	free(s->window);
	free(s);
}

int spill_error(const struct spill *s)
{
	return s->error;
}

uint64_t spill_bytes(const struct spill *s)
{
	return s->bytes;
}

static bool fail(struct spill *s, int error)
{
	if (!s->error)
		s->error = error;
	return false;
}

/* --- the file --- */

/* A file that has lost its name is gone with the last descriptor, however the program ends. */
static bool open_file(struct spill *s)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];

	if (!folder || !*folder)
		folder = "/tmp";
	int n = snprintf(path, sizeof(path), "%s/msnscope-XXXXXX", folder);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fail(s, ENAMETOOLONG);
	s->fd = mkstemp(path);
	if (s->fd < 0)
		return fail(s, errno);
	unlink(path);
	fcntl(s->fd, F_SETFD, FD_CLOEXEC);
	s->waiting = memory_alloc(SPILL_WRITE);
	s->window = memory_alloc(SPILL_READ);
	return true;
}

/* What cannot be written goes on waiting, so that it can still be read. */
static bool write_waiting(struct spill *s)
{
	size_t done = 0;

	while (done < s->waiting_len) {
		ssize_t n = pwrite(s->fd, s->waiting + done, s->waiting_len - done, (off_t)(s->written + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(s, n < 0 ? errno : ENOSPC);
		done += (size_t)n;
	}
	s->written += done;
	s->waiting_len = 0;
	return true;
}

static bool read_file(struct spill *s, uint64_t at, uint8_t *out, size_t len)
{
	while (len) {
		ssize_t n = pread(s->fd, out, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(s, n < 0 ? errno : EIO);
		out += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* Reads what was written around that place. */
static bool fill_window(struct spill *s, uint64_t at)
{
	uint64_t begin = at - at % SPILL_READ;
	size_t len = s->written - begin < SPILL_READ ? (size_t)(s->written - begin) : SPILL_READ;

	s->window_len = 0;
	if (!read_file(s, begin, s->window, len))
		return false;
	s->window_at = begin;
	s->window_len = len;
	return true;
}

static bool in_window(const struct spill *s, uint64_t at)
{
	return at >= s->window_at && at - s->window_at < s->window_len;
}

/* --- pieces: the bytes from a place on that lie together --- */

static size_t min(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* Adds at most len bytes at a place that is the end; returns how many, 0 after a failure. */
static size_t add_piece(struct spill *s, uint64_t place, const uint8_t *data, size_t len)
{
	if (place < s->memory) {
		size_t block = (size_t)(place / SPILL_BLOCK), at = (size_t)(place % SPILL_BLOCK);

		if (block == s->block_count)
			s->blocks[s->block_count++] = memory_alloc(SPILL_BLOCK);
		len = min(SPILL_BLOCK - at, len);
		memcpy(s->blocks[block] + at, data, len);
		return len;
	}
	if (s->fd < 0 && !open_file(s))
		return 0;
	if (s->waiting_len == SPILL_WRITE && !write_waiting(s))
		return 0;
	len = min(SPILL_WRITE - s->waiting_len, len);
	memcpy(s->waiting + s->waiting_len, data, len);
	s->waiting_len += len;
	return len;
}

/* Reads at most len bytes; returns how many, 0 after a failure. */
static size_t read_piece(struct spill *s, uint64_t place, uint8_t *out, size_t len)
{
	if (place < s->memory) {
		size_t at = (size_t)(place % SPILL_BLOCK);

		len = min(SPILL_BLOCK - at, len);
		memcpy(out, s->blocks[place / SPILL_BLOCK] + at, len);
		return len;
	}
	uint64_t at = place - s->memory;
	if (at >= s->written) {
		memcpy(out, s->waiting + (at - s->written), len);
		return len;
	}
	if (!in_window(s, at) && !fill_window(s, at))
		return 0;
	len = min(s->window_at + s->window_len - at, len);
	memcpy(out, s->window + (at - s->window_at), len);
	return len;
}

uint64_t spill_add(struct spill *s, struct slice data)
{
	uint64_t place = s->bytes, end = place;

	/* After a failure nothing is added: places would no longer be those of the file. */
	if (s->error)
		return SPILL_NOWHERE;
	while (data.len) {
		size_t n = add_piece(s, end, data.ptr, data.len);

		if (n == 0)
			return SPILL_NOWHERE;
		end += n;
		data = slice_sub(data, n, data.len);
	}
	s->bytes = end;
	return place;
}

bool spill_read(struct spill *s, uint64_t place, uint8_t *out, size_t len)
{
	if (place > s->bytes || len > s->bytes - place)
		return false;
	while (len) {
		size_t n = read_piece(s, place, out, len);

		if (n == 0)
			return false;
		place += n;
		out += n;
		len -= n;
	}
	return true;
}
