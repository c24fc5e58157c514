/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handshake messages as they are shown: the input is the payload of a TLS
 * event.  The last byte says whether it begins with an SSL 2.0 hello (01,
 * whose length is the byte in front), and what event it is (06).
 */
#include <stdlib.h>

#include "dissectors/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every field lies in its source. */
static void check_fields(const struct dissection *d, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		size_t len = d->sources[f->source].data.len;

		if (f->offset > len || f->length > len - f->offset)
			abort();
		check_fields(d, f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t how = size ? data[size - 1] : 0, length = how & 1 && size > 1 ? data[size - 2] : 0;
	struct slice payload = slice_of(data, size ? size - 1 : 0);
	struct tls_facts facts = {.event = (enum tls_event)(how >> 1 & 3),
				  .ssl2_length = length < payload.len ? length : 0,
				  .rule = RULE_COUNT,
				  .has_alert = how & 8,
				  .alert = how,
				  .target = how & 16 ? "login.live.com:443" : NULL};
	struct dissection *d = malloc(sizeof(*d));
	struct arena arena;

	arena_init(&arena);
	dissection_init(d, &arena, SLICE_EMPTY, payload);
	tls_dissect(d, &facts);
	check_fields(d, &d->root);
	tls_service(payload, facts.ssl2_length, facts.target);
	arena_free(&arena);
	free(d);
	return 0;
}
