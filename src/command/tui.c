/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/tui.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"
#include "command/live.h"
#include "command/message.h"
#include "command/reading.h"
#include "command/workers.h"
#include "pipeline_packets.h"
#include "util/memory.h"

/* So long a screen is not yet shown: a file that cannot be read is told without one, a small one is there at once. */
#define FIRST_LOOK_MS 250

struct screen {
	const struct options *options;
	struct pipeline_live *live; /* or NULL */
	struct live_kept kept;
	struct tui_model *model;
	struct reading *reading;
};

bool command_tui_possible(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
		return false;
	if (isatty(STDIN_FILENO))
		return true;
	int keyboard = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (keyboard >= 0)
		close(keyboard);
	return keyboard >= 0;
}

/* --- packets of connections --- */

/* How a connection is known again when its packets are read for the second time. */
struct known {
	struct address client, server;
	int64_t start_ns, end_ns;
};

struct known_list {
	struct known *list; /* in order of their ends */
	size_t count;
	uint32_t file; /* that all of them are of */
};

static int compare_address(const struct address *a, const struct address *b)
{
	int order = memcmp(a->ip, b->ip, sizeof(a->ip));

	if (order)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (int)a->version - (int)b->version;
}

static int compare_ends(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int order = compare_address(&x->client, &y->client);

	return order ? order : compare_address(&x->server, &y->server);
}

/* One that begins while the known one is open is the same: packets from its very beginning may be missing now. */
static bool is_known(void *ctx, const struct connection *c)
{
	const struct known_list *l = ctx;
	const struct known key = {.client = c->client, .server = c->server};
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ends(&l->list[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->count && compare_ends(&l->list[low], &key) == 0; low++)
		if (c->start_ns >= l->list[low].start_ns && c->start_ns <= l->list[low].end_ns)
			return true;
	return false;
}

/* Returns false when they are of several files. */
static bool look_up(struct store *s, const uint32_t *connections, size_t count, struct known_list *l)
{
	bool one_file = true;

	l->list = memory_alloc(count * sizeof(l->list[0]));
	store_lock(s);
	for (size_t i = 0; i < count && connections[i] < store_connections(s); i++) {
		const struct store_connection *c = store_connection(s, connections[i]);

		one_file = one_file && (l->count == 0 || c->file == l->file);
		l->file = c->file;
		l->list[l->count++] = (struct known){c->info.client, c->info.server, c->info.start_ns,
						     c->ended ? c->info.end_ns : INT64_MAX};
	}
	store_unlock(s);
	qsort(l->list, l->count, sizeof(l->list[0]), compare_ends);
	return one_file;
}

/* The name of a file of the store, which numbers only those that could be read; NULL when it is not kept. */
static const char *packets_file(const struct screen *s, uint32_t file)
{
	const struct options *o = s->options;

	if (s->live)
		return o->write_all ? o->write_all : o->write_msn ? o->write_msn : s->kept.fd >= 0 ? s->kept.path : NULL;
	store_lock(s->model->store);
	const char *name = file < store_files(s->model->store) ? store_file(s->model->store, file)->name : NULL;
	store_unlock(s->model->store);
	return name;
}

static bool write_known(const struct screen *s, struct known_list *l, const char *path, char *text)
{
	const char *from = packets_file(s, l->file);
	char remark[CAPTURE_MESSAGE_MAX];
	uint64_t written;

	if (!from) {
		snprintf(text, TUI_MESSAGE_MAX, "the packets were not kept");
		return false;
	}
	if (!pipeline_packets(&s->options->pipeline, from, is_known, l, path, &written, remark)) {
		snprintf(text, TUI_MESSAGE_MAX, "%s", remark);
		return false;
	}
	/* A file that is still written to ends somewhere inside a packet: no damage. */
	if (s->live)
		remark[0] = 0;
	snprintf(text, TUI_MESSAGE_MAX, "%" PRIu64 " packets%s%.400s", written, remark[0] ? "; " : "", remark);
	return true;
}

static bool save_packets(void *ctx, const uint32_t *connections, size_t count, const char *path, char *text)
{
	const struct screen *s = ctx;
	struct known_list l = {.count = 0};
	bool good = look_up(s->model->store, connections, count, &l);

	if (good)
		good = write_known(s, &l, path, text);
	else
		snprintf(text, TUI_MESSAGE_MAX, "connections of several captures: save those of one at a time");
	free(l.list);
	return good;
}

/* --- what the screen asks --- */

static void on_status(void *ctx, struct tui_status *out)
{
	const struct screen *s = ctx;

	reading_status(s->reading, out);
}

static void on_stop(void *ctx)
{
	const struct screen *s = ctx;

	reading_stop(s->reading);
}

static bool may_colour(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	return o->colour == COLOUR_ALWAYS || (o->colour == COLOUR_AUTO && !(no_color && *no_color));
}

static void name_input(const struct options *o, char *name, size_t size)
{
	const char *first = run_file(o, 0);

	if (strcmp(first, "-") == 0)
		first = "standard input";
	if (run_file_count(o) > 1)
		snprintf(name, size, "%s and %zu more", first, run_file_count(o) - 1);
	else
		snprintf(name, size, "%s", first);
}

static int show(struct screen *s)
{
	const struct tui_reader reader = {on_status, on_stop, save_packets, s};
	const struct options *o = s->options;
	char name[512], text[TUI_MESSAGE_MAX] = "";
	const struct tui_options options = {
		.model = s->model,
		.reader = &reader,
		.name = name,
		.filter = o->filter,
		.colour = may_colour(o),
		.show_secrets = o->show_secrets,
		.polls = o->pipeline.polls,
	};

	name_input(o, name, sizeof(name));
	if (tui_run(&options, text))
		return STATUS_DONE;
	message("%s", text);
	return STATUS_UNUSABLE;
}

/* --- the subcommand --- */

static bool check(const struct options *o)
{
	struct run r = {.status = STATUS_DONE};
	struct filter *filter;

	if (!live_check(o) || !run_filter(&r, o, &filter))
		return false;
	filter_free(filter);
	if (!command_tui_possible()) {
		message("tui wants a terminal: for the screen, the keys, and TERM set; 'msnscope text' prints");
		return false;
	}
	if (o->operand_count == 0 && !o->interface && isatty(STDIN_FILENO)) {
		message("no capture given; see 'msnscope --help'");
		return false;
	}
	return true;
}

static bool open_live(struct screen *s)
{
	const struct options *o = s->options;

	if (!o->interface)
		return true;
	s->live = live_begin(o);
	return s->live && (o->write_msn || o->write_all || live_keep(s->live, &s->kept));
}

static int read_and_show(struct screen *s)
{
	int status = STATUS_DONE;

	s->model = tui_model_new();
	struct event_sink sink = tui_model_sink(s->model);
	s->reading = reading_begin(s->options, s->live, &sink);
	if (s->reading) {
		if (reading_wait(s->reading, FIRST_LOOK_MS))
			status = show(s);
		int read = reading_end(s->reading);
		status = status == STATUS_DONE ? read : status;
	} else {
		status = STATUS_UNUSABLE;
	}
	tui_model_free(s->model);
	return status;
}

int command_tui(const struct options *o)
{
	struct screen s = {.options = o, .kept = {.fd = -1}};
	int status = STATUS_UNUSABLE;

	if (!check(o))
		return STATUS_UNUSABLE;
	if (open_live(&s))
		status = read_and_show(&s);
	live_end(s.live);
	live_kept_close(&s.kept);
	return status;
}
