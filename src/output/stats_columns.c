/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats_columns.h"

/* --- values --- */

static const struct cell nothing = {.kind = CELL_NULL};

static struct cell text_cell(struct slice text)
{
	return text.len ? (struct cell){.kind = CELL_TEXT, .text = text} : nothing;
}

static struct cell number_cell(uint64_t n)
{
	return (struct cell){.kind = CELL_NUMBER, .number = n};
}

static struct cell span_cell(const struct stats_view *v, uint64_t ns)
{
	return (struct cell){.kind = CELL_SPAN, .number = ns, .nanoseconds = v->stats->nanoseconds};
}

static struct cell key_text(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	return text_cell(stats_key_text(&r->key, which));
}

/* The first text of a row: that of what was added up at the limit says so. */
static struct cell key_name(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	return r->key.len ? key_text(v, r, which) : text_cell(SLICE_LIT("(others)"));
}

static struct cell key_number(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	return r->key.len ? number_cell(stats_key_number(&r->key, which)) : nothing;
}

/* 0 is none. */
static struct cell key_id(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	uint64_t n = stats_key_number(&r->key, which);

	(void)v;
	return n ? number_cell(n) : nothing;
}

static struct cell sum(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	return number_cell(r->sum[which]);
}

/* Of what the client sent and what the server sent: they are neighbours. */
static struct cell sum_of_both(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	return number_cell(r->sum[which] + r->sum[which + 1]);
}

static struct cell share(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	double part = v->events ? (double)r->sum[which] / (double)v->events : 0;

	return (struct cell){.kind = CELL_SHARE, .number = (uint64_t)(part * 1e6 + 0.5)};
}

static struct cell replies(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	(void)which;
	return number_cell(r->latency.count);
}

enum { LATENCY_MIN, LATENCY_MAX, LATENCY_MEAN };

static struct cell latency(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	const struct latency *l = &r->latency;

	if (l->count == 0)
		return nothing;
	return span_cell(v, which == LATENCY_MIN ? l->min : which == LATENCY_MAX ? l->max : l->sum / l->count);
}

static struct cell quantile(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	return r->latency.count ? span_cell(v, latency_quantile(&r->latency, which)) : nothing;
}

enum fact {
	FACT_NAME,
	FACT_FORMAT,
	FACT_CLIENT,
	FACT_SERVER,
	FACT_ROLE,
	FACT_VERSION,
	FACT_VERSION_FROM,
	FACT_TRANSPORT,
	FACT_OUTER,
	FACT_END_REASON,
	FACT_START,
	FACT_END,
	FACT_DURATION
};

static struct cell address_cell(const struct stats_view *v, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	return text_cell(arena_copy(v->arena, slice_of(text, address_text(a, text))));
}

static struct cell time_cell(const struct stats_facts *f, enum fact which)
{
	if (!f->spans)
		return nothing;
	if (which == FACT_DURATION)
		return (struct cell){.kind = CELL_SPAN,
				     .number = f->end_ns > f->start_ns ? (uint64_t)f->end_ns - (uint64_t)f->start_ns : 0,
				     .nanoseconds = f->nanoseconds};
	return (struct cell){.kind = CELL_TIME,
			     .time_ns = which == FACT_START ? f->start_ns : f->end_ns,
			     .nanoseconds = f->nanoseconds};
}

static struct cell fact(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	const struct stats_facts *f = r->facts;

	if (!f)
		return nothing;
	switch ((enum fact)which) {
	case FACT_NAME:
		return text_cell(slice_str(f->name));
	case FACT_FORMAT:
		return text_cell(slice_str(f->format));
	case FACT_CLIENT:
		return address_cell(v, &f->client);
	case FACT_SERVER:
		return address_cell(v, &f->server);
	case FACT_ROLE:
		return text_cell(slice_str(f->role));
	case FACT_VERSION:
		return f->version ? number_cell((uint64_t)f->version) : nothing;
	case FACT_VERSION_FROM:
		return text_cell(slice_str(f->version_from));
	case FACT_TRANSPORT:
		return text_cell(slice_str(f->transport));
	case FACT_OUTER:
		return text_cell(slice_str(f->outer));
	case FACT_END_REASON:
		return text_cell(slice_str(f->end_reason));
	default:
		return time_cell(f, (enum fact)which);
	}
}

/* The name of the file of a number, when it is among those kept. */
static struct cell file_named(const struct stats_view *v, uint64_t number)
{
	const struct stats_rows *files = &v->stats->table[STATS_FILES];
	size_t low = 0, high = files->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (stats_key_number(&files->row[middle]->key, 0) < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == files->count || stats_key_number(&files->row[low]->key, 0) != number)
		return nothing;
	return fact(v, files->row[low], FACT_NAME);
}

static struct cell file_of(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	return file_named(v, stats_key_number(&r->key, which));
}

static struct cell first_file(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)which;
	return file_named(v, r->first_file);
}

static struct cell first_file_number(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	(void)which;
	return r->first_file ? number_cell(r->first_file) : nothing;
}

static struct cell first_event(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	(void)which;
	return r->first_event ? number_cell(r->first_event) : nothing;
}

static struct cell error_name(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	const struct msnp_error *e = r->key.len ? msnp_error_find(stats_key_number(&r->key, which)) : NULL;

	(void)v;
	return text_cell(slice_str(e ? e->name : r->key.len ? NULL : "(others)"));
}

static struct cell severity(const struct stats_view *v, const struct stats_row *r, unsigned which)
{
	(void)v;
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (slice_eq_str(stats_key_text(&r->key, which), finding_rules[i].id))
			return text_cell(slice_str(severity_name(finding_rules[i].severity)));
	return nothing;
}

/* --- tables --- */

#define END {NULL, NULL, 0, NULL, 0}
#define TEXT (COLUMN_LEFT | COLUMN_KEY)
#define LATENCIES \
	{"latency_min", "min ms", 0, latency, LATENCY_MIN}, {"latency_median", "median", 0, quantile, 500}, \
	{"latency_p95", "p95", 0, quantile, 950}, {"latency_max", "max", 0, latency, LATENCY_MAX}, \
	{"latency_mean", "mean", 0, latency, LATENCY_MEAN}
#define TRAFFIC \
	{"commands_from_client", "cmds >>>", 0, sum, SUM_COMMANDS_CLIENT}, \
	{"commands_from_server", "cmds <<<", 0, sum, SUM_COMMANDS_SERVER}, \
	{"bytes_from_client", "bytes >>>", 0, sum, SUM_BYTES_CLIENT}, \
	{"bytes_from_server", "bytes <<<", 0, sum, SUM_BYTES_SERVER}
#define LOST {"lost_bytes", "lost", 0, sum_of_both, SUM_LOST_CLIENT}
#define FINDINGS {"findings", "findings", 0, sum, SUM_FINDINGS}
#define CONNECTIONS {"connections", "connections", 0, sum, SUM_CONNECTIONS}
#define EVENTS {"events", "events", 0, sum, SUM_EVENTS}

static const struct stats_column files[] = {
	{"number", "file", COLUMN_KEY, key_number, 0},
	{"packets", "packets", 0, sum, SUM_PACKETS},
	EVENTS,
	CONNECTIONS,
	FINDINGS,
	LOST,
	{"start", "start", COLUMN_LEFT, fact, FACT_START},
	{"end", "end", COLUMN_DATA | COLUMN_LEFT, fact, FACT_END},
	{"duration", "seconds", 0, fact, FACT_DURATION},
	{"format", "format", COLUMN_LEFT | COLUMN_DATA, fact, FACT_FORMAT},
	{"file", "name", COLUMN_LEFT, fact, FACT_NAME},
	END,
};

static const struct stats_column versions[] = {
	{"version", "version", COLUMN_KEY, key_id, 0}, CONNECTIONS, EVENTS, TRAFFIC, LOST, FINDINGS, END,
};

static const struct stats_column roles[] = {
	{"role", "role", TEXT, key_name, 0}, CONNECTIONS, EVENTS, TRAFFIC, LOST, FINDINGS, END,
};

static const struct stats_column transports[] = {
	{"transport", "transport", TEXT, key_name, 0}, {"outer", "outer", TEXT, key_text, 1}, CONNECTIONS, EVENTS, TRAFFIC,
	LOST, FINDINGS, END,
};

static const struct stats_column connections[] = {
	{"file_number", "file", COLUMN_KEY, key_id, 0},
	{"file", "name", COLUMN_LEFT | COLUMN_DATA, file_of, 0},
	{"id", "id", COLUMN_KEY, key_id, 1},
	{"client", "client", COLUMN_LEFT, fact, FACT_CLIENT},
	{"server", "server", COLUMN_LEFT, fact, FACT_SERVER},
	{"role", "role", COLUMN_LEFT, fact, FACT_ROLE},
	{"version", "version", 0, fact, FACT_VERSION},
	{"version_from", "version from", COLUMN_LEFT | COLUMN_DATA, fact, FACT_VERSION_FROM},
	{"transport", "transport", COLUMN_LEFT, fact, FACT_TRANSPORT},
	{"outer", "outer", COLUMN_LEFT | COLUMN_DATA, fact, FACT_OUTER},
	{"start", "start", COLUMN_LEFT, fact, FACT_START},
	{"duration", "seconds", 0, fact, FACT_DURATION},
	{"end_reason", "end", COLUMN_LEFT, fact, FACT_END_REASON},
	{"events", "events", COLUMN_DATA, sum, SUM_EVENTS},
	TRAFFIC,
	LOST,
	FINDINGS,
	END,
};

static const struct stats_column commands[] = {
	{"protocol", "protocol", TEXT, key_text, 2},
	{"name", "name", TEXT, key_name, 1},
	{"from", "from", TEXT, key_text, 3},
	{"role", "role", TEXT, key_text, 4},
	{"count", "count", 0, sum, SUM_COUNT},
	{"share", "%", 0, share, SUM_COUNT},
	{"payload_bytes", "payload", 0, sum, SUM_PAYLOAD},
	{"line_bytes", "lines", 0, sum, SUM_LINE},
	{"errors", "errors", 0, sum, SUM_ERRORS},
	{"replies", "replies", COLUMN_DATA, replies, 0},
	LATENCIES,
	END,
};

static const struct stats_column content_types[] = {
	{"content_type", "content type", TEXT, key_name, 0},
	{"count", "count", 0, sum, SUM_COUNT},
	{"share", "%", 0, share, SUM_COUNT},
	{"payload_bytes", "payload", 0, sum, SUM_PAYLOAD},
	END,
};

static const struct stats_column operations[] = {
	{"protocol", "protocol", TEXT, key_text, 1},
	{"operation", "operation", TEXT, key_name, 0},
	{"requests", "requests", 0, sum, SUM_REQUESTS},
	{"responses", "responses", 0, sum, SUM_RESPONSES},
	{"errors", "errors", 0, sum, SUM_ERRORS},
	{"bytes_from_client", "bytes >>>", 0, sum, SUM_BYTES_CLIENT},
	{"bytes_from_server", "bytes <<<", 0, sum, SUM_BYTES_SERVER},
	{"replies", "replies", COLUMN_DATA, replies, 0},
	LATENCIES,
	END,
};

static const struct stats_column errors[] = {
	{"error", "error", COLUMN_KEY, key_number, 1},
	{"name", "name", TEXT, error_name, 1},
	{"answers", "answers", TEXT, key_text, 2},
	{"count", "count", 0, sum, SUM_COUNT},
	END,
};

static const struct stats_column findings[] = {
	{"finding", "finding", TEXT, key_name, 0},
	{"severity", "severity", COLUMN_LEFT, severity, 0},
	{"count", "count", 0, sum, SUM_COUNT},
	{"first_event", "first event", 0, first_event, 0},
	{"first_file_number", "in file", 0, first_file_number, 0},
	{"first_file", "name", COLUMN_LEFT | COLUMN_DATA, first_file, 0},
	END,
};

const struct stats_column *stats_columns(enum stats_table t)
{
	static const struct stats_column *const all[STATS_TABLES] = {
		[STATS_FILES] = files,
		[STATS_VERSIONS] = versions,
		[STATS_ROLES] = roles,
		[STATS_TRANSPORTS] = transports,
		[STATS_CONNECTIONS] = connections,
		[STATS_COMMANDS] = commands,
		[STATS_CONTENT_TYPES] = content_types,
		[STATS_OPERATIONS] = operations,
		[STATS_ERRORS] = errors,
		[STATS_FINDINGS] = findings,
	};

	return all[t];
}
