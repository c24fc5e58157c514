/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/placeholder.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dissectors/challenge.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Longest number that says nothing about a person: longer ones are telephone numbers and ids of accounts. */
#define NUMBER_SHOWN_MAX 6u
/* Longest word that is shown where the protocol has words of its own. */
#define WORD_SHOWN_MAX 12u
/* Characters of a GUID without braces. */
#define GUID_LEN 36u

/* --- numbers of values --- */

/* What is counted by itself. */
enum series {
	SERIES_ACCOUNT,
	SERIES_PHONE,
	SERIES_NAME,
	SERIES_TEXT,
	SERIES_SECRET,
	SERIES_HOST,
	SERIES_HOST6,
	SERIES_GUID,
	SERIES_COUNT
};

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
	bool any_case = series == SERIES_ACCOUNT || series == SERIES_GUID || series == SERIES_HOST6;

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

static void add_phone(struct placeholders *p, struct buffer *out, struct slice number)
{
	if (slice_has_prefix(number, SLICE_LIT("tel:")))
		add_account(p, out, number);
	else if (number.len)
		buffer_printf(out, "+1555%07" PRIu64, number_of(p, SERIES_PHONE, number));
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

/* 2001:db8::/32 is kept for documentation. */
static void add_host6(struct placeholders *p, struct buffer *out, struct slice host)
{
	uint64_t n = number_of(p, SERIES_HOST6, host);

	buffer_add_str(out, "2001:db8::");
	if (n > UINT16_MAX)
		buffer_printf(out, "%" PRIx64 ":", n >> 16);
	buffer_printf(out, "%" PRIx64, n & UINT16_MAX);
}

/* Does the protocol give it a meaning?  The sets of values have them in braces and upper case. */
static bool is_known_guid(struct slice guid)
{
	uint8_t value[GUID_LEN + 2] = {'{'};

	for (size_t i = 0; i < GUID_LEN; i++)
		value[i + 1] = lower(guid.ptr[i]) >= 'a' ? (uint8_t)(lower(guid.ptr[i]) - 32) : guid.ptr[i];
	value[GUID_LEN + 1] = '}';
	for (size_t i = 0; i < enum_sets_count; i++)
		if (enum_find(&enum_sets[i], slice_of(value, sizeof(value))))
			return true;
	return false;
}

/* Zeros alone are nobody's. */
static void add_guid(struct placeholders *p, struct buffer *out, struct slice guid)
{
	bool zero = true;

	if (is_known_guid(guid)) {
		buffer_add_slice(out, guid);
		return;
	}
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

/* Takes the hex digits of a group off; returns how many. */
static size_t take_group(struct slice s, size_t *at)
{
	size_t begin = *at;

	while (*at < s.len && is_hex(s.ptr[*at]))
		++*at;
	return *at - begin;
}

/*
 * Length of the IPv6 address that s begins with, or 0: eight groups, or fewer
 * with "::" among them.  A "::" between short groups is more likely something
 * else, and ::1 is nobody's.
 */
static size_t ipv6_at(struct slice s)
{
	size_t at = 0, groups = 0, longest = 0;
	bool gap = false;

	while (groups < 8) {
		size_t digits = take_group(s, &at);

		if (digits > 4)
			return 0;
		groups += digits > 0;
		longest = digits > longest ? digits : longest;
		if (at >= s.len || s.ptr[at] != ':' || groups == 8)
			break;
		if (at + 1 < s.len && s.ptr[at + 1] == ':' && !gap) {
			gap = true;
			at += 2;
		} else if (digits && at + 1 < s.len && is_hex(s.ptr[at + 1])) {
			at++;
		} else {
			break;
		}
	}
	if (at < s.len && (is_letter(s.ptr[at]) || is_digit(s.ptr[at])))
		return 0;
	return gap ? (groups >= 2 && groups < 8 && longest >= 3 ? at : 0) : groups == 8 ? at : 0;
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

enum { MAIL = 1, HOST = 2, HOST6 = 4, GUID = 8 };

/* Adds s with the wanted kinds of things replaced. */
static void add_replaced(struct placeholders *p, struct buffer *out, struct slice s, unsigned wanted)
{
	size_t at = 0;

	while (at < s.len) {
		struct slice rest = slice_sub(s, at, s.len);
		size_t guid = wanted & GUID ? guid_at(rest) : 0;
		size_t host = !guid && (wanted & HOST) ? ipv4_at(rest) : 0;
		size_t host6 = !guid && (wanted & HOST6) ? ipv6_at(rest) : 0;
		size_t mail = !guid && (wanted & MAIL) ? mail_at(rest) : 0;
		size_t n = guid ? guid : mail ? mail : host6 ? host6 : host;

		if (guid)
			add_guid(p, out, slice_sub(rest, 0, n));
		else if (mail)
			add_account(p, out, slice_sub(rest, 0, n));
		else if (host6)
			add_host6(p, out, slice_sub(rest, 0, n));
		else if (host)
			add_host(p, out, slice_sub(rest, 0, n));
		else
			buffer_add_slice(out, slice_sub(rest, 0, n = word_length(rest)));
		at += n;
	}
}

void placeholders_add_text(struct placeholders *p, struct buffer *out, struct slice text)
{
	add_replaced(p, out, text, MAIL | HOST | HOST6 | GUID);
}

/* In names of files addresses stand between signs that are parts of words elsewhere: "log-192.0.2.1_a.pcap". */
static void add_addresses(struct placeholders *p, struct buffer *out, struct slice s)
{
	for (size_t at = 0, n; at < s.len; at += n) {
		struct slice rest = slice_sub(s, at, s.len);
		bool inside = at > 0 && (is_digit(s.ptr[at - 1]) || is_letter(s.ptr[at - 1]) || s.ptr[at - 1] == '.');

		n = 1;
		if (!inside && guid_at(rest))
			add_guid(p, out, slice_sub(rest, 0, n = guid_at(rest)));
		else if (!inside && ipv6_at(rest))
			add_host6(p, out, slice_sub(rest, 0, n = ipv6_at(rest)));
		else if (!inside && ipv4_at(rest))
			add_host(p, out, slice_sub(rest, 0, n = ipv4_at(rest)));
		else
			buffer_add_byte(out, rest.ptr[0]);
	}
}

void placeholders_add_file(struct placeholders *p, struct buffer *out, struct slice path)
{
	struct buffer name = {NULL, 0, 0};
	size_t begin = path.len;

	while (begin > 0 && path.ptr[begin - 1] != '/')
		begin--;
	add_replaced(p, &name, slice_sub(path, begin, path.len), MAIL);
	add_addresses(p, out, buffer_slice(&name));
	buffer_free(&name);
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

/* Letters, and digits as versions and years have them. */
static bool is_plain_path(struct slice path)
{
	size_t digits = 0;

	for (size_t i = 0; i < path.len; i++) {
		digits = is_digit(path.ptr[i]) ? digits + 1 : 0;
		if (digits > 4 || !(is_digit(path.ptr[i]) || is_letter(path.ptr[i]) || (path.ptr[i] && strchr("/._-:", path.ptr[i]))))
			return false;
	}
	return true;
}

static void add_target(struct placeholders *p, struct buffer *out, struct slice target)
{
	size_t end = slice_find_byte(target, '?');
	struct slice path = slice_sub(target, 0, end);

	if (!is_plain_path(path)) {
		add_counted(p, out, SERIES_TEXT, "Text", target);
		return;
	}
	buffer_add_slice(out, path);
	if (end < target.len) {
		buffer_add_byte(out, '?');
		add_counted(p, out, SERIES_TEXT, "Text", slice_sub(target, end + 1, target.len));
	}
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

/* "2001:db8::5", also in brackets and with a port. */
static bool is_host6(struct slice s)
{
	struct slice rest = slice_sub(s, s.len && s.ptr[0] == '[', s.len);
	size_t n = ipv6_at(rest);

	return n && only(slice_sub(rest, n, rest.len), "]:", true);
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
	else if (is_host6(s))
		add_replaced(p, out, s, HOST6);
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
		/* Ids of products may look like accounts. */
		if (challenge_key_find(value))
			buffer_add_slice(out, value);
		else
			add_replaced(p, out, value, MAIL | HOST6);
		break;
	case PLACEHOLDER_HOST:
		add_replaced(p, out, value, MAIL | HOST | HOST6);
		break;
	case PLACEHOLDER_TARGET:
		add_target(p, out, value);
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
	case PLACEHOLDER_PHONE:
		add_phone(p, out, value);
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
