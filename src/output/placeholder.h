/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stand-ins for what is private, so that what was captured can be published:
 * user1@example.com for an account, "Name 1", "Text 1", "Secret 1", an address
 * of the ranges that are kept for documentation, a GUID that counts.  The same
 * value gets the same stand-in as long as the placeholders live, whatever file
 * it comes from; accounts are compared without regard to case.
 *
 * What is not known to be vocabulary of the protocol is private: a field that
 * is forgotten below shows too little rather than too much.
 */
#ifndef MSNSCOPE_OUTPUT_PLACEHOLDER_H
#define MSNSCOPE_OUTPUT_PLACEHOLDER_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

/* Distinct values that are told apart; all further ones of a kind share one stand-in. */
#define PLACEHOLDERS_MAX 262144u

enum placeholder_kind {
	PLACEHOLDER_PUBLIC,  /* vocabulary: shown, but for accounts and IPv6 addresses in it; versions look like IPv4 */
	PLACEHOLDER_HOST,    /* name of a server, shown, or its address */
	PLACEHOLDER_TARGET,  /* path on a server, shown but for what may be ids in it, and a query, which is not */
	PLACEHOLDER_WORD,    /* one of the protocol's own words, else as OTHER */
	PLACEHOLDER_OTHER,   /* shown when it is a short number or a flag; else by what it looks like */
	PLACEHOLDER_ACCOUNT, /* account, also with network, endpoint or scheme around it */
	PLACEHOLDER_PHONE,   /* number of a telephone, however short */
	PLACEHOLDER_NAME,
	PLACEHOLDER_TEXT,
	PLACEHOLDER_SECRET,
};

/* What the value of a field is.  Looks at its neighbours: a value is what its property says. */
enum placeholder_kind placeholder_kind(const struct field *f);

struct placeholders;

/* Ends with placeholders_free. */
struct placeholders *placeholders_new(void);
void placeholders_free(struct placeholders *p);

/* Adds what stands for a value of that kind: the value itself where nothing in it is private.  Not escaped. */
void placeholders_add(struct placeholders *p, struct buffer *out, enum placeholder_kind kind, struct slice value);

/*
 * Adds what names a file: the last part of its path, as folders tell whose the
 * machine is, with stand-ins as in a text.  Not escaped.
 */
void placeholders_add_file(struct placeholders *p, struct buffer *out, struct slice path);

/* Adds a text with stand-ins for the accounts, IP addresses and GUIDs in it.  Not escaped. */
void placeholders_add_text(struct placeholders *p, struct buffer *out, struct slice text);

#endif
