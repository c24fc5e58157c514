/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_value.h"

#include "dissectors/headers.h"
#include "dissectors/msg_plus.h"
#include "util/utf8.h"

/* Bytes of a word that a finding shows. */
#define SHOWN_MAX 80u

/* One word of a command line and what it was bound to. */
struct word {
	struct dissection *d;
	enum field_id id;
	struct range at;
	struct slice text;
};

typedef void value_kind(const struct word *w);

static struct slice shown(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

static struct field *add_text(const struct word *w)
{
	return field_add_text(w->d, &w->d->root, w->id, w->text, w->at.source, w->at.offset, w->at.length);
}

static void bad_value(const struct word *w, const struct field *f, const char *why)
{
	finding_add(w->d, RULE_MSNP_BAD_VALUE, f, "%s: \"%.*s\"", why, SLICE_ARG(shown(w->text)));
}

static void unknown_value(const struct word *w, const struct field *f)
{
	finding_add(w->d, RULE_MSNP_UNKNOWN_VALUE, f, "not a known value: \"%.*s\"", SLICE_ARG(shown(w->text)));
}

static void text_value(const struct word *w)
{
	add_text(w);
}

/* Is the word a display name, or a property that is one? */
static bool is_name(const struct word *w)
{
	const struct field *property = field_child(&w->d->root, &field_defs[P_property]);

	return w->id == P_friendly_name ||
	       (w->id == P_value && property && slice_eq_str(property->value.text, "MFN"));
}

static void encoded_value(const struct word *w)
{
	struct field *f = add_text(w);

	f->value.text = percent_decode(w->d->arena, w->text);
	if (is_name(w))
		msg_plus_add(w->d, &w->d->root, F_MSNP_PLAIN_NAME, f);
	if (!percent_is_sound(w->text))
		bad_value(w, f, "percent sign without two hexadecimal digits");
	else if (!utf8_is_valid(f->value.text))
		bad_value(w, f, "not UTF-8");
}

/* Returns the field; its value is absent when the word is no number. */
static struct field *add_number(const struct word *w)
{
	struct field *f = field_add(w->d, &w->d->root, w->id, w->at.source, w->at.offset, w->at.length);

	f->has_value = slice_u64(w->text, &f->value.number);
	if (!f->has_value)
		bad_value(w, f, "not a number");
	return f;
}

static void number_value(const struct word *w)
{
	add_number(w);
}

/* Names of properties that were seen once and never explained have a set of their own. */
static void enum_value(const struct word *w)
{
	struct field *f = add_text(w);

	if (!f->def->values || enum_find(f->def->values, w->text))
		return;
	if (w->id == P_property && enum_find(&enum_sets[SET_property_rare], w->text))
		return;
	unknown_value(w, f);
}

static void enum_number_value(const struct word *w)
{
	struct field *f = add_number(w);

	if (f->has_value && f->def->values && !enum_find_number(f->def->values, f->value.number))
		unknown_value(w, f);
}

static void guid_value(const struct word *w)
{
	struct field *f = add_text(w);

	uint64_t number;

	/* Accounts that were not migrated have numbers in the places of GUIDs. */
	if (!is_guid(w->text) && !slice_u64(w->text, &number))
		bad_value(w, f, "not a GUID");
}

/* An ISO 8601 time such as 2004-07-09T21:12:45.333-07:00, or a number. */
static void stamp_value(const struct word *w)
{
	static const char form[] = "0000-00-00T00:00:00";
	struct field *f = add_text(w);
	uint64_t number;
	bool time = w->text.len >= sizeof(form) - 1;

	for (size_t i = 0; time && i < sizeof(form) - 1; i++) {
		bool digit = w->text.ptr[i] >= '0' && w->text.ptr[i] <= '9';

		time = form[i] == '0' ? digit : w->text.ptr[i] == form[i];
	}
	if (!time && !slice_u64(w->text, &number))
		bad_value(w, f, "neither a time nor a number");
}

/* A server that speaks none of the client's dialects answers 0. */
static void protocol_value(const struct word *w)
{
	struct field *f = add_text(w);
	size_t prefix = 0;
	uint64_t number;

	if (slice_has_prefix(w->text, SLICE_LIT("MSNP")))
		prefix = 4;
	else if (slice_has_prefix(w->text, SLICE_LIT("CVR")))
		prefix = 3;
	if (slice_u64(slice_sub(w->text, prefix, w->text.len), &number) && (prefix || number == 0))
		return;
	unknown_value(w, f);
}

/* Row i of a set of flags stands for bit i; a unit test watches over it. */
bool list_bits_dissect(struct dissection *d, struct field *parent, struct range r)
{
	const struct enum_set *bits = &enum_sets[SET_list_bit];

	for (size_t i = 0; i < bits->count; i++)
		if (parent->value.number >> i & 1)
			field_add_text(d, parent, F_LIST_NAME, slice_str(bits->rows[i].name), r.source, r.offset,
				       r.length);
	return !(parent->value.number >> bits->count);
}

static void list_bits_value(const struct word *w)
{
	struct field *f = add_number(w);

	if (f->has_value && !list_bits_dissect(w->d, f, w->at))
		unknown_value(w, f);
}

static void id_list_value(const struct word *w)
{
	struct field *f = add_text(w);

	for (size_t at = 0; at <= w->text.len;) {
		size_t len = slice_find_byte(slice_sub(w->text, at, w->text.len), ',');

		if (len)
			field_add_range(w->d, f, F_ID_ITEM, w->at.source, w->at.offset + at, len);
		at += len + 1;
	}
}

static void host_port_value(const struct word *w)
{
	host_port_dissect(w->d, add_text(w), w->at);
}

static void address_value(const struct word *w)
{
	address_dissect(w->d, add_text(w), w->at);
}

static void handle_value(const struct word *w)
{
	struct field *f = add_text(w);

	address_dissect(w->d, f, w->at);
	if (!field_child(f, &field_defs[F_ADDRESS_NETWORK]))
		bad_value(w, f, "no network number before the account");
}

static void capabilities_value(const struct word *w)
{
	capabilities_dissect(w->d, add_number(w), w->at);
}

static void capabilities_pair_value(const struct word *w)
{
	capabilities_dissect(w->d, add_text(w), w->at);
}

/* 0 stands for no object. */
static void msnobject_value(const struct word *w)
{
	struct field *f = add_text(w);

	if (slice_eq(w->text, SLICE_LIT("0")))
		return;
	unsigned source = dissection_add_source(w->d, "msnobj", percent_decode(w->d->arena, w->text));
	msnobject_dissect(w->d, f, source);
}

/* Clients of third parties send 0. */
static void hop_info_value(const struct word *w)
{
	struct field *f = add_text(w);
	struct slice text;
	bool ended;

	if (slice_eq(w->text, SLICE_LIT("0")))
		return;
	if (!base64_decode(w->d->arena, w->text, &text)) {
		bad_value(w, f, "not base64");
		return;
	}
	unsigned source = dissection_add_source(w->d, "hop_info", text);
	struct field *headers = field_add(w->d, f, F_HOP_HEADERS, source, 0, text.len);
	headers_dissect(w->d, headers, F_HOP_HEADER, source, 0, text.len, &ended);
}

static value_kind *const kinds[] = {
	[PARAM_TEXT] = text_value,
	[PARAM_ENCODED] = encoded_value,
	[PARAM_SECRET] = text_value,
	[PARAM_WORD] = text_value,
	[PARAM_NUMBER] = number_value,
	[PARAM_NUMBER_LOOSE] = text_value,
	[PARAM_LENGTH] = number_value,
	[PARAM_ENUM] = enum_value,
	[PARAM_ENUM_NUMBER] = enum_number_value,
	[PARAM_ADDRESS] = text_value,
	[PARAM_ADDRESS_OR_GUID] = text_value,
	[PARAM_ENDPOINT] = address_value,
	[PARAM_HANDLE] = handle_value,
	[PARAM_GUID] = guid_value,
	[PARAM_ID_LIST] = id_list_value,
	[PARAM_HOST_PORT] = host_port_value,
	[PARAM_CAPABILITIES] = capabilities_value,
	[PARAM_CAPABILITIES_PAIR] = capabilities_pair_value,
	[PARAM_LIST_BITS] = list_bits_value,
	[PARAM_MSNOBJECT] = msnobject_value,
	[PARAM_STAMP] = stamp_value,
	[PARAM_PROTOCOL] = protocol_value,
	[PARAM_HOP_INFO] = hop_info_value,
};

void msnp_value(struct dissection *d, enum field_id param, size_t offset, size_t length)
{
	struct slice text = slice_sub(d->sources[SOURCE_LINE].data, offset, length);
	struct word w = {d, param, {SOURCE_LINE, offset, length}, text};

	kinds[msnp_param_kind(param)](&w);
}
