/* SPDX-License-Identifier: BSD-2-Clause */
/* Client-to-client notifications through the server: payload of UUN and UBN. */
#ifndef MSNSCOPE_DISSECTORS_UUN_H
#define MSNSCOPE_DISSECTORS_UUN_H

#include "dissectors/payload.h"

/* Numbers of a notification about a call that are shown one by one; the rest is an F_UUN_TEXT. */
#define UUN_RTC_NUMBERS_MAX 200u

/* Goes by the type in the command line, P_notification_type below the root. */
payload_dissector uun_dissect;

#endif
