/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by tls.c, tls_record.c, tls_search.c, tls_handshake.c and tls_unlock.c. */
#ifndef MSNSCOPE_TRANSPORT_TLS_INTERNAL_H
#define MSNSCOPE_TRANSPORT_TLS_INTERNAL_H

#include "secrets/secret_table.h"
#include "secrets/tls_secrets.h"
#include "transport/tls.h"
#include "transport/tls_opener.h"
#include "util/tls_message.h"

enum tls_record_type {
	TLS_RECORD_CHANGE_CIPHER = 20,
	TLS_RECORD_ALERT = 21,
	TLS_RECORD_HANDSHAKE = 22,
	TLS_RECORD_DATA = 23,
	TLS_RECORD_HEARTBEAT = 24,
};

/* Which secret of TLS 1.3 is in use. */
enum tls_phase { TLS_PHASE_EARLY, TLS_PHASE_HANDSHAKE, TLS_PHASE_TRAFFIC };

struct tls_learned {
	struct secret_table captured; /* out of the capture */
	struct secret_table sessions; /* masters by session id, and as KEY_LOG_MASTER by digest of a ticket */
	struct crypto *crypto;        /* NULL before it is needed */
	bool (*more)(void *ctx);      /* see transport_options.more_key_logs */
	void *more_ctx;
	bool asked;                   /* for more */
	uint8_t *plain[STREAM_OUTER_MAX]; /* TLS_FRAGMENT_MAX bytes or NULL: of the record being opened, by depth */
};

/* One direction. */
struct tls_side {
	struct buffer in;              /* a record that is not whole, or waits; behind a hole all since then */
	struct stream_origin origin;   /* of the latest bytes in it */
	struct held held;              /* what came behind a record that waits */
	bool waits;
	unsigned patience;             /* pieces for which a secret was waited */
	bool broken;                   /* bytes of the handshake are missing */
	bool given_up;                 /* nothing more is decrypted, only counted */
	struct buffer messages;        /* handshake messages, the last not whole */
	bool sealed;                   /* records are encrypted from here on */
	struct tls_opener *opener;
	bool opened;                   /* a record was opened with it */
	unsigned failures;             /* in a row */
	enum tls_phase phase;          /* TLS 1.3 */
	uint8_t secret[KEY_LOG_SECRET_MAX]; /* of that phase */
	size_t secret_len;             /* 0: not known */
	unsigned trials;
	bool searching;                /* for the next record, behind a hole */
	uint64_t distance;             /* bytes since the end of the latest record, lost or passed over, in front of in */
	uint64_t searched;
	bool compressed;
	struct z_stream_s *inflater;   /* or NULL */
};

/* What the latest handshake said. */
struct tls_handshake {
	bool has_client, has_server, server_done, has_key_exchange, resumes, retried;
	struct tls_exchanged exchanged;
	uint16_t offered;              /* highest version of the client */
	bool extended_master_secret, encrypt_then_mac, offers_early, compressed;
	bool early_known, early_accepted;
	uint8_t session[2][TLS_SESSION_ID_MAX]; /* of client and server */
	size_t session_len[2];
	uint8_t ticket[32];            /* digest of that of the client */
	bool has_ticket;
	struct buffer flight[2];       /* its messages up to ClientKeyExchange: of the client, of the server */
	size_t client_hello_len;       /* in flight[0] */
	struct buffer key_exchange;    /* body of that message */
	uint8_t master[TLS_MASTER_BYTES];
	bool has_master, keyed;
	struct tls_keys keys[2];       /* of client and server */
};

struct tls {
	struct pipe_shared *shared;
	struct stream_connection *outer;
	struct tunnel *inner;
	bool inner_over;               /* what is inside is not wanted */
	int client_side;
	unsigned depth;                /* connections of TLS around it */
	struct tls_side side[STREAM_SIDES];
	struct tls_handshake hs;
	struct tls_report report;
	struct buffer hellos;          /* of the report */
	bool told;                     /* the handshake */
	bool failure_told, wanted, inside_told, ended, told_end;
	void *user;
	uint64_t guessed;              /* bytes decrypted in vain */
};

enum tls_verdict {
	TLS_TAKEN,
	TLS_WAIT, /* for the other side: the record stays */
};

/* tls.c: adds to a buffer that counts against the budget; false: no room, and nothing was added. */
bool tls_keep(struct tls *t, struct buffer *b, struct slice data, size_t max);
/* Frees such a buffer. */
void tls_drop(struct tls *t, struct buffer *b);
/* Nothing more of the side is decrypted; the first trouble is kept. */
void tls_give_up(struct tls *t, int side, enum tls_trouble why, const struct stream_origin *origin);
/* Notes the trouble, and tells it when nothing of this connection failed before. */
void tls_fail(struct tls *t, enum tls_trouble why, const struct stream_origin *origin);
void tls_tell_handshake(struct tls *t, const struct stream_origin *origin);
/* Something from inside, or a hole in it (len may be STREAM_GAP_UNKNOWN). */
void tls_deliver(struct tls *t, int side, struct slice data, const struct stream_origin *origin);
/* That many bytes of records were lost or passed over, and that many of what is inside; it goes on behind them. */
void tls_hole(struct tls *t, int side, uint64_t records, uint64_t inside, const struct stream_origin *origin);
void tls_deliver_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin);

/* tls_record.c: the record with this head and fragment. */
enum tls_verdict tls_record(struct tls *t, int side, const uint8_t *head, struct slice fragment,
			    const struct stream_origin *origin);
/* Does a record of the connection begin with this head?  data holds at least TLS_RECORD_HEAD bytes. */
bool tls_is_head(const struct tls *t, const struct tls_side *s, const uint8_t *data);
/* What a record holds, not encrypted (any more). */
void tls_content(struct tls *t, int side, uint8_t type, struct slice content, const struct stream_origin *origin);
void tls_free_inflater(struct tls_side *s);

/* tls_search.c: looks in side.in for a record that goes on behind a hole; consumes what is in front.  True when found. */
bool tls_search(struct tls *t, int side, const struct stream_origin *origin);

/* tls_handshake.c */
void tls_handshake_bytes(struct tls *t, int side, struct slice data, const struct stream_origin *origin);
void tls_handshake_hello(struct tls *t, int side, struct slice whole, const struct tls_hello *hello);
void tls_handshake_free(struct tls *t);

/* tls_unlock.c: the keys of SSL 3.0 to TLS 1.2; TLS_TROUBLE_NONE when hs.keys are there. */
enum tls_trouble tls_unlock(struct tls *t);
/* New records of the side are encrypted with keys of the handshake; false when there is no cipher. */
enum tls_trouble tls_seal(struct tls *t, int side);
/* An opener of the side with the secret of that phase of TLS 1.3; NULL when it is not known. */
struct tls_opener *tls_unlock_phase(struct tls *t, int side, enum tls_phase phase, uint8_t *secret, size_t *secret_len);
/* Room for the content of one record: TLS_FRAGMENT_MAX bytes. */
uint8_t *tls_plain(struct tls *t);
/* Why a secret that was looked for in vain is not there. */
enum tls_trouble tls_missing_secret(const struct tls *t);
/* Why there is no opener. */
enum tls_trouble tls_missing_cipher(const struct tls *t);
/* Remembers the master secret under the session id, and under a ticket of the server. */
void tls_learn_session(struct tls *t);
void tls_learn_ticket(struct tls *t, struct slice ticket);
/* The digest tickets are remembered by. */
bool tls_ticket_digest(struct tls *t, struct slice ticket, uint8_t out[32]);

#endif
