/* SPDX-License-Identifier: BSD-2-Clause */
/* Where records go on behind a hole. */
#include "transport/tls_internal.h"
#include "util/reader.h"

/* Records that can be missing in one hole. */
#define RECORDS_MAX 4096u
/* Encrypted records that can be missing when it is not known where encryption began. */
#define UNSEALED_RECORDS_MAX 8u
/* Bytes in front of a record that its decryption may need, and those of a head that is not whole. */
#define BEFORE_BYTES 16u
#define GUESS_COST 256u
/* What Finished holds. */
#define SSL3_FINISHED_BYTES 36u
#define TLS_FINISHED_BYTES 12u

struct candidate {
	const uint8_t *head;
	struct slice fragment, before;
	uint64_t bytes; /* lost or passed over in front of it */
};

/* Does the record open as the one behind so many missing ones?  Then *found is an opener that is about to. */
static bool opens(struct tls *t, const struct tls_opener *o, const struct candidate *k, uint64_t records,
		  struct tls_opener **found)
{
	struct tls_opener *trial = tls_opener_copy(o);
	uint8_t type;
	size_t len;

	t->guessed += k->fragment.len + GUESS_COST + (tls_opener_is_stream(o) ? k->bytes : 0);
	*found = NULL;
	if (trial && tls_opener_skip(trial, k->bytes, records, k->before))
		*found = tls_opener_copy(trial);
	bool good = *found && tls_opener_open(trial, k->head, k->fragment, &type, tls_plain(t), &len);
	tls_opener_free(trial);
	if (!good)
		tls_opener_free(*found);
	return good;
}

static bool try_sealed(struct tls *t, int side, const struct candidate *k, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	struct tls_opener *found;
	size_t overhead = tls_opener_overhead(s->opener);
	uint64_t least = (k->bytes + TLS_RECORD_HEAD + TLS_FRAGMENT_MAX - 1) / (TLS_RECORD_HEAD + TLS_FRAGMENT_MAX);
	uint64_t most = k->bytes / tls_opener_least(s->opener);

	for (uint64_t n = least; n <= most && n < least + RECORDS_MAX && t->guessed < TLS_GUESSED_MAX; n++) {
		if (!opens(t, s->opener, k, n, &found))
			continue;
		tls_opener_free(s->opener);
		s->opener = found;
		tls_hole(t, side, k->bytes, overhead && n * overhead <= k->bytes ? k->bytes - n * overhead : STREAM_GAP_UNKNOWN,
			 origin);
		return true;
	}
	return false;
}

/* Bytes of n records behind ChangeCipherSpec as stream ciphers have them: the first holds Finished (RFC 6101, 5.6.9; RFC 5246, 7.4.9). */
static uint64_t bytes_since_change(const struct tls *t, const struct tls_side *s, uint64_t n)
{
	uint64_t digest = t->hs.exchanged.version == SSL_3_0 ? SSL3_FINISHED_BYTES : TLS_FINISHED_BYTES;

	return n * tls_opener_overhead(s->opener) + (n ? TLS_MESSAGE_HEAD + digest : 0);
}

/* The hole may hold the place where encryption began. */
static bool try_unsealed(struct tls *t, int side, const struct candidate *k, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	struct tls_opener *found;

	if (!t->hs.has_server || t->hs.exchanged.version == TLS_1_3 || tls_unlock(t) != TLS_TROUBLE_NONE ||
	    tls_seal(t, side) != TLS_TROUBLE_NONE)
		return false;
	struct candidate at = *k;
	for (uint64_t n = 0; n < UNSEALED_RECORDS_MAX && t->guessed < TLS_GUESSED_MAX; n++) {
		at.bytes = bytes_since_change(t, s, n);
		if (!opens(t, s->opener, &at, n, &found))
			continue;
		tls_opener_free(s->opener);
		s->opener = found;
		/* The first holds Finished, others what is inside. */
		if (n > 1 || (n && s->compressed))
			tls_hole(t, side, k->bytes, STREAM_GAP_UNKNOWN, origin);
		return true;
	}
	tls_opener_free(s->opener);
	s->opener = NULL;
	s->sealed = false;
	return false;
}

/* A record in the clear: what follows, where it is known, begins like one, too. */
static bool goes_on(const struct tls *t, const struct tls_side *s, struct slice behind)
{
	return behind.len < TLS_RECORD_HEAD || tls_is_head(t, s, behind.ptr);
}

/* Could the record be one in front of ChangeCipherSpec?  Encrypted ones are longer, or begin with anything. */
static bool in_the_clear(const struct tls *t, uint8_t type, struct slice fragment)
{
	struct reader r = reader_over(fragment);
	uint8_t message;

	switch (type) {
	case TLS_RECORD_CHANGE_CIPHER:
		return fragment.len == 1;
	case TLS_RECORD_ALERT:
		return fragment.len == 2;
	case TLS_RECORD_HANDSHAKE:
		message = reader_u8(&r);
		return message != TLS_FINISHED && message <= TLS_KEY_UPDATE && reader_u8(&r) < TLS_HANDSHAKE_MAX >> 16;
	default:
		/* Without keys nothing better comes. */
		return !t->hs.keyed;
	}
}

static bool try_at(struct tls *t, int side, size_t at, size_t len, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	struct slice view = buffer_slice(&s->in);
	struct candidate k = {view.ptr + at, slice_sub(view, at + TLS_RECORD_HEAD, len), slice_sub(view, 0, at),
			      s->distance + at};

	if (s->sealed)
		return s->opener && try_sealed(t, side, &k, origin);
	return try_unsealed(t, side, &k, origin) ||
	       (in_the_clear(t, k.head[0], k.fragment) && goes_on(t, s, slice_sub(view, at + TLS_RECORD_HEAD + len, view.len)));
}

/* Forgets bytes that were looked at in vain. */
static void pass_over(struct tls *t, int side, size_t n, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	buffer_consume(&s->in, n);
	s->distance += n;
	s->searched += n;
	if (s->searched > TLS_SEARCHED_MAX || t->guessed >= TLS_GUESSED_MAX)
		tls_give_up(t, side, TLS_LOST_TRACK, origin);
}

bool tls_search(struct tls *t, int side, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	struct slice view = buffer_slice(&s->in);
	size_t keep = view.len < TLS_RECORD_HEAD ? 0 : view.len - TLS_RECORD_HEAD + 1;

	for (size_t at = 0; at + TLS_RECORD_HEAD <= view.len; at++) {
		const uint8_t *head = view.ptr + at;

		if (!tls_is_head(t, s, head))
			continue;
		size_t len = (size_t)head[3] << 8 | head[4];
		if (at + TLS_RECORD_HEAD + len > view.len) {
			/* It may be whole soon. */
			keep = at < keep ? at : keep;
			continue;
		}
		if (!try_at(t, side, at, len, origin))
			continue;
		buffer_consume(&s->in, at);
		s->searching = false;
		s->distance = 0;
		return true;
	}
	if (view.len > TLS_SEARCH_MAX && keep < view.len / 2)
		keep = view.len / 2;
	if (keep > BEFORE_BYTES)
		pass_over(t, side, keep - BEFORE_BYTES, origin);
	return false;
}
