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
#include "util/moment.h"

enum version_from { VERSION_NEGOTIATED, VERSION_INFERRED, VERSION_ASSUMED };

/* "negotiated", "inferred", "assumed" */
const char *version_from_name(enum version_from v);

/* How the client's side was told. */
enum direction_from { DIRECTION_SYN, DIRECTION_COMMANDS, DIRECTION_PORT, DIRECTION_HTTP, DIRECTION_TRANSCRIPT };
const char *direction_from_name(enum direction_from d); /* "syn", "commands", "port", "http", "transcript" */

/* Protocols around a connection that are named. */
#define CONNECTION_OUTER_MAX 4u

struct connection {
	uint64_t id;                 /* from 1 in each file */
	struct address client, server; /* version 0: not known */
	enum direction_from direction_from;
	const char *transport;       /* "tcp", "http-gateway", "p2p", "transcript" */
	const char *transcript;      /* form of the text it was read from: "pidgin", ...; NULL: a capture */
	const char *log_name;        /* what that text calls it, or NULL */
	bool partial;                /* a text that may leave commands out: what is missing says nothing */
	bool coarse;                 /* times are of a log, to the second, or not there: latencies say nothing */
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
	uint64_t session;            /* user session, 0: none known; set in connection_end */
	const char *end_reason;      /* "fin", "rst", "reuse", "idle", "limit", "capture"; set in connection_end */
};

/* Is there TLS around it? */
bool connection_in_tls(const struct connection *c);

/* "DS", "NS", "SB"; "WS" web services; "P2P" another client; NULL when not known. */
const char *connection_role_name(const struct connection *c);

enum event_kind {
	EVENT_COMMAND, /* a command line with its payload */
	EVENT_LOST,    /* bytes missing from the capture: lost_bytes */
	EVENT_EXCHANGE, /* request or response of a web service: line is its start line, payload its body */
	EVENT_GATEWAY, /* something about a gateway session: the summary says what */
	EVENT_PEER,    /* a message on a connection between clients: line of text protocols, payload */
	EVENT_MISSING, /* of about: its reply, its request or its other parts; told when the connection ends, in no frame */
	EVENT_TLS,     /* a TLS connection: its handshake (payload: what is legible of it), a failure to decrypt it, a hole in it, or its end */
	EVENT_SKIPPED, /* bytes that are no command: payload holds the first of them, skipped_bytes says how many */
};

/* Nobody knows how many bytes were lost, perhaps none: exchanges of a gateway session are missing. */
#define EVENT_LOST_UNKNOWN UINT64_MAX

/* Frames listed with one event; the first ones and always the last. */
#define EVENT_FRAMES_MAX 64u

struct event {
	uint64_t id;                 /* from 1 in each file, in order of output */
	enum event_kind kind;
	int64_t time_ns;             /* of the frame that completed it; TIME_NONE: not known */
	bool nanoseconds;            /* the capture's clock is finer than microseconds */
	const uint64_t *frames;      /* ascending */
	size_t frame_count;
	uint64_t frames_omitted;     /* between the last but one and the last listed */
	const struct connection *connection;
	uint64_t session;            /* 0: none */
	uint64_t exchange;           /* number of the HTTP exchange it came in, 0: none */
	enum msnp_sender from;
	const char *protocol;        /* "msnp"; "tcp" for EVENT_LOST; "tls" for EVENT_TLS; "p2p", "msnftp", "webcam" for EVENT_PEER */
	struct slice name;           /* command name; see link_dissect for EVENT_PEER; "lost", "skipped", "unanswered", "unrequested", "incomplete", "handshake", "failed", "lost", "closed" for the other kinds */
	bool has_trid;               /* EVENT_MISSING: has that one */
	uint64_t trid;
	struct msnp_words words;     /* words.word[0] is the name; params are the words behind TrID (has_trid) or name */
	struct slice line;           /* without line end; empty for the other kinds */
	struct slice payload;
	bool has_payload;
	uint64_t declared_length;    /* of the payload, as the line says */
	uint64_t lost_bytes;         /* EVENT_LOST; for commands: inside the payload; may be EVENT_LOST_UNKNOWN */
	uint64_t skipped_bytes;      /* EVENT_SKIPPED; EVENT_PEER: of bytes that are no message */
	unsigned unreliable;         /* MSNP_UNRELIABLE_ bits: what a text did not keep; no findings are made from that */
	uint64_t reply_to;           /* id of the request, 0 when none */
	int64_t latency_ns;          /* since the request; meaningful with reply_to; TIME_NONE: not known */
	const char *reply_by;        /* how it was found: "trid", "order", "link"; NULL when none */
	uint64_t about;              /* EVENT_MISSING: id of the request, of the reply, or of the part that came first; else 0 */
	const struct msnp_form *form; /* row of the command table, or NULL */
	const struct dissection *dissection; /* sources, fields, findings, summary */
};

struct capture_info {
	const char *file;          /* as named by the user; "-" for standard input; or the interface */
	const char *format;        /* "pcap", "pcapng", "hex-dump", "live", "transcript" */
	const char *transcript;    /* form of a transcript: "pidgin", ...; else NULL */
	const char *const *linktypes; /* names */
	size_t linktype_count;
};

/* What was read of a file. */
struct capture_totals {
	const char *file;
	uint64_t packets;          /* of a transcript: lines */
	int64_t first_ns, last_ns; /* earliest and latest packet; 0 when there is none; TIME_NONE: times are not known */
	bool nanoseconds;          /* the capture's clock is finer than microseconds */
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
	uint64_t id;                 /* from 1 in each file, in the order they begin */
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

/* How a connection was recognised as one of a user session. */
enum session_link {
	LINK_SIGN_IN,  /* the session began on it, or it is its notification server */
	LINK_REDIRECT, /* sent on to the next server by XFR */
	LINK_COOKIE,   /* switchboard: shows a cookie that XFR SB gave */
	LINK_RING,     /* switchboard: shows the cookie that RNG gave */
	LINK_TICKET,   /* web service: a ticket that it gave, or shows, is used in the session */
	LINK_ACCOUNT,  /* names the same account, and lies within its time */
	LINK_ADDRESS,  /* from the same address within its time, and no other session fits */
	LINK_CALL,     /* between clients: the nonce or cookie of a call in one of its conversations */
};
const char *session_link_name(enum session_link l); /* "sign-in", "redirect", "cookie", "ring", "ticket", "account", "address", "call" */
/* LINK_ACCOUNT and LINK_ADDRESS are inferred. */
bool session_link_inferred(enum session_link l);

struct session_connection {
	uint64_t connection;
	enum session_link how;
};

/* Connections that one user session lists. */
#define SESSION_CONNECTIONS_MAX 256u

enum session_end {
	SESSION_END_SIGNED_OUT,   /* OUT of the client */
	SESSION_END_OTHER_PLACE,  /* OUT OTH: signed in elsewhere */
	SESSION_END_SHUTDOWN,     /* OUT SSD */
	SESSION_END_BY_SERVER,    /* OUT with another reason, or none */
	SESSION_END_REFUSED,      /* the sign-in failed */
	SESSION_END_CLOSED,       /* the connection was closed without a word */
	SESSION_END_RESET,
	SESSION_END_LOST,         /* idle, or gave way at a limit */
	SESSION_END_CAPTURE,      /* goes on where the capture ends */
};
const char *session_end_name(enum session_end e); /* "signed-out", "other-place", "shutdown", "by-server", "refused", "closed", ... */

/* Somebody on the lists of a user, as last known. */
struct contact {
	struct slice account; /* "alice@example.com", "tel:+..."; a circle's id */
	unsigned network;     /* as in the set network_id; 0 not known */
	struct slice name;    /* friendly name, decoded */
	unsigned lists;       /* bits: 1 FL, 2 AL, 4 BL, 8 RL, 16 PL */
	bool removed;         /* was on a list, and is on none now */
	const uint16_t *groups; /* that it is in: places in roster_view.groups */
	size_t group_count;
	struct slice status;  /* last known: "NLN", ...; empty when never seen */
	struct slice message; /* personal message */
	struct slice media;   /* what is played */
	int64_t status_ns;    /* when that was last told; 0 never */
};

struct group {
	struct slice id, name;
	bool removed;
};

/* A change of presence; who is empty for the user. */
struct presence_change {
	uint64_t event;
	int64_t time_ns;
	struct slice who;
	struct slice status;  /* "NLN", ..., "FLN"; empty when only the rest changed */
	struct slice name, message, media; /* empty when not told, or as before */
	bool cleared;         /* the message or the media shown before is gone */
};

/* Entries of each kind that one session keeps; further ones are counted only. */
#define SESSION_CONTACTS_MAX 4096u
#define SESSION_GROUPS_MAX 256u
#define SESSION_PRESENCE_MAX 16384u

/* What lists and presence a session has shown. */
struct roster_view {
	const struct contact *contacts; /* in the order they became known */
	size_t contact_count;
	uint64_t contacts_omitted;
	const struct group *groups;
	size_t group_count;
	uint64_t groups_omitted;
	const struct presence_change *presence; /* in order */
	size_t presence_count;
	uint64_t presence_omitted;
	struct slice status, message, media; /* own, as last known */
	bool has_lists;                      /* the lists were seen, from protocol or address book */
};

/* Everything that one user did between signing in and out.  Texts are empty when not known. */
struct user_session {
	uint64_t id;                  /* from 1 in each file, in the order they begin */
	struct slice user;            /* account */
	struct slice endpoint;        /* machine GUID */
	struct slice name;            /* own friendly name, as last known */
	struct slice client, client_version, os; /* as CVR says */
	int version;                  /* of the protocol; 0 not known */
	enum version_from version_from;
	const char *sign_in;          /* "CTP", "MD5", "TWN", "SSO", "WEB", "ATH" (MSNP24); NULL when not seen */
	bool signed_in;               /* the server accepted it */
	bool began_before;            /* the sign-in is not in the capture */
	bool other_end;               /* another session of this file is with it in a conversation seen from both sides */
	struct session_connection connections[SESSION_CONNECTIONS_MAX]; /* in the order they were linked */
	size_t connection_count;
	uint64_t connections_omitted;
	int64_t start_ns, end_ns;
	uint64_t first_event, last_event;
	enum session_end end;
	struct slice end_text;        /* OUT reason, error and its name; empty when there is no more to say */
	uint64_t events, findings[3];
	uint64_t messages_sent, messages_received; /* texts */
	struct roster_view roster;
	bool nanoseconds;
};

/* How a conversation took place. */
enum conversation_kind {
	CONVERSATION_SWITCHBOARD,
	CONVERSATION_DIRECT, /* one to one over the notification server: SDG, UUM and UBM */
	CONVERSATION_CIRCLE,
	CONVERSATION_GROUP,  /* temporary group (multiparty) */
	CONVERSATION_OFFLINE, /* stored messages, sent or fetched */
};
const char *conversation_kind_name(enum conversation_kind k); /* "switchboard", "direct", "circle", "group", "offline" */

enum talk_kind {
	TALK_JOIN,    /* who was there first, or came */
	TALK_LEAVE,
	TALK_INVITE,  /* who asks whom to come */
	TALK_TEXT,
	TALK_ACTION,  /* text shown without a name */
	TALK_NUDGE,
	TALK_WINK,
	TALK_VOICE,   /* voice clip */
	TALK_INK,
	TALK_TYPING,
	TALK_EMOTICON, /* offers emoticons */
	TALK_OFFER,   /* invites to a file transfer, webcam, game, ... */
	TALK_OBJECT,  /* an object was transferred, or not: object says what */
	TALK_FAILED,  /* a message was not delivered (NAK, error); line says which event */
	TALK_CLOSED,  /* the conversation ended */
};
const char *talk_kind_name(enum talk_kind k); /* "join", "leave", "invite", "text", ... */

/* One line of a conversation.  Texts live during the call. */
struct talk {
	uint64_t conversation;
	uint64_t event;          /* 0: none (the end of a connection) */
	int64_t time_ns;
	bool nanoseconds;
	enum talk_kind kind;
	struct slice who;        /* account; empty when not known */
	struct slice name;       /* friendly name as known at that time; or the one shown for this message */
	struct slice whom;       /* TALK_INVITE, TALK_OFFER */
	struct slice text;       /* what was said, offered, or why it failed */
	struct slice style;      /* X-MMS-IM-Format as it stands; empty */
	bool own;                /* sent by the user whose connection it is */
	bool offline;            /* stored before it was read, or to be stored */
	uint64_t about;          /* TALK_FAILED: event of the message; else 0 */
	const struct object *object; /* TALK_OBJECT */
};

/* Participants that one conversation lists. */
#define CONVERSATION_PARTICIPANTS_MAX 64u

struct conversation_info {
	uint64_t id;              /* from 1 in each file, in the order they begin */
	enum conversation_kind kind;
	uint64_t connection;      /* the first that it took place on */
	uint64_t session;         /* user session it is seen from, 0 not known */
	uint64_t same_as;         /* conversation of another user's side that is the same one; 0 none (so far) */
	struct slice user;        /* whose side it is */
	struct slice group;       /* id of the circle or group */
	struct slice switchboard_session; /* session id of the switchboard */
	struct slice participants[CONVERSATION_PARTICIPANTS_MAX]; /* accounts, the user too */
	size_t participant_count;
	uint64_t participants_omitted;
	int64_t start_ns, end_ns;
	uint64_t texts, typings, nudges, objects;
};

struct summary {
	uint64_t packets, events, connections; /* lines of texts count as packets */
	uint64_t lines;           /* of packets those that are lines */
	uint64_t findings[3];     /* indexed by enum severity */
};

/*
 * A consumer of events.  Calls come in this order: capture, then connection_start
 * before the first event of a connection, events, connection_end after its last
 * event, notices anywhere; offline_message at the end of a file (earlier only
 * when there are very many), behind all of it capture_end; for several files
 * again from capture on.  Who reads the files calls summary once at the very
 * end.  user_session_so_far tells a session that has changed while the file is
 * still read, where that is watched, any number of times before user_session.
 * Any member may be NULL.
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
	/* A user session: at the end of the file. */
	void (*user_session)(void *ctx, const struct user_session *s);
	void (*user_session_so_far)(void *ctx, const struct user_session *s);
	/* A conversation begins (participants are those of that time); a line of it; it has ended. */
	void (*conversation_start)(void *ctx, const struct conversation_info *c);
	void (*talk)(void *ctx, const struct talk *t);
	void (*conversation_end)(void *ctx, const struct conversation_info *c);
	/* A file that was begun by capture has been read. */
	void (*capture_end)(void *ctx, const struct capture_totals *t);
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
