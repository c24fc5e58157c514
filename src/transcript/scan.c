/* SPDX-License-Identifier: BSD-2-Clause */
#include "transcript/forms.h"

#include <arpa/inet.h>

#define NS_PER_SECOND 1000000000

bool take(struct slice *rest, const char *prefix)
{
	struct slice p = slice_str(prefix);

	if (!slice_has_prefix(*rest, p))
		return false;
	*rest = slice_sub(*rest, p.len, rest->len);
	return true;
}

bool take_until(struct slice *rest, uint8_t end, struct slice *part)
{
	size_t at = slice_find_byte(*rest, end);

	if (at >= rest->len)
		return false;
	*part = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at + 1, rest->len);
	return true;
}

size_t take_blanks(struct slice *rest)
{
	size_t n = 0;

	while (n < rest->len && (rest->ptr[n] == ' ' || rest->ptr[n] == '\t'))
		n++;
	*rest = slice_sub(*rest, n, rest->len);
	return n;
}

size_t indentation(struct slice line)
{
	if (line.len && line.ptr[0] == '\t')
		return 1;
	return slice_has_prefix(line, SLICE_LIT("    ")) ? 4 : 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool two_digits(struct slice s, size_t at, int64_t below, int64_t *n)
{
	if (at + 2 > s.len || !is_digit(s.ptr[at]) || !is_digit(s.ptr[at + 1]))
		return false;
	*n = (s.ptr[at] - '0') * 10 + (s.ptr[at + 1] - '0');
	return *n < below;
}

bool take_clock(struct slice *rest, int64_t *ns)
{
	int64_t hour, minute, second, unit = NS_PER_SECOND;
	size_t at = 8;

	if (!two_digits(*rest, 0, 24, &hour) || !two_digits(*rest, 3, 60, &minute) || !two_digits(*rest, 6, 61, &second) ||
	    rest->ptr[2] != ':' || rest->ptr[5] != ':')
		return false;
	*ns = ((hour * 60 + minute) * 60 + second) * NS_PER_SECOND;
	if (at + 1 < rest->len && (rest->ptr[at] == '.' || rest->ptr[at] == ',') && is_digit(rest->ptr[at + 1])) {
		for (at++; at < rest->len && is_digit(rest->ptr[at]); at++) {
			unit /= 10;
			*ns += (rest->ptr[at] - '0') * unit;
		}
	}
	*rest = slice_sub(*rest, at, rest->len);
	return true;
}

bool scan_address(struct slice text, struct address *a)
{
	bool six = text.len && text.ptr[0] == '[';
	char ip[INET6_ADDRSTRLEN];
	struct slice host, rest = text;
	uint64_t port = 0;

	memset(a, 0, sizeof(*a));
	if (six) {
		rest = slice_sub(rest, 1, rest.len);
		if (!take_until(&rest, ']', &host) || (rest.len && !take(&rest, ":")))
			return false;
	} else if (!take_until(&rest, ':', &host)) {
		host = text;
		rest = SLICE_EMPTY;
	}
	if (host.len == 0 || host.len >= sizeof(ip) || (rest.len && (!slice_u64(rest, &port) || port > UINT16_MAX)))
		return false;
	memcpy(ip, host.ptr, host.len);
	ip[host.len] = '\0';
	if (inet_pton(six ? AF_INET6 : AF_INET, ip, a->ip) != 1)
		return false;
	a->port = (uint16_t)port;
	a->version = six ? 6 : 4;
	return true;
}
