/* SPDX-License-Identifier: BSD-2-Clause */
/* XML documents, and the fields that show them. */
#include <stdlib.h>

#include "dissectors/xml.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ranges(const struct xml_element *e, size_t size)
{
	for (; e; e = e->next) {
		if (e->offset > size || e->length > size - e->offset || e->inner_offset < e->offset ||
		    e->inner_offset + e->inner_length > e->offset + e->length)
			abort();
		check_ranges(e->first, size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct dissection d;
	struct xml_document document = xml_parse(&arena, slice_of(data, size));

	xml_looks_like(slice_of(data, size));
	check_ranges(document.root, size);
	if (document.broken != (document.error.len > 0))
		abort();
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data, size));
	struct field *dict = field_add(&d, &d.root, F_XML_DOCUMENT, SOURCE_PAYLOAD, 0, size);
	if (document.root)
		xml_fields(&d, dict, document.root, SOURCE_PAYLOAD, 0);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
