/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/known.h"

#define HEADER(name) name,
#define TYPE(name, place)
#define OPERATION(name)
static const char *const headers[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name, place) {name, place},
#define OPERATION(name)
#define NS MSNP_NS
#define SB MSNP_SB
#define ANY MSNP_ANY_ROLE
static const struct {
	const char *name;
	unsigned places;
} types[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name, place)
#define OPERATION(name) name,
static const char *const operations[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

static bool list_holds(const char *const *list, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_case_eq(name, slice_str(list[i])))
			return true;
	return false;
}

bool known_header(struct slice name)
{
	return list_holds(headers, sizeof(headers) / sizeof(headers[0]), name);
}

bool known_content_type(struct slice type, unsigned *places)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!slice_eq_str(type, types[i].name))
			continue;
		*places = types[i].places;
		return true;
	}
	return false;
}

bool known_operation(struct slice name)
{
	return list_holds(operations, sizeof(operations) / sizeof(operations[0]), name);
}
