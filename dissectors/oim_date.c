/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/oim_date.h"

#include <inttypes.h>

#define SECOND INT64_C(1000000000)
/* From 1601 to 1970, in units of 100 ns. */
#define FILETIME_EPOCH UINT64_C(116444736000000000)
/* Years that int64_t nanoseconds since 1970 hold in full. */
#define YEAR_MIN 1678
#define YEAR_MAX 2261

struct moment {
	unsigned year, month, day, hour, minute, second;
	uint64_t ns;
	int zone; /* minutes east of UTC */
};

/* Days since 1970 in the Gregorian calendar; years are counted from March. */
static int64_t days(unsigned year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t m = (int64_t)month + (month <= 2 ? 9 : -3);

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + (int64_t)day - 1 - 719468;
}

static bool to_ns(const struct moment *m, int64_t *ns)
{
	if (m->year < YEAR_MIN || m->year > YEAR_MAX || m->month < 1 || m->month > 12 || m->day < 1 || m->day > 31 ||
	    m->hour > 23 || m->minute > 59 || m->second > 60)
		return false;
	int64_t seconds = days(m->year, m->month, m->day) * 86400 + (int64_t)m->hour * 3600 +
			  ((int64_t)m->minute - m->zone) * 60 + (int64_t)m->second;
	*ns = seconds * SECOND + (int64_t)m->ns;
	return true;
}

/* Takes a number of min to max digits from the beginning. */
static bool take_number(struct slice *s, size_t min, size_t max, unsigned *out)
{
	unsigned n = 0;
	size_t i = 0;

	for (; i < s->len && i < max && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++)
		n = n * 10 + (unsigned)(s->ptr[i] - '0');
	if (i < min)
		return false;
	*out = n;
	*s = slice_sub(*s, i, s->len);
	return true;
}

static bool take_byte(struct slice *s, uint8_t c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = slice_sub(*s, 1, s->len);
	return true;
}

static void skip_blanks(struct slice *s)
{
	while (take_byte(s, ' ') || take_byte(s, '\t'))
		;
}

/* ".377", of which the first nine digits count. */
static bool take_fraction(struct slice *s, uint64_t *ns)
{
	uint64_t unit = SECOND / 10;
	size_t i = 0;

	if (!take_byte(s, '.'))
		return true;
	for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
		*ns += (uint64_t)(s->ptr[i] - '0') * unit;
		unit /= 10;
	}
	*s = slice_sub(*s, i, s->len);
	return i > 0;
}

static bool take_clock(struct slice *s, struct moment *m)
{
	return take_number(s, 1, 2, &m->hour) && take_byte(s, ':') && take_number(s, 2, 2, &m->minute) &&
	       take_byte(s, ':') && take_number(s, 2, 2, &m->second);
}

bool oim_date_iso(struct slice text, int64_t *ns)
{
	struct slice s = slice_trim(text);
	struct moment m = {0};

	if (!(take_number(&s, 4, 4, &m.year) && take_byte(&s, '-') && take_number(&s, 2, 2, &m.month) &&
	      take_byte(&s, '-') && take_number(&s, 2, 2, &m.day)))
		return false;
	if (!(take_byte(&s, 'T') || take_byte(&s, ' ')) || !take_clock(&s, &m) || !take_fraction(&s, &m.ns))
		return false;
	take_byte(&s, 'Z');
	return s.len == 0 && to_ns(&m, ns);
}

static bool take_month(struct slice *s, unsigned *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (unsigned i = 0; i < 12; i++)
		if (slice_case_has_prefix(*s, slice_of(names + i * 3, 3))) {
			*month = i + 1;
			*s = slice_sub(*s, 3, s->len);
			return true;
		}
	return false;
}

/* "-0700"; none counts as UTC, as do GMT and other names. */
static void take_zone(struct slice *s, int *zone)
{
	bool west = s->len && s->ptr[0] == '-';
	unsigned n;

	if (!(take_byte(s, '-') || take_byte(s, '+')) || !take_number(s, 4, 4, &n))
		return;
	*zone = (int)(n / 100 * 60 + n % 100);
	if (west)
		*zone = -*zone;
}

bool oim_date_mail(struct slice text, int64_t *ns)
{
	struct slice s = slice_trim(text);
	size_t comma = slice_find_byte(s, ',');
	struct moment m = {0};

	if (comma < s.len)
		s = slice_sub(s, comma + 1, s.len);
	skip_blanks(&s);
	if (!take_number(&s, 1, 2, &m.day))
		return false;
	skip_blanks(&s);
	if (!take_month(&s, &m.month))
		return false;
	skip_blanks(&s);
	if (!take_number(&s, 4, 4, &m.year))
		return false;
	skip_blanks(&s);
	if (!take_clock(&s, &m))
		return false;
	skip_blanks(&s);
	take_zone(&s, &m.zone);
	return to_ns(&m, ns);
}

bool oim_date_filetime(struct slice text, int64_t *ns)
{
	const struct slice mark = SLICE_LIT("FILETIME=[");
	struct slice s = slice_sub(text, slice_find(text, mark), text.len);
	uint64_t low, high;

	s = slice_sub(s, mark.len, 17);
	if (s.len != 17 || s.ptr[8] != ':' || !slice_hex_u64(slice_sub(s, 0, 8), &low) ||
	    !slice_hex_u64(slice_sub(s, 9, 8), &high))
		return false;
	uint64_t ticks = high << 32 | low;
	if (ticks < FILETIME_EPOCH || ticks - FILETIME_EPOCH > INT64_MAX / 100)
		return false;
	*ns = (int64_t)(ticks - FILETIME_EPOCH) * 100;
	return true;
}

/* Year, month and day of a number of days since 1970; the inverse of days. */
static void civil(int64_t n, struct moment *m)
{
	int64_t z = n + 719468;
	int64_t era = z / 146097, day_of_era = z % 146097;
	int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day = day_of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day + 2) / 153;

	m->day = (unsigned)(day - (153 * month + 2) / 5 + 1);
	m->month = (unsigned)(month < 10 ? month + 3 : month - 9);
	m->year = (unsigned)(year + era * 400 + (month >= 10));
}

struct slice oim_date_text(struct arena *arena, int64_t ns)
{
	int64_t fraction = ns % SECOND, seconds = ns / SECOND;
	struct moment m = {0};
	int digits = 9;

	if (fraction < 0) {
		fraction += SECOND;
		seconds--;
	}
	int64_t second = seconds % 86400 < 0 ? seconds % 86400 + 86400 : seconds % 86400;
	civil((seconds - second) / 86400, &m);
	struct slice date = arena_printf(arena, "%04u-%02u-%02uT%02d:%02d:%02d", m.year, m.month, m.day,
					 (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
	if (fraction == 0)
		return arena_printf(arena, "%.*sZ", (int)date.len, (const char *)date.ptr);
	while (fraction % 10 == 0) {
		fraction /= 10;
		digits--;
	}
	return arena_printf(arena, "%.*s.%0*" PRId64 "Z", (int)date.len, (const char *)date.ptr, digits, fraction);
}
