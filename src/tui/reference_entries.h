/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reference explains: commands, error numbers, fields, sets of values, findings. */
#ifndef MSNSCOPE_TUI_REFERENCE_ENTRIES_H
#define MSNSCOPE_TUI_REFERENCE_ENTRIES_H

#include "util/arena.h"
#include "util/buffer.h"

enum reference_kind { REFERENCE_COMMANDS, REFERENCE_ERRORS, REFERENCE_FIELDS, REFERENCE_SETS, REFERENCE_FINDINGS, REFERENCE_KINDS };

struct reference_entry {
	enum reference_kind kind;
	size_t index;         /* in the table of its kind; of commands the first form */
	const char *name, *meaning;
};

/* All of them, by kind. */
struct reference_entries {
	struct reference_entry *entry;
	size_t count;
	size_t first[REFERENCE_KINDS + 1]; /* of each kind; the last one is count */
	struct arena arena;
};

/* Ends with reference_entries_free. */
void reference_entries_init(struct reference_entries *r);
void reference_entries_free(struct reference_entries *r);

/* "commands", ... */
const char *reference_kind_name(enum reference_kind kind);

/* The entry of that name, or the first one whose name begins so; count when there is none.  ASCII case is ignored. */
size_t reference_entry_named(const struct reference_entries *r, struct slice name);

/* Does name or meaning hold the text?  As text_match has it; every one holds an empty text. */
bool reference_entry_holds(const struct reference_entry *e, struct slice text);

/* The entry that is most like what was typed: its name, else its beginning, else a part of it, else anything; count: none. */
size_t reference_entry_best(const struct reference_entries *r, struct slice text);

/* Adds all that is known of an entry, with colours. */
void reference_entry_text(struct buffer *out, const struct reference_entry *e);

#endif
