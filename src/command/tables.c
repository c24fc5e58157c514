/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/spec_tables.h"
#include "output/tables_write.h"
#include "util/memory.h"

/* The kinds: those that are collected, and the two of the specification alone. */
static const char *const kinds[] = {"commands", "wiki", "values", "types", "coverage", "spec", "diff"};

enum { KIND_SPEC = TABLES_KINDS, KIND_DIFF, KINDS };

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == KINDS, "each kind has a name");

static int find_kind(const char *name)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(kinds[i], name) == 0)
			return i;
	const char *nearest = message_nearest(name, kinds, KINDS, sizeof(kinds[0]));
	if (nearest)
		message("no kind of table is called '%s'; did you mean '%s'?", name, nearest);
	else
		message("no kind of table is called '%s'; see 'msnscope help tables'", name);
	return -1;
}

/* --- the specification alone --- */

static int write_spec(const struct options *o)
{
	struct run run;

	if (o->operand_count > 1) {
		message("tables spec reads no file; see 'msnscope help tables'");
		return STATUS_UNUSABLE;
	}
	if (!run_open(&run, o, false))
		return STATUS_UNUSABLE;
	spec_table_write(&run.out, (enum table_format)o->table_format, o->version);
	return run_close(&run);
}

static int write_diff(const struct options *o)
{
	int version[2];
	struct run run;

	if (o->operand_count != 3) {
		message("tables diff wants two versions; see 'msnscope help tables'");
		return STATUS_UNUSABLE;
	}
	for (size_t i = 0; i < 2; i++) {
		version[i] = options_version(o->operands[i + 1]);
		if (!version[i]) {
			message("tables diff: '%s' is not a protocol version from 2 to 24", o->operands[i + 1]);
			return STATUS_UNUSABLE;
		}
	}
	if (!run_open(&run, o, false))
		return STATUS_UNUSABLE;
	spec_diff_write(&run.out, (enum table_format)o->table_format, version[0], version[1]);
	return run_close(&run);
}

/* --- what values are wanted of --- */

#define COMMAND_NAME_LEN 3u

/* Three upper-case letters or digits, or a command of the table in any case; upper case is written to word. */
static bool is_command(const char *name, char *word)
{
	const struct msnp_form *forms;
	bool upper = strlen(name) == COMMAND_NAME_LEN;

	if (!upper)
		return false;
	for (size_t i = 0; i < COMMAND_NAME_LEN; i++) {
		bool lower = name[i] >= 'a' && name[i] <= 'z';

		upper &= (name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= '0' && name[i] <= '9');
		word[i] = (char)(lower ? name[i] - 32 : name[i]);
	}
	word[COMMAND_NAME_LEN] = 0;
	return upper || msnp_forms_named(slice_str(word), &forms) > 0;
}

static bool take_fields(struct tables_wanted *wanted, const char *prefix)
{
	bool any = false;

	for (size_t i = 0; *prefix && i < field_defs_count; i++) {
		bool fits = slice_has_prefix(slice_str(field_defs[i].name), slice_str(prefix));

		wanted->field[i] |= fits;
		any |= fits;
	}
	return any;
}

/* What a run of this subcommand works with. */
struct work {
	struct options options; /* with the files as operands */
	struct tables_style style;
	struct tables_wanted wanted;
	const char **names;          /* room for those of commands */
	char (*words)[COMMAND_NAME_LEN + 1];
};

/* Operands behind the kind are names up to the first that is none. */
static void take_names(struct work *work)
{
	struct options *o = &work->options;

	work->names = memory_zalloc((o->operand_count + 1) * sizeof(*work->names));
	work->words = memory_zalloc((o->operand_count + 1) * sizeof(*work->words));
	work->wanted.names = work->names;
	bool any = false;
	for (; o->operand_count; o->operands++, o->operand_count--, any = true) {
		char *word = work->words[work->wanted.name_count];

		if (is_command(o->operands[0], word))
			work->names[work->wanted.name_count++] = word;
		else if (!take_fields(&work->wanted, o->operands[0]))
			break;
	}
	work->wanted.every = !any;
}

/* --- captures --- */

struct writing {
	struct output *out;
	const struct work *work;
	struct tables *tables;
};

_Static_assert(offsetof(struct work, options) == 0, "the options of a work are its beginning");

static void *open_tables(const struct options *o, const struct run *r, struct output *out)
{
	struct writing *n = memory_zalloc(sizeof(*n));

	(void)r;
	n->work = (const struct work *)(const void *)o;
	n->out = out;
	n->tables = tables_new(&n->work->wanted);
	return n;
}

static struct event_sink sink_of(void *writing)
{
	struct writing *n = writing;

	return tables_sink(n->tables);
}

static void free_writing(struct writing *n)
{
	tables_free(n->tables);
	free(n);
}

static void join(void *all, void *next)
{
	struct writing *to = all, *from = next;

	tables_append(to->tables, from->tables);
	free_writing(from);
}

static void close_tables(void *writing)
{
	struct writing *n = writing;

	if (n->tables->file_count)
		tables_write(n->out, &n->work->style, n->tables);
	if (n->tables->value_limit < TABLES_VALUES_MAX)
		message("more than %u values in all: only %zu are kept of each field, the others are added up", TABLES_ALL_VALUES_MAX,
			n->tables->value_limit);
	free_writing(n);
}

static int write_captures(const struct options *o, enum tables_kind kind)
{
	static const struct run_writer writer = {.open = open_tables, .sink = sink_of, .close = close_tables, .join = join};
	struct work work = {
		.options = *o,
		.style = {kind, (enum table_format)o->table_format, o->verbatim, o->version},
		.wanted = {.commands = kind == TABLES_COMMANDS || kind == TABLES_WIKI || kind == TABLES_COVERAGE,
			   .types = kind == TABLES_TYPES,
			   .values = kind == TABLES_VALUES},
	};
	struct run run;
	int status = STATUS_UNUSABLE;

	work.options.operands++;
	work.options.operand_count--;
	if (kind == TABLES_VALUES)
		take_names(&work);
	if (run_open(&run, &work.options, true)) {
		run_files(&run, &work.options, &writer);
		status = run_close(&run);
	}
	free(work.names);
	free(work.words);
	return status;
}

int command_tables(const struct options *o)
{
	if (o->operand_count == 0) {
		message("tables wants a kind of table; see 'msnscope help tables'");
		return STATUS_UNUSABLE;
	}
	int kind = find_kind(o->operands[0]);

	if (kind < 0)
		return STATUS_UNUSABLE;
	if (kind == KIND_SPEC)
		return write_spec(o);
	if (kind == KIND_DIFF)
		return write_diff(o);
	return write_captures(o, (enum tables_kind)kind);
}
