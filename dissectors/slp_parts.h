/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that take MSNSLP messages apart share; nobody else includes it. */
#ifndef MSNSCOPE_DISSECTORS_SLP_PARTS_H
#define MSNSCOPE_DISSECTORS_SLP_PARTS_H

#include "dissectors/msnp_value.h"
#include "dissectors/slp.h"

/* Bytes of a value that a summary shows, and a finding. */
#define SLP_SHOWN_MAX 160u
#define SLP_FINDING_MAX 80u

/* A header or a line of the body. */
struct slp_line {
	struct slice name, value;
	const struct field *field; /* its entry in the dictionary */
	bool backwards;            /* it stands there backwards; name and value are turned round */
};

struct slp {
	struct dissection *d;
	struct field *message;  /* F_SLP */
	unsigned source;
	struct slp_line *lines; /* of the body, or NULL */
	size_t line_count;
};

/* The line of that name in the body, or NULL; case is ignored. */
const struct slp_line *slp_line_find(const struct slp *m, const char *name);
/* The header of that name as a line; without field when there is none. */
struct slp_line slp_header(const struct slp *m, const char *name);

/* Where a part of the line's value stands; all of the value where that cannot be told. */
struct range slp_range(const struct slp_line *l, struct slice part);

/*
 * Each adds a field for the line, below the message.  What is no number (up to
 * max), neither true nor false, no GUID in braces gets a finding.
 */
struct field *slp_add_text(const struct slp *m, enum field_id id, const struct slp_line *l);
struct field *slp_add_number(const struct slp *m, enum field_id id, const struct slp_line *l, uint64_t max);
struct field *slp_add_bool(const struct slp *m, enum field_id id, const struct slp_line *l);
/* A GUID, which is a part of the value; in upper case where it is looked up in a set of values. */
struct field *slp_add_guid(const struct slp *m, enum field_id id, const struct slp_line *l, struct slice part);
/* A part of the value as a field below parent. */
struct field *slp_add_part(const struct slp *m, struct field *parent, enum field_id id, const struct slp_line *l,
			   struct slice part);

/* A copy in capital letters. */
struct slice slp_upper(struct arena *arena, struct slice s);

/* The next word of s behind blanks, empty at the end; s becomes what follows it. */
struct slice slp_word(struct slice *s);

/* The body, without NUL: its lines, and what they say. */
void slp_body_dissect(struct slp *m, size_t offset, size_t length);
/* What the lines say about connections: bridges, nonces, addresses. */
void slp_transport_dissect(const struct slp *m);
/* The value of Context, decoded; bye: the message ends a session. */
void slp_context_dissect(const struct slp *m, const struct slp_line *context, bool bye);
/* Adds what the message is to the summary. */
void slp_summary(const struct slp *m);

#endif
