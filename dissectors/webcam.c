/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Video of a webcam.  Texts end in two line ends:
 *
 *	connecting side				listening side
 *	recipientid=<rid>&sessionid=<session>
 *						connected
 *	connected
 *
 * then the side that has the camera sends pictures, each with a header:
 *
 *	u8 24, u8 paused, u16 width, height, key frame, u32 bytes of the picture,
 *	"ML20", u32 number of the sender, u32 time stamp; all little-endian
 */
#include <inttypes.h>

#include "dissectors/link_protocols.h"
#include "util/reader.h"
#include "util/utf8.h"

#define FRAME_HEADER 24u
#define TEXT_END SLICE_LIT("\r\n\r\n")
#define SHOWN_MAX 60u

/* How far a side is: link_framer.step. */
enum { STEP_START, STEP_CONNECT, STEP_CONNECTED };

static const struct slice connect_start = {(const uint8_t *)"recipientid=", 12};
static const struct slice connected = {(const uint8_t *)"connected\r\n\r\n", 13};
static const struct slice fourcc = {(const uint8_t *)"ML20", 4};

static enum link_guess webcam_recognise(struct slice first)
{
	return link_prefix(first, connect_start);
}

static bool webcam_may_answer(struct slice first)
{
	return link_prefix(first, connected) != LINK_GUESS_NO;
}

static size_t frame_length(struct slice bytes)
{
	struct reader r = reader_over(bytes);

	reader_skip(&r, 8);
	uint32_t size = reader_le32(&r);
	if (r.truncated)
		return 0;
	return size > LINK_MESSAGE_MAX - FRAME_HEADER ? LINK_NO_MESSAGE : FRAME_HEADER + size;
}

/* A picture that names its codec. */
static enum link_guess frame_at(struct slice bytes)
{
	static const uint8_t start[] = {FRAME_HEADER};
	enum link_guess guess = link_prefix(bytes, slice_of(start, sizeof(start)));

	if (guess != LINK_GUESS_YES)
		return guess;
	if (bytes.len > 1 && bytes.ptr[1] > 1)
		return LINK_GUESS_NO;
	if (frame_length(bytes) == LINK_NO_MESSAGE)
		return LINK_GUESS_NO;
	return bytes.len < 12 ? LINK_GUESS_MORE : link_prefix(slice_sub(bytes, 12, fourcc.len), fourcc);
}

static bool webcam_recognise_middle(struct slice piece)
{
	return frame_at(piece) == LINK_GUESS_YES;
}

static size_t webcam_length(const struct link_framer *f, struct slice pending)
{
	(void)f;
	if (pending.ptr[0] == FRAME_HEADER)
		return frame_length(pending);
	if (link_prefix(pending, connect_start) == LINK_GUESS_NO && link_prefix(pending, connected) == LINK_GUESS_NO)
		return LINK_NO_MESSAGE;
	struct slice text = slice_sub(pending, 0, LINK_LINE_MAX);
	size_t end = slice_find(text, TEXT_END);
	if (end < text.len)
		return end + TEXT_END.len;
	return text.len == LINK_LINE_MAX ? LINK_NO_MESSAGE : 0;
}

static enum link_guess webcam_resume(const struct link_framer *f, struct slice pending, bool fresh)
{
	enum link_guess frame = frame_at(pending), text = fresh ? link_prefix(pending, connected) : LINK_GUESS_NO;

	(void)f;
	return frame > text ? frame : text;
}

static void webcam_lost(struct link_framer *f)
{
	(void)f;
}

static const char *problem_of(const struct link_framer *f, enum link_kind kind)
{
	if (f->missed)
		return NULL;
	if (kind == LINK_FRAME)
		return f->step == STEP_CONNECTED ? NULL : "a picture before the connection is opened";
	if (kind == LINK_CONNECT)
		return f->step == STEP_START ? NULL : "the connection is opened again";
	if (f->step == STEP_CONNECTED)
		return "\"connected\" again";
	return f->state->connector == f->side && f->step == STEP_START ? "\"connected\" of who did not yet connect" : NULL;
}

static void webcam_note(struct link_framer *f, struct link_message *m, struct slice bytes)
{
	if (bytes.ptr[0] == FRAME_HEADER) {
		m->kind = LINK_FRAME;
		m->payload = bytes;
	} else {
		m->kind = bytes.ptr[0] == connected.ptr[0] ? LINK_CONNECTED : LINK_CONNECT;
		m->line = slice_sub(bytes, 0, slice_find(bytes, TEXT_END));
	}
	if (m->kind == LINK_CONNECT && f->state->connector < 0)
		f->state->connector = f->side;
	m->problem = problem_of(f, m->kind);
	f->step = m->kind == LINK_CONNECT ? STEP_CONNECT : STEP_CONNECTED;
}

/* "name=value" at *at, up to "&" or the end; false when another name stands there. */
static bool add_pair(struct dissection *d, size_t *at, struct slice name, enum field_id id)
{
	struct slice line = d->sources[SOURCE_LINE].data, rest = slice_sub(line, *at, line.len);

	if (!slice_has_prefix(rest, name))
		return false;
	rest = slice_sub(rest, name.len, rest.len);
	struct slice value = slice_sub(rest, 0, slice_find_byte(rest, '&'));
	struct field *f = field_add_range(d, &d->root, id, SOURCE_LINE, *at + name.len, value.len);
	field_syntax(f, name.len, 0);
	*at += name.len + value.len;
	return true;
}

static struct slice shown(const struct dissection *d, enum field_id id)
{
	const struct field *f = field_child(&d->root, &field_defs[id]);

	return f ? utf8_cut(f->value.text, SHOWN_MAX) : SLICE_LIT("?");
}

static const char *dissect_connect(struct dissection *d, const struct link_message *m)
{
	struct slice line = d->sources[SOURCE_LINE].data;
	size_t at = 0;
	bool whole = add_pair(d, &at, connect_start, F_WEBCAM_RID) &&
		     add_pair(d, &at, SLICE_LIT("&sessionid="), F_WEBCAM_SESSION);

	if (at < line.len)
		field_add_range(d, &d->root, F_WEBCAM_LINE, SOURCE_LINE, at, line.len - at);
	if ((!whole || at < line.len) && !m->cut)
		finding_add(d, RULE_WEBCAM_BROKEN, NULL, "not recipientid and sessionid");
	dissection_summarise(d, "opens the video of recipient %.*s, session %.*s", SLICE_ARG(shown(d, F_WEBCAM_RID)),
			     SLICE_ARG(shown(d, F_WEBCAM_SESSION)));
	return "CONNECT";
}

static const char *dissect_connected(struct dissection *d)
{
	field_add_range(d, &d->root, F_WEBCAM_LINE, SOURCE_LINE, 0, d->sources[SOURCE_LINE].data.len);
	dissection_summarise(d, "video is connected");
	return "CONNECTED";
}

static void summarise_frame(struct dissection *d, uint64_t width, uint64_t height, bool paused, bool key, size_t size)
{
	if (paused)
		dissection_summarise(d, "video is paused");
	else
		dissection_summarise(d, "%spicture %" PRIu64 "x%" PRIu64 ", %zu bytes", key ? "key " : "", width, height,
				     size);
}

/* What is wrong about a whole header. */
static void check_frame(struct dissection *d, const struct field *frame, bool paused, bool sized, struct slice codec)
{
	static const uint8_t none[4] = {0, 0, 0, 0};

	if (!slice_eq(codec, fourcc) && !slice_eq(codec, slice_of(none, sizeof(none))))
		finding_add(d, RULE_WEBCAM_BROKEN, frame, "codec \"%.*s\", not ML20", SLICE_ARG(codec));
	if (!paused && !sized)
		finding_add(d, RULE_WEBCAM_BROKEN, frame, "a picture without width or height");
}

static const char *dissect_frame(struct dissection *d)
{
	static const struct {
		enum field_id id;
		size_t offset, length;
	} numbers[] = {
		{F_WEBCAM_HEADER_LENGTH, 0, 1}, {F_WEBCAM_PAUSED, 1, 1}, {F_WEBCAM_WIDTH, 2, 2}, {F_WEBCAM_HEIGHT, 4, 2},
		{F_WEBCAM_KEY, 6, 2}, {F_WEBCAM_SIZE, 8, 4}, {F_WEBCAM_FOURCC, 12, 4}, {F_WEBCAM_ID, 16, 4},
		{F_WEBCAM_TIMESTAMP, 20, 4},
	};
	struct slice payload = d->sources[SOURCE_PAYLOAD].data;
	struct field *frame = field_add(d, &d->root, F_WEBCAM_FRAME, SOURCE_PAYLOAD, 0, payload.len);
	struct reader r = reader_over(payload);
	uint64_t value[sizeof(numbers) / sizeof(numbers[0])] = {0};
	size_t n = 0;

	for (; n < sizeof(numbers) / sizeof(numbers[0]) && reader_left(&r) >= numbers[n].length; n++) {
		struct slice bytes = reader_bytes(&r, numbers[n].length);

		for (size_t i = bytes.len; i > 0; i--)
			value[n] = value[n] << 8 | bytes.ptr[i - 1];
		if (numbers[n].id == F_WEBCAM_FOURCC)
			field_add_range(d, frame, F_WEBCAM_FOURCC, SOURCE_PAYLOAD, numbers[n].offset, bytes.len);
		else
			field_add_number(d, frame, numbers[n].id,
					 field_defs[numbers[n].id].type == FIELD_BOOL ? value[n] != 0 : value[n],
					 SOURCE_PAYLOAD, numbers[n].offset, bytes.len);
	}
	size_t whole = sizeof(numbers) / sizeof(numbers[0]);
	if (reader_left(&r))
		field_add_range(d, frame, n < whole ? F_PAYLOAD_DATA : F_WEBCAM_DATA, SOURCE_PAYLOAD, r.at, reader_left(&r));
	if (n == whole)
		check_frame(d, frame, value[1] != 0, value[2] && value[3], slice_sub(payload, 12, 4));
	summarise_frame(d, value[2], value[3], value[1] != 0, value[4] != 0, reader_left(&r));
	return "FRAME";
}

static const char *webcam_dissect(struct dissection *d, const struct link_message *m)
{
	if (m->kind == LINK_FRAME)
		return dissect_frame(d);
	return m->kind == LINK_CONNECT ? dissect_connect(d, m) : dissect_connected(d);
}

const struct link_operations link_webcam = {
	.name = "webcam",
	.rule = RULE_WEBCAM_BROKEN,
	.recognise = webcam_recognise,
	.may_answer = webcam_may_answer,
	.recognise_middle = webcam_recognise_middle,
	.length = webcam_length,
	.resume = webcam_resume,
	.lost = webcam_lost,
	.note = webcam_note,
	.dissect = webcam_dissect,
};
