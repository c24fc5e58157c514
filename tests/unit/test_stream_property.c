/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One conversation, captured in every way: cut anywhere, out of order, twice,
 * with losses.  What must come out follows from the conversation itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "stream_recorder.h"

#define STEPS_MAX 64
#define REPLY_MS 10

/* What is said, in turn; longer than the bytes of a keep-alive. */
static const struct {
	int from;
	const char *text;
} conversation[] = {
	{A, "VER 1 MSNP8 CVR0\r\n"},
	{B, "VER 1 MSNP8\r\n"},
	{A, "USR 2 TWN I a@example.com\r\n"},
	{A, "PNG\r\n"},
	{B, "USR 2 TWN S lc=1033\r\n"},
	{B, "QNG 42\r\n"},
	{B, "MSG Hotmail Hotmail 5\r\nhello"},
	{A, "OUT\r\n"},
};
#define TURNS (sizeof(conversation) / sizeof(conversation[0]))

struct capture_steps {
	struct step step[STEPS_MAX];
	size_t n;
};

static const uint32_t isns[] = {7000, 0xffffffff, 0xfffffff0, 0xffffffd8, 0xbfffffe0};
#define EACH_ISN(isn) \
	for (size_t isn##_i = 0, isn = 0; isn##_i < sizeof(isns) / sizeof(isns[0]) && (isn = isns[isn##_i], true); isn##_i++)

static struct step *add(struct capture_steps *c, int from, unsigned flags, const int64_t said[2], const char *data)
{
	struct step *s = &c->step[c->n++];

	assert_true(c->n <= STEPS_MAX);
	*s = (struct step){.from = from, .flags = flags, .seq = said[from], .ack = said[!from], .data = data};
	return s;
}

/* The whole conversation on the wire: handshake, every text acknowledged, both FINs. */
static void script(struct capture_steps *c)
{
	int64_t said[2] = {0, 0};

	c->n = 0;
	add(c, A, TCP_SYN, said, "");
	add(c, B, TCP_SYN | TCP_ACK, said, "");
	add(c, A, TCP_ACK, said, "");
	for (size_t i = 0; i < TURNS; i++) {
		int from = conversation[i].from;

		add(c, from, TCP_PSH | TCP_ACK, said, conversation[i].text)->wait_ms = REPLY_MS;
		said[from] += (int64_t)strlen(conversation[i].text);
		add(c, !from, TCP_ACK, said, "");
	}
	add(c, A, TCP_FIN | TCP_ACK, said, "");
	said[A]++;
	add(c, B, TCP_FIN | TCP_ACK, said, "");
	said[B]++;
	add(c, A, TCP_ACK, said, "");
}

/* What one side says; lost is the step (or -1) whose text shows as a gap. */
static void expect_side(const struct capture_steps *c, int side, const bool *lost, struct buffer *out)
{
	uint64_t gap = 0;

	out->len = 0;
	for (size_t i = 0; i < c->n; i++) {
		size_t len = strlen(c->step[i].data);

		if (c->step[i].from != side || len == 0)
			continue;
		if (lost && lost[i]) {
			gap += len;
			continue;
		}
		if (gap)
			buffer_printf(out, "[%llu]", (unsigned long long)gap);
		gap = 0;
		buffer_add_str(out, c->step[i].data);
	}
	if (gap)
		buffer_printf(out, "[%llu]", (unsigned long long)gap);
	buffer_add_byte(out, 0);
}

static void check_sides(struct recorder *r, const struct capture_steps *whole, const bool *lost)
{
	struct buffer expected = {NULL, 0, 0};

	recorder_finish(r);
	for (int side = A; side <= B; side++) {
		expect_side(whole, side, lost, &expected);
		assert_string_equal((char *)r->side[side].data, (char *)expected.data);
	}
	assert_int_equal(r->ends, 1);
	buffer_free(&expected);
}

/* Sends the steps; they must give the whole conversation, but for what is lost. */
static void check(const struct capture_steps *played, const struct capture_steps *whole, const bool *lost, uint32_t isn)
{
	struct recorder r;

	recorder_init(&r, &(struct stream_limits){0}, isn);
	for (size_t i = 0; i < played->n; i++)
		recorder_send(&r, &played->step[i]);
	check_sides(&r, whole, lost);
	recorder_free(&r);
}

static void unchanged(void **state)
{
	struct capture_steps c;

	(void)state;
	script(&c);
	EACH_ISN (isn)
		check(&c, &c, NULL, (uint32_t)isn);
}

/* Every segment cut in two at every byte, the halves in order and swapped. */
static void cut(void **state)
{
	struct capture_steps whole, c;
	char head[64];

	(void)state;
	script(&whole);
	for (size_t i = 0; i < whole.n; i++) {
		size_t len = strlen(whole.step[i].data);

		for (size_t at = 1; at < 2 * len; at++) {
			size_t n = at % len;
			bool swapped = at > len;

			c = whole;
			memmove(&c.step[i + 1], &c.step[i], (c.n - i) * sizeof(c.step[0]));
			c.n++;
			snprintf(head, sizeof(head), "%.*s", (int)n, whole.step[i].data);
			c.step[i + swapped].data = head;
			c.step[i + !swapped].data = whole.step[i].data + n;
			c.step[i + !swapped].seq += (int64_t)n;
			EACH_ISN (isn)
				check(&c, &whole, NULL, (uint32_t)isn);
		}
	}
}

static void swap(void **state)
{
	struct capture_steps whole;

	(void)state;
	script(&whole);
	for (size_t i = 0; i < whole.n; i++) {
		for (size_t k = i + 1; k < whole.n && k <= i + 5; k++) {
			struct capture_steps c = whole;

			c.step[i] = whole.step[k];
			c.step[k] = whole.step[i];
			/* data in front of the SYN of a side are delivered at once: two of them would be in order */
			if (i < 2 && k > 3)
				continue;
			EACH_ISN (isn)
				check(&c, &whole, NULL, (uint32_t)isn);
		}
	}
}

/* Each segment twice, the copy at every place behind it. */
static void duplicate(void **state)
{
	struct capture_steps whole;

	(void)state;
	script(&whole);
	for (size_t i = 0; i < whole.n; i++) {
		for (size_t k = i + 1; k <= whole.n; k++) {
			struct capture_steps c = whole;

			memmove(&c.step[k + 1], &c.step[k], (c.n - k) * sizeof(c.step[0]));
			c.n++;
			c.step[k] = whole.step[i];
			EACH_ISN (isn)
				check(&c, &whole, NULL, (uint32_t)isn);
		}
	}
}

/* Each segment lost, and each pair of segments: what was said in them is a gap of that length. */
static void lose(void **state)
{
	struct capture_steps whole, c;

	(void)state;
	script(&whole);
	for (size_t i = 0; i < whole.n; i++) {
		for (size_t k = i; k < whole.n; k++) {
			bool lost[STEPS_MAX] = {false};

			lost[i] = lost[k] = true;
			c.n = 0;
			for (size_t s = 0; s < whole.n; s++) {
				if (!lost[s])
					c.step[c.n++] = whole.step[s];
			}
			EACH_ISN (isn)
				check(&c, &whole, lost, (uint32_t)isn);
		}
	}
}

/* One side only, without its acknowledgements: the other side's silence forces nothing, the end does. */
static void lose_unacknowledged(void **state)
{
	(void)state;
	for (size_t i = 0; i < TURNS; i++) {
		struct capture_steps whole, c;
		bool lost[STEPS_MAX] = {false};

		script(&whole);
		c.n = 0;
		for (size_t s = 0, turn = 0; s < whole.n; s++) {
			struct step *step = &whole.step[s];

			lost[s] = step->data[0] && turn++ == i;
			step->flags &= ~TCP_ACK;
			if (step->from == B)
				step->data = "";
			else if (!lost[s])
				c.step[c.n++] = *step;
		}
		EACH_ISN (isn)
			check(&c, &whole, lost, (uint32_t)isn);
	}
}

/* The capture begins anywhere: each side starts with its first text. */
static void start_anywhere(void **state)
{
	struct capture_steps whole, c;

	(void)state;
	script(&whole);
	for (size_t from = 1; from + 5 < whole.n; from++) {
		c.n = 0;
		for (size_t s = from; s < whole.n; s++)
			c.step[c.n++] = whole.step[s];
		EACH_ISN (isn)
			check(&c, &c, NULL, (uint32_t)isn);
	}
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Moves segments by at most 5 places.  The SYNs stay: before them there are no earlier bytes. */
static void shuffle(struct capture_steps *c, uint32_t *random)
{
	size_t key[STEPS_MAX];

	for (size_t i = 0; i < c->n; i++) {
		struct step step = c->step[i];
		size_t place = i, k = i < 2 ? i : i + next_random(random) % 6;

		for (; place > 0 && key[place - 1] > k; place--) {
			key[place] = key[place - 1];
			c->step[place] = c->step[place - 1];
		}
		key[place] = k;
		c->step[place] = step;
	}
}

/* Segments moved, some twice, some cut short once and sent again. */
static void shuffled(void **state)
{
	struct capture_steps whole, c;
	uint32_t random = 0x9e3779b9;

	(void)state;
	script(&whole);
	for (unsigned round = 0; round < 20000; round++) {
		c.n = 0;
		for (size_t s = 0; s < whole.n; s++) {
			c.step[c.n++] = whole.step[s];
			if (next_random(&random) % 4 == 0)
				c.step[c.n++] = whole.step[s];
			if (c.n > STEPS_MAX - 4)
				continue;
			size_t len = strlen(whole.step[s].data);
			if (len && next_random(&random) % 4 == 0) {
				c.step[c.n] = whole.step[s];
				c.step[c.n++].cut = next_random(&random) % ((uint32_t)len + 1);
			}
		}
		shuffle(&c, &random);
		check(&c, &whole, NULL, isns[round % 5]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged), cmocka_unit_test(cut),
		cmocka_unit_test(swap),	     cmocka_unit_test(duplicate),
		cmocka_unit_test(lose),	     cmocka_unit_test(lose_unacknowledged),
		cmocka_unit_test(start_anywhere), cmocka_unit_test(shuffled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
