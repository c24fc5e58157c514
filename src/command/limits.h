/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits that --limit changes. */
#ifndef MSNSCOPE_COMMAND_LIMITS_H
#define MSNSCOPE_COMMAND_LIMITS_H

#include "pipeline.h"
#include "util/buffer.h"

/* Takes "NAME=VALUE"; VALUE may end in k, M or G (1024, ...).  Returns false after a message. */
bool limits_set(struct pipeline_options *options, const char *assignment);

/* Adds a line for each limit. */
void limits_help(struct buffer *out);

#endif
