/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees of fields as text, and what must hold of every tree. For tests. */
#ifndef MSNSCOPE_TESTS_UNIT_TREE_H
#define MSNSCOPE_TESTS_UNIT_TREE_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

/*
 * Writes the fields on one line: name, "=" and value (text in quotation marks,
 * bytes as their number) where there is one, children in braces, the key of an
 * entry in brackets before its value; then each finding as "!" and its id.
 *
 *	msnp.host_port="a:1"{host.name="a" host.port=1} !msnp.bad_value
 */
void tree_write(const struct dissection *d, struct buffer *out);

/*
 * Ends the program with a message unless: sources exist and ranges lie within
 * them, texts can be read, types fit the values, links fit each other, and a
 * description occurs twice under one parent only where it may.
 */
void tree_check(const struct dissection *d);

#endif
