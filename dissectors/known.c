/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/known.h"

#define HEADER(name) name,
#define TYPE(name)
#define OPERATION(name)
static const char *const headers[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name) name,
#define OPERATION(name)
static const char *const types[] = {
#include "dissectors/known.def"
};
#undef HEADER
#undef TYPE
#undef OPERATION

#define HEADER(name)
#define TYPE(name)
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

bool known_content_type(struct slice type)
{
	return list_holds(types, sizeof(types) / sizeof(types[0]), type);
}

bool known_operation(struct slice name)
{
	return list_holds(operations, sizeof(operations) / sizeof(operations[0]), name);
}
