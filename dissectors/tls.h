/* SPDX-License-Identifier: BSD-2-Clause */
/* What a TLS connection shows without being decrypted: its handshake, and what came of it. */
#ifndef MSNSCOPE_DISSECTORS_TLS_H
#define MSNSCOPE_DISSECTORS_TLS_H

#include "dissectors/dissection.h"

/* Cipher suites of a ClientHello that are shown. */
#define TLS_SUITES_SHOWN 512u
/* Longest name of a certificate that is shown, and the number of hosts. */
#define TLS_NAME_SHOWN 1024u
#define TLS_HOSTS_SHOWN 256u

enum tls_event { TLS_EVENT_HANDSHAKE, TLS_EVENT_FAILED, TLS_EVENT_LOST, TLS_EVENT_CLOSED };

/* What its bytes alone do not tell.  Strings are literals or outlive the dissection; NULL and 0 leave a field out. */
struct tls_facts {
	enum tls_event event;
	size_t ssl2_length;        /* the payload begins with a ClientHello in SSL 2.0 form, without length; 0: it does not */
	const char *resumed, *early_data, *secret;
	bool client_certificate, compressed, decrypted;
	unsigned handshakes, key_updates;
	const char *trouble;       /* one line */
	enum finding_rule_id rule; /* of the trouble; RULE_COUNT: none */
	const char *target;        /* host:port that a proxy was asked for */
	bool has_alert;
	uint8_t alert;             /* its description */
	bool alert_from_client;
	uint64_t bytes[2];         /* of records, by enum msnp_sender; shown of TLS_EVENT_CLOSED */
	uint64_t lost[2];          /* the same, missing; of TLS_EVENT_LOST and TLS_EVENT_CLOSED */
	bool knows_inside;         /* TLS_EVENT_LOST: how much is missing of what is inside */
	uint64_t inside;           /* bytes */
};

/*
 * Dissects into d (dissection_init was called with an empty line and, as
 * payload, the handshake messages of ClientHello, ServerHello,
 * EncryptedExtensions and Certificate that were seen, in that order; for events
 * other than the handshake it may be empty): fields tls.*, findings, summary.
 */
void tls_dissect(struct dissection *d, const struct tls_facts *f);

/* What the service is that the handshake leads to, by the names in it and target (may be NULL); NULL when it is not known. */
const char *tls_service(struct slice payload, size_t ssl2_length, const char *target);

/* "handshake failure", or NULL. */
const char *tls_alert_name(uint8_t description);

#endif
