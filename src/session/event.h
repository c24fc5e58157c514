/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and connections as consumers (text, JSON, ...) get them: const, valid
 * during the call that hands them over.
 */
#ifndef MSNSCOPE_SESSION_EVENT_H
#define MSNSCOPE_SESSION_EVENT_H

#include "dissectors/dissection.h"
#include "dissectors/msnp_table.h"
#include "util/address.h"

enum version_from { VERSION_NEGOTIATED, VERSION_INFERRED, VERSION_ASSUMED };

/* "negotiated", "inferred", "assumed" */
const char *version_from_name(enum version_from v);

/* How the client's side was told. */
enum direction_from { DIRECTION_SYN, DIRECTION_COMMANDS, DIRECTION_PORT, DIRECTION_HTTP };
const char *direction_from_name(enum direction_from d); /* "syn", "commands", "port", "http" */

/* Protocols around a connection that are named. */
#define CONNECTION_OUTER_MAX 4u

struct connection {
	uint64_t id;                 /* from 1, over all files of one run */
	struct address client, server;
	enum direction_from direction_from;
	const char *transport;       /* "tcp", "http-gateway", "p2p" */
	const char *outer[CONNECTION_OUTER_MAX]; /* what is around it, outermost first: "socks5", ...; NULL behind the last */
	const char *gateway_session; /* part of the gateway's session id that stays, or NULL */
	const char *target;          /* where a proxy or the gateway was asked to connect to, or NULL */
	unsigned role;               /* one MSNP_ role, or 0 when not known */
	enum version_from role_from; /* VERSION_NEGOTIATED is not used for roles */
	struct msnp_versions versions; /* what is still possible */
	int version;                 /* the one used for decoding */
	enum version_from version_from;
	int64_t start_ns, end_ns;    /* end values are final in connection_end only */
	uint64_t first_frame, last_frame;
	uint64_t bytes[2];           /* indexed by enum msnp_sender: MSNP_CLIENT, MSNP_SERVER */
	uint64_t lost[2];            /* as far as it is known how many */
	uint64_t polls;              /* exchanges with the gateway that carried nothing; final in connection_end only */
	bool web;                    /* carries exchanges with web services, no MSNP: no role, no version */
	const char *peer;            /* between two clients, no role, no version: "p2p", "msnftp" or "webcam"; else NULL */
	uint64_t events;             /* handed over so far */
	const char *end_reason;      /* "fin", "rst", "reuse", "idle", "limit", "capture"; set in connection_end */
};

enum event_kind {
	EVENT_COMMAND, /* a command line with its payload */
	EVENT_LOST,    /* bytes missing from the capture: lost_bytes */
	EVENT_EXCHANGE, /* request or response of a web service: line is its start line, payload its body */
	EVENT_GATEWAY, /* something about a gateway session: the summary says what */
	EVENT_PEER,    /* a message on a connection between clients: line of text protocols, payload */
	EVENT_SKIPPED, /* bytes that are no command: payload holds the first of them, skipped_bytes says how many */
};

/* Nobody knows how many bytes were lost, perhaps none: exchanges of a gateway session are missing. */
#define EVENT_LOST_UNKNOWN UINT64_MAX

/* Frames listed with one event; the first ones and always the last. */
#define EVENT_FRAMES_MAX 64u

struct event {
	uint64_t id;                 /* from 1, over all files of one run, in order of output */
	enum event_kind kind;
	int64_t time_ns;             /* of the frame that completed it */
	bool nanoseconds;            /* the capture's clock is finer than microseconds */
	const uint64_t *frames;      /* ascending */
	size_t frame_count;
	uint64_t frames_omitted;     /* between the last but one and the last listed */
	const struct connection *connection;
	uint64_t session;            /* 0: none */
	uint64_t exchange;           /* number of the HTTP exchange it came in, 0: none */
	enum msnp_sender from;
	const char *protocol;        /* "msnp"; "tcp" for EVENT_LOST; "p2p", "msnftp", "webcam" for EVENT_PEER */
	struct slice name;           /* command name; see link_dissect for EVENT_PEER; "lost", "skipped" for the other kinds */
	bool has_trid;
	uint64_t trid;
	struct msnp_words words;     /* words.word[0] is the name; params are the words behind TrID (has_trid) or name */
	struct slice line;           /* without line end; empty for the other kinds */
	struct slice payload;
	bool has_payload;
	uint64_t declared_length;    /* of the payload, as the line says */
	uint64_t lost_bytes;         /* EVENT_LOST; for commands: inside the payload; may be EVENT_LOST_UNKNOWN */
	uint64_t skipped_bytes;      /* EVENT_SKIPPED; EVENT_PEER: of bytes that are no message */
	uint64_t reply_to;           /* id of the request, 0 when none */
	int64_t latency_ns;          /* since the request; meaningful with reply_to */
	const struct msnp_form *form; /* row of the command table, or NULL */
	const struct dissection *dissection; /* sources, fields, findings, summary */
};

struct capture_info {
	const char *file;          /* as named by the user; "-" for standard input */
	const char *format;        /* "pcap", "pcapng" */
	const char *const *linktypes; /* names */
	size_t linktype_count;
};

/* Something about a whole file rather than one event. */
struct notice {
	const char *file;
	enum severity severity;
	struct slice text;      /* one line */
};

/* A step in the life of an offline message; event 0: it is not in the capture. */
struct offline_step {
	uint64_t event;
	int64_t time_ns;
};

/* How the sending of a message and what its addressee got were recognised as the same message. */
enum offline_link { OFFLINE_UNLINKED, OFFLINE_BY_RUN, OFFLINE_BY_TEXT, OFFLINE_BY_TIME };
const char *offline_link_name(enum offline_link l); /* NULL, "run", "text", "time" */

/* An offline message, as far as the capture shows its life. */
struct offline_message {
	struct slice id;       /* as the service names it; empty when not seen */
	struct slice from, to; /* empty when not known */
	bool has_text;
	struct slice text;     /* at most OIM_TEXT_KEPT_MAX bytes: see oim.h */
	uint64_t text_length;  /* of the whole text */
	struct offline_step sent, refused, announced, fetched, deleted;
	enum offline_link linked_by;
	bool nanoseconds;      /* the capture's clock is finer than microseconds */
};

enum object_kind {
	OBJECT_UNKNOWN,
	OBJECT_AVATAR,
	OBJECT_DISPLAY_PICTURE,
	OBJECT_EMOTICON,
	OBJECT_FILE,
	OBJECT_BACKGROUND,
	OBJECT_WINK,
	OBJECT_VOICE_CLIP,
	OBJECT_INK,
	OBJECT_SCENE,
	OBJECT_SOUND,
	OBJECT_OTHER,
};
/* "unknown", "display-picture", "emoticon", "file", "wink", "voice-clip", "ink", ... */
const char *object_kind_name(enum object_kind k);

enum object_state { OBJECT_RUNNING, OBJECT_COMPLETE, OBJECT_INCOMPLETE, OBJECT_DECLINED, OBJECT_CANCELLED };
const char *object_state_name(enum object_state s); /* "running", "complete", ... */

/* Do the bytes have the SHA-1 that the MSNObject gives? */
enum object_verdict { OBJECT_UNCHECKED, OBJECT_MATCH, OBJECT_MISMATCH };
const char *object_verdict_name(enum object_verdict v); /* "unchecked", "match", "mismatch" */

/* Ranges of missing bytes that one object lists; of more the last one reaches to the end. */
#define OBJECT_MISSING_MAX 64u

struct object_range {
	uint64_t offset, length;
};

struct object_step {
	uint64_t event; /* 0: not seen */
	int64_t time_ns;
};

/*
 * Something that one user sent another: a picture, a file, a drawing.  Texts
 * are empty when not known.  Values other than id are final when the object
 * ends.
 */
struct object {
	uint64_t id;                 /* from 1, over all files of one run, in the order they begin */
	enum object_kind kind;
	enum object_state state;
	const char *transport;       /* "p2p-v1", "p2p-v2", "msnftp", "message" */
	uint64_t connection;         /* that its first bytes, or its invitation, came on */
	uint64_t direct_connection;  /* direct connection that bytes came on, 0: none */
	struct slice from, to;       /* accounts, with endpoints where known */
	struct slice name;           /* file name, or Location of the MSNObject */
	struct slice friendly;       /* name of the MSNObject */
	struct slice call_id;        /* MSNSLP call, or invitation cookie */
	uint32_t session_id;
	uint64_t call;               /* number of the call, 0: none */
	bool has_size;
	uint64_t size;               /* that was announced */
	uint64_t received;           /* distinct bytes that are there */
	struct object_range missing[OBJECT_MISSING_MAX];
	size_t missing_count;
	bool has_sha1;
	uint8_t sha1[20];            /* of the bytes, when all are there */
	struct slice sha1d;          /* base64, as the MSNObject says */
	const char *sha1c;           /* "classic", "short", "mismatch", or NULL */
	enum object_verdict verdict;
	const char *media_type;      /* told by the first bytes: "image/png"; NULL when not known */
	struct slice cause;          /* why it is not complete: "declined", "lost", "capture ended", ... */
	struct object_step invited, accepted, first_data, last_data, ended;
	bool nanoseconds;
};

struct summary {
	uint64_t packets, events, connections;
	uint64_t findings[3];     /* indexed by enum severity */
};

/*
 * A consumer of events.  Calls come in this order: capture, then connection_start
 * before the first event of a connection, events, connection_end after its last
 * event, notices anywhere; offline_message at the end of a file (earlier only
 * when there are very many); for several files again from capture on; summary
 * once at the very end.  Any member may be NULL.
 */
struct event_sink {
	void (*capture)(void *ctx, const struct capture_info *c);
	void (*connection_start)(void *ctx, const struct connection *c);
	void (*event)(void *ctx, const struct event *e);
	void (*connection_end)(void *ctx, const struct connection *c);
	void (*notice)(void *ctx, const struct notice *n);
	void (*offline_message)(void *ctx, const struct offline_message *m);
	/* New bytes of an object, none twice, in any order; valid during the call.  Comes before the event they came in. */
	void (*object_data)(void *ctx, const struct object *o, uint64_t offset, struct slice data);
	/* An object has ended: comes behind the event that ends it, or at the end of its connection or file. */
	void (*object)(void *ctx, const struct object *o);
	void (*summary)(void *ctx, const struct summary *s);
	void *ctx;
};

/* The params of an event: words behind name and TrID. */
static inline size_t event_params(const struct event *e, const struct slice **params)
{
	size_t skip = e->has_trid ? 2 : 1;

	if (e->words.count <= skip)
		return 0;
	*params = e->words.word + skip;
	return e->words.count - skip;
}

#endif
