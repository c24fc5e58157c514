/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "output/sarif.h"

#include "output/json.h"
#include "output/rule_set.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* Severities have the names that SARIF has for levels. */
static void add_message(struct json *j, struct slice text)
{
	json_begin_object(j);
	JSON_KEY(j, "text");
	json_string(j, text);
	json_end_object(j);
}

static void add_rule(struct json *j, const struct finding_rule *rule)
{
	json_begin_object(j);
	JSON_KEY(j, "id");
	json_str(j, rule->id);
	JSON_KEY(j, "shortDescription");
	add_message(j, slice_str(rule->explanation));
	JSON_KEY(j, "defaultConfiguration");
	json_begin_object(j);
	JSON_KEY(j, "level");
	json_str(j, severity_name(rule->severity));
	json_end_object(j);
	JSON_KEY(j, "properties");
	json_begin_object(j);
	JSON_KEY(j, "verdict");
	json_str(j, verdict_name(rule->verdict));
	JSON_KEY(j, "reference");
	json_str(j, rule->reference);
	json_end_object(j);
	json_end_object(j);
}

/* What sarif_end closes is opened here by hand: results are written one by one. */
void sarif_begin(struct buffer *out)
{
	struct json j = json_to(out, false);

	buffer_add_str(out, "{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":");
	json_begin_object(&j);
	JSON_KEY(&j, "name");
	json_str(&j, PACKAGE_NAME);
	JSON_KEY(&j, "version");
	json_str(&j, PACKAGE_VERSION);
	JSON_KEY(&j, "rules");
	json_begin_array(&j);
	for (size_t i = 0; i < RULE_COUNT; i++)
		add_rule(&j, &finding_rules[i]);
	json_end_array(&j);
	json_end_object(&j);
	buffer_add_str(out, "},\"results\":[");
}

/* A file name as a URI reference: what has a meaning there, and all beyond ASCII, is percent-encoded. */
static void add_uri(struct json *j, const char *file)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	struct buffer uri = {NULL, 0, 0};

	if (*file == '/')
		buffer_add_str(&uri, "file://");
	for (const char *c = file; *c; c++) {
		if (strchr(plain, *c))
			buffer_add_byte(&uri, (uint8_t)*c);
		else
			buffer_printf(&uri, "%%%02X", (unsigned char)*c);
	}
	json_string(j, buffer_slice(&uri));
	buffer_free(&uri);
}

/* Captures have no lines: what review tools show as one is the frame. */
static void add_location(struct json *j, const struct sarif_result *r)
{
	json_begin_object(j);
	JSON_KEY(j, "physicalLocation");
	json_begin_object(j);
	JSON_KEY(j, "artifactLocation");
	json_begin_object(j);
	JSON_KEY(j, "uri");
	add_uri(j, r->file);
	json_end_object(j);
	if (r->frame) {
		JSON_KEY(j, "region");
		json_begin_object(j);
		JSON_KEY(j, "startLine");
		json_u64(j, r->frame);
		json_end_object(j);
	}
	json_end_object(j);
	json_end_object(j);
}

void sarif_result(struct buffer *out, const struct sarif_result *r)
{
	struct json j = json_to(out, false);

	buffer_add_str(out, r->first ? "\n" : ",\n");
	json_begin_object(&j);
	if (r->rule) {
		JSON_KEY(&j, "ruleId");
		json_str(&j, r->rule->id);
		JSON_KEY(&j, "ruleIndex");
		json_u64(&j, rule_index(r->rule));
	}
	JSON_KEY(&j, "level");
	json_str(&j, severity_name(r->severity));
	JSON_KEY(&j, "message");
	add_message(&j, r->text);
	JSON_KEY(&j, "locations");
	json_begin_array(&j);
	add_location(&j, r);
	json_end_array(&j);
	if (r->rule) {
		JSON_KEY(&j, "properties");
		json_begin_object(&j);
		JSON_KEY(&j, "event");
		json_u64(&j, r->event);
		JSON_KEY(&j, "connection");
		json_u64(&j, r->connection);
		json_end_object(&j);
	}
	json_end_object(&j);
}

void sarif_end(struct buffer *out)
{
	buffer_add_str(out, "\n]}]}\n");
}
