/* SPDX-License-Identifier: BSD-2-Clause */
/* From secrets that are at hand to the keys of a connection. */
#include <stdlib.h>

#include <openssl/crypto.h>

#include "transport/tls_internal.h"
#include "util/memory.h"
#include "util/reader.h"

static const struct tls_secrets *given(const struct tls *t)
{
	return t->shared->tls.given;
}

/* Copies the secret of that name, out of what the user or the capture gave; returns its length, 0 when there is none. */
static size_t find(struct tls *t, enum key_log_kind kind, struct slice key, uint8_t *out)
{
	size_t len = tls_secrets_find(t->shared->tls.given, kind, key, out);

	if (len)
		return len;
	struct tls_learned *l = t->shared->tls.learned;
	struct slice s = secret_table_find(&l->captured, kind, key);
	if (!s.len && !l->asked && l->more) {
		l->asked = true;
		if (l->more(l->more_ctx))
			s = secret_table_find(&l->captured, kind, key);
	}
	if (s.len)
		memcpy(out, s.ptr, s.len);
	return s.len;
}

enum tls_trouble tls_missing_secret(const struct tls *t)
{
	const struct tls_suite *suite = t->hs.exchanged.suite;
	bool logs = tls_secrets_has_logs(given(t)) || t->shared->tls.learned->captured.count;

	if (!logs && !tls_secrets_has_keys(given(t)))
		return TLS_NO_SECRETS;
	if (t->hs.resumes && t->hs.exchanged.version < TLS_1_3)
		return TLS_NO_SESSION;
	if (logs)
		return TLS_NOT_LOGGED;
	return suite && suite->exchange != TLS_EXCHANGE_RSA ? TLS_KEY_EXCHANGE : TLS_NO_KEY;
}

enum tls_trouble tls_missing_cipher(const struct tls *t)
{
	const struct tls_suite *suite = t->hs.exchanged.suite;

	if (suite && cipher_facts(suite->cipher)->legacy && !crypto_legacy(t->shared->tls.learned->crypto))
		return TLS_NO_LEGACY;
	return TLS_NO_CIPHER;
}

static void need_crypto(struct tls *t)
{
	struct tls_learned *l = t->shared->tls.learned;

	if (!l->crypto)
		l->crypto = crypto_new();
	t->hs.exchanged.crypto = l->crypto;
}

/* The first certificate of the server, empty when it was not seen. */
static struct slice certificate(const struct tls *t)
{
	struct slice run = buffer_slice(&t->hs.flight[1]), body;
	uint8_t type;

	while (tls_next_message(&run, &type, &body))
		if (type == TLS_CERTIFICATE)
			return tls_first_certificate(body, false);
	return SLICE_EMPTY;
}

/* The master secret of a pre-master secret. */
static bool derive(struct tls *t, struct slice pre_master)
{
	struct tls_handshake *hs = &t->hs;
	struct buffer all = {.data = NULL};

	if (hs->extended_master_secret) {
		struct slice client = buffer_slice(&hs->flight[0]);

		buffer_add_slice(&all, slice_sub(client, 0, hs->client_hello_len));
		buffer_add_slice(&all, buffer_slice(&hs->flight[1]));
		buffer_add_slice(&all, slice_sub(client, hs->client_hello_len, client.len));
	}
	hs->has_master = tls_master(&hs->exchanged, pre_master, buffer_slice(&all), hs->master);
	buffer_free(&all);
	return hs->has_master;
}

/* What the client encrypted with the server's key; SSL 3.0 writes no length. */
static struct slice encrypted_secret(const struct tls *t)
{
	struct slice body = buffer_slice(&t->hs.key_exchange);
	struct reader r = reader_over(body);

	if (t->hs.exchanged.version == SSL_3_0)
		return body;
	struct slice inner = reader_bytes(&r, reader_be16(&r));
	return r.truncated ? SLICE_EMPTY : inner;
}

static enum tls_trouble try_private_keys(struct tls *t, struct slice encrypted)
{
	const struct stream_connection *c = t->outer;
	struct tls_server server = {.address = c->address[!t->client_side],
				    .target = c->wrapping ? c->wrapping->target_name : NULL,
				    .certificate = certificate(t)};
	struct slice run = buffer_slice(&t->hs.flight[0]), body;
	struct tls_hello hello;
	uint8_t type, pre_master[TLS_MASTER_BYTES];

	if (tls_next_message(&run, &type, &body) && type == TLS_CLIENT_HELLO && tls_client_hello(body, &hello))
		server.name = hello.server_name;
	switch (tls_secrets_decrypt(t->shared->tls.given, &server, encrypted, pre_master)) {
	case PRIVATE_KEY_FOUND:
		t->report.secret = "private key";
		derive(t, slice_of(pre_master, sizeof(pre_master)));
		OPENSSL_cleanse(pre_master, sizeof(pre_master));
		return t->hs.has_master ? TLS_TROUBLE_NONE : TLS_NO_CIPHER;
	case PRIVATE_KEY_OTHER:
		return TLS_OTHER_KEY;
	case PRIVATE_KEY_REFUSED:
		return TLS_KEY_REFUSED;
	case PRIVATE_KEY_NONE:
		break;
	}
	return tls_missing_secret(t);
}

/* Takes what was found as the master secret. */
static bool is_master(struct tls *t, const uint8_t *secret, size_t len, const char *from)
{
	if (len != TLS_MASTER_BYTES)
		return false;
	memcpy(t->hs.master, secret, TLS_MASTER_BYTES);
	t->hs.has_master = true;
	t->report.secret = from;
	return true;
}

static bool is_session(struct tls *t, enum key_log_kind kind, struct slice name)
{
	struct slice s = secret_table_find(&t->shared->tls.learned->sessions, kind, name);

	return name.len && is_master(t, s.ptr, s.len, "session");
}

/* A master secret that somebody logged, or of a session that is gone on with. */
static bool known_master(struct tls *t, uint8_t *secret)
{
	struct tls_handshake *hs = &t->hs;
	struct slice random = slice_of(hs->exchanged.client_random, TLS_RANDOM_BYTES);
	struct slice session = slice_of(hs->session[1], hs->session_len[1]);

	if (is_master(t, secret, find(t, KEY_LOG_MASTER, random, secret), "key log") ||
	    (session.len && is_master(t, secret, find(t, KEY_LOG_MASTER_BY_SESSION, session, secret), "key log")))
		return true;
	if (!hs->resumes)
		return false;
	return (hs->has_ticket && is_session(t, KEY_LOG_MASTER, slice_of(hs->ticket, sizeof(hs->ticket)))) ||
	       is_session(t, KEY_LOG_MASTER_BY_SESSION, session);
}

static enum tls_trouble find_master(struct tls *t)
{
	struct tls_handshake *hs = &t->hs;
	struct slice random = slice_of(hs->exchanged.client_random, TLS_RANDOM_BYTES);
	uint8_t secret[KEY_LOG_SECRET_MAX];
	enum tls_trouble trouble = TLS_TROUBLE_NONE;
	size_t len;

	if (known_master(t, secret))
		goto found;
	len = find(t, KEY_LOG_PRE_MASTER, random, secret);
	struct slice encrypted = encrypted_secret(t);
	if (!len && encrypted.len >= 8)
		len = find(t, KEY_LOG_PRE_MASTER_BY_RSA, slice_sub(encrypted, 0, 8), secret);
	if (len) {
		t->report.secret = "key log";
		trouble = derive(t, slice_of(secret, len)) ? TLS_TROUBLE_NONE : TLS_NO_CIPHER;
	} else if (hs->exchanged.suite->exchange == TLS_EXCHANGE_RSA && !hs->resumes && tls_secrets_has_keys(given(t))) {
		trouble = encrypted.len ? try_private_keys(t, encrypted) : TLS_NO_HANDSHAKE;
	} else {
		trouble = tls_missing_secret(t);
	}
found:
	OPENSSL_cleanse(secret, sizeof(secret));
	return trouble;
}

enum tls_trouble tls_unlock(struct tls *t)
{
	struct tls_handshake *hs = &t->hs;
	enum tls_trouble trouble = TLS_TROUBLE_NONE;

	if (hs->keyed)
		return TLS_TROUBLE_NONE;
	if (!hs->has_client || !hs->has_server)
		return TLS_NO_HANDSHAKE;
	if (!hs->exchanged.suite || cipher_facts(hs->exchanged.suite->cipher)->mode == MODE_NONE)
		return TLS_NO_CIPHER;
	need_crypto(t);
	if (!hs->has_master)
		trouble = find_master(t);
	if (trouble == TLS_TROUBLE_NONE && !tls_keys_of_master(&hs->exchanged, hs->master, hs->keys))
		trouble = TLS_NO_CIPHER;
	hs->keyed = trouble == TLS_TROUBLE_NONE;
	if (hs->keyed)
		tls_learn_session(t);
	return trouble;
}

enum tls_trouble tls_seal(struct tls *t, int side)
{
	struct tls_side *s = &t->side[side];
	struct tls_opener *o = tls_opener_new(&t->hs.exchanged, t->hs.encrypt_then_mac, &t->hs.keys[side != t->client_side]);

	if (!o)
		return tls_missing_cipher(t);
	tls_opener_free(s->opener);
	s->opener = o;
	s->sealed = true;
	s->opened = false;
	s->compressed = t->hs.compressed;
	tls_free_inflater(s);
	return TLS_TROUBLE_NONE;
}

struct tls_opener *tls_unlock_phase(struct tls *t, int side, enum tls_phase phase, uint8_t *secret, size_t *secret_len)
{
	static const enum key_log_kind kinds[2][3] = {
		{KEY_LOG_EARLY, KEY_LOG_CLIENT_HANDSHAKE, KEY_LOG_CLIENT_TRAFFIC},
		{KEY_LOG_EARLY, KEY_LOG_SERVER_HANDSHAKE, KEY_LOG_SERVER_TRAFFIC},
	};
	struct slice random = slice_of(t->hs.exchanged.client_random, TLS_RANDOM_BYTES);
	struct tls_keys keys;

	if (!t->hs.exchanged.suite || t->hs.exchanged.suite->exchange != TLS_EXCHANGE_TLS13)
		return NULL;
	need_crypto(t);
	*secret_len = find(t, kinds[side != t->client_side][phase], random, secret);
	if (!*secret_len || *secret_len > TLS_SECRET_BYTES ||
	    !tls_keys_of_secret(&t->hs.exchanged, slice_of(secret, *secret_len), &keys))
		return NULL;
	t->report.secret = "key log";
	struct tls_opener *o = tls_opener_new(&t->hs.exchanged, false, &keys);
	OPENSSL_cleanse(&keys, sizeof(keys));
	return o;
}

bool tls_ticket_digest(struct tls *t, struct slice ticket, uint8_t out[32])
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	need_crypto(t);
	if (tls_digest(t->hs.exchanged.crypto, "SHA256", &ticket, 1, digest) != 32)
		return false;
	memcpy(out, digest, 32);
	return true;
}

void tls_learn_session(struct tls *t)
{
	struct slice name = slice_of(t->hs.session[1], t->hs.session_len[1]);

	if (name.len)
		secret_table_add(&t->shared->tls.learned->sessions, KEY_LOG_MASTER_BY_SESSION, name,
				 slice_of(t->hs.master, TLS_MASTER_BYTES), true);
}

void tls_learn_ticket(struct tls *t, struct slice ticket)
{
	uint8_t digest[32];

	if (ticket.len && t->hs.has_master && tls_ticket_digest(t, ticket, digest))
		secret_table_add(&t->shared->tls.learned->sessions, KEY_LOG_MASTER, slice_of(digest, sizeof(digest)),
				 slice_of(t->hs.master, TLS_MASTER_BYTES), true);
}

/* --- of a capture --- */

static void on_entry(void *ctx, const struct key_log_entry *e)
{
	struct tls_learned *l = ctx;

	secret_table_add(&l->captured, e->kind, e->key, e->secret, false);
}

struct tls_learned *tls_learned_new(bool (*more)(void *ctx), void *more_ctx)
{
	struct tls_learned *l = memory_zalloc(sizeof(*l));

	l->more = more;
	l->more_ctx = more_ctx;
	l->captured = (struct secret_table){.max = TLS_CAPTURED_MAX, .forgets = true};
	l->sessions = (struct secret_table){.max = TLS_SESSIONS_MAX, .forgets = true};
	return l;
}

void tls_learned_key_log(struct tls_learned *l, struct slice text)
{
	struct key_log parser = {.entry = on_entry, .ctx = l};

	key_log_data(&parser, text);
	key_log_pause(&parser);
	key_log_free(&parser);
}

uint8_t *tls_plain(struct tls *t)
{
	uint8_t **plain = &t->shared->tls.learned->plain[t->depth];

	if (!*plain)
		*plain = memory_alloc(TLS_FRAGMENT_MAX);
	return *plain;
}

void tls_learned_free(struct tls_learned *l)
{
	secret_table_free(&l->captured);
	secret_table_free(&l->sessions);
	for (size_t i = 0; i < STREAM_OUTER_MAX; i++) {
		if (l->plain[i])
			OPENSSL_cleanse(l->plain[i], TLS_FRAGMENT_MAX);
		free(l->plain[i]);
	}
	crypto_free(l->crypto);
	free(l);
}
