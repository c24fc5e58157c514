/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t n)
{
	if (!p) {
		fprintf(stderr, "msnscope: out of memory (%zu bytes)\n", n);
		exit(2);
	}
	return p;
}

void *memory_alloc(size_t n)
{
	return checked(malloc(n ? n : 1), n);
}

void *memory_zalloc(size_t n)
{
	return checked(calloc(1, n ? n : 1), n);
}

void *memory_realloc(void *p, size_t n)
{
	return checked(realloc(p, n ? n : 1), n);
}
