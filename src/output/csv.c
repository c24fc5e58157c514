/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/csv.h"

static bool needs_quotes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\r' || s.ptr[i] == '\n')
			return true;
	return false;
}

void csv_add(struct buffer *out, struct slice text)
{
	if (!needs_quotes(text)) {
		buffer_add_slice(out, text);
		return;
	}
	buffer_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buffer_add_byte(out, '"');
		buffer_add_byte(out, text.ptr[i]);
	}
	buffer_add_byte(out, '"');
}
