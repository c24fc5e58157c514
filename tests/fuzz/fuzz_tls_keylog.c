/* SPDX-License-Identifier: BSD-2-Clause */
/* A key log, as a whole and in pieces: the entries are the same. */
#include <stdlib.h>

#include "secrets/secret_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t entries, sum;
	struct secret_table table;
};

static void on_entry(void *ctx, const struct key_log_entry *e)
{
	struct seen *s = ctx;

	s->entries++;
	for (size_t i = 0; i < e->key.len; i++)
		s->sum = s->sum * 31 + e->key.ptr[i];
	for (size_t i = 0; i < e->secret.len; i++)
		s->sum = s->sum * 31 + e->secret.ptr[i];
	secret_table_add(&s->table, e->kind, e->key, e->secret, s->entries % 2);
	if (s->table.count > s->table.max)
		abort();
}

static struct seen read_log(struct slice text, size_t piece)
{
	struct seen s = {.table = {.max = 16, .forgets = true}};
	struct key_log k = {.entry = on_entry, .ctx = &s};

	for (size_t at = 0; at < text.len; at += piece)
		key_log_data(&k, slice_sub(text, at, piece));
	key_log_pause(&k);
	if (k.malformed > k.lines || (k.malformed != 0) != (k.first_malformed != 0))
		abort();
	key_log_free(&k);
	secret_table_free(&s.table);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct seen whole = read_log(text, size ? size : 1), cut = read_log(text, 7);

	if (whole.entries != cut.entries || whole.sum != cut.sum)
		abort();
	return 0;
}
