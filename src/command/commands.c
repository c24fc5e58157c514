/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/reference.h"

static bool wanted(const struct options *o, const struct msnp_form *form)
{
	if (o->version && (o->version < form->versions.lo || o->version > form->versions.hi))
		return false;
	if (o->roles && !(form->roles & o->roles))
		return false;
	return o->direction < 0 || form->sender == (enum msnp_sender)o->direction;
}

/* How what was asked for is printed. */
struct listing {
	struct run run;
	struct json json;
	const struct options *options;
	bool details;
	size_t count; /* of what was printed */
};

static void end_item(struct listing *l)
{
	l->count++;
	if (l->options->json || l->details)
		buffer_add_byte(&l->run.out.buffer, '\n');
	output_record(&l->run.out);
}

static void print_form(struct listing *l, const struct msnp_form *form)
{
	struct buffer *out = &l->run.out.buffer;

	if (!wanted(l->options, form))
		return;
	if (l->options->json)
		reference_form_json(&l->json, form);
	else if (l->details)
		reference_form_details(out, form);
	else
		reference_form_line(out, form);
	end_item(l);
}

static void print_error(struct listing *l, const struct msnp_error *error)
{
	struct buffer *out = &l->run.out.buffer;

	if (l->options->json)
		reference_error_json(&l->json, error);
	else if (l->details)
		reference_error_details(out, error);
	else
		reference_error_line(out, error);
	end_item(l);
}

static void print_errors(struct listing *l)
{
	l->details = false;
	for (size_t i = 0; i < msnp_errors_count; i++)
		print_error(l, &msnp_errors[i]);
}

/* The values that the parameters of these forms can have, each set once. */
static void print_values(struct listing *l, const struct msnp_form *forms, size_t count)
{
	bool done[FIELD_COUNT] = {false};

	for (size_t i = 0; i < count; i++)
		if (wanted(l->options, &forms[i]))
			reference_form_values(&l->run.out.buffer, &forms[i], done);
}

/* Names as they are in the table: upper case. */
static void normalise(const char *name, char word[16])
{
	size_t n = 0;

	for (; name[n] && n < 15; n++)
		word[n] = (char)(name[n] >= 'a' && name[n] <= 'z' ? name[n] - 32 : name[n]);
	word[n] = 0;
}

static bool complain(const char *name, const char *word)
{
	const char *nearest = message_nearest(word, msnp_forms, msnp_forms_count, sizeof(msnp_forms[0]));

	if (msnp_is_error_name(slice_str(name)))
		message("no error %s is known; see 'msnscope commands errors'", name);
	else if (nearest && strlen(word) <= 4)
		message("no command '%s' is known; did you mean '%s'?", name, nearest);
	else
		message("no command '%s' is known; see 'msnscope commands'", name);
	return false;
}

static bool print_named(struct listing *l, const char *name)
{
	const struct msnp_form *forms;
	const struct msnp_error *error = NULL;
	uint64_t number;
	char word[16];

	normalise(name, word);
	if (strcmp(word, "ERRORS") == 0) {
		print_errors(l);
		return true;
	}
	l->details = true;
	size_t count = msnp_forms_named(slice_str(word), &forms);
	bool is_error = msnp_is_error_name(slice_str(word)) && slice_u64(slice_str(word), &number);
	if (is_error)
		error = msnp_error_find(number);
	if (count == 0 || (is_error && !error))
		return complain(name, word);
	if (error)
		print_error(l, error);
	for (size_t i = 0; i < count; i++)
		print_form(l, &forms[i]);
	if (!l->options->json)
		print_values(l, forms, count);
	return true;
}

static void print_all(struct listing *l)
{
	for (size_t i = 0; i < msnp_forms_count; i++)
		print_form(l, &msnp_forms[i]);
}

int command_commands(const struct options *o)
{
	struct listing l = {.options = o};

	if (!run_open(&l.run, o, false))
		return STATUS_UNUSABLE;
	l.json = json_to(&l.run.out.buffer, false);
	if (o->operand_count == 0)
		print_all(&l);
	for (size_t i = 0; i < o->operand_count; i++)
		if (!print_named(&l, o->operands[i]))
			l.run.status = STATUS_UNUSABLE;
	if (l.count == 0 && l.run.status == STATUS_DONE) {
		message("no form of a command is like that");
		l.run.status = STATUS_UNUSABLE;
	}
	return run_close(&l.run);
}
