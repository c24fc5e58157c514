/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/placeholder.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dissectors/msnp_table.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Longest number that says nothing about a person: longer ones are telephone numbers and ids of accounts. */
#define NUMBER_SHOWN_MAX 6u
/* Longest word that is shown where the protocol has words of its own. */
#define WORD_SHOWN_MAX 12u
/* Characters of a GUID without braces. */
#define GUID_LEN 36u

/* --- what a field is --- */

/* Fields whose texts are the protocol's own. */
static const enum field_id public_fields[] = {
	F_MSNP_NAME, F_MSNP_ERROR, F_MSNP_ERROR_MEANING, F_MSNP_FAILED, F_MSNP_CHALLENGE_VERDICT,
	F_MSNP_CHALLENGE_METHOD, F_MSNP_PRODUCT_CLIENT, F_CAPABILITIES_BIT, F_CAPABILITIES_BIT2,
	F_CAPABILITIES_CLIENT, F_LIST_NAME, F_MSNOBJ_SHA1C_VERDICT, F_PAIR_LINK, F_OIM_PROXY, F_OIM_LANGUAGE,
	F_OIM_PROTOCOL, F_OIM_CLIENT_BUILD, F_OIM_PRODUCT_ID, F_OIM_PRODUCT_CLIENT, F_OIM_LOCK_KEY_VERDICT, F_OIM_KIND,
	F_OIM_FAULT, F_OIM_AUTH_POLICY, F_OIM_MESSAGE_TYPE, F_OIM_CONTENT_TYPE, F_OIM_CHARSET, F_OIM_ENCODING,
	F_HTTP_METHOD, F_HTTP_REASON, F_HTTP_CONTENT_TYPE, F_HTTP_USER_AGENT, F_SOAP_VERSION, F_SOAP_ACTION,
	F_SOAP_OPERATION, F_SOAP_NAMESPACE, F_SOAP_FAULT_CODE, F_SOAP_FAULT_SUBCODE, F_SOAP_ERROR_CODE, F_XML_NAMESPACE,
	F_RST_ADDRESS, F_RST_REQUEST_TYPE, F_RST_TOKEN_TYPE, F_AB_APPLICATION, F_AB_SCENARIO, F_AB_BRAND, F_AB_VIEW,
	F_AB_CONTACT_TYPE, F_AB_EMAIL_TYPE, F_AB_PHONE_TYPE, F_AB_CHANGED,
	F_SHARING_WANTED, F_SHARING_SERVICE_TYPE, F_SHARING_ROLE, F_SHARING_MEMBER_KIND, F_SHARING_MEMBER_TYPE,
	F_SHARING_STATE, F_SHARING_VIEW, F_STORAGE_APPLICATION, F_STORAGE_SCENARIO, F_STORAGE_RELATIONSHIP, F_STORAGE_VIEW,
	F_CONFIG_VERSION, F_INVITE_COMMAND, F_INVITE_APPLICATION, F_INVITE_GUID,
	F_INVITE_CONNECTIVITY, F_INVITE_PROTOCOL, F_INVITE_CANCEL_CODE, F_INVITE_CONNECTION, F_UUN_OPCODE,
	F_UUN_SERVICE, F_PRESENCE_STATUS, F_PRESENCE_CAPABILITIES, F_PRESENCE_CLIENT_VERSION, F_PRESENCE_STATE,
	F_MSG_CONTENT_TYPE, F_MSG_CHARSET, F_MSG_USER_AGENT, F_MSG_DEST_AGENT, F_FORMAT_FONT, F_FORMAT_EFFECT,
	F_FORMAT_COLOUR, F_CLIENT_NAME, F_CLIENT_LOGGING, F_CLIENT_SYSTEM, F_P2P_KIND, F_P2P_FLAG,
	F_P2P_OPCODE_BIT, F_P2P_CALL_PURPOSE, F_SLP_METHOD, F_SLP_PROTOCOL, F_SLP_REASON, F_SLP_CONTENT_TYPE,
	F_SLP_EUF_GUID, F_SLP_BRIDGE, F_SLP_BRIDGES, F_SLP_CONN_TYPE, F_SLP_ADDRESS_SCOPE, F_WEBCAM_ROLE,
	F_MSNFTP_COMMAND, F_MSNFTP_PROTOCOL, F_ROUTING_CHANNEL, F_ROUTING_FLAGS, F_ROUTING_MESSAGE_TYPE,
	F_ROUTING_MESSAGE_SUBTYPE, F_ROUTING_TRANSFER_ENCODING, F_ROUTING_NOTIF_TYPE, F_ROUTING_CONTENT_TYPE,
	F_CIRCLE_MEMBER_STATE, F_NETWORK_STATUS, F_MSNP24_CLIENT, F_MSNP24_CLIENT_VERSION, F_MSNP24_OS,
	F_MSNP24_OS_VERSION, F_MSNP24_LOCALE, F_MSNP24_MEMBER_ROLE, F_MSNP24_MESSAGE_TYPE,
	P_arch, P_client_id, P_client_name, P_client_version, P_locale_id, P_os_type, P_os_version, P_minimum_version,
	P_recommended_version, P_recommended_version2, P_product_id, P_protocol, P_context, P_domain, P_filename,
	P_download_url, P_info_url,
};

static const enum field_id account_fields[] = {
	F_ADDRESS_ACCOUNT, F_ADDRESS_VIA, F_MSNOBJ_CREATOR, F_OIM_FROM, F_OIM_TO, F_AB_OWNER, F_AB_ACCOUNT,
	F_AB_EMAIL_ADDRESS, F_AB_INVITER, F_SHARING_ACCOUNT, F_SHARING_OWNER, F_PASSPORT_SIGN_IN, F_RST_USERNAME,
	F_LIST_ACCOUNT, F_NOTIFICATION_EMAIL, F_MAIL_FROM_ADDRESS, F_PROFILE_EMAIL, F_MSG_TYPING, F_MSG_RECORDING,
	F_MSG_ROSTER, F_P2P_CALL_FROM, F_P2P_CALL_TO, F_P2P_DESTINATION, F_P2P_SOURCE, F_SLP_TO, F_SLP_FROM,
	F_SLP_URI, F_MSNFTP_ACCOUNT, F_ROUTING_TO, F_ROUTING_FROM, F_ROUTING_ALSO, F_CIRCLE_MEMBER_ID, F_MSNP24_TARGET,
	F_MSNP24_USER, F_MSNP24_MEMBER_ID, F_MSNP24_CONTACT, F_MSNP24_MESSAGE_FROM, P_target, P_sender,
};

static const enum field_id name_fields[] = {
	F_MSNP_PLAIN_NAME, F_MSNOBJ_FRIENDLY, F_OIM_FROM_NAME, F_AB_NAME, F_AB_DISPLAY_NAME, F_AB_QUICK_NAME,
	F_AB_FIRST_NAME, F_AB_LAST_NAME, F_AB_GROUP_NAME, F_AB_CIRCLE_NAME, F_AB_INVITER_NAME, F_SHARING_NAME,
	F_SHARING_CIRCLE_NAME, F_SHARING_CALLER_NAME, F_STORAGE_DISPLAY_NAME, F_STORAGE_NAME, F_LIST_NICKNAME,
	F_PRESENCE_FRIENDLY_NAME, F_PRESENCE_PLAIN_NAME, F_PRESENCE_ENDPOINT_NAME, F_NOTIFICATION_NAME, F_MAIL_FROM,
	F_MSG_NICK, F_MSG_PLAIN_NICK, F_USER_SKYPE_NAME, P_friendly_name, P_group_name, P_sender_name,
};

/* Fields that may look harmless and are not: short texts that people wrote. */
static const enum field_id text_fields[] = {
	F_MSG_TEXT, F_MSG_PLAIN_TEXT, F_MSG_BODY_TEXT, F_OIM_TEXT, F_OIM_SUBJECT, F_PAYLOAD_TEXT, F_PAGE_TEXT, F_PAGE_NUMBER,
	F_DATACAST_TEXT, F_EMOTICON_SHORTCUT, F_PRESENCE_PSM, F_PRESENCE_PLAIN_PSM, F_PRESENCE_MEDIA, F_MEDIA_TEXT,
	F_MEDIA_ARGUMENT, F_MAIL_SUBJECT, F_FILE_NAME, F_INVITE_FILE, F_MSNP24_MESSAGE_TEXT, F_MSNP24_TOPIC, P_key_value,
};

static bool listed(const enum field_id *list, size_t count, enum field_id id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

#define LISTED(list, id) listed((list), sizeof(list) / sizeof((list)[0]), (id))

static enum placeholder_kind param_kind_of(enum field_id id)
{
	switch (msnp_param_kind(id)) {
	case PARAM_ADDRESS:
	case PARAM_ADDRESS_OR_GUID:
	case PARAM_ENDPOINT:
	case PARAM_HANDLE:
		return PLACEHOLDER_ACCOUNT;
	case PARAM_WORD:
	case PARAM_ENUM:
		return PLACEHOLDER_WORD;
	case PARAM_HOST_PORT:
		return PLACEHOLDER_HOST;
	case PARAM_CAPABILITIES_PAIR:
	case PARAM_STAMP:
	case PARAM_PROTOCOL:
		return PLACEHOLDER_PUBLIC;
	default:
		return PLACEHOLDER_OTHER;
	}
}

/* The value of a property: MFN is a name, those of telephones are numbers. */
static enum placeholder_kind property_kind(const struct field *f)
{
	const struct field *property = f->parent ? field_child(f->parent, &field_defs[P_property]) : NULL;

	if (!property || !property->has_value)
		return PLACEHOLDER_OTHER;
	return slice_eq_str(property->value.text, "MFN") ? PLACEHOLDER_NAME : PLACEHOLDER_OTHER;
}

static bool is_secret(const struct field *f)
{
	for (; f && f->def; f = f->parent)
		if (f->def->flags & FIELD_SECRET)
			return true;
	return false;
}

enum placeholder_kind placeholder_kind(const struct field *f)
{
	enum field_id id = (enum field_id)(f->def - field_defs);
	bool is_number = f->def->type == FIELD_UINT || f->def->type == FIELD_HEX || f->def->type == FIELD_BOOL;

	if (is_secret(f))
		return PLACEHOLDER_SECRET;
	if (LISTED(account_fields, id))
		return PLACEHOLDER_ACCOUNT;
	if (id == F_HOST_NAME)
		return PLACEHOLDER_HOST;
	/* All that the service knows of an account's owner: age, country, town. */
	if (slice_has_prefix(slice_str(f->def->name), SLICE_LIT("profile.")))
		return PLACEHOLDER_TEXT;
	if (is_number || LISTED(public_fields, id))
		return PLACEHOLDER_PUBLIC;
	if (LISTED(name_fields, id))
		return PLACEHOLDER_NAME;
	if (LISTED(text_fields, id) || f->def->type == FIELD_BYTES)
		return PLACEHOLDER_TEXT;
	if (id == P_value)
		return property_kind(f);
	if (f->def->values)
		return PLACEHOLDER_WORD;
	return msnp_is_param(id) ? param_kind_of(id) : PLACEHOLDER_OTHER;
}

/* --- numbers of values --- */

/* What is counted by itself. */
enum series { SERIES_ACCOUNT, SERIES_PHONE, SERIES_NAME, SERIES_TEXT, SERIES_SECRET, SERIES_HOST, SERIES_GUID, SERIES_COUNT };

/* The value itself would be as long as the input likes. */
struct fingerprint {
	uint64_t series, low, high;
};

struct entry {
	struct fingerprint of;
	uint64_t number;
	UT_hash_handle hh;
};

struct placeholders {
	struct entry *entries;
	uint64_t count[SERIES_COUNT];
};

struct placeholders *placeholders_new(void)
{
	return memory_zalloc(sizeof(struct placeholders));
}

void placeholders_free(struct placeholders *p)
{
	struct entry *e, *next;

	HASH_ITER(hh, p->entries, e, next) {
		HASH_DEL(p->entries, e);
		free(e);
	}
	free(p);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* FNV-1a, from two beginnings.  Two values that meet only share a stand-in. */
static struct fingerprint fingerprint(enum series series, struct slice value)
{
	struct fingerprint f = {series, 0xcbf29ce484222325u, 0x9e3779b97f4a7c15u};
	bool any_case = series == SERIES_ACCOUNT || series == SERIES_GUID;

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = any_case ? lower(value.ptr[i]) : value.ptr[i];

		f.low = (f.low ^ c) * 0x100000001b3u;
		f.high = (f.high ^ c) * 0x100000001b3u + (f.high >> 47);
	}
	return f;
}

static uint64_t number_of(struct placeholders *p, enum series series, struct slice value)
{
	struct fingerprint f = fingerprint(series, value);
	struct entry *e;

	HASH_FIND(hh, p->entries, &f, sizeof(f), e);
	if (e)
		return e->number;
	if (HASH_COUNT(p->entries) >= PLACEHOLDERS_MAX)
		return p->count[series] + 1;
	e = memory_zalloc(sizeof(*e));
	e->of = f;
	e->number = ++p->count[series];
	HASH_ADD(hh, p->entries, of, sizeof(e->of), e);
	return e->number;
}

/* --- stand-ins --- */

static void add_account(struct placeholders *p, struct buffer *out, struct slice account)
{
	if (slice_has_prefix(account, SLICE_LIT("tel:")))
		buffer_printf(out, "tel:+1555%07" PRIu64, number_of(p, SERIES_PHONE, account));
	else
		buffer_printf(out, "user%" PRIu64 "@example.com", number_of(p, SERIES_ACCOUNT, account));
}

/* 192.0.2.0/24 is kept for documentation, 198.18.0.0/15 for measurements. */
static void add_host(struct placeholders *p, struct buffer *out, struct slice host)
{
	uint64_t n = number_of(p, SERIES_HOST, host);

	if (n < 255)
		buffer_printf(out, "192.0.2.%" PRIu64, n);
	else
		buffer_printf(out, "198.%u.%u.%u", (unsigned)(18 + (n >> 16) % 2), (unsigned)(n >> 8 & 255), (unsigned)(n & 255));
}

/* Zeros alone are nobody's. */
static void add_guid(struct placeholders *p, struct buffer *out, struct slice guid)
{
	bool zero = true;

	for (size_t i = 0; i < guid.len; i++)
		zero &= guid.ptr[i] == '0' || guid.ptr[i] == '-';
	buffer_printf(out, "00000000-0000-0000-0000-%012" PRIx64, zero ? 0 : number_of(p, SERIES_GUID, guid));
}

static void add_counted(struct placeholders *p, struct buffer *out, enum series series, const char *what, struct slice value)
{
	if (value.len)
		buffer_printf(out, "%s %" PRIu64, what, number_of(p, series, value));
}

/* --- what a text looks like --- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

static bool is_account_byte(uint8_t c)
{
	return is_digit(c) || is_letter(c) || c >= 0x80 || (c && strchr("._%+-&'*/=?^`|~!#$", c));
}

static size_t guid_at(struct slice s)
{
	if (s.len < GUID_LEN)
		return 0;
	for (size_t i = 0; i < GUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : !is_hex(s.ptr[i]))
			return 0;
	}
	return s.len > GUID_LEN && is_hex(s.ptr[GUID_LEN]) ? 0 : GUID_LEN;
}

/* Length of the IPv4 address that s begins with, or 0. */
static size_t ipv4_at(struct slice s)
{
	size_t at = 0;

	for (unsigned part = 0; part < 4; part++) {
		size_t begin = at;

		if (part && (at >= s.len || s.ptr[at++] != '.'))
			return 0;
		begin = at;
		while (at < s.len && is_digit(s.ptr[at]))
			at++;
		if (at == begin || at - begin > 3)
			return 0;
	}
	return at < s.len && (s.ptr[at] == '.' || is_letter(s.ptr[at])) && at + 1 < s.len && is_digit(s.ptr[at + 1]) ? 0 : at;
}

/* Length of the account "local@domain" that s begins with, or 0. */
static size_t mail_at(struct slice s)
{
	size_t at = 0;

	while (at < s.len && is_account_byte(s.ptr[at]))
		at++;
	if (at == 0 || at >= s.len || s.ptr[at] != '@')
		return 0;
	size_t domain = ++at;
	while (at < s.len && (is_digit(s.ptr[at]) || is_letter(s.ptr[at]) || s.ptr[at] == '.' || s.ptr[at] == '-' || s.ptr[at] >= 0x80))
		at++;
	while (at > domain && s.ptr[at - 1] == '.')
		at--;
	return at > domain ? at : 0;
}

/* Bytes that go on whole, so that nothing is found in the midst of a word; at least one. */
static size_t word_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_account_byte(s.ptr[n]) && s.ptr[n] != '=' && s.ptr[n] != '/')
		n++;
	return n ? n : 1;
}

enum { MAIL = 1, HOST = 2, GUID = 4 };

/* Adds s with the wanted kinds of things replaced. */
static void add_replaced(struct placeholders *p, struct buffer *out, struct slice s, unsigned wanted)
{
	size_t at = 0;

	while (at < s.len) {
		struct slice rest = slice_sub(s, at, s.len);
		size_t guid = wanted & GUID ? guid_at(rest) : 0;
		size_t host = !guid && (wanted & HOST) ? ipv4_at(rest) : 0;
		size_t mail = !guid && (wanted & MAIL) ? mail_at(rest) : 0;
		size_t n = guid ? guid : mail ? mail : host;

		if (guid)
			add_guid(p, out, slice_sub(rest, 0, n));
		else if (mail)
			add_account(p, out, slice_sub(rest, 0, n));
		else if (host)
			add_host(p, out, slice_sub(rest, 0, n));
		else
			buffer_add_slice(out, slice_sub(rest, 0, n = word_length(rest)));
		at += n;
	}
}

void placeholders_add_text(struct placeholders *p, struct buffer *out, struct slice text)
{
	add_replaced(p, out, text, MAIL | HOST | GUID);
}

/* --- accounts with something around them --- */

/* Services that send messages in their own name, and networks. */
static bool is_service(struct slice s)
{
	return slice_case_eq(s, SLICE_LIT("Hotmail")) || slice_case_eq(s, SLICE_LIT("fb")) || slice_eq_str(s, "-") ||
	       slice_eq_str(s, "0");
}

/* Prefixes that stay: "1:" (network), "via=", "epid=", "msnmsgr:", a bracket. */
static size_t prefix_length(struct slice s)
{
	static const char *const known[] = {"via=", "epid=", "path=", "msnmsgr:", "<msnmsgr:", "{", "<"};
	size_t digits = 0;

	while (digits < s.len && digits < 3 && is_digit(s.ptr[digits]))
		digits++;
	if (digits && digits < s.len && s.ptr[digits] == ':')
		return digits + 1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_case_has_prefix(s, slice_str(known[i])))
			return strlen(known[i]);
	return 0;
}

static void add_account_part(struct placeholders *p, struct buffer *out, struct slice part)
{
	size_t n;

	while ((n = prefix_length(part)) > 0) {
		buffer_add_slice(out, slice_sub(part, 0, n));
		part = slice_sub(part, n, part.len);
	}
	size_t end = part.len;
	while (end > 0 && (part.ptr[end - 1] == '>' || part.ptr[end - 1] == '}'))
		end--;
	struct slice core = slice_sub(part, 0, end);
	if (guid_at(core) == core.len)
		add_guid(p, out, core);
	else if (is_service(core))
		buffer_add_slice(out, core);
	else
		add_account(p, out, core);
	buffer_add_slice(out, slice_sub(part, end, part.len));
}

static void add_account_value(struct placeholders *p, struct buffer *out, struct slice s)
{
	for (size_t at = 0; at < s.len;) {
		size_t end = at + slice_find_byte(slice_sub(s, at, s.len), ';');

		if (end > at)
			add_account_part(p, out, slice_sub(s, at, end - at));
		if (end < s.len)
			buffer_add_byte(out, ';');
		at = end + 1;
	}
}

/* --- values --- */

static bool only(struct slice s, const char *others, bool digits)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(digits && is_digit(s.ptr[i])) && !(s.ptr[i] && strchr(others, s.ptr[i])))
			return false;
	return true;
}

/* Says nothing about anybody: short numbers, flags. */
static bool is_harmless(struct slice s)
{
	static const char *const flags[] = {"true", "false", "yes", "no", "on", "off", "ok", "y", "n"};

	if (s.len <= NUMBER_SHOWN_MAX && only(s, "-.,:", true))
		return true;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (slice_case_eq(s, slice_str(flags[i])))
			return true;
	return false;
}

/* Upper case, digits and '-', with a letter first. */
static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') && (i == 0 || !(is_digit(s.ptr[i]) || s.ptr[i] == '-')))
			return false;
	return s.len > 0 && s.len <= WORD_SHOWN_MAX;
}

static struct slice without_braces(struct slice s)
{
	return s.len > 2 && s.ptr[0] == '{' && s.ptr[s.len - 1] == '}' ? slice_sub(s, 1, s.len - 2) : s;
}

static void add_other(struct placeholders *p, struct buffer *out, struct slice s)
{
	struct slice plain = without_braces(s);

	if (is_harmless(s))
		buffer_add_slice(out, s);
	else if (guid_at(plain) == plain.len)
		add_replaced(p, out, s, GUID);
	else if (mail_at(s) == s.len || slice_has_prefix(s, SLICE_LIT("tel:")))
		add_account(p, out, s);
	else if (ipv4_at(s) && only(slice_sub(s, ipv4_at(s), s.len), ":", true))
		add_replaced(p, out, s, HOST);
	else
		add_counted(p, out, SERIES_TEXT, "Text", s);
}

static bool is_known_word(struct slice s)
{
	for (size_t i = 0; i < enum_sets_count; i++)
		if (enum_find(&enum_sets[i], s))
			return true;
	return is_word(s);
}

void placeholders_add(struct placeholders *p, struct buffer *out, enum placeholder_kind kind, struct slice value)
{
	switch (kind) {
	case PLACEHOLDER_PUBLIC:
		add_replaced(p, out, value, MAIL);
		break;
	case PLACEHOLDER_HOST:
		add_replaced(p, out, value, MAIL | HOST);
		break;
	case PLACEHOLDER_WORD:
		if (is_known_word(value))
			buffer_add_slice(out, value);
		else
			add_other(p, out, value);
		break;
	case PLACEHOLDER_OTHER:
		add_other(p, out, value);
		break;
	case PLACEHOLDER_ACCOUNT:
		add_account_value(p, out, value);
		break;
	case PLACEHOLDER_NAME:
		add_counted(p, out, SERIES_NAME, "Name", value);
		break;
	case PLACEHOLDER_TEXT:
		add_counted(p, out, SERIES_TEXT, "Text", value);
		break;
	case PLACEHOLDER_SECRET:
		add_counted(p, out, SERIES_SECRET, "Secret", value);
		break;
	}
}
