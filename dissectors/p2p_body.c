/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * application/x-msnmsgrp2p, the body that carries P2P packets.
 *
 *	P2P-Dest: bob@example.com;{GUID}     MSG: whose packet this is
 *	P2P-Src: alice@example.com;{GUID}    version 2
 *	Bridging-Offsets: 0,36               SDG: where its packets start
 *
 * Version 2 is spoken only between endpoints, so an address with a GUID shows
 * it.  In SDG the addresses stand in the routing block.  Each packet is
 * followed by a footer.
 */
#include <inttypes.h>

#include "dissectors/mime.h"
#include "dissectors/msnp_value.h"
#include "dissectors/p2p.h"
#include "util/utf8.h"

/* Packets that one body is parted into; what follows stays with the last. */
#define BRIDGED_MAX 64u
/* Packets of one body that the summary speaks of. */
#define SUMMARY_PACKETS_MAX 3u

/* The queue that such packets have. */
#define CHANNEL "PE"

static bool has_endpoint(const struct field *address)
{
	return address && field_child(address, &field_defs[F_ADDRESS_ENDPOINT]);
}

static const struct field *add_address(struct dissection *d, struct field *parent, enum field_id id, const char *name)
{
	const struct field *h = headers_find(field_child(parent, &field_defs[F_MSG_HEADERS]), name);

	if (!h || !h->has_value)
		return NULL;
	struct field *f = field_add_text(d, parent, id, h->value.text, h->source, h->offset, h->length);
	struct range r = {h->source, h->offset, h->length};
	/* An endpoint that the sender did not know; has_endpoint tells. */
	if (r.length && d->sources[r.source].data.ptr[r.offset + r.length - 1] == ';')
		r.length--;
	address_dissect(d, f, r);
	return f;
}

/* Adds the addresses; returns the version that they show. */
static int version_of(struct dissection *d, struct field *parent)
{
	const struct field *routing = field_child(&d->root, &field_defs[F_ROUTING]);
	const struct field *to = add_address(d, parent, F_P2P_DESTINATION, "P2P-Dest");
	const struct field *from = add_address(d, parent, F_P2P_SOURCE, "P2P-Src");

	if (routing) {
		const struct field *routed = field_child(routing, &field_defs[F_ROUTING_TO]);
		const struct field *channel = field_child(routing, &field_defs[F_ROUTING_CHANNEL]);

		if (channel && channel->has_value && !slice_case_eq(channel->value.text, SLICE_LIT(CHANNEL)))
			finding_add(d, RULE_P2P_CARRIER, channel, "sent through %.*s, not through " CHANNEL,
				    SLICE_ARG(utf8_cut(channel->value.text, 16)));
		if (has_endpoint(routed) || has_endpoint(to) || has_endpoint(from))
			return 2;
		finding_add(d, RULE_P2P_CARRIER, routed, "no endpoint that the packet is for");
		return 1;
	}
	/* Servers cut off who sends packets in another way. */
	const struct field *mode = field_child(&d->root, &field_defs[P_ack_mode]);
	if (mode && mode->has_value && !slice_eq_str(mode->value.text, "D"))
		finding_add(d, RULE_P2P_CARRIER, mode, "sent as %.*s, not as D", SLICE_ARG(utf8_cut(mode->value.text, 8)));
	if (!to)
		finding_add(d, RULE_P2P_CARRIER, field_child(parent, &field_defs[F_MSG_HEADERS]), "no P2P-Dest");
	/* aMSN ends an address whose endpoint it does not know in a bare semicolon. */
	bool empty = (to && slice_find_byte(to->value.text, ';') + 1 == to->value.text.len) ||
		     (from && slice_find_byte(from->value.text, ';') + 1 == from->value.text.len);
	if (has_endpoint(to) != has_endpoint(from) && !empty)
		finding_add(d, RULE_P2P_CARRIER, has_endpoint(to) ? to : from, "only %s names an endpoint",
			    has_endpoint(to) ? "P2P-Dest" : "P2P-Src");
	return has_endpoint(to) || has_endpoint(from) ? 2 : 1;
}

/* Offsets at which the body is parted, the first of them 0. */
struct parts {
	size_t start[BRIDGED_MAX];
	size_t count;
	size_t numbers; /* that were given */
};

/* One number of the header, in a range of a source: a further start, when it rises and lies in the body. */
static void add_offset(struct dissection *d, struct field *parent, struct range r, size_t length, struct parts *p)
{
	struct field *f = field_add(d, parent, F_P2P_BRIDGING_OFFSET, r.source, r.offset, r.length);
	struct slice text = slice_trim(slice_sub(d->sources[r.source].data, r.offset, r.length));
	uint64_t number;

	f->has_value = slice_u64(text, &number);
	if (!f->has_value) {
		finding_add(d, RULE_P2P_CARRIER, f, "not a number");
		return;
	}
	f->value.number = number;
	if (number == 0 && p->numbers == 0)
		return;
	if (p->numbers == 0)
		finding_add(d, RULE_P2P_CARRIER, f, "the first packet does not start at 0");
	if (number <= p->start[p->count - 1])
		finding_add(d, RULE_P2P_CARRIER, f, "does not rise");
	else if (number >= length)
		finding_add(d, RULE_P2P_CARRIER, f, "beyond the body of %zu bytes", length);
	else
		p->start[p->count++] = (size_t)number;
}

static void read_offsets(struct dissection *d, struct field *parent, size_t length, struct parts *p)
{
	const struct field *h = headers_find(field_child(parent, &field_defs[F_MSG_HEADERS]), "Bridging-Offsets");

	if (!h)
		return;
	struct slice text = slice_sub(d->sources[h->source].data, h->offset, h->length);
	for (size_t at = 0; at <= text.len; p->numbers++) {
		size_t len = slice_find_byte(slice_sub(text, at, text.len), ',');

		if (p->numbers == BRIDGED_MAX) {
			finding_add(d, RULE_P2P_LIMIT, h, "more than %u packets in one body", BRIDGED_MAX);
			return;
		}
		add_offset(d, parent, (struct range){h->source, h->offset + at, len}, length, p);
		at += len + 1;
	}
}

void p2p_body_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	int version = version_of(d, parent);
	struct parts p = {.count = 1};
	size_t said = 0;

	(void)context;
	read_offsets(d, parent, length, &p);
	for (size_t i = 0; i < p.count; i++) {
		size_t end = i + 1 < p.count ? p.start[i + 1] : length;

		p2p_packet_dissect(d, parent, source, offset + p.start[i], end - p.start[i], version, true);
		if (i < SUMMARY_PACKETS_MAX)
			said = d->summary.len;
		else
			d->summary.len = said;
	}
	if (p.count > SUMMARY_PACKETS_MAX)
		dissection_summary_add(d, "%zu more packets", p.count - SUMMARY_PACKETS_MAX);
}
