/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_table.h"

/* How the rows of msnp_commands.def become struct msnp_form. */
#define ROLES_DS MSNP_DS
#define ROLES_NS MSNP_NS
#define ROLES_SB MSNP_SB
#define ROLES_DS_NS (MSNP_DS | MSNP_NS)
#define ROLES_ANY MSNP_ANY_ROLE
#define NONE {WORD_END, FIELD_COUNT, NULL}
#define REQ(param) {WORD_REQUIRED, P_##param, NULL}
#define OPT(param) {WORD_OPTIONAL, P_##param, NULL}
#define MANY(param) {WORD_MANY, P_##param, NULL}
#define LIT(param, words) {WORD_LITERAL, P_##param, words}
#define OPTLIT(param, words) {WORD_OPTIONAL_LITERAL, P_##param, words}
#define TAG(param, tag) {WORD_TAGGED, P_##param, tag}
#define OPTTAG(param, tag) {WORD_OPTIONAL_TAGGED, P_##param, tag}
#define PARAMS(...) (const struct msnp_param[]){__VA_ARGS__, NONE}
#define FORM(name, roles, sender, from, to, trid, params, payload, reply_to, confidence, summary, meaning, sources)    \
	{name,   ROLES_##roles,     MSNP_##sender, {from, to},              TRID_##trid, params,                       \
	 PAYLOAD_##payload, reply_to, CONFIDENCE_##confidence, summary, meaning, sources},

const struct msnp_form msnp_forms[] = {
#include "dissectors/msnp_commands.def"
};
const size_t msnp_forms_count = sizeof(msnp_forms) / sizeof(msnp_forms[0]);

#undef NONE

static const enum param_kind param_kinds[] = {
#define PARAM(name, kind, flags, values, meaning) PARAM_##kind,
#include "dissectors/msnp_params.def"
#undef PARAM
};

/* Params are the last rows of enum field_id. */
#define PARAM_FIRST (FIELD_COUNT - sizeof(param_kinds) / sizeof(param_kinds[0]))

bool msnp_is_param(enum field_id id)
{
	return id >= PARAM_FIRST && id < FIELD_COUNT;
}

enum param_kind msnp_param_kind(enum field_id param)
{
	return param_kinds[param - PARAM_FIRST];
}

const char *msnp_role_name(unsigned roles)
{
	switch (roles) {
	case MSNP_DS:
		return "DS";
	case MSNP_NS:
		return "NS";
	case MSNP_SB:
		return "SB";
	default:
		return "?";
	}
}

const char *payload_kind_name(enum payload_kind kind)
{
	static const char *const names[] = {
		[PAYLOAD_NONE] = "none",
		[PAYLOAD_MIME_MSG] = "mime-msg",
		[PAYLOAD_XML_ML] = "xml:ml",
		[PAYLOAD_XML_DATA] = "xml:Data",
		[PAYLOAD_XML_NOTIFICATION] = "xml:notification",
		[PAYLOAD_XML_PAGE] = "xml:page",
		[PAYLOAD_XML_CONFIG] = "xml:config",
		[PAYLOAD_XML_POLICIES] = "xml:policies",
		[PAYLOAD_ERROR_DETAIL] = "xml:ml or text",
		[PAYLOAD_ROUTING] = "routing",
		[PAYLOAD_TEXT] = "text",
		[PAYLOAD_UUN] = "uun",
		[PAYLOAD_UNKNOWN] = "unknown",
		[PAYLOAD_SKYPE] = "skype:headers",
		[PAYLOAD_SKYPE_XML] = "skype:headers+xml",
		[PAYLOAD_SKYPE_ROUTING] = "skype:headers+routing",
	};

	return names[kind];
}

bool msnp_is_error_name(struct slice name)
{
	uint64_t number;

	return name.len == 3 && slice_u64(name, &number);
}

/* Three characters as a number that sorts like them. */
static uint32_t pack(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
}

size_t msnp_forms_named(struct slice name, const struct msnp_form **first)
{
	size_t lo = 0, hi = msnp_forms_count;

	if (msnp_is_error_name(name))
		name = SLICE_LIT("NNN");
	if (name.len != 3)
		return 0;
	uint32_t key = pack(name.ptr);
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (pack(msnp_forms[mid].name) < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	*first = &msnp_forms[lo];
	while (hi < msnp_forms_count && pack(msnp_forms[hi].name) == key)
		hi++;
	return hi - lo;
}

const struct msnp_error msnp_errors[] = {
#define ERROR_ROW(number, name, meaning, remarks, sources) {number, name, meaning, remarks, sources},
#include "dissectors/msnp_errors.def"
#undef ERROR_ROW
};
const size_t msnp_errors_count = sizeof(msnp_errors) / sizeof(msnp_errors[0]);

const struct msnp_error *msnp_error_find(uint64_t number)
{
	for (size_t i = 0; i < msnp_errors_count; i++)
		if ((uint64_t)msnp_errors[i].number == number)
			return &msnp_errors[i];
	return NULL;
}
