/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Payload of SDG, PUT, DEL and NFY: blocks of header lines, each ended by a
 * blank line, then a body.
 *
 *	Routing: 1.0
 *	To: 1:bo@example.com
 *	From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}
 *
 *	Reliability: 1.0
 *
 *	Messaging: 2.0                  or Notification: 1.0, Publication: 1.0
 *	Content-Length: 14
 *
 *	are you there?
 *
 * A block is known by its first line, not by its place.  Answers end behind
 * the second.
 */
#include "dissectors/routing.h"

#include <inttypes.h>

#include "dissectors/headers.h"
#include "dissectors/mime.h"

/* More blocks than any payload has; what follows is the body. */
#define BLOCKS_MAX 16u

/* A line of a block that becomes a field of its own. */
struct lifted {
	const char *header;
	enum field_id field;
};

static const struct lifted routing_lines[] = {
	{"To", F_ROUTING_TO},
	{"From", F_ROUTING_FROM},
	{"Options", F_ROUTING_OPTIONS},
	{"Service-Channel", F_ROUTING_CHANNEL},
	{NULL, 0},
};

static const struct lifted reliability_lines[] = {
	{"Stream", F_ROUTING_STREAM},
	{"Segment", F_ROUTING_SEGMENT},
	{"Flags", F_ROUTING_FLAGS},
	{NULL, 0},
};

static const struct lifted messaging_lines[] = {
	{"Message-Type", F_ROUTING_MESSAGE_TYPE},
	{"Message-Subtype", F_ROUTING_MESSAGE_SUBTYPE},
	{"Service-Channel", F_ROUTING_CHANNEL},
	{"Content-Transfer-Encoding", F_ROUTING_TRANSFER_ENCODING},
	{"Content-Length", F_ROUTING_CONTENT_LENGTH},
	{"Pipe", F_ROUTING_PIPE},
	{NULL, 0},
};

/* NotifNum and NotifType stand in Publication too: in the notices of MSNP18. */
static const struct lifted notice_lines[] = {
	{"NotifNum", F_ROUTING_NOTIF_NUM},
	{"NotifType", F_ROUTING_NOTIF_TYPE},
	{"Uri", F_ROUTING_URI},
	{"Content-Type", F_ROUTING_CONTENT_TYPE},
	{"Content-Length", F_ROUTING_CONTENT_LENGTH},
	{NULL, 0},
};

/* Kinds of blocks; behind those from MESSAGING on comes the body. */
enum block_kind { ROUTING, RELIABILITY, MESSAGING, NOTIFICATION, PUBLICATION, BLOCK_KINDS };

static const struct {
	const char *mark;
	enum field_id field;
	const struct lifted *lines;
} kinds[BLOCK_KINDS] = {
	[ROUTING] = {"Routing", F_ROUTING, routing_lines},
	[RELIABILITY] = {"Reliability", F_ROUTING_RELIABILITY, reliability_lines},
	[MESSAGING] = {"Messaging", F_ROUTING_MESSAGING, messaging_lines},
	[NOTIFICATION] = {"Notification", F_ROUTING_NOTIFICATION, notice_lines},
	[PUBLICATION] = {"Publication", F_ROUTING_PUBLICATION, notice_lines},
};

struct parser {
	struct routed r;
	unsigned source;
	size_t at, end;           /* what is left of the payload */
	bool seen[BLOCK_KINDS];
};

/* --- the mark of a block --- */

static bool is_name_byte(uint8_t c)
{
	return c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The name before the colon of the first line, where a version stands behind it; else empty. */
static struct slice mark_of(struct slice text)
{
	size_t colon = 0, at;

	while (colon < text.len && is_name_byte(text.ptr[colon]))
		colon++;
	if (colon == 0 || colon == text.len || text.ptr[colon] != ':')
		return SLICE_EMPTY;
	for (at = colon + 1; at < text.len && text.ptr[at] != '\r' && text.ptr[at] != '\n'; at++)
		if (text.ptr[at] != ' ' && text.ptr[at] != '.' && (text.ptr[at] < '0' || text.ptr[at] > '9'))
			return SLICE_EMPTY;
	return slice_sub(text, 0, colon);
}

static enum block_kind kind_of(struct slice mark)
{
	unsigned kind = ROUTING;

	while (kind < BLOCK_KINDS && !slice_case_eq(mark, slice_str(kinds[kind].mark)))
		kind++;
	return (enum block_kind)kind;
}

bool routing_looks_like(struct slice text)
{
	return kind_of(mark_of(text)) != BLOCK_KINDS;
}

/* --- lines --- */

static void add_number(struct dissection *d, struct field *parent, enum field_id id, const struct field *line)
{
	struct field *f = field_add(d, parent, id, line->source, line->offset, line->length);

	f->has_value = slice_u64(line->value.text, &f->value.number);
	if (!f->has_value)
		finding_add(d, RULE_MSNP_BAD_VALUE, f, "not a number: \"%.*s\"",
			    SLICE_ARG(routing_shown(line->value.text)));
}

/* One or more addresses; folded lines are not broken up, as their parts have no ranges. */
static void add_addresses(struct dissection *d, struct field *parent, enum field_id id, const struct field *line)
{
	struct slice rest = line->value.text;
	struct range all = {line->source, line->offset, line->length};
	struct field *f = field_add_text(d, parent, id, rest, all.source, all.offset, all.length);

	if (rest.len != line->length)
		return;
	size_t len = slice_find_byte(rest, ',');
	address_dissect(d, f, (struct range){all.source, all.offset, len});
	for (size_t at = len + 1; at < rest.len; at += len + 1) {
		struct slice part = slice_sub(rest, at, rest.len);
		len = slice_find_byte(part, ',');
		part = slice_trim(slice_sub(part, 0, len));
		if (part.len)
			routing_address(d, f, F_ROUTING_ALSO,
					(struct range){all.source, all.offset + (size_t)(part.ptr - rest.ptr), part.len});
	}
}

/* "/circle/roster(IM)/user(1:bo@example.com)" */
static void add_uri(struct dissection *d, struct field *parent, const struct field *line)
{
	struct slice text = line->value.text;
	struct field *f = field_add_text(d, parent, F_ROUTING_URI, text, line->source, line->offset, line->length);
	size_t roster = slice_find(text, SLICE_LIT("/roster(")), user = slice_find(text, SLICE_LIT("/user("));
	size_t skip = strlen("/roster(");

	if (text.len != line->length)
		return;
	if (roster < text.len)
		field_add_range(d, f, F_ROUTING_URI_ROSTER, line->source, line->offset + roster + skip,
				slice_find_byte(slice_sub(text, roster + skip, text.len), ')'));
	skip = strlen("/user(");
	if (user == text.len)
		return;
	struct slice account = slice_sub(text, user + skip, text.len);
	if (account.len && account.ptr[account.len - 1] == ')')
		account.len--;
	routing_address(d, f, F_ROUTING_URI_USER, (struct range){line->source, line->offset + user + skip, account.len});
}

/* Values of a set; of a Uri only the beginning is one. */
static void check_known(struct dissection *d, const struct field *f)
{
	static const char circle[] = "/circle/";

	if (!f->def->values || field_enum(f) || slice_has_prefix(f->value.text, slice_str(circle)))
		return;
	finding_add(d, RULE_ROUTING_UNKNOWN, f, "%s not known: \"%.*s\"", f->def->name,
		    SLICE_ARG(routing_shown(f->value.text)));
}

static void lift(struct dissection *d, struct field *block, const struct field *headers, const struct lifted *l)
{
	const struct field *line = headers_find(headers, l->header);

	if (!line || !line->has_value)
		return;
	switch (l->field) {
	case F_ROUTING_TO:
	case F_ROUTING_FROM:
		add_addresses(d, block, l->field, line);
		return;
	case F_ROUTING_URI:
		add_uri(d, block, line);
		break;
	case F_ROUTING_CONTENT_TYPE:
		field_add_text(d, block, l->field, mime_media_type(d->arena, line->value.text), line->source,
			       line->offset, line->length);
		break;
	default:
		if (field_defs[l->field].type == FIELD_UINT) {
			add_number(d, block, l->field, line);
			return;
		}
		field_add_text(d, block, l->field, line->value.text, line->source, line->offset, line->length);
	}
	check_known(d, block->last);
}

/* --- blocks --- */

/* Moves behind the block whose lines go into dict. */
static void read_lines(struct parser *p, struct field *dict, enum field_id line)
{
	bool ended;

	p->at += headers_dissect(p->r.d, dict, line, p->source, p->at, p->end - p->at, &ended);
	if (!ended)
		finding_add(p->r.d, RULE_ROUTING_BLOCKS, dict, "no blank line behind the block");
}

static void read_other(struct parser *p, struct slice mark, const char *why)
{
	struct field *dict = field_add(p->r.d, p->r.parent, F_ROUTING_OTHER_BLOCK, p->source, p->at, 0);

	finding_add(p->r.d, RULE_ROUTING_BLOCKS, dict, "block %.*s %s", SLICE_ARG(routing_shown(mark)), why);
	read_lines(p, dict, F_ROUTING_HEADER);
}

/* Lines of the Messaging block are those of a message: dissectors of bodies look for them below parent. */
static void read_known(struct parser *p, enum block_kind kind)
{
	struct routed *r = &p->r;
	struct field *block = field_add(r->d, r->parent, kinds[kind].field, p->source, p->at, 0);
	struct field *dict = field_add(r->d, kind == MESSAGING ? r->parent : block,
				       kind == MESSAGING ? F_MSG_HEADERS : F_ROUTING_HEADERS, p->source, p->at, 0);

	read_lines(p, dict, kind == MESSAGING ? F_MSG_HEADER : F_ROUTING_HEADER);
	block->length = dict->length;
	for (const struct lifted *l = kinds[kind].lines; l->header; l++)
		lift(r->d, block, dict, l);
	if (kind == ROUTING) {
		r->to = field_child(block, &field_defs[F_ROUTING_TO]);
		r->from = field_child(block, &field_defs[F_ROUTING_FROM]);
	}
	if (kind < MESSAGING)
		return;
	r->block = block;
	r->headers = dict;
	r->content_type = kind == MESSAGING ? mime_content_type(r->d, r->parent, dict)
					    : routing_text(block, F_ROUTING_CONTENT_TYPE);
}

static void read_blocks(struct parser *p)
{
	for (unsigned count = 0; count < BLOCKS_MAX && p->at < p->end; count++) {
		struct slice mark = mark_of(slice_sub(p->r.d->sources[p->source].data, p->at, p->end - p->at));
		enum block_kind kind = kind_of(mark);

		/* A body may look like a block: only one that is missing can stand behind the last. */
		if (mark.len == 0 || (p->r.block && (kind > RELIABILITY || p->seen[kind])))
			break;
		if (kind == BLOCK_KINDS) {
			read_other(p, mark, "is not known");
		} else if (p->seen[kind]) {
			read_other(p, mark, "stands there twice");
		} else {
			p->seen[kind] = true;
			read_known(p, kind);
		}
	}
}

/* --- the whole --- */

static bool is_answer(const struct dissection *d)
{
	return field_child(&d->root, &field_defs[P_result]) != NULL;
}

static void check_address(const struct routed *r, const struct field *f, const char *name)
{
	if (!f)
		finding_add(r->d, RULE_ROUTING_ADDRESS, NULL, "no %s", name);
	else if (routing_is_group(f) &&
		 slice_find(routing_text(f, F_ADDRESS_ACCOUNT), SLICE_LIT("@live.com")) ==
			 routing_text(f, F_ADDRESS_ACCOUNT).len)
		finding_add(r->d, RULE_ROUTING_ADDRESS, f, "a group whose address does not end in @live.com");
}

static void check_blocks(const struct parser *p)
{
	if (!p->seen[ROUTING])
		finding_add(p->r.d, RULE_ROUTING_BLOCKS, NULL, "no Routing block");
	if (!p->seen[RELIABILITY])
		finding_add(p->r.d, RULE_ROUTING_BLOCKS, NULL, "no Reliability block");
	if (!p->r.block && !is_answer(p->r.d))
		finding_add(p->r.d, RULE_ROUTING_BLOCKS, NULL, "no Messaging, Notification or Publication block");
	if (!p->seen[ROUTING])
		return;
	check_address(&p->r, p->r.to, "To");
	check_address(&p->r, p->r.from, "From");
}

/* What is there may be more or less than Content-Length says: the smaller counts. */
static void find_body(struct parser *p)
{
	struct routed *r = &p->r;
	const struct field *declared = field_child(r->block, &field_defs[F_ROUTING_CONTENT_LENGTH]);
	size_t rest = p->end - p->at;

	r->body = (struct range){p->source, p->at, rest};
	if (!declared || !declared->has_value || declared->value.number == rest)
		return;
	finding_add(r->d, RULE_ROUTING_LENGTH, declared, "Content-Length is %" PRIu64 ", but %zu bytes follow",
		    declared->value.number, rest);
	if (declared->value.number > rest)
		return;
	r->body.length = (size_t)declared->value.number;
	field_add_range(r->d, r->parent, F_ROUTING_TRAILING, p->source, p->at + r->body.length, rest - r->body.length);
}

/* The answer to PUT: a new group is its sender. */
static void summarise_answer(const struct routed *r)
{
	if (r->from && routing_is_group(r->from))
		dissection_summarise(r->d, "%.*s created", SLICE_ARG(routing_party(r->d, r->from)));
	else
		dissection_summary_add(r->d, "from %.*s", SLICE_ARG(routing_party(r->d, r->from)));
}

void routing_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	struct parser p = {.r = {.d = d, .parent = parent, .context = context}, .source = source, .at = offset,
			   .end = offset + length};

	read_blocks(&p);
	check_blocks(&p);
	if (p.r.block) {
		find_body(&p);
		if (p.seen[MESSAGING] && p.r.block->def == &field_defs[F_ROUTING_MESSAGING])
			routing_message(&p.r);
		else
			routing_notice(&p.r);
		return;
	}
	if (p.at < p.end)
		field_add_range(d, parent, F_PAYLOAD_DATA, source, p.at, p.end - p.at);
	if (p.seen[ROUTING])
		summarise_answer(&p.r);
	else
		dissection_summary_add(d, "%zu bytes", length);
}
