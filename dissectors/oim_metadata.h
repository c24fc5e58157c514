/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server tells about waiting offline messages and moved mails. */
#ifndef MSNSCOPE_DISSECTORS_OIM_METADATA_H
#define MSNSCOPE_DISSECTORS_OIM_METADATA_H

#include "dissectors/xml_add.h"
#include "dissectors/payload.h"

/* Messages that a notice lists; with more of them waiting it says "too-large". */
#define OIM_NOTICE_MESSAGES_MAX 25u

/*
 * Adds an F_OIM_METADATA under parent for the element MD, and what it says to
 * the summary.  Nothing without element.
 */
void oim_metadata_dissect(const struct xml_origin *x, struct field *parent, const struct xml_element *md);

/* Bodies of text/x-msmsgsinitialmdatanotification and text/x-msmsgsoimnotification. */
payload_dissector oim_notice_dissect;

/* Body of text/x-msmsgsactivemailnotification. */
payload_dissector oim_moved_dissect;

#endif
