/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MSNFTP, file transfers of clients 3.0 to 6.x.  R receives the file, S sends:
 *
 *	R  VER MSNFTP
 *	S  VER MSNFTP
 *	R  USR bob@example.com 40961	account, AuthCookie of the invitation
 *	S  FIL 4096			size
 *	R  TFR
 *	S  blocks: u8 0, u16 length (little-endian), data; at the end 01 00 00
 *	R  BYE 16777989, or CCL
 */
#include <inttypes.h>

#include "dissectors/link_protocols.h"
#include "util/reader.h"
#include "util/utf8.h"

#define BLOCK_HEADER 3u
#define BLOCK_DATA 0u
#define BLOCK_END 1u
/* Bytes that are looked at before a first line counts as another protocol's. */
#define FIRST_LINE_MAX 128u
/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

/* How far a side is: link_framer.step. */
enum { STEP_START, STEP_VER, STEP_SECOND, STEP_TFR, STEP_END };

/* Who says a command. */
enum { EITHER, RECEIVER, SENDER };

static const struct command {
	const char *name;
	int by;
	int after, to; /* steps */
} commands[] = {
	{"VER", EITHER, STEP_START, STEP_VER},
	{"USR", RECEIVER, STEP_VER, STEP_SECOND},
	{"FIL", SENDER, STEP_VER, STEP_SECOND},
	{"TFR", RECEIVER, STEP_SECOND, STEP_TFR},
	/* Who cancels may do so at any time. */
	{"BYE", EITHER, -1, STEP_END},
	{"CCL", EITHER, -1, STEP_END},
};

/* A command's name, with a blank or line end behind it. */
static enum link_guess command_at(struct slice bytes, const struct command **found)
{
	enum link_guess best = LINK_GUESS_NO;

	*found = NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		enum link_guess guess = link_prefix(bytes, slice_str(commands[i].name));

		if (guess == LINK_GUESS_YES && bytes.len == 3)
			guess = LINK_GUESS_MORE;
		else if (guess == LINK_GUESS_YES && !memchr(" \r\n", bytes.ptr[3], 3))
			guess = LINK_GUESS_NO;
		if (guess > best) {
			best = guess;
			*found = &commands[i];
		}
	}
	return best;
}

/* MSNP begins with VER, too, but a number follows there. */
static enum link_guess msnftp_recognise(struct slice first)
{
	struct slice line = slice_sub(first, 0, FIRST_LINE_MAX);
	enum link_guess guess = link_prefix(first, SLICE_LIT("VER "));
	size_t end = slice_find_byte(line, '\n');

	if (guess != LINK_GUESS_YES)
		return guess;
	for (size_t i = 0; i < end; i++)
		if (line.ptr[i] >= 0x7f || (line.ptr[i] < ' ' && line.ptr[i] != '\r'))
			return LINK_GUESS_NO;
	if (line.len > 4 && !(line.ptr[4] >= 'A' && line.ptr[4] <= 'Z'))
		return LINK_GUESS_NO;
	if (end == line.len)
		return line.len == FIRST_LINE_MAX ? LINK_GUESS_NO : LINK_GUESS_MORE;
	line.len = end;
	return slice_find(line, SLICE_LIT(" MSNFTP")) < end ? LINK_GUESS_YES : LINK_GUESS_NO;
}

/* Both sides begin alike. */
static bool msnftp_may_answer(struct slice first)
{
	return msnftp_recognise(first) != LINK_GUESS_NO;
}

static bool msnftp_recognise_middle(struct slice piece)
{
	(void)piece;
	return false;
}

static size_t block_length(struct slice bytes)
{
	struct reader r = reader_over(bytes);

	reader_skip(&r, 1);
	uint16_t n = reader_le16(&r);
	return r.truncated ? 0 : BLOCK_HEADER + n;
}

static size_t msnftp_length(const struct link_framer *f, struct slice pending)
{
	const struct command *command;

	(void)f;
	if (pending.ptr[0] <= BLOCK_END) {
		size_t n = block_length(pending);

		return n > LINK_MESSAGE_MAX ? LINK_NO_MESSAGE : n;
	}
	if (command_at(pending, &command) == LINK_GUESS_NO)
		return LINK_NO_MESSAGE;
	struct slice line = slice_sub(pending, 0, LINK_LINE_MAX);
	size_t end = slice_find_byte(line, '\n');
	if (end < line.len)
		return end + 1;
	return line.len == LINK_LINE_MAX ? LINK_NO_MESSAGE : 0;
}

/* Among the bytes of a file nothing tells where a block begins. */
static enum link_guess msnftp_resume(const struct link_framer *f, struct slice pending, bool fresh)
{
	const struct command *command;

	return f->blocks || !fresh ? LINK_GUESS_NO : command_at(pending, &command);
}

static void msnftp_lost(struct link_framer *f)
{
	f->has_file_offset = false;
}

static const char *line_problem(const struct link_framer *f, const struct command *c)
{
	bool sends = f->state->file_sender == f->side, receives = f->state->file_sender == !f->side;

	if ((c->by == RECEIVER && sends) || (c->by == SENDER && receives))
		return sends ? "the sender of the file says what the receiver should" :
			       "the receiver of the file says what the sender should";
	if (!f->missed && c->after >= 0 && f->step != c->after)
		return "the command is out of order";
	return NULL;
}

static void note_file(struct link_framer *f, struct slice line)
{
	uint64_t size;

	f->blocks = true;
	f->file_offset = 0;
	f->has_file_offset = true;
	f->state->has_file_size = slice_u64(slice_trim(slice_sub(line, 4, line.len)), &size);
	if (f->state->has_file_size)
		f->state->file_size = size;
}

static void note_line(struct link_framer *f, struct link_message *m, struct slice bytes)
{
	const struct command *c;

	m->kind = LINK_LINE;
	m->line = bytes;
	if (m->line.len && m->line.ptr[m->line.len - 1] == '\n')
		m->line.len--;
	if (m->line.len && m->line.ptr[m->line.len - 1] == '\r')
		m->line.len--;
	/* Of a line that was cut nobody knows what it says. */
	if (command_at(bytes, &c) != LINK_GUESS_YES || m->cut)
		return;
	m->problem = line_problem(f, c);
	if (f->state->file_sender < 0 && c->by != EITHER)
		f->state->file_sender = c->by == SENDER ? f->side : !f->side;
	if (slice_eq_str(slice_str(c->name), "FIL"))
		note_file(f, m->line);
	f->step = c->to;
}

static void note_block(struct link_framer *f, struct link_message *m, struct slice bytes)
{
	m->kind = LINK_BLOCK;
	m->payload = bytes;
	if (f->state->file_sender == !f->side) {
		m->problem = "a block of who receives the file";
		return;
	}
	m->in_file = f->has_file_offset;
	m->file_offset = f->file_offset;
	m->has_file_size = f->state->has_file_size;
	m->file_size = f->state->file_size;
	if (!f->missed && (f->step < STEP_SECOND || f->step == STEP_END))
		m->problem = "a block before the file was announced, or behind its end";
	if (f->state->file_sender < 0)
		f->state->file_sender = f->side;
	if (bytes.ptr[0] == BLOCK_END) {
		f->blocks = false;
		f->step = STEP_END;
		return;
	}
	f->blocks = true;
	f->step = STEP_TFR;
	f->file_offset += m->length > BLOCK_HEADER ? m->length - BLOCK_HEADER : 0;
}

static void msnftp_note(struct link_framer *f, struct link_message *m, struct slice bytes)
{
	if (bytes.ptr[0] <= BLOCK_END)
		note_block(f, m, bytes);
	else
		note_line(f, m, bytes);
}

static struct slice quoted(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

static const char *name_of_code(const struct field *f)
{
	const struct enum_row *row = field_enum(f);

	return row ? row->meaning : NULL;
}

/* The word as a field of that description; a number, when the description is of one and the word is, too. */
static struct field *add_word(struct dissection *d, enum field_id id, struct slice word, size_t offset)
{
	uint64_t number;

	if (field_defs[id].type == FIELD_TEXT)
		return field_add_range(d, &d->root, id, SOURCE_LINE, offset, word.len);
	if (slice_u64(word, &number))
		return field_add_number(d, &d->root, id, number, SOURCE_LINE, offset, word.len);
	struct field *f = field_add(d, &d->root, id, SOURCE_LINE, offset, word.len);
	finding_add(d, RULE_MSNFTP_BROKEN, f, "\"%.*s\" is not a number", SLICE_ARG(quoted(word)));
	return f;
}

/* The field that word number n (from 1) of a command is. */
static enum field_id param(struct slice name, size_t n)
{
	if (slice_eq_str(name, "VER"))
		return F_MSNFTP_PROTOCOL;
	if (slice_eq_str(name, "USR") && n <= 2)
		return n == 1 ? F_MSNFTP_ACCOUNT : F_MSNFTP_COOKIE;
	if (slice_eq_str(name, "FIL") && n == 1)
		return F_MSNFTP_SIZE;
	if (slice_eq_str(name, "BYE") && n == 1)
		return F_MSNFTP_CODE;
	return F_MSNFTP_EXTRA;
}

/* Words behind the name, each with the blanks before it as its syntax; how many there are. */
static size_t add_words(struct dissection *d, struct slice line, struct slice name)
{
	size_t at = name.len, count = 0;

	while (at < line.len) {
		size_t blanks = 0;

		while (at + blanks < line.len && line.ptr[at + blanks] == ' ')
			blanks++;
		at += blanks;
		struct slice word = slice_sub(line, at, line.len);
		word.len = slice_find_byte(word, ' ');
		if (word.len == 0) {
			if (d->root.last)
				field_syntax(d->root.last, d->root.last->lead, blanks);
			break;
		}
		field_syntax(add_word(d, param(name, ++count), word, at), blanks, 0);
		at += word.len;
	}
	return count;
}

static const struct field *child(const struct dissection *d, enum field_id id)
{
	const struct field *f = field_child(&d->root, &field_defs[id]);

	return f && f->has_value ? f : NULL;
}

static struct slice text_of(const struct field *f)
{
	return f ? quoted(f->value.text) : SLICE_LIT("?");
}

static void summarise_bye(struct dissection *d, const struct field *code)
{
	if (!code) {
		dissection_summarise(d, "ends the transfer");
	} else if (name_of_code(code)) {
		dissection_summarise(d, "ends the transfer: %s", name_of_code(code));
	} else {
		dissection_summarise(d, "ends the transfer with code %" PRIu64, code->value.number);
		finding_add(d, RULE_MSNP_UNKNOWN_VALUE, code, "code that is not known");
	}
}

static void summarise_line(struct dissection *d, struct slice name, struct slice line)
{
	const struct field *size = child(d, F_MSNFTP_SIZE);

	if (slice_eq_str(name, "VER"))
		dissection_summarise(d, "speaks %.*s", SLICE_ARG(quoted(slice_trim(slice_sub(line, 4, line.len)))));
	else if (slice_eq_str(name, "USR"))
		dissection_summarise(d, "%.*s asks for the file, cookie %.*s", SLICE_ARG(text_of(child(d, F_MSNFTP_ACCOUNT))),
				     SLICE_ARG(text_of(child(d, F_MSNFTP_COOKIE))));
	else if (slice_eq_str(name, "FIL") && size)
		dissection_summarise(d, "the file has %" PRIu64 " bytes", size->value.number);
	else if (slice_eq_str(name, "FIL"))
		dissection_summarise(d, "the file has an unknown number of bytes");
	else if (slice_eq_str(name, "TFR"))
		dissection_summarise(d, "wants the bytes");
	else if (slice_eq_str(name, "BYE"))
		summarise_bye(d, child(d, F_MSNFTP_CODE));
	else
		dissection_summarise(d, "cancels the transfer");
}

static void check_words(struct dissection *d, struct slice name, size_t words)
{
	if ((slice_eq_str(name, "USR") && words < 2) || (slice_eq_str(name, "FIL") && words < 1) ||
	    (slice_eq_str(name, "BYE") && words < 1))
		finding_add(d, RULE_MSNFTP_BROKEN, NULL, "%.*s lacks a parameter", SLICE_ARG(name));
}

static const char *dissect_line(struct dissection *d, bool cut)
{
	struct slice line = d->sources[SOURCE_LINE].data, name = slice_sub(line, 0, slice_find_byte(line, ' '));
	const struct command *c;

	if (command_at(line, &c) == LINK_GUESS_NO || name.len != 3) {
		/* Only a line that was cut. */
		field_add_range(d, &d->root, F_MSNFTP_EXTRA, SOURCE_LINE, 0, line.len);
		dissection_summarise(d, "\"%.*s\"", SLICE_ARG(quoted(line)));
		return "BROKEN";
	}
	field_add_range(d, &d->root, F_MSNFTP_COMMAND, SOURCE_LINE, 0, name.len);
	size_t words = add_words(d, line, name);
	summarise_line(d, name, line);
	if (!cut)
		check_words(d, name, words);
	return c->name;
}

static void summarise_block(struct dissection *d, const struct link_message *m, uint8_t type, size_t len)
{
	if (type == BLOCK_END && !m->in_file)
		dissection_summarise(d, "end of the file");
	else if (type == BLOCK_END && m->has_file_size && m->file_offset < m->file_size)
		dissection_summarise(d, "cancels the transfer after %" PRIu64 " of %" PRIu64 " bytes", m->file_offset,
				     m->file_size);
	else if (type == BLOCK_END)
		dissection_summarise(d, "end of the file after %" PRIu64 " bytes", m->file_offset);
	else if (!m->in_file)
		dissection_summarise(d, "%zu bytes of the file", len);
	else
		dissection_summarise(d, "%zu bytes of the file from byte %" PRIu64 " on", len, m->file_offset);
	if (m->in_file && m->has_file_size && (m->file_offset > m->file_size || len > m->file_size - m->file_offset))
		finding_add(d, RULE_MSNFTP_BROKEN, NULL, "more bytes than the %" PRIu64 " that FIL announced", m->file_size);
}

static const char *dissect_block(struct dissection *d, const struct link_message *m)
{
	struct slice payload = d->sources[SOURCE_PAYLOAD].data;
	struct reader r = reader_over(payload);
	uint8_t type = reader_u8(&r);
	uint16_t length = reader_le16(&r);

	field_add_number(d, &d->root, F_MSNFTP_BLOCK_TYPE, type, SOURCE_PAYLOAD, 0, 1);
	if (r.truncated) {
		if (payload.len > 1)
			field_add_range(d, &d->root, F_PAYLOAD_DATA, SOURCE_PAYLOAD, 1, payload.len - 1);
		dissection_summarise(d, "a block");
		return "DATA";
	}
	field_add_number(d, &d->root, F_MSNFTP_BLOCK_LENGTH, length, SOURCE_PAYLOAD, 1, 2);
	size_t len = payload.len - BLOCK_HEADER;
	if (type == BLOCK_DATA && m->in_file)
		field_add_number(d, &d->root, F_MSNFTP_OFFSET, m->file_offset, SOURCE_PAYLOAD, BLOCK_HEADER, 0);
	if (len)
		field_add_range(d, &d->root, type == BLOCK_DATA ? F_MSNFTP_DATA : F_PAYLOAD_DATA, SOURCE_PAYLOAD, BLOCK_HEADER,
				len);
	if (type == BLOCK_END && length)
		finding_add(d, RULE_MSNFTP_BROKEN, NULL, "the block that ends the file is not empty");
	summarise_block(d, m, type, len);
	return "DATA";
}

static const char *msnftp_dissect(struct dissection *d, const struct link_message *m)
{
	return m->kind == LINK_BLOCK ? dissect_block(d, m) : dissect_line(d, m->cut);
}

const struct link_operations link_msnftp = {
	.name = "msnftp",
	.rule = RULE_MSNFTP_BROKEN,
	.recognise = msnftp_recognise,
	.may_answer = msnftp_may_answer,
	.recognise_middle = msnftp_recognise_middle,
	.length = msnftp_length,
	.resume = msnftp_resume,
	.lost = msnftp_lost,
	.note = msnftp_note,
	.dissect = msnftp_dissect,
};
