/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/rule_set.h"

static void print_rule(struct run *run, const struct options *o, const struct finding_rule *rule, bool details)
{
	struct buffer *out = &run->out.buffer;
	struct json j = json_to(out, false);

	if (o->json) {
		rule_json(&j, rule);
		buffer_add_byte(out, '\n');
	} else if (details) {
		rule_details(out, rule);
	} else {
		rule_line(out, rule);
	}
	output_record(&run->out);
}

/* One rule in full, or a line for each whose id begins so. */
static bool print_named(struct run *run, const struct options *o, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!slice_has_prefix(slice_str(finding_rules[i].id), slice_str(name)))
			continue;
		print_rule(run, o, &finding_rules[i], strcmp(finding_rules[i].id, name) == 0);
		any = true;
	}
	return any;
}

static void complain(const char *name)
{
	const char *nearest = message_nearest(name, finding_rules, RULE_COUNT, sizeof(finding_rules[0]));

	if (nearest)
		message("no rule '%s' is known; did you mean '%s'?", name, nearest);
	else
		message("no rule '%s' is known; see 'msnscope rules'", name);
}

int command_rules(const struct options *o)
{
	struct run run;

	if (!run_open(&run, o, false))
		return STATUS_UNUSABLE;
	if (o->operand_count == 0)
		print_named(&run, o, "");
	for (size_t i = 0; i < o->operand_count; i++) {
		if (print_named(&run, o, o->operands[i]))
			continue;
		complain(o->operands[i]);
		run.status = STATUS_UNUSABLE;
	}
	return run_close(&run);
}
