/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/transcript.h"

#include "output/escape.h"
#include "output/event_text.h"
#include "output/hexdump.h"

/* What stands before lines of a payload. */
#define INDENT "    "

static void add_arrow(struct transcript *w, enum msnp_sender from)
{
	switch (w->options.style) {
	case TRANSCRIPT_ARROWS:
		buffer_add_str(&w->out->buffer, from == MSNP_CLIENT ? ">>> " : "<<< ");
		break;
	}
}

/* --- connections --- */

static void add_address(struct buffer *out, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	buffer_add(out, text, address_text(a, text));
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
	add_address(out, &c->client);
	buffer_add_str(out, " -> ");
	add_address(out, &c->server);
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

/* One line of text from begin on; returns where the next one begins. */
static size_t write_text_line(struct buffer *out, struct slice bytes, size_t begin, size_t end, const struct mask *mask)
{
	size_t stop = end > begin && bytes.ptr[end - 1] == '\r' ? end - 1 : end;

	if (stop > begin)
		buffer_add_str(out, INDENT);
	mask_add_part(out, bytes, begin, stop, mask);
	buffer_add_byte(out, '\n');
	return end + 1;
}

static void write_bytes(struct transcript *w, struct slice bytes, size_t begin, const struct mask *mask)
{
	struct buffer *out = &w->out->buffer;

	while (begin < bytes.len) {
		size_t end = begin;

		while (end < bytes.len && bytes.ptr[end] != '\n' && !is_binary(bytes.ptr[end]))
			end++;
		if (end < bytes.len && is_binary(bytes.ptr[end])) {
			hexdump_add_from(out, bytes, begin, mask, INDENT);
			return;
		}
		begin = write_text_line(out, bytes, begin, end, mask);
	}
}

/* Header lines of a message of a web service, without its first line. */
static void write_head(struct transcript *w, const struct event *e)
{
	struct slice head = e->dissection->sources[SOURCE_LINE].data;

	write_bytes(w, head, slice_find_byte(head, '\n') + 1, &w->masks.source[SOURCE_LINE]);
}

static void write_lost_part(struct transcript *w, const struct event *e)
{
	struct buffer *out = &w->out->buffer;

	if (!e->lost_bytes)
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

	if ((e->kind == EVENT_GATEWAY || e->kind == EVENT_PAIR) && e->dissection->summary.len) {
		buffer_add_byte(out, ' ');
		masks_add_text(out, e->dissection->summary, &w->masks);
	}
	buffer_add_byte(out, '\n');
}

static void write_event(void *ctx, const struct event *e)
{
	struct transcript *w = ctx;
	struct buffer *out = &w->out->buffer;

	event_text_masks(&w->masks, e);
	write_connection(w, e->connection);
	if (!is_message(e))
		buffer_add_str(out, "# ");
	add_arrow(w, e->from);
	event_text_command(out, e, &w->masks);
	if (is_message(e)) {
		buffer_add_byte(out, '\n');
		if (e->kind == EVENT_EXCHANGE)
			write_head(w, e);
		write_bytes(w, e->payload, 0, &w->masks.source[SOURCE_PAYLOAD]);
		write_lost_part(w, e);
	} else {
		write_remark(w, e);
	}
	output_record(w->out);
}

/* --- files --- */

static void write_capture(void *ctx, const struct capture_info *c)
{
	struct transcript *w = ctx;
	struct buffer *out = &w->out->buffer;

	buffer_add_str(out, w->begun ? "\n# capture " : "# capture ");
	escape_add_str(out, c->file);
	buffer_add_byte(out, '\n');
	w->begun = true;
	w->connection = 0;
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
}

void transcript_free(struct transcript *w)
{
	masks_free(&w->masks);
}

struct event_sink transcript_sink(struct transcript *w)
{
	return (struct event_sink){.capture = write_capture, .event = write_event, .notice = write_notice, .ctx = w};
}
