/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody may have meant who wrote a word that is not known. */
#ifndef MSNSCOPE_UTIL_NEAREST_H
#define MSNSCOPE_UTIL_NEAREST_H

#include "util/slice.h"

/* Longer words are no slips of the pen. */
#define NEAREST_MAX 48u

struct nearest {
	char word[NEAREST_MAX + 1];
	const char *best; /* the nearest name so far, NULL: none is near */
	unsigned distance;
};

struct nearest nearest_begin(struct slice word);

/* Tries a name, which must live as long as the result is used. */
void nearest_try(struct nearest *n, const char *name);

#endif
