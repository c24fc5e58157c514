/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/field.h"

#include "dissectors/dissection.h"

/* --- sets of enumerated values: rows, then the sets over them --- */

#define ENUM_SET(set, meaning) static const struct enum_row rows_##set[] = {
#define ENUM_ROW(value, name, meaning, version) {value, name, meaning, version},
#define ENUM_END(set) };
#include "dissectors/msnp_enums.def"
#undef ENUM_SET
#undef ENUM_ROW
#undef ENUM_END

#define ENUM_SET(set, meaning) {#set, meaning, rows_##set, sizeof(rows_##set) / sizeof(rows_##set[0])},
#define ENUM_ROW(value, name, meaning, version)
#define ENUM_END(set)
const struct enum_set enum_sets[] = {
#include "dissectors/msnp_enums.def"
};
#undef ENUM_SET
#undef ENUM_ROW
#undef ENUM_END

const size_t enum_sets_count = SET_COUNT;

/* --- descriptions --- */

/* Type and flags of a parameter follow from its kind. */
#define TYPE_TEXT FIELD_TEXT
#define TYPE_ENCODED FIELD_TEXT
#define TYPE_SECRET FIELD_TEXT
#define TYPE_WORD FIELD_TEXT
#define TYPE_NUMBER FIELD_UINT
#define TYPE_NUMBER_LOOSE FIELD_TEXT
#define TYPE_LENGTH FIELD_UINT
#define TYPE_ENUM FIELD_TEXT
#define TYPE_ENUM_NUMBER FIELD_UINT
#define TYPE_ADDRESS FIELD_TEXT
#define TYPE_ADDRESS_OR_GUID FIELD_TEXT
#define TYPE_ENDPOINT FIELD_TEXT
#define TYPE_HANDLE FIELD_TEXT
#define TYPE_GUID FIELD_TEXT
#define TYPE_ID_LIST FIELD_TEXT
#define TYPE_HOST_PORT FIELD_TEXT
#define TYPE_CAPABILITIES FIELD_UINT
#define TYPE_CAPABILITIES_PAIR FIELD_TEXT
#define TYPE_LIST_BITS FIELD_UINT
#define TYPE_MSNOBJECT FIELD_TEXT
#define TYPE_STAMP FIELD_TEXT
#define TYPE_PROTOCOL FIELD_TEXT
#define TYPE_HOP_INFO FIELD_TEXT

#define FLAGS_TEXT 0
#define FLAGS_ENCODED 0
#define FLAGS_SECRET FIELD_SECRET
#define FLAGS_WORD 0
#define FLAGS_NUMBER 0
#define FLAGS_NUMBER_LOOSE 0
#define FLAGS_LENGTH 0
#define FLAGS_ENUM 0
#define FLAGS_ENUM_NUMBER 0
#define FLAGS_ADDRESS 0
#define FLAGS_ADDRESS_OR_GUID 0
#define FLAGS_ENDPOINT FIELD_HAS_CHILDREN
#define FLAGS_HANDLE FIELD_HAS_CHILDREN
#define FLAGS_GUID 0
#define FLAGS_ID_LIST FIELD_HAS_CHILDREN
#define FLAGS_HOST_PORT FIELD_HAS_CHILDREN
#define FLAGS_CAPABILITIES FIELD_HAS_CHILDREN
#define FLAGS_CAPABILITIES_PAIR FIELD_HAS_CHILDREN
#define FLAGS_LIST_BITS FIELD_HAS_CHILDREN
#define FLAGS_MSNOBJECT FIELD_HAS_CHILDREN
#define FLAGS_STAMP 0
#define FLAGS_PROTOCOL 0
#define FLAGS_HOP_INFO FIELD_HAS_CHILDREN

#define SET_POINTER(set) (SET_##set == SET_NO_SET ? NULL : &enum_sets[SET_##set])

#define FIELD(identifier, name, type, flags, values, meaning) \
	{name, FIELD_##type, flags, SET_POINTER(values), meaning},
#define PARAM(name, kind, flags, values, meaning) \
	{"msnp." #name, TYPE_##kind, FLAGS_##kind | (flags), SET_POINTER(values), meaning},
const struct field_def field_defs[] = {
#include "dissectors/fields.def"
#include "dissectors/msnp_params.def"
};
#undef FIELD
#undef PARAM

const size_t field_defs_count = FIELD_COUNT;

/* --- lookups --- */

const struct field_def *field_def_find(struct slice name)
{
	for (size_t i = 0; i < field_defs_count; i++)
		if (slice_eq_str(name, field_defs[i].name))
			return &field_defs[i];
	return NULL;
}

const struct enum_row *enum_find(const struct enum_set *set, struct slice value)
{
	for (size_t i = 0; set && i < set->count; i++)
		if (slice_eq_str(value, set->rows[i].value))
			return &set->rows[i];
	return NULL;
}

static bool row_number(const struct enum_row *row, uint64_t *number)
{
	struct slice s = slice_str(row->value);

	if (slice_has_prefix(s, SLICE_LIT("0x")))
		return slice_hex_u64(slice_sub(s, 2, s.len), number);
	return slice_u64(s, number);
}

const struct enum_row *enum_find_number(const struct enum_set *set, uint64_t value)
{
	for (size_t i = 0; set && i < set->count; i++) {
		uint64_t number;

		if (row_number(&set->rows[i], &number) && number == value)
			return &set->rows[i];
	}
	return NULL;
}

static const struct enum_row *enum_find_name(const struct enum_set *set, struct slice name)
{
	for (size_t i = 0; i < set->count; i++)
		if (slice_eq_str(name, set->rows[i].name))
			return &set->rows[i];
	return NULL;
}

const struct enum_row *field_enum(const struct field *f)
{
	if (!f->def || !f->def->values || !f->has_value)
		return NULL;
	switch (f->def->type) {
	case FIELD_UINT:
	case FIELD_HEX:
	case FIELD_BOOL:
		return enum_find_number(f->def->values, f->value.number);
	case FIELD_TEXT: {
		const struct enum_row *row = enum_find(f->def->values, f->value.text);

		return row ? row : enum_find_name(f->def->values, f->value.text);
	}
	default:
		return NULL;
	}
}

const struct field *field_child(const struct field *parent, const struct field_def *def)
{
	for (const struct field *f = parent->first; f; f = f->next)
		if (f->def == def)
			return f;
	return NULL;
}

/* The node after f in order of the tree (a node before its children) within root, or NULL. */
static const struct field *field_after(const struct field *f, const struct field *root)
{
	if (f->first)
		return f->first;
	while (f != root && !f->next)
		f = f->parent;
	return f == root ? NULL : f->next;
}

const struct field *field_find(const struct field *root, struct slice name)
{
	const struct field_def *def = field_def_find(name);

	if (!def)
		return NULL;
	for (const struct field *f = field_after(root, root); f; f = field_after(f, root))
		if (f->def == def)
			return f;
	return NULL;
}
