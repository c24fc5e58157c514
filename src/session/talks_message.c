/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fields of a message say to the people of a conversation. */
#include <inttypes.h>

#include "dissectors/headers.h"
#include "session/talks_internal.h"

/* Shortcuts of emoticons that one line names. */
#define SHORTCUTS_MAX 16u

const struct field *talks_child(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && (f->has_value || f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT) ? f : NULL;
}

struct slice talks_text(const struct field *parent, enum field_id id)
{
	const struct field *f = talks_child(parent, id);

	return f && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES) ? f->value.text : SLICE_EMPTY;
}

static bool is(struct talks_said *said, enum talk_kind kind, struct slice text)
{
	said->kind = kind;
	said->text = text;
	return true;
}

static struct slice object_name(const struct field *parent)
{
	return talks_text(parent, F_MSNOBJ_FRIENDLY);
}

static bool read_datacast(const struct field *message, struct talks_said *said)
{
	const struct field *id = talks_child(message, F_DATACAST_ID);
	struct slice object = object_name(talks_child(message, F_DATACAST_OBJECT));

	if (!id)
		return false;
	switch (id->value.number) {
	case 1:
		return is(said, TALK_NUDGE, SLICE_EMPTY);
	case 2:
		return is(said, TALK_WINK, object);
	case 3:
		return is(said, TALK_VOICE, object);
	case 4:
		return is(said, TALK_ACTION, talks_text(message, F_DATACAST_TEXT));
	default:
		return false;
	}
}

static bool read_emoticons(struct talks *t, const struct field *message, struct talks_said *said)
{
	size_t count = 0;

	t->scratch.len = 0;
	for (const struct field *f = message->first; f && count < SHORTCUTS_MAX; f = f->next) {
		if (f->def != &field_defs[F_EMOTICON])
			continue;
		if (count++)
			buffer_add_byte(&t->scratch, ' ');
		buffer_add_slice(&t->scratch, talks_text(f, F_EMOTICON_SHORTCUT));
	}
	return count && is(said, TALK_EMOTICON, buffer_slice(&t->scratch));
}

/* Only what is offered is a line: how it goes on shows in the object. */
static bool read_invitation(struct talks *t, const struct field *message, struct talks_said *said)
{
	struct slice file = talks_text(message, F_INVITE_FILE), name = talks_text(message, F_INVITE_APPLICATION);
	const struct field *size = talks_child(message, F_INVITE_FILE_SIZE);

	if (!slice_eq_str(talks_text(message, F_INVITE_COMMAND), "INVITE"))
		return false;
	t->scratch.len = 0;
	buffer_add_slice(&t->scratch, file.len || name.len ? name : talks_text(message, F_INVITE_GUID));
	if (file.len) {
		buffer_add_str(&t->scratch, name.len ? " \"" : "\"");
		buffer_add_slice(&t->scratch, file);
		buffer_add_byte(&t->scratch, '"');
	}
	if (size)
		buffer_printf(&t->scratch, ", %" PRIu64 " bytes", size->value.number);
	return is(said, TALK_OFFER, buffer_slice(&t->scratch));
}

static bool read_typing(const struct field *message, struct talks_said *said)
{
	if (talks_child(message, F_MSG_RECORDING))
		return is(said, TALK_TYPING, SLICE_LIT("records a voice clip"));
	return talks_child(message, F_MSG_TYPING) && is(said, TALK_TYPING, SLICE_EMPTY);
}

/* Message-Type of SDG, where the body does not say it. */
static bool read_routed_type(struct slice type, struct slice subtype, struct talks_said *said)
{
	static const struct {
		const char *type;
		enum talk_kind kind;
	} kinds[] = {{"Nudge", TALK_NUDGE}, {"Wink", TALK_WINK}, {"Voice", TALK_VOICE}, {"CustomEmoticon", TALK_EMOTICON},
		     {"Control/Typing", TALK_TYPING}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (slice_case_eq(type, slice_str(kinds[i].type)))
			return is(said, kinds[i].kind, SLICE_EMPTY);
	if (slice_case_eq(type, SLICE_LIT("Control/Recording")))
		return is(said, TALK_TYPING, SLICE_LIT("records a voice clip"));
	return slice_case_eq(type, SLICE_LIT("Control")) && slice_case_eq(subtype, SLICE_LIT("Typing")) &&
	       is(said, TALK_TYPING, SLICE_EMPTY);
}

static bool read_body_text(const struct field *message, bool any_type, struct talks_said *said)
{
	const struct field *text = talks_child(message, F_MSG_TEXT);
	const struct field *style = headers_find(talks_child(message, F_MSG_HEADERS), "X-MMS-IM-Format");

	/* Some clients give their text another media type. */
	if (!text && any_type)
		text = talks_child(message, F_MSG_BODY_TEXT);
	if (!text)
		return false;
	said->style = style && style->has_value ? style->value.text : SLICE_EMPTY;
	said->nick = talks_text(message, F_MSG_NICK);
	return is(said, TALK_TEXT, text->value.text);
}

/* Type of a UUM or UBM that has no body to tell. */
static bool read_type(const struct field *root, struct talks_said *said)
{
	const struct field *type = talks_child(root, P_message_type);

	if (!type || type->def->type == FIELD_TEXT)
		return false;
	if (type->value.number == 2)
		return is(said, TALK_TYPING, SLICE_EMPTY);
	return type->value.number == 3 && is(said, TALK_NUDGE, SLICE_EMPTY);
}

/* Parts of a message that was split are one message when the last has come. */
static const struct field *whole_message(const struct field *root)
{
	const struct field *joined = talks_child(root, F_MSG_JOINED);
	bool part = talks_child(root, F_MSG_CHUNK) || talks_child(root, F_MSG_CHUNKS);

	return joined ? joined : part ? NULL : root;
}

bool talks_read_message(struct talks *t, const struct field *root, struct talks_said *said)
{
	const struct field *message = whole_message(root), *messaging = talks_child(root, F_ROUTING_MESSAGING);
	struct slice type = talks_text(messaging, F_ROUTING_MESSAGE_TYPE);
	bool text = slice_case_eq(type, SLICE_LIT("Text")) || slice_case_eq(type, SLICE_LIT("RichText"));

	if (!message)
		return false;
	const struct field *name = headers_find(talks_child(message, F_MSG_HEADERS), "IM-Display-Name");
	if (name && name->has_value)
		said->name = name->value.text;
	if (read_typing(message, said) || read_datacast(message, said) || read_emoticons(t, message, said))
		return true;
	if (talks_child(message, F_INK))
		return is(said, TALK_INK, SLICE_EMPTY);
	if (read_invitation(t, message, said))
		return true;
	if (messaging && !text)
		return read_routed_type(type, talks_text(messaging, F_ROUTING_MESSAGE_SUBTYPE), said);
	return read_type(root, said) || read_body_text(message, text, said);
}

struct slice talks_read_error(struct talks *t, const struct event *e, const struct field *root)
{
	struct slice meaning = talks_text(root, F_MSNP_ERROR_MEANING);

	if (!talks_child(root, F_MSNP_ERROR))
		return SLICE_EMPTY;
	t->scratch.len = 0;
	buffer_add_str(&t->scratch, "error ");
	buffer_add_slice(&t->scratch, e->name);
	if (meaning.len) {
		buffer_add_str(&t->scratch, ", ");
		buffer_add_slice(&t->scratch, meaning);
	}
	return buffer_slice(&t->scratch);
}
