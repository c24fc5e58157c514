/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies of PUT, DEL and NFY, and what the summary says of them:
 *
 *	PUT /user               publishes one's own presence
 *	NFY PUT /user           presence of somebody
 *	NFY DEL /user           somebody is offline, or one endpoint is gone
 *	DEL /user               signs an endpoint out
 *	PUT /circle             asks for a group (address of zeros), joins, invites
 *	NFY PUT /circle         members
 *	DEL, NFY DEL /circle/roster(IM)/user(1:bo@example.com)      somebody leaves
 *	NFY PUT /network        a connected network signs in
 *
 * In DEL the Uri may say all; the body is empty then.
 */
#include "dissectors/presence.h"
#include "dissectors/routing.h"

/* Members that the summary names, and blocks of a user that it tells of. */
#define NAMED_MAX 5u
#define TOLD_MAX 8u

#define ZERO_GROUP "00000000-0000-0000-0000-000000000000@"

/* What the command does. */
struct act {
	bool notice;  /* NFY, by the server */
	bool removal; /* DEL, NFY DEL */
};

static bool ends_in(struct slice s, const char *end)
{
	struct slice e = slice_str(end);

	return s.len >= e.len && slice_case_eq(slice_sub(s, s.len - e.len, e.len), e);
}

static struct act act_of(const struct dissection *d)
{
	struct slice name = routing_text(&d->root, F_MSNP_NAME);
	struct slice verb = routing_text(&d->root, P_notify_verb), context = routing_text(&d->root, P_context);

	return (struct act){
		.notice = slice_eq_str(name, "NFY"),
		.removal = slice_eq_str(name, "DEL") || slice_eq_str(verb, "DEL") || ends_in(context, "\\DEL"),
	};
}

static struct slice body_of(const struct routed *r)
{
	return slice_sub(r->d->sources[r->body.source].data, r->body.offset, r->body.length);
}

/* --- presence --- */

static void say_block(struct dissection *d, const struct field *f)
{
	struct slice mood = routing_text(f, F_USER_MOOD), place = routing_text(f, F_PRESENCE_ENDPOINT_NAME);

	if (f->def == &field_defs[F_USER_SERVICE])
		presence_summarise(d, f);
	if (mood.len)
		dissection_summary_add(d, "\"%.*s\"", SLICE_ARG(routing_shown(mood)));
	if (place.len)
		dissection_summary_add(d, "endpoint \"%.*s\"", SLICE_ARG(routing_shown(place)));
}

static void say_blocks(struct dissection *d, const struct field *user)
{
	struct slice changed = SLICE_EMPTY;
	size_t count = 0;

	for (const struct field *f = user->first; f && count < TOLD_MAX; f = f->next, count++) {
		say_block(d, f);
		if (changed.len == 0)
			changed = routing_text(f, F_USER_CHANGED);
	}
	if (d->summary.len == 0 && changed.len)
		dissection_summary_add(d, "profile changed %.*s", SLICE_ARG(routing_shown(changed)));
	if (d->summary.len == 0 && user->first)
		dissection_summary_add(d, "endpoints only");
}

/* Behind what the summary says, ": " and what the user tells: "busy, named "Bo", "at work"". */
static void say_presence(const struct routed *r, const struct field *user)
{
	struct slice head = arena_copy(r->d->arena, r->d->summary);

	if (!user)
		return;
	dissection_summarise(r->d, "%s", "");
	say_blocks(r->d, user);
	struct slice parts = arena_copy(r->d->arena, r->d->summary);
	dissection_summarise(r->d, "%.*s%s%.*s", SLICE_ARG(head), parts.len ? ": " : "", SLICE_ARG(parts));
}

static void presence(const struct routed *r, struct act act, const struct field *user)
{
	struct slice kind = routing_text(r->block, F_ROUTING_NOTIF_TYPE);

	if (slice_case_eq(kind, SLICE_LIT("Sync"))) {
		dissection_summarise(r->d, "%.*s asks for presence anew", SLICE_ARG(routing_party(r->d, r->from)));
		return;
	}
	if (!act.notice && routing_is_group(r->to))
		dissection_summarise(r->d, "publishes own presence in %.*s", SLICE_ARG(routing_party(r->d, r->to)));
	else if (!act.notice)
		dissection_summarise(r->d, "publishes own presence");
	else if (routing_same(r->from, r->to))
		dissection_summarise(r->d, "own presence");
	else
		dissection_summarise(r->d, "presence of %.*s", SLICE_ARG(routing_party(r->d, r->from)));
	say_presence(r, user);
}

/* The endpoint of the first sep. */
static struct slice gone_endpoint(const struct field *user)
{
	for (const struct field *f = user ? user->first : NULL; f; f = f->next)
		if (f->def == &field_defs[F_USER_ENDPOINT] && routing_text(f, F_USER_EPID).len)
			return routing_text(f, F_USER_EPID);
	return SLICE_EMPTY;
}

static bool all_gone(const struct field *user)
{
	for (const struct field *f = user ? user->first : NULL; f; f = f->next)
		if (f->def == &field_defs[F_USER_SERVICE])
			return true;
	return false;
}

static void absence(const struct routed *r, struct act act, const struct field *user)
{
	struct slice epid = routing_shown(gone_endpoint(user)), who = routing_party(r->d, r->from);

	if (!act.notice) {
		dissection_summarise(r->d, "signs out%s%.*s", epid.len ? " endpoint " : "", SLICE_ARG(epid));
		return;
	}
	if (all_gone(user)) {
		dissection_summarise(r->d, "%.*s is offline", SLICE_ARG(who));
		if (epid.len)
			dissection_summary_add(r->d, "endpoint %.*s signed out", SLICE_ARG(epid));
	} else if (epid.len) {
		dissection_summarise(r->d, "endpoint %.*s of %.*s signed out", SLICE_ARG(epid), SLICE_ARG(who));
	} else {
		dissection_summarise(r->d, "%.*s withdraws presence", SLICE_ARG(who));
	}
}

static void about_user(const struct routed *r, struct act act)
{
	const struct field *user = field_child(r->parent, &field_defs[F_USER_STATE]);

	if (act.removal)
		absence(r, act, user);
	else
		presence(r, act, user);
}

/* --- groups --- */

static bool is_pending(const struct field *member)
{
	return slice_eq_str(routing_text(member, F_CIRCLE_MEMBER_STATE), "pending");
}

/* "a, b and 3 others": the members of all rosters that are pending, or not. */
static struct slice members(const struct routed *r, const struct field *circle, bool pending, size_t *count)
{
	struct slice names = SLICE_EMPTY;

	*count = 0;
	for (const struct field *roster = circle ? circle->first : NULL; roster; roster = roster->next) {
		for (const struct field *f = roster->first; f; f = f->next) {
			const struct field *id = field_child(f, &field_defs[F_CIRCLE_MEMBER_ID]);

			if (f->def != &field_defs[F_CIRCLE_MEMBER] || !id || is_pending(f) != pending ||
			    (*count)++ >= NAMED_MAX)
				continue;
			names = arena_printf(r->d->arena, "%.*s%s%.*s", SLICE_ARG(names), names.len ? ", " : "",
					     SLICE_ARG(routing_party(r->d, id)));
		}
	}
	if (*count > NAMED_MAX)
		names = arena_printf(r->d->arena, "%.*s and %zu others", SLICE_ARG(names), *count - NAMED_MAX);
	return names;
}

static const struct field *first_member(const struct field *circle)
{
	const struct field *roster = circle ? field_child(circle, &field_defs[F_CIRCLE_ROSTER]) : NULL;
	const struct field *member = roster ? field_child(roster, &field_defs[F_CIRCLE_MEMBER]) : NULL;

	return member ? field_child(member, &field_defs[F_CIRCLE_MEMBER_ID]) : NULL;
}

/* What the client publishes. */
static void group_wish(const struct routed *r, const struct field *circle)
{
	const struct field *member = first_member(circle);
	struct slice group = routing_party(r->d, r->to);
	size_t count;

	if (slice_has_prefix(routing_text(r->to, F_ADDRESS_ACCOUNT), SLICE_LIT(ZERO_GROUP)))
		dissection_summarise(r->d, "asks for a new group");
	else if (member && routing_same(member, r->from))
		dissection_summarise(r->d, "joins %.*s", SLICE_ARG(group));
	else if (member)
		dissection_summarise(r->d, "invites %.*s to %.*s", SLICE_ARG(members(r, circle, false, &count)),
				     SLICE_ARG(group));
	else
		dissection_summarise(r->d, "publishes properties of %.*s", SLICE_ARG(group));
}

/* "1:bo@example.com joined group 10:..., 1:al@example.com is invited" */
static void group_state(const struct routed *r, const struct field *circle)
{
	struct slice kind = routing_text(r->block, F_ROUTING_NOTIF_TYPE), group = routing_party(r->d, r->from);
	bool full = slice_case_eq(kind, SLICE_LIT("Full"));
	size_t present, invited;
	struct slice here = members(r, circle, false, &present), pending = members(r, circle, true, &invited);

	if (slice_case_eq(kind, SLICE_LIT("Sync"))) {
		dissection_summarise(r->d, "%.*s is to be joined again", SLICE_ARG(group));
	} else if (present) {
		dissection_summarise(r->d, "%.*s %s %.*s", SLICE_ARG(here),
				     !full ? "joined" : present > 1 ? "are in" : "is in", SLICE_ARG(group));
		if (invited)
			dissection_summary_add(r->d, "%.*s %s invited", SLICE_ARG(pending), invited > 1 ? "are" : "is");
	} else if (invited) {
		dissection_summarise(r->d, "%.*s %s invited to %.*s", SLICE_ARG(pending), invited > 1 ? "are" : "is",
				     SLICE_ARG(group));
	} else if (circle && field_child(circle, &field_defs[F_CIRCLE_PRESENCE])) {
		dissection_summarise(r->d, "properties of %.*s", SLICE_ARG(group));
		presence_summarise(r->d, field_child(circle, &field_defs[F_CIRCLE_PRESENCE]));
	} else {
		dissection_summarise(r->d, full ? "%.*s is online" : "state of %.*s", SLICE_ARG(group));
	}
}

static void group_left(const struct routed *r, struct act act)
{
	const struct field *uri = field_child(r->block, &field_defs[F_ROUTING_URI]);
	const struct field *user = uri ? field_child(uri, &field_defs[F_ROUTING_URI_USER]) : NULL;
	struct slice group = routing_party(r->d, act.notice ? r->from : r->to);

	if (!user)
		dissection_summarise(r->d, act.notice ? "%.*s is gone" : "ends %.*s", SLICE_ARG(group));
	else if (act.notice)
		dissection_summarise(r->d, "%.*s left %.*s", SLICE_ARG(routing_party(r->d, user)), SLICE_ARG(group));
	else if (routing_same(user, r->from))
		dissection_summarise(r->d, "leaves %.*s", SLICE_ARG(group));
	else
		dissection_summarise(r->d, "removes %.*s from %.*s", SLICE_ARG(routing_party(r->d, user)),
				     SLICE_ARG(group));
}

static void about_circle(const struct routed *r, struct act act)
{
	const struct field *circle = field_child(r->parent, &field_defs[F_CIRCLE_STATE]);

	if (act.removal)
		group_left(r, act);
	else if (act.notice)
		group_state(r, circle);
	else
		group_wish(r, circle);
}

/* --- networks --- */

static void about_network(const struct routed *r, struct act act)
{
	const struct field *state = field_child(r->parent, &field_defs[F_NETWORK_STATE]);
	const struct field *f = state ? field_child(state, &field_defs[F_NETWORK_STATUS]) : NULL;
	const struct enum_row *row = f ? field_enum(f) : NULL;
	struct slice network = routing_text(act.notice ? r->from : r->to, F_ADDRESS_ACCOUNT), status = SLICE_EMPTY;

	if (row)
		status = slice_str(slice_eq_str(f->value.text, "SigningIn") ? "signing in"
				   : slice_eq_str(f->value.text, "SignedIn") ? "signed in"
									      : "signed out");
	else if (f)
		status = routing_shown(f->value.text);
	dissection_summarise(r->d, "network %.*s%s%.*s", SLICE_ARG(routing_shown(network)), status.len ? " " : "",
			     SLICE_ARG(status));
}

/* --- all --- */

static const struct {
	const char *uri, *content_type[2];
	void (*summarise)(const struct routed *r, struct act act);
} kinds[] = {
	{"/user", {"application/user+xml", ""}, about_user},
	{"/circle", {"application/circles+xml", "application/multiparty+xml"}, about_circle},
	{"/network", {"application/network+xml", ""}, about_network},
};

/* Bodies of a kind that is not known, XML as a rule. */
static void other_body(const struct routed *r)
{
	struct payload_xml p;

	if (r->body.length == 0)
		return;
	if (!xml_looks_like(body_of(r))) {
		payload_xml_shown(r->d, r->parent, r->body);
		return;
	}
	if (!payload_xml_parse(&p, r->d, r->parent, r->body, RULE_ROUTING_BODY))
		return;
	routing_xml(r->d, &p);
	payload_xml_finish(&p);
}

/* The row that the Uri begins as, or the number of rows. */
static size_t kind_of(struct slice uri)
{
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && !slice_case_has_prefix(uri, slice_str(kinds[i].uri)))
		i++;
	return i;
}

/* Where no Content-Type is given the Uri says what the body is. */
static void dissect_body(const struct routed *r, size_t kind)
{
	struct slice type = r->content_type;

	if (type.len == 0 && kind < sizeof(kinds) / sizeof(kinds[0]))
		type = slice_str(kinds[kind].content_type[0]);
	payload_dissector *dissect = payload_find(PAYLOAD_ROUTING, type);
	if (r->body.length && type.len && dissect)
		dissect(r->d, r->parent, r->body.source, r->body.offset, r->body.length, r->context);
	else
		other_body(r);
}

void routing_notice(const struct routed *r)
{
	struct act act = act_of(r->d);
	struct slice uri = routing_text(r->block, F_ROUTING_URI);
	size_t kind = kind_of(uri);

	dissect_body(r, kind);
	if (kind < sizeof(kinds) / sizeof(kinds[0])) {
		if (r->content_type.len && !slice_eq_str(r->content_type, kinds[kind].content_type[0]) &&
		    !slice_eq_str(r->content_type, kinds[kind].content_type[1]))
			finding_add(r->d, RULE_ROUTING_BODY, r->block, "Content-Type %.*s does not fit the Uri",
				    SLICE_ARG(routing_shown(r->content_type)));
		kinds[kind].summarise(r, act);
		return;
	}
	if (uri.len == 0)
		finding_add(r->d, RULE_ROUTING_BODY, r->block, "no Uri");
	dissection_summary_add(r->d, "%.*s%sfrom %.*s", SLICE_ARG(routing_shown(uri)), uri.len ? " " : "",
			       SLICE_ARG(routing_party(r->d, r->from)));
}
