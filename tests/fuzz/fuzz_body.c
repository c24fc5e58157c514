/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of messages and notifications; the first byte says which: beyond the last, the type of a notification. */
#include "dissectors/datacast.h"
#include "dissectors/emoticon.h"
#include "dissectors/ink.h"
#include "dissectors/invite.h"
#include "dissectors/uun.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void p2p_body(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	(void)context;
	ink_p2p_dissect(d, parent, source, offset, length);
}

static payload_dissector *const dissectors[] = {
	invite_dissect,	 datacast_dissect, emoticon_dissect, emoticon_animated_dissect,
	ink_gif_dissect, ink_isf_dissect,  p2p_body,
};

#define DISSECTORS (sizeof(dissectors) / sizeof(dissectors[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct msnp_context context = {MSNP_ANY_ROLE, {MSNP_FIRST, MSNP_LAST}, {NULL, 0}};
	struct arena arena = {0};
	struct dissection d;

	if (size == 0)
		return 0;
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data + 1, size - 1));
	if (data[0] < DISSECTORS) {
		dissectors[data[0]](&d, &d.root, SOURCE_PAYLOAD, 0, size - 1, &context);
	} else {
		field_add_number(&d, &d.root, P_notification_type, data[0] - DISSECTORS, SOURCE_LINE, 0, 0);
		uun_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, size - 1, &context);
	}
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
