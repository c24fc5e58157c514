/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies of SDG.  Message-Type says what a message is; where that is nothing
 * of its own, Content-Type says how to read the body, as in MSG.
 *
 *	Signal/CloseIMWindow	1:ana@example.com/1:bo@example.com, or a group alone
 *	Control			with Message-Subtype: Typing (MSNP18)
 *	ThreadActivity/...	XML (MSNP24)
 */
#include "dissectors/datacast.h"
#include "dissectors/mime.h"
#include "dissectors/routing.h"

/* More addresses than a notice about a window has. */
#define WINDOWS_MAX 8u

static struct slice body_of(const struct routed *r)
{
	return slice_sub(r->d->sources[r->body.source].data, r->body.offset, r->body.length);
}

static bool is_blank(const struct routed *r)
{
	return mime_is_blank(body_of(r));
}

/* A body of no known kind, behind the lines of Messaging: text or bytes. */
static void add_body(const struct routed *r)
{
	mime_rest_dissect(r->d, r->parent, F_MSG_HEADERS, r->body.source, r->body.offset, r->body.length);
}

/* --- kinds of messages --- */

/* "Control" with its subtype is what later versions call "Control/Typing". */
static struct slice type_of(const struct routed *r)
{
	struct slice type = routing_text(r->block, F_ROUTING_MESSAGE_TYPE);
	struct slice subtype = routing_text(r->block, F_ROUTING_MESSAGE_SUBTYPE);

	if (!slice_case_eq(type, SLICE_LIT("Control")) || subtype.len == 0)
		return type;
	return arena_printf(r->d->arena, "Control/%.*s", SLICE_ARG(routing_shown(subtype)));
}

/* What the summary calls it: "custom emoticon"; an unknown type as it stands. */
static struct slice name_of(struct dissection *d, struct slice type)
{
	const struct enum_row *row = enum_find(&enum_sets[SET_sdg_message_type], type);

	if (!row)
		return type.len ? routing_shown(type) : SLICE_LIT("message");
	struct slice name = arena_copy(d->arena, slice_str(row->name));
	uint8_t *p = (uint8_t *)name.ptr;
	for (size_t i = 0; i < name.len; i++)
		if (p[i] == '_')
			p[i] = ' ';
	return name;
}

static struct slice channel_of(const struct routed *r)
{
	const struct field *routing = field_child(r->parent, &field_defs[F_ROUTING]);
	struct slice channel = routing_text(routing, F_ROUTING_CHANNEL);

	return channel.len ? channel : routing_text(r->block, F_ROUTING_CHANNEL);
}

static const char *manner_of(const struct routed *r)
{
	struct slice channel = channel_of(r);

	if (slice_case_eq(channel, SLICE_LIT("IM/Offline")))
		return "stored ";
	return slice_case_eq(channel, SLICE_LIT("IM/Mobile")) ? "mobile " : "";
}

static void summarise(const struct routed *r, struct slice type)
{
	dissection_summarise(r->d, "%s%.*s from %.*s to %.*s", manner_of(r), SLICE_ARG(name_of(r->d, type)),
			     SLICE_ARG(routing_party(r->d, r->from)), SLICE_ARG(routing_party(r->d, r->to)));
}

/* --- bodies --- */

/* "text from 1:bo@example.com to 1:ana@example.com: "hello"" */
static void text(const struct routed *r, struct slice type)
{
	payload_dissector *dissect = payload_find(PAYLOAD_MIME_MSG, SLICE_LIT("text/plain"));
	struct slice shown = routing_shown(body_of(r));

	dissect(r->d, r->parent, r->body.source, r->body.offset, r->body.length, r->context);
	summarise(r, type);
	dissection_summarise(r->d, "%.*s: \"%.*s\"%s", SLICE_ARG(arena_copy(r->d->arena, r->d->summary)),
			     SLICE_ARG(shown), shown.len < r->body.length ? "..." : "");
}

/* What the registry has for the content type, else for the kind of message; NULL for nothing. */
static payload_dissector *dissector_of(const struct routed *r, struct slice type)
{
	struct slice kind = mime_media_type(r->d->arena, type);
	payload_dissector *dissect = NULL;

	if (r->content_type.len && !slice_eq_str(r->content_type, "text/plain"))
		dissect = payload_find(PAYLOAD_MIME_MSG, r->content_type);
	if (!dissect && kind.len)
		dissect = payload_find(PAYLOAD_ROUTING, kind);
	return dissect;
}

/* What is of other types is shown as it is. */
static void by_content(const struct routed *r, struct slice type)
{
	payload_dissector *dissect = dissector_of(r, type);

	if (dissect && !is_blank(r)) {
		dissect(r->d, r->parent, r->body.source, r->body.offset, r->body.length, r->context);
		return;
	}
	add_body(r);
	if (!is_blank(r))
		dissection_summary_add(r->d, "%.*s%s%zu bytes", SLICE_ARG(routing_shown(r->content_type)),
				       r->content_type.len ? ", " : "", r->body.length);
}

/* Adds the addresses of the body; returns the last, which is the other side of the conversation, or NULL. */
static const struct field *add_windows(const struct routed *r)
{
	struct slice body = slice_trim(body_of(r));
	const struct field *f = NULL;
	size_t len;

	while (body.len && (body.ptr[body.len - 1] == '\r' || body.ptr[body.len - 1] == '\n'))
		body.len--;
	for (size_t at = 0, count = 0; at < body.len; at += len + 1, count++) {
		struct slice part = slice_sub(body, at, body.len);
		len = count == WINDOWS_MAX - 1 ? part.len : slice_find_byte(part, '/');
		size_t offset = r->body.offset + (size_t)(part.ptr - body_of(r).ptr);
		struct field *window = routing_address(r->d, r->parent, F_ROUTING_WINDOW,
						       (struct range){r->body.source, offset, len});
		bool last = len == part.len;
		field_syntax(window, count ? 0 : offset - r->body.offset,
			     last ? r->body.offset + r->body.length - offset - len : 1);
		f = window;
	}
	if (!f)
		add_body(r);
	return f;
}

/* What happened to a window at another endpoint. */
static void window(const struct routed *r, const char *what)
{
	const struct field *other = add_windows(r);
	struct slice epid = routing_text(r->from, F_ADDRESS_ENDPOINT);

	if (!other)
		finding_add(r->d, RULE_ROUTING_BODY, NULL, "no address of a window");
	dissection_summarise(r->d, "%s%.*s%s%.*s %s the window with %.*s", epid.len ? "endpoint " : "",
			     SLICE_ARG(routing_shown(epid)), epid.len ? " of " : "",
			     SLICE_ARG(routing_party(r->d, r->from)), what, SLICE_ARG(routing_party(r->d, other)));
}

static void closed(const struct routed *r, struct slice type)
{
	(void)type;
	window(r, "closed");
}

static void marked_read(const struct routed *r, struct slice type)
{
	(void)type;
	window(r, "has read");
}

static void sync(const struct routed *r, struct slice type)
{
	(void)type;
	add_body(r);
	dissection_summarise(r->d, "%.*s asks %.*s to fetch the address book", SLICE_ARG(routing_party(r->d, r->from)),
			     SLICE_ARG(routing_party(r->d, r->to)));
}

/* Who was added, removed, renamed: all in XML. */
static void thread_activity(const struct routed *r, struct slice type)
{
	struct payload_xml p;

	summarise(r, type);
	if (!xml_looks_like(body_of(r))) {
		add_body(r);
		return;
	}
	if (!payload_xml_parse(&p, r->d, r->parent, r->body, RULE_ROUTING_BODY))
		return;
	routing_xml(r->d, &p);
	struct slice value = xml_text(p.root, "value"), target = xml_text(p.root, "target");
	if (target.len == 0)
		target = xml_text(p.root, "target/id");
	if (target.len)
		dissection_summary_add(r->d, "%.*s", SLICE_ARG(routing_shown(target)));
	if (value.len)
		dissection_summary_add(r->d, "\"%.*s\"", SLICE_ARG(routing_shown(value)));
	payload_xml_finish(&p);
}

static void message_text(const struct routed *r, struct slice type)
{
	if (r->content_type.len && !slice_eq_str(r->content_type, "text/plain") &&
	    payload_find(PAYLOAD_MIME_MSG, r->content_type)) {
		summarise(r, type);
		by_content(r, type);
		return;
	}
	text(r, type);
}

/* The body is empty, or a datacast that says the same once more. */
static void nudge(const struct routed *r, struct slice type)
{
	if (is_blank(r))
		add_body(r);
	else
		datacast_dissect(r->d, r->parent, r->body.source, r->body.offset, r->body.length, r->context);
	summarise(r, type);
}

static void other(const struct routed *r, struct slice type)
{
	summarise(r, type);
	by_content(r, type);
}

void routing_message(const struct routed *r)
{
	static const struct {
		const char *prefix;
		void (*dissect)(const struct routed *r, struct slice type);
	} rows[] = {
		{"Signal/CloseIMWindow", closed}, {"Signal/MarkIMWindowRead", marked_read},
		{"Signal/ForceAbchSync", sync},   {"ThreadActivity/", thread_activity},
		{"Text", message_text},           {"RichText", message_text},
		{"Nudge", nudge},
	};
	struct slice type = type_of(r);

	if (type.len == 0)
		finding_add(r->d, RULE_ROUTING_BODY, r->block, "no Message-Type");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_case_has_prefix(type, slice_str(rows[i].prefix))) {
			rows[i].dissect(r, type);
			return;
		}
	other(r, type);
}
