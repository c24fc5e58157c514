/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules that hold an event against what came before it on its connection: who
 * the user is, which invitations were made, when the last nudge came.
 *
 *	msg.second_profile  a notification server sends the profile once for each
 *	                    sign-in (VER begins a new one)
 *	invite.cookie       ACCEPT and CANCEL have the cookie of an INVITE
 *	invite.broken       ACCEPT of a file names an address and no AuthCookie
 *	datacast.rate       nudges of one sender to the same addressee
 *	emoticon.creator    who sends an emoticon is its creator
 *	msg.control         a client names itself in typing notices
 *	presence.private    private endpoints are those of the user
 *	routing.sender      SDG, PUT and DEL of the client come from its own account
 *
 * Source: the "Flag" paragraphs of the chapters on messages.  Nothing is told
 * of what a text did not keep; of cookies only where nothing is missing.
 */
#ifndef MSNSCOPE_SESSION_RECALL_H
#define MSNSCOPE_SESSION_RECALL_H

#include "session/event.h"

/* Invitations, and senders of nudges, that are remembered of one connection; of more the oldest give way. */
#define RECALL_INVITATIONS_MAX 64u
#define RECALL_NUDGERS_MAX 16u
/* Nudges that follow each other faster are told. */
#define RECALL_NUDGE_NS INT64_C(2000000000)

struct recall_invitation;
struct recall_nudger;

/* A connection; starts as zeros. */
struct recall {
	struct slice user;       /* account; owned */
	bool has_profile;
	bool gaps;               /* its start or other bytes are missing */
	struct recall_invitation *invitations; /* NULL as long as there is none */
	size_t invitation_count; /* ever seen */
	struct recall_nudger *nudgers; /* likewise */
	size_t nudger_count;
};

/* To be called for each event of an MSNP connection, with its final dissection but for the findings added here. */
void recall_observe(struct recall *r, const struct event *e, struct dissection *d);
void recall_free(struct recall *r);

#endif
