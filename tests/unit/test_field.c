/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold of the tables of fields and values, and the tree's own functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dissectors/msnp_table.h"
#include "tree.h"

static bool is_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len > 0 && s[len] == '.' && s[len + 1] != '\0' &&
	       strspn(s + len + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s + len + 1);
}

static void test_fields(void **state)
{
	(void)state;
	assert_int_equal(field_defs_count, FIELD_COUNT);
	for (size_t i = 0; i < field_defs_count; i++) {
		assert_true(is_name(field_defs[i].name));
		assert_ptr_equal(field_def_find(slice_str(field_defs[i].name)), &field_defs[i]);
		assert_true(strlen(field_defs[i].meaning) > 0);
		/* A branch is an object already. */
		if (field_defs[i].type == FIELD_BRANCH || field_defs[i].type == FIELD_DICT)
			assert_false(field_defs[i].flags & FIELD_HAS_CHILDREN);
	}
	assert_string_equal(field_defs[F_MSNP_TRID].name, "msnp.trid");
	assert_string_equal(field_defs[P_friendly_name].name, "msnp.friendly_name");
	assert_null(field_def_find(SLICE_LIT("msnp.tri")));
	assert_null(field_def_find(SLICE_EMPTY));
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(field_defs[P_length].type, FIELD_UINT);
	assert_int_equal(field_defs[P_session_id].type, FIELD_TEXT);
	assert_int_equal(field_defs[P_ticket].flags, FIELD_SECRET);
	assert_int_equal(field_defs[P_capabilities].flags, FIELD_HAS_CHILDREN);
	assert_int_equal(field_defs[P_protocol].flags, FIELD_REPEATS);
	assert_ptr_equal(field_defs[P_status].values, &enum_sets[SET_status]);
	assert_null(field_defs[P_passport].values);
}

static void test_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < enum_sets_count; i++) {
		const struct enum_set *set = &enum_sets[i];

		assert_true(set->count > 0);
		for (size_t k = 0; k < set->count; k++) {
			assert_ptr_equal(enum_find(set, slice_str(set->rows[k].value)), &set->rows[k]);
			assert_true(strlen(set->rows[k].name) > 0);
		}
	}
	assert_null(enum_find(NULL, SLICE_LIT("NLN")));
	assert_null(enum_find(&enum_sets[SET_status], SLICE_LIT("online")));
	assert_string_equal(enum_find_number(&enum_sets[SET_capability1], 16)->name, "webcam");
	assert_string_equal(enum_find_number(&enum_sets[SET_network_id], 32)->name, "yahoo");
	assert_null(enum_find_number(&enum_sets[SET_status], 1));
	assert_null(enum_find_number(NULL, 1));
}

/* Values taken out of flag words rely on it: row i is bit i, or the number i + 1 in the top four bits. */
static void test_flag_sets(void **state)
{
	static const struct {
		enum enum_set_id set;
		uint64_t unit;
	} sets[] = {{SET_capability1, 1}, {SET_capability2, 1}, {SET_list_bit, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		const struct enum_set *set = &enum_sets[sets[i].set];

		for (size_t k = 0; k < set->count; k++)
			assert_ptr_equal(enum_find_number(set, UINT64_C(1) << k), &set->rows[k]);
	}
	for (size_t k = 0; k < enum_sets[SET_capability1_msnc].count; k++)
		assert_ptr_equal(enum_find_number(&enum_sets[SET_capability1_msnc], (k + 1) << 28),
				 &enum_sets[SET_capability1_msnc].rows[k]);
	assert_true(enum_sets[SET_capability1].count <= 28);
	for (size_t k = 0; k < enum_sets[SET_list_bit].count && k < 5; k++)
		assert_non_null(enum_find(&enum_sets[SET_list_name], slice_str(enum_sets[SET_list_bit].rows[k].name)));
}

/* A parameter that one form holds more than once repeats; literal words are values of their sets. */
static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < msnp_forms_count; i++) {
		const struct msnp_param *params = msnp_forms[i].params;

		for (size_t k = 0; params[k].rule != WORD_END; k++) {
			const struct field_def *def = &field_defs[params[k].field];
			bool repeats = params[k].rule == WORD_MANY;

			for (size_t j = 0; j < k; j++)
				repeats = repeats || params[j].field == params[k].field;
			if (repeats && !(def->flags & FIELD_REPEATS))
				fail_msg("%s occurs more than once in a form of %s", def->name, msnp_forms[i].name);
		}
	}
}

static void check_literals(const struct msnp_form *form, const struct msnp_param *param)
{
	const struct field_def *def = &field_defs[param->field];
	struct slice words = slice_str(param->words);

	if (msnp_param_kind(param->field) != PARAM_ENUM || !def->values)
		return;
	while (words.len) {
		size_t end = slice_find_byte(words, '|');
		struct slice word = slice_sub(words, 0, end);

		if (!enum_find(def->values, word))
			fail_msg("%s %.*s is no value of %s", form->name, (int)word.len, (const char *)word.ptr,
				 def->values->name);
		words = slice_sub(words, end + 1, words.len);
	}
}

static void test_literals(void **state)
{
	(void)state;
	for (size_t i = 0; i < msnp_forms_count; i++)
		for (const struct msnp_param *p = msnp_forms[i].params; p->rule != WORD_END; p++)
			if (p->rule == WORD_LITERAL || p->rule == WORD_OPTIONAL_LITERAL)
				check_literals(&msnp_forms[i], p);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		assert_true(is_name(finding_rules[i].id));
		assert_true(strlen(finding_rules[i].explanation) > 0);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(finding_rules[i].id, finding_rules[k].id);
	}
	assert_string_equal(severity_name(finding_rules[RULE_MSNP_BAD_VALUE].severity), "warning");
}

static void test_tree(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct buffer out = {0};

	(void)state;
	dissection_init(&d, &arena, SLICE_LIT("line"), SLICE_LIT("payload"));
	field_add_number(&d, &d.root, F_MSNP_TRID, 7, SOURCE_LINE, 0, 1);
	struct field *host = field_add_range(&d, &d.root, P_host_port, SOURCE_PAYLOAD, 0, 7);
	field_add_range(&d, host, F_HOST_NAME, SOURCE_PAYLOAD, 0, 3);
	struct field *port = field_add(&d, host, F_HOST_PORT, SOURCE_PAYLOAD, 3, 4);
	field_add_text(&d, &d.root, P_status, SLICE_LIT("NLN"), SOURCE_LINE, 0, 0);
	finding_add(&d, RULE_MSNP_BAD_VALUE, port, "%d and %s", 1, "more");
	tree_check(&d);
	tree_write(&d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data,
			    "msnp.trid=7 msnp.host_port=\"payload\"{host.name=\"pay\" host.port} "
			    "msnp.status=\"NLN\" !msnp.bad_value");
	assert_true(slice_eq_str(d.findings->text, "1 and more"));
	assert_ptr_equal(d.findings->field, port);
	assert_ptr_equal(field_find(&d.root, SLICE_LIT("host.port")), port);
	assert_ptr_equal(field_find(&d.root, SLICE_LIT("msnp.status")), d.root.last);
	assert_null(field_find(host, SLICE_LIT("msnp.status")));
	assert_null(field_find(&d.root, SLICE_LIT("msnp.length")));
	assert_null(field_child(&d.root, &field_defs[F_HOST_PORT]));
	assert_string_equal(field_enum(d.root.last)->name, "online");
	assert_null(field_enum(port));
	buffer_free(&out);
	arena_free(&arena);
}

static void test_summary(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	char long_text[600];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	dissection_summary_add(&d, "%s", "a");
	dissection_summary_add(&d, "%s", long_text);
	assert_int_equal(d.summary.len, 3 + strlen(long_text));
	assert_true(slice_eq_str(slice_sub(d.summary, 0, 4), "a, x"));
	dissection_summarise(&d, "new");
	assert_true(slice_eq_str(d.summary, "new"));
	arena_free(&arena);
}

/* Beyond the limits the dissection goes on, and says once what it left out. */
static void test_limits(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	for (unsigned i = 0; i < DISSECTION_FIELDS_MAX + 10; i++)
		field_add(&d, field_add(&d, &d.root, F_MSNP_EXTRA, SOURCE_LINE, 0, 0), F_MSNP_EXTRA, SOURCE_LINE, 0, 0);
	assert_int_equal(d.field_count, DISSECTION_FIELDS_MAX);
	assert_int_equal(d.finding_count, 1);
	for (unsigned i = 0; i < DISSECTION_FINDINGS_MAX + 10; i++)
		finding_add(&d, RULE_MSNP_BAD_VALUE, NULL, "%u", i);
	assert_int_equal(d.finding_count, DISSECTION_FINDINGS_MAX);
	assert_ptr_equal(d.last_finding->rule, &finding_rules[RULE_LIMIT_FIELDS]);

	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	for (unsigned i = 0; i < DISSECTION_SOURCES_MAX + 10; i++) {
		unsigned source = dissection_add_source(&d, "part", SLICE_LIT("x"));

		assert_true(source >= SOURCE_FIXED && source < DISSECTION_SOURCES_MAX);
		assert_int_equal(d.sources[source].data.len, 1);
	}
	assert_int_equal(d.source_count, DISSECTION_SOURCES_MAX);
	assert_int_equal(d.finding_count, 1);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),    cmocka_unit_test(test_kinds), cmocka_unit_test(test_sets),
		cmocka_unit_test(test_flag_sets), cmocka_unit_test(test_forms), cmocka_unit_test(test_literals),
		cmocka_unit_test(test_rules),     cmocka_unit_test(test_tree),  cmocka_unit_test(test_summary),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
