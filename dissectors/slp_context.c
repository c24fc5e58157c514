/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Context of MSNSLP, base64: what is offered or asked for.  EUF-GUID says what
 * it holds; where that is missing or not known the bytes themselves do.
 *
 *	object, wink    MSNObject and a NUL
 *	file            binary description (file_context.c)
 *	webcam          GUID of the kind of media, UTF-16LE
 *	activity        number;1;name, UTF-16LE
 *	BYE             status word of four bytes
 */
#include "dissectors/slp_parts.h"
#include "util/encoding.h"
#include "util/reader.h"

#define STATUS_LENGTH 4u
/* Shortest description of a file. */
#define FILE_CONTEXT_MIN 574u
/* "{...}" in UTF-16LE. */
#define MEDIA_GUID_LENGTH 76u

enum content { OBJECT, FILE_OFFER, MEDIA, ACTIVITY, STATUS, OPAQUE };

static bool is_file(struct slice data)
{
	struct reader r = reader_over(data);
	uint32_t length = reader_le32(&r), version = reader_le32(&r);

	return data.len >= FILE_CONTEXT_MIN && length >= FILE_CONTEXT_MIN && (version == 2 || version == 3);
}

static enum content sniff(struct slice data, bool bye)
{
	if (slice_has_prefix(slice_trim(data), SLICE_LIT("<msnobj")))
		return OBJECT;
	if (bye && data.len == STATUS_LENGTH)
		return STATUS;
	if (is_file(data))
		return FILE_OFFER;
	if (data.len >= MEDIA_GUID_LENGTH && slice_has_prefix(data, slice_of("{\0", 2)))
		return MEDIA;
	return OPAQUE;
}

static enum content content_of(const struct slp *m, struct slice data, bool bye)
{
	static const struct {
		const char *name;
		enum content content;
	} applications[] = {
		{"object", OBJECT},      {"wink", OBJECT},        {"file", FILE_OFFER},
		{"webcam_send", MEDIA},  {"webcam_watch", MEDIA}, {"activity", ACTIVITY},
	};
	const struct field *f = field_child(m->message, &field_defs[F_SLP_EUF_GUID]);
	const struct enum_row *row = f ? field_enum(f) : NULL;

	for (size_t i = 0; row && i < sizeof(applications) / sizeof(applications[0]); i++)
		if (strcmp(row->name, applications[i].name) == 0)
			return applications[i].content;
	return sniff(data, bye);
}

/* The text without the U+0000 at its end. */
static struct slice utf16_text(const struct slp *m, struct slice data, const struct field *f)
{
	bool sound;
	struct slice text = utf16le_to_utf8(m->d->arena, data, &sound);

	if (!sound)
		finding_add(m->d, RULE_SLP_BROKEN, f, "Context is not UTF-16LE");
	while (text.len && text.ptr[text.len - 1] == 0)
		text.len--;
	return text;
}

static void add_media(const struct slp *m, struct field *f, unsigned source)
{
	struct slice data = m->d->sources[source].data;
	struct slice text = slp_upper(m->d->arena, utf16_text(m, data, f));
	const struct field *media = field_add_text(m->d, f, F_SLP_CONTEXT_MEDIA, text, source, 0, data.len);

	if (!field_enum(media))
		finding_add(m->d, RULE_SLP_UNKNOWN, media, "kind of media that is not known");
}

/* Offset of the next ";" in UTF-16LE from an even offset on, or the length. */
static size_t semicolon(struct slice data, size_t at)
{
	while (at + 1 < data.len && !(data.ptr[at] == ';' && data.ptr[at + 1] == 0))
		at += 2;
	return at + 1 < data.len ? at : data.len;
}

static void add_activity_part(const struct slp *m, struct field *f, enum field_id id, unsigned source, size_t at,
			      size_t end)
{
	struct slice data = slice_sub(m->d->sources[source].data, at, end - at);

	field_add_text(m->d, f, id, utf16_text(m, data, f), source, at, data.len);
}

static void add_activity(const struct slp *m, struct field *f, unsigned source)
{
	struct slice data = m->d->sources[source].data;
	size_t first = semicolon(data, 0);
	size_t second = first < data.len ? semicolon(data, first + 2) : data.len;

	field_add_text(m->d, f, F_SLP_CONTEXT_TEXT, utf16_text(m, data, f), source, 0, data.len);
	if (second == data.len) {
		finding_add(m->d, RULE_SLP_BROKEN, f, "Context of an activity is not number;1;name");
		return;
	}
	add_activity_part(m, f, F_SLP_CONTEXT_ACTIVITY, source, 0, first);
	add_activity_part(m, f, F_SLP_CONTEXT_ACTIVITY_NAME, source, second + 2, semicolon(data, second + 2));
}

static void add_object(const struct slp *m, struct field *f, unsigned source)
{
	size_t length = m->d->sources[source].data.len;

	msnobject_dissect(m->d, field_add(m->d, f, F_SLP_CONTEXT_OBJECT, source, 0, length), source);
}

static void add_content(const struct slp *m, struct field *f, struct slice data, bool bye)
{
	unsigned source = dissection_add_source(m->d, "context", data);
	struct reader r = reader_over(data);

	switch (content_of(m, data, bye)) {
	case OBJECT:
		add_object(m, f, source);
		break;
	case FILE_OFFER:
		file_context_dissect(m->d, f, source);
		break;
	case MEDIA:
		add_media(m, f, source);
		break;
	case ACTIVITY:
		add_activity(m, f, source);
		break;
	case STATUS:
		field_add_number(m->d, f, F_SLP_CONTEXT_STATUS, reader_le32(&r), source, 0, data.len);
		break;
	case OPAQUE:
		field_add_range(m->d, f, F_SLP_CONTEXT_DATA, source, 0, data.len);
		break;
	}
}

void slp_context_dissect(const struct slp *m, const struct slp_line *context, bool bye)
{
	struct field *f = slp_add_text(m, F_SLP_CONTEXT, context);
	struct slice data;

	if (!base64_decode(m->d->arena, context->value, &data))
		finding_add(m->d, RULE_SLP_BROKEN, f, "Context is not base64");
	else if (data.len)
		add_content(m, f, data, bye);
}
