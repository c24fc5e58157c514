/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/known.h"

/* Lengths stand beside the names: most comparisons end with them, or with the first letter. */
struct known {
	const char *name;
	size_t length;
	unsigned places; /* of a content type */
};

#define NS MSNP_NS
#define SB MSNP_SB
#define ANY MSNP_ANY_ROLE

#define HEADER(name) {name, sizeof(name) - 1, 0},
#define TYPE(name, place)
#define OPERATION(name)
static const struct known headers[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name, place) {name, sizeof(name) - 1, place},
#define OPERATION(name)
static const struct known types[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name, place)
#define OPERATION(name) {name, sizeof(name) - 1, 0},
static const struct known operations[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

static bool is_same(const struct known *k, struct slice name)
{
	if (k->length != name.len || ((uint8_t)k->name[0] | 0x20) != (name.ptr[0] | 0x20))
		return false;
	return memcmp(k->name, name.ptr, name.len) == 0 || slice_case_eq(name, slice_of(k->name, name.len));
}

static const struct known *find(const struct known *list, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&list[i], name))
			return &list[i];
	return NULL;
}

bool known_header(struct slice name)
{
	return find(headers, sizeof(headers) / sizeof(headers[0]), name) != NULL;
}

bool known_content_type(struct slice type, unsigned *places)
{
	const struct known *k = find(types, sizeof(types) / sizeof(types[0]), type);

	*places = k ? k->places : 0;
	return k != NULL;
}

bool known_operation(struct slice name)
{
	return find(operations, sizeof(operations) / sizeof(operations[0]), name) != NULL;
}
