/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/address.h"

#include <arpa/inet.h>
#include <stdio.h>

size_t address_text(const struct address *a, char *out)
{
	char ip[INET6_ADDRSTRLEN] = "?";

	if (a->version == 0)
		return (size_t)snprintf(out, ADDRESS_TEXT_MAX, "?");
	inet_ntop(a->version == 6 ? AF_INET6 : AF_INET, a->ip, ip, sizeof(ip));
	int n = snprintf(out, ADDRESS_TEXT_MAX, a->version == 6 ? "[%s]:%u" : "%s:%u", ip, (unsigned)a->port);
	return n < 0 ? 0 : (size_t)n;
}
