/* SPDX-License-Identifier: BSD-2-Clause */
/* A dissection's fields as JSON; docs/json.md describes the mapping. */
#ifndef MSNSCOPE_OUTPUT_JSON_FIELDS_H
#define MSNSCOPE_OUTPUT_JSON_FIELDS_H

#include "dissectors/dissection.h"
#include "output/json.h"

/* Bytes of a FIELD_BYTES up to this many are given in full. */
#define JSON_BYTES_MAX 64u

/*
 * Writes the children of parent as one object without repeated keys.  Recurses
 * as deep as the tree is; dissectors bound that.
 */
void json_fields(struct json *j, const struct field *parent);

/* Writes {"line":24,"payload":96}: names made unique, and lengths. */
void json_sources(struct json *j, const struct dissection *d);

/* Writes [["msnp.trid","line",4,1],...]: every field whose bytes are not covered by its children. */
void json_ranges(struct json *j, const struct dissection *d);

#endif
