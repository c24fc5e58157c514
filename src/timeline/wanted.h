/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of questions, each with an expression for the events that may answer
 * it: a line "id TAB expression TAB question"; blank lines and lines that begin
 * with # do not count.
 */
#ifndef MSNSCOPE_TIMELINE_WANTED_H
#define MSNSCOPE_TIMELINE_WANTED_H

#include "timeline/filter.h"

/* Questions of one list, and bytes of it. */
#define WANTED_MAX 1024u
#define WANTED_BYTES_MAX (1u << 20)

struct wanted_question {
	char *id, *expression, *question;
	struct filter *filter;
};

struct wanted {
	struct wanted_question *list;
	size_t count;
};

struct wanted_error {
	size_t line;                        /* from 1 */
	char text[FILTER_ERROR_MAX + 64];   /* one line */
};

/* Compiles a list.  NULL with *error filled in when it is wrong.  Ends with wanted_free. */
struct wanted *wanted_parse(struct slice text, struct wanted_error *error);
void wanted_free(struct wanted *w);

#endif
