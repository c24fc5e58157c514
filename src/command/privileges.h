/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program that was started with privileges does without as soon as it can. */
#ifndef MSNSCOPE_COMMAND_PRIVILEGES_H
#define MSNSCOPE_COMMAND_PRIVILEGES_H

#include <stdbool.h>

/*
 * Becomes the user of that name for good; with NULL the one who started the
 * program through sudo or a setuid file.  Capabilities of the file are given
 * up, too.  Root who started it as root, and names nobody, stays root.
 * Returns false after a message when it cannot be done.
 */
bool privileges_drop(const char *user);

#endif
