/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routed payloads: SDG, PUT, DEL and NFY of MSNP18 and later.  Source: MSNP21
 * page of the specification.
 */
#ifndef MSNSCOPE_DISSECTORS_ROUTING_H
#define MSNSCOPE_DISSECTORS_ROUTING_H

#include "dissectors/msnp_value.h"
#include "dissectors/payload.h"
#include "dissectors/payload_xml.h"

/* Blocks, then the body through the registry.  Sets the summary. */
payload_dissector routing_dissect;

/* Does the text begin as one of the known blocks does? */
bool routing_looks_like(struct slice text);

/* --- for the files that know one kind of body --- */

/* application/user+xml: adds an F_USER_STATE. */
payload_dissector user_xml_dissect;
/* application/circles+xml and multiparty+xml: adds an F_CIRCLE_STATE. */
payload_dissector circle_xml_dissect;
/* application/network+xml: adds an F_NETWORK_STATE. */
payload_dissector network_xml_dissect;

/* What the blocks said. */
struct routed {
	struct dissection *d;
	struct field *parent;
	const struct msnp_context *context;
	struct field *block;           /* Messaging, Notification or Publication; NULL when there is none */
	const struct field *headers;   /* its lines, or NULL */
	const struct field *to, *from; /* or NULL */
	struct slice content_type;     /* lower case, without parameters */
	struct range body;
};

/* Body and summary of SDG, and of the others. */
void routing_message(const struct routed *r);
void routing_notice(const struct routed *r);

/* The text of a child of the block (F_ROUTING_...), or of another field; empty when there is none. */
struct slice routing_text(const struct field *parent, enum field_id id);

/* An address for the summary, "1:bo@example.com", "group 10:...", without endpoint; "?" for NULL. */
struct slice routing_party(struct dissection *d, const struct field *address);
/* The same account of the same network? */
bool routing_same(const struct field *address, const struct field *other);
/* Is it the address of a circle or temporary group? */
bool routing_is_group(const struct field *address);

/* A field for the address in a range, with its parts. */
struct field *routing_address(struct dissection *d, struct field *parent, enum field_id id, struct range r);

/* A text from the wire for the summary: cut to a length that fits there. */
struct slice routing_shown(struct slice text);

/* All of a payload that is XML, as an F_XML_DOCUMENT. */
void routing_xml(struct dissection *d, const struct payload_xml *p);

#endif
