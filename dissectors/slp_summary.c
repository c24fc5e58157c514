/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an MSNSLP message is, on one line:
 *
 *	INVITE bob@example.com: file "notes.txt", 10665 bytes, session 1234
 *	200 OK: listens on 192.0.2.1:1234
 *	BYE bob@example.com
 */
#include <inttypes.h>

#include "dissectors/slp_parts.h"
#include "util/utf8.h"

/* Addresses and bridges that are named. */
#define SHOWN_ADDRESSES_MAX 3u
#define SHOWN_BRIDGES_MAX 8u

/* --- reading the tree --- */

static const struct field *child(const struct field *f, enum field_id id)
{
	return f ? field_child(f, &field_defs[id]) : NULL;
}

static struct slice shown(const struct field *f)
{
	return f && f->has_value ? utf8_cut(f->value.text, SLP_SHOWN_MAX) : SLICE_EMPTY;
}

static const char *enum_name(const struct field *f)
{
	const struct enum_row *row = f && f->has_value ? field_enum(f) : NULL;

	return row ? row->name : "";
}

static const char *enum_meaning(const struct field *f, const char *otherwise)
{
	const struct enum_row *row = f && f->has_value ? field_enum(f) : NULL;

	return row ? row->meaning : otherwise;
}

static bool is_content(const struct slp *m, const char *name)
{
	return strcmp(enum_name(child(m->message, F_SLP_CONTENT_TYPE)), name) == 0;
}

/* --- what a session is for --- */

static struct slice object_purpose(const struct field *object)
{
	return slice_str(enum_meaning(child(object, F_MSNOBJ_TYPE), "object"));
}

static struct slice file_purpose(struct arena *arena, const struct field *file)
{
	const struct field *background = child(file, F_FILE_BACKGROUND_NAME);

	return arena_printf(arena, "%s \"%.*s\"", background ? "background" : "file",
			    SLICE_ARG(shown(child(file, F_FILE_NAME))));
}

static struct slice media_purpose(struct arena *arena, const struct field *application, const struct field *media)
{
	bool watch = strcmp(enum_name(application), "webcam_watch") == 0;

	return arena_printf(arena, "%s, inviter %s", enum_meaning(media, "media"), watch ? "watches" : "sends");
}

static struct slice application_purpose(struct arena *arena, const struct field *application)
{
	const char *name = enum_name(application);

	if (!application)
		return SLICE_EMPTY;
	if (strcmp(name, "object") == 0)
		return SLICE_LIT("object");
	if (name[0])
		return slice_str(enum_meaning(application, ""));
	return arena_printf(arena, "application %.*s", SLICE_ARG(shown(application)));
}

struct slice slp_purpose(struct arena *arena, const struct field *message)
{
	const struct field *context = child(message, F_SLP_CONTEXT);
	const struct field *object = child(context, F_SLP_CONTEXT_OBJECT);
	const struct field *file = child(context, F_FILE_CONTEXT);
	const struct field *application = child(message, F_SLP_EUF_GUID);

	if (object)
		return object_purpose(object);
	if (file)
		return file_purpose(arena, file);
	if (child(context, F_SLP_CONTEXT_MEDIA))
		return media_purpose(arena, application, child(context, F_SLP_CONTEXT_MEDIA));
	if (child(context, F_SLP_CONTEXT_ACTIVITY_NAME))
		return arena_printf(arena, "activity \"%.*s\"",
				    SLICE_ARG(shown(child(context, F_SLP_CONTEXT_ACTIVITY_NAME))));
	return application_purpose(arena, application);
}

/* --- connections --- */

/* Adds to the text, behind a comma when it is not empty. */
static void add_item(const struct slp *m, struct slice *text, struct slice item)
{
	*text = arena_printf(m->d->arena, "%.*s%s%.*s", SLICE_ARG(*text), text->len ? ", " : "", SLICE_ARG(item));
}

static struct slice bridges(const struct slp *m)
{
	struct slice text = SLICE_EMPTY;
	unsigned count = 0;

	for (const struct field *f = m->message->first; f; f = f->next) {
		if (f->def != &field_defs[F_SLP_BRIDGES] || count++ >= SHOWN_BRIDGES_MAX)
			continue;
		add_item(m, &text, utf8_cut(f->value.text, SLP_FINDING_MAX));
	}
	return text;
}

static struct slice address(const struct slp *m, const struct field *f)
{
	const struct field *port = child(f, F_SLP_ADDRESS_PORT);
	struct slice ip = utf8_cut(shown(child(f, F_SLP_ADDRESS_IP)), SLP_FINDING_MAX);
	bool brackets = slice_find_byte(ip, ':') < ip.len;

	if (!port || !port->has_value)
		return ip;
	return arena_printf(m->d->arena, "%s%.*s%s:%" PRIu64, brackets ? "[" : "", SLICE_ARG(ip), brackets ? "]" : "",
			    port->value.number);
}

static struct slice addresses(const struct slp *m)
{
	struct slice text = SLICE_EMPTY;
	unsigned count = 0;

	for (const struct field *f = m->message->first; f; f = f->next)
		if (f->def == &field_defs[F_SLP_ADDRESS] && count++ < SHOWN_ADDRESSES_MAX)
			add_item(m, &text, address(m, f));
	if (count > SHOWN_ADDRESSES_MAX)
		add_item(m, &text, arena_printf(m->d->arena, "%u more", count - SHOWN_ADDRESSES_MAX));
	return text;
}

/* What is said of connections; empty when nothing is. */
static struct slice connection(const struct slp *m)
{
	const struct field *listening = child(m->message, F_SLP_LISTENING);
	struct slice bridge = shown(child(m->message, F_SLP_BRIDGE)), offered = bridges(m), places = addresses(m);
	struct slice text = SLICE_EMPTY;

	if (offered.len)
		text = arena_printf(m->d->arena, "direct connection offered (%.*s)", SLICE_ARG(offered));
	else if (is_content(m, "transport_request"))
		text = SLICE_LIT("direct connection offered");
	else if (is_content(m, "udp_switch"))
		text = SLICE_LIT("switch to UDP");
	else if (is_content(m, "turn_setup"))
		text = SLICE_LIT("TURN set-up");
	else if (bridge.len && !(listening && listening->value.number && places.len))
		text = bridge;
	if (listening && listening->has_value && !listening->value.number && !offered.len)
		add_item(m, &text, SLICE_LIT("does not listen"));
	if (places.len)
		add_item(m, &text, arena_printf(m->d->arena, "%s%.*s",
						is_content(m, "transport_addresses") ? "addresses " : "listens on ",
						SLICE_ARG(places)));
	if (child(m->message, F_SLP_TURN_SERVER))
		add_item(m, &text, shown(child(m->message, F_SLP_TURN_SERVER)));
	return text;
}

/* --- the line --- */

static struct slice recipient(const struct slp *m)
{
	struct slice account = shown(child(child(m->message, F_SLP_TO), F_ADDRESS_ACCOUNT));
	struct slice uri = shown(child(m->message, F_SLP_URI));

	if (account.len || !slice_case_has_prefix(uri, SLICE_LIT("MSNMSGR:")))
		return account;
	uri = slice_sub(uri, strlen("MSNMSGR:"), uri.len);
	return slice_sub(uri, 0, slice_find_byte(uri, ';'));
}

/* "INVITE bob@example.com", "200 OK". */
static struct slice head(const struct slp *m)
{
	const struct field *method = child(m->message, F_SLP_METHOD);
	const struct field *status = child(m->message, F_SLP_STATUS);

	if (method)
		return arena_printf(m->d->arena, "%.*s %.*s", SLICE_ARG(shown(method)), SLICE_ARG(recipient(m)));
	if (status && status->has_value)
		return arena_printf(m->d->arena, "%" PRIu64 " %.*s", status->value.number,
				    SLICE_ARG(shown(child(m->message, F_SLP_REASON))));
	return SLICE_LIT("broken MSNSLP message");
}

static void add_size(const struct slp *m, struct slice *text)
{
	const struct field *context = child(m->message, F_SLP_CONTEXT);
	const struct field *size = child(child(context, F_SLP_CONTEXT_OBJECT), F_MSNOBJ_SIZE);

	if (!size)
		size = child(child(context, F_FILE_CONTEXT), F_FILE_SIZE);
	if (size && size->has_value)
		add_item(m, text, arena_printf(m->d->arena, "%" PRIu64 " bytes", size->value.number));
}

static void add_end(const struct slp *m, struct slice *text)
{
	const struct field *status = child(child(m->message, F_SLP_CONTEXT), F_SLP_CONTEXT_STATUS);
	const struct field *accepted = child(m->message, F_SLP_ACCEPTED_BY);
	const struct field *declined = child(m->message, F_SLP_DECLINED_BY);

	if (accepted)
		add_item(m, text, arena_printf(m->d->arena, "accepted by %.*s", SLICE_ARG(shown(accepted))));
	if (declined)
		add_item(m, text, arena_printf(m->d->arena, "declined by %.*s", SLICE_ARG(shown(declined))));
	if (status)
		add_item(m, text, arena_printf(m->d->arena, "status 0x%08" PRIx64, status->value.number));
}

void slp_summary(const struct slp *m)
{
	const struct field *session = child(m->message, F_SLP_SESSION_ID);
	struct slice line = head(m), what = slp_purpose(m->d->arena, m->message), link = connection(m);

	add_size(m, &what);
	if (link.len)
		add_item(m, &what, link);
	add_end(m, &what);
	if (what.len)
		line = arena_printf(m->d->arena, "%.*s: %.*s", SLICE_ARG(line), SLICE_ARG(what));
	if (session && session->has_value && session->value.number && !link.len)
		add_item(m, &line, arena_printf(m->d->arena, "session %" PRIu64, session->value.number));
	dissection_summary_add(m->d, "%.*s", SLICE_ARG(line));
}
