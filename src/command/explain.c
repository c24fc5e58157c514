/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/explain.h"

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"

/* The operands are the words of one line, or the line in quotes; pages write its end out. */
static struct slice line_of(const struct options *o, struct buffer *line)
{
	static const char *const ends[] = {"\r", "\n", "\\r\\n", "\\n"};
	struct slice s;

	for (size_t i = 0; i < o->operand_count; i++) {
		if (i)
			buffer_add_byte(line, ' ');
		buffer_add_str(line, o->operands[i]);
	}
	s = buffer_slice(line);
	for (size_t i = 0; i < 2 * sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i % 4]);

		if (s.len >= n && memcmp(s.ptr + s.len - n, ends[i % 4], n) == 0)
			s.len -= n;
	}
	return s;
}

int command_explain_line(const struct options *o)
{
	struct explain_options options = {o->version, o->roles, o->direction};
	struct buffer line = {NULL, 0, 0};
	struct run run;

	if (o->operand_count == 0) {
		message("which command? msnscope explain 'VER 1 MSNP8 CVR0'");
		return STATUS_UNUSABLE;
	}
	struct slice text = line_of(o, &line);

	if (text.len > MSNP_LINE_MAX) {
		message("the line is longer than %u bytes", MSNP_LINE_MAX);
		buffer_free(&line);
		return STATUS_UNUSABLE;
	}
	if (!run_open(&run, o, false)) {
		buffer_free(&line);
		return STATUS_UNUSABLE;
	}
	explain_line(&run.out.buffer, text, &options);
	output_record(&run.out);
	buffer_free(&line);
	return run_close(&run);
}
