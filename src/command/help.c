/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/command.h"
#include "command/limits.h"
#include "command/live.h"
#include "command/message.h"
#include "command/run.h"

const struct subcommand subcommands[] = {
	{"tui", FOR_TUI, "[OPTION]... [FILE]...", "show the conversation on the terminal, to go to and fro in",
	 "Shows captures, or what an interface brings, on the whole terminal: sessions, timeline, fields and\n"
	 "bytes of each event, ladder, chats, findings, statistics and the reference of the protocol. The key ?\n"
	 "lists the keys. While a large file is read, what was read is there already.\n"
	 "Packets of connections can be saved as pcap; with -i and neither -w nor -W those of MSN connections\n"
	 "are kept for that in a temporary file.\n",
	 command_tui},
	{"text", FOR_TEXT, "[OPTION]... [FILE]...", "print the conversation, one line for each command",
	 "Reads captures (pcap, pcapng, also compressed by gzip) and prints when, on which connection and\n"
	 "to which kind of server each command went, the command line, and what it means. >>> is the client,\n"
	 "<<< the server. Servers are DS dispatch, NS notification, SB switchboard, WS web services,\n"
	 "P2P other clients. Findings stand below the command they concern.\n"
	 "With -i it reads from an interface, until it is interrupted.\n",
	 command_text},
	{"json", FOR_JSON, "[OPTION]... [FILE]...", "write events as JSON, one object a line",
	 "Writes all that was read, understood and guessed as JSON records; docs/json.md describes them.\n"
	 "Nothing is masked: tickets and passwords are in the output.\n",
	 command_json},
	{"sessions", FOR_SESSIONS, "[OPTION]... [FILE]...", "tell who was signed in, from when to when",
	 "Prints a paragraph for each user session: account and friendly name, client, protocol and sign-in,\n"
	 "why it ended, its connections and how each was recognised as one of them (what is inferred says so),\n"
	 "contacts, groups, presence and messages.\n",
	 command_sessions},
	{"chat", FOR_CHAT, "[OPTION]... [FILE]...", "print what people said to each other",
	 "Prints each conversation as a log of its own: who was there, who said what, nudges, files, and what was\n"
	 "not delivered. A conversation that was captured at both ends is shown once. Times are UTC.\n",
	 command_chat},
	{"extract", FOR_EXTRACT, "-o DIR [OPTION]... [FILE]...", "write pictures, files and other bodies into a folder",
	 "Writes what users sent each other - display pictures, emoticons, files, winks, ink - as files of the\n"
	 "folder, and manifest.json, which says of each what it is, from whom, to whom, when, and whether it is\n"
	 "complete and has the SHA-1 it should. No file that is there is overwritten. On request (--kind) also\n"
	 "offline messages, bodies of web services (with the tickets and passwords in them) and chat logs.\n",
	 command_extract},
	{"transcript", FOR_TRANSCRIPT, "[OPTION]... [FILE]...", "write the dialogue as pages about the protocol show it",
	 "Writes commands with their payloads as a page shows them, with placeholders for what is private and\n"
	 "payload lengths that are right. A payload that is no text stands as a dump, with --verbatim. What it\n"
	 "writes can be read again as a capture.\n",
	 command_transcript},
	{"stats", FOR_STATS, "[OPTION]... [FILE]...", "count commands, bytes and latencies",
	 "Prints tables of what is in captures: how often each command was sent, how many bytes it carried and\n"
	 "how long its answers took; versions, kinds of servers, transports, connections, content types,\n"
	 "operations of web services, errors and findings. Several captures are counted together.\n",
	 command_stats},
	{"tables", FOR_TABLES, "KIND [OPTION]... [NAME]... [FILE]...", "make tables for pages about the protocol",
	 "Writes a table for a wiki or a spreadsheet. Accounts, names, texts, tickets, IP addresses and GUIDs are\n"
	 "replaced by placeholders, the same for the same in all captures of a run. KIND is one of\n"
	 "  commands  the commands that were seen: version, server, sender, form, client, how often, where first\n"
	 "  wiki      all commands by payload, directions, first version and changes, with what was seen of each\n"
	 "  values    the values of parameters or fields; NAMEs are commands (IMS) or fields (msg.content_type)\n"
	 "            or their beginnings (ab.); a FILE with such a name is ./NAME\n"
	 "  types     content types, SOAP operations, applications, errors, capabilities, clients\n"
	 "  coverage  forms that were seen and are not in the specification, and those that were not seen\n"
	 "  spec      the commands of the specification, of one --version or all; reads no FILE\n"
	 "  diff M N  what is different in version N, seen from version M; reads no FILE\n",
	 command_tables},
	{"check", FOR_CHECK, "[OPTION]... [FILE]...", "tell where captures and specification disagree",
	 "Prints the findings of captures, one a line: what contradicts the specification of the protocol, what\n"
	 "it does not cover, and remarks; and how often each rule was met. 'msnscope rules' explains the rules.\n"
	 "With --new or --wanted it prints what is worth writing down instead. Ends with status 1 when there\n"
	 "are errors.\n",
	 command_check},
	{"rules", FOR_RULES, "[OPTION]... [RULE]...", "explain the rules of findings",
	 "Prints id, severity, verdict and explanation of all rules, or of those whose ids begin with RULE. The\n"
	 "exact id of a rule gives it in full.\n",
	 command_rules},
	{"commands", FOR_COMMANDS, "[OPTION]... [NAME|NUMBER|errors]...", "look up commands and errors of the protocol",
	 "Prints the forms of all commands, or those of the NAMEs in full: parameters, values, what they\n"
	 "answer and the sources. A three-digit NUMBER is an error; 'errors' lists them all.\n",
	 command_commands},
	{"fields", FOR_FIELDS, "[OPTION]... [PREFIX]...", "list the fields that events can have",
	 "Prints name, type and meaning of all fields, or of those whose names begin with PREFIX. The exact\n"
	 "name of a field gives its values too.\n",
	 command_fields},
	{"explain", FOR_EXPLAIN, "[OPTION]... LINE", "explain one command line",
	 "Prints what a command means: of every form of the table that fits who sends it in which versions, and\n"
	 "each parameter with its name, value, bits and meaning.\n",
	 command_explain_line},
	{"help", FOR_HELP, "[SUBCOMMAND|limits]", "explain a subcommand", "", command_help},
};

const size_t subcommands_count = sizeof(subcommands) / sizeof(subcommands[0]);

const struct subcommand *subcommand_find(const char *name)
{
	for (size_t i = 0; i < subcommands_count; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

/* Prints a text that is ready on standard output. */
static int print(struct buffer *text)
{
	const struct options none = {.output = NULL};
	struct run run;

	if (!run_open(&run, &none, false))
		return STATUS_UNUSABLE;
	buffer_add_slice(&run.out.buffer, buffer_slice(text));
	buffer_free(text);
	return run_close(&run);
}

static int list_interfaces(void)
{
	struct buffer text = {NULL, 0, 0};

	return live_list(&text) ? print(&text) : STATUS_UNUSABLE;
}

int subcommand_main(const struct subcommand *s, int argc, char **argv)
{
	struct options o;
	int status = STATUS_UNUSABLE;

	if (options_parse(&o, argc, argv, s->for_whom)) {
		if (o.help)
			status = command_explain(s);
		else
			status = o.list_interfaces ? list_interfaces() : s->run(&o);
	}
	options_free(&o);
	return status;
}

int command_version(const char *version)
{
	struct buffer text = {NULL, 0, 0};

	buffer_printf(&text, "msnscope %s\n", version);
	return print(&text);
}

int command_usage(void)
{
	struct buffer text = {NULL, 0, 0};

	buffer_add_str(&text, "usage: msnscope [SUBCOMMAND] [OPTION]... [FILE]...\n\n"
			      "Reads conversations of the MSN Messenger protocol (MSNP) out of captures.\n\n"
			      "Subcommands (when none is given: tui on a terminal, else text):\n");
	for (size_t i = 0; i < subcommands_count; i++)
		buffer_printf(&text, "  %-12s%s\n", subcommands[i].name, subcommands[i].summary);
	buffer_add_str(&text, "\nOptions:\n"
			      "  --help    print help\n"
			      "  --version print the version\n\n"
			      "'msnscope help SUBCOMMAND' lists the options of a subcommand.\n"
			      "Exit status: 0 done; 1 check found errors; 2 wrong usage or unreadable input; 3 input damaged part-way.\n");
	return print(&text);
}

int command_explain(const struct subcommand *s)
{
	struct buffer text = {NULL, 0, 0};

	buffer_printf(&text, "usage: msnscope %s %s\n\n%s%sOptions:\n", s->name, s->arguments, s->details,
		      *s->details ? "\n" : "");
	options_help(&text, s->for_whom);
	if (s->for_whom & FOR_READING) {
		buffer_add_str(&text, "\nLimits:\n");
		limits_help(&text);
	}
	return print(&text);
}

static int explain_limits(void)
{
	struct buffer text = {NULL, 0, 0};

	buffer_add_str(&text, "usage: --limit NAME=VALUE; VALUE may end in k, M or G\n\n");
	limits_help(&text);
	return print(&text);
}

int command_help(const struct options *o)
{
	if (o->operand_count == 0)
		return command_usage();
	const char *name = o->operands[0];
	const struct subcommand *s = subcommand_find(name);

	if (s)
		return command_explain(s);
	if (strcmp(name, "limits") == 0)
		return explain_limits();
	const char *nearest = message_nearest(name, subcommands, subcommands_count, sizeof(subcommands[0]));
	if (nearest)
		message("unknown subcommand '%s'; did you mean '%s'?", name, nearest);
	else
		message("unknown subcommand '%s'; see 'msnscope --help'", name);
	return STATUS_UNUSABLE;
}
