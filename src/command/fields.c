/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/reference.h"

static void print_field(struct run *run, const struct options *o, const struct field_def *def, bool exact)
{
	struct buffer *out = &run->out.buffer;
	struct json j = json_to(out, false);

	if (o->json) {
		reference_field_json(&j, def);
		buffer_add_byte(out, '\n');
	} else {
		reference_field_line(out, def);
		if (exact && def->values)
			reference_values(out, def->values);
	}
	output_record(&run->out);
}

static bool print_prefixed(struct run *run, const struct options *o, const char *prefix)
{
	size_t count = 0;

	for (size_t i = 0; i < field_defs_count; i++) {
		if (!slice_has_prefix(slice_str(field_defs[i].name), slice_str(prefix)))
			continue;
		print_field(run, o, &field_defs[i], strcmp(field_defs[i].name, prefix) == 0);
		count++;
	}
	return count > 0;
}

static void complain(const char *prefix)
{
	const char *nearest = message_nearest(prefix, field_defs, field_defs_count, sizeof(field_defs[0]));

	if (nearest)
		message("no field begins with '%s'; did you mean '%s'?", prefix, nearest);
	else
		message("no field begins with '%s'; see 'msnscope fields'", prefix);
}

int command_fields(const struct options *o)
{
	struct run run;

	if (!run_open(&run, o, false))
		return STATUS_UNUSABLE;
	if (o->operand_count == 0)
		print_prefixed(&run, o, "");
	for (size_t i = 0; i < o->operand_count; i++) {
		if (print_prefixed(&run, o, o->operands[i]))
			continue;
		complain(o->operands[i]);
		run.status = STATUS_UNUSABLE;
	}
	return run_close(&run);
}
