/* SPDX-License-Identifier: BSD-2-Clause */
/* Single records: when they can be read, decrypting them, and what they hold. */
#include <stdlib.h>

#include <openssl/crypto.h>
#include <zlib.h>

#include "transport/tls_internal.h"
#include "util/memory.h"

/* Records that do not open, in a row, before a side is given up. */
#define FAILURES_MAX 16u
/* Longest content after decompression (RFC 3749, 2). */
#define CONTENT_MAX 16384u

enum { ALERT_FATAL = 2, ALERT_CLOSE_NOTIFY = 0 };

bool tls_is_head(const struct tls *t, const struct tls_side *s, const uint8_t *data)
{
	size_t len = (size_t)data[3] << 8 | data[4];
	uint16_t version = (uint16_t)(data[1] << 8 | data[2]);
	bool sealed13 = s->sealed && t->hs.exchanged.version == TLS_1_3;

	if (data[0] < TLS_RECORD_CHANGE_CIPHER || data[0] > TLS_RECORD_HEARTBEAT || data[1] != 3 || data[2] > 4 ||
	    len > TLS_FRAGMENT_MAX)
		return false;
	if (sealed13)
		return version == TLS_1_2 && (data[0] == TLS_RECORD_DATA || data[0] == TLS_RECORD_CHANGE_CIPHER);
	return len > 0 && (!s->sealed || version == t->hs.exchanged.version);
}

static bool is_tls13(const struct tls *t)
{
	return t->hs.has_server && t->hs.exchanged.version == TLS_1_3;
}

/* May what this side needs of the other one still come? */
static bool other_may_come(const struct tls *t, int side)
{
	const struct tls_side *other = &t->side[!side];

	return !other->broken && !other->given_up && !t->ended;
}

/* --- keys change --- */

/* Is all there that keys are made of? */
static bool handshake_known(const struct tls *t, int side)
{
	const struct tls_handshake *hs = &t->hs;

	if (!hs->has_client || !hs->has_server)
		return false;
	/* The server answers the key exchange of the client, unless an earlier session goes on. */
	return side == t->client_side || hs->has_key_exchange || !hs->server_done;
}

static enum tls_verdict change_cipher(struct tls *t, int side, const struct stream_origin *origin)
{
	struct tls_handshake *hs = &t->hs;

	/* TLS 1.3 has it only so that middleboxes are not surprised. */
	if (is_tls13(t) || (!hs->has_server && hs->has_client && (hs->offers_early || hs->retried)))
		return TLS_TAKEN;
	if (!handshake_known(t, side) && other_may_come(t, side))
		return TLS_WAIT;
	/* Without its key exchange the server goes on with a session, if nothing of that was lost. */
	if (side != t->client_side && hs->has_server && !hs->resumes && !hs->server_done && !hs->has_key_exchange &&
	    !t->side[side].broken) {
		hs->resumes = true;
		if (t->report.handshakes <= 1)
			t->report.resumed = hs->has_ticket ? "ticket" : "session-id";
	}
	enum tls_trouble trouble = tls_unlock(t);
	if (trouble == TLS_TROUBLE_NONE)
		trouble = tls_seal(t, side);
	t->side[side].sealed = true;
	if (trouble != TLS_TROUBLE_NONE)
		tls_give_up(t, side, trouble, origin);
	if (t->side[!side].sealed)
		tls_tell_handshake(t, origin);
	return TLS_TAKEN;
}

/* --- what records hold --- */

static void alert(struct tls *t, int side, struct slice content)
{
	if (content.len < 2 || (content.ptr[0] != ALERT_FATAL && content.ptr[1] != ALERT_CLOSE_NOTIFY))
		return;
	if (t->report.alert.seen && t->report.alert.level == ALERT_FATAL)
		return;
	t->report.alert = (struct tls_alert){true, side, content.ptr[0], content.ptr[1]};
}

void tls_content(struct tls *t, int side, uint8_t type, struct slice content, const struct stream_origin *origin)
{
	switch (type) {
	case TLS_RECORD_HANDSHAKE:
		tls_handshake_bytes(t, side, content, origin);
		break;
	case TLS_RECORD_ALERT:
		alert(t, side, content);
		break;
	case TLS_RECORD_DATA:
		tls_deliver(t, side, content, origin);
		break;
	default:
		break;
	}
}

void tls_free_inflater(struct tls_side *s)
{
	if (!s->inflater)
		return;
	inflateEnd(s->inflater);
	free(s->inflater);
	s->inflater = NULL;
}

/* One stream of zlib goes through all records of a side (RFC 3749). */
static bool decompress(struct tls_side *s, struct slice in, uint8_t *out, size_t *len)
{
	if (!s->inflater) {
		s->inflater = memory_zalloc(sizeof(*s->inflater));
		if (inflateInit(s->inflater) != Z_OK) {
			free(s->inflater);
			s->inflater = NULL;
			return false;
		}
	}
	z_stream *z = s->inflater;
	z->next_in = (Bytef *)in.ptr;
	z->avail_in = (uInt)in.len;
	z->next_out = out;
	z->avail_out = CONTENT_MAX;
	int result = inflate(z, Z_SYNC_FLUSH);
	*len = CONTENT_MAX - z->avail_out;
	return (result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END) && z->avail_in == 0;
}

static void opened(struct tls *t, int side, uint8_t type, struct slice content, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	uint8_t *inflated = NULL;
	size_t len;

	s->opened = true;
	s->failures = 0;
	t->report.decrypted = true;
	t->report.opened[side] += content.len;
	if (s->compressed) {
		inflated = memory_alloc(CONTENT_MAX);
		if (!decompress(s, content, inflated, &len)) {
			free(inflated);
			tls_give_up(t, side, TLS_BROKEN, origin);
			return;
		}
		content = slice_of(inflated, len);
	}
	tls_content(t, side, type, content, origin);
	free(inflated);
}

/* --- encrypted records --- */

/* Keys of TLS 1.3 change behind messages that may be lost, or whose own keys are not known: do those of the next phase fit? */
static bool try_next_phase(struct tls *t, int side, const uint8_t *head, struct slice fragment, uint8_t *type, size_t *len)
{
	struct tls_side *s = &t->side[side];
	uint8_t secret[KEY_LOG_SECRET_MAX];
	bool good = false;

	for (int phase = (int)s->phase + 1; phase <= TLS_PHASE_TRAFFIC && !good; phase++) {
		size_t secret_len;
		struct tls_opener *o = tls_unlock_phase(t, side, (enum tls_phase)phase, secret, &secret_len);

		good = o && tls_opener_open(o, head, fragment, type, tls_plain(t), len);
		if (!good) {
			tls_opener_free(o);
			continue;
		}
		tls_opener_free(s->opener);
		s->opener = o;
		s->phase = (enum tls_phase)phase;
		memcpy(s->secret, secret, secret_len);
		s->secret_len = secret_len;
		s->messages.len = 0;
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	return good;
}

/* The record does not open. */
static void refuse(struct tls *t, int side, size_t fragment_len, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	size_t overhead = s->opener ? tls_opener_overhead(s->opener) : 0;

	/* Without the secret of this phase it is not known which record is the first of the next. */
	if (is_tls13(t) && !s->opener && s->phase != TLS_PHASE_TRAFFIC && ++s->trials < TLS_TRIALS_MAX)
		return;
	if (!s->opened) {
		tls_give_up(t, side, TLS_WRONG_SECRET, origin);
		return;
	}
	tls_fail(t, TLS_BAD_RECORD, origin);
	size_t whole = TLS_RECORD_HEAD + fragment_len;
	tls_deliver_gap(t, side, overhead && whole > overhead ? whole - overhead : STREAM_GAP_UNKNOWN, origin);
	/* What is compressed refers to all that came before. */
	if (++s->failures == FAILURES_MAX || s->compressed)
		tls_give_up(t, side, TLS_BAD_RECORD, origin);
}

/* Is the secret to come still, as whoever writes the log is at it?  Only key logs grow. */
static bool may_be_logged(const struct tls *t, const struct tls_side *s)
{
	return tls_secrets_has_logs(t->shared->tls.given) && !t->ended && s->patience < TLS_PATIENCE;
}

static bool is_logged(struct tls *t, int side, enum tls_phase phase)
{
	uint8_t secret[KEY_LOG_SECRET_MAX];
	size_t len;
	struct tls_opener *o = tls_unlock_phase(t, side, phase, secret, &len);

	tls_opener_free(o);
	OPENSSL_cleanse(secret, sizeof(secret));
	return o != NULL;
}

/* Can records of this side be tried?  Some logs of TLS 1.3 hold only the secrets of the last phase. */
static enum tls_verdict ready(struct tls *t, int side, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	const struct tls_suite *suite = t->hs.exchanged.suite;

	if (!is_tls13(t))
		return TLS_TAKEN;
	/* Early data counts only when the server takes it. */
	if (s->phase == TLS_PHASE_EARLY && !t->hs.early_known && other_may_come(t, side))
		return TLS_WAIT;
	if (!s->opener)
		s->opener = tls_unlock_phase(t, side, s->phase, s->secret, &s->secret_len);
	if (s->opener || s->trials || (s->phase < TLS_PHASE_TRAFFIC && is_logged(t, side, TLS_PHASE_TRAFFIC)))
		return TLS_TAKEN;
	if (may_be_logged(t, s))
		return TLS_WAIT;
	bool known = suite && cipher_facts(suite->cipher)->mode != MODE_NONE;
	tls_give_up(t, side, known ? tls_missing_secret(t) : TLS_NO_CIPHER, origin);
	return TLS_TAKEN;
}

static enum tls_verdict sealed_record(struct tls *t, int side, const uint8_t *head, struct slice fragment,
				      const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	uint8_t *plain = tls_plain(t), type = head[0];
	size_t len = 0;

	if (is_tls13(t) && type == TLS_RECORD_CHANGE_CIPHER)
		return TLS_TAKEN;
	enum tls_verdict verdict = ready(t, side, origin);
	if (verdict == TLS_WAIT || s->given_up)
		return verdict;
	bool good = s->opener && tls_opener_open(s->opener, head, fragment, &type, plain, &len);
	if (!good && is_tls13(t))
		good = try_next_phase(t, side, head, fragment, &type, &len);
	bool refused_early = is_tls13(t) && s->phase == TLS_PHASE_EARLY && !t->hs.early_accepted;
	if (!good)
		refuse(t, side, fragment.len, origin);
	else if (!refused_early || type != TLS_RECORD_DATA)
		opened(t, side, type, slice_of(plain, len), origin);
	return TLS_TAKEN;
}

/* Another handshake over the encrypted connection: this is the last record with the old keys. */
static enum tls_verdict change_again(struct tls *t, int side, const uint8_t *head, struct slice fragment,
				     const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	uint8_t type;
	size_t len;

	if (!handshake_known(t, side) && other_may_come(t, side))
		return TLS_WAIT;
	if (s->opener && tls_opener_open(s->opener, head, fragment, &type, tls_plain(t), &len))
		return change_cipher(t, side, origin);
	refuse(t, side, fragment.len, origin);
	return TLS_TAKEN;
}

/* The client's early data, and the first encrypted records of TLS 1.3 when they were captured early; data is never in the clear. */
static enum tls_verdict early_record(struct tls *t, int side, const struct stream_origin *origin)
{
	if (!t->hs.has_server && other_may_come(t, side))
		return TLS_WAIT;
	enum tls_trouble trouble = tls_unlock(t);
	tls_give_up(t, side, trouble == TLS_TROUBLE_NONE ? TLS_NO_HANDSHAKE : trouble, origin);
	return TLS_TAKEN;
}

enum tls_verdict tls_record(struct tls *t, int side, const uint8_t *head, struct slice fragment,
			    const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	/* The server answers the client, whatever was captured first. */
	if (side != t->client_side && !t->hs.has_client && other_may_come(t, side))
		return TLS_WAIT;
	if (s->sealed && head[0] == TLS_RECORD_CHANGE_CIPHER && !is_tls13(t))
		return change_again(t, side, head, fragment, origin);
	if (s->sealed)
		return sealed_record(t, side, head, fragment, origin);
	if (head[0] == TLS_RECORD_CHANGE_CIPHER)
		return change_cipher(t, side, origin);
	if (head[0] == TLS_RECORD_DATA)
		return early_record(t, side, origin);
	tls_content(t, side, head[0], fragment, origin);
	return TLS_TAKEN;
}
