/* SPDX-License-Identifier: BSD-2-Clause */
/* Picks the subcommand. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/message.h"
#include "command/options.h"

/* Index of the first argument that is neither an option nor the value of one; argc when there is none. */
static int first_operand(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1] != 0) {
		if (strcmp(argv[i], "--") == 0)
			return argc;
		i += options_takes_next(argv[i]) ? 2 : 1;
	}
	return i < argc ? i : argc;
}

/* Takes the argument at index out of the list and puts it first. */
static void move_to_front(char **argv, int index)
{
	char *name = argv[index];

	memmove(argv + 2, argv + 1, (size_t)(index - 1) * sizeof(*argv));
	argv[1] = name;
}

/* A word that is no file and looks like no file name. */
static bool is_slip(const char *word)
{
	return strcmp(word, "-") != 0 && !strpbrk(word, "./") && access(word, F_OK) != 0;
}

static int complain(const char *word)
{
	const char *nearest = message_nearest(word, subcommands, subcommands_count, sizeof(subcommands[0]));

	if (nearest)
		message("unknown subcommand '%s'; did you mean '%s'?", word, nearest);
	else
		message("'%s' is neither a subcommand nor a file; see 'msnscope --help'", word);
	return STATUS_UNUSABLE;
}

/* The timeline where it can be shown and has all options that were given, else the printed conversation. */
static bool wants_tui(int argc, char **argv)
{
	return argc > 0 && options_fit(argc, argv, FOR_TUI) && command_tui_possible();
}

int main(int argc, char **argv)
{
	char tui[] = "tui", text[] = "text";
	int operand = first_operand(argc, argv);
	const struct subcommand *s = operand < argc ? subcommand_find(argv[operand]) : NULL;

	if (s) {
		move_to_front(argv, operand);
		return subcommand_main(s, argc - 1, argv + 1);
	}
	for (int i = 1; i < operand; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return command_usage();
		if (strcmp(argv[i], "--version") == 0)
			return command_version(PACKAGE_VERSION);
	}
	if (operand < argc && is_slip(argv[operand]))
		return complain(argv[operand]);
	char *name = wants_tui(argc, argv) ? tui : text;
	if (argc > 0)
		argv[0] = name;
	return subcommand_main(subcommand_find(name), argc, argv);
}
