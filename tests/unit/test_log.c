/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines behind a command in a transcript, and the payload that they were; and what a text's lines are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/log_body.h"

#define LINES_MAX 6
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *what;
	const char *lines[LINES_MAX]; /* "\\n" at the end: is known to have ended in LF */
	uint64_t declared;
	const char *payload;
	unsigned unreliable;
	size_t used;
} bodies[] = {
	{"CR LF between lines, none at the end", {"A: b", "", "text"}, 12, "A: b\r\n\r\ntext", 0, 3},
	{"CR LF at the end, too", {"A: b", "", "text"}, 14, "A: b\r\n\r\ntext\r\n", 0, 3},
	{"LF alone", {"<a>", "</a>"}, 8, "<a>\n</a>", 0, 2},
	{"both, as the text says", {"<a>\\n", "</a>"}, 10, "<a>\n</a>\r\n", 0, 2},
	{"talk behind the payload", {"<Data/>", "We are in"}, 7, "<Data/>", 0, 1},
	{"indented", {"    A: b", "", "      c"}, 11, "A: b\r\n\r\n  c", 0, 3},
	{"not all of it indented", {"    A: b", "c"}, 11, "    A: b\r\nc", 0, 2},
	{"the length is another", {"<Data/>", "We are in"}, 100, "<Data/>\r\nWe are in", MSNP_UNRELIABLE_PAYLOAD, 2},
	{"broken into lines by the log", {"<Da", "ta/>"}, 7, "<Data/>", MSNP_UNRELIABLE_PAYLOAD, 2},
	{"nothing but an empty line", {""}, 9, "", MSNP_UNRELIABLE_ABSENT, 0},
	{"prose behind an empty line", {"", "The server accepts."}, 9, "", MSNP_UNRELIABLE_ABSENT, 0},
	{"nothing", {NULL}, 9, "", MSNP_UNRELIABLE_ABSENT, 0},
};

static void add(struct log_body *b, const char *text)
{
	struct transcript_record r = {.kind = TRANSCRIPT_BODY, .text = slice_str(text)};

	if (r.text.len >= 2 && memcmp(r.text.ptr + r.text.len - 2, "\\n", 2) == 0) {
		r.text.len -= 2;
		r.ending = ENDING_LF;
	}
	r.indent = slice_has_prefix(r.text, SLICE_LIT("    ")) ? 4 : 0;
	log_body_add(b, &r);
}

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct log_body b = {.count = 0};
		struct buffer out = {NULL, 0, 0};
		size_t used;

		print_message("%s\n", bodies[i].what);
		for (size_t n = 0; n < LINES_MAX && bodies[i].lines[n]; n++)
			add(&b, bodies[i].lines[n]);
		assert_int_equal(log_body_payload(&b, bodies[i].declared, &out, &used), bodies[i].unreliable);
		assert_true(slice_eq_str(buffer_slice(&out), bodies[i].payload));
		assert_int_equal(used, bodies[i].used);
		buffer_free(&out);
		log_body_free(&b);
	}
}

/* Text up to the offset where the dump begins. */
static void test_dump(void **state)
{
	struct transcript_record r = {.kind = TRANSCRIPT_DUMP, .text = SLICE_LIT("x\0\1"), .offset = 8};
	struct buffer out = {NULL, 0, 0};
	struct log_body b = {.count = 0};
	size_t used;

	(void)state;
	add(&b, "A: b");
	add(&b, "");
	log_body_add(&b, &r);
	assert_int_equal(log_body_payload(&b, 11, &out, &used), 0);
	assert_true(slice_eq(buffer_slice(&out), SLICE_LIT("A: b\r\n\r\nx\0\1")));
	/* A row is missing in between. */
	r.offset = 16;
	log_body_add(&b, &r);
	assert_int_equal(log_body_payload(&b, 14, &out, &used), MSNP_UNRELIABLE_PAYLOAD);
	buffer_free(&out);
	log_body_free(&b);
}

static const struct {
	const char *text, *form; /* NULL: none */
} texts[] = {
	{">>> VER 1 MSNP8 CVR0\n", "arrows"},
	{"&gt;&gt;&gt; VER 1 MSNP8 CVR0\n", "arrows"},
	{"C: VER 1 MSNP8 CVR0\n", "letters"},
	{"C: OUT\n", NULL},
	{"> OUT\n", NULL},
	{"> THE END 1\n> THE END 2\n", NULL},
	{"// => VER 1 MSNP8 CVR0\n", "double-arrows"},
	{"(01:02:03) msn: C: NS 000: VER 1 MSNP8 CVR0\n", "pidgin"},
	{"msn: C: NS 000: VER 1 MSNP8 CVR0\n", "pidgin"},
	{"(01:02:63) msn: C: NS 000: VER 1 MSNP8 CVR0\n", NULL},
	{"[01:02:03] <-ns-sock7 VER 1 MSNP8 CVR0\n", "amsn"},
	{"NS/00ff <<< OUT OTH\n", "escargot"},
	{"VER 1 MSNP8 CVR0\nVER 1 MSNP8\n", "lines"},
	{"VER 1 MSNP8 CVR0\n", NULL},
	{"VER 1 MSNP8 CVR0\nVER 1 MSNP8", "lines"},
	{"00000000  56 45 52 20 31 20 4d 53  4e 50 38 20 43 56 52 30  VER 1 MS NP8 CVR0\n00000010  0d 0a   ..\n", "hex-dump"},
	{"Follow: tcp,raw\n", "follow-raw"},
	{"# connection 1: ? -> ? NS MSNP8\n", "msnscope"},
	{"The client sends VER 1 MSNP8 CVR0, the server VER 1 MSNP8.\n", NULL},
	{"", NULL},
};

static void test_recognise(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct transcript_form *form = transcript_recognise(slice_str(texts[i].text), true);

		print_message("%s", texts[i].text);
		if (texts[i].form) {
			assert_non_null(form);
			assert_string_equal(form->name, texts[i].form);
		} else {
			assert_null(form);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_recognise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
