/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets/secret_table.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

#define KEY_MAX 255u

struct secret_row {
	UT_hash_handle hh;
	size_t secret_len;
	uint8_t *secret;   /* behind key */
	size_t key_len;    /* with the kind in front */
	uint8_t key[];
};

/* Kind and key as one; returns the length. */
static unsigned name_of(uint8_t *out, enum key_log_kind kind, struct slice key)
{
	size_t len = key.len < KEY_MAX ? key.len : KEY_MAX;

	out[0] = (uint8_t)kind;
	if (len)
		memcpy(out + 1, key.ptr, len);
	return (unsigned)len + 1;
}

static void drop(struct secret_table *t, struct secret_row *row)
{
	HASH_DEL(t->rows, row);
	t->count--;
	OPENSSL_cleanse(row->secret, row->secret_len);
	free(row);
}

static bool is_beginning(const struct secret_row *row, struct slice secret)
{
	return row->secret_len < secret.len && memcmp(row->secret, secret.ptr, row->secret_len) == 0;
}

void secret_table_add(struct secret_table *t, enum key_log_kind kind, struct slice key, struct slice secret, bool replace)
{
	uint8_t name[KEY_MAX + 1];
	unsigned len = name_of(name, kind, key);
	struct secret_row *row;

	HASH_FIND(hh, t->rows, name, len, row);
	if (row && !replace && !is_beginning(row, secret))
		return;
	if (row)
		drop(t, row);
	if (t->count == t->max && t->forgets)
		drop(t, t->rows);
	if (t->count == t->max) {
		t->refused++;
		return;
	}
	row = memory_zalloc(sizeof(*row) + len + secret.len);
	row->key_len = len;
	memcpy(row->key, name, len);
	row->secret = row->key + len;
	row->secret_len = secret.len;
	if (secret.len)
		memcpy(row->secret, secret.ptr, secret.len);
	HASH_ADD_KEYPTR(hh, t->rows, row->key, len, row);
	t->count++;
}

struct slice secret_table_find(const struct secret_table *t, enum key_log_kind kind, struct slice key)
{
	uint8_t name[KEY_MAX + 1];
	unsigned len = name_of(name, kind, key);
	struct secret_row *row;

	HASH_FIND(hh, t->rows, name, len, row);
	return row ? slice_of(row->secret, row->secret_len) : SLICE_EMPTY;
}

void secret_table_free(struct secret_table *t)
{
	while (t->rows)
		drop(t, t->rows);
}
