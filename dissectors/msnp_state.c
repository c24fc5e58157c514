/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_state.h"

/* Of a wide interval the version that was used longest, WLM 2009's. */
#define VERSION_LIKELIEST 18
/* Different pieces of evidence that make one remaining version believable. */
#define EVIDENCE_ENOUGH 3u

void msnp_state_init(struct msnp_state *s)
{
	memset(s, 0, sizeof(*s));
	s->roles = MSNP_ANY_ROLE;
	s->versions = (struct msnp_versions){MSNP_FIRST, MSNP_LAST};
	s->how = STATE_ASSUMED;
}

/* "MSNP8" is 8; 0 for anything else. */
static int protocol_number(struct slice word)
{
	uint64_t number;

	if (!slice_has_prefix(word, SLICE_LIT("MSNP")) || !slice_u64(slice_sub(word, 4, word.len), &number) ||
	    number < MSNP_FIRST || number > MSNP_NEWEST)
		return 0;
	return (int)number;
}

static void settle(struct msnp_state *s, int version, enum state_version how)
{
	s->versions = (struct msnp_versions){version, version};
	s->how = how;
}

static void observe_ver(struct msnp_state *s, enum msnp_sender sender, struct msnp_words words)
{
	for (size_t i = 2; i < words.count; i++) {
		int version = protocol_number(words.word[i]);

		if (version == 0)
			continue;
		if (sender == MSNP_SERVER) {
			settle(s, version, STATE_NEGOTIATED);
			return;
		}
		if (version > s->offered)
			s->offered = version;
	}
	/* Until the answer is seen: no newer version than the newest offered. */
	if (sender == MSNP_CLIENT && s->how == STATE_ASSUMED && s->offered >= MSNP_FIRST && s->offered < s->versions.hi)
		s->versions.hi = s->offered;
}

/* The interval of versions that most pieces of evidence agree on. */
static void count_votes(struct msnp_state *s)
{
	int top = 0, lo = 0, hi = 0;

	for (int v = MSNP_FIRST; v <= MSNP_NEWEST; v++)
		if (s->votes[v] > top)
			top = s->votes[v];
	for (int v = MSNP_FIRST; v <= MSNP_NEWEST; v++) {
		if (s->votes[v] < top)
			continue;
		lo = lo ? lo : v;
		hi = v;
	}
	if (s->offered && hi > s->offered && lo <= s->offered)
		hi = s->offered;
	s->versions = (struct msnp_versions){lo, hi};
	s->how = STATE_INFERRED;
	s->conflict = (size_t)top < s->evidence_count;
}

static size_t evidence_find(const struct msnp_state *s, const uint8_t *name, struct msnp_versions versions)
{
	size_t i = 0;

	while (i < s->evidence_count && (memcmp(s->evidence[i].name, name, 3) != 0 || s->evidence[i].lo != versions.lo ||
					 s->evidence[i].hi != versions.hi))
		i++;
	return i;
}

static void vote(struct msnp_state *s, struct slice name, struct msnp_versions versions)
{
	size_t i;

	/* What every version has says nothing. */
	if (versions.lo <= MSNP_FIRST && versions.hi >= MSNP_LAST)
		return;
	i = evidence_find(s, name.ptr, versions);
	if (i == STATE_EVIDENCE_MAX)
		return;
	if (i < s->evidence_count) {
		s->evidence[i].lines++;
		return;
	}
	memcpy(s->evidence[i].name, name.ptr, 3);
	s->evidence[i].lo = (uint8_t)versions.lo;
	s->evidence[i].hi = (uint8_t)versions.hi;
	s->evidence[i].lines = 1;
	s->evidence_count++;
	for (int v = versions.lo; v <= versions.hi; v++)
		s->votes[v]++;
	count_votes(s);
}

/* The server refused a line that spoke for these versions. */
static void unvote(struct msnp_state *s, const uint8_t *name, struct msnp_versions versions)
{
	size_t i = evidence_find(s, name, versions);

	if (i == s->evidence_count || --s->evidence[i].lines > 0)
		return;
	s->evidence[i] = s->evidence[--s->evidence_count];
	for (int v = versions.lo; v <= versions.hi; v++)
		s->votes[v]--;
	if (s->evidence_count > 0) {
		count_votes(s);
		return;
	}
	s->versions = (struct msnp_versions){MSNP_FIRST, s->offered ? s->offered : MSNP_LAST};
	s->how = STATE_ASSUMED;
	s->conflict = false;
}

/* A request that the server answers with an error may be of another version than the connection. */
static void follow_request(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words,
			   struct msnp_versions versions)
{
	uint64_t trid;

	if (words.count < 2 || !slice_u64(words.word[1], &trid) || trid == 0)
		return;
	if (m->sender == MSNP_CLIENT) {
		s->requests[s->next_request].trid = trid;
		memcpy(s->requests[s->next_request].name, words.word[0].ptr, 3);
		s->requests[s->next_request].lo = (uint8_t)versions.lo;
		s->requests[s->next_request].hi = (uint8_t)versions.hi;
		s->next_request = (s->next_request + 1) % STATE_REQUESTS;
		return;
	}
	if (!msnp_is_error_name(words.word[0]))
		return;
	for (size_t i = 0; i < STATE_REQUESTS; i++) {
		if (s->requests[i].trid != trid)
			continue;
		unvote(s, s->requests[i].name, (struct msnp_versions){s->requests[i].lo, s->requests[i].hi});
		s->requests[i].trid = 0;
	}
}

/* Facts that stand in the payload or in the values rather than in the form. */
static void vote_contents(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words)
{
	struct slice name = words.word[0];
	enum challenge_method method;

	if (m->payload.len == 0)
		return;
	if (slice_eq_str(name, "QRY") && words.count > 2 && s->challenge_len &&
	    challenge_verify(slice_of(s->challenge, s->challenge_len), words.word[2], m->payload, &method) == CHALLENGE_RIGHT)
		vote(s, SLICE_LIT("qry"), method == CHALLENGE_MD5 ? (struct msnp_versions){6, 10} :
								   (struct msnp_versions){11, MSNP_LAST});
	if (slice_eq_str(name, "ADL") && slice_find(m->payload, SLICE_LIT("<s ")) < m->payload.len)
		vote(s, SLICE_LIT("adl"), (struct msnp_versions){21, 22});
	if (slice_eq_str(name, "NFY") && slice_find(m->payload, SLICE_LIT("Uri: /user")) < m->payload.len)
		vote(s, SLICE_LIT("nfy"), (struct msnp_versions){21, 22});
	if (slice_eq_str(name, "MSG") &&
	    (slice_find(m->payload, SLICE_LIT("Content-Type: application/x-msnmsgrp2p")) < m->payload.len))
		vote(s, SLICE_LIT("p2p"), (struct msnp_versions){9, MSNP_LAST});
}

static void observe_challenge(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words)
{
	struct slice challenge;

	if (m->sender != MSNP_SERVER || words.count < 2 || !slice_eq_str(words.word[0], "CHL"))
		return;
	challenge = words.word[words.count - 1];
	if (challenge.len == 0 || challenge.len > sizeof(s->challenge))
		return;
	memcpy(s->challenge, challenge.ptr, challenge.len);
	s->challenge_len = challenge.len;
}

/*
 * A dispatch server sends the client on as soon as it names the account; a
 * notification server does anything that only it can do, or goes on with the
 * sign-in.
 */
static void observe_role(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words, unsigned roles)
{
	if (s->role_certain || roles == 0)
		return;
	msnp_state_role(s, s->roles & roles ? roles : s->roles);
	if (m->sender == MSNP_SERVER && s->roles == (MSNP_DS | MSNP_NS) && words.count > 2 &&
	    slice_eq_str(words.word[0], "XFR") && slice_eq_str(words.word[2], "NS"))
		s->roles = MSNP_DS;
	msnp_state_role(s, s->roles);
}

void msnp_state_observe(struct msnp_state *s, const struct msnp_message *m, struct msnp_words words,
			struct arena *arena)
{
	if (slice_eq_str(words.word[0], "VER")) {
		observe_ver(s, m->sender, words);
		observe_role(s, m, words, MSNP_DS | MSNP_NS);
		return;
	}
	observe_challenge(s, m, words);
	if (s->role_certain && s->how == STATE_NEGOTIATED)
		return;
	struct msnp_evidence e = msnp_evidence(words, m->sender, arena);
	observe_role(s, m, words, e.roles);
	if (e.roles == 0 || s->how == STATE_NEGOTIATED)
		return;
	vote(s, words.word[0], e.versions);
	follow_request(s, m, words, e.versions);
	vote_contents(s, m, words);
}

void msnp_state_role(struct msnp_state *s, unsigned roles)
{
	s->roles &= roles;
	s->role_certain = s->roles == MSNP_DS || s->roles == MSNP_NS || s->roles == MSNP_SB;
}

void msnp_state_inherit(struct msnp_state *s, struct msnp_versions versions)
{
	s->versions = versions;
	s->how = STATE_NEGOTIATED;
	s->conflict = false;
}

bool msnp_state_decided(const struct msnp_state *s)
{
	return s->role_certain && s->versions.lo == s->versions.hi &&
	       (s->how == STATE_NEGOTIATED || s->evidence_count >= EVIDENCE_ENOUGH);
}

int msnp_state_version(const struct msnp_state *s)
{
	if (s->versions.hi <= VERSION_LIKELIEST)
		return s->versions.hi;
	return s->versions.lo > VERSION_LIKELIEST ? s->versions.lo : VERSION_LIKELIEST;
}
