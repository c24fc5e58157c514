/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies about groups and connected networks.
 *
 *	<circle>
 *	  <roster><id>IM</id>
 *	    <user><id>1:bo@example.com</id><state>pending</state></user>
 *	  </roster>
 *	  <props><presence dtype="xml"><Data><UTL/><MFN/><PSM/><CurrentMedia/></Data></presence></props>   (MSNP18)
 *	</circle>
 *
 *	<network><status>SigningIn</status></network>
 */
#include "dissectors/payload_xml.h"
#include "dissectors/presence.h"
#include "dissectors/routing.h"

/* Rosters of one group, and members of one roster, as many as a circle can have; more are shown as they are. */
#define ROSTERS_MAX 16u
#define MEMBERS_MAX 1000u

/* Nothing here has attributes that are known. */
static const struct payload_xml_row no_attributes[] = {{NULL, 0}};

static bool is_plain(const struct xml_element *e)
{
	return !e->first && !e->attributes;
}

static void check_known(const struct xml_origin *x, const struct field *f)
{
	if (!field_enum(f))
		finding_add(x->d, RULE_ROUTING_UNKNOWN, f, "%s not known: \"%.*s\"", f->def->name,
			    SLICE_ARG(payload_xml_cut(f->value.text)));
}

static void add_member_id(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	struct field *f = xml_add_text(x, parent, F_CIRCLE_MEMBER_ID, e);

	/* With entities or blanks the parts have no ranges. */
	if (f->length == f->value.text.len)
		address_dissect(x->d, f, (struct range){f->source, f->offset, f->length});
	if (!field_child(f, &field_defs[F_ADDRESS_NETWORK]))
		finding_add(x->d, RULE_ROUTING_BODY, f, "member without network: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(f->value.text)));
}

static void add_member(const struct xml_origin *x, struct field *roster, const struct xml_element *e)
{
	struct field *f = xml_add_branch(x, roster, F_CIRCLE_MEMBER, e);

	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (payload_xml_named(child, "id") && is_plain(child) &&
		    !field_child(f, &field_defs[F_CIRCLE_MEMBER_ID]))
			add_member_id(x, f, child);
		else if (payload_xml_named(child, "state") && is_plain(child) &&
			 !field_child(f, &field_defs[F_CIRCLE_MEMBER_STATE]))
			check_known(x, xml_add_text(x, f, F_CIRCLE_MEMBER_STATE, child));
		else
			xml_add_other(x, f, child);
	}
	payload_xml_attributes(x, f, e, no_attributes);
}

static void add_roster(const struct xml_origin *x, struct field *circle, const struct xml_element *e)
{
	struct field *f = xml_add_branch(x, circle, F_CIRCLE_ROSTER, e);
	size_t count = 0;

	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (payload_xml_named(child, "user") && count++ < MEMBERS_MAX)
			add_member(x, f, child);
		else if (payload_xml_named(child, "id") && is_plain(child) &&
			 !field_child(f, &field_defs[F_CIRCLE_ROSTER_ID]))
			xml_add_text(x, f, F_CIRCLE_ROSTER_ID, child);
		else
			xml_add_other(x, f, child);
	}
	payload_xml_attributes(x, f, e, no_attributes);
}

/* The children of props/presence/Data; other forms of props are shown as they are. */
static bool add_props(const struct xml_origin *x, struct field *circle, const struct xml_element *e)
{
	const struct xml_element *data = xml_path(e, "presence/Data");

	if (!data || data->parent != e->first || e->first->next || data->next ||
	    field_child(circle, &field_defs[F_CIRCLE_PRESENCE]))
		return false;
	struct field *f = xml_add_branch(x, circle, F_CIRCLE_PRESENCE, data);
	field_syntax(f, data->inner_offset - e->offset, e->offset + e->length - data->inner_offset - data->inner_length);
	for (const struct xml_element *child = data->first; child; child = child->next)
		if (!presence_child(x, f, child))
			xml_add_other(x, f, child);
	return true;
}

static void add_circle(const struct payload_xml *p)
{
	struct field *circle = xml_add_branch(&p->x, p->parent, F_CIRCLE_STATE, p->root);
	size_t count = 0;

	for (const struct xml_element *e = p->root->first; e; e = e->next) {
		if (payload_xml_named(e, "roster") && count++ < ROSTERS_MAX)
			add_roster(&p->x, circle, e);
		else if (!payload_xml_named(e, "props") || !add_props(&p->x, circle, e))
			xml_add_other(&p->x, circle, e);
	}
	payload_xml_attributes(&p->x, circle, p->root, no_attributes);
}

void circle_xml_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			const struct msnp_context *context)
{
	struct payload_xml p;

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_ROUTING_BODY))
		return;
	if (payload_xml_named(p.root, "circle"))
		add_circle(&p);
	else
		payload_xml_wrong_root(&p);
	payload_xml_finish(&p);
}

static void add_network(const struct payload_xml *p)
{
	struct field *network = xml_add_branch(&p->x, p->parent, F_NETWORK_STATE, p->root);

	for (const struct xml_element *e = p->root->first; e; e = e->next) {
		if (payload_xml_named(e, "status") && is_plain(e) &&
		    !field_child(network, &field_defs[F_NETWORK_STATUS]))
			check_known(&p->x, xml_add_text(&p->x, network, F_NETWORK_STATUS, e));
		else
			xml_add_other(&p->x, network, e);
	}
	payload_xml_attributes(&p->x, network, p->root, no_attributes);
}

void network_xml_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 const struct msnp_context *context)
{
	struct payload_xml p;

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_ROUTING_BODY))
		return;
	if (payload_xml_named(p.root, "network"))
		add_network(&p);
	else
		payload_xml_wrong_root(&p);
	payload_xml_finish(&p);
}
