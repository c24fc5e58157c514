/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/quiet_consumer.h"

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	(void)ctx, (void)c, (void)side, (void)data, (void)origin;
	return STREAM_CONTINUE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	(void)ctx, (void)c, (void)side, (void)len, (void)origin;
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	(void)ctx, (void)c, (void)why;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	(void)ctx, (void)c, (void)side, (void)what, (void)origin;
}

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	(void)ctx, (void)x;
	return false;
}

static void on_exchange(void *ctx, struct http_exchange *x)
{
	(void)ctx, (void)x;
}

static void on_http_end(void *ctx, struct stream_connection *c, int client_side, void *user, enum stream_end why)
{
	(void)ctx, (void)c, (void)client_side, (void)user, (void)why;
}

static void on_gateway(void *ctx, struct stream_connection *connection, enum gateway_notice what, const char *text,
		       const struct stream_origin *origin, const struct http_exchange *x)
{
	(void)ctx, (void)connection, (void)what, (void)text, (void)origin, (void)x;
}

struct transport_consumer quiet_consumer(void)
{
	return (struct transport_consumer){
		.stream = {on_data, on_gap, on_end, on_anomaly, NULL},
		.http = {on_wanted, on_exchange, on_exchange, on_exchange, on_http_end, NULL},
		.gateway = on_gateway,
	};
}
