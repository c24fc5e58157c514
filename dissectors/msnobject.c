/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MSNObject: one empty XML element whose attributes describe a picture, an
 * emoticon, a wink.  Nearly every presence line carries one, often cut or
 * written by hand, so it is scanned here rather than by a general XML parser:
 * what stands before the break is kept, and each value has its exact bytes.
 *
 *	<msnobj Creator="account" Size="n" Type="n" Location="name"
 *		Friendly="base64 of UTF-16LE" SHA1D="base64" SHA1C="base64"/>
 *
 * Attributes come in any order.  SHA1C is the base64 of the SHA-1 of names and
 * values of the first six in the order above, joined with nothing between; in
 * objects of 2009 without SHA1D.
 */
#include <openssl/evp.h>

#include "dissectors/dissection.h"
#include "dissectors/msnp_value.h"
#include "dissectors/xml.h"
#include "util/encoding.h"
#include "util/utf8.h"

#define SHA1_LEN 20u

/* Attributes that have fields of their own, in the order that SHA1C takes. */
enum known { CREATOR, SIZE, TYPE, LOCATION, FRIENDLY, SHA1D, SHA1C, KNOWN_COUNT };

static const struct {
	const char *name;
	enum field_id field;
	bool required;
} known[KNOWN_COUNT] = {
	[CREATOR] = {"Creator", F_MSNOBJ_CREATOR, true},
	[SIZE] = {"Size", F_MSNOBJ_SIZE, true},
	[TYPE] = {"Type", F_MSNOBJ_TYPE, true},
	[LOCATION] = {"Location", F_MSNOBJ_LOCATION, false},
	[FRIENDLY] = {"Friendly", F_MSNOBJ_FRIENDLY, false},
	[SHA1D] = {"SHA1D", F_MSNOBJ_SHA1D, true},
	[SHA1C] = {"SHA1C", F_MSNOBJ_SHA1C, false},
};

struct object {
	struct dissection *d;
	struct field *parent;
	struct field *others;    /* dictionary of further attributes, or NULL */
	unsigned source;
	struct slice xml;
	size_t at;
	size_t attributes;
	const char *broken;      /* why it is not well-formed, or NULL */
	struct slice value[KNOWN_COUNT];
	struct field *field[KNOWN_COUNT]; /* NULL: not there */
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct object *o)
{
	while (o->at < o->xml.len && is_space(o->xml.ptr[o->at]))
		o->at++;
}

static bool take(struct object *o, struct slice token)
{
	if (!slice_has_prefix(slice_sub(o->xml, o->at, o->xml.len), token))
		return false;
	o->at += token.len;
	return true;
}

static void broken_value(struct object *o, enum known k, const char *why)
{
	finding_add(o->d, RULE_MSNOBJ_BROKEN, o->field[k], "%s %s: \"%.*s\"", known[k].name, why,
		    SLICE_ARG(utf8_cut(o->value[k], 80)));
}

static void add_number(struct object *o, enum known k, size_t offset, size_t length)
{
	struct field *f = field_add(o->d, o->parent, known[k].field, o->source, offset, length);

	o->field[k] = f;
	f->has_value = slice_u64(o->value[k], &f->value.number);
	if (!f->has_value || f->value.number == 0)
		broken_value(o, k, "is no number above 0");
	else if (k == TYPE && !field_enum(f))
		finding_add(o->d, RULE_MSNP_UNKNOWN_VALUE, f, "type %.*s", SLICE_ARG(o->value[k]));
}

/* Most clients close the name with U+0000, some do not. */
static void add_friendly(struct object *o, size_t offset, size_t length)
{
	struct slice bytes, text = o->value[FRIENDLY];
	bool sound = base64_decode(o->d->arena, text, &bytes);

	if (sound)
		text = utf16le_to_utf8(o->d->arena, bytes, &sound);
	if (text.len && text.ptr[text.len - 1] == 0)
		text.len--;
	o->field[FRIENDLY] = field_add_text(o->d, o->parent, F_MSNOBJ_FRIENDLY, text, o->source, offset, length);
	if (!sound)
		broken_value(o, FRIENDLY, "is not base64 of UTF-16LE");
}

static void add_other(struct object *o, struct slice name, struct slice value, size_t offset, size_t length)
{
	if (!o->others)
		o->others = field_add(o->d, o->parent, F_MSNOBJ_ATTRIBUTES, o->source, 0, o->xml.len);
	struct field *f = field_add_text(o->d, o->others, F_MSNOBJ_ATTRIBUTE, value, o->source, offset, length);
	f->key = name;
}

static void add_attribute(struct object *o, struct slice name, size_t offset, size_t length)
{
	bool sound;
	struct slice value = xml_unescape(o->d->arena, slice_sub(o->xml, offset, length), &sound);
	unsigned k = 0;

	if (!sound)
		o->broken = "\"&\" that begins no entity";
	o->attributes++;
	while (k < KNOWN_COUNT && !slice_eq_str(name, known[k].name))
		k++;
	if (k == KNOWN_COUNT || o->field[k]) {
		if (k < KNOWN_COUNT)
			o->broken = "attribute stands there twice";
		add_other(o, name, value, offset, length);
		return;
	}
	o->value[k] = value;
	if (k == SIZE || k == TYPE)
		add_number(o, (enum known)k, offset, length);
	else if (k == FRIENDLY)
		add_friendly(o, offset, length);
	else
		o->field[k] = field_add_text(o->d, o->parent, known[k].field, value, o->source, offset, length);
}

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || c == ':';
}

/* One attribute; false when there is no further one, with o->broken set when that is no regular end. */
static bool scan_attribute(struct object *o)
{
	size_t start, from = o->at;

	skip_space(o);
	bool apart = o->at > from;
	start = o->at;
	while (o->at < o->xml.len && is_name(o->xml.ptr[o->at]))
		o->at++;
	struct slice name = slice_sub(o->xml, start, o->at - start);
	if (name.len == 0)
		return false;
	skip_space(o);
	bool equals = take(o, SLICE_LIT("="));
	skip_space(o);
	uint8_t quote = o->at < o->xml.len ? o->xml.ptr[o->at] : 0;
	if (!equals || (quote != '"' && quote != '\'')) {
		o->broken = "attribute without a value in quotes";
		return false;
	}
	start = ++o->at;
	size_t length = slice_find_byte(slice_sub(o->xml, start, o->xml.len), quote);
	o->at += length;
	if (o->at == o->xml.len)
		o->broken = "ends within an attribute";
	else
		o->at++;
	if (!apart)
		o->broken = "no blank between attributes";
	add_attribute(o, name, start, length);
	return true;
}

/* Objects are often followed by a NUL byte. */
static void scan_end(struct object *o)
{
	bool empty = take(o, SLICE_LIT("/>"));

	if (!empty && take(o, SLICE_LIT(">"))) {
		skip_space(o);
		empty = take(o, SLICE_LIT("</msnobj>"));
	}
	while (o->at < o->xml.len && (is_space(o->xml.ptr[o->at]) || o->xml.ptr[o->at] == 0))
		o->at++;
	if (!o->broken && !empty)
		o->broken = o->at == o->xml.len ? "has no end" : "something other than attributes";
	else if (!o->broken && o->at < o->xml.len)
		o->broken = "something follows its end";
}

static void scan(struct object *o)
{
	skip_space(o);
	if (!take(o, SLICE_LIT("<msnobj"))) {
		o->broken = "does not begin with <msnobj";
		return;
	}
	while (scan_attribute(o))
		;
	scan_end(o);
}

/* Holds SHA1C against the attributes from Creator on, up to (not with) the one given. */
static bool sha1c_fits(EVP_MD_CTX *md, const struct slice *value, unsigned up_to, const uint8_t *sha1c)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	bool ok = EVP_DigestInit_ex(md, EVP_sha1(), NULL) == 1;

	for (unsigned k = CREATOR; ok && k < up_to; k++) {
		ok = EVP_DigestUpdate(md, known[k].name, strlen(known[k].name)) == 1 &&
		     EVP_DigestUpdate(md, value[k].ptr, value[k].len) == 1;
	}
	return ok && EVP_DigestFinal_ex(md, digest, NULL) == 1 && memcmp(digest, sha1c, SHA1_LEN) == 0;
}

/* One client percent-encodes Location after it has computed the sum: both texts are tried. */
static const char *sha1c_verdict(struct object *o, const uint8_t *sha1c)
{
	struct slice value[KNOWN_COUNT];
	const char *verdict = "mismatch";
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	memcpy(value, o->value, sizeof(value));
	for (int round = 0; md && round < 2; round++) {
		if (o->field[SHA1D] && sha1c_fits(md, value, SHA1C, sha1c))
			verdict = "classic";
		else if (sha1c_fits(md, value, SHA1D, sha1c))
			verdict = "short";
		else if (slice_find_byte(o->value[LOCATION], '%') < o->value[LOCATION].len)
			value[LOCATION] = percent_decode(o->d->arena, o->value[LOCATION]);
		else
			break;
	}
	EVP_MD_CTX_free(md);
	return verdict;
}

static void check_sha1c(struct object *o)
{
	const struct field *f = o->field[SHA1C];
	struct slice sha1c;

	for (unsigned k = CREATOR; k < SHA1D; k++)
		if (!o->field[k])
			return;
	if (!f)
		return;
	bool sound = base64_decode(o->d->arena, o->value[SHA1C], &sha1c) && sha1c.len == SHA1_LEN;
	const char *verdict = sound ? sha1c_verdict(o, sha1c.ptr) : "mismatch";
	struct field *v = field_add_text(o->d, o->parent, F_MSNOBJ_SHA1C_VERDICT, slice_str(verdict), f->source,
					 f->offset, f->length);
	if (verdict[0] == 'm')
		finding_add(o->d, RULE_MSNOBJ_SHA1C, v, "SHA1C \"%.*s\" fits neither form",
			    SLICE_ARG(utf8_cut(o->value[SHA1C], 80)));
}

static void check_required(struct object *o)
{
	struct slice missing = SLICE_EMPTY;

	for (unsigned k = 0; k < KNOWN_COUNT; k++)
		if (known[k].required && !o->field[k])
			missing = arena_printf(o->d->arena, "%.*s %s", SLICE_ARG(missing), known[k].name);
	if (missing.len)
		finding_add(o->d, RULE_MSNOBJ_BROKEN, o->parent, "lacks%.*s", SLICE_ARG(missing));
}

/* Some servers write an element without attributes where others write 0: no object. */
static void check(struct object *o)
{
	struct slice sha1d;

	if (o->broken) {
		finding_add(o->d, RULE_MSNOBJ_BROKEN, o->parent, "not well-formed: %s", o->broken);
		return;
	}
	if (o->attributes == 0)
		return;
	check_required(o);
	if (o->field[SHA1D] &&
	    (!base64_decode(o->d->arena, o->value[SHA1D], &sha1d) || sha1d.len != SHA1_LEN))
		broken_value(o, SHA1D, "is not base64 of 20 bytes");
	check_sha1c(o);
}

/* Without the NUL bytes behind it. */
static void add_xml(struct object *o)
{
	size_t len = o->xml.len;

	while (len && o->xml.ptr[len - 1] == 0)
		len--;
	struct field *f = field_add_range(o->d, o->parent, F_MSNOBJ_XML, o->source, 0, len);
	field_syntax(f, 0, o->xml.len - len);
}

void msnobject_dissect(struct dissection *d, struct field *parent, unsigned source)
{
	struct object o = {.d = d, .parent = parent, .source = source, .xml = d->sources[source].data};

	add_xml(&o);
	scan(&o);
	check(&o);
}
