/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every payload begins with header lines and a blank line:
 *
 *	Registration: bWFyaw==
 *
 *	<msgr><ver>2</ver><client><name>Skype</name></client></msgr>
 *
 * The body is one XML element, or blocks as those of MSNP21.
 */
#include "dissectors/msnp24.h"

#include "dissectors/headers.h"
#include "dissectors/routing.h"

/* Members and contacts that the summary names. */
#define NAMED_MAX 3u

/* One field lifted out of XML: the text of the element at a path below the root, of each when the field repeats. */
struct lift {
	const char *root, *path;
	enum field_id field;
};

static const struct lift lifts[] = {
	{"connect", "agent/os", F_MSNP24_OS},
	{"connect", "agent/osVer", F_MSNP24_OS_VERSION},
	{"connect", "agent/lcid", F_MSNP24_LOCALE},
	{"connect-response", "nonce", F_MSNP24_NONCE},
	{"xfr", "target", F_MSNP24_TARGET},
	{"user", "id", F_MSNP24_USER},
	{"user", "alias", F_MSNP24_USER},
	{"msgr", "client/name", F_MSNP24_CLIENT},
	{"msgr", "client/ver", F_MSNP24_CLIENT_VERSION},
	{"msgr", "client/networks", F_MSNP24_NETWORKS},
	{"msgr", "epid", F_MSNP24_EPID},
	{"msgr-response", "nonce", F_MSNP24_NONCE},
	{"presence-response", "from", F_MSNP24_USER},
	{"activeendpoint", "timeout", F_MSNP24_TIMEOUT},
	{"ping-response", "wait", F_MSNP24_WAIT},
	{"recentconversations", "start", F_MSNP24_START},
	{"recentconversations", "pagesize", F_MSNP24_PAGE_SIZE},
	{"messagesbyconversation", "id", F_MSNP24_CONVERSATION},
	{"messagesbyconversation", "start", F_MSNP24_START},
	{"messagesbyconversation", "pagesize", F_MSNP24_PAGE_SIZE},
	{"messagesbyconversation-response", "id", F_MSNP24_CONVERSATION},
	{"thread", "id", F_MSNP24_THREAD},
	{"thread", "properties/topic", F_MSNP24_TOPIC},
};

static const struct lift message_lifts[] = {
	{"message", "from", F_MSNP24_MESSAGE_FROM},
	{"message", "messagetype", F_MSNP24_MESSAGE_TYPE},
	{"message", "originalarrivaltime", F_MSNP24_MESSAGE_TIME},
	{"message", "content", F_MSNP24_MESSAGE_TEXT},
};

static void lift(const struct xml_origin *x, struct field *parent, const struct xml_element *e, const struct lift *l)
{
	const struct xml_element *found = xml_path(e, l->path);

	if (!found || found->first || (!(field_defs[l->field].flags & FIELD_REPEATS) &&
				       field_child(parent, &field_defs[l->field])))
		return;
	if (field_defs[l->field].type == FIELD_UINT) {
		xml_add_number(x, parent, l->field, found);
		return;
	}
	struct field *f = xml_add_text(x, parent, l->field, found);
	if (l->field == F_MSNP24_TARGET && f->length == f->value.text.len)
		host_port_dissect(x->d, f, (struct range){f->source, f->offset, f->length});
}

static struct slice value(const struct payload_xml *b, enum field_id id)
{
	return routing_shown(routing_text(b->parent, id));
}

/* --- lists --- */

/* "3 contacts" or "1 contact". */
static void say_count(struct dissection *d, size_t count, const char *what)
{
	dissection_summary_add(d, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void add_contacts(const struct payload_xml *b)
{
	size_t count = 0;

	for (const struct xml_element *part = b->root->first; part; part = part->next)
		for (const struct xml_element *c = xml_child(part, "c"); c; c = xml_same(c))
			if (xml_add_attribute(&b->x, b->parent, F_MSNP24_CONTACT, c, "n"))
				count++;
	say_count(b->x.d, count, "contact");
}

static void add_members(const struct payload_xml *b)
{
	static const struct lift role = {"member", "role", F_MSNP24_MEMBER_ROLE};
	size_t count = 0;

	for (const struct xml_element *e = xml_path(b->root, "members/member"); e; e = xml_same(e)) {
		struct field *f = xml_add_branch(&b->x, b->parent, F_MSNP24_MEMBER, e);
		struct field *id = xml_add_text(&b->x, f, F_MSNP24_MEMBER_ID, xml_child(e, "mri"));

		if (id && id->length == id->value.text.len)
			address_dissect(b->x.d, id, (struct range){id->source, id->offset, id->length});
		lift(&b->x, f, e, &role);
		if (id && count++ < NAMED_MAX)
			dissection_summary_add(b->x.d, "%.*s", SLICE_ARG(routing_shown(id->value.text)));
	}
	if (count > NAMED_MAX)
		say_count(b->x.d, count - NAMED_MAX, "other");
}

static void add_threads(const struct payload_xml *b)
{
	static const struct lift id = {"thread", "id", F_MSNP24_THREAD};
	size_t count = 0;

	for (const struct xml_element *e = xml_child(b->root, "thread"); e; e = xml_same(e), count++)
		lift(&b->x, b->parent, e, &id);
	say_count(b->x.d, count, "thread");
}

static void add_conversations(const struct payload_xml *b)
{
	static const struct lift id = {"conversation", "id", F_MSNP24_CONVERSATION};
	size_t count = 0;

	for (const struct xml_element *e = xml_path(b->root, "conversations/conversation"); e; e = xml_same(e), count++)
		lift(&b->x, b->parent, e, &id);
	say_count(b->x.d, count, "conversation");
}

static void add_messages(const struct payload_xml *b)
{
	size_t count = 0;

	for (const struct xml_element *e = xml_path(b->root, "messages/message"); e; e = xml_same(e), count++) {
		struct field *f = xml_add_branch(&b->x, b->parent, F_MSNP24_MESSAGE, e);

		for (size_t i = 0; i < sizeof(message_lifts) / sizeof(message_lifts[0]); i++)
			lift(&b->x, f, e, &message_lifts[i]);
	}
	say_count(b->x.d, count, "message");
}

/* --- summaries of what was lifted --- */

static void say_client(const struct payload_xml *b)
{
	struct slice locale = value(b, F_MSNP24_LOCALE);

	dissection_summary_add(b->x.d, "client on %.*s %.*s", SLICE_ARG(value(b, F_MSNP24_OS)),
			       SLICE_ARG(value(b, F_MSNP24_OS_VERSION)));
	if (locale.len)
		dissection_summary_add(b->x.d, "%.*s", SLICE_ARG(locale));
}

static void say_target(const struct payload_xml *b)
{
	dissection_summary_add(b->x.d, "%.*s", SLICE_ARG(value(b, F_MSNP24_TARGET)));
}

static void say_user(const struct payload_xml *b)
{
	struct slice user = value(b, F_MSNP24_USER);

	if (user.len)
		dissection_summary_add(b->x.d, "as %.*s", SLICE_ARG(user));
}

static void say_program(const struct payload_xml *b)
{
	dissection_summary_add(b->x.d, "%.*s %.*s at %.*s", SLICE_ARG(value(b, F_MSNP24_CLIENT)),
			       SLICE_ARG(value(b, F_MSNP24_CLIENT_VERSION)), SLICE_ARG(value(b, F_MSNP24_EPID)));
}

static void say_thread(const struct payload_xml *b)
{
	struct slice id = value(b, F_MSNP24_THREAD), topic = value(b, F_MSNP24_TOPIC);

	if (id.len)
		dissection_summary_add(b->x.d, "%.*s", SLICE_ARG(id));
	if (topic.len)
		dissection_summary_add(b->x.d, "\"%.*s\"", SLICE_ARG(topic));
	add_members(b);
}

static void say_seconds(const struct payload_xml *b)
{
	struct slice wait = xml_text(b->root, "wait"), timeout = xml_text(b->root, "timeout");

	dissection_summary_add(b->x.d, "%s %.*s s", wait.len ? "next in" : "for",
			       SLICE_ARG(routing_shown(wait.len ? wait : timeout)));
}

static void say_conversation(const struct payload_xml *b)
{
	dissection_summary_add(b->x.d, "%.*s", SLICE_ARG(value(b, F_MSNP24_CONVERSATION)));
}

static void say_messages(const struct payload_xml *b)
{
	say_conversation(b);
	add_messages(b);
}

static const struct {
	const char *root;
	void (*dissect)(const struct payload_xml *b);
} roots[] = {
	{"connect", say_client},
	{"xfr", say_target},
	{"user", say_user},
	{"presence-response", say_user},
	{"msgr", say_program},
	{"ml", add_contacts},
	{"thread", say_thread},
	{"threads", add_threads},
	{"threads-response", add_threads},
	{"recentconversations-response", add_conversations},
	{"messagesbyconversation", say_conversation},
	{"messagesbyconversation-response", say_messages},
	{"activeendpoint", say_seconds},
	{"ping-response", say_seconds},
};

static void dissect_xml(struct dissection *d, struct field *parent, struct range r)
{
	struct payload_xml p;

	if (!payload_xml_parse(&p, d, parent, r, RULE_ROUTING_BODY))
		return;
	routing_xml(d, &p);
	for (size_t i = 0; i < sizeof(lifts) / sizeof(lifts[0]); i++)
		if (payload_xml_named(p.root, lifts[i].root))
			lift(&p.x, parent, p.root, &lifts[i]);
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (payload_xml_named(p.root, roots[i].root))
			roots[i].dissect(&p);
	payload_xml_finish(&p);
}

/* What cannot be read there may be a ticket. */
static bool is_sign_in(const struct dissection *d)
{
	return slice_eq_str(routing_text(&d->root, F_MSNP_NAME), "ATH");
}

/* A blank line at once, or the name of a header before a colon. */
static bool begins_with_headers(struct slice text)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] != ':' && text.ptr[at] > ' ' && text.ptr[at] != '<')
		at++;
	return at < text.len && (at ? text.ptr[at] == ':' : text.ptr[0] == '\r' || text.ptr[0] == '\n');
}

/* Returns the bytes of the header lines with their blank line. */
static size_t dissect_headers(struct dissection *d, struct field *parent, struct range r)
{
	struct field *headers = field_add(d, parent, F_MSNP24_HEADERS, r.source, r.offset, 0);
	struct slice text = slice_sub(d->sources[r.source].data, r.offset, r.length);
	bool ended = false;
	size_t length = 0;

	if (begins_with_headers(text) && !routing_looks_like(text))
		length = headers_dissect(d, headers, F_MSNP24_HEADER, r.source, r.offset, r.length, &ended);
	if (!ended)
		finding_add(d, RULE_ROUTING_BLOCKS, headers, "no blank line before the body");
	return length;
}

void msnp24_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		    const struct msnp_context *context)
{
	size_t head = dissect_headers(d, parent, (struct range){source, offset, length});
	struct range r = {source, offset + head, length - head};
	struct slice body = slice_sub(d->sources[source].data, r.offset, r.length);

	if (routing_looks_like(body))
		routing_dissect(d, parent, source, r.offset, r.length, context);
	else if (xml_looks_like(body))
		dissect_xml(d, parent, r);
	else if (is_sign_in(d) && r.length)
		field_add_range(d, parent, F_PAYLOAD_SECRET, source, r.offset, r.length);
	else if (r.length)
		payload_xml_shown(d, parent, r);
}
