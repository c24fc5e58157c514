/* SPDX-License-Identifier: BSD-2-Clause */
/* From bytes of a text to lines, and from lines to records. */
#include "transcript/transcript.h"

#include <stdlib.h>

#include "transcript/forms.h"
#include "util/encoding.h"
#include "util/memory.h"
#include "util/moment.h"

/* Bytes of a stream that are handed over at once. */
#define CHUNK_MAX 16384u
/* Longest piece that tshark may announce in front of a followed stream's bytes. */
#define PIECE_MAX (1u << 20)
#define DAY_NS ((int64_t)86400 * 1000000000)

struct transcript_parser {
	const struct transcript_form *form;
	enum form_id id;
	enum form_id speaks;     /* form of the latest mark: a text may hold several */
	bool crlf;               /* lines of the text itself end in CR LF */
	const char *margin;      /* in front of lines; those without are prose */
	transcript_output *output;
	void *ctx;
	struct transcript_counters counters;
	struct buffer line;      /* begun */
	bool cut;                /* it is longer than TRANSCRIPT_LINE_MAX */
	struct buffer scratch, held;
	struct transcript_record last; /* what is true of the lines to come: connection, side, time */
	uint8_t key[TRANSCRIPT_KEY_MAX];
	bool bodies;             /* lines may be payload of the command before */
	bool next;               /* the next line is a command */
	bool chunk;              /* lines are bytes of one side */
	bool reprinted;          /* what the log shows below the command is its own rendering */
	bool own;
	bool foreign;            /* the connection is none of MSNP */
	int64_t clock;           /* last time of day, with the days before */
	bool holding;            /* held is the text of a command that may be continued */
	bool wrapped;            /* the rest of it stands on lines without mark */
	struct transcript_record waiting; /* what is true of it */
	struct buffer bytes;     /* of a dump, not handed over yet */
	size_t piece;            /* bytes of a followed stream to come, taken as they are */
	struct address node[2];
	size_t peer;             /* of them that is being described */
	struct arena arena;      /* of bytes being decoded */
};

static void hand_over(struct transcript_parser *t, struct transcript_record r)
{
	t->output(t->ctx, &r);
}

/* --- what lines say --- */

static enum transcript_ending take_literal_end(struct slice *text)
{
	static const struct {
		const char *text;
		enum transcript_ending ending;
	} ends[] = {{"\\r\\n", ENDING_CRLF}, {"\\n", ENDING_LF}};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i].text);

		if (text->len >= n && memcmp(text->ptr + text->len - n, ends[i].text, n) == 0) {
			text->len -= n;
			return ends[i].ending;
		}
	}
	return ENDING_LOST;
}

/* A day later when the clock goes back far: logs go on over midnight. */
static int64_t day_time(struct transcript_parser *t, int64_t ns)
{
	if (ns == TIME_NONE)
		return t->last.time_ns;
	while (!t->form->fine_times && ns < t->clock - DAY_NS / 2)
		ns += DAY_NS;
	t->clock = ns;
	return ns;
}

static void set_key(struct transcript_parser *t, struct slice key)
{
	size_t n = key.len < sizeof(t->key) ? key.len : sizeof(t->key);

	if (n)
		memcpy(t->key, key.ptr, n);
	t->last.key = slice_of(t->key, n);
}

/* Bytes of what msnscope escaped: "\x1b", and "\\" where a backslash would be taken for one. */
static struct slice unescape(struct buffer *scratch, struct slice text)
{
	uint64_t byte;

	scratch->len = 0;
	for (size_t at = 0; at < text.len; at++) {
		struct slice rest = slice_sub(text, at, text.len);

		if (slice_has_prefix(rest, SLICE_LIT("\\x")) && slice_hex_u64(slice_sub(rest, 2, 2), &byte) && rest.len >= 4) {
			buffer_add_byte(scratch, (uint8_t)byte);
			at += 3;
			continue;
		}
		buffer_add_byte(scratch, text.ptr[at]);
		at += slice_has_prefix(rest, SLICE_LIT("\\\\")) ? 1 : 0;
	}
	return buffer_slice(scratch);
}

/* papyon prints headers as "Name: 'value'". */
static bool strip_quotes(struct buffer *scratch, struct slice text, struct slice *out)
{
	struct slice rest = slice_trim(text), name;

	scratch->len = 0;
	if (!take_until(&rest, ':', &name) || !take(&rest, " '") || !rest.len || rest.ptr[rest.len - 1] != '\'')
		return false;
	buffer_add_slice(scratch, name);
	buffer_add_str(scratch, ": ");
	buffer_add_slice(scratch, slice_sub(rest, 0, rest.len - 1));
	*out = buffer_slice(scratch);
	return true;
}

static void tell_body(struct transcript_parser *t, struct slice text, enum transcript_ending ending, enum transcript_kind kind)
{
	struct transcript_record r = t->last;

	r.kind = kind;
	r.ending = ending;
	r.text = text;
	r.indent = indentation(text);
	r.altered = t->reprinted;
	if (t->own)
		r.text = unescape(&t->scratch, text);
	else if (t->speaks == FORM_PAPYON)
		r.altered |= strip_quotes(&t->scratch, text, &r.text);
	if (t->speaks == FORM_PAPYON)
		r.indent = 0;
	hand_over(t, r);
}

static void tell_other(struct transcript_parser *t, struct slice text)
{
	struct transcript_record r = t->last;

	r.kind = TRANSCRIPT_OTHER;
	r.text = text;
	hand_over(t, r);
}

/* What a command line is without the marks of its form. */
static void tell_command(struct transcript_parser *t, struct slice text, bool escaped, enum transcript_kind kind)
{
	struct transcript_record r = t->last;
	struct slice plain = text;

	/* MSNPSharp prints the headers and the body of what it received anew. */
	t->reprinted = t->speaks == FORM_MSNPSHARP && t->last.side == TRANSCRIPT_SERVER && slice_has_prefix(text, SLICE_LIT("MSG "));
	r.kind = kind;
	r.ending = t->own ? ENDING_LOST : take_literal_end(&plain);
	if (t->own)
		r.text = unescape(&t->scratch, plain);
	else if (t->id == FORM_PACKET_LIST)
		r.text = packet_info_bytes(&t->scratch, plain);
	else
		r.text = strip_markup(&t->scratch, plain, escaped);
	r.altered = (t->id != FORM_PACKET_LIST && !t->own && r.text.ptr != plain.ptr) || has_omission(plain) || t->wrapped;
	hand_over(t, r);
}

/* --- commands that go on over several lines: in letters, and in logs that a page has wrapped --- */

static void let_go(struct transcript_parser *t)
{
	struct transcript_record now = t->last;

	if (!t->holding)
		return;
	t->holding = false;
	t->last = t->waiting;
	tell_command(t, buffer_slice(&t->held), false, TRANSCRIPT_COMMAND);
	t->wrapped = false;
	t->last = now;
}

/* Does it end within an element in percent-encoding, as MSNObjects stand in commands? */
static bool is_cut_object(struct slice text)
{
	bool open = false;

	for (size_t at = slice_find_byte(text, '%'); at < text.len; at++) {
		struct slice rest = slice_sub(text, at, text.len);

		open = open ? !slice_case_has_prefix(rest, SLICE_LIT("%3E")) : slice_case_has_prefix(rest, SLICE_LIT("%3C"));
	}
	return open;
}

static void hold(struct transcript_parser *t, struct slice text)
{
	t->holding = true;
	t->wrapped = false;
	t->waiting = t->last;
	t->held.len = 0;
	buffer_add_slice(&t->held, text);
}

static void continue_command(struct transcript_parser *t, struct slice text)
{
	if (!t->holding || t->held.len + text.len >= TRANSCRIPT_LINE_MAX)
		return;
	if (!t->held.len || t->held.data[t->held.len - 1] != ' ')
		buffer_add_byte(&t->held, ' ');
	buffer_add_slice(&t->held, text);
}

/* --- marks --- */

static bool is_mark_wanted(const struct transcript_parser *t, enum form_id form)
{
	if (t->own)
		return form == FORM_MSNSCOPE || form == FORM_ARROWS || form == FORM_LETTERS;
	return t->id == FORM_PACKET_LIST ? form == t->id : form != FORM_PACKET_LIST;
}

static enum form_id find_mark(const struct transcript_parser *t, struct slice line, struct mark *m)
{
	static const enum form_id own[] = {FORM_MSNSCOPE, FORM_ARROWS, FORM_LETTERS};
	enum form_id form;

	if (!t->own) {
		form = mark_find(line, m);
		return form != FORM_COUNT && is_mark_wanted(t, form) ? form : FORM_COUNT;
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (mark_read(own[i], line, m))
			return own[i];
	return FORM_COUNT;
}

/* Lines below a command of Pidgin are never its payload. */
static bool has_bodies(enum form_id form)
{
	return form != FORM_PIDGIN && form != FORM_ESCARGOT && form != FORM_PACKET_LIST;
}

static void take_place(struct transcript_parser *t, const struct mark *m, enum form_id form)
{
	if (t->own && form != FORM_MSNSCOPE)
		return;
	set_key(t, m->key);
	t->last.role = m->role;
	t->last.version = m->version;
	memcpy(t->last.address, m->address, sizeof(t->last.address));
}

static void use_mark(struct transcript_parser *t, struct slice line, const struct mark *m, enum form_id form)
{
	struct transcript_record r;

	t->last.time_ns = day_time(t, m->time_ns);
	t->next = t->chunk = false;
	if (form == FORM_MSNSCOPE)
		t->foreign = m->foreign;
	switch (t->foreign ? MARK_OTHER : m->kind) {
	case MARK_CONTINUE:
		continue_command(t, m->text);
		return;
	case MARK_OTHER:
		let_go(t);
		t->bodies = false;
		tell_other(t, line);
		return;
	default:
		break;
	}
	let_go(t);
	t->speaks = form;
	take_place(t, m, form);
	t->last.side = m->side;
	t->bodies = has_bodies(form);
	switch (m->kind) {
	case MARK_COMMAND:
		if (form == FORM_LETTERS || form == FORM_PIDGIN)
			hold(t, m->text);
		else
			tell_command(t, m->text, m->escaped, TRANSCRIPT_COMMAND);
		break;
	case MARK_NEXT:
		t->next = true;
		break;
	case MARK_CHUNK:
		t->chunk = true;
		break;
	default:
		r = t->last;
		r.kind = m->kind == MARK_OPEN ? TRANSCRIPT_OPEN : TRANSCRIPT_CLOSE;
		hand_over(t, r);
		break;
	}
}

/* Lines of MSNPSharp's log end in CR LF within a message, and in LF behind it. */
static bool ends_message(const struct transcript_parser *t, struct slice line, enum transcript_ending ending)
{
	return t->speaks == FORM_MSNPSHARP && line.len == 0 && ending == ENDING_LOST && !t->crlf;
}

static bool tell_dump(struct transcript_parser *t, struct slice line)
{
	struct transcript_record r = t->last;
	struct dump_row row;

	if (!t->own || !dump_own_row_read(line, &row))
		return false;
	r.kind = TRANSCRIPT_DUMP;
	r.text = slice_of(row.bytes, row.count);
	r.offset = row.offset;
	r.altered = row.masked;
	hand_over(t, r);
	return true;
}

static void use_marked_line(struct transcript_parser *t, struct slice line, enum transcript_ending ending)
{
	struct mark m;
	enum form_id form = find_mark(t, line, &m);

	if (form != FORM_COUNT) {
		use_mark(t, line, &m, form);
		return;
	}
	/* Pidgin marks each line, but what other programs print may stand between. */
	t->wrapped = t->holding && t->speaks == FORM_PIDGIN && line.len && is_cut_object(buffer_slice(&t->held));
	let_go(t);
	if (t->next && looks_like_command(line)) {
		t->next = false;
		tell_command(t, line, false, TRANSCRIPT_COMMAND);
	} else if (t->chunk) {
		tell_body(t, line, ending, TRANSCRIPT_MAYBE);
	} else if (ends_message(t, line, ending) || !t->bodies) {
		t->bodies = false;
		tell_other(t, line);
	} else if (!tell_dump(t, line)) {
		ending = ending == ENDING_LOST ? take_literal_end(&line) : ending;
		tell_body(t, line, t->own && ending == ENDING_LOST ? ENDING_CRLF : ending, TRANSCRIPT_BODY);
	}
}

static void use_prose(struct transcript_parser *t, struct slice line)
{
	let_go(t);
	t->next = t->chunk = t->bodies = false;
	tell_other(t, line);
}

/* --- dumps of streams --- */

static void flush_bytes(struct transcript_parser *t)
{
	struct transcript_record r = t->last;

	if (t->bytes.len == 0)
		return;
	r.kind = TRANSCRIPT_BYTES;
	r.text = buffer_slice(&t->bytes);
	r.altered = t->id == FORM_FOLLOW_ASCII;
	memcpy(r.address, t->node, sizeof(r.address));
	hand_over(t, r);
	t->bytes.len = 0;
}

static void add_bytes(struct transcript_parser *t, bool second, struct slice bytes)
{
	enum transcript_side side = second ? TRANSCRIPT_SECOND : TRANSCRIPT_FIRST;

	if (t->last.side != side || t->bytes.len + bytes.len > CHUNK_MAX)
		flush_bytes(t);
	t->last.side = side;
	buffer_add_slice(&t->bytes, bytes);
}

static void close_stream(struct transcript_parser *t)
{
	struct transcript_record r;

	flush_bytes(t);
	r = t->last;
	r.kind = TRANSCRIPT_CLOSE;
	hand_over(t, r);
	memset(t->node, 0, sizeof(t->node));
}

/* "Follow: ...", "Filter: tcp.stream eq 3", "Node 0: 192.0.2.1:1863": another stream begins. */
static bool use_follow_header(struct transcript_parser *t, struct slice line)
{
	struct slice rest = line;

	if (follow_form(line) != FORM_COUNT) {
		close_stream(t);
		return true;
	}
	if (take(&rest, "Filter: ")) {
		set_key(t, rest);
		return true;
	}
	if (!take(&rest, "Node ") || rest.len < 3 || (rest.ptr[0] != '0' && rest.ptr[0] != '1'))
		return slice_has_prefix(line, SLICE_LIT("====="));
	scan_address(slice_trim(slice_sub(rest, 2, rest.len)), &t->node[rest.ptr[0] - '0']);
	return true;
}

static void use_dump_line(struct transcript_parser *t, struct slice line)
{
	bool second = indentation(line) > 0;
	struct slice rest = slice_sub(line, indentation(line), line.len);
	struct dump_row row;
	uint64_t length;

	if (use_follow_header(t, line))
		return;
	if (t->id == FORM_HEX_DUMP && dump_row_read(line, &row)) {
		add_bytes(t, row.indented, slice_of(row.bytes, row.count));
	} else if (t->id == FORM_FOLLOW_RAW) {
		t->scratch.len = 0;
		if (dump_hex_read(rest, &t->scratch))
			add_bytes(t, second, buffer_slice(&t->scratch));
	} else if (t->id == FORM_FOLLOW_ASCII && slice_u64(rest, &length) && length <= PIECE_MAX) {
		flush_bytes(t);
		t->last.side = second ? TRANSCRIPT_SECOND : TRANSCRIPT_FIRST;
		t->piece = (size_t)length;
	}
}

/* --- streams in YAML --- */

static bool take_peer(struct slice rest, size_t *peer)
{
	if (rest.len != 1 || (rest.ptr[0] != '0' && rest.ptr[0] != '1'))
		return false;
	*peer = (size_t)(rest.ptr[0] - '0');
	return true;
}

/* The host of a peer stands without brackets, its port on the next line. */
static void take_host(struct transcript_parser *t, struct slice host)
{
	bool six = slice_find_byte(host, ':') < host.len;

	t->scratch.len = 0;
	buffer_add_str(&t->scratch, six ? "[" : "");
	buffer_add_slice(&t->scratch, host);
	buffer_add_str(&t->scratch, six ? "]" : "");
	scan_address(buffer_slice(&t->scratch), &t->node[t->peer]);
}

static void take_base64(struct transcript_parser *t, struct slice text)
{
	struct slice bytes;

	if (base64_decode(&t->arena, text, &bytes))
		add_bytes(t, t->last.side == TRANSCRIPT_SECOND, bytes);
	arena_reset(&t->arena);
}

/* "  - peer: 0", "    host: 192.0.2.10", "    port: 1037"; "    peer: 0", "    timestamp: 1053111731.042", base64 below. */
static void use_yaml_line(struct transcript_parser *t, struct slice line)
{
	struct slice rest = line;
	uint64_t number;
	size_t peer;

	if (slice_eq_str(line, "peers:")) {
		close_stream(t);
	} else if (take(&rest, "  - peer: ")) {
		take_peer(rest, &t->peer);
	} else if (take(&rest, "    host: ")) {
		take_host(t, rest);
	} else if (take(&rest, "    port: ") && slice_u64(rest, &number) && number <= UINT16_MAX) {
		t->node[t->peer].port = (uint16_t)number;
	} else if (take(&rest, "  - packet: ")) {
		flush_bytes(t);
	} else if (take(&rest, "    peer: ") && take_peer(rest, &peer)) {
		t->last.side = peer ? TRANSCRIPT_SECOND : TRANSCRIPT_FIRST;
	} else if (take(&rest, "    timestamp: ")) {
		read_seconds(rest, &t->last.time_ns);
	} else if (take(&rest, "      ")) {
		take_base64(t, rest);
	}
}

/* --- lines --- */

static void use_line(struct transcript_parser *t)
{
	struct slice line = buffer_slice(&t->line);
	enum transcript_ending ending = ENDING_LOST;

	t->counters.lines++;
	t->counters.cut_lines += t->cut;
	t->last.line = t->counters.lines;
	if (t->counters.lines == 1)
		take(&line, "\xef\xbb\xbf");
	if (t->crlf && line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	while (line.len && line.ptr[line.len - 1] == '\r') {
		line.len--;
		ending = ENDING_CRLF;
	}
	if (t->id == FORM_HEX_DUMP || t->id == FORM_FOLLOW_ASCII || t->id == FORM_FOLLOW_RAW)
		use_dump_line(t, line);
	else if (t->id == FORM_FOLLOW_YAML)
		use_yaml_line(t, line);
	else if (t->id == FORM_LINES)
		tell_body(t, line, ending, TRANSCRIPT_MAYBE);
	else if (take(&line, t->margin) || line.len == 0)
		use_marked_line(t, line, ending);
	else
		use_prose(t, line);
	t->line.len = 0;
	t->cut = false;
}

/* Bytes of a followed stream, as they were but for the dots. */
static struct slice take_piece(struct transcript_parser *t, struct slice data)
{
	struct slice piece = slice_sub(data, 0, t->piece);

	for (size_t i = 0; i < piece.len; i++)
		t->counters.lines += piece.ptr[i] == '\n';
	for (size_t at = 0; at < piece.len; at += CHUNK_MAX)
		add_bytes(t, t->last.side == TRANSCRIPT_SECOND, slice_sub(piece, at, CHUNK_MAX));
	t->last.line = t->counters.lines;
	t->piece -= piece.len;
	return slice_sub(data, piece.len, data.len);
}

static struct slice take_line(struct transcript_parser *t, struct slice data)
{
	size_t end = slice_find_byte(data, '\n');
	struct slice part = slice_sub(data, 0, end);
	size_t room = TRANSCRIPT_LINE_MAX - t->line.len;

	t->cut |= part.len > room;
	buffer_add_slice(&t->line, slice_sub(part, 0, room));
	if (end == data.len)
		return SLICE_EMPTY;
	use_line(t);
	return slice_sub(data, end + 1, data.len);
}

void transcript_parser_data(struct transcript_parser *t, struct slice data)
{
	t->counters.bytes += data.len;
	while (data.len)
		data = t->piece ? take_piece(t, data) : take_line(t, data);
}

void transcript_parser_end(struct transcript_parser *t)
{
	if (t->line.len)
		use_line(t);
	let_go(t);
	flush_bytes(t);
}

const struct transcript_counters *transcript_parser_counters(const struct transcript_parser *t)
{
	return &t->counters;
}

/* Do its lines end in CR LF, but for a few? */
static bool has_crlf(struct slice beginning)
{
	struct slice line;
	size_t with = 0, without = 0;

	while (take_until(&beginning, '\n', &line))
		*(line.len && line.ptr[line.len - 1] == '\r' ? &with : &without) += 1;
	return with > 8 * without;
}

struct transcript_parser *transcript_parser_new(const struct transcript_form *form, struct slice beginning, transcript_output *output,
				  void *ctx)
{
	struct transcript_parser *t = memory_zalloc(sizeof(*t));

	t->form = form;
	t->id = (enum form_id)(form - transcript_forms);
	t->own = t->id == FORM_MSNSCOPE;
	t->crlf = has_crlf(beginning);
	t->margin = find_margin(beginning);
	t->output = output;
	t->ctx = ctx;
	t->last.side = TRANSCRIPT_UNKNOWN;
	t->last.time_ns = TIME_NONE;
	return t;
}

void transcript_parser_free(struct transcript_parser *t)
{
	buffer_free(&t->line);
	buffer_free(&t->scratch);
	buffer_free(&t->held);
	buffer_free(&t->bytes);
	arena_free(&t->arena);
	free(t);
}
