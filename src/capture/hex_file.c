/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/hex_file.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/moment.h"

/* Bytes of a line that are looked at; no row is longer. */
#define LINE_MAX_BYTES 65536u
#define OFFSET_DIGITS_MIN 4u
#define OFFSET_DIGITS_MAX 8u
#define NS_PER_SECOND 1000000000u

/* Numbers of tcpdump.org/linktypes. */
enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_COOKED = 113, LINK_COOKED2 = 276, LINK_NONE = -1 };

/* --- pieces of lines --- */

static bool take(struct slice *rest, const char *prefix)
{
	struct slice p = slice_str(prefix);

	if (!slice_has_prefix(*rest, p))
		return false;
	*rest = slice_sub(*rest, p.len, rest->len);
	return true;
}

static struct slice without_end(struct slice line)
{
	while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' '))
		line.len--;
	return line;
}

static size_t take_blanks(struct slice *rest)
{
	size_t n = 0;

	while (n < rest->len && (rest->ptr[n] == ' ' || rest->ptr[n] == '\t'))
		n++;
	*rest = slice_sub(*rest, n, rest->len);
	return n;
}

static struct slice take_digits(struct slice *rest, bool hex)
{
	size_t n = 0;

	for (; n < rest->len; n++) {
		uint8_t c = rest->ptr[n], lower = c | 0x20;

		if (!(c >= '0' && c <= '9') && !(hex && lower >= 'a' && lower <= 'f'))
			break;
	}
	struct slice digits = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return digits;
}

/* Takes "4f", with pairs also "4f20": as many bytes as there is room for. */
static bool take_group(struct slice *rest, struct hex_row *row, bool pairs)
{
	struct slice after = *rest, digits = take_digits(&after, true);
	uint64_t value;

	if ((digits.len != 2 && !(pairs && digits.len == 4)) || row->count + digits.len / 2 > sizeof(row->bytes) ||
	    (after.len && after.ptr[0] != ' '))
		return false;
	for (size_t at = 0; at < digits.len; at += 2) {
		slice_hex_u64(slice_sub(digits, at, 2), &value);
		row->bytes[row->count++] = (uint8_t)value;
	}
	*rest = after;
	return true;
}

/* "0010  00 30 ce a7 ...   .0..", "000010 00 30 ...", "0x0010:  0030 cea7 ...". */
static bool read_row(struct slice line, struct hex_row *row)
{
	struct slice rest = line, digits;

	*row = (struct hex_row){.count = 0};
	/* Only tcpdump indents its rows; in others "    ADD 5 FL ..." is a command, dissected. */
	bool tcpdump = take(&rest, "\t0x");
	digits = take_digits(&rest, true);
	if (digits.len < OFFSET_DIGITS_MIN || digits.len > OFFSET_DIGITS_MAX || !slice_hex_u64(digits, &row->offset))
		return false;
	bool colon = take(&rest, ":");
	if (tcpdump != colon || (take_blanks(&rest) == 0 && rest.len))
		return false;
	while (take_group(&rest, row, tcpdump)) {
		take(&rest, " ");
		/* Some leave one more blank in the middle. */
		if (row->count == sizeof(row->bytes) / 2)
			take(&rest, " ");
	}
	return row->count > 0 || rest.len == 0;
}

/* "Reassembled TCP (120 bytes):" stands above bytes that are no packet, "Frame (72 bytes):" above those of one. */
static bool read_heading(struct slice line, bool *frame)
{
	static const char end[] = " bytes):";
	size_t n = sizeof(end) - 1, open = slice_find_byte(line, '(');

	if (line.len <= n || memcmp(line.ptr + line.len - n, end, n) != 0 || open == line.len)
		return false;
	struct slice rest = slice_sub(line, open + 1, line.len);
	if (take_digits(&rest, false).len == 0 || rest.len != n)
		return false;
	*frame = slice_has_prefix(line, SLICE_LIT("Frame ("));
	return true;
}

/* "Frame 4: 72 bytes on wire (576 bits), 60 bytes captured (480 bits)" */
static bool read_frame(struct slice line, uint64_t *number, uint64_t *wire_len)
{
	return take(&line, "Frame ") && slice_u64(take_digits(&line, false), number) && take(&line, ": ") &&
	       slice_u64(take_digits(&line, false), wire_len) && take(&line, " bytes on wire");
}

/* "    Epoch Time: 1053111731.042459965 seconds" */
static bool read_time(struct slice line, int64_t *time_ns)
{
	uint64_t seconds, unit = NS_PER_SECOND;

	take_blanks(&line);
	if ((!take(&line, "Epoch Time: ") && !take(&line, "Epoch Arrival Time: ")) ||
	    !slice_u64(take_digits(&line, false), &seconds) || seconds > UINT32_MAX || !take(&line, "."))
		return false;
	struct slice fraction = take_digits(&line, false);
	uint64_t ns = seconds * NS_PER_SECOND;
	for (size_t i = 0; i < fraction.len && unit > 1; i++) {
		unit /= 10;
		ns += (uint64_t)(fraction.ptr[i] - '0') * unit;
	}
	*time_ns = (int64_t)ns;
	return true;
}

/* --- what a packet is --- */

static unsigned u16_at(struct slice s, size_t at)
{
	return at + 2 <= s.len ? (unsigned)(s.ptr[at] << 8 | s.ptr[at + 1]) : 0;
}

/* Is there an IP header of that kind (0: either), and with whole: does it end where the packet ends? */
static bool is_ip(struct slice s, size_t at, unsigned version, bool whole)
{
	unsigned seen = at < s.len ? s.ptr[at] >> 4 : 0;

	if (version && seen != version)
		return false;
	if (seen == 4)
		return (s.ptr[at] & 15) >= 5 && (!whole || u16_at(s, at + 2) == s.len - at);
	return seen == 6 && (!whole || u16_at(s, at + 4) + 40u == s.len - at);
}

static bool is_ip_of_type(struct slice s, unsigned type, size_t at)
{
	return (type == 0x0800 && is_ip(s, at, 4, false)) || (type == 0x86dd && is_ip(s, at, 6, false));
}

/* No dump says of what kind its packets are. */
static int guess_link(struct slice s)
{
	unsigned type = u16_at(s, 12);
	bool family = s.len > 4 && (s.ptr[0] | s.ptr[3]) && s.ptr[1] == 0 && s.ptr[2] == 0;

	if (is_ip_of_type(s, type, 14) || type == 0x8100 || type == 0x88a8 || type == 0x8864 || type == 0x0806)
		return LINK_ETHERNET;
	if (u16_at(s, 0) <= 4 && is_ip_of_type(s, u16_at(s, 14), 16))
		return LINK_COOKED;
	if (is_ip_of_type(s, u16_at(s, 0), 20))
		return LINK_COOKED2;
	if (is_ip(s, 0, 0, true))
		return LINK_RAW;
	return family && is_ip(s, 4, 0, true) ? LINK_NULL : LINK_NONE;
}

/* --- the text --- */

bool hex_file_recognise(struct slice beginning, int *linktype)
{
	struct slice rest = beginning;
	uint8_t bytes[256];
	size_t count = 0;

	while (rest.len) {
		size_t end = slice_find_byte(rest, '\n');
		struct hex_row row;
		bool is_row = read_row(without_end(slice_sub(rest, 0, end)), &row);
		bool goes_on = is_row && row.count && row.offset == count && count + row.count <= sizeof(bytes);

		/* A packet is whole where another begins, or where its rows end. */
		if (!goes_on && count && (*linktype = guess_link(slice_of(bytes, count))) != LINK_NONE)
			return true;
		if (!goes_on)
			count = 0;
		if (is_row && row.count && row.offset == count) {
			memcpy(bytes + count, row.bytes, row.count);
			count += row.count;
		}
		rest = slice_sub(rest, end + 1, rest.len);
	}
	return count && (*linktype = guess_link(slice_of(bytes, count))) != LINK_NONE;
}

void hex_file_open(struct hex_file *h, int linktype)
{
	*h = (struct hex_file){.linktype = linktype, .time_ns = TIME_NONE};
}

void hex_file_close(struct hex_file *h)
{
	buffer_free(&h->bytes);
}

/* The next line without its end, valid until more is read; false at the end of the text. */
static bool next_line(struct source *s, struct slice *line)
{
	struct slice data;
	size_t want = 1, end;

	do {
		bool more = source_need(s, want, &data);

		end = slice_find_byte(data, '\n');
		want = data.len + 1;
		if (!more)
			break;
	} while (end == data.len && data.len < LINE_MAX_BYTES);
	if (data.len == 0)
		return false;
	*line = slice_sub(data, 0, end);
	source_consume(s, end < data.len ? end + 1 : end);
	*line = without_end(*line);
	return true;
}

static enum capture_result end_packet(struct hex_file *h, struct packet *packet)
{
	struct slice data = buffer_slice(&h->bytes);
	int linktype = guess_link(data);

	if (linktype != LINK_NONE)
		h->linktype = linktype;
	h->frame = h->number > h->frame ? h->number : h->frame + 1;
	*packet = (struct packet){.frame = h->frame,
				  .time_ns = h->time_ns,
				  .linktype = h->linktype,
				  .wire_len = h->wire_len > data.len && h->wire_len <= UINT32_MAX ? (uint32_t)h->wire_len : (uint32_t)data.len,
				  .data = data};
	h->number = h->wire_len = 0;
	h->building = false;
	return CAPTURE_PACKET;
}

static void begin_block(struct hex_file *h, const struct hex_row *row)
{
	h->bytes.len = 0;
	buffer_add(&h->bytes, row->bytes, row->count);
	h->skipping = h->other;
	h->building = !h->other;
	h->other = false;
}

/* What a line says that is no row. */
static void take_text(struct hex_file *h, struct slice line)
{
	uint64_t number, wire_len;
	bool frame;

	if (read_heading(line, &frame)) {
		h->other = !frame;
	} else if (read_frame(line, &number, &wire_len)) {
		h->number = number;
		h->wire_len = wire_len;
	} else if (read_time(line, &h->time_ns)) {
		h->timed = true;
		h->nanoseconds |= h->time_ns % 1000 != 0;
	}
}

/* True when the packet ends in front of this row, which then waits. */
static bool take_row(struct hex_file *h, const struct hex_row *row)
{
	if (row->offset == 0 && row->count) {
		if (h->building) {
			h->next = *row;
			h->waiting = true;
			return true;
		}
		begin_block(h, row);
	} else if ((h->building || h->skipping) && row->offset == h->bytes.len) {
		buffer_add(&h->bytes, row->bytes, row->count);
	} else if (row->count) {
		h->stray_rows++;
		/* Rows are missing in front of it: the packet was longer. */
		if (h->building && row->offset > h->bytes.len && row->offset + row->count > h->wire_len)
			h->wire_len = row->offset + row->count;
	}
	return false;
}

enum capture_result hex_file_next(struct hex_file *h, struct source *s, struct packet *packet, char *message)
{
	struct hex_row row;
	struct slice line;

	if (h->waiting)
		begin_block(h, &h->next);
	h->waiting = false;
	while (next_line(s, &line)) {
		if (read_row(line, &row)) {
			if (take_row(h, &row))
				return end_packet(h, packet);
		} else if (h->building) {
			enum capture_result result = end_packet(h, packet);

			take_text(h, line);
			return result;
		} else {
			h->skipping = false;
			take_text(h, line);
		}
		if (h->bytes.len > CAPTURE_PACKET_MAX) {
			snprintf(message, CAPTURE_MESSAGE_MAX, "frame %" PRIu64 " is longer than %u bytes", h->frame + 1, CAPTURE_PACKET_MAX);
			return CAPTURE_CUT;
		}
	}
	if (h->building)
		return end_packet(h, packet);
	if (!s->failure)
		return CAPTURE_END;
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s, at offset %" PRIu64, s->failure, s->offset);
	return CAPTURE_CUT;
}
