/* SPDX-License-Identifier: BSD-2-Clause */
/* Transcripts of events made by hand, in the form that pages about the protocol have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/transcript.h"

struct play {
	struct output out;
	struct transcript transcript;
	struct event_sink sink;
	struct arena arena;
	struct dissection d;
	struct connection connections[2];
};

static void begin(struct play *p, bool show_secrets)
{
	*p = (struct play){.connections = {
				   {.id = 1, .client = {{192, 0, 2, 10}, 1037, 4}, .server = {{198, 51, 100, 5}, 1863, 4},
				    .transport = "tcp", .role = MSNP_NS, .version = 8},
				   {.id = 2, .client = {{192, 0, 2, 10}, 1040, 4}, .server = {{203, 0, 113, 9}, 80, 4},
				    .transport = "tcp", .web = true}}};
	output_init(&p->out, -1, false);
	transcript_init(&p->transcript, &p->out, (struct transcript_options){.show_secrets = show_secrets});
	p->sink = transcript_sink(&p->transcript);
}

static void end(struct play *p, const char *expected)
{
	buffer_add_byte(&p->out.buffer, 0);
	assert_string_equal((const char *)p->out.buffer.data, expected);
	transcript_free(&p->transcript);
	output_free(&p->out);
	arena_free(&p->arena);
}

static struct event make(struct play *p, enum event_kind kind, enum msnp_sender from, struct slice line, struct slice payload)
{
	arena_reset(&p->arena);
	dissection_init(&p->d, &p->arena, line, payload);
	return (struct event){.kind = kind,
			      .connection = &p->connections[kind == EVENT_EXCHANGE],
			      .from = from,
			      .line = line,
			      .payload = payload,
			      .has_payload = payload.len > 0,
			      .dissection = &p->d};
}

static void command(struct play *p, enum msnp_sender from, const char *line, struct slice payload)
{
	struct event e = make(p, EVENT_COMMAND, from, slice_str(line), payload);

	p->sink.event(p->sink.ctx, &e);
}

static void test_commands(void **state)
{
	struct capture_info info = {.file = "some\033.pcap", .format = "pcap"};
	struct play p;

	(void)state;
	begin(&p, false);
	p.sink.capture(p.sink.ctx, &info);
	command(&p, MSNP_CLIENT, "SDC 3 judy@example.com 0x0409 MSMSGS WindowsMessenger X X Alice 8", SLICE_LIT("Hi Mike!"));
	command(&p, MSNP_SERVER, "SDC 3 OK", SLICE_EMPTY);
	command(&p, MSNP_SERVER, "MSG bob@example.com Bob 50",
		SLICE_LIT("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\ncaf\xc3\xa9\r\n"));
	end(&p, "# capture some\\x1b.pcap\n"
		"\n"
		"# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
		">>> SDC 3 judy@example.com 0x0409 MSMSGS WindowsMessenger X X Alice 8\n"
		"    Hi Mike!\n"
		"<<< SDC 3 OK\n"
		"<<< MSG bob@example.com Bob 50\n"
		"    MIME-Version: 1.0\n"
		"    Content-Type: text/plain\n"
		"\n"
		"    café\n");
}

/* Text until the first line with a control character, from there on a dump with the offsets of the payload. */
static void test_binary(void **state)
{
	struct play p;

	(void)state;
	begin(&p, false);
	command(&p, MSNP_SERVER, "MSG bob@example.com Bob 18", SLICE_LIT("A: b\r\n\r\nx\0\1\xff\r\nend!"));
	command(&p, MSNP_CLIENT, "QRY 1 \xff\033[0m 3", SLICE_LIT("\xe9t\xe9"));
	end(&p, "# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
		"<<< MSG bob@example.com Bob 18\n"
		"    A: b\n"
		"\n"
		"    0008  78 00 01 ff 0d 0a 65 6e 64 21                    |x.....end!|\n"
		">>> QRY 1 \\xff\\x1b[0m 3\n"
		"    \\xe9t\\xe9\n");
}

/* A request of a web service: its head, then its body. */
static void test_exchange(void **state)
{
	struct play p;

	(void)state;
	begin(&p, false);
	struct event e = make(&p, EVENT_EXCHANGE, MSNP_CLIENT, SLICE_LIT("POST /abservice HTTP/1.1\r\nHost: example.com\r\n\r\n"),
			      SLICE_LIT("<a>\n</a>"));
	e.line = SLICE_LIT("POST /abservice HTTP/1.1");
	p.sink.event(p.sink.ctx, &e);
	command(&p, MSNP_CLIENT, "OUT", SLICE_EMPTY);
	end(&p, "# connection 2: 192.0.2.10:1040 -> 203.0.113.9:80 WS\n"
		">>> POST /abservice HTTP/1.1\n"
		"    Host: example.com\n"
		"\n"
		"    <a>\n"
		"    </a>\n"
		"\n"
		"# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
		">>> OUT\n");
}

static void add_secret(struct play *p, struct event *e, unsigned source, size_t offset, size_t length)
{
	static const struct field_def secret = {"test.secret", FIELD_TEXT, FIELD_SECRET, NULL, "secret"};

	e->dissection = &p->d;
	field_add_range(&p->d, &p->d.root, F_MSNP_EXTRA, source, offset, length)->def = &secret;
	p->sink.event(p->sink.ctx, e);
}

static void test_secrets(void **state)
{
	for (int shown = 0; shown < 2; shown++) {
		struct play p;

		begin(&p, shown);
		struct event e = make(&p, EVENT_COMMAND, MSNP_CLIENT, SLICE_LIT("USR 4 TWN S t=abcdef 0"), SLICE_EMPTY);
		add_secret(&p, &e, SOURCE_LINE, 12, 8);
		/* A secret that goes over a line end is masked in both lines, and no further. */
		e = make(&p, EVENT_COMMAND, MSNP_SERVER, SLICE_LIT("MSG Hotmail Hotmail 24"), SLICE_LIT("Auth: secr\r\net word\r\nplain"));
		add_secret(&p, &e, SOURCE_PAYLOAD, 6, 8);
		e = make(&p, EVENT_COMMAND, MSNP_SERVER, SLICE_LIT("MSG Hotmail Hotmail 4"), SLICE_LIT("a\r\nb\1cd"));
		add_secret(&p, &e, SOURCE_PAYLOAD, 5, 1);
		end(&p, shown ? "# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
				">>> USR 4 TWN S t=abcdef 0\n"
				"<<< MSG Hotmail Hotmail 24\n    Auth: secr\n    et word\n    plain\n"
				"<<< MSG Hotmail Hotmail 4\n    a\n"
				"    0003  62 01 63 64                                      |b.cd|\n"
			      : "# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
				">>> USR 4 TWN S *** 0\n"
				"<<< MSG Hotmail Hotmail 24\n    Auth: ***\n    *** word\n    plain\n"
				"<<< MSG Hotmail Hotmail 4\n    a\n"
				"    0003  62 01 ** 64                                      |b.*d|\n");
	}
	(void)state;
}

static void test_lost(void **state)
{
	struct notice notice = {"some.pcap", SEVERITY_ERROR, SLICE_LIT("2 events are not here")};
	struct play p;

	(void)state;
	begin(&p, false);
	struct event e = make(&p, EVENT_LOST, MSNP_SERVER, SLICE_EMPTY, SLICE_EMPTY);
	e.lost_bytes = 120;
	p.sink.event(p.sink.ctx, &e);
	e = make(&p, EVENT_SKIPPED, MSNP_SERVER, SLICE_EMPTY, SLICE_LIT("m Erin 11 0\r\n"));
	e.skipped_bytes = 13;
	p.sink.event(p.sink.ctx, &e);
	e = make(&p, EVENT_COMMAND, MSNP_SERVER, SLICE_LIT("MSG bob@example.com Bob 9"), SLICE_LIT("half"));
	e.lost_bytes = 5;
	p.sink.event(p.sink.ctx, &e);
	e = make(&p, EVENT_GATEWAY, MSNP_CLIENT, SLICE_EMPTY, SLICE_EMPTY);
	e.name = SLICE_LIT("gateway");
	dissection_summarise(&p.d, "session begins");
	p.sink.event(p.sink.ctx, &e);
	p.sink.notice(p.sink.ctx, &notice);
	end(&p, "# connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 NS MSNP8\n"
		"# <<< (lost 120 bytes)\n"
		"# <<< (skipped 13 bytes) m Erin 11 0\\x0d\\x0a\n"
		"<<< MSG bob@example.com Bob 9\n"
		"    half\n"
		"#  (lost 5 bytes of the payload)\n"
		"# >>> (gateway) session begins\n"
		"# error: 2 events are not here\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands), cmocka_unit_test(test_binary), cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_secrets),  cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
