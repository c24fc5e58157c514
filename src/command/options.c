/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/options.h"

#include <getopt.h>
#include <stdlib.h>

#include "command/limits.h"
#include "command/message.h"
#include "command/unlock.h"
#include "dissectors/msnp.h"
#include "output/extract.h"
#include "output/stats.h"
#include "output/table_writer.h"
#include "util/memory.h"

#define JOBS_MAX 1024u

/* Codes of options without a letter. */
enum {
	OPTION_BOTH = 256,
	OPTION_COLOR,
	OPTION_CSV,
	OPTION_DIRECTION,
	OPTION_EACH,
	OPTION_FORMAT,
	OPTION_HELP,
	OPTION_IGNORE,
	OPTION_JSON,
	OPTION_KEYLOG,
	OPTION_KIND,
	OPTION_LIMIT,
	OPTION_NEW,
	OPTION_ONLY,
	OPTION_PAYLOAD,
	OPTION_POLLS,
	OPTION_PRETTY,
	OPTION_RANGES,
	OPTION_ROLE,
	OPTION_RSA_KEY,
	OPTION_RSA_PASSPHRASE,
	OPTION_SARIF,
	OPTION_SEVERITY,
	OPTION_SHOW_SECRETS,
	OPTION_STYLE,
	OPTION_TABLE,
	OPTION_USER,
	OPTION_VERBATIM,
	OPTION_VERIFY_CHECKSUMS,
	OPTION_VERSION,
	OPTION_WANTED,
};

struct option_row {
	const char *name; /* long name, or NULL; first, for message_nearest */
	int code;         /* the letter, or OPTION_ */
	const char *argument; /* or NULL; "[=FILE]" need not be given */
	unsigned for_whom;
	const char *help;
};

static const struct option_row rows[] = {
	{NULL, 'r', "FILE", FOR_READING, "read a capture, as a bare FILE; - is standard input"},
	{NULL, 'i', "IFACE", FOR_LIVE, "capture from an interface, by name or number; any is all"},
	{NULL, 'D', NULL, FOR_LIVE, "list the interfaces"},
	{NULL, 'f', "FILTER", FOR_LIVE, "with -i: capture only what matches; see pcap-filter(7)"},
	{NULL, 'w', "FILE", FOR_LIVE, "with -i: keep the packets of MSN connections as pcap"},
	{NULL, 'W', "FILE", FOR_LIVE, "with -i: keep all packets as pcap"},
	{"user", OPTION_USER, "NAME", FOR_LIVE, "with -i: become this user once the interface is open"},
	{NULL, 'o', "FILE", FOR_ALL & ~(FOR_HELP | FOR_EXTRACT | FOR_TUI), "write there instead of standard output"},
	{NULL, 'o', "DIR", FOR_EXTRACT, "write the files there; it is made when it is not there"},
	{"kind", OPTION_KIND, "KIND,...", FOR_EXTRACT, "what to write: objects (also without this option), oim, soap, chat, all"},
	{NULL, 'Y', "EXPR", FOR_READING, "only events that match; see msnscope-filter(7)"},
	{NULL, 'j', "N", FOR_READING & ~(FOR_EXTRACT | FOR_TUI | FOR_TRANSCRIPT), "read N files at a time; 0: one for each processor"},
	{"severity", OPTION_SEVERITY, "LEAST", FOR_CHECK, "only findings of at least this severity: note, warning or error"},
	{"only", OPTION_ONLY, "RULE,...", FOR_CHECK, "only findings of these rules; 'xml.' is all that begin so"},
	{"ignore", OPTION_IGNORE, "RULE,...", FOR_CHECK, "no findings of these rules"},
	{"new", OPTION_NEW, NULL, FOR_CHECK, "what the specification does not cover, each thing once, where it was first"},
	{"wanted", OPTION_WANTED, "[=FILE]", FOR_CHECK, "events that answer a list of questions; else that of the wiki"},
	{"sarif", OPTION_SARIF, NULL, FOR_CHECK, "write a SARIF 2.1.0 log"},
	{"table", OPTION_TABLE, "NAME,...", FOR_STATS, "only these tables"},
	{"format", OPTION_FORMAT, "FORMAT", FOR_TABLES, "mediawiki (also without this option), markdown, csv or json"},
	{"verbatim", OPTION_VERBATIM, NULL, FOR_TABLES | FOR_TRANSCRIPT, "show names, accounts, addresses and texts, else placeholders"},
	{"each", OPTION_EACH, NULL, FOR_STATS, "tables for each capture, else for all together"},
	{"csv", OPTION_CSV, NULL, FOR_STATS, "write CSV"},
	{NULL, 'v', NULL, FOR_TEXT, "show the fields of each event; twice: all, and its bytes"},
	{NULL, 'v', NULL, FOR_CHECK, "show all findings, not only the first of a rule in each file"},
	{NULL, 'v', NULL, FOR_SESSIONS, "list all contacts and changes of presence"},
	{NULL, 'v', NULL, FOR_CHAT, "show who is typing, and how conversations end"},
	{"both", OPTION_BOTH, NULL, FOR_CHAT, "show a conversation that was captured at both ends twice"},
	{"style", OPTION_STYLE, "STYLE", FOR_TRANSCRIPT, "arrows: >>> and <<<, also without this option; cs: C: and S:"},
	{"show-secrets", OPTION_SHOW_SECRETS, NULL, FOR_TEXT | FOR_TUI | FOR_CHECK, "show tickets, passwords and keys, else masked as ***"},
	{"show-secrets", OPTION_SHOW_SECRETS, NULL, FOR_TRANSCRIPT, "with --verbatim: tickets, passwords and keys too, else masked as ***"},
	{"payload", OPTION_PAYLOAD, NULL, FOR_JSON, "add the exact payload bytes, in base64"},
	{"pretty", OPTION_PRETTY, NULL, FOR_JSON, "write one indented array"},
	{"ranges", OPTION_RANGES, NULL, FOR_JSON, "add where the bytes of each field lie"},
	{"polls", OPTION_POLLS, NULL, FOR_READING, "show polls of the HTTP gateway that carry nothing, else counted"},
	{"verify-checksums", OPTION_VERIFY_CHECKSUMS, NULL, FOR_READING, "report wrong checksums of IP and TCP"},
	{"keylog", OPTION_KEYLOG, "FILE", FOR_READING, "decrypt TLS with this key log; env: the file that SSLKEYLOGFILE names"},
	{"rsa-key", OPTION_RSA_KEY, "[HOST:PORT=]FILE", FOR_READING, "decrypt TLS with the server's RSA key: PEM, DER or PKCS#12"},
	{"rsa-passphrase", OPTION_RSA_PASSPHRASE, "FILE", FOR_READING, "the passphrase of the RSA keys is the first line of FILE"},
	{"limit", OPTION_LIMIT, "NAME=VALUE", FOR_READING, "change a limit"},
	{"version", OPTION_VERSION, "N", FOR_COMMANDS | FOR_EXPLAIN | FOR_TABLES, "only forms that MSNPN has"},
	{"role", OPTION_ROLE, "ROLE", FOR_COMMANDS | FOR_EXPLAIN, "only forms spoken with a server of this kind: DS, NS or SB"},
	{"direction", OPTION_DIRECTION, "SIDE", FOR_COMMANDS | FOR_EXPLAIN, "only forms sent by this side: client (C>S) or server (S>C)"},
	{"json", OPTION_JSON, NULL, FOR_COMMANDS | FOR_FIELDS | FOR_STATS | FOR_SESSIONS | FOR_CHAT | FOR_CHECK | FOR_RULES, "write one JSON object a line"},
	{"color", OPTION_COLOR, "WHEN", FOR_ALL, "colour: auto, always or never"},
	{"help", OPTION_HELP, NULL, FOR_ALL, "print help"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* What getopt_long wants, made from the table. */
struct getopt_tables {
	char letters[2 + 2 * ROWS + 1];
	struct option words[ROWS + 1];
};

static bool is_optional(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[' && row->argument[1] == '=';
}

static int argument_kind(const struct option_row *row)
{
	if (is_optional(row))
		return optional_argument;
	return row->argument ? required_argument : no_argument;
}

static void make_tables(struct getopt_tables *t, unsigned for_whom)
{
	char *letter = t->letters;
	struct option *word = t->words;

	*letter++ = '-'; /* operands in order, as code 1 */
	*letter++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < ROWS; i++) {
		if (!(rows[i].for_whom & for_whom))
			continue;
		if (rows[i].name) {
			*word++ = (struct option){rows[i].name, argument_kind(&rows[i]), NULL, rows[i].code};
			continue;
		}
		*letter++ = (char)rows[i].code;
		if (rows[i].argument)
			*letter++ = ':';
	}
	*letter = 0;
	*word = (struct option){NULL, 0, NULL, 0};
}

/* --- values --- */

static bool bad_value(const char *option, const char *value, const char *wanted)
{
	message("%s: '%s' is not %s", option, value, wanted);
	return false;
}

static bool parse_colour(struct options *o, const char *value)
{
	static const char *const names[] = {"auto", "always", "never"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) == 0) {
			o->colour = (enum colour_when)i;
			return true;
		}
	}
	return bad_value("--color", value, "auto, always or never");
}

static bool parse_severity(struct options *o, const char *value)
{
	for (int s = SEVERITY_NOTE; s <= SEVERITY_ERROR; s++) {
		if (strcmp(value, severity_name((enum severity)s)) == 0) {
			o->severity = (enum severity)s;
			return true;
		}
	}
	return bad_value("--severity", value, "note, warning or error");
}

int options_version(const char *value)
{
	struct slice digits = slice_str(value);
	uint64_t n;

	if (slice_case_has_prefix(digits, SLICE_LIT("MSNP")))
		digits = slice_sub(digits, 4, digits.len);
	return slice_u64(digits, &n) && n >= MSNP_FIRST && n <= MSNP_NEWEST ? (int)n : 0;
}

static bool parse_version(struct options *o, const char *value)
{
	o->version = options_version(value);
	return o->version || bad_value("--version", value, "a protocol version from 2 to 24");
}

static bool parse_format(struct options *o, const char *value)
{
	for (unsigned i = 0; i < TABLE_FORMATS; i++) {
		if (strcmp(value, table_format_name((enum table_format)i)) == 0) {
			o->table_format = i;
			return true;
		}
	}
	return bad_value("--format", value, "mediawiki, markdown, csv or json");
}

static bool parse_role(struct options *o, const char *value)
{
	for (unsigned role = MSNP_DS; role <= MSNP_SB; role <<= 1) {
		if (slice_case_eq(slice_str(value), slice_str(msnp_role_name(role)))) {
			o->roles = role;
			return true;
		}
	}
	return bad_value("--role", value, "DS, NS or SB");
}

static bool parse_jobs(struct options *o, const char *value)
{
	uint64_t n;

	if (!slice_u64(slice_str(value), &n) || n > JOBS_MAX)
		return bad_value("-j", value, "a number of files to read at a time, up to 1024");
	o->parallel = true;
	o->jobs = (unsigned)n;
	return true;
}

static bool parse_direction(struct options *o, const char *value)
{
	struct slice s = slice_str(value);

	if (slice_case_eq(s, SLICE_LIT("client")) || slice_case_eq(s, SLICE_LIT("C>S")))
		o->direction = MSNP_CLIENT;
	else if (slice_case_eq(s, SLICE_LIT("server")) || slice_case_eq(s, SLICE_LIT("S>C")))
		o->direction = MSNP_SERVER;
	else
		return bad_value("--direction", value, "client, server, C>S or S>C");
	return true;
}

static bool parse_kinds(struct options *o, const char *value)
{
	static const struct {
		const char *name;
		unsigned bits;
	} kinds[] = {{"objects", EXTRACT_OBJECTS}, {"oim", EXTRACT_OIM}, {"soap", EXTRACT_SOAP}, {"chat", EXTRACT_CHAT}, {"all", EXTRACT_ALL}};
	struct slice rest = slice_str(value);

	while (rest.len) {
		size_t end = slice_find_byte(rest, ','), i = 0;

		while (i < sizeof(kinds) / sizeof(kinds[0]) && !slice_eq_str(slice_sub(rest, 0, end), kinds[i].name))
			i++;
		if (i == sizeof(kinds) / sizeof(kinds[0]))
			return bad_value("--kind", value, "a list of objects, oim, soap, chat, all");
		o->kinds |= kinds[i].bits;
		rest = slice_sub(rest, end + 1, rest.len);
	}
	return o->kinds != 0 || bad_value("--kind", value, "a list of objects, oim, soap, chat, all");
}

static bool parse_style(struct options *o, const char *value)
{
	o->letters = strcmp(value, "cs") == 0;
	return o->letters || strcmp(value, "arrows") == 0 || bad_value("--style", value, "arrows or cs");
}

static bool parse_tables(struct options *o, const char *value)
{
	struct slice rest = slice_str(value);

	while (rest.len) {
		size_t end = slice_find_byte(rest, ','), i = 0;

		while (i < STATS_TABLES && !slice_eq_str(slice_sub(rest, 0, end), stats_table_name((enum stats_table)i)))
			i++;
		if (i == STATS_TABLES)
			break;
		o->tables |= 1u << i;
		rest = slice_sub(rest, end + 1, rest.len);
	}
	if (rest.len == 0 && o->tables)
		return true;
	return bad_value("--table", value,
			 "a list of files, versions, roles, transports, connections, commands, content-types, operations, "
			 "errors, findings");
}

/* --- parsing --- */

static void add_operand(struct options *o, const char *operand)
{
	o->operands[o->operand_count++] = operand;
}

static bool take_interface(struct options *o, const char *value)
{
	if (o->interface)
		message("-i %s: one interface at a time; -i any is all of them", value);
	else
		o->interface = value;
	return o->interface == value;
}

static bool take_value(struct options *o, int code, const char *value)
{
	switch (code) {
	case 1:
	case 'r':
		add_operand(o, value);
		return true;
	case 'o':
		o->output = value;
		return true;
	case 'Y':
		o->filter = value;
		return true;
	case 'i':
		return take_interface(o, value);
	case 'f':
		o->capture_filter = value;
		return true;
	case 'w':
		o->write_msn = value;
		return true;
	case 'W':
		o->write_all = value;
		return true;
	case OPTION_USER:
		o->user = value;
		return true;
	case 'j':
		return parse_jobs(o, value);
	case OPTION_COLOR:
		return parse_colour(o, value);
	case OPTION_FORMAT:
		return parse_format(o, value);
	case OPTION_KIND:
		return parse_kinds(o, value);
	case OPTION_IGNORE:
		o->ignore = value;
		return true;
	case OPTION_ONLY:
		o->only = value;
		return true;
	case OPTION_SEVERITY:
		return parse_severity(o, value);
	case OPTION_WANTED:
		o->wanted = value ? value : "";
		return true;
	case OPTION_KEYLOG:
		o->key_logs[o->key_log_count++] = value;
		return true;
	case OPTION_RSA_KEY:
		o->rsa_keys[o->rsa_key_count++] = value;
		return true;
	case OPTION_RSA_PASSPHRASE:
		o->rsa_passphrase = value;
		return true;
	case OPTION_LIMIT:
		return limits_set(&o->pipeline, value);
	case OPTION_STYLE:
		return parse_style(o, value);
	case OPTION_TABLE:
		return parse_tables(o, value);
	case OPTION_VERSION:
		return parse_version(o, value);
	case OPTION_ROLE:
		return parse_role(o, value);
	default:
		return parse_direction(o, value);
	}
}

static bool *flag_of(struct options *o, int code)
{
	switch (code) {
	case 'D':
		return &o->list_interfaces;
	case OPTION_BOTH:
		return &o->both;
	case OPTION_CSV:
		return &o->csv;
	case OPTION_EACH:
		return &o->each;
	case OPTION_HELP:
		return &o->help;
	case OPTION_JSON:
		return &o->json;
	case OPTION_NEW:
		return &o->news;
	case OPTION_PAYLOAD:
		return &o->payload;
	case OPTION_POLLS:
		return &o->pipeline.polls;
	case OPTION_PRETTY:
		return &o->pretty;
	case OPTION_RANGES:
		return &o->ranges;
	case OPTION_SARIF:
		return &o->sarif;
	case OPTION_SHOW_SECRETS:
		return &o->show_secrets;
	case OPTION_VERBATIM:
		return &o->verbatim;
	case OPTION_VERIFY_CHECKSUMS:
		return &o->pipeline.verify_checksums;
	default:
		return NULL;
	}
}

static bool take(struct options *o, int code, const char *value)
{
	bool *flag = flag_of(o, code);

	if (flag)
		*flag = true;
	else if (code == 'v')
		o->verbose++;
	else
		return take_value(o, code, value);
	return true;
}

/* The argument as it was typed, without "=value". */
static void complain_unknown(const char *subcommand, const char *argument, const struct getopt_tables *t)
{
	char word[64];
	size_t count = 0;

	if (argument[0] != '-' || argument[1] != '-') {
		message("unknown option '-%c'; see 'msnscope help %s'", optopt, subcommand);
		return;
	}
	while (t->words[count].name)
		count++;
	size_t length = strcspn(argument + 2, "=");
	length = length < sizeof(word) ? length : sizeof(word) - 1;
	memcpy(word, argument + 2, length);
	word[length] = 0;
	const char *nearest = message_nearest(word, t->words, count, sizeof(t->words[0]));
	if (optopt)
		message("option '--%s' takes no value; see 'msnscope help %s'", word, subcommand);
	else if (nearest)
		message("unknown option '--%s'; did you mean '--%s'?", word, nearest);
	else
		message("unknown option '--%s'; see 'msnscope help %s'", word, subcommand);
}

static bool parse_all(struct options *o, int argc, char **argv, const struct getopt_tables *t)
{
	int code;

	opterr = 0;
	optind = 1;
	while ((code = getopt_long(argc, argv, t->letters, t->words, NULL)) != -1) {
		if (code == ':') {
			message("option '%s' wants a value; see 'msnscope help %s'", argv[optind - 1], argv[0]);
			return false;
		}
		if (code == '?') {
			complain_unknown(argv[0], argv[optind - 1], t);
			return false;
		}
		if (!take(o, code, optarg))
			return false;
	}
	while (optind < argc)
		add_operand(o, argv[optind++]);
	return true;
}

bool options_parse(struct options *o, int argc, char **argv, unsigned for_whom)
{
	struct getopt_tables tables;

	*o = (struct options){.direction = -1};
	o->operands = memory_zalloc((size_t)argc * sizeof(*o->operands) + sizeof(*o->operands));
	o->key_logs = memory_zalloc((size_t)argc * sizeof(*o->key_logs) + sizeof(*o->key_logs));
	o->rsa_keys = memory_zalloc((size_t)argc * sizeof(*o->rsa_keys) + sizeof(*o->rsa_keys));
	make_tables(&tables, for_whom);
	return parse_all(o, argc, argv, &tables) && (o->help || unlock_load(o));
}

void options_free(struct options *o)
{
	tls_secrets_free(o->pipeline.secrets);
	free(o->operands);
	free(o->key_logs);
	free(o->rsa_keys);
	*o = (struct options){.direction = -1};
}

/* To the end even when the answer is known: getopt begins anew only then. */
bool options_fit(int argc, char **argv, unsigned for_whom)
{
	struct getopt_tables tables;
	bool fit = true;
	int code;

	make_tables(&tables, for_whom);
	opterr = 0;
	optind = 1;
	while ((code = getopt_long(argc, argv, tables.letters, tables.words, NULL)) != -1)
		fit &= code != '?' && code != ':';
	return fit;
}

bool options_takes_next(const char *argument)
{
	for (size_t i = 0; i < ROWS; i++) {
		/* At the top --version has no value. */
		if (!rows[i].argument || is_optional(&rows[i]) || rows[i].code == OPTION_VERSION)
			continue;
		if (rows[i].name ? strncmp(argument, "--", 2) == 0 && strcmp(argument + 2, rows[i].name) == 0
				 : argument[0] == '-' && argument[1] == (char)rows[i].code && !argument[2])
			return true;
	}
	return false;
}

/* --- help --- */

void options_help(struct buffer *out, unsigned for_whom)
{
	for (size_t i = 0; i < ROWS; i++) {
		size_t begin = out->len;

		if (!(rows[i].for_whom & for_whom))
			continue;
		if (rows[i].name)
			buffer_printf(out, "  --%s", rows[i].name);
		else
			buffer_printf(out, "  -%c", rows[i].code);
		if (rows[i].argument)
			buffer_printf(out, is_optional(&rows[i]) ? "%s" : rows[i].name ? "=%s" : " %s", rows[i].argument);
		while (out->len - begin < 22)
			buffer_add_byte(out, ' ');
		buffer_printf(out, "  %s\n", rows[i].help);
	}
}
