/* SPDX-License-Identifier: BSD-2-Clause */
/* Saving from the TUI, through its menu and prompt, into a folder that is made for the test.  Dialogues: samples/README.md. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/tui_play.h"
#include "tui/save.h"
#include "util/memory.h"

/* Items of the menu. */
enum { TEXT = '1', JSON, TRANSCRIPT, EVENT_TEXT, EVENT_JSON, PAYLOAD, FIELD, OBJECT, SESSION };

/* The samples are still found from there. */
static void keep_source(void)
{
	const char *source = getenv("srcdir");
	char folder[1024], path[2048];

	if (source && source[0] == '/')
		return;
	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(path, sizeof(path), "%s/%s", folder, source ? source : ".");
	setenv("srcdir", path, 1);
}

static int enter_folder(void **state)
{
	char name[] = "/tmp/msnscope-save-XXXXXX";

	keep_source();
	if (!mkdtemp(name) || chdir(name) != 0)
		return -1;
	setenv("HOME", name, 1);
	*state = memcpy(memory_alloc(sizeof(name)), name, sizeof(name));
	return 0;
}

static int leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", (char *)*state);
	free(*state);
	return system(command);
}

/* --- playing --- */

static void choose(struct tui_play *p, int item)
{
	tui_play_type(p, "s");
	assert_non_null(p->app->menu);
	tui_play_key(p, (uint32_t)item);
}

/* Saves under the proposed name, or under another one. */
static void save(struct tui_play *p, int item, const char *name)
{
	choose(p, item);
	assert_int_equal(p->app->asked, ASK_FILE);
	if (name) {
		tui_play_key(p, 'u' & 0x1f);
		tui_play_type(p, name);
	}
	tui_play_type(p, "\n");
}

static void assert_says(struct tui_play *p, const char *text)
{
	if (!strstr(p->app->message, text))
		fail_msg("\"%s\" is said, not \"%s\"", p->app->message, text);
}

/* All of a file, with a NUL behind it that does not count; freed by the caller. */
static struct buffer read_file(const char *name)
{
	struct buffer b = {NULL, 0, 0};
	uint8_t block[4096];
	ssize_t n;
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		fail_msg("%s is not there", name);
	while ((n = read(fd, block, sizeof(block))) > 0)
		buffer_add(&b, block, (size_t)n);
	close(fd);
	buffer_add_byte(&b, 0);
	b.len--;
	return b;
}

static void assert_file(const char *name, const char *expected)
{
	struct buffer b = read_file(name);

	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

static void assert_file_has(const char *name, const char *text, bool has)
{
	struct buffer b = read_file(name);
	bool found = strstr((const char *)b.data, text) != NULL;

	if (found != has)
		fail_msg("%s %s \"%s\":\n%s", name, has ? "lacks" : "has", text, (const char *)b.data);
	buffer_free(&b);
}

static bool exists(const char *name)
{
	return access(name, F_OK) == 0;
}

/* --- tests --- */

static void test_text(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_type(&p, "&name == VER\n");
	save(&p, TEXT, NULL);
	assert_says(&p, "saved 4 events to msnp8-login.txt");
	assert_null(p.app->save);
	assert_file_has("msnp8-login.txt",
			"connection 1: 192.0.2.10:1037 -> 198.51.100.5:1863 tcp DS MSNP8 (negotiated)\n"
			"2003-05-16 19:02:11.042460  #1 DS  >>> VER 1 MSNP8 CVR0                   offer protocols MSNP8 CVR0\n"
			"2003-05-16 19:02:11.101461  #1 DS  <<< VER 1 MSNP8                        protocol is MSNP8\n"
			"connection 2: 192.0.2.10:1038 -> 198.51.100.20:1863 tcp NS MSNP8 (negotiated)\n",
			true);
	/* Told once each, and only of connections that are shown: the ends, too. */
	assert_file_has("msnp8-login.txt", "connection 1 ends (fin): ", true);
	assert_file_has("msnp8-login.txt", "connection 2 ends (", true);
	assert_file_has("msnp8-login.txt", "connection 3", false);
	assert_file_has("msnp8-login.txt", "CVR 2", false);
	tui_play_end(&p);
}

static void test_json(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_type(&p, "&connection == 1\n");
	save(&p, JSON, "dispatch.json");
	assert_says(&p, "saved 6 events to dispatch.json");
	struct buffer b = read_file("dispatch.json");
	unsigned lines = 0;
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	/* A capture, six events, a connection. */
	assert_int_equal(lines, 8);
	assert_non_null(strstr((const char *)b.data, "{\"type\":\"capture\",\"schema\":1,\"file\":"));
	assert_non_null(strstr((const char *)b.data, "{\"type\":\"connection\",\"id\":1,"));
	buffer_free(&b);
	tui_play_end(&p);
}

static void test_transcript(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_type(&p, "&connection == 1\n");
	save(&p, TRANSCRIPT, NULL);
	assert_says(&p, "saved 6 events to msnp8-login-transcript.txt");
	assert_file_has("msnp8-login-transcript.txt",
			"\n"
			"# connection 1: 192.0.2.1:1037 -> 192.0.2.2:1863 DS MSNP8\n"
			">>> VER 1 MSNP8 CVR0\n"
			"<<< VER 1 MSNP8\n"
			">>> CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 5.0.0544 MSMSGS user1@example.com\n"
			"<<< CVR 2 5.0.0544 5.0.0544 1.0.0000 http://messenger.example.com/download/setup.exe http://messenger.example.com\n"
			">>> USR 3 TWN I user1@example.com\n"
			"<<< XFR 3 NS 192.0.2.3:1863 0 192.0.2.2:1863\n",
			true);
	tui_play_type(&p, "uu");
	save(&p, TRANSCRIPT, "all.txt");
	assert_file_has("all.txt", ">>> USR 7 TWN S Secret%201\n", true);
	assert_file_has("all.txt", "JhFAjnDD3p9z1XN3D7z", false);
	assert_file_has("all.txt", "\n    MSPAuth: Secret 2\n", true);
	tui_play_end(&p);
}

/* One event: with its fields and bytes; as JSON with its payload. */
static void test_event(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, 5);
	save(&p, EVENT_TEXT, NULL);
	assert_says(&p, "saved 1 event to msnp8-login-event5.txt");
	assert_file_has("msnp8-login-event5.txt", "    msnp.passport: \"alice@example.com\"  @line 12+17\n", true);
	assert_file_has("msnp8-login-event5.txt", "  |USR 3 TWN I alic|\n", true);
	assert_file_has("msnp8-login-event5.txt", "VER", false);
	tui_play_type(&p, "/Wallet\n");
	save(&p, EVENT_JSON, "mail.json");
	assert_file_has("mail.json", "\"payload_base64\":\"TUlNRS1WZXJzaW9u", true);
	assert_file_has("mail.json", "\"ranges\":[", true);
	tui_play_end(&p);
}

static void test_bytes(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	/* The answer to the challenge is a payload of 32 digits. */
	tui_play_type(&p, "/QRY 10 msmsgs\n");
	save(&p, PAYLOAD, "answer");
	assert_says(&p, "saved 32 bytes to answer");
	assert_file("answer", "8f2f5a91b72102cd28355e9fc9000d6e");
	/* A field that is selected. */
	tui_play_go(&p, 5);
	tui_play_panel(&p, PANEL_DETAIL, 20, 80, false);
	assert_true(tui_play_act(&p, PANEL_DETAIL, ACTION_BOTTOM));
	save(&p, FIELD, NULL);
	assert_says(&p, "saved 17 bytes to msnp8-login-event5-msnp.passport.bin");
	assert_file("msnp8-login-event5-msnp.passport.bin", "alice@example.com");
	tui_play_end(&p);
}

/* What there is nothing of cannot be chosen. */
static void test_absent(void **state)
{
	struct tui_play p = {0}, empty = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	for (int item = PAYLOAD; item <= SESSION; item++) {
		choose(&p, item);
		assert_non_null(p.app->menu);
		tui_play_key(&p, KEYS_ESCAPE);
	}
	tui_play_end(&p);
	tui_play_begin(&empty, NULL);
	for (int item = TEXT; item <= SESSION; item++) {
		choose(&empty, item);
		assert_int_equal(empty.app->asked, ASK_NOTHING);
		tui_play_key(&empty, KEYS_ESCAPE);
	}
	tui_play_end(&empty);
}

/* samples/mkp2p.py sends recipes.txt as object 4, 3060 bytes, that ends with event 72. */
static void test_object(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "p2p.pcap");
	tui_play_go(&p, 72);
	save(&p, OBJECT, NULL);
	assert_says(&p, "saved 3060 bytes to p2p-object4.txt");
	struct buffer whole = read_file("p2p-object4.txt");
	assert_int_equal(whole.len, 3060);
	buffer_free(&whole);
	/* Events within the transfer belong to it, too; the second file gets another name. */
	tui_play_go(&p, 71);
	save(&p, OBJECT, NULL);
	assert_says(&p, "saved 3060 bytes to p2p-object4-2.txt");
	tui_play_end(&p);
}

/* Bytes at the two ends of an object, and a hole between them. */
static void test_object_with_hole(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	struct event_sink sink = tui_model_sink(p.model);
	struct capture_info info = {.file = "../odd name.pcap.gz", .format = "pcap"};
	struct connection c = {.id = 1, .transport = "tcp", .version = 8, .role = MSNP_SB};
	struct object o = {.id = 9, .transport = "p2p-v1", .connection = 1, .has_size = true, .size = 10};
	struct arena arena = {.block = NULL};
	struct dissection d;
	struct event e = {.id = 1, .kind = EVENT_COMMAND, .protocol = "msnp", .name = SLICE_LIT("MSG"), .connection = &c};
	dissection_init(&d, &arena, SLICE_LIT("MSG"), SLICE_EMPTY);
	e.line = SLICE_LIT("MSG");
	e.dissection = &d;
	sink.capture(sink.ctx, &info);
	sink.connection_start(sink.ctx, &c);
	sink.object_data(sink.ctx, &o, 0, SLICE_LIT("abc"));
	sink.object_data(sink.ctx, &o, 8, SLICE_LIT("yz"));
	sink.event(sink.ctx, &e);
	o.state = OBJECT_INCOMPLETE;
	o.ended = (struct object_step){1, 0};
	o.received = 5;
	o.missing[0] = (struct object_range){3, 5};
	o.missing_count = 1;
	sink.object(sink.ctx, &o);
	arena_free(&arena);
	tui_play_go(&p, 1);
	save(&p, OBJECT, NULL);
	assert_says(&p, "saved 5 bytes to odd_name-object9.bin; it is incomplete, 5 bytes are missing, the first at 3");
	struct buffer b = read_file("odd_name-object9.bin");
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "abc\0\0\0\0\0yz", 10);
	buffer_free(&b);
	tui_play_end(&p);
}

static void test_never_over_a_file(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	save(&p, EVENT_TEXT, "~/mine");
	assert_says(&p, "saved 1 event to ");
	struct buffer before = read_file("mine");
	save(&p, TEXT, "mine");
	assert_int_equal(p.app->asked, ASK_FILE);
	assert_string_equal(p.app->prompt.error, "there is a file of that name; it is not overwritten");
	/* A name that is nobody's, and none at all; then another one. */
	tui_play_key(&p, 'u' & 0x1f);
	tui_play_type(&p, "\n");
	assert_string_equal(p.app->prompt.error, "type the name of a file, or Esc");
	tui_play_type(&p, "no/such/folder\n");
	assert_string_equal(p.app->prompt.error, strerror(ENOENT));
	tui_play_key(&p, KEYS_ESCAPE);
	assert_int_equal(p.app->asked, ASK_NOTHING);
	assert_null(p.app->save);
	struct buffer after = read_file("mine");
	assert_true(slice_eq(buffer_slice(&before), buffer_slice(&after)));
	buffer_free(&before);
	buffer_free(&after);
	/* A link that leads nowhere is a name that is taken. */
	assert_int_equal(symlink("elsewhere", "link"), 0);
	save(&p, PAYLOAD - 2, "link");
	assert_int_equal(p.app->asked, ASK_FILE);
	assert_false(exists("elsewhere"));
	tui_play_key(&p, KEYS_ESCAPE);
	tui_play_end(&p);
}

/* Ended before it was done: no file is left. */
static void test_cancel(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	choose(&p, TEXT);
	/* Not through tui_play_type, which does all there is to be done. */
	app_key(p.app, KEYS_ENTER);
	assert_non_null(p.app->save);
	assert_true(exists("msnp8-login-2.txt"));
	app_key(p.app, 'c' & 0x1f);
	assert_null(p.app->save);
	assert_false(exists("msnp8-login-2.txt"));
	/* And when the program ends. */
	choose(&p, TEXT);
	app_key(p.app, KEYS_ENTER);
	assert_true(exists("msnp8-login-2.txt"));
	tui_play_end(&p);
	assert_false(exists("msnp8-login-2.txt"));
}

/* A disk that is full is told, and the part that was written is removed. */
static void test_full(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	choose(&p, TEXT);
	app_key(p.app, KEYS_ENTER);
	/* The only descriptor that the file has now refuses what is written. */
	int full = open("/dev/full", O_WRONLY), fd = full - 1;
	if (full < 0)
		skip();
	assert_int_equal(dup2(full, fd), fd);
	close(full);
	while (app_step(p.app, 1000000))
		continue;
	assert_says(&p, "msnp8-login-2.txt: No space left on device; nothing was saved");
	assert_false(exists("msnp8-login-2.txt"));
	tui_play_end(&p);
}

/* --- packets --- */

struct wanted {
	uint32_t connections[8];
	size_t count;
	bool fails;
};

static bool save_packets(void *ctx, const uint32_t *connections, size_t count, const char *path, char *message)
{
	struct wanted *w = ctx;

	assert_true(count <= 8);
	memcpy(w->connections, connections, count * sizeof(*connections));
	w->count = count;
	assert_string_equal(path, w->fails ? "x\033.pcap" : "msnp8-login-session1.pcap");
	snprintf(message, TUI_MESSAGE_MAX, "%s", w->fails ? "no such\033thing" : "3 packets were cut");
	return !w->fails;
}

static void test_packets(void **state)
{
	struct wanted w = {.count = 0};
	struct tui_play p = {.reader = {.save_packets = save_packets, .ctx = &w}};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	/* All four connections are of one session; numbers count from 0. */
	save(&p, SESSION, NULL);
	assert_says(&p, "saved the packets of 4 connections to msnp8-login-session1.pcap; 3 packets were cut");
	assert_int_equal(w.count, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(w.connections[i], i);
	/* Only the connection; the reader cannot, and says why. */
	w.fails = true;
	tui_play_go(&p, 7);
	tui_play_type(&p, "s");
	tui_play_key(&p, KEYS_UP);
	tui_play_type(&p, "GGGG\n");
	tui_play_key(&p, 'u' & 0x1f);
	/* The prompt takes no control characters: they come from another place. */
	buffer_add_str(&p.app->prompt.text, "x\033.pcap");
	tui_play_type(&p, "\n");
	assert_says(&p, "x\\x1b.pcap: no such\\x1bthing; nothing was saved");
	assert_int_equal(w.count, 1);
	assert_int_equal(w.connections[0], 1);
	tui_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),    cmocka_unit_test(test_json),   cmocka_unit_test(test_transcript),
		cmocka_unit_test(test_event),   cmocka_unit_test(test_bytes),  cmocka_unit_test(test_absent),
		cmocka_unit_test(test_object),  cmocka_unit_test(test_object_with_hole), cmocka_unit_test(test_never_over_a_file),
		cmocka_unit_test(test_cancel),  cmocka_unit_test(test_full),   cmocka_unit_test(test_packets),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
