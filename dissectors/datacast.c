/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datacasts: the body of the MSG is a second block of headers.
 *
 *	ID: 2
 *	Data: <msnobj Creator="alice@example.com" Size="..." Type="8" .../>
 *
 * A nudge has no Data.  Winks are long, as they are signed, and are split.  In
 * SDG the body may be the object alone.
 * Source: datacasts in the specification (AMSN, POM).
 */
#include "dissectors/datacast.h"

#include <inttypes.h>

#include "dissectors/body_block.h"
#include "dissectors/msnp_value.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

enum { ID_NUDGE = 1, ID_WINK = 2, ID_VOICE_CLIP = 3, ID_ACTION = 4 };
enum { OBJECT_WINK = 8, OBJECT_VOICE_CLIP = 11 };

static struct slice shown(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

/* 0 when there is no id. */
static uint64_t add_id(struct dissection *d, struct field *parent, const struct field *block)
{
	const struct field *line = headers_find(block, "ID");
	struct field *f;

	if (!line) {
		finding_add(d, RULE_DATACAST_BROKEN, block, "no ID");
		return 0;
	}
	f = field_add(d, parent, F_DATACAST_ID, line->source, line->offset, line->length);
	f->has_value = slice_u64(line->value.text, &f->value.number);
	if (!f->has_value)
		finding_add(d, RULE_DATACAST_BROKEN, f, "ID is no number: \"%.*s\"", SLICE_ARG(shown(line->value.text)));
	else if (!field_enum(f))
		finding_add(d, RULE_MSNP_UNKNOWN_VALUE, f, "ID %" PRIu64, f->value.number);
	return f->has_value ? f->value.number : 0;
}

static bool is_object(struct slice text)
{
	return slice_has_prefix(text, SLICE_LIT("<msnobj"));
}

static struct field *object_field(struct dissection *d, struct field *parent, struct slice text, struct range at)
{
	struct field *f = field_add(d, parent, F_DATACAST_OBJECT, at.source, at.offset, at.length);

	msnobject_dissect(d, f, dissection_add_source(d, "msnobj", text));
	return f;
}

/* The object, or NULL when the text is none. */
static const struct field *add_object(struct dissection *d, struct field *parent, struct slice value, struct range at,
				      uint64_t id)
{
	/* What was not encoded stays as it is: a percent sign in it means itself. */
	struct slice text = is_object(value) ? value : percent_decode(d->arena, value);
	uint64_t expected = id == ID_WINK ? OBJECT_WINK : OBJECT_VOICE_CLIP;

	if (!is_object(text))
		return NULL;
	struct field *f = object_field(d, parent, text, at);
	const struct field *type = field_child(f, &field_defs[F_MSNOBJ_TYPE]);
	if ((id == ID_WINK || id == ID_VOICE_CLIP) && type && type->has_value && type->value.number != expected)
		finding_add(d, RULE_DATACAST_BROKEN, type, "object of type %" PRIu64 " where %" PRIu64 " is expected",
			    type->value.number, expected);
	return f;
}

static void check_data(struct dissection *d, const struct field *block, const struct field *text, uint64_t id)
{
	if (id == ID_NUDGE && text)
		finding_add(d, RULE_DATACAST_BROKEN, text, "nudge with data");
	else if ((id == ID_WINK || id == ID_VOICE_CLIP) && text)
		finding_add(d, RULE_DATACAST_BROKEN, text, "data is no object");
	else if (id >= ID_WINK && id <= ID_ACTION && !text)
		finding_add(d, RULE_DATACAST_BROKEN, block, "no data");
}

/* The name of the object, or the text, in quotation marks. */
static struct slice quoted(struct dissection *d, const struct field *object, const struct field *text)
{
	const struct field *name = object ? field_child(object, &field_defs[F_MSNOBJ_FRIENDLY]) : text;
	struct slice full = name && name->has_value ? name->value.text : SLICE_EMPTY, cut = shown(full);

	if (full.len == 0)
		return SLICE_EMPTY;
	return arena_printf(d->arena, "\"%.*s\"%s", SLICE_ARG(cut), cut.len < full.len ? "..." : "");
}

static void summarise(struct dissection *d, uint64_t id, struct slice text)
{
	const struct enum_row *row = enum_find_number(&enum_sets[SET_datacast_id], id);
	const char *name = id == ID_VOICE_CLIP ? "voice clip" : row ? row->name : NULL;
	const char *blank = text.len ? " " : "";

	if (name)
		dissection_summary_add(d, "%s%s%.*s", name, blank, SLICE_ARG(text));
	else if (id)
		dissection_summary_add(d, "datacast %" PRIu64 "%s%.*s", id, blank, SLICE_ARG(text));
	else
		dissection_summary_add(d, "datacast without id%s%.*s", blank, SLICE_ARG(text));
}

/* A body that is the object alone, as in SDG, whose Message-Type says what it is. */
static void object_alone(struct dissection *d, struct field *parent, struct slice body, struct range at)
{
	size_t ends = line_ends_behind(body);

	at.length = body.len - ends;
	struct field *f = object_field(d, parent, slice_sub(body, 0, at.length), at);
	field_syntax(f, 0, ends);
	struct slice name = quoted(d, f, NULL);
	if (name.len)
		dissection_summary_add(d, "%.*s", SLICE_ARG(name));
}

void datacast_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	struct slice body = slice_sub(d->sources[source].data, offset, length);
	const struct field *object = NULL, *text = NULL;

	(void)context;
	if (is_object(body)) {
		object_alone(d, parent, body, (struct range){source, offset, length});
		return;
	}
	const struct field *block =
		body_block_dissect(d, parent, F_DATACAST_BLOCK, F_DATACAST_LINE, source, offset, length);
	uint64_t id = add_id(d, parent, block);
	const struct field *line = headers_find(block, "Data");
	if (line && line->value.text.len) {
		struct range at = {line->source, line->offset, line->length};

		object = add_object(d, parent, line->value.text, at, id);
		if (!object)
			text = field_add_text(d, parent, F_DATACAST_TEXT, line->value.text, at.source, at.offset,
					      at.length);
	}
	if (!object)
		check_data(d, block, text, id);
	summarise(d, id, quoted(d, object, text));
}
