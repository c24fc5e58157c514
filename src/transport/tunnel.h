/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream inside of a tunnel: a connection of its own over the same addresses. */
#ifndef MSNSCOPE_TRANSPORT_TUNNEL_H
#define MSNSCOPE_TRANSPORT_TUNNEL_H

#include "transport/pipe.h"
#include "transport/socks.h"

struct tunnel;

struct tunnel_plan {
	const char *name;      /* for stream_wrapping.outer: a literal */
	int client_side;
	struct address target; /* version 0 when not known by number */
	char target_name[SOCKS_TARGET_MAX]; /* "" when not known: as of what is around it */
	void **tls; /* for stream_wrapping.tls, or NULL: as of what is around it */
};

/* Sets where it leads to, as host:port; target too when that is a number. */
void tunnel_set_target(struct tunnel_plan *plan, const char *text);

/* Is there room for one more around c, by STREAM_OUTER_MAX? */
bool tunnel_fits(const struct stream_connection *c);

/* Inside of c, which stays valid; only when it fits.  Ends with tunnel_free. */
struct tunnel *tunnel_new(struct pipe_shared *shared, struct stream_connection *c, const struct tunnel_plan *plan);
void tunnel_free(struct tunnel *t);

/* The connection inside; valid until tunnel_free. */
struct stream_connection *tunnel_inside(struct tunnel *t);
/* Brings it up to date with the one outside. */
void tunnel_follow(struct tunnel *t);
/* So many bytes went through that nobody wants to see. */
void tunnel_pass(struct tunnel *t, int side, uint64_t len);
/* Ends what is inside without telling; nothing more may be given to it.  May be called again. */
void tunnel_close(struct tunnel *t);

/* As of struct pipe. */
enum stream_verdict tunnel_data(struct tunnel *t, int side, struct slice data, const struct stream_origin *origin);
enum stream_verdict tunnel_gap(struct tunnel *t, int side, uint64_t len, const struct stream_origin *origin);
void tunnel_anomaly(struct tunnel *t, int side, enum stream_anomaly what, const struct stream_origin *origin);
void tunnel_end(struct tunnel *t, enum stream_end why);

#endif
