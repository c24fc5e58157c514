/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/answers.h"
#include "output/novelty.h"
#include "util/memory.h"

/* --- what is asked for --- */

static bool add_rules(struct rule_set *set, const char *option, const char *list)
{
	size_t length;
	const char *wrong = rule_set_add(set, list, &length);

	if (!wrong)
		return true;
	struct slice item = slice_of(wrong, length);
	char name[64];
	length = item.len < sizeof(name) - 1 ? item.len : sizeof(name) - 1;
	memcpy(name, item.ptr, length);
	name[length] = 0;
	const char *nearest = message_nearest(name, finding_rules, RULE_COUNT, sizeof(finding_rules[0]));
	if (nearest)
		message("%s: no rule '%s' is known; did you mean '%s'?", option, name, nearest);
	else
		message("%s: no rule '%s' is known; see 'msnscope rules'", option, name);
	return false;
}

static bool choose_rules(struct rule_set *rules, const struct options *o)
{
	struct rule_set ignored = {{false}};

	*rules = (struct rule_set){{false}};
	for (size_t i = 0; i < RULE_COUNT; i++)
		rules->has[i] = !o->only;
	if (o->only && !add_rules(rules, "--only", o->only))
		return false;
	if (o->ignore && !add_rules(&ignored, "--ignore", o->ignore))
		return false;
	for (size_t i = 0; i < RULE_COUNT; i++)
		rules->has[i] &= !ignored.has[i];
	return true;
}

static bool modes_fit(const struct options *o)
{
	bool listing = o->news || o->wanted;

	if (o->news && o->wanted)
		message("--new and --wanted: one or the other");
	else if (o->json && o->sarif)
		message("--json and --sarif: one or the other");
	else if (listing && o->sarif)
		message("--sarif is for findings; --new and --wanted have --json");
	else if (o->wanted && (o->only || o->ignore || o->severity))
		message("--wanted asks for events, not for findings of some rules or severity");
	else
		return true;
	return false;
}

/* --- findings --- */

static void *open_check(const struct options *o, const struct run *r, struct output *out)
{
	struct check *c = memory_alloc(sizeof(*c));
	struct check_options options = {
		.format = o->json ? CHECK_JSON : o->sarif ? CHECK_SARIF : CHECK_TEXT,
		.least = o->severity,
		.all = o->verbose > 0,
		.colour = r->colour,
		.show_secrets = o->show_secrets,
	};

	choose_rules(&options.rules, o);
	check_init(c, out, &options);
	c->errors = o->errors;
	return c;
}

static struct event_sink sink_of_check(void *check)
{
	return check_sink(check);
}

static void free_check(struct check *c)
{
	check_free(c);
	free(c);
}

static void join_check(void *all, void *next)
{
	check_join(all, next);
	free_check(next);
}

static void close_check(void *check)
{
	struct check *c = check;

	check_finish(c);
	*c->errors = check_count(c, SEVERITY_ERROR);
	free_check(c);
}

static const struct run_writer findings_writer = {
	.open = open_check, .sink = sink_of_check, .close = close_check, .join = join_check};

/* --- what the specification does not cover, and what is wanted --- */

/* A collector that writes when all files were read. */
struct collecting {
	struct output *out;
	bool json;
	struct novelties *novelties; /* or NULL */
	struct wanted *wanted;
	struct answers *answers;
};

static void *open_novelties(const struct options *o, const struct run *r, struct output *out)
{
	struct collecting *c = memory_zalloc(sizeof(*c));
	struct rule_set rules;

	(void)r;
	choose_rules(&rules, o);
	for (size_t i = 0; i < RULE_COUNT; i++)
		rules.has[i] &= finding_rules[i].severity >= o->severity;
	c->out = out;
	c->json = o->json;
	c->novelties = novelties_new(&rules, o->show_secrets);
	return c;
}

/* The whole list, which is small; *error is 0, an errno, or EFBIG. */
static struct buffer read_list(const char *path, int *error)
{
	struct buffer text = {NULL, 0, 0};
	FILE *f = fopen(path, "rb");
	uint8_t bytes[4096];
	size_t n;

	*error = f ? 0 : errno;
	while (f && text.len <= WANTED_BYTES_MAX && (n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buffer_add(&text, bytes, n);
	if (f && ferror(f))
		*error = errno ? errno : EIO;
	if (text.len > WANTED_BYTES_MAX)
		*error = EFBIG;
	if (f)
		fclose(f);
	return text;
}

/* NULL after a message. */
static struct wanted *load_list(const char *path)
{
	struct wanted_error wrong;
	struct wanted *w = NULL;
	int error;
	struct buffer text = read_list(path, &error);

	if (error) {
		message("%s: %s", path, strerror(error));
	} else {
		w = wanted_parse(buffer_slice(&text), &wrong);
		if (!w)
			message("%s:%zu: %s", path, wrong.line, wrong.text);
	}
	buffer_free(&text);
	return w;
}

/* Filters are not shared between workers: each reads the list, which was found right before. */
static void *open_answers(const struct options *o, const struct run *r, struct output *out)
{
	struct collecting *c = memory_zalloc(sizeof(*c));

	(void)r;
	c->out = out;
	c->json = o->json;
	c->wanted = load_list(o->wanted);
	if (!c->wanted)
		exit(STATUS_UNUSABLE);
	c->answers = answers_new(c->wanted, o->show_secrets);
	return c;
}

static struct event_sink sink_of_collecting(void *collecting)
{
	struct collecting *c = collecting;

	return c->novelties ? novelties_sink(c->novelties) : answers_sink(c->answers);
}

static void free_collecting(struct collecting *c)
{
	if (c->novelties)
		novelties_free(c->novelties);
	if (c->answers)
		answers_free(c->answers);
	wanted_free(c->wanted);
	free(c);
}

static void join_collecting(void *all, void *next)
{
	struct collecting *c = all, *from = next;

	if (c->novelties)
		novelties_join(c->novelties, from->novelties);
	else
		answers_join(c->answers, from->answers);
	free_collecting(from);
}

static void close_collecting(void *collecting)
{
	struct collecting *c = collecting;

	if (c->novelties)
		novelties_write(c->novelties, c->out, c->json);
	else
		answers_write(c->answers, c->out, c->json);
	free_collecting(c);
}

static const struct run_writer novelties_writer = {
	.open = open_novelties, .sink = sink_of_collecting, .close = close_collecting, .join = join_collecting};
static const struct run_writer answers_writer = {
	.open = open_answers, .sink = sink_of_collecting, .close = close_collecting, .join = join_collecting};

/* --- all together --- */

#define LIST_NAME "wanted.txt"

static bool fill_path(char *path, size_t size, const char *folder, const char *rest)
{
	int n = snprintf(path, size, "%s/%s", folder, rest);

	return n > 0 && (size_t)n < size;
}

/* Beside the program as it lies in a build folder, or in a tree that was moved after it was installed. */
static bool find_beside(char *path, size_t size)
{
	char program[2048];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n <= 0)
		return false;
	program[n] = 0;
	char *slash = strrchr(program, '/');
	if (!slash)
		return false;
	*slash = 0;
	return fill_path(path, size, program, "../share/msnscope/" LIST_NAME) && access(path, R_OK) == 0;
}

/* The list that came with the program, unless the environment says where it is. */
static bool find_list(char *path, size_t size)
{
	const char *folder = getenv("MSNSCOPE_DATADIR");

	if (folder && *folder) {
		if (fill_path(path, size, folder, LIST_NAME))
			return true;
		message("MSNSCOPE_DATADIR: name too long");
		return false;
	}
	if (access(PKGDATADIR "/" LIST_NAME, R_OK) == 0 || !find_beside(path, size))
		return fill_path(path, size, PKGDATADIR, LIST_NAME);
	return true;
}

int command_check(const struct options *given)
{
	struct options o = *given;
	struct rule_set rules;
	struct run run;
	uint64_t errors = 0;
	char list[4096];

	if (!modes_fit(&o) || !choose_rules(&rules, &o))
		return STATUS_UNUSABLE;
	if (o.wanted && !*o.wanted) {
		if (!find_list(list, sizeof(list)))
			return STATUS_UNUSABLE;
		o.wanted = list;
	}
	if (o.wanted) {
		struct wanted *w = load_list(o.wanted);

		if (!w)
			return STATUS_UNUSABLE;
		wanted_free(w);
	}
	if (!run_open(&run, &o, true))
		return STATUS_UNUSABLE;
	o.errors = &errors;
	run_files(&run, &o, o.news ? &novelties_writer : o.wanted ? &answers_writer : &findings_writer);
	int status = run_close(&run);
	return status == STATUS_DONE && errors ? STATUS_ERRORS : status;
}
