/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams and packets as Wireshark and tshark write them as text. */
#include "transcript/forms.h"

#include "util/moment.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_byte(struct slice s, size_t at, uint8_t *byte)
{
	int high = at + 1 < s.len ? hex_digit(s.ptr[at]) : -1, low = high < 0 ? -1 : hex_digit(s.ptr[at + 1]);

	if (low < 0)
		return false;
	*byte = (uint8_t)(high << 4 | low);
	return true;
}

/* So many hex digits and two blanks behind them. */
static bool take_offset(struct slice *rest, size_t digits_min, size_t *offset)
{
	size_t n = 0;
	uint64_t value;

	while (n < rest->len && hex_digit(rest->ptr[n]) >= 0)
		n++;
	if (n < digits_min || n > 12 || !slice_hex_u64(slice_sub(*rest, 0, n), &value))
		return false;
	*rest = slice_sub(*rest, n, rest->len);
	*offset = (size_t)value;
	return take(rest, "  ");
}

/* Pairs of digits with one or two blanks between them. */
static void take_bytes(struct slice rest, struct dump_row *row)
{
	while (row->count < sizeof(row->bytes)) {
		uint8_t *byte = &row->bytes[row->count];

		if (slice_has_prefix(rest, SLICE_LIT("**"))) {
			*byte = 0;
			row->masked = true;
		} else if (!hex_byte(rest, 0, byte)) {
			return;
		}
		/* A pair that goes on is a word of the text beside the bytes. */
		if (rest.len > 2 && rest.ptr[2] != ' ')
			return;
		row->count++;
		rest = slice_sub(rest, 2, rest.len);
		take(&rest, " ");
		/* Wireshark leaves one more blank in the middle, msnscope none. */
		if (row->count == 8)
			take(&rest, " ");
	}
}

bool dump_row_read(struct slice line, struct dump_row *row)
{
	struct slice rest = line;

	*row = (struct dump_row){.indented = indentation(line) > 0};
	rest = slice_sub(rest, indentation(line), rest.len);
	if (!take_offset(&rest, 8, &row->offset))
		return false;
	take_bytes(rest, row);
	return row->count > 0;
}

bool dump_own_row_read(struct slice line, struct dump_row *row)
{
	struct slice rest = line;

	*row = (struct dump_row){.indented = true};
	if (!take(&rest, "    ") || !take_offset(&rest, 4, &row->offset) || !rest.len || rest.ptr[rest.len - 1] != '|')
		return false;
	take_bytes(rest, row);
	return row->count > 0;
}

bool dump_hex_read(struct slice line, struct buffer *out)
{
	size_t before = out->len;
	uint8_t byte;

	for (size_t at = 0; at < line.len; at += 2) {
		if (!hex_byte(line, at, &byte)) {
			out->len = before;
			return false;
		}
		buffer_add_byte(out, byte);
	}
	return line.len > 0;
}

/* --- the packet list --- */

static bool take_word(struct slice *rest, struct slice *word)
{
	take_blanks(rest);
	size_t n = slice_find_byte(*rest, ' ');

	*word = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return word->len > 0;
}

bool read_seconds(struct slice word, int64_t *ns)
{
	struct slice whole;
	uint64_t seconds;
	int64_t unit = 1000000000;

	if (!take_until(&word, '.', &whole) || !slice_u64(whole, &seconds) || seconds > 4000000000u)
		return false;
	*ns = (int64_t)seconds * unit;
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] < '0' || word.ptr[i] > '9')
			return false;
		unit /= 10;
		*ns += (word.ptr[i] - '0') * unit;
	}
	return word.len > 0;
}

/* The length of the packet: tshark always tells it, Wireshark's newer versions do.  What follows may be no command. */
static void skip_length(struct slice *rest, bool always)
{
	struct slice after = *rest, word;
	uint64_t n;

	if (!take_word(&after, &word) || !slice_u64(word, &n))
		return;
	take_blanks(&after);
	if (always || is_known_command(after))
		*rest = after;
}

bool packet_row_read(struct slice line, struct packet_row *row)
{
	struct slice rest = line, number, time;
	uint64_t n;

	if (!take_word(&rest, &number) || !slice_u64(number, &n) || !take_word(&rest, &time) ||
	    !read_seconds(time, &row->time_ns) || !take_word(&rest, &row->source) || !take_word(&rest, &row->destination))
		return false;
	/* tshark has an arrow between them. */
	bool arrow = slice_eq_str(row->destination, "\xe2\x86\x92") || slice_eq_str(row->destination, "->");
	if ((arrow && !take_word(&rest, &row->destination)) || !take_word(&rest, &row->protocol))
		return false;
	take_blanks(&rest);
	skip_length(&rest, arrow);
	row->info = rest;
	return rest.len > 0;
}

static bool octal(struct slice s, size_t at, uint8_t *byte)
{
	unsigned value = 0;

	if (at + 3 >= s.len || s.ptr[at] != '\\')
		return false;
	for (size_t i = at + 1; i <= at + 3; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '7')
			return false;
		value = value * 8 + (s.ptr[i] - '0');
	}
	*byte = (uint8_t)value;
	return value <= UINT8_MAX;
}

struct slice packet_info_bytes(struct buffer *scratch, struct slice info)
{
	uint8_t byte;

	scratch->len = 0;
	for (size_t at = 0; at < info.len; at++) {
		if (octal(info, at, &byte)) {
			buffer_add_byte(scratch, byte);
			at += 3;
		} else {
			buffer_add_byte(scratch, info.ptr[at]);
		}
	}
	return buffer_slice(scratch);
}

enum form_id follow_form(struct slice line)
{
	if (slice_has_prefix(line, SLICE_LIT("Follow: tcp,hex")))
		return FORM_HEX_DUMP;
	if (slice_has_prefix(line, SLICE_LIT("Follow: tcp,ascii")))
		return FORM_FOLLOW_ASCII;
	if (slice_eq_str(line, "    data: !!binary |"))
		return FORM_FOLLOW_YAML;
	return slice_has_prefix(line, SLICE_LIT("Follow: tcp,raw")) ? FORM_FOLLOW_RAW : FORM_COUNT;
}
