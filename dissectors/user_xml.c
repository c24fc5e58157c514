/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * application/user+xml: what an account tells about itself.
 *
 *	<user>
 *	  <s n="IM"><Status>BSY</Status></s>              the account, by service
 *	  <s n="PE"><FriendlyName>Bo</FriendlyName></s>
 *	  <s n="PF" ts="2011-05-19T10:00:00Z"/>
 *	  <sep n="IM" epid="{...}"><Capabilities>...</Capabilities></sep>   one endpoint
 *	  <sep n="PD" epid="{...}"><EpName>DESK</EpName></sep>
 *	</user>
 *
 * In one's own PUT sep has no epid: it stands in From.
 */
#include "dissectors/payload_xml.h"
#include "dissectors/presence.h"
#include "dissectors/routing.h"

/* Blocks of one user; more are shown as they are. */
#define BLOCKS_MAX 256u

static void check_block(const struct xml_origin *x, const struct field *f)
{
	const struct field *name = field_child(f, &field_defs[F_USER_SERVICE_NAME]);
	const struct field *epid = field_child(f, &field_defs[F_USER_EPID]);

	if (!name)
		finding_add(x->d, RULE_PRESENCE_VALUE, f, "no name of the service");
	else if (!field_enum(name))
		finding_add(x->d, RULE_ROUTING_UNKNOWN, name, "service not known: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(name->value.text)));
	if (epid && !is_guid(epid->value.text))
		finding_add(x->d, RULE_PRESENCE_VALUE, epid, "not a GUID: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(epid->value.text)));
}

/* What MSNP24 adds. */
static bool add_skype(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	enum field_id id = payload_xml_named(e, "Skypename") ? F_USER_SKYPE_NAME : F_USER_MOOD;

	if ((id == F_USER_MOOD && !payload_xml_named(e, "Mood")) || e->first || e->attributes ||
	    field_child(parent, &field_defs[id]))
		return false;
	xml_add_text(x, parent, id, e);
	return true;
}

/* One s or sep. */
static void add_block(const struct xml_origin *x, struct field *parent, enum field_id id, const struct xml_element *e)
{
	static const struct payload_xml_row attributes[] = {
		{"n", F_USER_SERVICE_NAME}, {"ts", F_USER_CHANGED}, {"epid", F_USER_EPID}, {NULL, 0}};
	struct field *f = xml_add_branch(x, parent, id, e);

	payload_xml_attributes(x, f, e, attributes);
	for (const struct xml_element *child = e->first; child; child = child->next)
		if (!presence_child(x, f, child) && !add_skype(x, f, child))
			xml_add_other(x, f, child);
	check_block(x, f);
}

static void add_user(const struct payload_xml *p)
{
	static const struct payload_xml_row none[] = {{NULL, 0}};
	struct field *user = xml_add_branch(&p->x, p->parent, F_USER_STATE, p->root);
	size_t count = 0;

	payload_xml_attributes(&p->x, user, p->root, none);
	for (const struct xml_element *e = p->root->first; e; e = e->next, count++) {
		if (count >= BLOCKS_MAX)
			xml_add_other(&p->x, user, e);
		else if (payload_xml_named(e, "s"))
			add_block(&p->x, user, F_USER_SERVICE, e);
		else if (payload_xml_named(e, "sep"))
			add_block(&p->x, user, F_USER_ENDPOINT, e);
		else
			xml_add_other(&p->x, user, e);
	}
}

void user_xml_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	struct payload_xml p;

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_PRESENCE_VALUE))
		return;
	if (payload_xml_named(p.root, "user"))
		add_user(&p);
	else
		payload_xml_wrong_root(&p);
	payload_xml_finish(&p);
}
