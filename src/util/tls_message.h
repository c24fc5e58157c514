/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handshake messages of SSL 3.0 to TLS 1.3 (RFC 6101, 2246, 4346, 5246, 8446),
 * as far as they must be understood to follow a connection.  Used where records
 * are decrypted and where the messages are shown.
 */
#ifndef MSNSCOPE_UTIL_TLS_MESSAGE_H
#define MSNSCOPE_UTIL_TLS_MESSAGE_H

#include "util/slice.h"

enum tls_message_type {
	TLS_HELLO_REQUEST = 0,
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_NEW_SESSION_TICKET = 4,
	TLS_END_OF_EARLY_DATA = 5,
	TLS_ENCRYPTED_EXTENSIONS = 8,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_KEY_EXCHANGE = 12,
	TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14,
	TLS_CERTIFICATE_VERIFY = 15,
	TLS_CLIENT_KEY_EXCHANGE = 16,
	TLS_FINISHED = 20,
	TLS_KEY_UPDATE = 24,
};

enum { TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304, SSL_3_0 = 0x0300 };

/* Bytes of type and length in front of the body of a handshake message. */
#define TLS_MESSAGE_HEAD 4u
#define TLS_RANDOM_BYTES 32u
#define TLS_SESSION_ID_MAX 32u

/* Slices point into the message; empty when it has no such part. */
struct tls_hello {
	uint16_t version;          /* client: the highest offered; server: the one chosen */
	struct slice version_at;   /* its two bytes; of several versions offered all */
	uint8_t random[TLS_RANDOM_BYTES];
	struct slice random_at;
	struct slice session_id;
	struct slice suites;       /* client: two bytes each (three in an SSL 2.0 hello); server: the one chosen */
	struct slice compressions; /* one byte each; server: the one chosen */
	struct slice server_name;  /* of the extension */
	struct slice alpn;         /* client: the list of length and name; server: the name chosen */
	struct slice ticket;       /* content of session_ticket */
	struct slice psk_identity; /* client: the first identity of pre_shared_key */
	bool has_ticket;           /* the extension is there, perhaps empty */
	bool has_psk;              /* pre_shared_key: offered, or chosen */
	bool encrypt_then_mac, extended_master_secret, early_data;
	bool retry;                /* a HelloRetryRequest */
	bool ssl2;                 /* the SSL 2.0 form of a ClientHello */
};

/*
 * Reads the body of a ClientHello or ServerHello.  False when it ends too
 * early or lengths contradict each other; extensions behind such a place are
 * left out without that.
 */
bool tls_client_hello(struct slice body, struct tls_hello *out);
bool tls_server_hello(struct slice body, struct tls_hello *out);

/* A ClientHello in SSL 2.0 form, from its type byte on (RFC 5246, appendix E.2). */
bool tls_client_hello_ssl2(struct slice message, struct tls_hello *out);

/* The extensions of an EncryptedExtensions body that matter: alpn, early_data. */
void tls_encrypted_extensions(struct slice body, struct tls_hello *out);

/* The first certificate (DER) in the body of a Certificate message; empty when there is none. */
struct slice tls_first_certificate(struct slice body, bool tls13);

/* One message out of a run of them; moves *run behind it.  False when it does not hold a whole one. */
bool tls_next_message(struct slice *run, uint8_t *type, struct slice *body);

#endif
