/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields.  What can be shown of a command or payload is described once, in
 * fields.def or msnp_params.def; a dissector builds a tree of nodes that point
 * to these descriptions and to the bytes they came from.  JSON keys, filter
 * names and labels all come from the descriptions.
 */
#ifndef MSNSCOPE_DISSECTORS_FIELD_H
#define MSNSCOPE_DISSECTORS_FIELD_H

#include "util/arena.h"
#include "util/slice.h"

enum field_type {
	FIELD_UINT,   /* value.number */
	FIELD_HEX,    /* value.number, shown in hexadecimal */
	FIELD_BOOL,   /* value.number 0 or 1 */
	FIELD_TEXT,   /* value.text, decoded; any bytes, UTF-8 as a rule */
	FIELD_BYTES,  /* value.text, shown in hexadecimal */
	FIELD_BRANCH, /* no value of its own, only children */
	FIELD_DICT,   /* children are keyed by their own names from the wire, not by their description */
};

/* field_def.flags */
enum {
	FIELD_HAS_CHILDREN = 1, /* is broken up: in JSON always an object, its own value under "value" */
	FIELD_REPEATS = 2,      /* may occur more than once under one parent: in JSON always an array */
	FIELD_SECRET = 4,       /* masked wherever a person reads, unless asked for */
};

struct enum_row {
	const char *value;   /* as on the wire; in hexadecimal for flag words */
	const char *name;    /* short name */
	const char *meaning;
	int version;         /* first protocol version that has it; 0 when not known */
};

struct enum_set {
	const char *name;
	const char *meaning;
	const struct enum_row *rows;
	size_t count;
};

struct field_def {
	const char *name;               /* "msnp.trid" */
	enum field_type type;
	unsigned flags;
	const struct enum_set *values;  /* or NULL */
	const char *meaning;            /* one line */
};

struct field {
	const struct field_def *def;
	struct slice key;      /* name on the wire, for children of a FIELD_DICT; else empty */
	uint16_t source;       /* index into the dissection's sources */
	uint16_t lead;         /* bytes before offset that are the field's own syntax: name of a header, start tag */
	uint32_t offset;       /* of the first byte in that source */
	uint32_t length;       /* bytes */
	bool has_value;
	uint16_t trail;        /* bytes behind offset + length that are: line end, end tag */
	union {
		uint64_t number;   /* FIELD_UINT, FIELD_HEX, FIELD_BOOL */
		struct slice text; /* FIELD_TEXT, FIELD_BYTES; lies in the arena or in the source */
	} value;
	struct field *parent, *first, *last, *next;
};

/* All descriptions, in the order of the tables: indexed by enum field_id. */
extern const struct field_def field_defs[];
extern const size_t field_defs_count;

/* The description of that name, or NULL. */
const struct field_def *field_def_find(struct slice name);

/* Numbers of the sets: SET_status and so on; SET_NO_SET is none. */
#define ENUM_SET(set, meaning) SET_##set,
#define ENUM_ROW(value, name, meaning, version)
#define ENUM_END(set)
enum enum_set_id {
#include "dissectors/msnp_enums.def"
	SET_COUNT,
	SET_NO_SET = SET_COUNT
};
#undef ENUM_SET
#undef ENUM_ROW
#undef ENUM_END

/* All sets of enumerated values, by their numbers. */
extern const struct enum_set enum_sets[];
extern const size_t enum_sets_count;

/* The row of that wire value, or NULL; set may be NULL. */
const struct enum_row *enum_find(const struct enum_set *set, struct slice value);
/* The same for numbers: rows are compared as numbers, decimal or 0x hexadecimal. */
const struct enum_row *enum_find_number(const struct enum_set *set, uint64_t value);

/*
 * The row for the value of a field that has a set of values, or NULL.  A text
 * that is no value of the set is looked up among the names: fields that were
 * taken out of flag words hold names.
 */
const struct enum_row *field_enum(const struct field *f);

/* The first child with that description below parent (not deeper), or NULL. */
const struct field *field_child(const struct field *parent, const struct field_def *def);
/* The first node of that name in the whole tree below root, in order, or NULL. */
const struct field *field_find(const struct field *root, struct slice name);

#endif
