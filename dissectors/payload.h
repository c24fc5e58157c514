/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry of payload dissectors: from the payload kind of the command table,
 * and for MIME messages from the content type, to a pure function.
 */
#ifndef MSNSCOPE_DISSECTORS_PAYLOAD_H
#define MSNSCOPE_DISSECTORS_PAYLOAD_H

#include "dissectors/msnp_table.h"

/*
 * Dissects a range of a source and adds fields under parent.  Bytes that it
 * does not break up it leaves alone; the caller shows them.  May append to
 * d->summary.
 */
typedef void payload_dissector(struct dissection *d, struct field *parent, unsigned source, size_t offset,
			       size_t length, const struct msnp_context *context);

struct payload_entry {
	enum payload_kind kind;
	/*
	 * Lower case: content type of a body, or in PAYLOAD_ROUTING the Message-Type, which comes first ("signal/p2p");
	 * NULL for the kind itself.
	 */
	const char *content_type;
	payload_dissector *dissect;
};

extern const struct payload_entry payload_entries[];
extern const size_t payload_entries_count;

/* The dissector for a kind (content_type empty) or for a body of that type; NULL when there is none. */
payload_dissector *payload_find(enum payload_kind kind, struct slice content_type);

#endif
