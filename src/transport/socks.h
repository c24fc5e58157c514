/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handshakes of SOCKS 4, 4a and 5 (RFC 1928, 1929), told by content.
 *
 *	SOCKS 4    >>> 04 01 port address user 00 [host 00]    host: address is 0.0.0.x, not 0
 *	           <<< 00 5a port address
 *	SOCKS 5    >>> 05 n methods          <<< 05 method
 *	method 2   >>> 01 n user n password  <<< 01 00
 *	           >>> 05 01 00 type address port
 *	           <<< 05 00 00 type address port
 */
#ifndef MSNSCOPE_TRANSPORT_SOCKS_H
#define MSNSCOPE_TRANSPORT_SOCKS_H

#include "util/address.h"

/* Longest user of SOCKS 4 and host of 4a, without NUL; lengths of SOCKS 5 are one byte. */
#define SOCKS_TEXT_MAX 255u
/* Room for host:port with NUL. */
#define SOCKS_TARGET_MAX (SOCKS_TEXT_MAX + 7)

enum socks_result {
	SOCKS_NO,   /* something else, refused, or not a tunnel (BIND, UDP, GSSAPI) */
	SOCKS_MORE, /* so far it could be one */
	SOCKS_YES,
};

struct socks {
	int version;                   /* 4 or 5 */
	size_t client_len, server_len; /* of the handshake; what follows is the tunnel's */
	struct address target;         /* version 0: known by name only */
	char target_name[SOCKS_TARGET_MAX]; /* host:port or as address_text */
};

/*
 * Both sides from their first byte on, as far as they are known.  With no byte
 * of the server, a client that goes on behind its request counts as granted.
 */
enum socks_result socks_parse(struct slice client, struct slice server, struct socks *out);

#endif
