/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/recall.h"

#include <inttypes.h>
#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

/* Bytes kept of an account, and bytes of one that findings show. */
#define ACCOUNT_KEPT_MAX 256u
#define SHOWN_MAX 80u
/* How deep emoticons lie: in the message itself, or in one that was put together. */
#define EMOTICON_DEPTH 2u

#define NUDGE 1u

struct recall_invitation {
	uint64_t cookie;
	bool to_file; /* to a file transfer */
};

struct recall_nudger {
	uint64_t who; /* hash of sender and addressee */
	int64_t time_ns;
};

/* --- fields --- */

static const struct field *child(const struct field *parent, enum field_id id)
{
	return parent ? field_child(parent, &field_defs[id]) : NULL;
}

static struct slice text(const struct field *parent, enum field_id id)
{
	const struct field *f = child(parent, id);

	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

/* The account of an address, without network and endpoint. */
static struct slice account_in(const struct field *address)
{
	const struct field *account = child(address, F_ADDRESS_ACCOUNT);

	if (account)
		return account->value.text;
	if (!address || !address->has_value)
		return SLICE_EMPTY;
	return slice_sub(address->value.text, 0, slice_find_byte(address->value.text, ';'));
}

/* The account that the command line names. */
static struct slice account_of(const struct field *root)
{
	struct slice account = account_in(child(root, P_passport_epid));

	return account.len ? account : account_in(child(root, P_passport));
}

static bool is_name(const struct event *e, const char *name)
{
	return slice_eq_str(e->name, name);
}

/* Messages that carry headers of their own in front of a body. */
static bool is_message(const struct event *e)
{
	return is_name(e, "MSG") || is_name(e, "UUM") || is_name(e, "UBM") || is_name(e, "SDG");
}

/* Parts of a message that was split count when the whole is there. */
static const struct field *message_in(const struct field *root)
{
	const struct field *joined = child(root, F_MSG_JOINED);

	return joined ? joined : root;
}

/* Who sends a message; empty when that is not known. */
static struct slice sender_of(const struct recall *r, const struct event *e, const struct field *root)
{
	const struct field *from = child(child(root, F_ROUTING), F_ROUTING_FROM);

	if (from)
		return account_in(from);
	return e->from == MSNP_CLIENT ? r->user : account_of(root);
}

/* --- who the user is --- */

static void learn_user(struct recall *r, const struct event *e, const struct field *root)
{
	struct slice account = SLICE_EMPTY;

	if (is_name(e, "USR") || (is_name(e, "ANS") && e->from == MSNP_CLIENT))
		account = account_of(root);
	account = slice_sub(account, 0, ACCOUNT_KEPT_MAX);
	if (account.len == 0 || slice_case_eq(account, r->user))
		return;
	free((void *)(uintptr_t)r->user.ptr);
	r->user = slice_of(memcpy(memory_alloc(account.len), account.ptr, account.len), account.len);
}

static void check_sender(const struct recall *r, const struct event *e, struct dissection *d)
{
	const struct field *from = child(child(&d->root, F_ROUTING), F_ROUTING_FROM);
	struct slice account = account_in(from);

	if (e->from != MSNP_CLIENT || account.len == 0 || r->user.len == 0 || slice_case_eq(account, r->user))
		return;
	finding_add(d, RULE_ROUTING_SENDER, from, "From is %.*s, signed in is %.*s", SLICE_ARG(utf8_cut(account, SHOWN_MAX)),
		    SLICE_ARG(utf8_cut(r->user, SHOWN_MAX)));
}

/* Of the others the line says who they are. */
static void check_typing(const struct recall *r, const struct event *e, struct dissection *d)
{
	const struct field *typing = child(&d->root, F_MSG_TYPING), *f = typing ? typing : child(&d->root, F_MSG_RECORDING);

	if (e->from != MSNP_CLIENT || !f || !f->has_value || r->user.len == 0 || slice_case_eq(account_in(f), r->user))
		return;
	finding_add(d, RULE_MSG_CONTROL, f, "names %.*s, signed in is %.*s", SLICE_ARG(utf8_cut(f->value.text, SHOWN_MAX)),
		    SLICE_ARG(utf8_cut(r->user, SHOWN_MAX)));
}

/* Only the user's own places are told what is private about them. */
static void check_private(const struct recall *r, const struct event *e, struct dissection *d)
{
	const struct field *f = child(child(&d->root, F_PRESENCE_DATA), F_PRESENCE_PRIVATE_ENDPOINT);
	struct slice account = account_of(&d->root);

	if (e->from != MSNP_SERVER || !f || r->user.len == 0 || account.len == 0 || slice_case_eq(account, r->user))
		return;
	finding_add(d, RULE_PRESENCE_PRIVATE, f, "of %.*s, signed in is %.*s", SLICE_ARG(utf8_cut(account, SHOWN_MAX)),
		    SLICE_ARG(utf8_cut(r->user, SHOWN_MAX)));
}

/* --- profile --- */

static void check_profile(struct recall *r, const struct event *e, struct dissection *d)
{
	if (e->from == MSNP_CLIENT && is_name(e, "VER"))
		r->has_profile = false;
	if (e->from != MSNP_SERVER || e->connection->role == MSNP_SB ||
	    !slice_eq_str(text(&d->root, F_MSG_CONTENT_TYPE), "text/x-msmsgsprofile"))
		return;
	if (r->has_profile)
		finding_add(d, RULE_MSG_SECOND_PROFILE, child(&d->root, F_MSG_CONTENT_TYPE), "profile of this sign-in was sent before");
	r->has_profile = true;
}

/* --- invitations --- */

static const struct recall_invitation *invitation_of(const struct recall *r, uint64_t cookie)
{
	size_t count = r->invitation_count < RECALL_INVITATIONS_MAX ? r->invitation_count : RECALL_INVITATIONS_MAX;

	for (size_t i = 0; i < count; i++)
		if (r->invitations[i].cookie == cookie)
			return &r->invitations[i];
	return NULL;
}

static bool is_word(const struct field *f, const char *name)
{
	const struct enum_row *row = f && f->has_value ? field_enum(f) : NULL;

	return row && strcmp(row->name, name) == 0;
}

static void remember_invitation(struct recall *r, const struct field *message, uint64_t cookie)
{
	if (!r->invitations)
		r->invitations = memory_alloc(RECALL_INVITATIONS_MAX * sizeof(*r->invitations));
	r->invitations[r->invitation_count++ % RECALL_INVITATIONS_MAX] =
		(struct recall_invitation){cookie, is_word(child(message, F_INVITE_GUID), "file_transfer")};
}

/* ACCEPT does not say what was invited to. */
static void check_accept(const struct recall_invitation *i, const struct field *message, struct dissection *d)
{
	const struct field *ip = child(message, F_INVITE_IP);

	if (i->to_file && ip && ip->has_value && ip->value.text.len && !child(message, F_INVITE_AUTH_COOKIE))
		finding_add(d, RULE_INVITE_BROKEN, ip, "address for a file without AuthCookie");
}

static void check_invitation(struct recall *r, struct dissection *d)
{
	const struct field *message = message_in(&d->root), *cookie = child(message, F_INVITE_COOKIE);
	const struct field *command = child(message, F_INVITE_COMMAND);

	if (!cookie || !cookie->has_value)
		return;
	if (is_word(command, "invite")) {
		remember_invitation(r, message, cookie->value.number);
		return;
	}
	const struct recall_invitation *i = invitation_of(r, cookie->value.number);
	if (i && is_word(command, "accept"))
		check_accept(i, message, d);
	else if (!i && (is_word(command, "accept") || is_word(command, "cancel")) && !r->gaps && r->invitation_count <= RECALL_INVITATIONS_MAX)
		finding_add(d, RULE_INVITE_COOKIE, cookie, "no invitation %" PRIu64 " was seen", cookie->value.number);
}

/* --- nudges --- */

static bool is_nudge(const struct field *root)
{
	const struct field *id = child(message_in(root), F_DATACAST_ID);

	return (id && id->has_value && id->value.number == NUDGE) ||
	       slice_case_eq(text(child(root, F_ROUTING_MESSAGING), F_ROUTING_MESSAGE_TYPE), SLICE_LIT("Nudge"));
}

/* FNV-1a, without case. */
static uint64_t hash(uint64_t before, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		before = (before ^ (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c)) * UINT64_C(0x100000001b3);
	}
	return (before ^ 0xff) * UINT64_C(0x100000001b3);
}

/* On a switchboard all others are addressed; elsewhere one. */
static uint64_t hash_parties(const struct recall *r, const struct event *e, const struct field *root)
{
	const struct field *to = child(child(root, F_ROUTING), F_ROUTING_TO);
	uint64_t n = hash(UINT64_C(0xcbf29ce484222325), sender_of(r, e, root));

	n = hash(n, to ? account_in(to) : e->connection->role == MSNP_SB ? SLICE_EMPTY : account_of(root));
	return hash(n, slice_of((const uint8_t *)(e->from == MSNP_CLIENT ? "c" : "s"), 1));
}

static struct recall_nudger *nudger_of(struct recall *r, uint64_t who)
{
	size_t count = r->nudger_count < RECALL_NUDGERS_MAX ? r->nudger_count : RECALL_NUDGERS_MAX;

	if (!r->nudgers)
		r->nudgers = memory_zalloc(RECALL_NUDGERS_MAX * sizeof(*r->nudgers));
	for (size_t i = 0; i < count; i++)
		if (r->nudgers[i].who == who)
			return &r->nudgers[i];
	struct recall_nudger *n = &r->nudgers[r->nudger_count++ % RECALL_NUDGERS_MAX];
	*n = (struct recall_nudger){who, TIME_NONE};
	return n;
}

static void check_rate(struct recall *r, const struct event *e, struct dissection *d)
{
	if (e->connection->coarse || e->time_ns == TIME_NONE || !is_nudge(&d->root))
		return;
	struct recall_nudger *n = nudger_of(r, hash_parties(r, e, &d->root));
	int64_t since = n->time_ns == TIME_NONE ? RECALL_NUDGE_NS : e->time_ns - n->time_ns;
	if (since >= 0 && since < RECALL_NUDGE_NS)
		finding_add(d, RULE_DATACAST_RATE, NULL, "%.1f s after the last one", (double)since / 1e9);
	n->time_ns = e->time_ns;
}

/* --- emoticons --- */

static void check_creators(struct dissection *d, const struct field *parent, struct slice sender, unsigned depth)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		const struct field *creator = f->def == &field_defs[F_EMOTICON] ? child(f, F_MSNOBJ_CREATOR) : NULL;

		if (creator && creator->has_value && !slice_case_eq(account_in(creator), sender))
			finding_add(d, RULE_EMOTICON_CREATOR, creator, "creator is %.*s, sender is %.*s",
				    SLICE_ARG(utf8_cut(creator->value.text, SHOWN_MAX)), SLICE_ARG(utf8_cut(sender, SHOWN_MAX)));
		else if (!creator && depth)
			check_creators(d, f, sender, depth - 1);
	}
}

/* --- events --- */

/* Through the gateway it is told when the beginning is missing. */
static bool seen_from_start(const struct connection *c)
{
	return c->direction_from == DIRECTION_SYN || c->direction_from == DIRECTION_HTTP;
}

static bool is_damage(const struct event *e, const struct dissection *d)
{
	return e->kind == EVENT_LOST || e->kind == EVENT_SKIPPED || (e->kind == EVENT_GATEWAY && d->findings) || e->lost_bytes;
}

static void check_message(struct recall *r, const struct event *e, struct dissection *d)
{
	struct slice sender = sender_of(r, e, &d->root);

	check_profile(r, e, d);
	check_typing(r, e, d);
	check_invitation(r, d);
	check_rate(r, e, d);
	if (sender.len)
		check_creators(d, &d->root, sender, EMOTICON_DEPTH);
}

void recall_observe(struct recall *r, const struct event *e, struct dissection *d)
{
	r->gaps |= !seen_from_start(e->connection) || e->connection->partial || is_damage(e, d);
	if (e->kind != EVENT_COMMAND || e->unreliable & MSNP_UNRELIABLE_LINE)
		return;
	learn_user(r, e, &d->root);
	if (is_name(e, "VER"))
		check_profile(r, e, d);
	/* Bytes that are not those sent say nothing. */
	if (e->unreliable)
		return;
	if (is_name(e, "SDG") || is_name(e, "PUT") || is_name(e, "DEL"))
		check_sender(r, e, d);
	if (is_name(e, "UBX"))
		check_private(r, e, d);
	if (is_message(e))
		check_message(r, e, d);
}

void recall_free(struct recall *r)
{
	free((void *)(uintptr_t)r->user.ptr);
	free(r->invitations);
	free(r->nudgers);
}
