/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a dissector makes out of bytes: a tree of fields, findings and a
 * one-line summary, all in one arena.
 */
#ifndef MSNSCOPE_DISSECTORS_DISSECTION_H
#define MSNSCOPE_DISSECTORS_DISSECTION_H

#include "dissectors/field.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* What a finding says about the specification. */
enum verdict {
	VERDICT_CONTRADICTS, /* what was seen is not as the specification has it */
	VERDICT_UNCOVERED,   /* the specification does not know what was seen */
	VERDICT_REMARK,      /* nothing: it is about the capture, an answer, or what cannot be told */
};

/* A rule that findings are made under; see findings.def. */
struct finding_rule {
	const char *id;          /* "msnp.unknown_command", stable */
	enum severity severity;
	enum verdict verdict;
	const char *explanation; /* one line */
	const char *reference;   /* part of the specification */
};

struct finding {
	const struct finding_rule *rule;
	const struct field *field; /* or NULL */
	struct slice text;         /* what is the matter here */
	struct finding *next;
};

#define RULE(identifier, id, severity, verdict, explanation, reference) RULE_##identifier,
enum finding_rule_id {
#include "dissectors/findings.def"
	RULE_COUNT
};
#undef RULE
extern const struct finding_rule finding_rules[RULE_COUNT];

/* "note", "warning", "error" */
const char *severity_name(enum severity s);

/* "contradicts", "not covered", "remark" */
const char *verdict_name(enum verdict v);

#define FIELD(identifier, name, type, flags, values, meaning) F_##identifier,
#define PARAM(name, kind, flags, values, meaning) P_##name,
enum field_id {
#include "dissectors/fields.def"
#include "dissectors/msnp_params.def"
	FIELD_COUNT
};
#undef FIELD
#undef PARAM

/* Buffers of one event: line, payload, and what was decoded out of them. */
#define DISSECTION_SOURCES_MAX 64u
/* Fields and findings of one event; more are left out, with a finding. */
#define DISSECTION_FIELDS_MAX 150000u
#define DISSECTION_FINDINGS_MAX 100u

enum { SOURCE_LINE, SOURCE_PAYLOAD, SOURCE_FIXED };

struct source {
	const char *name; /* "line", "payload", "msnobj", ... */
	struct slice data;
};

struct dissection {
	struct arena *arena; /* everything below lies here or in the message */
	struct source sources[DISSECTION_SOURCES_MAX];
	size_t source_count;
	struct field root;   /* no description; its children are the fields */
	struct field spare;  /* takes what goes beyond DISSECTION_FIELDS_MAX */
	size_t field_count;
	bool fields_left_out;
	struct finding *findings, *last_finding;
	size_t finding_count;
	bool unreliable;      /* set while bytes are looked at that nobody vouches for: findings are not added */
	struct slice summary; /* one line; bytes from the wire are not yet escaped */
	size_t summary_room;  /* bytes there are at summary.ptr, to be written through the functions below only */
};

/* Starts an empty dissection over a line and a payload (either may be empty). */
void dissection_init(struct dissection *d, struct arena *arena, struct slice line, struct slice payload);

/*
 * Adds a node under parent.  source, offset and length say where its bytes
 * lie.  Past DISSECTION_FIELDS_MAX a node is still returned, but not linked
 * into the tree and overwritten by the next, and one finding says so.
 */
struct field *field_add(struct dissection *d, struct field *parent, enum field_id id, unsigned source, size_t offset,
			size_t length);
struct field *field_add_number(struct dissection *d, struct field *parent, enum field_id id, uint64_t number,
			       unsigned source, size_t offset, size_t length);
/* The text is not copied: it must live as long as the arena or the message. */
struct field *field_add_text(struct dissection *d, struct field *parent, enum field_id id, struct slice text,
			     unsigned source, size_t offset, size_t length);
/* A text whose bytes are exactly the given part of the source. */
struct field *field_add_range(struct dissection *d, struct field *parent, enum field_id id, unsigned source,
			      size_t offset, size_t length);

/*
 * Says how many bytes before and behind the field's range are its own syntax
 * (name of a header, tags, line end): they are no part of its value, but
 * understood with it.  Shown by the ranges of JSON; at most 65535 on each side.
 */
void field_syntax(struct field *f, size_t lead, size_t trail);

/*
 * Registers a decoded buffer (percent-decoded, base64, ...) and returns its
 * index.  The data is not copied.  Past DISSECTION_SOURCES_MAX the last source
 * is replaced, and one finding says so: what was read from it keeps its values,
 * but its ranges no longer show the bytes.
 */
unsigned dissection_add_source(struct dissection *d, const char *name, struct slice data);

/* Adds a finding, unless d->unreliable; field may be NULL.  The text is formatted into the arena. */
void finding_add(struct dissection *d, enum finding_rule_id rule, const struct field *field, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* For dissection_summary_room. */
void dissection_summary_grow(struct dissection *d, size_t n);

/* Room for n more bytes behind the summary.  Who writes there adds their number to summary.len. */
static inline uint8_t *dissection_summary_room(struct dissection *d, size_t n)
{
	/* More than n, so that an empty summary has room too. */
	if (d->summary_room - d->summary.len <= n)
		dissection_summary_grow(d, n);
	return (uint8_t *)d->summary.ptr + d->summary.len;
}

/* Sets the summary. */
void dissection_summarise(struct dissection *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds to the summary, behind a comma and a blank unless it was empty. */
void dissection_summary_add(struct dissection *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)((s).len < 4096 ? (s).len : 4096), (s).len ? (const char *)(s).ptr : ""

#endif
