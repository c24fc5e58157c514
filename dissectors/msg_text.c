/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msg_text.h"

#include "dissectors/mime.h"
#include "dissectors/msg_plus.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

/* Was the payload cut, or do zeros stand for bytes that were lost? */
static bool is_damaged(const struct dissection *d)
{
	for (const struct finding *f = d->findings; f; f = f->next)
		if (f->rule == &finding_rules[RULE_MSNP_PAYLOAD_CUT])
			return true;
	return false;
}

/* A message that was split may be cut within a character: that shows only when its parts are joined. */
static void check_text(struct dissection *d, const struct field *parent, const struct field *text)
{
	const struct field *charset = field_child(parent, &field_defs[F_MSG_CHARSET]);
	size_t valid = utf8_valid_prefix(text->value.text);
	size_t nul = slice_find_byte(text->value.text, 0);

	if (is_damaged(d))
		return;
	if (nul < text->value.text.len)
		finding_add(d, RULE_MSG_BAD_VALUE, text, "byte %zu of the text is NUL", nul);
	if (valid == text->value.text.len || !charset || mime_is_chunk(parent))
		return;
	if (slice_case_eq(charset->value.text, SLICE_LIT("utf-8")) ||
	    slice_case_eq(charset->value.text, SLICE_LIT("utf8")))
		finding_add(d, RULE_MSG_NOT_UTF8, text, "not UTF-8 from byte %zu of the text on", valid);
}

void text_plain_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			const struct msnp_context *context)
{
	const struct field *headers = field_child(parent, &field_defs[F_MSG_HEADERS]);
	const struct field *format = headers_find(headers, "X-MMS-IM-Format");

	(void)context;
	if (format)
		msg_format_dissect(d, parent, format);
	const struct field *f = field_add_range(d, parent, F_MSG_TEXT, source, offset, length);
	struct slice shown = utf8_cut(f->value.text, SHOWN_MAX);
	msg_plus_add(d, parent, F_MSG_PLAIN_TEXT, f);
	check_text(d, parent, f);
	dissection_summary_add(d, "text/plain: \"%.*s\"%s", SLICE_ARG(shown), shown.len < length ? "..." : "");
}

/* A notice in the name of somebody else; sender may be an endpoint, account;{guid}. */
static void check_user(struct dissection *d, const struct field *user)
{
	const struct field *name = field_child(&d->root, &field_defs[F_MSNP_NAME]);
	const struct field *sender = field_child(&d->root, &field_defs[P_passport]);

	if (!name || !sender || !sender->has_value || !slice_eq_str(name->value.text, "MSG"))
		return;
	struct slice account = slice_sub(sender->value.text, 0, slice_find_byte(sender->value.text, ';'));
	struct slice text = slice_sub(user->value.text, 0, slice_find_byte(user->value.text, ';'));
	if (!slice_case_eq(account, text))
		finding_add(d, RULE_MSG_CONTROL, user, "names \"%.*s\" and comes from \"%.*s\"",
			    SLICE_ARG(utf8_cut(text, SHOWN_MAX)), SLICE_ARG(utf8_cut(account, SHOWN_MAX)));
}

void control_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	const struct field *headers = field_child(parent, &field_defs[F_MSG_HEADERS]);
	const struct field *typing = headers_find(headers, "TypingUser");
	const struct field *recording = headers_find(headers, "RecordingUser");
	const struct field *user = typing ? typing : recording;

	(void)context;
	if (user) {
		field_add_text(d, parent, typing ? F_MSG_TYPING : F_MSG_RECORDING, user->value.text, user->source,
			       user->offset, user->length);
		check_user(d, user);
	} else {
		finding_add(d, RULE_MSG_CONTROL, headers, "neither TypingUser nor RecordingUser");
	}
	const struct field *body = mime_rest_dissect(d, parent, F_MSG_HEADERS, source, offset, length);
	if (body && !mime_is_blank(body->value.text))
		finding_add(d, RULE_MSG_CONTROL, body, "body is not empty");
	if (user)
		dissection_summary_add(d, "%.*s is %s", SLICE_ARG(utf8_cut(user->value.text, SHOWN_MAX)),
				       typing ? "typing" : "recording a voice clip");
	else
		dissection_summary_add(d, "text/x-msmsgscontrol");
}
