/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of all subcommands, described in one table that parsing and help read. */
#ifndef MSNSCOPE_COMMAND_OPTIONS_H
#define MSNSCOPE_COMMAND_OPTIONS_H

#include "pipeline.h"
#include "util/buffer.h"

/* Subcommands that have an option, as a set of bits. */
enum {
	FOR_TEXT = 1,
	FOR_JSON = 2,
	FOR_COMMANDS = 4,
	FOR_FIELDS = 8,
	FOR_HELP = 16,
	FOR_EXTRACT = 32,
	FOR_STATS = 64,
	FOR_SESSIONS = 128,
	FOR_CHAT = 256,
	FOR_TUI = 512,
	FOR_CHECK = 1024,
	FOR_RULES = 2048,
	FOR_TABLES = 4096,
	FOR_TRANSCRIPT = 8192,
	FOR_EXPLAIN = 16384,
	FOR_READING = FOR_TEXT | FOR_JSON | FOR_EXTRACT | FOR_STATS | FOR_SESSIONS | FOR_CHAT | FOR_TUI | FOR_CHECK | FOR_TABLES |
		      FOR_TRANSCRIPT,
	FOR_LIVE = FOR_TEXT | FOR_JSON | FOR_TUI,
	FOR_ALL = 32767,
};

enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct options {
	const char **operands; /* files of -r and what is no option, in order; names and prefixes for references */
	size_t operand_count;
	const char *output;    /* -o, or NULL */
	unsigned kinds;        /* EXTRACT_ bits of --kind; 0: not given */
	const char *filter;    /* -Y, or NULL */
	const char *only, *ignore; /* lists of rules, or NULL */
	const char *wanted;    /* --wanted: name of a list, empty for the installed one; or NULL */
	enum severity severity; /* the least that is told */
	uint64_t *errors;      /* where command_check gets their number */
	const char *interface; /* -i, or NULL */
	const char *capture_filter, *write_msn, *write_all, *user; /* -f, -w, -W, --user, or NULL */
	const char **key_logs, **rsa_keys; /* --keylog, --rsa-key */
	size_t key_log_count, rsa_key_count;
	const char *rsa_passphrase; /* file, or NULL */
	bool list_interfaces;
	bool parallel;         /* -j was given */
	unsigned jobs;         /* its number; 0: one for each processor */
	enum colour_when colour;
	bool help;
	unsigned tables;       /* bits 1 << enum stats_table of --table; 0: not given */
	bool show_secrets, payload, pretty, ranges, json, sarif, csv, each, both, news;
	bool verbatim, letters; /* --verbatim, --style */
	unsigned verbose;
	struct pipeline_options pipeline;
	unsigned table_format; /* an enum table_format */
	int version;           /* of MSNP; 0: any */
	unsigned roles;        /* a set; 0: any */
	int direction;         /* an enum msnp_sender; -1: any */
};

/*
 * Reads the arguments of a subcommand (argv[0] is its name).  for_whom is its
 * bit.  Returns false after a message about wrong usage.  The caller ends with
 * options_free in both cases.
 */
bool options_parse(struct options *o, int argc, char **argv, unsigned for_whom);
void options_free(struct options *o);

/* The number of a protocol version: "8", "MSNP8"; 0 when it is none. */
int options_version(const char *value);

/* Are all options among the arguments (argv[0] is none) those of this subcommand?  Values are not looked at. */
bool options_fit(int argc, char **argv, unsigned for_whom);

/* Does this argument, an option, take the next argument as its value? */
bool options_takes_next(const char *argument);

/* Adds a line for each option of a subcommand. */
void options_help(struct buffer *out, unsigned for_whom);

#endif
