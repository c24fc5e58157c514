/* SPDX-License-Identifier: BSD-2-Clause */
/* Types that all parts of the MSNP dissectors share. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_H
#define MSNSCOPE_DISSECTORS_MSNP_H

#include "util/slice.h"

/* Protocol versions that the command table covers. */
#define MSNP_FIRST 2
#define MSNP_LAST 21  /* last version of the classic protocol; table rows "to the end" end here */
#define MSNP_NEWEST 24

/* Longest command line, without its line end. */
#define MSNP_LINE_MAX 16384u
/* Longest payload; a line that declares more has a wrong length.  The longest
 * real payloads are policies (GCF) and notifications, some ten kilobytes. */
#define MSNP_PAYLOAD_MAX (1u << 18)

enum msnp_sender { MSNP_CLIENT, MSNP_SERVER };

/* Kinds of server, as a set of bits; 0 is not known. */
enum { MSNP_DS = 1, MSNP_NS = 2, MSNP_SB = 4, MSNP_ANY_ROLE = 7 };

/* "DS", "NS", "SB"; for a set of two or more, or none, "?". */
const char *msnp_role_name(unsigned roles);

/* An interval of protocol versions, both ends included. */
struct msnp_versions {
	int lo, hi;
};

static inline bool msnp_versions_overlap(struct msnp_versions a, struct msnp_versions b)
{
	return a.lo <= b.hi && b.lo <= a.hi;
}

/* What is known about a connection when one of its commands is read. */
struct msnp_context {
	unsigned roles;                /* set of possible roles */
	struct msnp_versions versions; /* possible versions */
	struct slice request;          /* name of the client's command with the same TrID; empty when not known */
};

/* What of a command is not as it was sent, as it was read from a text that does not keep everything. */
enum {
	MSNP_UNRELIABLE_LINE = 1,    /* the line was altered */
	MSNP_UNRELIABLE_PAYLOAD = 2, /* the payload is not there to the byte; nor its length */
	MSNP_UNRELIABLE_ABSENT = 4,  /* the payload is not there at all */
};

/* One command as it was framed. */
struct msnp_message {
	enum msnp_sender sender;
	struct slice line;         /* without line end */
	struct slice payload;      /* lost bytes inside stand as zeros */
	bool has_payload;          /* the form carries one, even of length 0 */
	bool bare_lf;              /* line ended in LF without CR */
	bool length_absent;        /* payload command without a length */
	bool length_limit;         /* declared length is beyond MSNP_PAYLOAD_MAX */
	bool recovered;            /* was found inside the payload of an earlier command whose length was wrong */
	uint64_t declared;         /* payload length that the line declares */
	uint64_t lost_bytes;       /* of the payload, in gaps (zeros in payload) */
	unsigned unreliable;       /* MSNP_UNRELIABLE_ bits */
};

#endif
