/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines in a stream of bytes: where one ends, whether it can be one, how long its payload is. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_LINE_H
#define MSNSCOPE_DISSECTORS_MSNP_LINE_H

#include "dissectors/msnp_table.h"

/* A line looked for among other bytes: longer ones, or of more words, are not taken for one. */
#define CANDIDATE_LINE_MAX 4096u
#define CANDIDATE_WORDS_MAX 32u

struct msnp_line {
	struct slice text; /* without line end */
	size_t total;      /* with line end */
	bool bare_lf;
};

enum msnp_line_result {
	LINE_FOUND,
	LINE_MORE, /* no line end yet */
	LINE_NONE, /* no line end within max bytes */
};

/* The first line of s, at most max bytes long; no line end stands before offset scanned. */
enum msnp_line_result msnp_line_find(struct slice s, size_t max, size_t scanned, struct msnp_line *line);

enum msnp_candidate { CANDIDATE_NO, CANDIDATE_YES, CANDIDATE_MORE };

/* Three capitals or three digits, then a space or a line end. */
enum msnp_candidate msnp_name_plausible(struct slice s);

/*
 * Do these bytes start with a command line that this sender may send, complete
 * with CR LF, in a form the table knows?  Strict: for finding commands among
 * other bytes.
 */
enum msnp_candidate msnp_candidate(struct slice data, enum msnp_sender sender, const struct msnp_context *context,
				   struct arena *arena);

/* Does the table know forms of this command from this sender, all of them without payload?  Spares matching the line. */
bool msnp_never_payload(struct slice name, enum msnp_sender sender);

/* Bytes below 0x20, and DEL. */
bool msnp_has_control_bytes(struct slice s);

/*
 * Reads off a line that msnp_match knows (fit is not FIT_NONE) whether a payload
 * follows: sets has_payload, declared, length_absent, length_limit of m, whose
 * sender is set.
 */
void msnp_read_length(struct msnp_message *m, struct msnp_words words, const struct msnp_match *match);

/*
 * Looks in bytes, before offset limit, for the first place from where whole
 * commands, one behind the other, lead to offset goal or beyond; sets *from.
 * at_end: nothing follows bytes, and a last command may be cut off.  Takes time
 * proportional to the bytes.
 */
struct msnp_search {
	struct slice bytes;
	size_t limit, goal;
	bool at_end;
	enum msnp_sender sender;
	const struct msnp_context *context;
	struct arena *arena; /* reset by the search */
};
enum msnp_candidate msnp_search(const struct msnp_search *search, size_t *from);

#endif
