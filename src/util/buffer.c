/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){NULL, 0, 0};
}

void buffer_grow(struct buffer *b, size_t n)
{
	size_t capacity = b->capacity ? b->capacity : 256;

	while (capacity - b->len < n)
		capacity *= 2;
	b->data = memory_realloc(b->data, capacity);
	b->capacity = capacity;
}

void buffer_add_u64(struct buffer *b, uint64_t n)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + n % 10);
		n /= 10;
	} while (n);
	buffer_add(b, digits + at, sizeof(digits) - at);
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	buffer_reserve(b, (size_t)n + 1);
	va_start(ap, format);
	vsnprintf((char *)b->data + b->len, (size_t)n + 1, format, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buffer_consume(struct buffer *b, size_t n)
{
	if (n > b->len)
		n = b->len;
	if (n && n < b->len)
		memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}
