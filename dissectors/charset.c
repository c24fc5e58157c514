/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/charset.h"

#include <errno.h>
#include <iconv.h>

#include "util/utf8.h"

/* Most bytes that one byte of a known set becomes, and room for what iconv holds back to the end. */
#define GROWTH 4u
#define TAIL 16u

struct charset {
	const char *name;   /* on the wire, lower case */
	const char *system; /* for iconv; NULL: UTF-8 or a part of it */
};

static const struct charset charsets[] = {
	{"utf-8", NULL},
	{"utf8", NULL},
	{"us-ascii", NULL},
	{"ascii", NULL},
	{"iso-8859-1", "ISO-8859-1"},
	{"latin1", "ISO-8859-1"},
	{"iso-8859-2", "ISO-8859-2"},
	{"iso-8859-3", "ISO-8859-3"},
	{"iso-8859-4", "ISO-8859-4"},
	{"iso-8859-5", "ISO-8859-5"},
	{"iso-8859-6", "ISO-8859-6"},
	{"iso-8859-7", "ISO-8859-7"},
	{"iso-8859-8", "ISO-8859-8"},
	{"iso-8859-8-i", "ISO-8859-8"},
	{"iso-8859-9", "ISO-8859-9"},
	{"iso-8859-10", "ISO-8859-10"},
	{"iso-8859-11", "ISO-8859-11"},
	{"iso-8859-13", "ISO-8859-13"},
	{"iso-8859-14", "ISO-8859-14"},
	{"iso-8859-15", "ISO-8859-15"},
	{"iso-8859-16", "ISO-8859-16"},
	{"windows-874", "CP874"},
	{"windows-1250", "CP1250"},
	{"windows-1251", "CP1251"},
	{"windows-1252", "CP1252"},
	{"windows-1253", "CP1253"},
	{"windows-1254", "CP1254"},
	{"windows-1255", "CP1255"},
	{"windows-1256", "CP1256"},
	{"windows-1257", "CP1257"},
	{"windows-1258", "CP1258"},
	{"tis-620", "TIS-620"},
	{"koi8-r", "KOI8-R"},
	{"koi8-u", "KOI8-U"},
	{"shift_jis", "SHIFT_JIS"},
	{"x-sjis", "SHIFT_JIS"},
	{"euc-jp", "EUC-JP"},
	{"iso-2022-jp", "ISO-2022-JP"},
	{"gb2312", "GBK"},
	{"gbk", "GBK"},
	{"gb18030", "GB18030"},
	{"big5", "BIG5"},
	{"euc-kr", "EUC-KR"},
	{"ks_c_5601-1987", "CP949"},
};

static const struct charset *charset_find(struct slice name)
{
	if (name.len == 0)
		return &charsets[0];
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (slice_case_eq(name, slice_str(charsets[i].name)))
			return &charsets[i];
	return NULL;
}

/* Converts with room for everything; each turn reads at least one byte. */
static size_t convert(iconv_t system, struct slice text, char *out, size_t room, bool *sound)
{
	char *from = (char *)(uintptr_t)text.ptr, *to = out;
	size_t left = text.len;

	while (left) {
		if (iconv(system, &from, &left, &to, &room) != (size_t)-1)
			break;
		*sound = false;
		if (errno == E2BIG || room < UTF8_MAX)
			break;
		size_t n = utf8_put(UTF8_REPLACEMENT, (uint8_t *)to);
		to += n;
		room -= n;
		if (errno != EILSEQ)
			break;
		from++;
		left--;
	}
	if (iconv(system, NULL, NULL, &to, &room) == (size_t)-1)
		*sound = false;
	return (size_t)(to - out);
}

bool charset_decode(struct arena *arena, struct slice charset, struct slice text, struct slice *out, bool *sound)
{
	const struct charset *known = charset_find(charset);

	*out = text;
	*sound = true;
	if (!known || text.len > CHARSET_TEXT_MAX)
		return false;
	if (!known->system) {
		*sound = utf8_is_valid(text);
		return true;
	}
	iconv_t system = iconv_open("UTF-8", known->system);
	if (system == (iconv_t)-1)
		return false;
	size_t room = text.len * GROWTH + TAIL;
	char *bytes = arena_alloc_raw(arena, room);
	*out = slice_of(bytes, convert(system, text, bytes, room, sound));
	iconv_close(system);
	return true;
}
