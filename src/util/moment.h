/* SPDX-License-Identifier: BSD-2-Clause */
/* A moment or span that nobody knows. */
#ifndef MSNSCOPE_UTIL_MOMENT_H
#define MSNSCOPE_UTIL_MOMENT_H

#include <stdint.h>

/*
 * Stands where nanoseconds since 1970, or a latency, are not known: what was
 * read from a text without times.  In the year 1823, far from what captures can
 * hold; differences with other times do not overflow.
 */
#define TIME_NONE (-((int64_t)1 << 62))

#endif
