/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking things up in a parsed document, and showing all of it. */
#include "dissectors/xml.h"

#include "util/utf8.h"

/* --- looking up --- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trimmed(struct slice s)
{
	while (s.len && is_space(s.ptr[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool xml_looks_like(struct slice text)
{
	size_t at = slice_has_prefix(text, SLICE_LIT("\xef\xbb\xbf")) ? 3 : 0;

	if (slice_has_prefix(text, SLICE_LIT("\xff\xfe")) || slice_has_prefix(text, SLICE_LIT("<\0")) ||
	    slice_has_prefix(text, SLICE_LIT("\xfe\xff")) || slice_has_prefix(text, SLICE_LIT("\0<")))
		return true;
	while (at < text.len && is_space(text.ptr[at]))
		at++;
	if (at + 1 >= text.len || text.ptr[at] != '<')
		return false;
	uint8_t c = text.ptr[at + 1];
	return c == '?' || c == '!' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static const struct xml_element *named(const struct xml_element *e, struct slice name)
{
	while (e && !slice_eq(e->name, name))
		e = e->next;
	return e;
}

const struct xml_element *xml_child(const struct xml_element *e, const char *name)
{
	return e ? named(e->first, slice_str(name)) : NULL;
}

const struct xml_element *xml_same(const struct xml_element *e)
{
	return e ? named(e->next, e->name) : NULL;
}

const struct xml_element *xml_path(const struct xml_element *e, const char *path)
{
	while (e && *path) {
		size_t len = strcspn(path, "/");

		e = named(e->first, slice_of(path, len));
		path += len + (path[len] == '/');
	}
	return e;
}

struct slice xml_text(const struct xml_element *e, const char *path)
{
	e = xml_path(e, path);
	return e ? trimmed(e->text) : SLICE_EMPTY;
}

const struct xml_attribute *xml_attribute(const struct xml_element *e, const char *name)
{
	struct slice wanted = slice_str(name);

	for (const struct xml_attribute *a = e ? e->attributes : NULL; a; a = a->next)
		if (slice_eq(a->name, wanted))
			return a;
	return NULL;
}

struct slice xml_attribute_value(const struct xml_element *e, const char *name)
{
	const struct xml_attribute *a = xml_attribute(e, name);

	return a ? a->value : SLICE_EMPTY;
}

/* --- entities --- */

/* The character that an entity's name (between "&" and ";") stands for; false when it is none. */
static bool entity(struct slice name, uint32_t *codepoint)
{
	static const struct {
		const char *name;
		uint32_t codepoint;
	} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	uint64_t number;
	bool hex = slice_has_prefix(name, SLICE_LIT("#x"));

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (slice_eq_str(name, entities[i].name)) {
			*codepoint = entities[i].codepoint;
			return true;
		}
	if (!slice_has_prefix(name, SLICE_LIT("#")))
		return false;
	if (!(hex ? slice_hex_u64(slice_sub(name, 2, name.len), &number)
		  : slice_u64(slice_sub(name, 1, name.len), &number)))
		return false;
	*codepoint = (uint32_t)number;
	return number <= 0x10ffff;
}

/* The longest entity name that can mean anything: "#x10ffff" with leading zeros. */
#define ENTITY_MAX 12u

struct slice xml_unescape(struct arena *arena, struct slice raw, bool *sound)
{
	size_t at = slice_find_byte(raw, '&');

	*sound = true;
	if (at == raw.len)
		return raw;
	/* No entity is shorter than the character it stands for. */
	uint8_t *out = arena_alloc_raw(arena, raw.len);
	size_t len = at;
	memcpy(out, raw.ptr, at);
	while (at < raw.len) {
		struct slice name = slice_sub(raw, at + 1, ENTITY_MAX);
		size_t end = slice_find_byte(name, ';');
		uint32_t codepoint;

		if (raw.ptr[at] != '&') {
			out[len++] = raw.ptr[at++];
		} else if (end < name.len && entity(slice_sub(name, 0, end), &codepoint)) {
			len += utf8_put(codepoint, out + len);
			at += end + 2;
		} else {
			*sound = false;
			out[len++] = raw.ptr[at++];
		}
	}
	return slice_of(out, len);
}

/* --- secrets --- */

/* Elements whose text is a password, a ticket, a key or a cookie; within that parent only, when there is one. */
static const struct {
	const char *name, *parent;
} secrets[] = {
	{"BinarySecret", NULL},
	{"BinarySecurityToken", NULL},
	{"CipherValue", NULL},
	{"CircleTicket", NULL},
	{"Cookies", NULL},
	{"Password", NULL},
	{"SignatureValue", NULL},
	{"Ticket", NULL},
	{"TicketToken", NULL},
	{"Token", NULL},
	{"browserCookie", NULL},
	{"cookies", NULL},
	{"response", "challenge"},
	{"ssl-compact-ticket", NULL},
	{"storageAuthCache", NULL},
	{"uic", NULL},
	{"web-compact-ticket", NULL},
	{"p", "PassportCookie"},
	{"t", "PassportCookie"},
};

/* Attributes that are, of that element. */
static const struct {
	const char *name, *element;
} secret_attributes[] = {
	{"passport", "Ticket"},
	{"lockkey", "Ticket"},
};

bool xml_is_secret(const struct xml_element *e)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (slice_eq_str(e->name, secrets[i].name) &&
		    (!secrets[i].parent || (e->parent && slice_eq_str(e->parent->name, secrets[i].parent))))
			return true;
	return false;
}

static bool is_secret_attribute(const struct xml_element *e, struct slice name)
{
	for (size_t i = 0; i < sizeof(secret_attributes) / sizeof(secret_attributes[0]); i++)
		if (slice_eq_str(name, secret_attributes[i].name) &&
		    slice_eq_str(e->name, secret_attributes[i].element))
			return true;
	return false;
}

/* --- as fields --- */

static struct slice prefixed(struct dissection *d, const char *prefix, struct slice name)
{
	uint8_t *out = arena_alloc_raw(d->arena, name.len + 1);

	out[0] = (uint8_t)prefix[0];
	memcpy(out + 1, name.ptr, name.len);
	return slice_of(out, name.len + 1);
}

void xml_field_syntax(struct field *f, const struct xml_element *e)
{
	field_syntax(f, e->inner_offset - e->offset, e->offset + e->length - e->inner_offset - e->inner_length);
}

static struct field *add_text(struct dissection *d, struct field *dict, const struct xml_element *e, struct slice key,
			      unsigned source, size_t base)
{
	struct field *f = field_add_text(d, dict, xml_is_secret(e) ? F_XML_SECRET : F_XML_TEXT, e->text, source,
					 base + e->inner_offset, e->inner_length);

	f->key = key;
	return f;
}

void xml_attribute_field(struct dissection *d, struct field *dict, const struct xml_element *e,
			 const struct xml_attribute *a, unsigned source, size_t base)
{
	enum field_id id = is_secret_attribute(e, a->name) ? F_XML_SECRET_ATTRIBUTE : F_XML_ATTRIBUTE;

	field_add_text(d, dict, id, a->value, source, base + a->offset, a->length)->key = prefixed(d, "@", a->name);
}

static void add_attributes(struct dissection *d, struct field *dict, const struct xml_element *e, unsigned source,
			   size_t base)
{
	bool new_namespace = e->namespace_uri.len &&
			     (!e->parent || !slice_eq(e->namespace_uri, e->parent->namespace_uri));

	if (new_namespace)
		field_add_text(d, dict, F_XML_NAMESPACE, e->namespace_uri, source, base + e->offset,
			       e->inner_offset - e->offset)->key = SLICE_LIT("@xmlns");
	for (const struct xml_attribute *a = e->attributes; a; a = a->next)
		xml_attribute_field(d, dict, e, a, source, base);
}

/* Depth is that of the parser, which has a limit. */
void xml_fields(struct dissection *d, struct field *dict, const struct xml_element *e, unsigned source, size_t base)
{
	if (d->fields_left_out)
		return;
	if (!e->first && !e->attributes) {
		xml_field_syntax(add_text(d, dict, e, e->name, source, base), e);
		return;
	}
	struct field *f = field_add(d, dict, F_XML_ELEMENT, source, base + e->inner_offset, e->inner_length);
	f->key = e->name;
	xml_field_syntax(f, e);
	add_attributes(d, f, e, source, base);
	if (trimmed(e->text).len)
		add_text(d, f, e, SLICE_LIT("#text"), source, base);
	for (const struct xml_element *child = e->first; child; child = child->next)
		xml_fields(d, f, child, source, base);
}
