/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/transport.h"

#include <stdlib.h>

#include "transport/gateway.h"
#include "transport/tls.h"
#include "util/memory.h"


struct transport {
	struct transport_counters counters;
	struct gateway *gateway;
	struct pipe_shared shared;
};

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	(void)ctx;
	return gateway_wants(x);
}

static void on_request(void *ctx, struct http_exchange *x)
{
	gateway_request(ctx, x);
}

static void on_response(void *ctx, struct http_exchange *x)
{
	gateway_response(ctx, x);
}

static void on_done(void *ctx, struct http_exchange *x)
{
	gateway_done(ctx, x);
}

struct transport *transport_new(const struct transport_options *options, const struct transport_consumer *consumer)
{
	struct transport *t = memory_zalloc(sizeof(*t));

	t->gateway = gateway_new(options, consumer, &t->counters);
	t->shared.consumer = consumer->stream;
	t->shared.budget.max = HTTP_TOTAL_MAX;
	t->shared.http.heads = http_heads_new();
	t->shared.tls = (struct tls_shared){consumer->tls, options->secrets, tls_learned_new(options->more_key_logs, options->more_ctx)};
	struct http_consumer gateway = {on_wanted, on_request, on_response, on_done, NULL, t->gateway};
	t->shared.http.shared = (struct http_shared){{gateway, consumer->http}, &t->counters, &t->shared.budget};
	return t;
}

void transport_free(struct transport *t)
{
	gateway_free(t->gateway);
	http_heads_free(t->shared.http.heads);
	http_drafts_free(&t->shared.budget);
	tls_learned_free(t->shared.tls.learned);
	free(t);
}

void transport_key_log(struct transport *t, struct slice text)
{
	tls_learned_key_log(t->shared.tls.learned, text);
}

void transport_finish(struct transport *t)
{
	gateway_finish(t->gateway);
}

const struct transport_counters *transport_counters(const struct transport *t)
{
	return &t->counters;
}

/* In a callback of the stream table c->user is the pipe; in one of the consumer it is what the consumer left there. */
static struct pipe *pipe_of(struct transport *t, struct stream_connection *c)
{
	return c->user ? c->user : pipe_new(&t->shared, c);
}

static enum stream_verdict settle(struct stream_connection *c, struct pipe *p, enum stream_verdict verdict)
{
	if (verdict == STREAM_IGNORE) {
		pipe_free(p);
		p = NULL;
	}
	c->user = p;
	return verdict;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct pipe *p = pipe_of(ctx, c);

	return settle(c, p, pipe_data(p, side, data, origin));
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct pipe *p = pipe_of(ctx, c);

	return settle(c, p, pipe_gap(p, side, len, origin));
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct pipe *p = c->user;

	(void)ctx;
	if (!p)
		return;
	pipe_end(p, why);
	pipe_free(p);
	c->user = NULL;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	struct pipe *p = pipe_of(ctx, c);

	pipe_anomaly(p, side, what, origin);
	c->user = p;
}

struct stream_consumer transport_stream(struct transport *t)
{
	return (struct stream_consumer){on_data, on_gap, on_end, on_anomaly, t};
}
