/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/tls.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "dissectors/msn_hosts.h"
#include "util/reader.h"
#include "util/tls_message.h"
#include "util/tls_suite.h"

/* Names of certificates that are looked at when the service is looked for. */
#define HOSTS_TRIED 64u

static const struct {
	uint8_t description;
	const char *name;
} alerts[] = {
	{0, "close notify"},
	{10, "unexpected message"},
	{20, "bad record MAC"},
	{21, "decryption failed"},
	{22, "record overflow"},
	{30, "decompression failure"},
	{40, "handshake failure"},
	{41, "no certificate"},
	{42, "bad certificate"},
	{43, "unsupported certificate"},
	{44, "certificate revoked"},
	{45, "certificate expired"},
	{46, "certificate unknown"},
	{47, "illegal parameter"},
	{48, "unknown CA"},
	{49, "access denied"},
	{50, "decode error"},
	{51, "decrypt error"},
	{60, "export restriction"},
	{70, "protocol version"},
	{71, "insufficient security"},
	{80, "internal error"},
	{86, "inappropriate fallback"},
	{90, "user canceled"},
	{100, "no renegotiation"},
	{109, "missing extension"},
	{110, "unsupported extension"},
	{112, "unrecognized name"},
	{113, "bad certificate status response"},
	{115, "unknown PSK identity"},
	{116, "certificate required"},
	{120, "no application protocol"},
};

const char *tls_alert_name(uint8_t description)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].description == description)
			return alerts[i].name;
	return NULL;
}

/* What was read out of the payload. */
struct hellos {
	bool has_client, has_server;
	struct tls_hello client, server;
	struct slice protocol;    /* of EncryptedExtensions */
	struct slice certificate; /* DER */
};

static struct hellos read_hellos(struct slice payload, size_t ssl2_length)
{
	struct hellos h = {.has_client = false};
	struct slice run = slice_sub(payload, ssl2_length, payload.len), body;
	struct tls_hello extensions;
	uint8_t type;

	if (ssl2_length)
		h.has_client = tls_client_hello_ssl2(slice_sub(payload, 0, ssl2_length), &h.client);
	while (tls_next_message(&run, &type, &body)) {
		switch (type) {
		case TLS_CLIENT_HELLO:
			h.has_client = tls_client_hello(body, &h.client);
			break;
		case TLS_SERVER_HELLO:
			h.has_server = tls_server_hello(body, &h.server);
			break;
		case TLS_ENCRYPTED_EXTENSIONS:
			tls_encrypted_extensions(body, &extensions);
			h.protocol = extensions.alpn;
			break;
		case TLS_CERTIFICATE:
			h.certificate = tls_first_certificate(body, h.has_server && h.server.version == TLS_1_3);
			break;
		default:
			break;
		}
	}
	return h;
}

/* --- certificates --- */

static X509 *parse_certificate(struct slice der)
{
	const unsigned char *at = der.ptr;
	X509 *x = der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;

	ERR_clear_error();
	return x;
}

/* Calls visit with the hosts it is for, the common name last, until that returns false. */
static void each_host(X509 *x, bool (*visit)(void *ctx, struct slice host), void *ctx)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool go_on = true;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && go_on; i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);

		if (n->type == GEN_DNS)
			go_on = visit(ctx, slice_of(ASN1_STRING_get0_data(n->d.dNSName), (size_t)ASN1_STRING_length(n->d.dNSName)));
	}
	GENERAL_NAMES_free(names);
	int at = X509_NAME_get_index_by_NID(X509_get_subject_name(x), NID_commonName, -1);
	if (at < 0 || !go_on)
		return;
	const ASN1_STRING *cn = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(X509_get_subject_name(x), at));
	visit(ctx, slice_of(ASN1_STRING_get0_data(cn), (size_t)ASN1_STRING_length(cn)));
}

struct search {
	const char *purpose;
	unsigned tried;
};

static bool look_at_host(void *ctx, struct slice host)
{
	struct search *s = ctx;

	s->purpose = msn_host_purpose(host);
	return !s->purpose && ++s->tried < HOSTS_TRIED;
}

static const char *service_of(const struct hellos *h, X509 *x, const char *target)
{
	struct search s = {NULL, 0};
	struct slice host = slice_str(target);

	if (h->has_client && h->client.server_name.len)
		s.purpose = msn_host_purpose(h->client.server_name);
	else if (x)
		each_host(x, look_at_host, &s);
	if (!s.purpose && target)
		s.purpose = msn_host_purpose(slice_sub(host, 0, slice_find_byte(host, ':')));
	return s.purpose;
}

const char *tls_service(struct slice payload, size_t ssl2_length, const char *target)
{
	struct hellos h = read_hellos(payload, ssl2_length);
	X509 *x = parse_certificate(h.certificate);
	const char *purpose = service_of(&h, x, target);

	X509_free(x);
	return purpose;
}

/* The name in the form of RFC 2253, in UTF-8. */
static struct slice name_text(struct dissection *d, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct slice text = SLICE_EMPTY;
	char *data;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		long len = BIO_get_mem_data(bio, &data);

		text = arena_copy(d->arena, slice_sub(slice_of(data, len > 0 ? (size_t)len : 0), 0, TLS_NAME_SHOWN));
	}
	BIO_free(bio);
	return text;
}

static void add_time(struct dissection *d, struct field *parent, enum field_id id, const ASN1_TIME *t, struct slice der,
		     size_t offset)
{
	char text[32];
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) == 1 && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		field_add_text(d, parent, id, arena_copy(d->arena, slice_str(text)), SOURCE_PAYLOAD, offset, der.len);
}

struct naming {
	struct dissection *d;
	struct field *parent;
	struct slice der;
	size_t offset;
	unsigned count;
};

static bool add_host(void *ctx, struct slice host)
{
	struct naming *n = ctx;

	field_add_text(n->d, n->parent, F_TLS_CERTIFICATE_NAME, arena_copy(n->d->arena, slice_sub(host, 0, TLS_NAME_SHOWN)),
		       SOURCE_PAYLOAD, n->offset, n->der.len);
	return ++n->count < TLS_HOSTS_SHOWN;
}

static size_t offset_of(const struct dissection *d, struct slice part)
{
	return part.len ? (size_t)(part.ptr - d->sources[SOURCE_PAYLOAD].data.ptr) : 0;
}

/* Its values are taken out of DER by OpenSSL, which does not say where they were: each has the range of the whole. */
static void add_certificate(struct dissection *d, struct slice der, X509 *x)
{
	size_t offset = offset_of(d, der);
	struct field *parent = field_add(d, &d->root, F_TLS_CERTIFICATE, SOURCE_PAYLOAD, offset, der.len);
	struct naming naming = {d, parent, der, offset, 0};

	if (!x) {
		finding_add(d, RULE_TLS_BAD_CERTIFICATE, parent, "the certificate cannot be read");
		return;
	}
	field_add_text(d, parent, F_TLS_CERTIFICATE_SUBJECT, name_text(d, X509_get_subject_name(x)), SOURCE_PAYLOAD, offset, der.len);
	field_add_text(d, parent, F_TLS_CERTIFICATE_ISSUER, name_text(d, X509_get_issuer_name(x)), SOURCE_PAYLOAD, offset, der.len);
	add_time(d, parent, F_TLS_CERTIFICATE_FROM, X509_get0_notBefore(x), der, offset);
	add_time(d, parent, F_TLS_CERTIFICATE_UNTIL, X509_get0_notAfter(x), der, offset);
	each_host(x, add_host, &naming);
}

/* --- hellos --- */

static void add_bytes(struct dissection *d, enum field_id id, struct slice part)
{
	if (part.len)
		field_add_range(d, &d->root, id, SOURCE_PAYLOAD, offset_of(d, part), part.len);
}

static void add_version(struct dissection *d, enum field_id id, const struct tls_hello *h)
{
	const char *name = tls_version_name(h->version);
	struct slice text = name ? slice_str(name) : arena_printf(d->arena, "0x%04x", h->version);

	field_add_text(d, &d->root, id, text, SOURCE_PAYLOAD, offset_of(d, h->version_at), h->version_at.len);
}

static struct slice suite_name(struct dissection *d, uint16_t number)
{
	const struct tls_suite *suite = tls_suite_find(number);

	return suite ? slice_str(suite->name) : arena_printf(d->arena, "0x%04x", number);
}

static void add_offered_suites(struct dissection *d, const struct tls_hello *h)
{
	size_t size = h->ssl2 ? 3 : 2;

	for (size_t i = 0; i < h->suites.len / size && i < TLS_SUITES_SHOWN; i++) {
		struct slice at = slice_sub(h->suites, i * size, size);
		struct reader r = reader_over(at);
		/* In an SSL 2.0 hello those of SSL 3.0 and later have a zero in front. */
		uint8_t kind = h->ssl2 ? reader_u8(&r) : 0;
		uint16_t number = reader_be16(&r);
		struct slice name = kind ? arena_printf(d->arena, "SSL 2.0 0x%02x%04x", kind, number) : suite_name(d, number);

		field_add_text(d, &d->root, F_TLS_OFFERED_SUITE, name, SOURCE_PAYLOAD, offset_of(d, at), size);
	}
}

static void add_offered_protocols(struct dissection *d, struct slice list)
{
	struct reader r = reader_over(list);

	while (reader_left(&r)) {
		struct slice name = reader_bytes(&r, reader_u8(&r));

		if (name.len)
			add_bytes(d, F_TLS_OFFERED_ALPN, name);
	}
}

static void add_client(struct dissection *d, const struct tls_hello *h)
{
	add_version(d, F_TLS_OFFERED_VERSION, h);
	add_bytes(d, F_TLS_CLIENT_RANDOM, h->random_at);
	add_offered_suites(d, h);
	add_bytes(d, F_TLS_SERVER_NAME, h->server_name);
	add_offered_protocols(d, h->alpn);
}

static void add_server(struct dissection *d, const struct hellos *h)
{
	struct reader suite = reader_over(h->server.suites);
	struct slice protocol = h->protocol.len ? h->protocol : h->server.alpn;

	add_version(d, F_TLS_VERSION, &h->server);
	add_bytes(d, F_TLS_SERVER_RANDOM, h->server.random_at);
	add_bytes(d, F_TLS_SESSION_ID, h->server.session_id);
	field_add_text(d, &d->root, F_TLS_SUITE, suite_name(d, reader_be16(&suite)), SOURCE_PAYLOAD,
		       offset_of(d, h->server.suites), h->server.suites.len);
	add_bytes(d, F_TLS_ALPN, protocol);
}

/* --- what came of it --- */

static void add_text(struct dissection *d, enum field_id id, const char *text)
{
	if (text)
		field_add_text(d, &d->root, id, slice_str(text), SOURCE_PAYLOAD, 0, 0);
}

static void add_count(struct dissection *d, enum field_id id, uint64_t n, uint64_t least)
{
	if (n >= least)
		field_add_number(d, &d->root, id, n, SOURCE_PAYLOAD, 0, 0);
}

static void add_alert(struct dissection *d, const struct tls_facts *f)
{
	const char *name = tls_alert_name(f->alert), *from = f->alert_from_client ? "client" : "server";
	struct slice text = name ? slice_str(name) : arena_printf(d->arena, "%u", f->alert);

	if (!f->has_alert)
		return;
	struct field *field = field_add_text(d, &d->root, F_TLS_ALERT, text, SOURCE_PAYLOAD, 0, 0);
	add_text(d, F_TLS_ALERT_FROM, from);
	finding_add(d, RULE_TLS_ALERT, field, "the %s gave up: %.*s", from, SLICE_ARG(text));
}

static void add_facts(struct dissection *d, const struct tls_facts *f)
{
	add_text(d, F_TLS_RESUMED, f->resumed);
	add_text(d, F_TLS_EARLY_DATA, f->early_data);
	add_count(d, F_TLS_COMPRESSED, f->compressed, 1);
	add_count(d, F_TLS_CLIENT_CERTIFICATE, f->client_certificate, 1);
	add_count(d, F_TLS_HANDSHAKES, f->handshakes, 2);
	add_count(d, F_TLS_KEY_UPDATES, f->key_updates, 1);
	add_count(d, F_TLS_DECRYPTED, f->decrypted, 0);
	add_text(d, F_TLS_SECRET, f->secret);
	add_text(d, F_TLS_TROUBLE, f->trouble);
	if (f->event == TLS_EVENT_CLOSED) {
		add_count(d, F_TLS_BYTES_CLIENT, f->bytes[0], 0);
		add_count(d, F_TLS_BYTES_SERVER, f->bytes[1], 0);
	}
	add_count(d, F_TLS_LOST_CLIENT, f->lost[0], 1);
	add_count(d, F_TLS_LOST_SERVER, f->lost[1], 1);
	if (f->knows_inside)
		add_count(d, F_TLS_LOST_INSIDE, f->inside, 0);
	add_alert(d, f);
	if (f->trouble && f->rule != RULE_COUNT)
		finding_add(d, f->rule, NULL, "%s", f->trouble);
}

static void summarise_handshake(struct dissection *d, const struct hellos *h, const struct tls_facts *f, const char *service,
				X509 *x)
{
	struct slice host = h->has_client && h->client.server_name.len ? h->client.server_name : slice_str(f->target);

	dissection_summarise(d, "%.*s%s%s", SLICE_ARG(host), host.len && service ? ": " : "", service ? service : "");
	if (h->has_server) {
		struct reader r = reader_over(h->server.suites);
		struct slice suite = suite_name(d, reader_be16(&r));
		const char *version = tls_version_name(h->server.version);

		dissection_summary_add(d, "%s", version ? version : "unknown version");
		dissection_summary_add(d, "%.*s", SLICE_ARG(suite));
	} else {
		dissection_summary_add(d, "not answered");
	}
	if (x) {
		struct slice subject = name_text(d, X509_get_subject_name(x));

		dissection_summary_add(d, "certificate %.*s", SLICE_ARG(subject));
	}
	if (f->resumed)
		dissection_summary_add(d, "resumed by %s", f->resumed);
	if (f->early_data)
		dissection_summary_add(d, "early data %s", f->early_data);
}

static void summarise_lost(struct dissection *d, const struct tls_facts *f)
{
	const char *from = f->lost[0] ? "client" : "server";

	dissection_summarise(d, "%" PRIu64 " bytes of records of the %s are missing", f->lost[0] ? f->lost[0] : f->lost[1], from);
	if (f->knows_inside)
		dissection_summary_add(d, "%" PRIu64 " bytes of what is inside", f->inside);
	finding_add(d, RULE_TLS_LOST, NULL, "%.*s", SLICE_ARG(d->summary));
}

void tls_dissect(struct dissection *d, const struct tls_facts *f)
{
	struct hellos h = read_hellos(d->sources[SOURCE_PAYLOAD].data, f->ssl2_length);
	X509 *x = parse_certificate(h.certificate);

	if (h.has_client)
		add_client(d, &h.client);
	if (h.has_server)
		add_server(d, &h);
	if (h.certificate.len)
		add_certificate(d, h.certificate, x);
	if (f->event == TLS_EVENT_HANDSHAKE) {
		const char *service = service_of(&h, x, f->target);

		add_text(d, F_TLS_SERVICE, service);
		summarise_handshake(d, &h, f, service, x);
	} else if (f->event == TLS_EVENT_CLOSED) {
		dissection_summarise(d, "%" PRIu64 " bytes from the client, %" PRIu64 " from the server", f->bytes[0], f->bytes[1]);
		if (f->handshakes > 1)
			dissection_summary_add(d, "%u handshakes", f->handshakes);
		if (f->key_updates)
			dissection_summary_add(d, "%u key update%s", f->key_updates, f->key_updates == 1 ? "" : "s");
	}
	X509_free(x);
	if (f->event == TLS_EVENT_LOST)
		summarise_lost(d, f);
	add_facts(d, f);
	if (f->trouble)
		dissection_summary_add(d, "%s%s", f->decrypted ? "" : "not decrypted: ", f->trouble);
}
