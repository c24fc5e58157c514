/* SPDX-License-Identifier: BSD-2-Clause */
/* Passwords that anybody on the way could read. */
#ifndef MSNSCOPE_SESSION_SECRETS_H
#define MSNSCOPE_SESSION_SECRETS_H

#include "session/event.h"

/* Adds a finding when the event carries a password and nothing around its connection hides it. */
void secrets_observe(const struct event *e, struct dissection *d);

#endif
