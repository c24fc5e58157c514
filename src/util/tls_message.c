/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/tls_message.h"

#include "util/reader.h"

enum extension {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_ALPN = 16,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_EXTENDED_MASTER_SECRET = 23,
	EXTENSION_SESSION_TICKET = 35,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_EARLY_DATA = 42,
	EXTENSION_SUPPORTED_VERSIONS = 43,
};

/* Random of a ServerHello that is a HelloRetryRequest: SHA-256 of that word (RFC 8446, 4.1.3). */
static const uint8_t retry_random[TLS_RANDOM_BYTES] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static struct slice bytes_8(struct reader *r)
{
	return reader_bytes(r, reader_u8(r));
}

static struct slice bytes_16(struct reader *r)
{
	return reader_bytes(r, reader_be16(r));
}

static size_t be24(struct reader *r)
{
	size_t high = reader_u8(r);

	return high << 16 | reader_be16(r);
}

/* The host_name entry of the list (RFC 6066, 3). */
static struct slice server_name(struct slice data)
{
	struct reader outer = reader_over(data);
	struct reader list = reader_over(bytes_16(&outer));

	while (reader_left(&list)) {
		uint8_t type = reader_u8(&list);
		struct slice name = bytes_16(&list);

		if (type == 0)
			return name;
	}
	return SLICE_EMPTY;
}

/* Values of no meaning that clients mix in (RFC 8701) are larger than any version. */
static void supported_versions(struct tls_hello *out, bool client, struct slice data)
{
	struct reader r = reader_over(data);
	struct slice list = client ? bytes_8(&r) : data;
	struct reader versions = reader_over(list);
	uint16_t highest = 0;

	while (reader_left(&versions) >= 2) {
		uint16_t version = reader_be16(&versions);

		if (version > highest && version <= TLS_1_3)
			highest = version;
	}
	if (!highest)
		return;
	out->version = highest;
	out->version_at = list;
}

static void pre_shared_key(struct tls_hello *out, bool client, struct slice data)
{
	struct reader outer = reader_over(data);

	out->has_psk = true;
	if (!client)
		return;
	struct reader identities = reader_over(bytes_16(&outer));
	out->psk_identity = bytes_16(&identities);
}

static void extension(struct tls_hello *out, bool client, unsigned type, struct slice data)
{
	struct reader r = reader_over(data);

	switch (type) {
	case EXTENSION_SERVER_NAME:
		out->server_name = server_name(data);
		break;
	case EXTENSION_ALPN:
		out->alpn = bytes_16(&r);
		if (!client)
			out->alpn = slice_sub(out->alpn, 1, out->alpn.len);
		break;
	case EXTENSION_ENCRYPT_THEN_MAC:
		out->encrypt_then_mac = true;
		break;
	case EXTENSION_EXTENDED_MASTER_SECRET:
		out->extended_master_secret = true;
		break;
	case EXTENSION_SESSION_TICKET:
		out->has_ticket = true;
		out->ticket = data;
		break;
	case EXTENSION_PRE_SHARED_KEY:
		pre_shared_key(out, client, data);
		break;
	case EXTENSION_EARLY_DATA:
		out->early_data = true;
		break;
	case EXTENSION_SUPPORTED_VERSIONS:
		supported_versions(out, client, data);
		break;
	default:
		break;
	}
}

static void extensions(struct tls_hello *out, bool client, struct reader *r)
{
	struct reader list = reader_over(bytes_16(r));

	while (reader_left(&list) >= 4) {
		unsigned type = reader_be16(&list);
		struct slice data = bytes_16(&list);

		if (!list.truncated)
			extension(out, client, type, data);
	}
}

/* What both begin with. */
static void hello_head(struct reader *r, struct tls_hello *out)
{
	*out = (struct tls_hello){.version_at = slice_sub(r->data, r->at, 2)};
	out->version = reader_be16(r);
	out->random_at = reader_bytes(r, TLS_RANDOM_BYTES);
	if (!r->truncated)
		memcpy(out->random, out->random_at.ptr, TLS_RANDOM_BYTES);
	out->session_id = bytes_8(r);
}

bool tls_client_hello(struct slice body, struct tls_hello *out)
{
	struct reader r = reader_over(body);

	hello_head(&r, out);
	out->suites = bytes_16(&r);
	out->compressions = bytes_8(&r);
	if (r.truncated || out->version >> 8 != 3 || out->session_id.len > TLS_SESSION_ID_MAX || out->suites.len % 2)
		return false;
	extensions(out, true, &r);
	return true;
}

bool tls_server_hello(struct slice body, struct tls_hello *out)
{
	struct reader r = reader_over(body);

	hello_head(&r, out);
	out->suites = reader_bytes(&r, 2);
	out->compressions = reader_bytes(&r, 1);
	if (r.truncated || out->version >> 8 != 3 || out->session_id.len > TLS_SESSION_ID_MAX)
		return false;
	out->retry = memcmp(out->random, retry_random, TLS_RANDOM_BYTES) == 0;
	extensions(out, false, &r);
	return true;
}

bool tls_client_hello_ssl2(struct slice message, struct tls_hello *out)
{
	struct reader r = reader_over(message);

	*out = (struct tls_hello){.ssl2 = true};
	if (reader_u8(&r) != TLS_CLIENT_HELLO)
		return false;
	out->version_at = slice_sub(message, r.at, 2);
	out->version = reader_be16(&r);
	size_t suites = reader_be16(&r), session_id = reader_be16(&r), challenge = reader_be16(&r);
	out->suites = reader_bytes(&r, suites);
	out->session_id = reader_bytes(&r, session_id);
	out->random_at = reader_bytes(&r, challenge);
	if (r.truncated || out->version >> 8 != 3 || suites % 3 || suites == 0 || session_id > TLS_SESSION_ID_MAX ||
	    challenge < 16 || challenge > TLS_RANDOM_BYTES)
		return false;
	memcpy(out->random + TLS_RANDOM_BYTES - challenge, out->random_at.ptr, challenge);
	return true;
}

void tls_encrypted_extensions(struct slice body, struct tls_hello *out)
{
	struct reader r = reader_over(body);

	*out = (struct tls_hello){.version = TLS_1_3};
	extensions(out, false, &r);
}

struct slice tls_first_certificate(struct slice body, bool tls13)
{
	struct reader r = reader_over(body);

	if (tls13)
		bytes_8(&r);
	struct reader list = reader_over(reader_bytes(&r, be24(&r)));
	return reader_bytes(&list, be24(&list));
}

bool tls_next_message(struct slice *run, uint8_t *type, struct slice *body)
{
	struct reader r = reader_over(*run);

	*type = reader_u8(&r);
	*body = reader_bytes(&r, be24(&r));
	if (r.truncated)
		return false;
	*run = slice_sub(*run, r.at, run->len);
	return true;
}
