/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Emoticons: pairs of shortcut and MSNObject.
 *
 *	(hi) TAB <msnobj Creator="alice@example.com" ... Type="2" .../> TAB
 *
 * Some clients percent-encode the objects.
 * Source: emoticons in the specification (AMSN, PURPLE, MSNPSHARP).
 */
#include "dissectors/emoticon.h"

#include <inttypes.h>

#include "dissectors/body_block.h"
#include "dissectors/msnp_value.h"
#include "util/utf8.h"

/* Bytes of a text, and shortcuts, that the summary shows. */
#define SHOWN_MAX 40u
#define SHORTCUTS_SHOWN 8u
/* Characters of a shortcut that clients let users type. */
#define SHORTCUT_USUAL 7u

#define OBJECT_EMOTICON 2u

static void add_object(struct dissection *d, struct field *item, struct slice text)
{
	/* What was not encoded stays as it is: a percent sign in it means itself. */
	if (!slice_has_prefix(text, SLICE_LIT("<")))
		text = percent_decode(d->arena, text);
	msnobject_dissect(d, item, dissection_add_source(d, "msnobj", text));
	const struct field *type = field_child(item, &field_defs[F_MSNOBJ_TYPE]);
	if (type && type->has_value && type->value.number != OBJECT_EMOTICON)
		finding_add(d, RULE_EMOTICON_BROKEN, type, "object of type %" PRIu64 " where %u is expected",
			    type->value.number, OBJECT_EMOTICON);
}

static size_t characters(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (s.ptr[i] & 0xc0) != 0x80;
	return n;
}

/* One pair at the beginning of rest; returns its bytes with the tab behind it. */
static size_t add_pair(struct dissection *d, struct field *parent, struct slice rest, unsigned source, size_t offset)
{
	size_t tab = slice_find_byte(rest, '\t');
	struct slice object = slice_sub(rest, tab + 1, rest.len);
	size_t end;

	object = slice_sub(object, 0, slice_find_byte(object, '\t'));
	end = tab < rest.len ? tab + 1 + object.len : rest.len;
	struct field *item = field_add(d, parent, F_EMOTICON, source, offset, end);
	const struct field *shortcut = field_add_range(d, item, F_EMOTICON_SHORTCUT, source, offset, tab);
	field_syntax(item, 0, end < rest.len);
	if (tab == 0)
		finding_add(d, RULE_EMOTICON_BROKEN, shortcut, "empty shortcut");
	if (characters(shortcut->value.text) > SHORTCUT_USUAL)
		finding_add(d, RULE_EMOTICON_LONG, shortcut, "%zu characters, more than %u", characters(shortcut->value.text),
			    SHORTCUT_USUAL);
	if (object.len)
		add_object(d, item, object);
	else
		finding_add(d, RULE_EMOTICON_BROKEN, item, "shortcut without object");
	return end < rest.len ? end + 1 : end;
}

static void summarise(struct dissection *d, const struct field *parent, const char *what)
{
	struct slice names = SLICE_EMPTY;
	unsigned count = 0;

	for (const struct field *f = parent->first; f; f = f->next) {
		if (f->def != &field_defs[F_EMOTICON] || !f->first)
			continue;
		struct slice shown = utf8_cut(f->first->value.text, SHOWN_MAX);

		if (count++ < SHORTCUTS_SHOWN)
			names = arena_printf(d->arena, "%.*s%s\"%.*s\"", SLICE_ARG(names), names.len ? " " : "",
					     SLICE_ARG(shown));
	}
	dissection_summary_add(d, "%s%s%s%.*s%s", what, count == 1 ? "" : "s", count ? " " : "", SLICE_ARG(names),
			       count > SHORTCUTS_SHOWN ? " ..." : "");
}

static void emoticons(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const char *what)
{
	struct slice body = slice_sub(d->sources[source].data, offset, length);
	size_t at = 0, end = body.len - line_ends_behind(body);
	unsigned count = 0;

	while (at < end && count++ < EMOTICONS_MAX)
		at += add_pair(d, parent, slice_sub(body, at, end - at), source, offset + at);
	if (count == 0)
		finding_add(d, RULE_EMOTICON_BROKEN, NULL, "no emoticon");
	if (at < end) {
		const struct field *f = field_add_range(d, parent, F_MSG_BODY, source, offset + at, body.len - at);

		finding_add(d, RULE_LIMIT_FIELDS, f, "more than %u emoticons", EMOTICONS_MAX);
	} else if (parent->last && parent->last->def == &field_defs[F_EMOTICON]) {
		field_syntax(parent->last, 0, parent->last->trail + body.len - end);
	}
	summarise(d, parent, what);
}

void emoticon_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	(void)context;
	emoticons(d, parent, source, offset, length, "emoticon");
}

void emoticon_animated_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
			       size_t length, const struct msnp_context *context)
{
	(void)context;
	emoticons(d, parent, source, offset, length, "animated emoticon");
}
