/* SPDX-License-Identifier: BSD-2-Clause */
/* Decrypts and authenticates the records of one direction of a TLS connection, one after the other. */
#ifndef MSNSCOPE_TRANSPORT_TLS_OPENER_H
#define MSNSCOPE_TRANSPORT_TLS_OPENER_H

#include "transport/tls_keys.h"

/* Bytes of type, version and length in front of each record; longest fragment behind them (RFC 5246, 6.2.3). */
#define TLS_RECORD_HEAD 5u
#define TLS_FRAGMENT_MAX (16384u + 2048u)

struct tls_opener;

/* NULL when OpenSSL does not have the cipher.  Ends with tls_opener_free. */
struct tls_opener *tls_opener_new(const struct tls_exchanged *x, bool encrypt_then_mac, const struct tls_keys *keys);
void tls_opener_free(struct tls_opener *o);

/* The same state once more, or NULL. */
struct tls_opener *tls_opener_copy(const struct tls_opener *o);

/*
 * Opens the record with this head (TLS_RECORD_HEAD bytes) and fragment.  out
 * has room for fragment.len bytes.  In TLS 1.3 *type becomes the type inside.
 * False when it is no record of these keys at this place; either way the next
 * one is expected behind it.
 */
bool tls_opener_open(struct tls_opener *o, const uint8_t *head, struct slice fragment, uint8_t *type, uint8_t *out,
		     size_t *len);

/*
 * Records are missing: `bytes` in all, heads included, and that many records.
 * before is what is known of the bytes in front of the next record.  False
 * when the cipher cannot go on there.
 */
bool tls_opener_skip(struct tls_opener *o, uint64_t bytes, uint64_t records, struct slice before);

/* Is it a stream cipher, which has to go over all that is missing? */
bool tls_opener_is_stream(const struct tls_opener *o);

/* Bytes that a record adds to what it carries, head included; 0 when it depends. */
size_t tls_opener_overhead(const struct tls_opener *o);

/* Bytes of the shortest record. */
size_t tls_opener_least(const struct tls_opener *o);

#endif
