/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes what users sent each other, and other bodies, as files of a folder,
 * with a manifest (JSON) of what they are.
 */
#ifndef MSNSCOPE_OUTPUT_EXTRACT_H
#define MSNSCOPE_OUTPUT_EXTRACT_H

#include "output/chat_log.h"
#include "output/folder.h"
#include "output/json.h"
#include "output/output.h"
#include "session/event.h"

/* What is wanted, as a set of bits. */
enum { EXTRACT_OBJECTS = 1, EXTRACT_OIM = 2, EXTRACT_SOAP = 4, EXTRACT_CHAT = 8, EXTRACT_ALL = 15 };

/* How far bytes of an object may stand behind those that came before, in all: lengths on the wire lie. */
#define EXTRACT_HOLES_MAX (64u << 20)
/* Complete objects whose contents are remembered, so that none is written twice. */
#define EXTRACT_KNOWN_MAX 4096u

struct extract_file;
struct extract_known;

struct extract {
	struct folder *folder;
	struct output *list;     /* a line for each file */
	unsigned wanted;
	void (*failed)(void *ctx, const char *name, int error); /* a file could not be written; it is left as it is */
	void *failed_ctx;
	struct output manifest;
	struct json json;
	struct extract_file *files;  /* of objects that have begun and not ended */
	struct extract_known *known; /* by SHA-1 */
	struct buffer base, name;    /* file names in work */
	struct buffer capture;       /* name of the capture that is read */
	struct chat_log chats;
};

/*
 * The manifest is begun at once.  folder and list stay the caller's; failed may
 * be NULL.  Returns 0 or an errno.  Ends with extract_end, whatever it returned.
 */
int extract_init(struct extract *x, struct folder *folder, struct output *list, unsigned wanted);

struct event_sink extract_sink(struct extract *x);

/* Ends the manifest.  Returns 0 or an errno. */
int extract_end(struct extract *x);

#endif
