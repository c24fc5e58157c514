/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as a SARIF 2.1.0 log (OASIS Static Analysis Results Interchange Format), which review tools read. */
#ifndef MSNSCOPE_OUTPUT_SARIF_H
#define MSNSCOPE_OUTPUT_SARIF_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

struct sarif_result {
	const char *file;
	uint64_t frame; /* the "line" of the place; 0: none */
	uint64_t event, connection;
	const struct finding_rule *rule; /* NULL: no finding, but a message about the file; event and connection are 0 */
	enum severity severity;
	struct slice text;
	bool first;     /* of the log */
};

/* Adds the tool with all its rules, and what stands before the results. */
void sarif_begin(struct buffer *out);
void sarif_result(struct buffer *out, const struct sarif_result *r);
void sarif_end(struct buffer *out);

#endif
