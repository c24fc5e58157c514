/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies that are second blocks of headers:
 *
 *	Type: 1                         Client-Name: aMSN 0.97
 *	Arg1: 5                         Chat-Logging: Y
 */
#include "dissectors/msg_notice.h"

#include <inttypes.h>

#include "dissectors/mime.h"
#include "dissectors/msg_block.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u
/* Type of the message before the server goes down. */
#define SYSTEM_SHUTDOWN 1u

static const struct msg_line system_lines[] = {
	{"Type", F_SYSTEM_TYPE, MSG_LINE_NUMBER},
	{"Arg1", F_SYSTEM_ARG1, MSG_LINE_NUMBER},
};

static const struct msg_line client_lines[] = {
	{"Client-Name", F_CLIENT_NAME, MSG_LINE_TEXT},
	{"Chat-Logging", F_CLIENT_LOGGING, MSG_LINE_TEXT},
	{"Operating-System", F_CLIENT_SYSTEM, MSG_LINE_TEXT},
};

void system_message_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			    const struct msnp_context *context)
{
	(void)context;
	msg_block_dissect(d, parent, source, offset, length);
	msg_lines_add(d, parent, system_lines, sizeof(system_lines) / sizeof(system_lines[0]));
	const struct field *type = msg_value(parent, F_SYSTEM_TYPE), *arg = msg_value(parent, F_SYSTEM_ARG1);
	bool shutdown = type && type->value.number == SYSTEM_SHUTDOWN;
	if (!msg_line_find(parent, "Type"))
		finding_add(d, RULE_MSG_BAD_VALUE, NULL, "system message without Type");
	if (shutdown && !msg_line_find(parent, "Arg1"))
		finding_add(d, RULE_MSG_BAD_VALUE, type, "system message of type %u without Arg1", SYSTEM_SHUTDOWN);
	if (shutdown && arg)
		dissection_summary_add(d, "the server goes down in %" PRIu64 " minute%s", arg->value.number,
				       arg->value.number == 1 ? "" : "s");
	else if (shutdown)
		dissection_summary_add(d, "the server goes down");
	else if (type)
		dissection_summary_add(d, "system message of type %" PRIu64, type->value.number);
	else
		dissection_summary_add(d, "system message");
}

void client_info_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 const struct msnp_context *context)
{
	(void)context;
	msg_block_dissect(d, parent, source, offset, length);
	msg_lines_add(d, parent, client_lines, sizeof(client_lines) / sizeof(client_lines[0]));
	const struct field *name = msg_value(parent, F_CLIENT_NAME), *logging = msg_value(parent, F_CLIENT_LOGGING);
	const struct enum_row *keeps = logging ? field_enum(logging) : NULL;
	if (name)
		dissection_summary_add(d, "client is %.*s", SLICE_ARG(utf8_cut(name->value.text, SHOWN_MAX)));
	else
		dissection_summary_add(d, "about the client");
	if (keeps)
		dissection_summary_add(d, "%s", keeps->meaning);
}

void keepalive_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		       const struct msnp_context *context)
{
	(void)context;
	dissection_summary_add(d, "keeps the switchboard open");
	mime_rest_dissect(d, parent, F_MSG_HEADERS, source, offset, length);
}

void search_query_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	const struct field *f = mime_rest_dissect(d, parent, F_MSG_HEADERS, source, offset, length);

	(void)context;
	if (f && f->def == &field_defs[F_MSG_BODY_TEXT])
		dissection_summary_add(d, "search query \"%.*s\"", SLICE_ARG(utf8_cut(slice_trim(f->value.text), SHOWN_MAX)));
	else
		dissection_summary_add(d, "search query, %zu bytes", length);
}
