/* SPDX-License-Identifier: BSD-2-Clause */
/* Client challenges: CHL and QRY.  MD5 comes from OpenSSL. */
#ifndef MSNSCOPE_DISSECTORS_CHALLENGE_H
#define MSNSCOPE_DISSECTORS_CHALLENGE_H

#include "util/slice.h"

enum challenge_method { CHALLENGE_MD5, CHALLENGE_MSNP11 };

#define CHALLENGE_DIGEST_LEN 32

struct challenge_key {
	const char *product_id;
	const char *key;    /* "" when not published */
	const char *client; /* which client uses it */
	const char *sources;
};

/* NULL when the product id is not known. */
const struct challenge_key *challenge_key_find(struct slice product_id);

/*
 * Computes the 32 lower-case hex digits that answer a challenge (no NUL).
 * Returns false when challenge or product id are longer than CHALLENGE_TEXT_MAX.
 */
#define CHALLENGE_TEXT_MAX 256u
bool challenge_answer(enum challenge_method method, struct slice challenge, struct slice product_id, struct slice key,
		      char out[CHALLENGE_DIGEST_LEN]);

enum challenge_verdict {
	CHALLENGE_RIGHT,       /* *method says by which algorithm */
	CHALLENGE_WRONG,
	CHALLENGE_UNKNOWN_KEY, /* product id not known, or its key not published */
};

/*
 * Holds a response against both algorithms.  A challenge that is too long to
 * be one has no right answer.
 */
enum challenge_verdict challenge_verify(struct slice challenge, struct slice product_id, struct slice response,
					enum challenge_method *method);

#endif
