/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/web.h"

#include <inttypes.h>
#include <stdlib.h>

#include "session/tls.h"
#include "util/memory.h"

static struct service_message view(const struct http_message *request, const struct http_message *response)
{
	const struct http_message *m = response ? response : request;
	struct service_message v = {.is_request = response == NULL,
				    .status = response ? response->status : 0,
				    .headers = m->headers,
				    .header_count = m->header_count,
				    .body = m->body,
				    .body_cut = m->body_over_limit || m->incomplete};

	if (response)
		v.reason = response->reason;
	if (!request)
		return v;
	v.method = request->method;
	v.target = request->target;
	v.host = request->host;
	v.path = request->path;
	v.query = request->query;
	if (response) {
		v.request_headers = request->headers;
		v.request_header_count = request->header_count;
		v.request_body = request->body;
	}
	return v;
}

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	struct service_message m = view(x->request, x->request ? NULL : x->response);

	(void)ctx;
	return service_wanted(&m);
}

static const struct header *copy_headers(struct arena *a, const struct header *headers, size_t count)
{
	struct header *copy = arena_alloc_raw(a, (count ? count : 1) * sizeof(*copy));

	for (size_t i = 0; i < count; i++)
		copy[i] = (struct header){arena_copy(a, headers[i].name), arena_copy(a, headers[i].value)};
	return copy;
}

/* The parts of a message that its own dissection and that of the response need. */
static void copy_message(struct web_exchange *w, struct service_message *to, const struct http_message *m)
{
	struct arena *a = &w->arena;

	to->headers = copy_headers(a, m->headers, m->header_count);
	to->header_count = m->header_count;
	to->body = arena_copy(a, m->body);
	to->body_cut = m->body_over_limit || m->incomplete;
	if (to->is_request) {
		to->method = arena_copy(a, m->method);
		to->target = arena_copy(a, m->target);
		to->host = arena_copy(a, m->host);
		to->path = arena_copy(a, m->path);
		to->query = arena_copy(a, m->query);
		w->request_head = arena_copy(a, m->head);
	} else {
		to->status = m->status;
		to->reason = arena_copy(a, m->reason);
		w->response_head = arena_copy(a, m->head);
	}
	w->lost_bytes[!to->is_request] = m->lost_bytes;
	w->incomplete[!to->is_request] = m->incomplete;
	w->undecoded[!to->is_request] = m->body_undecoded;
	w->over_limit[!to->is_request] = m->body_over_limit;
}

struct web_connection *web_connection_new(struct session *s, const struct stream_connection *c, int client_side)
{
	struct web_connection *web = memory_zalloc(sizeof(*web));
	struct connection *n = &web->connection;

	web->session = s;
	n->id = ++s->next_connection;
	n->client = c->address[client_side];
	n->server = c->address[!client_side];
	n->direction_from = c->opener >= 0 ? DIRECTION_SYN : DIRECTION_HTTP;
	n->transport = "tcp";
	for (size_t i = 0; c->wrapping && i < CONNECTION_OUTER_MAX && i < STREAM_OUTER_MAX; i++)
		n->outer[i] = c->wrapping->outer[i];
	n->web = true;
	n->start_ns = c->start_ns;
	n->first_frame = c->first_frame;
	s->totals.connections++;
	return web;
}

static struct web_connection *web_of(struct session *s, struct http_exchange *x)
{
	struct web_connection *web = *x->connection_user;

	if (!web)
		web = tls_web_connection(s, x->connection);
	if (!web)
		web = web_connection_new(s, x->connection, x->client_side);
	*x->connection_user = web;
	return web;
}

static struct web_exchange *exchange_of(struct session *s, struct http_exchange *x)
{
	struct web_exchange *w = x->user;

	if (w)
		return w;
	w = memory_zalloc(sizeof(*w));
	w->references = 1;
	w->web = web_of(s, x);
	w->number = x->number;
	w->request.is_request = true;
	x->user = w;
	return w;
}

void web_release(struct web_exchange *x)
{
	if (--x->references > 0)
		return;
	arena_free(&x->arena);
	free(x);
}

static void queue_message(struct session *s, struct web_exchange *w, const struct http_message *m, enum item_kind kind)
{
	struct item item = {.kind = kind, .web = w, .from = kind == ITEM_REQUEST ? MSNP_CLIENT : MSNP_SERVER};

	item.time_ns = m->end_ns;
	item.web_bytes = m->head.len + m->body.len;
	item.frame_count = m->frame_count < EVENT_FRAMES_MAX ? m->frame_count : EVENT_FRAMES_MAX;
	memcpy(item.frames, m->frames, item.frame_count * sizeof(m->frames[0]));
	w->references++;
	queue_item(s, &item);
}

static void on_request(void *ctx, struct http_exchange *x)
{
	struct web_exchange *w = exchange_of(ctx, x);

	w->has_request = true;
	w->request_ns = x->request->end_ns;
	copy_message(w, &w->request, x->request);
	queue_message(ctx, w, x->request, ITEM_REQUEST);
}

static void on_response(void *ctx, struct http_exchange *x)
{
	struct web_exchange *w = exchange_of(ctx, x);
	struct service_message *m = &w->response;

	copy_message(w, m, x->response);
	if (w->has_request) {
		m->method = w->request.method;
		m->target = w->request.target;
		m->host = w->request.host;
		m->path = w->request.path;
		m->query = w->request.query;
		m->request_headers = w->request.headers;
		m->request_header_count = w->request.header_count;
		m->request_body = w->request.body;
	}
	queue_message(ctx, w, x->response, ITEM_RESPONSE);
}

static void on_done(void *ctx, struct http_exchange *x)
{
	(void)ctx;
	if (x->user)
		web_release(x->user);
	x->user = NULL;
}

/* The connection's last exchange is done; its record comes behind its events. */
static void on_ended(void *ctx, struct stream_connection *c, int client_side, void *user, enum stream_end why)
{
	struct web_connection *web = user;
	struct item item = {.kind = ITEM_WEB_END, .web_end = web};

	/* One inside TLS ends with that. */
	if (!web || (c->wrapping && c->wrapping->tls))
		return;
	connection_finish(&web->connection, c, client_side, why);
	queue_item(ctx, &item);
}

struct http_consumer web_consumer(struct session *s)
{
	return (struct http_consumer){on_wanted, on_request, on_response, on_done, on_ended, s};
}

/* The first line of a head, without line end. */
static struct slice start_line(struct slice head)
{
	struct slice line = slice_sub(head, 0, slice_find_byte(head, '\n'));

	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static void add_losses(struct dissection *d, const struct web_exchange *w, int which)
{
	if (w->lost_bytes[which])
		finding_add(d, RULE_HTTP_LOST, NULL, "%" PRIu64 " bytes of the message are not in the capture",
			    w->lost_bytes[which]);
	if (w->incomplete[which])
		finding_add(d, RULE_HTTP_INCOMPLETE, NULL, "the message is not complete");
	if (w->undecoded[which])
		finding_add(d, RULE_HTTP_UNDECODED, NULL, "the content coding of the body is unknown or broken");
	if (w->over_limit[which])
		finding_add(d, RULE_HTTP_LIMIT, NULL, "the body is larger than the limit; the rest was dropped");
}

bool web_fill_event(struct session *s, const struct item *item, struct event *e)
{
	struct web_exchange *w = item->web;
	bool request = item->kind == ITEM_REQUEST;
	struct service_message *m = request ? &w->request : &w->response;
	struct slice head = request ? w->request_head : w->response_head;
	struct service_result r;

	m->lock_challenge = oim_lock_challenge(s->oim, &w->web->connection.client);
	dissection_init(&s->dissection, &s->arena, head, m->body);
	r = service_dissect(&s->dissection, m);
	if (!r.service && !w->request_wanted)
		return false;
	w->request_wanted = true;
	e->kind = EVENT_EXCHANGE;
	e->exchange = w->number;
	e->protocol = r.service ? r.service->protocol : "http";
	e->name = r.operation;
	e->line = start_line(head);
	e->payload = m->body;
	e->has_payload = true;
	e->declared_length = m->body.len;
	e->lost_bytes = w->lost_bytes[!request];
	if (!request && w->request_event) {
		e->reply_to = w->request_event;
		e->latency_ns = item->time_ns - w->request_ns;
		e->reply_by = "order";
	}
	if (request)
		w->request_event = e->id;
	add_losses(&s->dissection, w, !request);
	return true;
}
