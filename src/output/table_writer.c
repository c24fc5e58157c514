/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/table_writer.h"

#include "output/csv.h"
#include "output/escape.h"

const char *table_format_name(enum table_format f)
{
	static const char *const names[TABLE_FORMATS] = {"mediawiki", "markdown", "csv", "json"};

	return names[f];
}

/* --- escaping --- */

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_byte(uint8_t c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c >= 0x80;
}

/* The neighbours of a byte; 0 at the ends of a line. */
struct around {
	uint8_t before, after;
};

static struct around around(struct slice s, size_t at)
{
	return (struct around){at ? s.ptr[at - 1] : 0, at + 1 < s.len ? s.ptr[at + 1] : 0};
}

static void add_entity(struct buffer *out, uint8_t c)
{
	buffer_printf(out, "&#%u;", c);
}

/* Blanks that a renderer would drop. */
static bool is_lost_blank(uint8_t c, struct around a)
{
	return c == ' ' && (!a.before || !a.after || a.before == ' ');
}

/*
 * Tables, templates, links, tags and entities begin with one byte; bold,
 * switches and signatures with two of the same; lists, headings and rows at the
 * beginning; addresses where a scheme ends.
 */
static bool is_mediawiki(uint8_t c, struct around a)
{
	switch (c) {
	case '&':
	case '<':
	case '>':
	case '|':
	case '{':
	case '}':
	case '[':
	case ']':
	case '~':
		return true;
	case '\'':
	case '_':
		return a.before == c || a.after == c;
	case '-':
	case '+':
	case '*':
	case '#':
	case ';':
	case '=':
	case '!':
		return !a.before;
	case ':':
		return !a.before || (is_letter(a.before) && a.after && a.after != ' ');
	default:
		return is_lost_blank(c, a);
	}
}

static void add_mediawiki(struct buffer *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_mediawiki(s.ptr[i], around(s, i)))
			add_entity(out, s.ptr[i]);
		else
			buffer_add_byte(out, s.ptr[i]);
	}
}

/* A backslash is written as an entity, so that none stands before a '|' that does not belong to it. */
static void add_markdown_byte(struct buffer *out, uint8_t c, struct around a)
{
	switch (c) {
	case '&':
	case '<':
	case '>':
	case '\\':
		add_entity(out, c);
		break;
	case '|':
	case '`':
	case '*':
	case '[':
	case ']':
	case '~':
	case '$':
		buffer_add_byte(out, '\\');
		buffer_add_byte(out, c);
		break;
	case '_':
		if (!is_word_byte(a.before) || !is_word_byte(a.after))
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, c);
		break;
	default:
		if (is_lost_blank(c, a))
			add_entity(out, c);
		else
			buffer_add_byte(out, c);
		break;
	}
}

static void add_markdown(struct buffer *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		add_markdown_byte(out, s.ptr[i], around(s, i));
}

static void add_escaped(struct buffer *out, enum table_format format, struct slice s)
{
	if (format == TABLE_MEDIAWIKI)
		add_mediawiki(out, s);
	else if (format == TABLE_MARKDOWN)
		add_markdown(out, s);
	else
		csv_add(out, s);
}

/* --- rows --- */

static void begin_cell(struct table_writer *w)
{
	struct buffer *out = &w->out->buffer;

	if (w->format == TABLE_JSON) {
		if (w->column == 0) {
			buffer_add_str(out, w->rows ? ",\n" : "\n");
			w->json = json_to(out, false);
			json_begin_object(&w->json);
		}
		json_key_plain(&w->json, w->columns[w->column].name, strlen(w->columns[w->column].name));
	} else if (w->format == TABLE_CSV) {
		buffer_add_str(out, w->column ? "," : "");
	} else if (w->format == TABLE_MARKDOWN) {
		buffer_add_str(out, w->column ? " | " : "| ");
	} else {
		buffer_add_str(out, w->column ? "| " : "|-\n| ");
	}
}

static void end_row(struct table_writer *w)
{
	struct buffer *out = &w->out->buffer;

	if (w->format == TABLE_JSON)
		json_end_object(&w->json);
	else if (w->format == TABLE_CSV)
		buffer_add_str(out, "\r\n");
	else if (w->format == TABLE_MARKDOWN)
		buffer_add_str(out, " |\n");
	w->rows = true;
	w->column = 0;
	output_record(w->out);
}

static void end_cell(struct table_writer *w)
{
	if (w->format == TABLE_MEDIAWIKI)
		buffer_add_byte(&w->out->buffer, '\n');
	if (++w->column == w->count)
		end_row(w);
}

void table_text(struct table_writer *w, struct slice text)
{
	begin_cell(w);
	if (w->format == TABLE_JSON) {
		json_string(&w->json, text);
	} else {
		w->cell.len = 0;
		escape_add(&w->cell, text);
		add_escaped(&w->out->buffer, w->format, buffer_slice(&w->cell));
	}
	end_cell(w);
}

static void add_lines(struct table_writer *w, struct slice text)
{
	const char *parting = w->format == TABLE_MEDIAWIKI ? "<br />" : "<br>";

	while (text.len) {
		size_t end = slice_find_byte(text, '\n');

		add_escaped(&w->out->buffer, w->format, slice_sub(text, 0, end));
		if (end < text.len)
			buffer_add_str(&w->out->buffer, parting);
		text = slice_sub(text, end + 1, text.len);
	}
}

void table_lines(struct table_writer *w, const char *text)
{
	if (!text || !*text) {
		table_empty(w);
		return;
	}
	begin_cell(w);
	if (w->format == TABLE_JSON)
		json_str(&w->json, text);
	else if (w->format == TABLE_CSV)
		csv_add(&w->out->buffer, slice_str(text));
	else
		add_lines(w, slice_str(text));
	end_cell(w);
}

void table_number(struct table_writer *w, uint64_t n)
{
	begin_cell(w);
	if (w->format == TABLE_JSON)
		json_u64(&w->json, n);
	else
		buffer_add_u64(&w->out->buffer, n);
	end_cell(w);
}

void table_empty(struct table_writer *w)
{
	begin_cell(w);
	if (w->format == TABLE_JSON)
		json_null(&w->json);
	end_cell(w);
}

/* --- the whole --- */

static void begin_markdown(struct table_writer *w, const char *caption)
{
	struct buffer *out = &w->out->buffer;

	add_markdown(out, slice_str(caption));
	buffer_add_str(out, "\n\n");
	for (size_t i = 0; i < w->count; i++) {
		buffer_add_str(out, i ? " | " : "| ");
		add_markdown(out, slice_str(w->columns[i].heading));
	}
	buffer_add_str(out, " |\n");
	for (size_t i = 0; i < w->count; i++)
		buffer_add_str(out, i ? " | ---" : "| ---");
	buffer_add_str(out, " |\n");
}

static void begin_mediawiki(struct table_writer *w, const char *caption)
{
	struct buffer *out = &w->out->buffer;

	buffer_add_str(out, "{| class=\"wikitable sortable\"\n|+ ");
	add_mediawiki(out, slice_str(caption));
	buffer_add_byte(out, '\n');
	for (size_t i = 0; i < w->count; i++) {
		buffer_add_str(out, "! ");
		add_mediawiki(out, slice_str(w->columns[i].heading));
		buffer_add_byte(out, '\n');
	}
}

static void begin_csv(struct table_writer *w)
{
	for (size_t i = 0; i < w->count; i++)
		buffer_printf(&w->out->buffer, "%s%s", i ? "," : "", w->columns[i].name);
	buffer_add_str(&w->out->buffer, "\r\n");
}

void table_begin(struct table_writer *w, struct output *out, enum table_format format, const char *caption,
		 const struct table_column *columns, size_t count)
{
	*w = (struct table_writer){.out = out, .format = format, .columns = columns, .count = count};
	if (format == TABLE_JSON)
		buffer_add_byte(&out->buffer, '[');
	else if (format == TABLE_CSV)
		begin_csv(w);
	else if (format == TABLE_MARKDOWN)
		begin_markdown(w, caption);
	else
		begin_mediawiki(w, caption);
}

void table_end(struct table_writer *w)
{
	if (w->format == TABLE_JSON)
		buffer_add_str(&w->out->buffer, w->rows ? "\n]\n" : "]\n");
	else if (w->format == TABLE_MEDIAWIKI)
		buffer_add_str(&w->out->buffer, "|}\n");
	output_record(w->out);
	buffer_free(&w->cell);
}
