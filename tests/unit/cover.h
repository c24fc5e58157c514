/* SPDX-License-Identifier: BSD-2-Clause */
/* Has every byte been given a field?  For tests. */
#ifndef MSNSCOPE_TESTS_UNIT_COVER_H
#define MSNSCOPE_TESTS_UNIT_COVER_H

#include "dissectors/dissection.h"

/*
 * The offset of the first byte of a source that lies neither in a field that
 * is not broken up further within the source, nor in the syntax of one; the
 * length of the source when there is none.
 */
size_t cover_first_missing(const struct dissection *d, unsigned source);

#endif
