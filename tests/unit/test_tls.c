/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS connections of the samples in other pieces and orders than they were
 * captured in: what is inside stays the same.  Then what is beyond limits.
 */
#include "tls_player.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "transport/tls.h"

/* Bytes in front that are cut at each place; behind them at every fifth, as a connection is costly. */
#define HELLOS 300u

/* SHA-256 of what client and server send in the samples, as in samples/tls/MANIFEST.tsv: two dialogues of two lengths. */
#define NEXUS "362698acd470009d85fc5d4cebb3b4d258667ef3d4f960ddfa5080316f99714b", \
	      "d8e275937202e431174b6d9e0fd473ccfe8217c1b2e660f5451f9b76185168c0"
#define LOGIN "7de42653bfe402c492c0c0ec356884e472ea599b6ce4775959ef2b92a0eb9d4c", \
	      "a161cbf13184e096f8e1b94266fbc95770a759b52beb3de1b507da3ab48f2caa"
#define FULL "bbd82d24ba1649eb5e7df9d39df1a3614062363bd6e5c483d4724f7c771d65fb", \
	     "289ec12c1cd6487722d04ff33f0dc1e87d6ce7a7fb1ee8205024fa74efca6225"
#define UPDATE "8fbf2a209d431bb49a0c22317dca911c399e16bf729002fb93e5bcef754b7884", \
	       "2b7963903abca0dedb59393cde0ba169a56ea56df9844940319790c121bf45e9"

static const struct row {
	const char *name, *key; /* key: NULL: the key log of that name */
	unsigned connections;
	const char *sides[2][2]; /* of each connection */
	bool cut;
	bool waits;              /* one side may come first: there is one handshake */
} rows[] = {
	{"ssl3-rc4-sha", "rsa1024.pem", 1, {{NEXUS}}, true, true}, /* begins in the form of SSL 2.0 */
	{"ssl3-step-up", "rsa512.pem", 1, {{LOGIN}}, false, false},
	{"tls10-rsa-aes128-sha", NULL, 1, {{LOGIN}}, false, true},
	{"tls11-rsa-aes128-sha-old", "rsa1024.pem", 1, {{LOGIN}}, false, true},
	{"gnutls-tls11-ecdhe-rc4", NULL, 1, {{NEXUS}}, true, true},
	{"tls12-ecdsa-aes128-sha256", NULL, 1, {{NEXUS}}, true, true},
	{"tls12-dhe-aes128-gcm", NULL, 1, {{NEXUS}}, false, true},
	{"tls12-rsa-aes128-ccm", "rsa1024.pem", 1, {{LOGIN}}, false, true},
	{"tls12-handshake-in-pieces", NULL, 1, {{LOGIN}}, false, true},
	{"tls12-full-records", NULL, 1, {{FULL}}, false, false},
	{"tls12-renegotiation", NULL, 1, {{LOGIN}}, false, false},
	{"tls12-resume-id-first-secret", NULL, 2, {{NEXUS}, {NEXUS}}, false, true},
	{"tls12-resume-ticket-first-secret", NULL, 2, {{NEXUS}, {NEXUS}}, false, true},
	{"tls13-chacha20", NULL, 1, {{LOGIN}}, true, true},
	{"tls13-hello-retry", NULL, 1, {{LOGIN}}, false, false},
	{"tls13-hello-in-pieces", NULL, 1, {{LOGIN}}, false, true},
	{"tls13-handshake-in-one", NULL, 1, {{LOGIN}}, false, true},
	{"tls13-key-update", NULL, 1, {{UPDATE}}, false, true},
	{"tls13-resume-psk", NULL, 2, {{NEXUS}, {NEXUS}}, false, true},
	{"tls13-early-data", NULL, 2, {{NEXUS}, {LOGIN}}, false, true},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct tls_secrets *secrets_of(const char *name, const char *key)
{
	struct tls_secrets *s = tls_secrets_new();
	char message[TLS_SECRETS_MESSAGE_MAX], file[256];
	const char *path;

	snprintf(file, sizeof(file), "%s.keylog", name);
	assert_true(key ? tls_secrets_add_private_key(s, tls_sample_path(key), NULL, &path, message) :
			  tls_secrets_add_key_log(s, tls_sample_path(file), message));
	return s;
}

static void assert_digest(const struct buffer *b, const char *wanted, const char *what)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char text[65];

	assert_int_equal(EVP_Digest(b->data ? b->data : (const uint8_t *)"", b->len, digest, NULL, EVP_sha256(), NULL), 1);
	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	if (strcmp(text, wanted) != 0)
		fail_msg("%s: %zu bytes that were not sent, or not all", what, b->len);
}

static void check(struct tls_player *p, const struct row *row, const char *how, size_t n)
{
	char what[128];

	tls_player_finish(p);
	for (unsigned i = 0; i < row->connections; i++) {
		const struct tls_played *k = &p->played[i];

		for (int side = 0; side < 2; side++) {
			snprintf(what, sizeof(what), "%s, %s %zu, connection %u, side %d", row->name, how, n, i, side);
			assert_digest(&k->plain[side], row->sides[i][side], what);
		}
		assert_int_equal(k->trouble, TLS_TROUBLE_NONE);
		assert_int_equal(k->handshakes, 1);
		assert_int_equal(k->ends, 1);
		assert_int_equal(k->failures + k->holes, 0);
	}
	tls_player_free(p);
}

static void in_pieces(void **state)
{
	static const size_t pieces[] = {SIZE_MAX, 1, 2, 7, 333};

	(void)state;
	for (size_t r = 0; r < ROWS; r++) {
		struct tls_sample s = tls_sample_read(rows[r].name);
		struct tls_secrets *secrets = secrets_of(rows[r].name, rows[r].key);

		for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
			struct tls_player p;

			tls_player_init(&p, secrets);
			for (size_t n = 0; n < s.count; n++)
				tls_player_pieces(&p, &s.steps[n], pieces[i]);
			check(&p, &rows[r], "pieces of", pieces[i]);
		}
		tls_secrets_free(secrets);
		tls_sample_free(&s);
	}
}

static void cut_once(void **state)
{
	(void)state;
	for (size_t r = 0; r < ROWS; r++) {
		if (!rows[r].cut)
			continue;
		struct tls_sample s = tls_sample_read(rows[r].name);
		struct tls_secrets *secrets = secrets_of(rows[r].name, rows[r].key);

		for (size_t cut = 1; cut < s.bytes; cut += cut < HELLOS ? 1 : 5) {
			struct tls_player p;
			size_t at = 0;

			tls_player_init(&p, secrets);
			for (size_t n = 0; n < s.count; n++) {
				size_t len = s.steps[n].data.len;

				tls_player_pieces(&p, &s.steps[n], cut > at && cut < at + len ? cut - at : len);
				at += len;
			}
			check(&p, &rows[r], "cut at", cut);
		}
		tls_secrets_free(secrets);
		tls_sample_free(&s);
	}
}

/* All of one side of a connection, then all of the other. */
static void side_after_side(void **state)
{
	(void)state;
	for (size_t r = 0; r < ROWS; r++) {
		if (!rows[r].waits)
			continue;
		struct tls_sample s = tls_sample_read(rows[r].name);
		struct tls_secrets *secrets = secrets_of(rows[r].name, rows[r].key);

		for (int first = 0; first < 2; first++) {
			struct tls_player p;

			tls_player_init(&p, secrets);
			for (unsigned turn = 0; turn < 2 * rows[r].connections; turn++)
				for (size_t n = 0; n < s.count; n++)
					if (s.steps[n].connection == turn / 2 && (s.steps[n].side ^ first) == (int)(turn % 2))
						tls_player_step(&p, &s.steps[n]);
			check(&p, &rows[r], "first all of side", (size_t)first);
		}
		tls_secrets_free(secrets);
		tls_sample_free(&s);
	}
}

/* A later connection opens with what an earlier one was opened with. */
static void sessions_learnt(void **state)
{
	static const struct {
		const char *name, *resumed;
	} resumed[] = {{"tls12-resume-id-first-secret", "session-id"}, {"tls12-resume-ticket-first-secret", "ticket"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct tls_sample s = tls_sample_read(resumed[i].name);
		struct tls_secrets *secrets = secrets_of(resumed[i].name, NULL);
		struct tls_player p;

		tls_player_init(&p, secrets);
		for (size_t n = 0; n < s.count; n++)
			tls_player_step(&p, &s.steps[n]);
		assert_string_equal(p.played[0].secret, "key log");
		assert_null(p.played[0].resumed);
		assert_string_equal(p.played[1].secret, "session");
		assert_string_equal(p.played[1].resumed, resumed[i].resumed);
		tls_player_finish(&p);
		tls_player_free(&p);

		/* Alone, it has no secret. */
		tls_player_init(&p, secrets);
		for (size_t n = 0; n < s.count; n++)
			if (s.steps[n].connection == 1)
				tls_player_step(&p, &s.steps[n]);
		tls_player_finish(&p);
		assert_int_equal(p.played[1].trouble, TLS_NO_SESSION);
		assert_int_equal(p.played[1].plain[0].len + p.played[1].plain[1].len, 0);
		tls_player_free(&p);
		tls_secrets_free(secrets);
		tls_sample_free(&s);
	}
}

/* --- limits --- */

struct limit_play {
	struct tls_sample sample;
	struct tls_secrets *secrets;
	struct tls_player player;
};

static void begin(struct limit_play *l, const char *name)
{
	l->sample = tls_sample_read(name);
	l->secrets = secrets_of(name, NULL);
	tls_player_init(&l->player, l->secrets);
}

/* All but the last piece, which says goodbye. */
static void begin_talk(struct limit_play *l, const char *name)
{
	begin(l, name);
	for (size_t i = 0; i + 1 < l->sample.count; i++)
		tls_player_step(&l->player, &l->sample.steps[i]);
}

static void end(struct limit_play *l)
{
	tls_player_finish(&l->player);
	assert_int_equal(l->player.played[0].ends, 1);
	tls_player_free(&l->player);
	tls_secrets_free(l->secrets);
	tls_sample_free(&l->sample);
}

static void repeat(struct tls_player *p, int side, struct slice data, size_t times)
{
	struct tls_step step = {0, side, data};

	for (size_t i = 0; i < times; i++)
		tls_player_step(p, &step);
}

static void gap(struct tls_player *p, int side, size_t len)
{
	struct tls_step step = {0, side, {NULL, len}};

	tls_player_step(p, &step);
}

/* Junk behind a hole is looked through to a limit, and then given up. */
static void searched(void **state)
{
	static uint8_t junk[16384];
	struct limit_play l;

	(void)state;
	begin_talk(&l, "tls12-dhe-aes128-gcm");
	gap(&l.player, 1, 100);
	memset(junk, 0x55, sizeof(junk));
	repeat(&l.player, 1, slice_of(junk, sizeof(junk)), TLS_SEARCHED_MAX / sizeof(junk) - 4);
	assert_int_equal(l.player.played[0].failures, 0);
	repeat(&l.player, 1, slice_of(junk, sizeof(junk)), 8);
	assert_int_equal(l.player.played[0].failures, 1);
	assert_int_equal(l.player.played[0].trouble, TLS_LOST_TRACK);
	end(&l);
}

/* Heads of records that are none cost what they would decrypt. */
static void guessed(void **state)
{
	static uint8_t junk[16384];
	struct limit_play l;

	(void)state;
	begin_talk(&l, "gnutls-tls11-ecdhe-rc4");
	gap(&l.player, 1, 100000);
	for (size_t i = 0; i + 5 <= sizeof(junk); i += 64)
		memcpy(junk + i, "\27\3\2\0\73", 5);
	repeat(&l.player, 1, slice_of(junk, sizeof(junk)), 4);
	assert_int_equal(l.player.played[0].failures, 1);
	assert_int_equal(l.player.played[0].trouble, TLS_LOST_TRACK);
	end(&l);
}

/* A hello that says it is 16 MB long is not kept. */
static void long_message(void **state)
{
	static uint8_t record[5 + 16384] = {22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff, 3, 3};
	struct limit_play l;

	(void)state;
	begin(&l, "tls12-dhe-aes128-gcm");
	repeat(&l.player, 0, slice_of(record, sizeof(record)), 64);
	/* What the server says to it is not waited for. */
	repeat(&l.player, 1, l.sample.steps[1].data, 1);
	tls_player_finish(&l.player);
	assert_int_equal(l.player.played[0].ends, 1);
	assert_int_equal(l.player.played[0].handshakes, 1);
	tls_player_free(&l.player);
	tls_secrets_free(l.secrets);
	tls_sample_free(&l.sample);
}

/* The client's side of a connection alone: what waits for the server is bounded, and then told to be closed. */
static void one_side(void **state)
{
	static uint8_t record[5 + 1024] = {23, 3, 3, 4, 0};

	(void)state;
	for (int side = 0; side < 2; side++) {
		struct limit_play l;

		begin(&l, "tls13-chacha20");
		for (size_t n = 0; n < l.sample.count; n++)
			if (l.sample.steps[n].side == side)
				tls_player_step(&l.player, &l.sample.steps[n]);
		repeat(&l.player, side, slice_of(record, sizeof(record)), 16);
		assert_int_equal(l.player.played[0].handshakes, 0);
		repeat(&l.player, side, slice_of(record, sizeof(record)), 128);
		assert_int_equal(l.player.played[0].handshakes, 1);
		assert_int_not_equal(l.player.played[0].trouble, TLS_TROUBLE_NONE);
		assert_int_equal(l.player.played[0].plain[side].len, 0);
		end(&l);
	}
}

/* Without what the client encrypted a private key is of no use, and what is encrypted is not taken for what is inside. */
static void lost_key_exchange(void **state)
{
	struct tls_sample s = tls_sample_read("tls11-rsa-aes128-sha-old");
	struct tls_secrets *secrets = secrets_of("", "rsa1024.pem");
	struct tls_player p;
	bool lost = false;

	(void)state;
	tls_player_init(&p, secrets);
	for (size_t n = 0; n < s.count; n++) {
		/* The client's second piece. */
		if (n > 0 && s.steps[n].side == 0 && !lost) {
			gap(&p, 0, s.steps[n].data.len);
			lost = true;
		} else {
			tls_player_step(&p, &s.steps[n]);
		}
	}
	tls_player_finish(&p);
	assert_int_equal(p.played[0].trouble, TLS_NO_HANDSHAKE);
	assert_int_equal(p.played[0].ends, 1);
	assert_int_equal(p.played[0].plain[0].len + p.played[0].plain[1].len, 0);
	tls_player_free(&p);
	tls_secrets_free(secrets);
	tls_sample_free(&s);
}

/* The flight with the client's ChangeCipherSpec is lost: its records go on where the first that can be opened is found. */
static void lost_change(void **state)
{
	static const struct {
		const char *name;
		bool whole; /* its first IV is of the key block, and the next one of the record before */
	} lost[] = {{"tls12-rc4-sha", true}, {"tls12-dhe-aes128-gcm", true}, {"tls10-small-records", false}, {"ssl3-rc4-sha", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		struct limit_play l;
		struct buffer *wanted, *got;
		struct tls_player whole;
		size_t n = 2;

		begin(&l, lost[i].name);
		tls_player_init(&whole, l.secrets);
		for (size_t k = 0; k < l.sample.count; k++)
			tls_player_step(&whole, &l.sample.steps[k]);
		wanted = &whole.played[0].plain[0];
		while (l.sample.steps[n].side != 0)
			n++;
		for (size_t k = 0; k < l.sample.count; k++)
			if (k == n)
				gap(&l.player, 0, l.sample.steps[k].data.len);
			else
				tls_player_step(&l.player, &l.sample.steps[k]);
		got = &l.player.played[0].plain[0];
		assert_true(wanted->len > 0);
		if (lost[i].whole) {
			assert_int_equal(got->len, wanted->len);
			assert_memory_equal(got->data, wanted->data, wanted->len);
		} else {
			assert_true(got->len > 100);
			assert_memory_equal(got->data, "[?]", 3);
			assert_memory_equal(got->data + 3, wanted->data + wanted->len - (got->len - 3), got->len - 3);
			assert_int_equal(l.player.played[0].holes, 1);
		}
		assert_int_equal(l.player.played[0].failures, 0);
		tls_player_finish(&whole);
		tls_player_free(&whole);
		end(&l);
	}
}

/* Records whose authentication fails are holes; after some in a row the side is given up. */
static void bad_records(void **state)
{
	static uint8_t record[5 + 100] = {23, 3, 3, 0, 100};
	struct limit_play l;

	(void)state;
	begin_talk(&l, "tls12-dhe-aes128-gcm");
	repeat(&l.player, 1, slice_of(record, sizeof(record)), 40);
	assert_int_equal(l.player.played[0].failures, 1);
	assert_int_equal(l.player.played[0].trouble, TLS_BAD_RECORD);
	/* 100 bytes less the explicit nonce of 8 and the tag of 16. */
	const struct buffer *b = &l.player.played[0].plain[1];
	assert_true(b->len >= 16 * 4);
	assert_memory_equal(b->data + b->len - 16 * 4, "[76][76][76][76][76][76][76][76][76][76][76][76][76][76][76][76]", 16 * 4);
	assert_true(b->len == 16 * 4 || b->data[b->len - 16 * 4 - 1] != ']');
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_pieces),   cmocka_unit_test(cut_once),     cmocka_unit_test(side_after_side),
		cmocka_unit_test(sessions_learnt), cmocka_unit_test(searched), cmocka_unit_test(guessed),
		cmocka_unit_test(long_message), cmocka_unit_test(one_side),    cmocka_unit_test(lost_key_exchange), cmocka_unit_test(lost_change), cmocka_unit_test(bad_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
