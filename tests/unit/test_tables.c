/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of what tables keep: of each field, of all fields, in one table and in tables that are joined. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/tables.h"
#include "util/memory.h"

/* Numbers of fields that values are made for: more than fit with all their values. */
#define FIELDS 200u
#define VALUES 900u

static struct tables_wanted *all_fields(void)
{
	struct tables_wanted *w = memory_zalloc(sizeof(*w));

	w->values = true;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		w->field[i] = true;
	return w;
}

/* An event with a value of each of the first fields that hold numbers. */
static void tell(struct event_sink sink, uint64_t id, uint64_t value, size_t fields)
{
	struct arena arena = {0};
	struct dissection d;
	struct connection c = {.id = 1};

	dissection_init(&d, &arena, SLICE_LIT("XYZ"), SLICE_EMPTY);
	for (size_t i = 0, n = 0; n < fields && i < FIELD_COUNT; i++) {
		if (field_defs[i].type != FIELD_UINT && field_defs[i].type != FIELD_HEX)
			continue;
		field_add_number(&d, &d.root, (enum field_id)i, value, SOURCE_LINE, 0, 0);
		n++;
	}
	struct event e = {.id = id, .kind = EVENT_COMMAND, .connection = &c, .name = SLICE_LIT("XYZ"), .dissection = &d};
	sink.event(sink.ctx, &e);
	arena_free(&arena);
}

static void open_file(struct event_sink sink, const char *name)
{
	const struct capture_info info = {.file = name};

	sink.capture(sink.ctx, &info);
}

/* Every value in steps that come round to each of them, so that none come in order. */
static uint64_t nth(uint64_t i)
{
	return 1000 + i * 577 % VALUES;
}

static size_t count_rows(const struct tables *t, size_t *fields, uint64_t *counted)
{
	size_t rows = 0;

	*fields = 0;
	*counted = 0;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct stats_rows *values = t->values[i];

		if (!values)
			continue;
		++*fields;
		rows += values->count;
		assert_true(values->count <= t->value_limit);
		for (size_t j = 0; j < values->count; j++)
			*counted += values->row[j]->sum[SUM_COUNT];
		*counted += values->others ? values->others->sum[SUM_COUNT] : 0;
	}
	return rows;
}

static void assert_same(const struct tables *a, const struct tables *b)
{
	assert_int_equal(a->value_limit, b->value_limit);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct stats_rows *x = a->values[i], *y = b->values[i];

		assert_int_equal(x != NULL, y != NULL);
		if (!x)
			continue;
		assert_int_equal(x->count, y->count);
		for (size_t j = 0; j < x->count; j++) {
			assert_int_equal(x->row[j]->key.len, y->row[j]->key.len);
			assert_memory_equal(x->row[j]->key.bytes, y->row[j]->key.bytes, x->row[j]->key.len);
			assert_int_equal(x->row[j]->sum[SUM_COUNT], y->row[j]->sum[SUM_COUNT]);
			assert_int_equal(x->row[j]->first_file, y->row[j]->first_file);
			assert_int_equal(x->row[j]->first_event, y->row[j]->first_event);
		}
		assert_int_equal(x->others != NULL, y->others != NULL);
		if (x->others)
			assert_int_equal(x->others->sum[SUM_COUNT], y->others->sum[SUM_COUNT]);
	}
}

/* Two files: what is counted in one table, and in two that are joined. */
static void test_all_values(void **state)
{
	struct tables_wanted *wanted = all_fields();
	struct tables *one = tables_new(wanted), *first = tables_new(wanted), *second = tables_new(wanted);
	struct event_sink whole = tables_sink(one), half[2] = {tables_sink(first), tables_sink(second)};
	size_t fields;
	uint64_t counted;

	(void)state;
	for (size_t file = 0; file < 2; file++) {
		open_file(whole, "x");
		open_file(half[file], "x");
		for (uint64_t i = 0; i < VALUES; i++) {
			/* The second file has fewer fields and half of the values. */
			uint64_t value = file ? nth(i / 2) : nth(i);

			tell(whole, i + 1, value, file ? FIELDS / 3 : FIELDS);
			tell(half[file], i + 1, value, file ? FIELDS / 3 : FIELDS);
		}
	}
	size_t rows = count_rows(one, &fields, &counted);
	assert_true(fields > 80); /* else the limit is not reached */
	assert_true(rows <= TABLES_ALL_VALUES_MAX);
	assert_true(rows + fields > TABLES_ALL_VALUES_MAX);
	assert_int_equal(one->value_limit, TABLES_ALL_VALUES_MAX / fields);
	assert_int_equal(counted, VALUES * (fields + (FIELDS / 3 < fields ? FIELDS / 3 : fields)));
	tables_append(first, second);
	assert_same(one, first);
	tables_free(one);
	tables_free(first);
	tables_free(second);
	free(wanted);
}

/* Below the limit of all fields that of each counts. */
static void test_each_field(void **state)
{
	struct tables_wanted *wanted = all_fields();
	struct tables *t = tables_new(wanted);
	struct event_sink sink = tables_sink(t);
	size_t fields;
	uint64_t counted;

	(void)state;
	open_file(sink, "x");
	for (uint64_t i = 0; i < 3000; i++)
		tell(sink, i + 1, i, 2);
	assert_int_equal(count_rows(t, &fields, &counted), 2 * TABLES_VALUES_MAX);
	assert_int_equal(counted, 6000);
	assert_int_equal(t->value_limit, TABLES_VALUES_MAX);
	tables_free(t);
	free(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_values),
		cmocka_unit_test(test_each_field),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
