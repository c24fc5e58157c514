/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/talk_text.h"

#include "output/escape.h"
#include "output/style.h"
#include "output/text_records.h"
#include "output/timestamp.h"

/* "2003-05-16 19:02:51": where its parts lie. */
enum { DATE_LENGTH = 10, TIME_AT = 11, TIME_LENGTH = 8 };

static void add_stamp_part(struct buffer *out, int64_t ns, size_t at, size_t length)
{
	struct buffer stamp = {NULL, 0, 0};

	timestamp_add(&stamp, ns, ' ', false);
	buffer_add_slice(out, slice_sub(buffer_slice(&stamp), at, length));
	buffer_free(&stamp);
}

void talk_text_time(struct buffer *out, int64_t ns)
{
	add_stamp_part(out, ns, TIME_AT, TIME_LENGTH);
}

void talk_text_date(struct buffer *out, int64_t ns)
{
	add_stamp_part(out, ns, 0, DATE_LENGTH);
}

/* --- lines --- */

/* The text with each further line indented. */
static void add_text(struct buffer *out, struct slice text, unsigned indent)
{
	while (text.len) {
		/* CR LF, a bare CR (older clients) and a bare LF all end a line. */
		size_t cr = slice_find_byte(text, '\r'), lf = slice_find_byte(slice_sub(text, 0, cr), '\n');
		size_t end = lf < cr ? lf : cr, next = end + 1;

		escape_add(out, slice_sub(text, 0, end));
		if (end == cr && cr + 1 < text.len && text.ptr[cr + 1] == '\n')
			next++;
		text = slice_sub(text, next, text.len);
		if (text.len == 0)
			break;
		buffer_add_byte(out, '\n');
		for (unsigned i = 0; i < indent; i++)
			buffer_add_byte(out, ' ');
	}
}

/* "Alice <alice@example.com>", or the account alone where no other name is known. */
static void add_person(struct buffer *out, const struct talk *line, bool colour)
{
	struct slice who = line->who;
	bool named = line->name.len && !slice_case_eq(line->name, who);

	style_begin(out, colour, line->own ? STYLE_CLIENT : STYLE_SERVER);
	if (named)
		escape_add(out, line->name);
	if (named && who.len)
		buffer_add_str(out, " <");
	escape_add(out, who);
	if (named && who.len)
		buffer_add_byte(out, '>');
	if (!named && !who.len)
		buffer_add_str(out, line->own ? "(this user)" : "(somebody)");
	style_end(out, colour, line->own ? STYLE_CLIENT : STYLE_SERVER);
}

/* What somebody does, in front of the line's text; NULL: says. */
static const char *deed(const struct talk *line)
{
	switch (line->kind) {
	case TALK_JOIN:
		return " joins";
	case TALK_LEAVE:
		return " leaves";
	case TALK_INVITE:
		return " invites";
	case TALK_ACTION:
		return "";
	case TALK_NUDGE:
		return " sends a nudge";
	case TALK_WINK:
		return " sends a wink";
	case TALK_VOICE:
		return " sends a voice clip";
	case TALK_INK:
		return " sends a drawing";
	case TALK_TYPING:
		return line->text.len ? "" : " is typing";
	case TALK_EMOTICON:
		return " uses emoticons:";
	case TALK_OFFER:
		return " offers:";
	default:
		return NULL;
	}
}

/* Lines that nobody in particular does. */
static bool add_event(struct buffer *out, const struct talk *line, unsigned indent)
{
	if (line->kind == TALK_OBJECT && line->object) {
		/* Endpoints say nothing to a reader. */
		struct object object = *line->object;

		object.from = slice_sub(object.from, 0, slice_find_byte(object.from, ';'));
		object.to = slice_sub(object.to, 0, slice_find_byte(object.to, ';'));
		buffer_add_str(out, "* ");
		text_add_object(out, &object);
		return true;
	}
	if (line->kind == TALK_FAILED) {
		buffer_add_str(out, "! not delivered");
		if (line->about)
			buffer_printf(out, " (event %llu)", (unsigned long long)line->about);
		buffer_add_str(out, line->text.len ? ": " : "");
		add_text(out, line->text, indent);
		return true;
	}
	if (line->kind != TALK_CLOSED)
		return false;
	buffer_add_str(out, "* the conversation ends");
	buffer_add_str(out, line->text.len ? ": " : "");
	add_text(out, line->text, indent);
	return true;
}

static void add_deed(struct buffer *out, const struct talk *line, const char *what, bool colour, unsigned indent)
{
	bool reason = line->kind == TALK_LEAVE, title = line->kind == TALK_WINK || line->kind == TALK_VOICE;

	buffer_add_str(out, "* ");
	add_person(out, line, colour);
	buffer_add_str(out, what);
	if (line->whom.len) {
		buffer_add_byte(out, ' ');
		escape_add(out, line->whom);
	}
	if (line->text.len == 0)
		return;
	buffer_add_str(out, reason ? " (" : title ? " \"" : " ");
	add_text(out, line->text, indent);
	buffer_add_str(out, reason ? ")" : title ? "\"" : "");
}

void talk_text_line(struct buffer *out, const struct talk *line, bool colour, unsigned indent)
{
	const char *what = deed(line);

	if (!add_event(out, line, indent)) {
		if (what) {
			add_deed(out, line, what, colour, indent);
		} else {
			add_person(out, line, colour);
			buffer_add_str(out, line->offline ? " (stored message): " : ": ");
			add_text(out, line->text, indent);
		}
	}
	buffer_add_byte(out, '\n');
}

/* --- headings --- */

static const char *kind_text(enum conversation_kind kind)
{
	static const char *const texts[] = {
		[CONVERSATION_SWITCHBOARD] = "switchboard",
		[CONVERSATION_DIRECT] = "one to one",
		[CONVERSATION_CIRCLE] = "circle",
		[CONVERSATION_GROUP] = "group",
		[CONVERSATION_OFFLINE] = "offline messages",
	};

	return texts[kind];
}

static void add_participants(struct buffer *out, const struct conversation_info *c)
{
	const char *before = c->user.len ? " with " : " ";

	buffer_add_byte(out, c->user.len ? ' ' : ',');
	escape_add(out, c->user);
	for (size_t i = 0; i < c->participant_count; i++) {
		if (slice_case_eq(c->participants[i], c->user))
			continue;
		buffer_add_str(out, before);
		escape_add(out, c->participants[i]);
		before = ", ";
	}
	if (c->participants_omitted)
		buffer_printf(out, " and %llu more", (unsigned long long)c->participants_omitted);
}

void talk_text_heading(struct buffer *out, const struct conversation_info *c, bool colour)
{
	style_begin(out, colour, STYLE_HEADING);
	buffer_printf(out, "conversation %llu", (unsigned long long)c->id);
	style_end(out, colour, STYLE_HEADING);
	buffer_add_str(out, ": ");
	buffer_add_str(out, kind_text(c->kind));
	if (c->group.len) {
		buffer_add_byte(out, ' ');
		escape_add(out, c->group);
	}
	if (c->user.len)
		buffer_add_byte(out, ',');
	if (c->user.len || c->participant_count)
		add_participants(out, c);
}
