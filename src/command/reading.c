/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/reading.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "command/message.h"
#include "command/workers.h"
#include "util/memory.h"

_Static_assert(TUI_MESSAGE_MAX == CAPTURE_MESSAGE_MAX, "a reason fits a status");

struct reading {
	struct options options; /* with a watch */
	struct pipeline_watch watch;
	const struct pipeline_live *live;
	struct event_sink sink;
	pthread_t thread;
	struct outcome *outcomes; /* of all files, the thread's until it has ended */
	uint64_t packets_before;  /* of files that have ended */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t change;
	struct tui_status status;
	bool stop;
	bool any; /* something was read */
};

/* --- the thread --- */

static bool go_on(void *ctx, const struct pipeline_progress *p)
{
	struct reading *r = ctx;

	pthread_mutex_lock(&r->lock);
	r->status.packets = r->packets_before + p->packets;
	r->status.bytes = p->bytes;
	r->status.total_bytes = p->total_bytes;
	r->status.dropped = p->drops;
	bool stop = r->stop;
	pthread_mutex_unlock(&r->lock);
	return !stop;
}

/* False when the user has had enough. */
static bool begin_file(struct reading *r, size_t i)
{
	pthread_mutex_lock(&r->lock);
	r->status.file = (uint32_t)i + 1;
	r->status.bytes = r->status.total_bytes = 0;
	bool stop = r->stop;
	pthread_mutex_unlock(&r->lock);
	return !stop;
}

static const char *name_of(const struct reading *r, size_t i)
{
	const char *file = run_file(&r->options, i);

	return strcmp(file, "-") == 0 ? "standard input" : file;
}

static void end_file(struct reading *r, size_t i, struct outcome *outcome)
{
	pthread_mutex_lock(&r->lock);
	/* That it was not opened any more is what the user asked for. */
	if (r->stop && !outcome->any)
		outcome->status = STATUS_DONE;
	if (outcome->status != STATUS_DONE)
		snprintf(r->status.message, sizeof(r->status.message), "%.200s: %.300s", name_of(r, i), outcome->reason);
	r->packets_before += outcome->summary.packets;
	r->status.packets = r->packets_before;
	r->any |= outcome->any;
	pthread_mutex_unlock(&r->lock);
}

static void *read_all(void *ctx)
{
	struct reading *r = ctx;
	struct summary total = {0};

	for (size_t i = 0; i < run_file_count(&r->options) && begin_file(r, i); i++) {
		struct outcome *outcome = &r->outcomes[i];

		*outcome = outcome_of_file(&r->options, run_file(&r->options, i), r->live, NULL, &r->sink);
		outcome_add_summary(&total, &outcome->summary);
		end_file(r, i, outcome);
	}
	if (r->any && r->sink.summary)
		r->sink.summary(r->sink.ctx, &total);
	pthread_mutex_lock(&r->lock);
	r->status.running = false;
	pthread_cond_broadcast(&r->change);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Signals are for the thread that looks after the terminal, but for those that tell of an error of this one. */
static int start_thread(struct reading *r)
{
	static const int errors[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
	sigset_t blocked, before;

	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		sigdelset(&blocked, errors[i]);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	int error = pthread_create(&r->thread, NULL, read_all, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

/* --- its owner --- */

static void free_reading(struct reading *r)
{
	pthread_cond_destroy(&r->change);
	pthread_mutex_destroy(&r->lock);
	free(r->outcomes);
	free(r);
}

struct reading *reading_begin(const struct options *o, const struct pipeline_live *live, const struct event_sink *sink)
{
	struct reading *r = memory_zalloc(sizeof(*r));

	r->options = *o;
	r->watch = (struct pipeline_watch){go_on, r};
	r->options.pipeline.watch = &r->watch;
	r->live = live;
	r->sink = *sink;
	r->outcomes = memory_zalloc(run_file_count(o) * sizeof(r->outcomes[0]));
	r->status.running = true;
	r->status.live = live != NULL;
	r->status.files = (uint32_t)run_file_count(o);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->change, NULL);
	int error = start_thread(r);
	if (error == 0)
		return r;
	message("no thread to read with: %s", strerror(error));
	free_reading(r);
	return NULL;
}

bool reading_wait(struct reading *r, unsigned milliseconds)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	end.tv_sec += (time_t)(milliseconds / 1000) + end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	pthread_mutex_lock(&r->lock);
	while (r->status.running && pthread_cond_timedwait(&r->change, &r->lock, &end) != ETIMEDOUT)
		;
	bool good = r->any || r->status.running;
	pthread_mutex_unlock(&r->lock);
	return good;
}

void reading_status(struct reading *r, struct tui_status *out)
{
	pthread_mutex_lock(&r->lock);
	*out = r->status;
	pthread_mutex_unlock(&r->lock);
}

void reading_stop(struct reading *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_mutex_unlock(&r->lock);
}

int reading_end(struct reading *r)
{
	struct run run = {.status = STATUS_DONE};

	reading_stop(r);
	pthread_join(r->thread, NULL);
	for (size_t i = 0; i < run_file_count(&r->options); i++) {
		if (r->outcomes[i].status == STATUS_DONE)
			continue;
		message("%s: %s", name_of(r, i), r->outcomes[i].reason);
		run_set_status(&run, r->outcomes[i].status);
	}
	free_reading(r);
	return run.status;
}
