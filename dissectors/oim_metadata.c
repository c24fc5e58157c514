/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notices: the body of the MSG is a second block of headers.
 *
 *	Mail-Data: <MD><E><I>12</I><IU>3</IU><O>4</O><OU>1</OU></E>
 *	    <Q><QTM>409600</QTM><QNM>204800</QNM></Q>
 *	    <M><T>11</T><S>6</S><RT>2007-05-14T15:52:53.377Z</RT><RS>0</RS><SZ>950</SZ>
 *	       <E>bo@example.com</E><I>GUID</I><F>GUID or .!!OIM</F><N>=?utf-8?B?Qm8=?=</N><SU> </SU></M>...</MD>
 *	Inbox-URL: /cgi-bin/inbox
 *	Folders-URL: /cgi-bin/folders
 *	Post-URL: http://mail.example.com
 *
 * in one line; or "Mail-Data: too-large".  E and Q come with the notice after
 * signing in only, RT not with the one about a new message.  SU may stand
 * behind its M.  GetMetadata answers with the same MD.
 *
 *	Src-Folder: .!!OIM
 *	Dest-Folder: .!!trAsH
 *	Message-Delta: 1
 */
#include "dissectors/oim_metadata.h"

#include <inttypes.h>

#include "dissectors/headers.h"
#include "dissectors/mime.h"
#include "dissectors/oim_date.h"
#include "dissectors/oim_mail.h"
#include "util/utf8.h"

/* Senders that the summary names, and bytes of one of its words. */
#define SENDERS_SHOWN 3u
#define SHOWN_MAX 60u

enum kind { KIND_TEXT, KIND_NUMBER, KIND_BOOL, KIND_WORDS, KIND_TIME };

/* An element that becomes a field. */
struct known_element {
	const char *name;
	enum field_id id;
	enum kind kind;
};

static const struct known_element counters[] = {
	{"I", F_OIM_INBOX, KIND_NUMBER},
	{"IU", F_OIM_INBOX_UNREAD, KIND_NUMBER},
	{"O", F_OIM_FOLDERS, KIND_NUMBER},
	{"OU", F_OIM_FOLDERS_UNREAD, KIND_NUMBER},
	{NULL, FIELD_COUNT, KIND_TEXT},
};

static const struct known_element quotas[] = {
	{"QTM", F_OIM_QTM, KIND_NUMBER},
	{"QNM", F_OIM_QNM, KIND_NUMBER},
	{NULL, FIELD_COUNT, KIND_TEXT},
};

static const struct known_element message[] = {
	{"I", F_OIM_ID, KIND_TEXT},
	{"E", F_OIM_FROM, KIND_TEXT},
	{"N", F_OIM_FROM_NAME, KIND_WORDS},
	{"RT", F_OIM_RECEIVED, KIND_TIME},
	{"RS", F_OIM_READ, KIND_BOOL},
	{"SZ", F_OIM_SIZE, KIND_NUMBER},
	{"T", F_OIM_TYPE, KIND_NUMBER},
	{"S", F_OIM_S, KIND_NUMBER},
	{"F", F_OIM_FOLDER, KIND_TEXT},
	{"SU", F_OIM_SUBJECT, KIND_WORDS},
	{NULL, FIELD_COUNT, KIND_TEXT},
};

static void add_time(const struct xml_origin *x, struct field *parent, enum field_id id, const struct xml_element *e)
{
	const struct field *f = xml_add_text(x, parent, id, e);
	int64_t ns;

	if (!oim_date_iso(f->value.text, &ns))
		finding_add(x->d, x->rule, f, "not a time: \"%.*s\"", SLICE_ARG(utf8_cut(f->value.text, SHOWN_MAX)));
}

static void add_known(const struct xml_origin *x, struct field *parent, const struct known_element *known,
		      const struct xml_element *e)
{
	switch (known->kind) {
	case KIND_TEXT:
		xml_add_text(x, parent, known->id, e);
		break;
	case KIND_NUMBER:
		xml_add_number(x, parent, known->id, e);
		break;
	case KIND_BOOL:
		xml_add_bool(x, parent, known->id, e);
		break;
	case KIND_WORDS:
		xml_add_decoded(x, parent, known->id, e, oim_decode_words(x->d, xml_text(e, "")));
		break;
	case KIND_TIME:
		add_time(x, parent, known->id, e);
		break;
	}
}

/* The children of e that the table names; others are told by a finding. */
static void add_children(const struct xml_origin *x, struct field *parent, const struct known_element *table,
			 const struct xml_element *e)
{
	for (e = e->first; e; e = e->next) {
		const struct known_element *known = table;

		while (known->name && !slice_eq_str(e->name, known->name))
			known++;
		if (known->name && !field_child(parent, &field_defs[known->id]))
			add_known(x, parent, known, e);
		else
			finding_add(x->d, x->rule, parent, "unexpected element %.*s: \"%.*s\"",
				    SLICE_ARG(utf8_cut(e->name, SHOWN_MAX)),
				    SLICE_ARG(utf8_cut(xml_text(e, ""), SHOWN_MAX)));
	}
}

static void add_message(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	struct field *f = xml_add_branch(x, parent, F_OIM_WAITING, e);

	if (x->d->fields_left_out)
		return;
	add_children(x, f, message, e);
	if (!field_child(f, &field_defs[F_OIM_ID]))
		finding_add(x->d, x->rule, f, "message without id");
	if (!field_child(f, &field_defs[F_OIM_FROM]))
		finding_add(x->d, x->rule, f, "message without sender");
}

/* A subject behind its message, as one server writes it. */
static bool add_late_subject(const struct xml_origin *x, struct field *metadata, const struct xml_element *e)
{
	struct field *last = metadata->last;

	if (!slice_eq_str(e->name, "SU") || !last || last->def != &field_defs[F_OIM_WAITING] ||
	    field_child(last, &field_defs[F_OIM_SUBJECT]))
		return false;
	xml_add_decoded(x, last, F_OIM_SUBJECT, e, oim_decode_words(x->d, xml_text(e, "")));
	return true;
}

/* `a@example.com "Name"` */
static struct slice sender(struct dissection *d, const struct field *waiting)
{
	const struct field *from = field_child(waiting, &field_defs[F_OIM_FROM]);
	const struct field *name = field_child(waiting, &field_defs[F_OIM_FROM_NAME]);
	struct slice account = from ? utf8_cut(from->value.text, SHOWN_MAX) : SLICE_LIT("?");

	if (!name || name->value.text.len == 0 || slice_eq(name->value.text, account))
		return account;
	return arena_printf(d->arena, "%.*s \"%.*s\"", SLICE_ARG(account),
			    SLICE_ARG(utf8_cut(name->value.text, SHOWN_MAX)));
}

static void summarise_senders(struct dissection *d, const struct field *metadata, size_t count)
{
	size_t shown = 0;

	for (const struct field *f = metadata->first; f && shown < SENDERS_SHOWN; f = f->next)
		if (f->def == &field_defs[F_OIM_WAITING]) {
			dissection_summary_add(d, "from %.*s", SLICE_ARG(sender(d, f)));
			shown++;
		}
	if (count > shown)
		dissection_summary_add(d, "and %zu more", count - shown);
}

static void summarise(struct dissection *d, const struct field *metadata)
{
	size_t count = 0;

	for (const struct field *f = metadata->first; f; f = f->next)
		count += f->def == &field_defs[F_OIM_WAITING];
	if (count == 0)
		dissection_summary_add(d, "no offline messages wait");
	else if (count == 1)
		dissection_summary_add(d, "1 offline message waits");
	else
		dissection_summary_add(d, "%zu offline messages wait", count);
	summarise_senders(d, metadata, count);
}

void oim_metadata_dissect(const struct xml_origin *x, struct field *parent, const struct xml_element *md)
{
	struct field *metadata = xml_add_branch(x, parent, F_OIM_METADATA, md);

	if (!metadata)
		return;
	for (const struct xml_element *e = md->first; e; e = e->next) {
		if (slice_eq_str(e->name, "E"))
			add_children(x, metadata, counters, e);
		else if (slice_eq_str(e->name, "Q"))
			add_children(x, metadata, quotas, e);
		else if (slice_eq_str(e->name, "M"))
			add_message(x, metadata, e);
		else if (!add_late_subject(x, metadata, e))
			finding_add(x->d, x->rule, metadata, "unexpected element %.*s",
				    SLICE_ARG(utf8_cut(e->name, SHOWN_MAX)));
	}
	summarise(x->d, metadata);
}

/* Where the text of Mail-Data lies: in the source as a rule, in one of its own when its line was folded. */
static struct xml_origin mail_data(struct dissection *d, const struct field *header)
{
	struct slice text = header->value.text, data = d->sources[header->source].data;

	if (text.len == header->length && header->offset <= data.len && text.ptr == data.ptr + header->offset)
		return (struct xml_origin){d, header->source, header->offset, RULE_OIM_METADATA};
	return (struct xml_origin){d, dissection_add_source(d, "mail-data", text), 0, RULE_OIM_METADATA};
}

static void add_mail_data(struct dissection *d, struct field *parent, const struct field *header)
{
	struct slice text = header->value.text;

	if (slice_eq_str(text, "too-large")) {
		field_add_number(d, parent, F_OIM_TOO_LARGE, 1, header->source, header->offset, header->length);
		dissection_summary_add(d, "more offline messages wait than the notice holds");
		return;
	}
	struct xml_document document = xml_parse(d->arena, text);
	struct xml_origin x = mail_data(d, header);
	bool found = document.root && slice_eq_str(document.root->name, "MD");
	if (!found)
		finding_add(d, RULE_OIM_METADATA, header, "Mail-Data is neither a list nor too-large");
	else if (document.broken)
		finding_add(d, RULE_OIM_METADATA, header, "Mail-Data: %.*s", SLICE_ARG(document.error));
	if (found)
		oim_metadata_dissect(&x, parent, document.root);
	else
		dissection_summary_add(d, "notice of offline messages, not readable");
}

/* The header block in the body. */
static const struct field *notice_headers(struct dissection *d, struct field *parent, unsigned source, size_t offset,
					  size_t length)
{
	struct field *headers = field_add(d, parent, F_OIM_NOTICE_HEADERS, source, offset, length);
	bool ended;

	headers_dissect(d, headers, F_OIM_NOTICE_HEADER, source, offset, length, &ended);
	return headers;
}

void oim_notice_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			const struct msnp_context *context)
{
	const struct field *headers = notice_headers(d, parent, source, offset, length);
	const struct field *data = headers_find(headers, "Mail-Data");
	const struct field *metadata, *last;

	(void)context;
	if (!data) {
		finding_add(d, RULE_OIM_METADATA, headers, "no Mail-Data");
		dissection_summary_add(d, "notice of offline messages without list");
		return;
	}
	add_mail_data(d, parent, data);
	metadata = field_child(parent, &field_defs[F_OIM_METADATA]);
	size_t count = 0;
	for (last = metadata ? metadata->first : NULL; last; last = last->next)
		count += last->def == &field_defs[F_OIM_WAITING];
	if (count > OIM_NOTICE_MESSAGES_MAX)
		finding_add(d, RULE_OIM_METADATA, metadata, "%zu messages in one notice, more than %u", count,
			    OIM_NOTICE_MESSAGES_MAX);
}

static const struct field *move_header(struct dissection *d, struct field *parent, enum field_id id,
				       const struct field *headers, const char *name)
{
	const struct field *f = headers_find(headers, name);

	if (f)
		field_add_text(d, parent, id, f->value.text, f->source, f->offset, f->length);
	else
		finding_add(d, RULE_OIM_METADATA, headers, "no %s", name);
	return f;
}

/* "offline messages", or the folder as it is called. */
static struct slice folder_name(const struct field *f)
{
	static const char *const names[][2] = {
		{".!!OIM", "offline messages"}, {".!!trAsH", "trash"}, {"trAsH", "trash"}, {"ACTIVE", "inbox"},
		{"HM_BuLkMail_", "junk mail"},
	};

	for (size_t i = 0; f && i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(f->value.text, names[i][0]))
			return slice_str(names[i][1]);
	return f ? utf8_cut(f->value.text, SHOWN_MAX) : SLICE_LIT("?");
}

/* A whole number, perhaps negative. */
static bool is_integer(struct slice s)
{
	uint64_t n;
	size_t sign = s.len && s.ptr[0] == '-';

	return slice_u64(slice_sub(s, sign, s.len), &n);
}

/* Of whole numbers. */
static bool is_positive(struct slice s)
{
	uint64_t n;

	return slice_u64(s, &n) && n > 0;
}

void oim_moved_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		       const struct msnp_context *context)
{
	const struct field *headers = notice_headers(d, parent, source, offset, length);
	const struct field *from = move_header(d, parent, F_OIM_FROM_FOLDER, headers, "Src-Folder");
	const struct field *to = move_header(d, parent, F_OIM_TO_FOLDER, headers, "Dest-Folder");
	const struct field *count = move_header(d, parent, F_OIM_MOVED, headers, "Message-Delta");

	(void)context;
	if (count && !is_integer(count->value.text))
		finding_add(d, RULE_MSG_BAD_VALUE, count, "Message-Delta is not a number: \"%.*s\"",
			    SLICE_ARG(utf8_cut(count->value.text, SHOWN_MAX)));
	else if (count && !is_positive(count->value.text))
		finding_add(d, RULE_MSG_DELTA, count, "Message-Delta is %.*s", SLICE_ARG(utf8_cut(count->value.text, SHOWN_MAX)));
	dissection_summary_add(d, "%.*s mail%s moved from %.*s to %.*s",
			       SLICE_ARG(count ? utf8_cut(count->value.text, SHOWN_MAX) : SLICE_LIT("?")),
			       count && slice_eq_str(count->value.text, "1") ? "" : "s", SLICE_ARG(folder_name(from)),
			       SLICE_ARG(folder_name(to)));
}
