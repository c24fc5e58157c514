/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversations of captures as logs for reading, each as one piece.  Lines
 * are kept until their conversation and all that began before it have ended.
 */
#ifndef MSNSCOPE_OUTPUT_CHAT_H
#define MSNSCOPE_OUTPUT_CHAT_H

#include "output/output.h"
#include "session/event.h"

/* Bytes of lines that are kept; beyond, the oldest conversation is written as far as it is known. */
#define CHAT_KEPT_MAX (64u << 20)

struct chat_options {
	bool colour;
	bool typing;     /* show who is typing, and how conversations end */
	bool both;       /* show a conversation from each side that was captured */
	bool name_files; /* there is more than one capture */
	size_t kept_max; /* 0: CHAT_KEPT_MAX */
};

struct chat_view;

struct chat {
	struct output *out;
	struct chat_options options;
	struct chat_view *views; /* in the order they began */
	size_t kept;
};

/* The caller ends with chat_free. */
void chat_init(struct chat *w, struct output *out, struct chat_options options);
struct event_sink chat_sink(struct chat *w);
void chat_free(struct chat *w);

#endif
