/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/message.h"
#include "dissectors/xml.h"
#include "util/memory.h"

/* A file that a worker reads into a temporary file. */
struct job {
	struct outcome outcome;
	int fd;    /* what was written, or -1 */
	void *writer; /* that waits to be joined, or NULL */
	int error; /* of writing there */
	bool done;
};

struct workers {
	const struct run *run;
	const struct options *options;
	const struct run_writer *writer;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a job is done, or may begin */
	struct job *jobs;
	size_t next;            /* job that no worker has taken */
	size_t written;         /* jobs whose output has gone on; workers do not run far ahead */
	size_t ahead;
	void *all;              /* writes what stands behind all files; others are joined to it */
};

/* An unlinked file; -1 with errno set. */
static int temporary_file(void)
{
	FILE *f = tmpfile();
	int fd = f ? dup(fileno(f)) : -1;

	if (f)
		fclose(f);
	return fd;
}

static void work_on(struct workers *w, struct job *job, const char *file)
{
	struct filter_error error;
	struct filter *filter = w->options->filter ? filter_compile(w->options->filter, &error) : NULL;
	struct output out;

	job->fd = temporary_file();
	job->error = job->fd < 0 ? errno : 0;
	if (job->fd >= 0) {
		output_init(&out, job->fd, false);
		void *writer = w->writer->open(w->options, w->run, &out);
		struct event_sink sink = w->writer->sink(writer);
		job->outcome = outcome_of_file(w->options, file, NULL, filter, &sink);
		if (w->writer->join)
			job->writer = writer;
		else
			w->writer->close(writer);
		output_flush(&out);
		job->error = out.error;
		output_free(&out);
	}
	filter_free(filter);
}

static void *worker_main(void *ctx)
{
	struct workers *w = ctx;
	size_t count = run_file_count(w->options);

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->next < count && w->next >= w->written + w->ahead)
			pthread_cond_wait(&w->changed, &w->lock);
		if (w->next >= count)
			break;
		size_t i = w->next++;
		pthread_mutex_unlock(&w->lock);
		work_on(w, &w->jobs[i], run_file(w->options, i));
		pthread_mutex_lock(&w->lock);
		w->jobs[i].done = true;
		pthread_cond_broadcast(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Puts what a worker wrote behind what was written before. */
static int copy_output(struct run *r, int fd)
{
	uint8_t bytes[OUTPUT_FLUSH_BYTES];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return errno;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			buffer_add(&r->out.buffer, bytes, (size_t)n);
		output_record(&r->out);
	}
	return n < 0 ? errno : 0;
}

static void take_job(struct run *r, const struct options *o, struct workers *w, size_t i, struct summary *total, bool *any)
{
	struct job *job = &w->jobs[i];

	pthread_mutex_lock(&w->lock);
	while (!job->done)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
	if (job->writer)
		w->writer->join(w->all, job->writer);
	int error = job->fd >= 0 && !job->error ? copy_output(r, job->fd) : job->error;
	if (job->fd >= 0)
		close(job->fd);
	if (error) {
		message("%s: temporary file: %s", run_file(o, i), strerror(error));
		run_set_status(r, STATUS_UNUSABLE);
	}
	outcome_tell(r, run_file(o, i), &job->outcome);
	outcome_add_summary(total, &job->outcome.summary);
	*any |= job->outcome.any;
	pthread_mutex_lock(&w->lock);
	w->written = i + 1;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

void workers_run(struct run *r, const struct options *o, const struct run_writer *writer, size_t count)
{
	struct workers w = {.run = r, .options = o, .writer = writer, .ahead = count * WORKERS_AHEAD};
	pthread_t *threads = memory_zalloc(count * sizeof(*threads));
	struct summary total = {0};
	bool any = false;
	size_t started = 0;

	w.all = writer->open(o, r, &r->out);
	xml_prepare_threads();
	w.jobs = memory_zalloc(run_file_count(o) * sizeof(*w.jobs));
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.changed, NULL);
	while (started < count && pthread_create(&threads[started], NULL, worker_main, &w) == 0)
		started++;
	/* Without a thread to be had this one does the work. */
	if (started == 0) {
		w.ahead = run_file_count(o);
		worker_main(&w);
	}
	for (size_t i = 0; i < run_file_count(o); i++)
		take_job(r, o, &w, i, &total, &any);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	struct event_sink sink = writer->sink(w.all);
	if (any && sink.summary)
		sink.summary(sink.ctx, &total);
	writer->close(w.all);
	pthread_cond_destroy(&w.changed);
	pthread_mutex_destroy(&w.lock);
	free(w.jobs);
	free(threads);
}
