/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body is a second block of headers.  After signing in (until MSNP10):
 *
 *	Inbox-Unread: 3
 *	Folders-Unread: 1
 *	Inbox-URL: /cgi-bin/HoTMaiL
 *	Folders-URL: /cgi-bin/folders
 *	Post-URL: http://www.example.com
 *
 * For a new mail:
 *
 *	From: =?utf-8?B?Qm8=?=
 *	Message-URL: /cgi-bin/getmsg?msg=1
 *	Post-URL: https://login.example.com
 *	Subject: =?utf-8?Q?lunch=3F?=
 *	Dest-Folder: ACTIVE
 *	From-Addr: bo@example.com
 *	id: 2
 */
#include "dissectors/msg_mail.h"

#include <inttypes.h>

#include "dissectors/msg_block.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 80u

static const struct msg_line count_lines[] = {
	{"Inbox-Unread", F_MAIL_INBOX_UNREAD, MSG_LINE_NUMBER},
	{"Folders-Unread", F_MAIL_FOLDERS_UNREAD, MSG_LINE_NUMBER},
	{"Inbox-URL", F_MAIL_INBOX_URL, MSG_LINE_TEXT},
	{"Folders-URL", F_MAIL_FOLDERS_URL, MSG_LINE_TEXT},
	{"Post-URL", F_MAIL_POST_URL, MSG_LINE_TEXT},
};

static const struct msg_line new_lines[] = {
	{"From", F_MAIL_FROM, MSG_LINE_WORDS},
	{"From-Addr", F_MAIL_FROM_ADDRESS, MSG_LINE_TEXT},
	{"Subject", F_MAIL_SUBJECT, MSG_LINE_WORDS},
	{"Dest-Folder", F_MAIL_FOLDER, MSG_LINE_TEXT},
	{"Message-URL", F_MAIL_MESSAGE_URL, MSG_LINE_TEXT},
	{"Post-URL", F_MAIL_POST_URL, MSG_LINE_TEXT},
	{"id", F_MAIL_FORM, MSG_LINE_TEXT},
};

void mail_counts_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 const struct msnp_context *context)
{
	(void)context;
	msg_block_dissect(d, parent, source, offset, length);
	msg_lines_add(d, parent, count_lines, sizeof(count_lines) / sizeof(count_lines[0]));
	const struct field *inbox = msg_value(parent, F_MAIL_INBOX_UNREAD);
	const struct field *folders = msg_value(parent, F_MAIL_FOLDERS_UNREAD);
	if (inbox)
		dissection_summary_add(d, "%" PRIu64 " unread mail%s in the inbox", inbox->value.number,
				       inbox->value.number == 1 ? "" : "s");
	else
		dissection_summary_add(d, "unread mails");
	if (folders)
		dissection_summary_add(d, "%" PRIu64 " in other folders", folders->value.number);
}

void mail_new_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		      const struct msnp_context *context)
{
	(void)context;
	msg_block_dissect(d, parent, source, offset, length);
	msg_lines_add(d, parent, new_lines, sizeof(new_lines) / sizeof(new_lines[0]));
	const struct field *name = msg_value(parent, F_MAIL_FROM);
	const struct field *address = msg_value(parent, F_MAIL_FROM_ADDRESS);
	const struct field *subject = msg_value(parent, F_MAIL_SUBJECT);
	const struct field *from = address ? address : name;
	struct slice text = SLICE_LIT("new mail");
	if (from)
		text = arena_printf(d->arena, "new mail from %.*s", SLICE_ARG(utf8_cut(from->value.text, SHOWN_MAX)));
	if (address && name && !slice_eq(address->value.text, name->value.text))
		text = arena_printf(d->arena, "%.*s \"%.*s\"", SLICE_ARG(text),
				    SLICE_ARG(utf8_cut(name->value.text, SHOWN_MAX)));
	dissection_summary_add(d, "%.*s", SLICE_ARG(text));
	if (subject)
		dissection_summary_add(d, "subject \"%.*s\"", SLICE_ARG(utf8_cut(subject->value.text, SHOWN_MAX)));
}
