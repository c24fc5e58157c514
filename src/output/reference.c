/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/reference.h"

/* Columns of the list of forms. */
#define ROLES_COLUMN 9u
#define VERSIONS_COLUMN 15u
#define SYNTAX_COLUMN 22u
#define MEANING_COLUMN 70u
/* And of the others. */
#define WORD_COLUMN 30u
#define FIELD_TYPE_COLUMN 30u
#define FIELD_MEANING_COLUMN 43u

const char *reference_param_name(enum field_id param)
{
	const char *name = field_defs[param].name, *dot = strchr(name, '.');

	return dot ? dot + 1 : name;
}

const char *reference_type_name(enum field_type type)
{
	switch (type) {
	case FIELD_UINT:
		return "number";
	case FIELD_HEX:
		return "hexadecimal";
	case FIELD_BOOL:
		return "boolean";
	case FIELD_TEXT:
		return "text";
	case FIELD_BYTES:
		return "bytes";
	case FIELD_BRANCH:
		return "branch";
	case FIELD_DICT:
		return "dictionary";
	}
	return "?";
}

const char *reference_direction(enum msnp_sender sender)
{
	return sender == MSNP_CLIENT ? "C>S" : "S>C";
}

static const char *confidence_name(enum confidence c)
{
	return c == CONFIDENCE_SURE ? "sure" : c == CONFIDENCE_LIKELY ? "likely" : "disputed";
}

/* Blanks up to a column of the line that began at begin; at least two. */
static void pad(struct buffer *out, size_t begin, size_t column)
{
	buffer_add_str(out, "  ");
	while (out->len - begin < column)
		buffer_add_byte(out, ' ');
}

/* --- syntax --- */

static const char *trid_text(enum trid_rule rule)
{
	switch (rule) {
	case TRID_YES:
		return " trid";
	case TRID_ZERO:
		return " 0";
	case TRID_MAYBE:
		return " [trid]";
	case TRID_NO:
		break;
	}
	return "";
}

static void add_param(struct buffer *out, const struct msnp_param *p)
{
	const char *name = reference_param_name(p->field);

	switch (p->rule) {
	case WORD_REQUIRED:
		buffer_add_str(out, name);
		break;
	case WORD_OPTIONAL:
		buffer_printf(out, "[%s]", name);
		break;
	case WORD_MANY:
		buffer_printf(out, "%s...", name);
		break;
	case WORD_LITERAL:
		buffer_add_str(out, p->words);
		break;
	case WORD_OPTIONAL_LITERAL:
		buffer_printf(out, "[%s]", p->words);
		break;
	case WORD_TAGGED:
		buffer_printf(out, "%s%s", p->words, name);
		break;
	case WORD_OPTIONAL_TAGGED:
		buffer_printf(out, "[%s%s]", p->words, name);
		break;
	case WORD_END:
		break;
	}
}

void reference_syntax(struct buffer *out, const struct msnp_form *form)
{
	buffer_add_str(out, form->name);
	buffer_add_str(out, trid_text(form->trid));
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++) {
		buffer_add_byte(out, ' ');
		add_param(out, p);
	}
}

void reference_roles(struct buffer *out, unsigned roles)
{
	size_t begin = out->len;

	if (roles == MSNP_ANY_ROLE) {
		buffer_add_str(out, "any");
		return;
	}
	for (unsigned role = MSNP_DS; role <= MSNP_SB; role <<= 1) {
		if (!(roles & role))
			continue;
		if (out->len > begin)
			buffer_add_byte(out, '/');
		buffer_add_str(out, msnp_role_name(role));
	}
}

void reference_versions(struct buffer *out, struct msnp_versions v)
{
	buffer_printf(out, v.lo == v.hi ? "%d" : "%d-%d", v.lo, v.hi);
}

/* --- forms --- */

/* What the list tells behind the meaning. */
static void add_remarks(struct buffer *out, const struct msnp_form *form)
{
	const char *parting = " [";

	if (form->payload != PAYLOAD_NONE) {
		buffer_printf(out, "%spayload %s", parting, payload_kind_name(form->payload));
		parting = "; ";
	}
	if (*form->reply_to) {
		buffer_printf(out, "%sanswers %s", parting, form->reply_to);
		parting = "; ";
	}
	if (form->confidence != CONFIDENCE_SURE) {
		buffer_printf(out, "%s%s", parting, confidence_name(form->confidence));
		parting = "; ";
	}
	if (*parting == ';')
		buffer_add_byte(out, ']');
}

void reference_form_line(struct buffer *out, const struct msnp_form *form)
{
	size_t begin = out->len;

	buffer_printf(out, "%s %s", form->name, reference_direction(form->sender));
	pad(out, begin, ROLES_COLUMN);
	reference_roles(out, form->roles);
	pad(out, begin, VERSIONS_COLUMN);
	reference_versions(out, form->versions);
	pad(out, begin, SYNTAX_COLUMN);
	reference_syntax(out, form);
	pad(out, begin, MEANING_COLUMN);
	buffer_add_str(out, form->meaning);
	add_remarks(out, form);
	buffer_add_byte(out, '\n');
}

static void add_param_details(struct buffer *out, const struct msnp_param *p)
{
	const struct field_def *def = &field_defs[p->field];
	size_t begin = out->len;

	buffer_add_str(out, "    ");
	add_param(out, p);
	pad(out, begin, WORD_COLUMN);
	buffer_printf(out, "%s: %s", def->name, def->meaning);
	if (def->flags & FIELD_SECRET)
		buffer_add_str(out, " (secret)");
	buffer_add_byte(out, '\n');
}

void reference_form_details(struct buffer *out, const struct msnp_form *form)
{
	reference_syntax(out, form);
	buffer_printf(out, "\n  %s, ", reference_direction(form->sender));
	reference_roles(out, form->roles);
	buffer_add_str(out, ", MSNP");
	reference_versions(out, form->versions);
	buffer_printf(out, ": %s\n", form->meaning);
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++)
		add_param_details(out, p);
	if (form->payload != PAYLOAD_NONE)
		buffer_printf(out, "  payload: %s\n", payload_kind_name(form->payload));
	if (*form->reply_to)
		buffer_printf(out, "  answers: %s\n", form->reply_to);
	buffer_printf(out, "  %s; sources: %s\n", confidence_name(form->confidence), form->sources);
}

/* A string with parts, parted by any of the separators, as an array. */
static void write_list(struct json *j, const char *list, const char *separators)
{
	json_begin_array(j);
	while (*list) {
		size_t n = strcspn(list, separators);

		if (n)
			json_string(j, slice_of(list, n));
		list += n + (list[n] != 0);
	}
	json_end_array(j);
}

static void write_roles(struct json *j, unsigned roles)
{
	json_begin_array(j);
	for (unsigned role = MSNP_DS; role <= MSNP_SB; role <<= 1)
		if (roles & role)
			json_str(j, msnp_role_name(role));
	json_end_array(j);
}

static void write_param(struct json *j, const struct msnp_param *p)
{
	bool optional = p->rule == WORD_OPTIONAL || p->rule == WORD_OPTIONAL_LITERAL || p->rule == WORD_OPTIONAL_TAGGED;
	bool tagged = p->rule == WORD_TAGGED || p->rule == WORD_OPTIONAL_TAGGED;

	json_begin_object(j);
	JSON_KEY(j, "field");
	json_str(j, field_defs[p->field].name);
	JSON_KEY(j, "optional");
	json_bool(j, optional);
	JSON_KEY(j, "repeats");
	json_bool(j, p->rule == WORD_MANY);
	JSON_KEY(j, "tag");
	json_str(j, tagged ? p->words : NULL);
	JSON_KEY(j, "words");
	write_list(j, p->words && !tagged ? p->words : "", "|");
	json_end_object(j);
}

static void write_syntax(struct json *j, const struct msnp_form *form)
{
	struct buffer text = {NULL, 0, 0};

	JSON_KEY(j, "syntax");
	reference_syntax(&text, form);
	json_string(j, buffer_slice(&text));
	buffer_free(&text);
	JSON_KEY(j, "params");
	json_begin_array(j);
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++)
		write_param(j, p);
	json_end_array(j);
}

void reference_form_json(struct json *j, const struct msnp_form *form)
{
	static const char *const trid[] = {[TRID_YES] = "yes", [TRID_NO] = "no", [TRID_ZERO] = "zero", [TRID_MAYBE] = "maybe"};

	json_begin_object(j);
	JSON_KEY(j, "name");
	json_str(j, form->name);
	JSON_KEY(j, "from");
	json_str(j, form->sender == MSNP_CLIENT ? "client" : "server");
	JSON_KEY(j, "roles");
	write_roles(j, form->roles);
	JSON_KEY(j, "versions");
	json_begin_array(j);
	json_u64(j, (uint64_t)form->versions.lo);
	json_u64(j, (uint64_t)form->versions.hi);
	json_end_array(j);
	JSON_KEY(j, "trid");
	json_str(j, trid[form->trid]);
	write_syntax(j, form);
	JSON_KEY(j, "payload");
	json_str(j, form->payload == PAYLOAD_NONE ? NULL : payload_kind_name(form->payload));
	JSON_KEY(j, "reply_to");
	write_list(j, form->reply_to, ", ");
	JSON_KEY(j, "confidence");
	json_str(j, confidence_name(form->confidence));
	JSON_KEY(j, "meaning");
	json_str(j, form->meaning);
	JSON_KEY(j, "sources");
	write_list(j, form->sources, " ");
	json_end_object(j);
}

/* --- errors --- */

void reference_error_line(struct buffer *out, const struct msnp_error *error)
{
	buffer_printf(out, "%03d  %-28s%s\n", error->number, error->name, error->meaning);
}

void reference_error_details(struct buffer *out, const struct msnp_error *error)
{
	buffer_printf(out, "%03d %s\n  %s\n", error->number, error->name, error->meaning);
	if (*error->remarks)
		buffer_printf(out, "  %s\n", error->remarks);
	buffer_printf(out, "  sources: %s\n", error->sources);
}

void reference_error_json(struct json *j, const struct msnp_error *error)
{
	json_begin_object(j);
	JSON_KEY(j, "error");
	json_u64(j, (uint64_t)error->number);
	JSON_KEY(j, "name");
	json_str(j, error->name);
	JSON_KEY(j, "meaning");
	json_str(j, error->meaning);
	JSON_KEY(j, "remarks");
	json_str(j, error->remarks);
	JSON_KEY(j, "sources");
	write_list(j, error->sources, " ");
	json_end_object(j);
}

/* --- fields --- */

void reference_field_line(struct buffer *out, const struct field_def *def)
{
	size_t begin = out->len;

	buffer_add_str(out, def->name);
	pad(out, begin, FIELD_TYPE_COLUMN);
	buffer_add_str(out, reference_type_name(def->type));
	pad(out, begin, FIELD_MEANING_COLUMN);
	buffer_add_str(out, def->meaning);
	if (def->flags & FIELD_SECRET)
		buffer_add_str(out, " [secret]");
	if (def->flags & FIELD_REPEATS)
		buffer_add_str(out, " [repeats]");
	if (def->values)
		buffer_printf(out, " [values: %s]", def->values->name);
	buffer_add_byte(out, '\n');
}

static void add_value_row(struct buffer *out, const struct enum_row *row)
{
	size_t begin = out->len;

	buffer_printf(out, "    %s", row->value);
	pad(out, begin, 20);
	buffer_add_str(out, row->name);
	pad(out, begin, 44);
	buffer_add_str(out, row->meaning);
	if (row->version > MSNP_FIRST)
		buffer_printf(out, " (from MSNP%d)", row->version);
	buffer_add_byte(out, '\n');
}

void reference_values(struct buffer *out, const struct enum_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		add_value_row(out, &set->rows[i]);
}

void reference_form_values(struct buffer *out, const struct msnp_form *form, bool *done)
{
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++) {
		const struct enum_set *set = field_defs[p->field].values;

		if (!set || done[p->field])
			continue;
		done[p->field] = true;
		buffer_printf(out, "values of %s (%s)\n", reference_param_name(p->field), set->meaning);
		reference_values(out, set);
		buffer_add_byte(out, '\n');
	}
}

static void write_values(struct json *j, const struct enum_set *set)
{
	json_begin_array(j);
	for (size_t i = 0; set && i < set->count; i++) {
		const struct enum_row *row = &set->rows[i];

		json_begin_object(j);
		JSON_KEY(j, "value");
		json_str(j, row->value);
		JSON_KEY(j, "name");
		json_str(j, row->name);
		JSON_KEY(j, "meaning");
		json_str(j, row->meaning);
		JSON_KEY(j, "version");
		if (row->version)
			json_u64(j, (uint64_t)row->version);
		else
			json_null(j);
		json_end_object(j);
	}
	json_end_array(j);
}

void reference_field_json(struct json *j, const struct field_def *def)
{
	json_begin_object(j);
	JSON_KEY(j, "name");
	json_str(j, def->name);
	JSON_KEY(j, "type");
	json_str(j, reference_type_name(def->type));
	JSON_KEY(j, "children");
	json_bool(j, (def->flags & FIELD_HAS_CHILDREN) || def->type == FIELD_BRANCH || def->type == FIELD_DICT);
	JSON_KEY(j, "repeats");
	json_bool(j, def->flags & FIELD_REPEATS);
	JSON_KEY(j, "secret");
	json_bool(j, def->flags & FIELD_SECRET);
	JSON_KEY(j, "meaning");
	json_str(j, def->meaning);
	JSON_KEY(j, "values");
	write_values(j, def->values);
	json_end_object(j);
}
