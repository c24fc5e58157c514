/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations on switchboards: one for each connection. */
#include "session/talks_internal.h"

static struct talks_conversation *board(struct talks *t, const struct event *e)
{
	return talks_get(t, CONVERSATION_SWITCHBOARD, e->connection->id, SLICE_EMPTY);
}

/* The account that a command names, with the endpoint where one is named. */
static struct slice account_of(const struct field *root)
{
	struct slice account = talks_text(root, P_passport_epid);

	return account.len ? account : talks_text(root, P_passport);
}

static void observe_entry(struct talks *t, const struct event *e, const struct field *root)
{
	struct slice account = account_of(root), session = talks_text(root, P_session_id);

	if (account.len)
		talks_learn_user(t, e->connection->id, account);
	if (session.len)
		talks_switchboard_session(t, board(t, e), e, session);
	if (e->from == MSNP_SERVER)
		talks_join(t, board(t, e), e, talks_user(t, e->connection->id), talks_text(root, P_friendly_name));
}

static void observe_call(struct talks *t, const struct event *e, const struct field *root)
{
	struct slice whom = talks_text(root, P_passport);

	/* Clients of MSNP16 and later first call their own endpoints. */
	if (e->from == MSNP_SERVER)
		talks_switchboard_session(t, board(t, e), e, talks_text(root, P_session_id));
	else if (whom.len && !talks_is_user(t, e->connection->id, talks_account(whom)))
		talks_invite(t, board(t, e), e, whom);
}

static void observe_leave(struct talks *t, const struct event *e, const struct field *root)
{
	const struct field *idle = talks_child(root, P_idle_flag);
	struct slice account = account_of(root);

	/* Another endpoint of the user: the user is still here. */
	if (account.len && !talks_is_user(t, e->connection->id, talks_account(account)))
		talks_leave(t, board(t, e), e, account,
			    idle && idle->value.number == 1 ? SLICE_LIT("idle") : SLICE_EMPTY);
}

static void observe_message(struct talks *t, const struct event *e, const struct field *root)
{
	struct talks_said said = {.kind = TALK_TEXT};
	struct slice who = e->from == MSNP_CLIENT ? SLICE_EMPTY : account_of(root);

	if (e->from == MSNP_SERVER && who.len == 0)
		return;
	if (e->from == MSNP_SERVER)
		said.name = talks_text(root, P_friendly_name);
	/* The user's own typing notice names the account, where the beginning of the connection is missing. */
	if (e->from == MSNP_CLIENT)
		talks_learn_user(t, e->connection->id, talks_text(root, F_MSG_TYPING));
	if (e->from == MSNP_CLIENT)
		who = talks_user(t, e->connection->id);
	if (talks_read_message(t, root, &said))
		talks_say(t, board(t, e), e, who, &said);
}

void talks_observe_switchboard(struct talks *t, const struct event *e, const struct field *root)
{
	struct slice why = talks_read_error(t, e, root);

	if (why.len)
		talks_fail(t, e, why);
	else if (slice_eq_str(e->name, "MSG"))
		observe_message(t, e, root);
	else if (slice_eq_str(e->name, "USR") || slice_eq_str(e->name, "ANS"))
		observe_entry(t, e, root);
	else if (slice_eq_str(e->name, "IRO") || slice_eq_str(e->name, "JOI"))
		talks_join(t, board(t, e), e, account_of(root), talks_text(root, P_friendly_name));
	else if (slice_eq_str(e->name, "BYE"))
		observe_leave(t, e, root);
	else if (slice_eq_str(e->name, "CAL"))
		observe_call(t, e, root);
	else if (slice_eq_str(e->name, "NAK"))
		talks_fail(t, e, SLICE_LIT("not delivered"));
}
