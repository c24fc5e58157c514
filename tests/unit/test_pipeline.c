/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading that is watched: how far it has come, how it is ended, what is told on the way.  Samples: see samples/README.md. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline.h"
#include "util/buffer.h"

#define NEVER UINT64_MAX
#define FILE_HEADER 24u
#define RECORD_HEADER 16u

struct seen {
	uint64_t stop_at;  /* the watch says no when so many packets were read */
	uint64_t pause_at; /* number of the ask that takes longer than it is until the next one */
	void (*at_stop)(struct seen *);
	int write_end;     /* of a pipe, -1: none */
	uint64_t asked;
	struct pipeline_progress first, last;
	uint64_t so_far, so_far_events, sessions, session_events;
	enum session_end so_far_end, session_end;
	bool session_user;
	uint64_t packets, events;
	char notices[1024];
};

static bool go_on(void *ctx, const struct pipeline_progress *p)
{
	struct seen *s = ctx;
	const struct timespec pause = {0, 120000000};

	if (s->asked++ == 0)
		s->first = *p;
	s->last = *p;
	if (s->asked == s->pause_at)
		nanosleep(&pause, NULL);
	if (p->packets < s->stop_at)
		return true;
	s->stop_at = NEVER;
	if (!s->at_stop)
		return false;
	s->at_stop(s);
	return true;
}

static void on_event(void *ctx, const struct event *e)
{
	(void)e;
	((struct seen *)ctx)->events++;
}

static void on_so_far(void *ctx, const struct user_session *u)
{
	struct seen *s = ctx;

	assert_int_equal(u->id, 1);
	assert_true(u->events > s->so_far_events);
	assert_int_equal(s->sessions, 0);
	s->so_far++;
	s->so_far_events = u->events;
	s->so_far_end = u->end;
	s->session_user = slice_eq_str(u->user, "alice@example.com");
}

static void on_session(void *ctx, const struct user_session *u)
{
	struct seen *s = ctx;

	s->sessions++;
	s->session_events = u->events;
	s->session_end = u->end;
}

static void on_notice(void *ctx, const struct notice *n)
{
	struct seen *s = ctx;
	size_t used = strlen(s->notices);

	snprintf(s->notices + used, sizeof(s->notices) - used, "%.*s\n", SLICE_ARG(n->text));
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	((struct seen *)ctx)->packets = t->packets;
}

static struct seen fresh(uint64_t stop_at)
{
	return (struct seen){.stop_at = stop_at, .write_end = -1};
}

static enum pipeline_result run(struct seen *s, const char *path, char *message)
{
	const struct pipeline_watch watch = {go_on, s};
	const struct pipeline_options options = {.watch = &watch};
	const struct event_sink sink = {.event = on_event,
					.notice = on_notice,
					.user_session = on_session,
					.user_session_so_far = on_so_far,
					.capture_end = on_capture_end,
					.ctx = s};
	struct pipeline *p = pipeline_new(&options, &sink);
	enum pipeline_result result = pipeline_file(p, path, message);

	assert_int_equal(pipeline_summary(p).packets, s->packets);
	pipeline_free(p);
	return result;
}

static const char *source_path(const char *name)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", name);
	return path;
}

static struct buffer load(const char *name)
{
	FILE *f = fopen(source_path(name), "rb");
	struct buffer b = {NULL, 0, 0};
	uint8_t block[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buffer_add(&b, block, n);
	fclose(f);
	return b;
}

/* --- files --- */

static void check_whole(const char *name, uint64_t packets)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(NEVER);
	struct stat st;

	assert_int_equal(stat(source_path(name), &st), 0);
	assert_int_equal(run(&s, source_path(name), message), PIPELINE_DONE);
	assert_true(s.asked >= 2);
	assert_int_equal(s.first.packets, 0);
	assert_int_equal(s.last.packets, packets);
	assert_int_equal(s.packets, packets);
	assert_int_equal(s.last.bytes, st.st_size);
	assert_int_equal(s.first.total_bytes, st.st_size);
	assert_int_equal(s.last.total_bytes, st.st_size);
	assert_string_equal(s.notices, "");
}

/* Packets as capinfos counts them, bytes as they lie on disk. */
static void progress_reaches_the_total(void **state)
{
	(void)state;
	check_whole("tests/captures/ethernet.pcap", 9);
	check_whole("tests/captures/ethernet.pcap.gz", 9);
	check_whole("tests/captures/two-members.pcap.gz", 9);
	check_whole("tests/captures/plain.pcapng", 9);
	check_whole("samples/msnp8-login.pcap", 147);
}

static void stopped_before_the_first_packet(void **state)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(0);

	(void)state;
	assert_int_equal(run(&s, source_path("samples/msnp8-login.pcap"), message), PIPELINE_DONE);
	assert_int_equal(s.packets, 0);
	assert_int_equal(s.events, 0);
	assert_string_equal(s.notices, "reading was interrupted behind frame 0: what follows was not read\n");
}

/* Nobody is asked again for a tenth of a second, then soon. */
static void stopped_in_the_middle(void **state)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(1);

	(void)state;
	s.pause_at = 1;
	assert_int_equal(run(&s, source_path("samples/msnp8-login.pcap"), message), PIPELINE_DONE);
	assert_int_equal(s.packets, 64);
	assert_true(s.events > 10);
	assert_int_equal(s.sessions, 1);
	assert_int_equal(s.session_end, SESSION_END_CAPTURE);
	assert_string_equal(s.notices, "reading was interrupted behind frame 64: what follows was not read\n");
}

/* --- pipes --- */

static size_t record_end(const struct buffer *file, size_t at)
{
	uint32_t len;

	memcpy(&len, file->data + at + 8, sizeof(len));
	return at + RECORD_HEADER + len;
}

/* Where packet n + 1 begins; samples are little-endian, as are the machines tests run on. */
static size_t behind_packet(const struct buffer *file, uint64_t n)
{
	size_t at = FILE_HEADER;

	while (n--)
		at = record_end(file, at);
	return at;
}

struct pipe_file {
	char path[64];
	int write_end;
};

/* The first bytes of a sample, and then nothing more, as long as it stays open. */
static struct pipe_file pipe_with(const struct buffer *file, size_t len)
{
	struct pipe_file p;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(len <= 65536);
	assert_int_equal(write(ends[1], file->data, len), len);
	snprintf(p.path, sizeof(p.path), "/dev/fd/%d", ends[0]);
	p.write_end = ends[1];
	return p;
}

static void pipe_is_stopped(void **state)
{
	struct buffer file = load("samples/msnp8-login.pcap");
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(10);

	(void)state;
	struct pipe_file p = pipe_with(&file, behind_packet(&file, 10));
	assert_int_equal(run(&s, p.path, message), PIPELINE_DONE);
	assert_int_equal(s.packets, 10);
	assert_int_equal(s.last.packets, 10);
	assert_int_equal(s.last.bytes, behind_packet(&file, 10));
	assert_int_equal(s.last.total_bytes, 0);
	assert_string_equal(s.notices, "reading was interrupted behind frame 10: what follows was not read\n");
	close(p.write_end);
	buffer_free(&file);
}

/* Inside a packet: that is no damage. */
static void pipe_is_stopped_inside_a_packet(void **state)
{
	struct buffer file = load("samples/msnp8-login.pcap");
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(10);

	(void)state;
	struct pipe_file p = pipe_with(&file, behind_packet(&file, 10) + 20);
	assert_int_equal(run(&s, p.path, message), PIPELINE_DONE);
	assert_int_equal(s.packets, 10);
	assert_string_equal(s.notices, "reading was interrupted behind frame 10: what follows was not read\n");
	close(p.write_end);
	buffer_free(&file);
}

static void close_pipe(struct seen *s)
{
	close(s->write_end);
}

/* The user is known while the pipe is still open, and told once more when it is not. */
static void sessions_so_far(void **state)
{
	struct buffer file = load("samples/msnp8-login.pcap");
	char message[CAPTURE_MESSAGE_MAX];
	struct seen s = fresh(100);

	(void)state;
	struct pipe_file p = pipe_with(&file, behind_packet(&file, 100));
	s.at_stop = close_pipe;
	s.write_end = p.write_end;
	assert_int_equal(run(&s, p.path, message), PIPELINE_DONE);
	assert_int_equal(s.packets, 100);
	assert_true(s.so_far >= 1);
	assert_true(s.session_user);
	assert_int_equal(s.so_far_end, SESSION_END_CAPTURE);
	assert_int_equal(s.sessions, 1);
	assert_int_equal(s.session_end, SESSION_END_CAPTURE);
	assert_true(s.so_far_events <= s.session_events);
	assert_string_equal(s.notices, "");
	buffer_free(&file);
}

/* A pipe that nobody writes to, nor has opened: ends as soon as that is wanted. */
static void pipe_without_writer(void **state)
{
	char message[CAPTURE_MESSAGE_MAX], folder[] = "msnscope-test-XXXXXX", path[64];
	struct seen s = fresh(0);

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(run(&s, path, message), PIPELINE_UNREADABLE);
	assert_string_equal(message, "not read: interrupted before its first packet came");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progress_reaches_the_total),
		cmocka_unit_test(stopped_before_the_first_packet),
		cmocka_unit_test(stopped_in_the_middle),
		cmocka_unit_test(pipe_is_stopped),
		cmocka_unit_test(pipe_is_stopped_inside_a_packet),
		cmocka_unit_test(sessions_so_far),
		cmocka_unit_test(pipe_without_writer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
