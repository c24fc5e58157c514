/* SPDX-License-Identifier: BSD-2-Clause */
/* Secrets by kind and by what names them. */
#ifndef MSNSCOPE_SECRETS_SECRET_TABLE_H
#define MSNSCOPE_SECRETS_SECRET_TABLE_H

#include "secrets/key_log.h"

struct secret_row;

/* Zero-initialised memory with max set is an empty table; ends with secret_table_free. */
struct secret_table {
	struct secret_row *rows; /* hash table, oldest first */
	size_t count, max;
	uint64_t refused;  /* did not fit any more */
	bool forgets;      /* the oldest give way instead */
};

/*
 * Copies it; key is at most 255 bytes, secret at most KEY_LOG_SECRET_MAX.  Of
 * two secrets of one name the first counts, unless replace is set or it is the
 * beginning of the second: a line that was still being written.
 */
void secret_table_add(struct secret_table *t, enum key_log_kind kind, struct slice key, struct slice secret, bool replace);

/* Empty when there is none; valid until the next change of the table. */
struct slice secret_table_find(const struct secret_table *t, enum key_log_kind kind, struct slice key);

/* Overwrites and frees all. */
void secret_table_free(struct secret_table *t);

#endif
