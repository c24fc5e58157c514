/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams that clients open to each other: direct P2P connections, MSNFTP,
 * webcam video.  Recognising, cutting into messages, dissecting.
 */
#ifndef MSNSCOPE_DISSECTORS_LINK_H
#define MSNSCOPE_DISSECTORS_LINK_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

enum link_protocol { LINK_NONE, LINK_P2P, LINK_MSNFTP, LINK_WEBCAM };

/* "p2p", "msnftp", "webcam" */
const char *link_protocol_name(enum link_protocol p);

/* Longest message of a direct connection that is taken as one; a longer length is a lie. */
#define LINK_MESSAGE_MAX 65536u

enum link_guess { LINK_GUESS_NO, LINK_GUESS_MORE, LINK_GUESS_YES };

/*
 * Do the first bytes of one side of a TCP connection open one of the protocols?
 * The side that speaks first does (MSNFTP: the receiver; P2P and webcam: who
 * connects).  LINK_GUESS_MORE: too few bytes to tell.
 */
enum link_guess link_recognise(struct slice first, enum link_protocol *protocol);

/* What both sides of one stream share: which step the dialogue has reached. */
struct link_state {
	enum link_protocol protocol;
	int p2p_version;    /* LINK_P2P: 1 or 2, 0 not yet known */
	int file_sender;    /* LINK_MSNFTP: side that sends the file, -1 not yet known */
	bool blocks;        /* LINK_MSNFTP: blocks follow from the sender */
	uint64_t file_size; /* LINK_MSNFTP: from FIL */
};

struct link_message {
	struct slice line;     /* of text protocols, without line end; else empty */
	struct slice payload;  /* P2P: the frame with its length; MSNFTP block with header; webcam frame with header */
	bool broken;           /* bytes that are none of the protocol's messages, in payload */
	uint64_t start, end;   /* offsets in the stream of that side */
	bool cut;              /* ends early: bytes were lost, or the connection ended */
};

typedef void link_output(void *ctx, int side, const struct link_message *m);

/* One side.  All bytes that wait are limited by LINK_MESSAGE_MAX. */
struct link_framer {
	struct link_state *state; /* the owner's, shared by both sides */
	int side;
	link_output *output;
	void *ctx;
	struct buffer pending;
	uint64_t base;            /* offset of pending in the stream */
	bool lost_place;          /* behind a gap or broken bytes: no message can be told until the end */
	bool opened;              /* the first frame was seen */
};

void link_framer_init(struct link_framer *f, struct link_state *state, int side, link_output *output, void *ctx);
void link_framer_data(struct link_framer *f, struct slice data);
/* Bytes were lost; what was pending is handed over as cut. */
void link_framer_gap(struct link_framer *f, uint64_t len);
void link_framer_end(struct link_framer *f);
void link_framer_free(struct link_framer *f);

/*
 * Dissects one message into d, which dissection_init has set up over line and
 * payload.  side as in link_framer; sets the summary.  Returns its name for the
 * event: "FOO", "NONCE", "P2P"; "VER", "USR", "FIL", "TFR", "BYE", "CCL",
 * "DATA"; "CONNECT", "CONNECTED", "FRAME"; "BROKEN".
 */
const char *link_dissect(struct dissection *d, const struct link_message *m, int side, const struct link_state *state);

#endif
