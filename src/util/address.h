/* SPDX-License-Identifier: BSD-2-Clause */
/* Network addresses of either family with a port. */
#ifndef MSNSCOPE_UTIL_ADDRESS_H
#define MSNSCOPE_UTIL_ADDRESS_H

#include "util/slice.h"

struct address {
	uint8_t ip[16];  /* network order; an IPv4 address fills the first 4, the rest is 0 */
	uint16_t port;   /* host order */
	uint8_t version; /* 4 or 6; 0: not known */
};

/* Longest text of an address, with NUL: "[ffff:...:255.255.255.255]:65535". */
#define ADDRESS_TEXT_MAX 64

/*
 * Writes "192.0.2.1:1863" or "[2001:db8::1]:1863" (RFC 5952), "?" for one that is not known, with a NUL into
 * out, which has room for ADDRESS_TEXT_MAX bytes; returns the length.
 */
size_t address_text(const struct address *a, char *out);

#endif
