/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/tunnel.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"

struct tunnel {
	struct stream_connection *outer;
	struct stream_connection inner;
	struct stream_wrapping wrapping;
	char target_name[SOCKS_TARGET_MAX];
	struct pipe *pipe;
};

/* The part of host:port that is the host; IPv6 addresses stand in brackets. */
static bool split_target(const char *text, char *host, size_t size, uint16_t *port)
{
	struct slice s = slice_str(text);
	size_t colon = s.len;
	uint64_t number;

	while (colon > 0 && s.ptr[colon - 1] != ':')
		colon--;
	if (colon == 0 || !slice_u64(slice_sub(s, colon, s.len), &number) || number > UINT16_MAX)
		return false;
	s = slice_sub(s, 0, colon - 1);
	if (s.len >= 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = slice_sub(s, 1, s.len - 2);
	*port = (uint16_t)number;
	return (size_t)snprintf(host, size, "%.*s", (int)s.len, (const char *)s.ptr) < size;
}

void tunnel_set_target(struct tunnel_plan *plan, const char *text)
{
	char host[INET6_ADDRSTRLEN];
	struct address a = {.version = 4};

	snprintf(plan->target_name, sizeof(plan->target_name), "%s", text);
	if (!split_target(text, host, sizeof(host), &a.port))
		return;
	if (inet_pton(AF_INET, host, a.ip) != 1) {
		a.version = 6;
		if (inet_pton(AF_INET6, host, a.ip) != 1)
			return;
	}
	plan->target = a;
}

static size_t outer_count(const struct stream_connection *c)
{
	size_t n = 0;

	while (c->wrapping && n < STREAM_OUTER_MAX && c->wrapping->outer[n])
		n++;
	return n;
}

bool tunnel_fits(const struct stream_connection *c)
{
	return outer_count(c) < STREAM_OUTER_MAX;
}

void tunnel_follow(struct tunnel *t)
{
	for (int side = 0; side < STREAM_SIDES; side++)
		t->inner.fin[side] = t->outer->fin[side];
	t->inner.end_ns = t->outer->end_ns;
	t->inner.last_frame = t->outer->last_frame;
}

struct tunnel *tunnel_new(struct pipe_shared *shared, struct stream_connection *c, const struct tunnel_plan *plan)
{
	struct tunnel *t = memory_zalloc(sizeof(*t));
	size_t outer = outer_count(c);

	t->outer = c;
	t->inner = (struct stream_connection){.address = {c->address[0], c->address[1]}, .opener = plan->client_side,
					      .start_ns = c->start_ns, .first_frame = c->first_frame};
	t->inner.wrapping = &t->wrapping;
	if (c->wrapping)
		t->wrapping = *c->wrapping;
	else
		t->wrapping.transport = "tcp";
	t->wrapping.outer[outer] = plan->name;
	if (plan->target_name[0]) {
		t->wrapping.target = plan->target;
		memcpy(t->target_name, plan->target_name, sizeof(t->target_name));
		t->wrapping.target_name = t->target_name;
	}
	if (plan->tls)
		t->wrapping.tls = plan->tls;
	t->pipe = pipe_new(shared, &t->inner);
	return t;
}

void tunnel_free(struct tunnel *t)
{
	if (!t)
		return;
	tunnel_close(t);
	free(t);
}

struct stream_connection *tunnel_inside(struct tunnel *t)
{
	return &t->inner;
}

void tunnel_pass(struct tunnel *t, int side, uint64_t len)
{
	tunnel_follow(t);
	t->inner.bytes[side] += len;
}

void tunnel_close(struct tunnel *t)
{
	pipe_free(t->pipe);
	t->pipe = NULL;
}

enum stream_verdict tunnel_data(struct tunnel *t, int side, struct slice data, const struct stream_origin *origin)
{
	tunnel_follow(t);
	enum stream_verdict verdict = pipe_data(t->pipe, side, data, origin);
	t->inner.bytes[side] += data.len;
	return verdict;
}

enum stream_verdict tunnel_gap(struct tunnel *t, int side, uint64_t len, const struct stream_origin *origin)
{
	tunnel_follow(t);
	enum stream_verdict verdict = pipe_gap(t->pipe, side, len, origin);
	if (len != STREAM_GAP_UNKNOWN)
		t->inner.lost[side] += len;
	return verdict;
}

void tunnel_anomaly(struct tunnel *t, int side, enum stream_anomaly what, const struct stream_origin *origin)
{
	tunnel_follow(t);
	pipe_anomaly(t->pipe, side, what, origin);
}

void tunnel_end(struct tunnel *t, enum stream_end why)
{
	tunnel_follow(t);
	pipe_end(t->pipe, why);
}
