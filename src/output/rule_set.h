/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of findings that are wanted, and what is known of each. */
#ifndef MSNSCOPE_OUTPUT_RULE_SET_H
#define MSNSCOPE_OUTPUT_RULE_SET_H

#include "dissectors/dissection.h"
#include "output/json.h"

struct rule_set {
	bool has[RULE_COUNT];
};

/* The place of a rule in finding_rules. */
size_t rule_index(const struct finding_rule *rule);

/*
 * Puts into the set the rules that a list names: "id,id,..."; an id that ends
 * in a dot stands for all that begin so.  Returns NULL, or the item that names
 * none, whose length is *length.
 */
const char *rule_set_add(struct rule_set *s, const char *list, size_t *length);

/* Adds one line: id, severity, verdict, explanation. */
void rule_line(struct buffer *out, const struct finding_rule *rule);
/* Adds a paragraph. */
void rule_details(struct buffer *out, const struct finding_rule *rule);
void rule_json(struct json *j, const struct finding_rule *rule);

#endif
