/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/tls_suite.h"

#include <stddef.h>

#define SUITE(number, name, exchange, cipher, mac, hash) \
	{number, name, TLS_EXCHANGE_##exchange, TLS_CIPHER_##cipher, TLS_MAC_##mac, TLS_HASH_##hash},
static const struct tls_suite suites[] = {
#include "util/tls_suites.def"
};
#undef SUITE

const struct tls_suite *tls_suite_find(uint16_t number)
{
	size_t low = 0, high = sizeof(suites) / sizeof(suites[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (suites[middle].number == number)
			return &suites[middle];
		if (suites[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *tls_version_name(uint16_t version)
{
	static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

	return version >= 0x0300 && version <= 0x0304 ? names[version - 0x0300] : NULL;
}
