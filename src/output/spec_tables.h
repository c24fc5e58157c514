/* SPDX-License-Identifier: BSD-2-Clause */
/* The command table as a table of commands, as pages about the protocol have it, and what changed between versions. */
#ifndef MSNSCOPE_OUTPUT_SPEC_TABLES_H
#define MSNSCOPE_OUTPUT_SPEC_TABLES_H

#include "dissectors/msnp_table.h"
#include "output/table_writer.h"

/* All forms of one command. */
struct spec_command {
	const struct msnp_form *forms;
	size_t count;
};

/* Goes to the command behind c, to the first from {NULL, 0}.  Returns false at the end. */
bool spec_next_command(struct spec_command *c);

/* The first version that has the command, and the last. */
struct msnp_versions spec_versions(const struct spec_command *c);

/*
 * Does version "in" have the form, and version "without" none of the command
 * that has the same direction, TrID, parameters and payload?  Of forms that are
 * the same in these only the first counts.
 */
bool spec_only_in(const struct spec_command *c, const struct msnp_form *form, int in, int without);

/* Adds "C>S USR trid TWN I passport". */
void spec_add_form(struct buffer *out, const struct msnp_form *form);

/* A row for each command; with a version (0: all) only what that version has, and what changed in it. */
void spec_table_write(struct output *out, enum table_format format, int version);

/*
 * A row for each form that only one of two versions has, or that other servers
 * know; then one for each value of an enumeration that came between them.
 */
void spec_diff_write(struct output *out, enum table_format format, int from, int to);

#endif
