/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handwriting: "base64:" and a drawing in base64, a GIF or an ISF stream (Ink
 * Serialized Format).
 *
 *	GIF: "GIF87a" or "GIF89a", width, height: two bytes each, little-endian
 *	ISF: version, bytes that follow: seven bits in each byte, low ones first,
 *	     the top bit set where a further byte follows
 *
 * Source: handwriting in the specification (AMSN, KB-INK, INK-P2P); GIF89a;
 * Ink Serialized Format Specification.
 */
#include "dissectors/ink.h"

#include <inttypes.h>

#include "dissectors/body_block.h"
#include "util/encoding.h"
#include "util/reader.h"
#include "util/utf8.h"

#define GIF_MAGIC_LENGTH 6u
/* Bytes of a number in ISF: 64 bits take ten, but sizes end long before. */
#define ISF_NUMBER_MAX 5u

enum ink_format { INK_FORMAT_UNKNOWN, INK_FORMAT_GIF, INK_FORMAT_ISF };

static const char *const format_names[] = {"unknown", "gif", "isf"};

static const char prefix[] = "base64:";

/* Where the text of the drawing stands, in bytes of a source: with its prefix and without. */
struct encoded {
	unsigned source;
	size_t offset, length;
	size_t lead, trail; /* syntax around it */
	struct slice text;  /* the base64 itself, as ASCII */
};

static bool is_gif(struct slice drawing)
{
	return slice_has_prefix(drawing, SLICE_LIT("GIF87a")) || slice_has_prefix(drawing, SLICE_LIT("GIF89a"));
}

static void add_gif(struct dissection *d, struct field *ink, struct slice drawing, unsigned source)
{
	struct reader r = reader_over(drawing);

	reader_skip(&r, GIF_MAGIC_LENGTH);
	uint16_t width = reader_le16(&r), height = reader_le16(&r);
	if (r.truncated) {
		finding_add(d, RULE_INK_BROKEN, ink, "GIF ends within its header");
		return;
	}
	field_add_number(d, ink, F_INK_WIDTH, width, source, GIF_MAGIC_LENGTH, 2);
	field_add_number(d, ink, F_INK_HEIGHT, height, source, GIF_MAGIC_LENGTH + 2, 2);
}

/* False when the number is longer than any that makes sense, or cut. */
static bool isf_number(struct reader *r, uint64_t *number)
{
	*number = 0;
	for (unsigned i = 0; i < ISF_NUMBER_MAX; i++) {
		uint8_t byte = reader_u8(r);

		*number |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80))
			return !r->truncated;
	}
	return false;
}

static void add_isf(struct dissection *d, struct field *ink, struct slice drawing, unsigned source)
{
	struct reader r = reader_over(drawing);
	uint64_t version, size;
	bool sound = isf_number(&r, &version);
	size_t at = r.at;

	if (sound)
		field_add_number(d, ink, F_INK_ISF_VERSION, version, source, 0, at);
	sound = sound && isf_number(&r, &size);
	if (sound)
		field_add_number(d, ink, F_INK_ISF_SIZE, size, source, at, r.at - at);
	else
		finding_add(d, RULE_INK_BROKEN, ink, "ISF ends within its header");
}

static void add_drawing(struct dissection *d, struct field *ink, enum ink_format format, struct slice drawing)
{
	unsigned source = dissection_add_source(d, "ink", drawing);

	if (is_gif(drawing))
		add_gif(d, ink, drawing, source);
	else if (format == INK_FORMAT_GIF)
		finding_add(d, RULE_INK_BROKEN, ink, "does not begin as a GIF does");
	else if (format == INK_FORMAT_ISF)
		add_isf(d, ink, drawing, source);
	field_add_range(d, ink, F_INK_DATA, source, 0, drawing.len);
}

static struct field *add_encoded_size(struct dissection *d, struct field *ink, const struct encoded *e)
{
	struct field *f = field_add(d, ink, F_INK_SIZE, e->source, e->offset, e->length);

	field_syntax(f, e->lead, e->trail);
	return f;
}

/* Adds what a drawing has to the field of the ink. */
static void add_ink(struct dissection *d, struct field *ink, enum ink_format format, const struct encoded *e)
{
	struct field *size = add_encoded_size(d, ink, e);
	struct slice drawing;

	if (!base64_decode(d->arena, e->text, &drawing)) {
		finding_add(d, RULE_INK_BROKEN, size, "not base64");
		dissection_summary_add(d, "handwriting that cannot be read");
		return;
	}
	size->has_value = true;
	size->value.number = drawing.len;
	if (is_gif(drawing))
		format = INK_FORMAT_GIF;
	field_add_text(d, ink, F_INK_FORMAT, slice_str(format_names[format]), e->source, e->offset, 0);
	add_drawing(d, ink, format, drawing);
	const struct field *width = field_child(ink, &field_defs[F_INK_WIDTH]);
	const struct field *height = field_child(ink, &field_defs[F_INK_HEIGHT]);
	dissection_summary_add(d, "handwriting, %s, %zu bytes",
			       format == INK_FORMAT_GIF	  ? "GIF"
			       : format == INK_FORMAT_ISF ? "ISF"
							  : "format not known",
			       drawing.len);
	if (width && height)
		dissection_summary_add(d, "%" PRIu64 "x%" PRIu64, width->value.number, height->value.number);
}

static void ink_body(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     enum ink_format format)
{
	struct slice body = slice_sub(d->sources[source].data, offset, length);
	struct encoded e = {.source = source, .offset = offset};
	struct field *ink = field_add(d, parent, F_INK, source, offset, body.len);

	if (slice_has_prefix(body, slice_str(prefix)))
		e.lead = strlen(prefix);
	else
		finding_add(d, RULE_INK_BROKEN, ink, "does not begin with \"%s\"", prefix);
	e.offset += e.lead;
	e.trail = line_ends_behind(slice_sub(body, e.lead, body.len));
	e.length = body.len - e.lead - e.trail;
	e.text = slice_sub(body, e.lead, e.length);
	add_ink(d, ink, format, &e);
}

void ink_gif_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	(void)context;
	ink_body(d, parent, source, offset, length, INK_FORMAT_GIF);
}

void ink_isf_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	(void)context;
	ink_body(d, parent, source, offset, length, INK_FORMAT_ISF);
}

/* --- peer to peer --- */

/* Offset of the UTF-16LE text "base64:" at an even place, or text.len. */
static size_t find_prefix(struct slice text)
{
	size_t wanted = strlen(prefix);

	for (size_t at = 0; at + 2 * wanted <= text.len; at += 2) {
		size_t i = 0;

		while (i < wanted && text.ptr[at + 2 * i] == (uint8_t)prefix[i] && text.ptr[at + 2 * i + 1] == 0)
			i++;
		if (i == wanted)
			return at;
	}
	return text.len;
}

/* Is there a unit n of UTF-16LE text that is a line end or U+0000? */
static bool is_filling(struct slice text, size_t unit)
{
	uint8_t low = text.ptr[2 * unit];

	return text.ptr[2 * unit + 1] == 0 && (low == 0 || low == '\r' || low == '\n');
}

/* Bytes at the end of UTF-16LE text that are line ends and U+0000. */
static size_t filling_behind(struct slice text)
{
	size_t units = text.len / 2, n = 0;

	while (n < units && is_filling(text, units - 1 - n))
		n++;
	return 2 * n;
}

/* The header lines in front of the drawing; returns the format they name. */
static enum ink_format add_headers(struct dissection *d, struct field *ink, struct slice text)
{
	bool sound, ended;
	struct slice lines = utf16le_to_utf8(d->arena, text, &sound);
	unsigned source = dissection_add_source(d, "ink headers", lines);
	struct field *f = field_add(d, ink, F_INK_HEADERS, source, 0, 0);

	headers_dissect(d, f, F_INK_HEADER, source, 0, lines.len, &ended);
	const struct field *type = headers_find(f, "Content-Type");
	if (type && slice_case_has_prefix(type->value.text, SLICE_LIT("image/gif")))
		return INK_FORMAT_GIF;
	if (type && slice_case_has_prefix(type->value.text, SLICE_LIT("application/x-ms-ink")))
		return INK_FORMAT_ISF;
	return INK_FORMAT_UNKNOWN;
}

void ink_p2p_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct slice message = slice_sub(d->sources[source].data, offset, length);
	size_t at = find_prefix(message), lead = 2 * strlen(prefix);
	struct field *ink = field_add(d, parent, F_INK, source, offset, message.len);
	struct slice head = slice_sub(message, 0, at), tail = slice_sub(message, at + lead, message.len);
	enum ink_format format;
	bool sound;

	head.len -= filling_behind(head);
	format = add_headers(d, ink, head);
	if (at == message.len) {
		finding_add(d, RULE_INK_BROKEN, ink, "no \"%s\" in the text", prefix);
		dissection_summary_add(d, "handwriting that cannot be read");
		return;
	}
	struct encoded e = {.source = source, .offset = offset + at + lead, .lead = lead};
	e.trail = filling_behind(tail);
	e.length = tail.len - e.trail;
	e.text = utf16le_to_utf8(d->arena, slice_sub(tail, 0, e.length), &sound);
	add_ink(d, ink, format, &e);
}
