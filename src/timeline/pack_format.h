/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a packed event is laid out; shared by pack.c and unpack.c.  Numbers are
 * those of number.h.
 *
 *	event      flags, kind, id, time (signed), number of frames, frames (signed, each since the one before),
 *	           protocol, and what the flags say, in their order
 *	sources    number; each: name, text
 *	texts      line, payload, name, words, summary
 *	fields     number; each: flags, description, place, and what the flags say, in order of the tree
 *	findings   number; each: rule, field, text
 *
 * A text is a number and what that says: PACK_TEXT_...  A name (C string) is
 * its place in pack_names, or PACK_NAMES + its bytes with the closing NUL, and
 * these.  Words are 2 * their number, + 1 when they lie in the line, a byte
 * apart, from its beginning on: then only their lengths follow, else texts.
 */
#ifndef MSNSCOPE_TIMELINE_PACK_FORMAT_H
#define MSNSCOPE_TIMELINE_PACK_FORMAT_H

/* Event */
enum {
	PACK_NANOSECONDS = 1 << 0,
	PACK_HAS_TRID = 1 << 1,     /* trid */
	PACK_HAS_PAYLOAD = 1 << 2,
	PACK_FROM_SERVER = 1 << 3,
	PACK_FIELDS_LEFT_OUT = 1 << 4,
	PACK_REPLY = 1 << 5,        /* id - reply_to (signed), latency (signed), name of reply_by */
	PACK_FORM = 1 << 6,         /* number */
	PACK_SESSION = 1 << 7,      /* number */
	PACK_EXCHANGE = 1 << 8,     /* number */
	PACK_FRAMES_OMITTED = 1 << 9, /* number */
	PACK_DECLARED = 1 << 10,    /* number; else it is the length of the payload */
	PACK_LOST = 1 << 11,        /* number */
	PACK_SKIPPED = 1 << 12,     /* number */
	PACK_ABOUT = 1 << 13,       /* id - about (signed) */
	PACK_UNRELIABLE = 1 << 14,  /* bits */
	PACK_FLAGS_END = 1 << 15,
};

/* Text: nothing, length and bytes, or (a source's number is added) offset and length in an earlier source. */
enum { PACK_TEXT_EMPTY, PACK_TEXT_BYTES, PACK_TEXT_SOURCE };

/* Names that come often; the first is none. */
#define PACK_NAMES 9u
extern const char *const pack_names[PACK_NAMES];

/* Field */
enum {
	PACK_FIELD_CHILD = 1 << 0,  /* first child of the field before; else a sibling of it */
	PACK_FIELD_UP = 1 << 1,     /* ... or of its ancestor: how many levels up */
	PACK_FIELD_SOURCE = 1 << 2, /* another than the field before (the first: than 0): number */
	PACK_FIELD_SYNTAX = 1 << 3, /* lead, trail */
	PACK_FIELD_KEY = 1 << 4,    /* text */
	PACK_FIELD_VALUE = 1 << 5,  /* a number or text, as the description says */
	PACK_FIELD_RANGE = 1 << 6,  /* the value is the text of the range, and not there */
	PACK_FIELD_FLAGS_END = 1 << 7,
};

/* Bytes of the shortest field: flags, description, offset (signed, since the field before), length. */
#define PACK_FIELD_MIN 4u

/* Findings name fields by their places in order of the tree, from PACK_FIELD_FIRST. */
enum { PACK_FIELD_NONE, PACK_FIELD_ROOT, PACK_FIELD_FIRST };

#endif
