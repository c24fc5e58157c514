/* SPDX-License-Identifier: BSD-2-Clause */
/* What rows of payloads are held against.  For tests with cmocka. */
#ifndef MSNSCOPE_TESTS_UNIT_EXPECT_H
#define MSNSCOPE_TESTS_UNIT_EXPECT_H

#include "dissectors/dissection.h"

/* The fields of a dissection, as tree_write writes them. */
void expect_tree(const struct dissection *d, const char *tree);
void expect_summary(const struct dissection *d, const char *summary);

/*
 * Calls dissect with each shorter beginning of the payload, in memory of its
 * own, so that what is read behind its end is found.
 */
void expect_cuts(const char *payload, void (*dissect)(void *ctx, struct slice payload), void *ctx);

#endif
