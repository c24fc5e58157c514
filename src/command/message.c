/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "output/escape.h"
#include "util/nearest.h"

void message(const char *format, ...)
{
	struct buffer line = {NULL, 0, 0};
	char text[4096];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buffer_add_str(&line, "msnscope: ");
	escape_add_str(&line, text);
	buffer_add_byte(&line, '\n');
	fwrite(line.data, 1, line.len, stderr);
	buffer_free(&line);
}

const char *message_nearest(const char *word, const void *names, size_t count, size_t size)
{
	struct nearest n = nearest_begin(slice_str(word));

	for (size_t i = 0; i < count; i++) {
		const char *name;

		memcpy(&name, (const char *)names + i * size, sizeof(name));
		nearest_try(&n, name);
	}
	return n.best;
}
