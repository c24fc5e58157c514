/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands with routed payloads, as test_routing.c plays them. */
#ifndef MSNSCOPE_TESTS_UNIT_ROUTING_ROWS_H
#define MSNSCOPE_TESTS_UNIT_ROUTING_ROWS_H

#include "dissectors/msnp_dissect.h"

struct routing_row {
	int version;
	const char *line;     /* behind ">>> " or "<<< " */
	const char *payload;  /* each \n stands for CR LF */
	const char *summary;  /* the same */
	const char *findings; /* ids, parted by blanks */
};

/*
 * Dissects the command of a row; the copy of the payload lies in memory of
 * exactly its size, of which the first len bytes are taken, all for SIZE_MAX.
 * The arena is reset first.
 */
void routing_row_dissect(struct dissection *d, struct arena *arena, const struct routing_row *row, size_t len);

/* Each row, whole: its length, summary and findings; then cut at every byte. */
void routing_rows_check(const struct routing_row *rows, size_t count);

#endif
