/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joins the stages: capture, decode, stream, framing, session.  The only file
 * that knows them all; it knows no output, only the sink that events go to.
 */
#ifndef MSNSCOPE_PIPELINE_H
#define MSNSCOPE_PIPELINE_H

#include "capture/capture.h"
#include "session/event.h"
#include "secrets/tls_secrets.h"
#include "stream/stream.h"

/* How far a file, or the capture from an interface, has come. */
struct pipeline_progress {
	uint64_t packets;
	uint64_t bytes, total_bytes; /* of the file as it lies on disk, compressed or not; total_bytes 0: not known */
	uint64_t drops;              /* packets of the interface that are missing */
};

/*
 * Somebody who watches.  He is asked about ten times a second and once more at
 * the end, also while a pipe or an interface brings nothing, and what is known
 * so far of user sessions is handed over before that.  False ends reading: all
 * that was read is handed over as at the end of a file.  Where a pipe brings
 * nothing, events do not wait for what is still to come; see session_tick.
 */
struct pipeline_watch {
	bool (*go_on)(void *ctx, const struct pipeline_progress *progress);
	void *ctx;
};

/* Somebody who wants to know which connection each packet belongs to. */
struct pipeline_tap {
	/* When all that the packet brings was handed over; connection as stream_table_segment numbers them, or PIPELINE_FRAGMENT. */
	void (*packet)(void *ctx, uint64_t frame, uint64_t connection);
	void *ctx;
};

/* An IP fragment, but for the one that completes the datagram: its connection is not known. */
#define PIPELINE_FRAGMENT UINT64_MAX

struct pipeline_options {
	bool verify_checksums;       /* wrong checksums become findings */
	struct stream_limits stream; /* 0: default */
	bool polls;                  /* gateway polls that carry nothing become events */
	uint32_t hold_events;        /* events that wait for a connection's version to become known; 0: default */
	uint64_t hold_bytes;         /* the same in bytes; 0: default */
	const struct pipeline_watch *watch; /* or NULL */
	const struct pipeline_tap *tap;     /* or NULL */
	struct tls_secrets *secrets;        /* to decrypt TLS with; shared by all pipelines that read at a time; NULL: none */
};

struct pipeline;

/* The sink is copied and must outlive the pipeline's use.  Ends with pipeline_free. */
struct pipeline *pipeline_new(const struct pipeline_options *options, const struct event_sink *sink);

enum pipeline_result {
	PIPELINE_DONE,
	PIPELINE_UNREADABLE, /* not opened; message says why; nothing was handed to the sink */
	PIPELINE_DAMAGED,    /* cut or broken part-way; message says where; all around it was handed over */
	PIPELINE_UNWRITTEN,  /* packets could not be written to a file; message says why; all read so far was handed over */
};

/*
 * Reads one file to its end ("-" is standard input), or until the watch ends
 * it, which is told as a notice.  message: CAPTURE_MESSAGE_MAX bytes.
 */
enum pipeline_result pipeline_file(struct pipeline *p, const char *path, char *message);

/* A capture from an interface. */
struct pipeline_live {
	struct capture *capture; /* of capture_open_live */
	const char *name;        /* what consumers are told as the name of the file */
	struct capture_dump *msn, *all; /* where packets go, those of MSN connections and all; or NULL */
	/* Asked between packets and, without any, every CAPTURE_WAIT_MS: false ends the capture. */
	bool (*go_on)(void *ctx);
	void *ctx;
};

/*
 * Reads from an interface until go_on or the watch says no or the interface is
 * gone; packets that had come by then are still read, unless it was the watch.
 * Packets that were dropped are told as notices.  capture and the files stay
 * the caller's.
 *
 * The packets in live->msn are those of connections that an event came from,
 * each whole connection; see stream/keep.h for their order and limits.  IP
 * fragments are always written, as only the last one tells their connection.
 */
enum pipeline_result pipeline_live(struct pipeline *p, const struct pipeline_live *live, char *message);

/* Of all files read so far. */
struct summary pipeline_summary(const struct pipeline *p);

void pipeline_free(struct pipeline *p);

#endif
