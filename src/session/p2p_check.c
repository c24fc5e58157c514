/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets held against the calls that they belong to. */
#include <inttypes.h>

#include "session/p2p_internal.h"

/* The answer may stand among what is missing. */
static void check_accepted(struct p2p_view *w)
{
	struct p2p_call *c = w->call;

	if (c->accepted || c->ended || c->told_early || c->vantage != w->v->id || !w->v->whole)
		return;
	c->told_early = true;
	finding_add(w->d, RULE_SLP_DIALOGUE, w->packet, "data of a call that was not accepted");
}

/* A client that gets it wrong does so all the time. */
static void check_footer(struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_call *c = w->call;

	if (!p->has_footer || p->footer == 0 || c->application == 0 || p->footer == c->application || c->told_footer)
		return;
	c->told_footer = true;
	finding_add(w->d, RULE_P2P_CARRIER, p2p_child(w->packet, F_P2P_FOOTER), "footer %" PRIu32 ", AppID of the call %" PRIu32, p->footer,
		    c->application);
}

void p2p_check_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	if (!w->call || w->again || p->data.len == 0)
		return;
	check_accepted(w);
	check_footer(w, p);
}
