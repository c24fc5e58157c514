/* SPDX-License-Identifier: BSD-2-Clause */
/* What commands say about presence: status, name, message and media. */
#include "session/roster_internal.h"

/* Circles and temporary groups: who is seen through them is no contact because of that. */
static bool through_group(const struct field *address)
{
	struct slice via = roster_text(address, F_ADDRESS_VIA);

	return slice_has_prefix(via, SLICE_LIT("9:")) || slice_has_prefix(via, SLICE_LIT("10:"));
}

static void add_address(const struct field *address, struct telling *t)
{
	t->account = roster_account(address, &t->network);
	t->in_group = through_group(address);
}

/* Whom ILN, NLN, FLN and UBX are about. */
static struct telling about(const struct observed *o)
{
	struct telling t = {.network = (unsigned)roster_number(o->root, P_network_id)};
	const struct field *address = roster_child(o->root, P_passport);

	add_address(address ? address : roster_child(o->root, P_network_passport), &t);
	return t;
}

static void tell(const struct observed *o, const struct telling *t)
{
	roster_change(o, &(struct change){.kind = CHANGE_PRESENCE, .telling = *t});
}

/* Message, name and media in Data, or in a block of user XML. */
static void add_data(const struct field *data, struct telling *t)
{
	const struct field *media = roster_child(data, F_PRESENCE_MEDIA);

	if (roster_child(data, F_PRESENCE_PSM)) {
		t->has_message = true;
		t->message = roster_text(data, F_PRESENCE_PSM);
	}
	if (roster_text(data, F_PRESENCE_FRIENDLY_NAME).len)
		t->name = roster_text(data, F_PRESENCE_FRIENDLY_NAME);
	if (media) {
		t->has_media = true;
		t->media = roster_number(media, F_MEDIA_ENABLED) ? roster_text(media, F_MEDIA_TEXT) : SLICE_EMPTY;
	}
}

/* --- commands --- */

/* The server says what the status now is. */
static void on_chg(const struct observed *o)
{
	tell(o, &(struct telling){.status = roster_text(o->root, P_status)});
}

/* ILN, NLN */
static void on_status(const struct observed *o)
{
	struct telling t = about(o);

	t.status = roster_text(o->root, P_status);
	t.name = roster_text(o->root, P_friendly_name);
	if (t.account.len)
		tell(o, &t);
}

static void on_fln(const struct observed *o)
{
	struct telling t = about(o);

	t.status = SLICE_LIT("FLN");
	if (t.account.len)
		tell(o, &t);
}

/* Without payload there is neither message nor media. */
static void on_ubx(const struct observed *o)
{
	const struct field *data = roster_child(o->root, F_PRESENCE_DATA);
	struct telling t = about(o);

	if (t.account.len == 0)
		return;
	t.has_message = t.has_media = o->e->payload.len == 0 && o->e->declared_length == 0;
	add_data(data, &t);
	tell(o, &t);
}

static void on_uux(const struct observed *o)
{
	struct telling t = {.has_message = false};

	add_data(roster_child(o->root, F_PRESENCE_DATA), &t);
	if (t.has_message || t.has_media)
		tell(o, &t);
}

/* The blocks of the account itself; says whether one is about messages. */
static bool add_user(const struct field *user, struct telling *t)
{
	bool im = false;

	for (const struct field *f = user ? user->first : NULL; f; f = f->next) {
		if (f->def != &field_defs[F_USER_SERVICE])
			continue;
		im |= slice_eq_str(roster_text(f, F_USER_SERVICE_NAME), "IM");
		add_data(f, t);
		if (roster_child(f, F_USER_MOOD)) {
			t->has_message = true;
			t->message = roster_text(f, F_USER_MOOD);
		}
		if (roster_text(f, F_PRESENCE_STATUS).len)
			t->status = roster_text(f, F_PRESENCE_STATUS);
	}
	return im;
}

/* MSNP21 on: the block IM that is withdrawn says that the account is offline. */
static void on_nfy(const struct observed *o)
{
	const struct field *user = roster_child(o->root, F_USER_STATE);
	struct slice verb = roster_text(o->root, P_notify_verb), context = roster_text(o->root, P_context);
	struct telling t = {.network = 0};
	bool gone = slice_eq_str(verb, "DEL") || slice_eq_str(context, "MSGR\\DEL");

	add_address(roster_child(roster_child(o->root, F_ROUTING), F_ROUTING_FROM), &t);
	if (!user || t.account.len == 0)
		return;
	if (!gone)
		add_user(user, &t);
	else if (add_user(user, &(struct telling){.network = 0}))
		t.status = SLICE_LIT("FLN");
	tell(o, &t);
}

static void on_put(const struct observed *o)
{
	const struct field *user = roster_child(o->root, F_USER_STATE);
	struct telling t = {.network = 0};

	if (!user)
		return;
	add_user(user, &t);
	tell(o, &t);
}

/* --- all commands --- */

static const struct roster_command rows[] = {
	{"CHG", false, on_chg}, {"FLN", false, on_fln},    {"ILN", false, on_status}, {"NFY", false, on_nfy},
	{"NLN", false, on_status}, {"PUT", true, on_put}, {"UBX", false, on_ubx},    {"UUX", true, on_uux},
};

bool roster_observe_presence(const struct observed *o)
{
	return roster_call(o, rows, sizeof(rows) / sizeof(rows[0]));
}
