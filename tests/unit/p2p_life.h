/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switchboard of alice's where bob is, for tests of peer-to-peer transfers:
 * writes their packets and messages, and keeps what comes of it as text.
 */
#ifndef MSNSCOPE_TESTS_UNIT_P2P_LIFE_H
#define MSNSCOPE_TESTS_UNIT_P2P_LIFE_H

#include <string.h>

#include "session/p2p.h"
#include "util/buffer.h"

#define PICTURE "this stands in for a tiny picture"
#define PICTURE_SIZE 33u
/* Of PICTURE: published with the specification's MSNObject. */
#define PICTURE_SHA1D "vEvOi/JX7oAzLReF9a0sn5oMVNg="
#define OBJECTS "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}"
#define FILES "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
#define CALL "{F9BDC9D4-6C1A-4F9B-9B8C-0123456789AB}"
#define CALL_2 "{F9BDC9D4-6C1A-4F9B-9B8C-0123456789AC}"
#define END_1 ";{11111111-1111-4111-8111-111111111111}"
#define END_2 ";{22222222-2222-4222-8222-222222222222}"

/* One run: alice's switchboard (connection 1), where bob is, or bob's. */
struct life {
	struct p2p_table *table;
	struct arena arena;
	struct dissection d;
	struct connection connection;
	struct buffer out;    /* objects, one line each */
	struct buffer data;   /* as "offset+length:bytes" */
	struct buffer notes;  /* summaries' words behind "complete", findings, acks */
	uint64_t event, objects;
	bool bobs;            /* it is bob's connection */
	int64_t time_ns;
	uint32_t base[2];     /* version 2: next base id, of alice and of bob */
};

#define DONE "complete: display picture, 33 bytes, text/plain, SHA1D matches\n"

struct v1 {
	uint32_t session, id, flags, ack, ack_sub;
	uint64_t offset, total, ack_size;
	uint32_t footer;
};

struct v2 {
	uint32_t session;
	uint16_t package;
	uint8_t operation, tf;
	uint64_t remaining;
	bool has_ack;
	uint32_t ack;
};

void life_begin(struct life *l);
/* Holds the text against what was expected, and empties it. */
void life_expect(struct buffer *b, const char *expected);
void life_end(struct life *l);

/* An event of l->d; goes by l->connection. */
void life_observe(struct life *l, enum event_kind kind, const char *protocol, const char *name, enum msnp_sender from);
void life_command(struct life *l, const struct msnp_context *context, enum msnp_sender from, struct slice line,
		  struct slice payload);
/* A MSG with these headers. */
void life_message(struct life *l, bool alice, const char *headers, struct slice body);
/* The connection ends. */
void life_close(struct life *l);
/* Bytes of the connection are lost. */
void life_lost(struct life *l);

/* Packets: on a connection whose transport is "p2p" as its frames, else in MSG. */
void life_v1(struct life *l, bool alice, struct v1 p, const char *data, size_t len);
/* Bytes from..to of PICTURE, from bob. */
void life_picture(struct life *l, uint32_t session, uint32_t id, size_t from, size_t to);
void life_v2(struct life *l, bool alice, struct v2 p, const char *data, size_t len);
void life_picture_2(struct life *l, uint32_t session, uint16_t package, size_t from, size_t to);

/* Text of an MSNSLP message with its NUL byte. */
void life_slp_text(struct buffer *out, bool alice, const char *start, const char *call, const char *type,
		   const char *body);
/* The same in one packet. */
void life_slp(struct life *l, int version, bool alice, const char *start, const char *call, const char *type,
	      const char *body);
/* alice asks bob for his picture. */
void life_ask_picture(struct life *l, int version, const char *call, uint32_t session, size_t size, const char *sha1d);
/* An answer or BYE that has nothing but the session. */
void life_session_slp(struct life *l, int version, bool alice, const char *start, const char *call, uint32_t session);
/* alice asks for PICTURE, bob accepts. */
void life_open_call(struct life *l, int version, const char *call, uint32_t session);

#endif
