/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that follow peer-to-peer transfers. */
#ifndef MSNSCOPE_SESSION_P2P_INTERNAL_H
#define MSNSCOPE_SESSION_P2P_INTERNAL_H

#include <openssl/evp.h>

#include "dissectors/p2p.h"
#include "session/p2p.h"
#include "session/p2p_ranges.h"
#include "util/media_type.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Bytes kept of accounts, names and ids; longer ones are cut. */
#define P2P_NAME_KEPT_MAX 512u
/* Messages that ended, so that packets which come again are known for what they are. */
#define P2P_DONE_MAX 1024u
/* Pieces of a message of version 2 that wait for its first piece. */
#define P2P_EARLY_MAX 64u
/* GUIDs that one call names for its direct connection. */
#define P2P_NONCES_MAX 4u
/* Addresses that one call names for them. */
#define P2P_PLACES_MAX 8u

/* The party of a key that stands for the user whose connection it is; all others are hashes of accounts. */
#define P2P_OWN 1u

/* Who sent a packet, or whom it is for. */
struct p2p_party {
	uint64_t account; /* P2P_OWN, or hash of the account without endpoint; 0: not known */
	uint64_t full;    /* the same with endpoint */
	struct slice text;
};

struct p2p_ack {
	uint64_t sender, addressee; /* p2p_party.account */
	uint64_t event;
	uint32_t id;         /* version 1: identifier; version 2: base id behind the packet */
	bool used, data, acked;
};

/* Latest packets of one direction. */
struct p2p_acks {
	struct p2p_ack ring[P2P_ACKS_MAX];
	size_t next;
	bool overflowed;
	bool told;    /* once is enough: a client that gets it wrong does so all the time */
};

/* A connection to a server, from whose user's side transfers are seen. */
struct p2p_vantage {
	uint64_t id;                /* of the connection */
	struct slice own;           /* account of the user, as far as known */
	uint64_t own_account;       /* its hash, 0: not known */
	bool own_certain;
	bool whole;                 /* seen from its start, without loss so far */
	uint64_t losses;
	bool closed;                /* ended; direct connections still belong to it */
	unsigned directs;
	struct p2p_acks *acks;      /* two, by "sent by the user"; NULL before the first packet */
	UT_hash_handle hh;
};

/* One packet, or message outside of packets, with what is known around it. */
struct p2p_view {
	struct p2p_table *t;
	const struct event *e;
	struct dissection *d;
	struct p2p_vantage *v;
	bool from_own;
	struct p2p_party sender, addressee;
	int version;                /* of the transport */
	uint64_t direct;            /* the direct connection it came on, or 0 */
	bool again;                 /* the packet was told already, seen from the other side: adds no fields */
	struct field *packet;       /* takes the fields */
	struct p2p_call *call;      /* that the packet or message belongs to, or NULL */
};

/* --- objects --- */

struct p2p_object {
	struct object object;
	struct p2p_object *previous, *next; /* of those that run, or of those to be handed over */
	struct p2p_call *call;              /* or NULL */
	struct p2p_message *message;        /* or NULL */
	struct p2p_invitation *invitation;  /* or NULL */
	struct p2p_ftp *ftp;                /* that it comes on, or NULL */
	uint64_t vantage, losses;           /* and its losses when the object began */
	bool headless;                      /* the beginning was not seen, and where the rest stands is not known */
	bool has_total;                     /* of what really comes */
	uint64_t total;
	struct p2p_ranges ranges;
	EVP_MD_CTX *md;
	size_t waiting;                     /* bytes of pieces */
	bool hash_given_up;
	uint8_t head[MEDIA_TYPE_HEAD];
};

struct p2p_object *p2p_object_new(struct p2p_table *t, const struct event *e, enum object_kind kind,
				  const char *transport);
/* Takes bytes: those that are new go to the sink.  False when a limit kept some out. */
bool p2p_object_data(struct p2p_table *t, const struct event *e, struct p2p_object *o, uint64_t offset,
		     struct slice data);
/* Are all bytes there? */
bool p2p_object_whole(const struct p2p_object *o);
/* All bytes are there.  d gets findings and words; may be NULL. */
void p2p_object_complete(struct p2p_table *t, const struct event *e, struct p2p_object *o, struct dissection *d);
/* No more bytes will come.  e NULL: a connection or file has ended.  d may be NULL. */
void p2p_object_stop(struct p2p_table *t, const struct event *e, struct p2p_object *o, struct dissection *d,
		     enum object_state state, struct slice cause);
/* "display picture" */
struct slice p2p_object_words(struct arena *arena, enum object_kind kind);
void p2p_objects_flush(struct p2p_table *t);

/* --- messages --- */

struct p2p_message_key {
	uint64_t vantage, sender, addressee; /* parties with endpoints */
	uint32_t id;                         /* identifier, or package number */
	uint32_t session;                    /* version 2 */
	uint64_t version;
};

struct p2p_early {
	uint64_t remaining; /* behind it */
	struct p2p_piece *piece;
};

struct p2p_message {
	struct p2p_message_key key;
	uint32_t session, mark; /* mark: ack id, or base id of the first piece */
	bool has_total, has_first, told;
	uint64_t total, packets;
	uint64_t next;              /* where the next piece stands, when pieces do not say (p2p_packet.shifted) */
	uint32_t latest;            /* base id of the one before it */
	uint32_t footer;
	struct p2p_ranges ranges;   /* of a message that is kept */
	uint8_t *bytes;
	size_t room;
	struct p2p_early *early;    /* P2P_EARLY_MAX, or NULL */
	size_t early_count;
	bool carries_object;
	struct p2p_object *object;  /* NULL when it has ended */
	UT_hash_handle hh;
};

struct p2p_done {
	struct p2p_message_key key;
	uint32_t session, mark;
	bool has_total;
	uint64_t total;
	UT_hash_handle hh;
};

/* A packet with data. */
void p2p_message_packet(struct p2p_view *w, const struct p2p_packet *p);
/* Drops the messages of a vantage; all with vantage 0. */
void p2p_messages_drop(struct p2p_table *t, uint64_t vantage);
void p2p_message_free(struct p2p_table *t, struct p2p_message *m);

/* --- calls --- */

struct p2p_call_key {
	uint64_t call_id, own, pair; /* hashes */
	uint64_t inviter;            /* the same of an account: both users may choose the same id */
};

/* Both users may choose the same number: the one who sends the data tells which it is. */
struct p2p_session_key {
	uint64_t vantage, pair, sender;
	uint64_t session;
};

struct p2p_nonce {
	uint64_t hash; /* p2p_hash of the GUID */
	bool hashed;
	bool own;      /* named by the vantage's user */
};

struct p2p_call {
	struct p2p_call_key key;
	struct p2p_session_key session_key;
	uint64_t number, vantage;
	struct slice call_id, inviter, invitee;
	struct p2p_party own, peer;         /* as in the keys of messages; without texts */
	bool inviter_own;
	struct slice purpose;
	enum object_kind kind;              /* of the object it carries */
	bool carries_object, inviter_sends, accepted, ended;
	bool direct_offered;                /* somebody listens for a direct connection */
	struct p2p_nonce nonces[P2P_NONCES_MAX];
	size_t nonce_count;
	uint32_t application;               /* AppID; 0: not known */
	bool told_early, told_footer;       /* findings that were made */
	bool listener_own;                  /* it is the user who listens */
	uint64_t places[P2P_PLACES_MAX];    /* p2p_place of where */
	size_t place_count;
	struct object_step bye;             /* BYE, or the like, before its object was whole */
	const char *bye_cause;
	struct p2p_object *object;
	bool in_sessions;
	UT_hash_handle hh, by_session;
};

/* An MSNSLP message; holder is the field that it stands in. */
void p2p_call_slp(struct p2p_view *w, const struct field *slp);
/* The call that a packet belongs to by its session, or NULL. */
struct p2p_call *p2p_call_of_packet(struct p2p_view *w, const struct p2p_packet *p);
/* A packet of version 1 that ends a session by its flags. */
void p2p_call_closed(struct p2p_view *w, const struct p2p_packet *p);
/* A packet, with the call that it belongs to in the view: adds findings about data that does not fit it. */
void p2p_check_packet(struct p2p_view *w, const struct p2p_packet *p);
/* Adds what is known of the view's call to its packet. */
void p2p_call_fields(struct p2p_view *w);
/* An object for the bytes of a call. */
struct p2p_object *p2p_call_object(struct p2p_view *w, struct p2p_call *c, const char *transport);
/* Ends the calls of a vantage, all with vantage 0. */
void p2p_calls_drop(struct p2p_table *t, uint64_t vantage, const char *cause);

/* --- direct connections, MSNFTP, ink --- */

struct p2p_side {
	uint64_t vantage;
	struct p2p_party own, peer; /* texts are kept copies */
	bool own_is_client;
};

/* A connection between clients. */
struct p2p_direct {
	uint64_t connection;
	size_t side_count;
	struct p2p_side side[P2P_SIDES_MAX];
	UT_hash_handle hh;
};

/*
 * The GUID that opens a direct connection, and its hashed form: finds the calls that the connection is for.  A GUID that
 * is not the one of the call that named this address is told.
 */
void p2p_direct_open(struct p2p_table *t, const struct event *e, struct dissection *d, struct slice guid, struct slice hashed);
/* Stands for an address with port; 0 when the text is no IP address. */
uint64_t p2p_place(struct slice ip, uint64_t port);
uint64_t p2p_place_of(const struct address *a);
struct p2p_direct *p2p_direct_of(struct p2p_table *t, uint64_t connection);
void p2p_direct_free(struct p2p_table *t, struct p2p_direct *direct);
/* Forgets direct and MSNFTP connections. */
void p2p_links_drop(struct p2p_table *t);

/* A file that was offered by text/x-msmsgsinvite; ends with its object. */
struct p2p_invitation {
	struct p2p_invitation *previous, *next;
	uint64_t vantage, cookie;
	bool inviter_own, accepted;
	struct slice auth_cookie;
	uint64_t port;             /* 0: not known */
	uint64_t place;            /* p2p_place of where to connect to; 0: not known */
	struct p2p_object *object;
};

/* An MSNFTP connection. */
struct p2p_ftp {
	uint64_t connection;
	struct p2p_object *object[P2P_SIDES_MAX]; /* NULL when it has ended */
	size_t objects;
	struct slice account;  /* of the receiver */
	bool lost;
	uint64_t size;
	UT_hash_handle hh;
};

/* The fields of an invitation stand below the root. */
void p2p_invitation_observe(struct p2p_view *w, const struct field *root);
void p2p_ftp_observe(struct p2p_table *t, const struct event *e, struct dissection *d);
/* Bytes of the connection are not in the capture. */
void p2p_ftp_lost(struct p2p_table *t, uint64_t connection);
void p2p_ftp_free(struct p2p_table *t, struct p2p_ftp *ftp);
void p2p_ftp_end(struct p2p_table *t, uint64_t connection);
void p2p_invitations_drop(struct p2p_table *t, uint64_t vantage, const char *cause);
/* An object has ended: nobody holds it any longer. */
void p2p_invitation_forget(struct p2p_table *t, struct p2p_object *o);
/* A drawing under parent that stands whole in a message, or was put together from packets. */
void p2p_ink(struct p2p_view *w, const struct field *ink, const char *transport);

/* --- the whole --- */

struct p2p_table {
	struct event_sink sink;
	uint64_t next_call, next_object;
	struct p2p_vantage *vantages;
	struct p2p_message *messages; /* the one used last stands last */
	struct p2p_done *done;
	struct p2p_call *calls, *sessions;
	struct p2p_direct *directs;
	struct p2p_ftp *ftps;
	struct p2p_invitation *invitations;
	size_t invitation_count;
	struct p2p_object *running, *ended;
	size_t bytes;             /* of messages that are kept, and of pieces that wait */
	bool call_evicted;
};

/* What stands in a message: f is the packet or message whose child it is, or the root. */
void p2p_content_observe(struct p2p_view *w, struct field *f);

struct slice p2p_keep(struct slice s);
void p2p_drop(struct slice *s);
void p2p_learn(struct slice *kept, struct slice s);

/* Hashes without regard to case: of a text; of an account, up to its endpoint. */
uint64_t p2p_hash(struct slice s);
uint64_t p2p_hash_account(struct slice s);
/* Two parties, in whatever order. */
uint64_t p2p_pair(uint64_t a, uint64_t b);
struct p2p_vantage *p2p_vantage_find(struct p2p_table *t, uint64_t id);

/* First child of that description that has a value, or is a branch; NULL when there is none. */
const struct field *p2p_child(const struct field *parent, enum field_id id);
struct slice p2p_text(const struct field *parent, enum field_id id);
/* Account, and endpoint, of a field with address parts: "account;{guid}". */
struct slice p2p_address(struct arena *arena, const struct field *f);

#endif
