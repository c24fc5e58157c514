/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_detect.h"

#include "dissectors/msnp_line.h"

/* Before anything is known every role and version is possible. */
static const struct msnp_context anything = {.versions = {MSNP_FIRST, MSNP_NEWEST}};

/* A line with a parameter of its own behind the TrID is hardly anything else. */
static bool is_strong(struct slice line, enum msnp_sender sender, struct arena *arena)
{
	struct msnp_match match = msnp_match(msnp_split(line, arena), sender, &anything, arena);

	return match.binding_count > 0 && !msnp_is_error_name(slice_sub(line, 0, 3));
}

/* Where the command behind the first line starts: behind its payload, when it has one. */
static size_t next_command(struct slice data, size_t line_total, enum msnp_sender sender, struct arena *arena)
{
	struct msnp_message m = {.sender = sender};
	struct msnp_words words = msnp_split(slice_sub(data, 0, line_total - 2), arena);
	struct msnp_match match = msnp_match(words, sender, &anything, arena);

	msnp_read_length(&m, words, &match);
	return line_total + (m.has_payload ? (size_t)m.declared : 0);
}

enum msnp_detect msnp_detect(struct slice data, enum msnp_sender sender, bool likely, struct arena *arena)
{
	size_t end;

	switch (msnp_candidate(data, sender, &anything, arena)) {
	case CANDIDATE_NO:
		return DETECT_NO;
	case CANDIDATE_MORE:
		return DETECT_MORE;
	case CANDIDATE_YES:
		break;
	}
	end = slice_find_byte(data, '\n') + 1;
	if (likely || is_strong(slice_sub(data, 0, end - 2), sender, arena))
		return DETECT_YES;
	end = next_command(data, end, sender, arena);
	switch (msnp_candidate(slice_sub(data, end, data.len), sender, &anything, arena)) {
	case CANDIDATE_NO:
		return DETECT_NO;
	case CANDIDATE_MORE:
		return DETECT_MORE;
	case CANDIDATE_YES:
		break;
	}
	return DETECT_YES;
}
