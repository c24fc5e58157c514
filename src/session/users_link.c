/* SPDX-License-Identifier: BSD-2-Clause */
/* Which session a connection belongs to. */
#include "session/users_internal.h"

/* How good a session fits an account; larger is better, 0 is not at all. */
enum {
	FITS_ACCOUNT = 1,
	FITS_HOST = 2,
	FITS_TIME = 4, /* the session is on at that time */
	FITS_ASKED = 8,
	FITS_ENDPOINT = 16,
};

/* --- links --- */

static bool weaker(enum session_link a, enum session_link b)
{
	return session_link_inferred(a) && !session_link_inferred(b);
}

/* Adds the connection to the list of the session, or makes the link there a stronger one. */
static void list_connection(struct user_session *r, uint64_t connection, enum session_link how)
{
	for (size_t i = 0; i < r->connection_count; i++) {
		if (r->connections[i].connection != connection)
			continue;
		if (weaker(r->connections[i].how, how))
			r->connections[i].how = how;
		return;
	}
	if (r->connection_count < SESSION_CONNECTIONS_MAX)
		r->connections[r->connection_count++] = (struct session_connection){connection, how};
	else
		r->connections_omitted++;
}

void users_link(struct users *u, struct users_connection *c, struct users_session *s, enum session_link how)
{
	if (c->session == s->record.id && !weaker(c->how, how))
		return;
	s->changed = true;
	list_connection(&s->record, c->id, how);
	if (c->session && users_find(u, c->session) != s)
		return;
	if (!c->session) {
		c->last_before = s->record.last_event;
		users_tally_add(s, &c->tally);
	}
	c->session = s->record.id;
	c->how = how;
}

void users_unlink(struct users *u, struct users_connection *c)
{
	struct users_session *s = users_find(u, c->session);
	struct user_session *r = s ? &s->record : NULL;

	c->session = 0;
	for (size_t i = 0; r && i < r->connection_count; i++) {
		if (r->connections[i].connection != c->id)
			continue;
		r->connection_count--;
		memmove(&r->connections[i], &r->connections[i + 1],
			(r->connection_count - i) * sizeof(r->connections[0]));
		break;
	}
	if (!r)
		return;
	s->changed = true;
	r->events -= c->tally.events;
	for (size_t i = 0; i < 3; i++)
		r->findings[i] -= c->tally.findings[i];
	r->last_event = c->last_before;
}

/* --- candidates --- */

static unsigned fits(const struct users_session *s, uint64_t account, struct slice endpoint,
		     const struct address *host, int64_t time_ns)
{
	if (s->account != account || !users_near(s, time_ns))
		return 0;
	/* Another place of the same user. */
	if (endpoint.len && s->record.endpoint.len && !slice_case_eq(endpoint, s->record.endpoint))
		return 0;
	return (unsigned)FITS_ACCOUNT | (host && users_same_host(host, &s->host) ? FITS_HOST : 0u) |
	       (!s->ended && time_ns >= s->record.start_ns ? FITS_TIME : 0u) |
	       (s->asked_for_ticket ? FITS_ASKED : 0u) | (endpoint.len && s->record.endpoint.len ? FITS_ENDPOINT : 0u);
}

struct users_session *users_by_account(struct users *u, uint64_t account, struct slice endpoint,
				       const struct address *host, int64_t time_ns)
{
	const struct users_entry *entry = account ? users_map_find(&u->index, account) : NULL;
	struct users_session *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		struct users_session *s = users_find(u, entry->session);
		unsigned score = s ? fits(s, account, endpoint, host, time_ns) : 0;

		if (score > most) {
			most = score;
			best = s;
		}
	}
	return best;
}

struct users_session *users_by_host(struct users *u, const struct address *host, int64_t from_ns, int64_t to_ns,
				    bool unnamed, uint64_t other)
{
	const struct users_entry *entry = users_map_find(&u->index, users_hash_host(KEY_HOST, host));
	struct users_session *found = NULL;
	bool found_on = false;

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		struct users_session *s = users_find(u, entry->session);

		if (!s || !users_same_host(host, &s->host) || (unnamed && s->account) || (other && s->account == other) ||
		    (!users_near(s, from_ns) && !users_near(s, to_ns)))
			continue;
		/* One that is on at that time outweighs others that were or will be. */
		bool on = to_ns >= s->record.start_ns && (!s->ended || s->record.end_ns >= from_ns);
		if (found && on == found_on)
			return NULL;
		if (!found || on) {
			found = s;
			found_on = on;
		}
	}
	return found;
}
