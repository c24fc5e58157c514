/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may come when: the states of a connection to a dispatch or notification
 * server, or to a switchboard, as a table.  Pure: state and event in, state
 * and findings out.
 *
 *	opened     VER, CNT (MSNP24)                             -> greeted
 *	greeted    CVR, CVQ, INF, USR, ATH; of the server what answers these
 *	           USR OK, ATH                                   -> signed in
 *	signed in  everything; before MSNP13 a SYN comes before CHG
 *	           SYN                                           -> synchronised
 *	switchboard: USR, ANS; OK                                -> entered
 *	entered    CAL; IRO, JOI                                 -> joined
 *	joined     MSG
 *	OUT        the end, for the side that says it
 *	XFR NS     of the server: opened again, if the connection goes on
 *
 * PNG, errors and OUT are taken at any time.  A client may send on without
 * waiting (several commands in one request to the HTTP gateway), so that what
 * the client says takes effect when it is said.  What the sources do not agree
 * on (GCF around the sign-in of MSNP13) is taken both ways.
 *
 * Connections that were seen from their start only; nothing more is told of one
 * once bytes are missing.
 */
#ifndef MSNSCOPE_SESSION_ORDER_H
#define MSNSCOPE_SESSION_ORDER_H

#include "session/event.h"

/* A connection; starts as zeros. */
struct order {
	unsigned state;      /* one ORDER_ bit; 0: nothing seen yet */
	bool blind;          /* its start or other bytes are missing */
	bool left[2];        /* by enum msnp_sender: said OUT */
	bool told[2];        /* the one finding about what comes after OUT was made */
	bool told_early[2];  /* the same about what comes before the sign-in */
	bool has_trid;
	uint64_t trid;       /* highest of the client */
};

/* To be called for each event of an MSNP connection, with its final dissection but for the findings added here. */
void order_observe(struct order *o, const struct event *e, struct dissection *d);

#endif
