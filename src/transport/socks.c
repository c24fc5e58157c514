/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/socks.h"

#include <stdio.h>

#include "util/reader.h"

enum { SOCKS_CONNECT = 1, SOCKS4_GRANTED = 0x5a, SOCKS4_REPLY = 8 };
enum { METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_REFUSED = 0xff };
enum { TYPE_IPV4 = 1, TYPE_NAME = 3, TYPE_IPV6 = 4 };

static void set_address(struct socks *out, struct slice ip, uint16_t port)
{
	memcpy(out->target.ip, ip.ptr, ip.len);
	out->target.version = ip.len == 4 ? 4 : 6;
	out->target.port = port;
	address_text(&out->target, out->target_name);
}

/* The name ends at a NUL, where there is one. */
static void set_name(struct socks *out, struct slice name, uint16_t port)
{
	snprintf(out->target_name, sizeof(out->target_name), "%.*s:%u", (int)name.len, (const char *)name.ptr,
		 (unsigned)port);
}

/* Text up to a NUL; *result is set when it does not end (yet). */
static struct slice text(struct reader *r, enum socks_result *result)
{
	struct slice rest = slice_sub(r->data, r->at, r->data.len);
	size_t len = slice_find_byte(rest, 0);

	if (len > SOCKS_TEXT_MAX)
		*result = SOCKS_NO;
	else if (len == rest.len && *result == SOCKS_YES)
		*result = SOCKS_MORE;
	reader_skip(r, len + 1);
	return slice_sub(rest, 0, len);
}

static enum socks_result request4(struct reader *client, struct socks *out)
{
	enum socks_result result = SOCKS_YES;

	if (reader_u8(client) != 4 || (reader_u8(client) != SOCKS_CONNECT && !client->truncated))
		return SOCKS_NO;
	uint16_t port = reader_be16(client);
	struct slice ip = reader_bytes(client, 4);
	if (client->truncated)
		return SOCKS_MORE;
	text(client, &result);
	if (ip.ptr[0] == 0 && ip.ptr[1] == 0 && ip.ptr[2] == 0 && ip.ptr[3] != 0)
		set_name(out, text(client, &result), port);
	else
		set_address(out, ip, port);
	return result;
}

static enum socks_result parse4(struct reader *client, struct reader *server, struct socks *out)
{
	enum socks_result result = request4(client, out);

	out->version = 4;
	if (result != SOCKS_YES)
		return result;
	if (server->data.len == 0)
		return reader_left(client) ? SOCKS_YES : SOCKS_MORE;
	if (reader_u8(server) != 0 || (reader_u8(server) != SOCKS4_GRANTED && !server->truncated))
		return SOCKS_NO;
	reader_skip(server, SOCKS4_REPLY - 2);
	return server->truncated ? SOCKS_MORE : SOCKS_YES;
}

/* The method agreed on.  Without the server's word it is what the client does next. */
static enum socks_result method5(struct reader *client, struct reader *server, uint8_t *method)
{
	reader_skip(client, 1);
	uint8_t count = reader_u8(client);
	struct slice offered = reader_bytes(client, count);
	if (client->truncated)
		return SOCKS_MORE;
	if (count == 0 || slice_find_byte(offered, METHOD_REFUSED) < offered.len)
		return SOCKS_NO;
	if (server->data.len == 0) {
		if (reader_left(client) == 0)
			return SOCKS_MORE;
		*method = client->data.ptr[client->at] == 1 ? METHOD_PASSWORD : METHOD_NONE;
		return SOCKS_YES;
	}
	if (reader_u8(server) != 5)
		return SOCKS_NO;
	*method = reader_u8(server);
	if (server->truncated)
		return SOCKS_MORE;
	if (slice_find_byte(offered, *method) == offered.len || (*method != METHOD_NONE && *method != METHOD_PASSWORD))
		return SOCKS_NO;
	return SOCKS_YES;
}

static enum socks_result password5(struct reader *client, struct reader *server)
{
	if (reader_u8(client) != 1 && !client->truncated)
		return SOCKS_NO;
	reader_skip(client, reader_u8(client));
	reader_skip(client, reader_u8(client));
	if (client->truncated)
		return SOCKS_MORE;
	if (server->data.len == 0)
		return SOCKS_YES;
	if ((reader_u8(server) != 1 && !server->truncated) || (reader_u8(server) != 0 && !server->truncated))
		return SOCKS_NO;
	return server->truncated ? SOCKS_MORE : SOCKS_YES;
}

/* A request or a reply: version, `second`, 0, address, port. */
static enum socks_result address5(struct reader *r, uint8_t second, struct socks *out)
{
	const uint8_t begin[] = {5, second, 0};

	for (size_t i = 0; i < sizeof(begin); i++)
		if (reader_u8(r) != begin[i] && !r->truncated)
			return SOCKS_NO;
	uint8_t type = reader_u8(r);
	size_t len = type == TYPE_IPV4 ? 4 : type == TYPE_IPV6 ? 16 : type == TYPE_NAME ? reader_u8(r) : 0;
	if (len == 0 && !r->truncated && type != TYPE_NAME)
		return SOCKS_NO;
	struct slice host = reader_bytes(r, len);
	uint16_t port = reader_be16(r);
	if (r->truncated)
		return SOCKS_MORE;
	if (out && type == TYPE_NAME)
		set_name(out, host, port);
	else if (out)
		set_address(out, host, port);
	return SOCKS_YES;
}

static enum socks_result parse5(struct reader *client, struct reader *server, struct socks *out)
{
	uint8_t method = METHOD_NONE;
	enum socks_result result = method5(client, server, &method);

	out->version = 5;
	if (result == SOCKS_YES && method == METHOD_PASSWORD)
		result = password5(client, server);
	if (result == SOCKS_YES)
		result = address5(client, SOCKS_CONNECT, out);
	if (result != SOCKS_YES)
		return result;
	if (server->data.len == 0)
		return reader_left(client) ? SOCKS_YES : SOCKS_MORE;
	return address5(server, 0, NULL);
}

enum socks_result socks_parse(struct slice client, struct slice server, struct socks *out)
{
	struct reader from_client = reader_over(client), from_server = reader_over(server);
	enum socks_result result = SOCKS_NO;

	*out = (struct socks){.version = 0};
	if (client.len == 0)
		return SOCKS_NO;
	if (client.ptr[0] == 4)
		result = parse4(&from_client, &from_server, out);
	else if (client.ptr[0] == 5)
		result = parse5(&from_client, &from_server, out);
	out->client_len = from_client.at;
	out->server_len = from_server.at;
	return result;
}
