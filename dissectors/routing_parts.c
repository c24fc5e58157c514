/* SPDX-License-Identifier: BSD-2-Clause */
/* What the dissectors of routed payloads share: addresses, texts, XML. */
#include "dissectors/routing.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows, and of one address. */
#define SHOWN_MAX 160u
#define PARTY_MAX 80u

enum { NETWORK_CIRCLE = 9, NETWORK_GROUP = 10, NETWORK_THREAD = 19 };

struct slice routing_shown(struct slice text)
{
	return utf8_cut(text, SHOWN_MAX);
}

struct slice routing_text(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

static uint64_t network_of(const struct field *address)
{
	const struct field *f = address ? field_child(address, &field_defs[F_ADDRESS_NETWORK]) : NULL;

	return f ? f->value.number : 0;
}

bool routing_is_group(const struct field *address)
{
	uint64_t network = network_of(address);

	return network == NETWORK_CIRCLE || network == NETWORK_GROUP;
}

bool routing_same(const struct field *address, const struct field *other)
{
	return address && other && network_of(address) == network_of(other) &&
	       slice_case_eq(routing_text(address, F_ADDRESS_ACCOUNT), routing_text(other, F_ADDRESS_ACCOUNT));
}

struct slice routing_party(struct dissection *d, const struct field *address)
{
	static const struct {
		uint64_t network;
		const char *name;
	} names[] = {{NETWORK_CIRCLE, "circle "}, {NETWORK_GROUP, "group "}, {NETWORK_THREAD, "thread "}};
	const char *name = "";

	if (!address)
		return SLICE_LIT("?");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].network == network_of(address))
			name = names[i].name;
	struct slice text = address->value.text, via = routing_text(address, F_ADDRESS_VIA);
	text = slice_sub(text, 0, slice_find_byte(text, ','));
	text = utf8_cut(slice_sub(text, 0, slice_find_byte(text, ';')), PARTY_MAX);
	via = utf8_cut(via, PARTY_MAX);
	const char *more = field_child(address, &field_defs[F_ROUTING_ALSO]) ? " and others" : "";
	return arena_printf(d->arena, "%s%.*s%s%.*s%s", name, SLICE_ARG(text), via.len ? " via " : "", SLICE_ARG(via),
			    more);
}

struct field *routing_address(struct dissection *d, struct field *parent, enum field_id id, struct range r)
{
	struct field *f = field_add_range(d, parent, id, r.source, r.offset, r.length);

	address_dissect(d, f, r);
	return f;
}

void routing_xml(struct dissection *d, const struct payload_xml *p)
{
	struct field *dict = field_add(d, p->parent, F_XML_DOCUMENT, p->x.source, p->x.base, p->length);

	xml_fields(d, dict, p->root, p->x.source, p->x.base);
}
