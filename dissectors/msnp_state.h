/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands of a connection say about it: which kind of server, which
 * protocol version, and the challenge that waits for its answer.  A version
 * that VER agreed on is certain; else every line votes for the versions that
 * have its form, so that one odd line does not outweigh the others.  Source:
 * "Recognising the version in mid-stream" of the versions page; nearly all of
 * its rules follow from the command table.
 */
#ifndef MSNSCOPE_DISSECTORS_MSNP_STATE_H
#define MSNSCOPE_DISSECTORS_MSNP_STATE_H

#include "dissectors/challenge.h"
#include "dissectors/msnp_table.h"

/* Different pieces of evidence that are counted. */
#define STATE_EVIDENCE_MAX 64u
/* Requests whose refusal would take their evidence back. */
#define STATE_REQUESTS 8u

enum state_version { STATE_NEGOTIATED, STATE_INFERRED, STATE_ASSUMED };

struct msnp_state {
	unsigned roles;                /* still possible */
	bool role_certain;             /* exactly one, and seen, not guessed */
	struct msnp_versions versions; /* still possible */
	enum state_version how;
	bool conflict;                 /* evidence that no single version has */
	int offered;                   /* newest version that the client offered in VER, 0 when none */
	uint16_t votes[MSNP_NEWEST + 1];
	struct {
		uint8_t name[3];
		uint8_t lo, hi;
		uint32_t lines;        /* that gave it */
	} evidence[STATE_EVIDENCE_MAX];
	size_t evidence_count;
	struct {
		uint64_t trid;
		uint8_t name[3];
		uint8_t lo, hi;
	} requests[STATE_REQUESTS];    /* a ring: evidence from the client that the server did not confirm yet */
	size_t next_request;
	uint8_t challenge[CHALLENGE_TEXT_MAX];
	size_t challenge_len;
};

void msnp_state_init(struct msnp_state *s);

/* Takes in one message, in the order of the stream.  words are those of its line. */
void msnp_state_observe(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words,
			struct arena *arena);

/* The version is known from elsewhere: the notification server that handed out this switchboard. */
void msnp_state_inherit(struct msnp_state *s, struct msnp_versions versions);

/* It is known from elsewhere which roles the server may have, as from a gateway's URL. */
void msnp_state_role(struct msnp_state *s, unsigned roles);

/* Is one version left, for good reason?  Then nothing more has to be waited for. */
bool msnp_state_decided(const struct msnp_state *s);

/* The version to decode with: the only one left, or the likeliest. */
int msnp_state_version(const struct msnp_state *s);

#endif
