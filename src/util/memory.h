/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocation that does not fail: what input can make the program allocate is
 * bounded by named limits, so running out of memory is the system's failure,
 * answered with one line and exit status 2.
 */
#ifndef MSNSCOPE_UTIL_MEMORY_H
#define MSNSCOPE_UTIL_MEMORY_H

#include <stddef.h>

/* n bytes, not zeroed; the caller frees them with free(). */
void *memory_alloc(size_t n);

/* n bytes, zeroed; the caller frees them with free(). */
void *memory_zalloc(size_t n);

/* As realloc(). */
void *memory_realloc(void *p, size_t n);

#endif
