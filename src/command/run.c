/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/message.h"
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
		return same_file(output, "-");
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

/* Does a capture come from a pipe, perhaps while it is being made? */
static bool is_live(const struct options *o)
{
	struct stat st;

	for (size_t i = 0; i < o->operand_count; i++)
		if (is_stdio(o->operands[i]))
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	return o->operand_count == 0 && fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
}

bool run_open(struct run *r, const struct options *o, bool reads)
{
	*r = (struct run){.status = STATUS_DONE};
	if (reads && o->operand_count == 0 && isatty(STDIN_FILENO)) {
		message("no capture given; see 'msnscope --help'");
		return false;
	}
	int fd = open_output(o, reads);
	if (fd < 0)
		return false;
	output_init(&r->out, fd, isatty(fd) || (reads && is_live(o)));
	r->output_name = fd == STDOUT_FILENO ? "standard output" : o->output;
	r->out.failed = write_failed;
	r->out.failed_ctx = r;
	r->colour = wants_colour(o->colour, fd);
	return true;
}

int run_close(struct run *r)
{
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
static void set_status(struct run *r, int status)
{
	if (r->status != STATUS_UNUSABLE)
		r->status = status;
}

/* Returns whether anything was handed to the sink. */
static bool read_capture(struct run *r, struct pipeline *p, const char *file)
{
	const char *name = is_stdio(file) ? "standard input" : file;
	char reason[CAPTURE_MESSAGE_MAX] = "";

	enum pipeline_result result = pipeline_file(p, file, reason);
	if (result == PIPELINE_DONE)
		return true;
	output_flush(&r->out);
	message("%s: %s", name, reason);
	set_status(r, result == PIPELINE_DAMAGED ? STATUS_DAMAGED : STATUS_UNUSABLE);
	return result == PIPELINE_DAMAGED;
}

static void read_captures(struct run *r, const struct options *o, const struct event_sink *sink)
{
	struct pipeline *p = pipeline_new(&o->pipeline, sink);
	bool any = false;

	if (o->operand_count == 0)
		any = read_capture(r, p, "-");
	for (size_t i = 0; i < o->operand_count; i++)
		any |= read_capture(r, p, o->operands[i]);
	if (any)
		pipeline_finish(p);
	pipeline_free(p);
}

/* The expression, and a mark under the place where it is wrong. */
static void complain_filter(const char *expression, const struct filter_error *error)
{
	message("-Y: %s", error->text);
	message("    %s", expression);
	message("    %*s^", (int)(error->column < 4096 ? error->column - 1 : 0), "");
}

void run_captures(struct run *r, const struct options *o, const struct event_sink *sink)
{
	struct filter_error error;
	struct filter_sink wanted;

	if (!o->filter) {
		read_captures(r, o, sink);
		return;
	}
	struct filter *filter = filter_compile(o->filter, &error);
	if (!filter) {
		complain_filter(o->filter, &error);
		set_status(r, STATUS_UNUSABLE);
		return;
	}
	filter_sink_init(&wanted, filter, sink);
	struct event_sink outer = filter_sink(&wanted);
	read_captures(r, o, &outer);
	filter_sink_free(&wanted);
	filter_free(filter);
}
