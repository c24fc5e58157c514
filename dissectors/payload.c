/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/payload.h"

#include "dissectors/mime.h"
#include "dissectors/oim_metadata.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

/* A payload that is text without any structure: the answer to a challenge, an invitation by mail. */
static void payload_text_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
				 size_t length, const struct msnp_context *context)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);
	struct slice shown = utf8_cut(text, SHOWN_MAX);

	(void)context;
	if (length == 0)
		return;
	field_add_range(d, parent, F_PAYLOAD_TEXT, source, offset, length);
	dissection_summary_add(d, "\"%.*s\"%s", SLICE_ARG(shown), shown.len < length ? "..." : "");
}

const struct payload_entry payload_entries[] = {
	{PAYLOAD_MIME_MSG, NULL, mime_message_dissect},
	{PAYLOAD_MIME_MSG, "text/plain", text_plain_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgscontrol", control_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsinitialmdatanotification", oim_notice_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsoimnotification", oim_notice_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsactivemailnotification", oim_moved_dissect},
	{PAYLOAD_TEXT, NULL, payload_text_dissect},
};

const size_t payload_entries_count = sizeof(payload_entries) / sizeof(payload_entries[0]);

payload_dissector *payload_find(enum payload_kind kind, struct slice content_type)
{
	for (size_t i = 0; i < payload_entries_count; i++) {
		const struct payload_entry *e = &payload_entries[i];

		if (e->kind != kind || (e->content_type == NULL) != (content_type.len == 0))
			continue;
		if (!e->content_type || slice_eq_str(content_type, e->content_type))
			return e->dissect;
	}
	return NULL;
}
