/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/media_type.h"

#include "util/utf8.h"

#define MAGIC(s) s, sizeof(s) - 1

/* Bytes at the beginning, and for containers what stands further behind; the first row that fits counts. */
static const struct {
	const char *magic;
	size_t length;
	size_t offset;         /* of inner */
	const char *inner;     /* or NULL */
	const char *type;
	const char *extension;
} types[] = {
	{MAGIC("\x89PNG\r\n\x1a\n"), 0, NULL, "image/png", ".png"},
	{MAGIC("GIF87a"), 0, NULL, "image/gif", ".gif"},
	{MAGIC("GIF89a"), 0, NULL, "image/gif", ".gif"},
	{MAGIC("\xff\xd8\xff"), 0, NULL, "image/jpeg", ".jpg"},
	{MAGIC("II*\0"), 0, NULL, "image/tiff", ".tif"},
	{MAGIC("MM\0*"), 0, NULL, "image/tiff", ".tif"},
	{MAGIC("RIFF"), 8, "WAVE", "audio/wav", ".wav"},
	{MAGIC("RIFF"), 8, "AVI ", "video/x-msvideo", ".avi"},
	{MAGIC("RIFF"), 8, "WEBP", "image/webp", ".webp"},
	{MAGIC("OggS"), 0, NULL, "audio/ogg", ".ogg"},
	{MAGIC("ID3"), 0, NULL, "audio/mpeg", ".mp3"},
	{MAGIC("MSCF"), 0, NULL, "application/vnd.ms-cab-compressed", ".cab"},
	{MAGIC("PK\x03\x04"), 0, NULL, "application/zip", ".zip"},
	{MAGIC("PK\x05\x06"), 0, NULL, "application/zip", ".zip"},
	{MAGIC("Rar!\x1a\x07"), 0, NULL, "application/vnd.rar", ".rar"},
	{MAGIC("7z\xbc\xaf\x27\x1c"), 0, NULL, "application/x-7z-compressed", ".7z"},
	{MAGIC("\x1f\x8b\x08"), 0, NULL, "application/gzip", ".gz"},
	{MAGIC("%PDF-"), 0, NULL, "application/pdf", ".pdf"},
	{MAGIC("FWS"), 0, NULL, "application/x-shockwave-flash", ".swf"},
	{MAGIC("CWS"), 0, NULL, "application/x-shockwave-flash", ".swf"},
	{MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0, NULL, "application/x-ole-storage", ".doc"},
	{MAGIC("{\\rtf"), 0, NULL, "application/rtf", ".rtf"},
	{MAGIC("<?xml"), 0, NULL, "application/xml", ".xml"},
	{MAGIC("\xff\xfe"), 0, NULL, "text/plain", ".txt"},
	{MAGIC("\xfe\xff"), 0, NULL, "text/plain", ".txt"},
};

#define BMP_TYPE "image/bmp"
#define ISF_TYPE "application/x-ms-ink"
#define EXECUTABLE_TYPE "application/x-msdownload"

/* Two letters alone are too few: the four reserved bytes are zero, and the header behind has a known size. */
static bool is_bmp(struct slice head)
{
	return head.len >= 18 && slice_has_prefix(head, SLICE_LIT("BM")) &&
	       slice_eq(slice_sub(head, 6, 4), slice_of("\0\0\0\0", 4)) && (head.ptr[14] == 40 || head.ptr[14] == 12) &&
	       head.ptr[15] == 0;
}

/*
 * Ink Serialized Format: version 0, then the size of what follows and a tag,
 * both numbers of seven bits per byte.
 */
static bool is_isf(struct slice head)
{
	size_t at = 1;

	if (head.len < 4 || head.ptr[0] != 0)
		return false;
	while (at < head.len && at < 5 && head.ptr[at] & 0x80)
		at++;
	return at + 1 < head.len && head.ptr[at] != 0 && head.ptr[at + 1] != 0 && head.ptr[at + 1] < 32;
}

/* A character may be cut at the end of the head. */
static bool is_text(struct slice head)
{
	size_t valid = utf8_valid_prefix(head);

	if (head.len == 0 || (valid < head.len && (head.len < MEDIA_TYPE_HEAD || head.len - valid >= UTF8_MAX)))
		return false;
	for (size_t i = 0; i < valid; i++)
		if (head.ptr[i] < ' ' && head.ptr[i] != '\t' && head.ptr[i] != '\r' && head.ptr[i] != '\n' &&
		    head.ptr[i] != '\f')
			return false;
	return true;
}

const char *media_type_sniff(struct slice head)
{
	head = slice_sub(head, 0, MEDIA_TYPE_HEAD);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct slice inner = slice_str(types[i].inner);

		if (slice_has_prefix(head, slice_of(types[i].magic, types[i].length)) &&
		    slice_eq(slice_sub(head, types[i].offset, inner.len), inner))
			return types[i].type;
	}
	if (is_bmp(head))
		return BMP_TYPE;
	if (slice_has_prefix(head, SLICE_LIT("MZ")) && !is_text(head))
		return EXECUTABLE_TYPE;
	if (is_isf(head))
		return ISF_TYPE;
	return is_text(head) ? "text/plain" : NULL;
}

const char *media_type_extension(const char *type)
{
	if (!type)
		return NULL;
	if (strcmp(type, BMP_TYPE) == 0)
		return ".bmp";
	if (strcmp(type, ISF_TYPE) == 0)
		return ".isf";
	if (strcmp(type, EXECUTABLE_TYPE) == 0)
		return ".exe";
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].extension;
	return NULL;
}
