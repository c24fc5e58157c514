/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What MSNSLP says about connections:
 *
 *	Bridges: TRUDPv1 TCPv1 SBBridge TURNv1      offered
 *	Bridge: TCPv1                               chosen
 *	NetID: -1409286004                          public IPv4 address, a number whose lowest byte comes first
 *	IPv4Internal-Addrs: 192.0.2.1 192.0.2.2     with a port each, or one for all
 *	IPv4Internal-Port: 1234
 *	IPv4ExternalAddrsAndPorts: 192.0.2.1:1234
 */
#include <arpa/inet.h>

#include "dissectors/slp_parts.h"
#include "util/utf8.h"

/* Addresses and bridges of one message; more are left to the lines that hold them. */
#define SLP_ADDRESSES_MAX 64u
#define SLP_BRIDGES_MAX 16u

static void add_bridges(const struct slp *m)
{
	const struct slp_line *l = slp_line_find(m, "Bridges");
	struct slice rest = l ? l->value : SLICE_EMPTY;

	for (unsigned count = 0; l; count++) {
		struct slice word = slp_word(&rest);

		if (word.len == 0)
			return;
		if (count == SLP_BRIDGES_MAX) {
			finding_add(m->d, RULE_LIMIT_FIELDS, l->field, "more than %u bridges", SLP_BRIDGES_MAX);
			return;
		}
		const struct field *f = slp_add_part(m, m->message, F_SLP_BRIDGES, l, word);
		if (!field_enum(f))
			finding_add(m->d, RULE_SLP_UNKNOWN, f, "bridge %.*s",
				    SLICE_ARG(utf8_cut(word, SLP_FINDING_MAX)));
	}
}

/* Some clients write the number as a signed one. */
static void add_net_id(const struct slp *m)
{
	const struct slp_line *l = slp_line_find(m, "NetID");
	uint64_t number;

	if (!l)
		return;
	bool negative = l->value.len && l->value.ptr[0] == '-';
	struct slice digits = slice_sub(l->value, negative ? 1 : 0, l->value.len);
	struct field *f = slp_add_text(m, F_SLP_NET_ID, l);
	if (!slice_u64(digits, &number) || number > (negative ? UINT64_C(1) << 31 : UINT32_MAX)) {
		finding_add(m->d, RULE_SLP_BROKEN, f, "NetID is no number of 32 bits: \"%.*s\"",
			    SLICE_ARG(utf8_cut(l->value, SLP_FINDING_MAX)));
		return;
	}
	uint32_t ip = negative ? 0u - (uint32_t)number : (uint32_t)number;
	f->value.text = arena_printf(m->d->arena, "%u.%u.%u.%u", ip & 255, ip >> 8 & 255, ip >> 16 & 255, ip >> 24);
}

/* --- addresses --- */

static bool is_address(struct slice s)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t ip[16];

	if (s.len >= sizeof(text))
		return false;
	memcpy(text, s.len ? (const char *)s.ptr : "", s.len);
	text[s.len] = 0;
	return inet_pton(AF_INET, text, ip) == 1 || inet_pton(AF_INET6, text, ip) == 1;
}

/* A list of addresses: its lines, where the addresses are. */
struct list {
	const char *scope;
	const struct slp_line *addresses; /* the line that holds them */
	const struct slp_line *ports;     /* the line that holds the ports, or NULL: each address has its own */
};

static void add_ip(const struct slp *m, struct field *f, const struct slp_line *l, struct slice ip)
{
	const struct field *part = slp_add_part(m, f, F_SLP_ADDRESS_IP, l, ip);

	if (!is_address(ip))
		finding_add(m->d, RULE_SLP_BROKEN, part, "no IP address: \"%.*s\"",
			    SLICE_ARG(utf8_cut(ip, SLP_FINDING_MAX)));
}

static void add_port(const struct slp *m, struct field *f, const struct slp_line *l, struct slice text)
{
	struct range r = slp_range(l, text);
	struct field *port = field_add(m->d, f, F_SLP_ADDRESS_PORT, r.source, r.offset, r.length);
	uint64_t number;

	port->has_value = slice_u64(text, &number) && number <= UINT16_MAX;
	if (port->has_value)
		port->value.number = number;
	else
		finding_add(m->d, RULE_SLP_BROKEN, port, "no port: \"%.*s\"",
			    SLICE_ARG(utf8_cut(text, SLP_FINDING_MAX)));
}

static void add_address(const struct slp *m, const struct list *list, struct slice word, struct slice port)
{
	const struct slp_line *l = list->addresses;
	struct range r = slp_range(l, word);
	struct field *f = field_add(m->d, m->message, F_SLP_ADDRESS, r.source, r.offset, r.length);
	size_t colon = word.len;

	field_add_text(m->d, f, F_SLP_ADDRESS_SCOPE, slice_str(list->scope), r.source, r.offset, r.length);
	if (list->ports) {
		add_ip(m, f, l, word);
		add_port(m, f, list->ports, port);
		return;
	}
	while (colon > 0 && word.ptr[colon - 1] != ':')
		colon--;
	struct slice ip = slice_sub(word, 0, colon ? colon - 1 : word.len);
	if (ip.len > 2 && ip.ptr[0] == '[' && ip.ptr[ip.len - 1] == ']')
		ip = slice_sub(ip, 1, ip.len - 2);
	add_ip(m, f, l, ip);
	if (colon)
		add_port(m, f, l, slice_sub(word, colon, word.len));
}

static void add_list(const struct slp *m, const struct list *list, size_t *count)
{
	struct slice rest = list->addresses->value, ports = list->ports ? list->ports->value : SLICE_EMPTY;
	struct slice port = SLICE_EMPTY;

	for (;;) {
		struct slice word = slp_word(&rest), next = slp_word(&ports);

		if (next.len)
			port = next;
		if (word.len == 0)
			return;
		if (*count == SLP_ADDRESSES_MAX) {
			finding_add(m->d, RULE_LIMIT_FIELDS, list->addresses->field, "more than %u addresses",
				    SLP_ADDRESSES_MAX);
			return;
		}
		++*count;
		add_address(m, list, word, port);
	}
}

static void add_addresses(const struct slp *m)
{
	static const struct {
		const char *scope, *addresses, *ports, *both;
	} lists[] = {
		{"internal", "IPv4Internal-Addrs", "IPv4Internal-Port", "IPv4InternalAddrsAndPorts"},
		{"external", "IPv4External-Addrs", "IPv4External-Port", "IPv4ExternalAddrsAndPorts"},
		{"ipv6", "IPv6-Addrs", "IPv6-Port", "IPv6AddrsAndPorts"},
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct list apart = {lists[i].scope, slp_line_find(m, lists[i].addresses),
				     slp_line_find(m, lists[i].ports)};
		struct list both = {lists[i].scope, slp_line_find(m, lists[i].both), NULL};

		if (apart.addresses && apart.ports)
			add_list(m, &apart, &count);
		if (both.addresses)
			add_list(m, &both, &count);
	}
}

void slp_transport_dissect(const struct slp *m)
{
	add_bridges(m);
	add_net_id(m);
	add_addresses(m);
}
