/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invitations: the body of the MSG is a second block of headers.
 *
 *	Application-Name: File Transfer
 *	Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}
 *	Invitation-Command: INVITE
 *	Invitation-Cookie: 51423
 *	Application-File: notes.txt
 *	Application-FileSize: 4096
 *	Connectivity: N
 *
 * ACCEPT and CANCEL have the same cookie.  A second ACCEPT, or the first when
 * it has Sender-Connect, tells IP-Address, Port and AuthCookie; PortX is the
 * port XOR 0x3141.  Source: invitations in the specification (HYP-INV,
 * NINA-FTPINV, MIRANDA-OLD).
 */
#include "dissectors/invite.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "dissectors/body_block.h"
#include "dissectors/msnp_value.h"
#include "util/utf8.h"

/* Bytes of a word that a finding or the summary shows. */
#define SHOWN_MAX 80u

#define PORT_MAX 65535u
/* PortX and PortX-Internal are the port XOR this. */
#define PORT_MASK 0x3141u

enum kind { KIND_TEXT, KIND_NUMBER, KIND_BOOL, KIND_GUID, KIND_PORT, KIND_PORT_X, KIND_BASE64, KIND_END };

/* A line that has a field of its own. */
static const struct known_line {
	const char *name;
	enum field_id id;
	enum kind kind;
} known[] = {
	{"Invitation-Command", F_INVITE_COMMAND, KIND_TEXT},
	{"Invitation-Cookie", F_INVITE_COOKIE, KIND_NUMBER},
	{"Application-Name", F_INVITE_APPLICATION, KIND_TEXT},
	{"Application-GUID", F_INVITE_GUID, KIND_GUID},
	{"Application-URL", F_INVITE_URL, KIND_TEXT},
	{"Application-File", F_INVITE_FILE, KIND_TEXT},
	{"Application-FileSize", F_INVITE_FILE_SIZE, KIND_NUMBER},
	{"Connectivity", F_INVITE_CONNECTIVITY, KIND_TEXT},
	{"Sender-Connect", F_INVITE_SENDER_CONNECT, KIND_BOOL},
	{"Session-Protocol", F_INVITE_PROTOCOL, KIND_TEXT},
	{"Session-ID", F_INVITE_SESSION, KIND_TEXT},
	{"Context-Data", F_INVITE_CONTEXT, KIND_TEXT},
	{"Launch-Application", F_INVITE_LAUNCH, KIND_BOOL},
	{"Request-Data", F_INVITE_REQUEST, KIND_TEXT},
	{"AuthCookie", F_INVITE_AUTH_COOKIE, KIND_TEXT},
	{"IP-Address", F_INVITE_IP, KIND_TEXT},
	{"IP-Address-Internal", F_INVITE_IP_INTERNAL, KIND_TEXT},
	{"IP-Address-Enc64", F_INVITE_IP_ENCODED, KIND_BASE64},
	{"Port", F_INVITE_PORT, KIND_PORT},
	{"PortX", F_INVITE_PORT_X, KIND_PORT_X},
	{"PortX-Internal", F_INVITE_PORT_X_INTERNAL, KIND_PORT_X},
	{"Conn-Type", F_INVITE_CONNECTION, KIND_TEXT},
	{"Sip-Capability", F_INVITE_SIP, KIND_TEXT},
	{"Private-IP", F_INVITE_PRIVATE_IP, KIND_TEXT},
	{"Public-IP", F_INVITE_PUBLIC_IP, KIND_TEXT},
	{"UPnP", F_INVITE_UPNP, KIND_TEXT},
	{"UsingRendezvous", F_INVITE_RENDEZVOUS, KIND_TEXT},
	{"Cancel-Code", F_INVITE_CANCEL_CODE, KIND_TEXT},
	{NULL, FIELD_COUNT, KIND_END},
};

static struct slice shown(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

static void bad_value(struct dissection *d, const struct known_line *k, const struct field *f, struct slice text,
		      const char *why)
{
	finding_add(d, RULE_INVITE_BROKEN, f, "%s %s: \"%.*s\"", k->name, why, SLICE_ARG(shown(text)));
}

static struct slice upper_case(struct arena *arena, struct slice s)
{
	uint8_t *out = arena_alloc_raw(arena, s.len);

	for (size_t i = 0; i < s.len; i++)
		out[i] = (uint8_t)(s.ptr[i] >= 'a' && s.ptr[i] <= 'z' ? s.ptr[i] - 32 : s.ptr[i]);
	return slice_of(out, s.len);
}

static void set_text(struct field *f, struct slice text)
{
	f->has_value = true;
	f->value.text = text;
}

static void set_number(struct dissection *d, const struct known_line *k, struct field *f, struct slice text)
{
	uint64_t number;

	if (text.len == 0) {
		finding_add(d, RULE_INVITE_BROKEN, f, "%s is empty", k->name);
		return;
	}
	if (!slice_u64(text, &number)) {
		bad_value(d, k, f, text, "is no number");
		return;
	}
	if (k->kind == KIND_PORT_X)
		number ^= PORT_MASK;
	if (k->kind != KIND_NUMBER && (number == 0 || number > PORT_MAX))
		bad_value(d, k, f, text, "is no port");
	f->has_value = true;
	f->value.number = number;
}

static void set_bool(struct dissection *d, const struct known_line *k, struct field *f, struct slice text)
{
	f->has_value = slice_case_eq(text, SLICE_LIT("TRUE")) || slice_case_eq(text, SLICE_LIT("FALSE"));
	if (f->has_value)
		f->value.number = slice_case_eq(text, SLICE_LIT("TRUE"));
	else
		bad_value(d, k, f, text, "is neither TRUE nor FALSE");
}

static void set_guid(struct dissection *d, const struct known_line *k, struct field *f, struct slice text)
{
	set_text(f, upper_case(d->arena, text));
	if (!field_enum(f) && !is_guid(text))
		bad_value(d, k, f, text, "is no GUID");
}

static void set_base64(struct dissection *d, const struct known_line *k, struct field *f, struct slice text)
{
	struct slice decoded;

	if (base64_decode(d->arena, text, &decoded)) {
		set_text(f, decoded);
		return;
	}
	set_text(f, text);
	bad_value(d, k, f, text, "is not base64");
}

static void add_known(struct dissection *d, struct field *parent, const struct known_line *k, const struct field *line)
{
	struct field *f = field_add(d, parent, k->id, line->source, line->offset, line->length);
	struct slice text = line->value.text;

	switch (k->kind) {
	case KIND_NUMBER:
	case KIND_PORT:
	case KIND_PORT_X:
		set_number(d, k, f, text);
		break;
	case KIND_BOOL:
		set_bool(d, k, f, text);
		break;
	case KIND_GUID:
		set_guid(d, k, f, text);
		break;
	case KIND_BASE64:
		set_base64(d, k, f, text);
		break;
	case KIND_TEXT:
	case KIND_END:
		set_text(f, text);
		break;
	}
}

/* The field of that description when it has a value, else NULL. */
static const struct field *value_of(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);

	return f && f->has_value ? f : NULL;
}

static struct slice text_of(const struct field *parent, enum field_id id)
{
	const struct field *f = value_of(parent, id);

	return f ? f->value.text : SLICE_EMPTY;
}

static bool is_row(const struct enum_row *row, const char *name)
{
	return row && strcmp(row->name, name) == 0;
}

static bool has_separator(struct slice name)
{
	return slice_find_byte(name, '/') < name.len || slice_find_byte(name, '\\') < name.len;
}

/* What an INVITE must have, and the INVITE to a file transfer besides. */
static void check_invite(struct dissection *d, const struct field *parent, const struct field *block)
{
	const struct field *guid = value_of(parent, F_INVITE_GUID);
	const struct field *name = value_of(parent, F_INVITE_FILE);

	if (!guid)
		finding_add(d, RULE_INVITE_BROKEN, block, "no Application-GUID");
	else if (is_row(field_enum(guid), "file_transfer") &&
		 !(name && field_child(parent, &field_defs[F_INVITE_FILE_SIZE])))
		finding_add(d, RULE_INVITE_BROKEN, block, "file without name or size");
	if (name && has_separator(name->value.text))
		finding_add(d, RULE_INVITE_BROKEN, name, "file name holds a path: \"%.*s\"",
			    SLICE_ARG(shown(name->value.text)));
}

static void check_known(struct dissection *d, const struct field *f)
{
	if (f && !field_enum(f))
		finding_add(d, RULE_MSNP_UNKNOWN_VALUE, f, "not a known value: \"%.*s\"",
			    SLICE_ARG(shown(f->value.text)));
}

/* RFC 1918, and RFC 3927 (no address was given out).  Some applications write a port behind it. */
static bool is_private(struct arena *arena, struct slice text)
{
	struct slice host = arena_printf(arena, "%.*s", SLICE_ARG(slice_sub(text, 0, slice_find_byte(text, ':'))));
	struct in_addr a;

	if (inet_pton(AF_INET, (const char *)host.ptr, &a) != 1)
		return false;
	uint32_t n = ntohl(a.s_addr);
	return n >> 24 == 10 || n >> 20 == 0xac1 || n >> 16 == 0xc0a8 || n >> 16 == 0xa9fe;
}

static void check_address(struct dissection *d, const struct field *ip)
{
	if (ip && is_private(d->arena, ip->value.text))
		finding_add(d, RULE_INVITE_PRIVATE, ip, "%.*s is reached from the same network only", SLICE_ARG(shown(ip->value.text)));
}

static void check(struct dissection *d, const struct field *parent, const struct field *block)
{
	const struct field *command = value_of(parent, F_INVITE_COMMAND);

	if (!command)
		finding_add(d, RULE_INVITE_BROKEN, block, "no Invitation-Command");
	if (!field_child(parent, &field_defs[F_INVITE_COOKIE]))
		finding_add(d, RULE_INVITE_BROKEN, block, "no Invitation-Cookie");
	check_address(d, value_of(parent, F_INVITE_IP));
	check_known(d, command);
	check_known(d, value_of(parent, F_INVITE_CANCEL_CODE));
	if (command && is_row(field_enum(command), "invite"))
		check_invite(d, parent, block);
}

/* --- summary --- */

/* "file_transfer" as "file transfer". */
static struct slice name_text(struct arena *arena, const char *name)
{
	size_t len = strlen(name);
	uint8_t *out = arena_alloc_raw(arena, len);

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(name[i] == '_' ? ' ' : name[i]);
	return slice_of(out, len);
}

static void summarise_invite(struct dissection *d, const struct field *parent)
{
	const struct field *guid = value_of(parent, F_INVITE_GUID);
	const struct enum_row *row = guid ? field_enum(guid) : NULL;
	struct slice name = shown(text_of(parent, F_INVITE_APPLICATION));
	struct slice file = shown(text_of(parent, F_INVITE_FILE));
	const struct field *size = value_of(parent, F_INVITE_FILE_SIZE);
	struct slice text;

	if (row)
		text = name_text(d->arena, row->name);
	else if (name.len)
		text = arena_printf(d->arena, "\"%.*s\"", SLICE_ARG(name));
	else
		text = SLICE_LIT("an application that is not named");
	if (file.len)
		text = arena_printf(d->arena, "%.*s \"%.*s\"", SLICE_ARG(text), SLICE_ARG(file));
	dissection_summary_add(d, "invites to %.*s", SLICE_ARG(text));
	if (size)
		dissection_summary_add(d, "%" PRIu64 " bytes", size->value.number);
}

static void summarise_accept(struct dissection *d, const struct field *parent, const char *number)
{
	struct slice ip = shown(text_of(parent, F_INVITE_IP));
	const struct field *port = value_of(parent, F_INVITE_PORT);
	const struct field *sender = value_of(parent, F_INVITE_SENDER_CONNECT);

	dissection_summary_add(d, "accepts invitation%s", number);
	if (ip.len == 0)
		ip = shown(text_of(parent, F_INVITE_IP_ENCODED));
	if (ip.len && port && slice_find_byte(ip, ':') == ip.len)
		dissection_summary_add(d, "connect to %.*s:%" PRIu64, SLICE_ARG(ip), port->value.number);
	else if (ip.len)
		dissection_summary_add(d, "connect to %.*s", SLICE_ARG(ip));
	else if (sender && sender->value.number)
		dissection_summary_add(d, "the sender is to connect");
}

static void summarise_cancel(struct dissection *d, const struct field *parent, const char *number)
{
	const struct field *code = value_of(parent, F_INVITE_CANCEL_CODE);
	const struct enum_row *row = code ? field_enum(code) : NULL;

	if (row)
		dissection_summary_add(d, "cancels invitation%s: %s", number, row->meaning);
	else if (code)
		dissection_summary_add(d, "cancels invitation%s: %.*s", number, SLICE_ARG(shown(code->value.text)));
	else
		dissection_summary_add(d, "cancels invitation%s", number);
}

static void summarise(struct dissection *d, const struct field *parent)
{
	const struct field *command = value_of(parent, F_INVITE_COMMAND);
	const struct field *cookie = value_of(parent, F_INVITE_COOKIE);
	const struct enum_row *row = command ? field_enum(command) : NULL;
	const char *number = "";

	if (cookie)
		number = (const char *)arena_printf(d->arena, " %" PRIu64, cookie->value.number).ptr;
	if (is_row(row, "invite"))
		summarise_invite(d, parent);
	else if (is_row(row, "accept"))
		summarise_accept(d, parent, number);
	else if (is_row(row, "cancel"))
		summarise_cancel(d, parent, number);
	else if (command)
		dissection_summary_add(d, "\"%.*s\" for invitation%s", SLICE_ARG(shown(command->value.text)), number);
	else
		dissection_summary_add(d, "invitation without command");
}

void invite_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		    const struct msnp_context *context)
{
	struct field *block = body_block_dissect(d, parent, F_INVITE_BLOCK, F_INVITE_LINE, source, offset, length);

	(void)context;
	for (const struct known_line *k = known; k->name; k++) {
		const struct field *line = headers_find(block, k->name);

		if (line)
			add_known(d, parent, k, line);
	}
	check(d, parent, block);
	summarise(d, parent);
}
