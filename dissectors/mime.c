/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Payload of MSG and of its relatives: header lines, a blank line, a body
 * whose kind Content-Type says.
 *
 *	MIME-Version: 1.0
 *	Content-Type: text/plain; charset=UTF-8
 *	X-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=22
 *
 *	Hello
 *
 * Clients of third parties end lines in a bare CR or LF, which official ones
 * accept.  A message that is too long is cut at any byte: the first part has
 * all headers with Message-ID and Chunks, later ones Message-ID and Chunk only.
 */
#include "dissectors/mime.h"

#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

struct slice mime_header(const struct field *parent, const char *name)
{
	const struct field *f = headers_find(field_child(parent, &field_defs[F_MSG_HEADERS]), name);

	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

bool mime_is_chunk(const struct field *parent)
{
	return mime_header(parent, "Message-ID").len &&
	       (mime_header(parent, "Chunks").len || mime_header(parent, "Chunk").len);
}

static struct slice lower_case(struct arena *arena, struct slice s)
{
	size_t i = 0;

	while (i < s.len && !(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
		i++;
	if (i == s.len)
		return s;
	uint8_t *out = arena_alloc_raw(arena, s.len);
	for (i = 0; i < s.len; i++)
		out[i] = (uint8_t)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + 32 : s.ptr[i]);
	return slice_of(out, s.len);
}

/* The next of the parts that semicolons part, without blanks around it; false behind the last. */
static bool next_part(struct slice *rest, struct slice *part)
{
	size_t end = slice_find_byte(*rest, ';');

	if (rest->len == 0)
		return false;
	*part = slice_trim(slice_sub(*rest, 0, end));
	*rest = slice_sub(*rest, end + 1, rest->len);
	return true;
}

/* "charset=..." of a content type, without quotation marks; empty when there is none. */
static struct slice charset_of(struct slice parameters)
{
	struct slice part;

	while (next_part(&parameters, &part)) {
		if (!slice_case_has_prefix(part, SLICE_LIT("charset=")))
			continue;
		part = slice_sub(part, strlen("charset="), part.len);
		if (part.len >= 2 && part.ptr[0] == '"' && part.ptr[part.len - 1] == '"')
			part = slice_sub(part, 1, part.len - 2);
		return part;
	}
	return SLICE_EMPTY;
}

/* Content type and charset as fields of their own; returns the type. */
static struct slice content_type(struct dissection *d, struct field *parent, const struct field *headers)
{
	const struct field *f = headers_find(headers, "Content-Type");

	if (!f || !f->has_value) {
		if (!mime_is_chunk(parent))
			finding_add(d, RULE_MSG_NO_CONTENT_TYPE, headers, "no Content-Type");
		return SLICE_EMPTY;
	}
	struct slice rest = f->value.text, type = SLICE_EMPTY;
	next_part(&rest, &type);
	type = lower_case(d->arena, type);
	field_add_text(d, parent, F_MSG_CONTENT_TYPE, type, f->source, f->offset, f->length);
	struct slice charset = charset_of(rest);
	if (charset.len)
		field_add_text(d, parent, F_MSG_CHARSET, charset, f->source, f->offset, f->length);
	return type;
}

static bool is_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '\r' && s.ptr[i] != '\n')
			return false;
	return true;
}

/* A body that no dissector takes: its bytes, and its size in the summary. */
static void other_body(struct dissection *d, struct field *parent, struct slice type, unsigned source, size_t offset,
		       size_t length)
{
	struct slice shown = utf8_cut(type.len ? type : SLICE_LIT("message without type"), SHOWN_MAX);

	if (is_blank(slice_sub(d->sources[source].data, offset, length))) {
		dissection_summary_add(d, "%.*s", SLICE_ARG(shown));
		return;
	}
	field_add_range(d, parent, F_MSG_BODY, source, offset, length);
	if (mime_is_chunk(parent) && type.len == 0)
		dissection_summary_add(d, "chunk %.*s of message %.*s, %zu bytes",
				       SLICE_ARG(mime_header(parent, "Chunk")),
				       SLICE_ARG(mime_header(parent, "Message-ID")), length);
	else
		dissection_summary_add(d, "%.*s, %zu bytes", SLICE_ARG(shown), length);
}

void mime_message_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	struct field *headers = field_add(d, parent, F_MSG_HEADERS, source, offset, 0);
	bool ended;
	size_t block = headers_dissect(d, headers, F_MSG_HEADER, source, offset, length, &ended);

	if (!ended)
		finding_add(d, RULE_MSG_NO_BLANK_LINE, headers, "no blank line behind the header lines");
	struct slice type = content_type(d, parent, headers);
	payload_dissector *body = payload_find(PAYLOAD_MIME_MSG, type);
	if (type.len && body)
		body(d, parent, source, offset + block, length - block, context);
	else
		other_body(d, parent, type, source, offset + block, length - block);
}

/* A message that was cut may be cut within a character: that shows only when its parts are joined. */
static void check_utf8(struct dissection *d, const struct field *parent, const struct field *text)
{
	const struct field *charset = field_child(parent, &field_defs[F_MSG_CHARSET]);
	size_t valid = utf8_valid_prefix(text->value.text);

	if (valid == text->value.text.len || !charset || mime_is_chunk(parent))
		return;
	if (slice_case_eq(charset->value.text, SLICE_LIT("utf-8")) ||
	    slice_case_eq(charset->value.text, SLICE_LIT("utf8")))
		finding_add(d, RULE_MSG_NOT_UTF8, text, "not UTF-8 from byte %zu of the text on", valid);
}

void text_plain_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			const struct msnp_context *context)
{
	const struct field *f = field_add_range(d, parent, F_MSG_TEXT, source, offset, length);
	struct slice shown = utf8_cut(slice_sub(d->sources[source].data, offset, length), SHOWN_MAX);

	(void)context;
	check_utf8(d, parent, f);
	dissection_summary_add(d, "text/plain: \"%.*s\"%s", SLICE_ARG(shown), shown.len < length ? "..." : "");
}

void control_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	const struct field *headers = field_child(parent, &field_defs[F_MSG_HEADERS]);
	const struct field *typing = headers_find(headers, "TypingUser");
	const struct field *recording = headers_find(headers, "RecordingUser");
	const struct field *user = typing ? typing : recording;

	(void)context;
	if (user)
		field_add_text(d, parent, typing ? F_MSG_TYPING : F_MSG_RECORDING, user->value.text, user->source,
			       user->offset, user->length);
	else
		finding_add(d, RULE_MSG_CONTROL, headers, "neither TypingUser nor RecordingUser");
	if (!is_blank(slice_sub(d->sources[source].data, offset, length))) {
		const struct field *f = field_add_range(d, parent, F_MSG_BODY, source, offset, length);

		finding_add(d, RULE_MSG_CONTROL, f, "body is not empty");
	}
	if (user)
		dissection_summary_add(d, "%.*s is %s", SLICE_ARG(utf8_cut(user->value.text, SHOWN_MAX)),
				       typing ? "typing" : "recording a voice clip");
	else
		dissection_summary_add(d, "text/x-msmsgscontrol");
}
