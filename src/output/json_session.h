/* SPDX-License-Identifier: BSD-2-Clause */
/* User sessions as members of a JSON object. */
#ifndef MSNSCOPE_OUTPUT_JSON_SESSION_H
#define MSNSCOPE_OUTPUT_JSON_SESSION_H

#include "output/json.h"
#include "session/event.h"

/* All that is known about the session, from "type" on; the JSON object is open. */
void json_session_members(struct json *j, const struct user_session *s);

#endif
