/* SPDX-License-Identifier: BSD-2-Clause */
/* What is shown of TLS connections: handshake messages in, fields, findings and summaries out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "dissectors/msn_hosts.h"
#include "dissectors/tls.h"
#include "tree.h"
#include "util/tls_message.h"

#define BYTES(text) slice_of(text, sizeof(text) - 1)
#define RANDOM "0123456789abcdefghijklmnopqrstuv"

/* Offers two suites, the second not known, and asks for a host; h2 and http/1.1 inside. */
#define CLIENT_HEAD "\3\3" RANDOM "\0" "\0\4\0\57\x99\x99" "\1\0"
#define CLIENT CLIENT_HEAD "\0\51" "\0\0\0\23\0\21\0\0\16login.live.com" "\0\20\0\16\0\14\2h2\10http/1.1"
#define ANONYMOUS_CLIENT CLIENT_HEAD
#define SERVER "\3\1" RANDOM "\3sid\0\57\0"
#define SERVER_13 "\3\3" RANDOM "\0\x13\1\0" "\0\6\0\53\0\2\3\4"
#define EXTENSIONS_13 "\0\11\0\20\0\5\0\3\2h2"

struct show {
	struct arena arena;
	struct dissection d;
	struct buffer payload, tree;
};

static void add_message(struct buffer *b, uint8_t type, struct slice body)
{
	buffer_add_byte(b, type);
	buffer_add_byte(b, (uint8_t)(body.len >> 16));
	buffer_add_byte(b, (uint8_t)(body.len >> 8));
	buffer_add_byte(b, (uint8_t)body.len);
	buffer_add_slice(b, body);
}

/* A Certificate message with one certificate. */
static void add_certificate(struct buffer *b, struct slice der, bool tls13)
{
	struct buffer body = {.data = NULL};
	size_t list = der.len + 3 + (tls13 ? 2 : 0);

	if (tls13)
		buffer_add_byte(&body, 0);
	buffer_add(&body, (const uint8_t[]){(uint8_t)(list >> 16), (uint8_t)(list >> 8), (uint8_t)list}, 3);
	buffer_add(&body, (const uint8_t[]){(uint8_t)(der.len >> 16), (uint8_t)(der.len >> 8), (uint8_t)der.len}, 3);
	buffer_add_slice(&body, der);
	if (tls13)
		buffer_add(&body, "\0", 2);
	add_message(b, TLS_CERTIFICATE, buffer_slice(&body));
	buffer_free(&body);
}

/* names: as X509V3_EXT_conf_nid takes them, or NULL. */
static struct buffer make_certificate(const char *common_name, const char *names)
{
	struct buffer out = {.data = NULL};
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
	unsigned char *der = NULL;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"M\303\274ller, Inc", -1, -1, 0);
	X509_set_version(x, X509_VERSION_3);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, name);
	assert_int_equal(ASN1_TIME_set_string_X509(from, "20090601000000Z"), 1);
	assert_int_equal(ASN1_TIME_set_string_X509(until, "20491231235959Z"), 1);
	X509_set1_notBefore(x, from);
	X509_set1_notAfter(x, until);
	X509_set_pubkey(x, key);
	if (names) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);

		assert_non_null(e);
		X509_add_ext(x, e, -1);
		X509_EXTENSION_free(e);
	}
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	int len = i2d_X509(x, &der);
	buffer_add(&out, der, (size_t)len);
	OPENSSL_free(der);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	X509_NAME_free(name);
	X509_free(x);
	EVP_PKEY_free(key);
	return out;
}

/* Dissects the payload, in memory of its own. */
static void dissect(struct show *s, const struct tls_facts *f)
{
	arena_init(&s->arena);
	dissection_init(&s->d, &s->arena, SLICE_EMPTY, buffer_slice(&s->payload));
	tls_dissect(&s->d, f);
	tree_check(&s->d);
	s->tree.len = 0;
	tree_write(&s->d, &s->tree);
	buffer_add_byte(&s->tree, '\0');
}

static void done(struct show *s)
{
	arena_free(&s->arena);
	buffer_free(&s->payload);
	buffer_free(&s->tree);
}

/* Takes the payload. */
static void expect(struct buffer *payload, struct tls_facts f, const char *tree, const char *summary)
{
	struct show s = {.payload = *payload};

	dissect(&s, &f);
	assert_string_equal((const char *)s.tree.data, tree);
	assert_int_equal(s.d.summary.len, strlen(summary));
	assert_memory_equal(s.d.summary.ptr, summary, s.d.summary.len);
	done(&s);
	*payload = (struct buffer){.data = NULL};
}

static void handshakes(void **state)
{
	struct buffer p = {.data = NULL};

	(void)state;
	add_message(&p, TLS_CLIENT_HELLO, BYTES(CLIENT));
	add_message(&p, TLS_SERVER_HELLO, BYTES(SERVER));
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT, .decrypted = true, .secret = "key log", .resumed = "session-id"},
	       "tls.offered_version=\"TLS 1.2\" tls.client_random=32 tls.offered_suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\" "
	       "tls.offered_suite=\"0x9999\" tls.server_name=\"login.live.com\" tls.offered_protocol=\"h2\" "
	       "tls.offered_protocol=\"http/1.1\" tls.version=\"TLS 1.0\" tls.server_random=32 tls.session_id=3 "
	       "tls.suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\" tls.service=\"sign-in\" tls.resumed=\"session-id\" tls.decrypted=1 "
	       "tls.secret=\"key log\"",
	       "login.live.com: sign-in, TLS 1.0, TLS_RSA_WITH_AES_128_CBC_SHA, resumed by session-id");
	add_message(&p, TLS_CLIENT_HELLO, BYTES(ANONYMOUS_CLIENT));
	add_message(&p, TLS_SERVER_HELLO, BYTES(SERVER_13));
	add_message(&p, TLS_ENCRYPTED_EXTENSIONS, BYTES(EXTENSIONS_13));
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_TLS_NOT_DECRYPTED, .trouble = "why", .early_data = "accepted",
				      .client_certificate = true, .target = "nexus.passport.com:443"},
	       "tls.offered_version=\"TLS 1.2\" tls.client_random=32 tls.offered_suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\" "
	       "tls.offered_suite=\"0x9999\" tls.version=\"TLS 1.3\" tls.server_random=32 tls.suite=\"TLS_AES_128_GCM_SHA256\" "
	       "tls.protocol=\"h2\" tls.service=\"Passport nexus\" tls.early_data=\"accepted\" tls.client_certificate=1 "
	       "tls.decrypted=0 tls.trouble=\"why\" !tls.not_decrypted",
	       "nexus.passport.com:443: Passport nexus, TLS 1.3, TLS_AES_128_GCM_SHA256, early data accepted, not decrypted: why");
	add_message(&p, TLS_CLIENT_HELLO, BYTES(CLIENT));
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT},
	       "tls.offered_version=\"TLS 1.2\" tls.client_random=32 tls.offered_suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\" "
	       "tls.offered_suite=\"0x9999\" tls.server_name=\"login.live.com\" tls.offered_protocol=\"h2\" "
	       "tls.offered_protocol=\"http/1.1\" tls.service=\"sign-in\" tls.decrypted=0",
	       "login.live.com: sign-in, not answered");
}

static void ssl2(void **state)
{
	static const char hello[] = "\1\3\0\0\6\0\0\0\20" "\1\0\200" "\0\0\4" "0123456789abcdef";
	struct buffer p = {.data = NULL};

	(void)state;
	buffer_add_slice(&p, BYTES(hello));
	add_message(&p, TLS_SERVER_HELLO, BYTES("\3\0" RANDOM "\0\0\4\0"));
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT, .ssl2_length = sizeof(hello) - 1},
	       "tls.offered_version=\"SSL 3.0\" tls.client_random=16 tls.offered_suite=\"SSL 2.0 0x010080\" "
	       "tls.offered_suite=\"TLS_RSA_WITH_RC4_128_MD5\" tls.version=\"SSL 3.0\" tls.server_random=32 "
	       "tls.suite=\"TLS_RSA_WITH_RC4_128_MD5\" tls.decrypted=0",
	       "SSL 3.0, TLS_RSA_WITH_RC4_128_MD5");
}

#define CERTIFICATE(names) \
	"tls.certificate{tls.certificate_subject=\"O=M\303\274ller\\, Inc,CN=shop.example\" " \
	"tls.certificate_issuer=\"O=M\303\274ller\\, Inc,CN=shop.example\" tls.certificate_from=\"2009-06-01T00:00:00Z\" " \
	"tls.certificate_until=\"2049-12-31T23:59:59Z\" " names "}"
#define SERVER_FIELDS "tls.version=\"TLS 1.0\" tls.server_random=32 tls.session_id=3 tls.suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\" "

static void certificates(void **state)
{
	struct buffer der = make_certificate("shop.example", "DNS:other.example,DNS:*.login.live.com,IP:192.0.2.1"), p = {.data = NULL};

	(void)state;
	add_message(&p, TLS_SERVER_HELLO, BYTES(SERVER));
	add_certificate(&p, buffer_slice(&der), false);
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT},
	       SERVER_FIELDS CERTIFICATE("tls.certificate_name=\"other.example\" tls.certificate_name=\"*.login.live.com\" "
					 "tls.certificate_name=\"shop.example\"")
	       " tls.service=\"sign-in\" tls.decrypted=0",
	       "sign-in, TLS 1.0, TLS_RSA_WITH_AES_128_CBC_SHA, certificate O=M\303\274ller\\, Inc,CN=shop.example");
	/* A name that the client asked for counts more, even one that is not known. */
	add_message(&p, TLS_CLIENT_HELLO, BYTES(CLIENT_HEAD "\0\14" "\0\0\0\10\0\6\0\0\3b.c"));
	add_message(&p, TLS_SERVER_HELLO, BYTES(SERVER_13));
	add_certificate(&p, buffer_slice(&der), true);
	assert_null(tls_service(buffer_slice(&p), 0, NULL));
	assert_string_equal(tls_service(buffer_slice(&p), 0, "contacts.msn.com:443"), "address book");
	struct show s = {.payload = p};
	dissect(&s, &(struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT});
	assert_non_null(strstr((const char *)s.tree.data, "tls.certificate_name=\"*.login.live.com\""));
	assert_null(strstr((const char *)s.tree.data, "tls.service"));
	done(&s);
	buffer_free(&der);
}

/* The range of each part is where it is. */
static void ranges(void **state)
{
	struct buffer der = make_certificate("login.live.com", NULL);
	struct show s = {.payload = {.data = NULL}};

	(void)state;
	add_message(&s.payload, TLS_CLIENT_HELLO, BYTES(CLIENT));
	add_message(&s.payload, TLS_SERVER_HELLO, BYTES(SERVER));
	add_certificate(&s.payload, buffer_slice(&der), false);
	size_t client = 4, server = 4 + sizeof(CLIENT) - 1 + 4, certificate = server + sizeof(SERVER) - 1 + 4 + 6;
	dissect(&s, &(struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT});
	const struct {
		enum field_id id;
		size_t offset, length;
	} wanted[] = {
		{F_TLS_OFFERED_VERSION, client, 2},      {F_TLS_CLIENT_RANDOM, client + 2, 32}, {F_TLS_OFFERED_SUITE, client + 37, 2},
		{F_TLS_SERVER_NAME, client + 54, 14},    {F_TLS_OFFERED_ALPN, client + 75, 2},  {F_TLS_VERSION, server, 2},
		{F_TLS_SERVER_RANDOM, server + 2, 32},   {F_TLS_SESSION_ID, server + 35, 3},    {F_TLS_SUITE, server + 38, 2},
		{F_TLS_CERTIFICATE, certificate, der.len},
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct field *f = s.d.root.first;

		while (f && f->def != &field_defs[wanted[i].id])
			f = f->next;
		assert_non_null(f);
		assert_int_equal(f->offset, wanted[i].offset);
		assert_int_equal(f->length, wanted[i].length);
	}
	done(&s);
	buffer_free(&der);
}

static void broken_certificate(void **state)
{
	struct buffer der = make_certificate("login.live.com", NULL), p = {.data = NULL};

	(void)state;
	add_message(&p, TLS_SERVER_HELLO, BYTES(SERVER));
	add_certificate(&p, BYTES("no certificate"), false);
	expect(&p, (struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT},
	       SERVER_FIELDS "tls.certificate tls.decrypted=0 !tls.bad_certificate", "TLS 1.0, TLS_RSA_WITH_AES_128_CBC_SHA");
	for (size_t len = 0; len < der.len; len++) {
		struct show s = {.payload = {.data = NULL}};

		add_message(&s.payload, TLS_SERVER_HELLO, BYTES(SERVER));
		add_certificate(&s.payload, slice_sub(buffer_slice(&der), 0, len), false);
		dissect(&s, &(struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT});
		assert_int_equal(strstr((const char *)s.tree.data, "!tls.bad_certificate") != NULL, len > 0);
		done(&s);
	}
	buffer_free(&der);
}

/* Messages cut at every byte. */
static void cuts(void **state)
{
	struct buffer der = make_certificate("login.live.com", NULL), whole = {.data = NULL};

	(void)state;
	add_message(&whole, TLS_CLIENT_HELLO, BYTES(CLIENT));
	add_message(&whole, TLS_SERVER_HELLO, BYTES(SERVER_13));
	add_message(&whole, TLS_ENCRYPTED_EXTENSIONS, BYTES(EXTENSIONS_13));
	add_certificate(&whole, buffer_slice(&der), true);
	for (size_t len = 0; len <= whole.len; len++) {
		struct show s = {.payload = {.data = malloc(len ? len : 1), .len = len, .capacity = len ? len : 1}};

		memcpy(s.payload.data, whole.data, len);
		dissect(&s, &(struct tls_facts){.event = TLS_EVENT_HANDSHAKE, .rule = RULE_COUNT});
		done(&s);
	}
	buffer_free(&whole);
	buffer_free(&der);
}

static void other_events(void **state)
{
	struct buffer p = {.data = NULL};

	(void)state;
	expect(&p, (struct tls_facts){.event = TLS_EVENT_FAILED, .decrypted = true, .trouble = "a record fails", .rule = RULE_TLS_BAD_RECORD},
	       "tls.decrypted=1 tls.trouble=\"a record fails\" !tls.bad_record", "a record fails");
	expect(&p, (struct tls_facts){.event = TLS_EVENT_LOST, .rule = RULE_COUNT, .decrypted = true, .lost = {0, 1500}, .knows_inside = true, .inside = 1400},
	       "tls.decrypted=1 tls.lost_from_server=1500 tls.lost_inside=1400 !tls.lost",
	       "1500 bytes of records of the server are missing, 1400 bytes of what is inside");
	expect(&p, (struct tls_facts){.event = TLS_EVENT_LOST, .rule = RULE_COUNT, .decrypted = true, .lost = {7, 0}},
	       "tls.decrypted=1 tls.lost_from_client=7 !tls.lost", "7 bytes of records of the client are missing");
	expect(&p, (struct tls_facts){.event = TLS_EVENT_CLOSED, .rule = RULE_COUNT, .bytes = {10, 0}, .lost = {0, 5}, .handshakes = 2, .key_updates = 1,
				      .has_alert = true, .alert = 40},
	       "tls.handshakes=2 tls.key_updates=1 tls.decrypted=0 tls.bytes_from_client=10 tls.bytes_from_server=0 tls.lost_from_server=5 "
	       "tls.alert=\"handshake failure\" tls.alert_from=\"server\" !tls.alert",
	       "10 bytes from the client, 0 from the server, 2 handshakes, 1 key update");
	expect(&p, (struct tls_facts){.event = TLS_EVENT_CLOSED, .rule = RULE_COUNT, .handshakes = 1, .has_alert = true, .alert = 200, .alert_from_client = true},
	       "tls.decrypted=0 tls.bytes_from_client=0 tls.bytes_from_server=0 tls.alert=\"200\" tls.alert_from=\"client\" !tls.alert",
	       "0 bytes from the client, 0 from the server");
}

/* Numbers and names of RFC 8446, 6, and of the registry of IANA. */
static void alerts(void **state)
{
	(void)state;
	assert_string_equal(tls_alert_name(0), "close notify");
	assert_string_equal(tls_alert_name(20), "bad record MAC");
	assert_string_equal(tls_alert_name(42), "bad certificate");
	assert_string_equal(tls_alert_name(48), "unknown CA");
	assert_string_equal(tls_alert_name(70), "protocol version");
	assert_string_equal(tls_alert_name(112), "unrecognized name");
	assert_string_equal(tls_alert_name(116), "certificate required");
	assert_string_equal(tls_alert_name(120), "no application protocol");
	assert_null(tls_alert_name(1));
	assert_null(tls_alert_name(255));
}

static void hosts(void **state)
{
	static const struct {
		const char *host, *purpose;
	} rows[] = {
		{"login.live.com", "sign-in"},       {"LOGIN.live.COM", "sign-in"},          {"*.login.live.com", "sign-in"},
		{"x.login.live.com", "sign-in"},     {"xlogin.live.com", NULL},              {"live.com", NULL},
		{"*.live.com", NULL},                {"nexus.passport.com", "Passport nexus"}, {"other.passport.com", "Passport"},
		{"passport.com.example", NULL},      {"contacts.msn.com", "address book"},   {"by1.contacts.msn.com", "address book"},
		{"", NULL},                          {"*.", NULL},                           {"*", NULL},
		{".passport.com", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *purpose = msn_host_purpose(slice_str(rows[i].host));

		if (!purpose != !rows[i].purpose || (purpose && strcmp(purpose, rows[i].purpose) != 0))
			fail_msg("%s is for %s", rows[i].host, purpose ? purpose : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshakes), cmocka_unit_test(ssl2), cmocka_unit_test(certificates), cmocka_unit_test(ranges),
		cmocka_unit_test(broken_certificate), cmocka_unit_test(cuts), cmocka_unit_test(other_events), cmocka_unit_test(alerts),
		cmocka_unit_test(hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
