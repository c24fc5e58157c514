/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/transcript.h"

#include "output/escape.h"
#include "output/event_text.h"
#include "output/hexdump.h"

/* What stands before lines of a payload. */
#define INDENT "    "

/* Longest line in letters before it is continued, where a blank allows it. */
#define LINE_WIDTH 76u

static void add_mark(struct transcript *w, enum msnp_sender from)
{
	static const char *const marks[][2] = {
		[TRANSCRIPT_ARROWS] = {">>> ", "<<< "},
		[TRANSCRIPT_LETTERS] = {"C: ", "S: "},
	};

	buffer_add_str(&w->out->buffer, marks[w->options.style][from == MSNP_SERVER]);
}

/* --- connections --- */

static void add_address(struct transcript *w, const struct address *a)
{
	struct buffer *out = &w->out->buffer;
	char text[ADDRESS_TEXT_MAX];
	struct slice shown = slice_of(text, address_text(a, text));

	if (w->options.placeholders)
		placeholders_add(w->options.placeholders, out, PLACEHOLDER_HOST, shown);
	else
		buffer_add_slice(out, shown);
}

/* Before the first event, and whenever another connection has its turn. */
static void write_connection(struct transcript *w, const struct connection *c)
{
	struct buffer *out = &w->out->buffer;
	const char *role = connection_role_name(c);

	if (w->connection == c->id)
		return;
	w->connection = c->id;
	buffer_printf(out, "%s# connection %llu: ", w->begun ? "\n" : "", (unsigned long long)c->id);
	w->begun = true;
	add_address(w, &c->client);
	buffer_add_str(out, " -> ");
	add_address(w, &c->server);
	if (role)
		buffer_printf(out, " %s", role);
	if (!c->web && !c->peer)
		buffer_printf(out, " MSNP%d", c->version);
	buffer_add_byte(out, '\n');
}

/* --- payloads --- */

static bool is_binary(uint8_t c)
{
	return c < 0x20 && c != '\t' && c != '\r' && c != '\n';
}

/* A line of a payload: its text is [begin, stop), the next one begins at next. */
struct line {
	size_t begin, stop, next;
	bool bare; /* ends in LF alone */
	bool odd;  /* cannot be written as text */
};

static struct line next_line(struct slice bytes, size_t begin)
{
	struct slice rest = slice_sub(bytes, begin, bytes.len);
	size_t end = begin + slice_find_byte(rest, '\n');
	bool ended = end < bytes.len, cr = ended && end > begin && bytes.ptr[end - 1] == '\r';
	struct line l = {begin, cr ? end - 1 : end, ended ? end + 1 : end, ended && !cr, false};

	for (size_t i = begin; i < l.stop; i++)
		l.odd |= is_binary(bytes.ptr[i]) || bytes.ptr[i] == '\r';
	l.odd |= l.stop - begin >= 2 && memcmp(bytes.ptr + l.stop - 2, "\\n", 2) == 0;
	return l;
}

static void write_text_line(struct buffer *out, struct slice bytes, struct line l, const struct mask *mask, bool ends)
{
	bool bare = ends && l.bare;

	if (l.stop > l.begin || bare)
		buffer_add_str(out, INDENT);
	mask_add_part(out, bytes, l.begin, l.stop, mask);
	buffer_add_str(out, bare ? "\\n\n" : "\n");
}

/* ends: tell lines that end in LF alone. */
static void write_bytes(struct transcript *w, struct slice bytes, size_t begin, const struct mask *mask, bool ends)
{
	struct buffer *out = &w->out->buffer;

	while (begin < bytes.len) {
		struct line l = next_line(bytes, begin);

		if (l.odd && w->options.placeholders) {
			/* Bytes that nobody reads may hold anything. */
			buffer_printf(out, "# (%zu bytes are not shown)\n", bytes.len - begin);
			return;
		}
		if (l.odd) {
			hexdump_add_from(out, bytes, begin, mask, INDENT);
			return;
		}
		write_text_line(out, bytes, l, mask, ends);
		begin = l.next;
	}
}

static void write_lost_part(struct transcript *w, const struct event *e)
{
	struct buffer *out = &w->out->buffer;

	if (!e->lost_bytes && !e->unreliable)
		return;
	buffer_add_byte(out, '#');
	event_text_partial(out, e);
	buffer_add_byte(out, '\n');
}

/* --- events --- */

static bool is_message(const struct event *e)
{
	return e->kind == EVENT_COMMAND || e->kind == EVENT_EXCHANGE || e->kind == EVENT_PEER;
}

static void write_remark(struct transcript *w, const struct event *e)
{
	struct buffer *out = &w->out->buffer;
	bool remark = e->kind == EVENT_GATEWAY || e->kind == EVENT_MISSING || e->kind == EVENT_TLS;

	if (remark && e->dissection->summary.len && !w->options.placeholders) {
		buffer_add_byte(out, ' ');
		masks_add_text(out, e->dissection->summary, &w->masks);
	}
	buffer_add_byte(out, '\n');
}

/* Where a line that begins at from is too long it goes on behind "..": at blanks with none beside them. */
static void fold(struct buffer *out, size_t from)
{
	struct buffer folded = {NULL, 0, 0};
	size_t begin = from, blank = 0;

	for (size_t i = from; i < out->len; i++) {
		bool single = out->data[i] == ' ' && i > begin && i + 1 < out->len && out->data[i - 1] != ' ' && out->data[i + 1] != ' ';

		if (i - begin >= LINE_WIDTH && blank > begin) {
			buffer_add(&folded, out->data + begin, blank - begin);
			buffer_add_str(&folded, "\n.. ");
			begin = blank + 1;
		}
		if (single)
			blank = i;
	}
	buffer_add(&folded, out->data + begin, out->len - begin);
	out->len = from;
	buffer_add_slice(out, buffer_slice(&folded));
	buffer_free(&folded);
}

static void note_goodbye(struct transcript *w, const struct event *e)
{
	if (e->kind != EVENT_COMMAND || !slice_eq_str(e->name, "OUT"))
		return;
	w->goodbye.connection = e->connection->id;
	w->goodbye.from = e->from;
}

/* Its line, or with placeholders what is left of it; head: of web services all header lines. */
static void write_message(struct transcript *w, const struct event *e)
{
	static const struct mask none = {NULL, 0, 0};
	struct buffer *out = &w->out->buffer;
	bool redacted = w->options.placeholders != NULL, command = e->kind == EVENT_COMMAND;
	struct slice head = redacted ? buffer_slice(&w->redaction.head) : e->dissection->sources[SOURCE_LINE].data;
	struct slice payload = redacted ? buffer_slice(&w->redaction.payload) : e->payload;
	size_t from = out->len, first = command ? head.len : slice_find_byte(head, '\n');

	add_mark(w, e->from);
	if (redacted && head.len)
		escape_add(out, slice_sub(head, 0, first && first < head.len && head.ptr[first - 1] == '\r' ? first - 1 : first));
	else
		event_text_command(out, e, &w->masks);
	if (command && w->options.style == TRANSCRIPT_LETTERS)
		fold(out, from);
	buffer_add_byte(out, '\n');
	if (e->kind == EVENT_EXCHANGE)
		write_bytes(w, head, first + 1, redacted ? &none : &w->masks.source[SOURCE_LINE], false);
	write_bytes(w, payload, 0, redacted ? &none : &w->masks.source[SOURCE_PAYLOAD], command);
	write_lost_part(w, e);
}

static void write_event(void *ctx, const struct event *e)
{
	struct transcript *w = ctx;
	struct buffer *out = &w->out->buffer;

	event_text_masks(&w->masks, e);
	write_connection(w, e->connection);
	note_goodbye(w, e);
	if (w->options.placeholders && is_message(e))
		redaction_event(&w->redaction, e);
	if (is_message(e)) {
		write_message(w, e);
	} else {
		buffer_add_str(out, "# ");
		add_mark(w, e->from);
		if (e->kind == EVENT_SKIPPED && w->options.placeholders)
			buffer_printf(out, "(skipped %llu bytes)", (unsigned long long)e->skipped_bytes);
		else
			event_text_command(out, e, &w->masks);
		write_remark(w, e);
	}
	output_record(w->out);
}

/* Pages say who closes a connection; that is seen where OUT came before. */
static void write_connection_end(void *ctx, const struct connection *c)
{
	struct transcript *w = ctx;
	bool closed = c->end_reason && (strcmp(c->end_reason, "fin") == 0 || strcmp(c->end_reason, "rst") == 0);

	if (w->options.style != TRANSCRIPT_LETTERS || !closed || w->goodbye.connection != c->id)
		return;
	write_connection(w, c);
	buffer_add_str(&w->out->buffer, w->goodbye.from == MSNP_SERVER ? "Server disconnects client.\n" :
									 "Client disconnects from server.\n");
	output_record(w->out);
}

/* --- files --- */

static void add_file(struct transcript *w, const char *path)
{
	struct buffer *out = &w->out->buffer, name = {NULL, 0, 0};

	if (w->options.placeholders)
		placeholders_add_file(w->options.placeholders, &name, slice_str(path));
	else
		buffer_add_str(&name, path);
	escape_add(out, buffer_slice(&name));
	buffer_free(&name);
}

static void write_capture(void *ctx, const struct capture_info *c)
{
	struct transcript *w = ctx;
	struct buffer *out = &w->out->buffer;

	buffer_add_str(out, w->begun ? "\n# capture " : "# capture ");
	add_file(w, c->file);
	buffer_add_byte(out, '\n');
	w->begun = true;
	w->connection = w->goodbye.connection = 0;
	output_record(w->out);
}

static void write_notice(void *ctx, const struct notice *n)
{
	struct transcript *w = ctx;
	struct buffer *out = &w->out->buffer;

	buffer_printf(out, "# %s: ", severity_name(n->severity));
	escape_add(out, n->text);
	buffer_add_byte(out, '\n');
	w->begun = true;
	output_record(w->out);
}

void transcript_init(struct transcript *w, struct output *out, struct transcript_options options)
{
	*w = (struct transcript){.out = out, .options = options};
	masks_init(&w->masks, options.show_secrets);
	redaction_init(&w->redaction, options.placeholders);
}

void transcript_free(struct transcript *w)
{
	masks_free(&w->masks);
	redaction_free(&w->redaction);
}

struct event_sink transcript_sink(struct transcript *w)
{
	return (struct event_sink){
		.capture = write_capture,
		.event = write_event,
		.connection_end = write_connection_end,
		.notice = write_notice,
		.ctx = w,
	};
}
