/* SPDX-License-Identifier: BSD-2-Clause */
/* The command table, the table of errors and the fields as text and JSON. */
#ifndef MSNSCOPE_OUTPUT_REFERENCE_H
#define MSNSCOPE_OUTPUT_REFERENCE_H

#include "dissectors/msnp_table.h"
#include "output/json.h"

/* Name of a command parameter: that of its field without "msnp.". */
const char *reference_param_name(enum field_id param);

/* "text", "number", "hexadecimal", ... */
const char *reference_type_name(enum field_type type);

/* Adds "USR trid TWN I passport"; [x] may be absent, x... repeats, A|B is one of these words. */
void reference_syntax(struct buffer *out, const struct msnp_form *form);

/* Adds "NS", "DS/NS" or "any". */
void reference_roles(struct buffer *out, unsigned roles);

/* Adds "8" or "8-20". */
void reference_versions(struct buffer *out, struct msnp_versions v);

/* "C>S" or "S>C". */
const char *reference_direction(enum msnp_sender sender);

/* Adds one line: name, direction, roles, versions, syntax, meaning and what else is known. */
void reference_form_line(struct buffer *out, const struct msnp_form *form);

/* Adds a paragraph that explains every parameter. */
void reference_form_details(struct buffer *out, const struct msnp_form *form);

/* The same as a JSON object. */
void reference_form_json(struct json *j, const struct msnp_form *form);

/* Adds one line: number, name, meaning. */
void reference_error_line(struct buffer *out, const struct msnp_error *error);
void reference_error_details(struct buffer *out, const struct msnp_error *error);
void reference_error_json(struct json *j, const struct msnp_error *error);

/* Adds one line: name, type, meaning. */
void reference_field_line(struct buffer *out, const struct field_def *def);
void reference_field_json(struct json *j, const struct field_def *def);

/*
 * Adds a paragraph for each parameter of the form that has a set of values, but
 * for those that are done, which they then are.  done has FIELD_COUNT members.
 */
void reference_form_values(struct buffer *out, const struct msnp_form *form, bool *done);

/* Adds a line for each value of a set, indented. */
void reference_values(struct buffer *out, const struct enum_set *set);

#endif
