/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/gunzip.h"
#include "util/memory.h"

#define SOURCE_BUFFER_BYTES (256u << 10)
/* Enough to tell gzip from the rest; gunzip_new takes over what was read up to then. */
#define SOURCE_SNIFF_BYTES 512u

/* Waits until there is something to read; false when that is no longer wanted. */
static bool wait_for_data(struct source *s)
{
	bool idle = false;
	int ready;

	if (!s->wait.go_on || s->regular)
		return true;
	do {
		struct pollfd fd = {.fd = s->fd, .events = POLLIN};

		s->stopped = s->stopped || !s->wait.go_on(s->wait.ctx, idle);
		if (s->stopped)
			return false;
		ready = poll(&fd, 1, CAPTURE_WAIT_MS);
		idle = ready == 0;
	} while (idle || (ready < 0 && errno == EINTR));
	return true;
}

/* A pipe that was opened without waiting says EAGAIN when another reader was faster. */
static bool try_again(const struct source *s)
{
	return errno == EINTR || (errno == EAGAIN && s->wait.go_on);
}

static size_t read_plain(struct source *s, uint8_t *out, size_t n)
{
	ssize_t got;

	do {
		if (!wait_for_data(s))
			return 0;
		got = read(s->fd, out, n);
	} while (got < 0 && try_again(s));
	if (got < 0)
		s->failure = "the file cannot be read on (input/output error)";
	else
		s->taken += (uint64_t)got;
	return got > 0 ? (size_t)got : 0;
}

static size_t read_compressed(void *ctx, uint8_t *out, size_t n)
{
	return read_plain(ctx, out, n);
}

/* Adds to the buffer once. */
static void read_more(struct source *s)
{
	size_t room = s->capacity - s->end, got;

	if (s->gunzip)
		got = gunzip_read(s->gunzip, s->data + s->end, room, &s->failure);
	else
		got = read_plain(s, s->data + s->end, room);
	s->end += got;
	s->drained = got == 0;
}

static void make_room(struct source *s, size_t n)
{
	size_t ready = s->end - s->start;

	if (n > s->capacity) {
		s->data = memory_realloc(s->data, n);
		s->capacity = n;
	}
	if (s->start)
		memmove(s->data, s->data + s->start, ready);
	s->start = 0;
	s->end = ready;
}

bool source_fill(struct source *s, size_t n)
{
	if (n > SOURCE_NEED_MAX)
		return false;
	if (s->end - s->start < n && !s->drained)
		make_room(s, n);
	while (s->end - s->start < n && !s->drained)
		read_more(s);
	return s->end - s->start >= n;
}

bool source_skip(struct source *s, uint64_t n)
{
	while (n) {
		size_t ready = s->end - s->start;

		if (ready == 0) {
			if (!source_fill(s, 1))
				return false;
			continue;
		}
		size_t step = n < ready ? (size_t)n : ready;
		source_consume(s, step);
		n -= step;
	}
	return true;
}

static struct source *source_new(int fd)
{
	struct source *s = memory_zalloc(sizeof(*s));

	s->fd = fd;
	s->capacity = SOURCE_BUFFER_BYTES;
	s->data = memory_alloc(s->capacity);
	return s;
}

struct source *source_memory(struct slice bytes)
{
	struct source *s = memory_zalloc(sizeof(*s));

	s->fd = -1;
	s->capacity = bytes.len;
	s->data = memory_alloc(s->capacity);
	if (bytes.len)
		memcpy(s->data, bytes.ptr, bytes.len);
	s->end = bytes.len;
	s->drained = true;
	return s;
}

/* The first bytes say whether to decompress. */
static void sniff(struct source *s)
{
	struct slice first;

	while (s->end < SOURCE_SNIFF_BYTES && !s->drained) {
		/* no more than gunzip_new can take over */
		size_t got = read_plain(s, s->data + s->end, SOURCE_SNIFF_BYTES - s->end);

		s->end += got;
		s->drained = got == 0;
	}
	first = slice_of(s->data, s->end);
	if (!gunzip_magic(first))
		return;
	s->gunzip = gunzip_new(&(struct gunzip_input){read_compressed, s}, first);
	s->end = 0;
	s->drained = false;
	source_fill(s, SOURCE_SNIFF_BYTES);
}

static struct source *refuse(struct source *s, int fd, char *message, const char *why)
{
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s", why);
	if (s)
		source_free(s);
	else if (fd > STDERR_FILENO)
		close(fd);
	return NULL;
}

/* What is there to read of a regular file: standard input may stand in the middle of one. */
static uint64_t length_of(int fd, const struct stat *status)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	return at >= 0 && status->st_size > at ? (uint64_t)(status->st_size - at) : 0;
}

struct source *source_open(const char *path, const struct capture_wait *wait, char *message)
{
	int flags = O_RDONLY | O_CLOEXEC | (wait->go_on ? O_NONBLOCK : 0);
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, flags);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return refuse(NULL, fd, message, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return refuse(NULL, fd, message, "is a directory");
	struct source *s = source_new(fd);
	s->wait = *wait;
	s->regular = S_ISREG(status.st_mode);
	s->total = s->regular ? length_of(fd, &status) : 0;
	sniff(s);
	if (s->end == 0 && s->stopped)
		return refuse(s, fd, message, SOURCE_STOPPED);
	if (s->end == 0 && s->failure)
		return refuse(s, fd, message, s->failure);
	if (s->end == 0)
		return refuse(s, fd, message, s->gunzip ? "empty file inside gzip data" : "empty file");
	return s;
}

/* A buffer of its own makes stdio ask for as much at a time; it lives as long as the source. */
static FILE *with_buffer(struct source *s, FILE *stream)
{
	if (!stream)
		return NULL;
	s->stdio_buffer = memory_alloc(SOURCE_BUFFER_BYTES);
	setvbuf(stream, s->stdio_buffer, _IOFBF, SOURCE_BUFFER_BYTES);
	return stream;
}

static ssize_t stdio_read(void *cookie, char *out, size_t n)
{
	struct source *s = cookie;
	struct slice ready;

	/* Large reads of plain files need no buffer of ours in between. */
	if (s->start == s->end && !s->drained && !s->gunzip && n >= SOURCE_BUFFER_BYTES / 2) {
		size_t got = read_plain(s, (uint8_t *)out, n);

		s->drained = got == 0;
		s->offset += got;
		return (ssize_t)got;
	}
	if (!source_need(s, 1, &ready))
		return 0;
	if (n > ready.len)
		n = ready.len;
	memcpy(out, ready.ptr, n);
	source_consume(s, n);
	return (ssize_t)n;
}

#if defined(__APPLE__) || defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
static int funopen_read(void *cookie, char *out, int n)
{
	return (int)stdio_read(cookie, out, (size_t)n);
}

FILE *source_stdio(struct source *s)
{
	return with_buffer(s, funopen(s, funopen_read, NULL, NULL, NULL));
}
#else
FILE *source_stdio(struct source *s)
{
	cookie_io_functions_t functions = {.read = stdio_read};

	return with_buffer(s, fopencookie(s, "r", functions));
}
#endif

void source_free(struct source *s)
{
	if (!s)
		return;
	gunzip_free(s->gunzip);
	if (s->fd > STDERR_FILENO)
		close(s->fd);
	free(s->data);
	free(s->stdio_buffer);
	free(s);
}
