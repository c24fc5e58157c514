/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One-line summaries from the templates of the command table.
 *
 *	{param}      the value of msnp.<param>: decoded text; the name of an
 *	             enumerated value, with blanks for underscores; numbers in
 *	             decimal; the names of list bits, joined by "+"
 *	{param...}   all values of a param that repeats, joined by blanks
 *	[ ... ]      goes away as a whole when a param in it is absent or empty;
 *	             brackets do not nest
 *
 * Outside brackets a value that is absent or empty shows as "?".  A secret
 * counts as absent.  What is no value of its kind shows as on the wire.
 */
#ifndef MSNSCOPE_DISSECTORS_SUMMARY_H
#define MSNSCOPE_DISSECTORS_SUMMARY_H

#include "dissectors/dissection.h"

/* Bytes of one value, and of the values of a param that repeats; what is longer is cut and ends in "...". */
#define SUMMARY_VALUE_MAX 60u
#define SUMMARY_VALUES_MAX 160u

/* Sets the summary from a template and the fields directly below the root. */
void summary_render(struct dissection *d, const char *template);

#endif
