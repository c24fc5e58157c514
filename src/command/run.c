/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/live.h"
#include "command/message.h"
#include "command/workers.h"
#include "timeline/filter_sink.h"

static bool is_stdio(const char *name)
{
	return strcmp(name, "-") == 0;
}

/* --- output --- */

/* Nobody reads any more: end as the signal would have ended the program.  Other errors are told. */
static void write_failed(void *ctx, int error)
{
	const struct run *r = ctx;

	if (error == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	} else {
		message("%s: %s", r->output_name, strerror(error));
	}
	exit(STATUS_UNUSABLE);
}

static bool same_file(const struct stat *output, const char *input)
{
	struct stat st;

	if ((is_stdio(input) ? fstat(STDIN_FILENO, &st) : stat(input, &st)) != 0)
		return false;
	return S_ISREG(st.st_mode) && st.st_dev == output->st_dev && st.st_ino == output->st_ino;
}

/* Would writing destroy a capture that is to be read? */
static bool is_input(const struct options *o, const struct stat *output)
{
	if (o->operand_count == 0)
		return !o->interface && same_file(output, "-");
	for (size_t i = 0; i < o->operand_count; i++)
		if (same_file(output, o->operands[i]))
			return true;
	return false;
}

static int open_output(const struct options *o, bool reads)
{
	bool to_stdout = !o->output || is_stdio(o->output);
	const char *name = to_stdout ? "standard output" : o->output;
	struct stat st;

	if (reads && (to_stdout ? fstat(STDOUT_FILENO, &st) : stat(o->output, &st)) == 0 && is_input(o, &st)) {
		message("%s: is the capture to be read; not overwritten", name);
		return -1;
	}
	if (to_stdout)
		return STDOUT_FILENO;
	int fd = open(o->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		message("%s: %s", name, strerror(errno));
	return fd;
}

static bool wants_colour(enum colour_when when, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOUR_AUTO)
		return when == COLOUR_ALWAYS;
	return isatty(fd) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

/* Does a capture come from an interface, or from a pipe, perhaps while it is being made? */
static bool is_live(const struct options *o)
{
	struct stat st;

	if (o->interface)
		return true;
	for (size_t i = 0; i < o->operand_count; i++)
		if (is_stdio(o->operands[i]))
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	return o->operand_count == 0 && fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
}

bool run_open(struct run *r, const struct options *o, bool reads)
{
	*r = (struct run){.status = STATUS_DONE};
	if (reads && !live_check(o))
		return false;
	if (reads && o->operand_count == 0 && !o->interface && isatty(STDIN_FILENO)) {
		message("no capture given; see 'msnscope --help'");
		return false;
	}
	if (reads && o->interface) {
		r->live = live_begin(o);
		if (!r->live)
			return false;
		live_end_by_signals();
	}
	int fd = open_output(o, reads);
	if (fd < 0) {
		live_end(r->live);
		return false;
	}
	output_init(&r->out, fd, isatty(fd) || (reads && is_live(o)));
	r->output_name = fd == STDOUT_FILENO ? "standard output" : o->output;
	r->out.failed = write_failed;
	r->out.failed_ctx = r;
	r->colour = wants_colour(o->colour, fd);
	return true;
}

int run_close(struct run *r)
{
	live_end(r->live);
	output_flush(&r->out);
	output_free(&r->out);
	/* Some file systems tell only now that a write failed. */
	if (close(r->out.fd) != 0 && errno != EBADF) {
		message("%s: %s", r->output_name, strerror(errno));
		return STATUS_UNUSABLE;
	}
	return r->status;
}

/* --- input --- */

/* Unusable input outweighs damaged input. */
void run_set_status(struct run *r, int status)
{
	if (r->status != STATUS_UNUSABLE)
		r->status = status;
}

void outcome_add_summary(struct summary *to, const struct summary *from)
{
	to->packets += from->packets;
	to->lines += from->lines;
	to->events += from->events;
	to->connections += from->connections;
	for (size_t i = 0; i < sizeof(to->findings) / sizeof(to->findings[0]); i++)
		to->findings[i] += from->findings[i];
}

const char *run_file(const struct options *o, size_t i)
{
	if (o->interface)
		return o->interface;
	return o->operand_count ? o->operands[i] : "-";
}

size_t run_file_count(const struct options *o)
{
	return o->operand_count ? o->operand_count : 1;
}

/* Nothing is remembered from one file to the next: what is written of a file depends on it alone. */
static struct outcome read_file(const struct options *o, const char *file, const struct pipeline_live *live,
				const struct event_sink *sink)
{
	struct outcome outcome = {.status = STATUS_DONE};
	struct pipeline *p = pipeline_new(&o->pipeline, sink);

	switch (live ? pipeline_live(p, live, outcome.reason) : pipeline_file(p, file, outcome.reason)) {
	case PIPELINE_DONE:
		outcome.any = true;
		break;
	case PIPELINE_DAMAGED:
		outcome.any = true;
		outcome.status = STATUS_DAMAGED;
		break;
	case PIPELINE_UNWRITTEN:
		outcome.any = true;
		outcome.status = STATUS_UNUSABLE;
		break;
	case PIPELINE_UNREADABLE:
		outcome.status = STATUS_UNUSABLE;
		break;
	}
	outcome.summary = pipeline_summary(p);
	pipeline_free(p);
	return outcome;
}

/* The same through the filter, when there is one. */
struct outcome outcome_of_file(const struct options *o, const char *file, const struct pipeline_live *live,
			       const struct filter *filter, const struct event_sink *sink)
{
	struct filter_sink wanted;

	if (!filter)
		return read_file(o, file, live, sink);
	filter_sink_init(&wanted, filter, sink);
	struct event_sink outer = filter_sink(&wanted);
	struct outcome outcome = read_file(o, file, live, &outer);
	wanted.summary.packets = outcome.summary.packets;
	wanted.summary.lines = outcome.summary.lines;
	outcome.summary = wanted.summary;
	filter_sink_free(&wanted);
	return outcome;
}

void outcome_tell(struct run *r, const char *file, const struct outcome *outcome)
{
	if (outcome->status == STATUS_DONE)
		return;
	output_flush(&r->out);
	message("%s: %s", is_stdio(file) ? "standard input" : file, outcome->reason);
	run_set_status(r, outcome->status);
}

/* The expression, and a mark under the place where it is wrong. */
static void complain_filter(const char *expression, const struct filter_error *error)
{
	message("-Y: %s", error->text);
	message("    %s", expression);
	message("    %*s^", (int)(error->column < 4096 ? error->column - 1 : 0), "");
}

bool run_filter(struct run *r, const struct options *o, struct filter **filter)
{
	struct filter_error error;

	*filter = o->filter ? filter_compile(o->filter, &error) : NULL;
	if (!o->filter || *filter)
		return true;
	complain_filter(o->filter, &error);
	run_set_status(r, STATUS_UNUSABLE);
	return false;
}

static void end_all(const struct event_sink *sink, const struct summary *total, bool any)
{
	if (any && sink->summary)
		sink->summary(sink->ctx, total);
}

void run_captures(struct run *r, const struct options *o, const struct event_sink *sink)
{
	struct summary total = {0};
	struct filter *filter;
	bool any = false;

	if (!run_filter(r, o, &filter))
		return;
	for (size_t i = 0; i < run_file_count(o); i++) {
		struct outcome outcome = outcome_of_file(o, run_file(o, i), r->live, filter, sink);

		outcome_tell(r, run_file(o, i), &outcome);
		outcome_add_summary(&total, &outcome.summary);
		any |= outcome.any;
	}
	end_all(sink, &total, any);
	filter_free(filter);
}

static size_t worker_count(const struct options *o)
{
	long processors = o->jobs ? (long)o->jobs : sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = processors > 1 ? (size_t)processors : 1;

	return count < run_file_count(o) ? count : run_file_count(o);
}

void run_files(struct run *r, const struct options *o, const struct run_writer *w)
{
	size_t count = o->parallel ? worker_count(o) : 1;
	struct filter *filter;

	/* A pretty array, or a SARIF log, is one value over all files. */
	if (count > 1 && !o->pretty && !o->sarif) {
		if (run_filter(r, o, &filter))
			workers_run(r, o, w, count);
		filter_free(filter);
		return;
	}
	void *writer = w->open(o, r, &r->out);
	struct event_sink sink = w->sink(writer);
	run_captures(r, o, &sink);
	w->close(writer);
}
