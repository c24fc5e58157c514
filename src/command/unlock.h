/* SPDX-License-Identifier: BSD-2-Clause */
/* What --keylog, --rsa-key and --rsa-passphrase name. */
#ifndef MSNSCOPE_COMMAND_UNLOCK_H
#define MSNSCOPE_COMMAND_UNLOCK_H

#include "command/options.h"

/*
 * Reads the files that the options name into o->pipeline.secrets, which stays
 * NULL without any.  Returns false after a message about one that cannot be
 * used.  The caller frees the secrets in both cases.
 */
bool unlock_load(struct options *o);

#endif
