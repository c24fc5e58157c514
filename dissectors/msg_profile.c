/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All lines are MIME headers; the body is empty.  Many are empty, and many may
 * be missing.
 *
 *	LoginTime: 1200000000
 *	EmailEnabled: 1
 *	MemberIdHigh: 100
 *	MemberIdLow: -5               halves of a 64-bit id, as signed numbers
 *	lang_preference: 1033
 *	Flags: 1073742915
 *	sid: 507
 *	MSPAuth: ...                  ticket
 *	ClientIP: 192.0.2.7
 *	ClientPort: 61956             1266, its bytes swapped
 *
 * Servers of revivals write the port as it is.
 */
#include "dissectors/msg_profile.h"

#include <arpa/inet.h>

#include "dissectors/msg_block.h"
#include "dissectors/oim_date.h"
#include "util/utf8.h"

#define SECOND INT64_C(1000000000)
/* Beyond this, times do not fit nanoseconds. */
#define TIME_MAX UINT64_C(9000000000)
/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 80u

static const struct msg_line lines[] = {
	{"LoginTime", F_PROFILE_LOGIN_TIME, MSG_LINE_NUMBER},
	{"EmailEnabled", F_PROFILE_EMAIL_ENABLED, MSG_LINE_BOOL},
	{"MemberIdHigh", F_PROFILE_MEMBER_ID_HIGH, MSG_LINE_HALF},
	{"MemberIdLow", F_PROFILE_MEMBER_ID_LOW, MSG_LINE_HALF},
	{"lang_preference", F_PROFILE_LANGUAGE, MSG_LINE_NUMBER},
	{"preferredEmail", F_PROFILE_EMAIL, MSG_LINE_TEXT},
	{"country", F_PROFILE_COUNTRY, MSG_LINE_TEXT},
	{"PostalCode", F_PROFILE_POSTAL_CODE, MSG_LINE_TEXT},
	{"Gender", F_PROFILE_GENDER, MSG_LINE_TEXT},
	{"Kid", F_PROFILE_KID, MSG_LINE_BOOL},
	{"Age", F_PROFILE_AGE, MSG_LINE_TEXT},
	{"BDayPre", F_PROFILE_BIRTHDAY_PRECISION, MSG_LINE_TEXT},
	{"Birthday", F_PROFILE_BIRTHDAY, MSG_LINE_TEXT},
	{"Wallet", F_PROFILE_WALLET, MSG_LINE_TEXT},
	{"Flags", F_PROFILE_FLAGS, MSG_LINE_HALF},
	{"sid", F_PROFILE_SITE, MSG_LINE_NUMBER},
	{"kv", F_PROFILE_KEY_VERSION, MSG_LINE_NUMBER},
	{"ClientIP", F_PROFILE_CLIENT_IP, MSG_LINE_TEXT},
	{"ClientPort", F_PROFILE_CLIENT_PORT_WRITTEN, MSG_LINE_NUMBER},
	{"ABCHMigrated", F_PROFILE_ABCH_MIGRATED, MSG_LINE_BOOL},
	{"MPOPEnabled", F_PROFILE_MPOP_ENABLED, MSG_LINE_BOOL},
	{"RouteInfo", F_PROFILE_ROUTE_INFO, MSG_LINE_TEXT},
	{"BetaInvites", F_PROFILE_BETA_INVITES, MSG_LINE_TEXT},
	{"TOUNeeded", F_PROFILE_TOU_NEEDED, MSG_LINE_TEXT},
};

static void add_login_time(struct dissection *d, struct field *parent)
{
	const struct field *f = msg_value(parent, F_PROFILE_LOGIN_TIME);

	if (!f)
		return;
	if (f->value.number > TIME_MAX) {
		finding_add(d, RULE_MSG_BAD_VALUE, f, "LoginTime is no time");
		return;
	}
	struct slice text = oim_date_text(d->arena, (int64_t)f->value.number * SECOND);
	field_add_text(d, parent, F_PROFILE_LOGIN_UTC, text, f->source, f->offset, f->length);
	dissection_summary_add(d, "signed in at %.*s", SLICE_ARG(text));
}

/* The range is that of the lower half. */
static void add_member_id(struct dissection *d, struct field *parent)
{
	const struct field *high = msg_value(parent, F_PROFILE_MEMBER_ID_HIGH);
	const struct field *low = msg_value(parent, F_PROFILE_MEMBER_ID_LOW);

	if (high && low)
		field_add_number(d, parent, F_PROFILE_MEMBER_ID, high->value.number << 32 | low->value.number, low->source,
				 low->offset, low->length);
}

static bool is_address(struct slice text)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];

	if (text.len >= sizeof(copy) || slice_find_byte(text, 0) < text.len)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

static void add_client(struct dissection *d, struct field *parent)
{
	const struct field *ip = msg_value(parent, F_PROFILE_CLIENT_IP);
	const struct field *port = msg_value(parent, F_PROFILE_CLIENT_PORT_WRITTEN);

	if (ip) {
		struct slice shown = utf8_cut(ip->value.text, SHOWN_MAX);

		if (!is_address(ip->value.text))
			finding_add(d, RULE_MSG_BAD_VALUE, ip, "ClientIP is no address: \"%.*s\"", SLICE_ARG(shown));
		dissection_summary_add(d, "client %.*s", SLICE_ARG(shown));
	}
	if (port && port->value.number <= UINT16_MAX)
		field_add_number(d, parent, F_PROFILE_CLIENT_PORT,
				 (port->value.number & 0xff) << 8 | port->value.number >> 8, port->source, port->offset,
				 port->length);
	else if (port)
		finding_add(d, RULE_MSG_BAD_VALUE, port, "ClientPort is no port");
}

void profile_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	(void)context;
	msg_block_dissect(d, parent, source, offset, length);
	const struct field *email = msg_line_find(parent, "preferredEmail");
	if (email && email->value.text.len)
		dissection_summary_add(d, "profile of %.*s", SLICE_ARG(utf8_cut(email->value.text, SHOWN_MAX)));
	else
		dissection_summary_add(d, "profile");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		msg_lines_add(d, parent, &lines[i], 1);
		if (lines[i].id == F_PROFILE_LOGIN_TIME)
			add_login_time(d, parent);
		else if (lines[i].id == F_PROFILE_MEMBER_ID_LOW)
			add_member_id(d, parent);
		else if (lines[i].id == F_PROFILE_CLIENT_PORT_WRITTEN)
			add_client(d, parent);
	}
}
