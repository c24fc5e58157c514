/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "output/escape.h"

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

/* Longer words are no slips of the finger. */
#define WORD_MAX 32u

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to insert, remove, replace or swap with their neighbour to make b out of a. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > WORD_MAX || len_b > WORD_MAX)
		return WORD_MAX;
	for (unsigned k = 0; k <= len_b; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= len_a; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t k = 1; k <= len_b; k++) {
			now[k] = least(last[k] + 1, now[k - 1] + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < now[k])
				now[k] = before[k - 2] + 1;
		}
	}
	return rows[len_a % 3][len_b];
}

const char *message_nearest(const char *word, const void *names, size_t count, size_t size)
{
	size_t length = strlen(word);
	unsigned best = length < 5 ? 2 : length < 9 ? 3 : 4; /* what is nearer is near */
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *name;

		memcpy(&name, (const char *)names + i * size, sizeof(name));
		unsigned d = name ? distance(word, name) : best;
		if (d < best) {
			best = d;
			nearest = name;
		}
	}
	return nearest;
}
