/* SPDX-License-Identifier: BSD-2-Clause */
/* From one framed command to its field tree, findings and summary. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_DISSECT_H
#define MSNSCOPE_DISSECTORS_MSNP_DISSECT_H

#include "dissectors/msnp_table.h"

/* What earlier commands of the connection say about this one. */
struct msnp_hints {
	struct slice challenge;    /* last challenge of the server, for QRY; empty when none was seen */
	bool length_wrong;         /* as in struct framed */
	uint64_t wrong_declared, wrong_actual;
};

struct msnp_dissected {
	struct msnp_words words;
	struct msnp_match match;
};

/*
 * Dissects a message into d, which dissection_init has set up over the
 * message's line and payload.  Pure: all memory comes from d->arena.
 */
struct msnp_dissected msnp_dissect(struct dissection *d, const struct msnp_message *m,
				   const struct msnp_context *context, const struct msnp_hints *hints);

#endif
