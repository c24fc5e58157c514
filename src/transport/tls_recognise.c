/* SPDX-License-Identifier: BSD-2-Clause */
/* Is a stream TLS?  Told by its first bytes, or by any records. */
#include "transport/tls_internal.h"
#include "util/reader.h"

/* The least bytes that tell an SSL 2.0 hello. */
#define SSL2_LEAST 11u

/* A ClientHello in SSL 2.0 form offers SSL 3.0 or later. */
static enum tls_guess recognise_ssl2(struct slice data)
{
	struct reader r = reader_over(data);
	size_t len = reader_be16(&r) & 0x7fff;
	uint8_t type = reader_u8(&r);
	unsigned version = reader_be16(&r), suites = reader_be16(&r), session = reader_be16(&r), challenge = reader_be16(&r);

	if (data.len == 0 || !(data.ptr[0] & 0x80) || (data.len > 2 && type != TLS_CLIENT_HELLO) ||
	    (data.len > 3 && data.ptr[3] != 3))
		return TLS_GUESS_NO;
	if (data.len < SSL2_LEAST)
		return TLS_GUESS_MORE;
	return version >> 8 == 3 && suites && suites % 3 == 0 && session <= TLS_SESSION_ID_MAX && challenge >= 16 &&
			       challenge <= TLS_RANDOM_BYTES && len == 9 + suites + session + challenge ?
		       TLS_GUESS_YES : TLS_GUESS_NO;
}

static bool begins_record(struct slice data, size_t *whole)
{
	struct reader r = reader_over(data);
	uint8_t type = reader_u8(&r), major = reader_u8(&r), minor = reader_u8(&r);
	size_t len = reader_be16(&r);

	*whole = TLS_RECORD_HEAD + len;
	return !r.truncated && type >= TLS_RECORD_CHANGE_CIPHER && type <= TLS_RECORD_DATA && major == 3 && minor <= 4 && len &&
	       len <= TLS_FRAGMENT_MAX;
}

/* Two records in a row, or one that fills what is there. */
static enum tls_guess recognise_middle(struct slice data)
{
	size_t whole, next;

	if (!begins_record(data, &whole))
		return TLS_GUESS_NO;
	if (whole >= data.len)
		return whole == data.len ? TLS_GUESS_YES : TLS_GUESS_MORE;
	struct slice behind = slice_sub(data, whole, data.len);
	return behind.len < TLS_RECORD_HEAD || begins_record(behind, &next) ? TLS_GUESS_YES : TLS_GUESS_NO;
}

enum tls_guess tls_recognise(struct slice data, bool middle, int *from_client)
{
	static const uint8_t start[] = {TLS_RECORD_HANDSHAKE, 3};

	*from_client = -1;
	if (data.len == 0)
		return TLS_GUESS_MORE;
	if (data.ptr[0] & 0x80) {
		*from_client = 1;
		return recognise_ssl2(data);
	}
	if (data.ptr[0] < TLS_RECORD_CHANGE_CIPHER || data.ptr[0] > TLS_RECORD_HANDSHAKE + 1)
		return TLS_GUESS_NO;
	size_t n = data.len < sizeof(start) ? data.len : sizeof(start);
	if (memcmp(data.ptr, start, n) != 0)
		return middle ? recognise_middle(data) : TLS_GUESS_NO;
	if (data.len <= TLS_RECORD_HEAD)
		return TLS_GUESS_MORE;
	*from_client = data.ptr[TLS_RECORD_HEAD] == TLS_CLIENT_HELLO ? 1 : data.ptr[TLS_RECORD_HEAD] == TLS_SERVER_HELLO ? 0 : -1;
	size_t whole;
	if (!begins_record(data, &whole))
		return TLS_GUESS_NO;
	if (*from_client >= 0)
		return TLS_GUESS_YES;
	return middle ? recognise_middle(data) : TLS_GUESS_NO;
}
