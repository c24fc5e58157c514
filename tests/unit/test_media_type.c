/* SPDX-License-Identifier: BSD-2-Clause */
/* Media types by first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/media_type.h"

static const struct {
	struct slice head;
	const char *type, *extension;
} rows[] = {
	{SLICE_LIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png", ".png"},
	{SLICE_LIT("GIF89a\1\0\1\0"), "image/gif", ".gif"},
	{SLICE_LIT("GIF87a\1\0\1\0"), "image/gif", ".gif"},
	{SLICE_LIT("\xff\xd8\xff\xe0\0\x10JFIF"), "image/jpeg", ".jpg"},
	{SLICE_LIT("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "image/bmp", ".bmp"},
	{SLICE_LIT("BM is no picture, but text"), "text/plain", ".txt"},
	{SLICE_LIT("MSCF\0\0\0\0"), "application/vnd.ms-cab-compressed", ".cab"},
	{SLICE_LIT("PK\3\4\x14\0"), "application/zip", ".zip"},
	{SLICE_LIT("RIFF\x24\0\0\0WAVEfmt "), "audio/wav", ".wav"},
	{SLICE_LIT("RIFF\x24\0\0\0WEBPVP8 "), "image/webp", ".webp"},
	{SLICE_LIT("MZ\x90\0\3"), "application/x-msdownload", ".exe"},
	{SLICE_LIT("\0\x82\x01\x1d\x03\x80\x80"), "application/x-ms-ink", ".isf"},
	{SLICE_LIT("hello\r\nthere\t\xc3\xa9\n"), "text/plain", ".txt"},
	{SLICE_LIT("\xff\xfeh\0"), "text/plain", ".txt"},
	/* A character that the end of the head cuts, and one that the end of the data cuts. */
	{SLICE_LIT("0123456789012345678901234567890123456789012345678901234567890123"), "text/plain", ".txt"},
	{SLICE_LIT("012345678901234567890123456789012345678901234567890123456789012\xc3\xa9"), "text/plain", ".txt"},
	{SLICE_LIT("0123456789\xc3"), NULL, NULL},
	{SLICE_LIT("\1\2\3\4"), NULL, NULL},
	{SLICE_LIT("caf\xe9 latin"), NULL, NULL},
	{SLICE_LIT("RIFF\x24\0\0\0"), NULL, NULL},
	{SLICE_LIT(""), NULL, NULL},
};

static void sniff(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *type = media_type_sniff(rows[i].head), *extension = media_type_extension(type);

		if (!rows[i].type) {
			assert_null(type);
			assert_null(extension);
			continue;
		}
		assert_non_null(type);
		assert_string_equal(type, rows[i].type);
		assert_string_equal(extension, rows[i].extension);
	}
}

/* No head is too short to look at. */
static void cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t len = 0; len < rows[i].head.len; len++) {
			uint8_t *copy = malloc(len ? len : 1);

			memcpy(copy, rows[i].head.ptr, len);
			media_type_sniff(slice_of(copy, len));
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sniff),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
