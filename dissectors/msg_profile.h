/* SPDX-License-Identifier: BSD-2-Clause */
/* The profile that the server sends when a user has signed in. */
#ifndef MSNSCOPE_DISSECTORS_MSG_PROFILE_H
#define MSNSCOPE_DISSECTORS_MSG_PROFILE_H

#include "dissectors/payload.h"

/* Message of type text/x-msmsgsprofile: all it says stands in the headers. */
payload_dissector profile_dissect;

#endif
