/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives commands and web exchanges to the table of user sessions, as the session stage does. */
#ifndef MSNSCOPE_TESTS_USERS_PLAY_H
#define MSNSCOPE_TESTS_USERS_PLAY_H

#include "session/users.h"

struct users_play {
	struct users *users;
	struct arena arena;
	struct dissection d;
	uint64_t events;
	int64_t now_ns;
};

/* What the sink gets goes to the caller's. */
void users_play_begin(struct users_play *p, const struct event_sink *sink);
void users_play_end(struct users_play *p);

/* A connection of that role (an MSNP_ role, 0 for web services) between two hosts of 192.0.2.0/24. */
struct connection users_play_connection(const struct users_play *p, uint64_t id, unsigned role, uint8_t client,
					uint8_t server);

/* Each takes a millisecond; returns the session of the event. */
uint64_t users_play_command(struct users_play *p, const struct connection *c, enum msnp_sender from,
			    struct slice line, struct slice payload);
uint64_t users_play_web(struct users_play *p, const struct connection *c, enum msnp_sender from, struct slice path,
			struct slice body);

/* The connection ends now; returns its session. */
uint64_t users_play_close(struct users_play *p, struct connection *c, const char *reason);

#endif
