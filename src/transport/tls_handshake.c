/* SPDX-License-Identifier: BSD-2-Clause */
/* Handshake messages: what both sides agree on, and when keys change. */
#include <stdlib.h>

#include <openssl/crypto.h>

#include "transport/tls_internal.h"
#include "util/reader.h"

void tls_handshake_free(struct tls *t)
{
	tls_drop(t, &t->hs.flight[0]);
	tls_drop(t, &t->hs.flight[1]);
	tls_drop(t, &t->hs.key_exchange);
	OPENSSL_cleanse(&t->hs, sizeof(t->hs));
}

static bool is_client(const struct tls *t, int side)
{
	return side == t->client_side;
}

static bool is_tls13(const struct tls *t)
{
	return t->hs.has_server && t->hs.exchanged.version == TLS_1_3;
}

/* Messages of the first handshake are shown; certificates that are too long are not. */
static void show(struct tls *t, struct slice whole)
{
	if (!t->told)
		tls_keep(t, &t->hellos, whole, TLS_HANDSHAKE_MAX);
}

/* For the extended master secret, and the certificate: up to ClientKeyExchange, and to the ServerHelloDone in front of it. */
static void remember(struct tls *t, int side, struct slice whole)
{
	if (is_client(t, side) ? !t->hs.has_key_exchange : !t->hs.server_done)
		tls_keep(t, &t->hs.flight[is_client(t, side) ? 0 : 1], whole, TLS_HANDSHAKE_MAX);
}

static void copy_session(struct tls_handshake *hs, int which, struct slice id)
{
	hs->session_len[which] = id.len;
	if (id.len)
		memcpy(hs->session[which], id.ptr, id.len);
}

static void client_hello(struct tls *t, int side, struct slice whole, const struct tls_hello *hello)
{
	struct tls_handshake *hs = &t->hs;

	/* A second one answers a HelloRetryRequest, or begins a new handshake. */
	if (hs->has_server || !hs->has_client) {
		/* The records in between are still those of the version before. */
		uint16_t version = hs->exchanged.version;

		tls_handshake_free(t);
		hs->exchanged.version = version;
		t->report.handshakes++;
	}
	hs->has_client = true;
	hs->offered = hello->version;
	memcpy(hs->exchanged.client_random, hello->random, TLS_RANDOM_BYTES);
	copy_session(hs, 0, hello->session_id);
	hs->offers_early = hello->early_data && hello->has_psk;
	hs->has_ticket = hello->ticket.len && tls_ticket_digest(t, hello->ticket, hs->ticket);
	remember(t, side, whole);
	hs->client_hello_len = hs->flight[0].len;
	if (t->report.handshakes > 1)
		return;
	if (t->hellos.len == 0) {
		show(t, whole);
		t->report.ssl2_hello = hello->ssl2 && t->hellos.len;
		t->report.ssl2_length = hello->ssl2 ? t->hellos.len : 0;
	}
	if (hs->offers_early)
		t->report.early_data = "offered";
}

void tls_handshake_hello(struct tls *t, int side, struct slice whole, const struct tls_hello *hello)
{
	client_hello(t, side, whole, hello);
}

/* From here on the records of TLS 1.3 are encrypted. */
static void begin_phase(struct tls *t, int side, enum tls_phase phase)
{
	struct tls_side *s = &t->side[side];

	tls_opener_free(s->opener);
	s->opener = tls_unlock_phase(t, side, phase, s->secret, &s->secret_len);
	s->phase = phase;
	s->sealed = true;
	s->opened = false;
	s->trials = 0;
}

/* Client and server said the same session id: it goes on; with a ticket the client made the id up. */
static void note_resumption(struct tls *t, const struct tls_hello *hello)
{
	struct tls_handshake *hs = &t->hs;
	bool same = hs->session_len[0] && hs->session_len[0] == hs->session_len[1] &&
		    memcmp(hs->session[0], hs->session[1], hs->session_len[0]) == 0;

	if (hs->exchanged.version == TLS_1_3) {
		hs->resumes = hello->has_psk;
		if (hs->resumes && t->report.handshakes <= 1)
			t->report.resumed = "psk";
	} else if (same) {
		hs->resumes = true;
		if (t->report.handshakes <= 1)
			t->report.resumed = hs->has_ticket ? "ticket" : "session-id";
	}
}

static void server_hello(struct tls *t, int side, struct slice whole, const struct tls_hello *hello)
{
	struct tls_handshake *hs = &t->hs;

	if (hello->retry) {
		/* The messages in front are hashed in another way in TLS 1.3, and not needed. */
		hs->retried = true;
		hs->offers_early = false;
		if (t->report.early_data)
			t->report.early_data = "rejected";
		return;
	}
	struct reader suite = reader_over(hello->suites);
	hs->exchanged.suite = tls_suite_find(reader_be16(&suite));
	hs->has_server = true;
	hs->exchanged.version = hello->version;
	memcpy(hs->exchanged.server_random, hello->random, TLS_RANDOM_BYTES);
	copy_session(hs, 1, hello->session_id);
	hs->extended_master_secret = hello->extended_master_secret;
	hs->encrypt_then_mac = hello->encrypt_then_mac;
	hs->compressed = hello->compressions.ptr[0] != 0;
	note_resumption(t, hello);
	remember(t, side, whole);
	if (t->report.handshakes <= 1) {
		t->report.version = hello->version;
		suite.at = 0;
		t->report.suite = reader_be16(&suite);
		t->report.compressed = hs->compressed;
		show(t, whole);
	}
	if (hello->version != TLS_1_3)
		return;
	begin_phase(t, side, TLS_PHASE_HANDSHAKE);
	begin_phase(t, !side, hs->offers_early ? TLS_PHASE_EARLY : TLS_PHASE_HANDSHAKE);
}

static void encrypted_extensions(struct tls *t, struct slice whole, struct slice body)
{
	struct tls_hello hello;

	tls_encrypted_extensions(body, &hello);
	show(t, whole);
	t->hs.early_known = true;
	t->hs.early_accepted = hello.early_data;
	if (t->hs.offers_early)
		t->report.early_data = hello.early_data ? "accepted" : "rejected";
}

static void certificate(struct tls *t, int side, struct slice whole, struct slice body)
{
	remember(t, side, whole);
	if (!is_client(t, side) && t->report.handshakes <= 1)
		show(t, whole);
	else if (is_client(t, side) && tls_first_certificate(body, is_tls13(t)).len)
		t->report.client_certificate = true;
}

/* The ticket (RFC 5077) follows the time it lasts. */
static void new_session_ticket(struct tls *t, struct slice body)
{
	struct reader r = reader_over(body);

	if (is_tls13(t))
		return;
	reader_be32(&r);
	struct slice ticket = reader_bytes(&r, reader_be16(&r));
	/* It comes in front of the first encrypted record of the server, when the client's are known already. */
	if (!r.truncated && (t->hs.has_master || tls_unlock(t) == TLS_TROUBLE_NONE))
		tls_learn_ticket(t, ticket);
}

static void finished(struct tls *t, int side, const struct stream_origin *origin)
{
	if (!is_tls13(t) || t->side[side].phase == TLS_PHASE_TRAFFIC)
		return;
	begin_phase(t, side, TLS_PHASE_TRAFFIC);
	if (!is_client(t, side))
		tls_tell_handshake(t, origin);
}

static void key_update(struct tls *t, int side)
{
	struct tls_side *s = &t->side[side];
	struct tls_keys keys;

	if (!is_tls13(t) || !s->secret_len || !tls_next_secret(&t->hs.exchanged, s->secret, s->secret_len) ||
	    !tls_keys_of_secret(&t->hs.exchanged, slice_of(s->secret, s->secret_len), &keys))
		return;
	t->report.key_updates++;
	tls_opener_free(s->opener);
	s->opener = tls_opener_new(&t->hs.exchanged, false, &keys);
	OPENSSL_cleanse(&keys, sizeof(keys));
}

static void key_exchange(struct tls *t, int side, struct slice whole, struct slice body)
{
	remember(t, side, whole);
	t->hs.has_key_exchange = true;
	tls_keep(t, &t->hs.key_exchange, body, TLS_HANDSHAKE_MAX);
}

static void message(struct tls *t, int side, uint8_t type, struct slice whole, struct slice body,
		    const struct stream_origin *origin)
{
	struct tls_hello hello;

	switch (type) {
	case TLS_CLIENT_HELLO:
		if (is_client(t, side) && tls_client_hello(body, &hello))
			client_hello(t, side, whole, &hello);
		break;
	case TLS_SERVER_HELLO:
		if (!is_client(t, side) && !t->hs.has_server && tls_server_hello(body, &hello))
			server_hello(t, side, whole, &hello);
		break;
	case TLS_ENCRYPTED_EXTENSIONS:
		encrypted_extensions(t, whole, body);
		break;
	case TLS_CERTIFICATE:
		certificate(t, side, whole, body);
		break;
	case TLS_CLIENT_KEY_EXCHANGE:
		key_exchange(t, side, whole, body);
		break;
	case TLS_SERVER_HELLO_DONE:
		remember(t, side, whole);
		t->hs.server_done = true;
		break;
	case TLS_NEW_SESSION_TICKET:
		new_session_ticket(t, body);
		break;
	case TLS_END_OF_EARLY_DATA:
		if (is_tls13(t) && is_client(t, side))
			begin_phase(t, side, TLS_PHASE_HANDSHAKE);
		break;
	case TLS_FINISHED:
		finished(t, side, origin);
		break;
	case TLS_KEY_UPDATE:
		key_update(t, side);
		break;
	case TLS_HELLO_REQUEST:
		break;
	default:
		remember(t, side, whole);
		break;
	}
}

void tls_handshake_bytes(struct tls *t, int side, struct slice data, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	struct slice run, body;
	uint8_t type;

	if (!tls_keep(t, &s->messages, data, TLS_HANDSHAKE_MAX)) {
		s->messages.len = 0;
		s->broken = true;
		return;
	}
	run = buffer_slice(&s->messages);
	for (;;) {
		const uint8_t *start = run.ptr;

		if (!tls_next_message(&run, &type, &body))
			break;
		message(t, side, type, slice_of(start, TLS_MESSAGE_HEAD + body.len), body, origin);
	}
	buffer_consume(&s->messages, s->messages.len - run.len);
}
