/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timeline in a terminal.  It shows what a model has gathered; who fills
 * the model, on a thread of its own, is the reader.
 */
#ifndef MSNSCOPE_TUI_TUI_H
#define MSNSCOPE_TUI_TUI_H

#include "tui/model.h"

#define TUI_MESSAGE_MAX 512

/* How far reading has come. */
struct tui_status {
	bool running;          /* more may come */
	bool live;             /* from an interface */
	uint32_t file, files;  /* number of the one that is read, from 1, and how many there are */
	uint64_t packets;      /* so far, of all files */
	uint64_t bytes, total_bytes; /* of the file that is read; total_bytes 0: not known */
	uint64_t dropped;      /* packets of an interface that are missing */
	char message[TUI_MESSAGE_MAX]; /* the latest trouble, one line, not yet escaped; empty: none */
};

/* Who reads.  Called on the thread of the TUI, at any time, none of them waits long but save_packets. */
struct tui_reader {
	void (*status)(void *ctx, struct tui_status *out);
	/* Ends reading soon; what has been read stays. */
	void (*stop)(void *ctx);
	/*
	 * Writes the packets of these connections (numbers of the store) to a new
	 * file, as pcap.  Returns false, or true with a remark, in message
	 * (TUI_MESSAGE_MAX bytes); an existing file is not overwritten.
	 */
	bool (*save_packets)(void *ctx, const uint32_t *connections, size_t count, const char *path, char *message);
	void *ctx;
};

struct tui_options {
	struct tui_model *model;
	const struct tui_reader *reader;
	const char *name;      /* of what is shown: file, or interface */
	const char *filter;    /* -Y, or NULL; was compiled before without error */
	bool colour;           /* the terminal's colours may be used */
	bool show_secrets;
	bool polls;
};

/*
 * Shows it on the controlling terminal until the user quits, a signal ends the
 * program or the terminal hangs up.  The terminal is then as it was.  Returns
 * false after a message (TUI_MESSAGE_MAX bytes) when there is no terminal that can be used.
 */
bool tui_run(const struct tui_options *o, char *message);

#endif
