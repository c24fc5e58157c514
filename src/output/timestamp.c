/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/timestamp.h"

#include "util/moment.h"

#define NS_PER_SECOND 1000000000

static uint8_t *digits(uint8_t *end, uint64_t value, unsigned count)
{
	uint8_t *p = end;

	while (count--) {
		*--p = (uint8_t)('0' + value % 10);
		value /= 10;
	}
	return p;
}

struct date {
	unsigned year, month, day;
};

/* Gregorian date of a day since 1970-01-01, for any year from 0 on. */
static struct date date_of(int64_t days)
{
	/* Eras of 400 years beginning on 1 March, so that the leap day is the last of its year. */
	uint64_t z = (uint64_t)(days + 719468);
	uint64_t era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);

	return (struct date){
		.year = (unsigned)(yoe + era * 400 + (month <= 2)),
		.month = month,
		.day = (unsigned)(doy - (153 * mp + 2) / 5 + 1),
	};
}

void timestamp_add(struct buffer *out, int64_t ns, char separator, bool nanoseconds)
{
	int64_t seconds = ns / NS_PER_SECOND, fraction = ns % NS_PER_SECOND;
	uint8_t text[] = "0000-00-00 00:00:00.000000000";
	size_t length = sizeof(text) - (nanoseconds ? 1 : 4);

	if (ns == TIME_NONE) {
		memset(text, '-', length);
		buffer_add(out, text, length);
		return;
	}

	if (fraction < 0) {
		fraction += NS_PER_SECOND;
		seconds--;
	}
	int64_t days = seconds / 86400, second = seconds % 86400;
	if (second < 0) {
		second += 86400;
		days--;
	}
	struct date d = date_of(days);
	digits(text + 4, d.year, 4);
	digits(text + 7, d.month, 2);
	digits(text + 10, d.day, 2);
	text[10] = (uint8_t)separator;
	digits(text + 13, (uint64_t)second / 3600, 2);
	digits(text + 16, (uint64_t)second / 60 % 60, 2);
	digits(text + 19, (uint64_t)second % 60, 2);
	digits(text + 29, (uint64_t)fraction, 9);
	buffer_add(out, text, length);
}

void duration_add(struct buffer *out, int64_t ns, bool nanoseconds)
{
	uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint8_t fraction[10] = ".";

	if (ns < 0)
		buffer_add_byte(out, '-');
	buffer_add_u64(out, n / NS_PER_SECOND);
	digits(fraction + 10, n % NS_PER_SECOND, 9);
	buffer_add(out, fraction, nanoseconds ? 10 : 7);
}
