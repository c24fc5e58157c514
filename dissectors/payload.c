/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/payload.h"

#include "dissectors/contact_list.h"
#include "dissectors/datacast.h"
#include "dissectors/emoticon.h"
#include "dissectors/error_detail.h"
#include "dissectors/ink.h"
#include "dissectors/invite.h"
#include "dissectors/mime.h"
#include "dissectors/msg_mail.h"
#include "dissectors/msg_notice.h"
#include "dissectors/msg_profile.h"
#include "dissectors/msg_text.h"
#include "dissectors/msnp24.h"
#include "dissectors/notification.h"
#include "dissectors/oim_metadata.h"
#include "dissectors/p2p.h"
#include "dissectors/page.h"
#include "dissectors/policies.h"
#include "dissectors/presence.h"
#include "dissectors/routing.h"
#include "dissectors/slp.h"
#include "dissectors/uun.h"
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
	{PAYLOAD_MIME_MSG, "text/x-msmsgsprofile", profile_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsinitialemailnotification", mail_counts_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsemailnotification", mail_new_dissect},
	{PAYLOAD_MIME_MSG, "application/x-msmsgsemailnotification", mail_new_dissect},
	{PAYLOAD_MIME_MSG, "application/x-msmsgssystemmessage", system_message_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgssystemmessage", system_message_dissect},
	{PAYLOAD_MIME_MSG, "text/x-clientcaps", client_info_dissect},
	{PAYLOAD_MIME_MSG, "text/x-clientinfo", client_info_dissect},
	{PAYLOAD_MIME_MSG, "text/x-keepalive", keepalive_dissect},
	{PAYLOAD_MIME_MSG, "text/search-query", search_query_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsinitialmdatanotification", oim_notice_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsoimnotification", oim_notice_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsactivemailnotification", oim_moved_dissect},
	{PAYLOAD_MIME_MSG, "application/x-msnmsgrp2p", p2p_body_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msmsgsinvite", invite_dissect},
	{PAYLOAD_MIME_MSG, "text/x-msnmsgr-datacast", datacast_dissect},
	{PAYLOAD_MIME_MSG, "text/x-mms-emoticon", emoticon_dissect},
	{PAYLOAD_MIME_MSG, "text/x-mms-animemoticon", emoticon_animated_dissect},
	{PAYLOAD_MIME_MSG, "image/gif", ink_gif_dissect},
	{PAYLOAD_MIME_MSG, "application/x-ms-ink", ink_isf_dissect},
	{PAYLOAD_UUN, NULL, uun_dissect},
	{PAYLOAD_ROUTING, NULL, routing_dissect},
	{PAYLOAD_ROUTING, "application/circles+xml", circle_xml_dissect},
	{PAYLOAD_ROUTING, "application/multiparty+xml", circle_xml_dissect},
	{PAYLOAD_ROUTING, "application/network+xml", network_xml_dissect},
	{PAYLOAD_ROUTING, "application/user+xml", user_xml_dissect},
	{PAYLOAD_ROUTING, "customemoticon", emoticon_dissect},
	{PAYLOAD_ROUTING, "invite", invite_dissect},
	{PAYLOAD_ROUTING, "signal/p2p", slp_payload_dissect},
	{PAYLOAD_ROUTING, "voice", datacast_dissect},
	{PAYLOAD_ROUTING, "wink", datacast_dissect},
	{PAYLOAD_SKYPE, NULL, msnp24_dissect},
	{PAYLOAD_SKYPE_ROUTING, NULL, msnp24_dissect},
	{PAYLOAD_SKYPE_XML, NULL, msnp24_dissect},
	{PAYLOAD_TEXT, NULL, payload_text_dissect},
	{PAYLOAD_XML_ML, NULL, contact_list_dissect},
	{PAYLOAD_XML_DATA, NULL, presence_data_dissect},
	{PAYLOAD_XML_CONFIG, NULL, policies_dissect},
	{PAYLOAD_XML_POLICIES, NULL, policies_dissect},
	{PAYLOAD_XML_NOTIFICATION, NULL, notification_dissect},
	{PAYLOAD_XML_PAGE, NULL, page_dissect},
	{PAYLOAD_ERROR_DETAIL, NULL, error_detail_dissect},
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
