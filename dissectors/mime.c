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

#include <inttypes.h>

#include "dissectors/known.h"
#include "dissectors/msg_plus.h"
#include "dissectors/msg_text.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u
/* Size of a message that servers take, headers and all. */
#define MESSAGE_USUAL 1664u
/* Longest run of line ends that is no body. */
#define BLANK_MAX 256u

struct slice mime_header(const struct field *parent, const char *name)
{
	const struct field *f = headers_find(field_child(parent, &field_defs[F_MSG_HEADERS]), name);

	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

bool mime_is_chunk(const struct field *parent)
{
	struct slice chunks = mime_header(parent, "Chunks"), chunk = mime_header(parent, "Chunk");

	if (parent->def == &field_defs[F_MSG_JOINED] || mime_header(parent, "Message-ID").len == 0)
		return false;
	return chunk.len || (chunks.len && !slice_eq_str(chunks, "1"));
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

bool mime_next_part(struct slice *rest, struct slice *part)
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

	while (mime_next_part(&parameters, &part)) {
		if (!slice_case_has_prefix(part, SLICE_LIT("charset=")))
			continue;
		part = slice_sub(part, strlen("charset="), part.len);
		if (part.len >= 2 && part.ptr[0] == '"' && part.ptr[part.len - 1] == '"')
			part = slice_sub(part, 1, part.len - 2);
		return part;
	}
	return SLICE_EMPTY;
}

struct slice mime_media_type(struct arena *arena, struct slice value)
{
	struct slice type = SLICE_EMPTY;

	mime_next_part(&value, &type);
	return lower_case(arena, type);
}

struct slice mime_content_type(struct dissection *d, struct field *parent, const struct field *headers)
{
	const struct field *f = headers_find(headers, "Content-Type");

	if (!f || !f->has_value)
		return SLICE_EMPTY;
	struct slice type = mime_media_type(d->arena, f->value.text), rest = f->value.text, part;
	field_add_text(d, parent, F_MSG_CONTENT_TYPE, type, f->source, f->offset, f->length);
	mime_next_part(&rest, &part);
	struct slice charset = charset_of(rest);
	if (charset.len)
		field_add_text(d, parent, F_MSG_CHARSET, charset, f->source, f->offset, f->length);
	return type;
}

bool mime_is_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '\r' && s.ptr[i] != '\n')
			return false;
	return true;
}

static bool is_text(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < 0x20 && s.ptr[i] != '\t' && s.ptr[i] != '\r' && s.ptr[i] != '\n') || s.ptr[i] == 0x7f)
			return false;
	return utf8_is_valid(s);
}

struct range mime_piece(const struct dissection *d, const struct field *header, struct slice piece)
{
	struct slice text = header->value.text, data = d->sources[header->source].data;

	/* The text of a folded line lies elsewhere. */
	if (piece.len == 0 || header->offset > data.len || text.ptr != data.ptr + header->offset)
		return (struct range){header->source, header->offset, header->length};
	return (struct range){header->source, header->offset + (size_t)(piece.ptr - text.ptr), piece.len};
}

/* Line ends behind a block of lines belong to it. */
static bool take_blank(struct field *parent, enum field_id block, size_t offset, size_t length)
{
	struct field *f = parent->first;

	while (f && f->def != &field_defs[block])
		f = f->next;
	if (!f || length > BLANK_MAX || (size_t)f->offset + f->length + f->trail != offset)
		return false;
	field_syntax(f, f->lead, f->trail + length);
	return true;
}

const struct field *mime_rest_dissect(struct dissection *d, struct field *parent, enum field_id block, unsigned source,
				      size_t offset, size_t length)
{
	struct slice bytes = slice_sub(d->sources[source].data, offset, length);

	if (length == 0 || (mime_is_blank(bytes) && take_blank(parent, block, offset, length)))
		return NULL;
	return field_add_range(d, parent, is_text(bytes) ? F_MSG_BODY_TEXT : F_MSG_BODY, source, offset, length);
}

/* A body that no dissector takes: its bytes, and its size in the summary. */
static void other_body(struct dissection *d, struct field *parent, struct slice type, unsigned source, size_t offset,
		       size_t length)
{
	struct slice shown = utf8_cut(type.len ? type : SLICE_LIT("message without type"), SHOWN_MAX);

	if (mime_rest_dissect(d, parent, F_MSG_HEADERS, source, offset, length))
		dissection_summary_add(d, "%.*s, %zu bytes", SLICE_ARG(shown), length);
	else
		dissection_summary_add(d, "%.*s", SLICE_ARG(shown));
}

/* --- headers of any message --- */

static const struct field *add_header(struct dissection *d, struct field *parent, enum field_id id,
				      const struct field *headers, const char *name)
{
	const struct field *f = headers_find(headers, name);

	return f ? field_add_text(d, parent, id, f->value.text, f->source, f->offset, f->length) : NULL;
}

/* P4-Context */
static void add_nick(struct dissection *d, struct field *parent, const struct field *headers)
{
	const struct field *nick = add_header(d, parent, F_MSG_NICK, headers, "P4-Context");

	if (nick)
		msg_plus_add(d, parent, F_MSG_PLAIN_NICK, nick);
}

/* Roster: number;host:port */
static void add_roster(struct dissection *d, struct field *parent, const struct field *headers)
{
	const struct field *header = headers_find(headers, "Roster");

	if (!header)
		return;
	struct field *f = field_add_text(d, parent, F_MSG_ROSTER, header->value.text, header->source, header->offset,
					 header->length);
	struct slice text = header->value.text;
	size_t end = slice_find_byte(text, ';');
	struct slice number = slice_sub(text, 0, end), host = slice_sub(text, end + 1, text.len);
	struct range at = mime_piece(d, header, number), host_at = mime_piece(d, header, host);

	if (number.len == 0 || host.len == 0 || host_at.length != host.len)
		return;
	field_add_text(d, f, F_MSG_ROSTER_SESSION, number, at.source, at.offset, at.length);
	host_port_dissect(d, f, host_at);
}

void mime_headers_add(struct dissection *d, struct field *parent, const struct field *headers)
{
	add_nick(d, parent, headers);
	add_header(d, parent, F_MSG_USER_AGENT, headers, "User-Agent");
	add_header(d, parent, F_MSG_DEST_AGENT, headers, "Dest-Agent");
	add_roster(d, parent, headers);
}

/* --- parts of split messages --- */

static const struct field *add_number(struct dissection *d, struct field *parent, enum field_id id,
				      const struct field *headers, const char *name)
{
	const struct field *header = headers_find(headers, name);

	if (!header)
		return NULL;
	struct field *f = field_add(d, parent, id, header->source, header->offset, header->length);
	f->has_value = slice_u64(header->value.text, &f->value.number);
	if (!f->has_value || f->value.number == 0 || f->value.number > MIME_CHUNKS_MAX)
		finding_add(d, RULE_MSG_CHUNK, f, "%s is not a number from 1 to %u: \"%.*s\"", name, MIME_CHUNKS_MAX,
			    SLICE_ARG(utf8_cut(header->value.text, SHOWN_MAX)));
	return f->has_value ? f : NULL;
}

/* Message-ID, Chunks, Chunk; says in the summary which part it is. */
static void add_chunk(struct dissection *d, struct field *parent, const struct field *headers)
{
	const struct field *id = add_header(d, parent, F_MSG_MESSAGE_ID, headers, "Message-ID");
	const struct field *chunks = add_number(d, parent, F_MSG_CHUNKS, headers, "Chunks");
	const struct field *chunk = add_number(d, parent, F_MSG_CHUNK, headers, "Chunk");
	uint64_t index = chunk ? chunk->value.number : 0;
	struct slice name = id ? utf8_cut(id->value.text, SHOWN_MAX) : SLICE_EMPTY;

	if (!mime_is_chunk(parent))
		return;
	const struct field *type = index ? headers_find(headers, "Content-Type") : NULL;
	if (type)
		finding_add(d, RULE_MSG_PART_TYPE, type, "part %" PRIu64 " has a type of its own", index + 1);
	if (chunks)
		dissection_summary_add(d, "part %" PRIu64 " of %" PRIu64 " of message %.*s", index + 1,
				       chunks->value.number, SLICE_ARG(name));
	else
		dissection_summary_add(d, "part %" PRIu64 " of message %.*s", index + 1, SLICE_ARG(name));
}

static void part_body(struct dissection *d, struct field *parent, struct slice type, unsigned source, size_t offset,
		      size_t length)
{
	struct slice bytes = slice_sub(d->sources[source].data, offset, length);

	if (type.len)
		dissection_summary_add(d, "%.*s", SLICE_ARG(utf8_cut(type, SHOWN_MAX)));
	dissection_summary_add(d, "%zu bytes", length);
	if (length)
		field_add_range(d, parent, is_text(bytes) ? F_MSG_BODY_TEXT : F_MSG_BODY, source, offset, length);
}

/* --- what carries the message --- */

/* A service message in the name of anybody else is not to be trusted, and clients do not. */
static void check_sender(struct dissection *d, const struct field *sender)
{
	if (!slice_case_eq(sender->value.text, SLICE_LIT("Hotmail")))
		finding_add(d, RULE_MSG_CARRIER, sender, "service message whose sender is not Hotmail: \"%.*s\"",
			    SLICE_ARG(utf8_cut(sender->value.text, SHOWN_MAX)));
}

/* Typing notices and nudges have numbers of their own in UUM and UBM. */
static void check_number(struct dissection *d, const struct field *number, struct slice type)
{
	static const struct {
		uint64_t number;
		const char *type;
	} rows[] = {{2, "text/x-msmsgscontrol"}, {3, "text/x-msnmsgr-datacast"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((number->value.number == rows[i].number) != slice_eq_str(type, rows[i].type))
			finding_add(d, RULE_MSG_CARRIER, number, "number %" PRIu64 " with Content-Type %.*s",
				    number->value.number, SLICE_ARG(utf8_cut(type, SHOWN_MAX)));
}

static void check_carrier(struct dissection *d, struct slice type)
{
	const struct field *sender = field_child(&d->root, &field_defs[P_sender]);
	const struct field *number = field_child(&d->root, &field_defs[P_message_type]);

	if (sender && sender->has_value)
		check_sender(d, sender);
	if (number && number->has_value && type.len)
		check_number(d, number, type);
}

/* Is it MSG, through a kind of server that does not carry such messages?  UUM and UBM carry them through others. */
static bool is_misplaced(const struct dissection *d, unsigned places, unsigned roles)
{
	const struct field *name = field_child(&d->root, &field_defs[F_MSNP_NAME]);

	return roles && !(roles & places) && name && slice_eq_str(name->value.text, "MSG");
}

/* Content types and headers that the register does not have, or has in another place. */
static void check_known(struct dissection *d, const struct field *parent, const struct field *headers, struct slice type,
			unsigned roles)
{
	const struct field *f = field_child(parent, &field_defs[F_MSG_CONTENT_TYPE]);
	unsigned places;

	if (type.len && !known_content_type(type, &places))
		finding_add(d, RULE_MSG_UNKNOWN_TYPE, f, "%.*s", SLICE_ARG(utf8_cut(type, SHOWN_MAX)));
	else if (type.len && is_misplaced(d, places, roles))
		finding_add(d, RULE_MSG_CARRIER, f, "%.*s does not come through %s", SLICE_ARG(utf8_cut(type, SHOWN_MAX)),
			    msnp_role_name(roles));
	for (const struct field *h = headers->first; h; h = h->next)
		if (h->key.len && !known_header(h->key))
			finding_add(d, RULE_MSG_UNKNOWN_HEADER, h, "%.*s", SLICE_ARG(utf8_cut(h->key, SHOWN_MAX)));
}

/* --- messages --- */

void mime_message_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	struct field *headers = field_add(d, parent, F_MSG_HEADERS, source, offset, 0);
	bool ended;
	size_t block = headers_dissect(d, headers, F_MSG_HEADER, source, offset, length, &ended);

	if (!ended)
		finding_add(d, RULE_MSG_NO_BLANK_LINE, headers, "no blank line behind the header lines");
	if (!headers_find(headers, "Content-Type") && !mime_is_chunk(parent))
		finding_add(d, RULE_MSG_NO_CONTENT_TYPE, headers, "no Content-Type");
	struct slice type = mime_content_type(d, parent, headers);
	check_carrier(d, type);
	check_known(d, parent, headers, type, context ? context->roles : 0);
	/* One that was put together came in parts. */
	if (length > MESSAGE_USUAL && parent->def != &field_defs[F_MSG_JOINED])
		finding_add(d, RULE_MSG_TOO_LONG, NULL, "%zu bytes, more than %u", length, MESSAGE_USUAL);
	mime_headers_add(d, parent, headers);
	if (headers_find(headers, "Message-ID"))
		add_chunk(d, parent, headers);
	payload_dissector *body = type.len ? payload_find(PAYLOAD_MIME_MSG, type) : NULL;
	if (mime_is_chunk(parent) && body != text_plain_dissect)
		part_body(d, parent, type, source, offset + block, length - block);
	else if (body)
		body(d, parent, source, offset + block, length - block, context);
	else
		other_body(d, parent, type, source, offset + block, length - block);
}
