/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration.
 *
 *	<Policies>
 *	  <Policy type="SHIELDS" checksum="32 hexadecimal digits">
 *	    <config>
 *	      <shield><cli maj="7" min="0" minbld="0" maxbld="9999" deny="winks ddp"/></shield>
 *	      <block><regexp><imtext value="base64 of a regular expression"/></regexp></block>
 *	    </config>
 *	  </Policy>
 *	  <Policy type="ABCH" ..>
 *	    <policy><set id service priority><r id threshold/></set><c id>text</c></policy>
 *	  </Policy>
 *	  <Policy type="ERRORRESPONSETABLE" ..>
 *	    <Policy><Feature type name><Entry hr action/></Feature></Policy>
 *	  </Policy>
 *	  <Policy type="P2P" ..><ObjStr SndDly="1"/></Policy>
 *	</Policies>
 *
 * Until MSNP12 the config stands alone.  The elements are described by tables:
 * each says which elements may stand in it.
 */
#include "dissectors/policies.h"

#include "dissectors/payload_xml.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Patterns and features that the summary names. */
#define SHOWN_COUNT 3u

struct element {
	const char *name; /* NULL ends a table */
	enum field_id id;
	const struct payload_xml_row *attributes;
	const struct element *children;
	enum field_id text; /* FIELD_COUNT: has none */
};

#define NO_TEXT FIELD_COUNT

static const struct payload_xml_row no_attributes[] = {{NULL, 0}};
static const struct element no_children[] = {{NULL, 0, NULL, NULL, 0}};

static const struct payload_xml_row cli_attributes[] = {
	{"maj", F_SHIELD_MAJOR},         {"min", F_SHIELD_MINOR}, {"minbld", F_SHIELD_FIRST_BUILD},
	{"maxbld", F_SHIELD_LAST_BUILD}, {"deny", F_SHIELD_DENY}, {NULL, 0},
};
static const struct payload_xml_row imtext_attributes[] = {{"value", F_SHIELD_PATTERN}, {NULL, 0}};
static const struct element in_shield[] = {
	{"cli", F_SHIELD_CLIENT, cli_attributes, no_children, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_regexp[] = {
	{"imtext", F_SHIELD_PATTERN_ENTRY, imtext_attributes, no_children, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_block[] = {
	{"regexp", F_SHIELD_PATTERNS, no_attributes, in_regexp, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_config[] = {
	{"shield", F_SHIELD_CLIENTS, no_attributes, in_shield, NO_TEXT},
	{"block", F_SHIELD_BLOCK, no_attributes, in_block, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};

static const struct payload_xml_row rule_attributes[] = {
	{"id", F_POLICY_RULE_ID}, {"threshold", F_POLICY_THRESHOLD}, {"timer", F_POLICY_TIMER},
	{"trigger", F_POLICY_TRIGGER}, {NULL, 0},
};
static const struct payload_xml_row setting_attributes[] = {{"id", F_POLICY_SETTING_ID}, {NULL, 0}};
static const struct payload_xml_row set_attributes[] = {
	{"id", F_POLICY_SET_ID}, {"service", F_POLICY_SERVICE}, {"priority", F_POLICY_PRIORITY}, {NULL, 0},
};
static const struct element in_rule[] = {
	{"c", F_POLICY_SETTING, setting_attributes, no_children, F_POLICY_SETTING_VALUE},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_set[] = {
	{"r", F_POLICY_RULE, rule_attributes, in_rule, NO_TEXT},
	{"c", F_POLICY_SETTING, setting_attributes, no_children, F_POLICY_SETTING_VALUE},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_calls[] = {
	{"set", F_POLICY_SET, set_attributes, in_set, NO_TEXT},
	{"c", F_POLICY_SETTING, setting_attributes, no_children, F_POLICY_SETTING_VALUE},
	{NULL, 0, NULL, NULL, 0},
};

static const struct payload_xml_row entry_attributes[] = {
	{"hr", F_POLICY_HRESULT}, {"action", F_POLICY_ACTION}, {NULL, 0},
};
static const struct payload_xml_row feature_attributes[] = {
	{"type", F_POLICY_FEATURE_TYPE}, {"name", F_POLICY_FEATURE_NAME}, {NULL, 0},
};
static const struct element in_feature[] = {
	{"Entry", F_POLICY_ENTRY, entry_attributes, no_children, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_errors[] = {
	{"Feature", F_POLICY_FEATURE, feature_attributes, in_feature, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};

static const struct payload_xml_row object_store_attributes[] = {{"SndDly", F_POLICY_SEND_DELAY}, {NULL, 0}};

static const struct payload_xml_row policy_attributes[] = {
	{"type", F_POLICY_TYPE}, {"checksum", F_POLICY_CHECKSUM}, {NULL, 0},
};
static const struct element in_policy[] = {
	{"config", F_SHIELD_CONFIG, no_attributes, in_config, NO_TEXT},
	{"policy", F_POLICY_CALLS, no_attributes, in_calls, NO_TEXT},
	{"Policy", F_POLICY_ERRORS, no_attributes, in_errors, NO_TEXT},
	{"ObjStr", F_POLICY_OBJECT_STORE, object_store_attributes, no_children, NO_TEXT},
	{"Feature", F_POLICY_FEATURE, feature_attributes, in_feature, NO_TEXT},
	{"set", F_POLICY_SET, set_attributes, in_set, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};
static const struct element in_policies[] = {
	{"Policy", F_POLICY, policy_attributes, in_policy, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};

static const struct element roots[] = {
	{"config", F_SHIELD_CONFIG, no_attributes, in_config, NO_TEXT},
	{"Policies", F_POLICY_POLICIES, no_attributes, in_policies, NO_TEXT},
	{NULL, 0, NULL, NULL, 0},
};

/* What the summary tells. */
struct told {
	struct slice denied, patterns;
	size_t denied_count, pattern_count;
};

static void tell(struct arena *arena, struct slice *list, size_t *count, struct slice what, const char *quote)
{
	if (++*count <= SHOWN_COUNT)
		*list = arena_printf(arena, "%.*s%s%s%.*s%s", SLICE_ARG(*list), list->len ? ", " : "", quote,
				     SLICE_ARG(payload_xml_cut(what)), quote);
}

/* The words of deny, separated by blanks. */
static void add_denied(const struct xml_origin *x, struct field *deny, struct told *told)
{
	struct slice data = deny->value.text;
	struct range r = payload_xml_range(x->d, deny, data, "deny");

	for (size_t at = 0; at < data.len;) {
		size_t len = slice_find_byte(slice_sub(data, at, data.len), ' ');

		if (len) {
			const struct field *f = field_add_range(x->d, deny, F_SHIELD_DENIED, r.source,
								r.offset + at, len);
			const struct enum_row *row = field_enum(f);
			struct slice name = row ? slice_str(row->meaning) : f->value.text;

			if (!row)
				finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, f, "feature \"%.*s\"",
					    SLICE_ARG(payload_xml_cut(f->value.text)));
			tell(x->d->arena, &told->denied, &told->denied_count, name, "");
		}
		at += len + 1;
	}
}

static void decode_pattern(const struct xml_origin *x, struct field *f, struct told *told)
{
	struct slice decoded;

	if (!base64_decode(x->d->arena, f->value.text, &decoded)) {
		finding_add(x->d, x->rule, f, "pattern is not base64: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(f->value.text)));
		return;
	}
	f->value.text = decoded;
	tell(x->d->arena, &told->patterns, &told->pattern_count, decoded, "\"");
}

static bool is_checksum(struct slice s)
{
	uint64_t number;

	return s.len == 32 && slice_hex_u64(slice_sub(s, 0, 16), &number) &&
	       slice_hex_u64(slice_sub(s, 16, 16), &number);
}

static void look_at_attributes(const struct xml_origin *x, struct field *parent, struct told *told)
{
	for (struct field *f = parent->first; f; f = f->next) {
		if (f->def == &field_defs[F_SHIELD_DENY])
			add_denied(x, f, told);
		else if (f->def == &field_defs[F_SHIELD_PATTERN])
			decode_pattern(x, f, told);
		else if (f->def == &field_defs[F_POLICY_CHECKSUM] && !is_checksum(f->value.text))
			finding_add(x->d, x->rule, f, "checksum is not 32 hexadecimal digits: \"%.*s\"",
				    SLICE_ARG(payload_xml_cut(f->value.text)));
		else if (f->def == &field_defs[F_POLICY_TYPE] && !field_enum(f))
			finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, f, "type of policy \"%.*s\"",
				    SLICE_ARG(payload_xml_cut(f->value.text)));
	}
}

static const struct element *find_element(const struct element *table, const struct xml_element *e)
{
	while (table->name && !slice_eq_str(e->name, table->name))
		table++;
	return table->name ? table : NULL;
}

/* As deep as the tables are. */
static void add_element(const struct xml_origin *x, struct field *parent, const struct element *known,
			const struct xml_element *e, struct told *told)
{
	struct field *f = xml_add_branch(x, parent, known->id, e);

	if (x->d->fields_left_out)
		return;
	if (known->text == NO_TEXT) {
		payload_xml_attributes(x, f, e, known->attributes);
		look_at_attributes(x, f, told);
	} else {
		xml_add_attribute(x, f, known->attributes->id, e, known->attributes->name);
		field_add_text(x->d, f, known->text, xml_text(e, ""), x->source, x->base + e->inner_offset,
			       e->inner_length);
	}
	for (const struct xml_element *child = e->first; child; child = child->next) {
		const struct element *next = find_element(known->children, child);

		if (next)
			add_element(x, f, next, child, told);
		else
			xml_add_other(x, f, child);
	}
}

static void summarise_policies(struct dissection *d, const struct field *policies)
{
	for (const struct field *f = policies ? policies->first : NULL; f; f = f->next) {
		const struct field *type = field_child(f, &field_defs[F_POLICY_TYPE]);

		if (f->def == &field_defs[F_POLICY] && type)
			dissection_summary_add(d, "%.*s", SLICE_ARG(payload_xml_cut(type->value.text)));
	}
}

static void summarise(struct dissection *d, const struct told *told)
{
	if (told->denied_count)
		dissection_summary_add(d, "switches off %.*s%s", SLICE_ARG(told->denied),
				       told->denied_count > SHOWN_COUNT ? ", ..." : "");
	if (told->pattern_count)
		dissection_summary_add(d, "blocks %zu pattern%s: %.*s%s", told->pattern_count,
				       told->pattern_count == 1 ? "" : "s", SLICE_ARG(told->patterns),
				       told->pattern_count > SHOWN_COUNT ? ", ..." : "");
	if (!told->denied_count && !told->pattern_count)
		dissection_summary_add(d, "nothing is blocked");
}

void policies_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	struct payload_xml p;
	struct told told = {SLICE_EMPTY, SLICE_EMPTY, 0, 0};

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_POLICY_VALUE))
		return;
	const struct element *root = find_element(roots, p.root);
	if (root) {
		add_element(&p.x, parent, root, p.root, &told);
		summarise_policies(d, field_child(parent, &field_defs[F_POLICY_POLICIES]));
		summarise(d, &told);
	} else {
		payload_xml_wrong_root(&p);
	}
	payload_xml_finish(&p);
}
