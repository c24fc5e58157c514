/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations over the notification server: SDG, UUM and UBM; circles and groups with NFY, PUT and DEL. */
#include <stdlib.h>

#include "session/talks_internal.h"

/* Networks of addresses that are no person. */
enum { NETWORK_CIRCLE = 9, NETWORK_GROUP = 10, NETWORK_THREAD = 19 };

struct party {
	uint64_t network;
	struct slice account;
};

static struct party party_of(const struct field *address)
{
	const struct field *network = talks_child(address, F_ADDRESS_NETWORK);

	return (struct party){network ? network->value.number : 0, talks_account(talks_text(address, F_ADDRESS_ACCOUNT))};
}

static bool is_group(const struct party *p)
{
	return p->account.len && (p->network == NETWORK_CIRCLE || p->network == NETWORK_GROUP || p->network == NETWORK_THREAD);
}

/* Groups are made by asking for one without number. */
static bool is_new_group(const struct party *p)
{
	return slice_has_prefix(p->account, SLICE_LIT("00000000-0000-0000-0000-000000000000"));
}

static struct talks_conversation *group(struct talks *t, const struct event *e, const struct party *p)
{
	return talks_get(t, p->network == NETWORK_CIRCLE ? CONVERSATION_CIRCLE : CONVERSATION_GROUP, e->connection->id,
			 p->account);
}

static struct talks_conversation *direct(struct talks *t, const struct event *e, struct slice other)
{
	struct talks_conversation *c = talks_get(t, CONVERSATION_DIRECT, e->connection->id, other);

	talks_person_add(c, other);
	return c;
}

/* It comes again as a stored message when the file ends. */
static void remember_stored(struct talks *t, const struct event *e)
{
	struct talks_stored *s;

	if (HASH_COUNT(t->stored) == TALKS_STORED_MAX) {
		s = t->stored;
		HASH_DEL(t->stored, s);
		free(s);
	}
	s = memory_alloc(sizeof(*s));
	s->event = e->id;
	HASH_ADD(hh, t->stored, event, sizeof(s->event), s);
}

/* --- messages --- */

static void observe_routed_message(struct talks *t, const struct event *e, const struct field *root,
				   const struct field *routing)
{
	struct party from = party_of(talks_child(routing, F_ROUTING_FROM)), to = party_of(talks_child(routing, F_ROUTING_TO));
	struct talks_said said = {.kind = TALK_TEXT};

	if (e->from == MSNP_CLIENT && !is_group(&from))
		talks_learn_user(t, e->connection->id, from.account);
	said.offline = slice_case_eq(talks_text(routing, F_ROUTING_CHANNEL), SLICE_LIT("IM/Offline"));
	if (!talks_read_message(t, root, &said))
		return;
	if (said.offline)
		remember_stored(t, e);
	if (is_group(&to)) {
		talks_say(t, group(t, e, &to), e, from.account, &said);
		return;
	}
	/* Another endpoint of the user may have sent it. */
	bool own = e->from == MSNP_CLIENT || talks_is_user(t, e->connection->id, from.account);
	struct slice other = own ? to.account : from.account;
	if (other.len)
		talks_say(t, direct(t, e, other), e, from.account, &said);
}

static void observe_uum(struct talks *t, const struct event *e, const struct field *root)
{
	bool own = e->from == MSNP_CLIENT;
	struct slice other = talks_account(talks_text(root, P_passport));
	struct talks_said said = {.kind = TALK_TEXT};

	if (other.len == 0 || !talks_read_message(t, root, &said))
		return;
	said.offline = own && slice_case_eq(talks_text(root, F_MSG_DEST_AGENT), SLICE_LIT("client"));
	if (own && said.kind == TALK_TEXT)
		remember_stored(t, e);
	talks_say(t, direct(t, e, other), e, own ? talks_user(t, e->connection->id) : other, &said);
}

/* --- who is in a group --- */

static bool is_pending(const struct field *member)
{
	return slice_case_eq(talks_text(member, F_CIRCLE_MEMBER_STATE), SLICE_LIT("pending"));
}

/* invites: the user asks these people to come. */
static void observe_roster(struct talks *t, const struct event *e, struct talks_conversation *c, const struct field *roster,
			   bool invites)
{
	for (const struct field *f = roster->first; f; f = f->next) {
		struct slice who = party_of(talks_child(f, F_CIRCLE_MEMBER_ID)).account;

		if (f->def != &field_defs[F_CIRCLE_MEMBER] || who.len == 0)
			continue;
		if (invites && !talks_is_user(t, e->connection->id, who))
			talks_invite(t, c, e, who);
		else if (!invites && !is_pending(f))
			talks_join(t, c, e, who, SLICE_EMPTY);
	}
}

static void observe_rosters(struct talks *t, const struct event *e, const struct field *root, const struct party *in,
			    bool invites)
{
	const struct field *state = talks_child(root, F_CIRCLE_STATE);

	for (const struct field *f = state ? state->first : NULL; f; f = f->next)
		if (f->def == &field_defs[F_CIRCLE_ROSTER] && f->first)
			observe_roster(t, e, group(t, e, in), f, invites);
}

static void observe_member_leaves(struct talks *t, const struct event *e, const struct field *block, const struct party *in)
{
	const struct field *uri = talks_child(block, F_ROUTING_URI);
	struct slice who = party_of(talks_child(uri, F_ROUTING_URI_USER)).account;

	if (who.len == 0)
		return;
	struct talks_conversation *c = group(t, e, in);
	talks_leave(t, c, e, who, SLICE_EMPTY);
	/* What the user asks for; for the others the group goes on, but nothing of it comes here any more. */
	if (e->from == MSNP_CLIENT)
		talks_drop(t, c);
}

static void observe_group(struct talks *t, const struct event *e, const struct field *root, const struct field *routing)
{
	bool client = e->from == MSNP_CLIENT;
	const struct field *block = talks_child(root, client ? F_ROUTING_PUBLICATION : F_ROUTING_NOTIFICATION);
	struct party in = party_of(talks_child(routing, client ? F_ROUTING_TO : F_ROUTING_FROM));
	bool leaves = slice_eq_str(e->name, "DEL") || slice_eq_str(talks_text(root, P_notify_verb), "DEL");

	if (client)
		talks_learn_user(t, e->connection->id, party_of(talks_child(routing, F_ROUTING_FROM)).account);
	if (!block || !is_group(&in) || is_new_group(&in))
		return;
	if (leaves)
		observe_member_leaves(t, e, block, &in);
	else
		observe_rosters(t, e, root, &in,
				client && slice_eq_str(talks_text(block, F_ROUTING_CONTENT_TYPE), "application/multiparty+xml"));
}

void talks_observe_routed(struct talks *t, const struct event *e, const struct field *root)
{
	const struct field *routing = talks_child(root, F_ROUTING);
	struct slice why = talks_read_error(t, e, root);

	if (why.len)
		talks_fail(t, e, why);
	else if (slice_eq_str(e->name, "UUM") || slice_eq_str(e->name, "UBM"))
		observe_uum(t, e, root);
	else if (routing && slice_eq_str(e->name, "SDG"))
		observe_routed_message(t, e, root, routing);
	else if (routing && (slice_eq_str(e->name, "NFY") || slice_eq_str(e->name, "PUT") || slice_eq_str(e->name, "DEL")))
		observe_group(t, e, root, routing);
}
