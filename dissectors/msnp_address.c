/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that have parts: addresses, hosts, capability words.
 *
 *	alice@example.com;{machine guid}                 MSNP16 on
 *	1:alice@example.com;via=9:guid@live.com          MSNP18 on; options
 *	;epid={guid} ;path=IM ;via=network:account       in any order
 *	4:tel:+15550100                                  the first colon parts
 */
#include "dissectors/msnp_value.h"
#include "util/utf8.h"

/* Bytes of a value that a finding shows. */
#define SHOWN_MAX 80u

static struct slice range_text(const struct dissection *d, struct range r)
{
	return slice_sub(d->sources[r.source].data, r.offset, r.length);
}

/* The part of a range from an offset in it on. */
static struct range range_part(struct range r, size_t at, size_t length)
{
	return (struct range){r.source, r.offset + at, length};
}

static struct field *add_part(struct dissection *d, struct field *parent, enum field_id id, struct range r)
{
	return field_add_range(d, parent, id, r.source, r.offset, r.length);
}

static void bad_value(struct dissection *d, const struct field *f, struct range r, const char *why)
{
	finding_add(d, RULE_MSNP_BAD_VALUE, f, "%s: \"%.*s\"", why,
		    SLICE_ARG(utf8_cut(range_text(d, r), SHOWN_MAX)));
}

bool is_guid(struct slice s)
{
	if (s.len == 38 && s.ptr[0] == '{' && s.ptr[37] == '}')
		s = slice_sub(s, 1, 36);
	if (s.len != 36)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !hex)
			return false;
	}
	return true;
}

static void add_network(struct dissection *d, struct field *parent, uint64_t network, struct range r)
{
	struct field *f = field_add_number(d, parent, F_ADDRESS_NETWORK, network, r.source, r.offset, r.length);

	if (!enum_find_number(&enum_sets[SET_network_id], network) &&
	    !enum_find_number(&enum_sets[SET_network_id_msnp24], network))
		finding_add(d, RULE_MSNP_UNKNOWN_VALUE, f, "not a known network: \"%.*s\"",
			    SLICE_ARG(utf8_cut(range_text(d, r), SHOWN_MAX)));
}

/* What stands before the first semicolon.  Digits before a colon are a network; "tel:" is not. */
static void add_account(struct dissection *d, struct field *parent, struct range r)
{
	struct slice text = range_text(d, r);
	size_t colon = slice_find_byte(text, ':');
	uint64_t network;

	if (colon < text.len && slice_u64(slice_sub(text, 0, colon), &network)) {
		add_network(d, parent, network, range_part(r, 0, colon));
		r = range_part(r, colon + 1, r.length - colon - 1);
		field_syntax(add_part(d, parent, F_ADDRESS_ACCOUNT, r), 1, 0);
		return;
	}
	add_part(d, parent, F_ADDRESS_ACCOUNT, r);
}

static void add_option(struct dissection *d, struct field *parent, struct range r)
{
	static const struct {
		const char *tag;
		enum field_id id;
	} options[] = {
		{"epid=", F_ADDRESS_ENDPOINT},
		{"via=", F_ADDRESS_VIA},
		{"path=", F_ADDRESS_PATH},
		{"{", F_ADDRESS_ENDPOINT},
	};
	struct slice text = range_text(d, r);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t skip = options[i].tag[0] == '{' ? 0 : strlen(options[i].tag);

		if (!slice_case_has_prefix(text, slice_str(options[i].tag)))
			continue;
		if (field_child(parent, &field_defs[options[i].id])) {
			bad_value(d, parent, r, "stands there twice");
			return;
		}
		r = range_part(r, skip, r.length - skip);
		struct field *f = add_part(d, parent, options[i].id, r);
		field_syntax(f, skip + 1, 0);
		if (options[i].id == F_ADDRESS_ENDPOINT && !is_guid(range_text(d, r)))
			bad_value(d, f, r, "not a GUID");
		return;
	}
	bad_value(d, parent, r, "no known part of an address");
}

void address_dissect(struct dissection *d, struct field *parent, struct range r)
{
	struct slice text = range_text(d, r);
	size_t len = slice_find_byte(text, ';');

	add_account(d, parent, range_part(r, 0, len));
	for (size_t at = len + 1; at <= text.len; at += len + 1) {
		len = slice_find_byte(slice_sub(text, at, text.len), ';');
		add_option(d, parent, range_part(r, at, len));
	}
}

static void add_port(struct dissection *d, struct field *parent, struct range r)
{
	struct field *f = field_add(d, parent, F_HOST_PORT, r.source, r.offset, r.length);

	field_syntax(f, 1, 0);
	f->has_value = slice_u64(range_text(d, r), &f->value.number);
	if (!f->has_value || f->value.number == 0 || f->value.number > 65535)
		bad_value(d, f, r, "not a port");
}

/* More than one colon outside brackets is an IPv6 address without a port. */
void host_port_dissect(struct dissection *d, struct field *parent, struct range r)
{
	struct slice text = range_text(d, r);
	size_t end = slice_find_byte(text, ':');
	struct range host;

	if (text.len && text.ptr[0] == '[') {
		size_t close = slice_find_byte(text, ']');

		host = range_part(r, 1, (close < text.len ? close : text.len) - 1);
		end = close < text.len ? close + 1 : text.len;
		if (close == text.len || (end < text.len && text.ptr[end] != ':'))
			bad_value(d, parent, r, "bracket without end, or something other than a port behind it");
	} else {
		if (slice_find_byte(slice_sub(text, end + 1, text.len), ':') + end + 1 < text.len)
			end = text.len;
		host = range_part(r, 0, end);
	}
	if (host.length)
		add_part(d, parent, F_HOST_NAME, host);
	else
		bad_value(d, parent, r, "no host");
	if (end < text.len && text.ptr[end] == ':')
		add_port(d, parent, range_part(r, end + 1, text.len - end - 1));
}

/* Row i of a set of flags stands for bit i; a unit test watches over it. */
static void add_bits(struct dissection *d, struct field *parent, enum field_id id, const struct enum_set *set,
		     uint64_t word, struct range r)
{
	for (size_t i = 0; i < set->count; i++)
		if (word >> i & 1)
			field_add_text(d, parent, id, slice_str(set->rows[i].name), r.source, r.offset, r.length);
}

/* The top four bits of the first word are no flags but a number. */
static void add_client(struct dissection *d, struct field *parent, uint64_t word, struct range r)
{
	const struct enum_set *set = &enum_sets[SET_capability1_msnc];
	size_t generation = (size_t)(word >> 28);

	if (generation == 0)
		return;
	if (generation <= set->count)
		field_add_text(d, parent, F_CAPABILITIES_CLIENT, slice_str(set->rows[generation - 1].name), r.source,
			       r.offset, r.length);
	else
		finding_add(d, RULE_MSNP_UNKNOWN_VALUE, parent, "client generation %zu", generation);
}

static bool add_capability_word(struct dissection *d, struct field *parent, enum field_id id, struct range r,
				uint64_t *word)
{
	if (!slice_u64(range_text(d, r), word)) {
		/* For a single word, the caller has said so already. */
		if (parent->def->type == FIELD_TEXT)
			bad_value(d, parent, r, "not a number");
		return false;
	}
	if (*word > UINT32_MAX) {
		bad_value(d, parent, r, "more than 32 bits");
		return false;
	}
	struct field *f = field_add_number(d, parent, id, *word, r.source, r.offset, r.length);
	field_syntax(f, id != F_CAPABILITIES_FIRST, 0);
	return true;
}

void capabilities_dissect(struct dissection *d, struct field *parent, struct range r)
{
	struct slice text = range_text(d, r);
	size_t colon = slice_find_byte(text, ':');
	struct range first = range_part(r, 0, colon);
	uint64_t word;

	if (add_capability_word(d, parent, F_CAPABILITIES_FIRST, first, &word)) {
		add_client(d, parent, word, first);
		add_bits(d, parent, F_CAPABILITIES_BIT, &enum_sets[SET_capability1], word, first);
	}
	if (colon == text.len)
		return;
	struct slice rest = slice_sub(text, colon + 1, text.len);
	size_t end = slice_find_byte(rest, ':');
	struct range second = range_part(r, colon + 1, end);
	if (add_capability_word(d, parent, F_CAPABILITIES_SECOND, second, &word))
		add_bits(d, parent, F_CAPABILITIES_BIT2, &enum_sets[SET_capability2], word, second);
	if (end < rest.len)
		add_capability_word(d, parent, F_CAPABILITIES_THIRD,
				    range_part(r, colon + 1 + end + 1, rest.len - end - 1), &word);
}
