/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/limits.h"

#include "command/message.h"

struct limit_row {
	const char *name;
	size_t offset; /* in struct pipeline_options */
	bool wide;     /* uint64_t instead of uint32_t */
	const char *meaning;
};

static const struct limit_row rows[] = {
	{"flows", offsetof(struct pipeline_options, stream.flows), false, "connections followed at a time"},
	{"flow-bytes", offsetof(struct pipeline_options, stream.flow_bytes), false,
	 "bytes of one connection that wait for a hole to be filled"},
	{"total-bytes", offsetof(struct pipeline_options, stream.total_bytes), true, "the same for all connections together"},
	{"idle-seconds", offsetof(struct pipeline_options, stream.idle_seconds), false,
	 "silence after which a connection has ended"},
	{"hold-events", offsetof(struct pipeline_options, hold_events), false,
	 "events of a connection that wait for its version to become known"},
	{"hold-bytes", offsetof(struct pipeline_options, hold_bytes), true, "the same in bytes"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct limit_row *find(struct slice name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (slice_eq_str(name, rows[i].name))
			return &rows[i];
	return NULL;
}

/* A number, perhaps with k, M or G behind it. */
static bool parse_number(struct slice s, uint64_t *out)
{
	static const char units[] = "kMG";
	const char *unit = s.len ? strchr(units, s.ptr[s.len - 1]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t n;

	if (!slice_u64(slice_sub(s, 0, s.len - (shift != 0)), &n) || n > UINT64_MAX >> shift)
		return false;
	*out = n << shift;
	return true;
}

static void complain_name(struct slice name)
{
	char word[32] = "";

	memcpy(word, name.ptr, name.len < sizeof(word) ? name.len : sizeof(word) - 1);
	const char *nearest = message_nearest(word, rows, ROWS, sizeof(rows[0]));
	if (nearest)
		message("--limit: unknown limit '%s'; did you mean '%s'?", word, nearest);
	else
		message("--limit: unknown limit '%s'; see 'msnscope help limits'", word);
}

bool limits_set(struct pipeline_options *options, const char *assignment)
{
	struct slice s = slice_str(assignment);
	size_t equals = slice_find_byte(s, '=');
	const struct limit_row *row = find(slice_sub(s, 0, equals));
	uint64_t value;

	if (!row) {
		complain_name(slice_sub(s, 0, equals));
		return false;
	}
	if (!parse_number(slice_sub(s, equals + 1, s.len), &value) || value == 0 || (!row->wide && value > UINT32_MAX)) {
		message("--limit: %s wants a number from 1 on, as in %s=1000", row->name, row->name);
		return false;
	}
	char *place = (char *)options + row->offset;
	uint32_t narrow = (uint32_t)value;
	if (row->wide)
		memcpy(place, &value, sizeof(value));
	else
		memcpy(place, &narrow, sizeof(narrow));
	return true;
}

void limits_help(struct buffer *out)
{
	for (size_t i = 0; i < ROWS; i++)
		buffer_printf(out, "  %-14s%s\n", rows[i].name, rows[i].meaning);
}
