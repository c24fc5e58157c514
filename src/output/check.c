/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/check.h"

#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/sarif.h"
#include "output/style.h"
#include "util/memory.h"

static struct buffer *buffer_of(const struct check *c)
{
	return &c->out->buffer;
}

void check_init(struct check *c, struct output *out, const struct check_options *options)
{
	*c = (struct check){.out = out, .options = *options};
	masks_init(&c->masks, options->show_secrets);
	sighting_frames_init(&c->frames);
}

void check_free(struct check *c)
{
	masks_free(&c->masks);
	sighting_frames_free(&c->frames);
	free(c->file);
}

static bool is_wanted(const struct check *c, const struct finding *f)
{
	return f->rule->severity >= c->options.least && c->options.rules.has[rule_index(f->rule)];
}

/* --- findings --- */

static void add_text(struct check *c, const struct finding *f)
{
	masks_add_text(buffer_of(c), f->text.len ? f->text : slice_str(f->rule->explanation), &c->masks);
}

static void write_line(struct check *c, const struct event *e, uint64_t frame, const struct finding *f)
{
	struct buffer *out = buffer_of(c);
	enum style style = style_of_severity(f->rule->severity);

	sighting_add(out, c->file, frame, e->id);
	buffer_add_str(out, ", ");
	style_begin(out, c->options.colour, style);
	buffer_add_str(out, severity_name(f->rule->severity));
	buffer_add_byte(out, ' ');
	buffer_add_str(out, f->rule->id);
	style_end(out, c->options.colour, style);
	if (f->rule->verdict == VERDICT_UNCOVERED)
		buffer_add_str(out, " (not covered)");
	buffer_add_str(out, ": ");
	add_text(c, f);
	if (f->field && f->field->def) {
		buffer_add_str(out, " [");
		buffer_add_str(out, f->field->def->name);
		buffer_add_byte(out, ']');
	}
	buffer_add_byte(out, '\n');
}

/* The text of a finding as readers get it: escaped, secrets masked. */
static struct slice text_of(struct check *c, struct buffer *text, const struct finding *f)
{
	masks_add_text(text, f->text.len ? f->text : slice_str(f->rule->explanation), &c->masks);
	return buffer_slice(text);
}

static void write_json(struct check *c, const struct event *e, uint64_t frame, const struct finding *f)
{
	struct json j = json_to(buffer_of(c), false);
	struct buffer text = {NULL, 0, 0};

	json_begin_object(&j);
	JSON_KEY(&j, "type");
	json_str(&j, "finding");
	sighting_json(&j, c->file, frame, e->id);
	JSON_KEY(&j, "connection");
	json_u64(&j, e->connection->id);
	JSON_KEY(&j, "from");
	json_str(&j, e->from == MSNP_CLIENT ? "client" : "server");
	JSON_KEY(&j, "role");
	json_str(&j, connection_role_name(e->connection));
	JSON_KEY(&j, "name");
	json_string(&j, e->name);
	JSON_KEY(&j, "rule");
	json_str(&j, f->rule->id);
	JSON_KEY(&j, "severity");
	json_str(&j, severity_name(f->rule->severity));
	JSON_KEY(&j, "verdict");
	json_str(&j, verdict_name(f->rule->verdict));
	JSON_KEY(&j, "text");
	json_string(&j, text_of(c, &text, f));
	JSON_KEY(&j, "field");
	json_str(&j, f->field && f->field->def ? f->field->def->name : NULL);
	json_end_object(&j);
	buffer_add_byte(buffer_of(c), '\n');
	buffer_free(&text);
}

static void write_sarif(struct check *c, const struct event *e, uint64_t frame, const struct finding *f)
{
	struct buffer text = {NULL, 0, 0};
	struct sarif_result r = {c->file, frame, e->id, e->connection->id, f->rule, f->rule->severity, text_of(c, &text, f), !c->any_result};

	sarif_result(buffer_of(c), &r);
	c->any_result = true;
	buffer_free(&text);
}

static void write_finding(struct check *c, const struct event *e, uint64_t frame, const struct finding *f)
{
	size_t rule = rule_index(f->rule);

	c->count[rule]++;
	if (c->in_file[rule]++ == 0)
		c->files[rule]++;
	if (c->options.format == CHECK_JSON)
		write_json(c, e, frame, f);
	else if (c->options.format == CHECK_SARIF)
		write_sarif(c, e, frame, f);
	else if (c->options.all || c->in_file[rule] <= CHECK_SHOWN_DEFAULT)
		write_line(c, e, frame, f);
	output_record(c->out);
}

/* --- the sink --- */

static void begin(struct check *c)
{
	if (c->options.format == CHECK_SARIF && !c->begun)
		sarif_begin(buffer_of(c));
	c->begun = true;
}

static void on_capture(void *ctx, const struct capture_info *info)
{
	struct check *c = ctx;
	size_t size = strlen(info->file) + 1;

	begin(c);
	free(c->file);
	c->file = memcpy(memory_alloc(size), info->file, size);
	memset(c->in_file, 0, sizeof(c->in_file));
	sighting_frames_clear(&c->frames);
}

static void on_event(void *ctx, const struct event *e)
{
	struct check *c = ctx;
	uint64_t frame = sighting_frame(&c->frames, e);

	if (!e->dissection->findings)
		return;
	event_text_masks(&c->masks, e);
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (is_wanted(c, f))
			write_finding(c, e, frame, f);
}

/* Something about the file rather than an event: nothing is counted. */
static void on_notice(void *ctx, const struct notice *n)
{
	struct check *c = ctx;
	struct buffer *out = buffer_of(c);
	struct json j = json_to(out, false);
	struct sarif_result r = {.file = n->file, .severity = n->severity, .text = n->text, .first = !c->any_result};

	if (n->severity < c->options.least)
		return;
	if (c->options.format == CHECK_SARIF) {
		sarif_result(out, &r);
		c->any_result = true;
	} else if (c->options.format == CHECK_JSON) {
		json_begin_object(&j);
		JSON_KEY(&j, "type");
		json_str(&j, "notice");
		JSON_KEY(&j, "file");
		json_str(&j, n->file);
		JSON_KEY(&j, "severity");
		json_str(&j, severity_name(n->severity));
		JSON_KEY(&j, "text");
		json_string(&j, n->text);
		json_end_object(&j);
		buffer_add_byte(out, '\n');
	} else {
		escape_add_str(out, n->file);
		buffer_printf(out, ": %s: ", severity_name(n->severity));
		escape_add(out, n->text);
		buffer_add_byte(out, '\n');
	}
	output_record(c->out);
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct check *c = ctx;
	struct buffer *out = buffer_of(c);

	(void)t;
	for (size_t i = 0; i < RULE_COUNT && c->options.format == CHECK_TEXT && !c->options.all; i++) {
		if (c->in_file[i] <= CHECK_SHOWN_DEFAULT)
			continue;
		escape_add_str(out, c->file);
		buffer_add_str(out, ": and ");
		buffer_add_u64(out, c->in_file[i] - CHECK_SHOWN_DEFAULT);
		buffer_printf(out, " more of %s\n", finding_rules[i].id);
	}
	output_record(c->out);
}

struct event_sink check_sink(struct check *c)
{
	return (struct event_sink){.capture = on_capture, .event = on_event, .notice = on_notice, .capture_end = on_capture_end, .ctx = c};
}

/* --- behind all files --- */

void check_join(struct check *c, const struct check *from)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		c->count[i] += from->count[i];
		c->files[i] += from->files[i];
	}
}

uint64_t check_count(const struct check *c, enum severity least)
{
	uint64_t n = 0;

	for (size_t i = 0; i < RULE_COUNT; i++)
		if (finding_rules[i].severity >= least)
			n += c->count[i];
	return n;
}

static void write_counts(struct check *c)
{
	struct buffer *out = buffer_of(c);

	if (check_count(c, SEVERITY_NOTE) == 0) {
		buffer_add_str(out, "nothing found\n");
		return;
	}
	buffer_add_str(out, "\n   count  files  severity rule                     explanation\n");
	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--) {
		for (size_t i = 0; i < RULE_COUNT; i++) {
			if (!c->count[i] || (int)finding_rules[i].severity != s)
				continue;
			buffer_printf(out, "%8llu %6llu  ", (unsigned long long)c->count[i], (unsigned long long)c->files[i]);
			buffer_printf(out, "%-9s%-25s%s\n", severity_name(finding_rules[i].severity), finding_rules[i].id,
				      finding_rules[i].explanation);
		}
	}
}

static void write_json_counts(struct check *c)
{
	struct json j = json_to(buffer_of(c), false);

	json_begin_object(&j);
	JSON_KEY(&j, "type");
	json_str(&j, "summary");
	JSON_KEY(&j, "rules");
	json_begin_array(&j);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!c->count[i])
			continue;
		json_begin_object(&j);
		JSON_KEY(&j, "rule");
		json_str(&j, finding_rules[i].id);
		JSON_KEY(&j, "severity");
		json_str(&j, severity_name(finding_rules[i].severity));
		JSON_KEY(&j, "verdict");
		json_str(&j, verdict_name(finding_rules[i].verdict));
		JSON_KEY(&j, "count");
		json_u64(&j, c->count[i]);
		JSON_KEY(&j, "files");
		json_u64(&j, c->files[i]);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buffer_add_byte(buffer_of(c), '\n');
}

void check_finish(struct check *c)
{
	begin(c);
	if (c->options.format == CHECK_JSON)
		write_json_counts(c);
	else if (c->options.format == CHECK_SARIF)
		sarif_end(buffer_of(c));
	else
		write_counts(c);
	output_record(c->out);
}
