/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams that clients open to each other: direct P2P connections, MSNFTP,
 * webcam video.  Recognising, cutting into messages, dissecting.  Source: the
 * chapters on direct connections, MSNFTP and webcam of the P2P page.
 */
#ifndef MSNSCOPE_DISSECTORS_LINK_H
#define MSNSCOPE_DISSECTORS_LINK_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

enum link_protocol { LINK_NONE, LINK_P2P, LINK_MSNFTP, LINK_WEBCAM };

/* "p2p", "msnftp", "webcam" */
const char *link_protocol_name(enum link_protocol p);

/* Longest message (with its header) that is taken as one; a longer length is a lie. */
#define LINK_MESSAGE_MAX 65536u
/* Longest line of MSNFTP, and longest text of webcam connections, with their ends. */
#define LINK_LINE_MAX 512u
/* Bytes that are shown of those that are no message. */
#define LINK_BROKEN_SHOWN 256u
/* Length of a gap when nobody knows it. */
#define LINK_GAP_UNKNOWN UINT64_MAX

enum link_guess { LINK_GUESS_NO, LINK_GUESS_MORE, LINK_GUESS_YES };

/*
 * Do the first bytes of one side of a TCP connection open one of the protocols?
 * The side that speaks first does (MSNFTP: the receiver; P2P and webcam: who
 * connects).  LINK_GUESS_MORE: too few bytes to tell.
 */
enum link_guess link_recognise(struct slice first, enum link_protocol *protocol);

/*
 * May the first bytes of the side that was connected to answer an opening that
 * has not been seen yet?  Captures may hold packets out of order.
 */
bool link_may_answer(struct slice first);

/*
 * For connections whose start is missing: do the bytes, as one segment brings
 * them, begin with something that only one of the protocols has?
 */
bool link_recognise_middle(struct slice piece, enum link_protocol *protocol);

/* What both sides of one stream share: which step the dialogue has reached. */
struct link_state {
	enum link_protocol protocol;
	int p2p_version;    /* LINK_P2P: 1 or 2, 0 not yet known */
	int connector;      /* LINK_P2P, LINK_WEBCAM: side that opened the connection, -1 not known */
	int file_sender;    /* LINK_MSNFTP: side that sends the file, -1 not yet known */
	bool has_file_size;
	uint64_t file_size; /* LINK_MSNFTP: from FIL */
	size_t *budget;     /* bytes that framers may still keep, shared by all connections; NULL: as many as they like */
};

/* connector and file_sender not known, no budget. */
void link_state_init(struct link_state *state, enum link_protocol protocol);

enum link_kind {
	LINK_BROKEN,     /* bytes that are none of the protocol's messages */
	LINK_FOO,
	LINK_NONCE,
	LINK_PACKET,     /* P2P transport packet */
	LINK_LINE,       /* of MSNFTP */
	LINK_BLOCK,      /* of MSNFTP */
	LINK_CONNECT,    /* webcam: recipientid=... */
	LINK_CONNECTED,
	LINK_FRAME,      /* webcam: a picture */
};

struct link_message {
	enum link_kind kind;
	struct slice line;     /* of text protocols, without line end; else empty */
	struct slice payload;  /* P2P: the frame with its length; MSNFTP block with header; webcam frame with header;
				* LINK_BROKEN: the first LINK_BROKEN_SHOWN bytes */
	uint64_t start, end;   /* offsets in the stream of that side, lost bytes counted */
	bool cut;              /* ends early: bytes were lost, or the connection ended */
	bool limited;          /* cut because the budget is used up */
	uint64_t length;       /* bytes the whole message has, as far as it says; 0 not known */
	uint64_t left_out;     /* of a message that was cut: its bytes behind the lost ones, which are not handed over */
	int p2p_version;       /* LINK_NONCE, LINK_PACKET: 1 or 2, 0 not known */
	bool in_file;          /* LINK_BLOCK: file_offset is known */
	uint64_t file_offset;  /* LINK_BLOCK: where in the file its bytes stand */
	bool has_file_size;
	uint64_t file_size;    /* LINK_BLOCK: from FIL */
	const char *problem;   /* what is wrong about its place in the dialogue, or NULL */
};

/* Slices of m are valid during the call. */
typedef void link_output(void *ctx, int side, const struct link_message *m);

/*
 * One side.  The messages do not depend on the pieces that the bytes come in.
 * Behind a gap that is not inside one message, and behind bytes that are none,
 * all is skipped until something that surely is a message begins (P2P packets,
 * pictures, MSNFTP lines; in the blocks of MSNFTP nothing does); what is
 * skipped is one LINK_BROKEN.
 */
struct link_framer {
	struct link_state *state; /* the owner's, shared by both sides */
	int side;
	link_output *output;
	void *ctx;
	struct buffer pending;    /* bytes not yet handed over, at most LINK_MESSAGE_MAX between calls */
	uint64_t base;            /* offset of pending in the stream */
	uint64_t rest;            /* bytes still to come of a message that was handed over as cut */
	bool searching;           /* for the next message */
	uint64_t skipped_start;   /* searching: where the skipped bytes begin */
	struct buffer skipped;    /* searching: the first of them */
	bool fresh;               /* searching: the next byte stands behind a gap or line end */
	bool missed;              /* bytes were lost or skipped on this side */
	size_t held;              /* taken from the budget */
	uint64_t messages;        /* handed over so far, broken ones not counted */
	int step;                 /* how far this side is in the dialogue; the protocol's own numbers */
	bool blocks;              /* LINK_MSNFTP: blocks follow */
	bool has_file_offset;     /* LINK_MSNFTP: no block can have been missed */
	uint64_t file_offset;     /* LINK_MSNFTP: bytes of the file so far */
};

/* state is kept and must outlive the framer. */
void link_framer_init(struct link_framer *f, struct link_state *state, int side, link_output *output, void *ctx);
void link_framer_data(struct link_framer *f, struct slice data);
/*
 * Bytes were lost, LINK_GAP_UNKNOWN or so many.  What was pending is handed over
 * as cut.  When the gap ends inside the same message of known length, the rest
 * of that message is left out and the next one is told again.
 */
void link_framer_gap(struct link_framer *f, uint64_t len);
void link_framer_end(struct link_framer *f);
void link_framer_free(struct link_framer *f);
/* No message to come begins before this offset in the stream. */
uint64_t link_framer_oldest(const struct link_framer *f);

/*
 * Dissects one message into d, which dissection_init has set up over line and
 * payload; sets the summary.  Returns its name for the event: "FOO", "NONCE",
 * "P2P"; "VER", "USR", "FIL", "TFR", "BYE", "CCL", "DATA"; "CONNECT",
 * "CONNECTED", "FRAME"; "BROKEN".
 */
const char *link_dissect(struct dissection *d, const struct link_message *m, enum link_protocol protocol);

#endif
