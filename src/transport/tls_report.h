/* SPDX-License-Identifier: BSD-2-Clause */
/* What transport/ tells of a TLS connection beside the stream inside. */
#ifndef MSNSCOPE_TRANSPORT_TLS_REPORT_H
#define MSNSCOPE_TRANSPORT_TLS_REPORT_H

#include "stream/stream.h"

/* Why something could not be decrypted. */
enum tls_trouble {
	TLS_TROUBLE_NONE,
	TLS_NO_SECRETS,     /* neither key logs nor private keys are there */
	TLS_NOT_LOGGED,     /* no key log holds the secret of this connection */
	TLS_NO_KEY,         /* there is no private key for this server */
	TLS_OTHER_KEY,      /* the private keys belong to other certificates */
	TLS_KEY_EXCHANGE,   /* the key exchange is one that a private key does not unlock */
	TLS_NO_SESSION,     /* it resumes a session whose secret is not known */
	TLS_KEY_REFUSED,    /* the private key does not decrypt what the client sent */
	TLS_WRONG_SECRET,   /* the secret is there, but the first record does not open with it */
	TLS_BAD_RECORD,     /* a later record does not */
	TLS_NO_CIPHER,      /* OpenSSL does not have the cipher */
	TLS_NO_LEGACY,      /* the cipher needs OpenSSL's legacy provider, which cannot be loaded */
	TLS_NO_HANDSHAKE,   /* the handshake is not in the capture, or not whole */
	TLS_LOST_TRACK,     /* behind a hole the next record was not found, or its cipher cannot go on there */
	TLS_BROKEN,         /* the bytes are no records */
	TLS_TOO_MUCH,       /* more bytes wait than a limit allows */
};

enum tls_notice {
	TLS_HANDSHAKE, /* it is over, or will not go on: all of the report is known but for its counts */
	TLS_INSIDE,    /* the first bytes of the client inside: http is known */
	TLS_FAILED,    /* trouble, the first of this connection, once decryption had begun or should have */
	TLS_HOLE,      /* records were lost, and it goes on behind them */
	TLS_ENDED,     /* the connection has ended, or is dropped; last, always */
};

struct tls_alert {
	bool seen;
	int side;           /* that sent it */
	uint8_t level, description;
};

struct tls_report {
	struct stream_connection *connection; /* the stream inside */
	int client_side;
	void **user;         /* the consumer's, NULL at first; also wrapping->tls of the streams inside */
	struct slice hellos; /* ClientHello (perhaps in the form of SSL 2.0), ServerHello, EncryptedExtensions and
			      * Certificate of the server, as far as they were seen, whole handshake messages */
	bool ssl2_hello;     /* the first of them begins with its type byte and has no length; it is ssl2_length long */
	size_t ssl2_length;
	uint16_t version;    /* negotiated; 0: not seen */
	uint16_t suite;
	const char *resumed; /* "session-id", "ticket", "psk", or NULL */
	const char *early_data; /* "offered", "accepted", "rejected", or NULL */
	const char *secret;  /* what opened it: "key log", "private key", "session" (one seen before), or NULL */
	bool client_certificate; /* the client sent one */
	bool compressed;
	unsigned handshakes; /* renegotiations included */
	unsigned key_updates;
	bool decrypted;      /* some record was */
	bool http;           /* they begin a request of HTTP */
	enum tls_trouble trouble; /* the first, or why nothing is decrypted */
	uint64_t trouble_frame;
	struct {
		int side;
		uint64_t bytes;  /* of records that were lost or passed over */
		uint64_t inside; /* of what is inside; STREAM_GAP_UNKNOWN: not known */
	} hole;              /* TLS_HOLE */
	struct tls_alert alert; /* the latest fatal one, or close_notify */
	uint64_t bytes[STREAM_SIDES];  /* of records */
	uint64_t opened[STREAM_SIDES]; /* bytes that were decrypted out of them */
	uint64_t lost[STREAM_SIDES];   /* of records */
	enum stream_end end;           /* TLS_ENDED; STREAM_END_LIMIT when it was dropped */
	struct stream_origin first, last; /* where the first hello came, and the latest bytes */
};

struct tls_consumer {
	/*
	 * Returns whether the connection is still of interest when nothing inside is.  origin is where what is told was
	 * noticed.
	 */
	bool (*notice)(void *ctx, enum tls_notice what, const struct tls_report *r, const struct stream_origin *origin);
	/* Gets what is inside before it is looked at, data.ptr NULL for a hole of data.len bytes; or NULL. */
	void (*plain)(void *ctx, const struct tls_report *r, int side, struct slice data, const struct stream_origin *origin);
	void *ctx;
};

#endif
