/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/chat_log.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/escape.h"
#include "output/timestamp.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* What tells conversations apart. */
struct chat_key {
	uint64_t connection;
	char with[CHAT_NAME_MAX]; /* filled up with zeros; empty on switchboards */
};

struct chat {
	struct chat_key key;
	char *file;
	uint64_t length; /* bytes written */
	UT_hash_handle hh;
};

/* The account that a connection belongs to. */
struct chat_owner {
	uint64_t connection;
	char account[CHAT_NAME_MAX];
	UT_hash_handle hh;
};

void chat_log_init(struct chat_log *l, struct folder *folder)
{
	*l = (struct chat_log){.folder = folder};
}

static void drop_chat(struct chat_log *l, struct chat *c)
{
	HASH_DEL(l->chats, c);
	l->count--;
	free(c->file);
	free(c);
}

void chat_log_free(struct chat_log *l)
{
	struct chat *c, *next_chat;
	struct chat_owner *o, *next_owner;

	HASH_ITER(hh, l->chats, c, next_chat)
		drop_chat(l, c);
	HASH_ITER(hh, l->owners, o, next_owner) {
		HASH_DEL(l->owners, o);
		free(o);
	}
	buffer_free(&l->line);
}

void chat_log_connection_end(struct chat_log *l, const struct connection *n)
{
	struct chat *c, *next;
	struct chat_owner *o;

	HASH_ITER(hh, l->chats, c, next)
		if (c->key.connection == n->id)
			drop_chat(l, c);
	HASH_FIND(hh, l->owners, &n->id, sizeof(n->id), o);
	if (o) {
		HASH_DEL(l->owners, o);
		free(o);
	}
}

/* --- who --- */

static struct slice text_of(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && f->has_value && f->def->type == FIELD_TEXT ? f->value.text : SLICE_EMPTY;
}

/* "alice@example.com;{guid}" without what follows the semicolon. */
static struct slice without_endpoint(struct slice account)
{
	return slice_sub(account, 0, slice_find_byte(account, ';'));
}

/* The account that a command names. */
static struct slice account_of(const struct event *e)
{
	static const enum field_id ids[] = {P_passport, P_passport_epid, P_network_passport};
	struct slice account = SLICE_EMPTY;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]) && account.len == 0; i++)
		account = without_endpoint(text_of(&e->dissection->root, ids[i]));
	return account;
}

static void copy_name(char *to, struct slice name)
{
	memset(to, 0, CHAT_NAME_MAX);
	if (name.len)
		memcpy(to, name.ptr, name.len < CHAT_NAME_MAX - 1 ? name.len : CHAT_NAME_MAX - 1);
}

/* Signing in, opening and joining a switchboard name the owner of the connection. */
static void learn_owner(struct chat_log *l, const struct event *e)
{
	struct slice account = account_of(e);
	struct chat_owner *o;

	if (account.len == 0 || !(slice_eq_str(e->name, "USR") || slice_eq_str(e->name, "ANS")))
		return;
	HASH_FIND(hh, l->owners, &e->connection->id, sizeof(e->connection->id), o);
	if (!o) {
		o = memory_zalloc(sizeof(*o));
		o->connection = e->connection->id;
		HASH_ADD(hh, l->owners, connection, sizeof(o->connection), o);
	}
	copy_name(o->account, account);
}

static struct slice owner_of(struct chat_log *l, const struct event *e)
{
	struct chat_owner *o;

	HASH_FIND(hh, l->owners, &e->connection->id, sizeof(e->connection->id), o);
	return o ? slice_str(o->account) : SLICE_LIT("(this user)");
}

/* --- files --- */

/* Lines go to the end of the file, which is opened for each: many conversations may be going on. */
static void write_line(struct chat_log *l, struct chat *c)
{
	int fd = folder_reopen(l->folder, c->file);
	int error = fd < 0 ? errno : folder_write_at(fd, c->length, buffer_slice(&l->line));

	if (fd >= 0)
		close(fd);
	if (error)
		l->failed(l->ctx, c->file, error);
	c->length += l->line.len;
}

static struct chat *begin_chat(struct chat_log *l, const struct event *e, const struct chat_key *key)
{
	struct chat *c = memory_zalloc(sizeof(*c));
	struct buffer base = {NULL, 0, 0}, name = {NULL, 0, 0};

	buffer_printf(&base, "chat-%04llu", (unsigned long long)key->connection);
	if (key->with[0]) {
		buffer_add_byte(&base, '-');
		folder_add_name(&base, slice_str(key->with));
	}
	int fd = folder_create(l->folder, buffer_slice(&base), ".txt", &name);
	int error = errno;
	buffer_free(&base);
	if (fd < 0) {
		l->failed(l->ctx, (const char *)name.data, error);
		buffer_free(&name);
		free(c);
		return NULL;
	}
	close(fd);
	c->key = *key;
	c->file = (char *)name.data;
	if (l->count == CHAT_LOGS_MAX)
		drop_chat(l, l->chats);
	HASH_ADD(hh, l->chats, key, sizeof(c->key), c);
	l->count++;
	l->begun(l->ctx, c->file, e, slice_str(key->with));
	return c;
}

static struct chat *chat_of(struct chat_log *l, const struct event *e, struct slice with)
{
	struct chat_key key;
	struct chat *c;

	memset(&key, 0, sizeof(key));
	key.connection = e->connection->id;
	copy_name(key.with, with);
	HASH_FIND(hh, l->chats, &key, sizeof(key), c);
	return c ? c : begin_chat(l, e, &key);
}

/* --- lines --- */

/* The text with each further line indented. */
static void add_text(struct buffer *out, struct slice text)
{
	while (text.len) {
		size_t end = slice_find_byte(text, '\n');
		struct slice line = slice_sub(text, 0, end);

		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		escape_add(out, line);
		text = slice_sub(text, end + 1, text.len);
		if (text.len)
			buffer_add_str(out, "\n    ");
	}
}

/* What somebody said or did, and with what. */
struct deed {
	struct slice text, detail;
};

/* "[2003-07-11 09:00:00.123456] alice@example.com: text", or "... * alice@example.com text" for what was done. */
static void add_line(struct chat_log *l, const struct event *e, struct slice with, struct slice who, bool said,
		     struct deed deed)
{
	struct chat *c = chat_of(l, e, with);

	if (!c)
		return;
	l->line.len = 0;
	buffer_add_byte(&l->line, '[');
	timestamp_add(&l->line, e->time_ns, ' ', e->nanoseconds);
	buffer_add_str(&l->line, said ? "] " : "] * ");
	escape_add(&l->line, who);
	buffer_add_str(&l->line, said ? ": " : " ");
	add_text(&l->line, deed.text);
	add_text(&l->line, deed.detail);
	buffer_add_byte(&l->line, '\n');
	write_line(l, c);
}

/* --- events --- */

/* No deed: nothing that a reader of the conversation wants to see. */
static struct deed deed_of(const struct field *message)
{
	static const char *const datacasts[] = {"", "sends a nudge", "sends a wink", "sends a voice clip"};
	const struct field *datacast = field_child(message, &field_defs[F_DATACAST_ID]);
	const struct field *invitation = field_child(message, &field_defs[F_INVITE_COMMAND]);

	if (datacast && datacast->has_value && datacast->value.number < sizeof(datacasts) / sizeof(datacasts[0]))
		return (struct deed){slice_str(datacasts[datacast->value.number]), SLICE_EMPTY};
	if (datacast)
		return (struct deed){text_of(message, F_DATACAST_TEXT), SLICE_EMPTY};
	if (field_child(message, &field_defs[F_INK]))
		return (struct deed){SLICE_LIT("sends a drawing"), SLICE_EMPTY};
	if (!invitation || !slice_eq_str(invitation->value.text, "INVITE"))
		return (struct deed){SLICE_EMPTY, SLICE_EMPTY};
	struct slice file = text_of(message, F_INVITE_FILE);
	if (file.len)
		return (struct deed){SLICE_LIT("offers a file: "), file};
	return (struct deed){SLICE_LIT("invites to "), text_of(message, F_INVITE_APPLICATION)};
}

/* Parts of a message that was split are one message when the last has come. */
static const struct field *whole_message(const struct event *e)
{
	const struct field *root = &e->dissection->root;
	const struct field *joined = field_child(root, &field_defs[F_MSG_JOINED]);
	bool part = field_child(root, &field_defs[F_MSG_CHUNK]) || field_child(root, &field_defs[F_MSG_CHUNKS]);

	return joined ? joined : part ? NULL : root;
}

static void log_message(struct chat_log *l, const struct event *e, struct slice with, struct slice who)
{
	const struct field *message = whole_message(e);
	const struct field *text = message ? field_child(message, &field_defs[F_MSG_TEXT]) : NULL;

	if (!message)
		return;
	if (text) {
		add_line(l, e, with, who, true, (struct deed){text->value.text, SLICE_EMPTY});
		return;
	}
	struct deed deed = deed_of(message);
	if (deed.text.len)
		add_line(l, e, with, who, false, deed);
}

/* SDG: in a group the conversation is the group's. */
static void log_routed(struct chat_log *l, const struct event *e, const struct field *routing)
{
	struct slice from = without_endpoint(text_of(routing, F_ROUTING_FROM));
	struct slice to = without_endpoint(text_of(routing, F_ROUTING_TO));
	bool group = slice_has_prefix(to, SLICE_LIT("9:")) || slice_has_prefix(to, SLICE_LIT("10:"));

	log_message(l, e, group || e->from == MSNP_CLIENT ? to : from, from);
}

static void log_switchboard(struct chat_log *l, const struct event *e)
{
	struct slice account = account_of(e);
	bool joins = slice_eq_str(e->name, "JOI") || slice_eq_str(e->name, "IRO");

	if (slice_eq_str(e->name, "MSG"))
		log_message(l, e, SLICE_EMPTY, e->from == MSNP_CLIENT ? owner_of(l, e) : account);
	else if (joins || slice_eq_str(e->name, "BYE"))
		add_line(l, e, SLICE_EMPTY, account, false, (struct deed){joins ? SLICE_LIT("is here") : SLICE_LIT("leaves"), SLICE_EMPTY});
}

void chat_log_event(struct chat_log *l, const struct event *e)
{
	const struct field *routing;

	if (e->kind != EVENT_COMMAND)
		return;
	learn_owner(l, e);
	routing = field_child(&e->dissection->root, &field_defs[F_ROUTING]);
	if (routing && slice_eq_str(e->name, "SDG"))
		log_routed(l, e, routing);
	else if (slice_eq_str(e->name, "UUM") || slice_eq_str(e->name, "UBM"))
		log_message(l, e, account_of(e), e->from == MSNP_CLIENT ? owner_of(l, e) : account_of(e));
	else if (e->connection->role == MSNP_SB)
		log_switchboard(l, e);
}
