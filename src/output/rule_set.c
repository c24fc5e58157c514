/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/rule_set.h"

size_t rule_index(const struct finding_rule *rule)
{
	return (size_t)(rule - finding_rules);
}

static bool add_item(struct rule_set *s, struct slice item)
{
	bool group = item.len && item.ptr[item.len - 1] == '.', any = false;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		struct slice id = slice_str(finding_rules[i].id);

		if (group ? !slice_has_prefix(id, item) : !slice_eq(id, item))
			continue;
		s->has[i] = any = true;
	}
	return any;
}

const char *rule_set_add(struct rule_set *s, const char *list, size_t *length)
{
	do {
		*length = strcspn(list, ",");
		if (!add_item(s, slice_of(list, *length)))
			return list;
		list += *length + (list[*length] == ',');
	} while (*list);
	return NULL;
}

void rule_line(struct buffer *out, const struct finding_rule *rule)
{
	buffer_printf(out, "%-24s%-9s%-13s%s\n", rule->id, severity_name(rule->severity), verdict_name(rule->verdict),
		      rule->explanation);
}

static const char *severity_meaning(enum severity s)
{
	static const char *const meanings[] = {
		[SEVERITY_NOTE] = "worth knowing",
		[SEVERITY_WARNING] = "not as it should be",
		[SEVERITY_ERROR] = "the other side cannot have understood it, or must refuse it",
	};

	return meanings[s];
}

static const char *verdict_meaning(enum verdict v)
{
	static const char *const meanings[] = {
		[VERDICT_CONTRADICTS] = "the specification says otherwise",
		[VERDICT_UNCOVERED] = "the specification does not know it",
		[VERDICT_REMARK] = "about the capture, about what was answered, or what cannot be told",
	};

	return meanings[v];
}

void rule_details(struct buffer *out, const struct finding_rule *rule)
{
	buffer_printf(out, "%s\n    %s\n", rule->id, rule->explanation);
	buffer_printf(out, "    severity: %s (%s)\n", severity_name(rule->severity), severity_meaning(rule->severity));
	buffer_printf(out, "    verdict: %s (%s)\n", verdict_name(rule->verdict), verdict_meaning(rule->verdict));
	if (*rule->reference)
		buffer_printf(out, "    reference: %s\n", rule->reference);
}

void rule_json(struct json *j, const struct finding_rule *rule)
{
	json_begin_object(j);
	JSON_KEY(j, "id");
	json_str(j, rule->id);
	JSON_KEY(j, "severity");
	json_str(j, severity_name(rule->severity));
	JSON_KEY(j, "verdict");
	json_str(j, verdict_name(rule->verdict));
	JSON_KEY(j, "explanation");
	json_str(j, rule->explanation);
	JSON_KEY(j, "reference");
	json_str(j, rule->reference);
	json_end_object(j);
}
