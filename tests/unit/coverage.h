/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bytes of a source no field accounts for. For tests. */
#ifndef MSNSCOPE_TESTS_UNIT_COVERAGE_H
#define MSNSCOPE_TESTS_UNIT_COVERAGE_H

#include "dissectors/dissection.h"

/*
 * The first byte of the source that lies neither in the range of a field
 * without children, nor in that of one with a value, nor in the syntax of any;
 * the source's length when there is none.
 */
size_t first_uncovered(const struct dissection *d, unsigned source);

#endif
