/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms that mark their lines: one reader for each. */
#include "transcript/forms.h"

#include "dissectors/msnp_line.h"
#include "util/moment.h"

const struct transcript_form transcript_forms[FORM_COUNT] = {
	[FORM_MSNSCOPE] = {"msnscope", false, false, true, false},
	[FORM_PIDGIN] = {"pidgin", false, false, false, false},
	[FORM_AMSN] = {"amsn", false, false, false, false},
	[FORM_PAPYON] = {"papyon", false, false, false, false},
	[FORM_ESCARGOT] = {"escargot", false, false, true, false},
	[FORM_MIRANDA] = {"miranda", false, false, false, false},
	[FORM_MSNPSHARP] = {"msnpsharp", false, false, false, false},
	[FORM_ARROWS] = {"arrows", false, false, false, false},
	[FORM_LETTERS] = {"letters", false, false, false, false},
	[FORM_SINGLE_ARROWS] = {"single-arrows", false, false, false, false},
	[FORM_DOUBLE_ARROWS] = {"double-arrows", false, false, false, false},
	[FORM_PACKET_LIST] = {"packet-list", true, false, false, false},
	[FORM_LINES] = {"lines", false, false, false, false},
	[FORM_HEX_DUMP] = {"hex-dump", false, true, false, false},
	[FORM_FOLLOW_ASCII] = {"follow-ascii", false, true, false, false},
	[FORM_FOLLOW_RAW] = {"follow-raw", false, true, false, false},
	[FORM_FOLLOW_YAML] = {"follow-yaml", true, true, false, true},
};

/* --- commands --- */

bool looks_like_command(struct slice text)
{
	return msnp_name_plausible(text) == CANDIDATE_YES || (text.len == 3 && msnp_name_plausible(text) != CANDIDATE_NO);
}

bool is_known_command(struct slice text)
{
	struct arena arena = {0};
	bool known = false;

	if (!looks_like_command(text) || text.len > MSNP_LINE_MAX)
		return false;
	struct msnp_words words = msnp_split(text, &arena);
	known = msnp_evidence(words, MSNP_CLIENT, &arena).roles || msnp_evidence(words, MSNP_SERVER, &arena).roles;
	arena_free(&arena);
	return known;
}

/* --- mark-up --- */

static bool tag_at(struct slice text, size_t at, size_t *end)
{
	static const char *const tags[] = {"[email]", "[/email]", "[url]", "[/url]", "[/COLOR]", "[COLOR=", "[url="};
	struct slice rest = slice_sub(text, at, text.len);

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (!slice_case_has_prefix(rest, slice_str(tags[i])))
			continue;
		*end = at + slice_find_byte(rest, ']') + 1;
		return *end <= text.len;
	}
	return false;
}

/* "[text](address)", which stands for its text. */
static bool link_at(struct slice text, size_t at, struct slice *shown, size_t *end)
{
	struct slice rest = slice_sub(text, at + 1, text.len), address;

	if (text.ptr[at] != '[' || !take_until(&rest, ']', shown) || !take(&rest, "(") || !take_until(&rest, ')', &address))
		return false;
	*end = text.len - rest.len;
	return slice_has_prefix(*shown, SLICE_LIT("http"));
}

static bool entity_at(struct slice text, size_t at, uint8_t *byte, size_t *end)
{
	static const struct {
		const char *name;
		uint8_t byte;
	} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&amp;", '&'}};

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (!slice_has_prefix(slice_sub(text, at, text.len), slice_str(entities[i].name)))
			continue;
		*byte = entities[i].byte;
		*end = at + strlen(entities[i].name);
		return true;
	}
	return false;
}

struct slice strip_markup(struct buffer *scratch, struct slice text, bool escaped)
{
	struct slice shown;
	size_t end;
	uint8_t byte;

	scratch->len = 0;
	for (size_t at = 0; at < text.len;) {
		if (escaped && entity_at(text, at, &byte, &end)) {
			buffer_add_byte(scratch, byte);
		} else if (text.ptr[at] == '[' && tag_at(text, at, &end)) {
			;
		} else if (text.ptr[at] == '[' && link_at(text, at, &shown, &end)) {
			buffer_add_slice(scratch, shown);
		} else {
			buffer_add_byte(scratch, text.ptr[at]);
			end = at + 1;
		}
		at = end;
	}
	return scratch->len == text.len ? text : buffer_slice(scratch);
}

bool has_omission(struct slice text)
{
	static const char *const marks[] = {"<truncated>", "...", "***", "\xe2\x80\xa6"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (slice_find(text, slice_str(marks[i])) < text.len)
			return true;
	return false;
}

/* --- one form each --- */

static enum transcript_role role_named(struct slice name)
{
	if (slice_case_has_prefix(name, SLICE_LIT("NS")))
		return TRANSCRIPT_NS;
	if (slice_case_has_prefix(name, SLICE_LIT("SB")))
		return TRANSCRIPT_SB;
	return slice_case_has_prefix(name, SLICE_LIT("DS")) ? TRANSCRIPT_DS : TRANSCRIPT_NO_ROLE;
}

/* What stands behind the mark is a command, or else the line says something else. */
static bool command(struct mark *m, enum transcript_side side, struct slice text)
{
	m->side = side;
	m->text = text;
	m->kind = looks_like_command(text) ? MARK_COMMAND : MARK_OTHER;
	return true;
}

/* "# connection 2: 192.0.2.10:1038 -> 198.51.100.20:1863 NS MSNP8" */
static bool read_connection(struct slice rest, struct mark *m)
{
	struct slice whole = rest, number, from, to, role = SLICE_EMPTY;
	uint64_t n, version;

	if (!take(&rest, "connection ") || !take_until(&rest, ':', &number) || !slice_u64(number, &n) || !take(&rest, " "))
		return false;
	m->key = slice_sub(whole, 0, strlen("connection ") + number.len);
	m->kind = MARK_OPEN;
	if (!take_until(&rest, ' ', &from) || !take(&rest, "-> ") || !take_until(&rest, ' ', &to))
		return true;
	if (!scan_address(from, &m->address[0]) || !scan_address(to, &m->address[1]))
		memset(m->address, 0, sizeof(m->address));
	m->foreign = slice_eq_str(rest, "WS") || slice_eq_str(rest, "P2P");
	if (take_until(&rest, ' ', &role))
		m->role = role_named(role);
	if (take(&rest, "MSNP") && slice_u64(rest, &version) && version <= MSNP_NEWEST)
		m->version = (int)version;
	return true;
}

static bool read_msnscope(struct slice line, struct mark *m)
{
	if (!take(&line, "# "))
		return false;
	if (!read_connection(line, m))
		m->kind = slice_has_prefix(line, SLICE_LIT("capture ")) ? MARK_CLOSE : MARK_OTHER;
	return true;
}

/* "[/COLOR][COLOR=#666666](01:01:03) **msn:** C: NS 000: VER 1 MSNP18 CVR0"; the time, or "(" before it, may be missing. */
static bool read_pidgin(struct slice line, struct mark *m)
{
	struct slice rest = line, key;
	size_t end;
	bool timed;

	while (rest.len && rest.ptr[0] == '[' && tag_at(rest, 0, &end))
		rest = slice_sub(rest, end, rest.len);
	take(&rest, "(");
	timed = take_clock(&rest, &m->time_ns) && take(&rest, ") ");
	if (!timed)
		m->time_ns = TIME_NONE;
	take(&rest, "**");
	if (take(&rest, "msn:") && (take(&rest, "**"), true) && slice_sub(rest, 0, 3).len == 3) {
		bool client = take(&rest, " C: "), server = !client && take(&rest, " S: ");

		if ((client || server) && take_until(&rest, ':', &key) && role_named(key) != TRANSCRIPT_NO_ROLE) {
			take(&rest, " ");
			m->key = key;
			m->role = role_named(key);
			return command(m, client ? TRANSCRIPT_CLIENT : TRANSCRIPT_SERVER, rest);
		}
		m->kind = MARK_OTHER;
		return true;
	}
	m->kind = MARK_OTHER;
	return timed;
}

/* "[20:33:47] ->ns-sock7 VER 1 MSNP12 CVR0" */
static bool read_amsn(struct slice line, struct mark *m)
{
	struct slice rest = line, key;
	bool client;

	if (!take(&rest, "[") || !take_clock(&rest, &m->time_ns) || !take(&rest, "] "))
		return false;
	m->kind = MARK_OTHER;
	client = take(&rest, "->");
	if ((!client && !take(&rest, "<-")) || !take_until(&rest, ' ', &key))
		return true;
	m->key = key;
	m->role = role_named(key);
	if (m->role == TRANSCRIPT_NO_ROLE && slice_find(key, SLICE_LIT("sb")) < key.len)
		m->role = TRANSCRIPT_SB;
	return command(m, client ? TRANSCRIPT_CLIENT : TRANSCRIPT_SERVER, rest);
}

/* ">>> " of the client, "<<< " of the server, also as HTML writes them. */
static bool take_arrow(struct slice *rest, enum transcript_side *side, bool *escaped)
{
	static const struct {
		const char *text;
		enum transcript_side side;
		bool escaped;
	} arrows[] = {
		{">>>", TRANSCRIPT_CLIENT, false},
		{"<<<", TRANSCRIPT_SERVER, false},
		{"&gt;&gt;&gt;", TRANSCRIPT_CLIENT, true},
		{"&lt;&lt;&lt;", TRANSCRIPT_SERVER, true},
	};

	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++) {
		if (!take(rest, arrows[i].text))
			continue;
		*side = arrows[i].side;
		*escaped = arrows[i].escaped;
		return rest->len == 0 || take(rest, " ");
	}
	return false;
}

/* "[11:44:11 DEBUG papyon.transport] >>> VER 0 MSNP18", "(18:23:03) papyon.transport:>>> XFR 18 SB" */
static bool read_papyon(struct slice line, struct mark *m)
{
	struct slice rest = line, source;
	enum transcript_side side;

	if (take(&rest, "[")) {
		if (!take_clock(&rest, &m->time_ns) || !take(&rest, " ") || !take_until(&rest, ']', &source) ||
		    slice_find(source, SLICE_LIT("papyon")) == source.len)
			return false;
		take_blanks(&rest);
	} else {
		if (take(&rest, "(") && (!take_clock(&rest, &m->time_ns) || !take(&rest, ") ")))
			return false;
		if (!slice_has_prefix(rest, SLICE_LIT("papyon.")) || !take_until(&rest, ':', &source))
			return false;
	}
	m->kind = MARK_OTHER;
	if (slice_find(source, SLICE_LIT("papyon.transport")) == source.len || !take_arrow(&rest, &side, &m->escaped))
		return true;
	return command(m, side, rest);
}

/* "NS/9c58 >>> VER 1 MSNP8 CVR0", "NS/9c58 con", "NS/9c58 dis" */
static bool read_escargot(struct slice line, struct mark *m)
{
	struct slice rest = line, key;

	if (!take_until(&rest, ' ', &key) || key.len < 4 || key.ptr[2] != '/' || role_named(key) == TRANSCRIPT_NO_ROLE)
		return false;
	m->key = key;
	m->role = role_named(key);
	m->kind = MARK_OTHER;
	if (slice_eq_str(rest, "con") || slice_eq_str(rest, "dis")) {
		m->kind = slice_eq_str(rest, "con") ? MARK_OPEN : MARK_CLOSE;
		return true;
	}
	return take_arrow(&rest, &m->side, &m->escaped) && command(m, m->side, rest);
}

/* "[21:21:15 05B0] [MSN_1] (00E13870:1240) Data sent", and the bytes below it */
static bool read_miranda(struct slice line, struct mark *m)
{
	struct slice rest = line, thread, account;

	if (!take(&rest, "[") || !take_clock(&rest, &m->time_ns) || !take(&rest, " ") || !take_until(&rest, ']', &thread) ||
	    !take(&rest, " [") || !take_until(&rest, ']', &account) || slice_find_byte(thread, ' ') < thread.len)
		return false;
	m->kind = MARK_OTHER;
	if (!take(&rest, " (") || !take_until(&rest, ')', &m->key))
		return true;
	if (slice_has_prefix(rest, SLICE_LIT(" Data sent")) || slice_has_prefix(rest, SLICE_LIT(" Data received"))) {
		m->kind = MARK_CHUNK;
		m->side = slice_has_prefix(rest, SLICE_LIT(" Data sent")) ? TRANSCRIPT_CLIENT : TRANSCRIPT_SERVER;
	}
	return true;
}

/* "NSMessageProcessor: Outgoing message:" above the command, "NSMessageHandler: Incoming NS command: VER 1 MSNP18" */
static bool read_msnpsharp(struct slice line, struct mark *m)
{
	struct slice rest = line, source, role;

	if (!take_until(&rest, ':', &source) || !take(&rest, " ") ||
	    slice_find(source, SLICE_LIT("Message")) == source.len)
		return false;
	m->kind = MARK_OTHER;
	m->key = slice_sub(source, 0, 2);
	m->role = role_named(source);
	if (slice_eq_str(rest, "Outgoing message:")) {
		m->kind = MARK_NEXT;
		m->side = TRANSCRIPT_CLIENT;
		return true;
	}
	if (!take(&rest, "Incoming ") || !take_until(&rest, ' ', &role) || !take(&rest, "command: "))
		return true;
	return command(m, TRANSCRIPT_SERVER, rest);
}

static bool read_arrows(struct slice line, struct mark *m)
{
	if (!take_arrow(&line, &m->side, &m->escaped))
		return false;
	if (line.len)
		return command(m, m->side, line);
	m->kind = MARK_CLOSE;
	return true;
}

static bool read_closing(struct slice line, struct mark *m)
{
	bool client = slice_has_prefix(line, SLICE_LIT("Client disconnects"));

	if (!client && !slice_has_prefix(line, SLICE_LIT("Server disconnects")))
		return false;
	m->kind = MARK_CLOSE;
	m->side = client ? TRANSCRIPT_CLIENT : TRANSCRIPT_SERVER;
	return true;
}

/* Two marks of one character or word, the client's and the server's; what follows must be a command. */
static bool read_pair(struct slice line, struct mark *m, const char *client, const char *server)
{
	bool sent = take(&line, client);

	return (sent || take(&line, server)) && looks_like_command(line) &&
	       command(m, sent ? TRANSCRIPT_CLIENT : TRANSCRIPT_SERVER, line);
}

static bool read_letters(struct slice line, struct mark *m)
{
	if (take(&line, ".. ")) {
		m->kind = MARK_CONTINUE;
		m->text = line;
		return true;
	}
	return read_closing(line, m) || read_pair(line, m, "C: ", "S: ");
}

static bool read_single_arrows(struct slice line, struct mark *m)
{
	return read_pair(line, m, "> ", "< ");
}

/* In comments of sources: "//=>VER 1 MSNP18 CVR0\r\n". */
static bool read_double_arrows(struct slice line, struct mark *m)
{
	take_blanks(&line);
	if (!take(&line, "//"))
		take(&line, "#");
	take_blanks(&line);
	return read_pair(line, m, "=> ", "<= ") || read_pair(line, m, "=>", "<=");
}

static bool read_packet_list(struct slice line, struct mark *m)
{
	struct packet_row row;

	if (!packet_row_read(line, &row))
		return false;
	m->time_ns = row.time_ns;
	if (!slice_eq_str(row.protocol, "MSNMS")) {
		m->kind = MARK_OTHER;
		return true;
	}
	/* Both directions have the ends in the same order. */
	bool turned = row.source.len > row.destination.len ||
		      (row.source.len == row.destination.len && memcmp(row.source.ptr, row.destination.ptr, row.source.len) > 0);
	scan_address(turned ? row.destination : row.source, &m->address[0]);
	scan_address(turned ? row.source : row.destination, &m->address[1]);
	return command(m, turned ? TRANSCRIPT_SECOND : TRANSCRIPT_FIRST, row.info);
}

static bool (*const readers[])(struct slice line, struct mark *m) = {
	[FORM_MSNSCOPE] = read_msnscope,
	[FORM_PIDGIN] = read_pidgin,
	[FORM_AMSN] = read_amsn,
	[FORM_PAPYON] = read_papyon,
	[FORM_ESCARGOT] = read_escargot,
	[FORM_MIRANDA] = read_miranda,
	[FORM_MSNPSHARP] = read_msnpsharp,
	[FORM_ARROWS] = read_arrows,
	[FORM_LETTERS] = read_letters,
	[FORM_SINGLE_ARROWS] = read_single_arrows,
	[FORM_DOUBLE_ARROWS] = read_double_arrows,
	[FORM_PACKET_LIST] = read_packet_list,
};

#define MARKED_FORMS (sizeof(readers) / sizeof(readers[0]))

bool mark_read(enum form_id form, struct slice line, struct mark *m)
{
	*m = (struct mark){.kind = MARK_OTHER, .side = TRANSCRIPT_UNKNOWN, .time_ns = TIME_NONE};
	return (size_t)form < MARKED_FORMS && readers[form](line, m);
}

/* More telling than a line that only says what it is not. */
static bool is_dialogue(const struct mark *m)
{
	return m->kind != MARK_OTHER;
}

enum form_id mark_find(struct slice line, struct mark *m)
{
	enum form_id other = FORM_COUNT;
	struct mark mark;

	for (size_t i = 0; i < MARKED_FORMS; i++) {
		if (!mark_read((enum form_id)i, line, &mark))
			continue;
		if (is_dialogue(&mark)) {
			*m = mark;
			return (enum form_id)i;
		}
		if (other == FORM_COUNT) {
			other = (enum form_id)i;
			*m = mark;
		}
	}
	return other;
}
