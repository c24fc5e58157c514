/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a walk over whole commands failed every walk that comes by the same
 * place fails, so each place is visited once.
 */
#include <stdlib.h>

#include "dissectors/msnp_line.h"
#include "util/memory.h"

static bool visit(uint8_t *visited, size_t at)
{
	uint8_t bit = (uint8_t)(1u << (at & 7));
	bool fresh = !(visited[at / 8] & bit);

	visited[at / 8] |= bit;
	return fresh;
}

/* Do whole commands, one behind the other, lead from offset at to the goal?  visited has a bit for every byte. */
static enum msnp_candidate chain_reaches(const struct msnp_search *search, size_t at, uint8_t *visited)
{
	for (bool first = true; at < search->goal; first = false) {
		struct slice rest = slice_sub(search->bytes, at, search->bytes.len);
		struct msnp_message m = {.sender = search->sender};
		struct msnp_line line;
		enum msnp_candidate here = msnp_candidate(rest, search->sender, search->context, search->arena);

		if (here == CANDIDATE_MORE && !search->at_end)
			return CANDIDATE_MORE;
		if (here == CANDIDATE_MORE && !first)
			return CANDIDATE_YES;
		if (here != CANDIDATE_YES || !visit(visited, at))
			return CANDIDATE_NO;
		msnp_line_find(rest, CANDIDATE_LINE_MAX, 0, &line);
		struct msnp_words words = msnp_split(line.text, search->arena);
		struct msnp_match match = msnp_match(words, search->sender, search->context, search->arena);
		msnp_read_length(&m, words, &match);
		at += line.total + (m.has_payload ? (size_t)m.declared : 0);
		arena_reset(search->arena);
	}
	return CANDIDATE_YES;
}

enum msnp_candidate msnp_search(const struct msnp_search *search, size_t *from)
{
	enum msnp_candidate result = CANDIDATE_NO;
	uint8_t *visited = memory_zalloc(search->bytes.len / 8 + 1);

	for (size_t at = 0; at < search->limit && result == CANDIDATE_NO; at++) {
		if (msnp_name_plausible(slice_sub(search->bytes, at, search->bytes.len)) != CANDIDATE_YES)
			continue;
		result = chain_reaches(search, at, visited);
		if (result == CANDIDATE_YES)
			*from = at;
		arena_reset(search->arena);
	}
	free(visited);
	return result;
}
