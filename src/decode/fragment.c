/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/fragment.h"

#include <stdlib.h>

#include "util/memory.h"

/*
 * Fragments begin at multiples of 8 and, but for the last, have a length that
 * is one: what has arrived is a set of units of 8 bytes, kept as bits.
 */
#define UNIT_BYTES 8u
#define UNITS_MAX ((DECODE_DATAGRAM_BYTES_MAX + UNIT_BYTES) / UNIT_BYTES)
#define WORD_BITS 64u
#define NS_PER_SECOND 1000000000

struct unit_set {
	uint64_t words[UNITS_MAX / WORD_BITS];
};

struct assembly {
	bool used;
	struct address source, destination;
	uint8_t protocol; /* for the key: 0 with IPv6, where it is not part of it */
	uint32_t id;

	uint8_t next;           /* protocol of the contents, as the first fragment says */
	uint64_t serial;        /* the smaller, the older */
	int64_t time_ns;        /* of the fragment that came first */
	unsigned count;         /* fragments */
	uint32_t arrived;       /* units */
	uint32_t end;           /* of the fragment that reaches furthest */
	uint32_t length;        /* of the datagram, 0 while not known */
	bool cut;               /* of some fragment not all was captured */
	bool bad_checksum;
	struct unit_set seen;   /* arrived, captured or not */
	struct unit_set stored; /* and captured; only looked at when cut */
	uint8_t *bytes;         /* stays with the slot for the next datagram */
	uint32_t capacity;
};

/* Datagrams put together lately: what comes of them again is no loss. */
#define FRAGMENT_COMPLETED 64u

struct completed {
	struct address source, destination;
	uint8_t protocol;
	uint32_t id;
};

struct fragments {
	uint64_t serial;
	struct completed completed[FRAGMENT_COMPLETED]; /* a ring */
	size_t next_completed;
	unsigned used;
	uint8_t *complete; /* bytes of the datagram given out last */
	uint32_t complete_capacity;
	struct assembly *assemblies[DECODE_DATAGRAMS_MAX]; /* NULL: not needed so far; the first ones are needed first */
};

static bool has(const struct unit_set *s, uint32_t unit)
{
	return s->words[unit / WORD_BITS] >> unit % WORD_BITS & 1;
}

static void put(struct unit_set *s, uint32_t unit)
{
	s->words[unit / WORD_BITS] |= (uint64_t)1 << unit % WORD_BITS;
}

struct fragments *fragments_new(void)
{
	return memory_zalloc(sizeof(struct fragments));
}

static void free_assembly(struct assembly *a)
{
	if (!a)
		return;
	free(a->bytes);
	free(a);
}

void fragments_free(struct fragments *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < DECODE_DATAGRAMS_MAX; i++)
		free_assembly(f->assemblies[i]);
	free(f->complete);
	free(f);
}

/* ---- the table ---- */

static void release(struct fragments *f, struct assembly *a)
{
	a->used = false;
	f->used--;
}

static bool same_address(const struct address *a, const struct address *b)
{
	return a->version == b->version && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static void remember_completed(struct fragments *f, const struct assembly *a)
{
	f->completed[f->next_completed] = (struct completed){a->source, a->destination, a->protocol, a->id};
	f->next_completed = (f->next_completed + 1) % FRAGMENT_COMPLETED;
}

/* Duplicates that came after their datagram was complete look like a datagram of which the rest is missing. */
static bool is_repetition(const struct fragments *f, const struct assembly *a)
{
	for (size_t i = 0; i < FRAGMENT_COMPLETED; i++) {
		const struct completed *c = &f->completed[i];

		if (c->source.version && c->id == a->id && c->protocol == a->protocol &&
		    same_address(&c->source, &a->source) && same_address(&c->destination, &a->destination))
			return true;
	}
	return false;
}

static void lose(struct fragments *f, struct assembly *a, struct decode_counters *counters)
{
	release(f, a);
	if (!is_repetition(f, a))
		counters->datagrams_lost++;
}

void fragments_give_up(struct fragments *f, struct decode_counters *counters)
{
	for (size_t i = 0; i < DECODE_DATAGRAMS_MAX && f->assemblies[i]; i++)
		if (f->assemblies[i]->used)
			lose(f, f->assemblies[i], counters);
}

static uint8_t key_protocol(const struct fragment *fragment)
{
	return fragment->source.version == 6 ? 0 : fragment->protocol;
}

static bool belongs(const struct assembly *a, const struct fragment *fragment)
{
	return a->id == fragment->id && a->protocol == key_protocol(fragment) &&
	       same_address(&a->source, &fragment->source) && same_address(&a->destination, &fragment->destination);
}

static bool expired(const struct assembly *a, int64_t now_ns)
{
	return now_ns > a->time_ns &&
	       (uint64_t)now_ns - (uint64_t)a->time_ns > (uint64_t)DECODE_FRAGMENT_SECONDS * NS_PER_SECOND;
}

static struct assembly *find(struct fragments *f, const struct fragment *fragment, struct decode_counters *counters)
{
	struct assembly *found = NULL;

	if (f->used == 0)
		return NULL;
	for (size_t i = 0; i < DECODE_DATAGRAMS_MAX && f->assemblies[i]; i++) {
		struct assembly *a = f->assemblies[i];

		if (!a->used)
			continue;
		if (expired(a, fragment->time_ns))
			lose(f, a, counters);
		else if (belongs(a, fragment))
			found = a;
	}
	return found;
}

static struct assembly *free_slot(struct fragments *f, struct decode_counters *counters)
{
	struct assembly *oldest = NULL;

	for (size_t i = 0; i < DECODE_DATAGRAMS_MAX; i++) {
		if (!f->assemblies[i])
			f->assemblies[i] = memory_zalloc(sizeof(*f->assemblies[i]));
		struct assembly *a = f->assemblies[i];

		if (!a->used)
			return a;
		if (!oldest || a->serial < oldest->serial)
			oldest = a;
	}
	lose(f, oldest, counters);
	return oldest;
}

static struct assembly *start(struct fragments *f, const struct fragment *fragment, struct decode_counters *counters)
{
	struct assembly *a = free_slot(f, counters);

	*a = (struct assembly){
		.used = true,
		.source = fragment->source,
		.destination = fragment->destination,
		.protocol = key_protocol(fragment),
		.id = fragment->id,
		.serial = f->serial++,
		.time_ns = fragment->time_ns,
		.bytes = a->bytes,
		.capacity = a->capacity,
	};
	f->used++;
	return a;
}

/* ---- one datagram ---- */

static void reserve(struct assembly *a, uint32_t end)
{
	uint32_t capacity = a->capacity ? a->capacity : 2048;

	if (end <= a->capacity)
		return;
	while (capacity < end)
		capacity *= 2;
	a->bytes = memory_realloc(a->bytes, capacity);
	a->capacity = capacity;
}

/* Do the lengths agree with those of the fragments before? */
static bool fits(const struct assembly *a, const struct fragment *fragment)
{
	uint32_t end = fragment->offset + fragment->length;

	if (!fragment->more)
		return a->length ? end == a->length : end >= a->end;
	return !a->length || end < a->length;
}

/* Stores the unit at this offset of the datagram; false when an earlier copy has other bytes. */
static bool store(struct assembly *a, uint32_t offset, struct slice bytes, bool whole)
{
	uint32_t unit = offset / UNIT_BYTES;

	if (!has(&a->seen, unit)) {
		put(&a->seen, unit);
		a->arrived++;
	}
	if (has(&a->stored, unit))
		return memcmp(a->bytes + offset, bytes.ptr, bytes.len) == 0;
	if (whole) {
		memcpy(a->bytes + offset, bytes.ptr, bytes.len);
		put(&a->stored, unit);
	}
	return true;
}

/* Stores what is new; false when a byte differs from an earlier copy. */
static bool insert(struct assembly *a, const struct fragment *fragment)
{
	bool same = true;

	for (uint32_t at = 0; at < fragment->length; at += UNIT_BYTES) {
		uint32_t left = fragment->length - at, size = left < UNIT_BYTES ? left : UNIT_BYTES;
		struct slice bytes = slice_sub(fragment->data, at, size);

		same &= bytes.len == 0 ? store(a, fragment->offset + at, SLICE_LIT(""), false)
				       : store(a, fragment->offset + at, bytes, bytes.len == size);
	}
	return same;
}

static bool complete(const struct assembly *a)
{
	return a->length && a->arrived == (a->length + UNIT_BYTES - 1) / UNIT_BYTES;
}

/* Bytes before the first unit that was not captured as a whole. */
static uint32_t captured(const struct assembly *a)
{
	uint32_t unit = 0;

	if (!a->cut)
		return a->length;
	while (unit * UNIT_BYTES < a->length && has(&a->stored, unit))
		unit++;
	return unit * UNIT_BYTES < a->length ? unit * UNIT_BYTES : a->length;
}

/* The bytes change hands with the buffer of the datagram before, instead of being copied. */
static void give_out(struct fragments *f, struct assembly *a, struct datagram *datagram)
{
	uint8_t *bytes = f->complete;
	uint32_t capacity = f->complete_capacity;

	f->complete = a->bytes;
	f->complete_capacity = a->capacity;
	a->bytes = bytes;
	a->capacity = capacity;
	*datagram = (struct datagram){
		.protocol = a->next,
		.data = slice_of(f->complete, captured(a)),
		.length = a->length,
		.bad_checksum = a->bad_checksum,
	};
	release(f, a);
}

static bool possible(const struct fragment *fragment)
{
	if (fragment->length == 0 || fragment->offset + fragment->length > DECODE_DATAGRAM_BYTES_MAX)
		return false;
	return !fragment->more || fragment->length % UNIT_BYTES == 0;
}

enum fragment_result fragments_add(struct fragments *f, const struct fragment *fragment, struct datagram *datagram,
				   struct decode_counters *counters)
{
	uint32_t end = fragment->offset + fragment->length;

	counters->fragments++;
	if (!possible(fragment))
		return FRAGMENT_BROKEN;
	struct assembly *a = find(f, fragment, counters);
	if (!a)
		a = start(f, fragment, counters);
	if (++a->count > DECODE_FRAGMENTS_MAX) {
		lose(f, a, counters);
		return FRAGMENT_KEPT;
	}
	if (!fits(a, fragment)) {
		counters->fragment_conflicts++;
		return FRAGMENT_KEPT;
	}
	reserve(a, end);
	if (!insert(a, fragment))
		counters->fragment_conflicts++;
	if (end > a->end)
		a->end = end;
	if (!fragment->more)
		a->length = end;
	if (fragment->offset == 0 && !a->next)
		a->next = fragment->protocol;
	a->cut |= fragment->data.len < fragment->length;
	a->bad_checksum |= fragment->bad_checksum;
	if (!complete(a))
		return FRAGMENT_KEPT;
	remember_completed(f, a);
	give_out(f, a, datagram);
	counters->datagrams_complete++;
	return FRAGMENT_COMPLETE;
}
