/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptions of files, and messages of webcam and activity sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cover.h"
#include "dissectors/slp.h"
#include "tree.h"

#define PNG "\x89PNG\r\n\x1a\n"
#define NONE 0xffffffffu

static void add_le(struct buffer *out, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buffer_add_byte(out, (uint8_t)(number >> 8 * i));
}

/* ASCII as UTF-16LE. */
static void add_utf16(struct buffer *out, const char *text)
{
	for (; *text; text++)
		add_le(out, (uint8_t)*text, 2);
}

static void fill(struct buffer *out, uint8_t byte, size_t until)
{
	while (out->len < until)
		buffer_add_byte(out, byte);
}

struct file {
	uint32_t length, version;
	uint64_t size;
	uint32_t type;
	const char *name;
	const char *background;
	uint32_t mark;
	size_t fixed;        /* bytes before the preview */
	const char *preview;
};

static void compose(const struct file *f, struct buffer *out)
{
	out->len = 0;
	add_le(out, f->length, 4);
	add_le(out, f->version, 4);
	add_le(out, f->size, 8);
	add_le(out, f->type, 4);
	add_utf16(out, f->name);
	fill(out, 0, 540);
	if (f->background)
		buffer_add_str(out, f->background);
	fill(out, 0, 570);
	out->len = 570;
	add_le(out, f->mark, 4);
	fill(out, 0, f->fixed);
	buffer_add_str(out, f->preview);
}

static const struct {
	struct file file;
	const char *tree;
} files[] = {
	{{574, 2, 4096, 1, "notes.txt", NULL, NONE, 574, ""},
	 "file.context{file.context_length=574 file.context_version=2 file.size=4096 file.type=1 "
	 "file.name=\"notes.txt\" file.reserved=30 file.mark=0xffffffff}"},
	{{638, 3, 5000000000, 0, "a.png", NULL, NONE, 638, PNG},
	 "file.context{file.context_length=638 file.context_version=3 file.size=5000000000 file.type=0 "
	 "file.name=\"a.png\" file.reserved=30 file.mark=0xffffffff file.reserved=64 file.preview=8}"},
	/* The length of version 2 says nothing; version 3 of one client is a byte shorter. */
	{{9999, 2, 1, 0, "a", NULL, NONE, 574, PNG "x"},
	 "file.context{file.context_length=9999 file.context_version=2 file.size=1 file.type=0 file.name=\"a\" "
	 "file.reserved=30 file.mark=0xffffffff file.preview=9}"},
	{{0, 2, 1, 0, "a", NULL, NONE, 600, PNG},
	 "file.context{file.context_length=0 file.context_version=2 file.size=1 file.type=0 file.name=\"a\" "
	 "file.reserved=30 file.mark=0xffffffff file.reserved=34} !file.context"},
	{{638, 3, 1, 0, "a", NULL, NONE, 637, PNG},
	 "file.context{file.context_length=638 file.context_version=3 file.size=1 file.type=0 file.name=\"a\" "
	 "file.reserved=30 file.mark=0xffffffff file.reserved=63 file.preview=8}"},
	/* A background. */
	{{574, 2, 9, 4, "sky.jpg", "UwBrAHkA", 0xfffffffe, 574, ""},
	 "file.context{file.context_length=574 file.context_version=2 file.size=9 file.type=4 file.name=\"sky.jpg\" "
	 "file.background_name=\"UwBrAHkA\" file.mark=0xfffffffe}"},
	/* What is broken. */
	{{574, 4, 0, 7, "..\\a", NULL, NONE, 574, ""},
	 "file.context{file.context_length=574 file.context_version=4 file.size=0 file.type=7 file.name=\"..\\a\" "
	 "file.reserved=30 file.mark=0xffffffff} !file.context !file.context !msnp.unknown_value !file.context"},
	{{574, 2, 1, 0, "a\n", NULL, NONE, 574, ""},
	 "file.context{file.context_length=574 file.context_version=2 file.size=1 file.type=0 file.name=\"a\n\" "
	 "file.reserved=30 file.mark=0xffffffff} !file.context"},
};

#define FILES (sizeof(files) / sizeof(files[0]))

static void dissect_file(struct dissection *d, struct arena *arena, struct slice data)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, data);
	file_context_dissect(d, &d->root, SOURCE_PAYLOAD);
	tree_check(d);
	assert_int_equal(cover_first_missing(d, SOURCE_PAYLOAD), data.len);
}

static void assert_tree(const struct dissection *d, const char *expected)
{
	struct buffer out = {0};

	tree_write(d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void test_files(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		compose(&files[i].file, &data);
		dissect_file(&d, &arena, buffer_slice(&data));
		assert_tree(&d, files[i].tree);
	}
	buffer_free(&data);
	arena_free(&arena);
}

/* Names that fill their room, go beyond it, have no end; rubbish behind the name. */
static void test_names(void **state)
{
	static const struct {
		size_t letters;
		const char *findings;
	} cases[] = {{259, ""}, {260, ""}, {270, ""}, {275, " !file.context"}};
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		compose(&files[0].file, &data);
		memset(data.data + 20, 0, 550);
		for (size_t n = 0; n < cases[i].letters; n++)
			data.data[20 + 2 * n] = 'n';
		dissect_file(&d, &arena, buffer_slice(&data));
		assert_int_equal(field_find(&d.root, SLICE_LIT("file.name"))->value.text.len, cases[i].letters);
		assert_int_equal(d.finding_count, strlen(cases[i].findings) ? 1 : 0);
	}
	compose(&files[0].file, &data);
	data.data[100] = 0xd8;
	dissect_file(&d, &arena, buffer_slice(&data));
	assert_null(d.findings);
	assert_tree(&d, "file.context{file.context_length=574 file.context_version=2 file.size=4096 file.type=1 "
			"file.name=\"notes.txt\" file.reserved=502 file.reserved=30 file.mark=0xffffffff}");
	buffer_free(&data);
	arena_free(&arena);
}

/* A length that points into the name. */
static void test_length_lies(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	compose(&files[0].file, &data);
	data.data[0] = 200;
	data.data[1] = 0;
	memcpy(data.data + 200, PNG, strlen(PNG));
	dissect_file(&d, &arena, buffer_slice(&data));
	assert_null(d.findings);
	assert_null(field_find(&d.root, SLICE_LIT("file.preview")));
	buffer_free(&data);
	arena_free(&arena);
}

static void test_files_cut(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		compose(&files[i].file, &data);
		for (size_t len = 0; len < data.len; len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, data.data, len);
			dissect_file(&d, &arena, slice_of(copy, len));
			assert_true(d.findings || len >= 574);
			free(copy);
		}
	}
	buffer_free(&data);
	arena_free(&arena);
}

/* --- typed data --- */

#define PRODUCER \
	"<producer><version>2.0</version><rid>104</rid><session>7216</session><ctypes>0</ctypes><cpu>2000</cpu>" \
	"<tcp><tcpport>6891</tcpport><tcpipaddress1>192.0.2.1</tcpipaddress1></tcp></producer>"

static const struct {
	const char *text;
	const char *tree; /* behind typed.text */
	const char *summary;
} texts[] = {
	{"syn", "}", "webcam: syn"},
	{"ack", "}", "webcam: ack"},
	{"receivedViewerData", "}", "webcam: receivedViewerData"},
	/* ru=http://192.0.2.3:80&ti=77 */
	{"ReflData:72753d687474703a2f2f3139322e302e322e333a38302674693d3737",
	 " webcam.reflector=\"ru=http://192.0.2.3:80&ti=77\"}", "webcam: reflector ru=http://192.0.2.3:80&ti=77"},
	{"ReflData:7", "} !webcam.broken", "webcam: reflector"},
	{"ReflData:7x", "} !webcam.broken", "webcam: reflector"},
	{PRODUCER "\r\n\r\n",
	 " webcam.role=\"producer\" webcam.rid=\"104\" webcam.session=\"7216\" webcam.document{[producer]{"
	 "[version]=\"2.0\" [rid]=\"104\" [session]=\"7216\" [ctypes]=\"0\" [cpu]=\"2000\" [tcp]{[tcpport]=\"6891\" "
	 "[tcpipaddress1]=\"192.0.2.1\"}}}}",
	 "webcam: producer, session 7216, 192.0.2.1:6891"},
	{"<viewer><rid>1</rid></viewer>",
	 " webcam.role=\"viewer\" webcam.rid=\"1\" webcam.document{[viewer]{[rid]=\"1\"}}} !webcam.broken",
	 "webcam: viewer"},
	{"<viewer><session>1</session></viewer>",
	 " webcam.role=\"viewer\" webcam.session=\"1\" webcam.document{[viewer]{[session]=\"1\"}}} !webcam.broken",
	 "webcam: viewer, session 1"},
	{"<producer", " webcam.role=\"producer\" webcam.document{[producer]=\"\"}} !webcam.broken !webcam.broken",
	 "webcam: producer"},
	{"move 3", "}", "text \"move 3\""},
	{"<move/>", "}", "text \"<move/>\""},
	{"", "}", "text \"\""},
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static void compose_text(const char *text, struct buffer *out)
{
	out->len = 0;
	add_le(out, 0x05143f80, 4);
	add_le(out, 8, 2);
	add_le(out, 2 * strlen(text) + 2, 4);
	add_utf16(out, text);
	add_le(out, 0, 2);
}

static void dissect_typed(struct dissection *d, struct arena *arena, struct slice data)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, data);
	typed_data_dissect(d, &d->root, SOURCE_PAYLOAD, 0, data.len);
	tree_check(d);
	assert_int_equal(cover_first_missing(d, SOURCE_PAYLOAD), data.len);
}

static void assert_summary(const struct dissection *d, const char *expected)
{
	struct buffer out = {0};

	buffer_add_slice(&out, d->summary);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void test_texts(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0}, expected = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		compose_text(texts[i].text, &data);
		assert_true(typed_data_looks_like(buffer_slice(&data), false));
		dissect_typed(&d, &arena, buffer_slice(&data));
		expected.len = 0;
		buffer_printf(&expected, "typed.data{typed.prefix=4 typed.type=8 typed.length=%zu typed.text=\"%s\"%s",
			      data.len - 10, texts[i].text, texts[i].tree);
		buffer_add_byte(&expected, 0);
		assert_tree(&d, (const char *)expected.data);
		assert_summary(&d, texts[i].summary);
	}
	buffer_free(&expected);
	buffer_free(&data);
	arena_free(&arena);
}

static void test_typed_broken(void **state)
{
	static const struct {
		struct slice message;
		const char *tree, *summary;
	} cases[] = {
		{{(const uint8_t *)"\x80\0\0\0\x08\0\x08\0\0\0s\0", 12},
		 "typed.data{typed.prefix=4 typed.type=8 typed.length=8 typed.text=\"s\"} !webcam.broken", "text \"s\""},
		{{(const uint8_t *)"\x80\0\0\0\x08\0\x03\0\0\0s\0t", 13},
		 "typed.data{typed.prefix=4 typed.type=8 typed.length=3 typed.text=\"s\xef\xbf\xbd\"} !webcam.broken",
		 "text \"s\xef\xbf\xbd\""},
		{{(const uint8_t *)"\x80\0\0\0\x08\0\x05\0\0\0s\0t\0\0", 15},
		 "typed.data{typed.prefix=4 typed.type=8 typed.length=5 typed.text=\"st\xef\xbf\xbd\"} !webcam.broken",
		 "text \"st\xef\xbf\xbd\""},
		{{(const uint8_t *)"\x80\0\0\0\x09\0\x02\0\0\0st", 12},
		 "typed.data{typed.prefix=4 typed.type=9 typed.length=2 typed.bytes=2}", "data of type 9, 2 bytes"},
		{{(const uint8_t *)"\x80\0\0\0\x08\0\x02\0\0", 9}, "typed.data{typed.bytes=9} !webcam.broken", ""},
	};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dissect_typed(&d, &arena, cases[i].message);
		assert_tree(&d, cases[i].tree);
		assert_summary(&d, cases[i].summary);
	}
	assert_false(typed_data_looks_like(SLICE_EMPTY, true));
	assert_false(typed_data_looks_like(cases[0].message, false));
	assert_true(typed_data_looks_like(cases[0].message, true));
	assert_true(typed_data_looks_like(cases[1].message, false));
	assert_false(typed_data_looks_like(cases[3].message, false));
	assert_false(typed_data_looks_like(cases[4].message, false));
	arena_free(&arena);
}

static void test_texts_cut(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		compose_text(texts[i].text, &data);
		for (size_t len = 0; len < data.len; len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, data.data, len);
			dissect_typed(&d, &arena, slice_of(copy, len));
			assert_non_null(d.findings);
			free(copy);
		}
	}
	buffer_free(&data);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),      cmocka_unit_test(test_names), cmocka_unit_test(test_length_lies),
		cmocka_unit_test(test_files_cut),  cmocka_unit_test(test_texts), cmocka_unit_test(test_typed_broken),
		cmocka_unit_test(test_texts_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
