/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands.  One table drives choice, help and completion. */
#ifndef MSNSCOPE_COMMAND_COMMAND_H
#define MSNSCOPE_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct options;

struct subcommand {
	const char *name;      /* first, for message_nearest */
	unsigned for_whom;     /* its bit in options.h */
	const char *arguments; /* for the line of usage */
	const char *summary;   /* one line */
	const char *details;   /* lines, each ended */
	int (*run)(const struct options *o); /* gives the exit status */
};

extern const struct subcommand subcommands[];
extern const size_t subcommands_count;

/* The subcommand of that name, or NULL. */
const struct subcommand *subcommand_find(const char *name);

/* Parses the arguments of a subcommand (argv[0] is its name) and runs it, or prints its help. */
int subcommand_main(const struct subcommand *s, int argc, char **argv);

/* The subcommands' work. */
int command_tui(const struct options *o);
int command_text(const struct options *o);
int command_json(const struct options *o);
int command_chat(const struct options *o);
int command_transcript(const struct options *o);
int command_explain_line(const struct options *o);
int command_extract(const struct options *o);
int command_sessions(const struct options *o);
int command_stats(const struct options *o);
int command_tables(const struct options *o);
int command_check(const struct options *o);
int command_rules(const struct options *o);
int command_commands(const struct options *o);
int command_fields(const struct options *o);
int command_help(const struct options *o);

/* Is there a terminal that command_tui can use? */
bool command_tui_possible(void);

/* What `msnscope --help` and `msnscope --version` print; give the exit status. */
int command_usage(void);
int command_version(const char *version);

/* What `msnscope help NAME` prints. */
int command_explain(const struct subcommand *s);

#endif
