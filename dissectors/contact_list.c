/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contact lists.
 *
 *	<ml l="1">
 *	  <d n="example.com">
 *	    <c n="alice" l="3" t="1" f="Alice%20B"/>
 *	    <c n="bob" t="1"><s n="IM" l="3"/><s n="PE" l="3"/></c>      (MSNP21)
 *	  </d>
 *	  <t><c n="tel:+15550100" l="1"/></t>
 *	</ml>
 *
 * Domains and contacts become fields side by side, so that each contact can be
 * had without asking for its domain.
 */
#include "dissectors/contact_list.h"

#include "dissectors/payload_xml.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* More contacts than servers take at once. */
#define CONTACTS_USUAL 150u
/* Contacts that the summary names. */
#define CONTACTS_SHOWN 3u

/* Bits of the mask of lists. */
enum { LIST_ALLOW = 2, LIST_BLOCK = 4, LIST_REVERSE = 8, LIST_PENDING = 16 };

struct list {
	const struct xml_origin *x;
	struct field *ml;
	bool quoted;        /* in an error: what the server refuses */
	struct slice names; /* for the summary */
	size_t count;
};

/* What cannot be is told, unless the server quotes it to say so itself. */
static void add_lists(const struct list *list, struct field *parent, const struct xml_element *e)
{
	const struct xml_origin *x = list->x;
	struct field *f = xml_add_number_attribute(x, parent, F_LIST_LISTS, e, "l");

	if (!f || !f->has_value)
		return;
	if (!list_bits_dissect(x->d, f, (struct range){f->source, f->offset, f->length}))
		finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, f, "bits of no known list: %llu",
			    (unsigned long long)f->value.number);
	if (!list->quoted && f->value.number == 0)
		finding_add(x->d, x->rule, f, "on no list");
	if (!list->quoted && f->value.number & LIST_ALLOW && f->value.number & LIST_BLOCK)
		finding_add(x->d, x->rule, f, "on the allow list and on the block list");
}

static void add_network(const struct xml_origin *x, struct field *contact, const struct xml_element *e)
{
	const struct field *f = xml_add_number_attribute(x, contact, F_LIST_NETWORK, e, "t");

	if (f && f->has_value && !field_enum(f))
		finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, f, "network %llu", (unsigned long long)f->value.number);
}

static void add_nickname(const struct xml_origin *x, struct field *contact, const struct xml_element *e)
{
	struct field *f = xml_add_attribute(x, contact, F_LIST_NICKNAME, e, "f");

	if (f)
		f->value.text = percent_decode(x->d->arena, f->value.text);
}

/* <s n="IM" l="3"/> */
static void add_service(const struct list *list, struct field *contact, const struct xml_element *e)
{
	const struct xml_origin *x = list->x;
	static const struct payload_xml_row known[] = {{"n", F_LIST_SERVICE_NAME}, {"l", F_LIST_LISTS}, {NULL, 0}};
	struct field *f = xml_add_branch(x, contact, F_LIST_SERVICE, e);
	const struct field *name = xml_add_attribute(x, f, F_LIST_SERVICE_NAME, e, "n");

	if (name && !field_enum(name))
		finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, name, "service \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(name->value.text)));
	add_lists(list, f, e);
	payload_xml_attributes_other(x, f, e, known);
	for (const struct xml_element *child = e->first; child; child = child->next)
		xml_add_other(x, f, child);
}

/* --- summary --- */

static uint64_t mask_of(const struct field *f)
{
	const struct field *lists = field_child(f, &field_defs[F_LIST_LISTS]);

	return lists && lists->has_value ? lists->value.number : 0;
}

/* "forward, allow" */
static struct slice list_names(struct arena *arena, uint64_t mask)
{
	const struct enum_set *bits = &enum_sets[SET_list_bit];
	struct slice names = SLICE_EMPTY;

	for (size_t i = 0; i < bits->count; i++) {
		const struct enum_row *row = enum_find(&enum_sets[SET_list_name], slice_str(bits->rows[i].name));

		if (mask >> i & 1)
			names = arena_printf(arena, "%.*s%s%s", SLICE_ARG(names), names.len ? ", " : "",
					     row ? row->name : bits->rows[i].name);
	}
	return names;
}

/* `alice@example.com "Alice" (forward, allow)`; without lists the network, when it is given. */
static struct slice contact_text(struct arena *arena, const struct field *contact)
{
	const struct field *account = field_child(contact, &field_defs[F_LIST_ACCOUNT]);
	const struct field *nickname = field_child(contact, &field_defs[F_LIST_NICKNAME]);
	const struct field *network = field_child(contact, &field_defs[F_LIST_NETWORK]);
	struct slice text = account ? payload_xml_cut(account->value.text) : SLICE_LIT("?");
	uint64_t mask = mask_of(contact);

	for (const struct field *f = contact->first; f; f = f->next)
		if (f->def == &field_defs[F_LIST_SERVICE])
			mask |= mask_of(f);
	struct slice lists = list_names(arena, mask);
	if (nickname && nickname->value.text.len)
		text = arena_printf(arena, "%.*s \"%.*s\"", SLICE_ARG(text),
				    SLICE_ARG(payload_xml_cut(nickname->value.text)));
	const struct enum_row *row = network && network->has_value ? field_enum(network) : NULL;
	if (lists.len)
		return arena_printf(arena, "%.*s (%.*s)", SLICE_ARG(text), SLICE_ARG(lists));
	return row ? arena_printf(arena, "%.*s (%s)", SLICE_ARG(text), row->name) : text;
}

static void summarise(const struct list *list)
{
	struct dissection *d = list->x->d;

	if (list->count == 0) {
		dissection_summary_add(d, "no contacts");
		return;
	}
	dissection_summary_add(d, "%zu contact%s: %.*s", list->count, list->count == 1 ? "" : "s",
			       SLICE_ARG(list->names));
	if (list->count > CONTACTS_SHOWN)
		dissection_summary_add(d, "... and %zu more", list->count - CONTACTS_SHOWN);
}

/* --- contacts --- */

/* Account of name and domain; the range is the name's, as no bytes hold both. */
static void add_account(const struct list *list, struct field *contact, const struct xml_element *e,
			const struct field *domain)
{
	struct dissection *d = list->x->d;
	struct field *f = xml_add_attribute(list->x, contact, F_LIST_ACCOUNT, e, "n");

	if (!f) {
		finding_add(d, list->x->rule, contact, "contact without name");
		return;
	}
	struct slice name = f->value.text;
	if (name.len == 0 && !list->quoted)
		finding_add(d, list->x->rule, f, "contact whose name is empty");
	if (!domain)
		return;
	if (slice_find_byte(name, '@') < name.len && !list->quoted)
		finding_add(d, list->x->rule, f, "\"@\" in the name of a contact: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(name)));
	f->value.text = arena_printf(d->arena, "%.*s@%.*s", SLICE_ARG(name), SLICE_ARG(domain->value.text));
}

static struct field *add_contact(struct list *list, const struct xml_element *e, const struct field *domain)
{
	static const struct payload_xml_row known[] = {{"n", F_LIST_ACCOUNT},
						       {"l", F_LIST_LISTS},
						       {"t", F_LIST_NETWORK},
						       {"f", F_LIST_NICKNAME},
						       {NULL, 0}};
	const struct xml_origin *x = list->x;
	struct field *f = xml_add_branch(x, list->ml, F_LIST_CONTACT, e);

	list->count++;
	if (x->d->fields_left_out)
		return f;
	add_account(list, f, e, domain);
	add_lists(list, f, e);
	add_network(x, f, e);
	add_nickname(x, f, e);
	for (const struct xml_element *child = e->first; child; child = child->next)
		if (payload_xml_named(child, "s"))
			add_service(list, f, child);
	payload_xml_attributes_other(x, f, e, known);
	for (const struct xml_element *child = e->first; child; child = child->next)
		if (!payload_xml_named(child, "s"))
			xml_add_other(x, f, child);
	if (list->count <= CONTACTS_SHOWN)
		list->names = arena_printf(x->d->arena, "%.*s%s%.*s", SLICE_ARG(list->names),
					   list->names.len ? ", " : "", SLICE_ARG(contact_text(x->d->arena, f)));
	return f;
}

/* The domain, whose syntax is the rest of the start tag of d. */
static struct field *add_domain(const struct list *list, const struct xml_element *e)
{
	const struct xml_attribute *a = xml_attribute(e, "n");
	struct field *f = xml_add_attribute(list->x, list->ml, F_LIST_DOMAIN, e, "n");

	if (!f) {
		finding_add(list->x->d, list->x->rule, list->ml, "domain without name");
		return NULL;
	}
	if (a->value.len == 0 && !list->quoted)
		finding_add(list->x->d, list->x->rule, f, "domain whose name is empty");
	if (a->offset >= e->offset && a->offset + a->length <= e->inner_offset)
		field_syntax(f, a->offset - e->offset, e->inner_offset - a->offset - a->length);
	return f;
}

/* <d n="domain"> or, of telephones, <t>.  Its tags become syntax of the domain and of the contacts at both ends. */
static void add_group(struct list *list, const struct xml_element *e, bool has_domain)
{
	struct field *domain = has_domain ? add_domain(list, e) : NULL, *last = domain;

	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (!payload_xml_named(child, "c"))
			continue;
		struct field *f = add_contact(list, child, domain);
		if (!last && child->offset >= e->offset)
			field_syntax(f, f->lead + (child->offset - e->offset), f->trail);
		last = f;
	}
	size_t end = e->offset + e->length;
	if (last && end >= e->inner_offset + e->inner_length)
		field_syntax(last, last->lead, last->trail + (end - e->inner_offset - e->inner_length));
}

static bool is_group(const struct xml_element *e)
{
	return (payload_xml_named(e, "d") || payload_xml_named(e, "t")) && (e->first || e->attributes);
}

/* What is not known comes behind all contacts. */
static void add_others(const struct list *list, const struct xml_element *ml)
{
	static const struct payload_xml_row of_domain[] = {{"n", F_LIST_DOMAIN}, {NULL, 0}};
	static const struct payload_xml_row of_list[] = {{"l", F_LIST_INITIAL}, {NULL, 0}};

	payload_xml_attributes_other(list->x, list->ml, ml, of_list);
	for (const struct xml_element *group = ml->first; group; group = group->next) {
		if (!is_group(group)) {
			xml_add_other(list->x, list->ml, group);
			continue;
		}
		payload_xml_attributes_other(list->x, list->ml, group,
					     payload_xml_named(group, "d") ? of_domain : of_domain + 1);
		for (const struct xml_element *e = group->first; e; e = e->next)
			if (!payload_xml_named(e, "c"))
				xml_add_other(list->x, list->ml, e);
	}
}

static void list_dissect(struct dissection *d, struct field *parent, struct range r, bool quoted)
{
	struct payload_xml p;

	if (!payload_xml_parse(&p, d, parent, r, RULE_LIST_VALUE))
		return;
	if (!payload_xml_named(p.root, "ml")) {
		payload_xml_wrong_root(&p);
		payload_xml_finish(&p);
		return;
	}
	struct list list = {.x = &p.x, .ml = xml_add_branch(&p.x, parent, F_LIST, p.root), .quoted = quoted};
	xml_add_number_attribute(&p.x, list.ml, F_LIST_INITIAL, p.root, "l");
	for (const struct xml_element *e = p.root->first; e; e = e->next)
		if (is_group(e))
			add_group(&list, e, payload_xml_named(e, "d"));
	add_others(&list, p.root);
	if (list.count > CONTACTS_USUAL && !quoted)
		finding_add(d, RULE_LIST_LIMIT, list.ml, "%zu contacts; servers take about %u", list.count,
			    CONTACTS_USUAL);
	summarise(&list);
	payload_xml_finish(&p);
}

void contact_list_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	(void)context;
	list_dissect(d, parent, (struct range){source, offset, length}, false);
}

void contact_list_refused(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	(void)context;
	list_dissect(d, parent, (struct range){source, offset, length}, true);
}

/* --- what clients send --- */

static void check_bits(struct dissection *d, const struct field *contact)
{
	const struct field *f = field_child(contact, &field_defs[F_LIST_LISTS]);

	if (!f || !f->has_value)
		return;
	if (f->value.number & LIST_REVERSE)
		finding_add(d, RULE_LIST_SERVER_BITS, f, "on the reverse list");
	if (f->value.number & LIST_PENDING)
		finding_add(d, RULE_LIST_SERVER_BITS, f, "on the pending list");
}

void contact_list_check_client(struct dissection *d, const struct field *parent, struct slice command)
{
	const struct field *list = field_child(parent, &field_defs[F_LIST]);
	size_t count = 0;

	for (const struct field *f = list ? list->first : NULL; f; f = f->next) {
		if (f->def != &field_defs[F_LIST_CONTACT])
			continue;
		count++;
		check_bits(d, f);
		for (const struct field *service = f->first; service; service = service->next)
			if (service->def == &field_defs[F_LIST_SERVICE])
				check_bits(d, service);
	}
	if (list && count != 1 && slice_eq_str(command, "FQY"))
		finding_add(d, RULE_LIST_QUERY, list, "asks for %zu addresses", count);
}
