/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and replies, and commands that belong together without being one.
 *
 * By TrID: a reply has the TrID of its request, and its name, or the command
 * table says that it replies to that request (ACK to MSG, IRO to ANS, XFR to
 * USR); errors reply to anything.  One request may have many replies: lists
 * (SYN, LST, LSG, FND, FQY), IRO lines, ILN lines.  Of several requests with
 * one TrID the newest is meant, unless an older one came shortly before it and
 * still waits.
 *
 * By order, where there is no TrID or it is 0:
 *	QNG    the PNG that waits
 *	QRY    of the client: the server's latest CHL, once; likewise the answer to
 *	       the nonce of BND (MSNP24).  The server's QRY has the client's TrID
 *	forms without TrID that the table says reply to something (the lists and
 *	       settings behind SYN in MSNP8 to 12, GCF of MSNP13 and later
 *	       behind USR): the newest such request, as long as no later request was
 *	       answered; servers take one request after the other
 *	TrID 0 of both sides, as some third-party software has it: the newest such
 *	       request that waits
 * A TrID that may be 0 and is (ADC, CHG, ILN, XFR, ...) means that nobody asked.
 *
 * Links say which earlier event, on whatever connection, a later one goes back to:
 *	cookie   USR on a switchboard: the XFR SB that gave its cookie
 *	ring     ANS: the RNG that gave its cookie and session
 *	invite   JOI: the CAL of that account on the same connection
 *	answer   JOI: the ANS of that account to the same switchboard session
 *	presence NLN, FLN: the CHG of that account to that status
 *	personal UBX: the UUX of that account with that message and media
 *	message  MSG: the same message as it was sent on another connection to the same
 *	         switchboard session
 * The last four need both ends in one capture.  JOI by its CAL and ANS by its
 * RNG count as replies, too, found by "link".
 */
#ifndef MSNSCOPE_SESSION_PAIRS_H
#define MSNSCOPE_SESSION_PAIRS_H

#include "session/event.h"

/* Requests of one connection that are remembered; those that wait for a reply push out others first. */
#define PAIRS_WAITING_MAX 256u
/* Cookies, invitations, changes of presence that wait, over all connections; and the same for messages. */
#define PAIRS_LINKS_MAX 4096u

struct pairs;

struct pairs *pairs_new(void);

/*
 * To be called for each event of an MSNP connection before it is handed over.
 * Fills in reply_to, latency_ns and reply_by, and adds fields (pair.*) to d: links, and to what answers a MSG its mode.
 */
void pairs_observe(struct pairs *p, struct event *e, struct dissection *d);

/* Name of the client's command of that TrID, for the dissection of a reply; empty when not known. */
struct slice pairs_request(const struct pairs *p, uint64_t connection, uint64_t trid);

/* A request without reply, or a reply without request. */
struct pair_missing {
	enum finding_rule_id rule; /* RULE_PAIR_UNANSWERED or RULE_PAIR_UNREQUESTED */
	uint64_t event;            /* the one that is there */
	struct slice name;
	bool has_trid;
	uint64_t trid;
};

typedef void pair_missing_fn(void *ctx, const struct pair_missing *m);

/*
 * A connection has ended.  Tells of, in this order,
 *	requests that servers always answer (by the command table: a form of the
 *	       server, as certain as that of the request, replies to it; of MSG
 *	       those of type A) and that were not, unless they came in the last
 *	       second.  Where the capture ends first, or the connection gave way,
 *	       and through the gateway, that is the second before the server's
 *	       latest command
 *	replies with a TrID above 0 that no request had, on connections seen from
 *	       their start.
 * Neither of a connection of which bytes are missing, or that a text may show in part (connection.partial); that shows only in the
 * end, long after the reply.
 */
void pairs_connection_end(struct pairs *p, const struct connection *c, pair_missing_fn *tell, void *ctx);

/* A file has ended, and all its connections: forgets everything. */
void pairs_finish(struct pairs *p);
void pairs_free(struct pairs *p);

#endif
