/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser of libxml2 through its SAX2 interface.  It gets UTF-8 only, so
 * that none of its converters runs; it keeps no tree and no entities, and each
 * of its messages comes to on_error().
 */
#include "dissectors/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "dissectors/xml_encoding.h"
#include "util/buffer.h"

/* Names that are remembered, so that each is copied once. */
#define NAMES 256u

struct builder {
	struct arena *arena;
	xmlParserCtxtPtr parser;
	struct slice text;       /* what the parser reads, UTF-8 */
	size_t whole;            /* 0, or the length of the bytes that text was made of */
	struct xml_document document;
	struct xml_element *open[XML_DEPTH_MAX];
	struct buffer content[XML_DEPTH_MAX]; /* character data of each open element */
	size_t place;            /* the furthest that the parser was seen at */
	size_t depth;
	size_t nodes;
	size_t errors;
	bool stopped;
	struct {
		const xmlChar *key; /* the parser's own copy, the same for all equal names */
		struct slice copy;
	} names[NAMES];
};

/* Bytes of the text before the parser's place.  A parser that was stopped forgets it. */
static size_t place(struct builder *b)
{
	long consumed = xmlByteConsumed(b->parser);
	size_t at = consumed < 0 ? 0 : (size_t)consumed;

	if (at > b->text.len)
		at = b->text.len;
	if (at > b->place)
		b->place = at;
	return b->place;
}

__attribute__((format(printf, 3, 4))) static void broken(struct builder *b, size_t at, const char *format, ...)
{
	char what[256];
	va_list ap;

	if (b->document.broken)
		return;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	b->document.broken = true;
	b->document.error = arena_printf(b->arena, "byte %zu: %.*s", at, (int)strcspn(what, "\n"), what);
}

static void stop(struct builder *b)
{
	b->stopped = true;
	xmlStopParser(b->parser);
}

static struct slice name_copy(struct builder *b, const xmlChar *name)
{
	size_t slot = ((uintptr_t)name >> 3) % NAMES;

	if (!name)
		return SLICE_EMPTY;
	if (b->names[slot].key != name) {
		b->names[slot].key = name;
		b->names[slot].copy = arena_copy(b->arena, slice_str((const char *)name));
	}
	return b->names[slot].copy;
}

/* Where what the parser points to stands in the text; false when it is a copy. */
static bool place_of(struct builder *b, const xmlChar *at, size_t len, size_t *offset)
{
	const xmlParserInput *in = b->parser->input;
	size_t now = place(b);

	if (b->whole || !in || at < in->base || at > in->cur || len > (size_t)(in->cur - at) ||
	    (size_t)(in->cur - at) > now)
		return false;
	*offset = now - (size_t)(in->cur - at);
	return *offset + len <= b->text.len;
}

/* --- what the parser calls --- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of the attribute of that local name in a start tag that begins at tag.ptr[0]; false when it is not found. */
static bool attribute_place(struct slice tag, struct slice name, size_t *offset, size_t *length)
{
	size_t at = 1;

	while (at < tag.len && !is_blank(tag.ptr[at]))
		at++;
	while (at < tag.len) {
		size_t equals = at + slice_find_byte(slice_sub(tag, at, tag.len), '=');
		size_t open = equals + 1, end = equals;

		while (open < tag.len && is_blank(tag.ptr[open]))
			open++;
		while (end > at && is_blank(tag.ptr[end - 1]))
			end--;
		if (open >= tag.len || (tag.ptr[open] != '"' && tag.ptr[open] != '\''))
			return false;
		size_t close = open + 1 + slice_find_byte(slice_sub(tag, open + 1, tag.len), tag.ptr[open]);
		bool named = end >= name.len + 1 && slice_eq(slice_sub(tag, end - name.len, name.len), name) &&
			     (is_blank(tag.ptr[end - name.len - 1]) || tag.ptr[end - name.len - 1] == ':');
		*offset = open + 1;
		*length = close - open - 1;
		if (named)
			return true;
		at = close + 1;
	}
	return false;
}

/* The parser gives "&" in a value as "&#38;", however it was written. */
static struct slice attribute_value(struct builder *b, struct slice value)
{
	const struct slice ampersand = SLICE_LIT("&#38;");
	struct slice copy = arena_copy(b->arena, value);
	uint8_t *to = (uint8_t *)(uintptr_t)copy.ptr;
	size_t len = 0;

	for (size_t at = 0; at < value.len; at++) {
		to[len++] = value.ptr[at];
		if (slice_has_prefix(slice_sub(value, at, ampersand.len), ampersand))
			at += ampersand.len - 1;
	}
	return slice_of(copy.ptr, len);
}

static void add_attributes(struct builder *b, struct xml_element *e, int count, const xmlChar **from)
{
	struct slice tag = slice_sub(b->text, e->offset, e->inner_offset - e->offset);

	struct xml_attribute **link = &e->attributes;

	/* Of each: local name, prefix, namespace, first byte, byte behind the last. */
	for (int i = 0; i < count; i++, from += 5) {
		size_t len = (size_t)(from[4] - from[3]);
		struct xml_attribute *a = ARENA_NEW(b->arena, struct xml_attribute);

		a->name = name_copy(b, from[0]);
		a->value = attribute_value(b, slice_of(from[3], len));
		if (place_of(b, from[3], len, &a->offset)) {
			a->length = len;
		} else if (!b->whole && attribute_place(tag, a->name, &a->offset, &a->length)) {
			a->offset += e->offset;
		} else {
			a->offset = e->offset;
			a->length = b->whole ? b->whole : tag.len;
		}
		*link = a;
		link = &a->next;
	}
}

static void element_link(struct builder *b, struct xml_element *e)
{
	struct xml_element *parent = b->depth ? b->open[b->depth - 1] : NULL;

	e->parent = parent;
	if (!parent)
		b->document.root = e;
	else if (parent->last)
		parent->last->next = e;
	else
		parent->first = e;
	if (parent)
		parent->last = e;
}

/* The parser stands before the ">" or "/>" that closes the start tag. */
static void element_ranges(struct builder *b, struct xml_element *e)
{
	size_t at = place(b), start = at;

	if (b->whole) {
		e->length = e->inner_length = b->whole;
		return;
	}
	while (start > 0 && b->text.ptr[start - 1] != '<')
		start--;
	e->offset = start ? start - 1 : 0;
	e->inner_offset = at < b->text.len ? at + 1 : at;
}

static bool within_limits(struct builder *b, size_t attributes)
{
	b->nodes += 1 + attributes;
	if (b->nodes > XML_NODES_MAX)
		broken(b, place(b), "more than %u elements and attributes", XML_NODES_MAX);
	else if (b->depth == XML_DEPTH_MAX)
		broken(b, place(b), "elements nested deeper than %u", XML_DEPTH_MAX);
	else
		return true;
	stop(b);
	return false;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
		     const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	struct builder *b = ctx;
	/* Values that a document type declaration gives are not taken: they do not stand there. */
	int count = attribute_count - defaulted;

	(void)prefix, (void)namespace_count, (void)namespaces;
	b->parser->wellFormed = 1; /* else, after an error, it would pass over all entities */
	if (b->stopped || (b->depth == 0 && b->document.root) || !within_limits(b, count > 0 ? (size_t)count : 0))
		return;
	struct xml_element *e = ARENA_NEW(b->arena, struct xml_element);
	e->name = name_copy(b, name);
	e->namespace_uri = name_copy(b, uri);
	element_ranges(b, e);
	add_attributes(b, e, count, attributes);
	element_link(b, e);
	b->content[b->depth].len = 0;
	b->open[b->depth++] = e;
}

/* The element ends before at; its inner part at the last "</" before that, if there is one. */
static void element_close(struct builder *b, size_t at, bool ended)
{
	struct xml_element *e = b->open[--b->depth];

	e->text = arena_copy(b->arena, buffer_slice(&b->content[b->depth]));
	if (b->whole)
		return;
	e->length = at - e->offset;
	size_t end = at;
	while (ended && end > e->inner_offset && b->text.ptr[end - 1] != '<')
		end--;
	if (end <= e->inner_offset)
		e->inner_offset = end = at; /* "<a/>" */
	else if (ended)
		end--;
	e->inner_length = end - e->inner_offset;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct builder *b = ctx;

	(void)name, (void)prefix, (void)uri;
	b->parser->wellFormed = 1;
	if (!b->stopped && b->depth)
		element_close(b, place(b), true);
}

static void add_text(struct builder *b, const void *text, size_t len)
{
	if (!b->stopped && b->depth)
		buffer_add(&b->content[b->depth - 1], text, len);
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct builder *b = ctx;

	b->parser->wellFormed = 1;
	add_text(b, text, (size_t)len);
}

/* An entity that nobody declared, in a document that may have declared it elsewhere. */
static void on_reference(void *ctx, const xmlChar *name)
{
	if (name[0] == '#')
		return;
	add_text(ctx, "&", 1);
	add_text(ctx, name, strlen((const char *)name));
	add_text(ctx, ";", 1);
}

static void on_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id,
		      xmlChar *content)
{
	struct builder *b = ctx;

	(void)type, (void)public_id, (void)system_id, (void)content;
	broken(b, place(b), "declares the entity \"%.40s\", which is not expanded", (const char *)name);
}

/* Keeps a reference that could not be resolved: the bytes from its "&" to the parser's place. */
static void keep_reference(struct builder *b)
{
	const xmlParserInput *in = b->parser->input;
	const xmlChar *at = in->cur;

	while (at > in->base && in->cur - at < 64 && *at != '&')
		at--;
	if (at < in->cur && *at == '&')
		add_text(b, at, (size_t)(in->cur - at));
}

#if LIBXML_VERSION >= 21200
static void on_error(void *ctx, const xmlError *error)
#else
static void on_error(void *ctx, xmlErrorPtr error)
#endif
{
	struct builder *b = ctx;
	bool is_error = error->level == XML_ERR_FATAL || error->code == XML_NS_ERR_UNDEFINED_NAMESPACE ||
			error->code == XML_WAR_UNDECLARED_ENTITY;

	if (!is_error || b->stopped)
		return;
	broken(b, place(b), "%.200s", error->message ? error->message : "not well-formed");
	if (++b->errors > XML_ERRORS_MAX) {
		stop(b);
		return;
	}
	switch (error->code) {
	case XML_ERR_NAME_REQUIRED:
	case XML_ERR_ENTITYREF_NO_NAME:
	case XML_ERR_ENTITYREF_SEMICOL_MISSING:
	case XML_ERR_UNDECLARED_ENTITY:
		if (b->parser->instate == XML_PARSER_CONTENT)
			keep_reference(b);
		break;
	default:
		break;
	}
}

/* --- parsing --- */

static void parser_set_up(struct builder *b)
{
	xmlSAXHandler *sax = b->parser->sax;

	*sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.reference = on_reference,
		.entityDecl = on_entity,
		.serror = on_error,
	};
	b->parser->userData = b;
	xmlCtxtUseOptions(b->parser, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC);
}

static void run(struct builder *b)
{
	xmlInitParser();
	b->parser = xmlCreateMemoryParserCtxt((const char *)b->text.ptr, (int)b->text.len);
	if (!b->parser) {
		broken(b, 0, "no memory for the parser");
		return;
	}
	parser_set_up(b);
	xmlParseDocument(b->parser);
	size_t end = place(b);
	while (b->depth)
		element_close(b, end, false);
	xmlFreeDoc(b->parser->myDoc);
	b->parser->myDoc = NULL;
	xmlFreeParserCtxt(b->parser);
}

struct xml_document xml_parse(struct arena *arena, struct slice text)
{
	struct builder b = {.arena = arena};
	struct xml_encoded encoded = xml_to_utf8(arena, slice_sub(text, 0, XML_SIZE_MAX));

	b.text = encoded.text;
	b.whole = encoded.changed ? text.len : 0;
	if (text.len > XML_SIZE_MAX)
		broken(&b, XML_SIZE_MAX, "longer than %u bytes", XML_SIZE_MAX);
	if (encoded.error)
		broken(&b, encoded.error_at, "%s", encoded.error);
	if (b.text.len)
		run(&b);
	else
		broken(&b, 0, "empty");
	for (size_t i = 0; i < XML_DEPTH_MAX; i++)
		buffer_free(&b.content[i]);
	return b.document;
}

void xml_prepare_threads(void)
{
	xmlInitParser();
}
